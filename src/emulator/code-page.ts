import { PAGE_SIZE } from '../tcg/layout';
import type { TranslationBlock } from '../tcg/tb';

/** Log2 of the bytes whose blocks are counted together. */
const GRAIN_BITS = 5;
const NONE: readonly TranslationBlock[] = [];

/** The blocks whose code lies in one physical page. Data often lies beside code, so a store that meets none is quick. */
export class CodePage {
  private readonly blocks = new Set<TranslationBlock>();
  private readonly counts = new Uint16Array(PAGE_SIZE >>> GRAIN_BITS);
  /** Physical address. */
  private readonly start: number;

  constructor(page: number) {
    this.start = page * PAGE_SIZE;
  }

  get isEmpty(): boolean {
    return this.blocks.size === 0;
  }

  add(tb: TranslationBlock): void {
    this.blocks.add(tb);
    this.count(tb, 1);
  }

  remove(tb: TranslationBlock): void {
    if (this.blocks.delete(tb)) this.count(tb, -1);
  }

  /** The blocks with code in the `size` bytes at the physical address, as far as these lie in the page. */
  overlapping(physical: number, size: number): readonly TranslationBlock[] {
    const last = this.grain(physical + size - 1);
    let grain = this.grain(physical);
    while (grain <= last && this.counts[grain] === 0) grain++;
    if (grain > last) return NONE;
    return [...this.blocks].filter((tb) => {
      const { start, end } = this.span(tb);
      return start < physical + size && physical < end;
    });
  }

  private count(tb: TranslationBlock, change: number): void {
    const { start, end } = this.span(tb);
    const last = this.grain(end - 1);
    for (let grain = this.grain(start); grain <= last; grain++) this.counts[grain] += change;
  }

  /** Which bytes of the page the block's code is in: of one that began in another page what did not fit there. */
  private span({ physical, size, pages }: TranslationBlock): { start: number; end: number } {
    const inFirst = Math.min(size, PAGE_SIZE - (physical % PAGE_SIZE));
    if (pages[0] * PAGE_SIZE === this.start) return { start: physical, end: physical + inFirst };
    return { start: this.start, end: this.start + size - inFirst };
  }

  /** The grain of an address; of one outside the page the first or last. */
  private grain(physical: number): number {
    return Math.min(Math.max(physical - this.start, 0), PAGE_SIZE - 1) >>> GRAIN_BITS;
  }
}
