import { FloatFlag } from '../../../common/softfloat';
import type { InlineHelper } from '../../../tcg/wasm/block-nodes';
import { View } from '../../../tcg/wasm/memory-words';
import { Op, Type } from '../../../tcg/wasm/opcodes';
import type { Values } from '../../../tcg/wasm/values';
import { Fpscr } from '../cpu-state';
import { callHelper, choose, doubleResult, singleResult } from './inline-results';
import { MODES, SINGLE, USUAL, doubleSlot, getDouble, getSingle, isNormal, modesAre } from './precision';

/** Numbers from which on truncation does not fit, exclusive. */
const LIMITS = { signed: { low: -2147483649, high: 2147483648 }, unsigned: { low: -1, high: 4294967296 } };

/** To a 32-bit integer toward zero: (value, signed, truncating). Others round as FPSCR says: the helper's. */
export function toInteger(get: (v: Values, slot: number) => void): InlineHelper {
  return (v, { outputs, inputs }, called) => {
    const { f } = v;
    const isSigned = v.constant(inputs[1]);
    if (isSigned === undefined || !v.constant(inputs[2])) return callHelper(v, called);
    const value = v.scratch(Type.f64);
    const { low, high } = isSigned ? LIMITS.signed : LIMITS.unsigned;
    get(v, inputs[0]);
    f.set(value);
    f.get(value);
    f.f64Const(low);
    f.op(Op.f64_gt);
    f.get(value);
    f.f64Const(high);
    f.op(Op.f64_lt);
    f.op(Op.i32_and);
    modesAre(v, Fpscr.FZ, 0);
    f.op(Op.i32_and);
    // Integral, or inexact where that is known.
    modesAre(v, FloatFlag.INEXACT, FloatFlag.INEXACT);
    f.get(value);
    f.op(Op.f64_trunc);
    f.get(value);
    f.op(Op.f64_eq);
    f.op(Op.i32_or);
    f.op(Op.i32_and);
    const usual = (): void =>
      v.set(outputs[0], () => {
        f.get(value);
        f.op(isSigned ? Op.i32_trunc_f64_s : Op.i32_trunc_f64_u);
      });
    choose(v, usual, () => callHelper(v, called), true);
  };
}

/** Integer to double precision: always exact. (d, integer, signed) */
export const integerToDouble: InlineHelper = (v, { inputs }, called) => {
  const isSigned = v.constant(inputs[2]);
  const slot = doubleSlot(v, inputs[0]);
  if (isSigned === undefined) return doubleResult(v, slot, called).call();
  v.words.set(slot, View.Double, () => {
    v.get(inputs[1]);
    v.f.op(isSigned ? Op.f64_convert_i32_s : Op.f64_convert_i32_u);
  });
};

/** (integer, signed): exact, or rounded in the usual modes. */
export const integerToSingle: InlineHelper = (v, { outputs, inputs }, called) => {
  const { f } = v;
  const result = singleResult(v, outputs[0], called);
  const isSigned = v.constant(inputs[1]);
  if (isSigned === undefined) return result.call();
  const value = v.scratch(Type.f32);
  v.get(inputs[0]);
  f.op(isSigned ? Op.f32_convert_i32_s : Op.f32_convert_i32_u);
  f.set(value);
  f.get(value);
  f.op(Op.f64_promote_f32);
  v.get(inputs[0]);
  f.op(isSigned ? Op.f64_convert_i32_s : Op.f64_convert_i32_u);
  f.op(Op.f64_eq);
  modesAre(v, MODES, USUAL);
  f.op(Op.i32_or);
  choose(
    v,
    () => result.set(value),
    () => result.call(),
    true,
  );
};

/** Single to double precision, (d, single): exact where it is not a NaN. */
export const singleToDouble: InlineHelper = (v, { inputs }, called) => {
  const { f } = v;
  const result = doubleResult(v, doubleSlot(v, inputs[0]), called);
  const value = v.scratch(Type.f64);
  getSingle(v, inputs[1]);
  f.op(Op.f64_promote_f32);
  f.set(value);
  f.get(value);
  f.get(value);
  f.op(Op.f64_eq);
  modesAre(v, Fpscr.FZ, 0);
  f.op(Op.i32_and);
  choose(
    v,
    () => result.set(value),
    () => result.call(),
    true,
  );
};

/** Double to single precision: rounded as the result of an operation is. */
export const doubleToSingle: InlineHelper = (v, { outputs, inputs }, called) => {
  const { f } = v;
  const result = singleResult(v, outputs[0], called);
  const value = v.scratch(Type.f32);
  getDouble(v, inputs[0]);
  f.op(Op.f32_demote_f64);
  f.set(value);
  isNormal(v, SINGLE, value);
  // Zero is zero in every mode.
  getDouble(v, inputs[0]);
  f.f64Const(0);
  f.op(Op.f64_eq);
  f.op(Op.i32_or);
  choose(
    v,
    () => result.set(value),
    () => result.call(),
    true,
  );
};
