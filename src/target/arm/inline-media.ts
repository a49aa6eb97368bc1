import type { InlineHelper } from '../../tcg/wasm/block-nodes';
import { Op } from '../../tcg/wasm/opcodes';
import { swapBytes } from '../../tcg/wasm/operations';
import type { Values } from '../../tcg/wasm/values';
import { ArmSlot } from './cpu-state';
import { HELPERS } from './helpers';

/*
 * Media instructions in compiled code: those that the C library's string functions are made of. Four bytes are added in
 * one word, their highest bits apart, so that no carry goes from one byte to the next. All others call their helper.
 */

const LOW_BITS = 0x7f7f7f7f;
const HIGH_BITS = 0x80808080 | 0;
/** Times a word with bits 0, 8, 16, 24: the four bits are bits 24..27 then. */
const GATHER = 0x01020408;
/** Times a number of four bits: each bit is bit 0 of its byte then, among others. */
const SCATTER = 0x00204081;

function inLocal({ f }: Values, value: () => void): () => void {
  const local = f.local();
  value();
  f.set(local);
  return () => f.get(local);
}

function binary({ f }: Values, op: Op, a: () => void, b: () => void): void {
  a();
  b();
  f.op(op);
}

function constant({ f }: Values, value: number): () => void {
  return () => f.i32Const(value);
}

/** GE from the highest bits of the bytes that `bits` leaves. */
function setGe(v: Values, bits: () => void): void {
  const { f } = v;
  v.set(ArmSlot.GE, () => {
    bits();
    f.i32Const(HIGH_BITS);
    f.op(Op.i32_and);
    f.i32Const(7);
    f.op(Op.i32_shr_u);
    f.i32Const(GATHER);
    f.op(Op.i32_mul);
    f.i32Const(24);
    f.op(Op.i32_shr_u);
  });
}

/** GE from the carries out of the bytes of a + b: both have the top bit, or either has and the sum has not. */
function setGeByCarries(v: Values, a: () => void, b: () => void, sum: () => void): void {
  setGe(v, () => {
    binary(v, Op.i32_and, a, b);
    binary(v, Op.i32_or, a, b);
    binary(v, Op.i32_xor, sum, constant(v, -1));
    v.f.op(Op.i32_and);
    v.f.op(Op.i32_or);
  });
}

/** UADD8: GE are the carries, of a and b, or of either without the sum's bit. */
const addBytes: InlineHelper = (v, { outputs, inputs }) => {
  const { f } = v;
  const [a, b] = inputs.map((slot) => inLocal(v, () => v.get(slot)));
  const low = constant(v, LOW_BITS);
  const sum = inLocal(v, () => {
    binary(v, Op.i32_and, a, low);
    binary(v, Op.i32_and, b, low);
    f.op(Op.i32_add);
    binary(v, Op.i32_xor, a, b);
    f.i32Const(HIGH_BITS);
    f.op(Op.i32_and);
    f.op(Op.i32_xor);
  });
  setGeByCarries(v, a, b, sum);
  v.set(outputs[0], sum);
};

/** USUB8: GE where nothing is borrowed, which a without b is, or either alike without the difference's bit. */
const subtractBytes: InlineHelper = (v, { outputs, inputs }) => {
  const { f } = v;
  const [a, b] = inputs.map((slot) => inLocal(v, () => v.get(slot)));
  const notB = inLocal(v, () => binary(v, Op.i32_xor, b, constant(v, -1)));
  const difference = inLocal(v, () => {
    binary(v, Op.i32_or, a, constant(v, HIGH_BITS));
    binary(v, Op.i32_and, b, constant(v, LOW_BITS));
    f.op(Op.i32_sub);
    binary(v, Op.i32_xor, a, notB);
    f.i32Const(HIGH_BITS);
    f.op(Op.i32_and);
    f.op(Op.i32_xor);
  });
  setGeByCarries(v, a, notB, difference);
  v.set(outputs[0], difference);
};

/** SEL: (GE, a, b). */
const select: InlineHelper = (v, { outputs, inputs: [ge, a, b] }) => {
  const { f } = v;
  v.set(outputs[0], () => {
    v.get(b);
    v.get(a);
    v.get(b);
    f.op(Op.i32_xor);
    v.get(ge);
    f.i32Const(SCATTER);
    f.op(Op.i32_mul);
    f.i32Const(0x01010101);
    f.op(Op.i32_and);
    f.i32Const(0xff);
    f.op(Op.i32_mul);
    f.op(Op.i32_and);
    f.op(Op.i32_xor);
  });
};

/** RBIT: bits, pairs and nibbles change places within bytes, then the bytes do. */
const reverse: InlineHelper = (v, { outputs, inputs: [a] }) => {
  const { f } = v;
  const value = f.local();
  v.get(a);
  f.set(value);
  for (const [shift, mask] of [
    [1, 0x55555555],
    [2, 0x33333333],
    [4, 0x0f0f0f0f],
  ]) {
    f.get(value);
    f.i32Const(shift);
    f.op(Op.i32_shr_u);
    f.i32Const(mask);
    f.op(Op.i32_and);
    f.get(value);
    f.i32Const(mask);
    f.op(Op.i32_and);
    f.i32Const(shift);
    f.op(Op.i32_shl);
    f.op(Op.i32_or);
    f.set(value);
  }
  v.set(outputs[0], () => swapBytes(f, () => f.get(value)));
};

/** The helpers of media instructions that compiled code carries out itself, by index. */
export const INLINE_MEDIA: ReadonlyMap<number, InlineHelper> = new Map([
  [HELPERS.parallel.UADD8.index, addBytes],
  [HELPERS.parallel.USUB8.index, subtractBytes],
  [HELPERS.sel.index, select],
  [HELPERS.rbit.index, reverse],
]);
