import type { Temp } from '../../../../tcg/ir';
import type { ArmContext } from '../context';
import { doubleNumber } from '../vfp-registers';
import { isDefinedFor, repeated, word, wordCount } from './operands';

/** One register and a modified immediate (DDI 0406C A7.4.6). */

export interface Immediate {
  readonly q: number;
  readonly vd: number;
  readonly d: number;
  readonly imm8: number;
  readonly cmode?: number;
}

/** What AdvSIMDExpandImm makes of the instruction: the doubleword's words, the lower first. */
type Expand = (f: Immediate) => readonly [low: number, high: number];

const both = (value: number): readonly [number, number] => [value, value];

export const WORDS: Expand = ({ imm8, cmode = 0 }) => both(imm8 << (8 * cmode));
export const HALVES: Expand = ({ imm8, cmode = 0 }) => both(repeated(imm8 << (8 * cmode), 16));
/** Shifted with ones coming in. */
export const SHIFTED_ONES: Expand = ({ imm8, cmode = 0 }) => both(cmode ? (imm8 << 16) | 0xffff : (imm8 << 8) | 0xff);
export const BYTES: Expand = ({ imm8 }) => both(repeated(imm8, 8));
/** A bit for each byte. */
export const BYTE_MASK: Expand = ({ imm8 }) => {
  const half = (bits: number): number => [0, 1, 2, 3].reduce((w, i) => w | (bits & (1 << i) ? 0xff << (8 * i) : 0), 0);
  return [half(imm8), half(imm8 >>> 4)];
};
/** A single precision number of few bits. */
export const SINGLES: Expand = ({ imm8 }) =>
  both(((imm8 & 0x80) << 24) | (imm8 & 0x40 ? 0x3e000000 : 0x40000000) | ((imm8 & 0x3f) << 19));

/** Writes what `combine` makes of each word and its part of the immediate. */
function withImmediate(
  c: ArmContext,
  f: Immediate,
  expand: Expand,
  combine: (old: Temp, immediate: number) => Temp,
): boolean {
  const d = doubleNumber(f.vd, f.d);
  if (!isDefinedFor(c, f.q, d)) return false;
  const words = expand(f);
  for (let i = 0; i < wordCount(f.q); i++) c.ir.mov(word(d, i), combine(word(d, i), words[i & 1]));
  return true;
}

export const move = (c: ArmContext, f: Immediate, expand: Expand): boolean =>
  withImmediate(c, f, expand, (_, value) => c.ir.const(value));
export const moveNot = (c: ArmContext, f: Immediate, expand: Expand): boolean =>
  withImmediate(c, f, expand, (_, value) => c.ir.const(~value));
export const orImmediate = (c: ArmContext, f: Immediate, expand: Expand): boolean =>
  withImmediate(c, f, expand, (old, value) => c.ir.ori(old, value));
export const clearImmediate = (c: ArmContext, f: Immediate, expand: Expand): boolean =>
  withImmediate(c, f, expand, (old, value) => c.ir.andi(old, ~value));
