import type { Temp } from '../../../../tcg/ir';
import { laneSpec } from '../../neon/lanes';
import type { NeonName } from '../../neon/operations';
import type { ArmContext } from '../context';
import { call, isDefined, isDefinedFor, registersOf, repeated, setWords, word, wordCount, type Two } from './operands';

/** Two registers and a shift amount (DDI 0406C A7.4.4). */

export interface ShiftImmediate extends Two {
  readonly u?: number;
  readonly imm6: number;
  readonly l: number;
  readonly q: number;
}

/** The lanes' size and imm6's amount, for shifts to the left. */
function decode({ l, imm6 }: { l: number; imm6: number }): { size: number; bits: number; left: number } {
  const size = l ? 3 : 31 - Math.clz32(imm6 >>> 3);
  const bits = 8 << size;
  return { size, bits, left: imm6 & (bits - 1) };
}

/** The amount of a shift to the right, 1 to the lanes' size. */
const rightAmount = (bits: number, left: number): number => bits - left;

/** An operation of the register file, to the right or to the left. */
function shift(c: ArmContext, f: ShiftImmediate, name: NeonName, right: boolean): boolean {
  const { d, m } = registersOf(f);
  if (!isDefinedFor(c, f.q, d, m)) return false;
  const { size, bits, left } = decode(f);
  call(c, name, d, m, right ? rightAmount(bits, left) : left, laneSpec(size, f.u, f.q));
  return true;
}

export const right = (c: ArmContext, f: ShiftImmediate, name: NeonName): boolean => shift(c, f, name, true);
export const left = (c: ArmContext, f: ShiftImmediate, name: NeonName): boolean => shift(c, f, name, false);

/** Words that depend on the source's and the destination's word. */
function eachWord(c: ArmContext, f: ShiftImmediate, value: (m: Temp, d: Temp) => Temp): true {
  const { d, m } = registersOf(f);
  for (let i = 0; i < wordCount(f.q); i++) c.ir.mov(word(d, i), value(word(m, i), word(d, i)));
  return true;
}

/** Doublewords likewise: functions of both words give the new ones. */
function eachDoubleword(
  c: ArmContext,
  f: ShiftImmediate,
  value: (low: Temp, high: Temp, d: number) => readonly [low: Temp, high: Temp],
): true {
  const { d, m } = registersOf(f);
  for (let i = 0; i <= f.q; i++) setWords(c, d + i, value(word(m + i, 0), word(m + i, 1), d + i));
  return true;
}

/** A doubleword shifted right by 1..64, with zeros or the sign coming in. */
function right64({ ir }: ArmContext, low: Temp, high: Temp, n: number, u: number): readonly [Temp, Temp] {
  const fill = (by: number): Temp =>
    by > 31 ? (u ? ir.const(0) : ir.sari(high, 31)) : u ? ir.shri(high, by) : ir.sari(high, by);
  if (n >= 32) return [n === 32 ? ir.copy(high) : fill(n - 32), fill(32)];
  return [ir.or(ir.shri(low, n), ir.shli(high, 32 - n)), fill(n)];
}

/** A doubleword shifted left by 0..63. */
function left64({ ir }: ArmContext, low: Temp, high: Temp, n: number): readonly [Temp, Temp] {
  if (n >= 32) return [ir.const(0), ir.shli(ir.copy(low), n - 32)];
  if (n === 0) return [ir.copy(low), ir.copy(high)];
  return [ir.shli(low, n), ir.or(ir.shli(high, n), ir.shri(low, 32 - n))];
}

/** VSHR: words and what masks do in IR. */
export function shiftRight(c: ArmContext, f: ShiftImmediate): boolean {
  const { d, m } = registersOf(f);
  const { size, bits, left: amount } = decode(f);
  const n = rightAmount(bits, amount);
  const { ir } = c;
  if (!isDefinedFor(c, f.q, d, m)) return false;
  if (size === 3) return eachDoubleword(c, f, (low, high) => right64(c, low, high, n, f.u ?? 0));
  if (size === 2 && !f.u) return eachWord(c, f, (w) => ir.sari(w, Math.min(n, 31)));
  if (f.u) {
    return eachWord(c, f, (w) => {
      if (n === bits) return ir.const(0);
      return size === 2 ? ir.shri(w, n) : ir.andi(ir.shri(w, n), repeated(lowBits(bits - n), bits));
    });
  }
  return right(c, f, 'shr');
}

/** VSRA */
export function shiftRightAccumulate(c: ArmContext, f: ShiftImmediate): boolean {
  const { d, m } = registersOf(f);
  const { size, bits, left: amount } = decode(f);
  const n = rightAmount(bits, amount);
  const { ir } = c;
  if (!isDefinedFor(c, f.q, d, m)) return false;
  if (size === 3) {
    return eachDoubleword(c, f, (low, high, to) =>
      ir.add2(word(to, 0), word(to, 1), ...right64(c, low, high, n, f.u ?? 0)),
    );
  }
  if (size < 2) return right(c, f, 'sra');
  return eachWord(c, f, (w, old) => {
    if (f.u) return n === 32 ? old : ir.add(old, ir.shri(w, n));
    return ir.add(old, ir.sari(w, Math.min(n, 31)));
  });
}

/** The lowest `n` bits, 0 to 32 of them. */
const lowBits = (n: number): number => (n === 32 ? -1 : (1 << n) - 1);

/** Bits of the lanes from `shifted`, where `mask` has ones, and the destination's others. */
function inserted({ ir }: ArmContext, old: Temp, shifted: Temp, mask: number): Temp {
  return ir.or(ir.andi(old, ~mask), ir.andi(shifted, mask));
}

/** VSHL (immediate), and VSLI where `inserts`: the bits moved out of stay as they are in the destination. */
export function shiftLeft(c: ArmContext, f: ShiftImmediate, inserts: boolean): boolean {
  const { d, m } = registersOf(f);
  const { size, bits, left: n } = decode(f);
  const { ir } = c;
  if (!isDefinedFor(c, f.q, d, m)) return false;
  if (size < 3) {
    const mask = repeated(lowBits(bits) & ~lowBits(n), bits);
    return eachWord(c, f, (w, old) => {
      const shifted = ir.shli(w, n);
      if (inserts) return inserted(c, old, shifted, mask);
      return size === 2 ? shifted : ir.andi(shifted, mask);
    });
  }
  return eachDoubleword(c, f, (low, high, to) => {
    const shifted = left64(c, low, high, n);
    if (!inserts) return shifted;
    const masks = [n < 32 ? ~lowBits(n) : 0, n < 32 ? -1 : ~lowBits(n - 32)];
    return [inserted(c, word(to, 0), shifted[0], masks[0]), inserted(c, word(to, 1), shifted[1], masks[1])];
  });
}

/** VSRI */
export function shiftRightInsert(c: ArmContext, f: ShiftImmediate): boolean {
  const { d, m } = registersOf(f);
  const { size, bits, left: amount } = decode(f);
  const n = rightAmount(bits, amount);
  const { ir } = c;
  if (!isDefinedFor(c, f.q, d, m)) return false;
  if (n === bits) return true;
  if (size < 3) {
    const mask = repeated(lowBits(bits - n), bits);
    return eachWord(c, f, (w, old) => inserted(c, old, ir.shri(w, n), mask));
  }
  return eachDoubleword(c, f, (low, high, to) => {
    const shifted = right64(c, low, high, n, 1);
    const masks = [n > 32 ? lowBits(64 - n) : -1, n >= 32 ? 0 : lowBits(32 - n)];
    return [inserted(c, word(to, 0), shifted[0], masks[0]), inserted(c, word(to, 1), shifted[1], masks[1])];
  });
}

export interface ShiftNarrow extends Two {
  readonly u?: number;
  readonly imm6: number;
}

/** VSHRN and its like: from quadwords to doublewords. `u` says whether the source is unsigned. */
export function narrow(c: ArmContext, f: ShiftNarrow, name: NeonName): boolean {
  const { d, m } = registersOf(f);
  if (!isDefined(c, m)) return false;
  const { size, bits, left: amount } = decode({ l: 0, imm6: f.imm6 });
  const n = rightAmount(bits, amount);
  if (size === 2 && name === 'shrn') {
    setWords(
      c,
      d,
      [0, 1].map((i) => {
        const [low] = right64(c, word(m + i, 0), word(m + i, 1), n, 1);
        return low;
      }),
    );
  } else {
    call(c, name, d, m, n, laneSpec(size, f.u));
  }
  return true;
}

/** VSHLL and VMOVL: from doublewords to quadwords. */
export function long(c: ArmContext, f: ShiftNarrow): boolean {
  const { d, m } = registersOf(f);
  if (!isDefined(c, d)) return false;
  const { size, left: n } = decode({ l: 0, imm6: f.imm6 });
  shiftLong(c, d, m, size, f.u ?? 0, n);
  return true;
}

/** Lanes of d`m` of half the size, extended and shifted left by up to that size, into the quadword at d`d`. */
export function shiftLong(c: ArmContext, d: number, m: number, size: number, u: number, n: number): void {
  const { ir } = c;
  const bits = 8 << size;
  const lanes = Array.from({ length: 64 / bits }, (_, i) => {
    const from = word(m, (i * bits) >>> 5);
    const lsb = (i * bits) & 31;
    // Whole words are copied: the destination may be where they come from.
    if (size === 2) return ir.copy(from);
    return u ? ir.extract(from, lsb, bits) : ir.sextract(from, lsb, bits);
  });
  const shiftedWords = lanes.flatMap((lane): Temp[] => {
    if (size < 2) return [ir.shli(lane, n)];
    if (n === 32) return [ir.const(0), lane];
    if (n === 0 && u) return [lane, ir.const(0)];
    return [ir.shli(lane, n), u ? ir.shri(lane, 32 - n) : ir.sari(lane, Math.min(32 - n, 31))];
  });
  const bytePairs = (): Temp[] => [0, 2, 4, 6].map((i) => ir.deposit(shiftedWords[i], shiftedWords[i + 1], 16, 16));
  setWords(c, d, size > 0 ? shiftedWords : bytePairs());
}
