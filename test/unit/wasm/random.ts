/** Random numbers that are the same in every run. */
export class Random {
  constructor(private seed: number) {}

  below(n: number): number {
    this.seed = (Math.imul(this.seed, 1664525) + 1013904223) >>> 0;
    return (this.seed >>> 8) % n;
  }

  one<T>(items: readonly T[]): T {
    return items[this.below(items.length)];
  }

  /** 32 bits. */
  word(): number {
    return ((this.below(0x10000) << 16) | this.below(0x10000)) >>> 0;
  }
}
