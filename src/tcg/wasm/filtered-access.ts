import { Bytecode } from '../bytecode';
import { LINE_ENTRY_BYTES } from '../line-table';
import { memOpAlignment, memOpMmuIndex, memOpSizeShift } from '../memop';
import { isAccess, type AccessLocals } from './access';
import { filteredAccess, lineFilter, type FilteredImports, type LineFilter } from './filtered';
import type { FunctionBuilder, LabelDepth } from './function';
import { Op, Type } from './opcodes';
import type { Operation } from './shapes';
import type { Values } from './values';

/** Bytes of a line table's entry: see line-table.ts. */
const READ_TAG = 0;
const WRITE_TAG = 4;
const LINE_ADDEND = 8;

const isStore = (rw: number): boolean => rw === 2;

const memOpSize = (memop: number): number => 1 << memOpSizeShift(memop);

/** What must hold of an access's address besides its line: bits that are 0, bytes behind it that are in the line as well. */
interface Reach {
  readonly reach: number;
  readonly aligned: number;
}

/** The filter of an access, with the operation that stands for its callback. */
export interface AccessFilter extends LineFilter {
  readonly callback: Operation;
}

/**
 * The filter of the access at index `i`, where its callback follows at once and nothing stands in between; else undefined.
 * The callback may have a copy of the address, made just before.
 */
export function filterOf(operations: readonly Operation[], i: number): AccessFilter | undefined {
  const [access, next] = [operations[i], operations.at(i + 1)];
  if (!isAccess(access.op) || next?.op !== Bytecode.plugin_mem_filtered_cb) return undefined;
  const address = access.inputs[access.inputs.length - 1];
  const [filtered] = next.inputs;
  const before = i > 0 ? operations[i - 1] : undefined;
  const isCopy = before?.op === Bytecode.mov && before.outputs[0] === filtered && before.inputs[0] === address;
  return filtered === address || isCopy ? { ...lineFilter(next.immediates), callback: next } : undefined;
}

/** What must hold for all of the access to be where its first byte is, aligned as it has to be. */
function accessReach({ memop }: LineFilter): Reach {
  const aligned = memOpAlignment(memop) - 1;
  return { reach: Math.max(0, memOpSize(memop) - 1 - aligned), aligned };
}

/** The same for the line table. */
function lineReach(filter: LineFilter): Reach {
  // Where neighbouring lines may share an entry, an access across the border could take the one for the other.
  return filter.mask % 2 === 0 ? { reach: 0, aligned: memOpSize(filter.memop) - 1 } : accessReach(filter);
}

/** Leaves on the stack whether the line table lacks the line of the address in its local; the entry is in its local then. */
function emitLineCheck(
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
function emitFilteredCall(
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

/**
 * Leaves on the stack where the access of the address in its local lies: as the table says where it has the line, else as
 * the callback's function does; goes to `slowWay` where that wants the callback itself.
 */
export function emitLinePlace(
  f: FunctionBuilder,
  locals: AccessLocals,
  filter: LineFilter,
  imports: FilteredImports,
  slowWay: LabelDepth,
): void {
  emitLineCheck(f, locals, filter, lineReach(filter));
  f.ifValue(Type.i32, false);
  emitFilteredCall(f, locals, filter, imports, accessReach(filter));
  f.tee(locals.entry);
  f.op(Op.i32_eqz);
  f.brIf(slowWay, false);
  f.get(locals.entry);
  f.else();
  f.get(locals.address);
  f.get(locals.entry);
  f.memory(Op.i32_load, 2, filter.table + LINE_ADDEND);
  f.op(Op.i32_add);
  f.end();
}

/** Emits a plugin_mem_filtered_cb behind an access that is made already; `handOver` leaves before it. */
export function emitFilteredMem(
  v: Values,
  { inputs, immediates }: Operation,
  locals: AccessLocals,
  imports: FilteredImports,
  handOver: () => void,
): void {
  const { f } = v;
  const filter = lineFilter(immediates);
  v.get(inputs[0]);
  f.set(locals.address);
  emitLineCheck(f, locals, filter, { reach: 0, aligned: 0 });
  f.if(false);
  emitFilteredCall(f, locals, filter, imports, accessReach(filter));
  f.op(Op.i32_eqz);
  f.if(false);
  handOver();
  f.end();
  f.end();
}

/** Emits a plugin_exec_filtered_cb; `handOver` leaves before it. */
export function emitFilteredExec(
  f: FunctionBuilder,
  { immediates }: Operation,
  imports: FilteredImports,
  handOver: () => void,
): void {
  const [offset, value, index] = immediates;
  const { function: call, data } = imports.of('exec', index);
  f.i32Const(0);
  f.memory(Op.i32_load, 2, offset);
  f.i32Const(value);
  f.op(Op.i32_ne);
  f.if(false);
  f.i32Const(data);
  f.call(call);
  f.if(false);
  handOver();
  f.end();
  f.end();
}
