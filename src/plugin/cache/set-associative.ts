import { ownPiece, type ModelPiece } from '../../tcg/model-memory';
import { isBefore, startClock, tick } from '../../tcg/access-clock';
import { nextMultiplicative, nextRandom, POLICY_NAMES, SEEDS, type Policy } from './policies';

/** What a cache is: sizes in bytes. */
export interface CacheGeometry {
  readonly size: number;
  readonly associativity: number;
  readonly lineSize: number;
}

/** Kinds of access, as indices into {@link SetAssociativeCache.misses}. */
export enum Access {
  Load,
  Store,
  Fetch,
}

/** The counts, in order: corrections of accesses by kind, misses by kind, then these. */
enum Count {
  Corrections = 0,
  Misses = 3,
  /** Misses that filled an empty way. */
  Filled = 6,
  Invalidations = 7,
}
const COUNTS = 8;
const VECTOR_BYTES = 16;

/** Where a cache's state lies, as byte offsets in the buffer. Lines are line numbers; an empty way of a set has ~set. */
export interface CacheLayout {
  readonly shared: boolean;
  /** 64-bit floating-point numbers, by {@link Access}. */
  readonly corrections: number;
  readonly misses: number;
  readonly filled: number;
  /** Per set a word: the line accessed last. Another access to it changes nothing. Undefined: nobody keeps that. */
  readonly front: number | undefined;
  /** Per set and way a word: the line. */
  readonly lines: number;
  /** With lru: a clock, see {@link startClock}, and per set and way when it was last accessed, 0 for an empty one; doublewords. */
  readonly clock: number | undefined;
  readonly times: number;
  /** With lru: the number of each way, as a doubleword. */
  readonly numbers: number;
  /** Per set a word, for fifo and round-robin: the next victim, or with fifo the next way to fill. */
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
  private readonly front: number | undefined;
  private readonly lines: number;
  private readonly clock: number;
  private readonly times: number;
  private readonly turns: number;
  private readonly random: number;
  /** Of {@link Count.Filled}, what is no more counted as compulsory. */
  private forgotten = 0;

  /**
   * @param geometry one that {@link geometryError} accepts
   * @param allocate gives a zeroed piece of memory of that many bytes
   * @param hasFront whether the cache is told of every access, but for those to the line that its set was accessed with last
   */
  constructor(
    readonly geometry: CacheGeometry,
    readonly replacement: Policy,
    allocate: (bytes: number) => ModelPiece = ownPiece,
    hasFront = true,
  ) {
    const { size, associativity, lineSize } = geometry;
    this.ways = associativity;
    this.sets = size / (associativity * lineSize);
    this.lineBits = Math.log2(lineSize);
    const { sets, ways } = this;
    const hasTimes = replacement === 'lru';
    const needed = 8 * COUNTS + 8 + 4 + 4 * (2 * sets + sets * ways) + 3 * VECTOR_BYTES;
    const { buffer, offset, shared } = allocate(needed + (hasTimes ? 8 * (sets + 1) * ways : 0));
    this.words = new Int32Array(buffer);
    this.counts = new Float64Array(buffer, offset, COUNTS);
    const clock = offset + 8 * COUNTS;
    const random = clock + 8;
    const front = random + 4;
    const turns = front + 4 * sets;
    // Translated code takes several lines, or times, at once.
    const aligned = (at: number): number => Math.ceil(at / VECTOR_BYTES) * VECTOR_BYTES;
    const lines = aligned(turns + 4 * sets);
    const times = aligned(lines + 4 * sets * ways);
    const numbers = aligned(times + 8 * sets * ways);
    this.layout = {
      shared,
      corrections: offset + 8 * Count.Corrections,
      misses: offset + 8 * Count.Misses,
      filled: offset + 8 * Count.Filled,
      front: hasFront ? front : undefined,
      lines,
      clock: hasTimes ? clock : undefined,
      times,
      numbers,
      turns,
      random,
    };
    [this.random, this.turns, this.lines] = [random, turns, lines].map((at) => at >>> 2);
    [this.clock, this.times] = [clock, times].map((at) => at >>> 2);
    this.front = hasFront ? front >>> 2 : undefined;
    this.words[this.random] = SEEDS[replacement] ?? 0;
    if (hasTimes) {
      startClock(this.words, this.clock);
      for (let way = 0; way < ways; way++) this.words[(numbers >>> 2) + 2 * way] = way;
    }
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

  /** By {@link Access}: the sum of what {@link correct} was told. */
  get corrections(): Float64Array {
    return this.counts.slice(Count.Corrections, Count.Corrections + 3);
  }

  /** Misses that filled an empty way; every other miss evicted a line. */
  get compulsory(): number {
    return this.counts[Count.Filled] - this.forgotten;
  }

  set compulsory(value: number) {
    this.forgotten = this.counts[Count.Filled] - value;
  }

  get evictions(): number {
    return this.misses.reduce((sum, misses) => sum + misses, 0) - this.counts[Count.Filled];
  }

  get invalidations(): number {
    return this.counts[Count.Invalidations];
  }

  setOf(address: number): number {
    return (address >>> this.lineBits) & (this.sets - 1);
  }

  /** One access, which is counted elsewhere; a miss is counted here. Returns whether it hit. */
  lookUp(address: number, kind: Access): boolean {
    const { words, sets, front } = this;
    const line = (address >>> this.lineBits) | 0;
    const set = line & (sets - 1);
    if (front !== undefined) {
      if (words[front + set] === line) return true;
      words[front + set] = line;
    }
    if (this.touch(set, line)) return true;
    this.counts[Count.Misses + kind]++;
    return false;
  }

  /** The number of the way, of all sets' ways, that has the address's line; -1 if none has. */
  wayOf(address: number): number {
    const line = (address >>> this.lineBits) | 0;
    const first = this.lines + (line & (this.sets - 1)) * this.ways;
    const at = this.find(first, line);
    return at < 0 ? -1 : at - this.lines;
  }

  /** Finds the line in its set or puts it there, as the policy does; returns whether it was there. */
  private touch(set: number, line: number): boolean {
    const first = this.lines + set * this.ways;
    const found = this.find(first, line);
    const way = found >= 0 ? found - first : this.fill(set, first, line);
    if (this.replacement === 'lru') {
      tick(this.words, this.clock, this.times + 2 * (first - this.lines + way));
    }
    return found >= 0;
  }

  /** The index in {@link words} of the set's way that has the line, or -1. */
  private find(first: number, line: number): number {
    const end = first + this.ways;
    for (let at = first; at < end; at++) if (this.words[at] === line) return at;
    return -1;
  }

  /** Puts the line into the first empty way, else the victim's; returns that way. */
  private fill(set: number, first: number, line: number): number {
    const { words, ways, counts } = this;
    let way = 0;
    if (this.replacement === 'fifo') way = this.victim(set);
    else while (way < ways && words[first + way] !== ~set) way++;
    if (way === ways) way = this.replacement === 'lru' ? this.oldest(first) : this.victim(set);
    if (words[first + way] === ~set) counts[Count.Filled]++;
    words[first + way] = line;
    return way;
  }

  /** The set's way that was accessed longest ago. */
  private oldest(first: number): number {
    const { words, ways } = this;
    const at = this.times + 2 * (first - this.lines);
    let oldest = 0;
    for (let way = 1; way < ways; way++) if (isBefore(words, at + 2 * way, at + 2 * oldest)) oldest = way;
    return oldest;
  }

  private victim(set: number): number {
    const { words, ways } = this;
    if (this.replacement === 'round-robin' || this.replacement === 'fifo') {
      const way = words[this.turns + set];
      words[this.turns + set] = (way + 1) % ways;
      return way;
    }
    const next = this.replacement === 'random' ? nextRandom : nextMultiplicative;
    return ((words[this.random] = next(words[this.random])) >>> 0) % ways;
  }

  /** Corrects the count of accesses of the kind, which are counted elsewhere. */
  correct(kind: Access, change: number): void {
    this.counts[Count.Corrections + kind] += change;
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
    if (this.front !== undefined && words[this.front + set] === words[at]) words[this.front + set] = ~set;
    words[at] = ~set;
    this.counts[Count.Invalidations]++;
  }

  /** Address of the line that a way of a set holds; undefined if it is empty or there is none. With lru and fifo way 0 is the newest. */
  lineAt(set: number, way: number): number | undefined {
    if (set >= this.sets || way >= this.ways) return undefined;
    const line = this.words[this.lines + set * this.ways + (this.newestFirst(set)?.[way] ?? way)];
    return line === ~set ? undefined : (line << this.lineBits) >>> 0;
  }

  /** The ways of the set, the newest first, where the policy has such an order. */
  private newestFirst(set: number): number[] | undefined {
    const { words, ways } = this;
    const first = set * ways;
    const order = Array.from({ length: ways }, (_, way) => way);
    if (this.replacement === 'lru') {
      const at = this.times + 2 * first;
      const isNewer = (a: number, b: number) => isBefore(words, at + 2 * b, at + 2 * a);
      return order.sort((a, b) => Number(isNewer(b, a)) - Number(isNewer(a, b)));
    }
    if (this.replacement !== 'fifo') return undefined;
    const next = words[this.turns + set];
    return order.map((age) => (next - 1 - age + 2 * ways) % ways);
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
    const { words, ways } = this;
    const first = set * ways;
    words.fill(~set, this.lines + first, this.lines + first + ways);
    if (this.replacement === 'lru') words.fill(0, this.times + 2 * first, this.times + 2 * (first + ways));
    if (this.replacement === 'fifo') words[this.turns + set] = 0;
    if (this.front !== undefined) words[this.front + set] = ~set;
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
