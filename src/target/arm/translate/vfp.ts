import type { FieldsOf } from '../decode';
import type { VFP_PATTERNS } from '../decode/vfp-table';
import type { ArmContext } from './context';
import { undefinedHere } from './system';
import * as arithmetic from './vfp-arithmetic';
import * as convert from './vfp-convert';
import { singleNumber, doubleNumber } from './vfp-registers';
import * as transfer from './vfp-transfer';

type Patterns = typeof VFP_PATTERNS;
type VfpName = keyof Patterns;
type Translate<Name extends VfpName> = (c: ArmContext, f: FieldsOf<Patterns[Name]>) => boolean;
type Table = { readonly [Name in VfpName]: Translate<Name> };

/** What each floating-point row means; false where it is UNDEFINED, also because floating point is off or denied. */
export const VFP_TRANSLATE: Table = {
  VMOV_to_singles: (c, f) => transfer.movePair(c, f, false, false),
  VMOV_from_singles: (c, f) => transfer.movePair(c, f, false, true),
  VMOV_to_double: (c, f) => transfer.movePair(c, f, true, false),
  VMOV_from_double: (c, f) => transfer.movePair(c, f, true, true),
  VSTR: (c, f) => transfer.loadStore(c, f, false),
  VLDR: (c, f) => transfer.loadStore(c, f, true),
  VSTM: (c, f) => transfer.loadStoreMultiple(c, f, false),
  VLDM: (c, f) => transfer.loadStoreMultiple(c, f, true),
  VMLA: (c, f) => arithmetic.multiplyAccumulate(c, f, { product: false, addend: false }),
  VMLS: (c, f) => arithmetic.multiplyAccumulate(c, f, { product: true, addend: false }),
  VNMLS: (c, f) => arithmetic.multiplyAccumulate(c, f, { product: false, addend: true }),
  VNMLA: (c, f) => arithmetic.multiplyAccumulate(c, f, { product: true, addend: true }),
  VMUL: (c, f) => arithmetic.binary(c, f, arithmetic.MULTIPLY),
  VNMUL: (c, f) => arithmetic.multiplyNegated(c, f),
  VADD: (c, f) => arithmetic.binary(c, f, arithmetic.ADD),
  VSUB: (c, f) => arithmetic.binary(c, f, arithmetic.SUBTRACT),
  VDIV: (c, f) => arithmetic.binary(c, f, arithmetic.DIVIDE),
  // Fused multiplication came with VFPv4, rounding to an integral number with ARMv8.
  VFNMS: undefinedHere,
  VFNMA: undefinedHere,
  VFMA: undefinedHere,
  VFMS: undefinedHere,
  VMOV_imm: (c, f) => arithmetic.moveImmediate(c, f),
  VMOV_reg: (c, f) => arithmetic.changeSign(c, f, arithmetic.COPY),
  VABS: (c, f) => arithmetic.changeSign(c, f, arithmetic.ABSOLUTE),
  VNEG: (c, f) => arithmetic.changeSign(c, f, arithmetic.NEGATE),
  VSQRT: (c, f) => arithmetic.squareRoot(c, f),
  VCVT_from_half: (c, f) => convert.convertFromHalf(c, f),
  VCVT_to_half: (c, f) => convert.convertToHalf(c, f),
  VCMP: (c, f) => arithmetic.compare(c, f, f.sz ? doubleNumber(f.vm, f.m) : singleNumber(f.vm, f.m)),
  VCMP_zero: (c, f) => arithmetic.compare(c, f, undefined),
  VRINT: undefinedHere,
  VRINTX: undefinedHere,
  VCVT_precision: (c, f) => convert.convertPrecision(c, f),
  VCVT_from_int: (c, f) => convert.convertFromInteger(c, f),
  VCVT_to_int: (c, f) => convert.convertToInteger(c, f),
  VCVT_from_fixed: (c, f) => convert.convertFixed(c, f, false),
  VCVT_to_fixed: (c, f) => convert.convertFixed(c, f, true),
  VMOV_to_single: (c, f) => transfer.moveSingle(c, f, false),
  VMOV_from_single: (c, f) => transfer.moveSingle(c, f, true),
  VMOV_to_scalar: (c, f) => transfer.moveToScalar(c, f),
  VMOV_from_scalar: (c, f) => transfer.moveFromScalar(c, f),
  VDUP: (c, f) => transfer.duplicate(c, f),
  VMSR: (c, f) => transfer.writeSystemRegister(c, f),
  VMRS: (c, f) => transfer.readSystemRegister(c, f),
};
