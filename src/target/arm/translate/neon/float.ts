import type { NEON_FLOAT_PATTERNS } from '../../decode/neon-table';
import { HELPERS } from '../../helpers';
import type { NeonName } from '../../neon/operations';
import type { ArmContext } from '../context';
import { doubleNumber, single } from '../vfp-registers';
import type { NeonTable } from './table';

/*
 * Single precision (DDI 0406C A7.4). Half precision arithmetic, where sz is 1 or size 1, came with ARMv8.2; each row says
 * what else is UNDEFINED: odd doublewords where a quadword is meant, sizes without a meaning.
 */

const SIGN = 0x80000000 | 0;

interface OneSource {
  readonly vd: number;
  readonly d: number;
  readonly vm: number;
  readonly m: number;
  readonly q: number;
}

interface TwoSources extends OneSource {
  readonly vn: number;
  readonly n: number;
}

type Same = TwoSources & { readonly sz: number };
type Miscellaneous = OneSource & { readonly size: number; readonly f: number };
type Scalar = TwoSources & { readonly size: number };

function call(c: ArmContext, name: NeonName, ...args: number[]): boolean {
  const [a, b, d, e = 0] = args;
  c.ir.call(HELPERS.neon[name], c.ir.const(a), c.ir.const(b), c.ir.const(d), c.ir.const(e));
  return true;
}

const destination = (f: OneSource): number => doubleNumber(f.vd, f.d);
const source = (f: OneSource): number => doubleNumber(f.vm, f.m);
const odd = (f: OneSource, ...registers: number[]): boolean => f.q === 1 && registers.some((register) => register & 1);

/** Three registers of the same length. */
const same =
  (name: NeonName) =>
  (c: ArmContext, f: Same): boolean => {
    if (f.sz || odd(f, f.vd, f.vn, f.vm) || !c.vfpEnabled) return false;
    return call(c, name, destination(f), doubleNumber(f.vn, f.n), source(f), f.q);
  };

/** Neighbours within registers: doublewords only. */
const pairwise =
  (name: NeonName) =>
  (c: ArmContext, f: Same): boolean =>
    f.q === 0 && same(name)(c, f);

/** A register and a scalar, which is one of d0..d15's two lanes. */
const byScalar =
  (name: NeonName) =>
  (c: ArmContext, f: Scalar): boolean => {
    if (f.size !== 2 || odd(f, f.vd, f.vn) || !c.vfpEnabled) return false;
    return call(c, name, destination(f), doubleNumber(f.vn, f.n), 2 * f.vm + f.m, f.q);
  };

/** Single precision in one operation, integers of 8 to 32 bits in another. */
const either =
  (float: NeonName, integer: NeonName) =>
  (c: ArmContext, f: Miscellaneous): boolean => {
    if (f.size === 3 || (f.f && f.size !== 2) || odd(f, f.vd, f.vm) || !c.vfpEnabled) return false;
    return f.f
      ? call(c, float, destination(f), source(f), f.q)
      : call(c, integer, destination(f), source(f), f.size, f.q);
  };

/** VABS, VNEG: no arithmetic on single precision, so NaNs and subnormals pass as they are. */
const changeSign =
  (mask: number, flip: number, integer: NeonName) =>
  (c: ArmContext, f: Miscellaneous): boolean => {
    if (!f.f) return either(integer, integer)(c, f);
    if (f.size !== 2 || odd(f, f.vd, f.vm) || !c.vfpEnabled) return false;
    for (let i = 0; i < (f.q ? 4 : 2); i++) {
      const word = single(2 * source(f) + i);
      c.ir.mov(single(2 * destination(f) + i), mask ? c.ir.andi(word, mask) : c.ir.xori(word, flip));
    }
    return true;
  };

/** VRECPE, VRSQRTE: of single precision where f is 1, else of unsigned fractions. */
const estimate =
  (float: NeonName, unsigned: NeonName) =>
  (c: ArmContext, f: Miscellaneous): boolean => {
    if (f.size !== 2 || odd(f, f.vd, f.vm) || !c.vfpEnabled) return false;
    return call(c, f.f ? float : unsigned, destination(f), source(f), f.q);
  };

/** VCVT between single precision and fixed point of 32 bits; imm6 is 64 less the fraction bits. */
const convertFixed =
  (signed: NeonName, unsigned: NeonName) =>
  (c: ArmContext, f: OneSource & { u: number; imm6: number }): boolean => {
    if (f.imm6 < 32 || odd(f, f.vd, f.vm) || !c.vfpEnabled) return false;
    return call(c, f.u ? unsigned : signed, destination(f), source(f), f.q, 64 - f.imm6);
  };

/** By VCVT's op. */
const INTEGER_CONVERSIONS = ['scvtf', 'ucvtf', 'fcvtzs', 'fcvtzu'] as const;

function convertInteger(c: ArmContext, f: OneSource & { size: number; op: number }): boolean {
  if (f.size !== 2 || odd(f, f.vd, f.vm) || !c.vfpEnabled) return false;
  return call(c, INTEGER_CONVERSIONS[f.op], destination(f), source(f), f.q);
}

/** VCVT between half and single precision: the register of the latter is a quadword. */
function convertHalf(c: ArmContext, f: Omit<OneSource, 'q'> & { size: number }, toHalf: boolean): boolean {
  if (f.size !== 1 || (toHalf ? f.vm : f.vd) & 1 || !c.vfpEnabled) return false;
  return call(c, toHalf ? 'fcvtn_half' : 'fcvtl_half', doubleNumber(f.vd, f.d), doubleNumber(f.vm, f.m), 0);
}

/** What the rows of single precision mean; false where UNDEFINED. */
export const FLOAT_TRANSLATE: NeonTable<typeof NEON_FLOAT_PATTERNS> = {
  // No Cortex-A9 has these two; the peer's has, though not the ones of floating point.
  VFMA_simd: same('fmla_fused'),
  VFMS_simd: same('fmls_fused'),
  VADD_simd: same('fadd'),
  VSUB_simd: same('fsub'),
  VPADD_simd: pairwise('fpadd'),
  VABD_simd: same('fabd'),
  VMLA_simd: same('fmla'),
  VMLS_simd: same('fmls'),
  VMUL_simd: same('fmul'),
  VCEQ_simd: same('fceq'),
  VCGE_simd: same('fcge'),
  VCGT_simd: same('fcgt'),
  VACGE: same('facge'),
  VACGT: same('facgt'),
  VMAX_simd: same('fmax'),
  VMIN_simd: same('fmin'),
  VPMAX_simd: pairwise('fpmax'),
  VPMIN_simd: pairwise('fpmin'),
  VRECPS: same('frecps'),
  VRSQRTS: same('frsqrts'),
  VCVT_from_fixed_simd: convertFixed('scvtf', 'ucvtf'),
  VCVT_to_fixed_simd: convertFixed('fcvtzs', 'fcvtzu'),
  VCGT_zero: either('fcgt0', 'cgt0'),
  VCGE_zero: either('fcge0', 'cge0'),
  VCEQ_zero: either('fceq0', 'ceq0'),
  VCLE_zero: either('fcle0', 'cle0'),
  VCLT_zero: either('fclt0', 'clt0'),
  VABS_simd: changeSign(~SIGN, 0, 'abs'),
  VNEG_simd: changeSign(0, SIGN, 'neg'),
  VCVT_to_half_simd: (c, f) => convertHalf(c, f, true),
  VCVT_from_half_simd: (c, f) => convertHalf(c, f, false),
  VRECPE: estimate('frecpe', 'urecpe'),
  VRSQRTE: estimate('frsqrte', 'ursqrte'),
  VCVT_int_simd: convertInteger,
  VMLA_scalar_f32: byScalar('fmla_scalar'),
  VMLS_scalar_f32: byScalar('fmls_scalar'),
  VMUL_scalar_f32: byScalar('fmul_scalar'),
};
