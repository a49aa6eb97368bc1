import { Bytecode } from '../bytecode';
import { LINE_ENTRY_BYTES, MIN_LINE_BITS } from '../line-table';
import { memOpAlignment, memOpSizeShift } from '../memop';
import { isAccess, type AccessLocals } from './access';
import type { Clocks } from './clocks';
import { accessKind, isStore, lineFilter, type FilteredImports, type LineFilter } from './filtered';
import type { FunctionBuilder, LabelDepth } from './function';
import { Op, Type } from './opcodes';
import type { Operation } from './shapes';
import type { Values } from './values';

/** Bytes of a line table's entry: see line-table.ts. */
export const READ_TAG = 0;
export const WRITE_TAG = 4;
export const LINE_ADDEND = 8;
export const LINE_OWNER = 12;

const memOpSize = (memop: number): number => 1 << memOpSizeShift(memop);

/** The greatest alignment, in bytes, that a line table's check sees to: see line-table.ts. */
const MAX_ALIGNMENT = 1 << (MIN_LINE_BITS - 1);

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
  if (!isAccess(access) || next?.op !== Bytecode.plugin_mem_filtered_cb) return undefined;
  const address = access.inputs[access.inputs.length - 1];
  // Such an access sees to its alignment by itself.
  if (memOpAlignment(access.immediates[0]) > MAX_ALIGNMENT) return undefined;
  const [filtered] = next.inputs;
  const before = i > 0 ? operations[i - 1] : undefined;
  const isCopy = before?.op === Bytecode.mov && before.outputs[0] === filtered && before.inputs[0] === address;
  return filtered === address || isCopy ? { ...lineFilter(next.immediates), callback: next } : undefined;
}

/** What must hold for all of the access to be where its first byte is, aligned as it has to be. */
function accessReach({ memop }: Pick<LineFilter, 'memop'>): Reach {
  const aligned = Math.min(memOpAlignment(memop), MAX_ALIGNMENT) - 1;
  return { reach: Math.max(0, memOpSize(memop) - 1 - aligned), aligned };
}

/** Replaces the address on the stack by the byte offset of its line's entry in the line table. */
export function emitEntryOffset(f: FunctionBuilder, { lineBits, mask }: LineFilter): void {
  const shift = lineBits - Math.log2(LINE_ENTRY_BYTES);
  if (shift > 0) {
    f.i32Const(shift);
    f.op(Op.i32_shr_u);
  }
  f.i32Const(mask * LINE_ENTRY_BYTES);
  f.op(Op.i32_and);
}

/**
 * Leaves on the stack whether the line table lacks the line of the address in its local; the entry is in its local then, and
 * the masked address in the scratch one.
 */
function emitLineCheck(
  f: FunctionBuilder,
  { address, entry, scratch }: AccessLocals,
  filter: LineFilter,
  { reach, aligned }: Reach,
): void {
  const { rw, table, lineBits } = filter;
  f.get(address);
  emitEntryOffset(f, filter);
  f.tee(entry);
  f.memory(Op.i32_load, 2, table + (isStore(rw) ? WRITE_TAG : READ_TAG));
  f.get(address);
  if (reach > 0) {
    f.i32Const(reach);
    f.op(Op.i32_add);
  }
  f.i32Const((-1 << lineBits) | aligned);
  f.op(Op.i32_and);
  f.tee(scratch);
  f.op(Op.i32_ne);
}

/** What filtered callbacks need of their region. */
export interface FilterContext {
  readonly f: FunctionBuilder;
  readonly locals: AccessLocals;
  readonly imports: FilteredImports;
  readonly clocks: Clocks;
}

/** Calls the callback's function behind the check; leaves what it returns on the stack. `time` is the access's. */
function emitFilteredCall({ f, locals, imports }: FilterContext, filter: LineFilter, time: number | undefined): void {
  const { function: call, data } = imports.of({ kind: 'mem', index: filter.index, which: accessKind(filter) });
  f.i32Const(data);
  f.get(locals.address);
  f.get(locals.scratch);
  if (time === undefined) f.i64Const(0n);
  else f.get(time);
  f.call(call);
}

/** Writes the time of an access whose line's entry is in its local. */
function emitTime({ f, locals }: FilterContext, { table }: LineFilter, time: number | undefined): void {
  if (time === undefined) return;
  f.get(locals.entry);
  f.memory(Op.i32_load, 2, table + LINE_OWNER);
  f.get(time);
  f.memory(Op.i64_store, 3, 0);
}

/**
 * Leaves on the stack where the access of the address in its local lies: as the table says where it has the line, else as
 * the callback's function does; goes to `slowWay` where that wants the callback itself.
 */
export function emitLinePlace(context: FilterContext, filter: LineFilter, slowWay: LabelDepth): void {
  const { f, locals, clocks } = context;
  const time = clocks.tick(filter.clock);
  // Neighbouring lines have entries of their own, so an access across their border is not in the one that it starts in.
  emitLineCheck(f, locals, filter, accessReach(filter));
  f.ifValue(Type.i32, false);
  emitFilteredCall(context, filter, time);
  f.tee(locals.entry);
  f.op(Op.i32_eqz);
  f.if(false);
  clocks.takeBack(filter.clock);
  f.br(slowWay);
  f.end();
  f.get(locals.entry);
  f.else();
  f.get(locals.address);
  f.get(locals.entry);
  f.memory(Op.i32_load, 2, filter.table + LINE_ADDEND);
  f.op(Op.i32_add);
  emitTime(context, filter, time);
  f.end();
}

/** Emits a plugin_mem_filtered_cb behind an access that is made already; `handOver` leaves before it. */
export function emitFilteredMem(
  v: Values,
  { inputs, immediates }: Operation,
  context: FilterContext,
  handOver: () => void,
): void {
  const { f, locals, clocks } = context;
  const filter = lineFilter(immediates);
  v.get(inputs[0]);
  f.set(locals.address);
  const time = clocks.tick(filter.clock);
  emitLineCheck(f, locals, filter, { reach: 0, aligned: 0 });
  f.if(false);
  emitFilteredCall(context, filter, time);
  f.op(Op.i32_eqz);
  f.if(false);
  clocks.takeBack(filter.clock);
  handOver();
  f.end();
  f.else();
  emitTime(context, filter, time);
  f.end();
}
