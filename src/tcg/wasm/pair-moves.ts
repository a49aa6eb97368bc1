import { Bytecode } from '../bytecode';
import { View } from './memory-words';
import { Op } from './opcodes';
import type { Operation } from './shapes';
import type { Values } from './values';

/** Two moves that assign a doubleword which stays in memory: where they come from, the lower word first. */
interface PairMove {
  readonly to: number;
  readonly low: Operation;
  readonly high: Operation;
}

const isMove = ({ op }: Operation): boolean => op === Bytecode.mov || op === Bytecode.movi;

function pairMoveOf(v: Values, first: Operation, second: Operation | undefined): PairMove | undefined {
  if (!second || !isMove(first) || !isMove(second) || second.inputs.includes(first.outputs[0])) return undefined;
  const [low, high] = first.outputs[0] < second.outputs[0] ? [first, second] : [second, first];
  return v.isPair(low.outputs[0], high.outputs[0]) ? { to: low.outputs[0], low, high } : undefined;
}

/** Emits two moves that follow each other as one of a doubleword; returns false, and emits nothing, where they are not. */
export function emitPairMove(v: Values, first: Operation, second: Operation | undefined): boolean {
  const pair = pairMoveOf(v, first, second);
  if (!pair) return false;
  const { to, low, high } = pair;
  if (low.inputs.length && high.inputs.length && v.isPair(low.inputs[0], high.inputs[0])) {
    const view = v.words.viewOfPair(low.inputs[0]);
    v.words.set(to, view, () => v.words.get(low.inputs[0], view));
    return true;
  }
  v.words.set(to, View.Long, () => {
    if (!low.inputs.length && !high.inputs.length) {
      v.f.i64Const(BigInt.asIntN(64, (BigInt(high.immediates[0]) << 32n) | BigInt(low.immediates[0] >>> 0)));
      return;
    }
    extended(v, low);
    extended(v, high);
    v.f.i64Const(32n);
    v.f.op(Op.i64_shl);
    v.f.op(Op.i64_or);
  });
  return true;
}

/** Leaves what a move assigns on the stack, as an unsigned doubleword. */
function extended(v: Values, { inputs, immediates }: Operation): void {
  if (inputs.length) v.get(inputs[0]);
  else v.f.i32Const(immediates[0]);
  v.f.op(Op.i64_extend_i32_u);
}
