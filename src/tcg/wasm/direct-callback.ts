import type { WasmHost, WasmValue } from './host';
import { ModuleBuilder } from './module';
import { Type } from './opcodes';

/** Which table a callback's number belongs to: execution callbacks, or those of memory accesses. */
export type CallbackKind = 'exec' | 'mem';

/** Where events go: byte offsets in the memory. An event has four words: vCPU, tag, address, what the access is. */
export interface EventRing {
  /** Of the word that has the next event's place. */
  readonly head: number;
  /** The place that the ring has no more. */
  readonly end: number;
  /** Of an instruction, its address; an access has its own. */
  readonly vaddr: number | undefined;
}

/**
 * A plugin's callback as compiled code calls it by itself, with {@link Control.PluginInCallback} and the word behind it set.
 *
 * A guarded one is the emulator's wrapper around a function in JavaScript, which never throws: (data), for accesses (data,
 * info, address). A bare one is the plugin's own function in WebAssembly: (vcpu, data), for accesses (vcpu, info, address as
 * 64 bits, data). What it throws, and traps, unwind compiled code: before the call all state is in the environment.
 */
export interface DirectCallback {
  readonly function: WasmValue;
  readonly isGuarded: boolean;
  readonly data: number;
  /** The value for {@link Control.PluginInCallback}. */
  readonly plugin: number;
  /** The event is written into a ring, with `data` as its tag; the function () empties a full one. */
  readonly ring?: EventRing;
}

const { i32, i64 } = Type;
/** The parameters of callbacks' functions. */
export const PARAMETERS: Readonly<Record<CallbackKind, Readonly<Record<'guarded' | 'bare', readonly Type[]>>>> = {
  exec: { guarded: [i32], bare: [i32, i32] },
  mem: { guarded: [i32, i32, i32], bare: [i32, i32, i64, i32] },
};

/** The parameters of the callback's function; it returns nothing. */
export function callbackParameters(kind: CallbackKind, { isGuarded, ring }: DirectCallback): readonly Type[] {
  if (ring) return [];
  return PARAMETERS[kind][isGuarded ? 'guarded' : 'bare'];
}

/** Finds out which bare functions have the type that they are called with: C lets a plugin hand over any. */
export class LinkCheck {
  private readonly known: Record<CallbackKind, WeakMap<object, boolean>> = { exec: new WeakMap(), mem: new WeakMap() };

  constructor(private readonly host: WasmHost) {}

  accepts(kind: CallbackKind, direct: DirectCallback): boolean {
    if (direct.isGuarded) return true;
    const key = direct.function as object;
    let accepted = this.known[kind].get(key);
    if (accepted === undefined) this.known[kind].set(key, (accepted = this.tries(kind, direct)));
    return accepted;
  }

  private tries(kind: CallbackKind, direct: DirectCallback): boolean {
    const module = new ModuleBuilder(this.host.memoryPages);
    module.importFunction('env', 'callback', module.type(callbackParameters(kind, direct), []));
    try {
      this.host.instantiate(module.finish(), { env: { memory: this.host.memory, callback: direct.function } });
      return true;
    } catch {
      return false;
    }
  }
}

/** Numbers of the functions' imports in a module. */
export interface CallbackImports {
  of(kind: CallbackKind, direct: DirectCallback): number;
}
