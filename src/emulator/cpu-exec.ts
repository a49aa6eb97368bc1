import type { ConstantPool } from '../tcg/constants';
import { AccessType, CpuRunState, type GuestCpu } from '../tcg/guest-cpu';
import { CpuLoopExit } from '../tcg/helpers';
import type { PluginRuntime, TbInstrumenter } from '../tcg/instrument';
import { Interpreter, InterpreterExit, type BlockFinder, type HostMemory } from '../tcg/interp';
import { PAGE_BITS } from '../tcg/layout';
import { lowerBlock } from '../tcg/lower';
import { TranslationBlock } from '../tcg/tb';
import { translateBlock } from '../tcg/translator';
import type { AddressSpace } from './address-space';
import { Breakpoints } from './breakpoints';
import { FetchFromNowhere, VcpuSoftMmu, type CodeWriteListener, type UnmappedPolicy } from './softmmu';
import { samePosition } from './same-position';
import { TbCache } from './tb-cache';

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

/** Exceptions in a row without an instruction executed that count as an endless loop. */
const EXCEPTION_LOOP = 64;

export interface CpuExecServices {
  readonly space: AddressSpace;
  readonly memory: HostMemory;
  readonly constants: ConstantPool;
  readonly instrumenter: TbInstrumenter;
  readonly runtime: PluginRuntime;
  readonly unmapped: UnmappedPolicy;
  /** A page now holds translated code: every vCPU's TLB must send its stores through the slow path. */
  protectPage(physicalPage: number): void;
  /** The guest wrote to translated code. */
  codeWritten(physical: number, size: number): void;
  isCodePage(physicalPage: number): boolean;
}

/**
 * Executes one vCPU: finds or translates the block for its state, runs it, takes the exceptions it raises. Translation
 * blocks end and are retranslated as QEMU's do, so plugins see the same events; stops do not change them.
 */
export class CpuExec implements CodeWriteListener, BlockFinder {
  readonly softmmu: VcpuSoftMmu;
  readonly blocks = new TbCache();
  readonly breakpoints: Breakpoints;
  private readonly interpreter: Interpreter;
  private halted = false;
  private resume: { block: TranslationBlock; position: number } | null = null;
  /** {@link resume} lies behind callbacks of an instruction that has not run yet. */
  private behindCallbacks = false;
  /** The exit that the host could not serve yet. */
  private blockedOn: CpuLoopExit | null = null;
  /** State at the end of the last {@link run}. */
  private left = { pc: 0, flags: 0 };
  private exceptionsInARow = 0;
  private stopRequested = false;
  /** Instructions executed since reset. */
  instructions = 0;
  private granted = 0;

  constructor(
    readonly cpu: GuestCpu,
    private readonly services: CpuExecServices,
  ) {
    this.softmmu = new VcpuSoftMmu(cpu, services.space, services.memory, this, services.unmapped);
    this.breakpoints = new Breakpoints(this.blocks);
    this.interpreter = new Interpreter(cpu, services.memory, this.softmmu, services.runtime, this);
  }

  isCodePage(physicalPage: number): boolean {
    return this.services.isCodePage(physicalPage);
  }

  codeWritten(physical: number, size: number): void {
    this.services.codeWritten(physical, size);
  }

  /** Instructions executed up to this moment, also while one runs. */
  get instructionsNow(): number {
    return this.instructions + this.granted - this.interpreter.left - this.interpreter.withheld;
  }

  get isHalted(): boolean {
    return this.halted;
  }

  /** Reset: no translated code, empty TLB, counters at 0. The caller resets the vCPU's own state. */
  reset(): void {
    this.flush();
    this.halted = false;
    this.blockedOn = null;
    this.instructions = 0;
    this.granted = 0;
    this.exceptionsInARow = 0;
  }

  /** Drops all translated code. */
  flush(): void {
    this.blocks.clear();
    this.softmmu.flush();
    this.resume = null;
  }

  /** Addresses mean other memory from now on: the TLB is emptied, blocks whose code lies elsewhere are dropped. */
  mappingChanged(): void {
    this.softmmu.flush();
    this.blocks.dropIf((tb) => this.cpu.debugTranslate(tb.pc) !== tb.physical);
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

  /** In the middle of an instruction: a callback before it stopped, or it waits for the host. It is counted already. */
  get isMidInstruction(): boolean {
    return this.blockedOn !== null || (this.resume !== null && this.behindCallbacks);
  }

  /** Runs the instruction that execution stands in the middle of to its end. */
  finishInstruction(): void {
    if (this.isMidInstruction) this.run(0, false);
  }

  /** Makes a running {@link run} return: at the end of the block, or after the instruction whose callback asks. */
  requestStop(): void {
    this.stopRequested = this.interpreter.interrupted = true;
  }

  /** Runs at most `budget` instructions. `passBreak`: a breakpoint on the first one does not stop it. */
  run(budget: number, passBreak: boolean): CpuStop {
    const { interpreter } = this;
    interpreter.left = this.granted = budget;
    interpreter.withheld = 0;
    interpreter.stopAfterInstruction = false;
    this.stopRequested = interpreter.interrupted = false;
    for (const tb of this.blocks.takeDropped()) this.services.instrumenter.release(tb.instrumentation);
    try {
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
      if (interpreter.left <= 0 && !this.isMidInstruction) return this.budgetEnd();
      if (this.stopRequested) return CpuStop.Requested;
      if (this.halted) {
        if (!cpu.hasWork()) return CpuStop.Halted;
        this.halted = false;
      }
      const before = interpreter.left;
      const start = this.startBlock();
      if (start === 'nowhere') return CpuStop.Nowhere;
      if (!start) {
        passBreak = false;
        if (this.exceptionsInARow >= EXCEPTION_LOOP) return CpuStop.ExceptionLoop;
        continue;
      }
      if (chainFrom) chain(chainFrom, interpreter.link, start.block);
      chainFrom = null;
      const exit = interpreter.execute(start.block, start.position, passBreak);
      passBreak = false;
      if (interpreter.left !== before) this.exceptionsInARow = 0;
      switch (exit) {
        case InterpreterExit.Lookup:
          if (interpreter.link >= 0) chainFrom = interpreter.block;
          break;
        case InterpreterExit.MainLoop:
          break;
        case InterpreterExit.Budget:
          this.suspend(false);
          return this.budgetEnd();
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
    this.exceptionsInARow++;
    const state = this.cpu.handleExit(exit);
    this.halted = state === CpuRunState.Halted;
    this.blockedOn = state === CpuRunState.Blocked ? exit : null;
  }

  private suspend(behindCallbacks: boolean): void {
    const { block, position } = this.interpreter;
    this.resume = block ? { block, position } : null;
    this.behindCallbacks = behindCallbacks;
  }

  /** The block for the state as it is now, if it has been translated. */
  findBlock(): TranslationBlock | null {
    const { cpu } = this;
    return this.blocks.find(cpu.env[cpu.pcSlot] >>> 0, cpu.tbFlags());
  }

  private translate(): TranslationBlock {
    const { cpu, services } = this;
    const pc = cpu.env[cpu.pcSlot] >>> 0;
    const { physical } = cpu.translate(pc, AccessType.Fetch, cpu.mmuIndex());
    const translated = translateBlock(cpu.translator, pc, cpu.tbFlags(), this.softmmu);
    const instrumentation = services.instrumenter.instrument(translated, cpu.index);
    const tb = new TranslationBlock(translated, lowerBlock(translated.ir, services.constants));
    tb.instrumentation = instrumentation;
    tb.physical = physical;
    const firstPage = physical >>> PAGE_BITS;
    const lastPage = (physical + tb.size - 1) >>> PAGE_BITS;
    tb.pages = firstPage === lastPage ? [firstPage] : [firstPage, lastPage];
    this.breakpoints.apply(tb);
    this.blocks.add(tb);
    for (const page of tb.pages) services.protectPage(page);
    return tb;
  }

  /**
   * The debugger's own callbacks changed, or plugins' were switched off: every block gets its plugin operations anew,
   * without telling plugins. Execution stays where it stands, also behind an instruction's callbacks.
   */
  reinstrument(): void {
    const { cpu, services, resume } = this;
    for (const tb of [...this.blocks.blocks]) {
      const translated = translateBlock(cpu.translator, tb.pc, tb.flags, this.softmmu, tb.insnAddresses.length);
      tb.instrumentation = services.instrumenter.instrument(translated, cpu.index, tb.instrumentation);
      const lowered = lowerBlock(translated.ir, services.constants);
      if (resume?.block === tb) resume.position = samePosition(tb, resume.position, lowered);
      tb.code = lowered.code;
      tb.insnStarts = lowered.insnStarts;
      this.breakpoints.apply(tb);
    }
  }
}

function chain(from: TranslationBlock, link: number, to: TranslationBlock): void {
  if (!from.valid) return;
  if (link === 0) from.next0 = to;
  else if (link === 1) from.next1 = to;
}
