import type { ConstantPool } from '../tcg/constants';
import { AccessType, CpuRunState, type GuestCpu } from '../tcg/guest-cpu';
import { CpuLoopExit } from '../tcg/helpers';
import {
  Discontinuity,
  PluginSetPc,
  type BlockFilter,
  type PluginRuntime,
  type TbInstrumenter,
} from '../tcg/instrument';
import { Interpreter, InterpreterExit, type BlockFinder, type HostMemory } from '../tcg/interp';
import { CONTROL_BASE, Control, PAGE_BITS, PAGE_MASK, PAGE_SIZE } from '../tcg/layout';
import { lowerBlock, type LoweredBlock } from '../tcg/lower';
import { TranslationBlock } from '../tcg/tb';
import { translateBlock, type CodeReader } from '../tcg/translator';
import type { WasmHost } from '../tcg/wasm/host';
import type { FindBlock } from '../tcg/wasm/region';
import type { AddressSpace } from './address-space';
import { Breakpoints } from './breakpoints';
import { FetchFromNowhere, readLittle, VcpuSoftMmu, type AccessListener, type UnmappedPolicy } from './softmmu';
import type { FlatRam } from './flat-ram';
import { samePosition } from './same-position';
import { TbCache } from './tb-cache';
import { WasmTier, type TierPolicy } from './wasm-tier';

/** Why {@link CpuExec.run} returned. */
export enum CpuStop {
  /** The given number of instructions has run. */
  Budget,
  /** Stands before an instruction with a breakpoint. */
  Breakpoint,
  /** A plugin callback asked for a stop. */
  Callback,
  /** Waits for an interrupt. */
  Halted,
  /** Waits for the host, in the middle of an instruction: {@link CpuExec.run} asks it again. */
  Blocked,
  /** {@link CpuExec.requestStop} was called while it ran, or another thread asked; the budget is not used up. */
  Requested,
  /** The pc is where no memory answers. */
  Nowhere,
  /** Takes one exception after the other without executing an instruction. */
  ExceptionLoop,
}

const ATTENTION_WORD = CONTROL_BASE / 4 + Control.Attention;
/** Exceptions in a row without an instruction executed that count as an endless loop. */
const EXCEPTION_LOOP = 64;

/** Guest time, which is the count of executed instructions, as devices want it. */
export interface EventSource {
  /**
   * Whether an interrupt comes exactly between the instructions where it becomes pending, as with QEMU's `-icount`; else
   * it waits for the end of the block.
   */
  readonly exact: boolean;
  /** Instructions until a device next has something to do; 0 when it is due, Infinity when there is nothing. */
  instructionsToEvent(): number;
  /** Lets devices do what is due. */
  runEvents(): void;
}

/** A machine without devices. */
export const NO_EVENTS: EventSource = {
  exact: true,
  instructionsToEvent: () => Infinity,
  runEvents: () => undefined,
};

export interface CpuExecServices {
  readonly space: AddressSpace;
  readonly memory: HostMemory;
  readonly constants: ConstantPool;
  readonly instrumenter: TbInstrumenter;
  readonly runtime: PluginRuntime;
  readonly unmapped: UnmappedPolicy;
  readonly events: EventSource;
  /** A page now holds translated code: every vCPU's TLB must send its stores through the slow path. */
  protectPage(physicalPage: number): void;
  /** The guest wrote to translated code. */
  codeWritten(physical: number, size: number): void;
  isCodePage(physicalPage: number): boolean;
  /** Whether {@link codeWritten} is to be told of stores to the page for another reason than code. */
  isWatchedPage(physicalPage: number): boolean;
  hasCodeAt(physical: number, size: number): boolean;
  /** Makes the tier above the interpreter; absent where there is none. */
  readonly tier?: { readonly host: WasmHost; readonly policy: TierPolicy; readonly flat: FlatRam | undefined };
}

/**
 * Executes one vCPU: finds or translates the block for its state, runs it, takes the exceptions it raises. Translation
 * blocks end and are retranslated as QEMU's do, so plugins see the same events; stops do not change them.
 */
export class CpuExec implements AccessListener, BlockFinder {
  readonly softmmu: VcpuSoftMmu;
  readonly blocks = new TbCache((tb) => this.tier?.changed(tb));
  readonly tier: WasmTier | undefined;
  readonly breakpoints: Breakpoints;
  private readonly interpreter: Interpreter;
  private halted = false;
  /** Whether plugins were told that the vCPU is idle. */
  private idle = false;
  private resume: { block: TranslationBlock; position: number } | null = null;
  /** {@link resume} lies behind callbacks of an instruction that has not run yet. */
  private behindCallbacks = false;
  /** The exit that the host could not serve yet. */
  private blockedOn: CpuLoopExit | null = null;
  /** State at the end of the last {@link run}. */
  private left = { pc: 0, flags: 0 };
  private exceptionsInARow = 0;
  private stopRequested = false;
  /** A callback outside of any block asked for a stop. */
  private callbackStop = false;
  /** Instructions executed since reset. */
  instructions = 0;
  /** Interrupts taken since reset. */
  interrupts = 0;
  private granted = 0;

  constructor(
    readonly cpu: GuestCpu,
    private readonly services: CpuExecServices,
  ) {
    this.softmmu = new VcpuSoftMmu(cpu, services.space, services.memory, this, services.unmapped);
    this.breakpoints = new Breakpoints(this.blocks, (tb) => this.tier?.changed(tb));
    this.interpreter = new Interpreter(cpu, services.memory, this.softmmu, services.runtime, this);
    this.tier = services.tier && this.createTier(services.tier);
  }

  private createTier({ host, policy, flat }: NonNullable<CpuExecServices['tier']>): WasmTier {
    const { cpu, interpreter, softmmu } = this;
    const { memory, runtime } = this.services;
    const find: FindBlock = ({ pc, flags }) => this.findKnown(pc, flags);
    const read = (address: number, size: 1 | 2 | 4): number | undefined => this.inspect(address, size);
    return new WasmTier({ cpu, memory, interpreter, softmmu, runtime, find, read, flat }, host, policy);
  }

  /** The little-endian value of bytes in RAM, as a debugger reads it. */
  private inspect(address: number, size: 1 | 2 | 4): number | undefined {
    const physical = this.cpu.debugTranslate(address);
    const region = physical === undefined ? undefined : this.services.space.find(physical);
    if (physical === undefined || region?.kind !== 'ram') return undefined;
    return readLittle(this.services.memory, region.host + (physical - region.base), size) >>> 0;
  }

  isCodePage(physicalPage: number): boolean {
    return this.services.isCodePage(physicalPage) || this.services.isWatchedPage(physicalPage);
  }

  hasCodeAt(physical: number, size: number): boolean {
    return this.services.hasCodeAt(physical, size);
  }

  memoryStored(physical: number): void {
    const { tier } = this.services;
    tier?.flat?.review(physical >>> PAGE_BITS, (page) => this.isCodePage(page));
  }

  codeWritten(physical: number, size: number): void {
    this.services.codeWritten(physical, size);
  }

  /** An access of this vCPU reached a device: stops after the instruction if that made an interrupt pending. */
  deviceAccessed(): void {
    if (this.granted === 0) return;
    if (this.cpu.interruptPending()) this.withhold(0);
    else this.limitToEvent(0);
  }

  /** Keeps back all of the budget but `keep` instructions. */
  private withhold(keep: number): void {
    const { interpreter } = this;
    const all = interpreter.left + interpreter.withheld;
    interpreter.left = Math.min(all, keep);
    interpreter.withheld = all - interpreter.left;
  }

  /** Keeps back what lies beyond the next event, and gives at least `minimum` instructions. */
  private limitToEvent(minimum: number): void {
    if (this.interpreter.stopAfterInstruction || this.interpreter.interrupted) return;
    this.withhold(Math.max(minimum, this.services.events.instructionsToEvent()));
  }

  /** Lets due events happen. */
  private runEvents(): void {
    const { events } = this.services;
    if (events.instructionsToEvent() <= 0) events.runEvents();
    this.limitToEvent(1);
  }

  /** Instructions executed up to this moment, also while one runs. */
  get instructionsNow(): number {
    this.tier?.publishLeft();
    return this.instructions + this.granted - this.interpreter.left - this.interpreter.withheld;
  }

  get isHalted(): boolean {
    return this.halted;
  }

  /** Reset: no translated code, empty TLB, counters at 0. The caller resets the vCPU's own state. */
  reset(): void {
    this.flush();
    this.halted = this.idle = false;
    this.blockedOn = null;
    this.instructions = this.interrupts = 0;
    this.granted = 0;
    this.exceptionsInARow = 0;
  }

  /** Drops all translated code. */
  flush(): void {
    this.blocks.clear();
    this.tier?.flush();
    this.softmmu.flush();
    this.services.runtime.mappingChanged(this.cpu.index);
    this.resume = null;
  }

  /** The physical page holds translated code from now on: stores to it take the slow path. */
  protectPage(physicalPage: number): void {
    this.softmmu.protectPage(physicalPage);
    this.services.runtime.mappingChanged(this.cpu.index);
  }

  /** Addresses mean other memory, or allow other accesses, from now on. */
  mappingChanged(): void {
    this.softmmu.flush();
    this.services.runtime.mappingChanged(this.cpu.index);
    this.blocks.mappingChanged();
    this.tier?.mappingChanged();
  }

  /**
   * The debugger changed registers. If that moved the pc, execution goes on there and not in the middle of the block or
   * instruction that it stopped in.
   */
  stateChanged(): void {
    const { cpu, left } = this;
    const pc = cpu.env[cpu.pcSlot] >>> 0;
    if (pc === left.pc && cpu.tbFlags() === left.flags) return;
    this.resume = null;
    if (pc === left.pc) return;
    this.blockedOn = null;
    this.halted = false;
  }

  /** The vCPU alone was reset: it begins anew where its state says. */
  restarted(): void {
    this.resume = this.blockedOn = null;
    this.halted = false;
    this.mappingChanged();
  }

  /** In the middle of an instruction: a callback before it stopped, or it waits for the host. It is counted already. */
  get isMidInstruction(): boolean {
    return this.blockedOn !== null || (this.resume !== null && this.behindCallbacks);
  }

  /** Runs the instruction that execution stands in the middle of to its end. */
  finishInstruction(): void {
    if (this.isMidInstruction) this.run(0, false);
  }

  /** Runs on to the end of the block that execution stands in the middle of, or to what stops before. */
  finishBlock(): void {
    const { resume } = this;
    if (!resume?.block.valid) return;
    const { insnStarts } = resume.block;
    const next = insnStarts.findIndex((position) => position >= resume.position);
    if (next === 0) return;
    this.run(next < 0 ? 0 : insnStarts.length - next, false);
    this.finishInstruction();
  }

  /** Makes a running {@link run} return: at the end of the block, or after the instruction whose callback asks. */
  requestStop(): void {
    this.stopRequested = this.interpreter.interrupted = true;
    this.services.memory.i32[ATTENTION_WORD] = 1;
  }

  /** Runs at most `budget` instructions. `passBreak`: a breakpoint on the first one does not stop it. */
  run(budget: number, passBreak: boolean): CpuStop {
    const { interpreter } = this;
    interpreter.left = this.granted = budget;
    interpreter.withheld = 0;
    interpreter.stopAfterInstruction = false;
    this.stopRequested = interpreter.interrupted = this.callbackStop = false;
    this.services.memory.i32[ATTENTION_WORD] = this.services.runtime.wantsStop ? 1 : 0;
    for (const tb of this.blocks.takeDropped()) this.services.instrumenter.release(tb.instrumentation);
    this.tier?.compileHot();
    try {
      this.runEvents();
      return this.loop(passBreak);
    } finally {
      interpreter.left += interpreter.withheld;
      interpreter.withheld = 0;
      this.instructions += this.granted - interpreter.left;
      this.granted = interpreter.left = 0;
      this.left = { pc: this.cpu.env[this.cpu.pcSlot] >>> 0, flags: this.cpu.tbFlags() };
    }
  }

  private loop(passBreak: boolean): CpuStop {
    const { interpreter, cpu } = this;
    let chainFrom: TranslationBlock | null = null;
    if (this.blockedOn) {
      interpreter.exit = this.blockedOn;
      this.takeExit();
      return this.blockedOn ? CpuStop.Blocked : CpuStop.Budget;
    }
    for (;;) {
      if (this.callbackStop) return CpuStop.Callback;
      if (interpreter.left <= 0 && !this.isMidInstruction && this.budgetIsOver()) return this.budgetEnd();
      if (this.stopRequested) return CpuStop.Requested;
      if (this.halted && !this.wakes()) return CpuStop.Halted;
      if (cpu.interruptPending() && this.interrupt()) {
        chainFrom = null;
        passBreak = false;
      }
      const before = interpreter.left;
      const start = this.startBlock();
      if (start === 'nowhere') return CpuStop.Nowhere;
      if (!start) {
        passBreak = false;
        chainFrom = null;
        if (this.exceptionsInARow >= EXCEPTION_LOOP) return CpuStop.ExceptionLoop;
        continue;
      }
      if (chainFrom) chain(chainFrom, interpreter.link, start.block);
      chainFrom = null;
      const exit =
        (start.position === 0 ? this.tier?.run(start.block) : undefined) ??
        interpreter.execute(start.block, start.position, passBreak);
      passBreak = false;
      if (interpreter.left !== before) this.exceptionsInARow = 0;
      switch (exit) {
        case InterpreterExit.Lookup:
          if (interpreter.link >= 0) chainFrom = interpreter.block;
          break;
        case InterpreterExit.MainLoop:
        case InterpreterExit.Hot:
          break;
        case InterpreterExit.Budget:
          this.suspend(false);
          if (this.budgetIsOver()) return this.budgetEnd();
          break;
        case InterpreterExit.Breakpoint:
          this.suspend(false);
          return CpuStop.Breakpoint;
        case InterpreterExit.Callback:
          this.suspend(true);
          return CpuStop.Callback;
        case InterpreterExit.Exit:
          this.takeExit();
          if (this.blockedOn) return CpuStop.Blocked;
          if (this.exceptionsInARow >= EXCEPTION_LOOP) return CpuStop.ExceptionLoop;
          break;
      }
    }
  }

  /** Why no instruction is left to run. */
  private budgetEnd(): CpuStop {
    const { interpreter } = this;
    if (interpreter.stopAfterInstruction) return CpuStop.Callback;
    return interpreter.withheld > 0 ? CpuStop.Requested : CpuStop.Budget;
  }

  /** No instruction is left: whether that is the end, or only the time of an event. */
  private budgetIsOver(): boolean {
    const { stopAfterInstruction, interrupted, withheld } = this.interpreter;
    if (stopAfterInstruction || interrupted || withheld === 0) return true;
    this.runEvents();
    return false;
  }

  /** Whether the halted vCPU goes on. Plugins learn when it does not, and when it does again. */
  private wakes(): boolean {
    const { cpu, services } = this;
    const wakes = cpu.hasWork();
    if (wakes) this.halted = false;
    if (this.idle === wakes) {
      this.idle = !wakes;
      if (wakes) services.runtime.vcpuResume(cpu.index);
      else services.runtime.vcpuIdle(cpu.index);
    }
    return wakes;
  }

  /** Takes the pending interrupt here, or sees to it that execution stops where it can be taken. */
  private interrupt(): boolean {
    const instructions = this.instructionsToBoundary();
    if (instructions !== undefined) {
      this.withhold(Math.min(instructions, this.interpreter.left));
      return false;
    }
    this.resume = null;
    this.interrupts++;
    const from = this.cpu.env[this.cpu.pcSlot] >>> 0;
    this.cpu.takeInterrupt();
    this.discontinuity(Discontinuity.Interrupt, from);
    return true;
  }

  /** Instructions to run until an interrupt may be taken; undefined when here. */
  private instructionsToBoundary(): number | undefined {
    const { resume } = this;
    if (!resume?.block.valid) return undefined;
    const { insnStarts } = resume.block;
    const next = insnStarts.findIndex((position) => position >= resume.position);
    const between = insnStarts[next] === resume.position && !this.behindCallbacks;
    if (between && (this.services.events.exact || next === 0)) return undefined;
    return this.services.events.exact || next < 0 ? 0 : insnStarts.length - next;
  }

  /** The block to go on with, or null when fetching it raised an exception (which was taken). */
  private startBlock(): { block: TranslationBlock; position: number } | 'nowhere' | null {
    const { resume } = this;
    this.resume = null;
    if (resume?.block.valid) return resume;
    try {
      return { block: this.findBlock() ?? this.translate(), position: 0 };
    } catch (thrown) {
      if (thrown instanceof FetchFromNowhere) return 'nowhere';
      if (!(thrown instanceof CpuLoopExit)) throw thrown;
      this.interpreter.exit = thrown;
      this.takeExit();
      return null;
    }
  }

  private takeExit(): void {
    const { exit } = this.interpreter;
    if (!exit) return;
    this.interpreter.exit = null;
    if (exit instanceof PluginSetPc) {
      this.blockedOn = null;
      this.cpu.setPc(exit.pc);
      return;
    }
    this.exceptionsInARow++;
    const { cpu } = this;
    const type = cpu.discontinuityOf(exit);
    const from = cpu.env[cpu.pcSlot] >>> 0;
    const state = cpu.handleExit(exit);
    this.halted = state === CpuRunState.Halted;
    this.blockedOn = state === CpuRunState.Blocked ? exit : null;
    if (type !== Discontinuity.None && !this.blockedOn) this.discontinuity(type, from);
  }

  /** Tells plugins that execution goes on elsewhere. */
  private discontinuity(type: Discontinuity, from: number): void {
    const { cpu, services } = this;
    try {
      if (services.runtime.discontinuity(cpu.index, type, from, cpu.env[cpu.pcSlot] >>> 0)) this.callbackStop = true;
    } catch (thrown) {
      if (!(thrown instanceof PluginSetPc)) throw thrown;
      cpu.setPc(thrown.pc);
    }
  }

  private suspend(behindCallbacks: boolean): void {
    const { block, position } = this.interpreter;
    this.resume = block ? { block, position } : null;
    this.behindCallbacks = behindCallbacks;
  }

  /** The block for the state as it is now, if it has been translated. */
  findBlock(): TranslationBlock | null {
    const { cpu } = this;
    return this.findAt(cpu.env[cpu.pcSlot] >>> 0, cpu.tbFlags());
  }

  /** The block for pc and flags, if it has been translated and its code can be fetched. Never throws. */
  private findKnown(pc: number, flags: number): TranslationBlock | null {
    try {
      return this.findAt(pc, flags);
    } catch (thrown) {
      if (!(thrown instanceof CpuLoopExit)) throw thrown;
      return null;
    }
  }

  /** As {@link findBlock}; throws the target's prefetch abort. */
  private findAt(pc: number, flags: number): TranslationBlock | null {
    const quick = this.blocks.quick(pc, flags);
    if (quick) return quick;
    const physical = this.codeAddress(pc);
    return this.blocks.find(
      pc,
      flags,
      (tb) => tb.physical === physical && (tb.pages.length < 2 || tb.pages[1] === this.lastPage(tb)),
    );
  }

  /** Physical address of code; throws the target's prefetch abort. */
  private codeAddress(vaddr: number): number {
    return this.cpu.translate(vaddr, AccessType.Fetch, this.cpu.mmuIndex()).physical;
  }

  private lastPage({ pc, size }: { pc: number; size: number }): number {
    return Math.floor(this.codeAddress((pc + size - 1) >>> 0) / PAGE_SIZE);
  }

  private translate(): TranslationBlock {
    const { cpu, services } = this;
    const pc = cpu.env[cpu.pcSlot] >>> 0;
    const physical = this.codeAddress(pc);
    const translated = translateBlock(cpu.translator, pc, cpu.tbFlags(), this.softmmu);
    const instrumentation = services.instrumenter.instrument(translated, cpu.index);
    const tb = new TranslationBlock(translated, lowerBlock(translated.ir, services.constants));
    tb.instrumentation = instrumentation;
    tb.physical = physical;
    const firstPage = Math.floor(physical / PAGE_SIZE);
    const inOnePage = (pc & (PAGE_SIZE - 1)) + tb.size <= PAGE_SIZE;
    const lastPage = inOnePage ? firstPage : this.lastPage(tb);
    tb.pages = firstPage === lastPage ? [firstPage] : [firstPage, lastPage];
    this.breakpoints.apply(tb);
    const newPages = tb.pages.filter((page) => !services.isCodePage(page));
    this.blocks.add(tb);
    this.tier?.added(tb);
    for (const page of newPages) services.protectPage(page);
    if (this.blocks.isFull) services.runtime.codeFull();
    return tb;
  }

  /** Reads a block's code where it was translated from, whatever its address leads to now. */
  private codeOf(tb: TranslationBlock): CodeReader {
    return {
      fetch: (address, size) => {
        const at = (vaddr: number): number => {
          const distance = (vaddr & PAGE_MASK) - (tb.pc & PAGE_MASK);
          const page = distance === 0 ? tb.pages[0] : tb.pages[1];
          return this.softmmu.fetchPhysical(page * PAGE_SIZE + (vaddr & (PAGE_SIZE - 1)), 2);
        };
        return size === 2 ? at(address) : (at(address) | (at((address + 2) >>> 0) << 16)) >>> 0;
      },
    };
  }

  /**
   * The debugger's own callbacks changed, or plugins' were switched off: the blocks that this concerns get their plugin
   * operations anew, without telling plugins. Execution stays where it stands, also behind an instruction's callbacks.
   */
  reinstrument(concerns: BlockFilter): void {
    const { cpu, services, resume } = this;
    for (const tb of this.blocks.blocks) {
      if (!concerns(tb)) continue;
      const translated = translateBlock(cpu.translator, tb.pc, tb.flags, this.codeOf(tb), tb.insnAddresses.length);
      tb.instrumentation = services.instrumenter.instrument(translated, cpu.index, tb.instrumentation);
      const lowered = lowerBlock(translated.ir, services.constants);
      if (isSame(lowered, tb)) continue;
      this.tier?.changed(tb);
      if (resume?.block === tb) resume.position = samePosition(tb, resume.position, lowered);
      tb.code = lowered.code;
      tb.insnStarts = lowered.insnStarts;
      this.breakpoints.apply(tb);
    }
  }
}

/** Whether a block's lowered code is what it was, but for breakpoints. */
function isSame(now: LoweredBlock, before: LoweredBlock): boolean {
  if (now.code.length !== before.code.length) return false;
  let next = 0;
  for (let i = 0; i < now.code.length; i++) {
    if (i === now.insnStarts[next] && i === before.insnStarts[next]) next++;
    else if (now.code[i] !== before.code[i]) return false;
  }
  return true;
}

/** A block in two pages is always looked up: its second page may be mapped elsewhere by then. */
function chain(from: TranslationBlock, link: number, to: TranslationBlock): void {
  if (!from.valid || to.pages.length > 1) return;
  if (link === 0) from.next0 = to;
  else if (link === 1) from.next1 = to;
}
