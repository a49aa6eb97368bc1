import type { Temp } from '../../../../tcg/ir';
import { Cond } from '../../../../tcg/opcodes';
import { laneSpec } from '../../neon/lanes';
import type { NeonName } from '../../neon/operations';
import type { ArmContext } from '../context';
import { call, isDefinedFor, registersOf, repeated, word, wordCount, type Registers, type Three } from './operands';

/** Three registers of the same length (DDI 0406C A7.4.1). */

export interface SameLength extends Three {
  readonly q: number;
}
export interface Sized extends SameLength {
  readonly size: number;
  readonly u?: number;
}

/** An operation on words in IR; `d` is the destination's old one. */
type WordOperation = (c: ArmContext, n: Temp, m: Temp, d: Temp) => Temp;

function eachWord(c: ArmContext, q: number, { d, n, m }: Registers, operation: WordOperation): void {
  for (let i = 0; i < wordCount(q); i++) c.ir.mov(word(d, i), operation(c, word(n, i), word(m, i), word(d, i)));
}

/** The registers, or undefined where they or the state make the instruction UNDEFINED. */
function defined(c: ArmContext, f: SameLength): Registers | undefined {
  const registers = registersOf(f);
  return isDefinedFor(c, f.q, registers.d, registers.n, registers.m) ? registers : undefined;
}

/** VAND and its like: bits. */
export function bitwise(c: ArmContext, f: SameLength, operation: WordOperation): boolean {
  const registers = defined(c, f);
  if (!registers) return false;
  eachWord(c, f.q, registers, operation);
  return true;
}

export const AND: WordOperation = ({ ir }, n, m) => ir.and(n, m);
export const AND_NOT: WordOperation = ({ ir }, n, m) => ir.andc(n, m);
/** VMOV (register) is this of one register. */
export const OR: WordOperation = ({ ir }, n, m) => (n === m ? n : ir.or(n, m));
export const OR_NOT: WordOperation = ({ ir }, n, m) => ir.or(n, ir.not(m));
export const XOR: WordOperation = ({ ir }, n, m) => ir.xor(n, m);
/** VBSL: n where d has ones, else m. */
export const SELECT: WordOperation = ({ ir }, n, m, d) => ir.xor(m, ir.and(ir.xor(n, m), d));
/** VBIT and VBIF: n where m has ones, or zeros, else d. */
export const INSERT_IF_TRUE: WordOperation = ({ ir }, n, m, d) => ir.xor(d, ir.and(ir.xor(n, d), m));
export const INSERT_IF_FALSE: WordOperation = ({ ir }, n, m, d) => ir.xor(d, ir.andc(ir.xor(n, d), m));

/** VADD, VSUB: lanes of 8 and 16 bits without their top bits, which carry nothing on, and then those. */
export function addOrSubtract(c: ArmContext, f: Sized, subtracts: boolean): boolean {
  const registers = defined(c, f);
  if (!registers) return false;
  if (f.size === 3) addDoublewords(c, f.q, registers, subtracts);
  else eachWord(c, f.q, registers, f.size === 2 ? (subtracts ? SUBTRACT : ADD) : inLanes(8 << f.size, subtracts));
  return true;
}

const ADD: WordOperation = ({ ir }, n, m) => ir.add(n, m);
const SUBTRACT: WordOperation = ({ ir }, n, m) => ir.sub(n, m);

function inLanes(bits: number, subtracts: boolean): WordOperation {
  const top = repeated(1 << (bits - 1), bits);
  return ({ ir }, n, m) =>
    subtracts
      ? ir.xor(ir.sub(ir.ori(n, top), ir.andi(m, ~top)), ir.andc(ir.const(top), ir.xor(n, m)))
      : ir.xor(ir.add(ir.andi(n, ~top), ir.andi(m, ~top)), ir.andi(ir.xor(n, m), top));
}

function addDoublewords({ ir }: ArmContext, q: number, { d, n, m }: Registers, subtracts: boolean): void {
  for (let i = 0; i < wordCount(q); i += 2) {
    const operands = [word(n, i), word(n, i + 1), word(m, i), word(m, i + 1)] as const;
    const [low, high] = subtracts ? ir.sub2(...operands) : ir.add2(...operands);
    ir.mov(word(d, i), low);
    ir.mov(word(d, i + 1), high);
  }
}

/** What the peer and the manual want of a lane's size. */
type Sizes = readonly number[];
export const ALL_SIZES: Sizes = [0, 1, 2, 3];
export const UP_TO_32: Sizes = [0, 1, 2];
export const BYTES: Sizes = [0];
export const HALVES_AND_WORDS: Sizes = [1, 2];

/** An operation of the register file by its name. */
export function operation(c: ArmContext, f: Sized, name: NeonName, sizes: Sizes): boolean {
  const registers = defined(c, f);
  if (!registers || !sizes.includes(f.size)) return false;
  call(c, name, registers.d, registers.n, registers.m, laneSpec(f.size, f.u, f.q));
  return true;
}

/** As {@link operation}, words in IR. */
export function operationOrWords(c: ArmContext, f: Sized, name: NeonName, words: WordOperation): boolean {
  return f.size === 2 ? bitwise(c, f, words) : operation(c, f, name, UP_TO_32);
}

/** VSHL (register) and its like: what is shifted is m. */
export function shiftByRegister(c: ArmContext, f: Sized, name: NeonName): boolean {
  const { vn, n, vm, m } = f;
  return operation(c, { ...f, vn: vm, n: m, vm: vn, m: n }, name, ALL_SIZES);
}

/** Pairs, of doublewords only. */
export function pairs(c: ArmContext, f: Sized, name: NeonName): boolean {
  return f.q === 0 && operation(c, f, name, UP_TO_32);
}

/** A comparison of words: all ones where it holds. */
const comparison =
  (cond: Cond): WordOperation =>
  ({ ir }, n, m) =>
    ir.neg(ir.setcond(cond, n, m));

export const greater = (u: number): WordOperation => comparison(u ? Cond.gtu : Cond.gt);
export const greaterOrEqual = (u: number): WordOperation => comparison(u ? Cond.geu : Cond.ge);
export const EQUAL = comparison(Cond.eq);
export const TEST_BITS: WordOperation = ({ ir }, n, m) => ir.neg(ir.setcond(Cond.ne, ir.and(n, m), ir.const(0)));

export const maximum =
  (u: number): WordOperation =>
  ({ ir }, n, m) =>
    ir.movcond(u ? Cond.gtu : Cond.gt, n, m, n, m);
export const minimum =
  (u: number): WordOperation =>
  ({ ir }, n, m) =>
    ir.movcond(u ? Cond.ltu : Cond.lt, n, m, n, m);

export const MULTIPLY: WordOperation = ({ ir }, n, m) => ir.mul(n, m);
export const MULTIPLY_ADD: WordOperation = ({ ir }, n, m, d) => ir.add(d, ir.mul(n, m));
export const MULTIPLY_SUBTRACT: WordOperation = ({ ir }, n, m, d) => ir.sub(d, ir.mul(n, m));
