import { FunctionBuilder, type FunctionBody } from '../../tcg/wasm/function';
import { Op, Type } from '../../tcg/wasm/opcodes';
import { MissLevel } from './records';
import type { Access, SetAssociativeCache } from './set-associative';
import { increment, shift } from './wasm-counts';
import { emitLookUp } from './wasm-look-up';

/** An L2 with the number of its function, which {@link secondBody} makes. */
export interface SecondLevel {
  readonly cache: SetAssociativeCache;
  readonly index: number;
}

const PARAMETERS = { record: 0, line: 1, kind: 2, result: 3 } as const;
export const SECOND_TYPE = { parameters: [Type.i32, Type.i32, Type.i32, Type.i32], results: [Type.i32] } as const;

/**
 * (record, line, {@link Access}, result) -> the result: looks up a line of the L2, which is not the one that its set was
 * accessed with last, and counts a miss.
 */
export function secondBody(cache: SetAssociativeCache): FunctionBody {
  const f = new FunctionBuilder(SECOND_TYPE.parameters.length);
  const { record, line, kind, result } = PARAMETERS;
  emitLookUp(f, cache, line, {
    hit: () => {
      f.get(result);
      f.op(Op.return);
    },
    missed: () => {
      f.get(record);
      increment(f, 8 * MissLevel.L2);
      f.get(kind);
      shift(f, 3);
      increment(f, cache.layout.misses);
      f.get(result);
    },
  });
  return f.finish();
}

/** Makes the line the one that its set was accessed with last; does `already` where it is that, which does not come to its end. */
export function emitFront(
  f: FunctionBuilder,
  { sets, layout }: SetAssociativeCache,
  line: number,
  already: () => void,
): void {
  if (layout.front === undefined) return;
  const set = f.local();
  f.get(line);
  f.i32Const(sets - 1);
  f.op(Op.i32_and);
  shift(f, 2);
  f.tee(set);
  f.memory(Op.i32_load, 2, layout.front);
  f.get(line);
  f.op(Op.i32_eq);
  f.if();
  already();
  f.end();
  f.get(set);
  f.get(line);
  f.memory(Op.i32_store, 2, layout.front);
}

/** Locals of an access that missed the first level, and how the L2 counts it. */
export interface FirstMissed {
  readonly record: number;
  readonly address: number;
  readonly kind: Access;
  readonly result: number;
}

/** Looks the address up in the L2, as the last thing that a function does; its result is then on the stack. */
export function emitSecond(f: FunctionBuilder, { cache, index }: SecondLevel, missed: FirstMissed): void {
  const { record, address, kind, result } = missed;
  const line = f.local();
  f.get(address);
  shift(f, -cache.lineBits);
  f.set(line);
  emitFront(f, cache, line, () => {
    f.get(result);
    f.op(Op.return);
  });
  f.get(record);
  f.get(line);
  f.i32Const(kind);
  f.get(result);
  f.returnCall(index);
}
