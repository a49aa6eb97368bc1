import { CONTROL_BASE, Control } from '../../tcg/layout';
import type { PluginSummary } from '../protocol/custom';
import { bytesOf, type ConsoleChannel } from './consoles';
import { Journal, OUTPUT_STREAMS, type OutputStream } from './journal';
import type { EngineApi, EngineConfig, EngineEvents, EngineHostEvents, EngineHostOptions } from './api';
import { RpcClient, type MessageEndpoint } from './rpc';

/** A thread that runs an engine; made by the platform. */
export interface EngineThread extends MessageEndpoint {
  /** Ends the thread at once, whatever it does; resolves when its last messages have come. */
  kill(): Promise<void>;
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
  'translation',
  'plugins',
  'pluginBreakpointKinds',
  'setPluginActive',
  'reloadPlugin',
  'pluginStatistics',
  'consoleInput',
  'guestFiles',
  'terminate',
] as const satisfies readonly (keyof EngineApi)[];

const WATCH_INTERVAL_MS = 250;

/**
 * Drives an engine in another thread: forwards calls and events, asks it to pause through shared memory, and ends it
 * when one plugin callback does not return in time.
 */
export function engineInThread(thread: EngineThread, events: EngineHostEvents, options: EngineHostOptions): EngineApi {
  const watchdog = new Watchdog(options.pluginTimeoutMs, (plugin) => {
    void die(
      `plugin ${plugin}: a callback did not return within ${options.pluginTimeoutMs / 1000} s; the guest was ended`,
      plugin,
    );
  });
  let dead = false;
  let disposed = false;
  const output = new ReceivedOutput(events);
  const rpc = new RpcClient(thread, (name, args) => {
    if (disposed) return;
    if (name === 'journal') output.journal = new Journal(args[0] as SharedArrayBuffer);
    else if (name !== 'memory') output.deliver(name as keyof EngineEvents, args);
    else if (!dead) watchdog.watch(args[0] as SharedArrayBuffer, args[1] as readonly string[]);
    output.journal?.handled();
  });
  const die = async (message: string, plugin?: string): Promise<void> => {
    if (dead) return;
    dead = true;
    watchdog.stop();
    await thread.kill();
    if (disposed) return;
    output.deliverRest();
    rpc.fail(message);
    events.failed({ message, plugin });
  };
  thread.onDeath((message) => {
    const plugin = watchdog.running;
    void die(plugin === undefined ? message : `plugin ${plugin}: ${message}`, plugin);
  });

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
    dispose: async () => {
      dead = disposed = true;
      watchdog.stop();
      rpc.fail('the engine was disposed of');
      await thread.kill();
    },
  };
}

/** Hands on what the engine's thread tells, and in the end what it has printed and could not tell any more. */
class ReceivedOutput {
  journal: Journal | undefined;
  private readonly messages: Record<OutputStream, number> = { pluginLog: 0, uart0: 0, uart1: 0, semihosting: 0 };

  constructor(private readonly events: EngineEvents) {}

  deliver(event: keyof EngineEvents, args: readonly unknown[]): void {
    if (event === 'pluginLog') this.messages.pluginLog++;
    else if (event === 'console') this.messages[(args[0] as { channel: ConsoleChannel }).channel]++;
    (this.events[event] as ((...a: readonly unknown[]) => void) | undefined)?.(...args);
  }

  deliverRest(): void {
    for (const stream of OUTPUT_STREAMS) {
      const text = this.journal?.tail(stream).rest(this.messages[stream]);
      if (!text) continue;
      if (stream === 'pluginLog') this.events.pluginLog(text);
      else this.events.console({ channel: stream, bytes: bytesOf(text) });
    }
  }
}

/** Reads the control block of the shared memory: which plugin's callback runs, and whether anything moves. */
class Watchdog {
  private control: Int32Array | undefined;
  private plugins: readonly string[] = [];
  private timer: ReturnType<typeof setInterval> | undefined;
  private stuckMs = 0;
  private lookedAt = 0;
  private last = { plugin: 0, heartbeat: 0 };

  constructor(
    private readonly timeoutMs: number,
    private readonly onStuck: (plugin: string) => void,
  ) {}

  watch(memory: SharedArrayBuffer, plugins: readonly string[]): void {
    this.stop();
    this.control = new Int32Array(memory, CONTROL_BASE, 16);
    this.plugins = plugins;
    this.stuckMs = 0;
    this.lookedAt = Date.now();
    this.timer = setInterval(() => this.look(), WATCH_INTERVAL_MS);
    this.timer.unref?.();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** The plugin whose callback runs, if one does. */
  get running(): string | undefined {
    const number = this.control ? Atomics.load(this.control, Control.PluginInCallback) : 0;
    return number === 0 ? undefined : this.nameOf(number);
  }

  private nameOf(number: number): string {
    return this.plugins[number - 1] ?? `number ${number}`;
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
    // Time in which this thread could not look does not count: the engine may have waited for it.
    const now = Date.now();
    this.stuckMs = moved ? 0 : this.stuckMs + Math.min(now - this.lookedAt, 2 * WATCH_INTERVAL_MS);
    this.lookedAt = now;
    if (this.stuckMs >= this.timeoutMs) {
      this.stop();
      this.onStuck(this.nameOf(plugin));
    } else if (!moved) {
      // Many slow callbacks are no callback that never returns: after the next one the engine shows itself.
      this.requestStop();
    }
  }
}
