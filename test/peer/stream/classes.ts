import type { DecodeRow } from '../../../src/target/arm/decode';

/*
 * The decode tables' rows by kind of instruction, as the fidelity harness reports them.
 */

export const CLASS_NAMES = [
  'integer',
  'media',
  'load-store',
  'vfp',
  'neon-data',
  'neon-load-store',
  'system',
] as const;
export type InstructionClass = (typeof CLASS_NAMES)[number];

/** Sections of the manual (DDI 0406C) whose rows are one class in both instruction sets. */
const BY_SECTION: Readonly<Record<string, InstructionClass>> = {
  'A7.4': 'neon-data',
  'A7.5': 'vfp',
  'A7.7': 'neon-load-store',
  // Saturating and halfword arithmetic, parallel, packing, signed multiply.
  'A5.2.6': 'media',
  'A5.2.7': 'media',
  'A5.4.1': 'media',
  'A5.4.3': 'media',
  'A5.4.4': 'media',
  'A6.3.14': 'media',
  'A6.3.15': 'media',
};

/** Of T32, whose sections mix them with other instructions. */
const MEDIA =
  /^(?:[SU]?Q?(?:ADD|SUB)(?:8|16)|[SU](?:ASX|SAX)|Q(?:ASX|SAX|ADD|SUB|DADD|DSUB)|[SU]H(?:ADD|SUB)(?:8|16)|[SU]H(?:ASX|SAX)|UQ(?:ASX|SAX)|PKH|SEL|[SU]XT.*|[SU]SAT(?:16)?|REV(?:16|SH)?|RBIT|SM(?!C|ULL$|LAL$).*|USADA?8|[SU]DIV|[SU]BFX|BF[CI])$/;
const LOAD_STORE = /^(?:(?:LDR|STR)(?!EX)|LDM|STM|PUSH$|POP$|PLD|PLI)/;
const SYSTEM =
  /^(?:MRS|MSR|CPS|SETEND|SVC|BKPT|HLT|SMC|UDF|SRS|RFE|SUBS|LDC2?$|STC2?$|M[CR]RR?C?2?$|MRC|MCR|CDP|CLREX|D[SM]B|ISB|NOP|YIELD|WF[EI]|SEV|DBG|HINT|LDREX|STREX|SWP|ENTERX|LEAVEX)/;

/** The class of a row. */
export function classOf({ section, mnemonic, set }: DecodeRow): InstructionClass {
  if (section in BY_SECTION && mnemonic !== 'UDF') return BY_SECTION[section];
  if (SYSTEM.test(mnemonic)) return 'system';
  if (LOAD_STORE.test(mnemonic)) return 'load-store';
  return set !== 'A32' && MEDIA.test(mnemonic) ? 'media' : 'integer';
}

/** Bits of FPSCR that are random, for classes that need floating point: all, or those that vectors of elements heed. */
export const FPSCR_MASKS: Readonly<Partial<Record<InstructionClass, readonly number[]>>> = {
  vfp: [0xfff7009f, 0xffc0009f, 0xf000001f],
  'neon-data': [0xffc0009f, 0xf800001f],
  'neon-load-store': [0xffc0009f],
};
