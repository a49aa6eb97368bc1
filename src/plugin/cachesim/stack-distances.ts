const LEAST_SLOTS = 1024;

/**
 * Exact LRU stack distances of a sequence of lines: between two accesses to a line, how many other lines were accessed
 * (R. L. Mattson et al., 1970; F. Olken, 1981). A Fenwick tree over time has a 1 where a line was last accessed, so an access
 * takes O(log of the number of different lines).
 */
export class StackDistances {
  /** How often each distance came; index: the distance. */
  readonly counts: number[] = [];
  /** Accesses to a line that had not been accessed before. */
  first = 0;
  private readonly lastSlot = new Map<number, number>();
  private tree = new Int32Array(LEAST_SLOTS + 1);
  private now = 0;

  /** Notes an access. Returns the distance, or -1 at the line's first access. */
  access(line: number): number {
    if (this.now === this.tree.length - 1) this.compact();
    const slot = this.lastSlot.get(line);
    this.lastSlot.set(line, ++this.now);
    if (slot === undefined) {
      this.add(this.now, 1);
      this.first++;
      return -1;
    }
    // All lines have a 1; those up to and with this line's slot were not accessed since.
    const distance = this.lastSlot.size - this.sum(slot);
    this.add(slot, -1);
    this.add(this.now, 1);
    this.counts[distance] = (this.counts[distance] ?? 0) + 1;
    return distance;
  }

  /** Misses of a fully associative cache with LRU that holds so many lines. */
  missesWith(lines: number): number {
    let misses = this.first;
    for (let d = lines; d < this.counts.length; d++) misses += this.counts[d] ?? 0;
    return misses;
  }

  /** The counts in ranges that double: distance 0, 1, 2 to 3, 4 to 7, …; those that are empty are left out. */
  ranges(): { readonly from: number; readonly to: number; readonly count: number }[] {
    const ranges: { from: number; to: number; count: number }[] = [];
    for (let from = 0, to = 0; from < this.counts.length; [from, to] = [to + 1, 2 * to + 1]) {
      let count = 0;
      for (let d = from; d <= to && d < this.counts.length; d++) count += this.counts[d] ?? 0;
      if (count) ranges.push({ from, to, count });
    }
    return ranges;
  }

  /** Gives the lines the slots from 1 on, in the order of their last access. */
  private compact(): void {
    const order = [...this.lastSlot].sort((a, b) => a[1] - b[1]);
    this.tree = new Int32Array(Math.max(LEAST_SLOTS, 2 * order.length) + 1);
    this.now = 0;
    for (const [line] of order) {
      this.lastSlot.set(line, ++this.now);
      this.add(this.now, 1);
    }
  }

  private add(slot: number, value: number): void {
    const { tree } = this;
    for (let i = slot; i < tree.length; i += i & -i) tree[i] += value;
  }

  private sum(slot: number): number {
    const { tree } = this;
    let sum = 0;
    for (let i = slot; i > 0; i -= i & -i) sum += tree[i];
    return sum;
  }
}
