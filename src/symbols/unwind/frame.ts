import type { ReadMemory } from '../memory';

/** How a frame was found, for the user to judge it. */
export type UnwindMethod =
  | 'registers'
  | 'call frame information'
  | 'exception table'
  | 'epilogue'
  | 'prologue'
  | 'frame pointer'
  | 'link register';

/** One activation of a function. */
export interface Frame {
  /** Of the innermost frame the next instruction; of a caller the one after the call. Without the Thumb bit. */
  readonly pc: number;
  /** The address to look symbols and lines up with: of a caller inside the call, as the call may be the last there. */
  readonly lookupPc: number;
  /** r0 to r15; undefined: not known in this frame (the callee may have changed it). */
  readonly registers: readonly (number | undefined)[];
  readonly method: UnwindMethod;
}

/** The caller's core registers, as one step of a method found them. */
export interface CallerRegisters {
  /** r0 to r15; r15 is the return address, with the Thumb bit. */
  readonly registers: (number | undefined)[];
}

export interface StepInput {
  readonly frame: Frame;
  readonly innermost: boolean;
  readonly readMemory: ReadMemory;
}

export const SP = 13;
export const LR = 14;
export const PC = 15;

/** Reads a little-endian word. */
export function readWord(readMemory: ReadMemory, address: number): number | undefined {
  const bytes = readMemory(address >>> 0, 4);
  return bytes && (bytes[0] | (bytes[1] << 8) | (bytes[2] << 16) | (bytes[3] << 24)) >>> 0;
}

/**
 * The registers of a caller before what a method knows of it: those a call keeps (AAPCS32: r4–r11), the others not.
 */
export function preservedRegisters(registers: readonly (number | undefined)[]): (number | undefined)[] {
  return registers.map((value, index) => (index >= 4 && index <= 11 ? value : undefined));
}
