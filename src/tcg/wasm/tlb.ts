import { PAGE_BITS, TLB_BITS, TLB_ENTRY_WORDS } from '../layout';
import type { FunctionBuilder } from './function';
import { Op } from './opcodes';

/** Bytes of a TLB entry's words: see layout.ts. */
export const READ_TAG = 0;
export const WRITE_TAG = 4;
export const ADDEND = 8;
export const PHYSICAL_PAGE = 12;
const ENTRY_BYTES = 4 * TLB_ENTRY_WORDS;

/** Takes an address from the stack; leaves the byte offset of its entry from the first one of its MMU index there. */
export function emitTlbEntry(f: FunctionBuilder): void {
  // Page number times the bytes of an entry.
  f.i32Const(PAGE_BITS - Math.log2(ENTRY_BYTES));
  f.op(Op.i32_shr_u);
  f.i32Const(((1 << TLB_BITS) - 1) * ENTRY_BYTES);
  f.op(Op.i32_and);
}
