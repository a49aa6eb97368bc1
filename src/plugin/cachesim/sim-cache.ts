import type { CacheGeometry } from '../cache/set-associative';
import { replacement, type Replacement, type SimPolicy } from './replacement';
import { FullyAssociativeShadow, type MissClass } from './shadow';

export type AccessKind = 'loads' | 'stores' | 'fetches';

/** What a line in a cache is marked with: bits. */
export type Marks = number;
/** Changed: to be written back. Among coherent caches, Modified; without it, Shared. */
export const DIRTY = 1;
/** A prefetcher brought it, and no access has come yet. */
export const PREFETCHED = 2;

/** A line that had to go. */
export interface Victim {
  readonly line: number;
  readonly marks: Marks;
}

/** Tags of one set-associative cache, with everything that is counted of it. A line is a line's number: address / line size. */
export class SimCache {
  readonly sets: number;
  readonly accesses: Record<AccessKind, number> = { loads: 0, stores: 0, fetches: 0 };
  readonly misses: Record<AccessKind, number> = { loads: 0, stores: 0, fetches: 0 };
  readonly classes: Record<MissClass, number> = { compulsory: 0, capacity: 0, conflict: 0, coherence: 0 };
  /** Fills of an empty way. */
  fills = 0;
  evictions = 0;
  /** Changed lines that went to the next level or to memory. */
  writeBacks = 0;
  /** Lines that other cores' stores, or the loss of the line in an inclusive L2, took. */
  invalidations = 0;
  prefetches = 0;
  /** Lines of the prefetcher that were accessed before they went. */
  usefulPrefetches = 0;
  readonly setAccesses: Float64Array;
  readonly setMisses: Float64Array;
  private readonly tags: Float64Array;
  private readonly marks: Uint8Array;
  private readonly policyState: Replacement;
  private readonly shadow: FullyAssociativeShadow | undefined;
  private readonly ways: number;

  constructor(
    readonly geometry: CacheGeometry,
    readonly policy: SimPolicy,
    /** Whether misses are told apart by their reason. */
    classify = true,
  ) {
    const { size, associativity, lineSize } = geometry;
    this.ways = associativity;
    this.sets = size / (associativity * lineSize);
    this.tags = new Float64Array(size / lineSize).fill(-1);
    this.marks = new Uint8Array(size / lineSize);
    this.setAccesses = new Float64Array(this.sets);
    this.setMisses = new Float64Array(this.sets);
    this.policyState = replacement(policy, this.sets, associativity);
    if (classify) this.shadow = new FullyAssociativeShadow(size / lineSize);
  }

  get totalAccesses(): number {
    return this.accesses.loads + this.accesses.stores + this.accesses.fetches;
  }

  get totalMisses(): number {
    return this.misses.loads + this.misses.stores + this.misses.fetches;
  }

  lineOf(address: number): number {
    return Math.floor(address / this.geometry.lineSize);
  }

  /** Address of the line that a way of a set holds; undefined when it is empty or there is none. */
  addressAt(set: number, way: number): number | undefined {
    if (set >= this.sets || way >= this.ways) return undefined;
    const line = this.tags[set * this.ways + way];
    return line < 0 ? undefined : line * this.geometry.lineSize;
  }

  /** All lines that are here. */
  lines(): number[] {
    return [...this.tags].filter((line) => line >= 0);
  }

  /** The way that the line is in; -1 when it is not here. */
  wayOf(line: number): number {
    const at = this.find(line);
    return at < 0 ? -1 : at - (line % this.sets) * this.ways;
  }

  /** The marks of the line, or undefined when it is not here. Changes nothing. */
  peek(line: number): Marks | undefined {
    const at = this.find(line);
    return at < 0 ? undefined : this.marks[at];
  }

  /**
   * An access by an instruction. Returns the marks that the line had, or undefined for a miss: the caller then brings the line
   * with {@link fill}. A hit takes the mark of the prefetcher away.
   */
  demand(line: number, kind: AccessKind): Marks | undefined {
    const set = line % this.sets;
    this.accesses[kind]++;
    this.setAccesses[set]++;
    const why = this.shadow?.access(line);
    const at = this.find(line);
    if (at < 0) {
      this.misses[kind]++;
      this.setMisses[set]++;
      if (why) this.classes[why]++;
      return undefined;
    }
    this.policyState.hit(set, at - set * this.ways);
    const marks = this.marks[at];
    if (marks & PREFETCHED) {
      this.usefulPrefetches++;
      this.marks[at] = marks & ~PREFETCHED;
    }
    return marks;
  }

  /** Brings a line that is not here; what had to go for it. */
  fill(line: number, marks: Marks): Victim | undefined {
    const set = line % this.sets;
    const base = set * this.ways;
    let way = 0;
    while (way < this.ways && this.tags[base + way] >= 0) way++;
    let victim: Victim | undefined;
    if (way === this.ways) {
      way = this.policyState.victim(set);
      victim = { line: this.tags[base + way], marks: this.marks[base + way] };
      this.evictions++;
    } else {
      this.fills++;
    }
    this.tags[base + way] = line;
    this.marks[base + way] = marks;
    if (marks & PREFETCHED) this.prefetches++;
    this.policyState.filled(set, way);
    return victim;
  }

  /** Adds or takes the mark of change where the line is here. */
  setDirty(line: number, dirty: boolean): void {
    const at = this.find(line);
    if (at >= 0) this.marks[at] = dirty ? this.marks[at] | DIRTY : this.marks[at] & ~DIRTY;
  }

  /** Takes the line out. Returns its marks, or undefined when it is not here. */
  remove(line: number): Marks | undefined {
    const at = this.find(line);
    if (at < 0) return undefined;
    this.tags[at] = -1;
    return this.marks[at];
  }

  /** Takes the line out because another core stores to it, or the guest said so. */
  lose(line: number): Marks | undefined {
    const marks = this.remove(line);
    if (marks === undefined) return undefined;
    this.invalidations++;
    this.shadow?.taken(line);
    return marks;
  }

  private find(line: number): number {
    const base = (line % this.sets) * this.ways;
    for (let at = base; at < base + this.ways; at++) if (this.tags[at] === line) return at;
    return -1;
  }
}
