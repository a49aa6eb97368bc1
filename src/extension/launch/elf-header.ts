import { EM_ARM, isElf } from '../../symbols/elf';

/** Bytes of a file's beginning that {@link isArmExecutable} looks at. */
export const HEADER_BYTES = 52;

const ELFCLASS32 = 1;
const ELFDATA2LSB = 1;
const ET_EXEC = 2;
const ET_DYN = 3;

/**
 * Whether a file that begins with `header` looks like a program for a 32-bit little-endian ARM: an executable, not an
 * object file or a library's archive. Source: System V ABI, "ELF Header".
 */
export function isArmExecutable(header: Uint8Array): boolean {
  if (header.length < HEADER_BYTES || !isElf(header)) return false;
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const type = view.getUint16(16, true);
  return (
    header[4] === ELFCLASS32 &&
    header[5] === ELFDATA2LSB &&
    (type === ET_EXEC || type === ET_DYN) &&
    view.getUint16(18, true) === EM_ARM
  );
}
