import { PAGE_BITS, PAGE_SIZE, STORE_MAP_BASE, STORE_MAP_BYTES } from '../tcg/layout';
import type { FlatMemory } from '../tcg/wasm/access';
import type { AddressSpace, RamRegion } from './address-space';

/**
 * The board's RAM as compiled code reaches it where addresses are physical ones: by a comparison with its size, and before
 * a store by a map of its pages. The map says which pages' stores must be looked at, since they hold translated code or
 * are watched.
 */
export class FlatRam implements FlatMemory {
  readonly base: number;
  readonly size: number;
  readonly host: number;
  readonly map = STORE_MAP_BASE;
  private readonly pages: Uint8Array;

  private constructor(buffer: ArrayBufferLike, { base, size, host }: RamRegion) {
    this.base = base;
    this.size = size;
    this.host = host;
    this.pages = new Uint8Array(buffer, STORE_MAP_BASE, size >>> PAGE_BITS);
  }

  /** The largest RAM of the machine, if nothing lies over it and the map has room for its pages. */
  static of(space: AddressSpace, buffer: ArrayBufferLike): FlatRam | undefined {
    const overlaps = (a: RamRegion): boolean =>
      space.all.some((b) => b !== a && b.base < a.base + a.size && a.base < b.base + b.size);
    const [largest] = space.all
      .filter((region) => region.kind === 'ram')
      .filter((region) => !region.readOnly)
      .sort((a, b) => b.size - a.size);
    if (largest === undefined || overlaps(largest)) return undefined;
    if (largest.base % PAGE_SIZE || largest.size % PAGE_SIZE || largest.size >>> PAGE_BITS > STORE_MAP_BYTES) {
      return undefined;
    }
    return new FlatRam(buffer, largest);
  }

  /** Stores to the physical page go the slow way from now on; those that reach into it from the page before, too. */
  protect(page: number): void {
    const index = page - (this.base >>> PAGE_BITS);
    for (const i of [index - 1, index]) if (i >= 0 && i < this.pages.length) this.pages[i] = 1;
  }

  /** A store to the physical page went the slow way; `isProtected` tells which pages still need it. */
  review(page: number, isProtected: (page: number) => boolean): void {
    const index = page - (this.base >>> PAGE_BITS);
    if (this.pages[index] && !isProtected(page) && !isProtected(page + 1)) this.pages[index] = 0;
  }
}
