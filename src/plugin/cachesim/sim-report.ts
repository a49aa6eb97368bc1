import { hexAddress, percent } from '../bundled/format';
import { MISS_CLASSES } from './shadow';
import type { SimCache } from './sim-cache';
import type { SimConfig } from './sim-config';
import { group, type SimCounts, type SimRecord } from './sim-records';
import type { SimSystem } from './sim-system';
import type { StackDistances } from './stack-distances';

/** A cache's name, the core it belongs to (`*`: all), and the cache. */
type Named = readonly [name: string, core: string, cache: SimCache];

export function cachesOf(system: SimSystem): Named[] {
  const { cores, config } = system;
  const list = cores.flatMap((core, i): Named[] => [
    ['L1I', String(i), core.l1i],
    ['L1D', String(i), core.l1d],
    ...(core.l2 && !config.sharedL2 ? [['L2', String(i), core.l2] as const] : []),
    ...(core.itlb ? [['ITLB', String(i), core.itlb] as const] : []),
    ...(core.dtlb ? [['DTLB', String(i), core.dtlb] as const] : []),
  ]);
  const shared = cores[0].l2;
  return shared && config.sharedL2 ? [...list, ['L2', '*', shared]] : list;
}

/** What `libcachesim.so` prints at exit: tables with commas, a blank line between them. */
export function simReport(system: SimSystem, records: readonly SimRecord[], limit: number): string {
  const caches = cachesOf(system);
  const parts = [
    table(
      ['cache', 'core', 'accesses', 'misses', 'miss rate', ...MISS_CLASSES, 'evictions', 'write-backs']
        .concat(['invalidations', 'prefetches', 'useful'])
        .join(', '),
      caches.map(([name, core, c]) => {
        const rate = `${percent(c.totalMisses, c.totalAccesses).toFixed(4)}%`;
        const classes = MISS_CLASSES.map((name) => c.classes[name]);
        const rest = [c.evictions, c.writeBacks, c.invalidations, c.prefetches, c.usefulPrefetches];
        return [name, core, c.totalAccesses, c.totalMisses, rate, ...classes, ...rest];
      }),
    ),
    estimate(system, records),
    countsTable(
      'function',
      group(records, (r) => r.symbol ?? undefined),
      system.config,
      limit,
    ),
    countsTable(
      'line',
      group(records, ({ source }) => (source ? `${source.file}:${source.line}` : undefined)),
      system.config,
      limit,
    ),
    instructionTable(records, system.config, limit),
    pressure(caches, limit),
  ];
  if (system.reuse) {
    parts.push(histogram('data', system.reuse.data), histogram('fetch', system.reuse.fetches));
  }
  return parts.join('\n');
}

function table(header: string, rows: readonly (readonly (string | number)[])[]): string {
  return [header, ...rows.map((row) => row.join(', ')), ''].join('\n');
}

/** Cycles of the counts: those of the instructions when all hits, and the stalls. */
export function cyclesOf(counts: Pick<SimCounts, 'executions' | 'stalls'>, config: SimConfig): number {
  return counts.executions * config.cpi + counts.stalls;
}

function estimate(system: SimSystem, records: readonly SimRecord[]): string {
  const instructions = system.cores.reduce((sum, core) => sum + core.total.executions, 0);
  const cycles = records.reduce((sum, record) => sum + cyclesOf(record, system.config), 0);
  const cpi = instructions === 0 ? 0 : cycles / instructions;
  const header = 'instructions, estimated cycles, estimated CPI, memory reads, memory writes, upgrades, interventions';
  const { memoryReads, memoryWrites, upgrades, interventions } = system;
  return table(header, [
    [instructions, Math.round(cycles), cpi.toFixed(4), memoryReads, memoryWrites, upgrades, interventions],
  ]);
}

const COUNT_COLUMNS = 'instructions, loads, stores, L1I misses, L1D misses, L2 misses, TLB misses, cycles';

function countsOf(counts: SimCounts, config: SimConfig): number[] {
  const misses = [counts.l1Misses.fetches, counts.l1dMisses, counts.allL2Misses, counts.tlbMisses];
  return [counts.executions, counts.loads, counts.stores, ...misses, Math.round(cyclesOf(counts, config))];
}

function countsTable(title: string, rows: [string, SimCounts][], config: SimConfig, limit: number): string {
  return table(
    `${title}, ${COUNT_COLUMNS}`,
    rows.slice(0, limit).map(([name, counts]) => [name, ...countsOf(counts, config)]),
  );
}

/** The instructions with the most misses; none without a miss. */
export function hottestRecords(records: readonly SimRecord[], limit: number): SimRecord[] {
  return records
    .filter((record) => record.allMisses > 0)
    .sort((a, b) => b.allMisses - a.allMisses || a.vaddr - b.vaddr)
    .slice(0, limit);
}

function instructionTable(records: readonly SimRecord[], config: SimConfig, limit: number): string {
  const rows = hottestRecords(records, limit).map((record) => {
    const symbol = record.symbol === null ? '' : ` (${record.symbol})`;
    return [`${hexAddress(record.vaddr)}${symbol}`, ...countsOf(record, config), record.disassembly];
  });
  return table(`address, ${COUNT_COLUMNS}, instruction`, rows);
}

/** The sets with the most misses of each cache. A cache of one set has no pressure on one. */
function pressure(caches: readonly Named[], limit: number): string {
  const rows = caches.flatMap(([name, core, { sets, setMisses, setAccesses }]) =>
    sets === 1
      ? []
      : Array.from(setMisses, (misses, set) => ({ misses, set }))
          .filter(({ misses }) => misses > 0)
          .sort((a, b) => b.misses - a.misses || a.set - b.set)
          .slice(0, limit)
          .map(({ misses, set }) => [name, core, set, setAccesses[set], misses]),
  );
  return table('cache, core, set, accesses, misses', rows);
}

function histogram(name: string, distances: StackDistances): string {
  const rows = distances
    .ranges()
    .map(({ from, to, count }): (string | number)[] => [from === to ? from : `${from}-${to}`, count]);
  return table(`${name} reuse distance (lines), accesses`, [...rows, ['first access', distances.first]]);
}
