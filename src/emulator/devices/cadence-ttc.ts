import { hex } from '../../common/bits';
import type { Device, GuestLog, VirtualClock } from '../device';
import type { IrqLine } from '../irq';
import { registerRun, type RegisterSpec } from './register-file';
import type { TimedDevice } from './timed';

// Triple timer counter: Zynq-7000 TRM UG585 chapter 8.5 and appendix B.32. Three timers, a register of each side by side.
const CLOCK_CONTROL = 0x00;
const COUNTER_CONTROL = 0x0c;
const COUNTER_VALUE = 0x18;
const INTERVAL = 0x24;
const MATCH_1 = 0x30;
const MATCH_2 = 0x3c;
const MATCH_3 = 0x48;
const INTERRUPT = 0x54;
const INTERRUPT_ENABLE = 0x60;
const EVENT_CONTROL = 0x6c;
const EVENT = 0x78;

export const TTC_REGISTERS: readonly RegisterSpec[] = [
  ...registerRun('Clock_Control_', CLOCK_CONTROL, 3, { writable: 0x3f }),
  ...registerRun('Counter_Control_', COUNTER_CONTROL, 3, { reset: 0x21, writable: 0x2f }),
  ...registerRun('Counter_Value_', COUNTER_VALUE, 3, { writable: 0 }),
  ...registerRun('Interval_Counter_', INTERVAL, 3, { writable: 0xffff }),
  ...registerRun('Match_1_Counter_', MATCH_1, 3, { writable: 0xffff }),
  ...registerRun('Match_2_Counter_', MATCH_2, 3, { writable: 0xffff }),
  ...registerRun('Match_3_Counter_', MATCH_3, 3, { writable: 0xffff }),
  ...registerRun('Interrupt_Register_', INTERRUPT, 3, { writable: 0 }),
  ...registerRun('Interrupt_Enable_', INTERRUPT_ENABLE, 3, { writable: 0x3f }),
  ...registerRun('Event_Control_Timer_', EVENT_CONTROL, 3, { writable: 0x7 }),
  ...registerRun('Event_Register_', EVENT, 3, { writable: 0 }),
];

const PRESCALE_ENABLE = 1;
const COUNTER_DISABLE = 1;
const COUNTER_INTERVAL = 2;
const COUNTER_DECREMENT = 4;
const COUNTER_MATCH = 8;
const COUNTER_RESET = 16;
const INTERRUPT_INTERVAL = 1;
const INTERRUPT_OVERFLOW = 16;
/** CPU_1x as QEMU has it, whatever the SLCR says. */
const INPUT_HZ = 133_000_000;

class Timer {
  clock = 0;
  control = 0x21;
  interval = 0;
  match = [0, 0, 0];
  pending = 0;
  enabled = 0;
  eventControl = 0;
  /** Ticks, with their fraction. */
  private value = 0;
  private since = 0;

  constructor(
    private readonly time: VirtualClock,
    private readonly irq: IrqLine,
  ) {}

  reset(): void {
    this.clock = this.interval = this.pending = this.enabled = this.eventControl = this.value = 0;
    this.control = 0x21;
    this.match = [0, 0, 0];
    this.since = this.time.nowNs();
    this.updateIrq();
  }

  get count(): number {
    return Math.floor(this.value) & 0xffff;
  }

  /** Brings value and events up to now. */
  sync(): void {
    const now = this.time.nowNs();
    const moved = ((now - this.since) * this.hz) / 1e9;
    this.since = now;
    if (this.control & COUNTER_DISABLE || moved <= 0) return;
    const period = this.period;
    const down = (this.control & COUNTER_DECREMENT) !== 0;
    const end = down ? this.value - moved : this.value + moved;
    if (this.control & COUNTER_MATCH) {
      this.match.forEach((match, i) => {
        if (match < period && ticksTo(match, this.value, period, down) <= moved) this.pending |= 2 << i;
      });
    }
    if (end < 0 || end >= period)
      this.pending |= this.control & COUNTER_INTERVAL ? INTERRUPT_INTERVAL : INTERRUPT_OVERFLOW;
    this.value = ((end % period) + period) % period;
    this.updateIrq();
  }

  setControl(value: number): void {
    if (value & COUNTER_RESET) this.value = 0;
    this.control = value & 0x3f & ~COUNTER_RESET;
  }

  updateIrq(): void {
    this.irq.set((this.pending & this.enabled) !== 0);
  }

  /** When an interrupt that is enabled and not pending yet comes; the rest is worked out when somebody looks. */
  nextEventNs(): number {
    const awaited = this.enabled & ~this.pending;
    if (this.control & COUNTER_DISABLE || awaited === 0) return Infinity;
    const down = (this.control & COUNTER_DECREMENT) !== 0;
    const stops: number[] = [];
    if (awaited & (this.control & COUNTER_INTERVAL ? INTERRUPT_INTERVAL : INTERRUPT_OVERFLOW)) {
      stops.push(down ? this.value : this.period - this.value);
    }
    if (this.control & COUNTER_MATCH) {
      this.match.forEach((match, i) => {
        if (awaited & (2 << i)) stops.push(ticksTo(match, this.value, this.period, down));
      });
    }
    if (stops.length === 0) return Infinity;
    return this.since + Math.ceil((Math.min(...stops.filter((ticks) => ticks > 0), this.period) * 1e9) / this.hz);
  }

  private get period(): number {
    return this.control & COUNTER_INTERVAL ? this.interval + 1 : 0x10000;
  }

  private get hz(): number {
    return this.clock & PRESCALE_ENABLE ? INPUT_HZ / 2 ** (((this.clock >>> 1) & 0xf) + 1) : INPUT_HZ;
  }
}

/** How far a counter is from a value, in the direction it runs; a full period when it stands there. */
function ticksTo(target: number, value: number, period: number, down: boolean): number {
  const distance = down ? value - target : target - value;
  return distance > 0 ? distance : distance + period;
}

export class CadenceTtc implements Device, TimedDevice {
  readonly name = 'timer';
  readonly size = 0x1000;
  private readonly timers: Timer[];

  constructor(
    clock: VirtualClock,
    irqs: readonly [IrqLine, IrqLine, IrqLine],
    private readonly log: GuestLog,
  ) {
    this.timers = irqs.map((irq) => new Timer(clock, irq));
  }

  reset(): void {
    for (const timer of this.timers) timer.reset();
  }

  poll(): void {
    for (const timer of this.timers) timer.sync();
  }

  nextEventNs(): number {
    let next = Infinity;
    for (const timer of this.timers) next = Math.min(next, timer.nextEventNs());
    return next;
  }

  read(offset: number): number {
    const timer = this.timerAt(offset, 'read');
    if (!timer) return 0;
    timer.sync();
    switch (groupOf(offset)) {
      case CLOCK_CONTROL:
        return timer.clock;
      case COUNTER_CONTROL:
        return timer.control;
      case COUNTER_VALUE:
        return timer.count;
      case INTERVAL:
        return timer.interval;
      case MATCH_1:
      case MATCH_2:
      case MATCH_3:
        return timer.match[(groupOf(offset) - MATCH_1) / 12] ?? 0;
      case INTERRUPT: {
        const pending = timer.pending;
        timer.pending = 0;
        timer.updateIrq();
        return pending;
      }
      case INTERRUPT_ENABLE:
        return timer.enabled;
      case EVENT_CONTROL:
        return timer.eventControl;
      default:
        return 0;
    }
  }

  write(offset: number, value: number): void {
    const timer = this.timerAt(offset, 'write');
    if (!timer) return;
    timer.sync();
    switch (groupOf(offset)) {
      case CLOCK_CONTROL:
        timer.clock = value & 0x3f;
        break;
      case COUNTER_CONTROL:
        timer.setControl(value);
        break;
      case INTERVAL:
        timer.interval = value & 0xffff;
        break;
      case MATCH_1:
      case MATCH_2:
      case MATCH_3:
        timer.match[(groupOf(offset) - MATCH_1) / 12] = value & 0xffff;
        break;
      case INTERRUPT_ENABLE:
        timer.enabled = value & 0x3f;
        break;
      case EVENT_CONTROL:
        timer.eventControl = value & 0x7;
        break;
    }
    timer.updateIrq();
  }

  private timerAt(offset: number, what: string): Timer | undefined {
    if (offset < EVENT + 12 && (offset & 3) === 0) return this.timers[(offset >>> 2) % 3];
    this.log.guestError(`cadence_ttc: ${what} of an unknown register at offset ${hex(offset)}`);
    return undefined;
  }
}

function groupOf(offset: number): number {
  return Math.floor(offset / 12) * 12;
}
