import { packMeminfo } from '../tcg/memop';
import type { CallbackKind, DirectCallback } from '../tcg/wasm/direct-callback';
import type { FilteredFunction } from '../tcg/wasm/filtered';
import { CallbackTable, type ExecEntry, type MemEntry } from './callback-table';
import { DirectCallbacks, type FaultHandler } from './direct-callbacks';
import type { PluginCalls } from './plugin-calls';
import { RegisterUse } from './register-use';
import type { BlockRegistrations, Registration } from './registrations';
import type { Stops } from './stops';

/** The callbacks that translated code makes, by the numbers that its operations have. */
export class RuntimeCallbacks {
  readonly exec = new CallbackTable<ExecEntry>();
  readonly mem = new CallbackTable<MemEntry>();
  private readonly direct: DirectCallbacks;

  constructor(
    private readonly calls: PluginCalls,
    private readonly stops: Stops,
    private readonly fail: FaultHandler,
  ) {
    this.direct = new DirectCallbacks(this.exec.entries, this.mem.entries, fail);
  }

  /** {@link PluginRuntime.execCallback} */
  callExec(vcpu: number, index: number): boolean {
    const entry = this.exec.entries[index];
    const { plugin } = entry;
    if (plugin === null) {
      entry.callback(vcpu, entry.userdata);
    } else if (plugin.active) {
      if (!entry.event) plugin.ring?.drain();
      this.calls.enter(plugin, vcpu, entry.flags);
      try {
        entry.callback(vcpu, entry.userdata);
      } catch (error) {
        this.fail(plugin, entry.name, error);
      }
      this.calls.leave();
      if (entry.flags === RegisterUse.ReadWritePc) this.stops.leaveForNewPc();
    }
    return this.stops.isPending;
  }

  /** {@link PluginRuntime.memCallback}; `vaddr` may come signed. */
  callMem(vcpu: number, index: number, vaddr: number, memop: number, rw: number): boolean {
    const entry = this.mem.entries[index];
    const { plugin } = entry;
    const info = packMeminfo(memop, rw);
    if (plugin === null) {
      entry.callback(vcpu, info, vaddr >>> 0, entry.userdata);
    } else if (plugin.active) {
      if (!entry.event) plugin.ring?.drain();
      this.calls.enter(plugin, vcpu, entry.flags);
      try {
        entry.callback(vcpu, info, vaddr >>> 0, entry.userdata);
      } catch (error) {
        this.fail(plugin, 'mem', error);
      }
      this.calls.leave();
      if (entry.flags === RegisterUse.ReadWritePc) this.stops.leaveForNewPc();
    }
    return this.stops.isPending;
  }

  /** {@link PluginRuntime.directCallback} */
  directCallback(kind: CallbackKind, index: number, vcpu: number): DirectCallback | undefined {
    return this.direct.of(kind, index, vcpu);
  }

  /** {@link PluginRuntime.callbackThrew} */
  threw(kind: CallbackKind, index: number, thrown: unknown): void {
    const { plugin, name } =
      kind === 'exec' ? this.exec.entries[index] : { plugin: this.mem.entries[index].plugin, name: 'mem' };
    if (plugin) this.fail(plugin, name, thrown);
  }

  /** {@link PluginRuntime.filteredFunction} */
  filteredFunction(kind: CallbackKind, index: number): FilteredFunction | undefined {
    return (kind === 'exec' ? this.exec : this.mem).entries[index].compiled;
  }

  /** The block is gone, or its operations are: their numbers are free. */
  release({ tb, exec, mem, after }: BlockRegistrations): void {
    const drop = (table: CallbackTable<ExecEntry> | CallbackTable<MemEntry>, list: readonly Registration[]): void => {
      for (const { index } of list) if (index >= 0) table.remove(index);
    };
    for (const place of [tb, ...exec, ...after])
      for (const list of [place.callbacks, place.inlines]) drop(this.exec, list);
    for (const place of mem) for (const list of [place.callbacks, place.inlines]) drop(this.mem, list);
  }
}
