import { MEMINFO_STORE, MemOp, memOpSizeShift } from '../tcg/memop';

/** A loads' and stores' bit in qemu_plugin_mem_rw. */
export const MEM_R = 1;
export const MEM_W = 2;

export function memSizeShift(info: number): number {
  return memOpSizeShift(info);
}

export function memIsSignExtended(info: number): boolean {
  return (info & MemOp.SIGN) !== 0;
}

export function memIsBigEndian(info: number): boolean {
  return (info & MemOp.BE) !== 0;
}

export function memIsStore(info: number): boolean {
  return (info & MEMINFO_STORE) !== 0;
}
