import { ownPiece, type ModelPiece } from '../../tcg/model-memory';
import { nextMultiplicative, nextRandom, POLICY_NAMES, SEEDS, type Policy } from './policies';

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

/** The counts, in order: accesses by kind, misses by kind, then these. */
enum Count {
  Accesses = 0,
  Misses = 3,
  Compulsory = 6,
  Evictions = 7,
  Invalidations = 8,
}
const COUNTS = 9;
const VECTOR_BYTES = 16;

/** Where a cache's state lies, as byte offsets in the buffer. Lines are line numbers; an empty way of a set has ~set. */
export interface CacheLayout {
  readonly shared: boolean;
  /** 64-bit floating-point numbers, by {@link Access}. */
  readonly accesses: number;
  readonly misses: number;
  readonly compulsory: number;
  readonly evictions: number;
  /** Per set a word: the line accessed last. Another access to it changes nothing. */
  readonly front: number;
  /** Per set and way a word: the line; in the policy's order where it has one. */
  readonly lines: number;
  /** Per set a word, for round-robin: the next victim. */
  readonly turns: number;
  /** A word: the state of the policy's generator. */
  readonly random: number;
}

/**
 * A set-associative cache that allocates on every miss, over 32-bit addresses. A line's place is found from its number as
 * QEMU's cache plugin does: set = line & (sets - 1), also where the number of sets is no power of two. All its state lies
 * in a piece of memory, where translated code works on it as this class does.
 */
export class SetAssociativeCache {
  readonly sets: number;
  readonly ways: number;
  readonly lineBits: number;
  readonly layout: CacheLayout;
  private readonly words: Int32Array;
  private readonly counts: Float64Array;
  private readonly front: number;
  private readonly lines: number;
  private readonly turns: number;
  private readonly random: number;

  /**
   * @param geometry one that {@link geometryError} accepts
   * @param allocate gives a zeroed piece of memory of that many bytes
   */
  constructor(
    readonly geometry: CacheGeometry,
    readonly replacement: Policy,
    allocate: (bytes: number) => ModelPiece = ownPiece,
  ) {
    const { size, associativity, lineSize } = geometry;
    this.ways = associativity;
    this.sets = size / (associativity * lineSize);
    this.lineBits = Math.log2(lineSize);
    const { sets, ways } = this;
    const { buffer, offset, shared } = allocate(8 * COUNTS + 4 * (1 + 2 * sets + sets * ways) + VECTOR_BYTES);
    this.words = new Int32Array(buffer);
    this.counts = new Float64Array(buffer, offset, COUNTS);
    const random = offset + 8 * COUNTS;
    const front = random + 4;
    const turns = front + 4 * sets;
    // Translated code takes several lines at once.
    const lines = Math.ceil((turns + 4 * sets) / VECTOR_BYTES) * VECTOR_BYTES;
    this.layout = {
      shared,
      accesses: offset + 8 * Count.Accesses,
      misses: offset + 8 * Count.Misses,
      compulsory: offset + 8 * Count.Compulsory,
      evictions: offset + 8 * Count.Evictions,
      front,
      lines,
      turns,
      random,
    };
    [this.random, this.front, this.turns, this.lines] = [random, front, turns, lines].map((at) => at >>> 2);
    this.words[this.random] = SEEDS[replacement] ?? 0;
    for (let set = 0; set < sets; set++) this.emptySet(set);
  }

  /** As reports name the replacement policy. */
  get policy(): string {
    return POLICY_NAMES[this.replacement];
  }

  /** By {@link Access}. */
  get misses(): Float64Array {
    return this.counts.slice(Count.Misses, Count.Misses + 3);
  }

  /** By {@link Access}: of the accesses that {@link access} and {@link count} counted, those that did not miss. */
  get hits(): Float64Array {
    const { counts } = this;
    return Float64Array.from([0, 1, 2], (kind) => counts[Count.Accesses + kind] - counts[Count.Misses + kind]);
  }

  /** Misses that filled an empty way; every other miss evicted a line. */
  get compulsory(): number {
    return this.counts[Count.Compulsory];
  }

  set compulsory(value: number) {
    this.counts[Count.Compulsory] = value;
  }

  get evictions(): number {
    return this.counts[Count.Evictions];
  }

  get invalidations(): number {
    return this.counts[Count.Invalidations];
  }

  setOf(address: number): number {
    return (address >>> this.lineBits) & (this.sets - 1);
  }

  /** One access; counts it and returns whether it hit. */
  access(address: number, kind: Access): boolean {
    this.counts[Count.Accesses + kind]++;
    return this.lookUp(address, kind);
  }

  /** As {@link access} for one that is counted elsewhere; a miss is counted here. */
  lookUp(address: number, kind: Access): boolean {
    const { words, sets } = this;
    const line = (address >>> this.lineBits) | 0;
    const set = line & (sets - 1);
    if (words[this.front + set] === line) return true;
    words[this.front + set] = line;
    if (this.touch(set, line)) return true;
    this.counts[Count.Misses + kind]++;
    return false;
  }

  /** Finds the line in its set or puts it there, as the policy does; returns whether it was there. */
  private touch(set: number, line: number): boolean {
    const first = this.lines + set * this.ways;
    switch (this.replacement) {
      case 'lru':
        return this.toFront(set, first, line);
      case 'fifo':
        return this.find(first, line) || this.toFront(set, first, line);
      default:
        return this.find(first, line) || this.fill(set, first, line);
    }
  }

  private find(first: number, line: number): boolean {
    const end = first + this.ways;
    for (let at = first; at < end; at++) if (this.words[at] === line) return true;
    return false;
  }

  /** Puts the line first and moves those before it back by one; the last one falls out if it was not there. */
  private toFront(set: number, first: number, line: number): boolean {
    const { words } = this;
    const end = first + this.ways;
    let moving = line;
    for (let at = first; at < end; at++) {
      const here = words[at];
      words[at] = moving;
      if (here === line) return true;
      moving = here;
    }
    this.counts[moving === ~set ? Count.Compulsory : Count.Evictions]++;
    return false;
  }

  /** Fills the first empty way, else the victim; false, since it was not there. */
  private fill(set: number, first: number, line: number): false {
    const { words, ways, counts } = this;
    let way = 0;
    while (way < ways && words[first + way] !== ~set) way++;
    if (way < ways) {
      counts[Count.Compulsory]++;
    } else {
      way = this.victim(set);
      counts[Count.Evictions]++;
    }
    words[first + way] = line;
    return false;
  }

  private victim(set: number): number {
    const { words, ways } = this;
    if (this.replacement === 'round-robin') {
      const way = words[this.turns + set];
      words[this.turns + set] = (way + 1) % ways;
      return way;
    }
    const next = this.replacement === 'random' ? nextRandom : nextMultiplicative;
    return ((words[this.random] = next(words[this.random])) >>> 0) % ways;
  }

  /** Changes the count of accesses of the kind: corrects one that was counted elsewhere. */
  count(kind: Access, change: number): void {
    this.counts[Count.Accesses + kind] += change;
  }

  /**
   * Empties one way of one set, if there is such a set; the victims' state stays. Ways have numbers only where the policy
   * has no order of its own: not with lru and fifo.
   */
  invalidate(set: number, way: number): void {
    if (set >= this.sets || way >= this.ways) return;
    if (this.replacement === 'lru' || this.replacement === 'fifo') {
      throw new Error(`a cache with ${this.policy} replacement has no numbered ways`);
    }
    const { words } = this;
    const at = this.lines + set * this.ways + way;
    if (words[at] === ~set) return;
    if (words[this.front + set] === words[at]) words[this.front + set] = ~set;
    words[at] = ~set;
    this.counts[Count.Invalidations]++;
  }

  /** Address of the line that a way of a set holds; undefined if it is empty or there is none. With lru and fifo way 0 is the newest. */
  lineAt(set: number, way: number): number | undefined {
    if (set >= this.sets || way >= this.ways) return undefined;
    const line = this.words[this.lines + set * this.ways + way];
    return line === ~set ? undefined : (line << this.lineBits) >>> 0;
  }

  /** Empties the way that has the address's line, if one has; numbered ways as for {@link invalidate}. */
  invalidateLine(address: number): void {
    const set = this.setOf(address);
    const line = (address >>> this.lineBits) | 0;
    for (let way = 0; way < this.ways; way++) {
      if (this.words[this.lines + set * this.ways + way] === line) this.invalidate(set, way);
    }
  }

  /** Empties the cache. */
  invalidateAll(): void {
    const { words, ways } = this;
    for (let set = 0; set < this.sets; set++) {
      const first = this.lines + set * ways;
      for (let way = 0; way < ways; way++) if (words[first + way] !== ~set) this.counts[Count.Invalidations]++;
      this.emptySet(set);
    }
  }

  private emptySet(set: number): void {
    const first = this.lines + set * this.ways;
    this.words.fill(~set, first, first + this.ways);
    this.words[this.front + set] = ~set;
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
  // Every line number is one of a block then, and none is left that says that a way is empty.
  if (lineSize === 1 && size === associativity)
    return 'blocks of a fully associative cache must be larger than one byte';
  if (size > 2 ** 30) return 'cache size must not exceed 1 GiB';
  return undefined;
}
