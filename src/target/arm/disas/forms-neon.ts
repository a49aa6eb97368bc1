import type { Fields } from '../decode';
import { unless, type Forms } from './forms';
import type { Insn } from './insn';
import type { Form } from './template';
import { allLanes, duplicated, oneLane } from './neon-text';

/*
 * Advanced SIMD. The reference has no text for what is UNDEFINED: quadwords of odd doublewords, sizes without a meaning.
 */

type Refused = (fields: Fields) => boolean;

/** Rows by names separated by blanks, with one template and when the reference refuses them. */
function rows(names: string, template: string, ...refused: Refused[]): Forms {
  const any: Refused = (fields) => refused.some((predicate) => predicate(fields));
  return Object.fromEntries(names.split(' ').map((name) => [name, unless(any, template)]));
}

/** A quadword, where q is 1, is an even doubleword. */
const quads: Refused = ({ q, vd, vn = 0, vm }) => q === 1 && ((vd | vn | vm) & 1) === 1;
const quadsButScalar: Refused = ({ q, vd, vn }) => q === 1 && ((vd | vn) & 1) === 1;
const quadDestination: Refused = ({ q, vd }) => q === 1 && (vd & 1) === 1;
const onlyDoublewords: Refused = ({ q }) => q === 1;
/** Registers that are quadwords always. */
const quad =
  (...names: string[]): Refused =>
  (fields) =>
    names.some((name) => (fields[name] & 1) === 1);
const sizes =
  (...allowed: number[]): Refused =>
  ({ size }) =>
    !allowed.includes(size);
const halfPrecision: Refused = ({ sz }) => sz === 1;
const doubles: Refused = ({ size }) => size === 3;
/** Single precision where f is 1. */
const either: Refused = ({ f, size }) => size === 3 || (f === 1 && size !== 2);
/** Not even one element of 8 bits is left of imm6: those words are immediates. */
const noImmediates: Refused = ({ l, imm6 }) => l !== 1 && imm6 < 8;

const SAME_LENGTH: Forms = {
  ...rows('VHADD VRHADD VHSUB VCGT_int VCGE_int', '{op}{c}.{us}{size} {nd}, {nn}, {nm}', quads, doubles),
  ...rows('VMAX_int VMIN_int VABD_int VABA', '{op}{c}.{us}{size} {nd}, {nn}, {nm}', quads, doubles),
  ...rows('VQADD VQSUB', '{op}{c}.{us}{size} {nd}, {nn}, {nm}', quads),
  ...rows('VSHL_reg VQSHL_reg VRSHL VQRSHL', '{op}{c}.{us}{size} {nd}, {nm}, {nn}', quads),
  ...rows('VAND_reg VBIC_reg VORR_reg VORN_reg VEOR_reg VBSL VBIT VBIF', '{op}{c} {nd}, {nn}, {nm}', quads),
  ...rows('VADD_int VSUB_int', '{op}{c}.i{size} {nd}, {nn}, {nm}', quads),
  VTST: unless((f) => quads(f) || doubles(f), 'vtst{c}.{size} {nd}, {nn}, {nm}'),
  ...rows('VCEQ_int VMLA_int VMLS_int VMUL_int', '{op}{c}.i{size} {nd}, {nn}, {nm}', quads, doubles),
  ...rows('VMUL_poly', 'vmul{c}.p8 {nd}, {nn}, {nm}', quads, sizes(0)),
  ...rows('VPMAX_int VPMIN_int', '{op}{c}.{us}{size} {nd}, {nn}, {nm}', onlyDoublewords, doubles),
  ...rows('VPADD_int', 'vpadd{c}.i{size} {nd}, {nn}, {nm}', onlyDoublewords, doubles),
  ...rows('VQDMULH VQRDMULH', '{op}{c}.s{size} {nd}, {nn}, {nm}', quads, sizes(1, 2)),
  ...rows(
    'VFMA_simd VFMS_simd VADD_simd VSUB_simd VABD_simd VMLA_simd VMLS_simd VMUL_simd VCEQ_simd VCGE_simd VCGT_simd',
    '{op}{c}.f32 {nd}, {nn}, {nm}',
    quads,
    halfPrecision,
  ),
  ...rows('VACGE VACGT VMAX_simd VMIN_simd VRECPS VRSQRTS', '{op}{c}.f32 {nd}, {nn}, {nm}', quads, halfPrecision),
  ...rows('VPADD_simd VPMAX_simd VPMIN_simd', '{op}{c}.f32 {nd}, {nn}, {nm}', onlyDoublewords, halfPrecision),
};

const IMMEDIATE: Forms = {
  ...rows('VMOV_i32 VORR_i32 VMVN_i32 VBIC_i32', '{op}{c}.i32 {nd}, {imm32}', quadDestination),
  ...rows('VMOV_i16 VORR_i16 VMVN_i16 VBIC_i16', '{op}{c}.i16 {nd}, {simm16}', quadDestination),
  ...rows('VMOV_ones VMVN_ones', '{op}{c}.i32 {nd}, {immones}', quadDestination),
  ...rows('VMOV_i8', 'vmov{c}.i8 {nd}, {#imm8}', quadDestination),
  ...rows('VMOV_f32', 'vmov{c}.f32 {nd}, {immf32}', quadDestination),
  ...rows('VMOV_i64', 'vmov{c}.i64 {nd}, {imm64}', quadDestination),
};

const SHIFTS: Forms = {
  ...rows('VSHR VSRA VRSHR VRSRA', '{op}{c}.{us}{shsize} {nd}, {nm}, {right}', quads, noImmediates),
  ...rows('VSRI', 'vsri{c}.{shsize} {nd}, {nm}, {right}', quads, noImmediates),
  ...rows('VSHL_imm', 'vshl{c}.i{shsize} {nd}, {nm}, {left}', quads, noImmediates),
  ...rows('VSLI', 'vsli{c}.{shsize} {nd}, {nm}, {left}', quads, noImmediates),
  ...rows('VQSHLU_imm', 'vqshlu{c}.s{shsize} {nd}, {nm}, {left}', quads, noImmediates),
  ...rows('VQSHL_imm', 'vqshl{c}.{us}{shsize} {nd}, {nm}, {left}', quads, noImmediates),
  ...rows('VSHRN VRSHRN', '{op}{c}.i{shsize2} {dd}, {qqm}, {right}', quad('vm'), noImmediates),
  ...rows('VQSHRUN VQRSHRUN', '{op}{c}.s{shsize2} {dd}, {qqm}, {right}', quad('vm'), noImmediates),
  ...rows('VQSHRN VQRSHRN', '{op}{c}.{us}{shsize2} {dd}, {qqm}, {right}', quad('vm'), noImmediates),
  VSHLL_imm: {
    templates: ['vshll{c}.{us}{shsize} {qqd}, {dm}, {left}', 'vmovl{c}.{us}{shsize} {qqd}, {dm}'],
    choose: ({ fields }) => {
      if (quad('vd')(fields) || noImmediates(fields)) return undefined;
      return (fields.imm6 & (fields.imm6 - 1)) === 0 ? 1 : 0;
    },
  },
  VCVT_from_fixed_simd: unless((f) => quads(f) || f.imm6 < 32, 'vcvt{c}.f32.{us}32 {nd}, {nm}, {fbits}'),
  VCVT_to_fixed_simd: unless((f) => quads(f) || f.imm6 < 32, 'vcvt{c}.{us}32.f32 {nd}, {nm}, {fbits}'),
};

const PERMUTE: Forms = {
  VEXT: unless((f) => quads(f) || (f.q === 0 && f.imm4 > 7), 'vext{c}.{extsize} {nd}, {nn}, {nm}, {extindex}'),
  // A table of two is refused past d31, longer ones are not.
  ...rows('VTBL VTBX', '{op}{c}.8 {dd}, {table}, {dm}', ({ n, vn, len }) => len === 1 && (n & 1) === 1 && vn === 15),
  ...rows('VDUP_scalar', 'vdup{c}.{dupelement} {nd}, {dm}{dupindex}', quadDestination, (f) => !duplicated(f)),
};

const MISCELLANEOUS: Forms = {
  ...rows('VREV64', 'vrev64{c}.{size} {nd}, {nm}', quads, sizes(0, 1, 2)),
  ...rows('VREV32', 'vrev32{c}.{size} {nd}, {nm}', quads, sizes(0, 1)),
  ...rows('VREV16', 'vrev16{c}.{size} {nd}, {nm}', quads, sizes(0)),
  ...rows('VPADDL VPADAL', '{op}{c}.{opsign}{size} {nd}, {nm}', quads, doubles),
  ...rows('VCLS VQABS VQNEG', '{op}{c}.s{size} {nd}, {nm}', quads, doubles),
  ...rows('VCLZ', 'vclz{c}.i{size} {nd}, {nm}', quads, doubles),
  ...rows('VCNT', 'vcnt{c}.8 {nd}, {nm}', quads, sizes(0)),
  ...rows('VMVN_reg VSWP', '{op}{c} {nd}, {nm}', quads, sizes(0)),
  ...rows('VTRN', 'vtrn{c}.{size} {nd}, {nm}', quads, doubles),
  ...rows('VUZP VZIP', '{op}{c}.{size} {nd}, {nm}', quads, doubles, ({ q, size }) => q === 0 && size === 2),
  ...rows('VMOVN', 'vmovn{c}.i{size2} {dd}, {qqm}', quad('vm'), doubles),
  ...rows('VQMOVUN', 'vqmovun{c}.s{size2} {dd}, {qqm}', quad('vm'), doubles),
  ...rows('VQMOVN', 'vqmovn{c}.{opsign}{size2} {dd}, {qqm}', quad('vm'), doubles),
  ...rows('VSHLL_max', 'vshll{c}.i{size} {qqd}, {dm}, {sizeimm}', quad('vd'), doubles),
  ...rows('VCGT_zero VCGE_zero VCLE_zero VCLT_zero', '{op}{c}.{f32or}{size} {nd}, {nm}, #0', quads, either),
  ...rows('VCEQ_zero', 'vceq{c}.{f32ori}{size} {nd}, {nm}, #0', quads, either),
  ...rows('VABS_simd VNEG_simd', '{op}{c}.{f32or}{size} {nd}, {nm}', quads, either),
  ...rows('VCVT_to_half_simd', 'vcvt{c}.f16.f32 {dd}, {qqm}', quad('vm'), sizes(1)),
  ...rows('VCVT_from_half_simd', 'vcvt{c}.f32.f16 {qqd}, {dm}', quad('vd'), sizes(1)),
  ...rows('VRECPE VRSQRTE', '{op}{c}.{f32oru}32 {nd}, {nm}', quads, sizes(2)),
  VCVT_int_simd: {
    templates: ['vcvt{c}.f32.{opsign0}32 {nd}, {nm}', 'vcvt{c}.{opsign0}32.f32 {nd}, {nm}'],
    choose: ({ fields }) => (quads(fields) || fields.size !== 2 ? undefined : fields.op >>> 1),
  },
};

const DIFFERENT_LENGTH: Forms = {
  ...rows('VADDL VSUBL VABAL VABDL VMLAL VMLSL VMULL_int', '{op}{c}.{us}{size} {qqd}, {dn}, {dm}', quad('vd'), doubles),
  ...rows('VADDW VSUBW', '{op}{c}.{us}{size} {qqd}, {qqn}, {dm}', quad('vd', 'vn'), doubles),
  ...rows('VADDHN VRADDHN VSUBHN VRSUBHN', '{op}{c}.i{size2} {dd}, {qqn}, {qqm}', quad('vn', 'vm'), doubles),
  ...rows('VQDMLAL VQDMLSL VQDMULL', '{op}{c}.s{size} {qqd}, {dn}, {dm}', quad('vd'), sizes(1, 2)),
  ...rows('VMULL_poly', 'vmull{c}.p8 {qqd}, {dn}, {dm}', quad('vd'), sizes(0)),
};

const SCALAR: Forms = {
  ...rows('VMLA_scalar VMLS_scalar VMUL_scalar', '{op}{c}.i{size} {nd}, {nn}, {scalar}', quadsButScalar, sizes(1, 2)),
  ...rows(
    'VMLA_scalar_f32 VMLS_scalar_f32 VMUL_scalar_f32',
    '{op}{c}.f32 {nd}, {nn}, {scalar}',
    quadsButScalar,
    sizes(2),
  ),
  ...rows('VQDMULH_scalar VQRDMULH_scalar', '{op}{c}.s{size} {nd}, {nn}, {scalar}', quadsButScalar, sizes(1, 2)),
  ...rows(
    'VMLAL_scalar VMLSL_scalar VMULL_scalar',
    '{op}{c}.{us}{size} {qqd}, {dn}, {scalar}',
    quad('vd'),
    sizes(1, 2),
  ),
  ...rows(
    'VQDMLAL_scalar VQDMLSL_scalar VQDMULL_scalar',
    '{op}{c}.s{size} {qqd}, {dn}, {scalar}',
    quad('vd'),
    sizes(1, 2),
  ),
};

/** A list of two registers that d31 ends too early. */
const pastLast: Refused = ({ d, vd, inc = 0 }) => ((d << 4) | vd) + 1 + inc > 31;
const MULTIPLE = '{ldst}{c}.{size} {structure}, {structmem}';
const LANES = '{ldst}{c}.{lanesize} {lanes}, {lanemem}';
const lane = (refused: (insn: Insn) => boolean): Form<Insn> => ({
  templates: [LANES],
  choose: (insn) => (refused(insn) ? undefined : 0),
});

const STRUCTURES: Forms = {
  ...rows('VLD1_multiple_4', MULTIPLE),
  ...rows('VLD1_multiple_3 VLD1_multiple_1', MULTIPLE, ({ align }) => align > 1),
  ...rows('VLD1_multiple_2', MULTIPLE, ({ align }) => align === 3, pastLast),
  ...rows('VLD2_multiple_4', MULTIPLE, doubles),
  ...rows('VLD2_multiple', MULTIPLE, doubles, ({ align }) => align === 3, pastLast),
  ...rows('VLD3_multiple', MULTIPLE, doubles, ({ align }) => align > 1),
  ...rows('VLD4_multiple', MULTIPLE, doubles),
  ...Object.fromEntries(
    [1, 2, 3, 4].flatMap((n) => [
      [`VLD${n}_all`, lane(({ row, fields }) => allLanes(row, fields) === undefined)],
      [`VLD${n}_one`, lane(({ row, fields }) => oneLane(row, fields) === undefined)],
    ]),
  ),
};

export const NEON_FORMS: Forms = {
  ...SAME_LENGTH,
  ...IMMEDIATE,
  ...SHIFTS,
  ...PERMUTE,
  ...MISCELLANEOUS,
  ...DIFFERENT_LENGTH,
  ...SCALAR,
  ...STRUCTURES,
};
