import type { Fields } from '../decode';
import { choose, forms, unless, type Forms } from './forms';
import type { Insn } from './insn';
import { scalarOf, systemRegister } from './vfp-text';

/** 0: multiple; 1: with an odd count of words, as FLDMX; 2: the stack's own name. */
const multiple =
  (pushes: 0 | 1) =>
  ({ fields: { p, u, w, sz, imm8, rn } }: Insn): number | undefined => {
    if (p === u || (p === 1 && w === 0)) return undefined;
    if (sz && imm8 & 1) return 1;
    return rn === 13 && w === 1 && p === pushes ? 2 : 0;
  };
const noScalar = (fields: Fields): boolean => scalarOf(fields) === undefined;

export const VFP_FORMS: Forms = {
  VMOV_to_singles: 'vmov{c} {sm}, {sm1}, {rt}, {rt2}',
  VMOV_from_singles: 'vmov{c} {rt}, {rt2}, {sm}, {sm1}',
  VMOV_to_double: 'vmov{c} {dm}, {rt}, {rt2}',
  VMOV_from_double: 'vmov{c} {rt}, {rt2}, {dm}',
  ...forms('VSTR VLDR', '{op}{c} {vd}, {vmem}'),
  VSTM: choose(multiple(1), 'vstm{mode2}{c} {rn}{w}, {vlist}', 'fstm{mode2}x{c} {rn}{w}, {vlist}', 'vpush{c} {vlist}'),
  VLDM: choose(multiple(0), 'vldm{mode2}{c} {rn}{w}, {vlist}', 'fldm{mode2}x{c} {rn}{w}, {vlist}', 'vpop{c} {vlist}'),
  ...forms('VMLA VMLS VNMLS VNMLA VMUL VNMUL VADD VSUB VDIV VFNMS VFNMA VFMA VFMS', '{op}{c}.{float} {vd}, {vn}, {vm}'),
  VMOV_imm: 'vmov{c}.{float} {vd}, {vimm}',
  ...forms('VMOV_reg VABS VNEG VSQRT', '{op}{c}.{float} {vd}, {vm}'),
  VCVT_from_half: 'vcvt{bt}{c}.{float}.f16 {vd}, {sm}',
  VCVT_to_half: 'vcvt{bt}{c}.f16.{float} {sd}, {vm}',
  VCMP: 'vcmp{e}{c}.{float} {vd}, {vm}',
  VCMP_zero: 'vcmp{e}{c}.{float} {vd}, #0',
  VCVT_precision: choose(({ fields }) => fields.sz, 'vcvt{c}.f64.f32 {dd}, {sm}', 'vcvt{c}.f32.f64 {sd}, {dm}'),
  VCVT_from_int: 'vcvt{c}.{float}.{int} {vd}, {sm}',
  VCVT_to_int: choose(
    ({ fields }) => fields.z,
    'vcvtr{c}.{int}.{float} {sd}, {vm}',
    'vcvt{c}.{int}.{float} {sd}, {vm}',
  ),
  VCVT_from_fixed: 'vcvt{c}.{float}.{fixed} {vd}, {vd}, {fraction}',
  VCVT_to_fixed: 'vcvt{c}.{fixed}.{float} {vd}, {vd}, {fraction}',
  VRINT: choose(({ fields }) => fields.z, 'vrintr{c}.{float} {vd}, {vm}', 'vrintz{c}.{float} {vd}, {vm}'),
  VRINTX: 'vrintx{c}.{float} {vd}, {vm}',
  VSEL: 'vsel{cc}.{float} {vd}, {vn}, {vm}',
  ...forms('VMAXNM VMINNM', '{op}.{float} {vd}, {vn}, {vm}'),
  VRINT_directed: 'vrint{rounding}.{float} {vd}, {vm}',
  VCVT_directed: 'vcvt{rounding}.{int}.{float} {sd}, {vm}',
  VMOV_to_single: 'vmov{c} {sn}, {rt}',
  VMOV_from_single: 'vmov{c} {rt}, {sn}',
  VMOV_to_scalar: unless(noScalar, 'vmov{c}.{scalarsize} {dd}{scalarindex}, {rt}'),
  VMOV_from_scalar: unless(
    (fields) => noScalar(fields) || (fields.u === 1 && scalarOf(fields)?.size === 32),
    'vmov{c}.{scalartype} {rt}, {dn}{scalarindex}',
  ),
  VDUP: unless(({ b, e, q, vd }) => (b & e) === 1 || (q & vd) === 1, 'vdup{c}.{dupsize} {qd}, {rt}'),
  VMSR: unless(({ reg }) => systemRegister(reg, true) === undefined, 'vmsr{c} {vsys}, {rt}'),
  VMRS: unless(({ reg }) => systemRegister(reg, false) === undefined, 'vmrs{c} {vmrsrt}, {vsys}'),
};
