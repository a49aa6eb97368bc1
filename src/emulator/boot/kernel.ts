import { hex } from '../../common/bits';
import type { BoardBoot } from '../boards/board';
import { tagList, type TagValues } from './atags';
import { loaderCode, setupCode } from './code';
import { patchedDeviceTree } from './device-tree';
import { ImageError, ImageType, isUImage, parseUImage, type Gunzip } from './uimage';

/** Bytes with the file they come from. */
export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What `-kernel`, `-initrd`, `-dtb` and `-append` name; the kernel is no ELF file. */
export interface KernelFiles {
  readonly kernel: NamedBytes;
  readonly initrd?: NamedBytes;
  readonly dtb?: NamedBytes;
  readonly append?: string;
}

/** Bytes and where they go. */
export interface PlacedBytes extends NamedBytes {
  readonly address: number;
}

export interface BootPlan {
  readonly parts: readonly PlacedBytes[];
  /** Where the first CPU starts. */
  readonly entry: number;
}

// Where QEMU's loader puts what: distances from the start of RAM.
const KERNEL_OFFSET = 0x10000;
const NOLOAD_OFFSET = 0x02000000;
const TAGS_OFFSET = 0x100;
const INITRD_MAX_OFFSET = 128 << 20;
const PAGE = 4096;

const alignUp = (value: number, to: number): number => Math.ceil(value / to) * to;

interface LoadedKernel extends PlacedBytes {
  readonly entry: number;
  readonly isLinux: boolean;
}

/**
 * Lays out a kernel that is no ELF file as QEMU's `-kernel` does: a U-Boot image where its header says, anything else as a
 * Linux kernel image 64 KiB into RAM. A Linux kernel gets the loader's code at the start of RAM, the board's setup code,
 * the initial RAM disk and the device tree or the tags; other programs start at their entry.
 * Throws an Error that names the file.
 */
export function planKernel(files: KernelFiles, board: BoardBoot, gunzip: Gunzip): BootPlan {
  const kernel = loadKernel(files.kernel, board, gunzip);
  if (kernel.bytes.length > board.ramSize) {
    throw new ImageError(
      `${kernel.name}: ${kernel.bytes.length} bytes are more than the ${board.ramSize} bytes of the machine's RAM`,
    );
  }
  if (!kernel.isLinux) return { parts: [kernel], entry: kernel.entry };
  const end = board.ramBase + board.ramSize;
  const initrdStart = alignUp(board.ramBase + Math.min(board.ramSize / 2, INITRD_MAX_OFFSET), PAGE);
  const initrd = files.initrd && {
    name: files.initrd.name,
    bytes: ramdisk(files.initrd, gunzip),
    address: initrdStart,
  };
  if (initrd && initrdStart + initrd.bytes.length > end) {
    throw new ImageError(
      `${initrd.name}: ${initrd.bytes.length} bytes at ${hex(initrdStart, 8)} run past the end of RAM (${hex(end, 8)})`,
    );
  }
  const values: TagValues = {
    ramBase: board.ramBase,
    ramSize: board.ramSize,
    commandLine: files.append ?? '',
    ...(initrd && { initrd: { start: initrdStart, size: initrd.bytes.length } }),
  };
  // Some kernels overwrite the rest of the page that the RAM disk ends in.
  const dtbStart = alignUp(initrdStart + (initrd?.bytes.length ?? 0), PAGE);
  const dtb = files.dtb && deviceTree(files.dtb, values, dtbStart);
  if (dtb && dtb.address + dtb.bytes.length > end) {
    throw new ImageError(`${dtb.name}: no room for it in RAM behind the kernel and the initial RAM disk`);
  }
  const tagsStart = board.ramBase + TAGS_OFFSET;
  const code = loaderCode(board.setupAddress, board.machineId, dtb?.address ?? tagsStart, kernel.entry);
  return {
    parts: [
      { name: 'the boot loader', address: board.ramBase, bytes: code },
      ...setupAndTags(board, dtb ? undefined : { address: tagsStart, bytes: tagList(values) }),
      kernel,
      ...(initrd ? [initrd] : []),
      ...(dtb ? [dtb] : []),
    ],
    entry: board.ramBase,
  };
}

/** The device tree for a program that is an ELF file: at the start of RAM, where the program leaves room for it. */
export function planDeviceTree(dtb: NamedBytes, append: string, board: BoardBoot): PlacedBytes {
  const values = { ramBase: board.ramBase, ramSize: board.ramSize, commandLine: append };
  return deviceTree(dtb, values, board.ramBase);
}

function deviceTree({ name, bytes }: NamedBytes, values: TagValues, address: number): PlacedBytes {
  try {
    return { name, address, bytes: patchedDeviceTree(bytes, values) };
  } catch (error) {
    throw new ImageError(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function loadKernel({ name, bytes }: NamedBytes, board: BoardBoot, gunzip: Gunzip): LoadedKernel {
  if (!isUImage(bytes)) {
    const address = board.ramBase + KERNEL_OFFSET;
    return { name, bytes, address, entry: address, isLinux: true };
  }
  const image = unpacked(name, bytes, gunzip);
  switch (image.type) {
    case ImageType.Kernel:
      return { name, bytes: image.data, address: image.load, entry: image.entry, isLinux: image.isLinux };
    case ImageType.KernelNoload: {
      // The place is that of the header, which is not loaded.
      const address = board.ramBase + NOLOAD_OFFSET + 64;
      const entry = (address + image.entry) >>> 0;
      return { name, bytes: image.data, address, entry, isLinux: image.isLinux };
    }
    default:
      throw new ImageError(`${name}: this U-Boot image is no kernel (ih_type ${image.type})`);
  }
}

/** An initial RAM disk; one in a U-Boot image without its header. */
function ramdisk({ name, bytes }: NamedBytes, gunzip: Gunzip): Uint8Array {
  if (!isUImage(bytes)) return bytes;
  const image = unpacked(name, bytes, gunzip);
  return image.type === ImageType.Ramdisk ? image.data : bytes;
}

function unpacked(name: string, bytes: Uint8Array, gunzip: Gunzip) {
  try {
    return parseUImage(bytes, gunzip);
  } catch (error) {
    throw new ImageError(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/**
 * The board's setup code and the tags. Where both go to the same place the code lies over the tags, as on QEMU: on the
 * Zynq a kernel needs a device tree.
 */
function setupAndTags(board: BoardBoot, tags: { address: number; bytes: Uint8Array } | undefined): PlacedBytes[] {
  const name = "the board's setup code";
  const setup = { name, address: board.setupAddress, bytes: setupCode(board) };
  if (!tags) return [setup];
  const start = Math.min(tags.address, setup.address);
  const end = Math.max(tags.address + tags.bytes.length, setup.address + setup.bytes.length);
  const overlap = tags.address < setup.address + setup.bytes.length && setup.address < tags.address + tags.bytes.length;
  if (!overlap) return [{ name: 'the tags', ...tags }, setup];
  const bytes = new Uint8Array(end - start);
  bytes.set(tags.bytes, tags.address - start);
  bytes.set(setup.bytes, setup.address - start);
  return [{ name, address: start, bytes }];
}
