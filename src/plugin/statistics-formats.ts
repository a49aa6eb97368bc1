import { statisticsToCpuProfile } from './profile/cpuprofile-export';
import { statisticsToLcov } from './profile/lcov-export';
import { statisticsToCachegrind, statisticsToCallgrind } from './profile/valgrind-export';
import type { CacheStatistics } from './statistics';
import { statisticsToCsv, statisticsToJson } from './statistics-export';

interface Format {
  readonly label: string;
  /** Made of what every instruction did: the statistics must have `executed`. */
  readonly isProfile: boolean;
  /** Throws an Error when a profile is asked for and no model has one. */
  write(caches: readonly CacheStatistics[]): string;
}

/** What cache statistics can be exported as, by the ending of the file. */
export const STATISTICS_FORMATS = {
  csv: { label: 'Comma-separated values', isProfile: false, write: statisticsToCsv },
  json: { label: 'JSON', isProfile: false, write: statisticsToJson },
  callgrind: { label: 'Callgrind', isProfile: true, write: statisticsToCallgrind },
  cachegrind: { label: 'Cachegrind', isProfile: true, write: statisticsToCachegrind },
  cpuprofile: { label: 'CPU profile', isProfile: true, write: statisticsToCpuProfile },
  lcov: { label: 'lcov', isProfile: true, write: statisticsToLcov },
} as const satisfies Record<string, Format>;

export type StatisticsFormat = keyof typeof STATISTICS_FORMATS;

/** The format that a file's ending names; undefined if there is none of it. */
export function statisticsFormat(file: string): StatisticsFormat | undefined {
  const ending = /\.([a-z]+)$/i.exec(file)?.[1].toLowerCase() ?? '';
  return Object.hasOwn(STATISTICS_FORMATS, ending) ? (ending as StatisticsFormat) : undefined;
}
