import type { Temp } from '../../../../tcg/ir';
import { laneSpec } from '../../neon/lanes';
import type { NeonName } from '../../neon/operations';
import type { ArmContext } from '../context';
import { call, isDefined, isDefinedFor, registersOf, setWords, word, wordCount, type Two } from './operands';
import { shiftLong } from './shift-immediate';

/** Two registers, miscellaneous (DDI 0406C A7.4.5). */

export interface Miscellaneous extends Two {
  readonly size: number;
  readonly q: number;
}

/** An operation of the register file, for sizes up to `maximum`. */
export function operation(c: ArmContext, f: Miscellaneous, name: NeonName, u: number, maximum = 2): boolean {
  const { d, m } = registersOf(f);
  if (f.size > maximum || !isDefinedFor(c, f.q, d, m)) return false;
  call(c, name, d, m, 0, laneSpec(f.size, u, f.q));
  return true;
}

/** VMVN (register) */
export function not(c: ArmContext, f: Miscellaneous): boolean {
  const { d, m } = registersOf(f);
  if (f.size !== 0 || !isDefinedFor(c, f.q, d, m)) return false;
  for (let i = 0; i < wordCount(f.q); i++) c.ir.mov(word(d, i), c.ir.not(word(m, i)));
  return true;
}

/** VREV64, VREV32, VREV16: `regions` is log2 of the bytes within which elements of 1 << size bytes are reversed. */
export function reverse(c: ArmContext, f: Miscellaneous, regions: number): boolean {
  const { d, m } = registersOf(f);
  if (f.size >= regions || !isDefinedFor(c, f.q, d, m)) return false;
  const { ir } = c;
  const within = (w: Temp): Temp => {
    if (regions === 1) return ir.or(ir.andi(ir.shri(w, 8), 0x00ff00ff), ir.shli(ir.andi(w, 0x00ff00ff), 8));
    return f.size === 0 ? ir.bswap32(w) : f.size === 1 ? ir.rotri(w, 16) : ir.copy(w);
  };
  for (let i = 0; i <= f.q; i++) {
    const words = [within(word(m + i, 0)), within(word(m + i, 1))];
    setWords(c, d + i, regions === 3 ? words.reverse() : words);
  }
  return true;
}

/** VPADDL and VPADAL. */
export function addPairsLong(c: ArmContext, f: Miscellaneous & { op: number }, accumulates: boolean): boolean {
  const { d, m } = registersOf(f);
  if (f.size < 2) return operation(c, f, accumulates ? 'padal' : 'paddl', f.op);
  if (f.size === 3 || !isDefinedFor(c, f.q, d, m)) return false;
  const { ir } = c;
  const high = (w: Temp): Temp => (f.op ? ir.const(0) : ir.sari(w, 31));
  for (let i = 0; i <= f.q; i++) {
    const [a, b] = [word(m + i, 0), word(m + i, 1)];
    const sum = ir.add2(a, high(a), b, high(b));
    setWords(c, d + i, accumulates ? ir.add2(word(d + i, 0), word(d + i, 1), ...sum) : sum);
  }
  return true;
}

/** Moves words between two registers. */
function exchange(c: ArmContext, q: number, d: number, m: number, pick: (i: number) => [Temp, Temp]): void {
  for (let i = 0; i < wordCount(q); i++) {
    const [toD, toM] = pick(i);
    c.ir.mov(word(m, i), toM);
    c.ir.mov(word(d, i), toD);
  }
}

/** VSWP */
export function swap(c: ArmContext, f: Miscellaneous): boolean {
  const { d, m } = registersOf(f);
  if (f.size !== 0 || !isDefinedFor(c, f.q, d, m)) return false;
  exchange(c, f.q, d, m, (i) => [c.ir.copy(word(m, i)), c.ir.copy(word(d, i))]);
  return true;
}

/** VTRN: matrices of two by two lanes are transposed. */
export function transpose(c: ArmContext, f: Miscellaneous): boolean {
  const { d, m } = registersOf(f);
  if (f.size === 3 || !isDefinedFor(c, f.q, d, m)) return false;
  const { ir } = c;
  if (f.size === 2) {
    for (let i = 0; i < wordCount(f.q); i += 2) {
      const odd = ir.copy(word(d, i + 1));
      ir.mov(word(d, i + 1), word(m, i));
      ir.mov(word(m, i), odd);
    }
    return true;
  }
  const bits = 8 << f.size;
  const even = f.size ? 0x0000ffff : 0x00ff00ff;
  exchange(c, f.q, d, m, (i) => {
    const [x, y] = [word(d, i), word(m, i)];
    return [
      ir.or(ir.andi(x, even), ir.shli(ir.andi(y, even), bits)),
      ir.or(ir.andi(ir.shri(x, bits), even), ir.andi(y, ~even)),
    ];
  });
  return true;
}

/** VUZP and VZIP. Doublewords of two words have neither: VTRN does the same. */
export function rearrange(c: ArmContext, f: Miscellaneous, name: NeonName): boolean {
  return (f.size !== 2 || f.q === 1) && operation(c, f, name, 1);
}

/** VMOVN, VQMOVN, VQMOVUN: narrowing shifts by nothing. */
export function moveNarrow(c: ArmContext, f: Two & { size: number }, name: NeonName, u: number): boolean {
  const { d, m } = registersOf(f);
  if (f.size === 3 || !isDefined(c, m)) return false;
  if (name === 'shrn' && f.size === 2) setWords(c, d, [c.ir.copy(word(m, 0)), c.ir.copy(word(m, 2))]);
  else call(c, name, d, m, 0, laneSpec(f.size, u));
  return true;
}

/** VSHLL by the lanes' size. */
export function shiftLongByAll(c: ArmContext, f: Two & { size: number }): boolean {
  const { d, m } = registersOf(f);
  if (f.size === 3 || !isDefined(c, d)) return false;
  shiftLong(c, d, m, f.size, 1, 8 << f.size);
  return true;
}
