import { DirectExecutor, DirectExit, type CodeWatch } from '../tcg/direct';
import type { GuestCpu } from '../tcg/guest-cpu';
import { CpuLoopExit } from '../tcg/helpers';
import type { TbInstrumenter } from '../tcg/instrument';
import type { HostMemory } from '../tcg/host-memory';
import type { Interpreter } from '../tcg/interp';
import { InterpreterExit } from '../tcg/interp-state';
import { PAGE_BITS, PAGE_SIZE, TLB_WORDS } from '../tcg/layout';
import type { TranslationBlock } from '../tcg/tb';
import { TB_MAX_INSNS, translateBlock, type CodeReader, type DisasContextBase } from '../tcg/translator';
import type { AddressSpace } from './address-space';
import { FORMS_ENDED } from '../tcg/forms';
import type { BlockSource } from './block-source';
import type { Breakpoints } from './breakpoints';
import { CodeTlb } from './code-tlb';
import type { FormRunner } from './form-runner';
import type { VcpuSoftMmu } from './softmmu';
import type { TbCache } from './tb-cache';
import type { TierPolicy } from './tier-policy';

export interface DirectServices {
  readonly cpu: GuestCpu;
  readonly memory: HostMemory;
  readonly space: AddressSpace;
  readonly softmmu: VcpuSoftMmu;
  readonly interpreter: Interpreter;
  readonly blocks: TbCache;
  readonly source: BlockSource;
  readonly breakpoints: Breakpoints;
  readonly instrumenter: TbInstrumenter;
  /** What runs the instructions that most code consists of; absent where the guest has none. */
  readonly forms: FormRunner | undefined;
  readonly budget: {
    /** It is used up in the middle of a block: whether the rest of the block may run nevertheless. */
    prolong(): boolean;
    /** Ends it here. */
    end(): void;
  };
}

/** Counters of executions, shared by blocks with the same index: the only harm is that one is translated early. */
const COUNTERS = 1 << 20;
const MOST_RUNS = 255;
const INSN_BYTES = 4;
/** No block runs. */
const NO_PAGE = -1;

/**
 * Runs cold blocks of one vCPU without translating them: see {@link DirectExecutor}. It ends blocks where translated ones
 * end, and never stands in the middle of one: where it has to stop there, the block is translated, and the interpreter
 * stands in it.
 *
 * A block's code is what it was when the block began, as if it had been translated then: before anything may write to the
 * page around it, that page is kept.
 */
export class DirectTier implements CodeReader, CodeWatch {
  private readonly executor: DirectExecutor;
  private readonly code: CodeTlb;
  private readonly runs = new Uint8Array(COUNTERS);
  /** The small page that the running block lies in: virtual and physical address, host offset, bytes. */
  private vaddr = 0;
  private physical = NO_PAGE;
  private host = 0;
  private bytes = 0;
  /** What the page held when the block began, once something may have been written. */
  private kept = new Uint8Array(0);
  private isKept = false;
  /** What was written in it while the block runs: physical addresses and bytes. */
  private writes: { readonly physical: number; readonly size: number }[] = [];
  /** A device has asked for a stop at the end of the block. */
  private endsRun = false;
  /** The budget was prolonged to the end of the block. */
  private isProlonged = false;

  constructor(
    private readonly services: DirectServices,
    private readonly policy: Pick<TierPolicy, 'direct' | 'carriedOut'>,
  ) {
    const { cpu, memory, softmmu, interpreter, space } = services;
    this.executor = new DirectExecutor(cpu, memory, softmmu, interpreter, this);
    this.code = new CodeTlb(cpu, space);
  }

  /** Addresses mean other memory, or allow other accesses, from now on. */
  mappingChanged(): void {
    this.code.clear();
  }

  /** All code is cold again. */
  reset(): void {
    this.runs.fill(0);
    this.code.clear();
  }

  /** The block's code was overwritten: what is there now is cold. */
  dropped({ pc, flags }: TranslationBlock): void {
    this.runs[counterOf(pc, flags)] = 0;
  }

  /** Whether the running block lies in the physical page, so that {@link written} is to be told of stores to it. */
  isIn(physicalPage: number): boolean {
    return this.physical !== NO_PAGE && this.physical >>> PAGE_BITS === physicalPage;
  }

  /** Memory was written, other than by the running block's quick stores. */
  written(physical: number, size: number): void {
    if (this.physical === NO_PAGE) return;
    if (physical < this.physical + this.bytes && this.physical < physical + size) this.writes.push({ physical, size });
  }

  /**
   * Runs the block for the state, and what follows, as far as it is cold. Undefined when the first one is not; else as
   * {@link Interpreter.execute}, with no chain to make.
   */
  run(): InterpreterExit | undefined {
    const { cpu, interpreter } = this.services;
    const { env, pcSlot } = cpu;
    let exit: InterpreterExit | undefined;
    while (interpreter.left > 0) {
      const pc = env[pcSlot] >>> 0;
      const flags = cpu.tbFlags();
      if (!this.takes(pc, flags)) break;
      exit = this.runBlock(pc, flags);
      if (exit !== InterpreterExit.Lookup) break;
    }
    return exit;
  }

  /** Whether to run the block, which is counted then. Only code that cannot fault when it is fetched is run. */
  private takes(pc: number, flags: number): boolean {
    const { blocks, breakpoints, instrumenter } = this.services;
    const counter = counterOf(pc, flags);
    if (this.runs[counter] >= this.policy.direct || instrumenter.observesBlocks) return false;
    if (pc % PAGE_SIZE > PAGE_SIZE - 4 || breakpoints.has(pc) || blocks.quick(pc, flags)) return false;
    if (!this.code.find(pc)) return false;
    this.runs[counter]++;
    return true;
  }

  private runBlock(pc: number, flags: number): InterpreterExit {
    const { forms } = this.services;
    if (forms && pc % INSN_BYTES === 0 && forms.accepts(flags)) return this.runForms(forms, pc, flags);
    const { cpu } = this.services;
    return this.runRest(cpu.translator.createContext(this.executor, pc, flags, TB_MAX_INSNS, this));
  }

  /** Runs the block by forms, or what follows the instructions that have none. */
  private runForms(forms: FormRunner, pc: number, flags: number): InterpreterExit {
    const { code } = this;
    const { cpu, interpreter } = this.services;
    const { blockBytes } = forms;
    const start = pc & (PAGE_SIZE - blockBytes);
    const inBlock = Math.min((start + blockBytes - (pc % PAGE_SIZE)) / INSN_BYTES, TB_MAX_INSNS);
    const tlb = 4 * TLB_WORDS * cpu.mmuIndex();
    const result = forms.run(pc, code.host + (pc % PAGE_SIZE), this.room(pc, inBlock), tlb, code.host + start);
    const done = result & (FORMS_ENDED - 1);
    interpreter.left -= done;
    interpreter.link = -1;
    if (result & FORMS_ENDED) return InterpreterExit.Lookup;
    const next = (pc + INSN_BYTES * done) >>> 0;
    if (done === inBlock) {
      cpu.env[cpu.pcSlot] = next;
      return InterpreterExit.Lookup;
    }
    const context = cpu.translator.createContext(this.executor, pc, flags, TB_MAX_INSNS, this);
    context.instructions = done;
    context.pcNext = next;
    return this.runRest(context, tlb);
  }

  /**
   * Runs the block from where the context stands.
   * @param tlb where instructions may run by forms, the TLB that they use
   */
  private runRest(context: DisasContextBase, tlb?: number): InterpreterExit {
    const { executor } = this;
    const { cpu, interpreter, breakpoints } = this.services;
    const { translator } = cpu;
    let aux = 0;
    this.count(context);
    this.enter(context);
    executor.startBlock();
    try {
      for (;;) {
        if (context.instructions > 0) {
          if (interpreter.left <= 0 && !this.prolong()) return this.standIn(context, InterpreterExit.Budget);
          if (breakpoints.has(context.pcNext)) return this.standIn(context, InterpreterExit.Breakpoint);
        }
        interpreter.left--;
        executor.startInstruction();
        aux = translator.insnStartAux(context);
        context.startInstruction();
        translator.translateInsn(context);
        if (context.endsBlock() || (tlb !== undefined && this.resumeForms(context, tlb))) break;
      }
      // A form has not left by the executor, which would carry this out.
      if (executor.exit === DirectExit.None) translator.tbStop(context);
    } catch (thrown) {
      if (!(thrown instanceof CpuLoopExit)) throw thrown;
      if (thrown.restoresState) {
        cpu.env[cpu.pcSlot] = context.pcCurrent;
        cpu.env[cpu.auxSlot] = aux;
      }
      interpreter.exit = thrown;
      return InterpreterExit.Exit;
    } finally {
      this.physical = NO_PAGE;
      if (this.isProlonged) this.services.budget.end();
    }
    if (this.endsRun) interpreter.withholdAll();
    interpreter.link = -1;
    switch (executor.exit) {
      case DirectExit.Lookup:
        return InterpreterExit.Lookup;
      case DirectExit.MainLoop:
        return InterpreterExit.MainLoop;
      case DirectExit.None:
        throw new Error(`the block at 0x${context.pcFirst.toString(16)} does not end: it jumps backwards`);
    }
  }

  /** The translator's functions carry out some of a block that {@link takes} has counted once. */
  private count({ pcFirst, flags }: DisasContextBase): void {
    const counter = counterOf(pcFirst, flags);
    this.runs[counter] = Math.min(this.runs[counter] + this.policy.carriedOut - 1, MOST_RUNS);
  }

  /** How many of `most` instructions from `pc` on may run without a look at anything: 1 at least, if the budget has that. */
  private room(pc: number, most: number): number {
    const { interpreter, breakpoints } = this.services;
    const within = Math.min(interpreter.left, most);
    if (breakpoints.isEmpty) return within;
    for (let n = 1; n < within; n++) if (breakpoints.has(pc + INSN_BYTES * n)) return n;
    return within;
  }

  /** Goes on by forms behind an instruction that had none. Whether the block has ended. */
  private resumeForms(context: DisasContextBase, tlb: number): boolean {
    const { forms, interpreter, breakpoints } = this.services;
    const { pcNext, pageStart, pageSize, instructions, maxInstructions } = context;
    // The block's code may not be what it was when it began.
    if (!forms || this.writes.length || interpreter.left <= 0 || breakpoints.has(pcNext)) return false;
    const inBlock = Math.min((pageSize - (pcNext - pageStart)) / INSN_BYTES, maxInstructions - instructions);
    const host = this.host + (pcNext - this.vaddr);
    const result = forms.run(pcNext, host, this.room(pcNext, inBlock), tlb, this.host);
    const done = result & (FORMS_ENDED - 1);
    interpreter.left -= done;
    context.instructions += done;
    context.pcNext = (pcNext + INSN_BYTES * done) >>> 0;
    if (result & FORMS_ENDED) this.executor.exit = DirectExit.Lookup;
    return (result & FORMS_ENDED) !== 0 || context.endsBlock();
  }

  private enter({ pageStart, pageSize }: DisasContextBase): void {
    const { executor, code } = this;
    const offset = pageStart % PAGE_SIZE;
    this.vaddr = pageStart;
    this.bytes = executor.watchBytes = pageSize;
    this.physical = code.physical + offset;
    this.host = executor.watchStart = code.host + offset;
    this.isKept = this.endsRun = this.isProlonged = false;
    if (this.writes.length) this.writes = [];
  }

  private prolong(): boolean {
    if (!this.services.budget.prolong()) return false;
    return (this.isProlonged = true);
  }

  /** Stands before the next instruction of the running block, which has to stop there. */
  private standIn(context: DisasContextBase, reason: InterpreterExit): InterpreterExit {
    const { cpu, interpreter } = this.services;
    const block = this.translated(context);
    cpu.env[cpu.pcSlot] = context.pcNext;
    cpu.env[cpu.auxSlot] = cpu.translator.insnStartAux(context);
    interpreter.block = block;
    interpreter.position = interpreter.insnPosition = block ? block.insnStarts[context.instructions] : -1;
    return reason;
  }

  /** The running block as a translated one; null where it would not be valid any more, since its code was overwritten. */
  private translated({ pcFirst, flags }: DisasContextBase): TranslationBlock | null {
    const { cpu, source } = this.services;
    if (this.writes.length) {
      const { size } = translateBlock(cpu.translator, pcFirst, flags, this);
      const start = this.physical + (pcFirst - this.vaddr);
      if (this.writes.some((write) => write.physical < start + size && start < write.physical + write.size))
        return null;
    }
    return source.findAt(pcFirst, flags) ?? source.translateAt(pcFirst, flags, this);
  }

  /** {@link CodeReader.fetch} of the running block's code. */
  fetch(address: number, size: 2 | 4): number {
    const offset = address - this.vaddr;
    // The first instruction may reach out of the small page; nothing has been written by then.
    if (offset < 0 || offset + size > this.bytes) return this.services.softmmu.fetch(address, size);
    if (this.isKept) {
      const { kept } = this;
      const half = kept[offset] | (kept[offset + 1] << 8);
      return size === 2 ? half : (half | (kept[offset + 2] << 16) | (kept[offset + 3] << 24)) >>> 0;
    }
    const { u16, i32 } = this.services.memory;
    const at = this.host + offset;
    if (size === 2) return u16[at >>> 1];
    return at & 2 ? (u16[at >>> 1] | (u16[(at >>> 1) + 1] << 16)) >>> 0 : i32[at >>> 2] >>> 0;
  }

  beforeSlowAccess(): void {
    if (this.isKept) return;
    if (this.kept.length < this.bytes) this.kept = new Uint8Array(this.bytes);
    this.kept.set(this.services.memory.u8.subarray(this.host, this.host + this.bytes));
    this.isKept = true;
  }

  beforeStore(host: number, size: number): void {
    this.beforeSlowAccess();
    this.writes.push({ physical: this.physical + (host - this.host), size });
  }

  afterSlowStore(): void {
    if (this.services.interpreter.interrupted) this.endsRun = true;
  }
}

function counterOf(pc: number, flags: number): number {
  return ((pc >>> 1) + (Math.imul(flags, 0x9e3779b1) >>> 12)) & (COUNTERS - 1);
}
