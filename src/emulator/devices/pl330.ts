import { hex } from '../../common/bits';
import type { Device, GuestLog } from '../device';
import { RegisterFile, registerRun, type RegisterSpec } from './register-file';

// DMA-330 controller: TRM DDI 0424 chapter 3; eight channels, sixteen events.
const INTEN = 0x020;
const INTCLR = 0x02c;
const DBGCMD = 0xd00;
const CONFIGURATION = 0xe00;
const DBGINST0 = 0xd08;
const DBGINST1 = 0xd0c;
const RO = { writable: 0 } as const;
const CHANNELS = [0, 1, 2, 3, 4, 5, 6, 7];

export const PL330_REGISTERS: readonly RegisterSpec[] = [
  { name: 'DSR', offset: 0x000, ...RO },
  { name: 'DPC', offset: 0x004, ...RO },
  { name: 'INTEN', offset: INTEN },
  { name: 'INT_EVENT_RIS', offset: 0x024, ...RO },
  { name: 'INTMIS', offset: 0x028, ...RO },
  { name: 'INTCLR', offset: INTCLR, ...RO },
  { name: 'FSRD', offset: 0x030, ...RO },
  { name: 'FSRC', offset: 0x034, ...RO },
  { name: 'FTRD', offset: 0x038, ...RO },
  ...registerRun('FTR', 0x040, 8, RO),
  ...CHANNELS.flatMap((n): RegisterSpec[] => [
    { name: `CSR${n}`, offset: 0x100 + n * 8, ...RO },
    { name: `CPC${n}`, offset: 0x104 + n * 8, ...RO },
  ]),
  ...CHANNELS.flatMap((n) =>
    ['SAR', 'DAR', 'CCR', 'LC0_', 'LC1_'].map((name, i): RegisterSpec => ({
      name: `${name}${n}`,
      offset: 0x400 + n * 0x20 + i * 4,
      ...RO,
    })),
  ),
  { name: 'DBGSTATUS', offset: DBGCMD, ...RO },
  { name: 'CR0', offset: 0xe00, reset: 0x1e3071, ...RO },
  { name: 'CR1', offset: 0xe04, reset: 0x72, ...RO },
  { name: 'CR2', offset: 0xe08, ...RO },
  { name: 'CR3', offset: 0xe0c, ...RO },
  { name: 'CR4', offset: 0xe10, ...RO },
  { name: 'CRD', offset: 0xe14, reset: 0xfff7f73, ...RO },
  ...[0x30, 0x13, 0x24, 0x00].map((reset, i): RegisterSpec => ({
    name: `periph_id_${i}`,
    offset: 0xfe0 + i * 4,
    reset,
    ...RO,
  })),
  ...[0x0d, 0xf0, 0x05, 0xb1].map((reset, i): RegisterSpec => ({
    name: `pcell_id_${i}`,
    offset: 0xff0 + i * 4,
    reset,
    ...RO,
  })),
];

/** Registers of the DMA controller. It does not run programs: starting one is reported, and its channels stay stopped. */
export class Pl330 implements Device {
  readonly name = 'dma';
  readonly size = 0x1000;
  private readonly registers = new RegisterFile(PL330_REGISTERS);

  constructor(private readonly log: GuestLog) {}

  reset(): void {
    this.registers.reset();
  }

  read(offset: number): number {
    // The configuration and identification registers answer anywhere in their word, the others only at its start.
    if (this.registers.spec(offset) && (offset >= CONFIGURATION || (offset & 3) === 0))
      return this.registers.get(offset);
    this.log.guestError(`pl330: read of an unknown register at offset ${hex(offset, 3)}`);
    return 0;
  }

  write(offset: number, value: number): void {
    if (offset === INTEN) this.registers.write(offset, value);
    else if (offset === DBGCMD) this.log.unimplemented('pl330: DMA programs are not carried out');
    else if (offset !== INTCLR && offset !== DBGINST0 && offset !== DBGINST1) {
      this.log.guestError(`pl330: write to an unknown or read-only register at offset ${hex(offset, 3)}`);
    }
  }
}
