import type { CallbackKind } from '../../tcg/wasm/direct-callback';
import { PARAMETERS } from '../../tcg/wasm/direct-callback';
import { FunctionBuilder } from '../../tcg/wasm/function';
import type { WasmHost, WasmValue } from '../../tcg/wasm/host';
import { ModuleBuilder } from '../../tcg/wasm/module';
import { Op, Type } from '../../tcg/wasm/opcodes';

/** Bytes of a list's entry: where a doubleword lies in the shared memory, then where in the plugin's. */
export const ENTRY_BYTES = 8;

const { i32, i64 } = Type;

/** Functions in WebAssembly that copy a list of doublewords from the shared memory to the plugin's (`enter`), and back. */
export interface WordCopies {
  readonly enter: WasmValue;
  readonly leave: WasmValue;
}

/**
 * Makes them. A function has one memory, so a module on the plugin's memory reads and writes doublewords for another one on
 * the shared memory.
 *
 * @param plugin the plugin's WebAssembly.Memory
 * @param control where the shared memory has the list: the count of its entries, and its byte offset
 */
export function wordCopies(host: WasmHost, plugin: WasmValue, control: number): WordCopies {
  const { get, set } = accessors(host, plugin);
  const module = new ModuleBuilder(host.memoryPages);
  const imports = {
    get: module.importFunction('env', 'get', module.type([i32], [i64])),
    set: module.importFunction('env', 'set', module.type([i32, i64], [])),
  };
  const nothing = module.type([], []);
  for (const name of ['enter', 'leave'] as const) {
    const f = new FunctionBuilder(0);
    const [at, end] = [f.local(), f.local()];
    const word = (offset: number): void => {
      f.get(at);
      f.memory(Op.i32_load, 2, offset);
    };
    load(f, control + 4);
    f.tee(at);
    load(f, control);
    f.i32Const(ENTRY_BYTES);
    f.op(Op.i32_mul);
    f.op(Op.i32_add);
    f.set(end);
    const done = f.block();
    const next = f.loop();
    f.get(at);
    f.get(end);
    f.op(Op.i32_eq);
    f.brIf(done, false);
    if (name === 'enter') {
      word(4);
      word(0);
      f.memory(Op.i64_load, 3, 0);
      f.call(imports.set);
    } else {
      word(0);
      word(4);
      f.call(imports.get);
      f.memory(Op.i64_store, 3, 0);
    }
    f.get(at);
    f.i32Const(ENTRY_BYTES);
    f.op(Op.i32_add);
    f.set(at);
    f.br(next);
    f.end();
    f.end();
    module.exportFunction(name, module.function(nothing, f.finish()));
  }
  const { enter, leave } = host.instantiate(module.finish(), { env: { memory: host.memory, get, set } });
  return { enter, leave };
}

/** Reads and writes doublewords of the plugin's memory, at any address. */
function accessors(host: WasmHost, plugin: WasmValue): Record<string, WasmValue> {
  const module = new ModuleBuilder('unshared');
  const get = new FunctionBuilder(1);
  get.get(0);
  get.memory(Op.i64_load, 0, 0);
  module.exportFunction('get', module.function(module.type([i32], [i64]), get.finish()));
  const set = new FunctionBuilder(2);
  set.get(0);
  set.get(1);
  set.memory(Op.i64_store, 0, 0);
  module.exportFunction('set', module.function(module.type([i32, i64], []), set.finish()));
  return host.instantiate(module.finish(), { env: { memory: plugin } });
}

/**
 * A plugin's callback between the two copies, which are left out while the list is empty; undefined where the function's
 * type is not that of such a callback, which C allows.
 */
export function copiedAround(
  host: WasmHost,
  { enter, leave }: WordCopies,
  control: number,
  kind: CallbackKind,
  callback: WasmValue,
): WasmValue | undefined {
  const module = new ModuleBuilder(host.memoryPages);
  const parameters = PARAMETERS[kind].bare;
  const type = module.type(parameters, []);
  const nothing = module.type([], []);
  const called = module.importFunction('env', 'callback', type);
  const before = module.importFunction('env', 'enter', nothing);
  const behind = module.importFunction('env', 'leave', nothing);
  const f = new FunctionBuilder(parameters.length);
  const ifAny = (copy: number): void => {
    load(f, control);
    f.if();
    f.call(copy);
    f.end();
  };
  ifAny(before);
  parameters.forEach((_, i) => f.get(i));
  f.call(called);
  ifAny(behind);
  module.exportFunction('callback', module.function(type, f.finish()));
  try {
    return host.instantiate(module.finish(), { env: { memory: host.memory, callback, enter, leave } })['callback'];
  } catch {
    return undefined;
  }
}

function load(f: FunctionBuilder, offset: number): void {
  f.i32Const(0);
  f.memory(Op.i32_load, 2, offset);
}
