/** A slow, obvious cache: per set a list of {line, touched, filled}, searched from scratch. Written apart from the real one. */
export class ReferenceCache {
  hits = 0;
  misses = 0;
  compulsory = 0;
  evictions = 0;
  private readonly sets = new Map<number, ({ line: number; touched: number; filled: number } | undefined)[]>();
  private readonly turns = new Map<number, number>();
  private time = 0;

  constructor(
    private readonly size: number,
    private readonly ways: number,
    private readonly lineSize: number,
    private readonly policy: 'lru' | 'fifo' | 'round-robin' | 'way 0',
  ) {}

  private setOf(address: number): number {
    return Math.floor(address / this.lineSize) % (this.size / this.ways / this.lineSize);
  }

  private waysOf(set: number) {
    let ways = this.sets.get(set);
    if (!ways) this.sets.set(set, (ways = new Array(this.ways).fill(undefined)));
    return ways;
  }

  access(address: number): boolean {
    this.time++;
    const set = this.setOf(address);
    const ways = this.waysOf(set);
    const line = Math.floor(address / this.lineSize);
    const found = ways.find((way) => way?.line === line);
    if (found) {
      found.touched = this.time;
      this.hits++;
      return true;
    }
    this.misses++;
    let way = ways.findIndex((w) => w === undefined);
    if (way >= 0) this.compulsory++;
    else {
      this.evictions++;
      way = this.victim(set);
    }
    ways[way] = { line, touched: this.time, filled: this.time };
    return false;
  }

  private victim(set: number): number {
    const ways = this.waysOf(set).map((way) => way!);
    const oldest = (times: number[]): number => times.indexOf(Math.min(...times));
    switch (this.policy) {
      case 'lru':
        return oldest(ways.map((way) => way.touched));
      case 'fifo':
        return oldest(ways.map((way) => way.filled));
      case 'way 0':
        return 0;
      case 'round-robin': {
        const turn = this.turns.get(set) ?? 0;
        this.turns.set(set, (turn + 1) % this.ways);
        return turn;
      }
    }
  }

  invalidate(set: number, way: number): void {
    if (this.sets.has(set)) this.waysOf(set)[way] = undefined;
  }

  invalidateAll(): void {
    for (const ways of this.sets.values()) ways.fill(undefined);
  }
}
