import { AccessType, type GuestCpu } from '../tcg/guest-cpu';
import { CpuLoopExit } from '../tcg/helpers';
import { PAGE_BITS, PAGE_MASK, PAGE_SIZE } from '../tcg/layout';
import type { AddressSpace } from './address-space';

const ENTRIES = 256;
/** A tag that no page has: the bits of a tag below a page are an MMU index. */
const INVALID = -1;

/** Where the pages of RAM lie that code is read from, by virtual page and MMU index. */
export class CodeTlb {
  private readonly tags = new Int32Array(ENTRIES).fill(INVALID);
  private readonly hosts = new Float64Array(ENTRIES);
  private readonly physicals = new Float64Array(ENTRIES);
  private found = 0;

  constructor(
    private readonly cpu: GuestCpu,
    private readonly space: AddressSpace,
  ) {}

  /** Addresses may lead elsewhere from now on. */
  clear(): void {
    this.tags.fill(INVALID);
  }

  /**
   * Whether code at the address (unsigned) may be fetched and its page is one piece of RAM: {@link host} and
   * {@link physical} then say where.
   */
  find(vaddr: number): boolean {
    const mmuIndex = this.cpu.mmuIndex();
    const entry = ((vaddr >>> PAGE_BITS) ^ mmuIndex) & (ENTRIES - 1);
    this.found = entry;
    return this.tags[entry] === ((vaddr & PAGE_MASK) | mmuIndex) || this.fill(entry, vaddr, mmuIndex);
  }

  /** Host offset of the first byte of the page found last. */
  get host(): number {
    return this.hosts[this.found];
  }

  /** Physical address of the first byte of the page found last. */
  get physical(): number {
    return this.physicals[this.found];
  }

  private fill(entry: number, vaddr: number, mmuIndex: number): boolean {
    let physical;
    try {
      ({ physical } = this.cpu.translate(vaddr, AccessType.Fetch, mmuIndex));
    } catch (thrown) {
      if (!(thrown instanceof CpuLoopExit)) throw thrown;
      return false;
    }
    const page = physical - (physical % PAGE_SIZE);
    const region = this.space.find(physical);
    if (region?.kind !== 'ram' || !this.space.coversPage(region, page)) return false;
    this.tags[entry] = (vaddr & PAGE_MASK) | mmuIndex;
    this.hosts[entry] = region.host + (page - region.base);
    this.physicals[entry] = page;
    return true;
  }
}
