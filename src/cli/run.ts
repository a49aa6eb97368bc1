import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { bundledPluginNames } from '../plugin/bundled';
import { QemuLog } from '../plugin/log';
import { statisticsToCsv, statisticsToJson } from '../plugin/statistics-export';
import type { EngineApi, EngineEvents } from '../adapter/engine/api';
import { NodeFiles } from '../adapter/node/files';
import { createNodeEngine } from '../adapter/node/engine';
import { NodePluginLoader } from '../adapter/node/plugin-loader';
import { engineConfig } from './config';
import type { CliOptions, SerialTarget } from './options';

const ATEXIT_SIGNALS = ['SIGINT', 'SIGTERM'] as const;
const HOT_INSTRUCTIONS = 1_000;

/**
 * Runs a program to its end in this process, console and logs to where the options say. Resolves with the exit status:
 * the guest's own, or 1 when it could not go on.
 */
export async function runGuest(options: CliOptions): Promise<number> {
  const config = await engineConfig(options, {
    files: new NodeFiles(),
    plugins: new NodePluginLoader(),
    bundledPlugins: bundledPluginNames,
  });
  const log = new QemuLog(
    { items: options.logItems, file: options.logFile, pid: process.pid },
    { stderr: (text) => void process.stderr.write(text), openFile: openLog },
  );
  const outputs = serialOutputs(options.serial);
  let finish: (code: number) => void = () => undefined;
  const finished = new Promise<number>((resolve) => (finish = resolve));
  const events: EngineEvents = {
    stopped: ({ reason }) => {
      const text = 'description' in reason ? reason.description : reason.kind;
      process.stderr.write(`tcgscope: the guest stopped: ${text}\n`);
      void engine.terminate();
      finish(1);
    },
    exited: ({ code }) => finish(code),
    pluginLog: (text) => log.write('plugin', text),
    logPoint: ({ text }) => void process.stderr.write(`${text}\n`),
    console: ({ channel, bytes }) => outputs[channel](bytes),
    statistics: () => undefined,
    notice: ({ severity, message }) => void process.stderr.write(`tcgscope: ${severity}: ${message}\n`),
    guestLog: ({ item, text }) => log.write(item, `${text}\n`),
  };
  const engine = createNodeEngine(events);
  const quit = (): void => void engine.terminate();
  for (const signal of ATEXIT_SIGNALS) process.once(signal, quit);
  const input = feedInput(engine);
  try {
    await engine.initialize(config);
    await engine.run({ kind: 'continue' });
    const code = await finished;
    if (options.statistics !== undefined) await writeStatistics(options.statistics, engine);
    return code;
  } finally {
    input.stop();
    for (const signal of ATEXIT_SIGNALS) process.off(signal, quit);
    await engine.dispose();
    log.close();
  }
}

function openLog(path: string): { write(text: string): void; close(): void } {
  const fd = openSync(path, 'w');
  return { write: (text) => void writeSync(fd, text), close: () => closeSync(fd) };
}

type Output = (bytes: Uint8Array) => void;

function serialOutputs(targets: readonly SerialTarget[]): Record<'uart0' | 'uart1' | 'semihosting', Output> {
  const standard: Output = (bytes) => void process.stdout.write(bytes);
  const output = (target: SerialTarget | undefined): Output => {
    if (!target) return targets.length ? () => undefined : standard;
    if (target.kind === 'stdio') return standard;
    if (target.kind === 'null') return () => undefined;
    const fd = openSync(target.path, 'w');
    return (bytes) => void writeSync(fd, bytes);
  };
  // QEMU's semihosting console is its standard error.
  return {
    uart0: output(targets[0]),
    uart1: output(targets[1]),
    semihosting: (bytes) => void process.stderr.write(bytes),
  };
}

/** Gives what is typed to every input of the guest, without keeping the process alive for it. */
function feedInput(engine: EngineApi): { stop(): void } {
  const { stdin } = process;
  const pass = (data: Buffer): void => {
    const bytes = new Uint8Array(data);
    for (const channel of ['uart0', 'uart1', 'semihosting'] as const) void engine.consoleInput(channel, bytes);
  };
  stdin.on('data', pass);
  return {
    stop: () => {
      stdin.off('data', pass);
      stdin.pause();
      stdin.unref?.();
    },
  };
}

async function writeStatistics(path: string, engine: EngineApi): Promise<void> {
  const caches = await engine.statistics(HOT_INSTRUCTIONS);
  writeFileSync(path, path.toLowerCase().endsWith('.json') ? statisticsToJson(caches) : statisticsToCsv(caches));
}
