import { FloatFlag } from '../../../common/softfloat';
import type { InlineHelper } from '../../../tcg/wasm/block-nodes';
import { Op, Type } from '../../../tcg/wasm/opcodes';
import type { Values } from '../../../tcg/wasm/values';
import { ArmSlot, Fpscr } from '../cpu-state';
import { HELPERS } from '../helpers';

/*
 * Floating point in compiled code, by the host's own operations. Rounded to nearest, a result that is normal and finite is
 * the same on every IEEE 754 machine and raises no flag but inexact; while that is raised already there is nothing to find
 * out. Everything else is the helper's: zeros, subnormals, infinities, NaNs, other rounding, flush-to-zero.
 */

const ROUNDING = 3 << Fpscr.RMODE_SHIFT;
/** FPSCR's bits that must be as {@link USUAL} says. */
const MODES = ROUNDING | Fpscr.FZ | FloatFlag.INEXACT;
const USUAL = FloatFlag.INEXACT;

/** Encodings above the smallest normal number and below infinity, as a start and a length. */
const NORMAL_32 = { start: 0x00800001, length: 0x7f800000 - 0x00800001 };
const NORMAL_64 = { start: 0x0010000000000001n, length: 0x7ff0000000000000n - 0x0010000000000001n };
const MAGNITUDE_32 = 0x7fffffff;
const MAGNITUDE_64 = 0x7fffffffffffffffn;

/** Byte offset of a doubleword whose number an input gives. */
function doubleAt(v: Values, slot: number): number {
  const number = v.constant(slot);
  if (number === undefined) throw new Error('the number of a doubleword is not constant');
  return v.offset(ArmSlot.D0 + 2 * number);
}

function getDouble(v: Values, slot: number): void {
  v.f.i32Const(0);
  v.f.memory(Op.f64_load, 3, doubleAt(v, slot));
}

function getSingle(v: Values, slot: number): void {
  v.get(slot);
  v.f.op(Op.f32_reinterpret_i32);
}

function setDouble(v: Values, slot: number, local: number): void {
  v.f.i32Const(0);
  v.f.get(local);
  v.f.memory(Op.f64_store, 3, doubleAt(v, slot));
}

/** Leaves on the stack whether FPSCR's bits in `mask` are `value`. */
function modesAre(v: Values, mask: number, value: number): void {
  v.loadWord(ArmSlot.Fpscr);
  v.f.i32Const(mask);
  v.f.op(Op.i32_and);
  v.f.i32Const(value);
  v.f.op(Op.i32_eq);
}

function isNormal32({ f }: Values, bits: number): void {
  f.get(bits);
  f.i32Const(MAGNITUDE_32);
  f.op(Op.i32_and);
  f.i32Const(NORMAL_32.start);
  f.op(Op.i32_sub);
  f.i32Const(NORMAL_32.length);
  f.op(Op.i32_lt_u);
}

function isNormal64({ f }: Values, value: number): void {
  f.get(value);
  f.op(Op.i64_reinterpret_f64);
  f.i64Const(MAGNITUDE_64);
  f.op(Op.i64_and);
  f.i64Const(NORMAL_64.start);
  f.op(Op.i64_sub);
  f.i64Const(NORMAL_64.length);
  f.op(Op.i64_lt_u);
}

/** Where the value on the stack is not 0 does `usual`, else calls. */
function choose(v: Values, usual: () => void, called: () => void): void {
  v.f.if(true);
  usual();
  v.f.else();
  called();
  v.f.end();
}

/** An operation whose single precision result `compute` leaves on the stack. */
function single(compute: (v: Values, inputs: readonly number[]) => void): InlineHelper {
  return (v, { outputs, inputs }, called) => {
    const { f } = v;
    const bits = f.local();
    compute(v, inputs);
    f.op(Op.i32_reinterpret_f32);
    f.set(bits);
    isNormal32(v, bits);
    modesAre(v, MODES, USUAL);
    f.op(Op.i32_and);
    choose(v, () => v.set(outputs[0], () => f.get(bits)), called);
  };
}

/** An operation whose double precision result `compute` leaves on the stack; the first input names where it goes. */
function double(compute: (v: Values, inputs: readonly number[]) => void): InlineHelper {
  return (v, { inputs }, called) => {
    const { f } = v;
    const value = f.local(Type.f64);
    compute(v, inputs);
    f.set(value);
    isNormal64(v, value);
    modesAre(v, MODES, USUAL);
    f.op(Op.i32_and);
    choose(v, () => setDouble(v, inputs[0], value), called);
  };
}

function binary32(op: Op): InlineHelper {
  return single((v, [a, b]) => {
    getSingle(v, a);
    getSingle(v, b);
    v.f.op(op);
  });
}

function binary64(op: Op): InlineHelper {
  return double((v, [, n, m]) => {
    getDouble(v, n);
    getDouble(v, m);
    v.f.op(op);
  });
}

/** N, Z, C, V of less, equal, greater. */
const RELATIONS = { less: 0x80000000 | 0, equal: 0x60000000, greater: 0x20000000 };

interface Comparisons {
  readonly type: Type;
  readonly get: (v: Values, slot: number) => void;
  readonly less: Op;
  readonly equal: Op;
  readonly greater: Op;
}

/** Ordered operands compare without flags; a NaN is the helper's. */
function comparison({ type, get, less, equal, greater }: Comparisons): InlineHelper {
  return (v, { inputs }, called) => {
    const { f } = v;
    const [a, b] = [f.local(type), f.local(type)];
    get(v, inputs[0]);
    f.set(a);
    get(v, inputs[1]);
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
      v.storeWord(ArmSlot.Fpscr, () => {
        v.loadWord(ArmSlot.Fpscr);
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
    choose(v, usual, called);
  };
}

/** Numbers from which on truncation does not fit, exclusive. */
const LIMITS = { signed: { low: -2147483649, high: 2147483648 }, unsigned: { low: -1, high: 4294967296 } };

/** To a 32-bit integer toward zero: (value, signed, truncating). Others round as FPSCR says: the helper's. */
function toInteger(get: (v: Values, slot: number) => void): InlineHelper {
  return (v, { outputs, inputs }, called) => {
    const { f } = v;
    const isSigned = v.constant(inputs[1]);
    if (isSigned === undefined || !v.constant(inputs[2])) return called();
    const value = f.local(Type.f64);
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
    modesAre(v, Fpscr.FZ | FloatFlag.INEXACT, FloatFlag.INEXACT);
    f.op(Op.i32_and);
    const usual = (): void =>
      v.set(outputs[0], () => {
        f.get(value);
        f.op(isSigned ? Op.i32_trunc_f64_s : Op.i32_trunc_f64_u);
      });
    choose(v, usual, called);
  };
}

/** Integer to double precision: always exact. (d, integer, signed) */
const integerToDouble: InlineHelper = (v, { inputs }, called) => {
  const isSigned = v.constant(inputs[2]);
  if (isSigned === undefined) return called();
  const value = v.f.local(Type.f64);
  v.get(inputs[1]);
  v.f.op(isSigned ? Op.f64_convert_i32_s : Op.f64_convert_i32_u);
  v.f.set(value);
  setDouble(v, inputs[0], value);
};

/** (integer, signed) */
const integerToSingle: InlineHelper = (v, operation, called) => {
  const isSigned = v.constant(operation.inputs[1]);
  if (isSigned === undefined) return called();
  single((values, [integer]) => {
    values.get(integer);
    values.f.op(isSigned ? Op.f32_convert_i32_s : Op.f32_convert_i32_u);
  })(v, operation, called);
};

const ENTRIES: readonly (readonly [{ readonly index: number }, InlineHelper])[] = [
  [HELPERS.vadds, binary32(Op.f32_add)],
  [HELPERS.vsubs, binary32(Op.f32_sub)],
  [HELPERS.vmuls, binary32(Op.f32_mul)],
  [HELPERS.vdivs, binary32(Op.f32_div)],
  [HELPERS.vaddd, binary64(Op.f64_add)],
  [HELPERS.vsubd, binary64(Op.f64_sub)],
  [HELPERS.vmuld, binary64(Op.f64_mul)],
  [HELPERS.vdivd, binary64(Op.f64_div)],
  [
    HELPERS.vsqrts,
    single((v, [a]) => {
      getSingle(v, a);
      v.f.op(Op.f32_sqrt);
    }),
  ],
  [
    HELPERS.vsqrtd,
    double((v, [, m]) => {
      getDouble(v, m);
      v.f.op(Op.f64_sqrt);
    }),
  ],
  [
    HELPERS.vcvtsd,
    single((v, [m]) => {
      getDouble(v, m);
      v.f.op(Op.f32_demote_f64);
    }),
  ],
  [
    HELPERS.vcvtds,
    double((v, [, s]) => {
      getSingle(v, s);
      v.f.op(Op.f64_promote_f32);
    }),
  ],
  [
    HELPERS.vcmps,
    comparison({ type: Type.f32, get: getSingle, less: Op.f32_lt, equal: Op.f32_eq, greater: Op.f32_gt }),
  ],
  [
    HELPERS.vcmpd,
    comparison({ type: Type.f64, get: getDouble, less: Op.f64_lt, equal: Op.f64_eq, greater: Op.f64_gt }),
  ],
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
