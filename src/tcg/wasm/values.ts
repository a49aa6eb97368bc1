import { ENV_LOCALS } from '../layout';
import type { GuestFacts } from './block-nodes';
import { Place, placeOf, type Dataflow } from './dataflow';
import type { FunctionBuilder } from './function';
import type { LazyFlags } from './flags';
import { Op } from './opcodes';

/** Reads and writes slots: in wasm locals, in the environment, as constants. */
export class Values {
  private readonly locals: readonly number[];
  /** Byte offset of the environment in memory. */
  readonly base: number;

  constructor(
    readonly f: FunctionBuilder,
    private readonly flow: Dataflow,
    private readonly facts: GuestFacts,
    readonly flags: LazyFlags,
  ) {
    this.locals = flow.slots.map(() => f.local());
    this.base = facts.env.byteOffset;
  }

  /** The wasm local of a slot that has one. */
  localOf(slot: number): number {
    const number = this.flow.numberOf(slot);
    if (number === undefined) throw new Error(`slot ${slot} has no local`);
    return this.locals[number];
  }

  offset(slot: number): number {
    return this.base + 4 * slot;
  }

  /** The slot's value if it is a constant. */
  constant(slot: number): number | undefined {
    return placeOf(slot, this.facts) === Place.Constant ? this.facts.env[slot] : undefined;
  }

  get(slot: number): void {
    const { f } = this;
    if (this.flags.isLazy(slot)) {
      this.flags.emit(slot);
      return;
    }
    switch (placeOf(slot, this.facts)) {
      case Place.Local:
        f.get(this.localOf(slot));
        break;
      case Place.Constant:
        f.i32Const(this.facts.env[slot]);
        break;
      default:
        this.loadWord(slot);
    }
  }

  /** Assigns what `value` leaves on the stack. */
  set(slot: number, value: () => void): void {
    const { f } = this;
    switch (placeOf(slot, this.facts)) {
      case Place.Local:
        value();
        f.set(this.localOf(slot));
        this.flags.written(slot);
        break;
      case Place.Memory:
        f.i32Const(0);
        value();
        f.memory(Op.i32_store, 2, this.offset(slot));
        break;
      default:
        value();
        f.op(Op.drop);
    }
  }

  loadWord(slot: number): void {
    this.f.i32Const(0);
    this.f.memory(Op.i32_load, 2, this.offset(slot));
  }

  storeWord(slot: number, value: () => void): void {
    this.f.i32Const(0);
    value();
    this.f.memory(Op.i32_store, 2, this.offset(slot));
  }

  /** Makes a lazy slot an ordinary one. */
  settle(slot: number): void {
    if (this.flags.isLazy(slot)) this.set(slot, () => this.flags.emit(slot));
  }

  /** Writes locals, by number, into the environment. */
  spill(numbers: readonly number[]): void {
    for (const n of numbers) this.storeWord(this.flow.slots[n], () => this.get(this.flow.slots[n]));
  }

  /** Reads globals, by number, from the environment. */
  reload(numbers: readonly number[]): void {
    for (const n of numbers) {
      if (this.flow.slots[n] >= ENV_LOCALS) continue;
      this.loadWord(this.flow.slots[n]);
      this.f.set(this.locals[n]);
      this.flags.written(this.flow.slots[n]);
    }
  }
}
