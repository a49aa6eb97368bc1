import { readFileSync } from 'node:fs';
import path from 'node:path';
import { transform } from 'sucrase';
import { createNodeEngine } from '../../src/adapter/node/local-engine';
import { isTier, TIERS, type EngineApi, type EngineEvents } from '../../src/adapter/engine/api';
import { testTier } from '../tier';
import type { CacheStatistics } from '../../src/plugin/statistics';

/** What one run of a program in our emulator gave. */
export interface OurRun {
  readonly exit: number;
  readonly reason: string;
  readonly log: string;
  /** UART1, then the semihosting console. */
  readonly output: string;
  readonly notices: readonly string[];
  readonly statistics: readonly CacheStatistics[];
  /** r0 to r12, sp, lr, pc, cpsr after the end, by name. */
  readonly registers: Readonly<Record<string, number>>;
}

export interface OurRunOptions {
  readonly elf: string;
  /** Bundled plugins, or plugins of test/peer/plugins by name and arguments, as `-plugin` values. */
  readonly plugins: readonly string[];
  /** The guest's command line. */
  readonly args?: readonly string[];
  /** Where the guest's files are. */
  readonly cwd?: string;
  readonly psInit?: boolean;
  /** As `-icount` has it: `shift=3,…`. */
  readonly icount?: string;
  /** The guest is ended once the plugins' log has this text. */
  readonly until?: string;
  /** Milliseconds after which the guest is ended. */
  readonly timeoutMs?: number;
  /** The execution tier, by the command line's name; absent for the default. */
  readonly tier?: string;
}

/** The source of a plugin of test/peer/plugins as the adapter would hand it over; undefined for a bundled one. */
function sourceOf(spec: string): { code: string; path: string } | undefined {
  const file = path.resolve('test/peer/plugins', spec.split(',')[0]);
  if (!file.endsWith('.ts')) return undefined;
  const { code } = transform(readFileSync(file, 'utf8'), { transforms: ['typescript', 'imports'], filePath: file });
  return { code, path: file };
}

const REGISTERS = [...Array.from({ length: 13 }, (_, n) => `r${n}`), 'sp', 'lr', 'pc', 'cpsr'];

/** r0 to r12, sp, lr, pc, cpsr by name. */
export async function coreRegisters(engine: EngineApi): Promise<Record<string, number>> {
  const all = new Map((await engine.readRegisters(0)).map(({ name, value }) => [name, value]));
  return Object.fromEntries(REGISTERS.map((register) => [register, all.get(register) ?? NaN]));
}

/** The machine with an ELF loaded, as test/peer/run-qemu.mjs gives it to QEMU, before its first instruction. */
export async function startOurs(options: OurRunOptions, events: EngineEvents): Promise<EngineApi> {
  const { tier } = options;
  if (tier !== undefined && !isTier(tier)) throw new Error(`tier ${tier}: one of ${TIERS.join(', ')}`);
  const bytes = new Uint8Array(readFileSync(options.elf));
  const name = path.basename(options.elf);
  const engine = createNodeEngine(events);
  await engine.initialize({
    machine: 'xilinx-zynq-a9',
    memoryBytes: 128 << 20,
    smp: 1,
    psInit: options.psInit ?? true,
    busErrors: false,
    images: [{ kind: 'elf', name, bytes, cpu: 0, exactNames: true }],
    symbolFiles: [{ name, bytes }],
    plugins: options.plugins.map((spec) => ({ spec, ...sourceOf(spec) })),
    semihosting: {
      enabled: true,
      root: options.cwd ?? process.cwd(),
      commandLine: (options.args ?? []).join(' '),
      terminal: false,
    },
    icountShift: Number(/shift=(\d+)/.exec(options.icount ?? '')?.[1] ?? 0),
    icountExact: options.icount !== undefined,
    tier: tier ?? testTier(),
  });
  return engine;
}

/** Runs an ELF to its semihosting exit. */
export async function runOurs(options: OurRunOptions): Promise<OurRun> {
  const name = path.basename(options.elf);
  const text = { log: '', uart1: '', semihosting: '' };
  const notices: string[] = [];
  let resolve: (event: { code: number; reason: string }) => void;
  let reject: (error: Error) => void;
  const ended = new Promise<{ code: number; reason: string }>((...both) => ([resolve, reject] = both));
  const { until } = options;
  const engine: EngineApi = await startOurs(options, {
    stopped: ({ reason, pc }) =>
      reject(new Error(`${name} stopped at 0x${pc.toString(16)}: ${JSON.stringify(reason)}`)),
    exited: (event) => resolve(event),
    pluginLog: (part) => {
      text.log += part;
      if (until !== undefined && part.includes(until)) void engine.terminate();
    },
    logPoint: () => {},
    console: ({ channel, bytes: part }) => {
      if (channel !== 'uart0') text[channel] += Buffer.from(part).toString('latin1');
    },
    statistics: () => {},
    notice: ({ message }) => notices.push(message),
    guestLog: () => {},
  });
  const timer = options.timeoutMs && setTimeout(() => void engine.terminate(), options.timeoutMs);
  try {
    await engine.run({ kind: 'continue' });
    const { code, reason } = await ended;
    const statistics = await engine.statistics(100);
    const output = text.uart1 + text.semihosting;
    const registers = await coreRegisters(engine);
    return { exit: code, reason, log: text.log, output, notices, statistics, registers };
  } finally {
    if (timer) clearTimeout(timer);
    await engine.dispose();
  }
}
