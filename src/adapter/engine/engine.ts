import { CONTROL_BASE, Control } from '../../tcg/layout';
import type { CallbackHit } from '../../plugin/callback-breakpoints';
import type { EvaluationContext } from '../../symbols';
import type { CacheStatistics } from '../../plugin/statistics';
import type { ContributedKindInfo, PluginReport, PluginSummary } from '../protocol/custom';
import type {
  DisassembledInstruction,
  EngineApi,
  EngineBreakpoint,
  EngineCallbackBreakpoint,
  EngineConfig,
  EngineEvents,
  EnginePlugin,
  GuestFile,
  RegisterValue,
  RunMode,
  StopReason,
} from './api';
import { Arrivals } from './arrivals';
import { BreakpointTable } from './breakpoint-table';
import { CallbackTable } from './callback-table';
import type { ConsoleChannel } from './consoles';
import { GuestSymbols } from './guest-symbols';
import { OutputBuffer } from './output-buffer';
import type { EnginePlatform } from './platform';
import { disassembleMemory } from './memory-disassembly';
import { pluginPlace } from './plugin-place';
import { installPlugins, pluginNames, pluginSummaries, reloadPlugin, type PluginPlace } from './plugins';
import { StaleInstrumentation } from './stale-instrumentation';
import type { Session } from './session';
import { steppingHost } from './stepping-host';
import { describeExceptionLoop, describeNowhere } from './stop-descriptions';
import { Runner, type PendingStop, type RunnerHost } from './runner';
import { System } from './system';
import { translationOf, type TranslationStatistics } from './translation';

const STATISTICS_INTERVAL_MS = 250;
const STATISTICS_INSTRUCTIONS = 200;
/** How long a guest that waits for input or an interrupt sleeps before it is looked at again. */
const WAIT_MS = 5;
const INPUT_WAIT_MS = 20;

type State = 'empty' | 'stopped' | 'running' | 'exited';

/** The emulator with its plugins behind {@link EngineApi}, in the thread that calls it. */
export class Engine implements EngineApi {
  private state: State = 'empty';
  private config: EngineConfig | undefined;
  private session: Session | undefined;
  private runner: Runner | undefined;
  private pauseRequested = false;
  /** Nothing but breakpoints and the like stops it. */
  private runsFreely = false;
  /** The guest has asked for a reset of the system that has not been done yet. */
  private resetRequested = false;
  /** The vCPU of the last stop: what calls that name none mean. */
  private focus = 0;
  /** The guest has ended, though the session may stop once more before it does. */
  private exit: { readonly code: number; readonly reason: string } | undefined;
  private readonly stale = new StaleInstrumentation();
  private lastStatistics = 0;
  private readonly log: OutputBuffer;
  private readonly breakpoints: BreakpointTable;
  private readonly callbacks: CallbackTable;

  constructor(
    private readonly platform: EnginePlatform,
    private readonly events: EngineEvents,
  ) {
    this.log = new OutputBuffer((text) => events.pluginLog(text), platform.tail?.('pluginLog'));
    const warn = (message: string): void => events.notice({ severity: 'warning', message });
    const logPoint = (text: string, address: number): void => {
      // What the guest printed before comes before.
      this.session?.system.consoles.flush();
      events.logPoint({ text, address });
    };
    this.breakpoints = new BreakpointTable(warn, logPoint);
    this.callbacks = new CallbackTable(warn, logPoint);
  }

  // Every call is async, so that what it throws reaches the caller as a rejection.

  async initialize(config: EngineConfig): ReturnType<EngineApi['initialize']> {
    if (this.config) throw new Error('the engine is initialized already');
    const plugins = this.build(config);
    const { system } = this.current();
    this.config = config;
    this.state = 'stopped';
    return { plugins, cpu: system.cpus[0].model.name, ramBytes: system.ramBytes };
  }

  /** Makes a session. One that cannot be made leaves nothing behind but what its plugins have printed. */
  private build(config: EngineConfig): readonly PluginSummary[] {
    try {
      return this.buildSession(config);
    } catch (error) {
      this.log.flush();
      this.session?.system.close();
      this.session = undefined;
      throw error;
    }
  }

  private buildSession(config: EngineConfig): readonly PluginSummary[] {
    const symbols = new GuestSymbols(config, (message) => this.events.notice({ severity: 'warning', message }));
    const system = new System(config, this.platform, symbols, {
      console: (event) => this.events.console(event),
      notice: (event) => this.events.notice(event),
      guestLog: (event) => this.events.guestLog(event),
      pluginLog: (text) => this.log.write(text),
      exit: (code, reason) => this.guestExits(code, reason),
      resetRequested: () => this.guestResets(),
      reinstrument: (concerns) => this.invalidate('reinstrument', concerns),
      flush: () => this.invalidate('flush'),
      pluginsChanged: () => {
        const { plugins } = system;
        this.events.pluginsChanged?.({
          plugins: pluginSummaries(plugins),
          breakpointKinds: [...plugins.contributedKinds],
        });
      },
    });
    const { buffer } = system.machine.memory;
    const arrivals = system.machine.execs.map((exec, vcpu) => {
      const judge = (pc: number): number[] => this.breakpoints.judge(pc, () => this.context(vcpu));
      return new Arrivals(exec, () => system.pc(vcpu), judge);
    });
    this.focus = 0;
    this.session = { system, symbols, control: new Int32Array(buffer, CONTROL_BASE, 16), arrivals };
    this.exit = undefined;
    this.stale.clear();
    this.platform.shareMemory(buffer, pluginNames(config.plugins));
    installPlugins(
      system.plugins,
      config.plugins,
      (message) => this.events.notice({ severity: 'warning', message }),
      this.pluginPlace(config, system),
    );
    system.reset();
    system.plugins.listener = (hit) => this.callbackHit(hit);
    for (const cpu of system.cpus) system.plugins.vcpuInit(cpu.index);
    this.log.flush();
    return pluginSummaries(system.plugins);
  }

  private pluginPlace(config: EngineConfig | undefined, system: System): PluginPlace {
    return pluginPlace(this.platform, this.events, system, this.loading, config?.pluginFiles);
  }

  async restart(): Promise<void> {
    if (!this.config) throw new Error('nothing was started yet');
    if (this.state === 'running') throw new Error('the guest is running: pause it before restarting');
    this.session?.system.close();
    this.state = 'exited';
    this.build(this.config);
    this.breakpoints.resetHits();
    this.callbacks.resetHits();
    const { plugins } = this.current().system;
    plugins.setBreakpoints(this.callbacks.specs());
    this.refreshInstrumentation();
    this.state = 'stopped';
  }

  async run(mode: RunMode, vcpu = this.focus): Promise<void> {
    this.cpu(vcpu);
    if (this.state === 'running') throw new Error('the guest is running already');
    if (this.state !== 'stopped') throw new Error('the guest has ended; restart it to run it again');
    this.state = 'running';
    this.pauseRequested = false;
    const { control, arrivals } = this.current();
    Atomics.store(control, Control.StopRequest, 0);
    this.refreshInstrumentation();
    // A step from where nothing has stopped yet must not stop there.
    if (mode.kind !== 'continue') arrivals[vcpu].judge();
    this.focus = vcpu;
    this.runner = new Runner(this.runnerHost(vcpu), mode);
    this.runsFreely = mode.kind === 'continue';
    this.lastStatistics = this.platform.now();
    this.platform.schedule(() => this.turn(), 0);
  }

  async pause(): Promise<void> {
    if (this.state === 'running') this.pauseRequested = true;
  }

  async terminate(): Promise<void> {
    if (this.state === 'exited' || this.state === 'empty') return;
    this.finish(this.exit?.code ?? 0, this.exit?.reason ?? 'the session was ended');
  }

  async dispose(): Promise<void> {
    this.session?.system.close();
    this.state = 'exited';
  }

  async setBreakpoints(
    breakpoints: readonly EngineBreakpoint[],
  ): Promise<readonly { readonly id: number; readonly error?: string }[]> {
    return this.breakpoints.set(breakpoints);
  }

  async setCallbackBreakpoints(
    breakpoints: readonly EngineCallbackBreakpoint[],
  ): Promise<readonly { readonly id: number; readonly error?: string }[]> {
    const result = this.callbacks.set(breakpoints);
    this.session?.system.plugins.setBreakpoints(this.callbacks.specs());
    return result;
  }

  async readMemory(address: number, count: number, vcpu = this.focus): Promise<Uint8Array> {
    return this.current().system.machine.readVirtual(this.cpu(vcpu), address >>> 0, count);
  }

  async writeMemory(address: number, data: Uint8Array, vcpu = this.focus): Promise<number> {
    return this.current().system.machine.writeVirtual(this.cpu(vcpu), address >>> 0, data);
  }

  async readRegisters(vcpu: number): Promise<readonly RegisterValue[]> {
    return this.cpu(vcpu).registers();
  }

  async writeRegister(vcpu: number, name: string, value: number): Promise<void> {
    if (this.state === 'running') throw new Error('registers can be written only while the guest is stopped');
    this.cpu(vcpu).writeRegister(name, value);
    this.current().system.machine.execs[vcpu].stateChanged();
  }

  async disassemble(
    address: number,
    count: number,
    thumb: boolean | undefined,
  ): Promise<readonly DisassembledInstruction[]> {
    return disassembleMemory(this.current(), this.focus, address, count, thumb);
  }

  async statistics(hotInstructions: number, executed?: boolean): Promise<readonly CacheStatistics[]> {
    return this.session?.system.plugins.statistics(hotInstructions, executed) ?? [];
  }

  async translation(): Promise<TranslationStatistics> {
    return translationOf(this.current().system.machine.execs);
  }

  async plugins(): Promise<readonly PluginSummary[]> {
    return pluginSummaries(this.current().system.plugins);
  }

  async pluginBreakpointKinds(): Promise<readonly ContributedKindInfo[]> {
    return this.current().system.plugins.contributedKinds;
  }

  async setPluginActive(id: number, active: boolean): Promise<void> {
    this.current().system.plugins.setActive(id, active);
  }

  async reloadPlugin(id: number, plugin: EnginePlugin): Promise<void> {
    if (this.state === 'exited') throw new Error('the guest has ended; restart it to load plugins');
    const { system } = this.current();
    reloadPlugin(system.plugins, id, plugin, this.pluginPlace(this.config, system));
    this.log.flush();
    this.current().system.plugins.setBreakpoints(this.callbacks.specs());
  }

  async pluginStatistics(limit: number, id?: number): Promise<readonly PluginReport[]> {
    return this.current().system.plugins.reports(limit, id);
  }

  async guestFiles(): Promise<readonly GuestFile[]> {
    return this.current().system.guestFiles;
  }

  /** Notes in shared memory which plugin's file is being run. */
  private readonly loading = (number: number): void => {
    this.current().control[Control.PluginInCallback] = number;
  };

  async consoleInput(channel: ConsoleChannel, bytes: Uint8Array): Promise<void> {
    this.session?.system.consoles.input(channel, bytes);
    while (this.session?.system.consoles.isFull(channel) && this.state !== 'exited') {
      await new Promise<void>((resolve) => this.platform.schedule(resolve, INPUT_WAIT_MS));
    }
  }

  // ------------------------------------------------------------------------------------------------------------------

  private current(): Session {
    if (!this.session) throw new Error('the engine is not initialized');
    return this.session;
  }

  private cpu(vcpu: number): System['cpus'][number] {
    const cpu = this.current().system.cpus[vcpu];
    if (!cpu) throw new Error(`there is no vCPU ${vcpu}`);
    return cpu;
  }

  private invalidate(...what: Parameters<StaleInstrumentation['add']>): void {
    this.stale.add(...what);
    if (this.state === 'running') this.session?.system.machine.execs.forEach((exec) => exec.requestStop());
  }

  private refreshInstrumentation(): void {
    this.stale.refresh(this.current().system, this.runsFreely);
  }

  private guestResets(): void {
    this.resetRequested = true;
    this.session?.system.machine.execs.forEach((exec) => exec.requestStop());
  }

  private takeReset(): boolean {
    const wanted = this.resetRequested;
    this.resetRequested = false;
    return wanted;
  }

  private guestExits(code: number, reason: string): void {
    this.exit ??= { code, reason };
    this.session?.system.machine.execs.forEach((exec) => exec.requestStop());
  }

  /** One turn of a few milliseconds; schedules the next. */
  private turn(): void {
    if (this.state !== 'running' || !this.runner) return;
    try {
      // After a stop at the exit nothing runs any more.
      if (this.exit) return this.finish(this.exit.code, this.exit.reason);
      this.refreshInstrumentation();
      const result = this.runner.turn();
      this.log.flush();
      // It has had its effect; whoever asks for a pause also sends a message.
      Atomics.store(this.current().control, Control.StopRequest, 0);
      const exit = this.takeExit();
      if (exit && !this.current().system.plugins.aboutToExit(this.current().system.machine.scheduler.current))
        return this.finish(exit.code, exit.reason);
      const wasReset = !exit && this.takeReset();
      if (wasReset) {
        this.current().system.restartGuest();
        // What a step was on its way to is gone.
        if (!this.runsFreely) return this.stop({ kind: 'entry' });
      }
      if (!exit && !wasReset && result.kind === 'stopped') return this.stop(result.reason);
      const pending = this.takePendingStop();
      if (pending) return this.stop(pending);
      if (this.pauseRequested) return this.stop({ kind: 'pause' });
      this.sampleStatistics();
      this.platform.schedule(() => this.turn(), result.kind === 'waiting' ? WAIT_MS : 0);
    } catch (error) {
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.events.notice({ severity: 'error', message: `internal error of the emulator: ${message}` });
      this.finish(1, 'internal error of the emulator');
    }
  }

  /** The guest's exit, if it came while it ran. */
  private takeExit(): Engine['exit'] {
    return this.exit;
  }

  private stop(reason: StopReason): void {
    this.runsFreely = false;
    const { system, arrivals } = this.current();
    this.state = 'stopped';
    this.runner = undefined;
    // A step ends on its vCPU; anything else stops the one that runs.
    const vcpu = (this.focus = system.machine.scheduler.current);
    const ids = this.exit ? [] : arrivals[vcpu].judge();
    if (ids.length && (reason.kind === 'step' || reason.kind === 'pause')) reason = { kind: 'breakpoint', ids };
    system.poll();
    this.log.flush();
    this.emitStatistics(false);
    this.events.stopped({ reason, vcpu, pc: system.pc(vcpu), instructions: system.machine.instructions });
  }

  private finish(code: number, reason: string): void {
    const { system } = this.current();
    this.runner = undefined;
    system.poll();
    this.log.flush();
    system.plugins.atexit();
    this.log.flush();
    // The last ones: an export may still come.
    this.emitStatistics(false, true);
    this.state = 'exited';
    system.close();
    this.events.exited({ code, reason });
  }

  private sampleStatistics(): void {
    if (this.platform.now() - this.lastStatistics < STATISTICS_INTERVAL_MS) return;
    this.lastStatistics = this.platform.now();
    this.emitStatistics(true);
  }

  private emitStatistics(running: boolean, executed = false): void {
    const caches = this.current().system.plugins.statistics(STATISTICS_INSTRUCTIONS, executed);
    if (caches.length) this.events.statistics({ caches, running });
  }

  private callbackHit(hit: CallbackHit): boolean {
    return this.callbacks.judge(hit, () => this.context(hit.vcpu));
  }

  private context(vcpu: number): EvaluationContext {
    const { system, symbols } = this.current();
    return symbols.context(system, vcpu);
  }

  private takePendingStop(): PendingStop | undefined {
    const stop = this.current().system.plugins.takeStop();
    if (!stop) return undefined;
    if (stop.kind === 'plugin') return { kind: 'plugin', description: `${stop.plugin}: ${stop.reason}` };
    return this.callbacks.describeStop(stop.hits);
  }

  private runnerHost(focus: number): RunnerHost {
    const session = this.current();
    const { system, control, arrivals } = session;
    const { machine } = system;
    return {
      scheduler: machine.scheduler,
      arrivals,
      focus,
      stepping: steppingHost(session, focus),
      instructions: () => machine.instructions,
      setBreakpoints: (vcpu, addresses) => {
        machine.execs[vcpu].breakpoints.set([...this.breakpoints.addresses(), ...addresses]);
      },
      takePendingStop: () => this.takePendingStop(),
      shouldYield: () =>
        this.pauseRequested ||
        this.resetRequested ||
        this.exit !== undefined ||
        this.stale.isAny ||
        system.isTimeMoved ||
        Atomics.load(control, Control.StopRequest) !== 0,
      now: () => this.platform.now(),
      afterSlice: () => {
        Atomics.add(control, Control.Heartbeat, 1);
        system.plugins.deliverEvents();
        this.refreshInstrumentation();
        system.poll();
      },
      advanceHaltedTime: () => system.skipToEvent(),
      describeNowhere: (vcpu) => describeNowhere(session, vcpu),
      describeExceptionLoop: (vcpu) => describeExceptionLoop(session, vcpu),
    };
  }
}
