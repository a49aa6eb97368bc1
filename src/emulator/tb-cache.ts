import { PAGE_BITS } from '../tcg/layout';
import type { TranslationBlock } from '../tcg/tb';
import { CodePage } from './code-page';

const JUMP_CACHE_BITS = 12;

/** The translated blocks of one vCPU, found by pc and flags, dropped by what is written to their code. */
export class TbCache {
  /** Blocks dropped since the last {@link takeDropped}: they may still be running. */
  private dropped: TranslationBlock[] = [];
  private readonly byKey = new Map<number, TranslationBlock>();
  private readonly byPage = new Map<number, CodePage>();
  private readonly jumpCache: (TranslationBlock | null)[] = new Array<null>(1 << JUMP_CACHE_BITS).fill(null);

  /** The block for the state, if it is in the small direct-mapped cache or the table. */
  find(pc: number, flags: number): TranslationBlock | null {
    const index = ((pc >>> 1) ^ (pc >>> (JUMP_CACHE_BITS + 1)) ^ flags) & ((1 << JUMP_CACHE_BITS) - 1);
    const quick = this.jumpCache[index];
    if (quick !== null && quick.pc === pc && quick.flags === flags && quick.valid) return quick;
    const found = this.byKey.get(key(pc, flags));
    if (!found) return null;
    this.jumpCache[index] = found;
    return found;
  }

  add(tb: TranslationBlock): void {
    this.byKey.set(key(tb.pc, tb.flags), tb);
    for (const number of tb.pages) {
      let page = this.byPage.get(number);
      if (!page) this.byPage.set(number, (page = new CodePage(number)));
      page.add(tb);
    }
  }

  hasCode(page: number): boolean {
    return this.byPage.has(page);
  }

  /** Drops the blocks whose code overlaps `size` bytes at the physical address. */
  invalidate(physical: number, size: number): void {
    const first = physical >>> PAGE_BITS;
    const last = (physical + size - 1) >>> PAGE_BITS;
    for (let page = first; page <= last; page++) {
      for (const tb of this.byPage.get(page)?.overlapping(physical, size) ?? []) this.drop(tb);
    }
  }

  /** Drops the blocks for which `test` is true. */
  dropIf(test: (tb: TranslationBlock) => boolean): void {
    for (const tb of [...this.byKey.values()]) if (test(tb)) this.drop(tb);
  }

  private drop(tb: TranslationBlock): void {
    tb.valid = false;
    this.dropped.push(tb);
    if (this.byKey.get(key(tb.pc, tb.flags)) === tb) this.byKey.delete(key(tb.pc, tb.flags));
    for (const number of tb.pages) {
      const page = this.byPage.get(number);
      page?.remove(tb);
      if (page?.isEmpty) this.byPage.delete(number);
    }
  }

  /** Drops every block. */
  clear(): void {
    for (const tb of this.byKey.values()) {
      tb.valid = false;
      this.dropped.push(tb);
    }
    this.byKey.clear();
    this.byPage.clear();
    this.jumpCache.fill(null);
  }

  takeDropped(): readonly TranslationBlock[] {
    const { dropped } = this;
    if (dropped.length) this.dropped = [];
    return dropped;
  }

  get blocks(): Iterable<TranslationBlock> {
    return this.byKey.values();
  }

  get size(): number {
    return this.byKey.size;
  }
}

function key(pc: number, flags: number): number {
  return flags * 0x100000000 + pc;
}
