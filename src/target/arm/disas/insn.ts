import type { Fields } from '../decode';

/** One decoded instruction, as the printers see it. */
export interface Insn {
  /** Name of the decode table's row. */
  readonly row: string;
  /** The part of the row's name that is the instruction's. */
  readonly mnemonic: string;
  readonly fields: Fields;
  /** Where the instruction lies; unsigned. */
  readonly address: number;
  /** In bytes: 2 or 4. */
  readonly size: number;
  readonly thumb: boolean;
  /** The condition under which it executes, 14 for always; in T32 that of its IT block or of the branch itself. */
  readonly cond: number;
  /** Whether it lies in an IT block, where 16-bit data processing leaves the flags alone. */
  readonly inItBlock: boolean;
}

/** PC as the instruction reads it (DDI 0406C A2.3): its address plus 8, in T32 plus 4. */
export const readPc = (insn: Insn): number => insn.address + (insn.thumb ? 4 : 8);

/** {@link readPc} as literal loads and BLX use it, aligned to a word. */
export const alignedPc = (insn: Insn): number => readPc(insn) & ~3;
