import { FloatFlag } from '../../../common/softfloat';
import { View } from '../../../tcg/wasm/memory-words';
import { Op, Type } from '../../../tcg/wasm/opcodes';
import type { Values } from '../../../tcg/wasm/values';
import { ArmSlot, Fpscr } from '../cpu-state';

const ROUNDING = 3 << Fpscr.RMODE_SHIFT;
/** FPSCR's bits that must be as {@link USUAL} says. */
export const MODES = ROUNDING | Fpscr.FZ | FloatFlag.INEXACT;
export const USUAL = FloatFlag.INEXACT;

/** A precision's encodings as integers. */
interface Encoding {
  readonly type: Type;
  /** Of a number in a local. */
  readonly of: Op;
  readonly shl: Op;
  readonly sub: Op;
  readonly less: Op;
  readonly constant: (v: Values, value: bigint) => void;
  /** Twice the encodings, without their signs, above the smallest normal number and below infinity: a start and a length. */
  readonly normal: { readonly start: bigint; readonly length: bigint };
}

/** What the two precisions have of their own. */
export interface Precision {
  readonly type: Type;
  readonly view: View;
  /** Leaves the operand that an input names on the stack: of singles a slot, of doubles the number of a doubleword. */
  readonly get: (v: Values, input: number) => void;
  readonly constant: (v: Values, value: number) => void;
  readonly encoding: Encoding;
  readonly abs: Op;
  readonly neg: Op;
  readonly add: Op;
  readonly sub: Op;
  readonly mul: Op;
  readonly div: Op;
  readonly sqrt: Op;
  readonly less: Op;
  readonly equal: Op;
  readonly greater: Op;
}

function normalNumbers(smallest: bigint, infinity: bigint): Encoding['normal'] {
  return { start: 2n * (smallest + 1n), length: 2n * (infinity - smallest - 1n) };
}

export const SINGLE: Precision = {
  ...{ type: Type.f32, view: View.Single, get: getSingle },
  constant: (v, value) => v.f.f32Const(value),
  encoding: {
    ...{ type: Type.i32, of: Op.i32_reinterpret_f32, shl: Op.i32_shl, sub: Op.i32_sub, less: Op.i32_lt_u },
    constant: (v, value) => v.f.i32Const(Number(BigInt.asIntN(32, value))),
    normal: normalNumbers(0x00800000n, 0x7f800000n),
  },
  ...{ abs: Op.f32_abs, neg: Op.f32_neg, add: Op.f32_add, sub: Op.f32_sub, mul: Op.f32_mul, div: Op.f32_div },
  ...{ sqrt: Op.f32_sqrt, less: Op.f32_lt, equal: Op.f32_eq, greater: Op.f32_gt },
};
export const DOUBLE: Precision = {
  ...{ type: Type.f64, view: View.Double, get: getDouble },
  constant: (v, value) => v.f.f64Const(value),
  encoding: {
    ...{ type: Type.i64, of: Op.i64_reinterpret_f64, shl: Op.i64_shl, sub: Op.i64_sub, less: Op.i64_lt_u },
    constant: (v, value) => v.f.i64Const(BigInt.asIntN(64, value)),
    normal: normalNumbers(0x0010000000000000n, 0x7ff0000000000000n),
  },
  ...{ abs: Op.f64_abs, neg: Op.f64_neg, add: Op.f64_add, sub: Op.f64_sub, mul: Op.f64_mul, div: Op.f64_div },
  ...{ sqrt: Op.f64_sqrt, less: Op.f64_lt, equal: Op.f64_eq, greater: Op.f64_gt },
};

/** Slot of the doubleword whose number an input gives. */
export function doubleSlot(v: Values, input: number): number {
  const number = v.constant(input);
  if (number === undefined) throw new Error('the number of a doubleword is not constant');
  return ArmSlot.D0 + 2 * number;
}

export function getDouble(v: Values, input: number): void {
  v.words.get(doubleSlot(v, input), View.Double);
}

export function getSingle(v: Values, slot: number): void {
  if (v.isWord(slot)) {
    v.words.get(slot, View.Single);
    return;
  }
  v.get(slot);
  v.f.op(Op.f32_reinterpret_i32);
}

/** Leaves on the stack whether FPSCR's bits in `mask` are `value`. */
export function modesAre(v: Values, mask: number, value: number): void {
  v.words.derived(`fpscr & ${mask} == ${value}`, Type.i32, () => {
    v.get(ArmSlot.Fpscr);
    v.f.i32Const(mask);
    v.f.op(Op.i32_and);
    v.f.i32Const(value);
    v.f.op(Op.i32_eq);
  });
}

/** Leaves `usual` on the stack while the modes are the usual ones, else `other`. */
function byModes(v: Values, name: string, type: Type, usual: () => void, other: () => void): void {
  v.words.derived(name, type, () => {
    usual();
    other();
    modesAre(v, MODES, USUAL);
    v.f.op(Op.select);
  });
}

/** Leaves on the stack whether the local is normal, and the modes are the usual ones. */
export function isNormal(v: Values, { encoding }: Precision, value: number): void {
  const { f } = v;
  const { type, of, shl, sub, less, constant, normal } = encoding;
  f.get(value);
  f.op(of);
  constant(v, 1n);
  f.op(shl);
  constant(v, normal.start);
  f.op(sub);
  byModes(
    v,
    `vfp normal ${type}`,
    type,
    () => constant(v, normal.length),
    () => constant(v, 0n),
  );
  f.op(less);
}

/** Leaves on the stack whether the local is finite, and the modes are the usual ones. */
export function isFinite(v: Values, { type, abs, less, constant }: Precision, value: number): void {
  v.f.get(value);
  v.f.op(abs);
  byModes(
    v,
    `vfp finite ${type}`,
    type,
    () => constant(v, Infinity),
    () => constant(v, -1),
  );
  v.f.op(less);
}

function isZero({ f }: Values, { equal }: Precision, constant: () => void, get: () => void): void {
  get();
  constant();
  f.op(equal);
}

/** Leaves on the stack whether the local is 0 because one of the inputs is: exact, while subnormals are not taken for 0. */
export function isZeroOfZero(v: Values, precision: Precision, value: number, inputs: readonly number[]): void {
  const { f } = v;
  const zero = (): void => precision.constant(v, 0);
  isZero(v, precision, zero, () => f.get(value));
  inputs.forEach((input) => isZero(v, precision, zero, () => precision.get(v, input)));
  for (let i = 1; i < inputs.length; i++) f.op(Op.i32_or);
  f.op(Op.i32_and);
  modesAre(v, Fpscr.FZ, 0);
  f.op(Op.i32_and);
}
