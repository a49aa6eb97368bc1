import { encodeUtf8 } from '../../common/utf8';
import { wordBytes } from './code';

// The list of tags that a kernel gets without a device tree (Linux: arch/arm/include/uapi/asm/setup.h).
const ATAG_CORE = 0x54410001;
const ATAG_MEM = 0x54410002;
const ATAG_CMDLINE = 0x54410009;
const ATAG_INITRD2 = 0x54420005;
const PAGE = 0x1000;

export interface TagValues {
  readonly ramBase: number;
  readonly ramSize: number;
  readonly initrd?: { readonly start: number; readonly size: number };
  readonly commandLine: string;
}

/** The tags as they stand in memory: each with its length in words, the end with 0. */
export function tagList({ ramBase, ramSize, initrd, commandLine }: TagValues): Uint8Array {
  const tag = (id: number, ...values: number[]): number[] => [values.length + 2, id, ...values];
  const words = [...tag(ATAG_CORE, 1, PAGE, 0), ...tag(ATAG_MEM, ramSize, ramBase)];
  if (initrd?.size) words.push(...tag(ATAG_INITRD2, initrd.start, initrd.size));
  if (commandLine) {
    const text = encodeUtf8(commandLine);
    const padded = new Uint8Array(((text.length >> 2) + 1) * 4);
    padded.set(text);
    const view = new DataView(padded.buffer);
    words.push(
      ...tag(ATAG_CMDLINE, ...Array.from({ length: padded.length / 4 }, (_, i) => view.getUint32(i * 4, true))),
    );
  }
  return wordBytes([...words, 0, 0]);
}
