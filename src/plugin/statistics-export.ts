import { missRate, totalAccesses, type AccessCounts, type CacheStatistics } from './statistics';

const LEVEL_COLUMNS = [
  'plugin',
  'model',
  'core',
  'level',
  'size',
  'associativity',
  'line size',
  'policy',
  'kind',
  'accesses',
  'hits',
  'misses',
  'miss rate %',
  'compulsory',
  'evictions',
  'invalidations',
];

const INSTRUCTION_COLUMNS = ['plugin', 'address', 'symbol', 'instruction', 'L1I misses', 'L1D misses', 'L2 misses'];

/**
 * Comma-separated values (RFC 4180, CRLF): one row per level and kind of access with a `total` row for each level, a blank
 * line, then one row per instruction with misses. `compulsory`, `evictions` and `invalidations` stand in the total row.
 */
export function statisticsToCsv(caches: readonly CacheStatistics[]): string {
  const rows: (string | number)[][] = [LEVEL_COLUMNS];
  for (const cache of caches) {
    for (const level of cache.levels) {
      const geometry = [level.core, level.name, level.size, level.associativity, level.lineSize, level.policy];
      const row = (kind: string, counts: AccessCounts, more: (string | number)[]) => {
        const { accesses, hits, misses } = counts;
        const rate = missRate(counts).toFixed(5);
        rows.push([cache.pluginName, cache.model, ...geometry, kind, accesses, hits, misses, rate, ...more]);
      };
      for (const kind of ['loads', 'stores', 'fetches'] as const) row(kind, level[kind], ['', '', '']);
      row('total', totalAccesses(level), [level.compulsory, level.evictions, level.invalidations]);
    }
  }
  rows.push([], INSTRUCTION_COLUMNS);
  for (const cache of caches) {
    for (const insn of cache.hottest) {
      const address = `0x${insn.address.toString(16)}`;
      const misses = [insn.l1iMisses, insn.l1dMisses, insn.l2Misses];
      rows.push([cache.pluginName, address, insn.symbol ?? '', insn.disassembly, ...misses]);
    }
  }
  return rows.map((row) => row.map(csvField).join(',') + '\r\n').join('');
}

function csvField(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The statistics as indented JSON text: `{ "caches": [ … ] }`. */
export function statisticsToJson(caches: readonly CacheStatistics[]): string {
  return JSON.stringify({ caches }, null, 2) + '\n';
}
