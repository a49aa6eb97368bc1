import type { Fields } from '../../../src/target/arm/decode';
import type { Draw, Random, RowSource } from './generate';
import type { Item, Word } from './image';

/*
 * Items of several instructions, for rows that mean little or could not come back alone. None stands in an IT block.
 */

export interface SpecialContext {
  readonly source: RowSource;
  readonly random: Random;
  readonly sourceOf: (name: string) => RowSource;
}

type Made = Pick<Item, 'words'> & Partial<Pick<Item, 'base' | 'index' | 'align' | 'writes'>>;

/** The item, or undefined for the row's plain one. */
export type Special = (context: SpecialContext) => Made | undefined;

const wide = (word: number): Word => ({ word: word >>> 0, size: 4 });
const narrow = (word: number): Word => ({ word, size: 2 });

/** ADD Rm, pc, #4 before it: Rm is the item's second landing place. */
const branchToRegisterA32: Special = ({ source, random }) => {
  const { word, fields } = source.draw(random, (f) => f.rm !== 15);
  return { words: [wide(0xe28f0004 | (fields.rm << 12)), wide(word)] };
};

/** ADR.W Rm before it: the second landing place, with bit 0 set for T32. */
const branchToRegisterT32: Special = ({ source, random }) => {
  const { row, word, fields } = source.draw(random, (f) => f.rm !== 13 && f.rm !== 15);
  const isNarrow = row.bits === 16;
  const address = wide(0xf20f0000 | (fields.rm << 8) | (isNarrow ? 7 : 9));
  return { words: [address, isNarrow ? narrow(word) : wide(word)] };
};

/** MOVS Rm, #0; the table branch; its table behind it, naming the second landing place. */
const tableBranch =
  (opcode: number): Special =>
  ({ random }) => {
    const register = random() % 8;
    return { words: [narrow(0x2000 | (register << 8)), wide(opcode | register), narrow(3)] };
  };

const BLX_BACK = 0xfaffffff; // A32: BLX to the word behind it, in T32
const BX_PC_NOP = 0x46c04778; // T32: BX pc, to the word behind these two halfwords, in A32

/** Half of the time a load-exclusive of the same address precedes, so that the store succeeds. */
const storeExclusive: Special = ({ source, random, sourceOf }) => {
  if (random() & 1) return undefined;
  const { row, word, fields }: Draw = source.draw(random);
  const loads = sourceOf(row.name.replace(/^STR/, 'LDR'));
  const keepsBase = (f: Fields): boolean =>
    f.rt !== fields.rn && f.rt2 !== fields.rn && !(row.mnemonic === 'STREXD' && f.rt + 1 === fields.rn);
  const place = { rn: fields.rn, imm8: fields.imm8 };
  const load = loads.drawWith(place, random, keepsBase);
  return {
    words: [wide(load.word), wide(word)],
    base: fields.rn,
    align: random() % 8 ? source.recipe.align : 0,
    writes: true,
  };
};

/** A byte order, an access in it, and little-endian again. */
const setEndT32: Special = ({ source, random }) => {
  const { word } = source.draw(random);
  const access = random() & 0xfff; // STR or LDR, immediate offset
  return {
    words: [narrow(word), narrow(0x6000 | access), narrow(0xb650)],
    base: (access >>> 3) & 7,
    align: random() & 3 ? 2 : 0,
    writes: (access & 0x800) === 0,
  };
};

/** Instructions of 16 bits that an IT block is filled with. */
const IT_BODY = [
  'ADD_imm_T2',
  'SUB_reg_T1',
  'LSL_imm_T1',
  'MUL_T1',
  'MVN_reg_T1',
  'CMP_imm_T1',
  'MOV_reg_T1',
  'ADC_reg_T1',
];

/** The block with as many instructions as it asks for, three at most for want of room. */
const itBlock: Special = ({ source, random, sourceOf }) => {
  const { word, fields } = source.draw(random, (f) => (f.mask & 1) === 0);
  const count = 4 - Math.log2(fields.mask & -fields.mask);
  const body = Array.from({ length: count }, () => {
    const row = sourceOf(IT_BODY[random() % IT_BODY.length]);
    return narrow(row.draw(random).word);
  });
  return { words: [narrow(word), ...body] };
};

export const SPECIAL: Readonly<Record<string, Special>> = {
  BX_A1: branchToRegisterA32,
  BXJ_A1: branchToRegisterA32,
  BLX_reg_A1: branchToRegisterA32,
  BX_T1: branchToRegisterT32,
  BXJ_T1: branchToRegisterT32,
  BLX_reg_T1: branchToRegisterT32,
  TBB_T1: tableBranch(0xe8dff000),
  TBH_T1: tableBranch(0xe8dff010),
  BLX_imm_A2: () => ({ words: [wide(BLX_BACK), wide(BX_PC_NOP)] }),
  BLX_imm_T2: () => ({ words: [wide(0xf000e800), { word: BLX_BACK, size: 4, a32: true }] }),
  STREX_A1: storeExclusive,
  STREXB_A1: storeExclusive,
  STREXH_A1: storeExclusive,
  STREXD_A1: storeExclusive,
  STREX_T1: storeExclusive,
  STREXB_T1: storeExclusive,
  STREXH_T1: storeExclusive,
  STREXD_T1: storeExclusive,
  SETEND_A1: ({ source, random }) => ({ words: [wide(source.draw(random).word), wide(0xf1010000)] }),
  SETEND_T1: setEndT32,
  IT_T1: itBlock,
};
