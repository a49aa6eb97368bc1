/** A set of small numbers, as bits. */
export class SlotSet {
  private readonly words: Uint32Array;

  /** @param size numbers are below it; sets that meet have the same */
  constructor(private readonly size: number) {
    this.words = new Uint32Array((size + 31) >>> 5);
  }

  has(n: number): boolean {
    return (this.words[n >>> 5] & (1 << (n & 31))) !== 0;
  }

  add(n: number): void {
    this.words[n >>> 5] |= 1 << (n & 31);
  }

  delete(n: number): void {
    this.words[n >>> 5] &= ~(1 << (n & 31));
  }

  clear(): void {
    this.words.fill(0);
  }

  /** Adds all of `other`; returns whether that changed anything. */
  addAll(other: SlotSet): boolean {
    let changed = false;
    for (let i = 0; i < this.words.length; i++) {
      const before = this.words[i];
      this.words[i] |= other.words[i];
      if (this.words[i] !== before) changed = true;
    }
    return changed;
  }

  /** Adds what is in `other` and not in `except`; returns whether that changed anything. */
  addAllExcept(other: SlotSet, except: SlotSet): boolean {
    let changed = false;
    for (let i = 0; i < this.words.length; i++) {
      const before = this.words[i];
      this.words[i] |= other.words[i] & ~except.words[i];
      if (this.words[i] !== before) changed = true;
    }
    return changed;
  }

  /** Takes away all of `other`. */
  deleteAll(other: SlotSet): void {
    for (let i = 0; i < this.words.length; i++) this.words[i] &= ~other.words[i];
  }

  equals(other: SlotSet): boolean {
    for (let i = 0; i < this.words.length; i++) if (this.words[i] !== other.words[i]) return false;
    return true;
  }

  clone(): SlotSet {
    const copy = new SlotSet(this.size);
    copy.words.set(this.words);
    return copy;
  }

  get isEmpty(): boolean {
    return this.words.every((word) => word === 0);
  }

  /** Equal for equal sets. */
  get key(): string {
    return this.words.join();
  }

  /** The members, ascending; of those of `among` only. */
  members(among: SlotSet = this): number[] {
    const result: number[] = [];
    for (let i = 0; i < this.words.length; i++) {
      for (let rest = this.words[i] & among.words[i]; rest !== 0; rest &= rest - 1) {
        result.push(32 * i + 31 - Math.clz32(rest & -rest));
      }
    }
    return result;
  }
}
