import type { Temp } from '../../../tcg/ir';
import { Cond } from '../../../tcg/opcodes';
import { ArmGlobal } from '../cpu-state';
import { setResultFlags } from './alu';
import type { ArmContext } from './context';

const { QF, NF, ZF } = ArmGlobal;

export interface ThreeRegisters {
  readonly rd: number;
  readonly rn: number;
  readonly rm: number;
}
export interface FourRegisters extends ThreeRegisters {
  readonly ra: number;
}
export interface LongRegisters {
  readonly rdlo: number;
  readonly rdhi: number;
  readonly rn: number;
  readonly rm: number;
}

/** A register number that is not there: no accumulator. */
export const NO_REGISTER = -1;

/** MUL, MLA. */
export function multiply(c: ArmContext, f: ThreeRegisters & { readonly ra?: number }, s: number): boolean {
  const product = c.ir.mul(c.reg(f.rn), c.reg(f.rm));
  const result = f.ra === undefined ? product : c.ir.add(product, c.reg(f.ra));
  if (s) setResultFlags(c, result);
  c.setReg(f.rd, result);
  return true;
}

/** MLS */
export function multiplySubtract(c: ArmContext, f: FourRegisters): boolean {
  c.setReg(f.rd, c.ir.sub(c.reg(f.ra), c.ir.mul(c.reg(f.rn), c.reg(f.rm))));
  return true;
}

/** UMULL, SMULL, UMLAL, SMLAL. */
export function multiplyLong(c: ArmContext, f: LongRegisters, signed: boolean, add: boolean, s: number): boolean {
  const { ir } = c;
  const a = c.reg(f.rn);
  const b = c.reg(f.rm);
  let [low, high] = signed ? ir.muls2(a, b) : ir.mulu2(a, b);
  if (add) [low, high] = ir.add2(low, high, c.reg(f.rdlo), c.reg(f.rdhi));
  if (s) {
    ir.mov(NF, high);
    ir.mov(ZF, ir.or(low, high));
  }
  setLong(c, f, low, high);
  return true;
}

function setLong(c: ArmContext, f: LongRegisters, low: Temp, high: Temp): void {
  c.setReg(f.rdlo, low);
  c.setReg(f.rdhi, high);
}

/** UMAAL: Rn * Rm + RdLo + RdHi, which cannot overflow 64 bits. */
export function multiplyAccumulateAccumulate(c: ArmContext, f: LongRegisters): boolean {
  const { ir } = c;
  const zero = ir.const(0);
  const [low, high] = ir.mulu2(c.reg(f.rn), c.reg(f.rm));
  const [low1, high1] = ir.add2(low, high, c.reg(f.rdlo), zero);
  const [low2, high2] = ir.add2(low1, high1, c.reg(f.rdhi), zero);
  setLong(c, f, low2, high2);
  return true;
}

/** One signed half of a register. */
function half(c: ArmContext, value: Temp, top: number | boolean): Temp {
  return top ? c.ir.sari(value, 16) : c.ir.ext16s(value);
}

const signWord = (c: ArmContext, value: Temp): Temp => c.ir.sari(value, 31);

/** `a + b`, setting Q when the signed sum overflows; the sum wraps. */
export function addSetQ(c: ArmContext, a: Temp, b: Temp): Temp {
  const { ir } = c;
  const sum = ir.add(a, b);
  setQ(c, ir.shri(ir.andc(ir.xor(sum, a), ir.xor(a, b)), 31));
  return sum;
}

/** Sets Q when `condition` is 1. */
export function setQ(c: ArmContext, condition: Temp): void {
  c.ir.mov(QF, c.ir.or(QF, condition));
}

/** SMULxy, SMLAxy. */
export function multiplyHalves(c: ArmContext, f: FourRegisters & { n: number; m: number }): boolean {
  const product = c.ir.mul(half(c, c.reg(f.rn), f.n), half(c, c.reg(f.rm), f.m));
  c.setReg(f.rd, f.ra === NO_REGISTER ? product : addSetQ(c, product, c.reg(f.ra)));
  return true;
}

/** SMLALxy */
export function multiplyHalvesLong(c: ArmContext, f: LongRegisters & { n: number; m: number }): boolean {
  const product = c.ir.mul(half(c, c.reg(f.rn), f.n), half(c, c.reg(f.rm), f.m));
  const [low, high] = c.ir.add2(product, signWord(c, product), c.reg(f.rdlo), c.reg(f.rdhi));
  setLong(c, f, low, high);
  return true;
}

/** SMULWy, SMLAWy: bits 47..16 of word times halfword. */
export function multiplyWordHalf(c: ArmContext, f: FourRegisters & { m: number }): boolean {
  const { ir } = c;
  const [low, high] = ir.muls2(c.reg(f.rn), half(c, c.reg(f.rm), f.m));
  const product = ir.or(ir.shri(low, 16), ir.shli(high, 16));
  c.setReg(f.rd, f.ra === NO_REGISTER ? product : addSetQ(c, product, c.reg(f.ra)));
  return true;
}

/** The products of the low and of the high halves, with Rm's halves exchanged when `x`. */
function dualProducts(c: ArmContext, rn: number, rm: number, x: number): [low: Temp, high: Temp] {
  const a = c.reg(rn);
  const b = c.reg(rm);
  return [c.ir.mul(half(c, a, 0), half(c, b, x)), c.ir.mul(half(c, a, 1), half(c, b, 1 - x))];
}

/** SMUAD, SMLAD: Q when the whole sum does not fit. */
export function dualMultiplyAdd(c: ArmContext, f: FourRegisters & { x: number }): boolean {
  const { ir } = c;
  const [low, high] = dualProducts(c, f.rn, f.rm, f.x);
  if (f.ra === NO_REGISTER) {
    c.setReg(f.rd, addSetQ(c, low, high));
    return true;
  }
  const ra = c.reg(f.ra);
  const [low1, high1] = ir.add2(low, signWord(c, low), high, signWord(c, high));
  const [low2, high2] = ir.add2(low1, high1, ra, signWord(c, ra));
  setQ(c, ir.setcond(Cond.ne, high2, signWord(c, low2)));
  c.setReg(f.rd, low2);
  return true;
}

/** SMUSD, SMLSD: the difference of the products cannot overflow. */
export function dualMultiplySubtract(c: ArmContext, f: FourRegisters & { x: number }): boolean {
  const [low, high] = dualProducts(c, f.rn, f.rm, f.x);
  const difference = c.ir.sub(low, high);
  c.setReg(f.rd, f.ra === NO_REGISTER ? difference : addSetQ(c, difference, c.reg(f.ra)));
  return true;
}

/** SMLALD, SMLSLD. */
export function dualMultiplyLong(c: ArmContext, f: LongRegisters & { x: number }, subtract: boolean): boolean {
  const { ir } = c;
  const [low, high] = dualProducts(c, f.rn, f.rm, f.x);
  const combine = subtract ? ir.sub2.bind(ir) : ir.add2.bind(ir);
  const [low1, high1] = combine(low, signWord(c, low), high, signWord(c, high));
  const [low2, high2] = ir.add2(low1, high1, c.reg(f.rdlo), c.reg(f.rdhi));
  setLong(c, f, low2, high2);
  return true;
}

/** SMMUL, SMMLA, SMMLS: the most significant word, rounded when `r`. SMMLS of r15 (UNPREDICTABLE) is SMMUL. */
export function multiplyMostSignificant(c: ArmContext, f: FourRegisters & { r: number }, subtract: boolean): boolean {
  const { ir } = c;
  let [low, high] = ir.muls2(c.reg(f.rn), c.reg(f.rm));
  if (subtract && f.ra !== 15) [low, high] = ir.sub2(ir.const(0), c.reg(f.ra), low, high);
  else if (f.ra !== NO_REGISTER && f.ra !== 15) high = ir.add(high, c.reg(f.ra));
  c.setReg(f.rd, f.r ? ir.add(high, ir.shri(low, 31)) : high);
  return true;
}
