import type { IrqLine } from '../irq';

export const SGIS = 16;
/** Interrupts that each CPU has for itself: software-generated ones, then those of its private peripherals. */
export const PRIVATE = 32;
export const SPURIOUS = 1023;
const IDLE_PRIORITY = 0x100;

export interface Interrupt {
  /** Set by {@link GicState.enable}. */
  enabled: boolean;
  pending: boolean;
  active: boolean;
  level: boolean;
  edge: boolean;
  priority: number;
  /** Of a shared interrupt: a bit for each CPU that it goes to. */
  targets: number;
}

/** What the distributor and the CPU interface keep for one CPU. */
export class GicBank {
  readonly interrupts: Interrupt[];
  /** Per software-generated interrupt: a bit for each CPU that asked for it. */
  readonly sgiSources = new Uint8Array(SGIS);
  on = false;
  priorityMask = 0;
  binaryPoint = 0;
  /** Interrupts being handled, the innermost last, with the running priority that each set. */
  running: { readonly id: number; readonly priority: number }[] = [];

  constructor(bit: number) {
    this.interrupts = Array.from({ length: PRIVATE }, (_, id) => freshInterrupt(id, bit));
  }

  get runningPriority(): number {
    return this.running.at(-1)?.priority ?? IDLE_PRIORITY;
  }
}

function freshInterrupt(id: number, targets: number): Interrupt {
  const isSgi = id < SGIS;
  return { enabled: isSgi, pending: false, active: false, level: false, edge: isSgi, priority: 0, targets };
}

export function isPending(interrupt: Interrupt): boolean {
  return interrupt.pending || (interrupt.level && !interrupt.edge);
}

/** The interrupts of a generic interrupt controller of architecture 1.0 (IHI 0048), and which of them each CPU is told. */
export class GicState {
  banks: readonly GicBank[] = [];
  distributorOn = false;
  private shared: readonly Interrupt[] = [];
  /** By CPU, the enabled interrupts by ascending number: what {@link highestPending} looks at. Absent: not found out yet. */
  private readonly enabled: (readonly { readonly id: number; readonly interrupt: Interrupt }[] | undefined)[] = [];

  /** @param count interrupts including the private ones, a multiple of 32 */
  constructor(
    readonly count: number,
    private readonly lines: readonly IrqLine[],
  ) {
    this.reset();
  }

  get cpus(): number {
    return this.lines.length;
  }

  reset(): void {
    this.banks = this.lines.map((_, cpu) => new GicBank(1 << cpu));
    // A single CPU is every interrupt's target; several are none's until software says so.
    const targets = this.cpus === 1 ? 1 : 0;
    this.shared = Array.from({ length: this.count - PRIVATE }, (_, i) => freshInterrupt(PRIVATE + i, targets));
    this.distributorOn = false;
    this.enabled.length = 0;
    this.update();
  }

  /** The interrupt as the CPU sees it, if there is one of this number. */
  interrupt(cpu: number, id: number): Interrupt | undefined {
    return id < PRIVATE ? this.banks[cpu].interrupts[id] : this.shared[id - PRIVATE];
  }

  enable(interrupt: Interrupt, enabled: boolean): void {
    interrupt.enabled = enabled;
    this.enabled.length = 0;
  }

  private enabledOf(cpu: number): readonly { readonly id: number; readonly interrupt: Interrupt }[] {
    const all = [...this.banks[cpu].interrupts, ...this.shared];
    const found = all.map((interrupt, id) => ({ id, interrupt })).filter(({ interrupt }) => interrupt.enabled);
    this.enabled[cpu] = found;
    return found;
  }

  /** The level of an interrupt's wire; of a private one, of that CPU's. */
  setLevel(cpu: number, id: number, level: boolean): void {
    const interrupt = this.interrupt(cpu, id);
    if (!interrupt || interrupt.level === level) return;
    interrupt.level = level;
    if (level && interrupt.edge) interrupt.pending = true;
    this.update();
  }

  /** What to signal to the CPU: the pending interrupt of highest priority (lowest number) that its mask lets through. */
  highestPending(cpu: number): number {
    const bank = this.banks[cpu];
    if (!this.distributorOn || !bank.on) return SPURIOUS;
    let best = SPURIOUS;
    let bestPriority = IDLE_PRIORITY;
    const bit = 1 << cpu;
    for (const { id, interrupt } of this.enabled[cpu] ?? this.enabledOf(cpu)) {
      if (interrupt.active || !(interrupt.targets & bit) || !isPending(interrupt)) continue;
      if (interrupt.priority >= bestPriority) continue;
      best = id;
      bestPriority = interrupt.priority;
    }
    return bestPriority < bank.priorityMask ? best : SPURIOUS;
  }

  /** Sets every CPU's line anew. */
  update(): void {
    this.lines.forEach((line, cpu) => {
      const best = this.interrupt(cpu, this.highestPending(cpu));
      line.set(best !== undefined && best.priority < this.banks[cpu].runningPriority);
    });
  }

  /** The CPU takes its highest pending interrupt: its number, of a software-generated one with the sender in 12:10. */
  acknowledge(cpu: number): number {
    const bank = this.banks[cpu];
    const id = this.highestPending(cpu);
    const interrupt = this.interrupt(cpu, id);
    if (!interrupt || interrupt.priority >= bank.runningPriority) return SPURIOUS;
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
    bank.running.push({ id, priority: interrupt.priority & (-1 << (bank.binaryPoint + 1)) & 0xff });
    this.update();
    return result;
  }

  endOfInterrupt(cpu: number, id: number): void {
    const { running } = this.banks[cpu];
    const interrupt = this.interrupt(cpu, id);
    if (!interrupt || running.length === 0) return;
    const at = running.findLastIndex((entry) => entry.id === id);
    running.splice(at < 0 ? running.length - 1 : at, 1);
    interrupt.active = false;
    this.update();
  }

  /** A write to GICD_SGIR by the CPU: to a list of CPUs, to all others, or to itself. */
  sendSgi(from: number, value: number): void {
    const id = value & 0xf;
    const filter = (value >>> 24) & 3;
    const all = (1 << this.cpus) - 1;
    const self = 1 << from;
    const targets = [(value >>> 16) & all, all & ~self, self, 0][filter];
    this.banks.forEach((bank, cpu) => {
      if (!(targets & (1 << cpu))) return;
      bank.interrupts[id].pending = true;
      bank.sgiSources[id] |= self;
    });
  }
}
