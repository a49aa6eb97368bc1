import type { CharBackend, Device, GuestLog, Post, VirtualClock } from '../device';
import { BusError } from '../device';
import type { IrqLine } from '../irq';
import { RegisterFile, type RegisterSpec } from './register-file';
import type { TimedDevice } from './timed';

// Cadence UART of the Zynq-7000: TRM UG585 chapter 19 and appendix B.33.
const CR = 0x00;
const MR = 0x04;
const IER = 0x08;
const IDR = 0x0c;
const IMR = 0x10;
const CISR = 0x14;
const BRGR = 0x18;
const RTOR = 0x1c;
const RTRIG = 0x20;
const SR = 0x2c;
const FIFO = 0x30;
const BDIV = 0x34;
const TTRIG = 0x44;

export const UART_REGISTERS: readonly RegisterSpec[] = [
  { name: 'CR', offset: CR, reset: 0x128, writable: ~0x3 },
  { name: 'MR', offset: MR },
  { name: 'IER', offset: IER, writable: 0 },
  { name: 'IDR', offset: IDR, writable: 0 },
  { name: 'IMR', offset: IMR, writable: 0 },
  { name: 'CISR', offset: CISR, writable: 0, clears: 0xffffffff },
  { name: 'BRGR', offset: BRGR, reset: 0x28b, writable: 0xffff },
  { name: 'RTOR', offset: RTOR },
  { name: 'RTRIG', offset: RTRIG, reset: 0x20 },
  { name: 'MCR', offset: 0x24 },
  { name: 'MSR', offset: 0x28 },
  { name: 'SR', offset: SR, writable: 0 },
  { name: 'TX_RX_FIFO', offset: FIFO, writable: 0 },
  { name: 'BDIV', offset: BDIV, reset: 0xf, writable: 0xff },
  { name: 'FDEL', offset: 0x38 },
  { name: 'PMIN', offset: 0x3c },
  { name: 'PWID', offset: 0x40 },
  { name: 'TTRIG', offset: TTRIG, reset: 0x20 },
];

const CR_RXRST = 1 << 0;
const CR_TXRST = 1 << 1;
const CR_RX_EN = 1 << 2;
const CR_RX_DIS = 1 << 3;
const CR_TX_EN = 1 << 4;
const CR_TX_DIS = 1 << 5;

const MR_CLKS = 1 << 0;
const MODE_NORMAL = 0;
const MODE_ECHO = 1;
const MODE_LOCAL_LOOPBACK = 2;

// Channel status bits; the five lowest have the same place in the interrupt registers.
const SR_RTRIG = 1 << 0;
const SR_REMPTY = 1 << 1;
const SR_RFUL = 1 << 2;
const SR_TEMPTY = 1 << 3;
const SR_TTRIG = 1 << 13;
const INTR_ROVR = 1 << 5;
const INTR_TIMEOUT = 1 << 8;
const INTR_TTRIG = 1 << 10;

/** As on QEMU; the hardware's receive FIFO holds 64. */
const FIFO_SIZE = 16;

export interface UartWiring {
  readonly irq: IrqLine;
  readonly clock: VirtualClock;
  readonly log: GuestLog;
  /** The reference clock in Hz; 0 = stopped: the registers then do not answer. */
  readonly refclkHz: () => number;
  /** Where the line leads; undefined = not connected. */
  readonly backend: CharBackend | undefined;
}

/**
 * One UART. A byte written to the FIFO leaves at once when the transmitter is enabled and is lost when it is not.
 * Input is fetched from the backend while the receiver is enabled and the FIFO has room, so that none is lost.
 */
export class CadenceUart implements Device, TimedDevice {
  readonly name = 'uart';
  readonly size = 0x1000;
  private readonly registers = new RegisterFile(UART_REGISTERS);
  private rxFifo: number[] = [];
  /** Guest time at which the receive timeout falls due; infinite when none runs. */
  private timeoutAt = Infinity;

  constructor(private readonly wiring: UartWiring) {
    this.reset();
  }

  reset(): void {
    this.registers.reset();
    this.rxFifo = [];
    this.timeoutAt = Infinity;
    this.updateStatus();
  }

  read(offset: number): number {
    this.demandClock('read');
    this.poll();
    if ((offset & ~3) === FIFO) return this.readFifo();
    return this.registers.get(offset);
  }

  write(offset: number, value: number): void {
    this.demandClock('write');
    const register = offset & ~3;
    switch (register) {
      case IER:
        this.registers.set(IMR, this.registers.get(IMR) | value);
        break;
      case IDR:
        this.registers.set(IMR, this.registers.get(IMR) & ~value);
        break;
      case FIFO:
        if (this.send(value)) return;
        if (this.mode === MODE_LOCAL_LOOPBACK) this.receive(value & 0xff);
        break;
      case BRGR:
        if (value >= 1) this.registers.write(register, value);
        break;
      case BDIV:
        if (value >= 4) this.registers.write(register, value);
        break;
      case CR:
        if (value & CR_RXRST) {
          this.rxFifo = [];
          this.timeoutAt = Infinity;
        }
        this.registers.set(CR, value & ~(CR_RXRST | CR_TXRST));
        break;
      default:
        this.registers.write(register, value);
    }
    this.updateStatus();
  }

  /** What is sent at once changes no status. */
  post(offset: number): Post | undefined {
    return (offset & ~3) === FIFO ? this.send : undefined;
  }

  private readonly send: Post = (value) => {
    if (this.wiring.refclkHz() <= 0 || this.mode !== MODE_NORMAL) return false;
    this.transmit(value & 0xff);
    return true;
  };

  /** Fetches input that has arrived, lets the receive timeout fall due. The machine calls it now and then. */
  poll(): void {
    if (this.wiring.clock.nowNs() >= this.timeoutAt) {
      this.timeoutAt = Infinity;
      this.registers.set(CISR, this.registers.get(CISR) | INTR_TIMEOUT);
      this.updateStatus();
    }
    const { backend } = this.wiring;
    if (!backend || this.mode === MODE_LOCAL_LOOPBACK || !this.receiverOn || this.wiring.refclkHz() === 0) return;
    while (this.rxFifo.length < FIFO_SIZE) {
      const byte = backend.receive();
      if (byte < 0) return;
      if (this.mode === MODE_NORMAL || this.mode === MODE_ECHO) this.receive(byte);
      if (this.mode !== MODE_NORMAL) this.transmit(byte);
    }
  }

  nextEventNs(): number {
    return this.timeoutAt;
  }

  private get mode(): number {
    return (this.registers.get(MR) >>> 8) & 3;
  }

  private get receiverOn(): boolean {
    return (this.registers.get(CR) & (CR_RX_EN | CR_RX_DIS)) === CR_RX_EN;
  }

  private demandClock(what: string): void {
    if (this.wiring.refclkHz() > 0) return;
    this.wiring.log.guestError(`cadence_uart: ${what} of a register while the reference clock is stopped`);
    throw new BusError();
  }

  private transmit(byte: number): void {
    if ((this.registers.get(CR) & (CR_TX_EN | CR_TX_DIS)) !== CR_TX_EN) return;
    this.wiring.backend?.transmit(byte);
  }

  private receive(byte: number): void {
    if (!this.receiverOn) return;
    if (this.rxFifo.length === FIFO_SIZE) {
      this.registers.set(CISR, this.registers.get(CISR) | INTR_ROVR);
    } else {
      this.rxFifo.push(byte);
      if (this.registers.get(RTOR)) this.timeoutAt = this.wiring.clock.nowNs() + 4 * this.characterNs();
    }
    this.updateStatus();
  }

  private readFifo(): number {
    if (!this.receiverOn) return 0;
    const byte = this.rxFifo.shift() ?? 0;
    this.updateStatus();
    return byte;
  }

  /** Nanoseconds that one character takes on the line with the rate and format set. */
  private characterNs(): number {
    const mr = this.registers.get(MR);
    const baud = Math.max(
      1,
      Math.floor(
        this.wiring.refclkHz() / (mr & MR_CLKS ? 8 : 1) / (this.registers.get(BRGR) * (this.registers.get(BDIV) + 1)),
      ),
    );
    const dataBits = [8, 8, 7, 6][(mr >>> 1) & 3] ?? 8;
    const parityBits = mr & (1 << 5) ? 0 : 1;
    const stopBits = (mr >>> 6) & 3 ? 2 : 1;
    return Math.floor(1e9 / baud) * (1 + dataBits + parityBits + stopBits);
  }

  private updateStatus(): void {
    const r = this.registers;
    let status = SR_TEMPTY;
    if (this.rxFifo.length === FIFO_SIZE) status |= SR_RFUL;
    if (this.rxFifo.length === 0) status |= SR_REMPTY;
    if (this.rxFifo.length >= r.get(RTRIG)) status |= SR_RTRIG;
    if (0 >= r.get(TTRIG)) status |= SR_TTRIG;
    r.set(SR, status);
    r.set(CISR, r.get(CISR) | (status & 0x1f) | (status & SR_TTRIG ? INTR_TTRIG : 0));
    this.wiring.irq.set((r.get(IMR) & r.get(CISR)) !== 0);
  }
}
