import type { Scoreboard } from './scoreboard';

/** Words of an event: vCPU, tag, virtual address, what the access is (qemu_plugin_meminfo_t). */
export const EVENT_WORDS = 4;
export const EVENT_BYTES = 4 * EVENT_WORDS;
/** In place of what the access is: an instruction is about to run. */
export const EVENT_INSN = 0xffffffff;
/** Events of a batch at most: 32 KiB stay in the host's first cache. */
const CAPACITY = 2048;
const HEAD_BYTES = 8;
/** Of the scoreboard that a ring lies in. */
export const RING_BYTES = HEAD_BYTES + CAPACITY * EVENT_BYTES;

/** Where translated code writes events by itself. Byte offsets in the shared memory. */
export interface RingPlace {
  /** Of the word that says where the next event goes. */
  readonly head: number;
  /** Where there is no more room: the ring is drained as soon as the next event would go there. */
  readonly end: number;
}

/**
 * Events of one plugin in the order in which they happened, of all vCPUs, until somebody drains them: who writes the last one
 * that has room, and whoever is about to call the plugin or to look at what it has counted.
 */
export class EventRing implements RingPlace {
  readonly head: number;
  readonly end: number;
  private readonly start: number;
  private readonly words: Uint32Array;
  /** The events: the same view each time. */
  private readonly events: Uint32Array;

  /**
   * @param score of {@link RING_BYTES}, in the shared memory
   * @param deliver is given the events' words and how many events there are
   */
  constructor(
    readonly score: Scoreboard,
    private readonly deliver: (events: Uint32Array, count: number) => void,
  ) {
    const { buffer } = score.find(0);
    this.head = score.position;
    this.start = this.head + HEAD_BYTES;
    this.end = this.start + CAPACITY * EVENT_BYTES;
    this.words = new Uint32Array(buffer, 0, this.end >>> 2);
    this.events = new Uint32Array(buffer, this.start, CAPACITY * EVENT_WORDS);
    this.words[this.head >>> 2] = this.start;
  }

  append(vcpu: number, tag: number, vaddr: number, info: number): void {
    const { words } = this;
    const next = words[this.head >>> 2];
    const at = next >>> 2;
    words[at] = vcpu;
    words[at + 1] = tag;
    words[at + 2] = vaddr;
    words[at + 3] = info;
    words[this.head >>> 2] = next + EVENT_BYTES;
    if (next + EVENT_BYTES === this.end) this.drain();
  }

  /** Hands over what there is. */
  drain(): void {
    const { words, start } = this;
    const count = (words[this.head >>> 2] - start) / EVENT_BYTES;
    if (count === 0) return;
    words[this.head >>> 2] = start;
    this.deliver(this.events, count);
  }
}
