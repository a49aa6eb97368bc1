import { COUNTERS_BASE, COUNTERS_BYTES, SCOREBOARD_BASE, SCOREBOARD_BYTES } from '../tcg/layout';

const TWO_32 = 2 ** 32;

/** A 64-bit number in two words, each any 32-bit integer. */
export interface Words {
  readonly low: number;
  readonly high: number;
}

/** The words of an integer modulo 2^64. @throws TypeError for what is no integer, or a number beyond 2^53 */
export function wordsOf(value: number | bigint, what: string): Words {
  if (typeof value === 'number' && Number.isSafeInteger(value)) {
    return { low: value | 0, high: Math.floor(value / TWO_32) | 0 };
  }
  if (typeof value !== 'bigint') throw new TypeError(`${what} is not an integer within 2^53: ${value}`);
  const wide = BigInt.asUintN(64, value);
  return { low: Number(wide & 0xffffffffn) | 0, high: Number(wide >> 32n) | 0 };
}

/**
 * Elements of plugin data, one for each vCPU (`struct qemu_plugin_scoreboard`). Elements lie in memory: in the shared one,
 * where translated code reaches them by itself, or in another, which only calls reach.
 */
export class Scoreboard {
  readonly opaque = 'qemu_plugin_scoreboard';
  /** Given back: operations on it are void. */
  freed = false;
  private words: Uint32Array = new Uint32Array(0);

  /**
   * @param memory where the elements lie; may become another buffer when that memory grows
   * @param position byte of the first element, a multiple of 8
   * @param stride bytes from one vCPU's element to the next, a multiple of 8; 0: all vCPUs share one
   * @param isShared whether `memory` is the shared memory of layout.ts
   */
  constructor(
    private readonly memory: () => ArrayBufferLike,
    readonly position: number,
    readonly elementSize: number,
    readonly stride: number,
    readonly vcpus: number,
    readonly isShared: boolean,
  ) {}

  /** The vCPU's element. */
  find(vcpu: number): DataView {
    return new DataView(this.memory(), this.position + vcpu * this.stride, this.elementSize);
  }

  /** The u64 at byte `offset` of the vCPU's element, as a number: exact up to 2^53. */
  get(vcpu: number, offset: number): number {
    const at = this.at(vcpu, offset);
    return this.words[at] + this.words[at + 1] * TWO_32;
  }

  store(vcpu: number, offset: number, { low, high }: Words): void {
    const at = this.at(vcpu, offset);
    this.words[at] = low;
    this.words[at + 1] = high;
  }

  add(vcpu: number, offset: number, { low, high }: Words): void {
    const at = this.at(vcpu, offset);
    const sum = this.words[at] + (low >>> 0);
    this.words[at] = sum;
    this.words[at + 1] += high + (sum >= TWO_32 ? 1 : 0);
  }

  /** The u64 as words, for comparisons that must be exact. */
  load(vcpu: number, offset: number): Words {
    const at = this.at(vcpu, offset);
    return { low: this.words[at], high: this.words[at + 1] };
  }

  private at(vcpu: number, offset: number): number {
    const memory = this.memory();
    if (this.words.buffer !== memory) this.words = new Uint32Array(memory, 0, memory.byteLength >>> 2);
    return (this.position + vcpu * this.stride + offset) >>> 2;
  }
}

/** A u64 in each element of a scoreboard: what C names `qemu_plugin_u64`. */
export class U64Entry {
  constructor(
    readonly score: Scoreboard,
    /** Bytes from the element's start. */
    readonly offset: number,
  ) {}

  /** The sum over the vCPUs. */
  get(): number {
    const { score, offset } = this;
    let sum = 0;
    for (let vcpu = 0; vcpu < (score.stride ? score.vcpus : 1); vcpu++) sum += score.get(vcpu, offset);
    return sum;
  }

  /** Makes `value` the sum: the first vCPU has it, the others 0. */
  set(value: number): void {
    const { score, offset } = this;
    for (let vcpu = 0; vcpu < (score.stride ? score.vcpus : 1); vcpu++) {
      score.store(vcpu, offset, wordsOf(vcpu === 0 ? value : 0, 'qemu_plugin_u64: the value'));
    }
  }
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where in the shared memory there is room for plugins. */
const SPANS: readonly Span[] = [
  { start: COUNTERS_BASE, end: COUNTERS_BASE + COUNTERS_BYTES },
  { start: SCOREBOARD_BASE, end: SCOREBOARD_BASE + SCOREBOARD_BYTES },
];

/** Hands out scoreboards: in the shared memory while it has room, elsewhere then, where counting takes a call. */
export class ScoreboardPool {
  private readonly spans: { next: number; readonly end: number }[];
  /** Positions that were given back, by size. */
  private readonly free = new Map<number, number[]>();
  private readonly givenBack: Scoreboard[] = [];

  constructor(
    private readonly memory: ArrayBufferLike,
    private readonly vcpus: number,
  ) {
    const bytes = new Uint8Array(memory);
    this.spans = SPANS.flatMap(({ start, end: limit }) => {
      const end = Math.min(limit, memory.byteLength);
      return end > start ? [{ next: start, end }] : [];
    });
    // The others are zeroed as they are handed out.
    bytes.fill(0, COUNTERS_BASE, Math.min(bytes.length, COUNTERS_BASE + COUNTERS_BYTES));
  }

  /** A scoreboard of zeroes with `elementSize` bytes for each vCPU, or with one element that all share. */
  create(elementSize: number, isPerVcpu = true): Scoreboard {
    const stride = (elementSize + 7) & ~7;
    const size = stride * (isPerVcpu ? this.vcpus : 1);
    const step = isPerVcpu ? stride : 0;
    const position = this.allocate(size);
    if (position !== undefined) {
      new Uint8Array(this.memory, position, size).fill(0);
      return new Scoreboard(() => this.memory, position, elementSize, step, this.vcpus, true);
    }
    const own = new ArrayBuffer(size);
    return new Scoreboard(() => own, 0, elementSize, step, this.vcpus, false);
  }

  private allocate(size: number): number | undefined {
    const again = this.free.get(size)?.pop();
    if (again !== undefined) return again;
    for (const span of this.spans) {
      if (size > span.end - span.next) continue;
      const position = span.next;
      span.next += size;
      return position;
    }
    return undefined;
  }

  /** Takes a scoreboard back. Its memory is used again after {@link settle}: translated code may hold its address. */
  release(score: Scoreboard): void {
    if (score.freed) return;
    score.freed = true;
    if (score.isShared) this.givenBack.push(score);
  }

  /** No translated code refers to scoreboards that were given back. */
  settle(): void {
    for (const { position, elementSize, stride } of this.givenBack.splice(0)) {
      const size = stride ? stride * this.vcpus : (elementSize + 7) & ~7;
      const list = this.free.get(size);
      if (list) list.push(position);
      else this.free.set(size, [position]);
    }
  }
}
