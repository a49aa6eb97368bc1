/**
 * What a guest memory access is, packed in one integer (an IR immediate):
 * bits 1..0 log2 of the size in bytes, bit 2 sign-extending load, bit 3 big-endian, bit 4 must be naturally aligned,
 * bits 7..5 log2 of the bytes that it must be aligned to whatever its size (0 for any), bits 11..8 the MMU index.
 */
export const MemOp = {
  UB: 0,
  UW: 1,
  UL: 2,
  UQ: 3,
  SIZE: 3,
  SIGN: 4,
  SB: 4,
  SW: 5,
  BE: 8,
  ALIGN: 16,
  /** The alignment of bits 7..5 is given. */
  ALIGN_TO: 7 << 5,
  ALIGN_TO_SHIFT: 5,
  ALIGN4: 2 << 5,
} as const;

export const MEMOP_MMU_SHIFT = 8;

/** The bytes, a power of two, that the access's address must be a multiple of: 1 for any address. */
export function memOpAlignment(op: number): number {
  const given = (op & MemOp.ALIGN_TO) >>> MemOp.ALIGN_TO_SHIFT;
  return 1 << (op & MemOp.ALIGN ? Math.max(given, op & MemOp.SIZE) : given);
}

/** A store's bit in {@link packMeminfo}, above all of MemOp's. */
export const MEMINFO_STORE = 1 << 16;

/** `qemu_plugin_meminfo_t`: the access's MemOp, and whether it is a store; `rw` 1 for a load, 2 for a store. */
export function packMeminfo(memop: number, rw: number): number {
  return rw === 2 ? memop | MEMINFO_STORE : memop;
}

/** log2 of the access size in bytes (0..3). */
export function memOpSizeShift(op: number): number {
  return op & MemOp.SIZE;
}

/** The MMU index (0..15) of the access. */
export function memOpMmuIndex(op: number): number {
  return (op >>> MEMOP_MMU_SHIFT) & 15;
}

const SIZES = ['b', 'w', 'l', 'q'];

/** The text form, e.g. `leul`, `beuw+align`, `leuq+align16`, `sb@1` (MMU index 1). */
export function formatMemOp(op: number): string {
  const size = op & MemOp.SIZE;
  const endian = size === 0 ? '' : op & MemOp.BE ? 'be' : 'le';
  const sign = op & MemOp.SIGN ? 's' : 'u';
  const mmu = memOpMmuIndex(op);
  const given = op & MemOp.ALIGN_TO ? `+align${1 << ((op & MemOp.ALIGN_TO) >>> MemOp.ALIGN_TO_SHIFT)}` : '';
  return `${endian}${sign}${SIZES[size]}${op & MemOp.ALIGN ? '+align' : ''}${given}${mmu ? `@${mmu}` : ''}`;
}

/** Reads what {@link formatMemOp} writes. Throws an Error naming the text when it is not a memory operation. */
export function parseMemOp(text: string): number {
  const match = /^(le|be)?([us])([bwlq])(\+align(?!\d))?(?:\+align(2|4|8|16|32|64|128))?(?:@(\d+))?$/.exec(text);
  if (!match) throw new Error(`not a memory operation: ${text}`);
  return (
    SIZES.indexOf(match[3]) |
    (match[2] === 's' ? MemOp.SIGN : 0) |
    (match[1] === 'be' ? MemOp.BE : 0) |
    (match[4] ? MemOp.ALIGN : 0) |
    (match[5] ? Math.log2(Number(match[5])) << MemOp.ALIGN_TO_SHIFT : 0) |
    (Number(match[6] ?? 0) << MEMOP_MMU_SHIFT)
  );
}
