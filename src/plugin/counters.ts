import { COUNTERS_BASE, COUNTERS_BYTES } from '../tcg/layout';
import type { qemu_plugin_u64 } from 'qemu-plugin';

/** A plugin's 64-bit counter. `offset` is its place in the shared memory, where translated code adds to it itself. */
export interface Counter extends qemu_plugin_u64 {
  /** Bytes; -1 for a counter that lies outside of the shared memory, which only {@link add} reaches. */
  readonly offset: number;
  add(value: number): void;
}

const TWO_32 = 2 ** 32;

class SharedCounter implements Counter {
  constructor(
    private readonly words: Uint32Array,
    readonly offset: number,
  ) {}

  get(): number {
    const at = this.offset >>> 2;
    return this.words[at] + this.words[at + 1] * TWO_32;
  }

  set(value: number): void {
    const at = this.offset >>> 2;
    this.words[at] = value;
    this.words[at + 1] = Math.floor(value / TWO_32);
  }

  add(value: number): void {
    this.set(this.get() + value);
  }
}

class HeapCounter implements Counter {
  readonly offset = -1;
  private value = 0;

  get(): number {
    return this.value;
  }

  set(value: number): void {
    this.value = value;
  }

  add(value: number): void {
    this.value += value;
  }
}

/** Hands out counters in the shared memory, and ordinary ones when it is full. */
export class CounterPool {
  private used = 0;
  private readonly words: Uint32Array;

  constructor(
    memory: ArrayBufferLike,
    private readonly capacity = COUNTERS_BYTES / 8,
  ) {
    this.words = new Uint32Array(memory, 0, (COUNTERS_BASE + COUNTERS_BYTES) / 4);
    this.words.fill(0, COUNTERS_BASE / 4);
  }

  create(): Counter {
    if (this.used >= this.capacity) return new HeapCounter();
    return new SharedCounter(this.words, COUNTERS_BASE + 8 * this.used++);
  }
}

/** Whether `value` is a counter that a {@link CounterPool} made. */
export function isCounter(value: unknown): value is Counter {
  return value instanceof SharedCounter || value instanceof HeapCounter;
}
