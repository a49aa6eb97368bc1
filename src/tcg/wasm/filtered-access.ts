import { Bytecode } from '../bytecode';
import { LINE_ENTRY_BYTES } from '../line-table';
import { memOpAlignment, memOpMmuIndex, memOpSizeShift } from '../memop';
import { isAccess, type AccessLocals } from './access';
import { filteredAccess, lineFilter, type FilteredImports, type LineFilter } from './filtered';
import type { FunctionBuilder } from './function';
import { Op } from './opcodes';
import type { Operation } from './shapes';

/** Bytes of a line table's entry: see line-table.ts. */
const READ_TAG = 0;
const WRITE_TAG = 4;
export const LINE_ADDEND = 8;

const isStore = (rw: number): boolean => rw === 2;

const memOpSize = (memop: number): number => 1 << memOpSizeShift(memop);

/** What must hold of an access's address besides its line: bits that are 0, bytes behind it that are in the line as well. */
export interface Reach {
  readonly reach: number;
  readonly aligned: number;
}

/**
 * The filter of the access at index `i`, where its callback follows at once and nothing stands in between; else undefined.
 * The callback may have a copy of the address, made just before.
 */
export function filterOf(operations: readonly Operation[], i: number): LineFilter | undefined {
  const [access, next] = [operations[i], operations.at(i + 1)];
  if (!isAccess(access.op) || next?.op !== Bytecode.plugin_mem_filtered_cb) return undefined;
  const address = access.inputs[access.inputs.length - 1];
  const [filtered] = next.inputs;
  const before = i > 0 ? operations[i - 1] : undefined;
  const isCopy = before?.op === Bytecode.mov && before.outputs[0] === filtered && before.inputs[0] === address;
  return filtered === address || isCopy ? lineFilter(next.immediates) : undefined;
}

/** What must hold for all of the access to be where its first byte is, aligned as it has to be. */
export function accessReach({ memop }: LineFilter): Reach {
  const aligned = memOpAlignment(memop) - 1;
  return { reach: Math.max(0, memOpSize(memop) - 1 - aligned), aligned };
}

/** The same for the line table. */
export function lineReach(filter: LineFilter): Reach {
  // Where neighbouring lines may share an entry, an access across the border could take the one for the other.
  return filter.mask % 2 === 0 ? { reach: 0, aligned: memOpSize(filter.memop) - 1 } : accessReach(filter);
}

/** Leaves on the stack whether the line table lacks the line of the address in its local; the entry is in its local then. */
export function emitLineCheck(
  f: FunctionBuilder,
  { address, entry }: AccessLocals,
  { rw, table, lineBits, mask }: LineFilter,
  { reach, aligned }: Reach,
): void {
  const shift = lineBits - Math.log2(LINE_ENTRY_BYTES);
  f.get(address);
  if (shift > 0) {
    f.i32Const(shift);
    f.op(Op.i32_shr_u);
  }
  f.i32Const(mask * LINE_ENTRY_BYTES);
  f.op(Op.i32_and);
  f.tee(entry);
  f.memory(Op.i32_load, 2, table + (isStore(rw) ? WRITE_TAG : READ_TAG));
  f.get(address);
  if (reach > 0) {
    f.i32Const(reach);
    f.op(Op.i32_add);
  }
  f.i32Const((-1 << lineBits) | aligned);
  f.op(Op.i32_and);
  f.op(Op.i32_ne);
}

/** Calls the callback's function; leaves what it returns on the stack. */
export function emitFilteredCall(
  f: FunctionBuilder,
  { address }: AccessLocals,
  { memop, rw, index }: LineFilter,
  imports: FilteredImports,
  { reach, aligned }: Reach,
): void {
  const { function: call, data } = imports.of('mem', index);
  f.i32Const(data);
  f.get(address);
  f.i32Const(filteredAccess(isStore(rw), memOpMmuIndex(memop), reach, aligned));
  f.call(call);
}
