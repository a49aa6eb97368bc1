import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { readLineProgram, ROW_IS_STMT } from '../../../src/symbols/dwarf/line';
import { DwarfSections } from '../../../src/symbols/dwarf/sections';
import { parseElf, ProgramSymbols, sourceMapper, SymbolFile } from '../../../src/symbols/index';
import { commonSuffix, joinPath, normalizePath, pathParts } from '../../../src/symbols/paths';
import { APPS, fixture, FOLDER } from './fixtures';

/** The rows of a file in the order of the section, as `name line address stmt`. */
function ownRows(name: string): string[] {
  const sections = new DwarfSections(parseElf(fixture(name)));
  const rows: string[] = [];
  const size = sections.data('.debug_line')!.length;
  for (let offset = 0; offset < size;) {
    const program = readLineProgram(sections, offset, {});
    for (const sequence of program.sequences) {
      for (let row = sequence.first; row < sequence.last; row++) {
        const file = path.posix.basename(program.files[program.rows.file[row]]!.path);
        const stmt = program.rows.flags[row] & ROW_IS_STMT ? 'x' : '';
        rows.push(`${file} ${program.rows.line[row]} 0x${program.rows.address[row].toString(16)} ${stmt}`);
      }
      rows.push(`end 0x${sequence.high.toString(16)}`);
    }
    offset = program.end;
  }
  assert.deepEqual(sections.warnings, []);
  return rows;
}

/** The same from binutils. */
function objdumpRows(name: string): string[] {
  const text = execFileSync('arm-none-eabi-objdump', ['--dwarf=decodedline', path.join(FOLDER, name)], {
    encoding: 'utf8',
  });
  const rows: string[] = [];
  for (const line of text.split('\n')) {
    const end = /^(\S+)\s+-\s+(0x[0-9a-f]+)/.exec(line);
    const row = /^(\S+)\s+(\d+)\s+(0x[0-9a-f]+|0)(?:\s+\d+)?(\s+x)?\s*(END)?$/.exec(line);
    if (end) rows.push(`end ${end[2]}`);
    else if (row) rows.push(`${path.posix.basename(row[1])} ${row[2]} ${row[3]} ${row[4] ? 'x' : ''}`);
  }
  return rows;
}

describe('line number programs', () => {
  for (const name of [...APPS, 'cpp.elf']) {
    it(`reads ${name} as objdump does`, () => {
      const own = ownRows(name);
      const expected = objdumpRows(name);
      assert.ok(own.length > 20);
      assert.deepEqual(own, expected);
    });
  }

  for (const name of APPS) {
    it(`finds the lines of ${name} by address as addr2line does`, () => {
      const program = new ProgramSymbols([SymbolFile.parse(fixture(name))]);
      const text = program.files[0].elf.section('.text')!;
      const addresses: number[] = [];
      for (let address = text.address; address < text.address + text.size; address += 2) addresses.push(address);
      const output = execFileSync('arm-none-eabi-addr2line', ['-e', path.join(FOLDER, name)], {
        input: addresses.map((address) => address.toString(16)).join('\n'),
        encoding: 'utf8',
      });
      const expected = output.trimEnd().split('\n');
      let known = 0;
      let exact = 0;
      addresses.forEach((address, index) => {
        const found = program.lineAt(address);
        const wanted = expected[index].replace(/ \(discriminator \d+\)$/, '');
        if (wanted.startsWith('??') || wanted.endsWith(':?')) assert.equal(found, undefined, address.toString(16));
        else {
          known++;
          // Of several rows at one address we take the last statement, as GDB does, and addr2line the last row.
          const rows = program.files[0].lines.positionsAt(found?.address ?? 0);
          if (rows.length > 1 && found?.isStmt && !rows[rows.length - 1].isStmt) return;
          exact++;
          assert.equal(found && `${found.file.path}:${found.line}`, normalized(wanted), `at 0x${address.toString(16)}`);
        }
      });
      assert.ok(known > 100 && exact > known * 0.7, `${exact} of ${known}`);
      assert.deepEqual(program.warnings, []);
    });
  }
});

function normalized(position: string): string {
  const colon = position.lastIndexOf(':');
  return normalizePath(position.slice(0, colon)) + position.slice(colon);
}

describe('breakpoint lines', () => {
  const program = new ProgramSymbols([SymbolFile.parse(fixture('dw4-thumb-O0.elf'))]);
  const O2 = new ProgramSymbols([SymbolFile.parse(fixture('dw5-arm-O2.elf'))]);

  it('gives one location per function for a line of several runs', () => {
    const loop = program.resolveLine('app.c', 34)!;
    assert.equal(loop.line, 34);
    assert.equal(loop.file.path, '/src/symbols/app.c');
    assert.equal(loop.locations.length, 1);
    assert.equal(loop.locations[0].function, 'loop');
    const position = program.lineAt(loop.locations[0].address)!;
    assert.equal(position.line, 34);
    assert.equal(position.address, loop.locations[0].address);
    // The runs of the for line: its start, its increment and its test.
    assert.ok(program.files[0].lines.startsOf('app.c', 34).length >= 2);
  });

  it('gives a location in each copy of an inlined function', () => {
    const inlined = O2.resolveLine('app.h', 42)!;
    assert.deepEqual([...new Set(inlined.locations.map((location) => location.function))], ['square']);
    assert.ok(inlined.locations.length === 2);
    assert.deepEqual(
      inlined.locations.map(({ address }) => O2.functionAt(address)?.name),
      ['loop', 'real'],
    );
  });

  it('moves to the next line with code', () => {
    assert.equal(program.resolveLine('app.c', 35)!.line, 36);
    assert.equal(program.resolveLine('app.c', 21)!.line, 22);
    assert.equal(program.resolveLine('app.c', 100), undefined);
    assert.equal(program.resolveLine('other.c', 1), undefined);
  });

  it('goes after the prologue at a function and its first line', () => {
    for (const [name, body] of [
      ['leaf', 17],
      ['chain', 23],
      ['loop', 33],
      ['main', 49],
    ] as const) {
      const [location, ...others] = program.resolveFunction(name);
      assert.equal(others.length, 0);
      assert.equal(location.line, body, name);
      const info = program.functionAt(location.address)!;
      assert.ok(location.address > info.low);
      assert.equal(program.resolveLine('app.c', info.declaration!.line)!.locations[0].address, location.address);
    }
  });

  it('puts function breakpoints where GDB does', () => {
    // Observed: gdb-multiarch, `break leaf` and so on.
    const expected: Record<string, number[]> = {
      'dw5-arm-O2': [0x1000c4, 0x1000dc, 0x100000, 0x10019c, 0x1001f0],
      'dw3-thumb-O2': [0x10009c, 0x1000b0, 0x100000, 0x100128, 0x100164],
      'dw2-arm-O0': [0x100094, 0x1000e8, 0x1002c0, 0x1001d4, 0x10026c],
    };
    for (const [name, addresses] of Object.entries(expected)) {
      const own = new ProgramSymbols([SymbolFile.parse(fixture(`${name}.elf`))]);
      const found = ['leaf', 'chain', 'main', 'loop', 'real'].map((label) => own.resolveFunction(label)[0].address);
      assert.deepEqual(found, addresses, name);
    }
  });

  it('knows inlined functions and assembler labels by name', () => {
    assert.ok(O2.resolveFunction('square').length === 2);
    assert.deepEqual(
      program.resolveFunction('_start').map(({ address, line }) => [address, line]),
      [[program.addressOf('_start'), 9]],
    );
    assert.deepEqual(program.resolveFunction('nothing'), []);
  });

  it('lists sources and lines with code', () => {
    assert.deepEqual(
      program.sources.map((source) => source.path),
      ['/src/symbols/app.c', '/src/symbols/app.h', '/src/symbols/start.S'],
    );
    assert.deepEqual(program.linesWithCode('start.S'), [9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 23]);
  });

  it('gives the range a step over a line runs through', () => {
    const [{ address }] = program.resolveLine('app.c', 18)!.locations;
    const range = program.stepRange(address)!;
    assert.equal(range.low, address);
    assert.equal(program.lineAt(range.high)!.line, 19);
    assert.equal(program.lineAt(range.high - 2)!.line, 18);
  });

  it('rewrites paths by the source map, both ways', () => {
    const mapped = new ProgramSymbols([
      SymbolFile.parse(fixture('dw5-arm-O0.elf'), { mapPath: sourceMapper({ '/src/symbols': 'C:\\work\\app' }) }),
    ]);
    assert.equal(mapped.lineAt(mapped.addressOf('main')!)!.file.path, 'C:\\work\\app\\app.c');
    assert.equal(mapped.resolveLine('c:\\Work\\app\\app.c', 18)!.line, 18);
    assert.equal(mapped.functionAt(mapped.addressOf('main')!)!.declaration!.path, 'C:\\work\\app\\app.c');
  });
});

describe('source paths', () => {
  it('joins and resolves both separators', () => {
    assert.equal(joinPath('/a/b', '../c/./d.c'), '/a/c/d.c');
    assert.equal(joinPath('C:\\a\\b', '..\\c.c'), 'C:\\a\\c.c');
    assert.equal(joinPath('/a', '/b/c.c'), '/b/c.c');
    assert.equal(joinPath('', 'x.c'), 'x.c');
    assert.equal(joinPath('..', 'x.c'), '../x.c');
  });

  it('compares by trailing parts', () => {
    assert.equal(commonSuffix(pathParts('C:\\p\\src\\main.c'), pathParts('/home/u/src/main.c')), 2);
    assert.equal(commonSuffix(pathParts('/a/main.c'), pathParts('main.c')), 1);
    assert.equal(commonSuffix(pathParts('/a/main.c'), pathParts('/a/other.c')), 0);
  });

  it('maps by the longest prefix of whole parts', () => {
    const map = sourceMapper({ '/build': '/home/u', '/build/lib': '/opt/lib', 'C:\\w': '/w' });
    assert.equal(map('/build/a.c'), '/home/u/a.c');
    assert.equal(map('/build/lib/a.c'), '/opt/lib/a.c');
    assert.equal(map('/builder/a.c'), '/builder/a.c');
    assert.equal(map('c:\\W\\x\\y.c'), '/w/x/y.c');
  });
});
