import { CLOCK_TICK } from '../access-clock';
import { Bytecode } from '../bytecode';
import { lineFilter } from './filtered';
import type { FunctionBuilder } from './function';
import type { Node } from './node';
import { Op, Type } from './opcodes';

/** Advances the clock at the byte offset in memory; the i64 local has the time then. */
export function emitClockTick(f: FunctionBuilder, clock: number, time: number): void {
  f.i32Const(0);
  f.i32Const(0);
  f.memory(Op.i64_load, 3, clock);
  f.i64Const(BigInt(CLOCK_TICK));
  f.op(Op.i64_add);
  f.tee(time);
  f.memory(Op.i64_store, 3, clock);
}

/** The clocks of models (access-clock.ts) in locals: one for each that a region's accesses advance. */
export class Clocks {
  /** By byte offset. */
  private readonly locals = new Map<number, number>();

  constructor(
    private readonly f: FunctionBuilder,
    nodes: readonly Node[],
  ) {
    for (const { operations } of nodes) {
      for (const { op, immediates } of operations) {
        if (op !== Bytecode.plugin_mem_filtered_cb) continue;
        const { clock } = lineFilter(immediates);
        if (clock !== 0 && !this.locals.has(clock)) this.locals.set(clock, f.local(Type.i64));
      }
    }
  }

  /** Reads the clocks: others may have advanced them. */
  read(): void {
    const { f } = this;
    for (const [offset, local] of this.locals) {
      f.i32Const(0);
      f.memory(Op.i64_load, 3, offset);
      f.set(local);
    }
  }

  /** Writes them, for others to go on from. */
  write(): void {
    const { f } = this;
    for (const [offset, local] of this.locals) {
      f.i32Const(0);
      f.get(local);
      f.memory(Op.i64_store, 3, offset);
    }
  }

  /** Advances the clock for an access; returns the local that has its time, or undefined for no clock. */
  tick(clock: number): number | undefined {
    return this.add(clock, CLOCK_TICK);
  }

  /** The access has not been made after all. */
  takeBack(clock: number): void {
    this.add(clock, -CLOCK_TICK);
  }

  private add(clock: number, ticks: number): number | undefined {
    const { f } = this;
    const local = this.locals.get(clock);
    if (local === undefined) return undefined;
    f.get(local);
    f.i64Const(BigInt(ticks));
    f.op(Op.i64_add);
    f.set(local);
    return local;
  }

  /**
   * Advances the clock at the offset, unless that is 0, and writes the time to where the word says that lies `offset` bytes
   * behind the address in the local.
   */
  tickEntry(clock: number, entry: number, offset: number): void {
    const { f } = this;
    const time = this.tick(clock);
    if (time === undefined) return;
    f.get(entry);
    f.memory(Op.i32_load, 2, offset);
    f.get(time);
    f.memory(Op.i64_store, 3, 0);
  }
}
