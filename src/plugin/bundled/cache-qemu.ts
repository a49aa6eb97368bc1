import { AttachedCaches } from '../cache/attach';
import { totalCounts, type CoreCaches } from '../cache/core';
import type { CacheHierarchy } from '../cache/hierarchy';
import type { Policy } from '../cache/policies';
import type { InstructionRecord } from '../cache/records';
import { Access, geometryError, type CacheGeometry } from '../cache/set-associative';
import type { QemuPluginApi } from '../plugin-module';
import { formatFixed, hexAddress, percent } from './format';
import { booleanOption, numberOption, parseOptions, type OptionHandler } from './options';
import type { qemu_info_t, qemu_plugin_insn } from 'qemu-plugin';

interface Config {
  readonly icache: CacheGeometry;
  readonly dcache: CacheGeometry;
  readonly l2: CacheGeometry | undefined;
  readonly cores: number;
  readonly limit: number;
  readonly policy: Policy;
}

const POLICIES: Readonly<Record<string, Policy>> = { lru: 'lru', fifo: 'fifo', rand: 'random' };

/** Installs the model of QEMU's cache plugin (reference: its options and output). Returns install's result. */
export function installQemuModel(api: QemuPluginApi, id: number, info: qemu_info_t, argv: readonly string[]): number {
  const config = readConfig(api, info, argv);
  if (!config) return -1;
  for (const [name, geometry] of [
    ['dcache', config.dcache],
    ['icache', config.icache],
    ['L2 cache', config.l2],
  ] as const) {
    const error = geometry && geometryError(geometry);
    if (error === undefined) continue;
    api.tcg_error(`${name} cannot be constructed from given parameters\n${error}\n`);
    return -1;
  }
  const model = new QemuModel(api, config, info.system_emulation ? info.system.smp_vcpus : 1);
  api.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
    const n = api.qemu_plugin_tb_n_insns(tb);
    for (let i = 0; i < n; i++) model.translated(api.qemu_plugin_tb_get_insn(tb, i)!);
  });
  api.qemu_plugin_register_atexit_cb(id, () => api.qemu_plugin_outs(model.report()));
  api.tcg_provide_cache_statistics(id, model.caches);
  return 0;
}

function readConfig(api: QemuPluginApi, info: qemu_info_t, argv: readonly string[]): Config | undefined {
  const sizes = {
    icachesize: 16384,
    iblksize: 64,
    iassoc: 8,
    dcachesize: 16384,
    dblksize: 64,
    dassoc: 8,
    l2cachesize: 2097152,
    l2blksize: 64,
    l2assoc: 16,
  };
  let l2 = false;
  let limit = 32;
  let cores = info.system_emulation ? info.system.smp_vcpus : 1;
  let policy = POLICIES.lru;
  const handlers: Record<string, OptionHandler> = {
    l2: booleanOption(api, 'l2', (value) => (l2 = value)),
    limit: numberOption((value) => (limit = value)),
    cores: numberOption((value) => (cores = value), 1),
    evict(value) {
      if (!Object.hasOwn(POLICIES, value)) return `invalid eviction policy: evict=${value}`;
      policy = POLICIES[value];
      return true;
    },
  };
  for (const name of Object.keys(sizes) as (keyof typeof sizes)[]) {
    handlers[name] = numberOption((value) => {
      sizes[name] = value;
      if (name.startsWith('l2')) l2 = true;
    });
  }
  if (!parseOptions(api, argv, handlers)) return undefined;
  return {
    icache: { size: sizes.icachesize, associativity: sizes.iassoc, lineSize: sizes.iblksize },
    dcache: { size: sizes.dcachesize, associativity: sizes.dassoc, lineSize: sizes.dblksize },
    l2: l2 ? { size: sizes.l2cachesize, associativity: sizes.l2assoc, lineSize: sizes.l2blksize } : undefined,
    cores,
    limit,
    policy,
  };
}

class QemuModel {
  readonly caches: CacheHierarchy;
  private readonly attached: AttachedCaches;

  constructor(
    private readonly api: QemuPluginApi,
    private readonly config: Config,
    vcpus: number,
  ) {
    const { icache, dcache, l2, cores, policy } = config;
    this.attached = new AttachedCaches(
      api,
      {
        model: 'qemu',
        cores,
        l1i: [icache, policy],
        l1d: [dcache, policy],
        ...(l2 ? { l2: [l2, policy] } : {}),
        l2FetchKind: Access.Fetch,
        withIo: false,
      },
      vcpus,
    );
    this.caches = this.attached.hierarchy;
  }

  translated(insn: qemu_plugin_insn): void {
    const { api } = this;
    const vaddr = api.qemu_plugin_insn_vaddr(insn);
    const record = this.caches.records.find(api.qemu_plugin_insn_haddr(insn) ?? vaddr, () => ({
      vaddr,
      symbol: api.qemu_plugin_insn_symbol(insn),
      disassembly: api.qemu_plugin_insn_disas(insn),
    }));
    this.attached.attachData(insn, record);
    this.attached.attachFetch(insn, record);
  }

  report(): string {
    return this.rates() + '\n' + this.instructions();
  }

  private rates(): string {
    const { cores } = this.caches;
    const l2 = this.config.l2 ? ', l2 accesses, l2 misses, l2 miss rate' : '';
    const header = `core #, data accesses, data misses, dmiss rate, insn accesses, insn misses, imiss rate${l2}\n`;
    const rows = cores.map((core, index) => [String(index), rowOf(core)] as const);
    if (cores.length > 1) rows.push(['sum', rows.map(([, row]) => row).reduce(addRows)]);
    return header + rows.map(([label, row]) => label.padEnd(8) + formatRow(row) + '\n').join('');
  }

  private instructions(): string {
    const { limit, l2 } = this.config;
    const records = [...this.caches.records.values()];
    const top = (title: string, misses: (record: InstructionRecord) => number): string => {
      records.sort((a, b) => misses(b) - misses(a) || a.address - b.address);
      const rows = records.slice(0, limit).map((record) => {
        const symbol = record.symbol === null ? '' : ` (${record.symbol})`;
        return `${hexAddress(record.address)}${symbol}, ${misses(record)}, ${record.disassembly}\n`;
      });
      return `address, ${title}, instruction\n${rows.join('')}`;
    };
    const parts = [top('data misses', (r) => r.l1dMisses), top('fetch misses', (r) => r.l1iMisses)];
    if (l2) parts.push(top('L2 misses', (r) => r.l2Misses));
    return parts.join('\n');
  }
}

/** Accesses and misses: data, instruction, L2. */
type Row = readonly [number, number, number, number, number, number];

function rowOf(core: CoreCaches): Row {
  const [l1d, l1i, l2] = (['l1d', 'l1i', 'l2'] as const).map((level) => totalCounts(core, level));
  return [l1d.accesses, l1d.misses, l1i.accesses, l1i.misses, l2.accesses, l2.misses];
}

function addRows(a: Row, b: Row): Row {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3], a[4] + b[4], a[5] + b[5]];
}

function formatRow([data, dmisses, insn, imisses, l2, l2misses]: Row): string {
  const rate = (misses: number, accesses: number): string => formatFixed(percent(misses, accesses), 4);
  const pair = (accesses: number, misses: number): string =>
    `${String(accesses).padEnd(14)} ${String(misses).padEnd(12)} ${rate(misses, accesses).padStart(9)}%`;
  const second =
    l2 && l2misses
      ? `  ${String(l2).padEnd(12)} ${String(l2misses).padEnd(11)} ${rate(l2misses, l2).padStart(10)}%`
      : '';
  return `${pair(data, dmisses)}  ${pair(insn, imisses)}${second}`;
}
