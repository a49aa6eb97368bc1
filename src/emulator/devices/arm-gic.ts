import { hex } from '../../common/bits';
import type { Device, GuestLog } from '../device';
import type { IrqLine } from '../irq';

// Generic interrupt controller architecture 1.0 (IHI 0048), as in the Cortex-A9 MPCore; one CPU, no Security Extensions.
const SGIS = 16;
const IDLE_PRIORITY = 0x100;
const SPURIOUS = 1023;
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

interface Interrupt {
  enabled: boolean;
  pending: boolean;
  active: boolean;
  level: boolean;
  edge: boolean;
  priority: number;
}

/** The state that distributor and CPU interface share. */
export class ArmGic {
  readonly distributor: Device;
  readonly cpuInterface: Device;
  private interrupts: Interrupt[] = [];
  /** Per software-generated interrupt: a bit for each CPU that asked for it. */
  private sgiSources = new Uint8Array(SGIS);
  private distributorOn = false;
  private cpuOn = false;
  private priorityMask = 0;
  private binaryPoint = 0;
  /** Interrupts being handled, the innermost last, with the running priority that each set. */
  private running: { id: number; priority: number }[] = [];

  /** @param count interrupts including the 32 private ones, a multiple of 32 */
  constructor(
    private readonly count: number,
    private readonly irq: IrqLine,
    private readonly log: GuestLog,
  ) {
    this.reset();
    this.distributor = this.makeDistributor();
    this.cpuInterface = this.makeCpuInterface();
  }

  /** The wire of interrupt `id`: 16..31 private to the CPU, 32 and up shared. */
  input(id: number): IrqLine {
    return { set: (level) => this.setLevel(id, level) };
  }

  reset(): void {
    this.interrupts = Array.from({ length: this.count }, (_, id) => ({
      enabled: id < SGIS,
      pending: false,
      active: false,
      level: false,
      edge: id < SGIS,
      priority: 0,
    }));
    this.sgiSources.fill(0);
    this.distributorOn = this.cpuOn = false;
    this.priorityMask = this.binaryPoint = 0;
    this.running = [];
    this.update();
  }

  private setLevel(id: number, level: boolean): void {
    const interrupt = this.interrupts[id];
    if (!interrupt || interrupt.level === level) return;
    interrupt.level = level;
    if (level && interrupt.edge) interrupt.pending = true;
    this.update();
  }

  private isPending(interrupt: Interrupt): boolean {
    return interrupt.pending || (interrupt.level && !interrupt.edge);
  }

  private get runningPriority(): number {
    return this.running.at(-1)?.priority ?? IDLE_PRIORITY;
  }

  /** The interrupt to signal: the pending one of highest priority (lowest number) that the priority mask lets through. */
  private highestPending(): number {
    if (!this.distributorOn || !this.cpuOn) return SPURIOUS;
    let best = SPURIOUS;
    let bestPriority = IDLE_PRIORITY;
    this.interrupts.forEach((interrupt, id) => {
      if (interrupt.enabled && !interrupt.active && this.isPending(interrupt) && interrupt.priority < bestPriority) {
        best = id;
        bestPriority = interrupt.priority;
      }
    });
    return bestPriority < this.priorityMask ? best : SPURIOUS;
  }

  private update(): void {
    const best = this.interrupts[this.highestPending()];
    this.irq.set(best !== undefined && best.priority < this.runningPriority);
  }

  private acknowledge(): number {
    const id = this.highestPending();
    const interrupt = this.interrupts[id];
    if (!interrupt || interrupt.priority >= this.runningPriority) return SPURIOUS;
    let result = id;
    if (id < SGIS) {
      const sources = this.sgiSources[id];
      const source = sources === 0 ? 0 : 31 - Math.clz32(sources & -sources);
      this.sgiSources[id] = sources & ~(1 << source);
      interrupt.pending = this.sgiSources[id] !== 0;
      result |= source << 10;
    } else {
      interrupt.pending = false;
    }
    interrupt.active = true;
    this.running.push({ id, priority: interrupt.priority & (-1 << (this.binaryPoint + 1)) & 0xff });
    this.update();
    return result;
  }

  private endOfInterrupt(id: number): void {
    if (id >= this.count || this.running.length === 0) return;
    const at = this.running.findLastIndex((entry) => entry.id === id);
    this.running.splice(at < 0 ? this.running.length - 1 : at, 1);
    this.interrupts[id].active = false;
    this.update();
  }

  private sendSgi(value: number): void {
    const id = value & 0xf;
    const filter = (value >>> 24) & 3;
    const toSelf = filter === 2 || (filter === 0 && ((value >>> 16) & 1) !== 0);
    if (!toSelf) return;
    this.interrupts[id].pending = true;
    this.sgiSources[id] |= 1;
  }

  /** Eight interrupts' bits from the one that `offset` counts bytes from. */
  private readBits(first: number, test: (interrupt: Interrupt) => boolean): number {
    let bits = 0;
    for (let i = 0; i < 8; i++) if (first + i < this.count && test(this.interrupts[first + i])) bits |= 1 << i;
    return bits;
  }

  private eachBit(first: number, value: number, act: (interrupt: Interrupt, id: number) => void): void {
    for (let i = 0; i < 8; i++)
      if (value & (1 << i) && first + i < this.count) act(this.interrupts[first + i], first + i);
  }

  private readDistributorByte(offset: number): number {
    const byte = (value: number): number => (value >>> ((offset & 3) * 8)) & 0xff;
    const first = (offset & 0x7f) * 8;
    if (offset < 0x004) return byte(this.distributorOn ? 1 : 0);
    if (offset < 0x008) return byte(this.count / 32 - 1);
    if (offset < 0x00c) return byte(IMPLEMENTER);
    if (offset >= 0x080 && offset < 0x100) return 0;
    if (first < this.count && offset >= 0x100 && offset < 0x400) {
      if (offset < 0x200) return this.readBits(first, (i) => i.enabled);
      if (offset < 0x300) return this.readBits(first, (i) => this.isPending(i));
      return this.readBits(first, (i) => i.active);
    }
    if (offset >= 0x400 && offset - 0x400 < this.count) return this.interrupts[offset - 0x400].priority;
    // With a single CPU the targets read as zero.
    if (offset >= 0x800 && offset - 0x800 < this.count) return 0;
    if (offset >= 0xc00 && offset < 0xd00 && (offset - 0xc00) * 4 < this.count) {
      let bits = 0;
      for (let i = 0; i < 4; i++) if (this.interrupts[(offset - 0xc00) * 4 + i].edge) bits |= 2 << (i * 2);
      return bits;
    }
    if (offset >= 0xf10 && offset < 0xf30) return this.sgiSources[offset & 0xf];
    if (offset >= 0xfd0) return offset & 3 ? 0 : (DISTRIBUTOR_ID[offset] ?? 0);
    this.log.guestError(`gic_dist: read of an unknown register at offset ${hex(offset & ~3, 3)}`);
    return 0;
  }

  private writeDistributorByte(offset: number, value: number): void {
    const first = (offset & 0x7f) * 8;
    if (offset < 0x100) {
      if (offset === GICD_CTLR) this.distributorOn = (value & 1) !== 0;
      else if (offset >= 0x4 && offset < 0x80) this.badWrite(offset);
    } else if (offset < 0x400) {
      this.writeBits(offset, first, value);
    } else if (offset < 0x800) {
      if (offset - 0x400 < this.count) this.interrupts[offset - 0x400].priority = value & PRIORITY_MASK;
      else this.badWrite(offset);
    } else if (offset < 0xc00) {
      if (offset - 0x800 >= this.count) this.badWrite(offset);
    } else if (offset < 0xd00) {
      this.writeConfiguration((offset - 0xc00) * 4, value, offset);
    } else if (offset >= 0xf10 && offset < 0xf30) {
      this.writeSgiPending(offset, value);
    } else {
      this.badWrite(offset);
    }
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
    for (let i = 0; i < 4; i++) this.interrupts[first + i].edge = (value & (2 << (i * 2))) !== 0;
  }

  private writeSgiPending(offset: number, value: number): void {
    const id = offset & 0xf;
    if (offset < 0xf20) {
      this.sgiSources[id] &= ~value;
      if (this.sgiSources[id] === 0) this.interrupts[id].pending = false;
    } else {
      this.sgiSources[id] |= value;
      this.interrupts[id].pending = true;
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
        if (offset === GICD_SGIR && size === 4) this.sendSgi(value);
        else for (let i = 0; i < size; i++) this.writeDistributorByte(offset + i, (value >>> (i * 8)) & 0xff);
        this.update();
      },
      reset: () => this.reset(),
    };
  }

  private readCpuInterface(offset: number): number {
    switch (offset) {
      case GICC_CTLR:
        return this.cpuOn ? 1 : 0;
      case GICC_PMR:
        return this.priorityMask;
      case GICC_BPR:
        return this.binaryPoint;
      case GICC_IAR:
        return this.acknowledge();
      case GICC_RPR:
        return Math.min(this.runningPriority, 0xff);
      case GICC_HPPIR:
        return this.highestPending();
      case GICC_IIDR:
        return (1 << 16) | IMPLEMENTER;
      default:
        this.log.guestError(`gic_cpu: read of an unknown register at offset ${hex(offset, 2)}`);
        return 0;
    }
  }

  private writeCpuInterface(offset: number, value: number): void {
    switch (offset) {
      case GICC_CTLR:
        this.cpuOn = (value & 1) !== 0;
        break;
      case GICC_PMR:
        this.priorityMask = value & PRIORITY_MASK;
        break;
      case GICC_BPR:
        this.binaryPoint = value & 7;
        break;
      case GICC_EOIR:
        this.endOfInterrupt(value & 0x3ff);
        break;
      default:
        this.log.guestError(`gic_cpu: write to an unknown register at offset ${hex(offset, 2)}`);
    }
    this.update();
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
