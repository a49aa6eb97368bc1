/** Numbers and names as the view shows them. */
import { missRate, type AccessCounts, type CacheLevelStatistics } from '../plugin/statistics';

const COUNT = new Intl.NumberFormat('en-US');

/** `79,339,224` */
export function formatCount(value: number): string {
  return COUNT.format(value);
}

/** `1.4182 %`; a dash where there were no accesses. */
export function formatRate(counts: AccessCounts): string {
  return counts.accesses === 0 ? '–' : `${missRate(counts).toFixed(4)} %`;
}

/** `32 KiB` */
export function formatBytes(bytes: number): string {
  if (bytes >= 1 << 20 && bytes % (1 << 20) === 0) return `${bytes / (1 << 20)} MiB`;
  if (bytes >= 1 << 10 && bytes % (1 << 10) === 0) return `${bytes / (1 << 10)} KiB`;
  return `${bytes} B`;
}

/** `L1D`, or `L1D core 1` where there are several cores. */
export function levelName({ name, core }: CacheLevelStatistics, cores: number): string {
  return cores > 1 ? `${name} core ${core}` : name;
}

/** `32 KiB, 4-way, 32 B lines, random` */
export function geometry({ size, associativity, lineSize, policy }: CacheLevelStatistics): string {
  return `${formatBytes(size)}, ${associativity}-way, ${lineSize} B lines, ${policy}`;
}

/** `0x00100040` */
export function formatAddress(address: number): string {
  return `0x${address.toString(16).padStart(8, '0')}`;
}
