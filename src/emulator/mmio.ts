import type { Device } from './device';
import { BusError } from './device';

const DEFAULT_ACCESS = { min: 1, max: 4 } as const;

function mask(size: number): number {
  return size === 4 ? 0xffffffff : (1 << (size * 8)) - 1;
}

function check(device: Device, size: number): void {
  const valid = device.valid;
  if (valid && (size < valid.min || size > valid.max)) throw new BusError();
}

/**
 * Reads `size` (1, 2, 4) bytes at an aligned `offset` of a device, unsigned. A width that the registers do not take
 * ({@link Device.access}) is made of several narrower accesses, or of one wider access cut to size. Little endian.
 * Throws {@link BusError} for a width that the bus refuses ({@link Device.valid}) or where the device does.
 */
export function mmioRead(device: Device, offset: number, size: number): number {
  check(device, size);
  const { min, max } = device.access ?? DEFAULT_ACCESS;
  const step = Math.max(Math.min(size, max), min);
  let value = 0;
  for (let i = 0; i < size; i += step) value |= (device.read(offset + i, step) & mask(step)) << (i * 8);
  return (value & mask(size)) >>> 0;
}

/** Writes the low `size` (1, 2, 4) bytes of `value` at an aligned `offset` of a device; widths as for {@link mmioRead}. */
export function mmioWrite(device: Device, offset: number, value: number, size: number): void {
  check(device, size);
  const { min, max } = device.access ?? DEFAULT_ACCESS;
  const step = Math.max(Math.min(size, max), min);
  for (let i = 0; i < size; i += step)
    device.write(offset + i, ((value >>> (i * 8)) & mask(Math.min(step, size))) >>> 0, step);
}
