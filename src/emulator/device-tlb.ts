import type { AccessType } from '../tcg/guest-cpu';
import { PAGE_BITS, PAGE_SIZE } from '../tcg/layout';
import { regionAt, type Region } from './address-space';

const ENTRIES = 64;
const NOTHING = -1;

/** Where pages lie that devices answer in: what the TLB, whose entries are memory's, has no place for. Void whenever the TLB is. */
export class DeviceTlb {
  private readonly tags = new Int32Array(ENTRIES).fill(NOTHING);
  /** Physical page numbers. */
  private readonly pages = new Int32Array(ENTRIES);
  /** What answers in the pages. */
  private readonly regions: (readonly Region[])[] = new Array<readonly Region[]>(ENTRIES).fill([]);

  flush(): void {
    this.tags.fill(NOTHING);
  }

  /** The unsigned physical address, or -1 where it has to be asked for. */
  find(vaddr: number, access: AccessType, mmuIndex: number): number {
    const page = vaddr >>> PAGE_BITS;
    const index = indexOf(page, access);
    if (this.tags[index] !== tagOf(page, access, mmuIndex)) return NOTHING;
    return this.pages[index] * PAGE_SIZE + (vaddr & (PAGE_SIZE - 1));
  }

  /** What answers at `physical`, which {@link find} has returned for the access. */
  regionOf(vaddr: number, access: AccessType, physical: number): Region | undefined {
    return regionAt(this.regions[indexOf(vaddr >>> PAGE_BITS, access)], physical);
  }

  /** An access of that kind is allowed and leads to `physical`, in a page where `regions` answer. */
  add(vaddr: number, physical: number, access: AccessType, mmuIndex: number, regions: readonly Region[]): void {
    const page = vaddr >>> PAGE_BITS;
    const index = indexOf(page, access);
    this.tags[index] = tagOf(page, access, mmuIndex);
    this.pages[index] = physical >>> PAGE_BITS;
    this.regions[index] = regions;
  }
}

/** Loads and stores of a page have an entry each. */
function indexOf(page: number, access: AccessType): number {
  return (2 * page + (access & 1)) % ENTRIES;
}

/** A page number has 20 bits, an MMU index 2, a kind of access 2. */
function tagOf(page: number, access: AccessType, mmuIndex: number): number {
  return (page << 4) | (mmuIndex << 2) | access;
}
