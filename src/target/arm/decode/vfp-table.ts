import type { PatternTable } from './pattern';

/**
 * The floating-point extension's encodings (DDI 0406C A7.5 to A7.9), which are the same in A32 and T32 but for the
 * condition: the lower 28 bits. sz is 1 for double precision.
 */
export const VFP_PATTERNS = {
  VMOV_to_singles: '1100 0100 rt2:4 rt:4 1010 00 m:1 1 vm:4',
  VMOV_from_singles: '1100 0101 rt2:4 rt:4 1010 00 m:1 1 vm:4',
  VMOV_to_double: '1100 0100 rt2:4 rt:4 1011 00 m:1 1 vm:4',
  VMOV_from_double: '1100 0101 rt2:4 rt:4 1011 00 m:1 1 vm:4',
  VSTR: '1101 u:1 d:1 00 rn:4 vd:4 101 sz:1 imm8:8',
  VLDR: '1101 u:1 d:1 01 rn:4 vd:4 101 sz:1 imm8:8',
  VSTM: '110 p:1 u:1 d:1 w:1 0 rn:4 vd:4 101 sz:1 imm8:8',
  VLDM: '110 p:1 u:1 d:1 w:1 1 rn:4 vd:4 101 sz:1 imm8:8',
  VMLA: '1110 0 d:1 00 vn:4 vd:4 101 sz:1 n:1 0 m:1 0 vm:4',
  VMLS: '1110 0 d:1 00 vn:4 vd:4 101 sz:1 n:1 1 m:1 0 vm:4',
  VNMLS: '1110 0 d:1 01 vn:4 vd:4 101 sz:1 n:1 0 m:1 0 vm:4',
  VNMLA: '1110 0 d:1 01 vn:4 vd:4 101 sz:1 n:1 1 m:1 0 vm:4',
  VMUL: '1110 0 d:1 10 vn:4 vd:4 101 sz:1 n:1 0 m:1 0 vm:4',
  VNMUL: '1110 0 d:1 10 vn:4 vd:4 101 sz:1 n:1 1 m:1 0 vm:4',
  VADD: '1110 0 d:1 11 vn:4 vd:4 101 sz:1 n:1 0 m:1 0 vm:4',
  VSUB: '1110 0 d:1 11 vn:4 vd:4 101 sz:1 n:1 1 m:1 0 vm:4',
  VDIV: '1110 1 d:1 00 vn:4 vd:4 101 sz:1 n:1 0 m:1 0 vm:4',
  VFNMS: '1110 1 d:1 01 vn:4 vd:4 101 sz:1 n:1 0 m:1 0 vm:4',
  VFNMA: '1110 1 d:1 01 vn:4 vd:4 101 sz:1 n:1 1 m:1 0 vm:4',
  VFMA: '1110 1 d:1 10 vn:4 vd:4 101 sz:1 n:1 0 m:1 0 vm:4',
  VFMS: '1110 1 d:1 10 vn:4 vd:4 101 sz:1 n:1 1 m:1 0 vm:4',
  VMOV_imm: '1110 1 d:1 11 imm8:4 vd:4 101 sz:1 (0) 0 (0) 0 imm8:4',
  VMOV_reg: '1110 1 d:1 11 0000 vd:4 101 sz:1 0 1 m:1 0 vm:4',
  VABS: '1110 1 d:1 11 0000 vd:4 101 sz:1 1 1 m:1 0 vm:4',
  VNEG: '1110 1 d:1 11 0001 vd:4 101 sz:1 0 1 m:1 0 vm:4',
  VSQRT: '1110 1 d:1 11 0001 vd:4 101 sz:1 1 1 m:1 0 vm:4',
  VCVT_from_half: '1110 1 d:1 11 0010 vd:4 101 sz:1 t:1 1 m:1 0 vm:4',
  VCVT_to_half: '1110 1 d:1 11 0011 vd:4 101 sz:1 t:1 1 m:1 0 vm:4',
  VCMP: '1110 1 d:1 11 0100 vd:4 101 sz:1 e:1 1 m:1 0 vm:4',
  VCMP_zero: '1110 1 d:1 11 0101 vd:4 101 sz:1 e:1 1 (0) 0 (0000)',
  VRINT: '1110 1 d:1 11 0110 vd:4 101 sz:1 z:1 1 m:1 0 vm:4',
  VRINTX: '1110 1 d:1 11 0111 vd:4 101 sz:1 0 1 m:1 0 vm:4',
  VCVT_precision: '1110 1 d:1 11 0111 vd:4 101 sz:1 1 1 m:1 0 vm:4',
  VCVT_from_int: '1110 1 d:1 11 1000 vd:4 101 sz:1 s:1 1 m:1 0 vm:4',
  VCVT_to_int: '1110 1 d:1 11 110 s:1 vd:4 101 sz:1 z:1 1 m:1 0 vm:4',
  VCVT_from_fixed: '1110 1 d:1 11 101 u:1 vd:4 101 sz:1 sx:1 1 i:1 0 imm4:4',
  VCVT_to_fixed: '1110 1 d:1 11 111 u:1 vd:4 101 sz:1 sx:1 1 i:1 0 imm4:4',
  VMOV_to_single: '1110 0000 vn:4 rt:4 1010 n:1 (00) 1 (0000)',
  VMOV_from_single: '1110 0001 vn:4 rt:4 1010 n:1 (00) 1 (0000)',
  VMOV_to_scalar: '1110 0 opc1:2 0 vd:4 rt:4 1011 d:1 opc2:2 1 (0000)',
  VMOV_from_scalar: '1110 u:1 opc1:2 1 vn:4 rt:4 1011 n:1 opc2:2 1 (0000)',
  VDUP: '1110 1 b:1 q:1 0 vd:4 rt:4 1011 d:1 0 e:1 1 (0000)',
  VMSR: '1110 1110 reg:4 rt:4 1010 (000) 1 (0000)',
  VMRS: '1110 1111 reg:4 rt:4 1010 (000) 1 (0000)',
} as const;

/** The rows with what stands in bits 31..28: `cond:4` in A32, `1110` in T32. */
export const vfpPatterns = (prefix: string): PatternTable =>
  Object.fromEntries(Object.entries(VFP_PATTERNS).map(([name, pattern]) => [name, `${prefix} ${pattern}`]));
