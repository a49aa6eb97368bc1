import { MemOp, memOpSizeShift } from '../tcg/memop';

/** A loads' and stores' bit in qemu_plugin_mem_rw. */
export const MEM_R = 1;
export const MEM_W = 2;

/** `qemu_plugin_meminfo_t`: the access's MemOp, with the store bit above all of MemOp's. */
const STORE_BIT = 1 << 16;

export function packMeminfo(memop: number, rw: number): number {
  return rw === MEM_W ? memop | STORE_BIT : memop;
}

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
  return (info & STORE_BIT) !== 0;
}
