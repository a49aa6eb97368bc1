import { hex } from '../../common/bits';
import type { Device, GuestLog } from '../device';
import type { IrqLine } from '../irq';
import { GicState, isPending, PRIVATE, SGIS, type Interrupt } from './gic-state';

// Generic interrupt controller architecture 1.0 (IHI 0048), as in the Cortex-A9 MPCore, without Security Extensions.
const PRIORITY_MASK = 0xf8;

const GICD_CTLR = 0x000;
const GICD_SGIR = 0xf00;
const IMPLEMENTER = 0x43b;

const GICC_CTLR = 0x00;
const GICC_PMR = 0x04;
const GICC_BPR = 0x08;
const GICC_IAR = 0x0c;
const GICC_EOIR = 0x10;
const GICC_RPR = 0x14;
const GICC_HPPIR = 0x18;
const GICC_IIDR = 0xfc;

/** Identification registers at the end of the distributor, a byte each. */
const DISTRIBUTOR_ID: Readonly<Record<number, number>> = {
  0xfd0: 0x04,
  0xfe0: 0x90,
  0xfe4: 0xb3,
  0xfe8: 0x1b,
  0xff0: 0x0d,
  0xff4: 0xf0,
  0xff8: 0x05,
  0xffc: 0xb1,
};

/** The registers of distributor and CPU interface, each as the CPU sees them that accesses them. */
export class ArmGic {
  readonly distributor: Device;
  readonly cpuInterface: Device;
  private readonly state: GicState;

  /**
   * @param count interrupts including the 32 private ones, a multiple of 32
   * @param irqs each CPU's line
   * @param currentCpu whose access it is that is served
   */
  constructor(
    private readonly count: number,
    irqs: readonly IrqLine[],
    private readonly currentCpu: () => number,
    private readonly log: GuestLog,
  ) {
    this.state = new GicState(count, irqs);
    this.distributor = this.makeDistributor();
    this.cpuInterface = this.makeCpuInterface();
  }

  /** The wire of interrupt `id`: 16..31 private to `cpu`, 32 and up shared. */
  input(id: number, cpu = 0): IrqLine {
    return { set: (level) => this.state.setLevel(cpu, id, level) };
  }

  private interrupt(id: number): Interrupt | undefined {
    return this.state.interrupt(this.currentCpu(), id);
  }

  /** Eight interrupts' bits from the one that `offset` counts bytes from. */
  private readBits(first: number, test: (interrupt: Interrupt) => boolean): number {
    let bits = 0;
    for (let i = 0; i < 8; i++) {
      const interrupt = this.interrupt(first + i);
      if (interrupt && test(interrupt)) bits |= 1 << i;
    }
    return bits;
  }

  private eachBit(first: number, value: number, act: (interrupt: Interrupt, id: number) => void): void {
    for (let i = 0; i < 8; i++) {
      const interrupt = this.interrupt(first + i);
      if (interrupt && value & (1 << i)) act(interrupt, first + i);
    }
  }

  /** With a single CPU the targets read as zero. */
  private targets(id: number): number {
    return this.state.cpus === 1 ? 0 : (this.interrupt(id)?.targets ?? 0);
  }

  private readDistributorByte(offset: number): number {
    const byte = (value: number): number => (value >>> ((offset & 3) * 8)) & 0xff;
    const first = (offset & 0x7f) * 8;
    if (offset < 0x004) return byte(this.state.distributorOn ? 1 : 0);
    if (offset < 0x008) return byte((this.count / 32 - 1) | ((this.state.cpus - 1) << 5));
    if (offset < 0x00c) return byte(IMPLEMENTER);
    if (offset >= 0x080 && offset < 0x100) return 0;
    if (first < this.count && offset >= 0x100 && offset < 0x400) {
      if (offset < 0x200) return this.readBits(first, (i) => i.enabled);
      if (offset < 0x300) return this.readBits(first, isPending);
      return this.readBits(first, (i) => i.active);
    }
    if (offset >= 0x400 && offset - 0x400 < this.count) return this.interrupt(offset - 0x400)?.priority ?? 0;
    if (offset >= 0x800 && offset - 0x800 < this.count) return this.targets(offset - 0x800);
    if (offset >= 0xc00 && offset < 0xd00 && (offset - 0xc00) * 4 < this.count) {
      let bits = 0;
      for (let i = 0; i < 4; i++) if (this.interrupt((offset - 0xc00) * 4 + i)?.edge) bits |= 2 << (i * 2);
      return bits;
    }
    if (offset >= 0xf10 && offset < 0xf30) return this.state.banks[this.currentCpu()].sgiSources[offset & 0xf];
    if (offset >= 0xfd0) return offset & 3 ? 0 : (DISTRIBUTOR_ID[offset] ?? 0);
    this.log.guestError(`gic_dist: read of an unknown register at offset ${hex(offset & ~3, 3)}`);
    return 0;
  }

  private writeDistributorByte(offset: number, value: number): void {
    const first = (offset & 0x7f) * 8;
    if (offset < 0x100) {
      if (offset === GICD_CTLR) this.state.distributorOn = (value & 1) !== 0;
      else if (offset >= 0x4 && offset < 0x80) this.badWrite(offset);
    } else if (offset < 0x400) {
      this.writeBits(offset, first, value);
    } else if (offset < 0x800) {
      const interrupt = this.interrupt(offset - 0x400);
      if (interrupt) interrupt.priority = value & PRIORITY_MASK;
      else this.badWrite(offset);
    } else if (offset < 0xc00) {
      this.writeTargets(offset, value);
    } else if (offset < 0xd00) {
      this.writeConfiguration((offset - 0xc00) * 4, value, offset);
    } else if (offset >= 0xf10 && offset < 0xf30) {
      this.writeSgiPending(offset, value);
    } else {
      this.badWrite(offset);
    }
  }

  /** Those of private interrupts, and of all with a single CPU, cannot be changed. */
  private writeTargets(offset: number, value: number): void {
    const id = offset - 0x800;
    const { cpus } = this.state;
    const interrupt = this.interrupt(id);
    if (!interrupt) this.badWrite(offset);
    else if (cpus > 1 && id >= PRIVATE) interrupt.targets = value & ((1 << cpus) - 1);
  }

  private writeBits(offset: number, first: number, value: number): void {
    if (first >= this.count || offset >= 0x300) {
      this.badWrite(offset);
    } else if (offset < 0x180) {
      this.eachBit(first, value, (interrupt) => (interrupt.enabled = true));
    } else if (offset < 0x200) {
      this.eachBit(first, value, (interrupt, id) => (interrupt.enabled = id < SGIS));
    } else {
      this.eachBit(first, value, (interrupt, id) => {
        if (id >= SGIS) interrupt.pending = offset < 0x280;
      });
    }
  }

  private writeConfiguration(first: number, value: number, offset: number): void {
    if (first >= this.count) {
      this.badWrite(offset);
      return;
    }
    if (first < SGIS) return;
    for (let i = 0; i < 4; i++) {
      const interrupt = this.interrupt(first + i);
      if (interrupt) interrupt.edge = (value & (2 << (i * 2))) !== 0;
    }
  }

  private writeSgiPending(offset: number, value: number): void {
    const id = offset & 0xf;
    const { sgiSources, interrupts } = this.state.banks[this.currentCpu()];
    if (offset < 0xf20) {
      sgiSources[id] &= ~value;
      if (sgiSources[id] === 0) interrupts[id].pending = false;
    } else {
      sgiSources[id] |= value;
      interrupts[id].pending = true;
    }
  }

  private badWrite(offset: number): void {
    this.log.guestError(`gic_dist: write to an unknown register at offset ${hex(offset & ~3, 3)}`);
  }

  private makeDistributor(): Device {
    return {
      name: 'gic_dist',
      size: 0x1000,
      read: (offset, size) => {
        let value = 0;
        for (let i = 0; i < size; i++) value |= this.readDistributorByte(offset + i) << (i * 8);
        return value >>> 0;
      },
      write: (offset, value, size) => {
        if (offset === GICD_SGIR && size === 4) this.state.sendSgi(this.currentCpu(), value);
        else for (let i = 0; i < size; i++) this.writeDistributorByte(offset + i, (value >>> (i * 8)) & 0xff);
        this.state.update();
      },
      reset: () => this.state.reset(),
    };
  }

  private readCpuInterface(offset: number): number {
    const cpu = this.currentCpu();
    const bank = this.state.banks[cpu];
    switch (offset) {
      case GICC_CTLR:
        return bank.on ? 1 : 0;
      case GICC_PMR:
        return bank.priorityMask;
      case GICC_BPR:
        return bank.binaryPoint;
      case GICC_IAR:
        return this.state.acknowledge(cpu);
      case GICC_RPR:
        return Math.min(bank.runningPriority, 0xff);
      case GICC_HPPIR:
        return this.state.highestPending(cpu);
      case GICC_IIDR:
        return (1 << 16) | IMPLEMENTER;
      default:
        this.log.guestError(`gic_cpu: read of an unknown register at offset ${hex(offset, 2)}`);
        return 0;
    }
  }

  private writeCpuInterface(offset: number, value: number): void {
    const cpu = this.currentCpu();
    const bank = this.state.banks[cpu];
    switch (offset) {
      case GICC_CTLR:
        bank.on = (value & 1) !== 0;
        break;
      case GICC_PMR:
        bank.priorityMask = value & PRIORITY_MASK;
        break;
      case GICC_BPR:
        bank.binaryPoint = value & 7;
        break;
      case GICC_EOIR:
        this.state.endOfInterrupt(cpu, value & 0x3ff);
        break;
      default:
        this.log.guestError(`gic_cpu: write to an unknown register at offset ${hex(offset, 2)}`);
    }
    this.state.update();
  }

  private makeCpuInterface(): Device {
    return {
      name: 'gic_cpu',
      size: 0x100,
      read: (offset) => this.readCpuInterface(offset),
      write: (offset, value) => this.writeCpuInterface(offset, value),
      // The distributor's reset puts both back.
      reset: () => undefined,
    };
  }
}
