import { hex } from '../../common/bits';
import type { Device, GuestLog } from '../device';
import type { IrqLine } from '../irq';
import { RegisterFile, type RegisterSpec } from './register-file';

// Interface to the XADC: Zynq-7000 TRM UG585 chapter 30 and appendix B.17.
const CFG = 0x00;
const INT_STS = 0x04;
const INT_MASK = 0x08;
const MSTS = 0x0c;
const CMDFIFO = 0x10;
const RDFIFO = 0x14;
const MCTL = 0x18;

export const XADC_REGISTERS: readonly RegisterSpec[] = [
  { name: 'CFG', offset: CFG, reset: 0x1814 },
  { name: 'INT_STS', offset: INT_STS, reset: 0x200, writable: 0, clears: 0x37f },
  { name: 'INT_MASK', offset: INT_MASK, reset: 0xffffffff, writable: 0x3ff },
  { name: 'MSTS', offset: MSTS, reset: 0x500, writable: 0 },
  { name: 'CMDFIFO', offset: CMDFIFO, writable: 0 },
  { name: 'RDFIFO', offset: RDFIFO, writable: 0 },
  { name: 'MCTL', offset: MCTL, reset: 0x10, writable: 0xfffeff },
];

const INT_CFIFO_LTH = 1 << 9;
const INT_DFIFO_GTH = 1 << 8;
const MCTL_RESET = 1 << 4;
const FIFO_DEPTH = 15;
const DRP_REGISTERS = 128;
const COMMAND_NONE = 0;
const COMMAND_READ = 1;
const COMMAND_WRITE = 2;

/** The command and data FIFOs and, behind them, the converter's own registers: all zero, for nothing is connected. */
export class ZynqXadc implements Device {
  readonly name = 'zynq-xadc';
  readonly size = 0x20;
  private readonly registers = new RegisterFile(XADC_REGISTERS);
  private readonly converter = new Uint16Array(DRP_REGISTERS);
  private data: number[] = [];
  /** A command's answer comes with the next command. */
  private answer = 0;

  constructor(
    private readonly irq: IrqLine,
    private readonly log: GuestLog,
  ) {}

  reset(): void {
    this.registers.reset();
    this.converter.fill(0);
    this.data = [];
    this.answer = 0;
    this.update();
  }

  read(offset: number): number {
    switch (offset & ~3) {
      case CFG:
      case INT_MASK:
      case INT_STS:
      case MSTS:
      case MCTL:
        this.update();
        return this.registers.get(offset);
      case RDFIFO: {
        const value = this.data.shift() ?? 0;
        this.update();
        return value;
      }
      default:
        this.log.guestError(`zynq-xadc: read of an unknown or write-only register at offset ${hex(offset)}`);
        return 0;
    }
  }

  write(offset: number, value: number): void {
    switch (offset & ~3) {
      case INT_MASK:
        this.registers.set(offset, value & 0x3ff);
        break;
      case CFG:
      case INT_STS:
      case MCTL:
        this.registers.write(offset, value);
        break;
      case CMDFIFO:
        this.command(value);
        break;
      default:
        this.log.guestError(`zynq-xadc: write to an unknown or read-only register at offset ${hex(offset)}`);
    }
    this.update();
  }

  private command(value: number): void {
    if (this.registers.get(MCTL) & MCTL_RESET) {
      this.log.guestError(`zynq-xadc: command ${hex(value, 8)} while the channel is held in reset`);
      return;
    }
    const address = (value >>> 16) & 0x3ff;
    const operation = (value >>> 26) & 0xf;
    if (operation > COMMAND_WRITE || (operation !== COMMAND_NONE && address >= DRP_REGISTERS)) {
      this.log.guestError(`zynq-xadc: command ${hex(value, 8)} is unknown or names no register`);
      return;
    }
    if (operation === COMMAND_WRITE) this.converter[address] = value & 0xffff;
    if (this.data.length === FIFO_DEPTH) return;
    this.data.push(this.answer);
    this.answer = operation === COMMAND_READ ? this.converter[address] : 0;
  }

  private update(): void {
    const r = this.registers;
    const level = this.data.length;
    const dataThreshold = (r.get(CFG) >>> 16) & 0xf;
    const status = (r.get(INT_STS) & ~INT_DFIFO_GTH) | INT_CFIFO_LTH;
    r.set(INT_STS, level > dataThreshold ? status | INT_DFIFO_GTH : status | (r.get(INT_STS) & INT_DFIFO_GTH));
    const flags = (level === 0 ? 1 << 8 : 0) | (level === FIFO_DEPTH ? 1 << 9 : 0) | (1 << 10);
    r.set(MSTS, (level << 12) | flags);
    this.irq.set((r.get(INT_STS) & ~r.get(INT_MASK)) !== 0);
  }
}
