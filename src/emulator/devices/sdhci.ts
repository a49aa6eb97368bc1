import { hex } from '../../common/bits';
import type { Device, GuestLog } from '../device';
import type { IrqLine } from '../irq';
import { RegisterFile, registerRun, type RegisterSpec } from './register-file';

// SD host controller: SD Host Controller Simplified Specification 2.00; Zynq-7000 TRM UG585 chapter 13.
const BLOCK = 0x04;
const COMMAND = 0x0c;
const HOST_CONTROL = 0x28;
const CLOCK_CONTROL = 0x2c;
const INT_STATUS = 0x30;
const INT_ENABLE = 0x34;
const INT_SIGNAL = 0x38;
const AUTO_CMD_STATUS = 0x3c;
const FORCE_EVENT = 0x50;
const RO = { writable: 0 } as const;

export const SDHCI_REGISTERS: readonly RegisterSpec[] = [
  { name: 'SDMA_ADDR', offset: 0x00 },
  { name: 'BLOCK_SIZE_COUNT', offset: BLOCK, writable: 0xffff7fff },
  { name: 'ARGUMENT', offset: 0x08 },
  { name: 'MODE_COMMAND', offset: COMMAND, writable: 0xffff0037 },
  ...registerRun('RESPONSE', 0x10, 4, RO),
  { name: 'BUFFER', offset: 0x20, ...RO },
  { name: 'PRESENT_STATE', offset: 0x24, reset: 0x1fa0000, ...RO },
  { name: 'HOST_CONTROL', offset: HOST_CONTROL, writable: 0xff01feff },
  { name: 'CLOCK_CONTROL', offset: CLOCK_CONTROL, writable: 0x00ffffff },
  { name: 'INT_STATUS', offset: INT_STATUS, writable: 0, clears: 0xffffffff },
  { name: 'INT_ENABLE', offset: INT_ENABLE },
  { name: 'INT_SIGNAL', offset: INT_SIGNAL },
  { name: 'AUTO_CMD_STATUS', offset: AUTO_CMD_STATUS, writable: 0xffff },
  { name: 'CAPABILITIES', offset: 0x40, reset: 0x69ec0080, ...RO },
  { name: 'CAPABILITIES_1', offset: 0x44, ...RO },
  { name: 'MAX_CURRENT', offset: 0x48, ...RO },
  { name: 'MAX_CURRENT_1', offset: 0x4c, ...RO },
  { name: 'FORCE_EVENT', offset: FORCE_EVENT, ...RO },
  { name: 'ADMA_ERROR', offset: 0x54, writable: 0xff },
  { name: 'ADMA_ADDR', offset: 0x58 },
  { name: 'ADMA_ADDR_1', offset: 0x5c },
  { name: 'SLOT_INT_VERSION', offset: 0xfc, reset: 0x24010000, ...RO },
];

const MAX_BLOCK = 512;
const CLOCK_INTERNAL_ON = 1;
const CLOCK_STABLE = 2;
const CLOCK_SD_ON = 4;
const INT_COMMAND_COMPLETE = 1;
const INT_ERROR = 0x8000;
const ERROR_COMMAND_TIMEOUT = 1 << 16;
const ERROR_AUTO_CMD = 1 << 24;

/** A controller with an empty slot: a command that awaits a response times out. */
export class Sdhci implements Device {
  readonly name = 'sdhci';
  readonly size = 0x100;
  private readonly registers = new RegisterFile(SDHCI_REGISTERS);

  constructor(
    private readonly irq: IrqLine,
    private readonly log: GuestLog,
  ) {}

  reset(): void {
    this.registers.reset();
    this.update();
  }

  read(offset: number): number {
    if (!this.registers.spec(offset))
      this.log.unimplemented(`sdhci: read of an unknown register at offset ${hex(offset, 2)}`);
    return this.registers.get(offset) >>> ((offset & 3) * 8);
  }

  write(offset: number, value: number, size: number): void {
    const spec = this.registers.spec(offset);
    if (!spec) {
      this.log.unimplemented(`sdhci: write to an unknown register at offset ${hex(offset, 2)}`);
      return;
    }
    const shift = (offset & 3) * 8;
    const mask = (size === 4 ? 0xffffffff : ((1 << (size * 8)) - 1) << shift) >>> 0;
    const register = spec.offset;
    const placed = (value << shift) >>> 0;
    if (register === FORCE_EVENT) this.forceEvents(placed);
    else if (spec.clears) this.registers.write(register, placed & mask);
    else this.writeMasked(register, placed, mask);
    this.update();
  }

  private writeMasked(register: number, placed: number, mask: number): void {
    if (register === CLOCK_CONTROL && mask >>> 24) this.softwareReset(placed >>> 24);
    this.registers.write(register, (this.registers.get(register) & ~mask) | (placed & mask));
    const value = this.registers.get(register);
    if (register === BLOCK && (value & 0xfff) > MAX_BLOCK) this.registers.set(BLOCK, (value & ~0xfff) | MAX_BLOCK);
    if (register === CLOCK_CONTROL) {
      this.registers.set(register, value & CLOCK_INTERNAL_ON ? value | CLOCK_STABLE : value & ~CLOCK_STABLE);
    }
    if (register === COMMAND && mask >>> 24) this.sendCommand(value >>> 16);
  }

  /** 1 resets everything, 2 and 4 the command and data lines; QEMU ignores other values. */
  private softwareReset(bits: number): void {
    const r = this.registers;
    if (bits === 1) r.reset();
    if (bits === 2) r.set(INT_STATUS, r.get(INT_STATUS) & ~INT_COMMAND_COMPLETE);
    if (bits === 4) r.set(INT_STATUS, r.get(INT_STATUS) & ~0x3e);
  }

  private sendCommand(command: number): void {
    const clock = CLOCK_INTERNAL_ON | CLOCK_STABLE | CLOCK_SD_ON;
    if ((this.registers.get(CLOCK_CONTROL) & clock) !== clock) return;
    if (command & 3) this.raise(ERROR_COMMAND_TIMEOUT);
    this.raise(INT_COMMAND_COMPLETE);
  }

  private forceEvents(value: number): void {
    const r = this.registers;
    r.set(AUTO_CMD_STATUS, r.get(AUTO_CMD_STATUS) | (value & 0xffff));
    this.raise(value & 0xffff0000);
    if (value & 0xffff) this.raise(ERROR_AUTO_CMD);
  }

  private raise(bits: number): void {
    const r = this.registers;
    const shown = (bits & r.get(INT_ENABLE)) >>> 0;
    r.set(INT_STATUS, r.get(INT_STATUS) | shown | (shown >>> 16 ? INT_ERROR : 0));
  }

  private update(): void {
    const r = this.registers;
    if (!(r.get(INT_STATUS) >>> 16)) r.set(INT_STATUS, r.get(INT_STATUS) & ~INT_ERROR);
    this.irq.set((r.get(INT_STATUS) & r.get(INT_SIGNAL)) !== 0);
  }
}
