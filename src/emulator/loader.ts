import { hex } from '../common/bits';
import type { AddressSpace, RamRegion } from './address-space';

/** A segment to load: `data` (the bytes in the file) goes to `paddr`, the rest up to `memsz` is zero. */
export interface LoadableSegment {
  readonly paddr: number;
  readonly vaddr: number;
  readonly data: Uint8Array;
  readonly memsz: number;
}

/** A parsed executable, as far as loading needs it. `machine` is ELF's e_machine. */
export interface LoadableImage {
  readonly entry: number;
  readonly machine: number;
  readonly segments: readonly LoadableSegment[];
}

/** What one `-device loader,…` or `-kernel` asks for. */
export type LoaderRequest =
  | { readonly kind: 'image'; readonly file: string; readonly image: LoadableImage; readonly cpu?: number }
  | {
      readonly kind: 'raw';
      readonly file: string;
      readonly addr: number;
      readonly data: Uint8Array;
      readonly cpu?: number;
    }
  | {
      readonly kind: 'data';
      readonly addr: number;
      readonly value: bigint;
      readonly length: number;
      readonly bigEndian?: boolean;
      readonly cpu?: number;
    }
  | { readonly kind: 'pc'; readonly addr: number; readonly cpu: number };

/** Why a program cannot be loaded; the message names the file, the segment and the address. */
export class LoadError extends Error {}

/** One span of bytes that reset puts into RAM. */
export interface RomBlob {
  readonly name: string;
  readonly address: number;
  readonly bytes: Uint8Array;
  /** Zeros after the bytes. */
  readonly zeros: number;
}

export interface LoadPlan {
  readonly blobs: readonly RomBlob[];
  /** Entry point per vCPU that a request names. */
  readonly entries: ReadonlyMap<number, number>;
}

/** ELF's number for 32-bit ARM. */
export const EM_ARM = 40;

function range(address: number, length: number): string {
  return `${hex(address, 8)}..${hex(address + length - 1, 8)}`;
}

/** What lies at an address, for a message. */
function describe(space: AddressSpace, address: number): string {
  const region = space.find(address);
  if (!region) return 'nothing answers there';
  return `${region.kind === 'ram' ? 'memory' : 'device'} "${region.name}" lies at ${range(region.base, region.size)}`;
}

function checkPlace(space: AddressSpace, blob: RomBlob): RamRegion {
  const length = blob.bytes.length + blob.zeros;
  const region = space.find(blob.address);
  if (region?.kind !== 'ram') {
    throw new LoadError(
      `${blob.name} at ${range(blob.address, length)} is outside RAM: ${describe(space, blob.address)}`,
    );
  }
  if (blob.address - region.base + length > region.size) {
    throw new LoadError(
      `${blob.name} at ${range(blob.address, length)} is too big: it runs ${blob.address - region.base + length - region.size} bytes past the end of memory "${region.name}" (${range(region.base, region.size)})`,
    );
  }
  return region;
}

function checkOverlaps(blobs: readonly RomBlob[]): void {
  const sorted = blobs.toSorted((a, b) => a.address - b.address);
  for (let i = 1; i < sorted.length; i++) {
    const [low, high] = [sorted[i - 1], sorted[i]];
    if (!low || !high) continue;
    const [lowSize, highSize] = [low, high].map((b) => b.bytes.length + b.zeros) as [number, number];
    if (low.address + lowSize > high.address) {
      throw new LoadError(
        `two loaded parts overlap: ${low.name} at ${range(low.address, lowSize)} and ${high.name} at ${range(high.address, highSize)}`,
      );
    }
  }
}

function dataBytes(value: bigint, length: number, bigEndian: boolean): Uint8Array {
  const little = Uint8Array.from({ length }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
  return bigEndian ? little.reverse() : little;
}

function blobsOf(request: LoaderRequest): RomBlob[] {
  switch (request.kind) {
    case 'image':
      return request.image.segments
        .map((segment, index) => ({
          name: `${request.file}: segment ${index}`,
          address: segment.paddr,
          bytes: segment.data,
          zeros: Math.max(0, segment.memsz - segment.data.length),
        }))
        .filter((blob) => blob.bytes.length + blob.zeros > 0);
    case 'raw':
      return request.data.length ? [{ name: request.file, address: request.addr, bytes: request.data, zeros: 0 }] : [];
    case 'data':
      if (request.length < 1 || request.length > 8)
        throw new LoadError(`loader: data-len ${request.length} is not within 1..8`);
      return [
        {
          name: `loader data at ${hex(request.addr)}`,
          address: request.addr,
          bytes: dataBytes(request.value, request.length, request.bigEndian ?? false),
          zeros: 0,
        },
      ];
    case 'pc':
      return [];
  }
}

function entryOf(request: LoaderRequest): number {
  return request.kind === 'image' ? request.image.entry : request.addr;
}

/**
 * Checks what is to be loaded and lays it out by physical address, as QEMU's `-device loader` does. Throws
 * {@link LoadError} for a foreign file, for parts outside RAM, for parts that overlap, for a CPU that does not exist.
 */
export function planLoad(requests: readonly LoaderRequest[], space: AddressSpace, cpus: number): LoadPlan {
  const blobs = requests.flatMap(blobsOf);
  for (const request of requests) {
    if (request.kind === 'image' && request.image.machine !== EM_ARM) {
      throw new LoadError(
        `${request.file}: made for another processor (e_machine ${request.image.machine}), not for 32-bit ARM (${EM_ARM})`,
      );
    }
  }
  for (const blob of blobs) checkPlace(space, blob);
  checkOverlaps(blobs);
  const entries = new Map<number, number>();
  for (const request of requests) {
    if (request.cpu === undefined) continue;
    if (!Number.isInteger(request.cpu) || request.cpu < 0 || request.cpu >= cpus)
      throw new LoadError(
        `loader: cpu-num ${request.cpu} does not exist: the machine has ${cpus} CPU${cpus === 1 ? '' : 's'}`,
      );
    // With data=, the CPU only says through whose address space to write.
    if (request.kind !== 'data') entries.set(request.cpu, entryOf(request));
  }
  return { blobs, entries };
}

/** Copies the planned bytes into guest RAM. `memory` is the whole shared memory; RAM regions lie in it at their `host`. */
export function copyBlobs(plan: LoadPlan, space: AddressSpace, memory: Uint8Array): void {
  for (const blob of plan.blobs) {
    const region = checkPlace(space, blob);
    const start = region.host + (blob.address - region.base);
    memory.set(blob.bytes, start);
    memory.fill(0, start + blob.bytes.length, start + blob.bytes.length + blob.zeros);
  }
}

/**
 * Where the C library may put heap and stack (SYS_HEAPINFO): the largest span of the largest RAM that nothing was
 * loaded to, as QEMU finds it.
 */
export function largestGap(plan: LoadPlan, space: AddressSpace): { base: number; limit: number } {
  const ram = space.all.filter((region) => region.kind === 'ram').sort((a, b) => b.size - a.size)[0];
  if (!ram) return { base: 0, limit: 0 };
  const end = ram.base + ram.size;
  const used = plan.blobs
    .map((blob) => ({ base: blob.address, limit: blob.address + blob.bytes.length + blob.zeros }))
    .filter(({ base, limit }) => base < end && limit > ram.base)
    .sort((a, b) => a.base - b.base);
  const starts = [ram.base, ...used.map(({ limit }) => limit)];
  const limits = [...used.map(({ base }) => base), end];
  const gaps = starts.map((base, i) => ({ base, limit: limits[i] }));
  return gaps.reduce((best, gap) => (gap.limit - gap.base > best.limit - best.base ? gap : best));
}
