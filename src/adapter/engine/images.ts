import type { LoaderRequest } from '../../emulator/loader';
import { parseElf, PT_LOAD } from '../../symbols/elf';
import type { EngineImage } from './api';

/** What the loader is asked for, with ELF files parsed. Throws an Error that names the file and what is wrong in it. */
export function loaderRequests(images: readonly EngineImage[]): LoaderRequest[] {
  return images.map((image): LoaderRequest => {
    switch (image.kind) {
      case 'elf':
        return { kind: 'image', file: image.name, image: loadable(image.name, image.bytes), cpu: image.cpu };
      case 'raw':
        return { kind: 'raw', file: image.name, addr: image.address, data: image.bytes, cpu: image.cpu };
      case 'data':
        return {
          kind: 'data',
          addr: image.address,
          value: image.value,
          length: image.length,
          bigEndian: image.bigEndian,
        };
      case 'pc':
        return { kind: 'pc', addr: image.address, cpu: image.cpu };
    }
  });
}

function loadable(name: string, bytes: Uint8Array) {
  try {
    const elf = parseElf(bytes);
    const segments = elf.segments
      .filter((segment) => segment.type === PT_LOAD)
      .map((segment) => ({
        paddr: segment.paddr,
        vaddr: segment.vaddr,
        data: elf.segmentData(segment),
        memsz: segment.memsz,
      }));
    return { entry: elf.entry, machine: elf.machine, segments };
  } catch (error) {
    throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
