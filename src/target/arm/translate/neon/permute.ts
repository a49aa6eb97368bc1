import type { NEON_PERMUTE_PATTERNS } from '../../decode/neon-table';
import type { ArmContext } from '../context';
import { call, isDefined, isDefinedFor, registersOf, scalar, setWords, word, wordCount, type Three } from './operands';
import type { NeonTable } from './table';

/** VEXT: the bytes from byte imm4 on of both operands, the first one's lower. */
function extractBytes(c: ArmContext, f: Three & { imm4: number; q: number }): boolean {
  const { d, n, m } = registersOf(f);
  if ((!f.q && f.imm4 > 7) || !isDefinedFor(c, f.q, d, n, m)) return false;
  const { ir } = c;
  const count = wordCount(f.q);
  const at = (i: number): number => (i < count ? word(n, i) : word(m, i - count));
  const first = f.imm4 >>> 2;
  const shift = 8 * (f.imm4 & 3);
  setWords(
    c,
    d,
    Array.from({ length: count }, (_, i) => {
      if (shift === 0) return ir.copy(at(first + i));
      return ir.or(ir.shri(at(first + i), shift), ir.shli(at(first + i + 1), 32 - shift));
    }),
  );
  return true;
}

/** VTBL, VTBX: len + 1 registers from n on are the table. */
function lookUp(c: ArmContext, f: Three & { len: number }, keeps: boolean): boolean {
  const { d, n, m } = registersOf(f);
  if (n + f.len > 31 || !isDefined(c)) return false;
  call(c, 'tbl', d, n, m, (f.len + 1) | (keeps ? 8 : 0));
  return true;
}

/** VDUP (scalar): the lowest one of imm4 tells the lanes' size, the bits above it the lane. */
function duplicate(
  c: ArmContext,
  f: { imm4: number; q: number; vd: number; d: number; vm: number; m: number },
): boolean {
  const { d, m } = registersOf(f);
  if ((f.imm4 & 7) === 0 || !isDefinedFor(c, f.q, d)) return false;
  const bytes = f.imm4 & -f.imm4;
  const lane = Math.floor(f.imm4 / (2 * bytes));
  const value = scalar(c, m, 8 * bytes * lane, 8 * bytes);
  for (let i = 0; i < wordCount(f.q); i++) c.ir.mov(word(d, i), value);
  return true;
}

/** What the rows that move bytes around mean; false where UNDEFINED. */
export const PERMUTE_TRANSLATE: NeonTable<typeof NEON_PERMUTE_PATTERNS> = {
  VEXT: (c, f) => extractBytes(c, f),
  VTBL: (c, f) => lookUp(c, f, false),
  VTBX: (c, f) => lookUp(c, f, true),
  VDUP_scalar: (c, f) => duplicate(c, f),
};
