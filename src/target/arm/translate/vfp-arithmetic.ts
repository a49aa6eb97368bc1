import type { HelperDef } from '../../../tcg/helpers';
import type { Temp } from '../../../tcg/ir';
import { HELPERS } from '../helpers';
import { Turn } from '../vfp/unit';
import type { ArmContext } from './context';
import { highWord, lowWord, registerNumber, single } from './vfp-registers';

/** An operation of two operands in its two precisions. */
export interface Binary {
  readonly single: HelperDef;
  readonly double: HelperDef;
}

export const ADD: Binary = { single: HELPERS.vadds, double: HELPERS.vaddd };
export const SUBTRACT: Binary = { single: HELPERS.vsubs, double: HELPERS.vsubd };
export const MULTIPLY: Binary = { single: HELPERS.vmuls, double: HELPERS.vmuld };
export const DIVIDE: Binary = { single: HELPERS.vdivs, double: HELPERS.vdivd };

const SIGN = 0x80000000 | 0;

export interface OneOperand {
  readonly sz: number;
  readonly vd: number;
  readonly d: number;
  readonly vm: number;
  readonly m: number;
}

export interface TwoOperands extends OneOperand {
  readonly vn: number;
  readonly n: number;
}

/**
 * Short vectors (DDI 0406C appendix K, VFP vector operation): calls `element` with the registers of each element, or once
 * for a scalar. Registers go round within banks of eight singles or four doubles; those of the first bank are scalars.
 *
 */
function eachElement(
  c: ArmContext,
  sz: number,
  registers: { d: number; n: number; m: number },
  element: (d: number, n: number, m: number) => void,
): void {
  const bank = sz ? 4 : 8;
  const isScalar = (register: number): boolean => (register & (sz ? 0xc : 0x18)) === 0;
  const next = (register: number, step: number): number => (register & ~(bank - 1)) | ((register + step) & (bank - 1));
  let { d, n, m } = registers;
  element(d, n, m);
  if (isScalar(d)) return;
  // A stride of two is encoded as 3: doubles step by two then, singles by four, as the peer does.
  const step = (sz ? c.vectorStride >>> 1 : c.vectorStride) + 1;
  const scalar = isScalar(m);
  for (let i = 0; i < c.vectorLength; i++) {
    d = next(d, step);
    n = next(n, step);
    if (!scalar) m = next(m, step);
    element(d, n, m);
  }
}

function operands(f: TwoOperands): { d: number; n: number; m: number } {
  return {
    d: registerNumber(f.sz, f.vd, f.d),
    n: registerNumber(f.sz, f.vn, f.n),
    m: registerNumber(f.sz, f.vm, f.m),
  };
}

/** `d = op(n, m)` of doublewords by number. */
function double(c: ArmContext, op: HelperDef, d: number, ...rest: number[]): void {
  c.ir.call(op, c.ir.const(d), ...rest.map((n) => c.ir.const(n)));
}

/** VADD, VSUB, VMUL, VDIV. */
export function binary(c: ArmContext, f: TwoOperands, op: Binary): boolean {
  if (!c.vfpEnabled) return false;
  eachElement(c, f.sz, operands(f), (d, n, m) => {
    if (f.sz) double(c, op.double, d, n, m);
    else c.ir.mov(single(d), c.ir.call(op.single, single(n), single(m)));
  });
  return true;
}

function negated(c: ArmContext, value: Temp): Temp {
  return c.ir.xori(value, SIGN);
}

/** VNMUL */
export function multiplyNegated(c: ArmContext, f: TwoOperands): boolean {
  if (!c.vfpEnabled) return false;
  eachElement(c, f.sz, operands(f), (d, n, m) => {
    if (f.sz) {
      double(c, HELPERS.vmuld, d, n, m);
      double(c, HELPERS.vnegd, d, d);
    } else {
      c.ir.mov(single(d), negated(c, c.ir.call(HELPERS.vmuls, single(n), single(m))));
    }
  });
  return true;
}

/**
 * VMLA, VMLS, VNMLA, VNMLS: the product is rounded, then added. The signs of either may be turned first; that is not a
 * subtraction, for NaNs have signs too.
 */
export function multiplyAccumulate(
  c: ArmContext,
  f: TwoOperands,
  turn: { readonly product: boolean; readonly addend: boolean },
): boolean {
  if (!c.vfpEnabled) return false;
  const { ir } = c;
  const turned = (turn.product ? Turn.Product : 0) | (turn.addend ? Turn.Addend : 0);
  eachElement(c, f.sz, operands(f), (d, n, m) => {
    if (f.sz) double(c, HELPERS.vmlad, d, n, m, turned);
    else ir.mov(single(d), ir.call(HELPERS.vmlas, single(d), single(n), single(m), ir.const(turned)));
  });
  return true;
}

/**
 * The elements of an operation with one operand. Of double vectors the peer computes two: the first, and that of the first
 * source into the register after it (its second destination is counted from the source). No Cortex-A9 has short vectors,
 * so what the peer does is all there is to follow.
 */
function eachOfOne(c: ArmContext, f: OneOperand, element: (d: number, m: number) => void): void {
  const d = registerNumber(f.sz, f.vd, f.d);
  const m = registerNumber(f.sz, f.vm, f.m);
  const inBank = (register: number): boolean => (register & 0xc) !== 0;
  if (f.sz && c.vectorLength > 0 && inBank(d) && inBank(m)) {
    element(d, m);
    element((m & ~3) | ((m + (c.vectorStride >>> 1) + 1) & 3), m);
  } else {
    eachElement(c, f.sz, { d, n: 0, m }, (to, _n, from) => element(to, from));
  }
}

/** How one operand becomes the result, in its two precisions. */
interface SignChange {
  readonly single: (c: ArmContext, word: Temp) => Temp;
  readonly double: (c: ArmContext, d: number, m: number) => void;
}

export const COPY: SignChange = {
  single: (_c, word) => word,
  double: ({ ir }, d, m) => {
    ir.mov(lowWord(d), lowWord(m));
    ir.mov(highWord(d), highWord(m));
  },
};
export const ABSOLUTE: SignChange = {
  single: (c, word) => c.ir.andi(word, ~SIGN),
  double: (c, d, m) => double(c, HELPERS.vabsd, d, m),
};
export const NEGATE: SignChange = { single: negated, double: (c, d, m) => double(c, HELPERS.vnegd, d, m) };

/** VMOV (register), VABS, VNEG: no arithmetic, so NaNs and subnormals pass as they are. */
export function changeSign(c: ArmContext, f: OneOperand, change: SignChange): boolean {
  if (!c.vfpEnabled) return false;
  eachOfOne(c, f, (d, m) => {
    if (f.sz) change.double(c, d, m);
    else c.ir.mov(single(d), change.single(c, single(m)));
  });
  return true;
}

/** VSQRT */
export function squareRoot(c: ArmContext, f: OneOperand): boolean {
  if (!c.vfpEnabled) return false;
  eachOfOne(c, f, (d, m) => {
    if (f.sz) double(c, HELPERS.vsqrtd, d, m);
    else c.ir.mov(single(d), c.ir.call(HELPERS.vsqrts, single(m)));
  });
  return true;
}

/** VMOV (immediate): sign, exponent -3..4 and four bits of fraction (DDI 0406C A7.5.1 VFPExpandImm). */
export function moveImmediate(c: ArmContext, f: { sz: number; vd: number; d: number; imm8: number }): boolean {
  if (!c.vfpEnabled) return false;
  const sign = (f.imm8 & 0x80) << 24;
  const exponent = f.imm8 & 0x40 ? (f.sz ? 0x3fc00000 : 0x3e000000) : 0x40000000;
  const high = sign | exponent | ((f.imm8 & 0x3f) << (f.sz ? 16 : 19));
  const d = registerNumber(f.sz, f.vd, f.d);
  eachElement(c, f.sz, { d, n: 0, m: 0 }, (register) => {
    c.ir.mov(f.sz ? highWord(register) : single(register), c.ir.const(high));
    if (f.sz) c.ir.mov(lowWord(register), c.ir.const(0));
  });
  return true;
}

/** VCMP, VCMPE; with 0 where the second operand is undefined. */
export function compare(
  c: ArmContext,
  f: { sz: number; vd: number; d: number; e: number },
  m: number | undefined,
): boolean {
  if (!c.vfpEnabled) return false;
  const { ir } = c;
  const d = registerNumber(f.sz, f.vd, f.d);
  if (!f.sz) {
    ir.call(HELPERS.vcmps, single(d), m === undefined ? ir.const(0) : single(m), ir.const(f.e));
    return true;
  }
  if (m === undefined) ir.call(HELPERS.vcmpzd, ir.const(d), ir.const(f.e));
  else ir.call(HELPERS.vcmpd, ir.const(d), ir.const(m), ir.const(f.e));
  return true;
}
