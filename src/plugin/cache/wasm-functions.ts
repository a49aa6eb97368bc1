import {
  ENV_BASE,
  ENV_STRIDE,
  ENV_TLB,
  PAGE_BITS,
  PAGE_MASK,
  TLB_BITS,
  TLB_ENTRY_WORDS,
  TLB_INVALID,
  TLB_WORDS,
} from '../../tcg/layout';
import { LINE_ENTRY_BYTES, LINE_INVALID, type LineTable } from '../../tcg/line-table';
import { FilteredAccess } from '../../tcg/wasm/filtered';
import { FunctionBuilder, type FunctionBody } from '../../tcg/wasm/function';
import type { WasmHost, WasmValue } from '../../tcg/wasm/host';
import { ModuleBuilder } from '../../tcg/wasm/module';
import { Op, SimdOp, Type } from '../../tcg/wasm/opcodes';
import { emitLookUp, increment, shift } from './wasm-look-up';
import { MissLevel, RECORD_ADDRESS } from './records';
import { Access, type SetAssociativeCache } from './set-associative';
import type { CoreCaches } from './core';

/** What the functions of one model are made from. */
export interface WasmModel {
  readonly cores: readonly CoreCaches[];
  /** By vCPU. */
  readonly tables: readonly (LineTable | undefined)[];
  readonly l2FetchKind: Access.Load | Access.Fetch;
  readonly leftOut?: { readonly start: number; readonly end: number };
  /** Byte offset of a word that is not 0 while someone listens to misses: then the functions do nothing. */
  readonly listening: number;
}

/** What compiled code calls instead of a vCPU's filtered callbacks. */
export interface VcpuFunctions {
  readonly fetch: WasmValue;
  readonly data: WasmValue | undefined;
}

/**
 * Makes WebAssembly functions that do to the model's state what {@link AttachedCaches}' callbacks do. Undefined where some
 * of the state does not lie in the shared memory.
 */
export function wasmFunctions(host: WasmHost, model: WasmModel): readonly VcpuFunctions[] | undefined {
  const { cores, tables } = model;
  const isShared = cores.every(({ l1i, l1d, l2 }) => [l1i, l1d, l2].every((cache) => cache?.layout.shared ?? true));
  if (!isShared) return undefined;
  const module = new ModuleBuilder(host.memoryPages);
  const secondType = module.type([Type.i32, Type.i32], [Type.i32]);
  const levels = cores.map((core): Levels => {
    const second = core.l2 && { cache: core.l2, index: module.function(secondType, secondBody(core.l2)) };
    return { ...core, second };
  });
  const fetchType = module.type([Type.i32, Type.i32], [Type.i32]);
  const dataType = module.type([Type.i32, Type.i32, Type.i32], [Type.i32]);
  tables.forEach((table, vcpu) => {
    const core = vcpu % cores.length;
    module.exportFunction(`fetch${vcpu}`, module.function(fetchType, fetchBody(levels[core], model)));
    if (!table) return;
    const body = dataBody(levels[core], model, table);
    module.exportFunction(`data${vcpu}`, module.function(dataType, body));
  });
  const exports = host.instantiate(module.finish(), { env: { memory: host.memory } });
  return tables.map((_, vcpu) => ({ fetch: exports[`fetch${vcpu}`], data: exports[`data${vcpu}`] }));
}

interface Levels extends Pick<CoreCaches, 'l1i' | 'l1d' | 'l1dEntries'> {
  /** The L2 with the number of its function. */
  readonly second: { readonly cache: SetAssociativeCache; readonly index: number } | undefined;
}

function loadWord(f: FunctionBuilder, offset: number): void {
  f.i32Const(0);
  f.memory(Op.i32_load, 2, offset);
}

/** Returns `value` when someone listens to misses. */
function leaveToListener(f: FunctionBuilder, listening: number, value: number): void {
  loadWord(f, listening);
  f.if(false);
  f.i32Const(value);
  f.op(Op.return);
  f.end();
}

/** (line, kind) -> 1 for a hit in the L2, in which it is not the line that its set was accessed with last. */
function secondBody(cache: SetAssociativeCache): FunctionBody {
  const f = new FunctionBuilder(2);
  const [line, kind] = [0, 1];
  const { layout } = cache;
  const { hit } = emitLookUp(f, cache, line);
  f.get(hit);
  f.op(Op.i32_eqz);
  f.if(false);
  f.get(kind);
  shift(f, 3);
  increment(f, layout.misses);
  f.end();
  f.get(hit);
  return f.finish();
}

/** Makes the line the one that its set was accessed with last; does `already` where it is that. */
function emitFront(f: FunctionBuilder, { sets, layout }: SetAssociativeCache, line: number, already: () => void): void {
  if (layout.front === undefined) return;
  const set = f.local();
  f.get(line);
  f.i32Const(sets - 1);
  f.op(Op.i32_and);
  shift(f, 2);
  f.tee(set);
  f.memory(Op.i32_load, 2, layout.front);
  f.get(line);
  f.op(Op.i32_eq);
  f.if();
  already();
  f.end();
  f.get(set);
  f.get(line);
  f.memory(Op.i32_store, 2, layout.front);
}

/** An access that missed the first level. */
interface Missed {
  readonly cache: SetAssociativeCache;
  readonly level: MissLevel;
  /** Locals. */
  readonly record: number;
  readonly address: number;
  /** Leave, on the stack, how the level and the L2 count it. */
  readonly kind: () => void;
  readonly secondKind: () => void;
}

/** Counts a miss, and looks the address up in the L2. */
function emitMissed(f: FunctionBuilder, second: Levels['second'], missed: Missed): void {
  const { record, address } = missed;
  const count = (at: MissLevel): void => {
    f.get(record);
    increment(f, 8 * at);
  };
  count(missed.level);
  missed.kind();
  shift(f, 3);
  increment(f, missed.cache.layout.misses);
  if (!second) return;
  const { cache, index } = second;
  missed.secondKind();
  shift(f, 3);
  increment(f, cache.layout.accesses);
  const line = f.local();
  f.get(address);
  shift(f, -cache.lineBits);
  f.set(line);
  const done = f.block();
  emitFront(f, cache, line, () => f.br(done));
  f.get(line);
  missed.secondKind();
  f.call(index);
  f.op(Op.i32_eqz);
  f.if(false);
  count(MissLevel.L2);
  f.end();
  f.end();
}

/** (record, the byte offset of a {@link LineHints}' word) -> 0 when it is done, 1 when the callback has to be called. */
function fetchBody({ l1i, second }: Levels, { l2FetchKind, listening }: WasmModel): FunctionBody {
  const f = new FunctionBuilder(2);
  const [record, hint] = [0, 1];
  const [address, line] = [f.local(), f.local()];
  leaveToListener(f, listening, 1);
  f.get(record);
  f.memory(Op.i32_load, 2, RECORD_ADDRESS);
  f.tee(address);
  shift(f, -l1i.lineBits);
  f.set(line);
  emitFront(f, l1i, line, () => {
    f.i32Const(0);
    f.op(Op.return);
  });
  const { hit, way } = emitLookUp(f, l1i, line);
  f.get(hint);
  f.get(way);
  f.memory(Op.i32_store, 2, 0);
  f.get(hit);
  f.op(Op.i32_eqz);
  f.if();
  emitMissed(f, second, {
    ...{ cache: l1i, level: MissLevel.L1i, record, address },
    kind: () => f.i32Const(Access.Fetch),
    secondKind: () => f.i32Const(l2FetchKind),
  });
  f.end();
  f.i32Const(0);
  return f.finish();
}

type Field = keyof typeof FilteredAccess;

/** Leaves a part of the {@link FilteredAccess} in the local on the stack, times 2^scale. */
function emitField(f: FunctionBuilder, how: number, field: Field, scale = 0): void {
  const { shift: bits, mask } = FilteredAccess[field];
  f.get(how);
  shift(f, scale - bits);
  f.i32Const(mask << scale);
  f.op(Op.i32_and);
}

/** (record, address, {@link FilteredAccess}) -> where the access lies in memory, 0 when the callback has to be called. */
function dataBody(levels: Levels, model: WasmModel, table: LineTable): FunctionBody {
  const f = new FunctionBuilder(3);
  const [record, vaddr, how] = [0, 1, 2];
  const [tlb, host, physical, line] = [f.local(), f.local(), f.local(), f.local()];
  const { l1d } = levels;
  const store = (): void => emitField(f, how, 'store');
  leaveToListener(f, model.listening, 0);

  // The TLB's entry, as a byte offset behind that of the first.
  const entryBits = Math.log2(4 * TLB_ENTRY_WORDS);
  f.get(vaddr);
  shift(f, entryBits - PAGE_BITS);
  f.i32Const(((1 << TLB_BITS) - 1) << entryBits);
  f.op(Op.i32_and);
  emitField(f, how, 'mmuIndex', Math.log2(4 * TLB_WORDS));
  f.op(Op.i32_add);
  f.tee(tlb);
  const entries = ENV_BASE + table.vcpu * ENV_STRIDE + 4 * ENV_TLB;
  // Its tag, for loads or stores.
  emitField(f, how, 'store', 2);
  f.op(Op.i32_add);
  f.memory(Op.i32_load, 2, entries);
  f.get(vaddr);
  emitField(f, how, 'reach');
  f.op(Op.i32_add);
  emitField(f, how, 'aligned');
  f.i32Const(PAGE_MASK);
  f.op(Op.i32_or);
  f.op(Op.i32_and);
  f.op(Op.i32_ne);
  f.if(false);
  f.i32Const(0);
  f.op(Op.return);
  f.end();
  f.get(vaddr);
  f.get(tlb);
  f.memory(Op.i32_load, 2, entries + 8);
  f.op(Op.i32_add);
  f.set(host);
  f.get(tlb);
  f.memory(Op.i32_load, 2, entries + 12);
  shift(f, PAGE_BITS);
  f.get(vaddr);
  f.i32Const(~PAGE_MASK);
  f.op(Op.i32_and);
  f.op(Op.i32_or);
  f.set(physical);

  const inRange = ({ start, end }: { readonly start: number; readonly end: number }): void => {
    f.get(physical);
    f.i32Const(start | 0);
    f.op(Op.i32_sub);
    f.i32Const((end - start) | 0);
    f.op(Op.i32_lt_u);
  };
  const { leftOut } = model;
  const hasLeftOut = leftOut !== undefined && leftOut.end > leftOut.start;
  if (hasLeftOut) {
    inRange(leftOut);
    f.if(false);
    store();
    shift(f, 3);
    increment(f, l1d.layout.accesses, -1);
    f.get(host);
    f.op(Op.return);
    f.end();
  }

  f.get(physical);
  shift(f, -l1d.lineBits);
  f.set(line);
  const { hit, way } = emitLookUp(f, l1d, line);
  f.get(hit);
  f.op(Op.i32_eqz);
  f.if();
  emitMissed(f, levels.second, {
    ...{ cache: l1d, level: MissLevel.L1d, record, address: physical },
    ...{ kind: store, secondKind: store },
  });
  f.end();

  emitSettle(f, { levels, table, tlb: { local: tlb, entries }, vaddr, how, way }, () => {
    // A line that lies partly in what is left out does not go into the table.
    if (!hasLeftOut) return false;
    const { lineSize } = l1d.geometry;
    const start = Math.max(0, leftOut.start - (leftOut.start % lineSize));
    inRange({ start, end: Math.ceil(leftOut.end / lineSize) * lineSize });
    return true;
  });
  f.get(host);
  return f.finish();
}

/** What {@link LineEntries.settle} does. `partly` leaves a condition under which the table does not get the line, or is false. */
function emitSettle(
  f: FunctionBuilder,
  at: {
    readonly levels: Levels;
    readonly table: LineTable;
    /** The entry's place, and what to add to it. */
    readonly tlb: { readonly local: number; readonly entries: number };
    readonly vaddr: number;
    readonly how: number;
    readonly way: number;
  },
  partly: () => boolean,
): void {
  const { levels, table, tlb, vaddr, how, way } = at;
  const { l1dEntries, l1d } = levels;
  const [entry, tag, before, owner] = [f.local(), f.local(), f.local(), f.local()];
  const tlbEntry = f.local(Type.v128);
  f.get(way);
  if (l1d.layout.clock === undefined) {
    f.i32Const(l1d.layout.lines);
  } else {
    shift(f, 1);
    f.i32Const(l1d.layout.times);
  }
  f.op(Op.i32_add);
  f.set(owner);
  // The entry so far, where it is still the way's, is so no more.
  f.get(way);
  f.memory(Op.i32_load, 2, l1dEntries.offset);
  f.tee(before);
  f.if();
  f.get(before);
  f.memory(Op.i32_load, 2, 12);
  f.get(owner);
  f.op(Op.i32_eq);
  f.if();
  f.get(before);
  f.i64Const(BigInt(LINE_INVALID));
  f.memory(Op.i64_store, 3, 0);
  f.end();
  f.end();
  const note = (): void => {
    f.get(vaddr);
    f.i32Const(-1 << table.lineBits);
    f.op(Op.i32_and);
    f.tee(tag);
    shift(f, Math.log2(LINE_ENTRY_BYTES) - table.lineBits);
    f.i32Const(table.mask * LINE_ENTRY_BYTES);
    f.op(Op.i32_and);
    emitField(f, how, 'mmuIndex', Math.log2(table.stride));
    f.op(Op.i32_add);
    f.i32Const(table.offset);
    f.op(Op.i32_add);
    f.set(entry);
    // The tags, or LINE_INVALID where the TLB has none; its addend; the owner.
    f.get(entry);
    f.get(tag);
    f.simd(SimdOp.i32x4_splat);
    f.get(tlb.local);
    f.simdMemory(SimdOp.v128_load, 4, tlb.entries);
    f.tee(tlbEntry);
    f.v128Const([TLB_INVALID, TLB_INVALID, TLB_INVALID, TLB_INVALID]);
    f.simd(SimdOp.i32x4_eq);
    f.simd(SimdOp.v128_or);
    f.get(tlbEntry);
    f.shuffle32([0, 1, 6, 7]);
    f.get(owner);
    f.simdLane(SimdOp.i32x4_replace_lane, 3);
    f.simdMemory(SimdOp.v128_store, 4, 0);
  };
  f.i32Const(0);
  f.set(entry);
  if (partly()) {
    f.op(Op.i32_eqz);
    f.if(true);
    note();
    f.end();
  } else {
    note();
  }
  f.get(way);
  f.get(entry);
  f.memory(Op.i32_store, 2, l1dEntries.offset);
}
