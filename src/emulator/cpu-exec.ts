import { ConstantPoolFull, type ConstantPool } from '../tcg/constants';
import { AccessType, CpuRunState, type GuestCpu } from '../tcg/guest-cpu';
import { CpuLoopExit } from '../tcg/helpers';
import type { PluginRuntime, TbInstrumenter } from '../tcg/instrument';
import { Interpreter, InterpreterExit, type HostMemory } from '../tcg/interp';
import { PAGE_BITS } from '../tcg/layout';
import { lowerBlock } from '../tcg/lower';
import { TranslationBlock } from '../tcg/tb';
import { translateBlock } from '../tcg/translator';
import type { AddressSpace } from './address-space';
import { Breakpoints } from './breakpoints';
import { FetchFromNowhere, VcpuSoftMmu, type CodeWriteListener, type UnmappedPolicy } from './softmmu';
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
  /** {@link CpuExec.requestStop} was called while it ran. */
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
  /** All vCPUs drop their translated code (the constant pool is full). */
  flushAll(): void;
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
export class CpuExec implements CodeWriteListener {
  readonly softmmu: VcpuSoftMmu;
  readonly blocks = new TbCache();
  readonly breakpoints: Breakpoints;
  private readonly interpreter: Interpreter;
  private halted = false;
  private resume: { block: TranslationBlock; position: number } | null = null;
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
    this.interpreter = new Interpreter(cpu, services.memory, this.softmmu, services.runtime, () => this.findBlock());
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

  /**
   * The debugger changed registers or memory: execution goes on from the state as it is now, not from the middle of
   * the block it stopped in.
   */
  stateChanged(): void {
    this.resume = null;
    this.halted = false;
  }

  /** The middle of an instruction, when a callback stopped there (its exec callbacks have run already). */
  get isMidInstruction(): boolean {
    return this.resume !== null && !this.resume.block.insnStarts.includes(this.resume.position);
  }

  /** Makes a running {@link run} return at the end of the current block or exception. */
  requestStop(): void {
    this.stopRequested = true;
  }

  /** Runs at most `budget` instructions. `passBreak`: a breakpoint on the first one does not stop it. */
  run(budget: number, passBreak: boolean): CpuStop {
    const { interpreter } = this;
    interpreter.left = this.granted = budget;
    interpreter.withheld = 0;
    interpreter.stopAfterInstruction = false;
    this.stopRequested = false;
    for (const tb of this.blocks.takeDropped()) this.services.instrumenter.release(tb.instrumentation);
    try {
      return this.loop(passBreak);
    } finally {
      interpreter.left += interpreter.withheld;
      interpreter.withheld = 0;
      this.instructions += this.granted - interpreter.left;
      this.granted = interpreter.left = 0;
    }
  }

  private loop(passBreak: boolean): CpuStop {
    const { interpreter, cpu } = this;
    let chainFrom: TranslationBlock | null = null;
    for (;;) {
      if (this.stopRequested) return CpuStop.Requested;
      if (this.halted) {
        if (!cpu.hasWork()) return CpuStop.Halted;
        this.halted = false;
      }
      const before = interpreter.left;
      const start = this.startBlock();
      if (start === 'nowhere') return CpuStop.Nowhere;
      if (!start) {
        if (this.exceptionsInARow >= EXCEPTION_LOOP) return CpuStop.ExceptionLoop;
        continue;
      }
      if (chainFrom) chain(chainFrom, interpreter.link, start.block);
      chainFrom = null;
      const exit = interpreter.execute(start.block, start.position, passBreak);
      if (interpreter.left !== before) {
        passBreak = false;
        this.exceptionsInARow = 0;
      }
      switch (exit) {
        case InterpreterExit.Lookup:
          if (interpreter.link >= 0) chainFrom = interpreter.block;
          break;
        case InterpreterExit.MainLoop:
          break;
        case InterpreterExit.Budget:
          this.suspend();
          return interpreter.stopAfterInstruction ? CpuStop.Callback : CpuStop.Budget;
        case InterpreterExit.Breakpoint:
          this.suspend();
          return CpuStop.Breakpoint;
        case InterpreterExit.Callback:
          this.suspend();
          return CpuStop.Callback;
        case InterpreterExit.Exit:
          this.takeExit();
          if (this.exceptionsInARow >= EXCEPTION_LOOP) return CpuStop.ExceptionLoop;
          if (interpreter.left <= 0) return interpreter.stopAfterInstruction ? CpuStop.Callback : CpuStop.Budget;
          break;
      }
    }
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
    this.halted = this.cpu.handleExit(exit) === CpuRunState.Halted;
  }

  private suspend(): void {
    const { block, position } = this.interpreter;
    this.resume = block ? { block, position } : null;
  }

  private findBlock(): TranslationBlock | null {
    const { cpu } = this;
    return this.blocks.find(cpu.env[cpu.pcSlot] >>> 0, cpu.tbFlags());
  }

  private translate(): TranslationBlock {
    try {
      return this.translateNow();
    } catch (error) {
      if (!(error instanceof ConstantPoolFull)) throw error;
      this.services.flushAll();
      return this.translateNow();
    }
  }

  private translateNow(): TranslationBlock {
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
   * The debugger's own callbacks changed: every block gets its plugin operations anew, without telling plugins. When
   * the vCPU stands in the middle of an instruction, that block is done when it is next translated.
   */
  reinstrument(): void {
    const { cpu, services } = this;
    for (const tb of [...this.blocks.blocks]) {
      const insn = this.resume?.block === tb ? tb.insnStarts.indexOf(this.resume.position) : 0;
      if (insn < 0) continue;
      const translated = translateBlock(cpu.translator, tb.pc, tb.flags, this.softmmu, tb.insnAddresses.length);
      tb.instrumentation = services.instrumenter.instrument(translated, cpu.index, tb.instrumentation);
      const lowered = lowerBlock(translated.ir, services.constants);
      tb.code = lowered.code;
      tb.insnStarts = lowered.insnStarts;
      if (this.resume?.block === tb) this.resume.position = tb.insnStarts[insn];
      this.breakpoints.apply(tb);
    }
  }
}

function chain(from: TranslationBlock, link: number, to: TranslationBlock): void {
  if (!from.valid) return;
  if (link === 0) from.next0 = to;
  else if (link === 1) from.next1 = to;
}
