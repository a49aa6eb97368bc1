import { rotateRight } from '../../common/bits';
import type { BoardBoot } from '../boards/board';

/*
 * The loader's own code in A32, by the encodings of DDI 0406C A8.8. It is what QEMU's loader executes, instruction for
 * instruction, so that plugins count the same.
 */

const [R0, R1, R2, LR, PC] = [0, 1, 2, 14, 15];

/** MOV (immediate), A8.8.102 A1: the value must be eight bits turned by an even number; by whole bytes where it can be. */
function mov(rd: number, value: number): number {
  const turns = Array.from({ length: 16 }, (_, turn) => turn).sort((a, b) => (a % 4) - (b % 4));
  for (const turn of turns) {
    const byte = rotateRight(value, 32 - 2 * turn) >>> 0;
    if (byte < 256) return (0xe3a00000 | (rd << 12) | (turn << 8) | byte) >>> 0;
  }
  throw new Error(`${value} is no immediate of MOV`);
}

const halfword = (value: number): number => ((value & 0xf000) << 4) | (value & 0xfff);
/** MOVW, A8.8.102 A2. */
const movw = (rd: number, value: number): number => (0xe3000000 | (rd << 12) | halfword(value)) >>> 0;
/** MOVT, A8.8.106 A1. */
const movt = (rd: number, value: number): number => (0xe3400000 | (rd << 12) | halfword(value)) >>> 0;
/** STR (immediate), A8.8.204 A1, offset 0 to 4095. */
const str = (rt: number, rn: number, offset: number): number => (0xe5800000 | (rn << 16) | (rt << 12) | offset) >>> 0;
/** LDR (literal), A8.8.64 A1: `offset` counts from the instruction itself. */
const ldr = (rt: number, offset: number): number => {
  const fromPc = offset - 8;
  return (0xe51f0000 | (fromPc >= 0 ? 1 << 23 : 0) | (rt << 12) | Math.abs(fromPc)) >>> 0;
};
/** ADR, A8.8.12 A1: `offset` from the instruction, at least 8. */
const adr = (rd: number, offset: number): number => (0xe28f0000 | (rd << 12) | (offset - 8)) >>> 0;
const bx = (rm: number): number => (0xe12fff10 | rm) >>> 0;

/** The little-endian bytes of 32-bit words. */
export function wordBytes(words: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(words.length * 4);
  const view = new DataView(bytes.buffer);
  words.forEach((word, i) => view.setUint32(i * 4, word, true));
  return bytes;
}

/**
 * At the start of RAM: calls the board's setup, then enters a kernel with r0 = 0, r1 = the machine's number and r2 = the
 * address of the device tree or of the tags (Linux: Documentation/arm/booting).
 */
export function loaderCode(setup: number, machineId: number, r2: number, entry: number): Uint8Array {
  return wordBytes([
    adr(LR, 12), // behind the literal
    ldr(PC, 4),
    setup,
    mov(R0, 0),
    ldr(R1, 12),
    ldr(R2, 12),
    ldr(PC, 12),
    machineId,
    r2,
    entry,
  ]);
}

/** The board's setup: stores to the registers of one device, then a return. */
export function setupCode({ setupBase, setupWrites }: BoardBoot): Uint8Array {
  const stores = setupWrites.flatMap(({ offset, value }) => [
    movw(R1, value & 0xffff),
    movt(R1, value >>> 16),
    str(R1, R0, offset),
  ]);
  return wordBytes([mov(R0, setupBase), ...stores, bx(LR)]);
}
