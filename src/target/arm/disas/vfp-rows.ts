import { Decoder, makeRows, type DecodeRow } from '../decode';

/** Those of ARMv8 that have no condition (DDI 0487 F4.1): a listing names them, whatever the processor. */
const VFP_UNCONDITIONAL = {
  VSEL: '1111 1110 0 d:1 cc:2 vn:4 vd:4 101 sz:1 n:1 0 m:1 0 vm:4',
  VMAXNM: '1111 1110 1 d:1 00 vn:4 vd:4 101 sz:1 n:1 0 m:1 0 vm:4',
  VMINNM: '1111 1110 1 d:1 00 vn:4 vd:4 101 sz:1 n:1 1 m:1 0 vm:4',
  VRINT_directed: '1111 1110 1 d:1 11 10 rm:2 vd:4 101 sz:1 0 1 m:1 0 vm:4',
  VCVT_directed: '1111 1110 1 d:1 11 11 rm:2 vd:4 101 sz:1 s:1 1 m:1 0 vm:4',
} as const;

export const VFP_A32_UNCONDITIONAL_ROWS: readonly DecodeRow[] = makeRows('A32', [['F4.1', VFP_UNCONDITIONAL]], {});
export const VFP_T32_UNCONDITIONAL_ROWS: readonly DecodeRow[] = makeRows('T32', [['F4.1', VFP_UNCONDITIONAL]], {});

const INDEX = [
  { lsb: 20, width: 8 },
  { lsb: 6, width: 3 },
];
const unconditional = new Decoder(VFP_A32_UNCONDITIONAL_ROWS, INDEX);

/** The row of a word, A32 or T32 with its first halfword in bits 31..16, that ARMv8 added without a condition. */
export const decodeVfpUnconditional = (word: number): DecodeRow | undefined =>
  word >>> 28 === 15 ? unconditional.decode(word) : undefined;
