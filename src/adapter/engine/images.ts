import type { BoardBoot } from '../../emulator/boards/board';
import {
  isIntelHex,
  isUImage,
  parseIntelHex,
  parseUImage,
  planDeviceTree,
  planKernel,
  type Gunzip,
} from '../../emulator/boot';
import type { LoadableImage, LoaderRequest } from '../../emulator/loader';
import { EM_ARM } from '../../emulator/loader';
import { parseElf, PT_LOAD } from '../../symbols/elf';
import type { EngineImage } from './api';

/**
 * What the loader is asked for, with files parsed and kernels laid out for the board. Throws an Error that names the file
 * and what is wrong in it.
 */
export function loaderRequests(images: readonly EngineImage[], board: BoardBoot, gunzip: Gunzip): LoaderRequest[] {
  return images.flatMap((image): LoaderRequest[] => {
    switch (image.kind) {
      case 'elf':
        return [{ kind: 'image', file: image.name, image: named(image.name, () => elf(image.bytes)), cpu: image.cpu }];
      case 'raw':
        return [rawRequest(image, gunzip)];
      case 'kernel': {
        const { initrd, dtb, append } = image;
        const { parts, entry } = planKernel({ kernel: image, initrd, dtb, append }, board, gunzip);
        return [
          ...parts.map(({ name, address, bytes }) => ({
            kind: 'raw' as const,
            file: name,
            addr: address,
            data: bytes,
          })),
          { kind: 'pc', addr: entry, cpu: 0 },
        ];
      }
      case 'dtb': {
        const { name, address, bytes } = planDeviceTree(image, image.append ?? '', board);
        return [{ kind: 'raw', file: name, addr: address, data: bytes }];
      }
      case 'data':
        return [
          {
            kind: 'data',
            addr: image.address,
            value: image.value,
            length: image.length,
            bigEndian: image.bigEndian,
          },
        ];
      case 'pc':
        return [{ kind: 'pc', addr: image.address, cpu: image.cpu }];
    }
  });
}

/** A file of `-device loader`: a U-Boot image and an Intel HEX file say themselves where they go. */
function rawRequest(image: Extract<EngineImage, { kind: 'raw' }>, gunzip: Gunzip): LoaderRequest {
  const { name, bytes, address, cpu } = image;
  const parts =
    image.force === true
      ? undefined
      : isUImage(bytes)
        ? named(name, () => uImage(bytes, gunzip))
        : isIntelHex(bytes)
          ? named(name, () => intelHex(bytes))
          : undefined;
  return parts
    ? { kind: 'image', file: name, image: parts, cpu }
    : { kind: 'raw', file: name, addr: address, data: bytes, cpu };
}

function named<T>(name: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function elf(bytes: Uint8Array): LoadableImage {
  const file = parseElf(bytes);
  const segments = file.segments
    .filter((segment) => segment.type === PT_LOAD)
    .map((segment) => ({
      paddr: segment.paddr,
      vaddr: segment.vaddr,
      data: file.segmentData(segment),
      memsz: segment.memsz,
    }));
  return { entry: file.entry, machine: file.machine, segments };
}

function uImage(bytes: Uint8Array, gunzip: Gunzip): LoadableImage {
  const { load, entry, data } = parseUImage(bytes, gunzip);
  return { entry, machine: EM_ARM, segments: [{ paddr: load, vaddr: load, data, memsz: data.length }] };
}

function intelHex(bytes: Uint8Array): LoadableImage {
  const { entry, segments } = parseIntelHex(bytes);
  const loadable = segments.map(({ address, data }) => ({
    paddr: address,
    vaddr: address,
    data,
    memsz: data.length,
  }));
  return { entry, machine: EM_ARM, segments: loadable };
}
