import type { GuestFacts } from './block-nodes';
import { callbackParameters, type CallbackImports } from './direct-callback';
import type { FilteredFunction, FilteredImports, FilteredUse } from './filtered';
import type { WasmValue } from './host';
import type { HandOver, Linkage } from './linkage';
import { ModuleBuilder } from './module';
import type { BlockKey } from './node';
import { Type } from './opcodes';
import type { Region } from './region';
import { emitRegion } from './region-emitter';

/** Regions compiled to one module, which exports each region's function by its index. */
export interface Batch {
  readonly bytes: Uint8Array;
  /** Indices of the helpers that it imports as `helper.<index>`. */
  readonly helpers: readonly number[];
  /** The functions that it imports as `filtered.<place in this list>`. */
  readonly filtered: readonly WasmValue[];
  /** The functions that it imports as `callback.<place in this list>`. */
  readonly callbacks: readonly WasmValue[];
  /** For each region, how many instructions must be left for it to do anything. */
  readonly budgets: readonly number[];
}

/** What the module needs of others. */
export interface BatchServices {
  readonly memoryPages: number;
  /** See {@link Linkage.flat}. */
  readonly flat: Linkage['flat'];
  slot(key: BlockKey): number;
  site(handOver: HandOver): number;
}

export const exportName = (index: number): string => `r${index}`;

/** Compiles regions, which call each other directly, to a module. */
export function compileBatch(regions: readonly Region[], facts: GuestFacts, services: BatchServices): Batch {
  const module = new ModuleBuilder(services.memoryPages);
  const words = (count: number): Type[] => new Array<Type>(count).fill(Type.i32);
  const type = (parameters: number, results: number): number => module.type(words(parameters), words(results));
  const region = type(1, 1);
  const imports = {
    load: module.importFunction('env', 'load', type(2, 1)),
    store: module.importFunction('env', 'store', type(4, 1)),
    filteredLoad: module.importFunction('env', 'filteredLoad', type(3, 1)),
    filteredStore: module.importFunction('env', 'filteredStore', type(5, 1)),
    execCallback: module.importFunction('env', 'execCallback', type(4, 1)),
    afterCallback: module.importFunction('env', 'afterCallback', type(4, 1)),
    memCallback: module.importFunction('env', 'memCallback', type(7, 1)),
    systemCall: module.importFunction('env', 'systemCall', type(6, 1)),
    callSlot: module.importFunction('env', 'callSlot', type(2, 1)),
    callState: module.importFunction('env', 'callState', region),
  };
  const helpers = new Map<number, number>();
  for (const index of helpersOf(regions)) {
    const { inputs, hasOutput } = facts.helperDefs[index];
    helpers.set(index, module.importFunction('helper', String(index), type(inputs, hasOutput ? 1 : 0)));
  }
  const filtered = importFiltered(regions, facts, module);
  const callbacks = importCallbacks(regions, module);
  const first = module.nextFunction;
  const numbers = new Map(regions.map(({ head }, i) => [keyOf(head), first + i]));
  const linkage: Linkage = {
    imports,
    filtered,
    callbacks,
    flat: services.flat,
    helper: (index) => helpers.get(index) as number,
    direct: (key) => numbers.get(keyOf(key)),
    slot: (key) => services.slot(key),
    site: (handOver) => services.site(handOver),
  };
  const budgets = regions.map((one) => {
    const { body, budget } = emitRegion(one, facts, linkage);
    module.function(region, body);
    return budget;
  });
  regions.forEach((_, i) => module.exportFunction(exportName(i), first + i));
  return {
    bytes: module.finish(),
    helpers: [...helpers.keys()],
    filtered: filtered.functions,
    callbacks: callbacks.functions,
    budgets,
  };
}

/** A number that stands for pc and flags (21 bits). */
export function keyOf({ pc, flags }: BlockKey): number {
  return flags * 0x100000000 + pc;
}

function importFiltered(
  regions: readonly Region[],
  facts: GuestFacts,
  module: ModuleBuilder,
): FilteredImports & { readonly functions: readonly WasmValue[] } {
  const types = {
    exec: module.type([Type.i32, Type.i32], [Type.i32]),
    mem: module.type([Type.i32, Type.i32, Type.i32, Type.i64], [Type.i32]),
  };
  const found = ({ kind, index, which }: FilteredUse): FilteredFunction & { readonly value: WasmValue } => {
    const filtered = facts.filteredFunction(kind, index);
    if (!filtered) throw new Error(`the filtered ${kind} callback ${index} has no function`);
    return { ...filtered, value: filtered.functions[which] };
  };
  const numbers = new Map<WasmValue, number>();
  for (const use of regions.flatMap((region) => region.filtered)) {
    const { value } = found(use);
    if (numbers.has(value)) continue;
    numbers.set(value, module.importFunction('filtered', String(numbers.size), types[use.kind]));
  }
  return {
    of: (use) => {
      const { value, data, held } = found(use);
      return { function: numbers.get(value) as number, data, held };
    },
    functions: [...numbers.keys()],
  };
}

function importCallbacks(
  regions: readonly Region[],
  module: ModuleBuilder,
): CallbackImports & { readonly functions: readonly WasmValue[] } {
  const functions: WasmValue[] = [];
  const numbers = { exec: new Map<WasmValue, number>(), mem: new Map<WasmValue, number>() };
  for (const { kind, direct } of regions.flatMap((region) => region.callbacks)) {
    if (numbers[kind].has(direct.function)) continue;
    const name = String(functions.push(direct.function) - 1);
    const type = module.type(callbackParameters(kind, direct), []);
    numbers[kind].set(direct.function, module.importFunction('callback', name, type));
  }
  return { of: (kind, direct) => numbers[kind].get(direct.function) as number, functions };
}

function helpersOf(regions: readonly Region[]): Set<number> {
  return new Set(regions.flatMap(({ helpers }) => [...helpers]));
}
