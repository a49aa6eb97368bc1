import { hex } from '../../common/bits';
import type { Device, GuestLog, VirtualClock } from '../device';
import type { IrqLine } from '../irq';
import type { RegisterSpec } from './register-file';
import type { TimedDevice } from './timed';

// Global timer: Cortex-A9 MPCore TRM (DDI 0407) 4.4.
const COUNTER_LOW = 0x00;
const COUNTER_HIGH = 0x04;
const CONTROL = 0x08;
const STATUS = 0x0c;
const COMPARE_LOW = 0x10;
const COMPARE_HIGH = 0x14;
const INCREMENT = 0x18;

export const GTIMER_REGISTERS: readonly RegisterSpec[] = [
  { name: 'Counter Low', offset: COUNTER_LOW },
  { name: 'Counter High', offset: COUNTER_HIGH },
  { name: 'Control', offset: CONTROL },
  { name: 'Interrupt Status', offset: STATUS, clears: 1 },
  { name: 'Comparator Low', offset: COMPARE_LOW },
  { name: 'Comparator High', offset: COMPARE_HIGH },
  { name: 'Auto-increment', offset: INCREMENT },
];

const CONTROL_TIMER_ENABLE = 1;
const CONTROL_COMPARE_ENABLE = 2;
const CONTROL_IRQ = 4;
const CONTROL_AUTO_INCREMENT = 8;
/** The bits of the control register that each CPU has for itself. */
const CONTROL_BANKED = CONTROL_COMPARE_ENABLE | CONTROL_IRQ | CONTROL_AUTO_INCREMENT;
const PERIPHCLK_NS = 10;
const MASK_64 = (1n << 64n) - 1n;

/** What each CPU has of the global timer. */
class Comparator {
  control = 0;
  status = 0;
  value = 0n;
  increment = 0;
  /** When it next fires: whole ticks from the last access, which need not lie on a tick (as on QEMU). */
  dueAt = Infinity;

  constructor(private readonly irq: IrqLine) {}

  reset(): void {
    this.control = this.status = this.increment = 0;
    this.value = 0n;
    this.dueAt = Infinity;
    this.updateIrq();
  }

  get enabled(): boolean {
    return (this.control & CONTROL_COMPARE_ENABLE) !== 0;
  }

  /** Compares with the counter. */
  check(counter: bigint): void {
    if (counter <= this.value) return;
    this.status = 1;
    if (this.control & CONTROL_AUTO_INCREMENT && this.increment > 0) {
      const step = BigInt(this.increment);
      this.value = (this.value + ((counter - this.value + step - 1n) / step) * step) & MASK_64;
    }
  }

  /** When the interrupt comes; what happens without one is worked out when somebody looks. */
  nextEventNs(): number {
    return this.status !== 0 || !(this.control & CONTROL_IRQ) ? Infinity : this.dueAt;
  }

  updateIrq(): void {
    this.irq.set(this.status !== 0 && (this.control & CONTROL_IRQ) !== 0);
  }
}

/**
 * The global timer: 64 bits up, with a comparator per CPU. As on QEMU, reading it gives a running count also while it is
 * disabled; a value written to the counter takes effect when it is enabled; and a comparator fires a tick after the
 * counter has reached it.
 */
export class A9GlobalTimer implements Device, TimedDevice {
  readonly name = 'a9gtimer shared';
  readonly size = 0x20;
  readonly valid = { min: 4, max: 4 } as const;
  /** The bits of the control register that the CPUs share. */
  private control = 0;
  private readonly comparators: readonly Comparator[];
  /** What software wrote, or what was reached when last synchronised. */
  private counter = 0n;
  /** The running count at guest time {@link since}. */
  private reference = 0n;
  private since = 0;

  /**
   * @param irqs each CPU's private interrupt
   * @param currentCpu whose access it is that is served
   */
  constructor(
    private readonly clock: VirtualClock,
    irqs: readonly IrqLine[],
    private readonly currentCpu: () => number,
    private readonly log: GuestLog,
  ) {
    this.comparators = irqs.map((irq) => new Comparator(irq));
  }

  reset(): void {
    this.control = 0;
    this.counter = this.reference = 0n;
    this.since = this.clock.nowNs();
    for (const comparator of this.comparators) comparator.reset();
  }

  private get own(): Comparator {
    return this.comparators[this.currentCpu()];
  }

  read(offset: number): number {
    if (offset > COUNTER_HIGH) this.poll();
    const { own } = this;
    switch (offset) {
      case COUNTER_LOW:
        return Number(this.running() & 0xffffffffn);
      case COUNTER_HIGH:
        return Number(this.running() >> 32n);
      case CONTROL:
        return this.control | own.control;
      case STATUS:
        return own.status;
      case COMPARE_LOW:
        return Number(own.value & 0xffffffffn);
      case COMPARE_HIGH:
        return Number(own.value >> 32n);
      case INCREMENT:
        return own.increment;
      default:
        this.log.guestError(`a9gtimer: read of an unknown register at offset ${hex(offset)}`);
        return 0;
    }
  }

  write(offset: number, value: number): void {
    this.poll();
    const { own } = this;
    switch (offset) {
      case COUNTER_LOW:
        this.counter = (this.counter & ~0xffffffffn) | BigInt(value);
        break;
      case COUNTER_HIGH:
        this.counter = (this.counter & 0xffffffffn) | (BigInt(value) << 32n);
        break;
      case CONTROL:
        this.setControl(value);
        break;
      case STATUS:
        own.status &= ~value;
        break;
      case COMPARE_LOW:
        own.value = (own.value & ~0xffffffffn) | BigInt(value);
        break;
      case COMPARE_HIGH:
        own.value = (own.value & 0xffffffffn) | (BigInt(value) << 32n);
        break;
      case INCREMENT:
        own.increment = value;
        break;
      default:
        this.log.guestError(`a9gtimer: write to an unknown register at offset ${hex(offset)}`);
    }
    this.poll();
  }

  poll(): void {
    const counts = (this.control & CONTROL_TIMER_ENABLE) !== 0;
    if (counts) this.counter = this.running();
    for (const comparator of this.comparators) {
      const compares = counts && comparator.enabled;
      if (compares) comparator.check(this.counter);
      const ticks = comparator.value - this.counter + 1n;
      comparator.dueAt = compares && ticks > 0n ? this.clock.nowNs() + Number(ticks) * this.tickNs : Infinity;
      comparator.updateIrq();
    }
  }

  nextEventNs(): number {
    let next = Infinity;
    for (const comparator of this.comparators) next = Math.min(next, comparator.nextEventNs());
    return next;
  }

  private get tickNs(): number {
    return (((this.control >>> 8) & 0xff) + 1) * PERIPHCLK_NS;
  }

  private running(): bigint {
    return (this.reference + BigInt(Math.floor((this.clock.nowNs() - this.since) / this.tickNs))) & MASK_64;
  }

  private setControl(value: number): void {
    const starts = !(this.control & CONTROL_TIMER_ENABLE) && value & CONTROL_TIMER_ENABLE;
    this.reference = starts ? this.counter : this.running();
    this.since = this.clock.nowNs();
    this.control = value & ~CONTROL_BANKED;
    this.own.control = value & CONTROL_BANKED;
  }
}
