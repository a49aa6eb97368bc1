/** One 32-bit write to a device's register. */
export interface RegisterWrite {
  readonly address: number;
  readonly value: number;
  /** What the write is for. */
  readonly what: string;
}

const SLCR = 0xf8000000;
const UARTS = [0xe0000000, 0xe0001000];

const slcr = (offset: number, value: number, what: string): RegisterWrite => ({ address: SLCR + offset, value, what });

/**
 * The state in which a boot loader hands over to a standalone application, as far as such an application relies on it:
 * PLLs at their usual rates with a 33.33 MHz crystal, peripheral clocks on, both UARTs at 115200 baud 8N1 with
 * transmitter and receiver enabled, the SLCR locked again. Register meanings: Zynq-7000 TRM UG585 chapters 19
 * and 25, appendix B. Pin multiplexing and DDR timing differ from board to board and nothing here depends on them.
 */
export const PS7_INIT: readonly RegisterWrite[] = [
  slcr(0x008, 0xdf0d, 'SLCR_UNLOCK'),
  slcr(0x110, 0x000fa220, 'ARM_PLL_CFG: loop filter for a multiplier of 40'),
  slcr(0x100, 0x00028008, 'ARM_PLL_CTRL: 33.33 MHz x 40 = 1333 MHz'),
  slcr(0x120, 0x1f000200, 'ARM_CLK_CTRL: CPU clocks on, 1333 MHz / 2 = 667 MHz'),
  slcr(0x114, 0x0012c220, 'DDR_PLL_CFG: loop filter for a multiplier of 32'),
  slcr(0x104, 0x00020008, 'DDR_PLL_CTRL: 33.33 MHz x 32 = 1067 MHz'),
  slcr(0x124, 0x0c200003, 'DDR_CLK_CTRL: both DDR clocks on, dividers 2 and 3'),
  slcr(0x118, 0x001452c0, 'IO_PLL_CFG: loop filter for a multiplier of 30'),
  slcr(0x108, 0x0001e008, 'IO_PLL_CTRL: 33.33 MHz x 30 = 1000 MHz'),
  slcr(0x14c, 0x00000501, 'LQSPI_CLK_CTRL: 1000 MHz / 5 = 200 MHz'),
  slcr(0x150, 0x00001403, 'SDIO_CLK_CTRL: both, 1000 MHz / 20 = 50 MHz'),
  slcr(0x154, 0x00001403, 'UART_CLK_CTRL: both, 1000 MHz / 20 = 50 MHz'),
  slcr(0x168, 0x00000501, 'PCAP_CLK_CTRL: 200 MHz'),
  slcr(0x1c4, 0x00000001, 'CLK_621_TRUE: 6:2:1 clock ratio'),
  slcr(0x12c, 0x01ffcccd, 'APER_CLK_CTRL: every peripheral bus clock on'),
  ...UARTS.flatMap((base): RegisterWrite[] => [
    { address: base + 0x34, value: 0x06, what: 'UART BDIV: 50 MHz / (62 x 7) = 115207 baud' },
    { address: base + 0x18, value: 0x3e, what: 'UART BRGR' },
    { address: base + 0x00, value: 0x17, what: 'UART CR: reset both paths, enable receiver and transmitter' },
    { address: base + 0x04, value: 0x20, what: 'UART MR: 8 data bits, no parity, 1 stop bit' },
  ]),
  slcr(0x004, 0x767b, 'SLCR_LOCK'),
];
