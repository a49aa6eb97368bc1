import type { qemu_plugin_insn } from 'qemu-plugin';
import { geometryError, type CacheGeometry } from '../cache/set-associative';
import { GeometrySweep } from '../cachesim/geometry-sweep';
import { SIM_POLICIES, type SimPolicy } from '../cachesim/replacement';
import { SimCache } from '../cachesim/sim-cache';
import { policyError } from '../cachesim/sim-config';
import type { PluginModule } from '../plugin-module';
import { percent } from './format';
import { numberOption, parseOptions, type OptionHandler } from './options';

const CACHES = { i: ['icache'], d: ['dcache'], id: ['icache', 'dcache'], u: ['unified'], l2: ['l2'] } as const;
type CacheName = 'icache' | 'dcache' | 'unified' | 'l2';
/** The L1 in front of an L2 where nobody says: a Cortex-A9's. */
const L1: CacheGeometry = { size: 32768, associativity: 4, lineSize: 32 };
const MOST_GEOMETRIES = 4096;

/** The columns of what `libcachesweep.so` prints. */
export const SWEEP_COLUMNS = 'cache, size, ways, line size, policy, accesses, misses, miss rate';

/**
 * `libcachesweep.so`: the misses of first-level caches of every combination of sizes, ways and line sizes in one run of the
 * guest, or with `cache=l2` of second-level caches behind L1s of one geometry (`l1=size:ways:line`, `l1evict`), which are
 * accessed where an L1 missed. `tcgscope sweep` is made of it. Combinations that are no cache are left out.
 */
export function cachesweepPlugin(): PluginModule {
  return {
    qemu_plugin_install(id, _info, argv, api) {
      const lists = { sizes: [1024, 2048, 4096, 8192, 16384, 32768, 65536], assocs: [1, 2, 4, 8], lines: [32] };
      let caches: readonly CacheName[] = CACHES.id;
      let policy: SimPolicy = 'lru';
      let limit = Infinity;
      let l1: CacheGeometry = L1;
      let l1policy: SimPolicy = 'lru';
      const policyOption =
        (name: string, set: (policy: SimPolicy) => void): OptionHandler =>
        (text) => {
          const found = SIM_POLICIES.find((known) => known === text);
          if (found === undefined) return `invalid eviction policy: ${name}=${text}`;
          set(found);
          return true;
        };
      const list =
        (name: keyof typeof lists): OptionHandler =>
        (text) => {
          if (!/^[1-9]\d*(:[1-9]\d*)*$/.test(text)) return false;
          lists[name] = text.split(':').map(Number);
          return true;
        };
      const ok = parseOptions(api, argv, {
        sizes: list('sizes'),
        assocs: list('assocs'),
        lines: list('lines'),
        cache: (text) => {
          if (!Object.hasOwn(CACHES, text)) return false;
          caches = CACHES[text as keyof typeof CACHES];
          return true;
        },
        evict: policyOption('evict', (found) => (policy = found)),
        l1: (text) => {
          const [size, associativity, lineSize] = text.split(':').map(Number);
          l1 = { size, associativity, lineSize };
          return /^\d+:\d+:\d+$/.test(text) && geometryError(l1) === undefined;
        },
        l1evict: policyOption('l1evict', (found) => (l1policy = found)),
        limit: numberOption((value) => (limit = value)),
      });
      if (!ok) return -1;
      const geometries = sweepGeometries(lists.sizes, lists.assocs, lists.lines, policy);
      if (!geometries.length || geometries.length > MOST_GEOMETRIES) {
        const many = geometries.length ? `more than ${MOST_GEOMETRIES}` : 'none';
        api.tcg_error(`of the sizes, assocs and lines ${many} can be combined to a cache\n`);
        return -1;
      }
      const wrong = caches[0] === 'l2' ? policyError(l1policy, l1) : undefined;
      if (wrong !== undefined) {
        api.tcg_error(`l1: ${wrong}\n`);
        return -1;
      }
      const sweeps = new Map(caches.map((name) => [name, new GeometrySweep(geometries, policy)]));
      const second = sweeps.get('l2');
      const behind = second && (() => new MissStream(new SimCache(l1, l1policy, false), second));
      const fetches: Accessed | undefined = behind?.() ?? sweeps.get('unified') ?? sweeps.get('icache');
      const data: Accessed | undefined = behind?.() ?? sweeps.get('unified') ?? sweeps.get('dcache');
      const flags = api.QEMU_PLUGIN_CB_NO_REGS;
      const fetch = (_vcpu: number, address: number): void => fetches?.access(address);
      const access = (_vcpu: number, info: number, vaddr: number): void => {
        const hwaddr = api.qemu_plugin_get_hwaddr(info, vaddr);
        if (hwaddr && api.qemu_plugin_hwaddr_is_io(hwaddr)) return;
        data?.access(hwaddr ? api.qemu_plugin_hwaddr_phys_addr(hwaddr) : vaddr);
      };
      const translated = (insn: qemu_plugin_insn): void => {
        const address = api.qemu_plugin_insn_haddr(insn) ?? api.qemu_plugin_insn_vaddr(insn);
        if (fetches) api.qemu_plugin_register_vcpu_insn_exec_cb(insn, fetch, flags, address);
        if (data) api.qemu_plugin_register_vcpu_mem_cb(insn, access, flags, api.QEMU_PLUGIN_MEM_RW, undefined);
      };
      api.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
        const n = api.qemu_plugin_tb_n_insns(tb);
        for (let i = 0; i < n; i++) translated(api.qemu_plugin_tb_get_insn(tb, i)!);
      });
      api.qemu_plugin_register_atexit_cb(id, () => {
        const rows = [...sweeps].flatMap(([name, sweep]) =>
          sweep.results().map(({ geometry: { size, associativity, lineSize }, accesses, misses }) => {
            const rate = `${percent(misses, accesses).toFixed(4)}%`;
            return [name, size, associativity, lineSize, policy, accesses, misses, rate].join(', ');
          }),
        );
        api.qemu_plugin_outs([SWEEP_COLUMNS, ...rows.slice(0, limit), ''].join('\n'));
      });
      return 0;
    },
  };
}

interface Accessed {
  access(address: number): void;
}

/** A first-level cache whose misses go on to what is behind it. */
class MissStream implements Accessed {
  constructor(
    private readonly cache: SimCache,
    private readonly next: Accessed,
  ) {}

  access(address: number): void {
    const { cache } = this;
    const line = cache.lineOf(address);
    if (cache.demand(line, 'loads') !== undefined) return;
    cache.fill(line, 0);
    this.next.access(address);
  }
}

/** The combinations that are caches, by line size, size and ways. */
export function sweepGeometries(
  sizes: readonly number[],
  assocs: readonly number[],
  lines: readonly number[],
  policy: SimPolicy,
): CacheGeometry[] {
  const all = lines.flatMap((lineSize) =>
    sizes.flatMap((size) => assocs.map((associativity) => ({ size, associativity, lineSize }))),
  );
  return all.filter((geometry) => (geometryError(geometry) ?? policyError(policy, geometry)) === undefined);
}
