import { hex } from '../../common/bits';
import type { Device, GuestLog } from '../device';
import type { CpuInputs } from '../boards/board';
import { RegisterFile, registerRun, type RegisterSpec } from './register-file';

// System-level control registers of the Zynq-7000: TRM UG585 chapter 4.3 and appendix B.28.
const SCL = 0x000;
const LOCK = 0x004;
const UNLOCK = 0x008;
const LOCKSTA = 0x00c;
const ARM_PLL_CTRL = 0x100;
const DDR_PLL_CTRL = 0x104;
const IO_PLL_CTRL = 0x108;
const UART_CLK_CTRL = 0x154;
const PSS_RST_CTRL = 0x200;
const A9_CPU_RST_CTRL = 0x244;

const LOCK_KEY = 0x767b;
const UNLOCK_KEY = 0xdf0d;
const READ_ONLY = { writable: 0 } as const;

export const SLCR_REGISTERS: readonly RegisterSpec[] = [
  { name: 'SCL', offset: SCL, writable: 1 },
  { name: 'SLCR_LOCK', offset: LOCK, writable: 0 },
  { name: 'SLCR_UNLOCK', offset: UNLOCK, writable: 0 },
  { name: 'SLCR_LOCKSTA', offset: LOCKSTA, reset: 1, writable: 0 },

  { name: 'ARM_PLL_CTRL', offset: ARM_PLL_CTRL, reset: 0x1a008 },
  { name: 'DDR_PLL_CTRL', offset: DDR_PLL_CTRL, reset: 0x1a008 },
  { name: 'IO_PLL_CTRL', offset: IO_PLL_CTRL, reset: 0x1a008 },
  { name: 'PLL_STATUS', offset: 0x10c, reset: 0x3f, writable: 0 },
  { name: 'ARM_PLL_CFG', offset: 0x110, reset: 0x14000 },
  { name: 'DDR_PLL_CFG', offset: 0x114, reset: 0x14000 },
  { name: 'IO_PLL_CFG', offset: 0x118, reset: 0x14000 },
  { name: 'ARM_CLK_CTRL', offset: 0x120, reset: 0x1f000400 },
  { name: 'DDR_CLK_CTRL', offset: 0x124, reset: 0x18400003 },
  { name: 'DCI_CLK_CTRL', offset: 0x128, reset: 0x1e03201 },
  { name: 'APER_CLK_CTRL', offset: 0x12c, reset: 0x1ffcccd },
  { name: 'USB0_CLK_CTRL', offset: 0x130, reset: 0x101941 },
  { name: 'USB1_CLK_CTRL', offset: 0x134, reset: 0x101941 },
  { name: 'GEM0_RCLK_CTRL', offset: 0x138, reset: 0x1 },
  { name: 'GEM1_RCLK_CTRL', offset: 0x13c, reset: 0x1 },
  { name: 'GEM0_CLK_CTRL', offset: 0x140, reset: 0x3c01 },
  { name: 'GEM1_CLK_CTRL', offset: 0x144, reset: 0x3c01 },
  { name: 'SMC_CLK_CTRL', offset: 0x148, reset: 0x3c01 },
  { name: 'LQSPI_CLK_CTRL', offset: 0x14c, reset: 0x2821 },
  { name: 'SDIO_CLK_CTRL', offset: 0x150, reset: 0x1e03 },
  { name: 'UART_CLK_CTRL', offset: UART_CLK_CTRL, reset: 0x3f03 },
  { name: 'SPI_CLK_CTRL', offset: 0x158, reset: 0x3f03 },
  { name: 'CAN_CLK_CTRL', offset: 0x15c, reset: 0x501903 },
  { name: 'CAN_MIOCLK_CTRL', offset: 0x160 },
  { name: 'DBG_CLK_CTRL', offset: 0x164, reset: 0xf03 },
  { name: 'PCAP_CLK_CTRL', offset: 0x168, reset: 0xf01 },
  { name: 'TOPSW_CLK_CTRL', offset: 0x16c },
  ...[0, 1, 2, 3].flatMap((n): RegisterSpec[] => [
    { name: `FPGA${n}_CLK_CTRL`, offset: 0x170 + n * 16, reset: 0x101800 },
    { name: `FPGA${n}_THR_CTRL`, offset: 0x174 + n * 16 },
    { name: `FPGA${n}_THR_CNT`, offset: 0x178 + n * 16 },
    { name: `FPGA${n}_THR_STA`, offset: 0x17c + n * 16, reset: 0x10000, writable: 0 },
  ]),
  { name: 'BANDGAP_TRIM', offset: 0x1b8, reset: 0x1f },
  { name: 'PLL_PREDIVISOR', offset: 0x1c0, reset: 0x1 },
  { name: 'CLK_621_TRUE', offset: 0x1c4, reset: 0x1 },

  { name: 'PSS_RST_CTRL', offset: PSS_RST_CTRL },
  { name: 'DDR_RST_CTRL', offset: 0x204 },
  { name: 'TOPSW_RST_CTRL', offset: 0x208 },
  { name: 'DMAC_RST_CTRL', offset: 0x20c },
  { name: 'USB_RST_CTRL', offset: 0x210 },
  { name: 'GEM_RST_CTRL', offset: 0x214 },
  { name: 'SDIO_RST_CTRL', offset: 0x218 },
  { name: 'SPI_RST_CTRL', offset: 0x21c },
  { name: 'CAN_RST_CTRL', offset: 0x220 },
  { name: 'I2C_RST_CTRL', offset: 0x224 },
  { name: 'UART_RST_CTRL', offset: 0x228 },
  { name: 'GPIO_RST_CTRL', offset: 0x22c },
  { name: 'LQSPI_RST_CTRL', offset: 0x230 },
  { name: 'SMC_RST_CTRL', offset: 0x234 },
  { name: 'OCM_RST_CTRL', offset: 0x238 },
  { name: 'DEVCI_RST_CTRL', offset: 0x23c },
  { name: 'FPGA_RST_CTRL', offset: 0x240, reset: 0x1f33f0f },
  { name: 'A9_CPU_RST_CTRL', offset: A9_CPU_RST_CTRL, reset: 0 },
  { name: 'RS_AWDT_CTRL', offset: 0x24c },
  { name: 'RST_REASON', offset: 0x250, reset: 0x40 },
  { name: 'REBOOT_STATUS', offset: 0x258 },
  { name: 'BOOT_MODE', offset: 0x25c, reset: 0x1, writable: 0 },
  { name: 'APU_CTRL', offset: 0x300 },
  { name: 'WDT_CLK_SEL', offset: 0x304 },
  { name: 'TZ_DMA_NS', offset: 0x440 },
  { name: 'TZ_DMA_IRQ_NS', offset: 0x444 },
  { name: 'TZ_DMA_PERIPH_NS', offset: 0x448 },
  { name: 'PSS_IDCODE', offset: 0x530, writable: 0 },

  { name: 'DDR_URGENT', offset: 0x600 },
  { name: 'DDR_CAL_START', offset: 0x60c },
  { name: 'DDR_REF_START', offset: 0x614 },
  { name: 'DDR_CMD_STA', offset: 0x618, writable: 0 },
  { name: 'DDR_URGENT_SEL', offset: 0x61c },
  { name: 'DDR_DFI_STATUS', offset: 0x620, writable: 0 },

  // Pins 2 to 8 leave reset with their pull-up off: the boot-mode straps are read there.
  ...registerRun('MIO_PIN_', 0x700, 54, { reset: 0x1601 }).map((spec, pin) =>
    pin >= 2 && pin <= 8 ? { ...spec, reset: 0x601 } : spec,
  ),
  { name: 'MIO_LOOPBACK', offset: 0x804 },
  { name: 'MIO_MST_TRI0', offset: 0x808, reset: 0xffffffff },
  { name: 'MIO_MST_TRI1', offset: 0x80c, reset: 0xffffffff },
  { name: 'SD0_WP_CD_SEL', offset: 0x830 },
  { name: 'SD1_WP_CD_SEL', offset: 0x834 },
  { name: 'LVL_SHFTR_EN', offset: 0x900 },
  { name: 'OCM_CFG', offset: 0x910 },

  // Timing of the on-chip memories. Only the first of each group takes writes.
  ...[0x10101, 0x10101, 0x1010101, 0x10101, 0x10101, 0x1010101, 0x1, 0x10101].map((reset, i): RegisterSpec => ({
    name: `CPU_RAM${i}`,
    offset: 0xa00 + i * 4,
    reset,
    ...(i ? READ_ONLY : {}),
  })),
  ...[0x9090909, 0x9090909, 0x9090909, 0x9090909, 0x90909, 0x90909, 0x909].map((reset, i): RegisterSpec => ({
    name: `IOU_RAM${i}`,
    offset: 0xa30 + i * 4,
    reset,
    ...(i ? READ_ONLY : {}),
  })),
  { name: 'DMAC_RAM', offset: 0xa50, reset: 0x9 },
  ...[0x9090909, 0x9090909, 0x909].map((reset, i): RegisterSpec => ({
    name: `AFI0_RAM${i}`,
    offset: 0xa60 + i * 4,
    reset,
  })),
  ...[0x9090909, 0x9090909, 0x909].map((reset, i): RegisterSpec => ({
    name: `AFI1_RAM${i}`,
    offset: 0xa6c + i * 4,
    reset,
  })),
  ...[0x9090909, 0x9090909, 0x909].map((reset, i): RegisterSpec => ({
    name: `AFI2_RAM${i}`,
    offset: 0xa78 + i * 4,
    reset,
  })),
  ...[0x9090909, 0x9090909, 0x909].map((reset, i): RegisterSpec => ({
    name: `AFI3_RAM${i}`,
    offset: 0xa84 + i * 4,
    reset,
  })),
  ...[0x1010101, 0x9090909, 0x9090909].map((reset, i): RegisterSpec => ({
    name: `OCM_RAM${i}`,
    offset: 0xa90 + i * 4,
    reset,
    ...(i ? READ_ONLY : {}),
  })),
  { name: 'DEVCI_RAM', offset: 0xaa0, reset: 0x909 },
  { name: 'CSG_RAM', offset: 0xab0, reset: 0x1 },

  { name: 'GPIOB_CTRL', offset: 0xb00 },
  { name: 'GPIOB_CFG_CMOS18', offset: 0xb04 },
  { name: 'GPIOB_CFG_CMOS25', offset: 0xb08 },
  { name: 'GPIOB_CFG_CMOS33', offset: 0xb0c },
  { name: 'GPIOB_CFG_HSTL', offset: 0xb14 },
  { name: 'GPIOB_DRVR_BIAS_CTRL', offset: 0xb18 },
  ...['ADDR0', 'ADDR1', 'DATA0', 'DATA1', 'DIFF0', 'DIFF1', 'CLOCK'].map((what, i): RegisterSpec => ({
    name: `DDRIOB_${what}`,
    offset: 0xb40 + i * 4,
    reset: 0xe00,
  })),
  ...['ADDR', 'DATA', 'DIFF', 'CLOCK'].map((what, i): RegisterSpec => ({
    name: `DDRIOB_DRIVE_SLEW_${what}`,
    offset: 0xb5c + i * 4,
  })),
  { name: 'DDRIOB_DDR_CTRL', offset: 0xb6c },
  { name: 'DDRIOB_DCI_CTRL', offset: 0xb70, reset: 0x21 },
  { name: 'DDRIOB_DCI_STATUS', offset: 0xb74 },
];

/** Registers that only take writes. */
const WRITE_ONLY = new Set([LOCK, UNLOCK]);

const PS_CLK_HZ = 100e6 / 3;

/** The SLCR: locked at reset, holds the clock settings, asks for a reset of the whole system. */
export class ZynqSlcr implements Device {
  readonly name = 'slcr';
  readonly size = 0x1000;
  private readonly registers = new RegisterFile(SLCR_REGISTERS);
  /** {@link uartClockHz}, as far as somebody has asked since a register was written. */
  private readonly uartHz: number[] = [];

  /**
   * @param requestReset called when software writes PSS_RST_CTRL's reset bit
   * @param cpus the CPUs that A9_CPU_RST_CTRL resets and stops; none when there is only one, as on QEMU 7.2
   */
  constructor(
    private readonly log: GuestLog,
    private readonly requestReset: () => void,
    private readonly cpus: readonly Pick<CpuInputs, 'hold' | 'reset'>[] = [],
  ) {}

  /** A register that is 0 after power-on keeps its value over a reset of the system, as on QEMU. */
  reset(): void {
    this.registers.resetStated();
    this.uartHz.length = 0;
  }

  /** Reference clock of UART `index` in Hz, 0 when it is stopped (UG585 25.7). */
  uartClockHz(index: 0 | 1): number {
    return (this.uartHz[index] ??= this.findUartClockHz(index));
  }

  private findUartClockHz(index: 0 | 1): number {
    const control = this.registers.get(UART_CLK_CTRL);
    // A divisor of 0 is not allowed; it divides by 1, as QEMU has it.
    const divisor = Math.max(1, (control >>> 8) & 0x3f);
    if (!((control >>> index) & 1)) return 0;
    const source = (control >>> 4) & 3;
    return this.pllHz(source === 2 ? ARM_PLL_CTRL : source === 3 ? DDR_PLL_CTRL : IO_PLL_CTRL) / divisor;
  }

  read(offset: number): number {
    const spec = this.registers.spec(offset);
    if (!spec || WRITE_ONLY.has(spec.offset)) {
      this.log.guestError(
        spec
          ? `zynq_slcr: read of the write-only register ${spec.name}`
          : `zynq_slcr: read of an unknown register at offset ${hex(offset, 3)}`,
      );
      return 0;
    }
    return this.registers.get(offset);
  }

  write(offset: number, value: number): void {
    this.uartHz.length = 0;
    const spec = this.registers.spec(offset);
    if (!spec) {
      this.log.guestError(`zynq_slcr: write to an unknown register at offset ${hex(offset, 3)}`);
      return;
    }
    switch (spec.offset) {
      case SCL:
        this.registers.write(SCL, value);
        return;
      case LOCK:
        this.unlockOrLock(spec.name, (value & 0xffff) === LOCK_KEY, 1);
        return;
      case UNLOCK:
        this.unlockOrLock(spec.name, (value & 0xffff) === UNLOCK_KEY, 0);
        return;
    }
    if (spec.writable === 0 && spec.offset !== LOCKSTA) {
      this.log.guestError(`zynq_slcr: write to the read-only register ${spec.name}`);
      return;
    }
    if (this.registers.get(LOCKSTA)) {
      this.log.guestError(`zynq_slcr: write to ${spec.name} while the registers are locked: unlock them first`);
      return;
    }
    const before = this.registers.get(offset);
    this.registers.write(offset, value);
    if (spec.offset === PSS_RST_CTRL && value & 1) this.requestReset();
    if (spec.offset === A9_CPU_RST_CTRL) this.controlCpus(before, value);
  }

  /** Bits 1:0 hold a CPU in reset, bits 5:4 stop its clock (UG585 B.28, A9_CPU_RST_CTRL). */
  private controlCpus(before: number, value: number): void {
    this.cpus.forEach((cpu, index) => {
      const reset = 1 << index;
      if (before & reset && !(value & reset)) cpu.reset();
      const held = reset | (reset << 4);
      if ((before ^ value) & held) cpu.hold((value & held) !== 0);
    });
  }

  private unlockOrLock(name: string, keyFits: boolean, locked: number): void {
    if (keyFits) this.registers.set(LOCKSTA, locked);
    else this.log.guestError(`zynq_slcr: wrong key written to ${name}`);
  }

  /** Output of a PLL in Hz, 0 when it is held in reset or powered down (UG585 25.3). */
  private pllHz(controlRegister: number): number {
    const control = this.registers.get(controlRegister);
    if (control & 3) return 0;
    if (control & (1 << 4)) return PS_CLK_HZ;
    return PS_CLK_HZ * Math.max(1, (control >>> 12) & 0x7f);
  }
}
