import { Decoder, isUnpredictable, makeRows, type DecodeRow, type Fields } from '../decode';
import { bankedRegister } from './text';

/**
 * Encodings that a Cortex-A9 does not execute, so the decode tables lack them, but that a listing names: those of the
 * Virtualization Extensions (DDI 0406C B9.3). They go before the tables' rows.
 */
const A32_EXTRA = {
  MRS_banked_A1: 'cond:4 0001 0 r:1 00 m1:4 rd:4 (00) 1 m:1 0000 (0000)',
  MSR_banked_A1: 'cond:4 0001 0 r:1 10 m1:4 (1111) (00) 1 m:1 0000 rn:4',
  HVC_A1: 'cond:4 0001 0100 imm16:12 0111 imm16:4',
  ERET_A1: 'cond:4 0001 0110 (0000) (0000) (0000) 0110 (1110)',
} as const;

const T32_EXTRA = {
  MRS_banked_T1: '11110 0 1111 1 r:1 m1:4 10 (0) 0 rd:4 (00) 1 m:1 (0000)',
  MSR_banked_T1: '11110 0 1110 0 r:1 rn:4 10 (0) 0 m1:4 (00) 1 m:1 (0000)',
  HVC_T1: '1111 0111 1110 imm16:4 1000 imm16:12',
} as const;

const notBanked = ({ r, m, m1 }: Fields): boolean => bankedRegister(r, (m << 4) | m1) === undefined;

export const A32_EXTRA_ROWS: readonly DecodeRow[] = makeRows('A32', [['B9.3', A32_EXTRA]], {
  MRS_banked_A1: notBanked,
  MSR_banked_A1: notBanked,
});
export const T32_EXTRA_ROWS: readonly DecodeRow[] = makeRows('T32', [['B9.3', T32_EXTRA]], {
  MRS_banked_T1: notBanked,
  MSR_banked_T1: notBanked,
});

const a32 = new Decoder(A32_EXTRA_ROWS, [{ lsb: 20, width: 8 }]);
const t32 = new Decoder(T32_EXTRA_ROWS, [{ lsb: 20, width: 9 }]);

/** UNPREDICTABLE words do not count here: they belong to rows of the tables. */
function exact(row: DecodeRow | undefined, word: number): DecodeRow | undefined {
  return row && !isUnpredictable(row, word) ? row : undefined;
}

/** The extra row of an A32 word. */
export const decodeExtraA32 = (word: number): DecodeRow | undefined =>
  word >>> 28 === 15 ? undefined : exact(a32.decode(word), word);

/** The extra row of a 32-bit Thumb instruction, its first halfword in bits 31..16. */
export const decodeExtraT32 = (word: number): DecodeRow | undefined => exact(t32.decode(word), word);
