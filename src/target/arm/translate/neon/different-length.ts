import type { Temp } from '../../../../tcg/ir';
import { Cond } from '../../../../tcg/opcodes';
import { laneSpec } from '../../neon/lanes';
import type { NeonName } from '../../neon/operations';
import type { ArmContext } from '../context';
import { call, isDefined, registersOf, setWords, word, type Registers, type Three } from './operands';

/** Three registers of different lengths (DDI 0406C A7.4.2). Doublewords of lanes are pairs of words in IR. */

export interface DifferentLength extends Three {
  readonly u?: number;
  /** Of the shorter lanes; 3 is UNDEFINED. */
  readonly size: number;
}

export type Pair = readonly [low: Temp, high: Temp];

/** The doubleword that a word is as a signed or (u) unsigned number. */
const extended = ({ ir }: ArmContext, value: Temp, u: number): Pair => [value, u ? ir.const(0) : ir.sari(value, 31)];

const add = ({ ir }: ArmContext, a: Pair, b: Pair): Pair => ir.add2(...a, ...b);
const subtract = ({ ir }: ArmContext, a: Pair, b: Pair): Pair => ir.sub2(...a, ...b);

/** What an instruction does to lanes of 32 bits: their words, and the doubleword in the destination. */
export type LongWords = (c: ArmContext, n: Temp, m: Temp, u: number, acc: Pair) => Pair;

export const SUM: LongWords = (c, n, m, u) => add(c, extended(c, n, u), extended(c, m, u));
export const DIFFERENCE: LongWords = (c, n, m, u) => subtract(c, extended(c, n, u), extended(c, m, u));
export const ABSOLUTE_DIFFERENCE: LongWords = ({ ir }, n, m, u) => [
  ir.movcond(u ? Cond.gtu : Cond.gt, n, m, ir.sub(n, m), ir.sub(m, n)),
  ir.const(0),
];
export const PRODUCT: LongWords = ({ ir }, n, m, u) => (u ? ir.mulu2(n, m) : ir.muls2(n, m));

/** The result of `operation` added to the destination, or subtracted. */
export const accumulated =
  (operation: LongWords, subtracts = false): LongWords =>
  (c, n, m, u, acc) =>
    (subtracts ? subtract : add)(c, acc, operation(c, n, m, u, acc));

/** Lane `i` of doublewords in the registers from d`n` on. */
const doubleword = (n: number, i: number): Pair => [word(n, 2 * i), word(n, 2 * i + 1)];

/** Doublewords n and m to a quadword d; what is scalar is a doubleword of copies. */
export function longTo(
  c: ArmContext,
  { d, n, m }: Registers,
  f: { size: number; u?: number },
  name: NeonName,
  words?: LongWords,
): void {
  if (f.size < 2 || !words) {
    call(c, name, d, n, m, laneSpec(f.size, f.u));
    return;
  }
  const lanes = [0, 1].flatMap((i) => words(c, word(n, i), word(m, i), f.u ?? 0, doubleword(d, i)));
  setWords(c, d, lanes);
}

/** VADDL and its like. Those without `words` are operations of the register file for lanes of 32 bits, too. */
export function long(c: ArmContext, f: DifferentLength, name: NeonName, words?: LongWords): boolean {
  const registers = registersOf(f);
  if (f.size === 3 || !isDefined(c, registers.d)) return false;
  longTo(c, registers, f, name, words);
  return true;
}

/** VQDMULL and its like: lanes of 16 and 32 bits. */
export function longSaturating(c: ArmContext, f: DifferentLength, name: NeonName): boolean {
  return f.size > 0 && long(c, f, name);
}

/** VMULL of polynomials: bytes. */
export function longPolynomials(c: ArmContext, f: DifferentLength): boolean {
  return f.size === 0 && long(c, { ...f, u: 1 }, 'pmull');
}

/** VADDW, VSUBW: n is a quadword. */
export function wide(c: ArmContext, f: DifferentLength, subtracts: boolean): boolean {
  const { d, n, m } = registersOf(f);
  if (f.size === 3 || !isDefined(c, d, n)) return false;
  if (f.size < 2) {
    call(c, subtracts ? 'subw' : 'addw', d, n, m, laneSpec(f.size, f.u));
  } else {
    const of = subtracts ? subtract : add;
    setWords(
      c,
      d,
      [0, 1].flatMap((i) => of(c, doubleword(n, i), extended(c, word(m, i), f.u ?? 0))),
    );
  }
  return true;
}

/** VADDHN and its like: the upper halves of sums or differences of quadwords, rounded or not. */
export function highNarrow(c: ArmContext, f: DifferentLength, subtracts: boolean, rounds: boolean): boolean {
  const { d, n, m } = registersOf(f);
  if (f.size === 3 || !isDefined(c, n, m)) return false;
  if (f.size < 2) {
    call(c, `${rounds ? 'r' : ''}${subtracts ? 'sub' : 'add'}hn`, d, n, m, laneSpec(f.size));
    return true;
  }
  const { ir } = c;
  const half: Pair = [ir.const(0x80000000), ir.const(0)];
  setWords(
    c,
    d,
    [0, 1].map((i) => {
      const whole = (subtracts ? subtract : add)(c, doubleword(n, i), doubleword(m, i));
      return (rounds ? add(c, whole, half) : whole)[1];
    }),
  );
  return true;
}
