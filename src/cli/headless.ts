import type { EngineApi, EngineConfig, EngineHostEvents, EnginePlugin, GuestFile } from '../adapter/engine/api';
import { startWorkerEngine } from '../adapter/node/engine';

/** How a guest that nobody watches has ended, with everything that it said. */
export interface HeadlessOutcome {
  /** `waits`: for ever, with nothing to wake it; `failed`: the emulator did, or a plugin that did not return. */
  readonly end: 'exited' | 'stopped' | 'waits' | 'failed' | 'timeout';
  /** The exit code; -1 if it did not exit. */
  readonly code: number;
  /** Why, in words, if it did not exit. */
  readonly reason: string;
  readonly console: Buffer;
  readonly pluginLog: string;
  /** What an isolated guest has written to files. */
  readonly files: readonly GuestFile[];
  /** Errors that were told to the user. */
  readonly errors: readonly string[];
}

/** An output beyond this is cut: a guest that runs wild may print for ever. */
const MOST_OUTPUT = 1 << 24;
const PLUGIN_TIMEOUT_MS = 10_000;

const WATCH_MS = 500;
/** So often nothing was executed from one look to the next: the guest waits for what never comes. */
const IDLE_LOOKS = 3;

/** A plugin that tells how far the guest is. */
const WATCH: EnginePlugin = {
  spec: 'watch.js',
  path: 'watch.js',
  code: `const q = require('qemu-plugin');
exports.qemu_plugin_install = (id) => {
  q.tcg_register_statistics_cb(id, () => String(q.tcg_instructions()));
  return 0;
};`,
};

export interface HeadlessOptions {
  /** Milliseconds of real time, after which the guest is ended. */
  readonly timeoutMs?: number;
  /** Called now and then with the count of executed instructions. */
  readonly executed?: (instructions: number) => void;
}

/**
 * Runs a guest in a thread of its own, with no input, until it ends in whatever way.
 * @throws what initializing the machine rejects with
 */
export async function runHeadless(
  config: EngineConfig,
  { timeoutMs = Infinity, executed }: HeadlessOptions = {},
): Promise<HeadlessOutcome> {
  const chunks: Uint8Array[] = [];
  const errors: string[] = [];
  let [size, pluginLog] = [0, ''];
  let finish: (how: Pick<HeadlessOutcome, 'end' | 'code' | 'reason'>) => void = () => undefined;
  const finished = new Promise<Pick<HeadlessOutcome, 'end' | 'code' | 'reason'>>((resolve) => (finish = resolve));
  const events: EngineHostEvents = {
    stopped: ({ reason }) =>
      finish({ end: 'stopped', code: -1, reason: 'description' in reason ? reason.description : reason.kind }),
    exited: ({ code, reason }) => finish({ end: 'exited', code, reason }),
    failed: ({ message }) => finish({ end: 'failed', code: -1, reason: message }),
    pluginLog: (text) => void (pluginLog += text),
    logPoint: () => undefined,
    console: ({ bytes }) => {
      if (size < MOST_OUTPUT) chunks.push(bytes);
      size += bytes.length;
    },
    statistics: () => undefined,
    notice: ({ severity, message }) => void (severity === 'error' && errors.push(message)),
    guestLog: () => undefined,
  };
  const engine = startWorkerEngine(events, { pluginTimeoutMs: PLUGIN_TIMEOUT_MS });
  let timer: NodeJS.Timeout | undefined;
  let watching = true;
  try {
    await engine.initialize({ ...config, plugins: [...config.plugins, WATCH] });
    if (Number.isFinite(timeoutMs)) {
      const reason = `not ended after ${timeoutMs / 1000} s`;
      timer = setTimeout(() => finish({ end: 'timeout', code: -1, reason }), timeoutMs);
    }
    for (const channel of ['uart0', 'uart1', 'semihosting'] as const) {
      engine.consoleInput(channel, new Uint8Array()).catch(() => undefined);
    }
    await engine.run({ kind: 'continue' });
    void waitsForEver(engine, () => watching, executed).then((waits) => {
      if (waits) finish({ end: 'waits', code: -1, reason: 'waits for ever: no interrupt is left that could wake it' });
    });
    const how = await finished;
    // An engine that has failed has nothing to say any more.
    const files = await engine.guestFiles().catch(() => []);
    return { ...how, console: Buffer.concat(chunks), pluginLog, files, errors };
  } catch (error) {
    if (errors.length && error instanceof Error)
      throw new Error(`${errors.join('\n')}\n${error.message}`, { cause: error });
    throw error;
  } finally {
    watching = false;
    clearTimeout(timer);
    await engine.dispose();
  }
}

/** Looks again and again whether instructions are executed; false when there is nothing to look at any more. */
async function waitsForEver(
  engine: EngineApi,
  goesOn: () => boolean,
  executed?: (instructions: number) => void,
): Promise<boolean> {
  let [last, idle] = ['', 0];
  try {
    while (idle < IDLE_LOOKS) {
      await new Promise((resolve) => setTimeout(resolve, WATCH_MS).unref());
      if (!goesOn()) return false;
      const reports = await engine.pluginStatistics(0);
      const now = reports.find(({ pluginName }) => pluginName === WATCH.spec)?.text ?? '';
      idle = now === last ? idle + 1 : 0;
      last = now;
      if (goesOn()) executed?.(Number(now));
    }
    return goesOn();
  } catch {
    return false;
  }
}

/** Does `action` for each item, at most `jobs` at a time; the results are in the items' order. */
export async function inParallel<T, R>(
  items: readonly T[],
  jobs: number,
  action: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      try {
        results[index] = await action(items[index], index);
      } catch (error) {
        next = items.length;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, items.length) }, work));
  return results;
}
