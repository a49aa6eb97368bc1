import { byteSwap32 } from '../common/bits';
import { AccessType, FaultKind, type GuestCpu } from '../tcg/guest-cpu';
import { CpuLoopExit } from '../tcg/helpers';
import type { HostMemory } from '../tcg/host-memory';
import {
  ENV_TLB,
  PAGE_BITS,
  PAGE_MASK,
  PAGE_SIZE,
  TLB_BITS,
  TLB_ENTRY_WORDS,
  TLB_INVALID,
  TLB_MMU_INDICES,
  TLB_WORDS,
} from '../tcg/layout';
import { MemOp, memOpAlignment, memOpMmuIndex } from '../tcg/memop';
import type { SoftMmu } from '../tcg/softmmu';
import type { AddressSpace, MmioRegion, RamRegion } from './address-space';
import { BusError } from './device';
import { DeviceTlb, type DeviceAccess } from './device-tlb';

/** Told of what the vCPU's accesses do beyond memory itself, after each. */
export interface AccessListener {
  isCodePage(physicalPage: number): boolean;
  /** Whether translated code lies in these bytes. */
  hasCodeAt(physical: number, size: number): boolean;
  /** Compiled code stored to RAM the slow way, at this physical address. */
  memoryStored(physical: number): void;
  /** The guest wrote to RAM the slow way. Physical address and bytes. */
  stored(physical: number, size: number): void;
  /** A device was read or written: interrupt lines and the time of its next event may have changed. */
  deviceAccessed(): void;
}

/** What happens on an access that no memory and no device answers. */
export interface UnmappedPolicy {
  /** Whether the vCPU takes an external abort, as hardware does; else reads give 0 and stores are dropped, as on QEMU. */
  readonly busErrors: boolean;
  /** Told of each such access; addresses are unsigned. */
  report(physical: number, size: number, access: AccessType): void;
}

/** Execution reached an address that no memory answers, on a machine without bus errors. */
export class FetchFromNowhere extends CpuLoopExit {
  readonly restoresState = false;
  constructor(readonly vaddr: number) {
    super();
  }
}

/** One vCPU's view of memory: fills its TLB, reaches devices, raises its aborts. */
export class VcpuSoftMmu implements SoftMmu {
  private readonly devices = new DeviceTlb();
  /** What the last look-up found: host offsets and sizes in bytes of an access's parts. */
  private readonly found = { first: 0, firstSize: 0, second: 0, secondSize: 0 };

  constructor(
    private readonly cpu: GuestCpu,
    private readonly space: AddressSpace,
    private readonly memory: HostMemory,
    private readonly listener: AccessListener,
    private readonly unmapped: UnmappedPolicy,
  ) {
    this.flush();
  }

  /** Empties the TLB. */
  flush(): void {
    this.cpu.env.fill(TLB_INVALID, ENV_TLB, ENV_TLB + TLB_MMU_INDICES * TLB_WORDS);
    this.devices.flush();
  }

  /** Drops write permission for the physical page from the TLB: code was translated from it. */
  protectPage(physicalPage: number): void {
    const { env } = this.cpu;
    const end = ENV_TLB + TLB_MMU_INDICES * TLB_WORDS;
    for (let entry = ENV_TLB; entry < end; entry += TLB_ENTRY_WORDS) {
      if (env[entry + 3] === physicalPage) env[entry + 1] = TLB_INVALID;
    }
  }

  /** The unsigned physical address if an access has found it and it still holds, else undefined. */
  known(address: number): number | undefined {
    const vaddr = address >>> 0;
    const mmuIndex = this.cpu.mmuIndex();
    const { env } = this.cpu;
    const tag = vaddr & PAGE_MASK;
    const entry = ENV_TLB + mmuIndex * TLB_WORDS + ((vaddr >>> PAGE_BITS) & ((1 << TLB_BITS) - 1)) * TLB_ENTRY_WORDS;
    if (env[entry] === tag || env[entry + 1] === tag) {
      return env[entry + 3] * PAGE_SIZE + (vaddr & (PAGE_SIZE - 1));
    }
    for (const access of [AccessType.Load, AccessType.Store]) {
      const physical = this.devices.find(vaddr, access, mmuIndex);
      if (physical >= 0) return physical;
    }
    return undefined;
  }

  load(address: number, memop: number): number {
    const vaddr = address >>> 0;
    const size = 1 << (memop & MemOp.SIZE);
    this.checkAlignment(vaddr, size, memop, AccessType.Load);
    const raw =
      (vaddr & (PAGE_SIZE - 1)) + size > PAGE_SIZE
        ? this.loadAcrossPages(vaddr, size, memOpMmuIndex(memop))
        : this.loadInPage(vaddr, size, memOpMmuIndex(memop));
    return extend(memop & MemOp.BE ? swap(raw, size) : raw, memop);
  }

  store(address: number, value: number, memop: number): void {
    const vaddr = address >>> 0;
    const size = 1 << (memop & MemOp.SIZE);
    this.checkAlignment(vaddr, size, memop, AccessType.Store);
    const raw = memop & MemOp.BE ? swap(value, size) : value;
    if ((vaddr & (PAGE_SIZE - 1)) + size > PAGE_SIZE) this.storeAcrossPages(vaddr, raw, size, memop);
    else this.storeInPage(vaddr, raw, size, memOpMmuIndex(memop));
  }

  prepareStore(address: number, memop: number): void {
    const vaddr = address >>> 0;
    this.checkAlignment(vaddr, 1 << (memop & MemOp.SIZE), memop, AccessType.Store);
    this.resolve(vaddr, 1, AccessType.Store, memOpMmuIndex(memop));
    this.resolve(secondPage(vaddr), 1, AccessType.Store, memOpMmuIndex(memop));
  }

  /**
   * A load, of 1 to 8 bytes, that reads memory and nothing else: its bytes go to host offset `to`. Returns false, and has
   * done nothing, when it is anything else: a device's, one that faults.
   */
  tryLoad(address: number, memop: number, to: number): boolean {
    if (!this.findMemory(address, memop, AccessType.Load)) return false;
    const { first, firstSize, second, secondSize } = this.found;
    copyBytes(this.memory.u8, to, first, firstSize);
    copyBytes(this.memory.u8, to + firstSize, second, secondSize);
    return true;
  }

  /** A store of the bytes at host offset `from` that writes memory in which no translated code lies; else as {@link tryLoad}. */
  tryStore(address: number, memop: number, from: number): boolean {
    if (!this.findMemory(address, memop, AccessType.Store)) return false;
    const { first, firstSize, second, secondSize } = this.found;
    copyBytes(this.memory.u8, first, from, firstSize);
    copyBytes(this.memory.u8, second, from + firstSize, secondSize);
    return true;
  }

  /**
   * A load of a device's register, which the listener is told of, its value to host offset `to`, a multiple of 4. Returns
   * false, and has changed nothing, when it is anything else or the device answers with an error.
   */
  tryDeviceLoad(address: number, memop: number, to: number): boolean {
    const device = this.findDevice(address, memop, AccessType.Load);
    return device !== undefined && this.readDevice(device, memop, to);
  }

  /** As {@link tryDeviceLoad}. */
  tryDeviceStore(address: number, memop: number, value: number): boolean {
    const device = this.findDevice(address, memop, AccessType.Store);
    return device !== undefined && this.writeDevice(device, memop, value);
  }

  /** {@link tryDeviceLoad} of a device that {@link knownDevice} has found. */
  readDevice({ port, offset }: DeviceAccess, memop: number, to: number): boolean {
    try {
      this.memory.i32[to >>> 2] = port.read(offset, 1 << (memop & MemOp.SIZE));
    } catch (thrown) {
      if (!(thrown instanceof BusError)) throw thrown;
      return false;
    }
    this.listener.deviceAccessed();
    return true;
  }

  /** {@link tryDeviceStore} to a device that {@link knownDevice} has found. */
  writeDevice({ port, offset }: DeviceAccess, memop: number, value: number): boolean {
    try {
      port.write(offset, value, 1 << (memop & MemOp.SIZE));
    } catch (thrown) {
      if (!(thrown instanceof BusError)) throw thrown;
      return false;
    }
    this.listener.deviceAccessed();
    return true;
  }

  /** The device that answers an access, where the same one was made before. `address` is signed. */
  knownDevice(address: number, memop: number, access: AccessType): DeviceAccess | undefined {
    return this.devices.made(address, memop, access);
  }

  /** The device that answers an aligned access; undefined where none does. `address` is signed. */
  private findDevice(address: number, memop: number, access: AccessType): DeviceAccess | undefined {
    const vaddr = address >>> 0;
    if (!isDeviceAccess(vaddr, memop)) return undefined;
    const mmuIndex = memOpMmuIndex(memop);
    const known = this.devices.find(vaddr, access, mmuIndex);
    const physical = known >= 0 ? known : this.physicalOf(vaddr, access, mmuIndex);
    const region = physical < 0 ? undefined : this.space.find(physical);
    if (region?.kind !== 'mmio') return undefined;
    if (known < 0) this.addDevice(vaddr, physical, access, mmuIndex);
    const { port } = region;
    const offset = physical - region.base;
    const post = access === AccessType.Store ? port.post(offset, 1 << (memop & MemOp.SIZE)) : undefined;
    return this.devices.remember({ address, memop, access, port, offset, post });
  }

  /** The access is allowed, and leads to a page in which a device answers. */
  private addDevice(vaddr: number, physical: number, access: AccessType, mmuIndex: number): void {
    this.devices.add(vaddr, physical, access, mmuIndex, this.space.inPage(physical >>> PAGE_BITS));
  }

  /** The unsigned physical address, or -1 when the access faults. */
  private physicalOf(vaddr: number, access: AccessType, mmuIndex: number): number {
    try {
      return this.cpu.translate(vaddr, access, mmuIndex).physical;
    } catch (thrown) {
      if (!(thrown instanceof CpuLoopExit)) throw thrown;
      return -1;
    }
  }

  /** Finds where an access lies, which may be in two pages, if all of it is in memory; {@link found} has it then. */
  private findMemory(address: number, memop: number, access: AccessType): boolean {
    const vaddr = address >>> 0;
    const size = 1 << (memop & MemOp.SIZE);
    const mmuIndex = memOpMmuIndex(memop);
    if (vaddr & (memOpAlignment(memop) - 1) || this.devices.find(vaddr, access, mmuIndex) >= 0) return false;
    const { found } = this;
    found.firstSize = Math.min(size, PAGE_SIZE - (vaddr & (PAGE_SIZE - 1)));
    found.secondSize = size - found.firstSize;
    const first = this.hostOf(vaddr, found.firstSize, access, mmuIndex);
    if (first === undefined) return false;
    found.first = first;
    if (found.secondSize === 0) return true;
    const second = this.hostOf(secondPage(vaddr), found.secondSize, access, mmuIndex);
    if (second === undefined) return false;
    found.second = second;
    return true;
  }

  /** Host offset of bytes in one page that are memory and may be accessed so; fills the TLB. */
  private hostOf(vaddr: number, size: number, access: AccessType, mmuIndex: number): number | undefined {
    const { env } = this.cpu;
    const entry = entryOf(vaddr, mmuIndex);
    // What the TLB has needs no walk, and where it lets stores there is no code: accesses that cross pages come here often.
    const isLoad = access === AccessType.Load;
    if (env[isLoad ? entry : entry + 1] === (vaddr & PAGE_MASK)) {
      if (!isLoad) this.listener.memoryStored(env[entry + 3] * PAGE_SIZE);
      return (vaddr + env[entry + 2]) >>> 0;
    }
    let translation;
    try {
      translation = this.cpu.translate(vaddr, access, mmuIndex);
    } catch (thrown) {
      if (!(thrown instanceof CpuLoopExit)) throw thrown;
      return undefined;
    }
    const { physical } = translation;
    const region = this.space.find(physical);
    // Where a page is not one piece of memory, the access may reach beyond what answers at its start.
    if (region?.kind !== 'ram' || !this.space.coversPage(region, physical - (physical & (PAGE_SIZE - 1))))
      return undefined;
    if (access === AccessType.Store && (region.readOnly || this.listener.hasCodeAt(physical, size))) return undefined;
    this.fill(vaddr, physical, region, translation, mmuIndex);
    if (access === AccessType.Store) this.listener.memoryStored(physical);
    return region.host + (physical - region.base);
  }

  /** Reads code for translation; `size` 2 or 4, little-endian, unsigned. Throws the target's prefetch abort. */
  fetch(address: number, size: 2 | 4): number {
    const vaddr = address >>> 0;
    if ((vaddr & (PAGE_SIZE - 1)) + size > PAGE_SIZE) {
      return (this.fetch(vaddr, 2) | (this.fetch(vaddr + 2, 2) << 16)) >>> 0;
    }
    const { physical } = this.cpu.translate(vaddr, AccessType.Fetch, this.cpu.mmuIndex());
    const region = this.space.find(physical);
    if (!region) {
      this.unanswered(vaddr, physical, size, AccessType.Fetch);
      throw new FetchFromNowhere(vaddr);
    }
    if (region.kind === 'ram') return readLittle(this.memory, region.host + (physical - region.base), size) >>> 0;
    try {
      return region.port.read(physical - region.base, size);
    } catch (error) {
      if (!(error instanceof BusError)) throw error;
      this.unanswered(vaddr, physical, size, AccessType.Fetch);
      throw new FetchFromNowhere(vaddr);
    }
  }

  /** Reads code at a physical address, 0 where there is none. Unsigned. */
  fetchPhysical(physical: number, size: 2 | 4): number {
    const region = this.space.find(physical);
    if (region?.kind === 'ram') return readLittle(this.memory, region.host + (physical - region.base), size) >>> 0;
    return region ? this.deviceRead(region, physical, physical, size, AccessType.Fetch) >>> 0 : 0;
  }

  private checkAlignment(vaddr: number, size: number, memop: number, access: AccessType): void {
    if (vaddr & (memOpAlignment(memop) - 1)) {
      throw this.cpu.accessFault(FaultKind.Alignment, vaddr, vaddr, access, size);
    }
  }

  private loadInPage(vaddr: number, size: number, mmuIndex: number): number {
    const { physical, region } = this.resolve(vaddr, size, AccessType.Load, mmuIndex);
    if (!region) return 0;
    if (region.kind === 'ram') return readLittle(this.memory, region.host + (physical - region.base), size);
    if (physical & (size - 1)) return this.loadAround(vaddr, size, mmuIndex);
    return this.deviceRead(region, vaddr, physical, size, AccessType.Load);
  }

  private storeInPage(vaddr: number, value: number, size: number, mmuIndex: number): void {
    const { physical, region } = this.resolve(vaddr, size, AccessType.Store, mmuIndex);
    if (!region) return;
    if (region.kind === 'mmio') {
      if (physical & (size - 1)) this.storeBytes(vaddr, value, size, mmuIndex);
      else this.deviceWrite(region, vaddr, physical, size, value);
    } else if (!region.readOnly) {
      writeLittle(this.memory, region.host + (physical - region.base), size, value);
      this.listener.stored(physical, size);
    }
  }

  private loadAcrossPages(vaddr: number, size: number, mmuIndex: number): number {
    this.resolve(vaddr, 1, AccessType.Load, mmuIndex);
    this.resolve(secondPage(vaddr), 1, AccessType.Load, mmuIndex);
    return this.loadAround(vaddr, size, mmuIndex);
  }

  /** QEMU's softmmu reads across pages, and a device at an unaligned address, by the two aligned loads around it. */
  private loadAround(vaddr: number, size: number, mmuIndex: number): number {
    const shift = 8 * (vaddr & (size - 1));
    const start = (vaddr & -size) >>> 0;
    const low = this.loadInPage(start, size, mmuIndex) >>> shift;
    const high = this.loadInPage((start + size) >>> 0, size, mmuIndex) << (8 * size - shift);
    return size === 4 ? low | high : (low | high) & 0xffff;
  }

  /** Both pages are resolved first, so that a fault on the second leaves memory as it was. */
  private storeAcrossPages(vaddr: number, value: number, size: number, memop: number): void {
    const mmuIndex = memOpMmuIndex(memop);
    this.resolve(vaddr, 1, AccessType.Store, mmuIndex);
    this.resolve(secondPage(vaddr), 1, AccessType.Store, mmuIndex);
    this.storeBytes(vaddr, value, size, mmuIndex);
  }

  /** What such a store is: one of each byte in turn. */
  private storeBytes(vaddr: number, value: number, size: number, mmuIndex: number): void {
    for (let i = 0; i < size; i++) this.storeInPage((vaddr + i) >>> 0, (value >>> (8 * i)) & 0xff, 1, mmuIndex);
  }

  private resolve(vaddr: number, size: number, access: AccessType, mmuIndex: number) {
    const known = this.devices.find(vaddr, access, mmuIndex);
    if (known >= 0) {
      const region = this.devices.regionOf(vaddr, access, known);
      if (region?.kind === 'mmio') return { physical: known, region };
    }
    const translation = this.cpu.translate(vaddr, access, mmuIndex);
    const { physical } = translation;
    const region = this.space.find(physical);
    if (!region) this.unanswered(vaddr, physical, size, access);
    else if (region.kind === 'ram') this.fill(vaddr, physical, region, translation, mmuIndex);
    else this.addDevice(vaddr, physical, access, mmuIndex);
    return { physical, region };
  }

  private fill(
    vaddr: number,
    physical: number,
    region: RamRegion,
    allowed: { readable: boolean; writable: boolean },
    mmuIndex: number,
  ): void {
    const pageStart = physical - (physical & (PAGE_SIZE - 1));
    if (!this.space.coversPage(region, pageStart)) return;
    const page = physical >>> PAGE_BITS;
    const { env } = this.cpu;
    const tag = vaddr & PAGE_MASK;
    const entry = entryOf(vaddr, mmuIndex);
    env[entry] = allowed.readable ? tag : TLB_INVALID;
    env[entry + 1] = allowed.writable && !region.readOnly && !this.listener.isCodePage(page) ? tag : TLB_INVALID;
    env[entry + 2] = region.host + (pageStart - region.base) - tag;
    env[entry + 3] = page;
  }

  private unanswered(vaddr: number, physical: number, size: number, access: AccessType): void {
    this.unmapped.report(physical, size, access);
    if (this.unmapped.busErrors) throw this.cpu.accessFault(FaultKind.Bus, vaddr, physical, access, size);
  }

  private deviceRead(region: MmioRegion, vaddr: number, physical: number, size: number, access: AccessType): number {
    try {
      const value = region.port.read(physical - region.base, size);
      this.listener.deviceAccessed();
      return value;
    } catch (error) {
      if (!(error instanceof BusError)) throw error;
      this.unanswered(vaddr, physical, size, access);
      return 0;
    }
  }

  private deviceWrite(region: MmioRegion, vaddr: number, physical: number, size: number, value: number): void {
    try {
      region.port.write(physical - region.base, value, size);
      this.listener.deviceAccessed();
    } catch (error) {
      if (!(error instanceof BusError)) throw error;
      this.unanswered(vaddr, physical, size, AccessType.Store);
    }
  }
}

/** Whether an access is one that a device may be asked for as it is: of a word at most, aligned. */
function isDeviceAccess(vaddr: number, memop: number): boolean {
  const size = 1 << (memop & MemOp.SIZE);
  return size <= 4 && ((size - 1) & vaddr) === 0 && (vaddr & (memOpAlignment(memop) - 1)) === 0;
}

/** Index of the first word of the TLB entry for an address. */
function entryOf(vaddr: number, mmuIndex: number): number {
  return ENV_TLB + mmuIndex * TLB_WORDS + ((vaddr >>> PAGE_BITS) & ((1 << TLB_BITS) - 1)) * TLB_ENTRY_WORDS;
}

/** A few bytes: quicker than by copyWithin. */
function copyBytes(bytes: Uint8Array, to: number, from: number, size: number): void {
  for (let i = 0; i < size; i++) bytes[to + i] = bytes[from + i];
}

function secondPage(vaddr: number): number {
  return ((vaddr & PAGE_MASK) + PAGE_SIZE) >>> 0;
}

function swap(value: number, size: number): number {
  return size === 4 ? byteSwap32(value) : size === 2 ? byteSwap32(value << 16) & 0xffff : value;
}

function extend(value: number, memop: number): number {
  switch (memop & MemOp.SIZE) {
    case 0:
      return memop & MemOp.SIGN ? (value << 24) >> 24 : value & 0xff;
    case 1:
      return memop & MemOp.SIGN ? (value << 16) >> 16 : value & 0xffff;
    default:
      return value | 0;
  }
}

/** The little-endian value of `size` (1, 2, 4) bytes at any host offset. */
export function readLittle(memory: HostMemory, offset: number, size: number): number {
  if (size === 1) return memory.u8[offset];
  if ((offset & (size - 1)) === 0) return size === 4 ? memory.i32[offset >>> 2] : memory.u16[offset >>> 1];
  let value = 0;
  for (let i = 0; i < size; i++) value |= memory.u8[offset + i] << (8 * i);
  return value;
}

/** Stores the low `size` (1, 2, 4) bytes of `value` little-endian at any host offset. */
export function writeLittle(memory: HostMemory, offset: number, size: number, value: number): void {
  if (size === 4 && (offset & 3) === 0) memory.i32[offset >>> 2] = value;
  else for (let i = 0; i < size; i++) memory.u8[offset + i] = value >>> (8 * i);
}
