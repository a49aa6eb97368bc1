import { ConstantPool } from '../tcg/constants';
import { AccessType, type GuestCpu } from '../tcg/guest-cpu';
import type { BlockFilter, PluginRuntime, TbInstrumenter } from '../tcg/instrument';
import { HostMemory } from '../tcg/host-memory';
import { PAGE_BITS } from '../tcg/layout';
import type { WasmHost } from '../tcg/wasm/host';
import type { AddressSpace } from './address-space';
import { CpuExec } from './cpu-exec';
import { NO_EVENTS, type CpuExecServices, type EventSource } from './exec-services';
import { SystemBus } from './bus';
import { BusError } from './device';
import { FlatRam } from './flat-ram';
import { ExclusiveMonitors } from './exclusive-monitors';
import { Scheduler } from './scheduler';
import type { TierPolicy } from './tier-policy';
import { readLittle, type UnmappedPolicy } from './softmmu';

/** vCPUs and the physical memory that they share. The board made the address space; nothing here knows a guest. */
export class Machine {
  readonly memory: HostMemory;
  readonly execs: CpuExec[] = [];
  /** Whose turn it is. */
  readonly scheduler: Scheduler;
  /** The way to memory of devices that read and write by themselves. */
  readonly bus: SystemBus;
  private readonly constants: ConstantPool;
  private readonly flat: FlatRam | undefined;
  private readonly monitors: ExclusiveMonitors;

  /**
   * @param buffer the shared memory, laid out as in tcg/layout.ts
   * @param cpus the vCPUs, whose environments lie in the buffer
   * @param events guest time, as devices want it
   * @param tier how hot code is compiled; absent: everything is interpreted
   */
  constructor(
    buffer: ArrayBufferLike,
    readonly cpus: readonly GuestCpu[],
    readonly space: AddressSpace,
    instrumenter: TbInstrumenter,
    runtime: PluginRuntime,
    private readonly unmapped: UnmappedPolicy,
    events: EventSource = NO_EVENTS,
    tier?: { readonly host: WasmHost; readonly policy: TierPolicy },
  ) {
    this.memory = new HostMemory(buffer);
    this.constants = new ConstantPool(cpus.map((cpu) => cpu.env));
    this.bus = new SystemBus(space, this.memory, unmapped, (physical, size) => this.codeWritten(physical, size));
    this.flat = tier && FlatRam.of(space, buffer);
    const services: CpuExecServices = {
      space,
      memory: this.memory,
      constants: this.constants,
      instrumenter,
      runtime,
      unmapped,
      events,
      protectPage: (page) => this.protectPage(page),
      codeWritten: (physical, size) => this.codeWritten(physical, size),
      isCodePage: (page) => this.execs.some((exec) => exec.blocks.hasCode(page)),
      isWatchedPage: (page) => this.monitors.watches(page),
      tier: tier && { ...tier, flat: this.flat },
      hasCodeAt: (physical, size) =>
        this.execs.some((exec) => exec.blocks.hasCodeAt(physical, size)) ||
        this.monitors.watches(physical >>> PAGE_BITS),
    };
    for (const cpu of cpus) this.execs.push(new CpuExec(cpu, services));
    this.monitors = new ExclusiveMonitors(cpus, (page) => this.protectPage(page));
    this.scheduler = new Scheduler(this.execs, (from, to) => this.monitors.turnChanges(from, to));
  }

  private protectPage(page: number): void {
    this.flat?.protect(page);
    for (const exec of this.execs) exec.protectPage(page);
  }

  /** Instructions executed by all vCPUs since reset, current also while one runs. */
  get instructions(): number {
    return this.execs.reduce((sum, exec) => sum + exec.instructionsNow, 0);
  }

  /** Drops all translated code and the constants that it used. */
  flush(): void {
    for (const exec of this.execs) exec.flush();
    this.constants.clear();
  }

  /** Clears execution state and counters. Board, RAM and vCPU registers are the caller's. */
  reset(): void {
    this.constants.clear();
    for (const exec of this.execs) exec.reset();
    this.scheduler.reset();
    this.monitors.reset();
  }

  /** Gives the blocks their plugin operations anew; see {@link CpuExec.reinstrument}. */
  reinstrument(concerns: BlockFilter): void {
    for (const exec of this.execs) exec.reinstrument(concerns);
  }

  /** The bytes of RAM at the physical address, up to the first that is not RAM. */
  readPhysical(address: number, count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    let done = 0;
    while (done < count) {
      const region = this.space.find(address + done);
      if (region?.kind !== 'ram') break;
      const offset = address + done - region.base;
      const length = Math.min(count - done, region.size - offset);
      bytes.set(this.memory.u8.subarray(region.host + offset, region.host + offset + length), done);
      done += length;
    }
    return bytes.subarray(0, done);
  }

  /**
   * A word for a translation table walk at an aligned physical address, devices too; undefined where nothing answers:
   * on QEMU that is an abort even on machines that ignore such accesses. `inspects`: for a debugger, who must not
   * touch devices.
   */
  readTable(physical: number, inspects: boolean): number | undefined {
    const region = this.space.find(physical);
    if (region?.kind === 'ram') return readLittle(this.memory, region.host + (physical - region.base), 4);
    if (inspects) return undefined;
    if (region) {
      try {
        return region.port.read(physical - region.base, 4) | 0;
      } catch (error) {
        if (!(error instanceof BusError)) throw error;
      }
    }
    this.unmapped.report(physical, 4, AccessType.Load);
    return undefined;
  }

  /** Writes to RAM (also read-only RAM) and drops the code it touches. Returns how many bytes were written. */
  writePhysical(address: number, data: Uint8Array): number {
    let done = 0;
    while (done < data.length) {
      const region = this.space.find(address + done);
      if (region?.kind !== 'ram') break;
      const offset = address + done - region.base;
      const length = Math.min(data.length - done, region.size - offset);
      this.memory.u8.set(data.subarray(done, done + length), region.host + offset);
      done += length;
    }
    if (done > 0) this.codeWritten(address, done);
    return done;
  }

  /** Memory was written that may hold translated code or be watched by an exclusive monitor. */
  private codeWritten(physical: number, size: number): void {
    for (const exec of this.execs) exec.codeWritten(physical, size);
    this.monitors.written(physical, size);
  }

  /** Reads virtual memory as a debugger: devices and unmapped pages end the result. */
  readVirtual(cpu: GuestCpu, address: number, count: number): Uint8Array {
    return this.byPage(cpu, address, count, (physical, length) => this.readPhysical(physical, length));
  }

  /** Writes virtual memory as a debugger. Returns how many bytes were written. */
  writeVirtual(cpu: GuestCpu, address: number, data: Uint8Array): number {
    let written = 0;
    this.byPage(cpu, address, data.length, (physical, length, done) => {
      const part = data.subarray(done, done + length);
      const count = this.writePhysical(physical, part);
      written += count;
      return part.subarray(0, count);
    });
    return written;
  }

  /** A word of RAM at a virtual address, or undefined where there is none. Signed. */
  readWord(cpu: GuestCpu, address: number): number | undefined {
    const bytes = this.readVirtual(cpu, address, 4);
    return bytes.length === 4 ? bytes[0] | (bytes[1] << 8) | (bytes[2] << 16) | (bytes[3] << 24) : undefined;
  }

  private byPage(
    cpu: GuestCpu,
    address: number,
    count: number,
    access: (physical: number, length: number, done: number) => Uint8Array,
  ): Uint8Array {
    const pageSize = 1 << PAGE_BITS;
    const result = new Uint8Array(count);
    let done = 0;
    while (done < count) {
      const vaddr = (address + done) >>> 0;
      const physical = cpu.debugTranslate(vaddr);
      if (physical === undefined) break;
      const length = Math.min(count - done, pageSize - (vaddr % pageSize));
      const part = access(physical, length, done);
      result.set(part, done);
      done += part.length;
      if (part.length < length) break;
    }
    return result.subarray(0, done);
  }
}
