import { A32_GROUPS } from './a32-table';
import { Decoder } from './decoder';
import { makeRows, type DecodeRow } from './pattern';
import { T16_GROUPS } from './t16-table';
import { T32_GROUPS } from './t32-table';
import { A32_UNPREDICTABLE, T16_UNPREDICTABLE, T32_UNPREDICTABLE } from './unpredictable';

export const A32_ROWS: readonly DecodeRow[] = makeRows('A32', A32_GROUPS, A32_UNPREDICTABLE);
export const T16_ROWS: readonly DecodeRow[] = makeRows('T16', T16_GROUPS, T16_UNPREDICTABLE);
export const T32_ROWS: readonly DecodeRow[] = makeRows('T32', T32_GROUPS, T32_UNPREDICTABLE);

const A32_INDEX = [
  { lsb: 20, width: 8 },
  { lsb: 4, width: 4 },
];
const isConditional = (row: DecodeRow): boolean => row.fields.some((f) => f.name === 'cond');
const a32Conditional = new Decoder(A32_ROWS.filter(isConditional), A32_INDEX);
const a32Unconditional = new Decoder(
  A32_ROWS.filter((row) => !isConditional(row)),
  A32_INDEX,
);
const t16 = new Decoder(T16_ROWS, [{ lsb: 6, width: 10 }]);
const t32 = new Decoder(T32_ROWS, [
  { lsb: 20, width: 9 },
  { lsb: 12, width: 4 },
]);

/** The bits of an A32 word that its index has. */
export const A32_INDEX_MASK = 0x0ff000f0;

/** The A32 word with nothing but these bits: 27..20 and 7..4 in one number, which is its index. */
export function a32WordOf(index: number): number {
  return ((index & 0xff0) << 16) | ((index & 15) << 4);
}

/** The rows of conditional A32 instructions that words with the same index may decode to, in table order. */
export function a32Candidates(word: number): readonly DecodeRow[] {
  return a32Conditional.candidates(word);
}

/** The row of an A32 word, or undefined where the encoding is not allocated. */
export function decodeA32(word: number): DecodeRow | undefined {
  return (word >>> 28 === 15 ? a32Unconditional : a32Conditional).decode(word);
}

/** The row of a 16-bit Thumb instruction. Only 0..0xe7ff are 16 bits long: see {@link isThumb32}. */
export function decodeT16(halfword: number): DecodeRow | undefined {
  return t16.decode(halfword);
}

/** The row of a 32-bit Thumb instruction, its first halfword in bits 31..16. */
export function decodeT32(word: number): DecodeRow | undefined {
  return t32.decode(word);
}

/** Whether a halfword is the first of a 32-bit Thumb instruction (DDI 0406C A6.1). */
export function isThumb32(halfword: number): boolean {
  return (halfword & 0xffff) >>> 11 >= 0x1d;
}

export { Decoder, isUnpredictable, randomWord } from './decoder';
export { FieldReader } from './field-reader';
export * from './pattern';
