/** The word at byte 36 of a Linux zImage for ARM (Linux: Documentation/arm/booting, "Calling the kernel image"). */
const MAGIC = 0x016f2818;
const MAGIC_OFFSET = 36;

export function isZImage(bytes: Uint8Array): boolean {
  if (bytes.length < MAGIC_OFFSET + 4) return false;
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(MAGIC_OFFSET, true) === MAGIC;
}
