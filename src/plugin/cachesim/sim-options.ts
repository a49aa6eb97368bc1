import type { qemu_info_t } from 'qemu-plugin';
import { booleanOption, numberOption, parseOptions, type OptionHandler } from '../bundled/options';
import type { QemuPluginApi } from '../plugin-module';
import { PREFETCHERS, type PrefetcherKind } from './prefetch';
import { SIM_POLICIES, type SimPolicy } from './replacement';
import { configError, defaultConfig, INCLUSIONS, PRESETS, type SimConfig } from './sim-config';

export interface SimOptions {
  readonly config: SimConfig;
  readonly preset: string | undefined;
  readonly reuse: boolean;
  /** Whether the guest's cache operations are obeyed. */
  readonly maintenance: boolean;
  /** Rows of each table of the report. */
  readonly limit: number;
}

const DEFAULT_L2 = { size: 2097152, associativity: 16, lineSize: 64 };

/** Reads the options of `libcachesim.so`; a preset counts first, wherever it stands. Prints what is wrong and returns undefined. */
export function readSimOptions(api: QemuPluginApi, info: qemu_info_t, argv: readonly string[]): SimOptions | undefined {
  const config = defaultConfig(info.system_emulation ? info.system.smp_vcpus : 1);
  const more = { preset: undefined as string | undefined, reuse: false, maintenance: true, limit: 20 };
  const isPreset = (argument: string): boolean => argument.startsWith('preset=');
  const preset: OptionHandler = (value) => {
    if (!Object.hasOwn(PRESETS, value)) {
      return `invalid preset: preset=${value} (there are ${Object.keys(PRESETS).join(', ')})`;
    }
    Object.assign(config, PRESETS[value]);
    more.preset = value;
    return true;
  };
  const handlers: Record<string, OptionHandler> = {
    ...geometryOptions(api, config),
    ...policyOptions(config),
    ...costOptions(config),
    cores: numberOption((value) => (config.cores = value), 1),
    l2shared: booleanOption(api, 'l2shared', (value) => (config.sharedL2 = value)),
    inclusion: choice(INCLUSIONS, (value) => (config.inclusion = value)),
    reuse: booleanOption(api, 'reuse', (value) => (more.reuse = value)),
    maintenance: booleanOption(api, 'maintenance', (value) => (more.maintenance = value)),
    limit: numberOption((value) => (more.limit = value)),
  };
  if (!parseOptions(api, argv.filter(isPreset), { preset })) return undefined;
  const rest = argv.filter((argument) => !isPreset(argument));
  if (!parseOptions(api, rest, handlers)) return undefined;
  const error = configError(config);
  if (error === undefined) return { config, ...more };
  api.tcg_error(`${error}\n`);
  return undefined;
}

function geometryOptions(api: QemuPluginApi, config: SimConfig): Record<string, OptionHandler> {
  const fields = { cachesize: 'size', assoc: 'associativity', blksize: 'lineSize' } as const;
  const handlers: Record<string, OptionHandler> = {
    l2: booleanOption(api, 'l2', (value) => (config.l2 = value ? (config.l2 ?? DEFAULT_L2) : undefined)),
  };
  for (const [suffix, field] of Object.entries(fields)) {
    handlers[`i${suffix}`] = numberOption((value) => (config.icache = { ...config.icache, [field]: value }));
    handlers[`d${suffix}`] = numberOption((value) => (config.dcache = { ...config.dcache, [field]: value }));
    handlers[`l2${suffix}`] = numberOption((value) => (config.l2 = { ...(config.l2 ?? DEFAULT_L2), [field]: value }));
  }
  const tlb =
    (...names: ('itlb' | 'dtlb')[]): OptionHandler =>
    (text) => {
      const match = /^(\d{1,6})(?::([1-9]\d{0,5}))?$/.exec(text);
      if (!match) return false;
      const entries = Number(match[1]);
      for (const name of names) config[name] = { entries, ways: Number(match[2] ?? entries) };
      return true;
    };
  return {
    ...handlers,
    itlb: tlb('itlb'),
    dtlb: tlb('dtlb'),
    tlb: tlb('itlb', 'dtlb'),
    pagesize: numberOption((value) => (config.pageSize = value), 1),
  };
}

function policyOptions(config: SimConfig): Record<string, OptionHandler> {
  const evict =
    (...names: ('ipolicy' | 'dpolicy' | 'l2policy')[]): OptionHandler =>
    (text) => {
      const policy = SIM_POLICIES.find((name) => name === text);
      if (policy === undefined) return `invalid eviction policy: evict=${text}`;
      for (const name of names) config[name] = policy satisfies SimPolicy;
      return true;
    };
  const prefetch = (set: (kind: PrefetcherKind) => void): OptionHandler => choice(PREFETCHERS, set);
  return {
    evict: evict('ipolicy', 'dpolicy', 'l2policy'),
    ievict: evict('ipolicy'),
    devict: evict('dpolicy'),
    l2evict: evict('l2policy'),
    prefetch: prefetch((kind) => (config.dprefetch = kind)),
    iprefetch: prefetch((kind) => (config.iprefetch = kind)),
  };
}

function costOptions(config: SimConfig): Record<string, OptionHandler> {
  return {
    cpi: (text) => {
      config.cpi = Number(text);
      return /^\d+(\.\d+)?$/.test(text) && config.cpi > 0;
    },
    l2latency: numberOption((value) => (config.l2Latency = value)),
    memlatency: numberOption((value) => (config.memoryLatency = value)),
    tlblatency: numberOption((value) => (config.tlbLatency = value)),
  };
}

function choice<T extends string>(values: readonly T[], set: (value: T) => void): OptionHandler {
  return (text) => {
    const value = values.find((one) => one === text);
    if (value !== undefined) set(value);
    return value !== undefined;
  };
}
