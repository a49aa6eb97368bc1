import { ArmMmuIndex, ArmSlot, Bank, FPEXC_EN, Fpscr, Mode, PSR_REST, Psr, TbFlag, bankOf } from './cpu-state';
import { Cp15Slot } from './cp15/state';

type Env = Int32Array;

/** The CPSR as an exception would save it. */
export function readCpsr(env: Env): number {
  const it = env[ArmSlot.CondExec];
  return (
    (env[ArmSlot.NF] & Psr.N) |
    (env[ArmSlot.ZF] === 0 ? Psr.Z : 0) |
    (env[ArmSlot.CF] << 29) |
    ((env[ArmSlot.VF] >>> 31) << 28) |
    (env[ArmSlot.QF] << 27) |
    (env[ArmSlot.GE] << 16) |
    ((it & 3) << 25) |
    ((it >>> 2) << 10) |
    (env[ArmSlot.Thumb] << 5) |
    env[ArmSlot.PsrRest]
  );
}

/** Sets N, Z, C and V from bits 31..28 of `value`. */
export function writeNzcv(env: Env, value: number): void {
  env[ArmSlot.NF] = value & Psr.N;
  env[ArmSlot.ZF] = value & Psr.Z ? 0 : 1;
  env[ArmSlot.CF] = (value >>> 29) & 1;
  env[ArmSlot.VF] = value << 3;
}

/**
 * Writes the CPSR's bits that `mask` names. An instruction (not `raw`) that asks for a mode this CPU does not have, or
 * for any other mode from User mode, leaves the mode as it is.
 */
export function writeCpsr(env: Env, value: number, mask: number, raw = false): void {
  if (mask & Psr.NZCV) writeNzcv(env, value);
  if (mask & Psr.Q) env[ArmSlot.QF] = value & Psr.Q ? 1 : 0;
  if (mask & Psr.GE) env[ArmSlot.GE] = (value >>> 16) & 15;
  if (mask & Psr.T) env[ArmSlot.Thumb] = (value >>> 5) & 1;
  if (mask & Psr.IT_LOW) env[ArmSlot.CondExec] = (env[ArmSlot.CondExec] & ~3) | ((value >>> 25) & 3);
  if (mask & Psr.IT_HIGH) env[ArmSlot.CondExec] = (env[ArmSlot.CondExec] & 3) | ((value >>> 8) & 0xfc);
  let rest = mask & PSR_REST;
  const mode = currentMode(env);
  const wanted = value & mask & Psr.M;
  if (rest & Psr.M && wanted !== mode) {
    if ((!raw && mode === Mode.User) || bankOf(wanted) === undefined) rest &= ~Psr.M;
    else switchMode(env, wanted);
  }
  env[ArmSlot.PsrRest] = (env[ArmSlot.PsrRest] & ~rest) | (value & rest);
  updateFlags(env);
}

/** CPSR.M */
export function currentMode(env: Env): number {
  return env[ArmSlot.PsrRest] & Psr.M;
}

/** Banks the current mode's registers and brings in those of `mode`. The caller sets CPSR.M. */
export function switchMode(env: Env, mode: number): void {
  const old = currentMode(env);
  if (old === mode) return;
  if (old === Mode.Fiq) exchangeHighRegisters(env, ArmSlot.FiqR8, ArmSlot.UserR8);
  else if (mode === Mode.Fiq) exchangeHighRegisters(env, ArmSlot.UserR8, ArmSlot.FiqR8);
  const from = bankOf(old) ?? Bank.User;
  env[ArmSlot.BankedSp + from] = env[ArmSlot.SP];
  env[ArmSlot.BankedLr + from] = env[ArmSlot.LR];
  env[ArmSlot.BankedSpsr + from] = env[ArmSlot.Spsr];
  const to = bankOf(mode) ?? Bank.User;
  env[ArmSlot.SP] = env[ArmSlot.BankedSp + to];
  env[ArmSlot.LR] = env[ArmSlot.BankedLr + to];
  env[ArmSlot.Spsr] = env[ArmSlot.BankedSpsr + to];
}

function exchangeHighRegisters(env: Env, saveTo: number, loadFrom: number): void {
  for (let i = 0; i < 5; i++) {
    env[saveTo + i] = env[ArmSlot.R8 + i];
    env[ArmSlot.R8 + i] = env[loadFrom + i];
  }
}

/** Slot that holds register `n` (0..15) of `mode` now. */
export function registerSlot(env: Env, n: number, mode: number): number {
  const current = currentMode(env);
  if (n >= 8 && n <= 12 && (mode === Mode.Fiq) !== (current === Mode.Fiq)) {
    return (mode === Mode.Fiq ? ArmSlot.FiqR8 : ArmSlot.UserR8) + n - 8;
  }
  const bank = bankOf(mode) ?? Bank.User;
  if ((n === 13 || n === 14) && bank !== bankOf(current)) {
    return (n === 13 ? ArmSlot.BankedSp : ArmSlot.BankedLr) + bank;
  }
  return ArmSlot.R0 + n;
}

/** Slot that holds the SPSR of `mode` now. */
export function spsrSlot(env: Env, mode: number): number {
  const bank = bankOf(mode) ?? Bank.User;
  return bank === bankOf(currentMode(env)) ? ArmSlot.Spsr : ArmSlot.BankedSpsr + bank;
}

/** SCTLR.A: alignment checking. */
const SCTLR_A = 2;

/** Brings {@link ArmSlot.HFlags} up to date after a change of the CPSR or of the control registers. */
export function updateFlags(env: Env): void {
  const rest = env[ArmSlot.PsrRest];
  const index = (rest & Psr.M) === Mode.User ? ArmMmuIndex.User : ArmMmuIndex.Privileged;
  env[ArmSlot.HFlags] =
    (index << TbFlag.MMU_INDEX_SHIFT) |
    (rest & Psr.E ? TbFlag.BIG_ENDIAN : 0) |
    (env[Cp15Slot.SCTLR] & SCTLR_A ? TbFlag.ALIGN : 0) |
    (rest & Psr.IL ? TbFlag.ILLEGAL : 0) |
    vfpFlags(env, index === ArmMmuIndex.User);
}

/** What of the floating-point state the translation depends on. */
function vfpFlags(env: Env, isUser: boolean): number {
  const fpscr = env[ArmSlot.Fpscr];
  const access = (env[Cp15Slot.CPACR] >>> 20) & 3;
  const allowed = access === 3 || (access === 1 && !isUser);
  return (
    (env[ArmSlot.Fpexc] & FPEXC_EN ? TbFlag.VFP_ENABLED : 0) |
    (allowed ? 0 : TbFlag.VFP_DENIED) |
    (((fpscr >>> Fpscr.STRIDE_SHIFT) & 3) << TbFlag.VFP_STRIDE_SHIFT) |
    (((fpscr >>> Fpscr.LENGTH_SHIFT) & 7) << TbFlag.VFP_LENGTH_SHIFT)
  );
}

const MODE_NAMES: Readonly<Record<number, string>> = {
  [Mode.User]: 'usr',
  [Mode.Fiq]: 'fiq',
  [Mode.Irq]: 'irq',
  [Mode.Supervisor]: 'svc',
  [Mode.Abort]: 'abt',
  [Mode.Undefined]: 'und',
  [Mode.System]: 'sys',
};

/** A PSR spelled out, e.g. `NzCv q ge=0000 IT=00 A I F ARM svc`: capitals are set; j and E only when set. */
export function describePsr(psr: number): string {
  const flag = (mask: number, name: string): string => (psr & mask ? name.toUpperCase() : name.toLowerCase());
  const it = ((psr >>> 25) & 3) | ((psr >>> 8) & 0xfc);
  return [
    flag(Psr.N, 'n') + flag(Psr.Z, 'z') + flag(Psr.C, 'c') + flag(Psr.V, 'v'),
    flag(Psr.Q, 'q'),
    `ge=${((psr >>> 16) & 15).toString(2).padStart(4, '0')}`,
    `IT=${it.toString(16).padStart(2, '0')}`,
    ...(psr & Psr.E ? ['E'] : []),
    flag(Psr.A, 'a'),
    flag(Psr.I, 'i'),
    flag(Psr.F, 'f'),
    psr & Psr.J ? (psr & Psr.T ? 'ThumbEE' : 'Jazelle') : psr & Psr.T ? 'Thumb' : 'ARM',
    MODE_NAMES[psr & Psr.M] ?? `mode${(psr & Psr.M).toString(16)}`,
  ].join(' ');
}
