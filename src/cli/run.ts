import { closeSync, openSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { messageOf } from '../adapter/dap/errors';
import { resolvePlugin, type LaunchServices } from '../adapter/dap/launch';
import { PluginControl } from '../adapter/dap/plugin-commands';
import type { EngineApi, EngineHostEvents } from '../adapter/engine/api';
import { startWorkerEngine } from '../adapter/node/engine';
import { NodeFiles } from '../adapter/node/files';
import { NodePluginLoader } from '../adapter/node/plugin-loader';
import { bundledPluginNames } from '../plugin/bundled/names';
import { QemuLog } from '../plugin/log';
import { STATISTICS_FORMATS, statisticsFormat } from '../plugin/statistics-formats';
import { engineConfig } from './config';
import { feedInput, readText } from './input';
import { Monitor } from './monitor';
import { serialTarget, UsageError, type CliOptions, type SerialTarget } from './options';
import { ClosedPipe, writeAll } from './output';

const STDOUT = 1;
const STDERR = 2;
const PLUGIN_TIMEOUT_MS = 10_000;
const HOT_INSTRUCTIONS = 1_000;
const QUIT_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** What a shell shows for a process that a signal ended. */
const statusOf = (signal: keyof typeof constants.signals): number => 128 + constants.signals[signal];

/**
 * Runs a program to its end, console and logs to where the options say. The engine has a thread of its own, so that
 * signals are served whatever a plugin does. Resolves with the exit status: the guest's own, 1 when it could not go on,
 * 128 and its number for a signal.
 */
export async function runGuest(options: CliOptions): Promise<number> {
  const log = new QemuLog(
    { items: options.logItems, file: options.logFile, pid: process.pid },
    { stderr: (text) => writeAll(STDERR, text), openFile: openLog },
  );
  try {
    const services = { files: new NodeFiles(), plugins: new NodePluginLoader(), bundledPlugins: bundledPluginNames };
    const config = await engineConfig(options, services);
    const run = new Run(options, log, services);
    try {
      return await run.toItsEnd(config);
    } finally {
      await run.end();
    }
  } finally {
    log.close();
  }
}

/** One run of a guest: what its engine tells, and what ends it. */
class Run {
  private readonly outputs: Outputs;
  private readonly engine: EngineApi;
  private monitor: Monitor | undefined;
  private finish: (status: number) => void = () => undefined;
  private readonly finished = new Promise<number>((resolve) => (this.finish = resolve));
  /** The status if something other than the guest ends it. */
  private status: number | undefined;

  constructor(
    private readonly options: CliOptions,
    log: QemuLog,
    private readonly services: LaunchServices,
  ) {
    this.outputs = serialOutputs(options.serial);
    const events: EngineHostEvents = {
      stopped: ({ reason }) => {
        const why = 'description' in reason ? reason.description : reason.kind;
        if (this.monitor) return this.monitor.stopped(why);
        complain(`the guest stopped: ${why}`);
        this.quit(1);
      },
      exited: ({ code }) => this.finish(this.status ?? code),
      failed: ({ message }) => {
        if (message) complain(message);
        this.finish(this.status ?? 1);
      },
      pluginLog: (text) => log.write('plugin', text),
      pluginOutput: (text) => writeAll(STDOUT, text),
      logPoint: ({ text }) => writeAll(STDERR, `${text}\n`),
      console: ({ channel, bytes }) => this.outputs[channel](bytes),
      statistics: () => undefined,
      notice: ({ severity, message }) => complain(severity === 'warning' ? `warning: ${message}` : message),
      guestLog: ({ item, text }) => log.write(item, `${text}\n`),
    };
    this.engine = startWorkerEngine(this.untilPipeCloses(events), { pluginTimeoutMs: PLUGIN_TIMEOUT_MS });
  }

  async toItsEnd(config: Parameters<EngineApi['initialize']>[0]): Promise<number> {
    const onSignal = (signal: (typeof QUIT_SIGNALS)[number]): void => {
      const status = statusOf(signal);
      // The second one does not wait for the plugins' last words.
      if (this.status === status) this.finish(status);
      else this.quit(status);
    };
    for (const signal of QUIT_SIGNALS) process.on(signal, onSignal);
    const inputs = (['uart0', 'uart1'] as const).filter(
      (_, i) => serialTarget(this.options.serial, i).kind === 'stdio',
    );
    const input = this.options.monitor ? this.startMonitor() : feedInput(this.engine, [...inputs, 'semihosting']);
    try {
      const initialized = this.engine.initialize(config);
      // Whoever ends the run while a plugin installs itself is not kept waiting.
      await Promise.race([initialized, this.finished]);
      if (this.status !== undefined) return this.status;
      await this.engine.run({ kind: 'continue' });
      const status = await this.finished;
      if (this.options.statistics !== undefined) await writeStatistics(this.options.statistics, this.engine);
      return status;
    } catch (error) {
      if (this.status !== undefined) return this.status;
      throw error;
    } finally {
      input.stop();
      for (const signal of QUIT_SIGNALS) process.off(signal, onSignal);
    }
  }

  end(): Promise<void> {
    return this.engine.dispose();
  }

  private startMonitor(): { stop(): void } {
    const { engine, services } = this;
    const monitor = new Monitor({
      engine,
      plugins: new PluginControl(
        () => engine,
        (spec) => resolvePlugin(spec, services.files.cwd, services),
      ),
      quit: () => this.quit(0),
      write: (text) => writeAll(STDOUT, text),
    });
    this.monitor = monitor;
    return readText((text) => (text === undefined ? monitor.end() : monitor.input(text)));
  }

  /** Ends the guest as QEMU's quit does; `exited` follows. */
  private quit(status: number): void {
    this.status ??= status;
    this.engine.terminate().catch(() => undefined);
  }

  /** The events, with an end to the run when nobody reads what it writes. */
  private untilPipeCloses(events: EngineHostEvents): EngineHostEvents {
    const guarded = Object.entries(events).map(([name, handle]) => [
      name,
      (...args: unknown[]): void => {
        try {
          (handle as (...a: unknown[]) => void)(...args);
        } catch (error) {
          if (!(error instanceof ClosedPipe)) throw error;
          if (this.status === undefined) this.quit(statusOf('SIGPIPE'));
          if (name === 'exited' || name === 'failed') this.finish(this.status ?? 1);
        }
      },
    ]);
    return Object.fromEntries(guarded) as EngineHostEvents;
  }
}

function complain(message: string): void {
  writeAll(STDERR, `tcgscope: ${message}\n`);
}

function openLog(path: string): { write(text: string): void; close(): void } {
  const fd = openSync(path, 'w');
  return { write: (text) => writeAll(fd, text), close: () => closeSync(fd) };
}

type Output = (bytes: Uint8Array) => void;
type Outputs = Readonly<Record<'uart0' | 'uart1' | 'semihosting', Output>>;

function serialOutputs(targets: readonly SerialTarget[]): Outputs {
  const output = (target: SerialTarget): Output => {
    if (target.kind === 'stdio') return (bytes) => writeAll(STDOUT, bytes);
    if (target.kind === 'null') return () => undefined;
    let fd: number;
    try {
      fd = openSync(target.path, 'w');
    } catch (error) {
      throw new UsageError(`-serial file:${target.path}: ${messageOf(error)}`);
    }
    return (bytes) => writeAll(fd, bytes);
  };
  return {
    uart0: output(serialTarget(targets, 0)),
    uart1: output(serialTarget(targets, 1)),
    // QEMU's semihosting console is its standard error.
    semihosting: (bytes) => writeAll(STDERR, bytes),
  };
}

async function writeStatistics(path: string, engine: EngineApi): Promise<void> {
  const format = STATISTICS_FORMATS[statisticsFormat(path) ?? 'csv'];
  const caches = await engine.statistics(HOT_INSTRUCTIONS, format.isProfile);
  try {
    writeFileSync(path, format.write(caches));
  } catch (error) {
    throw new UsageError(`-cache-statistics ${path}: ${messageOf(error)}`);
  }
}
