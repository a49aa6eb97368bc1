import type { FunctionBuilder } from './function';
import { Op, Type } from './opcodes';

/** What a copy of memory is: one word or two, as an integer or as a floating-point number. */
export enum View {
  Word,
  Single,
  Long,
  Double,
}

interface Representation {
  readonly type: Type;
  readonly words: 1 | 2;
  readonly load: Op;
  readonly store: Op;
  /** The other view of the same words, and the instruction that makes this one of it. */
  readonly other: View;
  readonly reinterpret: Op;
}

const REPRESENTATIONS: Readonly<Record<View, Representation>> = {
  [View.Word]: {
    ...{ type: Type.i32, words: 1, load: Op.i32_load, store: Op.i32_store },
    ...{ other: View.Single, reinterpret: Op.i32_reinterpret_f32 },
  },
  [View.Single]: {
    ...{ type: Type.f32, words: 1, load: Op.f32_load, store: Op.f32_store },
    ...{ other: View.Word, reinterpret: Op.f32_reinterpret_i32 },
  },
  [View.Long]: {
    ...{ type: Type.i64, words: 2, load: Op.i64_load, store: Op.i64_store },
    ...{ other: View.Double, reinterpret: Op.i64_reinterpret_f64 },
  },
  [View.Double]: {
    ...{ type: Type.f64, words: 2, load: Op.f64_load, store: Op.f64_store },
    ...{ other: View.Long, reinterpret: Op.f64_reinterpret_i64 },
  },
};

const VIEWS = 4;
const keyOf = (slot: number, view: View): number => slot * VIEWS + view;
/** The slot of the doubleword that a word belongs to. */
const pairOf = (slot: number): number => slot & ~1;

/** What copies there are at a place of the code. */
export interface KnownWords {
  /** Keys of locals that hold what memory holds. */
  readonly copies: ReadonlySet<number>;
  /** Words stored on their own, not long ago: a load of the whole doubleword would wait for the store. */
  readonly halves: ReadonlySet<number>;
}

/** Nothing is known. */
export const NO_WORDS: KnownWords = { copies: new Set(), halves: new Set() };

/** What holds where two ways meet. */
export function meet(a: KnownWords, b: KnownWords): KnownWords {
  return {
    copies: new Set([...a.copies].filter((key) => b.copies.has(key))),
    halves: new Set([...a.halves, ...b.halves]),
  };
}

/**
 * The guest's words that stay in memory, with copies in locals: a store goes to memory and to a local, a load is made once.
 * Memory is exact at any time, so that helpers and the interpreter find everything there; what is known is known along a
 * path of the code only, and its user says where paths part and meet ({@link known}).
 */
export class MemoryWords {
  private readonly locals = new Map<number, number>();
  private readonly derivedKeys = new Map<string, number>();
  private copies = new Set<number>();
  private halves = new Set<number>();

  /** @param base byte offset in memory of slot 0 */
  constructor(
    private readonly f: FunctionBuilder,
    private readonly base: number,
  ) {}

  get known(): KnownWords {
    return { copies: new Set(this.copies), halves: new Set(this.halves) };
  }

  set known({ copies, halves }: KnownWords) {
    this.copies = new Set(copies);
    this.halves = new Set(halves);
  }

  private local(key: number, type: Type): number {
    let local = this.locals.get(key);
    if (local === undefined) this.locals.set(key, (local = this.f.local(type)));
    return local;
  }

  private has(slot: number, view: View): boolean {
    return this.copies.has(keyOf(slot, view));
  }

  /** Leaves a word, or the doubleword whose lower word has the slot, on the stack. */
  get(slot: number, view: View): void {
    const { f } = this;
    const { type, reinterpret, other, words } = REPRESENTATIONS[view];
    const key = keyOf(slot, view);
    const local = this.local(key, type);
    if (this.copies.has(key)) {
      f.get(local);
      return;
    }
    if (this.has(slot, other)) {
      f.get(this.local(keyOf(slot, other), REPRESENTATIONS[other].type));
      f.op(reinterpret);
    } else if (words === 1) {
      this.loadWord(slot, view);
    } else {
      this.loadPair(slot, view);
    }
    f.tee(local);
    this.copies.add(key);
  }

  private loadWord(slot: number, view: View): void {
    const { f } = this;
    const pair = pairOf(slot);
    if (!this.has(pair, View.Long) && !this.has(pair, View.Double)) {
      this.load(slot, view);
      return;
    }
    this.get(pair, View.Long);
    if (slot !== pair) {
      f.i64Const(32n);
      f.op(Op.i64_shr_u);
    }
    f.op(Op.i32_wrap_i64);
    if (view === View.Single) f.op(Op.f32_reinterpret_i32);
  }

  private loadPair(slot: number, view: View): void {
    const { f } = this;
    if (!this.halves.has(slot) && !this.halves.has(slot + 1)) {
      this.load(slot, view);
      return;
    }
    this.get(slot, View.Word);
    f.op(Op.i64_extend_i32_u);
    this.get(slot + 1, View.Word);
    f.op(Op.i64_extend_i32_u);
    f.i64Const(32n);
    f.op(Op.i64_shl);
    f.op(Op.i64_or);
    if (view === View.Double) f.op(Op.f64_reinterpret_i64);
  }

  private load(slot: number, view: View): void {
    const { words, load } = REPRESENTATIONS[view];
    this.f.i32Const(0);
    this.f.memory(load, words + 1, this.base + 4 * slot);
  }

  /** Assigns what `value` leaves on the stack, of the view's type. */
  set(slot: number, view: View, value: () => void): void {
    const { f } = this;
    const { type, words, store } = REPRESENTATIONS[view];
    const key = keyOf(slot, view);
    f.i32Const(0);
    value();
    f.tee(this.local(key, type));
    f.memory(store, words + 1, this.base + 4 * slot);
    this.changed(slot, words);
    this.copies.add(key);
    if (words === 1) this.halves.add(slot);
  }

  /** Somebody else has written the words from the slot on: copies are void. */
  changed(slot: number, words: 1 | 2): void {
    const pair = pairOf(slot);
    for (const view of [View.Long, View.Double]) this.copies.delete(keyOf(pair, view));
    for (let n = slot; n < slot + words; n++) {
      for (const view of [View.Word, View.Single]) this.copies.delete(keyOf(n, view));
      this.halves.delete(n);
    }
  }

  /** The view in which a doubleword is there already, else the integer. */
  viewOfPair(slot: number): View {
    return this.has(slot, View.Double) && !this.has(slot, View.Long) ? View.Double : View.Long;
  }

  /** Makes a copy of that view, if there is none. */
  fetch(slot: number, view: View): void {
    if (this.has(slot, view)) return;
    this.get(slot, view);
    this.f.op(Op.drop);
  }

  /**
   * Leaves on the stack what `compute` makes of words that nothing but {@link forget} changes in what matters; computed once
   * on a path.
   */
  derived(name: string, type: Type, compute: () => void): void {
    let key = this.derivedKeys.get(name);
    if (key === undefined) this.derivedKeys.set(name, (key = -1 - this.derivedKeys.size));
    const local = this.local(key, type);
    if (this.copies.has(key)) {
      this.f.get(local);
      return;
    }
    compute();
    this.f.tee(local);
    this.copies.add(key);
  }

  /** Any word may have been written. */
  forget(): void {
    this.known = NO_WORDS;
  }
}
