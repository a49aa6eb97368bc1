import type { CacheSample } from '../../adapter/protocol/custom';
import { totalAccesses } from '../../plugin/statistics';
import type { HistoryPoint } from './messages';

/** Points kept at most: four a second for about eight minutes, then coarser. */
export const MAX_POINTS = 2000;

/** The counts of a sample as a point of the chart. */
export function pointOf({ elapsed, statistics }: CacheSample): HistoryPoint {
  const totals = statistics.levels.map(totalAccesses);
  return { elapsed, accesses: totals.map((t) => t.accesses), misses: totals.map((t) => t.misses) };
}

/** Adds a sample's point; one of the same moment as the last replaces it, one of an earlier moment starts over. */
export function addPoint(points: readonly HistoryPoint[], sample: CacheSample): HistoryPoint[] {
  const last = points.at(-1);
  const point = pointOf(sample);
  if (!last || point.elapsed > last.elapsed) return [...points, point];
  return point.elapsed === last.elapsed ? [...points.slice(0, -1), point] : [point];
}

/** Leaves out every second point but the last: the counts are cumulative, so what remains is as exact as before. */
export function thinOut(points: readonly HistoryPoint[]): HistoryPoint[] {
  return points.filter((_, index) => index % 2 === 0 || index === points.length - 1);
}
