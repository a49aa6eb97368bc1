import type { CallbackKind, DirectCallback } from '../tcg/wasm/direct-callback';
import type { WasmValue } from '../tcg/wasm/host';
import type { ExecEntry, MemEntry } from './callback-table';
import type { EventRing } from './event-ring';
import type { LoadedPlugin } from './loaded-plugin';
import { RegisterUse } from './register-use';

/** Takes what a plugin's callback has thrown. */
export type FaultHandler = (plugin: LoadedPlugin, callback: string, error: unknown) => void;

type Guard = (data: number, info: number, vaddr: number) => void;

/** What a plugin's userdata is, as compiled code hands it over: nothing, the number itself, or the entry's number. */
enum Userdata {
  None,
  Number,
  Entry,
}

const bareFunctions = new WeakMap<object, WasmValue>();

/**
 * Declares that the callback does nothing but call a function in WebAssembly, which compiled code may call by itself;
 * userdata is a 32-bit number.
 */
export function declareBare(callback: object, bare: WasmValue): void {
  bareFunctions.set(callback, bare);
}

/**
 * How compiled code calls plugins' callbacks: functions in WebAssembly as they are, those in JavaScript by a small function
 * that keeps what they throw away from compiled code. It is the same one for all places that have the same callback.
 */
export class DirectCallbacks {
  private readonly drains = new WeakMap<EventRing, () => void>();
  private readonly guards = new WeakMap<object, Map<string, Guard>>();

  constructor(
    private readonly exec: readonly ExecEntry[],
    private readonly mem: readonly MemEntry[],
    private readonly fail: FaultHandler,
  ) {}

  /** {@link PluginRuntime.directCallback} */
  of(kind: CallbackKind, index: number, vcpu: number): DirectCallback | undefined {
    const entry = kind === 'exec' ? this.exec[index] : this.mem[index];
    const { plugin, callback, flags, userdata } = entry;
    // A callback that moves the pc leaves by an exception.
    if (plugin === null || flags === RegisterUse.ReadWritePc) return undefined;
    const number = plugin.id + 1;
    const { event } = entry;
    if (event) {
      const { ring, tag, vaddr } = event;
      const drain = this.drainOf(ring);
      return {
        function: drain,
        isGuarded: true,
        data: tag,
        plugin: number,
        ring: { head: ring.head, end: ring.end, vaddr },
      };
    }
    const bare = bareFunctions.get(callback);
    if (bare && !plugin.ring) return { function: bare, isGuarded: false, data: Number(userdata) | 0, plugin: number };
    const form = formOf(userdata);
    const data = form === Userdata.Entry ? index : form === Userdata.Number ? Number(userdata) : 0;
    return { function: this.guard(kind, entry, form, vcpu), isGuarded: true, data, plugin: number };
  }

  private drainOf(ring: EventRing): () => void {
    let drain = this.drains.get(ring);
    if (!drain) this.drains.set(ring, (drain = () => ring.drain()));
    return drain;
  }

  private guard(kind: CallbackKind, entry: ExecEntry | MemEntry, form: Userdata, vcpu: number): Guard {
    const plugin = entry.plugin as LoadedPlugin;
    const name = 'name' in entry ? entry.name : 'mem';
    const key = `${kind} ${name} ${form} ${vcpu} ${plugin.id} ${plugin.generation}`;
    let guards = this.guards.get(entry.callback);
    if (!guards) this.guards.set(entry.callback, (guards = new Map<string, Guard>()));
    let guard = guards.get(key);
    if (!guard) {
      guard =
        kind === 'exec'
          ? this.execGuard(plugin, name, (entry as ExecEntry).callback, form, vcpu)
          : this.memGuard(plugin, (entry as MemEntry).callback, form, vcpu);
      guards.set(key, guard);
    }
    return guard;
  }

  // Each form is a function of its own: what little they do is all that stands around a plugin's function.

  private execGuard(
    plugin: LoadedPlugin,
    name: string,
    callback: ExecEntry['callback'],
    form: Userdata,
    vcpu: number,
  ): Guard {
    const { exec, fail } = this;
    switch (form) {
      case Userdata.None:
        return () => {
          if (!plugin.active) return;
          plugin.ring?.drain();
          try {
            callback(vcpu, undefined);
          } catch (error) {
            fail(plugin, name, error);
          }
        };
      case Userdata.Number:
        return (data) => {
          if (!plugin.active) return;
          plugin.ring?.drain();
          try {
            callback(vcpu, data);
          } catch (error) {
            fail(plugin, name, error);
          }
        };
      case Userdata.Entry:
        return (index) => {
          if (!plugin.active) return;
          plugin.ring?.drain();
          try {
            callback(vcpu, exec[index].userdata);
          } catch (error) {
            fail(plugin, name, error);
          }
        };
    }
  }

  private memGuard(plugin: LoadedPlugin, callback: MemEntry['callback'], form: Userdata, vcpu: number): Guard {
    const { mem, fail } = this;
    switch (form) {
      case Userdata.None:
        return (_data, info, vaddr) => {
          if (!plugin.active) return;
          plugin.ring?.drain();
          try {
            callback(vcpu, info, vaddr >>> 0, undefined);
          } catch (error) {
            fail(plugin, 'mem', error);
          }
        };
      case Userdata.Number:
        return (data, info, vaddr) => {
          if (!plugin.active) return;
          plugin.ring?.drain();
          try {
            callback(vcpu, info, vaddr >>> 0, data);
          } catch (error) {
            fail(plugin, 'mem', error);
          }
        };
      case Userdata.Entry:
        return (index, info, vaddr) => {
          if (!plugin.active) return;
          plugin.ring?.drain();
          try {
            callback(vcpu, info, vaddr >>> 0, mem[index].userdata);
          } catch (error) {
            fail(plugin, 'mem', error);
          }
        };
    }
  }
}

function formOf(userdata: unknown): Userdata {
  if (userdata === undefined) return Userdata.None;
  return typeof userdata === 'number' && Object.is(userdata, userdata | 0) ? Userdata.Number : Userdata.Entry;
}
