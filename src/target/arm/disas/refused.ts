import { extractFields, type DecodeRow, type Fields } from '../decode';

/*
 * UNPREDICTABLE words: the reference has no text for some and reads others as if they were in order. This is which,
 * as measured; what the architecture says of them is in the decode tables.
 */

const PARALLEL = ['S', 'Q', 'SH', 'U', 'UQ', 'UH'].flatMap((prefix) =>
  ['ADD16', 'ASX', 'SAX', 'SUB16', 'ADD8', 'SUB8'].map((op) => prefix + op),
);
const EXTEND = ['S', 'U'].flatMap((sign) => ['XTB16', 'XTAB16', 'XTB', 'XTAB', 'XTH', 'XTAH'].map((op) => sign + op));

/** Instructions of which should-be bits are ignored, in all of their rows. */
const LENIENT_MNEMONICS: ReadonlySet<string> = new Set([
  ...'MUL SWP SWPB LDRHT LDRSBT LDRSHT STRH LDRH LDRSB LDRSH LDRD STRD QADD QSUB QDADD QDSUB'.split(' '),
  ...'SMULWy SMULxy TST TEQ CMP CMN AND BIC ORR ORN EOR PKH ADD ADC SBC SUB RSB SEL'.split(' '),
  ...PARALLEL,
  ...EXTEND,
]);
/** Rows of which they are ignored. */
const LENIENT_ROWS: ReadonlySet<string> = new Set(
  'BX_T1 SBFX_T1 USAT_T1 UBFX_T1 SMC_T1 MOV_reg_T3 MVN_reg_T2 MRS_A1 CPS_A1'.split(' '),
);
/** Rows of which some are ignored: the mask of those. */
const IGNORED: Readonly<Record<string, number>> = { SSAT_T1: 1 << 26, SSAT16_T1: 1 << 26, VMSR: 0x6f };

type Predicate = (fields: Fields) => boolean;

const rows = (names: string, predicate: Predicate): Record<string, Predicate> =>
  Object.fromEntries(names.split(' ').map((name) => [name, predicate]));

const baseIsPc: Predicate = ({ rn }) => rn === 15;
/** The 8-bit index forms of T32 with neither index nor write-back. */
const noIndex: Predicate = ({ p, w }) => p === 0 && w === 0;
const badPair: Predicate = ({ rt, p, w }) => rt === 15 || (p === 0 && w === 1);

const REFUSED: Readonly<Record<string, Predicate>> = {
  ...rows('LDRD_reg_A1 STRD_reg_A1 LDRD_imm_A1 STRD_imm_A1 LDRD_lit_A1', badPair),
  ...rows('STREXD_A1 LDREXD_A1', ({ rt }) => rt >= 14),
  BKPT_A1: ({ cond }) => cond !== 14,
  MSR_reg_A1: ({ mask, r }) => mask === 0 && r === 0,
  MSR_reg_T1: ({ mask, r }) => mask === 0 && r === 0,
  ...rows('STM_A1 LDM_A1 STM_T1 LDM_T1 LDMDB_T1', ({ list }) => list === 0),
  // `pop.w` of SP itself.
  LDM_T2: ({ list, rn, w }) => list === 0 || (rn === 13 && w === 1 && (list & 0x2000) !== 0),
  ...rows('PUSH_T1 POP_T1', ({ list, m, p }) => list === 0 && !m && !p),
  // SP and PC are no registers to store.
  ...rows('STM_T2 STMDB_T1', ({ list }) => list === 0 || (list & 0xa000) !== 0),
  ...rows('STRB_reg_T2 STRH_reg_T2 STR_reg_T2 STRBT_T1 STRHT_T1 STRT_T1', baseIsPc),
  ...rows('STRB_imm_T2 STRH_imm_T2 STR_imm_T3', baseIsPc),
  ...rows('STRB_imm_T3 STRH_imm_T3 STR_imm_T4', (f) => baseIsPc(f) || noIndex(f)),
  ...rows('LDRB_imm_T3 LDRSB_imm_T2 LDRH_imm_T3 LDRSH_imm_T2 LDR_imm_T4', noIndex),
  // S31 has no successor.
  ...rows('VMOV_to_singles VMOV_from_singles', ({ m, vm }) => m === 1 && vm === 15),
  // FLDMX and FSTMX are of D0 to D15 first.
  ...rows('VSTM VLDM', ({ sz, imm8, d }) => sz === 1 && (imm8 & 1) === 1 && d === 1),
  CPS_A1: ({ imod, m, mode }) => imod === 1 || (imod === 2 && m === 0 && mode !== 0),
  CPS_T2: ({ imod, m, mode }) => imod === 1 || (imod === 0 && m === 0) || (m === 0 && mode !== 0),
};

/** Whether the reference has no text for `word` of `row`. */
export function isRefused(row: DecodeRow, word: number): boolean {
  const wrong = ((word & row.shouldMask) ^ row.shouldValue) & ~(IGNORED[row.name] ?? 0);
  if (wrong !== 0 && !LENIENT_MNEMONICS.has(row.mnemonic) && !LENIENT_ROWS.has(row.name)) return true;
  return REFUSED[row.name]?.(extractFields(word, row)) ?? false;
}
