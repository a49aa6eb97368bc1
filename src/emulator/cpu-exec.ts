import { CpuRunState, type GuestCpu } from '../tcg/guest-cpu';
import { CpuLoopExit } from '../tcg/helpers';
import { Discontinuity, PluginSetPc, type BlockFilter } from '../tcg/instrument';
import { Interpreter } from '../tcg/interp';
import { InterpreterExit } from '../tcg/interp-state';
import { CONTROL_BASE, Control, PAGE_BITS } from '../tcg/layout';
import type { TranslationBlock } from '../tcg/tb';
import { TB_MAX_INSNS } from '../tcg/translator';
import type { FindBlock } from '../tcg/wasm/region';
import { BlockSource } from './block-source';
import { Breakpoints } from './breakpoints';
import { instructionsFrom } from './compiled-tails';
import { DirectTier } from './direct-tier';
import { FormRunner } from './form-runner';
import type { CpuExecServices } from './exec-services';
import { FetchFromNowhere, readLittle, VcpuSoftMmu, type AccessListener } from './softmmu';
import { TbCache } from './tb-cache';
import { WasmTier } from './wasm-tier';

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

/**
 * Executes one vCPU: finds or translates the block for its state, runs it, takes the exceptions it raises. Translation
 * blocks end and are retranslated as QEMU's do, so plugins see the same events; stops do not change them.
 */
export class CpuExec implements AccessListener {
  readonly softmmu: VcpuSoftMmu;
  readonly blocks = new TbCache((tb) => {
    this.tier?.changed(tb);
    this.direct?.dropped(tb);
  });
  private readonly source: BlockSource;
  readonly tier: WasmTier | undefined;
  private readonly direct: DirectTier | undefined;
  readonly breakpoints: Breakpoints;
  private readonly interpreter: Interpreter;
  private halted = false;
  /** Whether plugins were told that the vCPU is idle. */
  private idle = false;
  private resume: { block: TranslationBlock; position: number } | null = null;
  /** The block in whose middle execution stood there was dropped: an interrupt waits for where it would have ended. */
  private cut: { readonly pc: number; readonly instructions: number; readonly rest: number } | null = null;
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
  /** A budget that ends in the middle of a block which has not been translated is prolonged to the block's end. */
  private endsWithBlock = false;
  /** The budget is cut at the event of this time, and for no other reason; NaN: it may be for another. */
  private limitedTo = NaN;

  constructor(
    readonly cpu: GuestCpu,
    private readonly services: CpuExecServices,
  ) {
    this.softmmu = new VcpuSoftMmu(cpu, services.space, services.memory, this, services.unmapped);
    this.breakpoints = new Breakpoints(this.blocks, (tb) => this.tier?.changed(tb));
    this.source = new BlockSource(cpu, services, this.softmmu, this.blocks, this.breakpoints, {
      added: (tb) => this.tier?.added(tb),
      changed: (tb) => this.tier?.changed(tb),
    });
    this.interpreter = new Interpreter(cpu, services.memory, this.softmmu, services.runtime, this.source);
    this.tier = services.tier && this.createTier(services.tier);
    this.direct = services.tier && this.createDirectTier(services.tier);
  }

  private createDirectTier({ host, policy }: NonNullable<CpuExecServices['tier']>): DirectTier | undefined {
    const { cpu, services, softmmu, interpreter, blocks, source, breakpoints } = this;
    if (policy.direct === 0) return undefined;
    const forms = cpu.forms && new FormRunner(cpu.forms, cpu, services.memory, host);
    const parts = { cpu, ...services, softmmu, interpreter, blocks, source, breakpoints, forms };
    return new DirectTier({ ...parts, budget: { prolong: () => this.prolong(), end: () => this.endBudget() } }, policy);
  }

  private createTier({ host, policy, flat }: NonNullable<CpuExecServices['tier']>): WasmTier {
    const { cpu, interpreter, softmmu } = this;
    const { memory, runtime } = this.services;
    const find: FindBlock = ({ pc, flags }) => this.source.findKnown(pc, flags);
    const read = (address: number, size: 1 | 2 | 4): number | undefined => this.inspect(address, size);
    const cutToBoundary = (tb: TranslationBlock, position: number): void => this.cutToBoundary(tb, position);
    const instructions = (): number => this.instructionsNow;
    const services = { cpu, memory, interpreter, softmmu, runtime, cutToBoundary, find, read, instructions, flat };
    return new WasmTier(services, host, policy);
  }

  /** Where the address of a data access lies, unsigned; undefined where nothing is mapped. Changes nothing. */
  physicalOf(vaddr: number): number | undefined {
    return this.softmmu.known(vaddr) ?? this.cpu.debugTranslate(vaddr);
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

  stored(physical: number, size: number): void {
    const page = physical >>> PAGE_BITS;
    if (this.isCodePage(page) || this.direct?.isIn(page)) this.services.codeWritten(physical, size);
  }

  /** Memory was written that may hold code. */
  codeWritten(physical: number, size: number): void {
    this.blocks.invalidate(physical, size);
    this.direct?.written(physical, size);
  }

  /** An access of this vCPU reached a device: stops after the instruction if that made an interrupt pending. */
  deviceAccessed(): void {
    if (this.granted === 0) return;
    if (this.cpu.interruptPending()) this.withhold(0);
    else if (this.services.events.nextEventNs() !== this.limitedTo) this.limitToEvent(0);
  }

  /**
   * A device's access in compiled code has cut the budget; the interpreter goes on in the block at `position`. An interrupt that
   * waits for the end of the block lets the instructions up to there run, without a look at the main loop before.
   */
  private cutToBoundary(tb: TranslationBlock, position: number): void {
    const { interpreter, cpu } = this;
    const { events } = this.services;
    if (events.exact || interpreter.stopAfterInstruction || interpreter.interrupted || !cpu.interruptPending()) return;
    const next = events.instructionsToEvent();
    if (next > 0) this.withhold(Math.min(next, instructionsFrom(tb, position)));
  }

  /** Keeps back all of the budget but `keep` instructions. */
  private withhold(keep: number): void {
    const { interpreter } = this;
    const all = interpreter.left + interpreter.withheld;
    interpreter.left = Math.min(all, keep);
    interpreter.withheld = all - interpreter.left;
    this.limitedTo = NaN;
  }

  /** Keeps back what lies beyond the next event, and gives at least `minimum` instructions. */
  private limitToEvent(minimum: number): void {
    if (this.interpreter.stopAfterInstruction || this.interpreter.interrupted) return;
    const { events } = this.services;
    const instructions = events.instructionsToEvent();
    this.withhold(Math.max(minimum, instructions));
    if (instructions >= minimum) this.limitedTo = events.nextEventNs();
  }

  /** Lets due events happen. */
  private runEvents(): void {
    const { events } = this.services;
    if (events.instructionsToEvent() <= 0) events.runEvents();
    this.limitToEvent(1);
  }

  /** The budget is used up in the middle of a block. Whether there is more now, for the rest of the block. */
  private prolong(): boolean {
    const { interpreter } = this;
    const ends = interpreter.withheld > 0 || interpreter.stopAfterInstruction || interpreter.interrupted;
    if (!this.endsWithBlock || ends) return false;
    this.endsWithBlock = false;
    this.granted += TB_MAX_INSNS;
    interpreter.left += TB_MAX_INSNS;
    this.limitToEvent(0);
    return interpreter.left > 0;
  }

  /** Takes back what is left of the budget. */
  private endBudget(): void {
    const { interpreter } = this;
    this.granted -= interpreter.left + interpreter.withheld;
    interpreter.left = interpreter.withheld = 0;
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
    this.cut = null;
    this.direct?.reset();
    this.halted = this.idle = false;
    this.blockedOn = null;
    this.instructions = this.interrupts = 0;
    this.granted = 0;
    this.exceptionsInARow = 0;
  }

  /** Drops all translated code. */
  flush(): void {
    const rest = this.instructionsToBoundary();
    const pc = this.cpu.env[this.cpu.pcSlot];
    this.cut = rest === undefined ? null : { pc, instructions: this.instructionsNow, rest };
    this.blocks.clear();
    this.tier?.flush();
    this.softmmu.flush();
    this.direct?.mappingChanged();
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
    this.direct?.mappingChanged();
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

  /** Runs on to the end of the block that execution stands in the middle of, or to what stops before: `limit` instructions. */
  finishBlock(limit: number): void {
    const { resume } = this;
    if (!resume?.block.valid) return;
    const { insnStarts } = resume.block;
    const next = insnStarts.findIndex((position) => position >= resume.position);
    if (next === 0) return;
    const rest = next < 0 ? 0 : insnStarts.length - next;
    this.run(Math.max(0, Math.min(rest, limit)), false);
    this.finishInstruction();
  }

  /** Makes a running {@link run} return: at the end of the block, or after the instruction whose callback asks. */
  requestStop(): void {
    this.stopRequested = this.interpreter.interrupted = true;
    this.services.memory.i32[ATTENTION_WORD] = 1;
  }

  /**
   * Runs at most `budget` instructions. `passBreak`: a breakpoint on the first one does not stop it. `endsWithBlock`: the
   * budget is only about when to return, so that a few instructions more may run where that is cheaper.
   */
  run(budget: number, passBreak: boolean, endsWithBlock = false): CpuStop {
    const { interpreter } = this;
    this.endsWithBlock = endsWithBlock;
    interpreter.left = this.granted = budget;
    interpreter.withheld = 0;
    this.limitedTo = NaN;
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
      if (!this.resume?.block.valid) this.resume = null;
      // What is translated is not run directly any more.
      const known = this.resume ? null : this.source.findQuick();
      let exit = this.resume || known ? undefined : this.direct?.run();
      if (exit === undefined) {
        const start = known ? { block: known, position: 0 } : this.startBlock();
        if (start === 'nowhere') return CpuStop.Nowhere;
        if (!start) {
          passBreak = false;
          chainFrom = null;
          if (this.exceptionsInARow >= EXCEPTION_LOOP) return CpuStop.ExceptionLoop;
          continue;
        }
        if (chainFrom) chain(chainFrom, interpreter.link, start.block);
        exit =
          (start.position === 0 ? this.tier?.run(start.block) : undefined) ??
          interpreter.execute(start.block, start.position, passBreak);
      }
      chainFrom = null;
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
    const { resume, cut } = this;
    if (cut && cut.instructions === this.instructionsNow && cut.pc === this.cpu.env[this.cpu.pcSlot]) return cut.rest;
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
    if (resume) return resume;
    try {
      return { block: this.source.findBlock() ?? this.source.translate(), position: 0 };
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

  /**
   * The debugger's own callbacks changed, or plugins' were switched off: the blocks that this concerns get their plugin
   * operations anew, without telling plugins. Execution stays where it stands, also behind an instruction's callbacks.
   */
  reinstrument(concerns: BlockFilter): void {
    this.source.reinstrument(this.resume, concerns);
  }
}

/** A block in two pages is always looked up: its second page may be mapped elsewhere by then. */
function chain(from: TranslationBlock, link: number, to: TranslationBlock): void {
  if (!from.valid || to.pages.length > 1) return;
  if (link === 0) from.next0 = to;
  else if (link === 1) from.next1 = to;
}
