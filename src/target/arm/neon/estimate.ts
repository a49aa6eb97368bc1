import { FloatFlag } from '../../../common/softfloat';
import type { StandardFloat } from './standard-float';

/*
 * VRECPE and VRSQRTE: estimates of eight bits, which the architecture defines to the last one (DDI 0406C A2.7.8). A table's
 * entry is the estimate's nine bits, the first of which is 1, of an operand's upper bits.
 */

/** 256 estimates of 1/x for x in 0.5..1, in units of 1/256. */
const RECIPROCAL = Uint16Array.from({ length: 256 }, (_, i) => Math.floor((256 * 512) / (i + 256.5) + 0.5));

/**
 * Estimates of 1/sqrt(x): 128 for x in 0.25..0.5, then 128 for x in 0.5..1, each of which has one bit less of the operand
 * to go by, in units of 1/256.
 */
const SQUARE_ROOT = Uint16Array.from({ length: 256 }, (_, i) =>
  Math.floor(256 / Math.sqrt(i < 128 ? (i + 128.5) / 512 : (i + 0.5) / 256) + 0.5),
);

/** The estimate for the operand's fraction in units of 2^-32, 0.5 or more. */
const reciprocal = (operand: number): number => RECIPROCAL[(operand >>> 23) & 0xff];

/** The estimate for the operand's fraction in units of 2^-32, 0.25 or more. */
const squareRoot = (operand: number): number =>
  SQUARE_ROOT[operand >>> 31 ? operand >>> 24 : ((operand >>> 23) & 0xff) - 128];

/** An estimate of the reciprocal of an unsigned fraction of 32 bits (UnsignedRecipEstimate). */
export function reciprocalEstimateU32(operand: number): number {
  return operand >>> 31 ? reciprocal(operand) << 23 : -1;
}

/** An estimate of the reciprocal square root of an unsigned fraction of 32 bits (UnsignedRSqrtEstimate). */
export function squareRootEstimateU32(operand: number): number {
  return operand >>> 30 ? squareRoot(operand) << 23 : -1;
}

const scratch = new Uint32Array(1);
const scratchNumber = new Float32Array(scratch.buffer);

/** A single precision number of its sign, biased exponent and nine bits of estimate. */
function assemble(negative: boolean, exponent: number, estimate: number): number {
  scratch[0] = (negative ? 0x80000000 : 0) | (exponent << 23) | ((estimate & 0xff) << 15);
  return scratchNumber[0];
}

/** An estimate of 1/a (FPRecipEstimate). */
export function reciprocalEstimate(s: StandardFloat, a: number): number {
  if (a !== a) return a;
  const negative = a < 0 || Object.is(a, -0);
  if (a === 0) {
    s.raise(FloatFlag.DIVIDE_BY_ZERO);
    return negative ? -Infinity : Infinity;
  }
  const zero = negative ? -0 : 0;
  if (Math.abs(a) === Infinity) return zero;
  scratchNumber[0] = a;
  const [bits] = scratch;
  const exponent = (bits >>> 23) & 0xff;
  if (exponent >= 253) {
    s.raise(FloatFlag.UNDERFLOW);
    return zero;
  }
  return assemble(negative, 253 - exponent, reciprocal(0x80000000 | (bits << 8)));
}

/** An estimate of 1/sqrt(a) (FPRSqrtEstimate). */
export function squareRootEstimate(s: StandardFloat, a: number): number {
  if (a !== a) return a;
  if (a === 0) {
    s.raise(FloatFlag.DIVIDE_BY_ZERO);
    return Object.is(a, -0) ? -Infinity : Infinity;
  }
  if (a < 0) {
    s.raise(FloatFlag.INVALID);
    return NaN;
  }
  if (a === Infinity) return 0;
  scratchNumber[0] = a;
  const [bits] = scratch;
  const exponent = (bits >>> 23) & 0xff;
  const fraction = 0x80000000 | (bits << 8);
  // An even power of two is taken out: the rest is in 0.25..1.
  return assemble(false, (380 - exponent) >>> 1, squareRoot(exponent & 1 ? fraction >>> 1 : fraction));
}
