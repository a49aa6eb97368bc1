import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Inflate } from '../../symbols';
import type { EngineConfig, EngineFactory, EngineHostEvents } from '../engine/api';
import type { CallbackBreakpoints } from './breakpoints/callback-breakpoints';
import type { CodeBreakpoints } from './breakpoints/code-breakpoints';
import { CAPABILITIES } from './capabilities';
import { isRecord } from './checked';
import { AfterResponse } from './client';
import type { Client, Handlers } from './client';
import { RequestError, messageOf } from './errors';
import type { LogFile } from './file-service';
import { GuestView } from './guest-view';
import { prepareLaunch } from './launch';
import type { LaunchServices, PreparedLaunch } from './launch';
import { baseName } from './breakpoints/kinds';
import { GuestConsole } from './output';
import type { PluginList } from '../protocol/custom';
import { PluginLog } from './plugin-log';
import type { Program } from './program';
import { ProgramCode } from './program-code';
import { loadSymbols } from './program-symbols';
import { RunControl } from './run-control';
import type { StatisticsFeed } from './statistics';

/** Milliseconds that a guest gets to end (its plugins' atexit included) when the client leaves. */
const FAREWELL_MS = 5000;

export interface LifecycleServices extends LaunchServices {
  readonly createEngine: EngineFactory;
  /** Undoes zlib compression of debug sections. */
  readonly inflate?: Inflate;
}

/** What a program's coming and going concerns. */
export interface LifecycleParts {
  readonly breakpoints: CodeBreakpoints;
  readonly callbacks: CallbackBreakpoints;
  readonly statistics: StatisticsFeed;
  /** A plugin has failed. */
  pluginsChanged(list: PluginList): void;
  /** What was read from the guest is stale. */
  forget(): void;
}

/** A launched program with what only its life needs. */
interface Session {
  readonly program: Program;
  readonly console: GuestConsole;
  readonly log: PluginLog;
  /** Whether configurationDone has come and the guest was let go. */
  started: boolean;
  /** Resolves when the guest has ended or its engine has died. */
  readonly ended: Promise<void>;
  /** From now on its end is no end of the conversation: another program follows. */
  silence(): void;
}

/** initialize, launch, configurationDone, restart, terminate and disconnect: the life of a program. */
export class Lifecycle {
  readonly handlers: Handlers = {
    initialize: () => CAPABILITIES,
    launch: (args) => this.launch(args),
    attach: () => {
      throw new RequestError('attach: a tcg configuration must have "request": "launch"', true);
    },
    configurationDone: () => this.configurationDone(),
    restart: (args) => this.restart(args),
    terminate: () => this.terminate(),
    disconnect: () => this.disconnect(),
    'tcg/acknowledge': () => this.session?.log.acknowledged(),
  };
  private session: Session | undefined;
  private config: unknown;
  private configured = false;
  private launching = false;

  constructor(
    private readonly client: Client,
    private readonly services: LifecycleServices,
    private readonly parts: LifecycleParts,
  ) {}

  get program(): Program | undefined {
    return this.session?.program;
  }

  /** The console of the program, for input. */
  get console(): GuestConsole | undefined {
    return this.session?.console;
  }

  /** Lets everything go: the guest ends with its plugins' last output, the log file is closed. */
  async dispose(): Promise<void> {
    const { session } = this;
    this.session = undefined;
    if (session) await this.end(session);
  }

  private async launch(config: unknown): Promise<AfterResponse> {
    if (this.session || this.launching) throw new RequestError('launch: this session has launched its program already');
    this.launching = true;
    try {
      this.session = await this.start(await this.prepare(config));
      this.config = config;
    } catch (error) {
      throw new RequestError(messageOf(error), true);
    } finally {
      this.launching = false;
    }
    return new AfterResponse(undefined, async () => {
      this.client.event<DebugProtocol.InitializedEvent>('initialized');
      if (this.configured) await this.letGo();
    });
  }

  private async prepare(config: unknown): Promise<PreparedLaunch> {
    const launch = await prepareLaunch(config, this.services);
    for (const warning of launch.warnings) this.output('console', `${warning}\n`);
    return launch;
  }

  /** Builds engine and symbols and puts the breakpoints in. */
  private async start(launch: PreparedLaunch): Promise<Session> {
    let map: ProgramCode | undefined;
    const log = new PluginLog(this.client, await this.openLog(launch));
    const console = new GuestConsole(this.client, launch.console);
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    let run: RunControl | undefined;
    let failure: string | undefined;
    let silent = false;
    /** What plugins said while they were installed: the reason when one refuses. */
    let said = '';
    const finish = (exitCode: number, event: () => void) => {
      console.flush();
      log.end();
      run?.end();
      if (!silent) event();
      if (run && !silent) {
        this.client.event<DebugProtocol.ExitedEvent>('exited', { exitCode });
        this.client.event<DebugProtocol.TerminatedEvent>('terminated');
      }
      end();
    };
    const events: EngineHostEvents = {
      stopped: (event) => {
        console.flush();
        log.flush();
        void run?.stopped(event);
      },
      exited: ({ code, reason }) =>
        finish(code, () => {
          const status = /\bcode\b/.test(reason) ? '' : ` (exit code ${code})`;
          this.output('console', `The guest has ended: ${reason}${status}.\n`);
        }),
      failed: ({ message }) => {
        failure = message;
        finish(1, () => {
          if (!run) return;
          this.output('stderr', `${message}\n`);
          this.client.custom('tcg/notice', { severity: 'error', message });
        });
      },
      pluginLog: (text) => {
        if (!run) said += text;
        log.write(text);
      },
      pluginOutput: (text) => {
        if (!run) said += text;
        this.output('stdout', text);
      },
      logPoint: ({ text, address }) => {
        console.flush();
        const place = map?.placeOf(address);
        this.client.event<DebugProtocol.OutputEvent>('output', {
          category: 'console',
          output: text.endsWith('\n') ? text : `${text}\n`,
          ...(place && {
            source: { name: baseName(place.path), path: place.path },
            line: this.client.numbering.toClientLine(place.line),
          }),
        });
      },
      console: ({ channel, bytes }) => console.write(channel, bytes),
      statistics: ({ caches, running }) => this.parts.statistics.push(caches, running),
      guestLog: ({ text }) => this.output('console', text.endsWith('\n') ? text : `${text}\n`),
      pluginsChanged: (list) => {
        if (run) this.parts.pluginsChanged(list);
      },
      notice: ({ severity, message }) => {
        if (!run && severity === 'error') said += `${message}\n`;
        this.output(severity === 'error' ? 'stderr' : 'console', `${message}\n`);
        this.client.custom('tcg/notice', { severity, message });
      },
    };
    const engine = this.services.createEngine(events, { pluginTimeoutMs: launch.pluginTimeoutMs });
    try {
      const initialized = engine.initialize(launch.engine);
      initialized.catch(() => undefined);
      // While the engine's thread builds the machine.
      const symbols = loadSymbols(launch, this.services.inflate);
      map = new ProgramCode(symbols);
      for (const warning of symbols.warnings) this.output('console', `${warning}\n`);
      const { plugins, cpu } = await initialized;
      if (failure !== undefined) throw new RequestError(failure);
      const view = new GuestView(engine);
      const forget = () => {
        view.forget();
        this.parts.forget();
      };
      run = new RunControl(
        engine,
        this.client,
        (id) => this.parts.breakpoints.find(id) ?? this.parts.callbacks.find(id),
        { resumed: forget, stopping: forget },
      );
      const program: Program = { launch, engine, view, symbols, map, run, plugins, cpu, vcpus: launch.engine.smp };
      this.parts.statistics.restart();
      await this.attach(program);
      return { program, console, log, started: false, ended, silence: () => void (silent = true) };
    } catch (error) {
      await engine.dispose();
      await log.close();
      const reason = said.trim();
      throw new RequestError(reason ? `${messageOf(error)}: ${reason}` : messageOf(error));
    }
  }

  private async openLog({ logFile }: PreparedLaunch): Promise<LogFile | undefined> {
    if (logFile === undefined) return undefined;
    try {
      return await this.services.files.openLog(logFile);
    } catch (error) {
      throw new RequestError(`launch configuration: "log.file": ${messageOf(error)}`);
    }
  }

  /** Puts the breakpoints that were there before into the program. */
  private async attach({ engine, map, launch }: Program): Promise<void> {
    const changed = await this.parts.breakpoints.attach({ engine, map, noDebug: launch.noDebug });
    await this.parts.callbacks.attach(engine, launch.noDebug);
    for (const breakpoint of changed) {
      this.client.event<DebugProtocol.BreakpointEvent>('breakpoint', { reason: 'changed', breakpoint });
    }
  }

  private configurationDone(): AfterResponse {
    this.configured = true;
    return new AfterResponse(undefined, () => this.letGo());
  }

  private async letGo(): Promise<void> {
    const { session } = this;
    if (!session || session.started) return;
    session.started = true;
    const { run, launch } = session.program;
    if (launch.stopOnEntry && !launch.noDebug) run.stopAtEntry();
    else await run.resume(0, { kind: 'continue' });
  }

  /**
   * Starts from the first instruction again. Files are read anew, so that a rebuilt program or plugin counts; when none
   * has changed the engine itself goes back to its start.
   */
  private async restart(args: unknown): Promise<AfterResponse> {
    const { session } = this;
    if (!session) throw new RequestError('restart: no program has been launched');
    const config = isRecord(args) && isRecord(args.arguments) ? args.arguments : this.config;
    const launch = await this.prepare(config);
    const { program } = session;
    this.config = config;
    session.console.flush();
    await program.run.halt();
    if (program.run.state !== 'ended' && sameLaunch(program.launch, launch)) {
      await program.engine.restart();
      program.run.reset();
      this.parts.forget();
      program.view.forget();
      this.parts.statistics.restart();
      session.started = false;
    } else {
      this.session = undefined;
      session.silence();
      await this.end(session);
      try {
        this.session = await this.start(launch);
      } catch (error) {
        this.client.event<DebugProtocol.TerminatedEvent>('terminated');
        throw new RequestError(messageOf(error), true);
      }
    }
    return new AfterResponse(undefined, () => this.letGo());
  }

  private terminate(): AfterResponse {
    return new AfterResponse(undefined, async () => {
      const { session } = this;
      if (!session) this.client.event<DebugProtocol.TerminatedEvent>('terminated');
      else if (session.program.run.state !== 'ended') await this.endGuest(session.program);
    });
  }

  private async endGuest({ engine, run }: Program): Promise<void> {
    try {
      await engine.terminate();
    } catch (error) {
      // The guest may have ended meanwhile, and its engine be gone.
      if (run.state !== 'ended') throw error;
    }
  }

  private async disconnect(): Promise<void> {
    await this.dispose();
  }

  private async end(session: Session): Promise<void> {
    const { engine, run } = session.program;
    if (run.state !== 'ended') {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, FAREWELL_MS)));
      try {
        await Promise.race([engine.terminate().then(() => session.ended), session.ended, patience]);
      } catch {
        // An engine that cannot be asked to end is ended below.
      }
      clearTimeout(timer);
      run.end();
    }
    session.console.flush();
    this.parts.breakpoints.detach();
    this.parts.callbacks.detach();
    await engine.dispose();
    await session.log.close();
  }

  private output(category: 'console' | 'stdout' | 'stderr', output: string): void {
    this.client.event<DebugProtocol.OutputEvent>('output', { category, output });
  }
}

/** Whether two launches give the same machine: the same settings and the same bytes in every file. */
function sameLaunch(a: PreparedLaunch, b: PreparedLaunch): boolean {
  return (
    a.stopOnEntry === b.stopOnEntry &&
    a.noDebug === b.noDebug &&
    a.console === b.console &&
    a.logFile === b.logFile &&
    a.pluginTimeoutMs === b.pluginTimeoutMs &&
    sameValue(a.sourceMap, b.sourceMap) &&
    sameValue<EngineConfig>(a.engine, b.engine)
  );
}

/** Deep equality of plain data. */
function sameValue<T>(a: T, b: T): boolean {
  if (Object.is(a, b)) return true;
  if (a instanceof Uint8Array && b instanceof Uint8Array) {
    return a.length === b.length && a.every((byte, index) => byte === b[index]);
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => sameValue(item, b[index]));
  }
  if (!isRecord(a) || !isRecord(b)) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => sameValue(a[key], b[key]));
}
