import { PAGE_MASK, PAGE_SIZE } from './layout';
import { MemOp, memOpAlignment } from './memop';
import type { SoftMmu } from './softmmu';

/** Doublewords by way of the MMU: two accesses of words, that of the lower address first. */

/** The access to the second word of a doubleword. */
function secondHalf(memop: number): number {
  return (memop & ~(MemOp.SIZE | MemOp.ALIGN | MemOp.ALIGN_TO)) | MemOp.UL;
}

/** The access to the first word; the doubleword itself where its alignment faults. */
function firstHalf(address: number, memop: number): number {
  return address & (memOpAlignment(memop) - 1) ? memop : secondHalf(memop);
}

/** Loads the doubleword at `address`, its low word into `words[low]`, its high word into `words[high]`. */
export function loadDoubleword(
  mmu: SoftMmu,
  address: number,
  memop: number,
  words: Int32Array,
  low: number,
  high: number,
): void {
  const first = mmu.load(address, firstHalf(address, memop));
  const second = mmu.load(address + 4, secondHalf(memop));
  words[low] = memop & MemOp.BE ? second : first;
  words[high] = memop & MemOp.BE ? first : second;
}

/** Stores a doubleword; nothing is stored where a part of it would fault. */
export function storeDoubleword(mmu: SoftMmu, address: number, memop: number, low: number, high: number): void {
  if ((address & ~PAGE_MASK) > PAGE_SIZE - 8) mmu.prepareStore(address, memop);
  mmu.store(address, memop & MemOp.BE ? high : low, firstHalf(address, memop));
  mmu.store(address + 4, memop & MemOp.BE ? low : high, secondHalf(memop));
}
