/** How results are rounded (IEEE 754-2008 4.3), numbered as ARM's FPSCR.RMode. */
export enum Rounding {
  NearestEven,
  TowardPositive,
  TowardNegative,
  TowardZero,
}

/** Exception flags (IEEE 754-2008 7), at the bits where ARM's FPSCR accumulates them. */
export const FloatFlag = {
  INVALID: 1,
  DIVIDE_BY_ZERO: 2,
  OVERFLOW: 4,
  UNDERFLOW: 8,
  INEXACT: 16,
  /** A subnormal operand was taken for zero. */
  INPUT_DENORMAL: 128,
} as const;

/** What controls an operation, and the exceptions it raised. */
export class FloatStatus {
  rounding: Rounding = Rounding.NearestEven;
  /** Subnormal operands and results are zeros. */
  flushToZero = false;
  /** Every NaN result is the default one. */
  defaultNan = false;
  /** Half precision has no infinities and NaNs but a larger range. */
  alternativeHalf = false;
  /** Exceptions so far, of {@link FloatFlag}. Operations only add to it. */
  flags = 0;
}
