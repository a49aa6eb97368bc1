import { FloatFlag } from '../../../common/softfloat';
import type { InlineHelper } from '../../../tcg/wasm/block-nodes';
import { View, meet } from '../../../tcg/wasm/memory-words';
import { Op, Type } from '../../../tcg/wasm/opcodes';
import type { Values } from '../../../tcg/wasm/values';
import { ArmSlot, Fpscr } from '../cpu-state';
import { HELPERS } from '../helpers';
import { Turn } from './unit';

/*
 * Floating point in compiled code, by the host's own operations. Rounded to nearest, a result that is normal and finite is
 * the same on every IEEE 754 machine and raises no flag but inexact; while that is raised already there is nothing to find
 * out. A sum is never inexact and tiny, so it need only be finite; zero times anything finite is zero. Everything else is
 * the helper's: what underflows or overflows, NaNs, other rounding, flush-to-zero.
 */

const ROUNDING = 3 << Fpscr.RMODE_SHIFT;
/** FPSCR's bits that must be as {@link USUAL} says. */
const MODES = ROUNDING | Fpscr.FZ | FloatFlag.INEXACT;
const USUAL = FloatFlag.INEXACT;

/** Twice the encodings, without their signs, above the smallest normal number and below infinity: a start and a length. */
const NORMAL_32 = { start: 2 * 0x00800001, length: (2 * (0x7f800000 - 0x00800001)) | 0 };
const NORMAL_64 = {
  start: 2n * 0x0010000000000001n,
  length: BigInt.asIntN(64, 2n * (0x7ff0000000000000n - 0x0010000000000001n)),
};

/** What the two precisions have of their own. */
interface Precision {
  readonly type: Type;
  readonly view: View;
  /** Leaves the operand that an input names on the stack: of singles a slot, of doubles the number of a doubleword. */
  readonly get: (v: Values, input: number) => void;
  readonly constant: (v: Values, value: number) => void;
  /** Leaves on the stack whether the local is normal, and the modes are the usual ones. */
  readonly isNormal: (v: Values, value: number) => void;
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

const SINGLE: Precision = {
  ...{ type: Type.f32, view: View.Single, get: getSingle, isNormal: isNormal32 },
  constant: (v, value) => v.f.f32Const(value),
  ...{ abs: Op.f32_abs, neg: Op.f32_neg, add: Op.f32_add, sub: Op.f32_sub, mul: Op.f32_mul, div: Op.f32_div },
  ...{ sqrt: Op.f32_sqrt, less: Op.f32_lt, equal: Op.f32_eq, greater: Op.f32_gt },
};
const DOUBLE: Precision = {
  ...{ type: Type.f64, view: View.Double, get: getDouble, isNormal: isNormal64 },
  constant: (v, value) => v.f.f64Const(value),
  ...{ abs: Op.f64_abs, neg: Op.f64_neg, add: Op.f64_add, sub: Op.f64_sub, mul: Op.f64_mul, div: Op.f64_div },
  ...{ sqrt: Op.f64_sqrt, less: Op.f64_lt, equal: Op.f64_eq, greater: Op.f64_gt },
};

/** Slot of the doubleword whose number an input gives. */
function doubleSlot(v: Values, input: number): number {
  const number = v.constant(input);
  if (number === undefined) throw new Error('the number of a doubleword is not constant');
  return ArmSlot.D0 + 2 * number;
}

function getDouble(v: Values, input: number): void {
  v.words.get(doubleSlot(v, input), View.Double);
}

function getSingle(v: Values, slot: number): void {
  if (v.isWord(slot)) {
    v.words.get(slot, View.Single);
    return;
  }
  v.get(slot);
  v.f.op(Op.f32_reinterpret_i32);
}

/** Leaves on the stack whether FPSCR's bits in `mask` are `value`. */
function modesAre(v: Values, mask: number, value: number): void {
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

function isNormal32(v: Values, value: number): void {
  const { f } = v;
  f.get(value);
  f.op(Op.i32_reinterpret_f32);
  f.i32Const(1);
  f.op(Op.i32_shl);
  f.i32Const(NORMAL_32.start);
  f.op(Op.i32_sub);
  byModes(
    v,
    'vfp normal32',
    Type.i32,
    () => f.i32Const(NORMAL_32.length),
    () => f.i32Const(0),
  );
  f.op(Op.i32_lt_u);
}

function isNormal64(v: Values, value: number): void {
  const { f } = v;
  f.get(value);
  f.op(Op.i64_reinterpret_f64);
  f.i64Const(1n);
  f.op(Op.i64_shl);
  f.i64Const(NORMAL_64.start);
  f.op(Op.i64_sub);
  byModes(
    v,
    'vfp normal64',
    Type.i64,
    () => f.i64Const(NORMAL_64.length),
    () => f.i64Const(0n),
  );
  f.op(Op.i64_lt_u);
}

/** Leaves on the stack whether the local is finite, and the modes are the usual ones. */
function isFinite(v: Values, { type, abs, less, constant }: Precision, value: number): void {
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
function isZeroOfZero(v: Values, precision: Precision, value: number, inputs: readonly number[]): void {
  const { f } = v;
  const zero = (): void => precision.constant(v, 0);
  isZero(v, precision, zero, () => f.get(value));
  inputs.forEach((input) => isZero(v, precision, zero, () => precision.get(v, input)));
  for (let i = 1; i < inputs.length; i++) f.op(Op.i32_or);
  f.op(Op.i32_and);
  modesAre(v, Fpscr.FZ, 0);
  f.op(Op.i32_and);
}

/** Where the value on the stack is not 0 does `usual`, else `other`; `likely` says which. */
function choose(v: Values, usual: () => void, other: () => void, likely?: boolean): void {
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
interface Result {
  /** Assigns the local. */
  readonly set: (value: number) => void;
  /** Calls the helper, which assigns it. */
  readonly call: () => void;
}

function singleResult(v: Values, slot: number, called: () => void): Result {
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

function doubleResult(v: Values, slot: number, called: () => void): Result {
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
function callHelper(v: Values, called: () => void): void {
  called();
  v.words.changed(ArmSlot.Fpscr, 1);
}

/** An operation of one precision: what it leaves on the stack, when that is right, and when else. */
interface Arithmetic {
  readonly compute: (v: Values, precision: Precision, inputs: readonly number[]) => void;
  readonly fits: (v: Values, precision: Precision, value: number) => void;
  /** Inputs of which one is 0 where a result of 0 is right as well. */
  readonly zeros?: (inputs: readonly number[]) => readonly number[];
}

function emitArithmetic(
  v: Values,
  precision: Precision,
  { compute, fits, zeros }: Arithmetic,
  inputs: readonly number[],
  result: Result,
): void {
  const value = v.scratch(precision.type);
  compute(v, precision, inputs);
  v.f.set(value);
  fits(v, precision, value);
  const rare = (): void => {
    if (!zeros) return result.call();
    isZeroOfZero(v, precision, value, zeros(inputs));
    choose(
      v,
      () => result.set(value),
      () => result.call(),
    );
  };
  choose(v, () => result.set(value), rare, true);
}

/** A helper whose output is single precision. */
function single(arithmetic: Arithmetic): InlineHelper {
  return (v, { outputs, inputs }, called) =>
    emitArithmetic(v, SINGLE, arithmetic, inputs, singleResult(v, outputs[0], called));
}

/** A helper with a double precision result, whose doubleword is the first input. */
function double(arithmetic: Arithmetic): InlineHelper {
  return (v, { inputs: [d, ...inputs] }, called) =>
    emitArithmetic(v, DOUBLE, arithmetic, inputs, doubleResult(v, doubleSlot(v, d), called));
}

const operands =
  (op: (precision: Precision) => Op): Arithmetic['compute'] =>
  (v, precision, inputs) => {
    for (const input of inputs) precision.get(v, input);
    v.f.op(op(precision));
  };

const normal: Arithmetic['fits'] = (v, precision, value) => precision.isNormal(v, value);
const ADD: Arithmetic = { compute: operands(({ add }) => add), fits: isFinite };
const SUBTRACT: Arithmetic = { compute: operands(({ sub }) => sub), fits: isFinite };
const SQUARE_ROOT: Arithmetic = { compute: operands(({ sqrt }) => sqrt), fits: isFinite };
const MULTIPLY: Arithmetic = { compute: operands(({ mul }) => mul), fits: normal, zeros: (inputs) => inputs };
const DIVIDE: Arithmetic = { compute: operands(({ div }) => div), fits: normal, zeros: ([a]) => [a] };

/** (addend, n, m, {@link Turn}): a product, and a sum with it. */
function emitMultiplyAccumulate(
  v: Values,
  precision: Precision,
  [addend, n, m, turn]: readonly number[],
  result: Result,
): void {
  const { f } = v;
  const { type, get, neg, add, sub, mul } = precision;
  const turned = v.constant(turn);
  if (turned === undefined) throw new Error('what a product is added to is not constant');
  const [product, sum] = [v.scratch(type), v.scratch(type, 1)];
  get(v, n);
  get(v, m);
  f.op(mul);
  f.set(product);
  get(v, addend);
  if (turned & Turn.Addend) f.op(neg);
  f.get(product);
  f.op(turned & Turn.Product ? sub : add);
  f.set(sum);
  precision.isNormal(v, product);
  isFinite(v, precision, sum);
  f.op(Op.i32_and);
  const rare = (): void => {
    isZeroOfZero(v, precision, product, [n, m]);
    isFinite(v, precision, sum);
    f.op(Op.i32_and);
    choose(
      v,
      () => result.set(sum),
      () => result.call(),
    );
  };
  choose(v, () => result.set(sum), rare, true);
}

const multiplyAccumulateSingle: InlineHelper = (v, { outputs, inputs }, called) =>
  emitMultiplyAccumulate(v, SINGLE, inputs, singleResult(v, outputs[0], called));

const multiplyAccumulateDouble: InlineHelper = (v, { inputs }, called) =>
  emitMultiplyAccumulate(v, DOUBLE, inputs, doubleResult(v, doubleSlot(v, inputs[0]), called));

/** VABS, VNEG of doubles: no arithmetic. */
function changeSign(op: Op): InlineHelper {
  return (v, { inputs: [d, m] }) =>
    v.words.set(doubleSlot(v, d), View.Double, () => {
      getDouble(v, m);
      v.f.op(op);
    });
}

/** N, Z, C, V of less, equal, greater. */
const RELATIONS = { less: 0x80000000 | 0, equal: 0x60000000, greater: 0x20000000 };

/** Ordered operands compare without flags; a NaN is the helper's. `second`: of doubles, whether there is another operand than 0. */
function comparison(precision: Precision, second: boolean): InlineHelper {
  return (v, { inputs }, called) => {
    const { f } = v;
    const { type, get, constant, less, equal, greater } = precision;
    const [a, b] = [v.scratch(type), v.scratch(type, 1)];
    get(v, inputs[0]);
    f.set(a);
    if (second) get(v, inputs[1]);
    else constant(v, 0);
    f.set(b);
    const compare = (op: Op): void => {
      f.get(a);
      f.get(b);
      f.op(op);
    };
    compare(less);
    compare(equal);
    compare(greater);
    f.op(Op.i32_or);
    f.op(Op.i32_or);
    modesAre(v, Fpscr.FZ, 0);
    f.op(Op.i32_and);
    const usual = (): void => {
      v.set(ArmSlot.Fpscr, () => {
        v.get(ArmSlot.Fpscr);
        f.i32Const(~Fpscr.NZCV);
        f.op(Op.i32_and);
        f.i32Const(RELATIONS.less);
        f.i32Const(RELATIONS.equal);
        f.i32Const(RELATIONS.greater);
        compare(equal);
        f.op(Op.select);
        compare(less);
        f.op(Op.select);
        f.op(Op.i32_or);
      });
    };
    const other = (): void => {
      callHelper(v, called);
      v.words.fetch(ArmSlot.Fpscr, View.Word);
    };
    choose(v, usual, other, true);
  };
}

/** Numbers from which on truncation does not fit, exclusive. */
const LIMITS = { signed: { low: -2147483649, high: 2147483648 }, unsigned: { low: -1, high: 4294967296 } };

/** To a 32-bit integer toward zero: (value, signed, truncating). Others round as FPSCR says: the helper's. */
function toInteger(get: (v: Values, slot: number) => void): InlineHelper {
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
const integerToDouble: InlineHelper = (v, { inputs }, called) => {
  const isSigned = v.constant(inputs[2]);
  const slot = doubleSlot(v, inputs[0]);
  if (isSigned === undefined) return doubleResult(v, slot, called).call();
  v.words.set(slot, View.Double, () => {
    v.get(inputs[1]);
    v.f.op(isSigned ? Op.f64_convert_i32_s : Op.f64_convert_i32_u);
  });
};

/** (integer, signed): exact, or rounded in the usual modes. */
const integerToSingle: InlineHelper = (v, { outputs, inputs }, called) => {
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
const singleToDouble: InlineHelper = (v, { inputs }, called) => {
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
const doubleToSingle: InlineHelper = (v, { outputs, inputs }, called) => {
  const { f } = v;
  const result = singleResult(v, outputs[0], called);
  const value = v.scratch(Type.f32);
  getDouble(v, inputs[0]);
  f.op(Op.f32_demote_f64);
  f.set(value);
  isNormal32(v, value);
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

const ENTRIES: readonly (readonly [{ readonly index: number }, InlineHelper])[] = [
  [HELPERS.vadds, single(ADD)],
  [HELPERS.vsubs, single(SUBTRACT)],
  [HELPERS.vmuls, single(MULTIPLY)],
  [HELPERS.vdivs, single(DIVIDE)],
  [HELPERS.vsqrts, single(SQUARE_ROOT)],
  [HELPERS.vmlas, multiplyAccumulateSingle],
  [HELPERS.vaddd, double(ADD)],
  [HELPERS.vsubd, double(SUBTRACT)],
  [HELPERS.vmuld, double(MULTIPLY)],
  [HELPERS.vdivd, double(DIVIDE)],
  [HELPERS.vsqrtd, double(SQUARE_ROOT)],
  [HELPERS.vmlad, multiplyAccumulateDouble],
  [HELPERS.vnegd, changeSign(Op.f64_neg)],
  [HELPERS.vabsd, changeSign(Op.f64_abs)],
  [HELPERS.vcvtsd, doubleToSingle],
  [HELPERS.vcvtds, singleToDouble],
  [HELPERS.vcmps, comparison(SINGLE, true)],
  [HELPERS.vcmpd, comparison(DOUBLE, true)],
  [HELPERS.vcmpzd, comparison(DOUBLE, false)],
  [
    HELPERS.vtois,
    toInteger((v, slot) => {
      getSingle(v, slot);
      v.f.op(Op.f64_promote_f32);
    }),
  ],
  [HELPERS.vtoid, toInteger(getDouble)],
  [HELPERS.vitod, integerToDouble],
  [HELPERS.vitos, integerToSingle],
];

/** The floating-point helpers that compiled code carries out itself, by index. */
export const INLINE_VFP: ReadonlyMap<number, InlineHelper> = new Map(
  ENTRIES.map(([{ index }, inline]) => [index, inline]),
);
