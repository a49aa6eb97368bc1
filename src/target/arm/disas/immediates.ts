import { rotateRight } from '../../../common/bits';

/** A T32 modified immediate, i:imm3:imm8 (DDI 0406C A6.3.2 ThumbExpandImm), as a signed 32-bit number. */
export function immediateT32(imm12: number): number {
  const byte = imm12 & 0xff;
  switch (imm12 >>> 8) {
    case 0:
      return byte;
    case 1:
      return (byte << 16) | byte;
    case 2:
      return (byte << 24) | (byte << 8);
    case 3:
      return Math.imul(byte, 0x01010101);
    default:
      return rotateRight(0x80 | (imm12 & 0x7f), imm12 >>> 7);
  }
}
