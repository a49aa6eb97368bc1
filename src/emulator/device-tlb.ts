import type { AccessType } from '../tcg/guest-cpu';
import { PAGE_BITS, PAGE_SIZE } from '../tcg/layout';
import { regionAt, type Region } from './address-space';
import type { Post } from './device';
import type { MmioPort } from './mmio';

const ENTRIES = 64;
const NOTHING = -1;
const ACCESSES = 128;

/** An access to a device that was allowed: the next one of its kind at its address goes the same way. */
export interface DeviceAccess {
  /** Virtual, signed. */
  readonly address: number;
  readonly memop: number;
  readonly access: AccessType;
  readonly port: MmioPort;
  /** In the device. */
  readonly offset: number;
  /** Of a store: how it may be made without looking at what it did. */
  readonly post: Post | undefined;
}

/** Where pages lie that devices answer in: what the TLB, whose entries are memory's, has no place for. Void whenever the TLB is. */
export class DeviceTlb {
  /** What was accessed last, by address: programs use few registers, and these often. */
  private readonly accesses: (DeviceAccess | undefined)[] = new Array<undefined>(ACCESSES).fill(undefined);
  private readonly tags = new Int32Array(ENTRIES).fill(NOTHING);
  /** Physical page numbers. */
  private readonly pages = new Int32Array(ENTRIES);
  /** What answers in the pages. */
  private readonly regions: (readonly Region[])[] = new Array<readonly Region[]>(ENTRIES).fill([]);

  flush(): void {
    this.tags.fill(NOTHING);
    this.accesses.fill(undefined);
  }

  /** How the same access was made before, if it is remembered. `address` is signed. */
  made(address: number, memop: number, access: AccessType): DeviceAccess | undefined {
    const found = this.accesses[accessIndex(address, access)];
    if (found?.address !== address || found.memop !== memop || found.access !== access) return undefined;
    return found;
  }

  remember(made: DeviceAccess): DeviceAccess {
    return (this.accesses[accessIndex(made.address, made.access)] = made);
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

function accessIndex(address: number, access: AccessType): number {
  return ((address >>> 1) ^ (address >>> 8) ^ access) & (ACCESSES - 1);
}

/** Loads and stores of a page have an entry each. */
function indexOf(page: number, access: AccessType): number {
  return (2 * page + (access & 1)) % ENTRIES;
}

/** A page number has 20 bits, an MMU index 2, a kind of access 2. */
function tagOf(page: number, access: AccessType, mmuIndex: number): number {
  return (page << 4) | (mmuIndex << 2) | access;
}
