import { hex } from '../../common/bits';
import type { Device, GuestLog } from '../device';
import type { IrqLine } from '../irq';
import { RegisterFile, type RegisterSpec } from './register-file';
import type { SpiFlash, SpiSlave } from './spi-flash';

// SPI and Quad-SPI controllers: Zynq-7000 TRM UG585 chapters 17 and 12, appendices B.30 and B.27.
const CONFIG = 0x00;
const INTR_STATUS = 0x04;
const INTR_ENABLE = 0x08;
const INTR_DISABLE = 0x0c;
const INTR_MASK = 0x10;
const ENABLE = 0x14;
const TXD0 = 0x1c;
const RXD = 0x20;
const TX_THRESHOLD = 0x28;
const RX_THRESHOLD = 0x2c;
const TXD1 = 0x80;
const TXD3 = 0x88;
const LQSPI_CFG = 0xa0;
const LQSPI_CFG_LINEAR = 1 << 31;

const SPECIFIC: readonly RegisterSpec[] = [
  { name: 'Config', offset: CONFIG, reset: 0x20000, writable: 0x840affff },
  { name: 'Intr_status', offset: INTR_STATUS, reset: 0x104, writable: 0, clears: 0xffffffff },
  { name: 'Intr_en', offset: INTR_ENABLE, writable: 0 },
  { name: 'Intr_dis', offset: INTR_DISABLE, writable: 0 },
  { name: 'Intr_mask', offset: INTR_MASK, writable: 0 },
  { name: 'En', offset: ENABLE, writable: 1 },
  { name: 'Delay', offset: 0x18 },
  { name: 'TXD0', offset: TXD0, writable: 0 },
  { name: 'RX_data', offset: RXD, writable: 0 },
  { name: 'Slave_Idle_count', offset: 0x24, reset: 0xff, writable: 0xff },
  { name: 'TX_thres', offset: TX_THRESHOLD, reset: 1 },
  { name: 'RX_thres', offset: RX_THRESHOLD, reset: 1 },
  { name: 'TXD1', offset: TXD1, writable: 0 },
  { name: 'TXD2', offset: 0x84, writable: 0 },
  { name: 'TXD3', offset: TXD3, writable: 0 },
  { name: 'LQSPI_CFG', offset: LQSPI_CFG, reset: 0x3a002eb },
  { name: 'MOD_ID', offset: 0xfc, reset: 0x1090106, writable: 0 },
  { name: 'GQSPI_CFG', offset: 0x100, writable: 0xffffff00 },
];

export const SPIPS_REGISTERS: readonly RegisterSpec[] = Array.from(
  { length: 0x80 },
  (_, i) => SPECIFIC.find((spec) => spec.offset === i * 4) ?? { name: `reg_${hex(i * 4, 3)}`, offset: i * 4 },
);

const CONFIG_MANUAL_START = 1 << 16;
const CONFIG_MANUAL_START_ENABLE = 1 << 15;
const CONFIG_MANUAL_CS = 1 << 14;
const STATUS_RX_OVERFLOW = 1 << 0;
const STATUS_TX_NOT_FULL = 1 << 2;
const STATUS_TX_FULL = 1 << 3;
const STATUS_RX_NOT_EMPTY = 1 << 4;
const STATUS_RX_FULL = 1 << 5;
const STATUS_TX_EMPTY = 1 << 8;
const STATUS_LEVELS = STATUS_TX_NOT_FULL | STATUS_TX_FULL | STATUS_RX_NOT_EMPTY | STATUS_RX_FULL | STATUS_TX_EMPTY;

export interface SpipsKind {
  /** Bytes that one access to TXD0 or RX_data moves: 1 for SPI, 4 for Quad-SPI. */
  readonly bytes: 1 | 4;
  /** Depth of the FIFOs in bytes. */
  readonly depth: number;
}

/** A controller with its FIFOs; a transfer takes no time. `slaves` by chip select. */
export class XilinxSpips implements Device {
  readonly name = 'spi';
  readonly size = 0x200;
  private readonly registers = new RegisterFile(SPIPS_REGISTERS);
  private tx: number[] = [];
  private rx: number[] = [];

  constructor(
    private readonly kind: SpipsKind,
    private readonly slaves: readonly SpiSlave[],
    private readonly irq: IrqLine,
    private readonly log: GuestLog,
  ) {}

  reset(): void {
    this.registers.reset();
    this.tx = [];
    this.rx = [];
    for (const slave of this.slaves) slave.select(false);
    this.update();
  }

  read(offset: number): number {
    const register = offset & ~3;
    if (register === INTR_STATUS) return this.readStatus();
    if (register !== RXD) return this.registers.get(offset);
    let value = 0;
    for (let i = 0; i < this.kind.bytes; i++) value |= (this.rx.shift() ?? 0) << (i * 8);
    this.update();
    return value >>> 0;
  }

  write(offset: number, value: number): void {
    const register = offset & ~3;
    const r = this.registers;
    switch (register) {
      case INTR_ENABLE:
        r.set(INTR_MASK, r.get(INTR_MASK) | (value & 0x1fff));
        break;
      case INTR_DISABLE:
        r.set(INTR_MASK, r.get(INTR_MASK) & ~value);
        break;
      case TXD0:
        this.push(value, this.kind.bytes);
        break;
      case TXD1:
      case 0x84:
      case TXD3:
        this.push(value, (register - TXD1) / 4 + 1);
        break;
      default:
        r.write(register, value);
    }
    this.selectSlaves();
    if (register === CONFIG ? value & CONFIG_MANUAL_START : !(r.get(CONFIG) & CONFIG_MANUAL_START_ENABLE))
      this.transfer();
    this.update();
  }

  /** Reading clears what is not a level. */
  private readStatus(): number {
    const status = this.registers.get(INTR_STATUS);
    this.registers.set(INTR_STATUS, 0);
    this.update();
    return status;
  }

  private push(value: number, bytes: number): void {
    for (let i = 0; i < bytes; i++) {
      if (this.tx.length < this.kind.depth) this.tx.push((value >>> (i * 8)) & 0xff);
      else this.log.guestError('xilinx_spips: byte written to a full FIFO');
    }
  }

  private get enabled(): boolean {
    return (this.registers.get(ENABLE) & 1) !== 0;
  }

  /** Config bits 13:10 choose the slave: the position of the lowest zero; all ones = none. */
  private get selected(): SpiSlave | undefined {
    if (!this.enabled) return undefined;
    const field = (this.registers.get(CONFIG) >>> 10) & 0xf;
    const index = [0, 1, 2, 3].find((bit) => !(field & (1 << bit)));
    const automaticIdle = !(this.registers.get(CONFIG) & CONFIG_MANUAL_CS) && this.tx.length === 0;
    return index === undefined || automaticIdle ? undefined : this.slaves[index];
  }

  private selectSlaves(): void {
    const { selected } = this;
    for (const slave of this.slaves) slave.select(slave === selected);
  }

  private transfer(): void {
    if (!this.enabled) return;
    while (this.tx.length > 0) {
      const received = this.selected?.exchange(this.tx[0]) ?? 0;
      this.tx.shift();
      if (this.rx.length < this.kind.depth) this.rx.push(received);
      else this.registers.set(INTR_STATUS, this.registers.get(INTR_STATUS) | STATUS_RX_OVERFLOW);
    }
    this.selectSlaves();
  }

  private update(): void {
    const r = this.registers;
    // In linear mode the FIFOs are the flash's and the levels stand still.
    if (r.get(LQSPI_CFG) & LQSPI_CFG_LINEAR) return;
    let status = r.get(INTR_STATUS) & ~STATUS_LEVELS;
    if (this.tx.length < r.get(TX_THRESHOLD)) status |= STATUS_TX_NOT_FULL;
    if (this.tx.length === this.kind.depth) status |= STATUS_TX_FULL;
    if (this.rx.length >= r.get(RX_THRESHOLD)) status |= STATUS_RX_NOT_EMPTY;
    if (this.rx.length === this.kind.depth) status |= STATUS_RX_FULL;
    if (this.tx.length === 0) status |= STATUS_TX_EMPTY;
    r.set(INTR_STATUS, status);
    this.irq.set((status & r.get(INTR_MASK)) !== 0);
  }
}

/** The Quad-SPI flash as memory: linear mode, reading only. */
export class LinearQspi implements Device {
  readonly name = 'lqspi';
  readonly size = 0x2000000;

  constructor(
    private readonly flash: SpiFlash,
    private readonly log: GuestLog,
  ) {}

  read(offset: number, size: number): number {
    let value = 0;
    for (let i = 0; i < size; i++) value |= this.flash.peek(offset + i) << (i * 8);
    return value >>> 0;
  }

  write(offset: number): void {
    this.log.guestError(`lqspi: write at offset ${hex(offset)}: the flash can only be read here`);
  }

  reset(): void {}
}
