/** Which way of a full set is replaced. */
export const SIM_POLICIES = ['lru', 'fifo', 'rand', 'plru'] as const;
export type SimPolicy = (typeof SIM_POLICIES)[number];

/** Told of the accesses to a cache's ways; names the way to replace in a full set. */
export interface Replacement {
  hit(set: number, way: number): void;
  filled(set: number, way: number): void;
  victim(set: number): number;
}

/** @param ways for `plru` a power of two, at most 32 */
export function replacement(policy: SimPolicy, sets: number, ways: number): Replacement {
  if (policy === 'rand') return new RandomReplacement(ways);
  return policy === 'plru' ? new TreePlru(sets, ways) : new Stamps(sets, ways, policy === 'lru');
}

/** LRU and FIFO: the way with the oldest stamp goes. */
class Stamps implements Replacement {
  private readonly stamps: Float64Array;
  private now = 0;

  constructor(
    sets: number,
    private readonly ways: number,
    private readonly byUse: boolean,
  ) {
    this.stamps = new Float64Array(sets * ways);
  }

  hit(set: number, way: number): void {
    if (this.byUse) this.filled(set, way);
  }

  filled(set: number, way: number): void {
    this.stamps[set * this.ways + way] = ++this.now;
  }

  victim(set: number): number {
    const base = set * this.ways;
    let oldest = 0;
    for (let way = 1; way < this.ways; way++) {
      if (this.stamps[base + way] < this.stamps[base + oldest]) oldest = way;
    }
    return oldest;
  }
}

/** Pseudo-LRU by a binary tree of bits: each bit of a set points to the half that was not used last. */
class TreePlru implements Replacement {
  private readonly bits: Uint32Array;

  constructor(
    sets: number,
    private readonly ways: number,
  ) {
    this.bits = new Uint32Array(sets);
  }

  hit(set: number, way: number): void {
    let bits = this.bits[set];
    // Node 1 is the root; node n has the children 2n and 2n + 1; the ways are the leaves from `ways` on.
    for (let node = way + this.ways; node > 1; node >>>= 1) {
      const parent = 1 << ((node >>> 1) - 1);
      bits = node & 1 ? bits & ~parent : bits | parent;
    }
    this.bits[set] = bits;
  }

  filled(set: number, way: number): void {
    this.hit(set, way);
  }

  victim(set: number): number {
    const bits = this.bits[set];
    let node = 1;
    while (node < this.ways) node = 2 * node + ((bits >>> (node - 1)) & 1);
    return node - this.ways;
  }
}

/** xorshift32 (G. Marsaglia, 2003) from a fixed seed, so that runs can be repeated. */
class RandomReplacement implements Replacement {
  private state = 0x9e3779b9;

  constructor(private readonly ways: number) {}

  hit(): void {}
  filled(): void {}

  victim(): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return (this.state >>> 0) % this.ways;
  }
}
