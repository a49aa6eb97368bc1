import { popCount } from '../../../common/bits';
import {
  highNarrow,
  long,
  pairwise,
  pairwiseLong,
  saturate,
  saturateBig,
  sameLength,
  unary,
  wide,
  type Lanewise,
} from './lanes';
import type { NeonOperations } from './operation';
import { PERMUTE_OPERATIONS } from './permute';
import { SHIFT_OPERATIONS } from './shift';

/** Comparisons give lanes of ones or zeros. */
const mask = (holds: boolean): number => (holds ? -1 : 0);

const absoluteDifference: Lanewise = (x, y) => Math.abs(x - y);

/** The product of the polynomials over {0, 1} that two bytes are. */
function polynomialProduct(x: number, y: number): number {
  let product = 0;
  for (let i = 0; i < 8; i++) if (y & (1 << i)) product ^= x << i;
  return product;
}

/** The upper half of twice the product, which is exact: the lower factor is taken in parts of 16 bits. */
function doubledHigh(x: number, y: number, bits: number, rounding: number): number {
  if (bits === 16) return Math.floor((2 * x * y + rounding) / 0x10000);
  const low = 2 * x * (y & 0xffff) + rounding;
  return Math.floor((2 * x * (y >> 16) + Math.floor(low / 0x10000)) / 0x10000);
}

const qdmulh: Lanewise = (x, y, lane, unit) => saturate(doubledHigh(x, y, lane.bits, 0), lane, unit);
const qrdmulh: Lanewise = (x, y, lane, unit) =>
  saturate(doubledHigh(x, y, lane.bits, 2 ** (lane.bits - 1)), lane, unit);

/** The number of bits below the sign bit that equal it. */
const leadingSignBits = (x: number, bits: number): number => Math.clz32(x ^ (x >> 31)) - (33 - bits);

/**
 * Operations on integers (DDI 0406C A8.8 has each under the instruction's name). Arguments are as lanes.ts says for each
 * form; a result's bits beyond the lane are dropped.
 */
export const INTEGER_OPERATIONS = {
  hadd: sameLength((x, y) => Math.floor((x + y) / 2)),
  rhadd: sameLength((x, y) => Math.floor((x + y + 1) / 2)),
  hsub: sameLength((x, y) => Math.floor((x - y) / 2)),
  qadd: sameLength(
    (x, y, lane, unit) => saturate(x + y, lane, unit),
    (x, y, lane, unit) => saturateBig(x + y, lane, unit),
  ),
  qsub: sameLength(
    (x, y, lane, unit) => saturate(x - y, lane, unit),
    (x, y, lane, unit) => saturateBig(x - y, lane, unit),
  ),
  cgt: sameLength((x, y) => mask(x > y)),
  cge: sameLength((x, y) => mask(x >= y)),
  ceq: sameLength((x, y) => mask(x === y)),
  tst: sameLength((x, y) => mask((x & y) !== 0)),
  max: sameLength((x, y) => Math.max(x, y)),
  min: sameLength((x, y) => Math.min(x, y)),
  abd: sameLength(absoluteDifference),
  aba: sameLength((x, y, _lane, _unit, acc) => acc + Math.abs(x - y)),
  mul: sameLength(Math.imul),
  mla: sameLength((x, y, _lane, _unit, acc) => acc + Math.imul(x, y)),
  mls: sameLength((x, y, _lane, _unit, acc) => acc - Math.imul(x, y)),
  pmul: sameLength(polynomialProduct),
  qdmulh: sameLength(qdmulh),
  qrdmulh: sameLength(qrdmulh),
  pmax: pairwise((x, y) => Math.max(x, y)),
  pmin: pairwise((x, y) => Math.min(x, y)),
  padd: pairwise((x, y) => x + y),

  cls: unary((x, _, { bits }) => leadingSignBits(x, bits)),
  clz: unary((x, _, { spare }) => Math.clz32(x) - spare),
  cnt: unary(popCount),
  qabs: unary((x, _, lane, unit) => saturate(Math.abs(x), lane, unit)),
  qneg: unary((x, _, lane, unit) => saturate(-x, lane, unit)),
  paddl: pairwiseLong((x, y) => x + y),
  padal: pairwiseLong((x, y, _lane, _unit, acc) => acc + x + y),

  addl: long((x, y) => x + y),
  subl: long((x, y) => x - y),
  abdl: long(absoluteDifference),
  abal: long((x, y, _lane, _unit, acc) => acc + Math.abs(x - y)),
  mull: long(Math.imul),
  mlal: long((x, y, _lane, _unit, acc) => acc + Math.imul(x, y)),
  mlsl: long((x, y, _lane, _unit, acc) => acc - Math.imul(x, y)),
  pmull: long(polynomialProduct),
  qdmull: long(
    (x, y, lane, unit) => saturate(2 * x * y, lane, unit),
    (x, y, lane, unit) => saturateBig(2n * x * y, lane, unit),
  ),
  // The product is saturated before it is added.
  qdmlal: long(
    (x, y, lane, unit, acc) => saturate(acc + saturate(2 * x * y, lane, unit), lane, unit),
    (x, y, lane, unit, acc) => saturateBig(acc + saturateBig(2n * x * y, lane, unit), lane, unit),
  ),
  qdmlsl: long(
    (x, y, lane, unit, acc) => saturate(acc - saturate(2 * x * y, lane, unit), lane, unit),
    (x, y, lane, unit, acc) => saturateBig(acc - saturateBig(2n * x * y, lane, unit), lane, unit),
  ),
  addw: wide((x, y) => x + y),
  subw: wide((x, y) => x - y),
  addhn: highNarrow((x, y) => x + y),
  raddhn: highNarrow((x, y, half) => x + y + half),
  subhn: highNarrow((x, y) => x - y),
  rsubhn: highNarrow((x, y, half) => x - y + half),

  ...SHIFT_OPERATIONS,
  ...PERMUTE_OPERATIONS,
} as const satisfies NeonOperations;
