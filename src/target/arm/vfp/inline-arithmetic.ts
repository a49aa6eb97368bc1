import type { InlineHelper } from '../../../tcg/wasm/block-nodes';
import { View } from '../../../tcg/wasm/memory-words';
import { Op } from '../../../tcg/wasm/opcodes';
import type { Values } from '../../../tcg/wasm/values';
import { ArmSlot, Fpscr } from '../cpu-state';
import { callHelper, choose, doubleResult, singleResult, type Result } from './inline-results';
import {
  DOUBLE,
  SINGLE,
  doubleSlot,
  getDouble,
  isFinite,
  isNormal,
  isZeroOfZero,
  modesAre,
  type Precision,
} from './precision';
import { Turn } from './unit';

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
export function single(arithmetic: Arithmetic): InlineHelper {
  return (v, { outputs, inputs }, called) =>
    emitArithmetic(v, SINGLE, arithmetic, inputs, singleResult(v, outputs[0], called));
}

/** A helper with a double precision result, whose doubleword is the first input. */
export function double(arithmetic: Arithmetic): InlineHelper {
  return (v, { inputs: [d, ...inputs] }, called) =>
    emitArithmetic(v, DOUBLE, arithmetic, inputs, doubleResult(v, doubleSlot(v, d), called));
}

const operands =
  (op: (precision: Precision) => Op): Arithmetic['compute'] =>
  (v, precision, inputs) => {
    for (const input of inputs) precision.get(v, input);
    v.f.op(op(precision));
  };

export const ADD: Arithmetic = { compute: operands(({ add }) => add), fits: isFinite };
export const SUBTRACT: Arithmetic = { compute: operands(({ sub }) => sub), fits: isFinite };
export const SQUARE_ROOT: Arithmetic = { compute: operands(({ sqrt }) => sqrt), fits: isFinite };
export const MULTIPLY: Arithmetic = { compute: operands(({ mul }) => mul), fits: isNormal, zeros: (inputs) => inputs };
export const DIVIDE: Arithmetic = { compute: operands(({ div }) => div), fits: isNormal, zeros: ([a]) => [a] };

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
  isNormal(v, precision, product);
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

export const multiplyAccumulateSingle: InlineHelper = (v, { outputs, inputs }, called) =>
  emitMultiplyAccumulate(v, SINGLE, inputs, singleResult(v, outputs[0], called));

export const multiplyAccumulateDouble: InlineHelper = (v, { inputs }, called) =>
  emitMultiplyAccumulate(v, DOUBLE, inputs, doubleResult(v, doubleSlot(v, inputs[0]), called));

/** VABS, VNEG of doubles: no arithmetic. */
export function changeSign(op: Op): InlineHelper {
  return (v, { inputs: [d, m] }) =>
    v.words.set(doubleSlot(v, d), View.Double, () => {
      getDouble(v, m);
      v.f.op(op);
    });
}

/** N, Z, C, V of less, equal, greater. */
const RELATIONS = { less: 0x80000000 | 0, equal: 0x60000000, greater: 0x20000000 };

/** Ordered operands compare without flags; a NaN is the helper's. `second`: of doubles, whether there is another operand than 0. */
export function comparison(precision: Precision, second: boolean): InlineHelper {
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
