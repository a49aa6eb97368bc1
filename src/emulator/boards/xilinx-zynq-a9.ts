import { AddressSpace } from '../address-space';
import type { Device } from '../device';
import { CadenceUart } from '../devices/cadence-uart';
import { ZynqSlcr } from '../devices/zynq-slcr';
import { UNCONNECTED, type IrqLine } from '../irq';
import { mmioWrite } from '../mmio';
import { BoardError, type Board, type BoardOptions, type BoardType } from './board';
import { PS7_INIT } from './ps7-init';

const MIB = 1 << 20;
const DDR_MAX = 2048 * MIB;
const DDR_GRAIN = 8192;
const OCM_BASE = 0xfffc0000;
const OCM_SIZE = 0x40000;

/** A device that must be looked at as time passes. */
interface Polled {
  poll(): void;
}

class ZynqBoard implements Board {
  readonly space = new AddressSpace();
  readonly ignoresBusErrors = true;
  private readonly polled: Polled[] = [];
  private readonly slcr: ZynqSlcr;

  constructor(private readonly options: BoardOptions) {
    const ddr = ddrBytes(options.memoryBytes);
    this.space.addRam('zynq.ext_ram', 0, ddr, options.hostBase);
    this.space.addRam('zynq.ocm_ram', OCM_BASE, OCM_SIZE, options.hostBase + ddr);
    this.slcr = this.place(0xf8000000, new ZynqSlcr(options.log, options.requestReset));
    this.addUarts();
  }

  reset(): void {
    for (const device of this.space.devices) device.reset();
    if (this.options.psInit) {
      for (const { address, value } of PS7_INIT) this.write(address, value);
    }
  }

  poll(): void {
    for (const device of this.polled) device.poll();
  }

  nextEventNs(): number {
    return Infinity;
  }

  private place<D extends Device>(base: number, device: D): D {
    this.space.addDevice(base, device);
    return device;
  }

  private write(address: number, value: number): void {
    const region = this.space.find(address);
    if (region?.kind === 'mmio') mmioWrite(region.device, address - region.base, value, 4);
  }

  /** Shared peripheral interrupt `id` (32 and up, UG585 table 7-4). */
  private spi(_id: number): IrqLine {
    return UNCONNECTED;
  }

  private addUarts(): void {
    const { clock, log, serial } = this.options;
    for (const [index, base, irq] of [
      [0, 0xe0000000, 59],
      [1, 0xe0001000, 82],
    ] as const) {
      const uart = new CadenceUart({
        irq: this.spi(irq),
        clock,
        log,
        refclkHz: () => this.slcr.uartClockHz(index),
        backend: serial[index],
      });
      this.place(base, uart);
      this.polled.push(uart);
    }
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
  maxCpus: 1,
  ramBytes: (memoryBytes) => ddrBytes(memoryBytes) + OCM_SIZE,
  create: (options) => new ZynqBoard(options),
};
