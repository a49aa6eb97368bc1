import { bytesOf } from './memory';
import type { Scalar } from './values';

/** Names and DWARF numbers of ARM registers. Source: DWARF for the Arm Architecture (AADWARF32), section 4.1. */

const ALIASES: Readonly<Record<string, number>> = { sb: 9, sl: 10, fp: 11, ip: 12, sp: 13, lr: 14, pc: 15 };

/** The number of a core register by its name: `r0` to `r15`, `sb`, `sl`, `fp`, `ip`, `sp`, `lr`, `pc`. */
export function coreRegister(name: string): number | undefined {
  const lower = name.toLowerCase();
  if (Object.hasOwn(ALIASES, lower)) return ALIASES[lower];
  const match = /^r(\d|1[0-5])$/.exec(lower);
  return match ? Number(match[1]) : undefined;
}

/** The name of a DWARF register that is none of the core ones: `s0` to `s31`, `d0` to `d31`. */
export function vectorRegister(dwarf: number): { name: string; size: number } | undefined {
  if (dwarf >= 64 && dwarf < 96) return { name: `s${dwarf - 64}`, size: 4 };
  if (dwarf >= 256 && dwarf < 288) return { name: `d${dwarf - 256}`, size: 8 };
  return undefined;
}

/** The bytes of a register's value. */
export function registerBytes(value: Scalar, size: number): Uint8Array {
  return bytesOf(value, size);
}
