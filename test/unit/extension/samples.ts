import type { CacheSample, HotLine } from '../../../src/adapter/protocol/custom';
import type { AccessCounts, CacheLevelStatistics } from '../../../src/plugin/statistics';

/** Makes counts in which every access that is no miss is a hit. */
export const counts = (accesses: number, misses: number): AccessCounts => ({
  accesses,
  hits: accesses - misses,
  misses,
});

const none = counts(0, 0);

/** A level of made-up geometry. */
export function level(
  name: CacheLevelStatistics['name'],
  kinds: Partial<Pick<CacheLevelStatistics, 'loads' | 'stores' | 'fetches'>>,
): CacheLevelStatistics {
  const all = { loads: none, stores: none, fetches: none, ...kinds };
  const misses = all.loads.misses + all.stores.misses + all.fetches.misses;
  const size = name === 'L2' ? 512 * 1024 : 32 * 1024;
  const associativity = name === 'L2' ? 8 : 4;
  const geometry = { size, associativity, lineSize: 32, sets: size / associativity / 32, policy: 'random' };
  const compulsory = Math.min(misses, 100);
  return { name, core: 0, ...geometry, ...all, compulsory, evictions: misses - compulsory, invalidations: 0 };
}

/** A sample of a plugin with the three usual levels, whose counts grow with the time. */
export function sample(elapsed: number, lines: readonly HotLine[] = [], pluginId = 1): CacheSample {
  const accesses = Math.round(elapsed * 1_000_000);
  const misses = Math.round(accesses / 50);
  return {
    elapsed,
    lines,
    statistics: {
      pluginId,
      pluginName: 'libcache.so',
      model: 'cortex-a9',
      cores: 1,
      instructions: accesses * 4,
      maintenance: 0,
      hottest: [],
      levels: [
        level('L1I', { fetches: counts(accesses * 4, 143) }),
        level('L1D', { loads: counts(accesses, misses), stores: counts(accesses / 2, 7) }),
        level('L2', { loads: counts(misses + 143, 50), stores: counts(7, 2) }),
      ],
    },
  };
}

export function hotLine(path: string | undefined, line: number, misses: Partial<HotLine>): HotLine {
  const zero = { l1iMisses: 0, l1dMisses: 0, l2Misses: 0, address: 0x100000 + 4 * line };
  return path === undefined ? { ...zero, ...misses } : { path, line, ...zero, ...misses };
}
