import assert from 'node:assert/strict';
import {
  compileExpression,
  ElfError,
  ExpressionError,
  parseElf,
  ProgramSymbols,
  SymbolFile,
} from '../../../src/symbols/index';
import type { TypedValue } from '../../../src/symbols/index';
import { fixture, memoryOf, recording } from './fixtures';

/** Asks everything a debugger asks. */
function interrogate(bytes: Uint8Array, states: ReturnType<typeof recording>): ProgramSymbols {
  const file = SymbolFile.parse(bytes, { name: 'x.elf' });
  const program = new ProgramSymbols([file]);
  for (const source of program.sources) {
    for (const line of program.linesWithCode(source.path).slice(0, 5)) program.resolveLine(source.path, line);
  }
  for (const { name, low } of program.functions.slice(0, 20)) {
    program.resolveFunction(name);
    program.stepRange(low);
    program.linesIn(low, low + 64);
    program.qemuSymbol(low, { clearThumbBit: true });
  }
  for (const state of states) {
    const readMemory = memoryOf(file, state);
    const stack = program.callStack(state.registers, readMemory);
    for (const entry of stack.slice(0, 4)) visit(program.variables(entry, { readMemory }), 2);
    const view = program.view(stack[0]);
    visit(program.globals(view, { readMemory }), 3);
    for (const text of ['shape', 'first.next->value', 'GREEN', 'leaf', '(struct node *)0']) {
      try {
        compileExpression(text).evaluate(program.context(view, { readMemory }));
      } catch (error) {
        assert.ok(error instanceof ExpressionError, String(error));
      }
    }
  }
  return program;
}

function visit(values: readonly TypedValue[], depth: number): void {
  for (const value of values.slice(0, 20)) if (depth > 0) visit(value.children(0, 8), depth - 1);
}

/** A deterministic generator of numbers below a limit. */
function generator(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

describe('malformed debug information', () => {
  for (const name of ['dw2-arm-O0', 'dw3-thumb-O2', 'dw5-arm-O2']) {
    it(`of ${name} stops nothing: flipped bits in the debug sections`, function () {
      this.timeout(60_000);
      const original = fixture(`${name}.elf`);
      const sections = parseElf(original).sections.filter((section) => /^\.debug_|\.ARM\.ex/.test(section.name));
      const states = recording(name).slice(20, 23);
      const next = generator(name.length);
      let warned = 0;
      const started = Date.now();
      for (let mutation = 0; mutation < 70; mutation++) {
        const bytes = original.slice();
        const section = sections[mutation % sections.length];
        for (let count = 1 + next(4); count > 0; count--) {
          bytes[section.offset + next(section.size)] = mutation % 3 ? next(256) : 0xff;
        }
        try {
          if (interrogate(bytes, states).warnings.length) warned++;
        } catch (error) {
          assert.ok(
            error instanceof ElfError,
            `mutation ${mutation} of ${section.name}: ${String(error && (error as Error).stack)}`,
          );
        }
      }
      assert.ok(warned > 6, String(warned));
      assert.ok(Date.now() - started < 30_000);
    });
  }

  it('is named once, with section and offset', () => {
    const bytes = fixture('dw5-arm-O0.elf').slice();
    const elf = parseElf(bytes);
    const info = elf.section('.debug_info')!;
    bytes[info.offset + 4] = 9;
    const program = new ProgramSymbols([SymbolFile.parse(bytes, { name: 'app.elf' })]);
    assert.equal(program.functionAt(program.addressOf('_start')!), undefined);
    assert.equal(program.functionAt(program.addressOf('leaf')!)?.name, 'leaf');
    assert.ok(program.lineAt(program.addressOf('_start')!));
    assert.deepEqual(program.warnings, ['app.elf: the unit at offset 0x0 of .debug_info has version 9, not 2 to 5']);
  });

  it('leaves the rest of a truncated section usable', () => {
    const bytes = fixture('dw2-arm-O0.elf').slice();
    const elf = parseElf(bytes);
    const lines = elf.section('.debug_line')!;
    const headers = new DataView(bytes.buffer).getUint32(32, true);
    new DataView(bytes.buffer).setUint32(headers + lines.index * 40 + 20, lines.size - 40, true);
    const program = new ProgramSymbols([SymbolFile.parse(bytes)]);
    assert.equal(program.lineAt(program.addressOf('_start')!)?.line, 9);
    assert.match(
      program.warnings[0],
      /the unit at offset 0x[0-9a-f]+ of \.debug_line \(0x[0-9a-f]+ bytes\) runs past the end of the section/,
    );
  });

  it('works without any', () => {
    const program = new ProgramSymbols([SymbolFile.parse(fixture('nocfi-arm-O0.elf'))]);
    assert.equal(program.resolveLine('app.c', 1), undefined);
    assert.deepEqual(program.sources, []);
    assert.equal(program.symbolName(program.addressOf('leaf')! + 4), 'leaf+4');
    assert.equal(program.resolveFunction('leaf')[0].address, program.addressOf('leaf'));
    assert.deepEqual(program.warnings, []);
  });
});
