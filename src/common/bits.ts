/** The low `width` bits (1..32) of `value` starting at bit `lsb`, zero-extended to an unsigned number. */
export function bits(value: number, lsb: number, width: number): number {
  return width === 32 ? value >>> lsb : (value >>> lsb) & ((1 << width) - 1);
}

/** Bit `n` (0..31) of `value`: 0 or 1. */
export function bit(value: number, n: number): number {
  return (value >>> n) & 1;
}

/** `value`'s low `width` bits (1..32) as a signed 32-bit number. */
export function signExtend(value: number, width: number): number {
  const shift = 32 - width;
  return (value << shift) >> shift;
}

/** `value` rotated right by `amount` (taken modulo 32), as a signed 32-bit number. */
export function rotateRight(value: number, amount: number): number {
  const n = amount & 31;
  return n === 0 ? value | 0 : (value >>> n) | (value << (32 - n));
}

/** The number of one bits in the 32-bit `value`. */
export function popCount(value: number): number {
  let v = value | 0;
  v -= (v >>> 1) & 0x55555555;
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** The bytes of the 32-bit `value` in the opposite order, as a signed 32-bit number. */
export function byteSwap32(value: number): number {
  return (value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24);
}

/** `0x` and the unsigned 32-bit `value` in lower-case hexadecimal, at least `digits` long. */
export function hex(value: number, digits = 1): string {
  return `0x${(value >>> 0).toString(16).padStart(digits, '0')}`;
}

/** Bits 63..32 of the unsigned product of two 32-bit values, as a signed number. */
export function mulHighUnsigned(a: number, b: number): number {
  const al = a & 0xffff;
  const ah = a >>> 16;
  const bl = b & 0xffff;
  const bh = b >>> 16;
  const middle = ah * bl + ((al * bl) >>> 16);
  const cross = al * bh + (middle & 0xffff);
  return (ah * bh + Math.floor(middle / 0x10000) + Math.floor(cross / 0x10000)) | 0;
}
