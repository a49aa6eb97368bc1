import type { PluginInstance } from './instance';

/** Bytes that exist twice: where translated code counts, and where the plugin looks. */
interface MirroredRange {
  /** The element in the shared memory. */
  readonly shared: Uint8Array;
  /** Where in the plugin's memory. */
  readonly at: number;
}

/**
 * A plugin's counters lie in its own memory, which translated code does not reach. So they have a twin in the shared
 * memory: it holds the truth while the guest runs, and the plugin's copy does while the plugin runs.
 */
export class Mirror {
  private ranges: MirroredRange[] = [];
  private depth = 0;
  private refused = false;

  constructor(private readonly instance: () => PluginInstance) {}

  get isUsed(): boolean {
    return this.ranges.length > 0;
  }

  /** Whether {@link add} is possible: not once a callback was given out that translated code may call by itself. */
  get isPossible(): boolean {
    return this.isUsed || !this.refused;
  }

  /** Callbacks are given out that do not pass through {@link enter}. */
  refuse(): void {
    if (!this.isUsed) this.refused = true;
  }

  /** Joins bytes of the shared memory with as many at `at`; what lies at `at` now counts. */
  add(shared: Uint8Array, at: number): void {
    this.ranges.push({ shared, at });
    if (this.depth === 0) this.out({ shared, at });
  }

  /** Forgets the ranges from `at` up to `end` of the plugin's memory. */
  remove(at: number, end: number): void {
    this.ranges = this.ranges.filter((range) => range.at < at || range.at >= end);
  }

  /** The plugin is about to run. */
  enter(): void {
    if (this.depth++ > 0 || this.ranges.length === 0) return;
    const { bytes } = this.instance().memory;
    for (const { shared, at } of this.ranges) bytes.set(shared, at);
  }

  /** The plugin has run. */
  leave(): void {
    if (--this.depth > 0) return;
    for (const range of this.ranges) this.out(range);
  }

  private out({ shared, at }: MirroredRange): void {
    shared.set(this.instance().memory.slice(at, shared.length));
  }
}
