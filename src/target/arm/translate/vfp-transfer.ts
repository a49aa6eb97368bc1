import { MemOp } from '../../../tcg/memop';
import { ArmGlobal, Fpscr } from '../cpu-state';
import { HELPERS } from '../helpers';
import { ArmJump, type ArmContext } from './context';
import { doubleNumber, highWord, lowWord, registerNumber, single, singleNumber } from './vfp-registers';

/** Moves between core and floating-point registers, loads and stores. */

/** VMOV between a core register and a single. */
export function moveSingle(c: ArmContext, f: { vn: number; n: number; rt: number }, toCore: boolean): boolean {
  if (!c.vfpEnabled) return false;
  const s = single(singleNumber(f.vn, f.n));
  if (toCore) c.setReg(f.rt, s);
  else c.ir.mov(s, c.reg(f.rt));
  return true;
}

export interface PairMove {
  readonly rt: number;
  readonly rt2: number;
  readonly vm: number;
  readonly m: number;
}

/** VMOV between two core registers and two singles or a double. */
export function movePair(c: ArmContext, f: PairMove, double: boolean, toCore: boolean): boolean {
  if (!c.vfpEnabled) return false;
  const first = double ? 2 * doubleNumber(f.vm, f.m) : singleNumber(f.vm, f.m);
  if (!double && first === 31) return false;
  if (toCore) {
    c.setReg(f.rt, single(first));
    c.setReg(f.rt2, single(first + 1));
  } else {
    c.ir.mov(single(first), c.reg(f.rt));
    c.ir.mov(single(first + 1), c.reg(f.rt2));
  }
  return true;
}

/** A scalar's size in bits and its place in its doubleword (DDI 0406C A8.8.341); undefined where opc1:opc2 mean none. */
function scalar(opc1: number, opc2: number): { size: number; lsb: number } | undefined {
  if (opc1 & 2) return { size: 8, lsb: 8 * (((opc1 & 1) << 2) | opc2) };
  if (opc2 & 1) return { size: 16, lsb: 16 * (((opc1 & 1) << 1) | (opc2 >>> 1)) };
  return opc2 === 0 ? { size: 32, lsb: 32 * (opc1 & 1) } : undefined;
}

/** VMOV (core register to scalar). */
export function moveToScalar(
  c: ArmContext,
  f: { opc1: number; opc2: number; vd: number; d: number; rt: number },
): boolean {
  const place = scalar(f.opc1, f.opc2);
  if (!place || !c.vfpEnabled) return false;
  const d = doubleNumber(f.vd, f.d);
  const word = place.lsb < 32 ? lowWord(d) : highWord(d);
  c.ir.mov(word, c.ir.deposit(word, c.reg(f.rt), place.lsb & 31, place.size));
  return true;
}

/** VMOV (scalar to core register). */
export function moveFromScalar(
  c: ArmContext,
  f: { u: number; opc1: number; opc2: number; vn: number; n: number; rt: number },
): boolean {
  const place = scalar(f.opc1, f.opc2);
  if (!place || (place.size === 32 && f.u) || !c.vfpEnabled) return false;
  const n = doubleNumber(f.vn, f.n);
  const word = place.lsb < 32 ? lowWord(n) : highWord(n);
  const { ir } = c;
  const lsb = place.lsb & 31;
  c.setReg(f.rt, f.u ? ir.extract(word, lsb, place.size) : ir.sextract(word, lsb, place.size));
  return true;
}

/** VDUP (core register): b and e tell the size, q a quadword. */
export function duplicate(
  c: ArmContext,
  f: { b: number; e: number; q: number; vd: number; d: number; rt: number },
): boolean {
  if ((f.b && f.e) || (f.q && f.vd & 1) || !c.vfpEnabled) return false;
  const { ir } = c;
  const value = c.reg(f.rt);
  const element = f.b ? ir.ext8u(value) : f.e ? ir.ext16u(value) : ir.copy(value);
  const word = f.b ? ir.mul(element, ir.const(0x01010101)) : f.e ? ir.mul(element, ir.const(0x00010001)) : element;
  const d = doubleNumber(f.vd, f.d);
  for (let n = 2 * d; n < 2 * (d + 1 + f.q); n++) ir.mov(single(n), word);
  return true;
}

/** Numbers of the floating-point system registers (DDI 0406C B4.1). */
const SystemRegister = { FPSID: 0, FPSCR: 1, MVFR1: 6, MVFR0: 7, FPEXC: 8 } as const;

/** VMRS. All but FPSCR are privileged, and there while floating point is switched off. */
export function readSystemRegister(c: ArmContext, f: { reg: number; rt: number }): boolean {
  const { ir } = c;
  const { model } = c.settings;
  if (f.reg === SystemRegister.FPSCR ? !c.vfpEnabled : c.isUser || !c.vfpAllowed) return false;
  switch (f.reg) {
    case SystemRegister.FPSCR:
      if (f.rt === 15) c.setNzcv(ir.andi(ArmGlobal.Fpscr, Fpscr.NZCV));
      else ir.mov(f.rt, ArmGlobal.Fpscr);
      return true;
    case SystemRegister.FPSID:
      c.setReg(f.rt, ir.const(model.fpsid));
      return true;
    case SystemRegister.MVFR0:
      c.setReg(f.rt, ir.const(model.mvfr0));
      return true;
    case SystemRegister.MVFR1:
      c.setReg(f.rt, ir.const(model.mvfr1));
      return true;
    case SystemRegister.FPEXC:
      c.setReg(f.rt, ArmGlobal.Fpexc);
      return true;
    default:
      return false;
  }
}

/** VMSR. Writes of the identification registers are ignored. */
export function writeSystemRegister(c: ArmContext, f: { reg: number; rt: number }): boolean {
  if (f.reg === SystemRegister.FPSCR ? !c.vfpEnabled : c.isUser || !c.vfpAllowed) return false;
  switch (f.reg) {
    case SystemRegister.FPSCR:
      c.ir.call(HELPERS.fpscrWrite, c.reg(f.rt));
      c.isJump = ArmJump.UpdateExit;
      return true;
    case SystemRegister.FPEXC:
      c.ir.call(HELPERS.fpexcWrite, c.reg(f.rt));
      c.isJump = ArmJump.UpdateExit;
      return true;
    case SystemRegister.FPSID:
    case SystemRegister.MVFR0:
    case SystemRegister.MVFR1:
      return true;
    default:
      return false;
  }
}

const WORD = MemOp.UL | MemOp.ALIGN;
/** A doubleword is one access that must be aligned to a word. */
const DOUBLEWORD = MemOp.UQ | MemOp.ALIGN4;

function access(c: ArmContext, sz: number, register: number, address: number, isLoad: boolean): void {
  const { ir } = c;
  if (!sz) {
    if (isLoad) ir.mov(single(register), c.load(address, WORD));
    else c.store(single(register), address, WORD);
  } else if (isLoad) {
    const [low, high] = ir.load64(address, c.memop(DOUBLEWORD));
    ir.mov(lowWord(register), low);
    ir.mov(highWord(register), high);
  } else {
    ir.store64(lowWord(register), highWord(register), address, c.memop(DOUBLEWORD));
  }
}

export interface Transfer {
  readonly u: number;
  readonly d: number;
  readonly rn: number;
  readonly vd: number;
  readonly sz: number;
  readonly imm8: number;
}

/** VLDR, VSTR. */
export function loadStore(c: ArmContext, f: Transfer, isLoad: boolean): boolean {
  if (!c.vfpEnabled) return false;
  const address = c.ir.addi(c.base(f.rn), f.u ? 4 * f.imm8 : -4 * f.imm8);
  access(c, f.sz, registerNumber(f.sz, f.vd, f.d), address, isLoad);
  return true;
}

/** VLDM, VSTM, VPUSH, VPOP. An odd count of words is FLDMX's: one word of the address range stays untouched. */
export function loadStoreMultiple(c: ArmContext, f: Transfer & { p: number; w: number }, isLoad: boolean): boolean {
  if (f.p === f.u || (f.p === 1 && f.w === 0)) return false;
  const first = registerNumber(f.sz, f.vd, f.d);
  const count = f.sz ? f.imm8 >>> 1 : f.imm8;
  if (count === 0 || first + count > 32 || (f.sz && count > 16)) return false;
  if ((f.rn === 15 && f.w) || !c.vfpEnabled) return false;
  const { ir } = c;
  const base = c.base(f.rn);
  const from = f.p ? -4 * f.imm8 : 0;
  const step = f.sz ? 8 : 4;
  for (let i = 0; i < count; i++) access(c, f.sz, first + i, ir.addi(base, from + step * i), isLoad);
  if (f.w) c.setReg(f.rn, ir.addi(base, f.u ? 4 * f.imm8 : -4 * f.imm8));
  return true;
}
