/** Chooses which way of a full set a miss replaces. */
export interface Victims {
  /** As reports name the policy. */
  readonly name: string;
  /** Called once, by the cache that uses this. */
  attach(sets: number, ways: number): void;
  /** A hit on a way that was not the set's last one accessed. */
  touched(set: number, way: number): void;
  /** A way was filled, empty before or not. */
  filled(set: number, way: number): void;
  /** The victim in a set whose ways are all valid. */
  choose(set: number): number;
}

/** Replaces the way with the oldest stamp; subclasses say when a way is stamped. */
abstract class OldestStamp implements Victims {
  abstract readonly name: string;
  private stamps = new Float64Array(0);
  private clock = 0;
  private ways = 0;

  attach(sets: number, ways: number): void {
    this.ways = ways;
    this.stamps = new Float64Array(sets * ways);
  }

  protected stamp(set: number, way: number): void {
    this.stamps[set * this.ways + way] = ++this.clock;
  }

  abstract touched(set: number, way: number): void;

  filled(set: number, way: number): void {
    this.stamp(set, way);
  }

  choose(set: number): number {
    const { stamps, ways } = this;
    const first = set * ways;
    let oldest = 0;
    for (let way = 1; way < ways; way++) if (stamps[first + way] < stamps[first + oldest]) oldest = way;
    return oldest;
  }
}

/** Least recently used. */
export class Lru extends OldestStamp {
  readonly name = 'LRU';

  touched(set: number, way: number): void {
    this.stamp(set, way);
  }
}

/** First in, first out. */
export class Fifo extends OldestStamp {
  readonly name = 'FIFO';

  touched(): void {}
}

/** A policy that remembers nothing of hits and fills. */
abstract class Blind implements Victims {
  abstract readonly name: string;
  protected ways = 0;

  attach(_sets: number, ways: number): void {
    this.ways = ways;
  }

  touched(): void {}
  filled(): void {}
  abstract choose(set: number): number;
}

/** Pseudo-random by a xorshift generator with a fixed seed, so that runs can be repeated. */
export class Random extends Blind {
  readonly name = 'random';
  private state = 0x2545f491;

  choose(): number {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x;
    return (x >>> 0) % this.ways;
  }
}

/**
 * The tutorial's "random": a multiplicative generator (docs/tutorial-cache.md, Victims). From its seed of 0 it never moves,
 * so the victim is always way 0; that is part of the tutorial's figures.
 */
export class Multiplicative extends Blind {
  readonly name = 'random (multiplicative, seed 0)';

  constructor(private state = 0) {
    super();
  }

  choose(): number {
    this.state = Math.imul(this.state, 48271) >>> 0;
    return this.state % this.ways;
  }
}

/** Per set a counter that names the next victim; filling an empty way does not move it. */
export class RoundRobin extends Blind {
  readonly name = 'round-robin';
  private next = new Int32Array(0);

  override attach(sets: number, ways: number): void {
    super.attach(sets, ways);
    this.next = new Int32Array(sets);
  }

  choose(set: number): number {
    const way = this.next[set];
    this.next[set] = (way + 1) % this.ways;
    return way;
  }
}
