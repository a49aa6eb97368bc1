import type { Temp } from '../../../../tcg/ir';
import { HELPERS } from '../../helpers';
import type { NeonName } from '../../neon/operations';
import { ArmGlobal } from '../../cpu-state';
import type { ArmContext } from '../context';
import { doubleNumber, SCRATCH } from '../vfp-registers';

/** Operands of Advanced SIMD instructions. Registers are doublewords' numbers. */

export interface Two {
  readonly vd: number;
  readonly d: number;
  readonly vm: number;
  readonly m: number;
}
export interface Three extends Two {
  readonly vn: number;
  readonly n: number;
}
export interface Registers {
  readonly d: number;
  readonly n: number;
  readonly m: number;
}

/** The registers of an instruction; n is 0 where it has none. */
export function registersOf(f: Two & Partial<Three>): Registers {
  return {
    d: doubleNumber(f.vd, f.d),
    n: doubleNumber(f.vn ?? 0, f.n ?? 0),
    m: doubleNumber(f.vm, f.m),
  };
}

/** Whether Advanced SIMD is on and those of `quadwords` have even numbers: else the instruction is UNDEFINED. */
export function isDefined(c: ArmContext, ...quadwords: number[]): boolean {
  return c.vfpEnabled && quadwords.every((n) => (n & 1) === 0);
}

/** As {@link isDefined} for instructions whose q bit says whether all registers are quadwords. */
export function isDefinedFor(c: ArmContext, q: number, ...registers: number[]): boolean {
  return isDefined(c, ...(q ? registers : []));
}

/** Word `i` of the registers from d`n` on; of the scratch doubleword if that is d`n`. */
export function word(n: number, i: number): Temp {
  return n === SCRATCH ? ArmGlobal.VfpLow + i : ArmGlobal.S0 + 2 * n + i;
}

/** How many words an operation on doublewords (q 0) or quadwords (1) has. */
export const wordCount = (q: number): number => (q ? 4 : 2);

/** Calls an operation of the register file with numbers. */
export function call(c: ArmContext, operation: NeonName, ...numbers: [number, number, number, number]): void {
  c.ir.call(HELPERS.neon[operation], ...numbers.map((n) => c.ir.const(n)));
}

/** Writes results, all of which are computed before. */
export function setWords(c: ArmContext, d: number, values: readonly Temp[]): void {
  values.forEach((value, i) => c.ir.mov(word(d, i), value));
}

/** `bits`-wide copies of `value` in a word. */
export function repeated(value: number, bits: number): number {
  return bits === 8 ? Math.imul(value & 0xff, 0x01010101) : bits === 16 ? Math.imul(value & 0xffff, 0x00010001) : value;
}

/** A word of copies of the scalar whose lowest bit is bit `lsb` of d`n`. */
export function scalar(c: ArmContext, n: number, lsb: number, bits: number): Temp {
  const { ir } = c;
  const from = word(n, lsb >>> 5);
  if (bits === 32) return ir.copy(from);
  return ir.mul(ir.extract(from, lsb & 31, bits), ir.const(bits === 8 ? 0x01010101 : 0x00010001));
}
