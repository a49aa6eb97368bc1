import type { Device } from './device';

/**
 * Reads `size` (1, 2, 4) bytes at `offset` of a device, little-endian, in accesses of the widths the device takes:
 * wider ones are split, narrower ones widened to the device's minimum and cut. Signed 32-bit result.
 */
export function busRead(device: Device, offset: number, size: number): number {
  const { min, max } = device.access ?? { min: 1, max: 4 };
  const width = Math.min(Math.max(size, min), max);
  if (width === size) return device.read(offset, size) | 0;
  if (width > size) {
    const start = offset - (offset % width);
    return ((device.read(start, width) >>> (8 * (offset - start))) & mask(size)) | 0;
  }
  let value = 0;
  for (let i = 0; i < size; i += width) value |= (device.read(offset + i, width) & mask(width)) << (8 * i);
  return value;
}

/** Writes the low `size` bytes of `value`; widths as in {@link busRead}. */
export function busWrite(device: Device, offset: number, size: number, value: number): void {
  const { min, max } = device.access ?? { min: 1, max: 4 };
  const width = Math.min(Math.max(size, min), max);
  if (width === size) return device.write(offset, (value & mask(size)) >>> 0, size);
  if (width > size) {
    const start = offset - (offset % width);
    return device.write(start, ((value & mask(size)) << (8 * (offset - start))) >>> 0, width);
  }
  for (let i = 0; i < size; i += width) device.write(offset + i, ((value >>> (8 * i)) & mask(width)) >>> 0, width);
}

function mask(size: number): number {
  return size === 4 ? -1 : (1 << (8 * size)) - 1;
}
