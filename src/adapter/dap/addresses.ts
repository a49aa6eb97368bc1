import { hex } from '../../common/bits';
import { describe } from './checked';
import { RequestError } from './errors';

const LIMIT = 2 ** 32;

/** An address as the client sees it in memory and instruction references. */
export function reference(address: number): string {
  return hex(address, 8);
}

/**
 * The address that a memory reference names, with a byte offset added.
 * @returns any integer: the sum may lie outside of the 32-bit address space
 * @throws RequestError when the text is no number
 */
export function parseReference(text: string, offset = 0): number {
  const value = /^\s*(0x[0-9a-f]+|\d+)\s*$/i.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(value) || value >= LIMIT) {
    throw new RequestError(`${describe(text)} is no memory reference: an address such as 0x00100000 was expected`);
  }
  return value + offset;
}

/** Whether the address is one of the 32-bit address space. */
export function isAddress(address: number): boolean {
  return address >= 0 && address < LIMIT;
}

/** How many of `count` bytes from `address` lie inside the address space. */
export function bytesToEnd(address: number, count: number): number {
  return Math.min(count, LIMIT - address);
}
