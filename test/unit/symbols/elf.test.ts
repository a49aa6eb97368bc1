import assert from 'node:assert/strict';
import { ElfError, parseElf, PT_LOAD, SymbolTable } from '../../../src/symbols/index';
import { fixture } from './fixtures';

function mutated(name: string, change: (view: DataView) => void): Uint8Array {
  const bytes = fixture(name).slice();
  change(new DataView(bytes.buffer));
  return bytes;
}

function message(bytes: Uint8Array): string {
  try {
    const elf = parseElf(bytes);
    void elf.symbols.length;
  } catch (error) {
    assert.ok(error instanceof ElfError, String(error));
    return error.message;
  }
  return 'no error';
}

describe('ELF reader', () => {
  it('reads headers, segments, sections and symbols', () => {
    const elf = parseElf(fixture('names.elf'));
    assert.equal(elf.bits, 32);
    assert.equal(elf.machine, 40);
    assert.equal(elf.entry, 0x100000);
    const load = elf.segments.filter((segment) => segment.type === PT_LOAD);
    assert.equal(load.length, 1);
    assert.equal(load[0].vaddr + load[0].filesz, 0x100068);
    const text = elf.section('.text');
    assert.equal(text?.address, 0x100000);
    assert.equal(elf.sectionData('.text')?.length, text?.size);
    assert.equal(elf.symbols.find((symbol) => symbol.name === 't1')?.value, 0x100059);
    assert.equal(elf.sectionData('.nothing'), undefined);
  });

  it('says what is wrong and where', () => {
    assert.equal(message(new Uint8Array()), 'not an ELF file: it is empty');
    assert.equal(
      message(new TextEncoder().encode('#!/bin/sh\n')),
      'not an ELF file: it starts with 23 21 2f 62, not 7f 45 4c 46',
    );
    assert.equal(
      message(fixture('names.elf').subarray(0, 20)),
      'the ELF header is truncated: it needs 52 bytes, the file has 20',
    );
    assert.equal(
      message(mutated('names.elf', (view) => view.setUint16(18, 62, true))),
      'this ELF is for machine 62 (x86-64), not ARM (40)',
    );
    assert.equal(
      message(mutated('names.elf', (view) => view.setUint32(28, 0xfffffff0, true))),
      `program header 0 at offset 0xfffffff0 (0x20 bytes) runs past the end of the file (0x${fixture('names.elf').length.toString(16)} bytes)`,
    );
    const cut = fixture('names.elf').subarray(0, 0x400);
    assert.match(
      message(cut),
      /^section header 0 at offset 0x[0-9a-f]+ \(0x28 bytes\) runs past the end of the file \(0x400 bytes\)$/,
    );
  });

  it('reports a compressed section by its name, and inflates with a given service', () => {
    const bytes = fixture('names.elf').slice();
    const plain = parseElf(bytes);
    const text = plain.section('.text')!;
    const view = new DataView(bytes.buffer);
    const header = new DataView(bytes.buffer).getUint32(32, true) + text.index * 40;
    view.setUint32(header + 8, text.flags | 0x800, true);
    view.setUint32(text.offset, 1, true);
    view.setUint32(text.offset + 4, 3, true);
    assert.throws(
      () => parseElf(bytes).sectionData('.text'),
      /section \.text is compressed \(zlib\), which is not supported here/,
    );
    const inflated = parseElf(bytes, { inflate: (data, size) => data.subarray(0, size) }).sectionData('.text');
    assert.equal(inflated?.length, 3);
    assert.throws(
      () => parseElf(bytes, { inflate: () => new Uint8Array(7) }).sectionData('.text'),
      /section \.text decompresses to 7 bytes, not the 3 it announces/,
    );
  });

  it('throws nothing but ElfError on truncated and bit-flipped files', () => {
    const original = fixture('names.elf');
    let seed = 12345;
    const next = (limit: number) => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return (seed >>> 8) % limit;
    };
    let errors = 0;
    for (let i = 0; i < 400; i++) {
      let bytes = original.slice();
      if (i % 2) bytes = bytes.subarray(0, next(bytes.length));
      // Mostly in the headers and tables at the ends of the file, where a change matters.
      else for (let n = 0; n < 3; n++) bytes[i % 4 ? next(0x80) : bytes.length - 1 - next(0x600)] ^= 1 << next(8);
      try {
        const elf = parseElf(bytes, { machines: [] });
        void elf.symbols;
        for (const section of elf.sections) elf.sectionData(section.name);
        new SymbolTable(elf).lookup(0x100010);
      } catch (error) {
        assert.ok(error instanceof ElfError, `mutation ${i}: ${String(error)}`);
        errors++;
      }
    }
    assert.ok(errors > 100);
  });
});

describe('symbol table', () => {
  const table = new SymbolTable(parseElf(fixture('names.elf')));

  it('finds functions and labels by address', () => {
    assert.deepEqual(table.lookup(0x100008), { name: '_start', address: 0x100000, size: 48, offset: 8 });
    assert.deepEqual(table.lookup(0x100058), { name: 't1', address: 0x100058, size: 4, offset: 0 });
    assert.deepEqual(table.lookup(0x10004c), { name: 'notype', address: 0x100048, size: 8, offset: 4 });
    assert.equal(table.lookup(0x100034), undefined);
    assert.equal(table.lookup(0x100050)?.name, 'alias0');
    assert.equal(table.lookup(0xffff0000), undefined);
    assert.equal(table.lookup(0), undefined);
  });

  it('finds by name, and keeps the Thumb bit apart', () => {
    assert.deepEqual(table.find('t1'), {
      name: 't1',
      address: 0x100058,
      size: 4,
      kind: 'function',
      binding: 'local',
      thumb: true,
    });
    assert.equal(table.find('nothing'), undefined);
    assert.equal(
      table.all.some((symbol) => symbol.name.startsWith('$')),
      false,
    );
  });

  it('knows ARM, Thumb and data by mapping symbols', () => {
    assert.equal(table.isThumb(0x100000), false);
    assert.equal(table.isThumb(0x10005a), true);
    assert.equal(table.isData(0x100064), true);
    assert.equal(table.codeState(0x200000), undefined);
  });

  it('names an address as QEMU does', () => {
    // Observed: qemu-system-arm 7.2 -M xilinx-zynq-a9 -d in_asm, with -kernel and with -device loader.
    const kernel: [number, string | undefined][] = [
      [0x100000, '_start'],
      [0x100030, 'a1'],
      [0x100034, undefined],
      [0x100038, 'a2'],
      [0x100040, 'nosize'],
      [0x10004c, 'nosize'],
      [0x100050, 'alias2'],
      [0x100054, 'alias2'],
      [0x100058, 't1'],
      [0x10005a, 't1'],
      [0x10005c, 'tz'],
      [0x10005e, 'tz'],
    ];
    for (const [address, name] of kernel) assert.equal(table.qemuLookup(address, { clearThumbBit: true }), name);
    const loader: [number, string | undefined][] = [
      [0x100058, undefined],
      [0x10005a, 't1'],
      [0x10005c, 't1'],
      [0x10005e, 'tz'],
    ];
    for (const [address, name] of loader) assert.equal(table.qemuLookup(address, { clearThumbBit: false }), name);
  });
});
