import { CacheHierarchy, InstructionRecord, type CoreCaches } from '../cache/hierarchy';
import { Fifo, Lru, Random, type Victims } from '../cache/policies';
import { Access, SetAssociativeCache, geometryError, type CacheGeometry } from '../cache/set-associative';
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
  readonly makeVictims: () => Victims;
}

const POLICIES: Readonly<Record<string, () => Victims>> = {
  lru: () => new Lru(),
  fifo: () => new Fifo(),
  rand: () => new Random(),
};

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
  const model = new QemuModel(api, config);
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
  let makeVictims = POLICIES.lru;
  const handlers: Record<string, OptionHandler> = {
    l2: booleanOption(api, 'l2', (value) => (l2 = value)),
    limit: numberOption((value) => (limit = value)),
    cores: numberOption((value) => (cores = value), 1),
    evict(value) {
      const policy = Object.hasOwn(POLICIES, value) ? POLICIES[value] : undefined;
      if (!policy) return `invalid eviction policy: evict=${value}`;
      makeVictims = policy;
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
    makeVictims,
  };
}

class QemuModel {
  readonly caches: CacheHierarchy;

  constructor(
    private readonly api: QemuPluginApi,
    private readonly config: Config,
  ) {
    const { icache, dcache, l2, cores, makeVictims } = config;
    const make = (geometry: CacheGeometry): SetAssociativeCache => new SetAssociativeCache(geometry, makeVictims());
    const core = (): CoreCaches => ({ l1i: make(icache), l1d: make(dcache), ...(l2 ? { l2: make(l2) } : {}) });
    this.caches = new CacheHierarchy('qemu', Array.from({ length: cores }, core), Access.Fetch);
  }

  translated(insn: qemu_plugin_insn): void {
    const { api } = this;
    const vaddr = api.qemu_plugin_insn_vaddr(insn);
    const address = api.qemu_plugin_insn_haddr(insn) ?? vaddr;
    const record = this.caches.record(
      address,
      () => new InstructionRecord(address, vaddr, api.qemu_plugin_insn_symbol(insn), api.qemu_plugin_insn_disas(insn)),
    );
    const none = api.QEMU_PLUGIN_CB_NO_REGS;
    api.qemu_plugin_register_vcpu_mem_cb(insn, this.data, none, api.QEMU_PLUGIN_MEM_RW, record);
    api.qemu_plugin_register_vcpu_insn_exec_cb(insn, this.fetch, none, record);
  }

  private readonly fetch = (vcpu: number, insn: InstructionRecord): void => {
    this.caches.fetch(vcpu, insn, insn.address);
  };

  private readonly data = (vcpu: number, info: number, vaddr: number, insn: InstructionRecord): void => {
    const { api } = this;
    const hwaddr = api.qemu_plugin_get_hwaddr(info, vaddr);
    if (hwaddr && api.qemu_plugin_hwaddr_is_io(hwaddr)) return;
    const address = hwaddr ? api.qemu_plugin_hwaddr_phys_addr(hwaddr) : vaddr;
    this.caches.data(vcpu, insn, address, api.qemu_plugin_mem_is_store(info) ? Access.Store : Access.Load);
  };

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

function rowOf({ l1i, l1d, l2 }: CoreCaches): Row {
  const accesses = (cache: SetAssociativeCache): number => misses(cache) + sum(cache.hits);
  const misses = (cache: SetAssociativeCache): number => sum(cache.misses);
  return [accesses(l1d), misses(l1d), accesses(l1i), misses(l1i), l2 ? accesses(l2) : 0, l2 ? misses(l2) : 0];
}

function sum(counts: Float64Array): number {
  return counts.reduce((a, b) => a + b);
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
