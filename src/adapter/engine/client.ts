import { Control } from '../../tcg/layout';
import type { PluginSummary } from '../protocol/custom';
import type { EngineApi, EngineConfig, EngineEvents, EngineHostEvents, EngineHostOptions } from './api';
import { RpcClient, type MessageEndpoint } from './rpc';

/** A thread that runs an engine; made by the platform. */
export interface EngineThread extends MessageEndpoint {
  /** Ends the thread at once, whatever it does. */
  kill(): void;
  onDeath(listener: (message: string) => void): void;
}

const METHODS = [
  'run',
  'restart',
  'setBreakpoints',
  'setCallbackBreakpoints',
  'readMemory',
  'writeMemory',
  'readRegisters',
  'writeRegister',
  'disassemble',
  'statistics',
  'consoleInput',
  'terminate',
] as const satisfies readonly (keyof EngineApi)[];

const WATCH_INTERVAL_MS = 250;

/**
 * Drives an engine in another thread: forwards calls and events, asks it to pause through shared memory, and ends it
 * when one plugin callback does not return in time.
 */
export function engineInThread(thread: EngineThread, events: EngineHostEvents, options: EngineHostOptions): EngineApi {
  const watchdog = new Watchdog(options.pluginTimeoutMs, (plugin) => {
    die(
      `plugin ${plugin}: a callback did not return within ${options.pluginTimeoutMs / 1000} s; the guest was ended`,
      plugin,
    );
  });
  let dead = false;
  const rpc = new RpcClient(thread, (name, args) => {
    if (dead) return;
    if (name === 'memory') watchdog.watch(args[0] as SharedArrayBuffer, args[1] as readonly string[]);
    else (events[name as keyof EngineEvents] as (...a: readonly unknown[]) => void)(...args);
  });
  const die = (message: string, plugin?: string): void => {
    if (dead) return;
    dead = true;
    watchdog.stop();
    thread.kill();
    rpc.fail(message);
    events.failed({ message, plugin });
  };
  thread.onDeath((message) => die(message));

  const forwarded = Object.fromEntries(
    METHODS.map((method) => [method, (...args: unknown[]) => rpc.call(method, args)]),
  ) as unknown as Pick<EngineApi, (typeof METHODS)[number]>;
  return {
    ...forwarded,
    initialize: (config: EngineConfig) =>
      rpc.call('initialize', [config]) as Promise<{ plugins: readonly PluginSummary[]; cpu: string; ramBytes: number }>,
    pause: async () => {
      watchdog.requestStop();
      await rpc.call('pause', []);
    },
    dispose: () => {
      dead = true;
      watchdog.stop();
      rpc.fail('the engine was disposed of');
      thread.kill();
      return Promise.resolve();
    },
  };
}

/** Reads the control block of the shared memory: which plugin's callback runs, and whether anything moves. */
class Watchdog {
  private control: Int32Array | undefined;
  private plugins: readonly string[] = [];
  private timer: ReturnType<typeof setInterval> | undefined;
  private stuckSince = 0;
  private last = { plugin: 0, heartbeat: 0 };

  constructor(
    private readonly timeoutMs: number,
    private readonly onStuck: (plugin: string) => void,
  ) {}

  watch(memory: SharedArrayBuffer, plugins: readonly string[]): void {
    this.stop();
    this.control = new Int32Array(memory);
    this.plugins = plugins;
    this.timer = setInterval(() => this.look(), WATCH_INTERVAL_MS);
    this.timer.unref?.();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  requestStop(): void {
    if (this.control) Atomics.store(this.control, Control.StopRequest, 1);
  }

  private look(): void {
    if (!this.control) return;
    const plugin = Atomics.load(this.control, Control.PluginInCallback);
    const heartbeat = Atomics.load(this.control, Control.Heartbeat);
    const moved = plugin === 0 || plugin !== this.last.plugin || heartbeat !== this.last.heartbeat;
    this.last = { plugin, heartbeat };
    if (moved) this.stuckSince = Date.now();
    else if (Date.now() - this.stuckSince >= this.timeoutMs) {
      this.stop();
      this.onStuck(this.plugins[plugin - 1] ?? `number ${plugin}`);
    }
  }
}
