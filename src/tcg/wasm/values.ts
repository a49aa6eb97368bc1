import { ENV_LOCALS } from '../layout';
import type { GuestFacts } from './block-nodes';
import { Place, placeOf, type Dataflow } from './dataflow';
import type { FunctionBuilder } from './function';
import type { LazyFlags } from './flags';
import { MemoryWords, View } from './memory-words';
import { Op, type Type } from './opcodes';

/** Reads and writes slots: in wasm locals, in the environment, as constants. */
export class Values {
  private readonly locals: readonly number[];
  private readonly groupLocals: number[] = [];
  private readonly scratches = new Map<string, number>();
  /** Byte offset of the environment in memory. */
  readonly base: number;
  /** The words that stay in memory, as this place of the code knows them. */
  readonly words: MemoryWords;

  constructor(
    readonly f: FunctionBuilder,
    private readonly flow: Dataflow,
    private readonly facts: GuestFacts,
    readonly flags: LazyFlags,
  ) {
    this.locals = flow.slots.map(() => f.local());
    this.base = facts.env.byteOffset;
    this.words = new MemoryWords(f, this.base);
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
      case Place.Memory:
        this.words.get(slot, View.Word);
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
        this.words.set(slot, View.Word, value);
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

  /** A local of a stretch's groups, by number. */
  groupLocal(index: number): number {
    return (this.groupLocals[index] ??= this.f.local());
  }

  /** A local of the type, for use within one operation; `n` tells several apart. */
  scratch(type: Type, n = 0): number {
    const key = `${type}/${n}`;
    let local = this.scratches.get(key);
    if (local === undefined) this.scratches.set(key, (local = this.f.local(type)));
    return local;
  }

  /** Whether two slots are a doubleword that stays in memory, the lower word first. */
  isPair(low: number, high: number): boolean {
    return low % 2 === 0 && high === low + 1 && this.isWord(low) && this.isWord(high);
  }

  /** Whether the slot is a word that stays in memory. */
  isWord(slot: number): boolean {
    return placeOf(slot, this.facts) === Place.Memory;
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
    this.reloadAll(numbers.filter((n) => this.flow.slots[n] < ENV_LOCALS));
  }

  /** The same of globals and temporaries. */
  reloadAll(numbers: readonly number[]): void {
    for (const n of numbers) {
      this.loadWord(this.flow.slots[n]);
      this.f.set(this.locals[n]);
      this.flags.written(this.flow.slots[n]);
    }
  }
}
