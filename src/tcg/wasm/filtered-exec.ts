import { emitClockTick } from './clocks';
import type { HeldLine } from './filtered';
import type { FilterContext } from './filtered-access';
import type { FunctionBuilder } from './function';
import { Op, Type } from './opcodes';
import type { Operation } from './shapes';
import type { Values } from './values';

/** Emits a plugin_exec_filtered_cb; `handOver` leaves before it. */
export function emitFilteredExec(
  v: Values,
  { immediates }: Operation,
  { f, imports, locals: { entry } }: FilterContext,
  handOver: () => void,
): void {
  const [offset, value, index] = immediates;
  const { function: call, data, held } = imports.of({ kind: 'exec', index, which: 0 });
  f.i32Const(0);
  f.memory(Op.i32_load, 2, offset);
  f.i32Const(value);
  f.op(Op.i32_ne);
  // Loops change between lines of one set as well.
  if (held) f.if();
  else f.if(false);
  if (held) {
    f.i32Const(0);
    f.memory(Op.i32_load, 2, held.hint);
    f.tee(entry);
    f.memory(Op.i32_load, 2, held.lines);
    f.i32Const(value);
    f.op(Op.i32_eq);
    f.if(true);
    f.i32Const(0);
    f.i32Const(value);
    f.memory(Op.i32_store, 2, offset);
    if (held.clock !== 0) emitTime(f, held, entry, v.scratch(Type.i64));
    f.else();
  }
  f.i32Const(data);
  f.i32Const(held?.hint ?? 0);
  f.call(call);
  f.if(false);
  handOver();
  f.end();
  if (held) f.end();
  f.end();
}

/** Advances the clock, and writes the time to that of the way in the local. Hits like this are too few for a clock in a local. */
function emitTime(f: FunctionBuilder, { clock, times }: HeldLine, way: number, time: number): void {
  emitClockTick(f, clock, time);
  f.get(way);
  f.i32Const(1);
  f.op(Op.i32_shl);
  f.get(time);
  f.memory(Op.i64_store, 3, times);
}
