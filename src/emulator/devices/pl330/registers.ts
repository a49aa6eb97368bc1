import { registerRun, type RegisterSpec } from '../register-file';

// DMA-330 controller: TRM DDI 0424 chapter 3; eight channels, sixteen events.
export const DSR = 0x000;
export const DPC = 0x004;
export const INTEN = 0x020;
export const INT_EVENT_RIS = 0x024;
export const INTMIS = 0x028;
export const INTCLR = 0x02c;
export const FSRD = 0x030;
export const FSRC = 0x034;
export const FTRD = 0x038;
export const FTR = 0x040;
export const CSR = 0x100;
/** SAR, DAR, CCR, LC0 and LC1 of each channel, 32 bytes apart. */
export const CHANNEL = 0x400;
export const DBGSTATUS = 0xd00;
export const DBGCMD = 0xd04;
export const DBGINST0 = 0xd08;
export const DBGINST1 = 0xd0c;
export const CONFIGURATION = 0xe00;

const RO = { writable: 0 } as const;
const CHANNELS = [0, 1, 2, 3, 4, 5, 6, 7];

export const PL330_REGISTERS: readonly RegisterSpec[] = [
  { name: 'DSR', offset: DSR, ...RO },
  { name: 'DPC', offset: DPC, ...RO },
  { name: 'INTEN', offset: INTEN },
  { name: 'INT_EVENT_RIS', offset: INT_EVENT_RIS, ...RO },
  { name: 'INTMIS', offset: INTMIS, ...RO },
  { name: 'INTCLR', offset: INTCLR, ...RO },
  { name: 'FSRD', offset: FSRD, ...RO },
  { name: 'FSRC', offset: FSRC, ...RO },
  { name: 'FTRD', offset: FTRD, ...RO },
  ...registerRun('FTR', FTR, 8, RO),
  ...CHANNELS.flatMap((n): RegisterSpec[] => [
    { name: `CSR${n}`, offset: CSR + n * 8, ...RO },
    { name: `CPC${n}`, offset: CSR + n * 8 + 4, ...RO },
  ]),
  ...CHANNELS.flatMap((n) =>
    ['SAR', 'DAR', 'CCR', 'LC0_', 'LC1_'].map((name, i): RegisterSpec => ({
      name: `${name}${n}`,
      offset: CHANNEL + n * 0x20 + i * 4,
      ...RO,
    })),
  ),
  { name: 'DBGSTATUS', offset: DBGSTATUS, ...RO },
  { name: 'CR0', offset: CONFIGURATION, reset: 0x1e3071, ...RO },
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
