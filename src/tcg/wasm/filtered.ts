import type { WasmValue } from './host';

/**
 * What compiled code calls where a filtered callback is not left out, if there is such a function; it does what the
 * callback does, or says that the callback has to be called.
 *
 * For plugin_exec_filtered_cb: (data) -> 0 when it is done. For plugin_mem_filtered_cb: (data, address, {@link
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
  of(kind: 'exec' | 'mem', index: number): { readonly function: number; readonly data: number };
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
