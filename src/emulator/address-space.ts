import type { Device } from './device';

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
}

export type Region = RamRegion | MmioRegion;

/** The physical address map: which region answers at an address. Later regions lie over earlier ones. */
export class AddressSpace {
  private readonly regions: Region[] = [];

  addRam(name: string, base: number, size: number, host: number, readOnly = false): RamRegion {
    const region: RamRegion = { kind: 'ram', name, base, size, host, readOnly };
    this.regions.unshift(region);
    return region;
  }

  addDevice(base: number, device: Device): void {
    this.regions.unshift({ kind: 'mmio', name: device.name, base, size: device.size, device });
  }

  /** The region at the unsigned physical address, or undefined where nothing answers. */
  find(address: number): Region | undefined {
    return this.regions.find((r) => address >= r.base && address - r.base < r.size);
  }

  get all(): readonly Region[] {
    return this.regions;
  }

  /** Devices in the map, each once. */
  get devices(): readonly Device[] {
    return [...new Set(this.regions.flatMap((r) => (r.kind === 'mmio' ? [r.device] : [])))];
  }
}
