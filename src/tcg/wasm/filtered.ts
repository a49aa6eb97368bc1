import type { WasmValue } from './host';

/**
 * What compiled code calls where a filtered callback is not left out, if there is such a function; it does what the
 * callback does, or says that the callback has to be called.
 *
 * For plugin_exec_filtered_cb: (data, {@link HeldLine.hint} or 0) -> 0 when it is done. For plugin_mem_filtered_cb: (data, address, {@link
 * FilteredAccess}) -> the byte offset in the shared memory where the access lies, which the access is then made at; 0 when
 * the access has to be made, and the callback called.
 */
export interface FilteredFunction {
  readonly function: WasmValue;
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

/** Parts of a number that says what an access is, where they are of use without a shift. */
export const FilteredAccess = {
  /** Bytes behind the first one that may lie in another page: 0 where alignment prevents that. */
  reach: { shift: 0, mask: 7 },
  /** Address bits that must be 0. */
  aligned: { shift: 3, mask: 7 },
  /** 1 for a store. */
  store: { shift: 6, mask: 1 },
  mmuIndex: { shift: 12, mask: 3 },
} as const;

export function filteredAccess(isStore: boolean, mmuIndex: number, reach: number, aligned: number): number {
  const parts = { reach, aligned, store: isStore ? 1 : 0, mmuIndex };
  return (Object.keys(parts) as (keyof typeof parts)[]).reduce(
    (all, part) => all | (parts[part] << FilteredAccess[part].shift),
    0,
  );
}

/** Numbers of the functions' imports in a module. */
export interface FilteredImports {
  /** Of the function for the callback with the number. */
  of(
    kind: 'exec' | 'mem',
    index: number,
  ): { readonly function: number; readonly data: number; readonly held?: HeldLine };
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
