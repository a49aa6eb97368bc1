import { UNTAGGED } from './fifo';

/** A burst that a load or store instruction asked for and that is not finished. */
export interface Burst {
  address: number;
  /** Bytes of a beat; a beat at an unaligned address ends at the next multiple. */
  readonly size: number;
  /** Beats still to do. */
  beats: number;
  /** Whether the address moves on. */
  readonly moves: boolean;
  /** DMASTZ: zeros instead of data. */
  readonly zeros: boolean;
  /** The channel. */
  readonly tag: number;
  readonly order: number;
}

/** Numbers the bursts of each channel over both queues, in a byte: they are carried out in that order. */
export class BurstOrder {
  private readonly next: number[] = [];
  private readonly current: number[] = [];

  reset(): void {
    this.next.length = 0;
    this.current.length = 0;
  }

  take(tag: number): number {
    const order = this.next[tag] ?? 0;
    this.next[tag] = (order + 1) & 0xff;
    return order;
  }

  isTurnOf(burst: Burst): boolean {
    return burst.order === (this.current[burst.tag] ?? 0);
  }

  finish(tag: number): void {
    this.current[tag] = ((this.current[tag] ?? 0) + 1) & 0xff;
  }
}

/** The DMA-330's read or write queue (Arm DDI 0424, 2.1). */
export class BurstQueue {
  private readonly slots: (Burst | undefined)[];
  private count = 0;

  constructor(
    depth: number,
    private readonly order: BurstOrder,
  ) {
    this.slots = new Array<Burst | undefined>(depth).fill(undefined);
  }

  reset(): void {
    this.slots.fill(undefined);
    this.count = 0;
  }

  /** False when the queue is full. */
  put(burst: Omit<Burst, 'order'>): boolean {
    const slot = this.slots.indexOf(undefined);
    if (slot < 0) return false;
    this.slots[slot] = { ...burst, order: this.order.take(burst.tag) };
    this.count++;
    return true;
  }

  /** Whether a channel has to wait for a burst of its own, or for zeros of any channel, as on QEMU. */
  has(tag: number): boolean {
    return this.slots.some((burst) => burst && (burst.tag === tag || burst.zeros));
  }

  /** The first burst whose turn it is, of the channel `tag` or of any for UNTAGGED; one of zeros needs no data. */
  due(tag: number): Burst | undefined {
    for (let left = this.count, slot = 0; left > 0; slot++) {
      const burst = this.slots[slot];
      if (!burst) continue;
      if (this.order.isTurnOf(burst) && (burst.tag === tag || tag === UNTAGGED || burst.zeros)) return burst;
      left--;
    }
    return undefined;
  }

  remove(burst: Burst): void {
    this.slots[this.slots.indexOf(burst)] = undefined;
    this.count--;
    this.order.finish(burst.tag);
  }

  /** Drops a killed channel's bursts. Their turns are still waited for, as on QEMU: the channel then moves nothing more. */
  drop(tag: number): void {
    this.slots.forEach((burst, slot) => {
      if (burst?.tag !== tag) return;
      this.slots[slot] = undefined;
      this.count--;
    });
  }
}
