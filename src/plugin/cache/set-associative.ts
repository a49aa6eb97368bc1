import type { Victims } from './policies';

/** What a cache is: sizes in bytes. */
export interface CacheGeometry {
  readonly size: number;
  readonly associativity: number;
  readonly lineSize: number;
}

/** Kinds of access, as indices into {@link SetAssociativeCache.hits} and `misses`. */
export enum Access {
  Load,
  Store,
  Fetch,
}

/**
 * A set-associative cache that allocates on every miss, over 32-bit addresses. A line's place is found from its number as
 * QEMU's cache plugin does: set = line & (sets - 1), also where the number of sets is no power of two.
 */
export class SetAssociativeCache {
  readonly sets: number;
  /** By {@link Access}. */
  readonly hits = new Float64Array(3);
  readonly misses = new Float64Array(3);
  /** Misses that filled an empty way; every other miss evicted a line. */
  compulsory = 0;
  evictions = 0;
  invalidations = 0;

  private readonly ways: number;
  private readonly lineShift: number;
  private readonly setMask: number;
  private readonly lines: Int32Array;
  private readonly valid: Uint8Array;
  /** Per set: the way accessed last, looked at first. */
  private readonly recent: Int32Array;

  /** @param geometry one that {@link geometryError} accepts */
  constructor(
    readonly geometry: CacheGeometry,
    private readonly victims: Victims,
  ) {
    const { size, associativity, lineSize } = geometry;
    this.ways = associativity;
    this.sets = size / (associativity * lineSize);
    this.lineShift = Math.log2(lineSize);
    this.setMask = this.sets - 1;
    this.lines = new Int32Array(this.sets * this.ways);
    this.valid = new Uint8Array(this.sets * this.ways);
    this.recent = new Int32Array(this.sets);
    victims.attach(this.sets, this.ways);
  }

  /** As reports name the replacement policy. */
  get policy(): string {
    return this.victims.name;
  }

  /** One access; counts it and returns whether it hit. */
  access(address: number, kind: Access): boolean {
    const line = (address >>> this.lineShift) | 0;
    const set = line & this.setMask;
    const { lines, valid, ways } = this;
    const first = set * ways;
    const likely = first + this.recent[set];
    if (lines[likely] === line && valid[likely]) {
      this.hits[kind]++;
      return true;
    }
    for (let way = 0; way < ways; way++) {
      if (lines[first + way] === line && valid[first + way]) {
        this.hits[kind]++;
        this.recent[set] = way;
        this.victims.touched(set, way);
        return true;
      }
    }
    this.misses[kind]++;
    this.fill(line, set, first);
    return false;
  }

  private fill(line: number, set: number, first: number): void {
    const { valid, ways } = this;
    let way = 0;
    while (way < ways && valid[first + way]) way++;
    if (way < ways) {
      this.compulsory++;
    } else {
      way = this.victims.choose(set);
      this.evictions++;
    }
    this.lines[first + way] = line;
    valid[first + way] = 1;
    this.recent[set] = way;
    this.victims.filled(set, way);
  }

  /** Empties one way of one set, if there is such a set; the victims' state stays. */
  invalidate(set: number, way: number): void {
    if (set >= this.sets || way >= this.ways) return;
    const at = set * this.ways + way;
    this.invalidations += this.valid[at];
    this.valid[at] = 0;
  }

  /** Empties the cache. */
  invalidateAll(): void {
    for (const valid of this.valid) this.invalidations += valid;
    this.valid.fill(0);
  }
}

/** Why a cache cannot have this geometry, in the words of QEMU's cache plugin where it has some; undefined if it can. */
export function geometryError({ size, associativity, lineSize }: CacheGeometry): string | undefined {
  if (![size, associativity, lineSize].every((n) => Number.isSafeInteger(n) && n > 0)) {
    return 'cache size, block size and associativity must be positive';
  }
  if (size % lineSize !== 0) return 'cache size must be divisible by block size';
  if (size % (lineSize * associativity) !== 0) {
    return 'cache size must be divisible by set size (assoc * block size)';
  }
  if (!Number.isInteger(Math.log2(lineSize))) return 'block size must be a power of two';
  if (size > 2 ** 30) return 'cache size must not exceed 1 GiB';
  return undefined;
}
