import { View, meet } from '../../../tcg/wasm/memory-words';
import { Op } from '../../../tcg/wasm/opcodes';
import type { Values } from '../../../tcg/wasm/values';
import { ArmSlot } from '../cpu-state';

/** Where the value on the stack is not 0 does `usual`, else `other`; `likely` says which. */
export function choose(v: Values, usual: () => void, other: () => void, likely?: boolean): void {
  const before = v.words.known;
  v.f.if(likely);
  usual();
  const known = v.words.known;
  v.f.else();
  v.words.known = before;
  other();
  v.f.end();
  v.words.known = meet(known, v.words.known);
}

/** What an operation assigns: a single's slot, or a doubleword. */
export interface Result {
  /** Assigns the local. */
  readonly set: (value: number) => void;
  /** Calls the helper, which assigns it. */
  readonly call: () => void;
}

export function singleResult(v: Values, slot: number, called: () => void): Result {
  const { f } = v;
  const bits = (value: number) => (): void => {
    f.get(value);
    f.op(Op.i32_reinterpret_f32);
  };
  const isWord = v.isWord(slot);
  return {
    set: (value) => (isWord ? v.words.set(slot, View.Single, () => f.get(value)) : v.set(slot, bits(value))),
    call: () => {
      callHelper(v, called);
      if (isWord) v.words.fetch(slot, View.Single);
    },
  };
}

export function doubleResult(v: Values, slot: number, called: () => void): Result {
  return {
    set: (value) => v.words.set(slot, View.Double, () => v.f.get(value)),
    call: () => {
      callHelper(v, called);
      v.words.changed(slot, 2);
      v.words.fetch(slot, View.Double);
    },
  };
}

/** Calls a helper, which may raise flags. */
export function callHelper(v: Values, called: () => void): void {
  called();
  v.words.changed(ArmSlot.Fpscr, 1);
}
