import assert from 'node:assert/strict';
import type { InstructionMisses } from '../../../src/plugin/statistics';
import type { CodeMap } from '../../../src/adapter/dap/code-map';
import { hotLines } from '../../../src/adapter/dap/statistics';

const PLACES: Readonly<Record<number, { path: string; line: number; column: number }>> = {
  0x100: { path: '/a.c', line: 5, column: 1 },
  0x104: { path: '/a.c', line: 6, column: 1 },
  0x108: { path: '/a.c', line: 5, column: 9 },
};

const MAP: CodeMap = {
  placeOf: (address) => PLACES[address],
  codeOf: () => undefined,
  placesIn: () => [],
  functionBodies: () => [],
  symbolAt: (address) => (address < 0x200 ? { name: 'main', address: 0x100, size: 16, offset: 0 } : undefined),
  symbolNamed: () => undefined,
  stateAt: () => 'arm',
  knowsSource: () => true,
  sources: ['/a.c'],
};

const misses = (address: number, l1i: number, l1d: number, l2: number, symbol: string | null = null) =>
  ({ address, symbol, disassembly: 'nop', l1iMisses: l1i, l1dMisses: l1d, l2Misses: l2 }) satisfies InstructionMisses;

describe('lines with the most misses', () => {
  it('sums instructions of a line and puts the most first; without a line an instruction stands alone', () => {
    const instructions = [
      misses(0x108, 0, 10, 1),
      misses(0x100, 1, 2, 0),
      misses(0x104, 0, 30, 5),
      misses(0x300, 0, 3, 0, 'memcpy'),
      misses(0x304, 0, 4, 0),
    ];
    assert.deepEqual(hotLines(instructions, MAP), [
      { path: '/a.c', line: 6, symbol: 'main', address: 0x104, l1iMisses: 0, l1dMisses: 30, l2Misses: 5 },
      { path: '/a.c', line: 5, symbol: 'main', address: 0x100, l1iMisses: 1, l1dMisses: 12, l2Misses: 1 },
      { address: 0x304, l1iMisses: 0, l1dMisses: 4, l2Misses: 0 },
      { symbol: 'memcpy', address: 0x300, l1iMisses: 0, l1dMisses: 3, l2Misses: 0 },
    ]);
  });

  it('lists addresses when there are no symbols', () => {
    assert.deepEqual(hotLines([misses(0x100, 1, 0, 0)], undefined), [
      { address: 0x100, l1iMisses: 1, l1dMisses: 0, l2Misses: 0 },
    ]);
  });
});
