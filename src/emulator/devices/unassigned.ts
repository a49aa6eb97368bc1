import { hex } from '../../common/bits';
import { BusError, type Device, type GuestLog } from '../device';

/** The address space behind everything, on machines that do not raise an abort there: reads as 0, takes no writes. */
export class Unassigned implements Device {
  readonly name = 'unassigned';
  readonly size = 2 ** 32;

  constructor(private readonly log: GuestLog) {}

  read(offset: number): number {
    this.log.guestError(`read at ${this.page(offset)}, where nothing answers: reads as 0`);
    return 0;
  }

  write(offset: number): void {
    this.log.guestError(`write at ${this.page(offset)}, where nothing answers: ignored`);
  }

  reset(): void {}

  /** One message per MiB, with the address that came first. */
  private readonly first = new Map<number, string>();
  private page(offset: number): string {
    const key = offset >>> 20;
    const known = this.first.get(key);
    if (known !== undefined) return known;
    const text = hex(offset, 8);
    this.first.set(key, text);
    return text;
  }
}

/** A device on a machine that ignores bus errors: what the device refuses reads as 0 or is dropped. */
export class TolerantDevice implements Device {
  readonly name: string;
  readonly size: number;
  readonly access: Device['access'];

  constructor(private readonly device: Device) {
    this.name = device.name;
    this.size = device.size;
    this.access = device.access;
  }

  read(offset: number, size: number): number {
    try {
      return this.device.read(offset, size);
    } catch (error) {
      if (error instanceof BusError) return 0;
      throw error;
    }
  }

  write(offset: number, value: number, size: number): void {
    try {
      this.device.write(offset, value, size);
    } catch (error) {
      if (!(error instanceof BusError)) throw error;
    }
  }

  reset(): void {
    this.device.reset();
  }
}
