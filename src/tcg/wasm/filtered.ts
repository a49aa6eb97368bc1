import { TLB_MMU_INDICES } from '../layout';
import { memOpMmuIndex } from '../memop';
import type { WasmValue } from './host';

/**
 * What compiled code calls where a filtered callback is not left out, if there are such functions; they do what the
 * callback does, or say that the callback has to be called.
 */
export interface FilteredFunction {
  /**
   * For plugin_exec_filtered_cb one function: (data, {@link HeldLine.hint} or 0) -> 0 when it is done. For plugin_mem_filtered_cb one for each
   * {@link accessKind}: (data, address, masked address, time) -> the byte offset in the shared memory where the access lies,
   * which the access is then made at; 0 when the access has to be made, and the callback called. The masked address is
   * what was compared with the line table's tag; the time is that of the access where the table's model has a clock, which is
   * then set to it by whoever calls.
   */
  readonly functions: readonly WasmValue[];
  readonly data: number;
  /**
   * Does what a plugin_mem_filtered_cb does for an access that a device has answered. Absent: the callback has to be called.
   */
  readonly device?: (isStore: boolean) => void;
  /** Where a plugin_exec_filtered_cb has little to do. */
  readonly held?: HeldLine;
}

/**
 * A line of which a cache holds many in the ways of sets. Where a way has it, all that a plugin_exec_filtered_cb for it does is
 * to write it to the filter's word, and the time to the way's doubleword. All are byte offsets in the shared memory.
 */
export interface HeldLine {
  /** A word that names the way to look at: a multiple of 4. The callback's function writes it. */
  readonly hint: number;
  /** What to add to that for the word that has the way's line. */
  readonly lines: number;
  /** What to add to its double for the doubleword of the way's time. */
  readonly times: number;
  /** The clock (access-clock.ts), or 0: there are no times. */
  readonly clock: number;
}

/** How many kinds of access there are. */
export const ACCESS_KINDS = 2 * TLB_MMU_INDICES;

/** Which of the functions for a plugin_mem_filtered_cb is that for an access. */
export function accessKind({ rw, memop }: Pick<LineFilter, 'rw' | 'memop'>): number {
  return 2 * memOpMmuIndex(memop) + (isStore(rw) ? 1 : 0);
}

export const isStore = (rw: number): boolean => rw === 2;

/** A function for filtered callbacks: which of those that a {@link FilteredFunction} has. */
export interface FilteredUse {
  readonly kind: 'exec' | 'mem';
  /** Of the callback. */
  readonly index: number;
  readonly which: number;
}

/** Numbers of the functions' imports in a module. */
export interface FilteredImports {
  of(use: FilteredUse): { readonly function: number; readonly data: number; readonly held?: HeldLine };
}

/** The immediates of a plugin_mem_filtered_cb. */
export interface LineFilter {
  readonly memop: number;
  readonly rw: number;
  readonly index: number;
  /** What the callback does with registers. */
  readonly flags: number;
  /** Byte offset of the table's part. */
  readonly table: number;
  readonly lineBits: number;
  readonly mask: number;
  /** Byte offset of the model's clock, or 0. */
  readonly clock: number;
}

export function lineFilter([memop, rw, index, flags, table, lineBits, mask, clock]: readonly number[]): LineFilter {
  return { memop, rw, index, flags, table, lineBits, mask, clock };
}
