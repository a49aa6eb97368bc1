/**
 * `value` as C's `%.<digits>f` prints it: exact ties go to the even digit, where toFixed goes up.
 * @param value finite, not negative, and not below 2^-50 unless 0
 */
export function formatFixed(value: number, digits: number): string {
  const exact = value.toFixed(100);
  const rounded = value.toFixed(digits);
  const rest = exact.slice(exact.indexOf('.') + 1 + digits);
  if (!/^50*$/.test(rest)) return rounded;
  const down = exact.slice(0, exact.length - rest.length);
  const truncated = down.endsWith('.') ? down.slice(0, -1) : down;
  return Number(truncated.at(-1)) % 2 === 0 ? truncated : rounded;
}

/** `0x` and at least `digits` hexadecimal digits. */
export function hexAddress(address: number, digits = 1): string {
  return `0x${address.toString(16).padStart(digits, '0')}`;
}

/** The little-endian number of the first `length` bytes: `0x` and two digits for each. */
export function hexBytes(bytes: Uint8Array, length: number): string {
  const digits = [...bytes.subarray(0, length)].reverse().map((byte) => byte.toString(16).padStart(2, '0'));
  return `0x${digits.join('')}`;
}

/** Misses in percent of accesses, 0 without an access; computed in the order that the C plugins use. */
export function percent(misses: number, accesses: number): number {
  return accesses === 0 ? 0 : (misses / accesses) * 100;
}
