import { FloatFlag, Rounding, type FloatStatus } from './status';

/**
 * Arithmetic on JavaScript's own numbers where that gives the same result and the same flags. Each function returns NaN
 * where it does not (or cannot tell cheaply): the caller then takes the exact way. No result is a NaN otherwise.
 *
 * Preconditions that each checks: rounding to nearest, the operands are not NaN, none of them is to be flushed, and the
 * result is zero exactly or above the smallest normal number and finite, so that no flag but inexact can rise. Inexact
 * is found by error-free transformations (Dekker 1971, Knuth 4.2.2), and only while the flag is not raised already.
 */

const MIN_NORMAL_64 = 2 ** -1022;
const MIN_NORMAL_32 = 2 ** -126;
/** Magnitudes between which products split without overflow and keep their low half normal. */
const SPLIT_MIN = 2 ** -450;
const SPLIT_MAX = 2 ** 450;
/** Below it the steps of finding a sum's error do not overflow. */
const SUM_MAX = 2 ** 1022;
const SPLITTER = 2 ** 27 + 1;

const NOT_HERE = NaN;

/** Whether the modes allow the fast way at all. */
const usable = (s: FloatStatus): boolean => s.rounding === Rounding.NearestEven;

/** Whether `a` would be taken for zero, or is a NaN. */
function unfit(a: number, smallest: number, s: FloatStatus): boolean {
  return a !== a || (s.flushToZero && a !== 0 && Math.abs(a) < smallest);
}

/** x * y - p exactly, for a product p = x * y in double precision. Operands and product within the split range. */
function productError(x: number, y: number, p: number): number {
  const cx = SPLITTER * x;
  const xh = cx - (cx - x);
  const xl = x - xh;
  const cy = SPLITTER * y;
  const yh = cy - (cy - y);
  const yl = y - yh;
  return xl * yl - (p - xh * yh - xl * yh - xh * yl);
}

function splittable(x: number): boolean {
  const magnitude = Math.abs(x);
  return magnitude > SPLIT_MIN && magnitude < SPLIT_MAX;
}

/** The part of a + b that the sum lost. */
function sumError(a: number, b: number, sum: number): number {
  const virtual = sum - a;
  return a - (sum - virtual) + (b - virtual);
}

const raised = (s: FloatStatus, known: number): boolean => ((s.flags | known) & FloatFlag.INEXACT) !== 0;

/** a + b in double precision. `known`: flags raised before, which need not be found again. */
export function add64(a: number, b: number, s: FloatStatus, known: number): number {
  if (!usable(s) || unfit(a, MIN_NORMAL_64, s) || unfit(b, MIN_NORMAL_64, s)) return NOT_HERE;
  const r = a + b;
  const magnitude = Math.abs(r);
  if (!(magnitude < SUM_MAX) || (magnitude < MIN_NORMAL_64 && r !== 0)) return NOT_HERE;
  if (!raised(s, known) && sumError(a, b, r) !== 0) s.flags |= FloatFlag.INEXACT;
  return r;
}

/** a * b in double precision. */
export function multiply64(a: number, b: number, s: FloatStatus, known: number): number {
  if (!usable(s) || unfit(a, MIN_NORMAL_64, s) || unfit(b, MIN_NORMAL_64, s)) return NOT_HERE;
  const r = a * b;
  if (r === 0 && (a === 0 || b === 0)) return r;
  const magnitude = Math.abs(r);
  if (!(magnitude < Infinity && magnitude > MIN_NORMAL_64)) return NOT_HERE;
  if (raised(s, known)) return r;
  if (!splittable(a) || !splittable(b)) return NOT_HERE;
  if (productError(a, b, r) !== 0) s.flags |= FloatFlag.INEXACT;
  return r;
}

/** a / b in double precision. */
export function divide64(a: number, b: number, s: FloatStatus, known: number): number {
  if (!usable(s) || unfit(a, MIN_NORMAL_64, s) || unfit(b, MIN_NORMAL_64, s) || b === 0) return NOT_HERE;
  const r = a / b;
  if (a === 0 && Math.abs(b) < Infinity) return r;
  const magnitude = Math.abs(r);
  if (!(magnitude < Infinity && magnitude > MIN_NORMAL_64)) return NOT_HERE;
  if (raised(s, known)) return r;
  if (!splittable(r) || !splittable(b)) return NOT_HERE;
  const product = r * b;
  if (product !== a || productError(r, b, product) !== 0) s.flags |= FloatFlag.INEXACT;
  return r;
}

/** The square root in double precision. */
export function squareRoot64(a: number, s: FloatStatus, known: number): number {
  if (!usable(s) || unfit(a, MIN_NORMAL_64, s) || a < 0 || a === Infinity) return NOT_HERE;
  const r = Math.sqrt(a);
  if (a === 0 || raised(s, known)) return r;
  if (!splittable(r)) return NOT_HERE;
  const product = r * r;
  if (product !== a || productError(r, r, product) !== 0) s.flags |= FloatFlag.INEXACT;
  return r;
}

/**
 * Single precision by way of double: one operation in double precision, rounded again, is rounded right (Figueroa 1995),
 * as 53 bits are more than twice 24 and two.
 */
function single(wide: number, exact: boolean, s: FloatStatus): number {
  const r = Math.fround(wide);
  const magnitude = Math.abs(r);
  if (!(magnitude < Infinity && magnitude > MIN_NORMAL_32)) return NOT_HERE;
  if (!exact || r !== wide) s.flags |= FloatFlag.INEXACT;
  return r;
}

/** a + b in single precision; the operands are single precision numbers. */
export function add32(a: number, b: number, s: FloatStatus): number {
  if (!usable(s) || unfit(a, MIN_NORMAL_32, s) || unfit(b, MIN_NORMAL_32, s)) return NOT_HERE;
  const wide = a + b;
  if (wide === 0) return wide;
  return single(wide, sumError(a, b, wide) === 0, s);
}

/** a * b in single precision. */
export function multiply32(a: number, b: number, s: FloatStatus): number {
  if (!usable(s) || unfit(a, MIN_NORMAL_32, s) || unfit(b, MIN_NORMAL_32, s)) return NOT_HERE;
  const wide = a * b;
  return wide === 0 ? wide : single(wide, true, s);
}

/** a / b in single precision. */
export function divide32(a: number, b: number, s: FloatStatus): number {
  if (!usable(s) || unfit(a, MIN_NORMAL_32, s) || unfit(b, MIN_NORMAL_32, s) || b === 0) return NOT_HERE;
  const wide = a / b;
  if (wide === 0) return a === 0 && Math.abs(b) < Infinity ? wide : NOT_HERE;
  // A quotient of 24 bits times the divisor is exact in double precision.
  return single(wide, Math.fround(wide) * b === a, s);
}

/** The square root in single precision. */
export function squareRoot32(a: number, s: FloatStatus): number {
  if (!usable(s) || unfit(a, MIN_NORMAL_32, s) || a < 0 || a === Infinity) return NOT_HERE;
  if (a === 0) return a;
  const wide = Math.sqrt(a);
  const r = Math.fround(wide);
  return single(wide, r * r === a, s);
}

/** A double precision number in single precision. */
export function narrow(a: number, s: FloatStatus): number {
  if (!usable(s) || unfit(a, MIN_NORMAL_64, s)) return NOT_HERE;
  return a === 0 ? a : single(a, true, s);
}

/** `a` as a 32-bit integer, rounded toward zero; for single and double precision numbers. */
export function truncate(a: number, minimum: number, maximum: number, s: FloatStatus): number {
  if (a !== a || (s.flushToZero && a !== 0 && Math.abs(a) < MIN_NORMAL_32)) return NOT_HERE;
  const r = Math.trunc(a);
  if (!(r >= minimum && r <= maximum)) return NOT_HERE;
  if (r !== a) s.flags |= FloatFlag.INEXACT;
  return r;
}

/** An integer of up to 53 bits in single precision. */
export function fromInteger32(a: number, s: FloatStatus): number {
  if (!usable(s)) return NOT_HERE;
  const r = Math.fround(a);
  if (r !== a) s.flags |= FloatFlag.INEXACT;
  return r;
}
