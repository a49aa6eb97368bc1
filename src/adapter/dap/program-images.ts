import { isLinuxUImage, isUImage, isZImage } from '../../emulator/boot';
import { isElf } from '../../symbols';
import type { EngineFile, EngineImage } from '../engine/api';

/** What goes with a program that is a kernel. */
export interface BootFiles {
  readonly dtb?: EngineFile;
  readonly initrd?: EngineFile;
  /** The kernel's command line. */
  readonly append?: string;
}

/** Whether a file is a kernel image by its header: a Linux zImage, or an image for U-Boot. */
export function isKernelImage(bytes: Uint8Array): boolean {
  return isZImage(bytes) || isUImage(bytes);
}

/** Whether the program is started as a Linux kernel is: by the loader's code, with the board in its bare reset state. */
export function bootsAsLinux(bytes: Uint8Array): boolean {
  return !isElf(bytes) && (!isUImage(bytes) || isLinuxUImage(bytes));
}

/** What is loaded for `-kernel`, `-dtb`, `-initrd` and `-append`. */
export function programImages(program: EngineFile, { dtb, initrd, append }: BootFiles): EngineImage[] {
  if (!isElf(program.bytes)) {
    return [{ kind: 'kernel', name: program.name, bytes: program.bytes, initrd, dtb, append }];
  }
  return [{ kind: 'elf', ...program, cpu: 0 }, ...(dtb ? [{ kind: 'dtb' as const, ...dtb, append }] : [])];
}
