import type { TcgCacheMaintenance } from 'qemu-plugin';
import { Discontinuity, PluginSetPc, type PluginRuntime, type TbInstrumenter } from '../tcg/instrument';
import { CONTROL_BASE } from '../tcg/layout';
import { ModelMemory } from '../tcg/model-memory';
import type { TranslatedBlock } from '../tcg/translator';
import type { CallbackKind, DirectCallback } from '../tcg/wasm/direct-callback';
import type { FilteredFunction } from '../tcg/wasm/filtered';
import { createApi } from './api';
import { CallbackBreakpoints, type CallbackBreakpoint, type CallbackListener } from './callback-breakpoints';
import type { ExecEntry, MemEntry } from './callback-table';
import { kindsOf, type ContributedKindInfo, type PluginReport } from './contributions';
import { LineTables } from './filtered';
import type { PluginHost } from './host';
import { HwAddr } from './hwaddr';
import { injectOperations, type DebugPlan } from './inject';
import type { EventName, LoadedPlugin } from './loaded-plugin';
import { PluginOutput } from './output';
import { PluginCalls } from './plugin-calls';
import type { PluginModule, QemuPluginApi } from './plugin-module';
import { BlockRegistrations } from './registrations';
import { RegisterUse } from './register-use';
import { PluginRegistry } from './registry';
import { cacheStatistics, reportsOf } from './reports';
import { RuntimeCallbacks } from './runtime-callbacks';
import { ScoreboardPool, type Scoreboard } from './scoreboard';
import type { CacheStatistics } from './statistics';
import { Stops, type StopRequest } from './stops';
import { PluginTb } from './translation-view';

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

  private readonly stops: Stops;
  private readonly calls: PluginCalls;
  private readonly callbacks: RuntimeCallbacks;
  private readonly registry: PluginRegistry;
  private readonly hwaddr: HwAddr;
  private readonly stopNumber: number;
  private ended = false;
  private readonly printed: PluginOutput;

  constructor(readonly host: PluginHost) {
    this.scoreboards = new ScoreboardPool(host.memory, host.smpVcpus);
    this.models = new ModelMemory(host.memory);
    this.lineTables = new LineTables(this.models);
    const control = new Int32Array(host.memory, CONTROL_BASE, 16);
    const fail = (plugin: LoadedPlugin, callback: string, error: unknown): void => {
      if (!(error instanceof PluginSetPc)) this.registry.fail(plugin, callback, error);
    };
    this.stops = new Stops(control);
    this.calls = new PluginCalls(control, fail);
    this.callbacks = new RuntimeCallbacks(this.calls, this.stops, fail);
    const changed = (): void => this.connectMisses();
    this.registry = new PluginRegistry(host, this.calls, this.scoreboards, () => this.api, changed);
    this.printed = new PluginOutput(host);
    this.hwaddr = new HwAddr(host);
    // An operation that only takes up a stop which was asked for at translation.
    this.stopNumber = this.callbacks.exec.add({
      plugin: null,
      name: 'stop',
      callback: () => {},
      flags: RegisterUse.None,
      userdata: undefined,
    });
    this.breakpoints = new CallbackBreakpoints(
      this.callbacks.exec,
      this.callbacks.mem,
      (insn) => host.isSyscall(insn),
      () => this.listener,
      (hit) => this.stops.ofHit(hit),
    );
    this.api = createApi(this);
  }

  // ---------------------------------------------------------------------------------------------------------- registry

  /** Installed plugins in the order of their ids, failed ones included. */
  get plugins(): readonly LoadedPlugin[] {
    return this.registry.loaded;
  }

  /** {@link PluginRegistry.install} */
  install(file: string, module: PluginModule, argv: readonly string[]): LoadedPlugin {
    return this.registry.install(file, module, argv);
  }

  /** {@link PluginRegistry.reload} */
  reload(id: number, module: PluginModule, argv: readonly string[]): LoadedPlugin {
    return this.registry.reload(id, module, argv, (plugin) => {
      const callback = plugin.callback('vcpu_init') as ((id: number, vcpu: number) => void) | undefined;
      for (let vcpu = 0; callback && vcpu < this.vcpus; vcpu++) {
        const tell = (): void => this.calls.call(plugin, 'vcpu_init', callback, id, vcpu);
        this.calls.onVcpu(vcpu, RegisterUse.ReadWrite, tell);
      }
    });
  }

  /** {@link PluginRegistry.setActive} */
  setActive(id: number, active: boolean): void {
    this.registry.setActive(id, active);
  }

  /** {@link PluginRegistry.caller} */
  get caller(): LoadedPlugin | undefined {
    return this.registry.caller;
  }

  /** {@link PluginRegistry.plugin} */
  plugin(id: number, api: string): LoadedPlugin {
    return this.registry.plugin(id, api);
  }

  /** The vCPU that the running callback is for. */
  get vcpu(): number {
    return this.calls.vcpu;
  }

  /** What the running callback may do with the vCPU's registers. */
  get registerUse(): RegisterUse {
    return this.calls.registerUse;
  }

  /** A scoreboard for the plugin that asks. It goes with the plugin. */
  newScoreboard(elementSize: number, isPerVcpu = true): Scoreboard {
    return this.registry.newScoreboard(elementSize, isPerVcpu);
  }

  freeScoreboard(score: Scoreboard): void {
    this.registry.freeScoreboard(score);
  }

  /** {@link PluginRegistry.uninstall} */
  uninstall(plugin: LoadedPlugin, callback: ((id: number) => void) | undefined): void {
    this.registry.uninstall(plugin, callback);
  }

  /** {@link PluginRegistry.reset} */
  reset(plugin: LoadedPlugin, callback: ((id: number) => void) | undefined): void {
    this.registry.reset(plugin, callback);
  }

  /** {@link PluginRegistry.settle} */
  settle(): void {
    this.registry.settle();
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

  /** {@link PluginOutput.write} */
  output(text: string): void {
    this.printed.write(text);
  }

  /** {@link PluginRuntime.discontinuity} */
  discontinuity(vcpu: number, type: Discontinuity, from: number, to: number): boolean {
    const event = DISCONTINUITY_EVENTS[type];
    for (let i = this.plugins.length - 1; event && i >= 0 && !this.stops.movesPc; i--) {
      const plugin = this.plugins[i];
      const callback = plugin.callback(event) as ((...args: unknown[]) => void) | undefined;
      if (!callback) continue;
      this.calls.onVcpu(vcpu, RegisterUse.ReadWritePc, () =>
        this.calls.call(plugin, 'vcpu_discon', callback, plugin.id, vcpu, type, from, to),
      );
    }
    this.stops.leaveForNewPc();
    return this.stops.isPending;
  }

  /** Tells of a cache operation that the guest asked for. */
  cacheMaintenance(vcpu: number, event: TcgCacheMaintenance): void {
    this.calls.onVcpu(vcpu, RegisterUse.Read, () => this.fire('cache_maintenance', vcpu, event));
  }

  /** Calls the event's callbacks with the plugin's id and `args`, the plugin loaded last first. */
  private fire(event: EventName, ...args: unknown[]): void {
    for (let i = this.plugins.length - 1; i >= 0; i--) {
      const plugin = this.plugins[i];
      const found = event === 'atexit' ? plugin.atexit : plugin.callback(event);
      const callback = found as ((...args: unknown[]) => void) | undefined;
      if (callback) this.calls.call(plugin, event, callback, plugin.id, ...args);
    }
  }

  /** An event of a vCPU, whose registers callbacks may read and write. */
  private fireOn(vcpu: number, event: EventName): void {
    this.calls.onVcpu(vcpu, RegisterUse.ReadWrite, () => this.fire(event, vcpu));
  }

  /** The guest is about to exit: `exit` breakpoints are told. True if the machine should stop before it does. */
  aboutToExit(vcpu: number): boolean {
    if (this.breakpoints.has('exit')) this.breakpoints.report({ kind: 'exit', vcpu, pc: 0 });
    return this.stops.isPending;
  }

  /** The session ends: atexit callbacks run, once. */
  atexit(): void {
    if (this.ended) return;
    this.ended = true;
    this.calls.isFor(0, RegisterUse.NoVcpu);
    this.deliverEvents();
    this.fire('atexit');
  }

  /** Plugins that are told of events in batches are told of those up to now. */
  deliverEvents(): void {
    for (const { ring } of this.plugins) ring?.drain();
  }

  /** Calls a plugin's callback for a batch of events, as {@link EventRing} has them. */
  callBatch(
    plugin: LoadedPlugin,
    callback: (id: number, events: Uint32Array, count: number) => void,
    events: Uint32Array,
    count: number,
  ): void {
    if (!plugin.active) return;
    this.calls.onVcpu(0, RegisterUse.None, () => this.calls.call(plugin, 'batch', callback, plugin.id, events, count));
  }

  /** {@link Stops.setPc} */
  setPc(pc: number): never {
    return this.stops.setPc(pc);
  }

  // ------------------------------------------------------------------------------------------------------------- stops

  /** Asks for a stop on behalf of the plugin whose callback runs. */
  requestStop(reason: string): void {
    this.stops.ofPlugin(this.caller?.name ?? '', reason);
  }

  /** {@link PluginRuntime.wantsStop} */
  get wantsStop(): boolean {
    return this.stops.isPending;
  }

  /** {@link Stops.take} */
  takeStop(): StopRequest | undefined {
    return this.stops.take();
  }

  /** Replaces the callback breakpoints. Plugins notice nothing. */
  setBreakpoints(breakpoints: readonly CallbackBreakpoint[]): void {
    const concerns = this.breakpoints.set(breakpoints);
    this.connectMisses();
    if (concerns) this.host.reinstrument(concerns);
  }

  /** Cache models report misses only while someone wants them. */
  connectMisses(): void {
    const listener = this.breakpoints.wantsMisses ? this.breakpoints.reportMiss.bind(this.breakpoints) : undefined;
    for (const plugin of this.plugins) if (plugin.active) plugin.cacheModel?.setMissListener?.(listener);
  }

  /** {@link cacheStatistics} */
  statistics(limit: number, executed = false): CacheStatistics[] {
    return cacheStatistics(this.plugins, this.calls, limit, executed);
  }

  /** What each plugin, or the one with the id, says of itself now; tables with at most `limit` rows. */
  reports(limit: number, id?: number): PluginReport[] {
    const asked = id === undefined ? this.plugins : [this.plugin(id, 'statistics')];
    return reportsOf(asked, this.calls, limit, (plugin) => {
      const callback = plugin.atexit as ((id: number) => void) | undefined;
      return this.printed.capture(() => callback?.(plugin.id));
    });
  }

  /** The kinds of breakpoints that plugins contribute. */
  get contributedKinds(): ContributedKindInfo[] {
    return kindsOf(this.plugins);
  }

  // ------------------------------------------------------------------------------------------------------- translation

  /** {@link TbInstrumenter.observesBlocks} */
  get observesBlocks(): boolean {
    return this.wantsStop || this.breakpoints.areSet || this.plugins.some((plugin) => plugin.callback('tb_trans'));
  }

  /** {@link TbInstrumenter.instrument} */
  instrument(block: TranslatedBlock, vcpu: number, previous?: unknown): BlockRegistrations {
    const known = previous instanceof BlockRegistrations;
    const registrations = known ? previous : new BlockRegistrations(block.insns.length);
    if (this.translated(block, vcpu, registrations) && known) registrations.sort();
    if (!known) this.breakpoints.reportTranslation(block, vcpu);
    let plan = this.breakpoints.plan(block);
    if (!known && this.stops.isPending) {
      const first = [this.stopNumber, ...(plan?.exec.get(0) ?? [])];
      plan = { ...(plan ?? NO_DEBUG), exec: new Map([...(plan?.exec ?? []), [0, first]]) };
    }
    if (plan || !registrations.isEmpty) injectOperations(block.ir, registrations, plan ?? NO_DEBUG);
    return registrations;
  }

  /** Tells plugins of a block that they do not know: it is new, or they were switched on or loaded since. */
  private translated(block: TranslatedBlock, vcpu: number, registrations: BlockRegistrations): boolean {
    let anyone = false;
    this.calls.isFor(vcpu, RegisterUse.ReadWrite);
    for (let i = this.plugins.length - 1; i >= 0; i--) {
      const plugin = this.plugins[i];
      const callback = plugin.callback('tb_trans') as ((id: number, tb: PluginTb) => void) | undefined;
      if (!callback || registrations.told.has(plugin)) continue;
      anyone = true;
      registrations.told.add(plugin);
      const tb = new PluginTb(block, plugin, vcpu, registrations);
      this.calls.call(plugin, 'tb_trans', callback, plugin.id, tb);
      tb.valid = false;
    }
    return anyone;
  }

  /** A block is dropped for good, or about to be translated anew: what its registrations hold is given back. */
  release(registrations: unknown): void {
    if (registrations instanceof BlockRegistrations) this.callbacks.release(registrations);
  }

  addExec(entry: ExecEntry): number {
    return this.callbacks.exec.add(entry);
  }

  addMem(entry: MemEntry): number {
    return this.callbacks.mem.add(entry);
  }

  // -------------------------------------------------------------------------------------------------------- at run time

  /** {@link PluginRuntime.execCallback} */
  execCallback(vcpu: number, index: number): boolean {
    return this.callbacks.callExec(vcpu, index);
  }

  /** {@link PluginRuntime.memCallback}; `vaddr` may come signed. */
  memCallback(vcpu: number, index: number, vaddr: number, memop: number, rw: number): boolean {
    return this.callbacks.callMem(vcpu, index, vaddr, memop, rw);
  }

  /** Word `index` (0 the lowest) of the value of the access that the running mem callback is for, unsigned. */
  memValue(index: number): number {
    return this.calls.memValue(index);
  }

  lookUpHwaddr(vaddr: number): HwAddr | null {
    return this.hwaddr.lookUp(this.vcpu, vaddr);
  }

  /** {@link PluginRuntime.directCallback} */
  directCallback(kind: CallbackKind, index: number, vcpu: number): DirectCallback | undefined {
    return this.callbacks.directCallback(kind, index, vcpu);
  }

  /** {@link PluginRuntime.callbackThrew} */
  callbackThrew(kind: CallbackKind, index: number, thrown: unknown): void {
    this.callbacks.threw(kind, index, thrown);
  }

  /** {@link PluginRuntime.filteredFunction} */
  filteredFunction(kind: CallbackKind, index: number): FilteredFunction | undefined {
    return this.callbacks.filteredFunction(kind, index);
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
