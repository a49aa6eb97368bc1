/**
 * Reads guest memory for the debugger.
 * @returns exactly `length` bytes, or undefined when some of them cannot be read
 */
export type ReadMemory = (address: number, length: number) => Uint8Array | undefined;

/** An unsigned little-endian value of 1 to 8 bytes; above 4 bytes exact below 2^53. */
export function unsignedOf(bytes: Uint8Array): number {
  let value = 0;
  for (let i = bytes.length - 1; i >= 0; i--) value = value * 256 + bytes[i];
  return value;
}

/** An unsigned little-endian value of any width. */
export function bigUnsignedOf(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]);
  return value;
}

/** The `size` low bytes of a value, little-endian. */
export function bytesOf(value: number | bigint, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let rest = BigInt.asUintN(8 * size, typeof value === 'bigint' ? value : BigInt(Math.trunc(value)));
  for (let i = 0; i < size; i++) {
    bytes[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}
