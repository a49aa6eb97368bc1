import { PAGE_SIZE } from '../tcg/layout';
import type { Device } from './device';
import { MmioPort } from './mmio';

/** Bytes of address space whose regions are searched together: a multiple of a page. */
const SECTION_BITS = 20;
const SECTION = 1 << SECTION_BITS;

/** A span of guest RAM (or ROM): `host` is its byte offset in the shared memory. */
export interface RamRegion {
  readonly kind: 'ram';
  /** As plugins see it; QEMU calls any RAM `RAM`. */
  readonly name: string;
  readonly base: number;
  readonly size: number;
  readonly host: number;
  readonly readOnly: boolean;
}

export interface MmioRegion {
  readonly kind: 'mmio';
  readonly name: string;
  readonly base: number;
  readonly size: number;
  readonly device: Device;
  /** The way to the device. */
  readonly port: MmioPort;
}

export type Region = RamRegion | MmioRegion;

/** The physical address map: which region answers at an address. Later regions lie over earlier ones. */
export class AddressSpace {
  private readonly regions: Region[] = [];
  /** The regions that reach into each section of the address space, in order of priority; made when first asked for. */
  private readonly sections: (readonly Region[] | undefined)[] = [];

  addRam(name: string, base: number, size: number, host: number, readOnly = false): RamRegion {
    const region: RamRegion = { kind: 'ram', name, base, size, host, readOnly };
    this.regions.unshift(region);
    this.sections.length = 0;
    return region;
  }

  addDevice(base: number, device: Device): void {
    this.regions.unshift({
      kind: 'mmio',
      name: device.name,
      base,
      size: device.size,
      device,
      port: new MmioPort(device),
    });
    this.sections.length = 0;
  }

  /** The region at the unsigned physical address, or undefined where nothing answers. */
  find(address: number): Region | undefined {
    return regionAt(this.sectionOf(address), address);
  }

  /** The regions that reach into the page (of PAGE_SIZE bytes) with the number, in order of priority. */
  inPage(page: number): readonly Region[] {
    const start = page * PAGE_SIZE;
    return this.sectionOf(start).filter((r) => r.base < start + PAGE_SIZE && start < r.base + r.size);
  }

  /** Whether `region` answers in the whole page (of PAGE_SIZE bytes) at the unsigned physical address. */
  coversPage(region: Region, pageStart: number): boolean {
    for (const other of this.sectionOf(pageStart)) {
      if (other === region) {
        return pageStart >= region.base && pageStart - region.base + PAGE_SIZE <= region.size;
      }
      if (other.base < pageStart + PAGE_SIZE && pageStart < other.base + other.size) return false;
    }
    return false;
  }

  private sectionOf(address: number): readonly Region[] {
    const number = address >>> SECTION_BITS;
    return this.sections[number] ?? this.section(number);
  }

  private section(number: number): readonly Region[] {
    const start = number * SECTION;
    const found = this.regions.filter((r) => r.base < start + SECTION && start < r.base + r.size);
    this.sections[number] = found;
    return found;
  }

  get all(): readonly Region[] {
    return this.regions;
  }

  /** Devices in the map, each once. */
  get devices(): readonly Device[] {
    return [...new Set(this.regions.flatMap((r) => (r.kind === 'mmio' ? [r.device] : [])))];
  }
}

/** The first of the regions, which are in order of priority, that answers at the unsigned physical address. */
export function regionAt(regions: readonly Region[], address: number): Region | undefined {
  for (const region of regions) {
    if (address >= region.base && address - region.base < region.size) return region;
  }
  return undefined;
}
