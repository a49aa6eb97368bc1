import {
  bitLength,
  defaultNan,
  packInfinity,
  packNan,
  packZero,
  roundPack,
  unpack,
  type FloatFormat,
  type Unpacked,
} from './format';
import { FloatFlag, Rounding, type FloatStatus } from './status';

/**
 * Arithmetic by exact integers: each operation forms its exact result (or enough of it) and rounds it once. Operands and
 * results are encodings as unsigned bigints. Slow, and right in every mode; float32.ts and float64.ts have the fast ways.
 */

/** The NaN that one NaN operand gives (DDI 0406C A2.7.6, FPProcessNaN). */
export function processNan(f: FloatFormat, a: Unpacked, status: FloatStatus): bigint {
  if (a.signalling) status.flags |= FloatFlag.INVALID;
  return status.defaultNan ? defaultNan(f) : packNan(f, a.negative, a.significand);
}

/** The NaN result of two operands of which one is a NaN: signalling ones first, then the first (FPProcessNaNs). */
function processNans(f: FloatFormat, a: Unpacked, b: Unpacked, status: FloatStatus): bigint {
  if (a.signalling || b.signalling) {
    status.flags |= FloatFlag.INVALID;
    return processNan(f, a.signalling ? a : b, status);
  }
  return processNan(f, a.kind === 'nan' ? a : b, status);
}

function invalid(f: FloatFormat, status: FloatStatus): bigint {
  status.flags |= FloatFlag.INVALID;
  return defaultNan(f);
}

/** a + b */
export function add(f: FloatFormat, a: bigint, b: bigint, status: FloatStatus): bigint {
  return sum(f, unpack(f, a, status), unpack(f, b, status), status);
}

/** a - b */
export function subtract(f: FloatFormat, a: bigint, b: bigint, status: FloatStatus): bigint {
  const x = unpack(f, a, status);
  const y = unpack(f, b, status);
  return sum(f, x, y.kind === 'nan' ? y : { ...y, negative: !y.negative }, status);
}

function sum(f: FloatFormat, a: Unpacked, b: Unpacked, status: FloatStatus): bigint {
  if (a.kind === 'nan' || b.kind === 'nan') return processNans(f, a, b, status);
  if (a.kind === 'infinity') {
    return b.kind === 'infinity' && a.negative !== b.negative ? invalid(f, status) : packInfinity(f, a.negative);
  }
  if (b.kind === 'infinity') return packInfinity(f, b.negative);
  const exponent = a.kind === 'zero' ? b.exponent : b.kind === 'zero' ? a.exponent : Math.min(a.exponent, b.exponent);
  const signed = (n: Unpacked): bigint => {
    if (n.kind === 'zero') return 0n;
    const magnitude = n.significand << BigInt(n.exponent - exponent);
    return n.negative ? -magnitude : magnitude;
  };
  const total = signed(a) + signed(b);
  if (total !== 0n) return roundPack(f, total < 0n, total < 0n ? -total : total, exponent, status);
  const bothZero = a.kind === 'zero' && b.kind === 'zero';
  const sameSign = bothZero && a.negative === b.negative;
  return packZero(f, sameSign ? a.negative : status.rounding === Rounding.TowardNegative);
}

/** a * b */
export function multiply(f: FloatFormat, a: bigint, b: bigint, status: FloatStatus): bigint {
  const x = unpack(f, a, status);
  const y = unpack(f, b, status);
  if (x.kind === 'nan' || y.kind === 'nan') return processNans(f, x, y, status);
  const negative = x.negative !== y.negative;
  if (x.kind === 'infinity' || y.kind === 'infinity') {
    return x.kind === 'zero' || y.kind === 'zero' ? invalid(f, status) : packInfinity(f, negative);
  }
  if (x.kind === 'zero' || y.kind === 'zero') return packZero(f, negative);
  return roundPack(f, negative, x.significand * y.significand, x.exponent + y.exponent, status);
}

/** a / b */
export function divide(f: FloatFormat, a: bigint, b: bigint, status: FloatStatus): bigint {
  const x = unpack(f, a, status);
  const y = unpack(f, b, status);
  if (x.kind === 'nan' || y.kind === 'nan') return processNans(f, x, y, status);
  const negative = x.negative !== y.negative;
  if (x.kind === 'infinity') return y.kind === 'infinity' ? invalid(f, status) : packInfinity(f, negative);
  if (y.kind === 'infinity') return packZero(f, negative);
  if (y.kind === 'zero') {
    if (x.kind === 'zero') return invalid(f, status);
    status.flags |= FloatFlag.DIVIDE_BY_ZERO;
    return packInfinity(f, negative);
  }
  if (x.kind === 'zero') return packZero(f, negative);
  // Two bits more than the format holds, and a third that tells whether anything is left.
  const shift = f.fractionBits + 3 + Math.max(0, bitLength(y.significand) - bitLength(x.significand));
  const numerator = x.significand << BigInt(shift);
  const quotient = numerator / y.significand;
  const sticky = quotient * y.significand === numerator ? 0n : 1n;
  return roundPack(f, negative, (quotient << 1n) | sticky, x.exponent - y.exponent - shift - 1, status);
}

/** The square root. */
export function squareRoot(f: FloatFormat, a: bigint, status: FloatStatus): bigint {
  const x = unpack(f, a, status);
  if (x.kind === 'nan') return processNan(f, x, status);
  if (x.kind === 'zero') return packZero(f, x.negative);
  if (x.negative) return invalid(f, status);
  if (x.kind === 'infinity') return packInfinity(f, false);
  let shift = Math.max(0, 2 * (f.fractionBits + 3) - bitLength(x.significand));
  if ((x.exponent - shift) % 2 !== 0) shift++;
  const radicand = x.significand << BigInt(shift);
  const root = integerSquareRoot(radicand);
  const sticky = root * root === radicand ? 0n : 1n;
  return roundPack(f, false, (root << 1n) | sticky, (x.exponent - shift) / 2 - 1, status);
}

/** The largest integer whose square is at most `value` (above 0), by Newton's method from above. */
function integerSquareRoot(value: bigint): bigint {
  let root = 1n << BigInt((bitLength(value) + 1) >> 1);
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/** How two numbers compare. */
export enum Relation {
  Less,
  Equal,
  Greater,
  Unordered,
}

/** Compares; a quiet NaN is an invalid operand only where `signalling`. */
export function compare(f: FloatFormat, a: bigint, b: bigint, signalling: boolean, status: FloatStatus): Relation {
  const x = unpack(f, a, status);
  const y = unpack(f, b, status);
  if (x.kind === 'nan' || y.kind === 'nan') {
    if (signalling || x.signalling || y.signalling) status.flags |= FloatFlag.INVALID;
    return Relation.Unordered;
  }
  // Encodings of one sign are in the order of their magnitudes.
  const order = (n: Unpacked, bits: bigint): bigint => {
    if (n.kind === 'zero') return 0n;
    const magnitude = bits & ((1n << BigInt(f.width - 1)) - 1n);
    return n.negative ? -magnitude : magnitude;
  };
  const left = order(x, a);
  const right = order(y, b);
  return left === right ? Relation.Equal : left < right ? Relation.Less : Relation.Greater;
}
