/** What the chart draws, computed from cumulative counts. No DOM here. */
import type { HistoryPoint } from './protocol/messages';

export const METRICS = {
  intervalRate: { label: 'Miss rate in each interval', unit: '%' },
  totalRate: { label: 'Miss rate since the start', unit: '%' },
  missesPerSecond: { label: 'Misses per second', unit: '/s' },
  accessesPerSecond: { label: 'Accesses per second', unit: '/s' },
} as const;

export type Metric = keyof typeof METRICS;

export interface ChartData {
  /** Seconds since the launch. */
  readonly time: number[];
  /** One list per level; null where there was nothing to divide by. */
  readonly values: (number | null)[][];
}

const percent = (misses: number, accesses: number): number | null => (accesses > 0 ? (100 * misses) / accesses : null);

/** The chosen metric over time, for each of `levels` levels. */
export function chartData(points: readonly HistoryPoint[], metric: Metric, levels: number): ChartData {
  const values = Array.from({ length: levels }, (_, level) =>
    points.map((point, index) => {
      const before = points[index - 1];
      const accesses = point.accesses[level] ?? 0;
      const misses = point.misses[level] ?? 0;
      if (metric === 'totalRate') return percent(misses, accesses);
      const newAccesses = accesses - (before?.accesses[level] ?? 0);
      const newMisses = misses - (before?.misses[level] ?? 0);
      if (metric === 'intervalRate') return percent(newMisses, newAccesses);
      const seconds = point.elapsed - (before?.elapsed ?? 0);
      return seconds > 0 ? (metric === 'missesPerSecond' ? newMisses : newAccesses) / seconds : null;
    }),
  );
  return { time: points.map((point) => point.elapsed), values };
}

const NUMBER = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 4 });

/** `2.31 %`, `1,234,000 /s`, `no accesses` */
export function formatValue(value: number | null | undefined, metric: Metric): string {
  return value === null || value === undefined ? 'no accesses' : `${NUMBER.format(value)} ${METRICS[metric].unit}`;
}

/** The chart in words, for those who do not see it. */
export function describeChart(data: ChartData, metric: Metric, names: readonly string[]): string {
  const last = data.time.at(-1);
  if (last === undefined) return `${METRICS[metric].label}: no values yet.`;
  const levels = names.map((name, index) => {
    const values = (data.values[index] ?? []).filter((value) => value !== null);
    if (!values.length) return `${name}: no accesses`;
    const highest = values.reduce((a, b) => Math.max(a, b));
    const lowest = values.reduce((a, b) => Math.min(a, b));
    return `${name}: latest ${formatValue(values.at(-1), metric)}, lowest ${formatValue(lowest, metric)}, highest ${formatValue(highest, metric)}`;
  });
  return `${METRICS[metric].label}, ${data.time.length} values from ${NUMBER.format(data.time[0] ?? 0)} to ${NUMBER.format(last)} seconds. ${levels.join('. ')}.`;
}
