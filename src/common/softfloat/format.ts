import { FloatFlag, Rounding, type FloatStatus } from './status';

/** An interchange format (IEEE 754-2008 3.4). */
export interface FloatFormat {
  /** Bits of the whole, of the exponent field and of the fraction field. */
  readonly width: number;
  readonly exponentBits: number;
  readonly fractionBits: number;
  readonly bias: number;
}

function format(width: number, exponentBits: number): FloatFormat {
  return { width, exponentBits, fractionBits: width - exponentBits - 1, bias: (1 << (exponentBits - 1)) - 1 };
}

export const BINARY16 = format(16, 5);
export const BINARY32 = format(32, 8);
export const BINARY64 = format(64, 11);

export type FloatClass = 'zero' | 'finite' | 'infinity' | 'nan';

/** A number taken apart. A finite one is ±significand * 2^exponent, exactly. */
export interface Unpacked {
  readonly kind: FloatClass;
  readonly negative: boolean;
  /** Of finite numbers: above 0. Of NaNs: the fraction field. */
  readonly significand: bigint;
  readonly exponent: number;
  /** A NaN that signals. */
  readonly signalling: boolean;
}

const exponentLimit = (f: FloatFormat): number => (1 << f.exponentBits) - 1;

/**
 * Takes the encoding `bits` (unsigned) apart. `flush` takes subnormals for zeros and says so in the flags; `alternative`
 * reads ARM's alternative half precision, whose largest exponent is an ordinary one.
 */
export function unpack(
  f: FloatFormat,
  bits: bigint,
  status: FloatStatus,
  flush = status.flushToZero,
  alternative = false,
): Unpacked {
  const negative = bits >> BigInt(f.width - 1) !== 0n;
  const biased = Number(bits >> BigInt(f.fractionBits)) & exponentLimit(f);
  const fraction = bits & ((1n << BigInt(f.fractionBits)) - 1n);
  const result = { kind: 'zero' as FloatClass, negative, significand: 0n, exponent: 0, signalling: false };
  if (biased === 0) {
    if (fraction === 0n) return result;
    if (flush) {
      status.flags |= FloatFlag.INPUT_DENORMAL;
      return result;
    }
    return { ...result, kind: 'finite', significand: fraction, exponent: 1 - f.bias - f.fractionBits };
  }
  if (biased === exponentLimit(f) && !alternative) {
    if (fraction === 0n) return { ...result, kind: 'infinity' };
    return { ...result, kind: 'nan', significand: fraction, signalling: fraction >> BigInt(f.fractionBits - 1) === 0n };
  }
  const significand = fraction | (1n << BigInt(f.fractionBits));
  return { ...result, kind: 'finite', significand, exponent: biased - f.bias - f.fractionBits };
}

function signBit(f: FloatFormat, negative: boolean): bigint {
  return negative ? 1n << BigInt(f.width - 1) : 0n;
}

export function packZero(f: FloatFormat, negative: boolean): bigint {
  return signBit(f, negative);
}

export function packInfinity(f: FloatFormat, negative: boolean): bigint {
  return signBit(f, negative) | (BigInt(exponentLimit(f)) << BigInt(f.fractionBits));
}

/** The largest finite number; with `alternative` that of the alternative half precision. */
export function packLargest(f: FloatFormat, negative: boolean, alternative = false): bigint {
  return alternative ? signBit(f, negative) | ((1n << BigInt(f.width - 1)) - 1n) : packInfinity(f, negative) - 1n;
}

/** A quiet NaN with the fraction's lower bits given. */
export function packNan(f: FloatFormat, negative: boolean, fraction: bigint): bigint {
  return packInfinity(f, negative) | (1n << BigInt(f.fractionBits - 1)) | fraction;
}

/** ARM's default NaN: positive, quiet, nothing else. */
export function defaultNan(f: FloatFormat): bigint {
  return packNan(f, false, 0n);
}

/** Number of bits of a positive integer. */
export function bitLength(value: bigint): number {
  const digits = value.toString(16);
  return 4 * digits.length - Math.clz32(parseInt(digits[0], 16)) + 28;
}

/** Whether the magnitude cut down to `quotient` grows by one; `remainder` is what was cut, in units of 1/`unit`. */
export function roundsUp(
  rounding: Rounding,
  negative: boolean,
  quotient: bigint,
  remainder: bigint,
  unit: bigint,
): boolean {
  if (remainder === 0n) return false;
  switch (rounding) {
    case Rounding.NearestEven: {
      const twice = remainder * 2n;
      return twice > unit || (twice === unit && (quotient & 1n) === 1n);
    }
    case Rounding.TowardPositive:
      return !negative;
    case Rounding.TowardNegative:
      return negative;
    case Rounding.TowardZero:
      return false;
  }
}

/**
 * Rounds ±significand * 2^exponent (significand above 0) to the format and raises overflow, underflow and inexact as ARM
 * does: tininess is detected before rounding (DDI 0406C A2.7.5, FPRound), and flushing it to zero raises underflow alone.
 */
export function roundPack(
  f: FloatFormat,
  negative: boolean,
  significand: bigint,
  exponent: number,
  status: FloatStatus,
  flush = status.flushToZero,
  alternative = false,
): bigint {
  const smallest = 1 - f.bias;
  const leading = exponent + bitLength(significand) - 1;
  const tiny = leading < smallest;
  if (tiny && flush) {
    status.flags |= FloatFlag.UNDERFLOW;
    return packZero(f, negative);
  }
  const quantum = Math.max(leading, smallest) - f.fractionBits;
  const shift = BigInt(Math.abs(quantum - exponent));
  let magnitude: bigint;
  let remainder = 0n;
  if (quantum <= exponent) {
    magnitude = significand << shift;
  } else {
    magnitude = significand >> shift;
    remainder = significand - (magnitude << shift);
  }
  if (roundsUp(status.rounding, negative, magnitude, remainder, 1n << shift)) magnitude += 1n;
  let biased = quantum + f.fractionBits + f.bias;
  const hidden = 1n << BigInt(f.fractionBits);
  if (magnitude >= hidden * 2n) {
    magnitude >>= 1n;
    biased++;
  }
  if (biased >= exponentLimit(f) + (alternative ? 1 : 0)) return overflow(f, negative, status, alternative);
  if (remainder !== 0n) status.flags |= FloatFlag.INEXACT | (tiny ? FloatFlag.UNDERFLOW : 0);
  const field = magnitude < hidden ? 0 : biased;
  return signBit(f, negative) | (BigInt(field) << BigInt(f.fractionBits)) | (magnitude & (hidden - 1n));
}

function overflow(f: FloatFormat, negative: boolean, status: FloatStatus, alternative: boolean): bigint {
  if (alternative) {
    status.flags |= FloatFlag.INVALID;
    return packLargest(f, negative, true);
  }
  status.flags |= FloatFlag.OVERFLOW | FloatFlag.INEXACT;
  const { rounding } = status;
  const toInfinity =
    rounding === Rounding.NearestEven || rounding === (negative ? Rounding.TowardNegative : Rounding.TowardPositive);
  return toInfinity ? packInfinity(f, negative) : packLargest(f, negative);
}
