import { Bytecode } from '../bytecode';
import { ENV_TLB, PAGE_BITS, PAGE_MASK, TLB_WORDS, TierWord } from '../layout';
import { MemOp, memOpAlignment, memOpMmuIndex, memOpSizeShift } from '../memop';
import type { LabelDepth } from './function';
import { SlowAccess, type Imports } from './linkage';
import { View, meet } from './memory-words';
import { Op, Type } from './opcodes';
import { swapBytes } from './operations';
import type { Operation } from './shapes';
import { ADDEND, emitTlbEntry, READ_TAG, WRITE_TAG } from './tlb';
import type { Values } from './values';

interface Access {
  readonly isLoad: boolean;
  /** In bytes. */
  readonly size: number;
  readonly op: Op;
  /** Its bytes are in the other order in memory: it is big-endian. */
  readonly swaps: boolean;
}

const LOADS = [Op.i32_load8_u, Op.i32_load16_u, Op.i32_load, Op.i64_load];
const SIGNED_LOADS = [Op.i32_load8_s, Op.i32_load16_s, Op.i32_load, Op.i64_load];
const STORES = [Op.i32_store8, Op.i32_store16, Op.i32_store, Op.i64_store];

const LOAD_OPERATIONS: ReadonlySet<Bytecode> = new Set(
  (['ld8u', 'ld8s', 'ld16u', 'ld16s', 'ld32', 'ld_slow', 'ld64', 'ld64_slow'] as const).map((name) => Bytecode[name]),
);
const STORE_OPERATIONS: ReadonlySet<Bytecode> = new Set(
  (['st8', 'st16', 'st32', 'st_slow', 'st64', 'st64_slow'] as const).map((name) => Bytecode[name]),
);

export function isAccess({ op }: Operation): boolean {
  return LOAD_OPERATIONS.has(op) || STORE_OPERATIONS.has(op);
}

export function isLoad({ op }: Operation): boolean {
  return LOAD_OPERATIONS.has(op);
}

/** In bytes. */
export function accessSize(operation: Operation): number {
  return 1 << memOpSizeShift(memopOf(operation));
}

/** Locals that accesses share. */
export interface AccessLocals {
  readonly address: number;
  readonly entry: number;
  /** Of one access alone. */
  readonly scratch: number;
}

/** Memory that addresses lead to directly, while they are physical ones. */
export interface FlatMemory {
  /** Unsigned. */
  readonly base: number;
  readonly size: number;
  /** Byte offset in the shared memory. */
  readonly host: number;
  /** Byte offset of a byte for each page: not 0 where stores must go the slow way. */
  readonly map: number;
}

/** How a region reaches memory. */
export interface AccessContext {
  readonly locals: AccessLocals;
  readonly imports: Imports;
  /** Absent: by the TLB. */
  readonly flat: FlatMemory | undefined;
}

/** Ways to leave compiled code at an access. */
export interface AccessExits {
  /** Before a slow access: makes TierWord.Left exact. */
  readonly publishLeft: () => void;
  /** Leaves for the interpreter, which carries the access out. */
  readonly before: () => void;
  /** Leaves for the interpreter behind the access. */
  readonly behind: () => void;
}

/**
 * Emits a way to the access's place in memory: goes to `slowWay` where there is none, else leaves an address on the stack
 * and returns the offset to add.
 */
type Place = (v: Values, operation: Operation, access: Access, slowWay: LabelDepth) => number;

/** A way of its own. */
export interface OwnPlace {
  readonly emit: (slowWay: LabelDepth) => void;
  /** The number of the filtered callback that is made together with a slow access; absent: slow ones are handed over. */
  readonly callback: number | undefined;
  /** Emit what comes before the call for a slow access and its callback, and what follows it. */
  readonly calling: () => void;
  readonly called: () => void;
}

/**
 * Emits an access. The fast way answers where memory alone does: by the TLB's entry, where its tag matches all bytes of
 * the access, aligned as it must be; or directly in flat memory. Else the slow way does, with the value in
 * TierWord.Value; else the interpreter.
 */
export function emitAccess(
  v: Values,
  operation: Operation,
  context: AccessContext,
  exits: AccessExits,
  own?: OwnPlace,
): void {
  const { f } = v;
  const place = own ? ownPlace(own) : placeIn(context);
  const { address } = context.locals;
  const { inputs } = operation;
  v.get(inputs[inputs.length - 1]);
  f.set(address);
  const access = accessOf(operation);
  const before = v.words.known;
  const done = f.block();
  const slowWay = f.block();
  const offset = place(v, operation, access, slowWay);
  const host = context.locals.scratch;
  if (access.isLoad) f.set(host);
  transfer(v, operation, access, () => (access.isLoad ? f.get(host) : undefined), offset);
  const fast = v.words.known;
  f.br(done);
  f.end();
  v.words.known = before;
  const isHandedOver = own !== undefined && own.callback === undefined;
  if (isHandedOver) exits.before();
  else slow(v, operation, access, context, exits, own);
  f.end();
  // What an access is handed over for does not come back.
  v.words.known = isHandedOver ? fast : meet(fast, v.words.known);
}

/** Emits an access that surely is to memory: at what `at` leaves on the stack plus `offset` bytes. */
export function emitSureAccess(v: Values, operation: Operation, at: () => void, offset: number): void {
  transfer(v, operation, accessOf(operation), at, offset);
}

function transfer(v: Values, operation: Operation, access: Access, at: () => void, offset: number): void {
  const { size, op } = access;
  if (access.isLoad) {
    setLoaded(v, operation, access, at, offset);
    return;
  }
  const { inputs } = operation;
  at();
  if (size === 8) storedPair(v, inputs, access);
  else storedWord(v, inputs[0], access);
  v.f.memory(op, alignment(size), offset);
}

function ownPlace({ emit }: OwnPlace): Place {
  return (_v, _operation, _access, slowWay) => {
    emit(slowWay);
    return 0;
  };
}

function placeIn({ flat, locals }: AccessContext): Place {
  return (v, operation, access, slowWay) =>
    flat
      ? flatChecks(v, operation, access, flat, locals.address, slowWay)
      : tlbCheck(v, operation, access, locals, slowWay);
}

function accessOf(operation: Operation): Access {
  if (!isAccess(operation)) throw new Error('not an access');
  const memop = memopOf(operation);
  const shift = memOpSizeShift(memop);
  const swaps = shift > 0 && (memop & MemOp.BE) !== 0;
  const load = isLoad(operation);
  // A sign is extended when the bytes are in their order.
  const ops = !load ? STORES : memop & MemOp.SIGN && !swaps ? SIGNED_LOADS : LOADS;
  return { isLoad: load, size: 1 << shift, op: ops[shift], swaps };
}

/** Loads from an address that `at` leaves on the stack. */
function setLoaded(v: Values, operation: Operation, access: Access, at: () => void, offset: number): void {
  const { f } = v;
  const { outputs } = operation;
  const { size, op, swaps } = access;
  const load = (): void => {
    at();
    f.memory(op, alignment(size), offset);
  };
  if (size < 8) {
    v.set(outputs[0], () => {
      load();
      if (!swaps) return;
      const raw = v.scratch(Type.i32);
      f.set(raw);
      swapBytes(f, () => f.get(raw));
      toLow(v, size, memopOf(operation) & MemOp.SIGN ? Op.i32_shr_s : Op.i32_shr_u);
    });
    return;
  }
  if (!swaps && v.isPair(outputs[0], outputs[1])) {
    v.words.set(outputs[0], View.Long, load);
    return;
  }
  const value = f.local(Type.i64);
  load();
  f.set(value);
  setPair(v, outputs, value, swaps);
}

/** Of a word whose bytes were swapped: brings those of an access of `size` bytes down. */
function toLow({ f }: Values, size: number, shift: Op): void {
  if (size === 4) return;
  f.i32Const(32 - 8 * size);
  f.op(shift);
}

function setPair(v: Values, [low, high]: readonly number[], value: number, swaps: boolean): void {
  const { f } = v;
  const word = (isHigh: boolean): void => {
    f.get(value);
    if (isHigh) {
      f.i64Const(32n);
      f.op(Op.i64_shr_u);
    }
    f.op(Op.i32_wrap_i64);
  };
  v.set(low, () => (swaps ? swapBytes(f, () => word(true)) : word(false)));
  v.set(high, () => (swaps ? swapBytes(f, () => word(false)) : word(true)));
}

/** Leaves a word on the stack as it is stored. */
function storedWord(v: Values, slot: number, { size, swaps }: Access): void {
  if (!swaps) {
    v.get(slot);
    return;
  }
  swapBytes(v.f, () => v.get(slot));
  toLow(v, Math.min(4, size), Op.i32_shr_u);
}

function storedPair(v: Values, [low, high]: readonly number[], access: Access): void {
  const { f } = v;
  const { swaps } = access;
  if (!swaps && v.isPair(low, high)) {
    v.words.get(low, View.Long);
    return;
  }
  storedWord(v, swaps ? high : low, access);
  f.op(Op.i64_extend_i32_u);
  storedWord(v, swaps ? low : high, access);
  f.op(Op.i64_extend_i32_u);
  f.i64Const(32n);
  f.op(Op.i64_shl);
  f.op(Op.i64_or);
}

const alignment = (size: number): number => Math.log2(size);

const memopOf = ({ immediates }: Operation): number => immediates[0];

/** Goes the slow way where flat memory does not answer; leaves the address on the stack and returns the offset to it. */
function flatChecks(
  v: Values,
  operation: Operation,
  { isLoad, size }: Access,
  { base, size: bytes, host, map }: FlatMemory,
  address: number,
  slowWay: LabelDepth,
): number {
  const { f } = v;
  const relative = (): void => {
    f.get(address);
    if (base === 0) return;
    f.i32Const(base | 0);
    f.op(Op.i32_sub);
  };
  const needed = memOpAlignment(memopOf(operation)) - 1;
  if (needed > 0) {
    f.get(address);
    f.i32Const(needed);
    f.op(Op.i32_and);
    f.brIf(slowWay, false);
  }
  relative();
  f.i32Const((bytes - size) | 0);
  f.op(Op.i32_gt_u);
  f.brIf(slowWay, false);
  if (!isLoad) {
    relative();
    f.i32Const(PAGE_BITS);
    f.op(Op.i32_shr_u);
    f.memory(Op.i32_load8_u, 0, map);
    f.brIf(slowWay, false);
  }
  relative();
  return host;
}

/** Goes the slow way where the TLB does not answer; leaves the address in the shared memory on the stack. */
function tlbCheck(
  v: Values,
  operation: Operation,
  { isLoad, size }: Access,
  { address, entry }: AccessLocals,
  slowWay: LabelDepth,
): number {
  const { f } = v;
  const memop = memopOf(operation);
  const needed = memOpAlignment(memop) - 1;
  const tlb = v.offset(ENV_TLB + memOpMmuIndex(memop) * TLB_WORDS);
  f.get(address);
  emitTlbEntry(f);
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
  f.brIf(slowWay, false);
  f.get(address);
  f.get(entry);
  f.memory(Op.i32_load, 2, tlb + ADDEND);
  f.op(Op.i32_add);
  return 0;
}

function slow(
  v: Values,
  operation: Operation,
  access: Access,
  { locals, imports }: AccessContext,
  { publishLeft, before, behind }: AccessExits,
  own: OwnPlace | undefined,
): void {
  const { f } = v;
  const { isLoad } = access;
  const result = locals.scratch;
  publishLeft();
  own?.calling();
  f.get(locals.address);
  f.i32Const(memopOf(operation));
  if (!isLoad) {
    const [low, high] = operation.inputs;
    const isPair = access.size === 8;
    storedWord(v, isPair && access.swaps ? high : low, access);
    if (isPair) storedWord(v, access.swaps ? low : high, access);
    else f.i32Const(0);
  }
  if (own?.callback === undefined) {
    f.call(isLoad ? imports.load : imports.store);
  } else {
    f.i32Const(own.callback);
    f.call(isLoad ? imports.filteredLoad : imports.filteredStore);
  }
  f.set(result);
  own?.called();
  f.get(result);
  f.op(Op.i32_eqz);
  f.if(false);
  before();
  f.end();
  if (isLoad) setLoaded(v, operation, access, () => f.i32Const(0), v.offset(TierWord.Value));
  f.get(result);
  f.i32Const(SlowAccess.DoneAndLeave);
  f.op(Op.i32_eq);
  f.if(false);
  behind();
  f.end();
}
