import type { ParallelName } from './helpers';

/**
 * The parallel additions and subtractions (DDI 0406C A8.8.158 and its like): what each does to two registers. The S and
 * U forms also give GE: for signed sums, result >= 0; for unsigned additions, carry; for unsigned subtractions, no
 * borrow.
 */
export interface ParallelResult {
  readonly value: number;
  readonly ge: number;
}

interface Kind {
  /** One lane of `bits` from the register. */
  lane(value: number, lsb: number, bits: number): number;
  finish(result: number, bits: number): number;
  ge(result: number, subtracts: boolean, bits: number): boolean;
}

const signedLane = (value: number, lsb: number, bits: number): number => (value << (32 - lsb - bits)) >> (32 - bits);
const unsignedLane = (value: number, lsb: number, bits: number): number => (value >>> lsb) & ((1 << bits) - 1);
const clamp = (value: number, min: number, max: number): number => (value < min ? min : value > max ? max : value);
const noGe = (): boolean => false;

const KINDS: Readonly<Record<string, Kind>> = {
  S: { lane: signedLane, finish: (r) => r, ge: (r) => r >= 0 },
  U: { lane: unsignedLane, finish: (r) => r, ge: (r, subtracts, bits) => (subtracts ? r >= 0 : r >= 1 << bits) },
  Q: {
    lane: signedLane,
    finish: (r, bits) => clamp(r, -(1 << (bits - 1)), (1 << (bits - 1)) - 1),
    ge: noGe,
  },
  UQ: { lane: unsignedLane, finish: (r, bits) => clamp(r, 0, (1 << bits) - 1), ge: noGe },
  SH: { lane: signedLane, finish: (r) => r >> 1, ge: noGe },
  UH: { lane: unsignedLane, finish: (r) => r >> 1, ge: noGe },
};

/** Makes the function of one operation, e.g. `UADD8`. */
export function parallelOperation(name: ParallelName): (a: number, b: number) => ParallelResult {
  const match = /^(S|Q|SH|U|UQ|UH)(ADD|SUB|ASX|SAX)(8|16)?$/.exec(name);
  if (!match) throw new Error(`not a parallel operation: ${name}`);
  const kind = KINDS[match[1]];
  const bits = match[3] === '8' ? 8 : 16;
  const exchange = match[2] === 'ASX' || match[2] === 'SAX';
  const lanes = 32 / bits;
  return (a, b) => {
    let value = 0;
    let ge = 0;
    for (let i = 0; i < lanes; i++) {
      const lsb = i * bits;
      const subtracts = match[2] === 'SUB' || (match[2] === 'ASX' && i === 0) || (match[2] === 'SAX' && i === 1);
      const x = kind.lane(a, lsb, bits);
      const y = kind.lane(b, exchange ? 16 - lsb : lsb, bits);
      const result = subtracts ? x - y : x + y;
      value |= (kind.finish(result, bits) & ((1 << bits) - 1)) << lsb;
      if (kind.ge(result, subtracts, bits)) ge |= (bits === 8 ? 1 : 3) << (lsb >> 3);
    }
    return { value, ge };
  };
}

/** The sum of the absolute differences of the four bytes (A8.8.264). */
export function usad8(a: number, b: number): number {
  let sum = 0;
  for (let lsb = 0; lsb < 32; lsb += 8) sum += Math.abs(((a >>> lsb) & 0xff) - ((b >>> lsb) & 0xff));
  return sum;
}

/** Each byte from `a` where its GE bit is set, else from `b` (A8.8.166). */
export function selectBytes(ge: number, a: number, b: number): number {
  let mask = 0;
  for (let i = 0; i < 4; i++) if (ge & (1 << i)) mask |= 0xff << (8 * i);
  return (a & mask) | (b & ~mask);
}

/** The bits of `value` in the opposite order (A8.8.144). */
export function reverseBits(value: number): number {
  let v = value;
  v = ((v >>> 1) & 0x55555555) | ((v & 0x55555555) << 1);
  v = ((v >>> 2) & 0x33333333) | ((v & 0x33333333) << 2);
  v = ((v >>> 4) & 0x0f0f0f0f) | ((v & 0x0f0f0f0f) << 4);
  v = ((v >>> 8) & 0x00ff00ff) | ((v & 0x00ff00ff) << 8);
  return (v >>> 16) | (v << 16);
}
