import { Bytecode } from '../bytecode';
import { PAGE_MASK, TLB_BITS, TLB_ENTRY_WORDS, TLB_WORDS, ENV_TLB, TierWord } from '../layout';
import { memOpAlignment, memOpMmuIndex } from '../memop';
import type { Imports } from './linkage';
import { Op, Type } from './opcodes';
import type { Operation } from './shapes';
import type { Values } from './values';

/** Bytes of a TLB entry's words: see layout.ts. */
const READ_TAG = 0;
const WRITE_TAG = 4;
const ADDEND = 8;
const ENTRY_BYTES = 4 * TLB_ENTRY_WORDS;

export interface Access {
  readonly isLoad: boolean;
  /** In bytes. */
  readonly size: number;
  readonly op: Op;
}

const ACCESSES = new Map<Bytecode, Access>([
  [Bytecode.ld8u, { isLoad: true, size: 1, op: Op.i32_load8_u }],
  [Bytecode.ld8s, { isLoad: true, size: 1, op: Op.i32_load8_s }],
  [Bytecode.ld16u, { isLoad: true, size: 2, op: Op.i32_load16_u }],
  [Bytecode.ld16s, { isLoad: true, size: 2, op: Op.i32_load16_s }],
  [Bytecode.ld32, { isLoad: true, size: 4, op: Op.i32_load }],
  [Bytecode.ld64, { isLoad: true, size: 8, op: Op.i64_load }],
  [Bytecode.st8, { isLoad: false, size: 1, op: Op.i32_store8 }],
  [Bytecode.st16, { isLoad: false, size: 2, op: Op.i32_store16 }],
  [Bytecode.st32, { isLoad: false, size: 4, op: Op.i32_store }],
  [Bytecode.st64, { isLoad: false, size: 8, op: Op.i64_store }],
]);

export function isAccess(op: Bytecode): boolean {
  return ACCESSES.has(op);
}

/** Locals that accesses share. */
export interface AccessLocals {
  readonly address: number;
  readonly entry: number;
}

/**
 * Emits an access: the TLB's entry answers where its tag matches all bytes of the access, aligned as it must be; else the
 * slow path does, in memory that TierWord.Value stands for; else `handOver` leaves for the interpreter, which repeats it.
 */
export function emitAccess(
  v: Values,
  operation: Operation,
  locals: AccessLocals,
  imports: Imports,
  handOver: () => void,
): void {
  const access = accessOf(operation);
  const [memop] = operation.immediates;
  const values = operation.inputs.slice(0, -1);
  emitAccessAt(v, operation, locals, () =>
    hostAddress(v, { ...access, memop }, locals, () =>
      slow(v, access.isLoad, memop, values, locals, imports, handOver),
    ),
  );
}

export function accessOf({ op }: Operation): Access {
  const access = ACCESSES.get(op);
  if (!access) throw new Error('not an access');
  return access;
}

/** Emits an access, whose address it puts into its local, at the place in memory that `host` leaves on the stack. */
export function emitAccessAt(v: Values, operation: Operation, locals: AccessLocals, host: () => void): void {
  const { f } = v;
  const { isLoad, size, op } = accessOf(operation);
  const { inputs, outputs } = operation;
  const values = inputs.slice(0, -1);

  v.get(inputs[inputs.length - 1]);
  f.set(locals.address);
  if (!isLoad) {
    host();
    if (size === 8) {
      v.get(values[0]);
      f.op(Op.i64_extend_i32_u);
      v.get(values[1]);
      f.op(Op.i64_extend_i32_u);
      f.i64Const(32n);
      f.op(Op.i64_shl);
      f.op(Op.i64_or);
    } else {
      v.get(values[0]);
    }
    f.memory(op, alignment(size), 0);
  } else if (size === 8) {
    const value = f.local(Type.i64);
    host();
    f.memory(op, alignment(size), 0);
    f.set(value);
    v.set(outputs[0], () => {
      f.get(value);
      f.op(Op.i32_wrap_i64);
    });
    v.set(outputs[1], () => {
      f.get(value);
      f.i64Const(32n);
      f.op(Op.i64_shr_u);
      f.op(Op.i32_wrap_i64);
    });
  } else {
    v.set(outputs[0], () => {
      host();
      f.memory(op, alignment(size), 0);
    });
  }
}

const alignment = (size: number): number => Math.log2(size);

/** Leaves the address in the shared memory on the stack. */
function hostAddress(
  v: Values,
  { size, memop, isLoad }: { size: number; memop: number; isLoad: boolean },
  { address, entry }: AccessLocals,
  slowPath: () => void,
): void {
  const { f } = v;
  const needed = memOpAlignment(memop) - 1;
  const tlb = v.offset(ENV_TLB + memOpMmuIndex(memop) * TLB_WORDS);
  // Page number times the bytes of an entry.
  f.get(address);
  f.i32Const(12 - Math.log2(ENTRY_BYTES));
  f.op(Op.i32_shr_u);
  f.i32Const(((1 << TLB_BITS) - 1) * ENTRY_BYTES);
  f.op(Op.i32_and);
  f.tee(entry);
  f.memory(Op.i32_load, 2, tlb + (isLoad ? READ_TAG : WRITE_TAG));
  // The address of the last byte, as far as alignment leaves it open, is in the same page.
  f.get(address);
  const reach = Math.max(0, size - 1 - needed);
  if (reach > 0) {
    f.i32Const(reach);
    f.op(Op.i32_add);
  }
  f.i32Const(PAGE_MASK | needed);
  f.op(Op.i32_and);
  f.op(Op.i32_ne);
  f.ifValue(Type.i32, false);
  slowPath();
  f.i32Const(v.offset(TierWord.Value));
  f.else();
  f.get(address);
  f.get(entry);
  f.memory(Op.i32_load, 2, tlb + ADDEND);
  f.op(Op.i32_add);
  f.end();
}

function slow(
  v: Values,
  isLoad: boolean,
  memop: number,
  values: readonly number[],
  { address }: AccessLocals,
  imports: Imports,
  handOver: () => void,
): void {
  const { f } = v;
  f.get(address);
  f.i32Const(memop);
  if (!isLoad) {
    v.get(values[0]);
    if (values.length > 1) v.get(values[1]);
    else f.i32Const(0);
  }
  f.call(isLoad ? imports.load : imports.store);
  f.op(Op.i32_eqz);
  f.if(false);
  handOver();
  f.end();
}
