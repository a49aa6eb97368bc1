import { geometryError, type CacheGeometry } from '../cache/set-associative';
import type { PrefetcherKind } from './prefetch';
import type { SimPolicy } from './replacement';

export const INCLUSIONS = ['nine', 'inclusive', 'exclusive'] as const;
/** Whether the L2 holds what the L1s hold: as it comes (neither inclusive nor exclusive), always, never. */
export type Inclusion = (typeof INCLUSIONS)[number];

export interface SimConfig {
  cores: number;
  icache: CacheGeometry;
  dcache: CacheGeometry;
  l2?: CacheGeometry;
  /** One L2 for all cores, else each has its own. */
  sharedL2: boolean;
  /** The CPU's own cache operations reach the L2 as well; else it has a controller, an L2C-310, that is told by itself. */
  innerL2: boolean;
  inclusion: Inclusion;
  ipolicy: SimPolicy;
  dpolicy: SimPolicy;
  l2policy: SimPolicy;
  iprefetch: PrefetcherKind;
  dprefetch: PrefetcherKind;
  /** Entries and ways of the TLBs; 0 entries: none. */
  itlb: { readonly entries: number; readonly ways: number };
  dtlb: { readonly entries: number; readonly ways: number };
  pageSize: number;
  /** Cycles of an instruction whose accesses all hit; and how many more a miss costs: in L1, in L2 (or L1 without one), in a TLB. */
  cpi: number;
  l2Latency: number;
  memoryLatency: number;
  tlbLatency: number;
}

const geometry = (kib: number, associativity: number, lineSize: number): CacheGeometry => ({
  size: kib * 1024,
  associativity,
  lineSize,
});
const full = (entries: number): { entries: number; ways: number } => ({ entries, ways: entries });
const NO_TLB = full(0);

/** Without options: the geometry that QEMU's cache plugin starts with, no L2, no TLB. */
export function defaultConfig(cores: number): SimConfig {
  return {
    cores,
    icache: geometry(16, 8, 64),
    dcache: geometry(16, 8, 64),
    sharedL2: true,
    innerL2: false,
    inclusion: 'nine',
    ipolicy: 'lru',
    dpolicy: 'lru',
    l2policy: 'lru',
    iprefetch: 'off',
    dprefetch: 'off',
    itlb: NO_TLB,
    dtlb: NO_TLB,
    pageSize: 4096,
    cpi: 1,
    l2Latency: 10,
    memoryLatency: 100,
    tlbLatency: 20,
  };
}

/** Ways, lines, pseudo-random data cache: DDI 0388I 7.1.1. Sizes and L2: Zynq-7000, UG585 3.1.1 (its L2 is an L2C-310). */
const CORTEX_A9: Partial<SimConfig> = {
  icache: geometry(32, 4, 32),
  dcache: geometry(32, 4, 32),
  l2: geometry(512, 8, 32),
  ipolicy: 'rand',
  dpolicy: 'rand',
  l2policy: 'rand',
  itlb: full(32),
  dtlb: full(32),
  l2Latency: 8,
  memoryLatency: 60,
  tlbLatency: 20,
};

/**
 * Common cores. Each says where its geometry stands; sizes that an implementer chooses are common ones, and so is what no source
 * is named for. Latencies are round figures for an estimate, and of two-level TLBs the first is modelled.
 */
export const PRESETS: Readonly<Record<string, Partial<SimConfig>>> = {
  'cortex-a9': CORTEX_A9,
  zynq: CORTEX_A9,
  // L1I: DDI 0464F 2.1.1; L1D: 6.6.1 (ways, set index from bit 6 on); TLBs: 5.3.1.
  a7: {
    icache: geometry(32, 2, 32),
    dcache: geometry(32, 4, 64),
    l2: geometry(512, 8, 64),
    innerL2: true,
    ipolicy: 'rand',
    dpolicy: 'rand',
    l2policy: 'rand',
    itlb: full(10),
    dtlb: full(10),
    l2Latency: 8,
    memoryLatency: 80,
    tlbLatency: 15,
  },
  // L1D: DDI 0500D 6.7.1; L2: 7.1; TLBs: 5.1.
  a53: {
    icache: geometry(32, 2, 64),
    dcache: geometry(32, 4, 64),
    l2: geometry(512, 16, 64),
    innerL2: true,
    ipolicy: 'rand',
    dpolicy: 'rand',
    l2policy: 'rand',
    itlb: full(10),
    dtlb: full(10),
    l2Latency: 12,
    memoryLatency: 120,
    tlbLatency: 15,
  },
  // Lines of 8 words: DUI 0646C 4.5.2 (CTR).
  m7: {
    icache: geometry(16, 2, 32),
    dcache: geometry(16, 4, 32),
    ipolicy: 'rand',
    dpolicy: 'rand',
    memoryLatency: 30,
  },
  // rocket-chip, ICacheParams: 64 sets of 4 ways of 64 bytes, random replacement, 32 TLB entries.
  'rv-rocket': {
    icache: geometry(16, 4, 64),
    dcache: geometry(16, 4, 64),
    ipolicy: 'rand',
    dpolicy: 'rand',
    itlb: full(32),
    dtlb: full(32),
    memoryLatency: 100,
    tlbLatency: 30,
  },
  // L1s: Microchip, PolarFire SoC manual, U54 application cores; L2 of 2 MiB with lines of 64 bytes: FU540's device tree.
  'rv-u54': {
    icache: geometry(32, 8, 64),
    dcache: geometry(32, 8, 64),
    l2: geometry(2048, 16, 64),
    innerL2: true,
    ipolicy: 'rand',
    dpolicy: 'rand',
    l2policy: 'rand',
    itlb: full(40),
    dtlb: full(40),
    l2Latency: 20,
    memoryLatency: 120,
    tlbLatency: 30,
  },
};
for (const [long, short] of [
  ['cortex-a7', 'a7'],
  ['cortex-a53', 'a53'],
  ['cortex-m7', 'm7'],
] as const) {
  Object.assign(PRESETS, { [long]: PRESETS[short] });
}

/** What is wrong with a configuration, or undefined. */
export function configError(config: SimConfig): string | undefined {
  const { icache, dcache, l2, ipolicy, dpolicy, l2policy, inclusion, pageSize } = config;
  for (const [name, cache, policy] of [
    ['icache', icache, ipolicy],
    ['dcache', dcache, dpolicy],
    ['L2 cache', l2, l2policy],
  ] as const) {
    if (!cache) continue;
    const error = geometryError(cache) ?? policyError(policy, cache);
    if (error !== undefined) return `${name} cannot be constructed from given parameters\n${error}`;
  }
  if (!Number.isInteger(Math.log2(pageSize))) return `pagesize must be a power of two: ${pageSize}`;
  for (const [name, { entries, ways }] of [
    ['itlb', config.itlb],
    ['dtlb', config.dtlb],
  ] as const) {
    if (entries % (ways || 1) !== 0) return `${name}: ${entries} entries cannot be divided into sets of ${ways}`;
  }
  if (!l2) return inclusion === 'nine' ? undefined : `inclusion=${inclusion} needs an L2`;
  const lines = [icache.lineSize, dcache.lineSize];
  if (lines.some((size) => size > l2.lineSize)) return 'lines of the L2 must not be smaller than those of an L1';
  if (inclusion === 'exclusive' && lines.some((size) => size !== l2.lineSize)) {
    return 'inclusion=exclusive needs lines of one size';
  }
  return undefined;
}

/** Whether the policy can choose among the ways; what is wrong if not. */
export function policyError(policy: SimPolicy, { associativity }: CacheGeometry): string | undefined {
  return policy !== 'plru' || (Number.isInteger(Math.log2(associativity)) && associativity <= 32)
    ? undefined
    : 'evict=plru needs an associativity that is a power of two, at most 32';
}
