import type { Device, VirtualClock } from '../device';
import type { IrqLine } from '../irq';
import type { RegisterSpec } from './register-file';
import type { TimedDevice } from './timed';

// Private timer and watchdog: Cortex-A9 MPCore TRM (DDI 0407) chapter 4.
const LOAD = 0x0;
const COUNTER = 0x4;
const CONTROL = 0x8;
const STATUS = 0xc;

export const MPTIMER_REGISTERS: readonly RegisterSpec[] = [
  { name: 'Load', offset: LOAD },
  { name: 'Counter', offset: COUNTER },
  { name: 'Control', offset: CONTROL },
  { name: 'Interrupt Status', offset: STATUS, clears: 1 },
];

const CONTROL_ENABLE = 1;
const CONTROL_RELOAD = 2;
const CONTROL_IRQ = 4;
/** A change of these begins a new tick: enable, reload, prescaler. */
const CONTROL_RESTART = 0xff03;
/** PERIPHCLK runs at 100 MHz, whatever the SLCR says. */
const PERIPHCLK_NS = 10;

/**
 * The private timer of a CPU; the watchdog is the same block, in its timer mode. Counts down from a load value, sets
 * its status on reaching 0, then stops or, a tick later, starts over.
 */
export class ArmMpTimer implements Device, TimedDevice {
  readonly name = 'arm_mptimer_timer';
  readonly size = 0x20;
  readonly valid = { min: 4, max: 4 } as const;
  private load = 0;
  private control = 0;
  private status = 0;
  /** The count at guest time {@link since}, from which it falls while the timer is enabled. */
  private count = 0;
  private since = 0;

  constructor(
    private readonly clock: VirtualClock,
    private readonly irq: IrqLine,
  ) {}

  reset(): void {
    this.load = this.control = this.status = this.count = 0;
    this.since = this.clock.nowNs();
    this.updateIrq();
  }

  read(offset: number): number {
    this.settle();
    switch (offset) {
      case LOAD:
        return this.load;
      case COUNTER:
        return this.count;
      case CONTROL:
        return this.control;
      case STATUS:
        return this.status;
      default:
        return 0;
    }
  }

  write(offset: number, value: number): void {
    this.settle();
    switch (offset) {
      case LOAD:
        this.load = this.count = value;
        this.since = this.clock.nowNs();
        break;
      case COUNTER:
        this.count = value;
        this.since = this.clock.nowNs();
        break;
      case CONTROL:
        this.setControl(value);
        break;
      case STATUS:
        this.status &= ~value;
        break;
    }
    this.updateIrq();
  }

  poll(): void {
    this.countUntil(this.clock.nowNs());
  }

  /**
   * Before an access: counts up to now. On QEMU a tick at the very moment comes after it, and so does reaching 0 while the
   * accessing instruction executes.
   */
  private settle(): void {
    const now = this.clock.nowNs();
    const end = this.timerNs();
    const isEnding = end <= now && end > now - (this.clock.stepNs ?? 1);
    this.countUntil((isEnding ? end : now) - 1);
  }

  private countUntil(ns: number): void {
    if (!(this.control & CONTROL_ENABLE)) return;
    const ticks = Math.floor((ns - this.since) / this.tickNs);
    if (ticks <= 0) return;
    this.since += ticks * this.tickNs;
    const reloads = (this.control & CONTROL_RELOAD) !== 0;
    if (this.count === 0 && !reloads) return;
    // From 0 on it takes a tick to start over.
    const left = this.count || this.load + 1;
    if (ticks < left) {
      this.count = left - ticks;
      return;
    }
    this.status = 1;
    const beyond = (ticks - left) % (this.load + 1);
    this.count = reloads && beyond > 0 ? this.load + 1 - beyond : 0;
    this.updateIrq();
  }

  /** When the interrupt comes; what happens without one is worked out when somebody looks. */
  nextEventNs(): number {
    return this.status !== 0 || !(this.control & CONTROL_IRQ) ? Infinity : this.timerNs();
  }

  timerNs(): number {
    if (!(this.control & CONTROL_ENABLE) || (this.count === 0 && !(this.control & CONTROL_RELOAD))) return Infinity;
    return this.since + (this.count > 0 ? this.count : this.load + 1) * this.tickNs;
  }

  restartNs(): number {
    return this.control & CONTROL_RELOAD ? this.timerNs() + (this.load + 1) * this.tickNs : Infinity;
  }

  private get tickNs(): number {
    return (((this.control >>> 8) & 0xff) + 1) * PERIPHCLK_NS;
  }

  private setControl(value: number): void {
    const starts = (value & CONTROL_ENABLE) !== 0;
    if (starts && this.count === 0 && value & CONTROL_RELOAD) this.count = this.load;
    const restarts = ((this.control ^ value) & CONTROL_RESTART) !== 0;
    this.control = value;
    if (restarts) this.since = this.clock.nowNs();
  }

  private updateIrq(): void {
    this.irq.set(this.status !== 0 && (this.control & CONTROL_IRQ) !== 0);
  }
}
