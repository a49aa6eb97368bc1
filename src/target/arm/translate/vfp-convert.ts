import { HELPERS } from '../helpers';
import type { ArmContext } from './context';
import type { OneOperand } from './vfp-arithmetic';
import { doubleNumber, registerNumber, single, singleNumber } from './vfp-registers';

/** The conversions (DDI 0406C A8.8.305 to A8.8.312). None of them works on short vectors. */

/** VCVT between double and single: sz is the operand's precision. */
export function convertPrecision(c: ArmContext, f: OneOperand): boolean {
  if (!c.vfpEnabled) return false;
  const { ir } = c;
  if (f.sz) {
    ir.mov(single(singleNumber(f.vd, f.d)), ir.call(HELPERS.vcvtsd, ir.const(doubleNumber(f.vm, f.m))));
  } else {
    ir.call(HELPERS.vcvtds, ir.const(doubleNumber(f.vd, f.d)), single(singleNumber(f.vm, f.m)));
  }
  return true;
}

/** VCVTB, VCVTT from half precision, of the lower or upper half of the operand. Half to double came with ARMv8. */
export function convertFromHalf(c: ArmContext, f: OneOperand & { t: number }): boolean {
  if (!c.vfpEnabled || f.sz) return false;
  const { ir } = c;
  const half = ir.shri(single(singleNumber(f.vm, f.m)), f.t ? 16 : 0);
  ir.mov(single(singleNumber(f.vd, f.d)), ir.call(HELPERS.vcvtsh, half));
  return true;
}

/** VCVTB, VCVTT to half precision; the other half of the destination stays. */
export function convertToHalf(c: ArmContext, f: OneOperand & { t: number }): boolean {
  if (!c.vfpEnabled || f.sz) return false;
  const { ir } = c;
  const half = ir.call(HELPERS.vcvths, single(singleNumber(f.vm, f.m)));
  const d = single(singleNumber(f.vd, f.d));
  ir.mov(d, ir.deposit(d, half, f.t ? 16 : 0, 16));
  return true;
}

/** VCVT, VCVTR to an integer; z rounds toward zero, else as FPSCR says. */
export function convertToInteger(c: ArmContext, f: OneOperand & { s: number; z: number }): boolean {
  if (!c.vfpEnabled) return false;
  const { ir } = c;
  const value = f.sz ? ir.const(doubleNumber(f.vm, f.m)) : single(singleNumber(f.vm, f.m));
  const helper = f.sz ? HELPERS.vtoid : HELPERS.vtois;
  ir.mov(single(singleNumber(f.vd, f.d)), ir.call(helper, value, ir.const(f.s), ir.const(f.z)));
  return true;
}

/** VCVT from an integer. */
export function convertFromInteger(c: ArmContext, f: OneOperand & { s: number }): boolean {
  if (!c.vfpEnabled) return false;
  const { ir } = c;
  const value = single(singleNumber(f.vm, f.m));
  if (f.sz) ir.call(HELPERS.vitod, ir.const(doubleNumber(f.vd, f.d)), value, ir.const(f.s));
  else ir.mov(single(singleNumber(f.vd, f.d)), ir.call(HELPERS.vitos, value, ir.const(f.s)));
  return true;
}

export interface FixedPoint {
  readonly sz: number;
  readonly vd: number;
  readonly d: number;
  /** 1: unsigned. */
  readonly u: number;
  /** 1: 32 bits wide, else 16. */
  readonly sx: number;
  readonly imm4: number;
  readonly i: number;
}

/** VCVT between floating and fixed point, in place. */
export function convertFixed(c: ArmContext, f: FixedPoint, toFixed: boolean): boolean {
  if (!c.vfpEnabled) return false;
  const { ir } = c;
  const d = registerNumber(f.sz, f.vd, f.d);
  const fraction = ir.const((f.sx ? 32 : 16) - ((f.imm4 << 1) | f.i));
  const type = ir.const((f.sx << 1) | f.u);
  if (f.sz) ir.call(toFixed ? HELPERS.vtofixd : HELPERS.vfixtod, ir.const(d), fraction, type);
  else ir.mov(single(d), ir.call(toFixed ? HELPERS.vtofixs : HELPERS.vfixtos, single(d), fraction, type));
  return true;
}
