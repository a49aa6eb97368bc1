import type {
  qemu_plugin_insn,
  TcgAccessCounts,
  TcgCacheLevel,
  TcgCacheMaintenance,
  TcgCacheModel,
  TcgCosts,
  TcgInstructionCounts,
} from 'qemu-plugin';
import { obey } from '../cachesim/maintenance';
import type { SimCache } from '../cachesim/sim-cache';
import { readSimOptions, type SimOptions } from '../cachesim/sim-options';
import { SimRecord, type SimCounts } from '../cachesim/sim-records';
import { cachesOf, cyclesOf, hottestRecords, simReport } from '../cachesim/sim-report';
import { SimSystem } from '../cachesim/sim-system';
import type { PluginModule, QemuPluginApi } from '../plugin-module';
import { ProgramProfile } from '../profile/program-profile';

/**
 * `libcachesim.so`: analyses caches in more depth than `libcache.so`, which stays QEMU's: why an access missed, where, what it
 * costs; prefetchers, TLBs, coherent cores. Options and output: docs/plugins.md.
 */
export function cachesimPlugin(): PluginModule {
  return {
    qemu_plugin_install(id, info, argv, api) {
      const options = readSimOptions(api, info, argv);
      if (!options) return -1;
      const analysis = new CacheAnalysis(api, options);
      const profile = new ProgramProfile(api, id, info.system.max_vcpus, (vcpu) => analysis.costs(vcpu));
      api.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
        profile.translated(tb);
        const n = api.qemu_plugin_tb_n_insns(tb);
        for (let i = 0; i < n; i++) analysis.translated(api.qemu_plugin_tb_get_insn(tb, i)!);
      });
      if (options.maintenance) {
        api.tcg_register_cache_maintenance_cb(id, (_id, vcpu, event) => analysis.maintained(vcpu, event));
      }
      api.qemu_plugin_register_atexit_cb(id, () => api.qemu_plugin_outs(analysis.report()));
      api.tcg_provide_cache_statistics(id, analysis.model(profile));
      return 0;
    },
  };
}

interface Fetched {
  readonly record: SimRecord;
  readonly address: number;
}

class CacheAnalysis {
  private readonly system: SimSystem;
  private readonly records = new Map<number, SimRecord>();
  private maintenance = 0;

  constructor(
    private readonly api: QemuPluginApi,
    private readonly options: SimOptions,
  ) {
    this.system = new SimSystem(options.config, options.reuse);
  }

  translated(insn: qemu_plugin_insn): void {
    const { api, records } = this;
    const vaddr = api.qemu_plugin_insn_vaddr(insn);
    let record = records.get(vaddr);
    if (!record) {
      const symbol = api.qemu_plugin_insn_symbol(insn);
      record = new SimRecord(vaddr, symbol, api.qemu_plugin_insn_disas(insn), api.tcg_source_line(vaddr));
      records.set(vaddr, record);
    }
    const fetched = { record, address: api.qemu_plugin_insn_haddr(insn) ?? vaddr };
    const flags = api.QEMU_PLUGIN_CB_NO_REGS;
    api.qemu_plugin_register_vcpu_insn_exec_cb(insn, this.fetch, flags, fetched);
    api.qemu_plugin_register_vcpu_mem_cb(insn, this.data, flags, api.QEMU_PLUGIN_MEM_RW, record);
  }

  private readonly fetch = (vcpu: number, { record, address }: Fetched): void => {
    this.system.fetch(vcpu, record, address);
  };

  private readonly data = (vcpu: number, info: number, vaddr: number, record: SimRecord): void => {
    const { api } = this;
    const hwaddr = api.qemu_plugin_get_hwaddr(info, vaddr);
    if (hwaddr && api.qemu_plugin_hwaddr_is_io(hwaddr)) return;
    const address = hwaddr ? api.qemu_plugin_hwaddr_phys_addr(hwaddr) : vaddr;
    this.system.data(vcpu, record, vaddr, address, api.qemu_plugin_mem_is_store(info) ? 'stores' : 'loads');
  };

  report(): string {
    return simReport(this.system, [...this.records.values()], this.options.limit);
  }

  /** The guest has asked for a cache operation. */
  maintained(vcpu: number, event: TcgCacheMaintenance): void {
    const { api, system } = this;
    if (obey(system, vcpu, event, (vaddr) => api.qemu_plugin_translate_vaddr(vaddr))) this.maintenance++;
  }

  /** What the vCPU's core has done so far. */
  costs(vcpu: number): TcgCosts {
    return this.costsOf(this.system.coreOf(vcpu).total);
  }

  private costsOf(counts: SimCounts): TcgCosts {
    const { executions, loads, stores, l1Misses, l2Misses } = counts;
    const cycles = cyclesOf(counts, this.options.config);
    return { executions, loads, stores, l1Misses: { ...l1Misses }, l2Misses: { ...l2Misses }, cycles };
  }

  private executed(): TcgInstructionCounts[] {
    const executed = [...this.records.values()].filter(({ executions }) => executions > 0);
    return executed.map((record) => {
      const { vaddr, symbol, source } = record;
      return { address: vaddr, symbol, source, ...this.costsOf(record) };
    });
  }

  model(profile: ProgramProfile): TcgCacheModel {
    const { system, records, options } = this;
    return {
      statistics: (limit, executed) => ({
        model: options.preset ?? 'cachesim',
        cores: system.cores.length,
        levels: levels(system),
        instructions: system.cores.reduce((sum, core) => sum + core.total.executions, 0),
        maintenance: this.maintenance,
        hottest: hottestRecords([...records.values()], limit).map((record) => ({
          address: record.vaddr,
          symbol: record.symbol,
          disassembly: record.disassembly,
          l1iMisses: record.l1Misses.fetches,
          l1dMisses: record.l1dMisses,
          l2Misses: record.allL2Misses,
        })),
        ...(executed && { executed: this.executed(), calls: profile.calls, code: profile.code }),
      }),
      setMissListener: (listener) => void (system.missListener = listener),
      lineAddress: (level, core, set, way) => system.cores.at(core)?.[level]?.addressAt(set, way),
    };
  }
}

function levels(system: SimSystem): TcgCacheLevel[] {
  return cachesOf(system).flatMap(([name, core, cache]) =>
    name === 'L1I' || name === 'L1D' || name === 'L2' ? [level(name, core === '*' ? 0 : Number(core), cache)] : [],
  );
}

function level(name: TcgCacheLevel['name'], core: number, cache: SimCache): TcgCacheLevel {
  const counts = (kind: 'loads' | 'stores' | 'fetches'): TcgAccessCounts => ({
    accesses: cache.accesses[kind],
    hits: cache.accesses[kind] - cache.misses[kind],
    misses: cache.misses[kind],
  });
  return {
    name,
    core,
    ...cache.geometry,
    sets: cache.sets,
    policy: cache.policy,
    loads: counts('loads'),
    stores: counts('stores'),
    fetches: counts('fetches'),
    compulsory: cache.fills,
    evictions: cache.evictions,
    invalidations: cache.invalidations,
  };
}
