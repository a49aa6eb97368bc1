import type { HelperDef, HelperFn } from '../../tcg/helpers';
import { CP_REGISTERS, type CpAccess } from './cp15/registers';
import { ArmSlot, Bank, Mode, Psr } from './cpu-state';
import { EventWait, takeEvent } from './events';
import { ArmException, FaultStatus, SemihostingRequest, Vector, WaitForInterrupt } from './exceptions';
import { HELPERS, HELPER_DEFS, PARALLEL_NAMES } from './helpers';
import { NEON_ENTRIES } from './neon/operations';
import { NeonUnit } from './neon/unit';
import { defineVfpHelpers } from './vfp/helpers';
import { parallelOperation, reverseBits, selectBytes, usad8 } from './parallel';
import { currentMode, readCpsr, registerSlot, updateFlags, writeCpsr } from './psr';

const UNDEFINED = new ArmException(Vector.Undefined);
/** SMC is undefined without the Security Extensions, and its exception forgets ITSTATE as QEMU's does. */
const SECURE_MONITOR_CALL = new ArmException(Vector.Undefined, { losesIt: true });
const SUPERVISOR_CALL = new ArmException(Vector.SupervisorCall);
const BREAKPOINT = new ArmException(Vector.PrefetchAbort, { status: FaultStatus.DEBUG_EVENT });
const SEMIHOSTING = new SemihostingRequest();
const WAIT = new WaitForInterrupt();

/** The undefined instruction exception at the current instruction. */
export function raiseUndefined(): never {
  throw UNDEFINED;
}

/** What an MRS hides of the CPSR: the execution state. */
const EXECUTION_STATE = Psr.T | Psr.J | Psr.IL | Psr.IT_LOW | Psr.IT_HIGH;
/** What an exception return writes. */
const RETURN_MASK = -1;

/**
 * Where LDM and STM find a User mode register. SP and LR are the banked copies even in System mode, whose current ones
 * are elsewhere (UNPREDICTABLE there).
 */
function userSlot(env: Int32Array, n: number): number {
  if (n === 13) return ArmSlot.BankedSp + Bank.User;
  if (n === 14) return ArmSlot.BankedLr + Bank.User;
  return registerSlot(env, n, Mode.User);
}

/** What hints to the other vCPUs need of the CPU and its surroundings. */
export interface CpuHints {
  /** Whether a wait has nothing to wait for. */
  hasWork(): boolean;
  /** SEV: an event for every vCPU. */
  sendEvent(): void;
  /** YIELD: another vCPU may have the rest of the turn. */
  yield(): void;
}

/** The routines of {@link HELPERS} for one vCPU, by index. */
export function makeHelperTable(access: CpAccess, hints: CpuHints): readonly HelperFn[] {
  const { env } = access;
  const table: HelperFn[] = new Array<HelperFn>(HELPER_DEFS.length);
  const set = (helper: HelperDef, fn: HelperFn): void => {
    table[helper.index] = fn;
  };

  set(HELPERS.undefined, raiseUndefined);
  set(HELPERS.supervisorCall, () => {
    throw SUPERVISOR_CALL;
  });
  set(HELPERS.secureMonitorCall, () => {
    throw SECURE_MONITOR_CALL;
  });
  set(HELPERS.breakpoint, () => {
    throw BREAKPOINT;
  });
  set(HELPERS.pcAlignment, (pc) => {
    throw new ArmException(Vector.PrefetchAbort, { status: FaultStatus.ALIGNMENT, address: pc, losesIt: true });
  });
  set(HELPERS.semihosting, () => {
    throw SEMIHOSTING;
  });
  set(HELPERS.wfi, () => {
    env[ArmSlot.EventWait] = EventWait.No;
    if (!hints.hasWork()) throw WAIT;
    return 0;
  });
  set(HELPERS.wfe, () => {
    if (!takeEvent(env) && !hints.hasWork()) throw WAIT;
    return 0;
  });
  set(HELPERS.sev, () => {
    hints.sendEvent();
    return 0;
  });
  set(HELPERS.yield, () => {
    hints.yield();
    return 0;
  });

  set(HELPERS.cpsrRead, () => readCpsr(env) & ~EXECUTION_STATE);
  set(HELPERS.cpsrWrite, (value, mask) => {
    writeCpsr(env, value, mask);
    return 0;
  });
  set(HELPERS.cpsrWriteReturn, (value) => {
    writeCpsr(env, value, RETURN_MASK);
    env[ArmSlot.PC] &= env[ArmSlot.Thumb] ? ~1 : ~3;
    return 0;
  });
  set(HELPERS.setEnd, () => {
    env[ArmSlot.PsrRest] ^= Psr.E;
    updateFlags(env);
    return 0;
  });
  set(HELPERS.getUserRegister, (n) => env[userSlot(env, n)]);
  set(HELPERS.setUserRegister, (n, value) => {
    env[userSlot(env, n)] = value;
    return 0;
  });
  set(HELPERS.getBankedSp, (mode) => {
    if (currentMode(env) === Mode.System) raiseUndefined();
    return env[registerSlot(env, 13, mode)];
  });
  set(HELPERS.setBankedSp, (mode, value) => {
    env[registerSlot(env, 13, mode)] = value;
    return 0;
  });

  set(HELPERS.coprocRead, (index) => CP_REGISTERS[index].read?.(access) ?? 0);
  set(HELPERS.coprocWrite, (index, value) => {
    CP_REGISTERS[index].write?.(access, value);
    return 0;
  });

  set(HELPERS.cacheMaintenance, (index, operand) => {
    access.cacheMaintenance(CP_REGISTERS[index].name, operand >>> 0);
    return 0;
  });

  defineVfpHelpers(env, set);
  const neon = new NeonUnit(env);
  for (const [name, operation] of NEON_ENTRIES) {
    set(HELPERS.neon[name], (a, b, c, d) => {
      operation(neon, a, b, c, d);
      return 0;
    });
  }
  set(HELPERS.rbit, reverseBits);
  set(HELPERS.usad8, usad8);
  set(HELPERS.sel, selectBytes);
  for (const name of PARALLEL_NAMES) {
    const helper = HELPERS.parallel[name];
    const operation = parallelOperation(name);
    set(
      helper,
      helper.pure
        ? (a, b) => operation(a, b).value
        : (a, b) => {
            const { value, ge } = operation(a, b);
            env[ArmSlot.GE] = ge;
            return value;
          },
    );
  }
  return table;
}
