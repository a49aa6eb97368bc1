import { AccessType } from '../tcg/guest-cpu';
import type { HostMemory } from '../tcg/host-memory';
import type { AddressSpace, MmioRegion } from './address-space';
import { BusError, type BusMaster } from './device';
import type { UnmappedPolicy } from './softmmu';

/** How an access ended: a device refused a part of it, or nothing answers there. */
export type BusOutcome = 'ok' | 'error' | 'nowhere';

/** Physical memory as a device sees it that reads and writes by itself: RAM and other devices. */
export class SystemBus implements BusMaster {
  private outcome: BusOutcome = 'ok';

  /** @param written told of each span of RAM that was written, by physical address: code may have lain there */
  constructor(
    private readonly space: AddressSpace,
    private readonly memory: HostMemory,
    private readonly unmapped: Pick<UnmappedPolicy, 'report'>,
    private readonly written: (physical: number, size: number) => void,
  ) {}

  read(address: number, into: Uint8Array): BusOutcome {
    this.outcome = 'ok';
    this.pieces(address, into.length, (physical, offset, length) => {
      const region = this.space.find(physical);
      if (region?.kind === 'ram') {
        const start = region.host + (physical - region.base);
        into.set(this.memory.u8.subarray(start, start + length), offset);
        return;
      }
      const value = region
        ? this.deviceRead(region, physical, length)
        : this.nothing(physical, length, AccessType.Load);
      for (let i = 0; i < length; i++) into[offset + i] = value >>> (8 * i);
    });
    return this.outcome;
  }

  write(address: number, bytes: Uint8Array): BusOutcome {
    this.outcome = 'ok';
    this.pieces(address, bytes.length, (physical, offset, length) => {
      const region = this.space.find(physical);
      if (region?.kind === 'ram') {
        if (region.readOnly) {
          this.outcome = 'nowhere';
          return;
        }
        this.memory.u8.set(bytes.subarray(offset, offset + length), region.host + (physical - region.base));
        this.written(physical, length);
        return;
      }
      let value = 0;
      for (let i = 0; i < length; i++) value |= bytes[offset + i] << (8 * i);
      if (region) this.deviceWrite(region, physical, length, value >>> 0);
      else this.nothing(physical, length, AccessType.Store);
    });
    return this.outcome;
  }

  /** Calls back for each part that one region answers: any length of RAM, else an aligned access of 1, 2 or 4 bytes. */
  private pieces(
    address: number,
    length: number,
    access: (physical: number, offset: number, length: number) => void,
  ): void {
    for (let offset = 0; offset < length;) {
      const physical = (address + offset) >>> 0;
      const rest = length - offset;
      const region = this.space.find(physical);
      let size: number;
      if (region?.kind === 'ram') size = Math.min(rest, region.base + region.size - physical);
      else size = (physical & 3) === 0 && rest >= 4 ? 4 : (physical & 1) === 0 && rest >= 2 ? 2 : 1;
      access(physical, offset, size);
      offset += size;
    }
  }

  private deviceRead(region: MmioRegion, physical: number, size: number): number {
    try {
      return region.port.read(physical - region.base, size);
    } catch (error) {
      if (!(error instanceof BusError)) throw error;
      return this.nothing(physical, size, AccessType.Load, 'error');
    }
  }

  private deviceWrite(region: MmioRegion, physical: number, size: number, value: number): void {
    try {
      region.port.write(physical - region.base, value, size);
    } catch (error) {
      if (!(error instanceof BusError)) throw error;
      this.nothing(physical, size, AccessType.Store, 'error');
    }
  }

  private nothing(physical: number, size: number, access: AccessType, outcome: BusOutcome = 'nowhere'): number {
    this.outcome = outcome;
    this.unmapped.report(physical, size, access);
    return 0;
  }
}
