import { finish, laneOf, readLane, wordsOf, writeLane } from './lanes';
import type { NeonOperation, NeonOperations } from './operation';

/** The words of two registers before and after. */
const before = new Int32Array(8);
const after = new Int32Array(8);

/** Rearranges the lanes of two registers (d, m, -, spec): lane `i` of both together comes from lane `from(i)`. */
const rearranged =
  (from: (i: number, count: number) => number): NeonOperation =>
  ({ s32 }, d, m, _, spec) => {
    const { bits, mask } = laneOf(spec);
    const words = wordsOf(spec);
    const count = (32 * words) / bits;
    for (let i = 0; i < words; i++) {
      before[i] = s32[2 * d + i];
      before[words + i] = s32[2 * m + i];
    }
    after.fill(0);
    for (let i = 0; i < 2 * count; i++) {
      const at = from(i, count) * bits;
      after[(i * bits) >>> 5] |= ((before[at >>> 5] >>> (at & 31)) & mask) << ((i * bits) & 31);
    }
    // Where both are the same register, which is UNPREDICTABLE, the peer leaves what d is to be.
    for (let i = 0; i < words; i++) s32[2 * m + i] = after[words + i];
    for (let i = 0; i < words; i++) s32[2 * d + i] = after[i];
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
