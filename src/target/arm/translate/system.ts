import type { Temp } from '../../../tcg/ir';
import { DisasJump } from '../../../tcg/translator';
import { ArmGlobal, Psr } from '../cpu-state';
import { HELPERS } from '../helpers';
import { ArmJump, type ArmContext } from './context';

/** The PSR bits that exist on ARMv7-A. */
const VALID =
  Psr.NZCV | Psr.Q | Psr.IT_LOW | Psr.IT_HIGH | Psr.J | Psr.IL | Psr.GE | Psr.E | Psr.A | Psr.I | Psr.F | Psr.T | Psr.M;
/** Execution state: an MSR cannot write it. */
const EXECUTION_STATE = Psr.IT_LOW | Psr.IT_HIGH | Psr.J | Psr.IL | Psr.T;
/** What User mode may write. */
const USER_WRITABLE = Psr.NZCV | Psr.Q | Psr.GE | Psr.E;

/** MRS */
export function moveFromPsr(c: ArmContext, rd: number, spsr: number): boolean {
  if (spsr && c.isUser) return false;
  c.setReg(rd, spsr ? ArmGlobal.Spsr : c.ir.call(HELPERS.cpsrRead));
  return true;
}

/** MSR: the bytes of a PSR that `mask` (f, s, x, c from bit 3 down) names. */
export function moveToPsr(c: ArmContext, mask: number, spsr: number, value: Temp): boolean {
  let bits = 0;
  for (let i = 0; i < 4; i++) if (mask & (1 << i)) bits |= 0xff << (8 * i);
  return writePsr(c, bits & VALID, spsr, value);
}

function writePsr(c: ArmContext, mask: number, spsr: number, value: Temp): boolean {
  const { ir } = c;
  if (spsr) {
    if (c.isUser) return false;
    ir.mov(ArmGlobal.Spsr, ir.or(ir.andi(ArmGlobal.Spsr, ~mask), ir.andi(value, mask)));
  } else {
    const writable = mask & ~EXECUTION_STATE & (c.isUser ? USER_WRITABLE : -1);
    ir.call(HELPERS.cpsrWrite, value, ir.const(writable));
  }
  c.isJump = ArmJump.UpdateExit;
  return true;
}

export interface ChangeState {
  /** 2: enable (clear the mask bits), 3: disable. */
  readonly imod: number;
  /** 1: change to `mode`. */
  readonly m: number;
  readonly a: number;
  readonly i: number;
  readonly f: number;
  readonly mode: number;
}

/** CPS; does nothing in User mode. */
export function changeState(c: ArmContext, f: ChangeState): boolean {
  if (c.isUser) return true;
  let mask = 0;
  let value = 0;
  if (f.imod & 2) {
    mask = (f.a ? Psr.A : 0) | (f.i ? Psr.I : 0) | (f.f ? Psr.F : 0);
    if (f.imod & 1) value = mask;
  }
  if (f.m) {
    mask |= Psr.M;
    value |= f.mode;
  }
  return mask === 0 || writePsr(c, mask, 0, c.ir.const(value));
}

/** SETEND; ends the block only when it changes something. */
export function setEndian(c: ArmContext, big: number): boolean {
  if ((big === 1) !== c.bigEndian) {
    c.ir.call(HELPERS.setEnd);
    c.isJump = ArmJump.UpdateExit;
  }
  return true;
}

/** SVC: a semihosting request when its number says so. User mode may not make those. */
export function supervisorCall(c: ArmContext, imm: number): boolean {
  const request = c.thumb ? 0xab : 0x123456;
  if (c.settings.semihosting && !c.isUser && imm === request) c.raise(HELPERS.semihosting);
  else c.isJump = ArmJump.Svc;
  return true;
}

export function breakpoint(c: ArmContext): boolean {
  c.raise(HELPERS.breakpoint);
  return true;
}

/** HLT, which ARMv7 does not have, serves as a semihosting request too. */
export function halt(c: ArmContext, imm: number): boolean {
  const request = c.thumb ? 0x3c : 0xf000;
  if (!c.settings.semihosting || c.isUser || imm !== request) return false;
  c.raise(HELPERS.semihosting);
  return true;
}

export function waitForInterrupt(c: ArmContext): boolean {
  c.isJump = ArmJump.Wfi;
  return true;
}

/** WFE. With one vCPU a hint that only ends the block, as on QEMU. */
export function waitForEvent(c: ArmContext): boolean {
  c.isJump = c.settings.multiprocessor ? ArmJump.Wfe : ArmJump.UpdateExit;
  return true;
}

export function sendEvent(c: ArmContext): boolean {
  if (c.settings.multiprocessor) c.ir.call(HELPERS.sev);
  return true;
}

/** YIELD: a hint to run something else, so the block ends for the main loop. */
export function yieldToOthers(c: ArmContext): boolean {
  if (c.settings.multiprocessor) c.ir.call(HELPERS.yield);
  c.isJump = ArmJump.UpdateExit;
  return true;
}

/** ISB: the block ends, so that what follows is translated afresh. */
export function instructionBarrier(c: ArmContext): boolean {
  c.isJump = DisasJump.TooMany;
  return true;
}

export const nothing = (): boolean => true;
/** An encoding that this CPU takes for UNDEFINED. */
export const undefinedHere = (): boolean => false;

/** IT: the state for the following instructions. */
export function ifThen(c: ArmContext, f: { firstcond: number; mask: number }): boolean {
  c.setItNext((f.firstcond << 4) | f.mask);
  return true;
}

/** SMC, without the Security Extensions. */
export function secureMonitorCall(c: ArmContext): boolean {
  if (c.isUser) return false;
  c.raise(HELPERS.secureMonitorCall);
  return true;
}
