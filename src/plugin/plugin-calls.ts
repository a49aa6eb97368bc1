import { Control, callbackUse } from '../tcg/layout';
import type { LoadedPlugin } from './loaded-plugin';
import { RegisterUse } from './register-use';

/**
 * Calls plugins' functions. Which plugin runs, for which vCPU, and what it may do with registers stands in the control
 * block, where a watchdog sees it and compiled code writes it as well.
 */
export class PluginCalls {
  /** @param failed a function of the plugin has thrown */
  constructor(
    private readonly control: Int32Array,
    private readonly failed: (plugin: LoadedPlugin, callback: string, error: unknown) => void,
  ) {
    this.isFor(0, RegisterUse.NoVcpu);
  }

  /** The id of the plugin whose function runs; -1 outside of them. */
  get running(): number {
    return this.control[Control.PluginInCallback] - 1;
  }

  /** The vCPU that the running callback is for. */
  get vcpu(): number {
    return this.control[Control.CallbackUse] >> 8;
  }

  /** What the running callback may do with the vCPU's registers. */
  get registerUse(): RegisterUse {
    return (this.control[Control.CallbackUse] << 24) >> 24;
  }

  /** Word `index` (0 the lowest) of the value of the access that the running mem callback is for, unsigned. */
  memValue(index: number): number {
    return this.control[Control.MemValue + index] >>> 0;
  }

  /** The callbacks that are called next are for the vCPU, and use its registers so. */
  isFor(vcpu: number, use: RegisterUse): void {
    this.control[Control.CallbackUse] = callbackUse(vcpu, use);
  }

  /** The same while `action` runs. */
  onVcpu(vcpu: number, use: RegisterUse, action: () => void): void {
    const { control } = this;
    const before = control[Control.CallbackUse];
    this.isFor(vcpu, use);
    action();
    control[Control.CallbackUse] = before;
  }

  /** Runs a plugin's callback; a throw is reported and switches the plugin off. */
  call<A extends unknown[]>(plugin: LoadedPlugin, name: string, callback: (...a: A) => void, ...args: A): void {
    const { control } = this;
    // What happened before comes first.
    plugin.ring?.drain();
    const before = control[Control.PluginInCallback];
    control[Control.PluginInCallback] = plugin.id + 1;
    try {
      callback(...args);
    } catch (error) {
      this.failed(plugin, name, error);
    }
    control[Control.PluginInCallback] = before;
  }

  /** Runs what may throw, which is the caller's affair. */
  within<T>(plugin: LoadedPlugin, action: () => T): T {
    this.isFor(0, RegisterUse.NoVcpu);
    this.control[Control.PluginInCallback] = plugin.id + 1;
    try {
      return action();
    } finally {
      this.control[Control.PluginInCallback] = 0;
    }
  }

  /** A callback of code that runs is about to be called. */
  enter(plugin: LoadedPlugin, vcpu: number, use: RegisterUse): void {
    this.isFor(vcpu, use);
    this.control[Control.PluginInCallback] = plugin.id + 1;
  }

  leave(): void {
    this.control[Control.PluginInCallback] = 0;
  }
}
