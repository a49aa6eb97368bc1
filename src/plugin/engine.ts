import type { TcgCacheMaintenance } from 'qemu-plugin';
import { Discontinuity, PluginSetPc, type PluginRuntime, type TbInstrumenter } from '../tcg/instrument';
import { CONTROL_BASE, Control, callbackUse } from '../tcg/layout';
import { packMeminfo } from '../tcg/memop';
import { ModelMemory } from '../tcg/model-memory';
import type { TranslatedBlock } from '../tcg/translator';
import type { CallbackKind, DirectCallback } from '../tcg/wasm/direct-callback';
import type { FilteredFunction } from '../tcg/wasm/filtered';
import { createApi } from './api';
import {
  CallbackBreakpoints,
  type CallbackBreakpoint,
  type CallbackHit,
  type CallbackListener,
} from './callback-breakpoints';
import { CallbackTable, type ExecEntry, type MemEntry } from './callback-table';
import { tablesOf, type ContributedKindInfo, type PluginReport, type PluginTable } from './contributions';
import { DirectCallbacks } from './direct-callbacks';
import { LineTables } from './filtered';
import type { PluginFault, PluginHost } from './host';
import { HwAddr } from './hwaddr';
import { injectOperations, type DebugPlan } from './inject';
import { LoadedPlugin, type EventName } from './loaded-plugin';
import type { PluginModule, QemuPluginApi } from './plugin-module';
import { BlockRegistrations, type Registration } from './registrations';
import { RegisterUse } from './register-use';
import { ScoreboardPool, type Scoreboard } from './scoreboard';
import type { CacheStatistics } from './statistics';
import { Timestamps } from './timestamps';
import { PluginTb } from './translation-view';

/** The versions of the plugin API that are accepted. */
export const API_VERSION = { min: 0, cur: 6 } as const;

/** Why the machine should stop, as a callback asked. */
export type StopRequest =
  | { readonly kind: 'plugin'; readonly plugin: string; readonly reason: string }
  | { readonly kind: 'breakpoint'; readonly hits: readonly CallbackHit[] };

/** A plugin that cannot be installed. The message is QEMU's, without the program's name. */
export class PluginLoadError extends Error {
  override readonly name = 'PluginLoadError';

  constructor(file: string, reason: string, options?: ErrorOptions) {
    super(`Could not load plugin ${file}: ${reason}`, options);
  }
}

const DISCONTINUITY_EVENTS: Readonly<Partial<Record<Discontinuity, EventName>>> = {
  [Discontinuity.Interrupt]: 'vcpu_interrupt',
  [Discontinuity.Exception]: 'vcpu_exception',
  [Discontinuity.HostCall]: 'vcpu_hostcall',
};

const NO_DEBUG: DebugPlan = { exec: new Map(), mem: new Map(), wantsMisses: false };

/** The plugins of a session: their registry, what they put into translated code, and the calls that code makes. */
export class PluginEngine implements TbInstrumenter, PluginRuntime {
  /** What plugins import. */
  readonly api: QemuPluginApi;
  readonly breakpoints: CallbackBreakpoints;
  /** Told of the hits of callback breakpoints. */
  listener: CallbackListener | undefined;
  /** vCPUs that have been initialised so far. */
  vcpus = 0;
  readonly scoreboards: ScoreboardPool;
  /** For models' state. */
  readonly models: ModelMemory;
  readonly lineTables: LineTables;

  private readonly loaded: LoadedPlugin[] = [];
  private readonly execTable = new CallbackTable<ExecEntry>();
  private readonly memTable = new CallbackTable<MemEntry>();
  private readonly directCallbacks = new DirectCallbacks(
    this.execTable.entries,
    this.memTable.entries,
    (plugin, callback, error) => this.fail(plugin, callback, error),
  );
  private readonly control: Int32Array;
  private readonly hwaddr: HwAddr;
  private readonly stopNumber: number;
  private stop: StopRequest | undefined;
  private ended = false;
  /** A callback moved the pc there; it is to be left. */
  private newPc: number | undefined;
  private readonly deferred: (() => void)[] = [];
  /** What a plugin prints while it is asked for its statistics. */
  private captured: string | undefined;
  private readonly timestamps: Timestamps | undefined;

  constructor(readonly host: PluginHost) {
    this.scoreboards = new ScoreboardPool(host.memory, host.smpVcpus);
    this.models = new ModelMemory(host.memory);
    this.lineTables = new LineTables(this.models);
    this.control = new Int32Array(host.memory, CONTROL_BASE, 16);
    this.isFor(0, RegisterUse.NoVcpu);
    this.timestamps = host.timestamps ? new Timestamps(() => host.instructions()) : undefined;
    this.hwaddr = new HwAddr(host);
    // An operation that only takes up a stop which was asked for at translation.
    this.stopNumber = this.execTable.add({
      plugin: null,
      name: 'stop',
      callback: () => {},
      flags: RegisterUse.None,
      userdata: undefined,
    });
    this.breakpoints = new CallbackBreakpoints(
      this.execTable,
      this.memTable,
      (insn) => host.isSyscall(insn),
      () => this.listener,
      (hit) => this.stopForHit(hit),
    );
    this.api = createApi(this);
  }

  // ---------------------------------------------------------------------------------------------------------- registry

  /** Installed plugins in the order of their ids, failed ones included. */
  get plugins(): readonly LoadedPlugin[] {
    return this.loaded;
  }

  /**
   * Installs a plugin: checks its version, calls its `qemu_plugin_install`.
   * @throws {@link PluginLoadError} when it is refused
   */
  install(file: string, module: PluginModule, argv: readonly string[]): LoadedPlugin {
    const { qemu_plugin_version: declared } = module;
    this.checkVersion(file, declared);
    const plugin = new LoadedPlugin(this.loaded.length, file, argv, declared);
    plugin.atexitOnlyPrints = module.tcg_atexit_only_prints ?? false;
    this.loaded.push(plugin);
    const code = this.callInstall(plugin, module);
    if (code === 0) return plugin;
    plugin.active = false;
    plugin.failure = `qemu_plugin_install returned error code ${code}`;
    throw new PluginLoadError(file, plugin.failure);
  }

  private checkVersion(file: string, declared: number | undefined): void {
    const version = declared ?? API_VERSION.cur;
    const wants = `plugin requires API version ${version}, but this QEMU supports only`;
    if (version > API_VERSION.cur) throw new PluginLoadError(file, `${wants} up to version ${API_VERSION.cur}`);
    if (version < API_VERSION.min) throw new PluginLoadError(file, `${wants} a minimum version of ${API_VERSION.min}`);
  }

  private callInstall(plugin: LoadedPlugin, module: PluginModule): number {
    const { targetName, systemEmulation, smpVcpus, maxVcpus } = this.host;
    const info = {
      target_name: targetName,
      version: API_VERSION,
      system_emulation: systemEmulation,
      system: { smp_vcpus: smpVcpus, max_vcpus: maxVcpus },
    };
    try {
      this.isFor(0, RegisterUse.NoVcpu);
      this.control[Control.PluginInCallback] = plugin.id + 1;
      return module.qemu_plugin_install(plugin.id, info, [...plugin.argv], this.api) ?? 0;
    } catch (error) {
      const { message, location } = faultOf(plugin, 'install', error);
      plugin.active = false;
      plugin.failure = `qemu_plugin_install threw ${message}${location ? ` (${location})` : ''}`;
      throw new PluginLoadError(plugin.file, plugin.failure, { cause: error });
    } finally {
      this.control[Control.PluginInCallback] = 0;
    }
  }

  /**
   * Puts a new instance of a plugin's file into the place of the plugin with the id, which ends as at the session's end: its
   * atexit callback runs. The new one is told of the blocks that there are; other plugins notice nothing.
   * @throws {@link PluginLoadError} when the new one is refused; the old one then goes on
   */
  reload(id: number, module: PluginModule, argv: readonly string[]): LoadedPlugin {
    const old = this.plugin(id, 'reload');
    const { qemu_plugin_version: declared } = module;
    this.checkVersion(old.file, declared);
    const plugin = new LoadedPlugin(id, old.file, argv, declared);
    plugin.atexitOnlyPrints = module.tcg_atexit_only_prints ?? false;
    this.loaded[id] = plugin;
    let code = 0;
    try {
      code = this.callInstall(plugin, module);
    } finally {
      if (code !== 0 || plugin.failure !== undefined) this.loaded[id] = old;
    }
    if (code !== 0) {
      plugin.active = false;
      throw new PluginLoadError(old.file, `qemu_plugin_install returned error code ${code}`);
    }
    this.end(old, plugin);
    for (let vcpu = 0; vcpu < this.vcpus; vcpu++) {
      const callback = plugin.callback('vcpu_init') as ((id: number, vcpu: number) => void) | undefined;
      if (callback) this.onVcpu(vcpu, RegisterUse.ReadWrite, () => this.call(plugin, 'vcpu_init', callback, id, vcpu));
    }
    this.connectMisses();
    this.host.reinstrument();
    return plugin;
  }

  /** Lets a plugin print its last words, and takes back what it has; `successor` has its id now. */
  private end(plugin: LoadedPlugin, successor: LoadedPlugin): void {
    const { id } = plugin;
    this.loaded[id] = plugin;
    const atexit = plugin.atexit as ((id: number) => void) | undefined;
    if (atexit) this.call(plugin, 'atexit', atexit, id);
    plugin.active = false;
    plugin.failure ??= 'reloaded';
    plugin.cacheModel?.setMissListener?.(undefined);
    for (const score of plugin.scoreboards) this.scoreboards.release(score);
    this.loaded[id] = successor;
  }

  /** The vCPU that the running callback is for. */
  get vcpu(): number {
    return this.control[Control.CallbackUse] >> 8;
  }

  /** What the running callback may do with the vCPU's registers. */
  get registerUse(): RegisterUse {
    return (this.control[Control.CallbackUse] << 24) >> 24;
  }

  /** The callbacks that are called next are for the vCPU, and use its registers so. */
  private isFor(vcpu: number, use: RegisterUse): void {
    this.control[Control.CallbackUse] = callbackUse(vcpu, use);
  }

  /** The plugin whose callback runs, or undefined outside of callbacks and while its file is evaluated. */
  get caller(): LoadedPlugin | undefined {
    return this.loaded[this.control[Control.PluginInCallback] - 1];
  }

  /** The plugin with the id, or an Error that names the API function which was given it. */
  plugin(id: number, api: string): LoadedPlugin {
    const plugin = this.loaded[id];
    if (!plugin) throw new Error(`${api}: no plugin has the id ${id}`);
    return plugin;
  }

  /**
   * Switches a plugin's callbacks and counting off or on again. Switched on it is told of the blocks that were translated
   * meanwhile. Throws for one that has failed or was uninstalled: it stays off.
   */
  setActive(id: number, active: boolean): void {
    const plugin = this.plugin(id, 'setActive');
    if (plugin.failure !== undefined) {
      throw new Error(`plugin ${plugin.name} cannot be switched: it has failed or was uninstalled (${plugin.failure})`);
    }
    if (plugin.active === active) return;
    plugin.active = active;
    this.connectMisses();
    this.host.reinstrument();
  }

  /** Stops calling the plugin for good. */
  private retire(plugin: LoadedPlugin, failure: string): void {
    plugin.active = false;
    plugin.failure = failure;
    plugin.cacheModel?.setMissListener?.(undefined);
    this.host.reinstrument();
  }

  /** A scoreboard for the plugin that asks. It goes with the plugin. */
  newScoreboard(elementSize: number, isPerVcpu = true): Scoreboard {
    const score = this.scoreboards.create(elementSize, isPerVcpu);
    this.caller?.scoreboards.add(score);
    return score;
  }

  freeScoreboard(score: Scoreboard): void {
    this.scoreboards.release(score);
    this.caller?.scoreboards.delete(score);
    this.host.reinstrument();
  }

  /** At the next chance the plugin's callbacks go, then `callback` is called, and the plugin is not called again. */
  uninstall(plugin: LoadedPlugin, callback: ((id: number) => void) | undefined): void {
    this.deferred.push(() => {
      if (!plugin.active) return;
      plugin.forgetCallbacks();
      if (callback) this.call(plugin, 'uninstall', callback, plugin.id);
      if (plugin.active) this.retire(plugin, 'uninstalled');
    });
    this.host.flush();
  }

  /** At the next chance the plugin's callbacks go, then `callback` is called; blocks are translated anew. */
  reset(plugin: LoadedPlugin, callback: ((id: number) => void) | undefined): void {
    this.deferred.push(() => {
      if (!plugin.active) return;
      plugin.forgetCallbacks();
      if (callback) this.call(plugin, 'reset', callback, plugin.id);
    });
    this.host.flush();
  }

  /**
   * After the host has flushed: carries out what plugins asked for and could not have at once.
   */
  settle(): void {
    for (const action of this.deferred.splice(0)) action();
  }

  /** All blocks have been instrumented anew, or dropped. */
  settled(): void {
    this.scoreboards.settle();
  }

  // ------------------------------------------------------------------------------------------------------------ events

  /** A vCPU exists now. */
  vcpuInit(vcpu: number): void {
    this.vcpus = Math.max(this.vcpus, vcpu + 1);
    this.fireOn(vcpu, 'vcpu_init');
  }
  vcpuExit(vcpu: number): void {
    this.fireOn(vcpu, 'vcpu_exit');
  }
  vcpuIdle(vcpu: number): void {
    this.fireOn(vcpu, 'vcpu_idle');
  }
  vcpuResume(vcpu: number): void {
    this.fireOn(vcpu, 'vcpu_resume');
  }
  /** All blocks were dropped. */
  flushed(): void {
    this.fire('flush');
  }

  /** What plugins print: to the log, or to whoever asked for a plugin's statistics. */
  output(text: string): void {
    if (this.captured === undefined) this.host.output(this.timestamps ? this.timestamps.stamp(text) : text);
    else this.captured += text;
  }

  /** {@link PluginRuntime.discontinuity} */
  discontinuity(vcpu: number, type: Discontinuity, from: number, to: number): boolean {
    const event = DISCONTINUITY_EVENTS[type];
    for (let i = this.loaded.length - 1; event && i >= 0 && this.newPc === undefined; i--) {
      const plugin = this.loaded[i];
      const callback = plugin.callback(event) as ((...args: unknown[]) => void) | undefined;
      if (!callback) continue;
      this.onVcpu(vcpu, RegisterUse.ReadWritePc, () =>
        this.call(plugin, 'vcpu_discon', callback, plugin.id, vcpu, type, from, to),
      );
    }
    this.leaveForNewPc();
    return this.stop !== undefined;
  }

  /** Tells of a cache operation that the guest asked for. */
  cacheMaintenance(vcpu: number, event: TcgCacheMaintenance): void {
    this.onVcpu(vcpu, RegisterUse.Read, () => this.fire('cache_maintenance', vcpu, event));
  }

  /** Calls the event's callbacks with the plugin's id and `args`, the plugin loaded last first. */
  private fire(event: EventName, ...args: unknown[]): void {
    for (let i = this.loaded.length - 1; i >= 0; i--) {
      const plugin = this.loaded[i];
      const found = event === 'atexit' ? plugin.atexit : plugin.callback(event);
      const callback = found as ((...args: unknown[]) => void) | undefined;
      if (callback) this.call(plugin, event, callback, plugin.id, ...args);
    }
  }

  /** An event of a vCPU, whose registers callbacks may read and write. */
  private fireOn(vcpu: number, event: EventName): void {
    this.onVcpu(vcpu, RegisterUse.ReadWrite, () => this.fire(event, vcpu));
  }

  private onVcpu(vcpu: number, use: RegisterUse, action: () => void): void {
    const { control } = this;
    const before = control[Control.CallbackUse];
    this.isFor(vcpu, use);
    action();
    control[Control.CallbackUse] = before;
  }

  /** The guest is about to exit: `exit` breakpoints are told. True if the machine should stop before it does. */
  aboutToExit(vcpu: number): boolean {
    if (this.breakpoints.has('exit')) this.breakpoints.report({ kind: 'exit', vcpu, pc: 0 });
    return this.stop !== undefined;
  }

  /** The session ends: atexit callbacks run, once. */
  atexit(): void {
    if (this.ended) return;
    this.ended = true;
    this.isFor(0, RegisterUse.NoVcpu);
    this.fire('atexit');
  }

  /** Runs a plugin's callback; a throw is reported and switches the plugin off. */
  private call<A extends unknown[]>(plugin: LoadedPlugin, name: string, callback: (...a: A) => void, ...args: A): void {
    const { control } = this;
    const before = control[Control.PluginInCallback];
    control[Control.PluginInCallback] = plugin.id + 1;
    try {
      callback(...args);
    } catch (error) {
      this.fail(plugin, name, error);
    }
    control[Control.PluginInCallback] = before;
  }

  /** Asks for execution to go on at `pc`, and leaves the callback. */
  setPc(pc: number): never {
    this.newPc = pc;
    throw new PluginSetPc(pc);
  }

  /** Leaves the block if a callback moved the pc, whatever the callback did with what was thrown. */
  private leaveForNewPc(): void {
    const pc = this.newPc;
    if (pc === undefined) return;
    this.newPc = undefined;
    throw new PluginSetPc(pc);
  }

  private fail(plugin: LoadedPlugin, callback: string, error: unknown): void {
    if (error instanceof PluginSetPc || !plugin.active) return;
    const fault = faultOf(plugin, callback, error);
    this.retire(plugin, fault.location ? `${fault.message} (${fault.location})` : fault.message);
    this.host.pluginFailed(fault);
  }

  // ------------------------------------------------------------------------------------------------------------- stops

  /** Asks for a stop on behalf of the plugin whose callback runs. */
  requestStop(reason: string): void {
    const running = this.loaded[this.control[Control.PluginInCallback] - 1];
    this.stop ??= { kind: 'plugin', plugin: running?.name ?? '', reason };
    this.control[Control.Attention] = 1;
  }

  private stopForHit(hit: CallbackHit): void {
    const hits = this.stop?.kind === 'breakpoint' ? [...this.stop.hits, hit] : [hit];
    this.stop = { kind: 'breakpoint', hits };
    this.control[Control.Attention] = 1;
  }

  /** {@link PluginRuntime.wantsStop} */
  get wantsStop(): boolean {
    return this.stop !== undefined;
  }

  /** Why a callback stopped the machine; asks once. */
  takeStop(): StopRequest | undefined {
    const { stop } = this;
    this.stop = undefined;
    return stop;
  }

  /** Replaces the callback breakpoints. Plugins notice nothing. */
  setBreakpoints(breakpoints: readonly CallbackBreakpoint[]): void {
    this.breakpoints.set(breakpoints);
    this.connectMisses();
    this.host.reinstrument();
  }

  /** Cache models report misses only while someone wants them. */
  connectMisses(): void {
    const listener = this.breakpoints.wantsMisses ? this.breakpoints.reportMiss.bind(this.breakpoints) : undefined;
    for (const plugin of this.loaded) if (plugin.active) plugin.cacheModel?.setMissListener?.(listener);
  }

  /**
   * The statistics of every cache plugin, each with at most `limit` of its hottest instructions, and if `executed` with what
   * every instruction did where it counts that.
   */
  statistics(limit: number, executed = false): CacheStatistics[] {
    const result: CacheStatistics[] = [];
    for (const plugin of this.loaded) {
      const { cacheModel } = plugin;
      if (!cacheModel) continue;
      this.call(plugin, 'cache statistics', () => {
        result.push({ pluginId: plugin.id, pluginName: plugin.name, ...cacheModel.statistics(limit, executed) });
      });
    }
    return result;
  }

  /** What each plugin, or the one with the id, says of itself now; tables with at most `limit` rows. */
  reports(limit: number, id?: number): PluginReport[] {
    const asked = id === undefined ? this.loaded : [this.plugin(id, 'statistics')];
    return asked.map((plugin) => {
      let [text, tables]: [string | null, PluginTable[]] = [null, []];
      this.call(plugin, 'statistics', () => {
        const { statistics } = plugin.contributions;
        if (statistics) text = String(statistics());
        else if (plugin.atexitOnlyPrints) text = this.textAtExit(plugin);
        tables = tablesOf(plugin.contributions, limit);
      });
      return { pluginId: plugin.id, pluginName: plugin.name, text, tables };
    });
  }

  private textAtExit(plugin: LoadedPlugin): string {
    const callback = plugin.atexit as ((id: number) => void) | undefined;
    this.captured = '';
    try {
      callback?.(plugin.id);
      return this.captured;
    } finally {
      this.captured = undefined;
    }
  }

  /** The kinds of breakpoints that plugins contribute. */
  get contributedKinds(): ContributedKindInfo[] {
    return this.loaded.flatMap(({ id, active, contributions }) =>
      active
        ? [...contributions.kinds].map(([kind, { label, description }]) => ({ kind, label, description, pluginId: id }))
        : [],
    );
  }

  // ------------------------------------------------------------------------------------------------------- translation

  /** {@link TbInstrumenter.observesBlocks} */
  get observesBlocks(): boolean {
    if (this.stop !== undefined || this.breakpoints.areSet) return true;
    for (const plugin of this.loaded) if (plugin.callback('tb_trans')) return true;
    return false;
  }

  /** {@link TbInstrumenter.instrument} */
  instrument(block: TranslatedBlock, vcpu: number, previous?: unknown): BlockRegistrations {
    const known = previous instanceof BlockRegistrations;
    const registrations = known ? previous : new BlockRegistrations(block.insns.length);
    if (this.translated(block, vcpu, registrations) && known) registrations.sort();
    if (!known) this.breakpoints.reportTranslation(block, vcpu);
    let plan = this.breakpoints.plan(block);
    if (!known && this.stop) {
      const first = [this.stopNumber, ...(plan?.exec.get(0) ?? [])];
      plan = { ...(plan ?? NO_DEBUG), exec: new Map([...(plan?.exec ?? []), [0, first]]) };
    }
    if (plan || !registrations.isEmpty) injectOperations(block.ir, registrations, plan ?? NO_DEBUG);
    return registrations;
  }

  /** Tells plugins of a block that they do not know: it is new, or they were switched on or loaded since. */
  private translated(block: TranslatedBlock, vcpu: number, registrations: BlockRegistrations): boolean {
    let anyone = false;
    this.isFor(vcpu, RegisterUse.ReadWrite);
    for (let i = this.loaded.length - 1; i >= 0; i--) {
      const plugin = this.loaded[i];
      const callback = plugin.callback('tb_trans') as ((id: number, tb: PluginTb) => void) | undefined;
      if (!callback || registrations.told.has(plugin)) continue;
      anyone = true;
      registrations.told.add(plugin);
      const tb = new PluginTb(block, plugin, vcpu, registrations);
      this.call(plugin, 'tb_trans', callback, plugin.id, tb);
      tb.valid = false;
    }
    return anyone;
  }

  /** A block is dropped for good, or about to be translated anew: what its registrations hold is given back. */
  release(registrations: unknown): void {
    if (!(registrations instanceof BlockRegistrations)) return;
    const { tb, exec, mem, after } = registrations;
    const drop = (table: CallbackTable<ExecEntry> | CallbackTable<MemEntry>, list: readonly Registration[]) => {
      for (const { index } of list) if (index >= 0) table.remove(index);
    };
    for (const place of [tb, ...exec, ...after])
      for (const list of [place.callbacks, place.inlines]) drop(this.execTable, list);
    for (const place of mem) for (const list of [place.callbacks, place.inlines]) drop(this.memTable, list);
  }

  addExec(entry: ExecEntry): number {
    return this.execTable.add(entry);
  }

  addMem(entry: MemEntry): number {
    return this.memTable.add(entry);
  }

  // -------------------------------------------------------------------------------------------------------- at run time

  /** {@link PluginRuntime.execCallback} */
  execCallback(vcpu: number, index: number): boolean {
    const entry = this.execTable.entries[index];
    const { plugin } = entry;
    if (plugin === null) {
      entry.callback(vcpu, entry.userdata);
    } else if (plugin.active) {
      const { control } = this;
      this.isFor(vcpu, entry.flags);
      control[Control.PluginInCallback] = plugin.id + 1;
      try {
        entry.callback(vcpu, entry.userdata);
      } catch (error) {
        this.fail(plugin, entry.name, error);
      }
      control[Control.PluginInCallback] = 0;
      if (entry.flags === RegisterUse.ReadWritePc) this.leaveForNewPc();
    }
    return this.stop !== undefined;
  }

  /** {@link PluginRuntime.memCallback}; `vaddr` may come signed. */
  memCallback(vcpu: number, index: number, vaddr: number, memop: number, rw: number): boolean {
    const entry = this.memTable.entries[index];
    const { plugin } = entry;
    const info = packMeminfo(memop, rw);
    if (plugin === null) {
      entry.callback(vcpu, info, vaddr >>> 0, entry.userdata);
    } else if (plugin.active) {
      const { control } = this;
      this.isFor(vcpu, entry.flags);
      control[Control.PluginInCallback] = plugin.id + 1;
      try {
        entry.callback(vcpu, info, vaddr >>> 0, entry.userdata);
      } catch (error) {
        this.fail(plugin, 'mem', error);
      }
      control[Control.PluginInCallback] = 0;
      if (entry.flags === RegisterUse.ReadWritePc) this.leaveForNewPc();
    }
    return this.stop !== undefined;
  }

  /** Word `index` (0 the lowest) of the value of the access that the running mem callback is for, unsigned. */
  memValue(index: number): number {
    return this.control[Control.MemValue + index] >>> 0;
  }

  lookUpHwaddr(vaddr: number): HwAddr | null {
    return this.hwaddr.lookUp(this.vcpu, vaddr);
  }

  /** {@link PluginRuntime.directCallback} */
  directCallback(kind: CallbackKind, index: number, vcpu: number): DirectCallback | undefined {
    return this.directCallbacks.of(kind, index, vcpu);
  }

  /** {@link PluginRuntime.callbackThrew} */
  callbackThrew(kind: CallbackKind, index: number, thrown: unknown): void {
    const [plugin, name] =
      kind === 'exec'
        ? [this.execTable.entries[index].plugin, this.execTable.entries[index].name]
        : [this.memTable.entries[index].plugin, 'mem'];
    if (plugin) this.fail(plugin, name, thrown);
  }

  /** {@link PluginRuntime.filteredFunction} */
  filteredFunction(kind: 'exec' | 'mem', index: number): FilteredFunction | undefined {
    return (kind === 'exec' ? this.execTable : this.memTable).entries[index].compiled;
  }

  /** {@link PluginRuntime.mappingChanged} */
  codeFull(): void {
    this.host.flush();
  }

  mappingChanged(vcpu: number): void {
    this.lineTables.flush(vcpu);
    this.hwaddr.mappingChanged();
  }

  /** Regions were added, removed or moved. */
  memoryMapChanged(): void {
    this.hwaddr.forgetRegions();
  }
}

function faultOf(plugin: LoadedPlugin, callback: string, error: unknown): PluginFault {
  const isError = error instanceof Error;
  const frame = (isError ? (error.stack ?? '') : '')
    .split('\n')
    .find((line) => /:\d+/.test(line) && /^\s*(at |.*@)/.test(line));
  return {
    pluginId: plugin.id,
    pluginName: plugin.name,
    callback,
    message: isError ? `${error.name}: ${error.message}` : String(error),
    location: frame?.trim() ?? '',
  };
}
