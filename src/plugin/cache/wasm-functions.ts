import type { LineTable } from '../../tcg/line-table';
import { ACCESS_KINDS } from '../../tcg/wasm/filtered';
import { FunctionBuilder, type FunctionBody } from '../../tcg/wasm/function';
import type { WasmHost, WasmValue } from '../../tcg/wasm/host';
import { ModuleBuilder } from '../../tcg/wasm/module';
import { Op, Type } from '../../tcg/wasm/opcodes';
import type { CoreCaches } from './core';
import { MissLevel, RECORD_ADDRESS } from './records';
import { Access } from './set-associative';
import { increment, shift } from './wasm-counts';
import { DATA_TYPE, dataBody } from './wasm-data';
import { emitLookUp } from './wasm-look-up';
import { emitFront, emitSecond, SECOND_TYPE, secondBody, type SecondLevel } from './wasm-second';

/** What the functions of one model are made from. */
export interface WasmModel {
  readonly cores: readonly CoreCaches[];
  /** By vCPU. */
  readonly tables: readonly (LineTable | undefined)[];
  readonly leftOut?: { readonly start: number; readonly end: number };
  /** Byte offset of a word that is not 0 while someone listens to misses: then the functions do nothing. */
  readonly listening: number;
}

/** What compiled code calls instead of a vCPU's filtered callbacks: see FilteredFunction. */
export interface VcpuFunctions {
  readonly fetch: readonly WasmValue[];
  readonly data: readonly WasmValue[] | undefined;
}

/**
 * Makes WebAssembly functions that do to the model's state what {@link AttachedCaches}' callbacks do. Undefined where some
 * of the state does not lie in the shared memory.
 */
export function wasmFunctions(host: WasmHost, model: WasmModel): readonly VcpuFunctions[] | undefined {
  const { cores, tables, listening } = model;
  const isShared = cores.every(({ l1i, l1d, l2 }) => [l1i, l1d, l2].every((cache) => cache?.layout.shared ?? true));
  if (!isShared) return undefined;
  const leftOut = model.leftOut && model.leftOut.end > model.leftOut.start ? model.leftOut : undefined;
  const module = new ModuleBuilder(host.memoryPages);
  const secondType = module.type(SECOND_TYPE.parameters, SECOND_TYPE.results);
  const seconds = cores.map(
    ({ l2 }): SecondLevel | undefined => l2 && { cache: l2, index: module.function(secondType, secondBody(l2)) },
  );
  const fetchType = module.type([Type.i32, Type.i32], [Type.i32]);
  const dataType = module.type(DATA_TYPE.parameters, DATA_TYPE.results);
  tables.forEach((table, vcpu) => {
    const [core, second] = [cores[vcpu % cores.length], seconds[vcpu % cores.length]];
    module.exportFunction(`fetch${vcpu}`, module.function(fetchType, fetchBody(core, second, model)));
    if (!table) return;
    for (let kind = 0; kind < ACCESS_KINDS; kind++) {
      const access = { isStore: (kind & 1) !== 0, mmuIndex: kind >> 1 };
      const body = dataBody({ core, second, table, ...access, leftOut, listening });
      module.exportFunction(`data${vcpu}.${kind}`, module.function(dataType, body));
    }
  });
  const exports = host.instantiate(module.finish(), { env: { memory: host.memory } });
  return tables.map((table, vcpu) => ({
    fetch: [exports[`fetch${vcpu}`]],
    data: table && Array.from({ length: ACCESS_KINDS }, (_, kind) => exports[`data${vcpu}.${kind}`]),
  }));
}

/** (record, the byte offset of a {@link LineHints}' word) -> 0 when it is done, 1 when the callback has to be called. */
function fetchBody(
  { l1i, l2FetchKind }: CoreCaches,
  second: SecondLevel | undefined,
  { listening }: WasmModel,
): FunctionBody {
  const f = new FunctionBuilder(2);
  const [record, hint] = [0, 1];
  const [address, line, done] = [f.local(), f.local(), f.local()];
  f.i32Const(0);
  f.memory(Op.i32_load, 2, listening);
  f.if(false);
  f.i32Const(1);
  f.op(Op.return);
  f.end();
  f.get(record);
  f.memory(Op.i32_load, 2, RECORD_ADDRESS);
  f.tee(address);
  shift(f, -l1i.lineBits);
  f.set(line);
  const finish = (): void => {
    f.i32Const(0);
    f.op(Op.return);
  };
  emitFront(f, l1i, line, finish);
  const note = (way: number): void => {
    f.get(hint);
    f.get(way);
    f.memory(Op.i32_store, 2, 0);
  };
  emitLookUp(f, l1i, line, {
    hit: (way) => {
      note(way);
      finish();
    },
    missed: (way) => {
      note(way);
      f.get(record);
      increment(f, 8 * MissLevel.L1i);
      f.i32Const(0);
      increment(f, l1i.layout.misses + 8 * Access.Fetch);
      if (second) emitSecond(f, second, { record, address, kind: l2FetchKind, result: done });
      else f.i32Const(0);
    },
  });
  return f.finish();
}
