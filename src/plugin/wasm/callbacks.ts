import { declareBare } from '../direct-callbacks';
import type { PluginInstance, WasmFunction } from './instance';
import type { Mirror } from './mirror';

export type VcpuCallback = (vcpu: number, userdata: number) => void;
export type MemCallback = (vcpu: number, info: number, vaddr: number, userdata: number) => void;

/**
 * JavaScript's view of a plugin's C callbacks. While nothing of the plugin is mirrored, the module's own functions are
 * given out for execution callbacks: translated code may then call them without a detour.
 */
export class Callbacks {
  private readonly vcpu = new Map<number, VcpuCallback>();
  private readonly mem = new Map<number, MemCallback>();

  constructor(
    private readonly instance: () => PluginInstance,
    private readonly mirror: Mirror,
  ) {}

  /** Calls a function of the plugin that may look at counters. */
  call(fn: WasmFunction, ...args: (number | bigint)[]): unknown {
    const { mirror } = this;
    mirror.enter();
    try {
      return fn(...args);
    } finally {
      mirror.leave();
    }
  }

  /** `void (*)(unsigned vcpu, void *userdata)`, as a function of (vcpu, userdata). */
  vcpuCallback(pointer: number): VcpuCallback {
    const known = this.vcpu.get(pointer);
    if (known) return known;
    const fn = this.required(pointer);
    const callback = this.mirror.isUsed
      ? (vcpu: number, userdata: number): void => void this.call(fn, vcpu, userdata)
      : (fn as unknown as VcpuCallback);
    if (!this.mirror.isUsed) declareBare(fn, fn);
    this.mirror.refuse();
    this.vcpu.set(pointer, callback);
    return callback;
  }

  /** `void (*)(unsigned vcpu, qemu_plugin_meminfo_t, uint64_t vaddr, void *userdata)`. */
  memCallback(pointer: number): MemCallback {
    const known = this.mem.get(pointer);
    if (known) return known;
    const fn = this.required(pointer);
    const callback: MemCallback = this.mirror.isUsed
      ? (vcpu, info, vaddr, userdata) => void this.call(fn, vcpu, info, BigInt(vaddr), userdata)
      : (vcpu, info, vaddr, userdata) => void fn(vcpu, info, BigInt(vaddr), userdata);
    if (!this.mirror.isUsed) declareBare(callback, fn);
    this.mirror.refuse();
    this.mem.set(pointer, callback);
    return callback;
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
