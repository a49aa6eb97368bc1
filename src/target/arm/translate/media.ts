import type { Temp } from '../../../tcg/ir';
import { Cond } from '../../../tcg/opcodes';
import { ArmGlobal } from '../cpu-state';
import { HELPERS, type ParallelName } from '../helpers';
import type { ArmContext } from './context';
import { setQ, type ThreeRegisters } from './multiply';

/** The signed saturation of a sum or difference, which sets Q. */
function saturate(c: ArmContext, result: Temp, a: Temp, overflow: Temp): Temp {
  const { ir } = c;
  const limit = ir.xori(ir.sari(a, 31), 0x7fffffff);
  setQ(c, ir.shri(overflow, 31));
  return ir.movcond(Cond.lt, overflow, ir.const(0), limit, result);
}

function addSaturate(c: ArmContext, a: Temp, b: Temp): Temp {
  const { ir } = c;
  const sum = ir.add(a, b);
  return saturate(c, sum, a, ir.andc(ir.xor(sum, a), ir.xor(a, b)));
}

function subSaturate(c: ArmContext, a: Temp, b: Temp): Temp {
  const { ir } = c;
  const difference = ir.sub(a, b);
  return saturate(c, difference, a, ir.and(ir.xor(difference, a), ir.xor(a, b)));
}

/** QADD, QSUB, QDADD, QDSUB: Rm plus or minus Rn (doubled with saturation). */
export function saturatingArithmetic(c: ArmContext, f: ThreeRegisters, subtract: boolean, double: boolean): boolean {
  const rn = c.reg(f.rn);
  const operand = double ? addSaturate(c, rn, rn) : rn;
  c.setReg(f.rd, (subtract ? subSaturate : addSaturate)(c, c.reg(f.rm), operand));
  return true;
}

/** `value` clamped to min..max; Q when that changes it. */
function clamp(c: ArmContext, value: Temp, min: number, max: number): Temp {
  const { ir } = c;
  const most = ir.const(max);
  const least = ir.const(min);
  const low = ir.movcond(Cond.gt, value, most, most, value);
  const result = ir.movcond(Cond.lt, low, least, least, low);
  setQ(c, ir.setcond(Cond.ne, result, value));
  return result;
}

const signedLimits = (sat: number): [number, number] => [-(2 ** sat), 2 ** sat - 1];
const unsignedLimits = (sat: number): [number, number] => [0, 2 ** sat - 1];

export interface Saturation {
  readonly rd: number;
  readonly rn: number;
  /** As encoded: SSAT saturates to sat+1 bits, USAT to sat. */
  readonly sat: number;
}

/** SSAT, USAT. `sh`: shift right arithmetically, by 32 for 0; else left. */
export function saturateWord(
  c: ArmContext,
  f: Saturation & { readonly imm5: number; readonly sh: number },
  signed: boolean,
): boolean {
  const rn = c.reg(f.rn);
  const value = f.sh ? c.ir.sari(rn, f.imm5 || 31) : c.ir.shli(rn, f.imm5);
  const [min, max] = signed ? signedLimits(f.sat) : unsignedLimits(f.sat);
  c.setReg(f.rd, clamp(c, value, min, max));
  return true;
}

/** SSAT16, USAT16. */
export function saturateHalves(c: ArmContext, f: Saturation, signed: boolean): boolean {
  const { ir } = c;
  const rn = c.reg(f.rn);
  const [min, max] = signed ? signedLimits(f.sat) : unsignedLimits(f.sat);
  const low = clamp(c, ir.ext16s(rn), min, max);
  const high = clamp(c, ir.sari(rn, 16), min, max);
  c.setReg(f.rd, ir.deposit(low, high, 16, 16));
  return true;
}

/** SADD16 and the like. */
export function parallel(c: ArmContext, name: ParallelName, f: ThreeRegisters): boolean {
  c.setReg(f.rd, c.ir.call(HELPERS.parallel[name], c.reg(f.rn), c.reg(f.rm)));
  return true;
}

export function select(c: ArmContext, f: ThreeRegisters): boolean {
  c.setReg(f.rd, c.ir.call(HELPERS.sel, ArmGlobal.GE, c.reg(f.rn), c.reg(f.rm)));
  return true;
}

/** USAD8, USADA8 (`ra` 15: none). */
export function sumOfDifferences(c: ArmContext, f: ThreeRegisters & { readonly ra?: number }): boolean {
  const sum = c.ir.call(HELPERS.usad8, c.reg(f.rn), c.reg(f.rm));
  c.setReg(f.rd, f.ra === undefined ? sum : c.ir.add(sum, c.reg(f.ra)));
  return true;
}

/** PKHBT, PKHTB (`tb`), whose shift right by 0 means 32. */
export function pack(c: ArmContext, f: ThreeRegisters & { readonly imm5: number; readonly tb: number }): boolean {
  const { ir } = c;
  const rn = c.reg(f.rn);
  const rm = c.reg(f.rm);
  c.setReg(f.rd, f.tb ? ir.deposit(rn, ir.sari(rm, f.imm5 || 31), 0, 16) : ir.deposit(ir.shli(rm, f.imm5), rn, 0, 16));
  return true;
}

export interface Extension {
  readonly rd: number;
  readonly rm: number;
  readonly rot: number;
  /** The register to add to; none for SXTB and the like. */
  readonly rn?: number;
}

/** SXTB, UXTAH and the like, by what they do to the rotated word. */
export function extend(c: ArmContext, f: Extension, unit: (c: ArmContext, value: Temp) => Temp): boolean {
  const value = unit(c, c.ir.rotri(c.reg(f.rm), 8 * f.rot));
  c.setReg(f.rd, f.rn === undefined ? value : c.ir.add(c.reg(f.rn), value));
  return true;
}

/** SXTB16, SXTAB16, UXTB16, UXTAB16: the halves are added apart. */
export function extendHalves(c: ArmContext, f: Extension, signed: boolean): boolean {
  const { ir } = c;
  const word = ir.rotri(c.reg(f.rm), 8 * f.rot);
  if (f.rn === undefined) {
    const value = signed ? ir.deposit(ir.ext8s(word), ir.sextract(word, 16, 8), 16, 16) : ir.andi(word, 0x00ff00ff);
    c.setReg(f.rd, value);
    return true;
  }
  const rn = c.reg(f.rn);
  const byte = (lsb: number): Temp => (signed ? ir.sextract(word, lsb, 8) : ir.extract(word, lsb, 8));
  const low = ir.add(rn, byte(0));
  const high = ir.add(ir.shri(rn, 16), byte(16));
  c.setReg(f.rd, ir.deposit(low, high, 16, 16));
  return true;
}

export interface TwoRegisters {
  readonly rd: number;
  readonly rm: number;
}

export function reverse16(c: ArmContext, f: TwoRegisters): boolean {
  const { ir } = c;
  const rm = c.reg(f.rm);
  c.setReg(f.rd, ir.or(ir.shli(ir.andi(rm, 0x00ff00ff), 8), ir.andi(ir.shri(rm, 8), 0x00ff00ff)));
  return true;
}

/** SBFX, UBFX. A field beyond bit 31 is UNPREDICTABLE: undefined here. */
export function bitFieldExtract(
  c: ArmContext,
  f: { readonly rd: number; readonly rn: number; readonly lsb: number; readonly widthm1: number },
  signed: boolean,
): boolean {
  if (f.lsb + f.widthm1 > 31) return false;
  const rn = c.reg(f.rn);
  c.setReg(f.rd, signed ? c.ir.sextract(rn, f.lsb, f.widthm1 + 1) : c.ir.extract(rn, f.lsb, f.widthm1 + 1));
  return true;
}

/** BFI, and BFC without `rn`. */
export function bitFieldInsert(
  c: ArmContext,
  f: { readonly rd: number; readonly rn?: number; readonly lsb: number; readonly msb: number },
): boolean {
  if (f.msb < f.lsb) return false;
  const width = f.msb - f.lsb + 1;
  const source = f.rn === undefined ? c.ir.const(0) : c.reg(f.rn);
  c.setReg(f.rd, c.ir.deposit(c.reg(f.rd), source, f.lsb, width));
  return true;
}

export function reverseBits(c: ArmContext, f: TwoRegisters): boolean {
  c.setReg(f.rd, c.ir.call(HELPERS.rbit, c.reg(f.rm)));
  return true;
}

/** REVSH */
export function reverseSignedHalf(c: ArmContext, f: TwoRegisters): boolean {
  c.setReg(f.rd, c.ir.ext16s(c.ir.bswap16(c.reg(f.rm))));
  return true;
}

export function reverse(c: ArmContext, f: TwoRegisters): boolean {
  c.setReg(f.rd, c.ir.bswap32(c.reg(f.rm)));
  return true;
}

export function countLeadingZeros(c: ArmContext, f: TwoRegisters): boolean {
  c.setReg(f.rd, c.ir.clz(c.reg(f.rm)));
  return true;
}

/** MOVW */
export function moveWide(c: ArmContext, f: { readonly rd: number; readonly imm16: number }): boolean {
  c.setReg(f.rd, c.ir.const(f.imm16));
  return true;
}

export function moveTop(c: ArmContext, f: { readonly rd: number; readonly imm16: number }): boolean {
  c.setReg(f.rd, c.ir.deposit(c.reg(f.rd), c.ir.const(f.imm16), 16, 16));
  return true;
}
