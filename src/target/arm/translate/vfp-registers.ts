import type { Temp } from '../../../tcg/ir';
import { ArmGlobal } from '../cpu-state';

/** Floating-point registers as instructions name them and as IR does. */

/** Number of the single precision register whose fields are `v` and the low bit `bit`. */
export const singleNumber = (v: number, bit: number): number => (v << 1) | bit;
/** Number of the double precision register whose fields are `v` and the high bit `bit`. */
export const doubleNumber = (v: number, bit: number): number => (bit << 4) | v;

/** The global of s`n`. */
export const single = (n: number): Temp => ArmGlobal.S0 + n;
/** The globals of the words of d`n`. */
export const lowWord = (n: number): Temp => ArmGlobal.S0 + 2 * n;
export const highWord = (n: number): Temp => ArmGlobal.S0 + 2 * n + 1;

/** Number by which helpers know the scratch doubleword, whose words are the globals VfpLow and VfpHigh. */
export const SCRATCH = 33;

/** A register operand of either precision: field names as in the decode table. */
export const registerNumber = (sz: number, v: number, bit: number): number =>
  sz ? doubleNumber(v, bit) : singleNumber(v, bit);
