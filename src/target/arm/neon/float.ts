import { BINARY16, BINARY32, FloatFlag, FloatStatus, convert } from '../../../common/softfloat';
import { ArmSlot, Fpscr } from '../cpu-state';
import { reciprocalEstimate, reciprocalEstimateU32, squareRootEstimate, squareRootEstimateU32 } from './estimate';
import type { NeonOperation, NeonOperations } from './operation';
import type { StandardFloat } from './standard-float';
import type { NeonUnit } from './unit';

/*
 * Single precision. The arguments of most are (d, n, m, 1 for quadwords): doublewords by number. A scalar is named by the
 * number of its lane of 32 bits.
 */

type Unary = (s: StandardFloat, a: number) => number;
type Binary = (s: StandardFloat, a: number, b: number) => number;
type Relation = (s: StandardFloat, a: number, b: number) => boolean;

const lanes = (quad: number): number => (quad ? 4 : 2);

/** `op` on each pair of lanes. */
const binary =
  (op: Binary): NeonOperation =>
  ({ standard: s }, d, n, m, quad) => {
    s.begin();
    for (let i = 0; i < lanes(quad); i++) s.put(2 * d + i, op(s, s.operand(2 * n + i), s.operand(2 * m + i)));
    s.end();
  };

/*
 * The operations that most time is spent in are loops of their own, not made of `op`s: the host's compiler then sees one
 * target for each call and puts the lane's arithmetic into the loop.
 */

const fadd: NeonOperation = ({ standard: s }, d, n, m, quad) => {
  s.begin();
  for (let i = 0; i < lanes(quad); i++) s.put(2 * d + i, s.add(s.operand(2 * n + i), s.operand(2 * m + i)));
  s.end();
};

const fsub: NeonOperation = ({ standard: s }, d, n, m, quad) => {
  s.begin();
  for (let i = 0; i < lanes(quad); i++) s.put(2 * d + i, s.add(s.operand(2 * n + i), -s.operand(2 * m + i)));
  s.end();
};

const fmul: NeonOperation = ({ standard: s }, d, n, m, quad) => {
  s.begin();
  for (let i = 0; i < lanes(quad); i++) s.put(2 * d + i, s.multiply(s.operand(2 * n + i), s.operand(2 * m + i)));
  s.end();
};

const fmla: NeonOperation = ({ standard: s }, d, n, m, quad) => {
  s.begin();
  for (let i = 0; i < lanes(quad); i++) {
    const product = s.multiply(s.operand(2 * n + i), s.operand(2 * m + i));
    s.put(2 * d + i, s.add(s.operand(2 * d + i), product));
  }
  s.end();
};

const fmls: NeonOperation = ({ standard: s }, d, n, m, quad) => {
  s.begin();
  for (let i = 0; i < lanes(quad); i++) {
    const product = s.multiply(s.operand(2 * n + i), s.operand(2 * m + i));
    s.put(2 * d + i, s.add(s.operand(2 * d + i), -product));
  }
  s.end();
};

/** `op` on each lane and the scalar in lane `m`. */
const byScalar =
  (op: Binary): NeonOperation =>
  ({ standard: s }, d, n, m, quad) => {
    s.begin();
    const scalar = s.operand(m);
    for (let i = 0; i < lanes(quad); i++) s.put(2 * d + i, op(s, s.operand(2 * n + i), scalar));
    s.end();
  };

/** The products added to the destination, with one rounding. */
const fused =
  (sign: 1 | -1): NeonOperation =>
  ({ standard: s }, d, n, m, quad) => {
    s.begin();
    for (let i = 0; i < lanes(quad); i++) {
      const [a, b] = [s.operand(2 * n + i), s.operand(2 * m + i)];
      s.put(2 * d + i, s.fusedMultiplyAdd(sign * a, b, s.operand(2 * d + i)));
    }
    s.end();
  };

/** The products with the scalar joined to the destination by `op`: two roundings each. */
const accumulateScalar =
  (op: Binary): NeonOperation =>
  ({ standard: s }, d, n, m, quad) => {
    s.begin();
    const scalar = s.operand(m);
    for (let i = 0; i < lanes(quad); i++) {
      const product = s.multiply(s.operand(2 * n + i), scalar);
      s.put(2 * d + i, op(s, s.operand(2 * d + i), product));
    }
    s.end();
  };

/** `op` on the two lanes of each source; doublewords only. */
const pairwise =
  (op: Binary): NeonOperation =>
  ({ standard: s }, d, n, m) => {
    s.begin();
    const low = op(s, s.operand(2 * n), s.operand(2 * n + 1));
    const high = op(s, s.operand(2 * m), s.operand(2 * m + 1));
    s.put(2 * d, low);
    s.put(2 * d + 1, high);
    s.end();
  };

/** All ones where the relation holds, else zero. */
const compare =
  (holds: Relation): NeonOperation =>
  ({ standard: s, s32 }, d, n, m, quad) => {
    s.begin();
    for (let i = 0; i < lanes(quad); i++) {
      s32[2 * d + i] = holds(s, s.operand(2 * n + i), s.operand(2 * m + i)) ? -1 : 0;
    }
    s.end();
  };

/** As {@link compare}, of lanes with zero: (d, m, 1 for quadwords). */
const compareZero =
  (holds: Relation): NeonOperation =>
  ({ standard: s, s32 }, d, m, quad) => {
    s.begin();
    for (let i = 0; i < lanes(quad); i++) s32[2 * d + i] = holds(s, s.operand(2 * m + i), 0) ? -1 : 0;
    s.end();
  };

/** (d, m, 1 for quadwords) */
const unary =
  (op: Unary): NeonOperation =>
  ({ standard: s }, d, m, quad) => {
    s.begin();
    for (let i = 0; i < lanes(quad); i++) s.put(2 * d + i, op(s, s.operand(2 * m + i)));
    s.end();
  };

/** On lanes as they are: (d, m, 1 for quadwords). */
const unaryU32 =
  (op: (a: number) => number): NeonOperation =>
  ({ u32 }, d, m, quad) => {
    for (let i = 0; i < lanes(quad); i++) u32[2 * d + i] = op(u32[2 * m + i]);
  };

/** (d, m, 1 for quadwords, fraction bits): to integers between the bounds. */
const toFixed =
  (minimum: number, maximum: number): NeonOperation =>
  ({ standard: s, s32 }, d, m, quad, fraction) => {
    s.begin();
    for (let i = 0; i < lanes(quad); i++) {
      s32[2 * d + i] = s.toFixed(s.operand(2 * m + i), fraction, minimum, maximum);
    }
    s.end();
  };

/** (d, m, 1 for quadwords, fraction bits) */
const fromFixed =
  (signed: boolean): NeonOperation =>
  ({ standard: s, s32, u32 }, d, m, quad, fraction) => {
    s.begin();
    const source = signed ? s32 : u32;
    for (let i = 0; i < lanes(quad); i++) s.put(2 * d + i, s.fromFixed(source[2 * m + i], fraction));
    s.end();
  };

/** The standard value but for the kind of half precision, which is FPSCR's (DDI 0406C A2.7.2). */
function halfStatus({ env }: NeonUnit): FloatStatus {
  const status = new FloatStatus();
  status.flushToZero = true;
  status.defaultNan = true;
  status.alternativeHalf = (env[ArmSlot.Fpscr] & Fpscr.AHP) !== 0;
  return status;
}

/** (d, m): the quadword from m on as half precision. */
const toHalf: NeonOperation = (unit, d, m) => {
  const status = halfStatus(unit);
  const halves = Array.from(unit.u32.subarray(2 * m, 2 * m + 4), (word, i) => {
    const quick = status.alternativeHalf ? undefined : halfOf(unit.f32[2 * m + i], status);
    return quick ?? Number(convert.convertFormat(BINARY32, BINARY16, BigInt(word), status));
  });
  unit.u16.set(halves, 4 * d);
  unit.env[ArmSlot.Fpscr] |= status.flags;
};

/**
 * A normal single precision number that is normal in half precision too, rounded to nearest; undefined for any other. The
 * encoding without its sign is the fraction's eleven bits added to the exponent above them, so that a carry goes there.
 */
function halfOf(value: number, status: FloatStatus): number | undefined {
  const magnitude = Math.abs(value);
  if (!(magnitude >= 2 ** -14 && magnitude < 65520)) return undefined;
  const exponent = 31 - Math.clz32(magnitude * 2 ** 14); // the power of two, plus 14
  const scaled = magnitude * 2 ** (24 - exponent); // 1024 to 2048
  const floor = Math.floor(scaled);
  const rest = scaled - floor;
  if (rest !== 0) status.flags |= FloatFlag.INEXACT;
  const rounded = floor + (rest > 0.5 || (rest === 0.5 && floor & 1) ? 1 : 0);
  return (value < 0 ? 0x8000 : 0) | ((exponent << 10) + rounded);
}

/** (d, m): doubleword m's halves as the quadword from d on. */
const fromHalf: NeonOperation = (unit, d, m) => {
  const status = halfStatus(unit);
  const halves = unit.u16.slice(4 * m, 4 * m + 4);
  halves.forEach((half, i) => {
    const exponent = (half >>> 10) & 31;
    // Normal in both: a larger exponent and thirteen bits more of fraction.
    if (exponent !== 0 && exponent !== 31)
      unit.u32[2 * d + i] = ((half & 0x8000) << 16) | (((half & 0x7fff) << 13) + (112 << 23));
    else unit.u32[2 * d + i] = Number(convert.convertFormat(BINARY16, BINARY32, BigInt(half), status));
  });
  unit.env[ArmSlot.Fpscr] |= status.flags;
};

/** Integers of `size` (log2 of the bytes): (d, m, size, 1 for quadwords). */
const integers =
  (op: (a: number) => number): NeonOperation =>
  ({ s8, s16, s32 }, d, m, size, quad) => {
    const all = [s8, s16, s32][size];
    const perDoubleword = 8 >> size;
    const count = quad ? 2 * perDoubleword : perDoubleword;
    for (let i = 0; i < count; i++) all[perDoubleword * d + i] = op(all[perDoubleword * m + i]);
  };

const add: Binary = (s, a, b) => s.add(a, b);
const subtract: Binary = (s, a, b) => s.subtract(a, b);
const multiply: Binary = (s, a, b) => s.multiply(a, b);
const maximum: Binary = (s, a, b) => s.maximum(a, b);
const minimum: Binary = (s, a, b) => s.minimum(a, b);
const equal: Relation = (s, a, b) => s.equal(a, b);
const greaterEqual: Relation = (s, a, b) => s.greaterEqual(a, b);
const greater: Relation = (s, a, b) => s.greater(a, b);

/** Operations on single precision, conversions, and the comparisons and signs of integers that share their rows. */
export const FLOAT_OPERATIONS = {
  fadd,
  fsub,
  fmul,
  fabd: binary((s, a, b) => Math.abs(s.subtract(a, b))),
  fmax: binary(maximum),
  fmin: binary(minimum),
  frecps: binary((s, a, b) => s.reciprocalStep(a, b)),
  frsqrts: binary((s, a, b) => s.squareRootStep(a, b)),
  fmla,
  fmls,
  fmla_fused: fused(1),
  fmls_fused: fused(-1),
  fmul_scalar: byScalar(multiply),
  fmla_scalar: accumulateScalar(add),
  fmls_scalar: accumulateScalar(subtract),
  fpadd: pairwise(add),
  fpmax: pairwise(maximum),
  fpmin: pairwise(minimum),
  fceq: compare(equal),
  fcge: compare(greaterEqual),
  fcgt: compare(greater),
  facge: compare((s, a, b) => s.greaterEqual(Math.abs(a), Math.abs(b))),
  facgt: compare((s, a, b) => s.greater(Math.abs(a), Math.abs(b))),
  fceq0: compareZero(equal),
  fcge0: compareZero(greaterEqual),
  fcgt0: compareZero(greater),
  fcle0: compareZero((s, a, zero) => s.greaterEqual(zero, a)),
  fclt0: compareZero((s, a, zero) => s.greater(zero, a)),
  frecpe: unary(reciprocalEstimate),
  frsqrte: unary(squareRootEstimate),
  urecpe: unaryU32(reciprocalEstimateU32),
  ursqrte: unaryU32(squareRootEstimateU32),
  fcvtzs: toFixed(-0x80000000, 0x7fffffff),
  fcvtzu: toFixed(0, 0xffffffff),
  scvtf: fromFixed(true),
  ucvtf: fromFixed(false),
  fcvtn_half: toHalf,
  fcvtl_half: fromHalf,
  ceq0: integers((a) => (a === 0 ? -1 : 0)),
  cge0: integers((a) => (a >= 0 ? -1 : 0)),
  cgt0: integers((a) => (a > 0 ? -1 : 0)),
  cle0: integers((a) => (a <= 0 ? -1 : 0)),
  clt0: integers((a) => (a < 0 ? -1 : 0)),
  abs: integers((a) => Math.abs(a)),
  neg: integers((a) => -a),
} as const satisfies NeonOperations;
