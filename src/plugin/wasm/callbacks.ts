import type { CallbackKind } from '../../tcg/wasm/direct-callback';
import { declareBare } from '../direct-callbacks';
import type { PluginInstance, WasmFunction } from './instance';
import type { SharedWords } from './shared-words';

export type VcpuCallback = (vcpu: number, userdata: number) => void;
export type MemCallback = (vcpu: number, info: number, vaddr: number, userdata: number) => void;

/**
 * JavaScript's view of a plugin's C callbacks. Those of execution and accesses are functions in WebAssembly, which translated
 * code may call without a detour: the module's own, or where the plugin counts inline, one that copies counters around it.
 */
export class Callbacks {
  private readonly vcpu = new Map<number, VcpuCallback>();
  private readonly mem = new Map<number, MemCallback>();
  private depth = 0;

  /** @param words what the plugin shares with translated code; undefined where its module asks for nothing inline */
  constructor(
    private readonly instance: () => PluginInstance,
    private readonly words: SharedWords | undefined,
  ) {}

  /** Whether the plugin runs for an event of its life, not for one of the guest's code. */
  get isInLifecycle(): boolean {
    return this.depth > 0;
  }

  /** Calls a function of the plugin for an event of its life. */
  call(fn: WasmFunction, ...args: (number | bigint)[]): unknown {
    if (this.depth > 0) return fn(...args);
    this.depth++;
    try {
      return this.copied(fn, ...args);
    } finally {
      this.depth--;
    }
  }

  private copied(fn: WasmFunction, ...args: (number | bigint)[]): unknown {
    this.words?.enter();
    try {
      return fn(...args);
    } finally {
      this.words?.leave();
    }
  }

  /** `void (*)(unsigned vcpu, void *userdata)`, as a function of (vcpu, userdata). */
  vcpuCallback(pointer: number): VcpuCallback {
    const known = this.vcpu.get(pointer);
    if (known) return known;
    const fn = this.required(pointer);
    const bare = this.bare('exec', fn) as VcpuCallback | undefined;
    const callback = bare ?? ((vcpu: number, userdata: number): void => void this.copied(fn, vcpu, userdata));
    if (bare) declareBare(bare, bare);
    this.vcpu.set(pointer, callback);
    return callback;
  }

  /** `void (*)(unsigned vcpu, qemu_plugin_meminfo_t, uint64_t vaddr, void *userdata)`. */
  memCallback(pointer: number): MemCallback {
    const known = this.mem.get(pointer);
    if (known) return known;
    const fn = this.required(pointer);
    const bare = this.bare('mem', fn) as WasmFunction | undefined;
    const callback: MemCallback = bare
      ? (vcpu, info, vaddr, userdata) => void bare(vcpu, info, BigInt(vaddr), userdata)
      : (vcpu, info, vaddr, userdata) => void this.copied(fn, vcpu, info, BigInt(vaddr), userdata);
    if (bare) declareBare(callback, bare);
    this.mem.set(pointer, callback);
    return callback;
  }

  private bare(kind: CallbackKind, fn: WasmFunction): unknown {
    return this.words ? this.words.around(kind, fn) : fn;
  }

  /** A callback of the lifecycle: `make` turns the function into what the API takes; null for NULL. */
  optional<T>(pointer: number, make: (fn: WasmFunction) => T): T | null {
    const fn = this.instance().function(pointer);
    return fn ? make(fn) : null;
  }

  private required(pointer: number): WasmFunction {
    const fn = this.instance().function(pointer);
    if (!fn) throw new Error('a callback is NULL');
    return fn;
  }
}
