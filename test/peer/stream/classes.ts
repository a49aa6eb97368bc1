import type { DecodeRow } from '../../../src/target/arm/decode';
import type { StreamSet } from './image';

/*
 * The rows of the decode tables by kind of instruction: what a stream can be of alone, and what the fidelity harness
 * reports by.
 */

export const CLASS_NAMES = ['integer', 'media', 'load-store', 'vfp', 'neon-data', 'neon-load-store', 'system'] as const;
export type InstructionClass = (typeof CLASS_NAMES)[number];

/** Sections of the manual (DDI 0406C) whose rows are of one class; A7's rows have the same names in both sets. */
const BY_SECTION: Readonly<Record<string, InstructionClass>> = {
  'A5.2.6': 'media',
  'A5.2.7': 'media',
  'A5.4.1': 'media',
  'A5.4.3': 'media',
  'A5.4.4': 'media',
  'A6.3.13': 'media',
  'A6.3.15': 'media',
  'A7.4': 'neon-data',
  'A7.5': 'vfp',
  'A7.7': 'neon-load-store',
};

const SYSTEM =
  /^(?:MRS|MSR|CPS|SETEND|SVC|BKPT|HLT|SMC|UDF|SRS|RFE|SUBS_PC|LDC|STC|MCR|MRC|MRRC|CDP|CLREX|DSB|DMB|ISB|NOP_|YIELD|WFE|WFI|SEV|DBG|HINT|LDREX|STREX|SWP|ENTERX|LEAVEX)/;
const LOAD_STORE = /^(?:LDR|STR|LDM|STM|PUSH|POP|PLD|PLI)/;
/** Of Thumb, whose sections have other instructions beside them. */
const MEDIA =
  /^(?:[SU]XT|[SU]SAT|[SU]BFX|BFC|BFI|PKH|REV|SMUL[xyW]|SMLA[xyDWL]|SMLAL[xyD]|SMLSL?D|SMUAD|SMUSD|SMM|USAD|[SU]DIV)/;

/** The class of a row. Synchronization and hints are the system's. */
export function classOf({ section, name, mnemonic, set }: DecodeRow): InstructionClass {
  if (SYSTEM.test(name)) return 'system';
  if (mnemonic === 'CLZ') return 'integer';
  if (section in BY_SECTION) return BY_SECTION[section];
  if (LOAD_STORE.test(name)) return 'load-store';
  return set !== 'A32' && MEDIA.test(mnemonic) && mnemonic !== 'SMLAL' ? 'media' : 'integer';
}

/** Bits set in words of a kind, and those that are free. */
export interface Space {
  readonly fixed: number;
  readonly free: number;
}

const UNALLOCATED: Readonly<Partial<Record<InstructionClass | 'any', Readonly<Record<StreamSet, Space>>>>> = {
  any: { a32: { fixed: 0, free: 0xffffffff }, t32: { fixed: 0xe8000000, free: 0xffffffff } },
  'neon-data': { a32: { fixed: 0xf2000000, free: 0x01ffffff }, t32: { fixed: 0xef000000, free: 0x10ffffff } },
  'neon-load-store': { a32: { fixed: 0xf4000000, free: 0x00efffff }, t32: { fixed: 0xf9000000, free: 0x00efffff } },
};

/** Where a stream of a class, or of all rows, draws words that no row decodes; undefined where the class has none. */
export function unallocatedSpace(isa: StreamSet, name: InstructionClass | undefined): Space | undefined {
  return UNALLOCATED[name === undefined || name === 'integer' || name === 'vfp' ? 'any' : name]?.[isa];
}

/**
 * The bits of FPSCR that are random in streams of a class that uses floating point, by turns: all of them; without short
 * vectors; rounding to nearest without flushing.
 */
const FPSCR_MASKS: Readonly<Partial<Record<InstructionClass, readonly number[]>>> = {
  vfp: [0xfff7009f, 0xffc0009f, 0xf000001f],
  'neon-data': [0xffc0009f, 0xf800001f],
  'neon-load-store': [0xffc0009f],
};

/** The bits of FPSCR for the `n`th stream of a class; undefined for a class without floating point. */
export function fpscrMask(name: InstructionClass | undefined, n = 0): number | undefined {
  const masks = name && FPSCR_MASKS[name];
  return masks?.[n % masks.length];
}
