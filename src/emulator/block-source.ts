import type { BlockFilter } from '../tcg/instrument';
import { AccessType, type GuestCpu } from '../tcg/guest-cpu';
import { CpuLoopExit } from '../tcg/helpers';
import type { BlockFinder } from '../tcg/interp';
import { PAGE_MASK, PAGE_SIZE } from '../tcg/layout';
import { lowerBlock, type LoweredBlock } from '../tcg/lower';
import { TranslationBlock } from '../tcg/tb';
import { translateBlock, type CodeReader } from '../tcg/translator';
import type { Breakpoints } from './breakpoints';
import type { CpuExecServices } from './exec-services';
import { samePosition } from './same-position';
import type { VcpuSoftMmu } from './softmmu';
import type { TbCache } from './tb-cache';

/** Told of blocks that compiled code may be made of. */
export interface BlockListener {
  added(tb: TranslationBlock): void;
  /** The block's operations are others now. */
  changed(tb: TranslationBlock): void;
}

/** Finds, translates and instruments the blocks of one vCPU. */
export class BlockSource implements BlockFinder {
  constructor(
    private readonly cpu: GuestCpu,
    private readonly services: CpuExecServices,
    private readonly softmmu: VcpuSoftMmu,
    private readonly blocks: TbCache,
    private readonly breakpoints: Breakpoints,
    private readonly listener: BlockListener,
  ) {}

  /** The block for the state as it is now, if it has been translated. */
  findBlock(): TranslationBlock | null {
    const { cpu } = this;
    return this.findAt(cpu.env[cpu.pcSlot] >>> 0, cpu.tbFlags());
  }

  /** {@link findBlock} of what ran lately. */
  findQuick(): TranslationBlock | null {
    const { cpu } = this;
    return this.blocks.quick(cpu.env[cpu.pcSlot] >>> 0, cpu.tbFlags());
  }

  /** The block for pc and flags, if it has been translated and its code can be fetched. Never throws. */
  findKnown(pc: number, flags: number): TranslationBlock | null {
    try {
      return this.findAt(pc, flags);
    } catch (thrown) {
      if (!(thrown instanceof CpuLoopExit)) throw thrown;
      return null;
    }
  }

  /** As {@link findBlock}; throws the target's prefetch abort. */
  findAt(pc: number, flags: number): TranslationBlock | null {
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

  /** Translates the block for the state as it is now; throws the target's prefetch abort. */
  translate(): TranslationBlock {
    const { cpu } = this;
    return this.translateAt(cpu.env[cpu.pcSlot] >>> 0, cpu.tbFlags(), this.softmmu);
  }

  /** Translates the block for pc and flags under the current mapping, reading its code by `reader`. */
  translateAt(pc: number, flags: number, reader: CodeReader): TranslationBlock {
    const { cpu, services } = this;
    const physical = this.codeAddress(pc);
    const translated = translateBlock(cpu.translator, pc, flags, reader);
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
    this.listener.added(tb);
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
   * Gives the blocks that this concerns their plugin operations anew, without telling plugins of a translation. `standing` is
   * where execution stands, also behind an instruction's callbacks: its position is corrected.
   */
  reinstrument(
    standing: { readonly block: TranslationBlock; position: number } | null,
    concerns: BlockFilter = () => true,
  ): void {
    const { cpu, services } = this;
    for (const tb of this.blocks.blocks) {
      if (!concerns(tb)) continue;
      const translated = translateBlock(cpu.translator, tb.pc, tb.flags, this.codeOf(tb), tb.insnAddresses.length);
      tb.instrumentation = services.instrumenter.instrument(translated, cpu.index, tb.instrumentation);
      const lowered = lowerBlock(translated.ir, services.constants);
      if (isSame(lowered, tb)) continue;
      this.listener.changed(tb);
      if (standing?.block === tb) standing.position = samePosition(tb, standing.position, lowered);
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
