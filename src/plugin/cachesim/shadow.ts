/** Why a cache missed: the three Cs (M. D. Hill, 1987), and coherence as the fourth. */
export const MISS_CLASSES = ['compulsory', 'capacity', 'conflict', 'coherence'] as const;
export type MissClass = (typeof MISS_CLASSES)[number];

/**
 * What a fully associative cache with LRU of as many lines would have done with the same accesses, and which lines were ever
 * accessed: tells why the real one missed.
 */
export class FullyAssociativeShadow {
  private readonly touched = new Set<number>();
  /** The lines held, least recently used first: the order of insertion is kept by the language. */
  private readonly held = new Set<number>();
  private readonly lost = new Set<number>();

  /** @param capacity in lines */
  constructor(private readonly capacity: number) {}

  /** An access to the line; what a miss of the real cache is. */
  access(line: number): MissClass {
    const inShadow = this.held.delete(line);
    this.held.add(line);
    if (this.held.size > this.capacity) {
      for (const oldest of this.held) {
        this.held.delete(oldest);
        break;
      }
    }
    if (!this.touched.has(line)) {
      this.touched.add(line);
      return 'compulsory';
    }
    if (this.lost.size > 0 && this.lost.delete(line)) return 'coherence';
    return inShadow ? 'conflict' : 'capacity';
  }

  /** Another core's store took the line from the real cache. */
  taken(line: number): void {
    this.lost.add(line);
  }
}
