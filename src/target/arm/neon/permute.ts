import { finish, laneOf, readLane, wordsOf, writeLane } from './lanes';
import type { NeonOperation, NeonOperations } from './operation';

/** Rearranges the lanes of two registers (d, m, -, spec): lane `i` of both together comes from lane `from(i)`. */
const rearranged =
  (from: (i: number, count: number) => number): NeonOperation =>
  (unit, d, m, _, spec) => {
    const lane = laneOf(spec);
    const words = wordsOf(spec);
    const count = (32 * words) / lane.bits;
    const old = unit.s32.slice(2 * d, 2 * d + words);
    const other = unit.s32.slice(2 * m, 2 * m + words);
    const pick = (i: number): number => {
      const at = from(i, count) * lane.bits;
      const bit = at % (32 * words);
      return (at < 32 * words ? old : other)[bit >>> 5] >>> (bit & 31);
    };
    const write = (register: number, first: number): void => {
      for (let i = 0; i < count; i++) writeLane(i, lane, pick(first + i));
      finish(unit, register, words);
    };
    // Where both are the same register, which is UNPREDICTABLE, the peer leaves what d is to be.
    write(m, count);
    write(d, 0);
  };

/** VTBL and VTBX: (d, n, m, registers), the number of registers with bit 3 for VTBX, which keeps what has no entry. */
const lookUp: NeonOperation = (unit, d, n, m, registers) => {
  const lane = laneOf(BYTES);
  const size = 8 * (registers & 7);
  for (let i = 0; i < 8; i++) {
    const index = readLane(unit, m, i, lane);
    const otherwise = registers & 8 ? readLane(unit, d, i, lane) : 0;
    writeLane(i, lane, index < size ? readLane(unit, n, index, lane) : otherwise);
  }
  finish(unit, d, 2);
};

/** laneSpec of unsigned bytes. */
const BYTES = 4;

export const PERMUTE_OPERATIONS = {
  unzip: rearranged((i, count) => (i < count ? 2 * i : 2 * (i - count) + 1)),
  zip: rearranged((i, count) => (i >>> 1) + (i & 1) * count),
  tbl: lookUp,
} as const satisfies NeonOperations;
