/** No channel: the tag of an empty buffer. */
export const UNTAGGED = -1;

export type FifoResult = 'done' | 'empty' | 'foreign';

/** The DMA-330's data buffer (MFIFO): bytes on their way from reads to writes, each tagged with its channel. */
export class DataFifo {
  private readonly bytes: Uint8Array;
  private readonly tags: Int8Array;
  private head = 0;
  private count = 0;

  constructor(private readonly size: number) {
    this.bytes = new Uint8Array(size);
    this.tags = new Int8Array(size);
  }

  reset(): void {
    this.head = 0;
    this.count = 0;
  }

  get free(): number {
    return this.size - this.count;
  }

  /** The channel whose byte is next out. */
  get nextTag(): number {
    return this.count ? this.tags[this.head] : UNTAGGED;
  }

  has(tag: number): boolean {
    for (let i = 0; i < this.count; i++) if (this.tags[(this.head + i) % this.size] === tag) return true;
    return false;
  }

  /** Puts in all of `data`, for which there must be room. */
  push(data: Uint8Array, tag: number): void {
    for (const byte of data) {
      const at = (this.head + this.count++) % this.size;
      this.bytes[at] = byte;
      this.tags[at] = tag;
    }
  }

  /** Takes as many bytes as `into` holds when the first is the channel's: only that one is looked at, as on QEMU. */
  take(into: Uint8Array, tag: number): FifoResult {
    if (this.count < into.length) return 'empty';
    if (this.tags[this.head] !== tag) return 'foreign';
    for (let i = 0; i < into.length; i++) into[i] = this.bytes[(this.head + i) % this.size];
    this.head = (this.head + into.length) % this.size;
    this.count -= into.length;
    return 'done';
  }

  /**
   * Drops a channel's bytes, as QEMU does it: the others close up, but each of those is what the count goes down by, so
   * that a killed channel's own bytes stay when there are no others. A program that stores what it loads never sees it.
   */
  drop(tag: number): void {
    let to = this.head;
    for (let i = 0; i < this.count; i++) {
      const from = (this.head + i) % this.size;
      if (this.tags[from] === tag) {
        this.count--;
        continue;
      }
      this.tags[to] = this.tags[from];
      this.bytes[to] = this.bytes[from];
      to = (to + 1) % this.size;
    }
  }
}
