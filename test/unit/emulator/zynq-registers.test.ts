import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { TestBoard } from './test-board';

/** What QEMU answered for one register: at reset, after writing ones, after writing zeros; undefined = not tried. */
interface Row {
  readonly reset: number;
  readonly ones: number | undefined;
  readonly zeros: number | undefined;
}

interface Measured {
  readonly name: string;
  readonly base: number;
  readonly size: number;
  readonly skip: ReadonlySet<number>;
  readonly first: readonly { address: number; value: number }[];
  readonly rows: ReadonlyMap<number, Row>;
}

const hex = (text: string): number => parseInt(text, 16);

function parse(text: string): Measured[] {
  const result: (Measured & { first: { address: number; value: number }[]; rows: Map<number, Row> })[] = [];
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const words = line.split(' ');
    if (words[0] === 'device') {
      const skip = new Set(words[5] === 'none' ? [] : words[5].split(',').map(hex));
      result.push({ name: words[1], base: hex(words[2]), size: hex(words[3]), skip, first: [], rows: new Map() });
      continue;
    }
    const device = result[result.length - 1];
    if (words[0] === 'first') {
      device.first.push({ address: hex(words[1]), value: hex(words[2]) });
      continue;
    }
    const [from, to] = words[0].split('..').map(hex);
    const value = (word: string): number | undefined => (word === '-' ? undefined : hex(word));
    for (let offset = from; offset <= (to ?? from); offset += 4) {
      device.rows.set(offset, { reset: hex(words[1]), ones: value(words[2]), zeros: value(words[3]) });
    }
  }
  return result;
}

const ALWAYS_ZERO: Row = { reset: 0, ones: 0, zeros: 0 };

describe('registers of the Zynq board, as QEMU has them', () => {
  const measured = parse(readFileSync('test/unit/emulator/fixtures/zynq-registers.txt', 'utf8'));
  it('has a table for every device', () => assert.equal(measured.length, 21));

  for (const { name, base, size, skip, first, rows } of measured) {
    const offsets = Array.from({ length: size / 4 }, (_, i) => i * 4).filter((offset) => !skip.has(offset));
    it(`${name}: reset values`, () => {
      const board = new TestBoard();
      for (const offset of offsets) {
        const expected = (rows.get(offset) ?? ALWAYS_ZERO).reset;
        assert.equal(board.read(base + offset).toString(16), expected.toString(16), `offset ${offset.toString(16)}`);
      }
    });
    it(`${name}: what writes change`, () => {
      const board = new TestBoard();
      for (const offset of offsets) board.read(base + offset);
      for (const { address, value } of first) board.write(address, value);
      for (const offset of offsets) {
        // A single preparation (an unlock) is repeated, as a write may have undone it.
        if (first.length === 1) board.write(first[0].address, first[0].value);
        const { ones, zeros } = rows.get(offset) ?? ALWAYS_ZERO;
        for (const [value, expected] of [
          [0xffffffff, ones],
          [0, zeros],
        ] as const) {
          if (expected === undefined) continue;
          board.write(base + offset, value);
          const seen = board.read(base + offset).toString(16);
          assert.equal(seen, expected.toString(16), `offset ${offset.toString(16)} after ${value.toString(16)}`);
        }
      }
    });
  }
});
