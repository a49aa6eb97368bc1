import { PAGE_BITS } from '../tcg/layout';
import type { TranslationBlock } from '../tcg/tb';
import { CodePage } from './code-page';

const JUMP_CACHE_BITS = 12;

/** What a block costs besides its code and for each of its instructions, in bytes, as V8's heap shows it. */
const BLOCK_BYTES = 2048;
const INSTRUCTION_BYTES = 48;
/** From here on translated code is dropped as a whole, as QEMU does when its buffer is full. */
const CAPACITY = 384 * 2 ** 20;

/** The translated blocks of one vCPU, found by pc and flags, dropped by what is written to their code. */
export class TbCache {
  /** Blocks dropped since the last {@link takeDropped}: they may still be running. */
  private dropped: TranslationBlock[] = [];
  /** Blocks of the same pc and flags come from different physical addresses. */
  private readonly byKey = new Map<number, TranslationBlock[]>();
  private readonly byPage = new Map<number, CodePage>();
  /** What the blocks take of the host's memory, estimated in bytes. */
  private bytes = 0;
  private readonly jumpCache: (TranslationBlock | null)[] = new Array<null>(1 << JUMP_CACHE_BITS).fill(null);

  /** @param onDrop told of each block that is dropped because its code has changed */
  constructor(private readonly onDrop: (tb: TranslationBlock) => void = () => undefined) {}

  /** The block for the state under the current mapping, if the small direct-mapped cache has it. */
  quick(pc: number, flags: number): TranslationBlock | null {
    const found = this.jumpCache[jumpIndex(pc, flags)];
    return found !== null && found.pc === pc && found.flags === flags && found.valid ? found : null;
  }

  /** The block for the state whose code `matches` says is what the state's addresses now lead to. */
  find(pc: number, flags: number, matches: (tb: TranslationBlock) => boolean): TranslationBlock | null {
    const found = this.byKey.get(key(pc, flags))?.find(matches);
    if (!found) return null;
    this.jumpCache[jumpIndex(pc, flags)] = found;
    return found;
  }

  /** Addresses may lead elsewhere from now on: {@link quick} knows nothing until {@link find} has found it again. */
  mappingChanged(): void {
    this.jumpCache.fill(null);
  }

  /** More than is to be kept: see {@link PluginRuntime.codeFull}. */
  get isFull(): boolean {
    return this.bytes > CAPACITY;
  }

  add(tb: TranslationBlock): void {
    this.bytes += bytesOf(tb);
    const same = this.byKey.get(key(tb.pc, tb.flags));
    if (same) same.push(tb);
    else this.byKey.set(key(tb.pc, tb.flags), [tb]);
    for (const number of tb.pages) {
      let page = this.byPage.get(number);
      if (!page) this.byPage.set(number, (page = new CodePage(number)));
      page.add(tb);
    }
  }

  hasCode(page: number): boolean {
    return this.byPage.has(page);
  }

  /** Whether a block's code overlaps `size` bytes at the physical address. */
  hasCodeAt(physical: number, size: number): boolean {
    const first = physical >>> PAGE_BITS;
    const last = (physical + size - 1) >>> PAGE_BITS;
    for (let page = first; page <= last; page++) {
      if (this.byPage.get(page)?.overlapping(physical, size).length) return true;
    }
    return false;
  }

  /** Drops the blocks whose code overlaps `size` bytes at the physical address. */
  invalidate(physical: number, size: number): void {
    const first = physical >>> PAGE_BITS;
    const last = (physical + size - 1) >>> PAGE_BITS;
    for (let page = first; page <= last; page++) {
      for (const tb of this.byPage.get(page)?.overlapping(physical, size) ?? []) this.drop(tb);
    }
  }

  private drop(tb: TranslationBlock): void {
    tb.valid = false;
    this.bytes -= bytesOf(tb);
    this.dropped.push(tb);
    this.onDrop(tb);
    const others = (this.byKey.get(key(tb.pc, tb.flags)) ?? []).filter((other) => other !== tb);
    if (others.length) this.byKey.set(key(tb.pc, tb.flags), others);
    else this.byKey.delete(key(tb.pc, tb.flags));
    for (const number of tb.pages) {
      const page = this.byPage.get(number);
      page?.remove(tb);
      if (page?.isEmpty) this.byPage.delete(number);
    }
  }

  /** Drops every block. */
  clear(): void {
    for (const tb of this.blocks) {
      tb.valid = false;
      this.dropped.push(tb);
    }
    this.bytes = 0;
    this.byKey.clear();
    this.byPage.clear();
    this.jumpCache.fill(null);
  }

  takeDropped(): readonly TranslationBlock[] {
    const { dropped } = this;
    if (dropped.length) this.dropped = [];
    return dropped;
  }

  get blocks(): readonly TranslationBlock[] {
    return [...this.byKey.values()].flat();
  }
}

function key(pc: number, flags: number): number {
  return flags * 0x100000000 + pc;
}

function jumpIndex(pc: number, flags: number): number {
  return ((pc >>> 1) ^ (pc >>> (JUMP_CACHE_BITS + 1)) ^ flags) & ((1 << JUMP_CACHE_BITS) - 1);
}

/** By what does not change while the block lives: its code may be lowered anew. */
function bytesOf(tb: TranslationBlock): number {
  return BLOCK_BYTES + INSTRUCTION_BYTES * tb.insnAddresses.length;
}
