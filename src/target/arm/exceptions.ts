import { CpuLoopExit } from '../../tcg/helpers';
import { Cp15Slot } from './cp15/state';
import { ArmSlot, Mode, Psr } from './cpu-state';
import { readCpsr, switchMode, updateFlags } from './psr';

/** The exceptions with a vector (DDI 0406C B1.8). */
export enum Vector {
  Undefined = 0x04,
  SupervisorCall = 0x08,
  PrefetchAbort = 0x0c,
  DataAbort = 0x10,
  Irq = 0x18,
  Fiq = 0x1c,
}

/** Fault status values of the short-descriptor format (DDI 0406C B3.13.3). */
export const FaultStatus = {
  ALIGNMENT: 0x001,
  DEBUG_EVENT: 0x002,
  EXTERNAL: 0x008,
  /** DFSR.WnR: the access was a write. */
  WRITE: 0x800,
} as const;

/** An exception to take. pc and ITSTATE are those of the instruction that raised it. */
export class ArmException extends CpuLoopExit {
  readonly restoresState = true;
  /** For aborts: fault status and address (unsigned). */
  readonly status: number;
  readonly address: number;
  /** The exception is found without a look at ITSTATE: the SPSR gets 0. */
  readonly losesIt: boolean;

  constructor(
    readonly vector: Vector,
    { status = 0, address = 0, losesIt = false }: { status?: number; address?: number; losesIt?: boolean } = {},
  ) {
    super();
    this.status = status;
    this.address = address;
    this.losesIt = losesIt;
  }
}

/** A fetch for translation failed: the pc in the state is that of the block's first instruction already. */
export class ArmFetchAbort extends CpuLoopExit {
  readonly restoresState = false;
  constructor(
    readonly status: number,
    readonly address: number,
  ) {
    super();
  }
}

/** A semihosting request; execution goes on after the instruction. */
export class SemihostingRequest extends CpuLoopExit {
  readonly restoresState = true;
}

/** WFI with nothing pending. pc and ITSTATE already are those of the next instruction. */
export class WaitForInterrupt extends CpuLoopExit {
  readonly restoresState = false;
}

interface Entry {
  readonly mode: Mode;
  readonly mask: number;
  /** LR's distance from the pc of the instruction (preferred return addresses, B1.8.3). */
  readonly arm: number;
  readonly thumb: number;
}

const ENTRIES: Readonly<Record<Vector, Entry>> = {
  [Vector.Undefined]: { mode: Mode.Undefined, mask: Psr.I, arm: 4, thumb: 2 },
  [Vector.SupervisorCall]: { mode: Mode.Supervisor, mask: Psr.I, arm: 4, thumb: 2 },
  [Vector.PrefetchAbort]: { mode: Mode.Abort, mask: Psr.A | Psr.I, arm: 4, thumb: 4 },
  [Vector.DataAbort]: { mode: Mode.Abort, mask: Psr.A | Psr.I, arm: 8, thumb: 8 },
  [Vector.Irq]: { mode: Mode.Irq, mask: Psr.A | Psr.I, arm: 4, thumb: 4 },
  [Vector.Fiq]: { mode: Mode.Fiq, mask: Psr.A | Psr.I | Psr.F, arm: 4, thumb: 4 },
};

const SCTLR_V = 1 << 13;
const SCTLR_EE = 1 << 25;
const SCTLR_TE = 1 << 30;

/** DBGDSCR's method of debug entry, and its value for a BKPT instruction (DDI 0406C C11.11.20). */
const DSCR_MOE = 0x3c;
const MOE_BKPT = 3 << 2;

/** ITSTATE after an instruction (DDI 0406C A2.5.2). */
export function advanceIt(it: number): number {
  return it & 7 ? (it & 0xe0) | ((it << 1) & 0x1f) : 0;
}

/** Takes the exception: fault registers, then {@link enterVector}. */
export function takeException(env: Int32Array, exception: ArmException): void {
  const { vector, status, address } = exception;
  if (exception.losesIt) env[ArmSlot.CondExec] = 0;
  if (vector === Vector.PrefetchAbort) {
    env[Cp15Slot.IFSR] = status;
    env[Cp15Slot.IFAR] = address;
    if (status === FaultStatus.DEBUG_EVENT) env[Cp15Slot.DBGDSCR] = (env[Cp15Slot.DBGDSCR] & ~DSCR_MOE) | MOE_BKPT;
  } else if (vector === Vector.DataAbort) {
    env[Cp15Slot.DFSR] = status;
    env[Cp15Slot.DFAR] = address;
  } else if (vector === Vector.SupervisorCall) {
    const it = env[ArmSlot.CondExec];
    if (env[ArmSlot.Thumb] && it & 15) env[ArmSlot.CondExec] = advanceIt(it);
  }
  enterVector(env, vector);
}

/** Enters the vector's handler (DDI 0406C B1.8.5): mode, LR, SPSR, CPSR bits and pc. */
export function enterVector(env: Int32Array, vector: Vector): void {
  const { mode, mask, arm, thumb } = ENTRIES[vector];
  const sctlr = env[Cp15Slot.SCTLR];
  const offset = env[ArmSlot.Thumb] ? thumb : arm;
  const cpsr = readCpsr(env);
  switchMode(env, mode);
  env[ArmSlot.Spsr] = cpsr;
  env[ArmSlot.LR] = env[ArmSlot.PC] + offset;
  env[ArmSlot.CondExec] = 0;
  env[ArmSlot.Thumb] = sctlr & SCTLR_TE ? 1 : 0;
  const kept = env[ArmSlot.PsrRest] & ~(Psr.M | Psr.J | Psr.IL | Psr.E);
  env[ArmSlot.PsrRest] = kept | mask | mode | (sctlr & SCTLR_EE ? Psr.E : 0);
  env[ArmSlot.PC] = (sctlr & SCTLR_V ? 0xffff0000 : env[Cp15Slot.VBAR]) + vector;
  updateFlags(env);
}
