import type { Device, Post } from './device';
import { BusError } from './device';

const DEFAULT_ACCESS = { min: 1, max: 4 } as const;

function mask(size: number): number {
  return size === 4 ? 0xffffffff : (1 << (size * 8)) - 1;
}

/** A device as the bus reaches it: what its registers take, in the same shape for every device. */
export class MmioPort {
  /** Access widths in bytes: {@link Device.valid}, then {@link Device.access}. */
  private readonly validMin: number;
  private readonly validMax: number;
  private readonly min: number;
  private readonly max: number;

  constructor(private readonly device: Device) {
    const valid = device.valid ?? DEFAULT_ACCESS;
    const access = device.access ?? DEFAULT_ACCESS;
    this.validMin = valid.min;
    this.validMax = valid.max;
    this.min = access.min;
    this.max = access.max;
  }

  /**
   * Reads `size` (1, 2, 4) bytes at an aligned `offset` of the device, unsigned. A width that the registers do not take
   * ({@link Device.access}) is made of several narrower accesses, or of one wider access cut to size. Little endian.
   * Throws {@link BusError} for a width that the bus refuses ({@link Device.valid}) or where the device does.
   */
  read(offset: number, size: number): number {
    this.check(size);
    const step = Math.max(Math.min(size, this.max), this.min);
    if (step >= size) return (this.device.read(offset, step) & mask(size)) >>> 0;
    let value = 0;
    for (let i = 0; i < size; i += step) value |= (this.device.read(offset + i, step) & mask(step)) << (i * 8);
    return value >>> 0;
  }

  /** Writes the low `size` (1, 2, 4) bytes of `value` at an aligned `offset` of the device; widths as for {@link read}. */
  write(offset: number, value: number, size: number): void {
    this.check(size);
    const step = Math.max(Math.min(size, this.max), this.min);
    if (step >= size) {
      this.device.write(offset, (value & mask(size)) >>> 0, step);
      return;
    }
    for (let i = 0; i < size; i += step) this.device.write(offset + i, ((value >>> (i * 8)) & mask(step)) >>> 0, step);
  }

  /** {@link Device.post} for writes of `size` bytes. */
  post(offset: number, size: number): Post | undefined {
    const fits = size >= this.validMin && size <= this.validMax && size >= this.min && size <= this.max;
    return fits ? this.device.post?.(offset) : undefined;
  }

  private check(size: number): void {
    if (size < this.validMin || size > this.validMax) throw new BusError();
  }
}
