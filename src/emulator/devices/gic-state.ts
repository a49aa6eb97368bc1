import type { IrqLine } from '../irq';

export const SGIS = 16;
/** Interrupts that each CPU has for itself: software-generated ones, then those of its private peripherals. */
export const PRIVATE = 32;
export const SPURIOUS = 1023;
const IDLE_PRIORITY = 0x100;

/** Interrupts by number within one bank; the states that there are many questions about are bits, 32 in a word. */
class InterruptBits {
  readonly enabled: Int32Array;
  readonly pending: Int32Array;
  readonly active: Int32Array;
  readonly level: Int32Array;
  readonly edge: Int32Array;
  readonly interrupts: readonly Interrupt[];

  /**
   * @param words of 32 interrupts each
   * @param first number of the first one
   * @param targets see {@link Interrupt.targets}
   */
  constructor(
    readonly words: number,
    first: number,
    targets: number,
  ) {
    const bits = (): Int32Array => new Int32Array(words);
    this.enabled = bits();
    this.pending = bits();
    this.active = bits();
    this.level = bits();
    this.edge = bits();
    this.interrupts = Array.from({ length: 32 * words }, (_, n) => new Interrupt(this, n, first + n, targets));
  }

  /** Which of the interrupts of a word may be signalled, as far as that is not a matter of priority and target. */
  waiting(word: number): number {
    const { enabled, pending, active, level, edge } = this;
    return enabled[word] & ~active[word] & (pending[word] | (level[word] & ~edge[word]));
  }
}

/** The state of one interrupt. */
export class Interrupt {
  private readonly word: number;
  private readonly bit: number;

  /**
   * @param n its place among the bits
   * @param targets of a shared interrupt: a bit for each CPU that it goes to
   */
  constructor(
    private readonly bits: InterruptBits,
    n: number,
    readonly id: number,
    public targets: number,
    public priority = 0,
  ) {
    this.word = n >>> 5;
    this.bit = 1 << (n & 31);
  }

  get enabled(): boolean {
    return (this.bits.enabled[this.word] & this.bit) !== 0;
  }

  set enabled(on: boolean) {
    this.put(this.bits.enabled, on);
  }

  get pending(): boolean {
    return (this.bits.pending[this.word] & this.bit) !== 0;
  }

  set pending(on: boolean) {
    this.put(this.bits.pending, on);
  }

  get active(): boolean {
    return (this.bits.active[this.word] & this.bit) !== 0;
  }

  set active(on: boolean) {
    this.put(this.bits.active, on);
  }

  get level(): boolean {
    return (this.bits.level[this.word] & this.bit) !== 0;
  }

  set level(on: boolean) {
    this.put(this.bits.level, on);
  }

  get edge(): boolean {
    return (this.bits.edge[this.word] & this.bit) !== 0;
  }

  set edge(on: boolean) {
    this.put(this.bits.edge, on);
  }

  private put(words: Int32Array, on: boolean): void {
    if (on) words[this.word] |= this.bit;
    else words[this.word] &= ~this.bit;
  }
}

/** What the distributor and the CPU interface keep for one CPU. */
export class GicBank {
  readonly bits: InterruptBits;
  readonly interrupts: readonly Interrupt[];
  /** Per software-generated interrupt: a bit for each CPU that asked for it. */
  readonly sgiSources = new Uint8Array(SGIS);
  on = false;
  priorityMask = 0;
  binaryPoint = 0;
  /** Interrupts being handled, the innermost last, and the running priority that each set: each is above the one before. */
  private readonly runningIds = new Int32Array(IDLE_PRIORITY);
  private readonly runningPriorities = new Int32Array(IDLE_PRIORITY);
  private runningCount = 0;

  constructor(bit: number) {
    this.bits = new InterruptBits(PRIVATE / 32, 0, bit);
    this.interrupts = this.bits.interrupts;
    for (const sgi of this.interrupts.slice(0, SGIS)) sgi.enabled = sgi.edge = true;
  }

  get runningPriority(): number {
    return this.runningCount > 0 ? this.runningPriorities[this.runningCount - 1] : IDLE_PRIORITY;
  }

  /** The handling of an interrupt begins. */
  begin(id: number, priority: number): void {
    this.runningIds[this.runningCount] = id;
    this.runningPriorities[this.runningCount++] = priority;
  }

  /** The handling of an interrupt ends; of one that is not being handled, that of the innermost. Whether there was any. */
  end(id: number): boolean {
    const { runningIds, runningPriorities } = this;
    if (this.runningCount === 0) return false;
    const last = --this.runningCount;
    if (runningIds[last] === id) return true;
    const at = runningIds.subarray(0, last).lastIndexOf(id);
    if (at < 0) return true;
    runningIds.copyWithin(at, at + 1, last + 1);
    runningPriorities.copyWithin(at, at + 1, last + 1);
    return true;
  }
}

export function isPending(interrupt: Interrupt): boolean {
  return interrupt.pending || (interrupt.level && !interrupt.edge);
}

/** The interrupts of a generic interrupt controller of architecture 1.0 (IHI 0048), and which of them each CPU is told. */
export class GicState {
  banks: readonly GicBank[] = [];
  distributorOn = false;
  private shared: InterruptBits;

  /** @param count interrupts including the private ones, a multiple of 32 */
  constructor(
    readonly count: number,
    private readonly lines: readonly IrqLine[],
  ) {
    this.shared = this.freshShared();
    this.reset();
  }

  private freshShared(): InterruptBits {
    // A single CPU is every interrupt's target; several are none's until software says so.
    const targets = this.cpus === 1 ? 1 : 0;
    return new InterruptBits((this.count - PRIVATE) / 32, PRIVATE, targets);
  }

  get cpus(): number {
    return this.lines.length;
  }

  reset(): void {
    this.banks = this.lines.map((_, cpu) => new GicBank(1 << cpu));
    this.shared = this.freshShared();
    this.distributorOn = false;
    this.update();
  }

  /** The interrupt as the CPU sees it, if there is one of this number. */
  interrupt(cpu: number, id: number): Interrupt | undefined {
    return id < PRIVATE ? this.banks[cpu].interrupts[id] : this.shared.interrupts[id - PRIVATE];
  }

  /** The level of an interrupt's wire; of a private one, of that CPU's. */
  setLevel(cpu: number, id: number, level: boolean): void {
    const interrupt = this.interrupt(cpu, id);
    if (!interrupt || interrupt.level === level) return;
    interrupt.level = level;
    if (level && interrupt.edge) interrupt.pending = true;
    this.update();
  }

  /** The number of the interrupt that is {@link signalled} to the CPU. */
  highestPending(cpu: number): number {
    return this.signalled(cpu)?.id ?? SPURIOUS;
  }

  /** What to signal to the CPU: the pending interrupt of highest priority (lowest number) that its mask lets through. */
  private signalled(cpu: number): Interrupt | undefined {
    const bank = this.banks[cpu];
    if (!this.distributorOn || !bank.on) return undefined;
    const found = this.best(bank.bits, 1 << cpu, undefined);
    const best = this.best(this.shared, 1 << cpu, found);
    return best !== undefined && best.priority < bank.priorityMask ? best : undefined;
  }

  /** The one of lowest number among those of highest priority that wait for the CPU of the bit, if it comes before `other`. */
  private best(bits: InterruptBits, bit: number, other: Interrupt | undefined): Interrupt | undefined {
    let best = other;
    for (let word = 0; word < bits.words; word++) {
      for (let waiting = bits.waiting(word); waiting !== 0; waiting &= waiting - 1) {
        const interrupt = bits.interrupts[32 * word + 31 - Math.clz32(waiting & -waiting)];
        if (interrupt.targets & bit && (!best || interrupt.priority < best.priority)) best = interrupt;
      }
    }
    return best;
  }

  /** Sets every CPU's line anew. */
  update(): void {
    for (let cpu = 0; cpu < this.lines.length; cpu++) {
      const best = this.signalled(cpu);
      this.lines[cpu].set(best !== undefined && best.priority < this.banks[cpu].runningPriority);
    }
  }

  /** The CPU takes its highest pending interrupt: its number, of a software-generated one with the sender in 12:10. */
  acknowledge(cpu: number): number {
    const bank = this.banks[cpu];
    const interrupt = this.signalled(cpu);
    if (!interrupt || interrupt.priority >= bank.runningPriority) return SPURIOUS;
    const { id } = interrupt;
    let result = id;
    if (id < SGIS) {
      const sources = bank.sgiSources[id];
      const source = sources === 0 ? 0 : 31 - Math.clz32(sources & -sources);
      bank.sgiSources[id] = sources & ~(1 << source);
      interrupt.pending = bank.sgiSources[id] !== 0;
      result |= source << 10;
    } else {
      interrupt.pending = false;
    }
    interrupt.active = true;
    bank.begin(id, interrupt.priority & (-1 << (bank.binaryPoint + 1)) & 0xff);
    this.update();
    return result;
  }

  /** The caller calls {@link update}. */
  endOfInterrupt(cpu: number, id: number): void {
    const interrupt = this.interrupt(cpu, id);
    if (interrupt && this.banks[cpu].end(id)) interrupt.active = false;
  }

  /** A write to GICD_SGIR by the CPU: to a list of CPUs, to all others, or to itself. */
  sendSgi(from: number, value: number): void {
    const id = value & 0xf;
    const filter = (value >>> 24) & 3;
    const all = (1 << this.cpus) - 1;
    const self = 1 << from;
    const targets = [(value >>> 16) & all, all & ~self, self, 0][filter];
    for (let cpu = 0; cpu < this.cpus; cpu++) {
      if (!(targets & (1 << cpu))) continue;
      const bank = this.banks[cpu];
      bank.interrupts[id].pending = true;
      bank.sgiSources[id] |= self;
    }
  }
}
