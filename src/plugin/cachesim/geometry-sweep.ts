import type { CacheGeometry } from '../cache/set-associative';
import type { SimPolicy } from './replacement';
import { SimCache } from './sim-cache';

export interface SweepResult {
  readonly geometry: CacheGeometry;
  readonly accesses: number;
  readonly misses: number;
}

/**
 * Many geometries of one cache, told of the same accesses. With LRU a cache of more ways holds what one of fewer ways and the
 * same sets holds (R. L. Mattson et al., 1970), so one stack per set gives the misses of every number of ways; other policies
 * are simulated geometry by geometry.
 */
export class GeometrySweep {
  private accesses = 0;
  private readonly stacks = new Map<string, SetStacks>();
  private readonly caches: SimCache[] = [];

  /** @param geometries such that `geometryError` accepts each */
  constructor(
    private readonly geometries: readonly CacheGeometry[],
    policy: SimPolicy,
  ) {
    if (policy !== 'lru') {
      this.caches = geometries.map((geometry) => new SimCache(geometry, policy, false));
      return;
    }
    const depths = new Map<string, number>();
    for (const geometry of geometries) {
      const key = keyOf(geometry);
      depths.set(key, Math.max(geometry.associativity, depths.get(key) ?? 0));
    }
    for (const geometry of geometries) {
      const key = keyOf(geometry);
      if (!this.stacks.has(key)) {
        this.stacks.set(key, new SetStacks(geometry.lineSize, setsOf(geometry), depths.get(key)!));
      }
    }
  }

  access(address: number): void {
    this.accesses++;
    for (const stacks of this.stacks.values()) stacks.access(address);
    for (const cache of this.caches) {
      const line = cache.lineOf(address);
      if (cache.demand(line, 'loads') === undefined) cache.fill(line, 0);
    }
  }

  /** In the order of the geometries. */
  results(): SweepResult[] {
    const { accesses } = this;
    return this.geometries.map((geometry, i) => {
      const hits = this.stacks.get(keyOf(geometry))?.hitsWith(geometry.associativity);
      return { geometry, accesses, misses: hits === undefined ? this.caches[i].totalMisses : accesses - hits };
    });
  }
}

const setsOf = ({ size, associativity, lineSize }: CacheGeometry): number => size / (associativity * lineSize);
const keyOf = (geometry: CacheGeometry): string => `${geometry.lineSize} ${setsOf(geometry)}`;

/** For each set the lines accessed last, latest first; how often an access found its line at which place. */
class SetStacks {
  private readonly lines: Float64Array;
  private readonly found: Float64Array;

  constructor(
    private readonly lineSize: number,
    private readonly sets: number,
    private readonly depth: number,
  ) {
    this.lines = new Float64Array(sets * depth).fill(-1);
    this.found = new Float64Array(depth);
  }

  access(address: number): void {
    const { lines, depth } = this;
    const line = Math.floor(address / this.lineSize);
    const base = (line % this.sets) * depth;
    if (lines[base] === line) {
      this.found[0]++;
      return;
    }
    let place = 1;
    while (place < depth && lines[base + place] !== line) place++;
    if (place < depth) this.found[place]++;
    else place = depth - 1;
    lines.copyWithin(base + 1, base, base + place);
    lines[base] = line;
  }

  hitsWith(ways: number): number {
    return this.found.subarray(0, ways).reduce((sum, count) => sum + count, 0);
  }
}
