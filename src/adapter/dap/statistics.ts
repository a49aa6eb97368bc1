import type { CacheStatistics, InstructionMisses } from '../../plugin/statistics';
import type { EngineApi } from '../engine/api';
import type { CacheSample, CustomRequests, HotLine } from '../protocol/custom';
import { CheckedObject } from './checked';
import type { Client, Handlers } from './client';
import type { CodeMap } from './code-map';

/** Instructions asked for when the client does not say. */
export const HOT_INSTRUCTIONS = 200;

/** The cache plugins' statistics with the source lines their misses lie in: on request and pushed. */
export class StatisticsFeed {
  readonly handlers: Handlers = {
    'tcg/cacheStatistics': (args) => this.request(args),
  };
  private last: readonly CacheSample[] = [];
  private started = Date.now();

  /**
   * @param source undefined when there is no program any more: the last sample holds then
   */
  constructor(
    private readonly source: () => { readonly engine: EngineApi; readonly map: CodeMap } | undefined,
    private readonly client: Client,
  ) {}

  /** A new launch: elapsed time counts from here. */
  restart(): void {
    this.started = Date.now();
    this.last = [];
  }

  /** What the engine told by itself. */
  push(caches: readonly CacheStatistics[], running: boolean): void {
    if (caches.length === 0) return;
    this.last = this.samples(caches);
    this.client.custom('tcg/cacheStatistics', { caches: [...this.last], running });
  }

  private async request(args: unknown): Promise<CustomRequests['tcg/cacheStatistics']['body']> {
    const checked = new CheckedObject(args ?? {}, 'tcg/cacheStatistics');
    const count = checked.optionalInteger('hotInstructions', { min: 0, max: 100_000 }) ?? HOT_INSTRUCTIONS;
    const executed = checked.boolean('executed', false);
    const source = this.source();
    if (source) {
      try {
        this.last = this.samples(await source.engine.statistics(count, executed));
      } catch {
        // The engine is gone: what it told last still holds.
      }
    }
    return { caches: [...this.last] };
  }

  private samples(caches: readonly CacheStatistics[]): CacheSample[] {
    const map = this.source()?.map;
    const elapsed = (Date.now() - this.started) / 1000;
    return caches.map((statistics) => ({ statistics, elapsed, lines: hotLines(statistics.hottest, map) }));
  }
}

/** Sums the misses of instructions by source line, most misses first; those without a line stand alone. */
export function hotLines(instructions: readonly InstructionMisses[], map: CodeMap | undefined): HotLine[] {
  const lines = new Map<string, HotLine>();
  for (const instruction of instructions) {
    const { address } = instruction;
    const place = map?.placeOf(address);
    const key = place ? `${place.line}:${place.path}` : `@${address}`;
    const known = lines.get(key);
    const symbol = map?.symbolAt(address)?.name ?? instruction.symbol ?? undefined;
    lines.set(key, {
      ...(place && { path: place.path, line: place.line }),
      ...(known ? known.symbol !== undefined && { symbol: known.symbol } : symbol !== undefined && { symbol }),
      address: known ? Math.min(known.address, address) : address,
      l1iMisses: (known?.l1iMisses ?? 0) + instruction.l1iMisses,
      l1dMisses: (known?.l1dMisses ?? 0) + instruction.l1dMisses,
      l2Misses: (known?.l2Misses ?? 0) + instruction.l2Misses,
    });
  }
  const total = (line: HotLine) => line.l1iMisses + line.l1dMisses + line.l2Misses;
  return [...lines.values()].sort((a, b) => total(b) - total(a) || a.address - b.address);
}
