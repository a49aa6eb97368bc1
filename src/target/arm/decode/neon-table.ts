import type { PatternTable } from './pattern';

/**
 * Advanced SIMD's encodings (DDI 0406C A7.4 and A7.7). They are the same in A32 and T32 but for the first byte. The first
 * token of a data-processing pattern is the bit that A32 has in bit 24 and T32 in bit 28; the other 24 bits follow, which
 * lie in the same place in both. Field names: q is 1 for quadwords, d:vd, n:vn and m:vm are doublewords' numbers, size is
 * log2 of an element's bytes, u is 1 for unsigned elements. Rows say what is allocated; registers and sizes that make an
 * encoding UNDEFINED are the translation's matter.
 */

/** A7.4.1, integers. */
const INTEGER_SAME_LENGTH = {
  VHADD: 'u:1 0 d:1 size:2 vn:4 vd:4 0000 n:1 q:1 m:1 0 vm:4',
  VQADD: 'u:1 0 d:1 size:2 vn:4 vd:4 0000 n:1 q:1 m:1 1 vm:4',
  VRHADD: 'u:1 0 d:1 size:2 vn:4 vd:4 0001 n:1 q:1 m:1 0 vm:4',
  VAND_reg: '0 0 d:1 00 vn:4 vd:4 0001 n:1 q:1 m:1 1 vm:4',
  VBIC_reg: '0 0 d:1 01 vn:4 vd:4 0001 n:1 q:1 m:1 1 vm:4',
  VORR_reg: '0 0 d:1 10 vn:4 vd:4 0001 n:1 q:1 m:1 1 vm:4',
  VORN_reg: '0 0 d:1 11 vn:4 vd:4 0001 n:1 q:1 m:1 1 vm:4',
  VEOR_reg: '1 0 d:1 00 vn:4 vd:4 0001 n:1 q:1 m:1 1 vm:4',
  VBSL: '1 0 d:1 01 vn:4 vd:4 0001 n:1 q:1 m:1 1 vm:4',
  VBIT: '1 0 d:1 10 vn:4 vd:4 0001 n:1 q:1 m:1 1 vm:4',
  VBIF: '1 0 d:1 11 vn:4 vd:4 0001 n:1 q:1 m:1 1 vm:4',
  VHSUB: 'u:1 0 d:1 size:2 vn:4 vd:4 0010 n:1 q:1 m:1 0 vm:4',
  VQSUB: 'u:1 0 d:1 size:2 vn:4 vd:4 0010 n:1 q:1 m:1 1 vm:4',
  VCGT_int: 'u:1 0 d:1 size:2 vn:4 vd:4 0011 n:1 q:1 m:1 0 vm:4',
  VCGE_int: 'u:1 0 d:1 size:2 vn:4 vd:4 0011 n:1 q:1 m:1 1 vm:4',
  VSHL_reg: 'u:1 0 d:1 size:2 vn:4 vd:4 0100 n:1 q:1 m:1 0 vm:4',
  VQSHL_reg: 'u:1 0 d:1 size:2 vn:4 vd:4 0100 n:1 q:1 m:1 1 vm:4',
  VRSHL: 'u:1 0 d:1 size:2 vn:4 vd:4 0101 n:1 q:1 m:1 0 vm:4',
  VQRSHL: 'u:1 0 d:1 size:2 vn:4 vd:4 0101 n:1 q:1 m:1 1 vm:4',
  VMAX_int: 'u:1 0 d:1 size:2 vn:4 vd:4 0110 n:1 q:1 m:1 0 vm:4',
  VMIN_int: 'u:1 0 d:1 size:2 vn:4 vd:4 0110 n:1 q:1 m:1 1 vm:4',
  VABD_int: 'u:1 0 d:1 size:2 vn:4 vd:4 0111 n:1 q:1 m:1 0 vm:4',
  VABA: 'u:1 0 d:1 size:2 vn:4 vd:4 0111 n:1 q:1 m:1 1 vm:4',
  VADD_int: '0 0 d:1 size:2 vn:4 vd:4 1000 n:1 q:1 m:1 0 vm:4',
  VSUB_int: '1 0 d:1 size:2 vn:4 vd:4 1000 n:1 q:1 m:1 0 vm:4',
  VTST: '0 0 d:1 size:2 vn:4 vd:4 1000 n:1 q:1 m:1 1 vm:4',
  VCEQ_int: '1 0 d:1 size:2 vn:4 vd:4 1000 n:1 q:1 m:1 1 vm:4',
  VMLA_int: '0 0 d:1 size:2 vn:4 vd:4 1001 n:1 q:1 m:1 0 vm:4',
  VMLS_int: '1 0 d:1 size:2 vn:4 vd:4 1001 n:1 q:1 m:1 0 vm:4',
  VMUL_int: '0 0 d:1 size:2 vn:4 vd:4 1001 n:1 q:1 m:1 1 vm:4',
  VMUL_poly: '1 0 d:1 size:2 vn:4 vd:4 1001 n:1 q:1 m:1 1 vm:4',
  VPMAX_int: 'u:1 0 d:1 size:2 vn:4 vd:4 1010 n:1 q:1 m:1 0 vm:4',
  VPMIN_int: 'u:1 0 d:1 size:2 vn:4 vd:4 1010 n:1 q:1 m:1 1 vm:4',
  VQDMULH: '0 0 d:1 size:2 vn:4 vd:4 1011 n:1 q:1 m:1 0 vm:4',
  VQRDMULH: '1 0 d:1 size:2 vn:4 vd:4 1011 n:1 q:1 m:1 0 vm:4',
  VPADD_int: '0 0 d:1 size:2 vn:4 vd:4 1011 n:1 q:1 m:1 1 vm:4',
} as const;

/** A7.4.1, single precision. sz must be 0. */
const FLOAT_SAME_LENGTH = {
  VFMA_simd: '0 0 d:1 0 sz:1 vn:4 vd:4 1100 n:1 q:1 m:1 1 vm:4',
  VFMS_simd: '0 0 d:1 1 sz:1 vn:4 vd:4 1100 n:1 q:1 m:1 1 vm:4',
  VADD_simd: '0 0 d:1 0 sz:1 vn:4 vd:4 1101 n:1 q:1 m:1 0 vm:4',
  VSUB_simd: '0 0 d:1 1 sz:1 vn:4 vd:4 1101 n:1 q:1 m:1 0 vm:4',
  VPADD_simd: '1 0 d:1 0 sz:1 vn:4 vd:4 1101 n:1 q:1 m:1 0 vm:4',
  VABD_simd: '1 0 d:1 1 sz:1 vn:4 vd:4 1101 n:1 q:1 m:1 0 vm:4',
  VMLA_simd: '0 0 d:1 0 sz:1 vn:4 vd:4 1101 n:1 q:1 m:1 1 vm:4',
  VMLS_simd: '0 0 d:1 1 sz:1 vn:4 vd:4 1101 n:1 q:1 m:1 1 vm:4',
  VMUL_simd: '1 0 d:1 0 sz:1 vn:4 vd:4 1101 n:1 q:1 m:1 1 vm:4',
  VCEQ_simd: '0 0 d:1 0 sz:1 vn:4 vd:4 1110 n:1 q:1 m:1 0 vm:4',
  VCGE_simd: '1 0 d:1 0 sz:1 vn:4 vd:4 1110 n:1 q:1 m:1 0 vm:4',
  VCGT_simd: '1 0 d:1 1 sz:1 vn:4 vd:4 1110 n:1 q:1 m:1 0 vm:4',
  VACGE: '1 0 d:1 0 sz:1 vn:4 vd:4 1110 n:1 q:1 m:1 1 vm:4',
  VACGT: '1 0 d:1 1 sz:1 vn:4 vd:4 1110 n:1 q:1 m:1 1 vm:4',
  VMAX_simd: '0 0 d:1 0 sz:1 vn:4 vd:4 1111 n:1 q:1 m:1 0 vm:4',
  VMIN_simd: '0 0 d:1 1 sz:1 vn:4 vd:4 1111 n:1 q:1 m:1 0 vm:4',
  VPMAX_simd: '1 0 d:1 0 sz:1 vn:4 vd:4 1111 n:1 q:1 m:1 0 vm:4',
  VPMIN_simd: '1 0 d:1 1 sz:1 vn:4 vd:4 1111 n:1 q:1 m:1 0 vm:4',
  VRECPS: '0 0 d:1 0 sz:1 vn:4 vd:4 1111 n:1 q:1 m:1 1 vm:4',
  VRSQRTS: '0 0 d:1 1 sz:1 vn:4 vd:4 1111 n:1 q:1 m:1 1 vm:4',
} as const;

/** A7.4.6: cmode and op tell the operation; the value is that of AdvSIMDExpandImm(op, cmode, imm8). Before the shifts. */
const MODIFIED_IMMEDIATE = {
  VMOV_i32: 'imm8:1 1 d:1 000 imm8:3 vd:4 0 cmode:2 0 0 q:1 0 1 imm8:4',
  VORR_i32: 'imm8:1 1 d:1 000 imm8:3 vd:4 0 cmode:2 1 0 q:1 0 1 imm8:4',
  VMOV_i16: 'imm8:1 1 d:1 000 imm8:3 vd:4 10 cmode:1 0 0 q:1 0 1 imm8:4',
  VORR_i16: 'imm8:1 1 d:1 000 imm8:3 vd:4 10 cmode:1 1 0 q:1 0 1 imm8:4',
  VMOV_ones: 'imm8:1 1 d:1 000 imm8:3 vd:4 110 cmode:1 0 q:1 0 1 imm8:4',
  VMOV_i8: 'imm8:1 1 d:1 000 imm8:3 vd:4 1110 0 q:1 0 1 imm8:4',
  VMOV_f32: 'imm8:1 1 d:1 000 imm8:3 vd:4 1111 0 q:1 0 1 imm8:4',
  VMVN_i32: 'imm8:1 1 d:1 000 imm8:3 vd:4 0 cmode:2 0 0 q:1 1 1 imm8:4',
  VBIC_i32: 'imm8:1 1 d:1 000 imm8:3 vd:4 0 cmode:2 1 0 q:1 1 1 imm8:4',
  VMVN_i16: 'imm8:1 1 d:1 000 imm8:3 vd:4 10 cmode:1 0 0 q:1 1 1 imm8:4',
  VBIC_i16: 'imm8:1 1 d:1 000 imm8:3 vd:4 10 cmode:1 1 0 q:1 1 1 imm8:4',
  VMVN_ones: 'imm8:1 1 d:1 000 imm8:3 vd:4 110 cmode:1 0 q:1 1 1 imm8:4',
  VMOV_i64: 'imm8:1 1 d:1 000 imm8:3 vd:4 1110 0 q:1 1 1 imm8:4',
} as const;

/** A7.4.4: l:imm6 gives size and amount. */
const SHIFT_IMMEDIATE = {
  VSHR: 'u:1 1 d:1 imm6:6 vd:4 0000 l:1 q:1 m:1 1 vm:4',
  VSRA: 'u:1 1 d:1 imm6:6 vd:4 0001 l:1 q:1 m:1 1 vm:4',
  VRSHR: 'u:1 1 d:1 imm6:6 vd:4 0010 l:1 q:1 m:1 1 vm:4',
  VRSRA: 'u:1 1 d:1 imm6:6 vd:4 0011 l:1 q:1 m:1 1 vm:4',
  VSRI: '1 1 d:1 imm6:6 vd:4 0100 l:1 q:1 m:1 1 vm:4',
  VSHL_imm: '0 1 d:1 imm6:6 vd:4 0101 l:1 q:1 m:1 1 vm:4',
  VSLI: '1 1 d:1 imm6:6 vd:4 0101 l:1 q:1 m:1 1 vm:4',
  VQSHLU_imm: '1 1 d:1 imm6:6 vd:4 0110 l:1 q:1 m:1 1 vm:4',
  VQSHL_imm: 'u:1 1 d:1 imm6:6 vd:4 0111 l:1 q:1 m:1 1 vm:4',
  VSHRN: '0 1 d:1 imm6:6 vd:4 1000 0 0 m:1 1 vm:4',
  VRSHRN: '0 1 d:1 imm6:6 vd:4 1000 0 1 m:1 1 vm:4',
  VQSHRUN: '1 1 d:1 imm6:6 vd:4 1000 0 0 m:1 1 vm:4',
  VQRSHRUN: '1 1 d:1 imm6:6 vd:4 1000 0 1 m:1 1 vm:4',
  VQSHRN: 'u:1 1 d:1 imm6:6 vd:4 1001 0 0 m:1 1 vm:4',
  VQRSHRN: 'u:1 1 d:1 imm6:6 vd:4 1001 0 1 m:1 1 vm:4',
  VSHLL_imm: 'u:1 1 d:1 imm6:6 vd:4 1010 0 0 m:1 1 vm:4',
} as const;

/** A7.4.4, single precision. */
const FIXED_POINT = {
  VCVT_from_fixed_simd: 'u:1 1 d:1 imm6:6 vd:4 1110 0 q:1 m:1 1 vm:4',
  VCVT_to_fixed_simd: 'u:1 1 d:1 imm6:6 vd:4 1111 0 q:1 m:1 1 vm:4',
} as const;

/** A7.4, table A7-8: extraction, table look-up, duplication. Before the two groups below. */
const PERMUTE = {
  VEXT: '0 1 d:1 11 vn:4 vd:4 imm4:4 n:1 q:1 m:1 0 vm:4',
  VTBL: '1 1 d:1 11 vn:4 vd:4 10 len:2 n:1 0 m:1 0 vm:4',
  VTBX: '1 1 d:1 11 vn:4 vd:4 10 len:2 n:1 1 m:1 0 vm:4',
  VDUP_scalar: '1 1 d:1 11 imm4:4 vd:4 1100 0 q:1 m:1 0 vm:4',
} as const;

/** A7.4.5, integers. op is what the manual calls so. */
const INTEGER_MISCELLANEOUS = {
  VREV64: '1 1 d:1 11 size:2 00 vd:4 0 0000 q:1 m:1 0 vm:4',
  VREV32: '1 1 d:1 11 size:2 00 vd:4 0 0001 q:1 m:1 0 vm:4',
  VREV16: '1 1 d:1 11 size:2 00 vd:4 0 0010 q:1 m:1 0 vm:4',
  VPADDL: '1 1 d:1 11 size:2 00 vd:4 0 010 op:1 q:1 m:1 0 vm:4',
  VCLS: '1 1 d:1 11 size:2 00 vd:4 0 1000 q:1 m:1 0 vm:4',
  VCLZ: '1 1 d:1 11 size:2 00 vd:4 0 1001 q:1 m:1 0 vm:4',
  VCNT: '1 1 d:1 11 size:2 00 vd:4 0 1010 q:1 m:1 0 vm:4',
  VMVN_reg: '1 1 d:1 11 size:2 00 vd:4 0 1011 q:1 m:1 0 vm:4',
  VPADAL: '1 1 d:1 11 size:2 00 vd:4 0 110 op:1 q:1 m:1 0 vm:4',
  VQABS: '1 1 d:1 11 size:2 00 vd:4 0 1110 q:1 m:1 0 vm:4',
  VQNEG: '1 1 d:1 11 size:2 00 vd:4 0 1111 q:1 m:1 0 vm:4',
  VSWP: '1 1 d:1 11 size:2 10 vd:4 0 0000 q:1 m:1 0 vm:4',
  VTRN: '1 1 d:1 11 size:2 10 vd:4 0 0001 q:1 m:1 0 vm:4',
  VUZP: '1 1 d:1 11 size:2 10 vd:4 0 0010 q:1 m:1 0 vm:4',
  VZIP: '1 1 d:1 11 size:2 10 vd:4 0 0011 q:1 m:1 0 vm:4',
  VMOVN: '1 1 d:1 11 size:2 10 vd:4 0 0100 0 m:1 0 vm:4',
  VQMOVUN: '1 1 d:1 11 size:2 10 vd:4 0 0100 1 m:1 0 vm:4',
  VQMOVN: '1 1 d:1 11 size:2 10 vd:4 0 0101 op:1 m:1 0 vm:4',
  VSHLL_max: '1 1 d:1 11 size:2 10 vd:4 0 0110 0 m:1 0 vm:4',
} as const;

/** A7.4.5, single precision where f is 1, and conversions. */
const FLOAT_MISCELLANEOUS = {
  VCGT_zero: '1 1 d:1 11 size:2 01 vd:4 0 f:1 000 q:1 m:1 0 vm:4',
  VCGE_zero: '1 1 d:1 11 size:2 01 vd:4 0 f:1 001 q:1 m:1 0 vm:4',
  VCEQ_zero: '1 1 d:1 11 size:2 01 vd:4 0 f:1 010 q:1 m:1 0 vm:4',
  VCLE_zero: '1 1 d:1 11 size:2 01 vd:4 0 f:1 011 q:1 m:1 0 vm:4',
  VCLT_zero: '1 1 d:1 11 size:2 01 vd:4 0 f:1 100 q:1 m:1 0 vm:4',
  VABS_simd: '1 1 d:1 11 size:2 01 vd:4 0 f:1 110 q:1 m:1 0 vm:4',
  VNEG_simd: '1 1 d:1 11 size:2 01 vd:4 0 f:1 111 q:1 m:1 0 vm:4',
  VCVT_to_half_simd: '1 1 d:1 11 size:2 10 vd:4 0 1100 0 m:1 0 vm:4',
  VCVT_from_half_simd: '1 1 d:1 11 size:2 10 vd:4 0 1110 0 m:1 0 vm:4',
  VRECPE: '1 1 d:1 11 size:2 11 vd:4 0 10 f:1 0 q:1 m:1 0 vm:4',
  VRSQRTE: '1 1 d:1 11 size:2 11 vd:4 0 10 f:1 1 q:1 m:1 0 vm:4',
  VCVT_int_simd: '1 1 d:1 11 size:2 11 vd:4 0 11 op:2 q:1 m:1 0 vm:4',
} as const;

/** A7.4.2: size is that of the narrow elements, and not 3. */
const DIFFERENT_LENGTH = {
  VADDL: 'u:1 1 d:1 size:2 vn:4 vd:4 0000 n:1 0 m:1 0 vm:4',
  VADDW: 'u:1 1 d:1 size:2 vn:4 vd:4 0001 n:1 0 m:1 0 vm:4',
  VSUBL: 'u:1 1 d:1 size:2 vn:4 vd:4 0010 n:1 0 m:1 0 vm:4',
  VSUBW: 'u:1 1 d:1 size:2 vn:4 vd:4 0011 n:1 0 m:1 0 vm:4',
  VADDHN: '0 1 d:1 size:2 vn:4 vd:4 0100 n:1 0 m:1 0 vm:4',
  VRADDHN: '1 1 d:1 size:2 vn:4 vd:4 0100 n:1 0 m:1 0 vm:4',
  VABAL: 'u:1 1 d:1 size:2 vn:4 vd:4 0101 n:1 0 m:1 0 vm:4',
  VSUBHN: '0 1 d:1 size:2 vn:4 vd:4 0110 n:1 0 m:1 0 vm:4',
  VRSUBHN: '1 1 d:1 size:2 vn:4 vd:4 0110 n:1 0 m:1 0 vm:4',
  VABDL: 'u:1 1 d:1 size:2 vn:4 vd:4 0111 n:1 0 m:1 0 vm:4',
  VMLAL: 'u:1 1 d:1 size:2 vn:4 vd:4 1000 n:1 0 m:1 0 vm:4',
  VQDMLAL: '0 1 d:1 size:2 vn:4 vd:4 1001 n:1 0 m:1 0 vm:4',
  VMLSL: 'u:1 1 d:1 size:2 vn:4 vd:4 1010 n:1 0 m:1 0 vm:4',
  VQDMLSL: '0 1 d:1 size:2 vn:4 vd:4 1011 n:1 0 m:1 0 vm:4',
  VMULL_int: 'u:1 1 d:1 size:2 vn:4 vd:4 1100 n:1 0 m:1 0 vm:4',
  VQDMULL: '0 1 d:1 size:2 vn:4 vd:4 1101 n:1 0 m:1 0 vm:4',
  VMULL_poly: '0 1 d:1 size:2 vn:4 vd:4 1110 n:1 0 m:1 0 vm:4',
} as const;

/** A7.4.3: m:vm name register and index. */
const SCALAR = {
  VMLA_scalar: 'q:1 1 d:1 size:2 vn:4 vd:4 0000 n:1 1 m:1 0 vm:4',
  VMLAL_scalar: 'u:1 1 d:1 size:2 vn:4 vd:4 0010 n:1 1 m:1 0 vm:4',
  VQDMLAL_scalar: '0 1 d:1 size:2 vn:4 vd:4 0011 n:1 1 m:1 0 vm:4',
  VMLS_scalar: 'q:1 1 d:1 size:2 vn:4 vd:4 0100 n:1 1 m:1 0 vm:4',
  VMLSL_scalar: 'u:1 1 d:1 size:2 vn:4 vd:4 0110 n:1 1 m:1 0 vm:4',
  VQDMLSL_scalar: '0 1 d:1 size:2 vn:4 vd:4 0111 n:1 1 m:1 0 vm:4',
  VMUL_scalar: 'q:1 1 d:1 size:2 vn:4 vd:4 1000 n:1 1 m:1 0 vm:4',
  VMULL_scalar: 'u:1 1 d:1 size:2 vn:4 vd:4 1010 n:1 1 m:1 0 vm:4',
  VQDMULL_scalar: '0 1 d:1 size:2 vn:4 vd:4 1011 n:1 1 m:1 0 vm:4',
  VQDMULH_scalar: 'q:1 1 d:1 size:2 vn:4 vd:4 1100 n:1 1 m:1 0 vm:4',
  VQRDMULH_scalar: 'q:1 1 d:1 size:2 vn:4 vd:4 1101 n:1 1 m:1 0 vm:4',
} as const;

/** A7.4.3, single precision: size is 2. */
const FLOAT_SCALAR = {
  VMLA_scalar_f32: 'q:1 1 d:1 size:2 vn:4 vd:4 0001 n:1 1 m:1 0 vm:4',
  VMLS_scalar_f32: 'q:1 1 d:1 size:2 vn:4 vd:4 0101 n:1 1 m:1 0 vm:4',
  VMUL_scalar_f32: 'q:1 1 d:1 size:2 vn:4 vd:4 1001 n:1 1 m:1 0 vm:4',
} as const;

/** Integers and bits. */
export const NEON_INTEGER_PATTERNS = {
  ...INTEGER_SAME_LENGTH,
  ...MODIFIED_IMMEDIATE,
  ...SHIFT_IMMEDIATE,
  ...INTEGER_MISCELLANEOUS,
  ...DIFFERENT_LENGTH,
  ...SCALAR,
} as const;

/** Single precision, conversions, and what moves bytes around. */
export const NEON_FLOAT_PATTERNS = {
  ...FLOAT_SAME_LENGTH,
  ...FIXED_POINT,
  ...FLOAT_MISCELLANEOUS,
  ...FLOAT_SCALAR,
} as const;
export const NEON_PERMUTE_PATTERNS = PERMUTE;

/** All of A7.4, in the order in which rows are tried. */
export const NEON_DATA_PATTERNS = {
  ...INTEGER_SAME_LENGTH,
  ...FLOAT_SAME_LENGTH,
  ...MODIFIED_IMMEDIATE,
  ...SHIFT_IMMEDIATE,
  ...FIXED_POINT,
  ...PERMUTE,
  ...INTEGER_MISCELLANEOUS,
  ...FLOAT_MISCELLANEOUS,
  ...DIFFERENT_LENGTH,
  ...SCALAR,
  ...FLOAT_SCALAR,
} as const;

/**
 * A7.7: the lower 24 bits. l is 1 for loads. VLDn names n-element structures, loads and stores alike; `multiple` is the
 * type field, which gives n's registers and their spacing.
 */
export const NEON_LOAD_STORE_PATTERNS = {
  VLD1_multiple_4: '0 d:1 l:1 0 rn:4 vd:4 0010 size:2 align:2 rm:4',
  VLD1_multiple_3: '0 d:1 l:1 0 rn:4 vd:4 0110 size:2 align:2 rm:4',
  VLD1_multiple_1: '0 d:1 l:1 0 rn:4 vd:4 0111 size:2 align:2 rm:4',
  VLD1_multiple_2: '0 d:1 l:1 0 rn:4 vd:4 1010 size:2 align:2 rm:4',
  VLD2_multiple_4: '0 d:1 l:1 0 rn:4 vd:4 0011 size:2 align:2 rm:4',
  VLD2_multiple: '0 d:1 l:1 0 rn:4 vd:4 100 inc:1 size:2 align:2 rm:4',
  VLD3_multiple: '0 d:1 l:1 0 rn:4 vd:4 010 inc:1 size:2 align:2 rm:4',
  VLD4_multiple: '0 d:1 l:1 0 rn:4 vd:4 000 inc:1 size:2 align:2 rm:4',
  VLD1_all: '1 d:1 1 0 rn:4 vd:4 1100 size:2 t:1 a:1 rm:4',
  VLD2_all: '1 d:1 1 0 rn:4 vd:4 1101 size:2 t:1 a:1 rm:4',
  VLD3_all: '1 d:1 1 0 rn:4 vd:4 1110 size:2 t:1 a:1 rm:4',
  VLD4_all: '1 d:1 1 0 rn:4 vd:4 1111 size:2 t:1 a:1 rm:4',
  VLD1_one: '1 d:1 l:1 0 rn:4 vd:4 size:2 00 index:4 rm:4',
  VLD2_one: '1 d:1 l:1 0 rn:4 vd:4 size:2 01 index:4 rm:4',
  VLD3_one: '1 d:1 l:1 0 rn:4 vd:4 size:2 10 index:4 rm:4',
  VLD4_one: '1 d:1 l:1 0 rn:4 vd:4 size:2 11 index:4 rm:4',
} as const;

const prefixed = (patterns: PatternTable, before: string, after: string): PatternTable =>
  Object.fromEntries(
    Object.entries(patterns).map(([name, pattern]) => {
      const blank = pattern.indexOf(' ');
      return [name, `${before} ${pattern.slice(0, blank)} ${after}${pattern.slice(blank)}`];
    }),
  );

/** The rows with the bits around the first one: `1111 001` and nothing in A32, `111` and `1111` in T32. */
export const neonDataPatterns = (before: string, after: string): PatternTable =>
  prefixed(NEON_DATA_PATTERNS, before, after);

/** The rows with the first byte: `1111 0100` in A32, `1111 1001` in T32. */
export const neonLoadStorePatterns = (prefix: string): PatternTable =>
  Object.fromEntries(Object.entries(NEON_LOAD_STORE_PATTERNS).map(([name, pattern]) => [name, `${prefix} ${pattern}`]));
