import { hex } from '../../common/bits';
import { AddressSpace } from '../address-space';
import type { Device, GuestLog } from '../device';
import { A9GlobalTimer } from '../devices/a9-gtimer';
import { A9Scu } from '../devices/a9-scu';
import { ArmGic } from '../devices/arm-gic';
import { ArmMpTimer } from '../devices/arm-mptimer';
import { CadenceGem } from '../devices/cadence-gem';
import { CadenceTtc } from '../devices/cadence-ttc';
import { CadenceUart } from '../devices/cadence-uart';
import { CfiPflash } from '../devices/cfi-pflash';
import { perCpu } from '../devices/per-cpu';
import { L2c310 } from '../devices/l2c-310';
import { Pl330 } from '../devices/pl330';
import { Sdhci } from '../devices/sdhci';
import { SpiFlash } from '../devices/spi-flash';
import { EventTimes } from '../devices/event-times';
import { secondJumpNs, type TimedDevice } from '../devices/timed';
import { usbChipidea } from '../devices/usb-chipidea';
import { LinearQspi, XilinxSpips } from '../devices/xilinx-spips';
import { ZynqSlcr } from '../devices/zynq-slcr';
import { ZynqXadc } from '../devices/zynq-xadc';
import type { IrqLine } from '../irq';
import { BoardError, type Board, type BoardBoot, type BoardOptions, type BoardType, type WaitingCode } from './board';
import { PS7_INIT } from './ps7-init';

const MIB = 1 << 20;
const DDR_MAX = 2048 * MIB;
const DDR_GRAIN = 8192;
const OCM_BASE = 0xfffc0000;
const OCM_SIZE = 0x40000;

const GIC_INTERRUPTS = 96;
/** Interrupts private to the CPU: Cortex-A9 MPCore TRM 3.1.2. */
const PPI_GLOBAL_TIMER = 27;
const PPI_PRIVATE_TIMER = 29;
const PPI_WATCHDOG = 30;
/**
 * How the boot ROM leaves CPU1 (UG585 6.1.10): it waits for an event and then jumps to the address in the last word but
 * three, which leads back to the wait until software has put another one there.
 */
const WAIT_ADDRESS = 0xffffff00;
const START_ADDRESS = 0xfffffff0;
const WAITING_CODE: WaitingCode = {
  address: WAIT_ADDRESS,
  words: [
    { address: WAIT_ADDRESS, value: 0xe320f002 }, // wfe
    { address: WAIT_ADDRESS + 4, value: 0xe59ff0e4 }, // ldr pc, [START_ADDRESS]
    { address: START_ADDRESS, value: WAIT_ADDRESS },
  ],
};
/** Events 0 to 7 of the DMA controller: UG585 table 7-4. */
const DMA_EVENT_INTERRUPTS = [46, 47, 48, 49, 72, 73, 74, 75];
/** 52:54:00:12:34:56, the last byte growing by one for the second controller. */
const MAC_LOW = 0x12005452;
const MAC_HIGH = 0x5634;

/** As QEMU boots a kernel here: what a kernel reads of the PLL it expects from a boot loader (UG585 25.10.4). */
const BOOT: Omit<BoardBoot, 'ramSize'> = {
  ramBase: 0,
  machineId: 0xd32,
  setupAddress: 0x100,
  setupBase: 0xf8000000,
  setupWrites: [
    { offset: 0x008, value: 0xdf0d }, // SLCR_UNLOCK
    { offset: 0x100, value: 0x00014008 }, // ARM_PLL_CTRL
    { offset: 0x004, value: 0x767b }, // SLCR_LOCK
  ],
};

class ZynqBoard implements Board {
  readonly space = new AddressSpace();
  readonly ignoresBusErrors = true;
  readonly boot: BoardBoot;
  readonly waitingCode: WaitingCode | undefined;
  private readonly events = new EventTimes();
  private readonly uarts: CadenceUart[] = [];
  private readonly slcr: ZynqSlcr;
  private readonly gic: ArmGic;
  private readonly log: GuestLog;

  constructor(private readonly options: BoardOptions) {
    const ddr = ddrBytes(options.memoryBytes);
    this.boot = { ...BOOT, ramSize: ddr };
    this.log = options.log;
    this.space.addRam('zynq.ext_ram', 0, ddr, options.hostBase);
    this.space.addRam('zynq.ocm_ram', OCM_BASE, OCM_SIZE, options.hostBase + ddr);
    this.slcr = this.place(
      0xf8000000,
      new ZynqSlcr(this.log, options.requestReset, options.cpus.length > 1 ? options.cpus : []),
    );
    const irqs = options.cpus.map(({ irq }) => irq);
    this.gic = new ArmGic(GIC_INTERRUPTS, irqs, options.currentCpu, this.log);
    this.waitingCode = options.psInit ? WAITING_CODE : undefined;
    this.addPrivatePeripherals();
    this.addIoPeripherals();
    this.addFlash();
  }

  reset(): void {
    for (const device of this.space.devices) device.reset();
    if (this.options.psInit) {
      for (const { address, value } of PS7_INIT) this.write(address, value);
    }
  }

  poll(): void {
    this.events.poll(this.options.clock.nowNs());
    for (const uart of this.uarts) {
      uart.poll();
      this.events.polled(uart);
    }
  }

  nextEventNs(): number {
    return this.events.next;
  }

  secondJumpNs(): number | undefined {
    return secondJumpNs(this.events.all);
  }

  private place<D extends Device>(base: number, device: D): D {
    this.space.addDevice(base, device);
    return device;
  }

  private placeTimed<D extends Device & TimedDevice>(base: number, device: D): D {
    this.place(base, this.events.watch(device, [device]));
    return device;
  }

  private write(address: number, value: number): void {
    const region = this.space.find(address);
    if (region?.kind !== 'mmio') throw new Error(`no device at ${hex(address)}`);
    region.port.write(address - region.base, value, 4);
  }

  /** The MPCore's own devices: Cortex-A9 MPCore TRM 1.5. */
  private addPrivatePeripherals(): void {
    const { gic, log } = this;
    const { clock, cpus, currentCpu } = this.options;
    const inputs = (id: number): IrqLine[] => cpus.map((_, cpu) => gic.input(id, cpu));
    const timers = (base: number, id: number): void => {
      const each = inputs(id).map((irq) => new ArmMpTimer(clock, irq));
      this.place(base, this.events.watch(perCpu(each, currentCpu), each));
    };
    this.place(0xf8f00000, new A9Scu(cpus.length, log));
    this.place(0xf8f00100, gic.cpuInterface);
    this.placeTimed(0xf8f00200, new A9GlobalTimer(clock, inputs(PPI_GLOBAL_TIMER), currentCpu, log));
    timers(0xf8f00600, PPI_PRIVATE_TIMER);
    timers(0xf8f00620, PPI_WATCHDOG);
    this.place(0xf8f01000, gic.distributor);
    const { l2c, cacheMaintenance } = this.options;
    if (l2c) this.place(0xf8f02000, new L2c310((event) => cacheMaintenance?.(event), log));
  }

  /** Addresses: UG585 table 4-6; interrupt numbers: table 7-4. */
  private addIoPeripherals(): void {
    const { gic, log } = this;
    const { clock, serial } = this.options;
    const uart = (index: 0 | 1, base: number, irq: number): void => {
      const device = this.placeTimed(
        base,
        new CadenceUart({
          irq: gic.input(irq),
          clock,
          log,
          refclkHz: () => this.slcr.uartClockHz(index),
          backend: serial[index],
        }),
      );
      this.uarts.push(device);
    };
    uart(0, 0xe0000000, 59);
    uart(1, 0xe0001000, 82);
    const usb = (base: number): void =>
      usbChipidea().forEach(({ offset, device }) => this.place(base + offset, device));
    usb(0xe0002000);
    usb(0xe0003000);
    this.place(0xe000b000, new CadenceGem(MAC_LOW, MAC_HIGH, log));
    this.place(0xe000c000, new CadenceGem(MAC_LOW, MAC_HIGH + 0x100, log));
    this.place(0xe0100000, new Sdhci(gic.input(56), log));
    this.place(0xe0101000, new Sdhci(gic.input(79), log));
    const ttc = (base: number, first: number): void => {
      const lines: [IrqLine, IrqLine, IrqLine] = [gic.input(first), gic.input(first + 1), gic.input(first + 2)];
      this.placeTimed(base, new CadenceTtc(clock, lines, log));
    };
    ttc(0xf8001000, 42);
    ttc(0xf8002000, 69);
    const dmaEvents = DMA_EVENT_INTERRUPTS.map((irq) => gic.input(irq));
    const dmaLines = { abort: gic.input(45), events: dmaEvents };
    this.placeTimed(0xf8003000, new Pl330(this.options.bus, dmaLines, clock, log));
    this.place(0xf8007100, new ZynqXadc(gic.input(39), log));
  }

  private addFlash(): void {
    const { gic, log } = this;
    const flashes = (count: number): SpiFlash[] => Array.from({ length: count }, () => new SpiFlash());
    const spi = (base: number, irq: number): void => {
      this.place(base, new XilinxSpips({ bytes: 1, depth: 128 }, flashes(4), gic.input(irq), log));
    };
    spi(0xe0006000, 58);
    spi(0xe0007000, 81);
    const quad = flashes(1);
    this.place(0xe000d000, new XilinxSpips({ bytes: 4, depth: 252 }, quad, gic.input(51), log));
    this.place(0xfc000000, new LinearQspi(quad[0], log));
    this.place(0xe2000000, new CfiPflash(log));
  }
}

function ddrBytes(memoryBytes: number): number {
  if (memoryBytes > DDR_MAX) throw new BoardError('xilinx-zynq-a9: RAM size more than 2 GiB is not supported');
  if (!(memoryBytes > 0))
    throw new BoardError(`xilinx-zynq-a9: RAM size ${memoryBytes} is not a positive number of bytes`);
  return Math.ceil(memoryBytes / DDR_GRAIN) * DDR_GRAIN;
}

/** Zynq-7000 with a Cortex-A9: memory map and device names as QEMU's machine of the same name. */
export const XILINX_ZYNQ_A9: BoardType = {
  name: 'xilinx-zynq-a9',
  description: 'Xilinx Zynq-7000 platform with a Cortex-A9',
  defaultCpu: 'cortex-a9',
  defaultMemoryBytes: 128 * MIB,
  maxCpus: 2,
  ramBytes: (memoryBytes) => ddrBytes(memoryBytes) + OCM_SIZE,
  create: (options) => new ZynqBoard(options),
};
