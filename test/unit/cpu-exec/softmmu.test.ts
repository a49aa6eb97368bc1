import assert from 'node:assert/strict';
import { AddressSpace } from '../../../src/emulator/address-space';
import { BusError, type Device, type Post } from '../../../src/emulator/device';
import { FetchFromNowhere, VcpuSoftMmu } from '../../../src/emulator/softmmu';
import { AccessType, FaultKind, type GuestCpu } from '../../../src/tcg/guest-cpu';
import { CpuLoopExit } from '../../../src/tcg/helpers';
import { HostMemory } from '../../../src/tcg/host-memory';
import { ENV_BASE, ENV_TLB, ENV_WORDS, GUEST_BASE } from '../../../src/tcg/layout';
import { MemOp } from '../../../src/tcg/memop';

class Fault extends CpuLoopExit {
  readonly restoresState = true;
  constructor(readonly text: string) {
    super();
  }
}

/** Notes its accesses; reads give the offset's low byte in each byte. Refuses everything from 0x80 on. */
class NotedDevice implements Device {
  readonly name = 'noted';
  readonly size = 0x100;
  readonly accesses: string[] = [];
  reset(): void {
    this.accesses.length = 0;
  }
  read(offset: number, size: number): number {
    if (offset >= 0x80) throw new BusError();
    this.accesses.push(`r${size} ${offset.toString(16)}`);
    let value = 0;
    for (let i = 0; i < size; i++) value |= (offset + i) << (8 * i);
    return value;
  }
  write(offset: number, value: number, size: number): void {
    if (offset >= 0x80) throw new BusError();
    this.accesses.push(`w${size} ${offset.toString(16)}=${value.toString(16)}`);
  }
  post(offset: number): Post | undefined {
    return offset === 4 ? (value) => this.accesses.push(`posted ${value}`) > 0 : undefined;
  }
}

const RAM = 0;
const RAM_BYTES = 0x10000;
const ROM = 0x20000000;
const DEVICE = 0x40000000;
/** RAM in the upper half of a page whose lower half has nothing. */
const HALF = 0x50000800;
/** A page of RAM with the device over part of it. */
const COVERED = 0x60000000;
const TOP = 0xfffc0000;

function machine(busErrors = false) {
  const memory = new HostMemory(new ArrayBuffer(GUEST_BASE + 0x100000));
  const env = new Int32Array(memory.buffer, ENV_BASE, ENV_WORDS);
  const space = new AddressSpace();
  const device = new NotedDevice();
  let host = GUEST_BASE;
  const ram = (name: string, base: number, size: number, readOnly = false): void => {
    space.addRam(name, base, size, host, readOnly);
    host += (size + 0xfff) & -0x1000;
  };
  ram('ram', RAM, RAM_BYTES);
  ram('rom', ROM, 0x1000, true);
  ram('half', HALF, 0x800);
  ram('covered', COVERED, 0x1000);
  ram('top', TOP, 0x40000);
  space.addDevice(DEVICE, device);
  space.addDevice(COVERED + 0x400, device);
  const codePages = new Set<number>();
  const codeWrites: string[] = [];
  const reports: string[] = [];
  /** What the mapping does to addresses: tests change it. */
  const mapping = { offset: 0, walks: 0, forbidden: new Set<AccessType>() };
  const cpu = {
    env,
    mmuIndex: () => 0,
    translate: (vaddr: number, access: AccessType) => {
      mapping.walks++;
      if (mapping.forbidden.has(access)) throw new Fault(`${AccessType[access]} forbidden`);
      return { physical: (vaddr + mapping.offset) >>> 0, readable: true, writable: true, executable: true };
    },
    accessFault: (kind: FaultKind, vaddr: number, _physical: number, access: AccessType) =>
      new Fault(`${FaultKind[kind]} ${AccessType[access]} ${vaddr.toString(16)}`),
  } as unknown as GuestCpu;
  const mmu = new VcpuSoftMmu(
    cpu,
    space,
    memory,
    {
      hasCodeAt: () => false,
      memoryStored: () => undefined,
      isCodePage: (page) => codePages.has(page),
      deviceAccessed: () => undefined,
      stored: (physical, size) => {
        if (codePages.has(physical >>> 12)) codeWrites.push(`${physical.toString(16)}+${size}`);
      },
    },
    {
      busErrors,
      report: (physical, size, access) => void reports.push(`${AccessType[access]} ${physical.toString(16)} ${size}`),
    },
  );
  /** Whether the TLB answers for the address: a load, a store. */
  const cached = (vaddr: number): [boolean, boolean] => {
    const entry = ENV_TLB + ((vaddr >>> 12) & 255) * 4;
    const tag = vaddr & -0x1000;
    return [env[entry] === tag, env[entry + 1] === tag];
  };
  return { mmu, space, device, memory, mapping, codePages, codeWrites, reports, cached };
}

const faultOf = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    if (error instanceof Fault) return error.text;
    throw error;
  }
  return 'none';
};

describe('softmmu', () => {
  it('loads and stores every width at every alignment, page ends included, in both byte orders', () => {
    const { mmu } = machine();
    const bytes = new Map<number, number>();
    for (const address of [0x100, 0x101, 0x102, 0x103, 0xffd, 0xffe, 0xfff, 0x1000]) {
      for (const size of [0, 1, 2]) {
        for (const order of [0, MemOp.BE]) {
          const value = 0x8192a3b4 | 0;
          const width = 1 << size;
          mmu.store(address, value, size | order);
          for (let i = 0; i < width; i++) {
            const byte = (value >>> (8 * (order ? width - 1 - i : i))) & 0xff;
            bytes.set(address + i, byte);
            assert.equal(mmu.load(address + i, 0), byte, `${address.toString(16)} ${width}`);
          }
          const unsigned = size === 2 ? value : value & (width === 1 ? 0xff : 0xffff);
          assert.equal(mmu.load(address, size | order), unsigned);
          const signed = size === 2 ? value : (unsigned << (32 - 8 * width)) >> (32 - 8 * width);
          assert.equal(mmu.load(address, size | order | MemOp.SIGN), signed);
        }
      }
    }
  });

  it('reaches the top of the address space and wraps around it', () => {
    const { mmu } = machine();
    mmu.store(0xfffffffc | 0, 0x11223344, MemOp.UL);
    assert.equal(mmu.load(-4, MemOp.UL), 0x11223344);
    mmu.store(0, 0x55667788, MemOp.UL);
    assert.equal(mmu.load(0xfffffffe, MemOp.UL), 0x77881122);
    mmu.store(0xffffffff, 0x0a0b0c0d, MemOp.UL);
    assert.deepEqual([mmu.load(-1, 0), mmu.load(0, 0), mmu.load(1, 0), mmu.load(2, 0)], [0x0d, 0x0c, 0x0b, 0x0a]);
    assert.equal(mmu.fetch(0xfffffffe, 4), 0x0b0c0d22);
  });

  it('checks alignment where it is asked for, before anything else', () => {
    const { mmu, device } = machine();
    assert.equal(
      faultOf(() => mmu.load(0x102, MemOp.UL | MemOp.ALIGN)),
      'Alignment Load 102',
    );
    assert.equal(
      faultOf(() => mmu.store(0x101, 0, 1 | MemOp.ALIGN)),
      'Alignment Store 101',
    );
    assert.equal(
      faultOf(() => mmu.load(DEVICE + 1, MemOp.UL | MemOp.ALIGN)),
      'Alignment Load 40000001',
    );
    assert.deepEqual(device.accesses, []);
    assert.equal(
      faultOf(() => mmu.load(0x104, MemOp.UL | MemOp.ALIGN)),
      'none',
    );
  });

  it('walks no table for accesses of compiled code that cross pages which the TLB has', () => {
    const { mmu, memory, mapping } = machine();
    const [to, from] = [ENV_BASE, ENV_BASE + 8];
    memory.i32[from / 4] = 0x44332211;
    mapping.offset = 0x4000;
    assert.equal(mmu.tryStore(0x1ffd, MemOp.UL, from), true);
    assert.equal(mmu.tryLoad(0x1ffd, MemOp.UL, to), true);
    assert.equal(memory.i32[to / 4], 0x44332211);
    assert.deepEqual([mmu.load(0x1fff, 0), mmu.load(0x2000, 0)], [0x33, 0x44]);
    const { walks } = mapping;
    memory.i32[from / 4] = 0x55667788;
    for (let i = 0; i < 3; i++) {
      assert.equal(mmu.tryStore(0x1ffe, MemOp.UL, from), true);
      assert.equal(mmu.tryLoad(0x1ffe, MemOp.UL, to), true);
    }
    assert.equal(mapping.walks, walks);
    assert.equal(memory.i32[to / 4], 0x55667788);
    assert.deepEqual([mmu.load(0x1ffd, 0), mmu.load(0x1ffe, 1), mmu.load(0x2000, 1)], [0x11, 0x7788, 0x5566]);
    mapping.forbidden.add(AccessType.Store);
    mmu.protectPage(6);
    assert.equal(mmu.tryStore(0x1ffe, MemOp.UL, from), false);
  });

  it('drops stores to read-only memory and never caches them', () => {
    const { mmu, cached } = machine();
    mmu.store(ROM, 0x1234, MemOp.UL);
    assert.equal(mmu.load(ROM, MemOp.UL), 0);
    assert.deepEqual(cached(ROM), [true, false]);
  });

  it('caches a page only where one memory answers in all of it', () => {
    const { mmu, cached, device } = machine();
    mmu.store(0x2000, 1, 0);
    assert.deepEqual(cached(0x2000), [true, true]);
    mmu.store(HALF, 7, MemOp.UL);
    assert.equal(mmu.load(HALF, MemOp.UL), 7);
    assert.deepEqual(cached(HALF), [false, false]);
    mmu.store(COVERED, 9, MemOp.UL);
    assert.equal(mmu.load(COVERED, MemOp.UL), 9);
    assert.deepEqual(cached(COVERED), [false, false]);
    assert.equal(mmu.load(COVERED + 0x404, 0), 4);
    assert.deepEqual(device.accesses, ['r1 4']);
    assert.equal(mmu.load(COVERED + 0x500, MemOp.UL), 0);
  });

  it('reads a device at an unaligned address by the two aligned reads around it, writes it by bytes', () => {
    const { mmu, device } = machine();
    assert.equal(mmu.load(DEVICE + 5, MemOp.UL), 0x08070605);
    assert.equal(mmu.load(DEVICE + 3, 1), 0x0403);
    mmu.store(DEVICE + 2, 0xaabbccdd | 0, MemOp.UL);
    assert.deepEqual(device.accesses, ['r4 4', 'r4 8', 'r2 2', 'r2 4', 'w1 2=dd', 'w1 3=cc', 'w1 4=bb', 'w1 5=aa']);
  });

  it('remembers where a device lies for the kind of access it has seen, until the TLB is void', () => {
    const { mmu, device, mapping } = machine();
    const at = 0x1000;
    mapping.offset = DEVICE - at;
    for (let i = 0; i < 3; i++) assert.equal(mmu.load(at + 4, 0), 4);
    assert.equal(mmu.tryDeviceLoad(at + 8, 0, ENV_BASE), true);
    assert.equal(mmu.tryLoad(at + 8, 0, ENV_BASE), false);
    assert.equal(mapping.walks, 1);
    mapping.forbidden.add(AccessType.Store);
    assert.equal(
      faultOf(() => mmu.store(at, 1, 0)),
      'Store forbidden',
    );
    assert.equal(mmu.tryDeviceStore(at, 0, 1), false);
    mapping.forbidden.clear();
    mmu.store(at + 4, 7, 0);
    assert.equal(mmu.tryDeviceStore(at + 4, 0, 8), true);
    assert.deepEqual(device.accesses, ['r1 4', 'r1 4', 'r1 4', 'r1 8', 'w1 4=7', 'w1 4=8']);
    device.reset();
    mapping.offset = 0;
    mmu.flush();
    mmu.store(at, 0x55, 0);
    assert.equal(mmu.load(at, 0), 0x55);
    assert.equal(mmu.tryDeviceLoad(at, 0, ENV_BASE), false);
    assert.deepEqual(device.accesses, []);
  });

  it('knows an access that was made before by its address and kind, with how a store may be posted', () => {
    const { mmu, device, mapping } = machine();
    assert.equal(mmu.knownDevice(DEVICE + 4, MemOp.UL, AccessType.Store), undefined);
    assert.equal(mmu.tryDeviceStore(DEVICE + 4, MemOp.UL, 1), true);
    const store = mmu.knownDevice(DEVICE + 4, MemOp.UL, AccessType.Store);
    assert.equal(store?.offset, 4);
    assert.equal(mmu.knownDevice(DEVICE + 4, MemOp.UL, AccessType.Load), undefined);
    assert.equal(mmu.knownDevice(DEVICE + 4, 0, AccessType.Store), undefined);
    assert.equal(mmu.knownDevice(DEVICE + 8, MemOp.UL, AccessType.Store), undefined);
    assert.equal(store?.post?.(5), true);
    assert.equal(mmu.tryDeviceStore(DEVICE + 8, MemOp.UL, 1), true);
    assert.equal(mmu.knownDevice(DEVICE + 8, MemOp.UL, AccessType.Store)?.post, undefined);
    assert.equal(mmu.tryDeviceLoad(DEVICE + 4, MemOp.UL, ENV_BASE), true);
    assert.equal(mmu.knownDevice(DEVICE + 4, MemOp.UL, AccessType.Load)?.post, undefined);
    assert.deepEqual(device.accesses, ['w4 4=1', 'posted 5', 'w4 8=1', 'r4 4']);
    mapping.offset = 0x1000;
    mmu.flush();
    assert.equal(mmu.knownDevice(DEVICE + 4, MemOp.UL, AccessType.Store), undefined);
  });

  it('beside a device there is nothing, also for an access that reaches over its edge', () => {
    const { mmu, reports } = machine();
    assert.equal(mmu.load(DEVICE - 2, MemOp.UL), 0x01000000);
    assert.equal(mmu.load(0x3000000, MemOp.UL), 0);
    mmu.store(0x3000000, 1, 0);
    assert.ok(reports.includes('Load 3000000 4') && reports.includes('Store 3000000 1'));
  });

  it('bus errors abort, naming the address; a store across pages then changes nothing', () => {
    const { mmu } = machine(true);
    assert.equal(
      faultOf(() => mmu.load(0x3000000, MemOp.UL)),
      'Bus Load 3000000',
    );
    assert.equal(
      faultOf(() => mmu.load(DEVICE + 0x80, MemOp.UL)),
      'Bus Load 40000080',
    );
    const end = RAM + RAM_BYTES;
    assert.equal(
      faultOf(() => mmu.store(end - 2, -1, MemOp.UL)),
      `Bus Store ${end.toString(16)}`,
    );
    assert.equal(mmu.load(end - 2, 1), 0);
    assert.equal(
      faultOf(() => mmu.load(end - 1, 1)),
      `Bus Load ${end.toString(16)}`,
    );
    assert.equal(
      faultOf(() => mmu.fetch(0x3000000, 4)),
      'Bus Fetch 3000000',
    );
  });

  it('fetches across pages, and from nothing only to say so', () => {
    const { mmu } = machine();
    mmu.store(0xffe, 0x22221111, MemOp.UL);
    assert.equal(mmu.fetch(0xffe, 4), 0x22221111);
    assert.throws(() => mmu.fetch(0x3000000, 2), FetchFromNowhere);
    assert.throws(() => mmu.fetch(RAM_BYTES - 2, 4), FetchFromNowhere);
    assert.throws(() => mmu.fetch(DEVICE + 0x80, 4), FetchFromNowhere);
    assert.equal(mmu.fetch(DEVICE + 4, 2), 0x0504);
  });

  it('tells of stores to code, whole or in part', () => {
    const { mmu, codePages, codeWrites, cached } = machine();
    mmu.store(0x3000, 1, MemOp.UL);
    assert.deepEqual(cached(0x3000), [true, true]);
    codePages.add(3);
    mmu.protectPage(3);
    assert.deepEqual(cached(0x3000), [true, false]);
    mmu.store(0x3004, 1, MemOp.UL);
    mmu.store(0x2fff, -1, 1);
    assert.deepEqual(codeWrites, ['3004+4', '3000+1']);
    assert.deepEqual(cached(0x3000), [true, false]);
    codePages.clear();
    mmu.store(0x3008, 1, MemOp.UL);
    assert.deepEqual(cached(0x3000), [true, true]);
  });
});
