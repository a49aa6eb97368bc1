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
import { Op, Type } from '../../tcg/wasm/opcodes';
import { emitLookUp, increment, type LookUp } from './wasm-look-up';
import { MissLevel, RECORD_ADDRESS } from './records';
import { Access } from './set-associative';
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
  const lookUpType = module.type([Type.i32, Type.i32], [Type.i32]);
  const levels = cores.map(({ l1i, l1d, l2 }): Levels => {
    const lookUp = (cache: CoreCaches['l1i']): LookUp => ({
      cache,
      index: module.function(lookUpType, emitLookUp(cache)),
    });
    return { l1i: lookUp(l1i), l1d: lookUp(l1d), ...(l2 ? { l2: lookUp(l2) } : {}) };
  });
  const fetchType = module.type([Type.i32], [Type.i32]);
  const dataType = module.type([Type.i32, Type.i32, Type.i32], [Type.i32]);
  tables.forEach((table, vcpu) => {
    const core = vcpu % cores.length;
    module.exportFunction(`fetch${vcpu}`, module.function(fetchType, fetchBody(levels[core], model)));
    if (!table) return;
    const body = dataBody(levels[core], model, cores[core], table);
    module.exportFunction(`data${vcpu}`, module.function(dataType, body));
  });
  const exports = host.instantiate(module.finish(), { env: { memory: host.memory } });
  return tables.map((_, vcpu) => ({ fetch: exports[`fetch${vcpu}`], data: exports[`data${vcpu}`] }));
}

interface Levels {
  readonly l1i: LookUp;
  readonly l1d: LookUp;
  readonly l2?: LookUp;
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

/** Counts the record's miss, and looks the address up in the L2; `kind` leaves how that counts the access. */
function missed(
  f: FunctionBuilder,
  { l2 }: Levels,
  level: MissLevel,
  { record, address }: { readonly record: number; readonly address: number },
  kind: () => void,
): void {
  const count = (at: MissLevel): void => {
    f.get(record);
    increment(f, 8 * at);
  };
  count(level);
  if (!l2) return;
  kind();
  f.i32Const(3);
  f.op(Op.i32_shl);
  increment(f, l2.cache.layout.accesses);
  f.get(address);
  f.i32Const(l2.cache.lineBits);
  f.op(Op.i32_shr_u);
  kind();
  f.call(l2.index);
  f.op(Op.i32_eqz);
  f.if();
  count(MissLevel.L2);
  f.end();
}

/** (record) -> 0 when it is done, 1 when the callback has to be called. */
function fetchBody(levels: Levels, { l2FetchKind, listening }: WasmModel): FunctionBody {
  const f = new FunctionBuilder(1);
  const record = 0;
  const address = f.local();
  leaveToListener(f, listening, 1);
  f.get(record);
  f.memory(Op.i32_load, 2, RECORD_ADDRESS);
  f.tee(address);
  f.i32Const(levels.l1i.cache.lineBits);
  f.op(Op.i32_shr_u);
  f.i32Const(Access.Fetch);
  f.call(levels.l1i.index);
  f.op(Op.i32_eqz);
  f.if();
  missed(f, levels, MissLevel.L1i, { record, address }, () => f.i32Const(l2FetchKind));
  f.end();
  f.i32Const(0);
  return f.finish();
}

/** (record, address, {@link FilteredAccess}) -> where the access lies in memory, 0 when the callback has to be called. */
function dataBody(levels: Levels, model: WasmModel, core: CoreCaches, table: LineTable): FunctionBody {
  const f = new FunctionBuilder(3);
  const [record, vaddr, how] = [0, 1, 2];
  const [store, mmuIndex, tlb, host, physical, line] = [
    f.local(),
    f.local(),
    f.local(),
    f.local(),
    f.local(),
    f.local(),
  ];
  const field = ({ shift, mask }: { readonly shift: number; readonly mask: number }): void => {
    f.get(how);
    if (shift) {
      f.i32Const(shift);
      f.op(Op.i32_shr_u);
    }
    f.i32Const(mask);
    f.op(Op.i32_and);
  };
  const { l1d } = core;
  leaveToListener(f, model.listening, 0);
  field(FilteredAccess.store);
  f.set(store);
  field(FilteredAccess.mmuIndex);
  f.set(mmuIndex);

  // The TLB's entry, as a byte offset.
  const entryBytes = 4 * TLB_ENTRY_WORDS;
  f.get(vaddr);
  f.i32Const(PAGE_BITS - Math.log2(entryBytes));
  f.op(Op.i32_shr_u);
  f.i32Const(((1 << TLB_BITS) - 1) * entryBytes);
  f.op(Op.i32_and);
  f.get(mmuIndex);
  f.i32Const(Math.log2(4 * TLB_WORDS));
  f.op(Op.i32_shl);
  f.op(Op.i32_add);
  f.i32Const(ENV_BASE + table.vcpu * ENV_STRIDE + 4 * ENV_TLB);
  f.op(Op.i32_add);
  f.tee(tlb);
  // Its tag, for loads or stores.
  f.get(store);
  f.i32Const(2);
  f.op(Op.i32_shl);
  f.op(Op.i32_add);
  f.memory(Op.i32_load, 2, 0);
  f.get(vaddr);
  field(FilteredAccess.reach);
  f.op(Op.i32_add);
  f.i32Const(PAGE_MASK);
  field(FilteredAccess.aligned);
  f.op(Op.i32_or);
  f.op(Op.i32_and);
  f.op(Op.i32_ne);
  f.if(false);
  f.i32Const(0);
  f.op(Op.return);
  f.end();
  f.get(vaddr);
  f.get(tlb);
  f.memory(Op.i32_load, 2, 8);
  f.op(Op.i32_add);
  f.set(host);
  f.get(tlb);
  f.memory(Op.i32_load, 2, 12);
  f.i32Const(PAGE_BITS);
  f.op(Op.i32_shl);
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
    f.get(store);
    f.i32Const(3);
    f.op(Op.i32_shl);
    increment(f, l1d.layout.accesses, -1);
    f.get(host);
    f.op(Op.return);
    f.end();
  }

  f.get(physical);
  f.i32Const(l1d.lineBits);
  f.op(Op.i32_shr_u);
  f.tee(line);
  f.get(store);
  f.call(levels.l1d.index);
  f.op(Op.i32_eqz);
  f.if();
  missed(f, levels, MissLevel.L1d, { record, address: physical }, () => f.get(store));
  f.end();

  settle(f, { core, table, vaddr, mmuIndex, tlb, line }, () => {
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

/** What {@link FrontLines.settle} does. `partly` leaves a condition under which the table does not get the line, or is false. */
function settle(
  f: FunctionBuilder,
  at: {
    readonly core: CoreCaches;
    readonly table: LineTable;
    readonly vaddr: number;
    readonly mmuIndex: number;
    readonly tlb: number;
    readonly line: number;
  },
  partly: () => boolean,
): void {
  const { core, table, vaddr, mmuIndex, tlb, line } = at;
  const [entry, tag, before, set] = [f.local(), f.local(), f.local(), f.local()];
  const note = (): void => {
    f.get(vaddr);
    f.i32Const(table.lineBits);
    f.op(Op.i32_shr_u);
    f.tee(entry);
    f.i32Const(table.lineBits);
    f.op(Op.i32_shl);
    f.set(tag);
    f.get(entry);
    f.i32Const(table.mask);
    f.op(Op.i32_and);
    f.i32Const(Math.log2(LINE_ENTRY_BYTES));
    f.op(Op.i32_shl);
    f.get(mmuIndex);
    f.i32Const(table.stride);
    f.op(Op.i32_mul);
    f.op(Op.i32_add);
    f.i32Const(table.offset);
    f.op(Op.i32_add);
    f.set(entry);
    for (const word of [0, 4]) {
      f.get(entry);
      f.get(tag);
      f.i32Const(LINE_INVALID);
      f.get(tlb);
      f.memory(Op.i32_load, 2, word);
      f.i32Const(TLB_INVALID);
      f.op(Op.i32_ne);
      f.op(Op.select);
      f.memory(Op.i32_store, 2, word);
    }
    f.get(entry);
    f.get(tlb);
    f.memory(Op.i32_load, 2, 8);
    f.memory(Op.i32_store, 2, 8);
  };
  if (partly()) {
    f.op(Op.i32_eqz);
    f.if(true);
    note();
    f.end();
  } else {
    note();
  }
  // The set's entry so far is another one's no more.
  f.get(line);
  f.i32Const(core.l1d.sets - 1);
  f.op(Op.i32_and);
  f.i32Const(2);
  f.op(Op.i32_shl);
  f.tee(set);
  f.memory(Op.i32_load, 2, core.l1dFront.offset);
  f.tee(before);
  f.get(entry);
  f.op(Op.i32_ne);
  f.get(before);
  f.i32Const(0);
  f.op(Op.i32_ne);
  f.op(Op.i32_and);
  f.if();
  for (const word of [0, 4]) {
    f.get(before);
    f.i32Const(LINE_INVALID);
    f.memory(Op.i32_store, 2, word);
  }
  f.end();
  f.get(set);
  f.get(entry);
  f.memory(Op.i32_store, 2, core.l1dFront.offset);
}
