import { AccessType, CpuRunState, FaultKind, type GuestCpu, type PageTranslation } from '../../tcg/guest-cpu';
import type { CpuLoopExit, HelperFn } from '../../tcg/helpers';
import { Discontinuity } from '../../tcg/instrument';
import { ENV_STATE_WORDS } from '../../tcg/layout';
import { OSLSR_RESET } from './cp15/debug';
import type { CpAccess } from './cp15/registers';
import { Cp15Slot } from './cp15/state';
import { ARM_FLAG_WORDS, ARM_GLOBALS, ArmMmuIndex, ArmSlot, Mode, Psr, TbFlag } from './cpu-state';
import { EventWait, signalEvent } from './events';
import {
  ArmException,
  ArmFetchAbort,
  FaultStatus,
  SemihostingRequest,
  Vector,
  WaitForInterrupt,
  advanceIt,
  enterVector,
  takeException,
} from './exceptions';
import { ARM_FORMS } from './forms/forms';
import { ArmGdbRegisters } from './gdb-registers';
import { makeHelperTable, raiseUndefined } from './helper-table';
import { HELPER_DEFS } from './helpers';
import { INLINE_MEDIA } from './inline-media';
import { jumpTable, type ReadMemory } from './jump-table';
import { INLINE_VFP } from './vfp/inline';
import {
  isExternalOnWalk,
  translateShort,
  type Request as TranslationRequest,
  type Translation,
} from './mmu/short-descriptor';
import type { ArmModel } from './models';
import { currentMode, updateFlags, writeCpsr } from './psr';
import { ArmRegisters, type RegisterValue } from './registers';
import { ArmTranslator } from './translate/translator';

/** What the CPU asks of its surroundings. All are optional. */
export interface ArmServices {
  /**
   * Serves the semihosting request in the registers; without it, requests are ordinary SVCs. 'wait': it cannot be
   * served yet and is asked again later.
   */
  readonly semihosting?: (cpu: ArmCpu) => 'done' | 'wait';
  /** Called once per message: the guest uses something that is not emulated. */
  readonly unimplemented?: (message: string) => void;
  /** A cache operation by CP15: Arm's name of it, and its operand, unsigned. */
  readonly cacheMaintenance?: (cpu: ArmCpu, operation: string, operand: number) => void;
  /**
   * A word of physical memory for a translation table walk; undefined where the bus answers with an error. `inspects`:
   * for a debugger, so that nothing may change. Without this service the MMU cannot be used: every walk fails.
   */
  readonly readTable?: (physical: number, inspects: boolean) => number | undefined;
  /** The vCPU's TLB must be emptied, or those of all vCPUs. */
  readonly flushTlb?: (cpu: ArmCpu, everywhere: boolean) => void;
  /** SEV: {@link ArmCpu.signalEvent} for every vCPU. */
  readonly sendEvent?: () => void;
  /** YIELD: another vCPU may have the rest of the turn. */
  readonly yield?: (cpu: ArmCpu) => void;
  /** The time, for the cycle counter: a cycle is a nanosecond. */
  readonly clock?: { nowNs(): number };
}

export interface ArmCpuOptions {
  /** Number of the vCPU (MPIDR's affinity). */
  readonly index: number;
  /** The vCPU's environment in the shared memory, see tcg/layout.ts. */
  readonly env: Int32Array;
  readonly model: ArmModel;
  /** Whether there are other vCPUs: only then WFE waits. */
  readonly multiprocessor?: boolean;
  readonly services?: ArmServices;
}

/** Reset enters Supervisor mode with A, I and F masked. */
const RESET_PSR = Psr.Z | Psr.A | Psr.I | Psr.F | Mode.Supervisor;

/** Bits of {@link ArmSlot.InterruptLines}. */
const IRQ_LINE = 1;
const FIQ_LINE = 2;

/** FCSE: addresses below 32 MiB move by FCSEIDR. */
const FCSE_LIMIT = 0x2000000;

/** SCTLR: the MMU is on. */
const SCTLR_M = 1;

/** PAR: the translation failed; it is by a supersection; it leads to non-secure memory, as all does on this CPU. */
const PAR_F = 1;
const PAR_SS = 2;
const PAR_NS = 0x200;

/** The abort of an access with a fault status of the short-descriptor format. */
function memoryAbort(status: number, vaddr: number, access: AccessType): CpuLoopExit {
  if (access === AccessType.Fetch) return new ArmFetchAbort(status, vaddr);
  return new ArmException(Vector.DataAbort, {
    status: access === AccessType.Store ? status | FaultStatus.WRITE : status,
    address: vaddr,
  });
}

/** An ARMv7-A vCPU: state in `env`, translator, exceptions. */
export class ArmCpu implements GuestCpu {
  readonly index: number;
  readonly env: Int32Array;
  readonly model: ArmModel;
  readonly globals = ARM_GLOBALS;
  readonly translator: ArmTranslator;
  readonly forms = ARM_FORMS;
  readonly helpers: readonly HelperFn[];
  readonly pcSlot = ArmSlot.PC;
  readonly auxSlot = ArmSlot.CondExec;
  readonly helperDefs = HELPER_DEFS;
  readonly inlineHelpers = new Map([...INLINE_VFP, ...INLINE_MEDIA]);
  readonly flagWords = ARM_FLAG_WORDS;
  readonly interruptWords = {
    lines: ArmSlot.InterruptLines,
    masks: ArmSlot.PsrRest,
    interrupts: [
      { line: IRQ_LINE, mask: Psr.I },
      { line: FIQ_LINE, mask: Psr.F },
    ],
  };
  readonly linkSlot = ArmSlot.LR;
  readonly memoryWords = [
    { first: ArmSlot.GE, end: ArmSlot.GE + 1 },
    { first: ArmSlot.D0, end: ArmSlot.VfpScratch + 2 },
  ];
  /** The registers as QEMU's gdbstub has them. */
  readonly gdbRegisters: ArmGdbRegisters;
  private readonly named: ArmRegisters;
  private readonly services: ArmServices;
  private readonly reported = new Set<string>();

  constructor({ index, env, model, multiprocessor = false, services = {} }: ArmCpuOptions) {
    this.index = index;
    this.env = env;
    this.model = model;
    this.services = services;
    const semihosting = services.semihosting !== undefined;
    const tellsCacheMaintenance = services.cacheMaintenance !== undefined;
    const settings = { model, cpuIndex: index, semihosting, multiprocessor, tellsCacheMaintenance };
    this.translator = new ArmTranslator(settings);
    const access = this.coprocessorAccess();
    // A debugger's accesses are privileged in every mode.
    const debugAccess = { ...access, isUser: false };
    this.named = new ArmRegisters(env, debugAccess);
    this.gdbRegisters = new ArmGdbRegisters({ env, named: this.named, access: debugAccess });
    this.helpers = makeHelperTable(access, {
      hasWork: () => this.hasWork(),
      sendEvent: () => services.sendEvent?.(),
      yield: () => services.yield?.(this),
    });
    this.reset(0);
  }

  private coprocessorAccess(): CpAccess {
    const isUser = (): boolean => currentMode(this.env) === Mode.User;
    return {
      env: this.env,
      model: this.model,
      cpuIndex: this.index,
      get isUser() {
        return isUser();
      },
      flushTlb: (everywhere = false) => this.services.flushTlb?.(this, everywhere),
      translate: (vaddr, write, user) => this.translationResult(vaddr, write, user),
      cycles: () => this.services.clock?.nowNs() ?? 0,
      cacheMaintenance: (operation, operand) => this.services.cacheMaintenance?.(this, operation, operand),
      unimplemented: (message) => {
        if (this.reported.has(message)) return;
        this.reported.add(message);
        this.services.unimplemented?.(message);
      },
      undefinedInstruction: raiseUndefined,
    };
  }

  reset(entry: number): void {
    const { env } = this;
    env.fill(0, 0, ENV_STATE_WORDS);
    env[ArmSlot.PsrRest] = Mode.Supervisor;
    writeCpsr(env, RESET_PSR | (entry & 1 ? Psr.T : 0), -1, true);
    env[ArmSlot.ExclusiveAddress] = -1;
    env[Cp15Slot.SCTLR] = this.model.sctlrReset;
    env[Cp15Slot.OSLSR] = OSLSR_RESET;
    env[ArmSlot.PC] = entry & ~1;
    updateFlags(env);
  }

  /** Register `name` (`r0`, `sp`, `cpsr`, `lr_svc`, `sctlr`, …), unsigned; undefined when there is none. */
  readRegister(name: string): number | undefined {
    return this.named.read(name);
  }

  /** Throws an Error naming the register when it does not exist or cannot be written. */
  writeRegister(name: string, value: number): void {
    this.named.write(name, value);
    // Moved elsewhere, it waits no more.
    if (name === 'pc') this.env[ArmSlot.EventWait] = EventWait.No;
  }

  /** All registers by name. */
  registers(): readonly RegisterValue[] {
    return this.named.all();
  }

  get isThumb(): boolean {
    return this.env[ArmSlot.Thumb] === 1;
  }

  /** CPSR.M. */
  get mode(): number {
    return currentMode(this.env);
  }

  /** Unsigned. */
  get stackPointer(): number {
    return this.env[ArmSlot.SP] >>> 0;
  }

  tbFlags(): number {
    const { env } = this;
    return env[ArmSlot.HFlags] | env[ArmSlot.Thumb] | (env[ArmSlot.CondExec] << TbFlag.CONDEXEC_SHIFT);
  }

  isIdentityMapped(): boolean {
    return !(this.env[Cp15Slot.SCTLR] & SCTLR_M) && this.env[Cp15Slot.FCSEIDR] === 0;
  }

  /** ITSTATE does not outlive a call. */
  returnFlags(flags: number): number {
    return flags & ~TbFlag.CONDEXEC;
  }

  jumpTable(
    { insnAddresses, flags }: { readonly insnAddresses: readonly number[]; readonly flags: number },
    read: ReadMemory,
  ): readonly number[] | undefined {
    const address = insnAddresses[insnAddresses.length - 1];
    // Instructions are little-endian, tables as data is.
    return flags & TbFlag.BIG_ENDIAN ? undefined : jumpTable(address, (flags & TbFlag.THUMB) !== 0, read);
  }

  mmuIndex(): number {
    return currentMode(this.env) === Mode.User ? ArmMmuIndex.User : ArmMmuIndex.Privileged;
  }

  translate(vaddr: number, access: AccessType, mmuIndex: number): PageTranslation {
    const result = this.walk({ vaddr, access, user: mmuIndex === ArmMmuIndex.User });
    if (result.fault === undefined) return result;
    throw memoryAbort(result.fault, vaddr, access);
  }

  /** Permissions do not matter here: a debugger looks everywhere. */
  debugTranslate(vaddr: number): number | undefined {
    const result = this.walk({ vaddr, user: false });
    return result.fault === undefined ? result.physical : undefined;
  }

  /** With the MMU off every address is its own translation, the FCSE's window apart. */
  private walk(request: TranslationRequest): Translation {
    const { env } = this;
    const fcse = env[Cp15Slot.FCSEIDR];
    const vaddr = fcse !== 0 && request.vaddr < FCSE_LIMIT ? (request.vaddr + fcse) >>> 0 : request.vaddr;
    if (!(env[Cp15Slot.SCTLR] & SCTLR_M)) {
      return { physical: vaddr, readable: true, writable: true, executable: true, supersection: false };
    }
    const { readTable } = this.services;
    const inspects = request.access === undefined;
    return translateShort(env, (address) => readTable?.(address, inspects), { ...request, vaddr });
  }

  /** PAR for an address translation operation (DDI 0406C B4.1.112). Throws the abort of a walk that gets no answer. */
  private translationResult(vaddr: number, write: boolean, user: boolean): number {
    const result = this.walk({ vaddr, access: write ? AccessType.Store : AccessType.Load, user });
    if (result.fault !== undefined && isExternalOnWalk(result.fault)) {
      throw new ArmException(Vector.DataAbort, { status: result.fault, address: vaddr });
    }
    if (result.fault !== undefined) return ((result.fault & 0xf) << 1) | PAR_F;
    const { physical } = result;
    return (result.supersection ? (physical & 0xff000000) | PAR_SS : physical & 0xfffff000) | PAR_NS;
  }

  accessFault(kind: FaultKind, vaddr: number, _physical: number, access: AccessType): CpuLoopExit {
    const status = kind === FaultKind.Alignment ? FaultStatus.ALIGNMENT : FaultStatus.EXTERNAL;
    return memoryAbort(status, vaddr, access);
  }

  handleExit(exit: CpuLoopExit): CpuRunState {
    const { env } = this;
    if (exit instanceof WaitForInterrupt) return CpuRunState.Halted;
    if (exit instanceof ArmException) {
      takeException(env, exit);
    } else if (exit instanceof ArmFetchAbort) {
      takeException(env, new ArmException(Vector.PrefetchAbort, exit));
    } else if (exit instanceof SemihostingRequest) {
      if (this.services.semihosting?.(this) === 'wait') return CpuRunState.Blocked;
      env[ArmSlot.PC] += env[ArmSlot.Thumb] ? 2 : 4;
      env[ArmSlot.CondExec] = advanceIt(env[ArmSlot.CondExec]);
    } else {
      throw new Error(`not an exit of this CPU: ${String(exit)}`);
    }
    return CpuRunState.Running;
  }

  discontinuityOf(exit: CpuLoopExit): Discontinuity {
    if (exit instanceof ArmException || exit instanceof ArmFetchAbort) return Discontinuity.Exception;
    return exit instanceof SemihostingRequest ? Discontinuity.HostCall : Discontinuity.None;
  }

  setPc(address: number): void {
    const { env } = this;
    env[ArmSlot.PC] = address & ~1;
    env[ArmSlot.Thumb] = address & 1;
    env[ArmSlot.CondExec] = 0;
    updateFlags(env);
  }

  /** An interrupt ends a WFI also while it is masked, and a WFE only when it is not. */
  hasWork(): boolean {
    switch (this.env[ArmSlot.EventWait] as EventWait) {
      case EventWait.Waiting:
        return this.interruptPending();
      case EventWait.Woken:
        return true;
      case EventWait.No:
        return this.env[ArmSlot.InterruptLines] !== 0;
    }
  }

  exclusiveAddress(): number | undefined {
    const address = this.env[ArmSlot.ExclusiveAddress];
    return address === -1 ? undefined : address >>> 0;
  }

  /** On the Cortex-A9 that the monitor is cleared from outside is an event. */
  loseExclusive(): void {
    this.env[ArmSlot.ExclusiveAddress] = -1;
    this.signalEvent();
  }

  /** An event, as another vCPU's SEV sends it. */
  signalEvent(): void {
    signalEvent(this.env);
  }

  interruptPending(): boolean {
    const { env } = this;
    const lines = env[ArmSlot.InterruptLines];
    if (lines === 0) return false;
    const psr = env[ArmSlot.PsrRest];
    return ((lines & IRQ_LINE) !== 0 && !(psr & Psr.I)) || ((lines & FIQ_LINE) !== 0 && !(psr & Psr.F));
  }

  /** FIQ comes before IRQ. */
  takeInterrupt(): void {
    const { env } = this;
    env[ArmSlot.EventWait] = EventWait.No;
    const fiq = env[ArmSlot.InterruptLines] & FIQ_LINE && !(env[ArmSlot.PsrRest] & Psr.F);
    enterVector(env, fiq ? Vector.Fiq : Vector.Irq);
  }

  /** The level of the CPU's IRQ input. */
  setIrq(level: boolean): void {
    this.setLine(IRQ_LINE, level);
  }

  /** The level of the CPU's FIQ input. */
  setFiq(level: boolean): void {
    this.setLine(FIQ_LINE, level);
  }

  private setLine(line: number, level: boolean): void {
    if (level) this.env[ArmSlot.InterruptLines] |= line;
    else this.env[ArmSlot.InterruptLines] &= ~line;
  }
}
