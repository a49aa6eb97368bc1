import type { NeonOperation } from './operation';
import type { NeonUnit } from './unit';

/**
 * Operations on integers are written once for lanes of every size. Lanes are taken out of 32-bit words by shifts, not from
 * typed arrays of their own size: one kind of array keeps the loops fast. Lanes of 64 bits are bigints, since they are
 * rare: what is short in IR does not come here.
 */
export interface Lane {
  readonly bits: number;
  readonly signed: boolean;
  /** The lane's bits in the low bits of a word; all ones also for 64. */
  readonly mask: number;
  /** 32 less the lane's bits. */
  readonly spare: number;
  /** The smallest and the largest value, as numbers for up to 32 bits and as bigints for all. */
  readonly minimum: number;
  readonly maximum: number;
  readonly bigMinimum: bigint;
  readonly bigMaximum: bigint;
}

function lane(size: number, signed: boolean): Lane {
  const bits = 8 << size;
  const bigMinimum = signed ? -(1n << BigInt(bits - 1)) : 0n;
  const bigMaximum = (1n << BigInt(signed ? bits - 1 : bits)) - 1n;
  return {
    bits,
    signed,
    mask: bits < 32 ? (1 << bits) - 1 : -1,
    spare: 32 - bits,
    minimum: Number(bigMinimum),
    maximum: Number(bigMaximum),
    bigMinimum,
    bigMaximum,
  };
}

/** What IR tells an operation of its lanes: log2 of a lane's bytes, whether they are unsigned, whether of quadwords. */
export const laneSpec = (size: number, u = 0, q = 0): number => size | (u << 2) | (q << 3);

const LANES: readonly Lane[] = [...[0, 1, 2, 3].map((n) => lane(n, true)), ...[0, 1, 2, 3].map((n) => lane(n, false))];

/** The lanes of a {@link laneSpec}. */
export const laneOf = (spec: number): Lane => LANES[spec & 7];
/** Lanes of twice the size. */
export const wideLaneOf = (spec: number): Lane => LANES[(spec & 7) + 1];
/** The unsigned lanes of the same size. */
export const unsignedLaneOf = (spec: number): Lane => LANES[(spec & 7) | 4];
export const wordsOf = (spec: number): number => (spec & 8 ? 4 : 2);

/** The lane of a word that a shift by `up` brings to the word's top. */
function laneAt(word: number, up: number, { spare, signed }: Lane): number {
  const top = word << up;
  return signed ? top >> spare : top >>> spare;
}

/** Lane `i` of the registers from d`n` on. */
export function readLane(unit: NeonUnit, n: number, i: number, lane: Lane): number {
  const at = i * lane.bits;
  return laneAt(unit.s32[2 * n + (at >>> 5)], lane.spare - (at & 31), lane);
}

/** Lane `i` of 64 bits. */
export function readBigLane(unit: NeonUnit, n: number, i: number, { signed }: Lane): bigint {
  return (signed ? unit.s64 : unit.u64)[n + i];
}

/** The result of an operation, complete before any of it is in a register that may also be a source. */
const result = new Int32Array(4);
const bigResult = new BigInt64Array(result.buffer);

/** Puts the low bits of `value` into the result as lane `i`. */
export function writeLane(i: number, { bits, mask }: Lane, value: number): void {
  const at = i * bits;
  const lsb = at & 31;
  result[at >>> 5] = (result[at >>> 5] & ~(mask << lsb)) | ((value & mask) << lsb);
}

export function writeBigLane(i: number, value: bigint): void {
  bigResult[i] = value;
}

/** Hands `words` words of the result to the registers from d`d` on. */
export function finish(unit: NeonUnit, d: number, words: number): void {
  for (let i = 0; i < words; i++) unit.s32[2 * d + i] = result[i];
}

/** `value` kept within the lane's range; FPSCR.QC tells that it was outside. */
export function saturate(value: number, { minimum, maximum }: Lane, unit: NeonUnit): number {
  if (value >= minimum && value <= maximum) return value;
  unit.saturated();
  return value < minimum ? minimum : maximum;
}

export function saturateBig(value: bigint, { bigMinimum, bigMaximum }: Lane, unit: NeonUnit): bigint {
  if (value >= bigMinimum && value <= bigMaximum) return value;
  unit.saturated();
  return value < bigMinimum ? bigMinimum : bigMaximum;
}

/** A lane of the result from the operands' lanes; `acc` is what the destination's lane held. */
export type Lanewise = (x: number, y: number, lane: Lane, unit: NeonUnit, acc: number) => number;
export type BigLanewise = (x: bigint, y: bigint, lane: Lane, unit: NeonUnit, acc: bigint) => bigint;

const no64: BigLanewise = () => {
  throw new Error('no operation on lanes of 64 bits');
};

/** Operands and result in lanes of one size: (d, n, m, spec). */
export function sameLength(f: Lanewise, big = no64): NeonOperation {
  return (unit, d, n, m, spec) => {
    const lane = laneOf(spec);
    const words = wordsOf(spec);
    if (lane.bits === 64) {
      for (let i = 0; i < words / 2; i++) {
        const [x, y, acc] = [n, m, d].map((r) => readBigLane(unit, r, i, lane));
        writeBigLane(i, big(x, y, lane, unit, acc));
      }
    } else {
      eachWord(unit, d, n, m, words, lane, f);
      return;
    }
    finish(unit, d, words);
  };
}

/** A word of the result depends on the same word of the operands only, so it may go where they are. */
function eachWord(unit: NeonUnit, d: number, n: number, m: number, words: number, lane: Lane, f: Lanewise): void {
  const { s32 } = unit;
  const { spare, bits, mask } = lane;
  for (let i = 0; i < words; i++) {
    const x = s32[2 * n + i];
    const y = s32[2 * m + i];
    const acc = s32[2 * d + i];
    let word = 0;
    for (let up = spare; up >= 0; up -= bits) {
      const value = f(laneAt(x, up, lane), laneAt(y, up, lane), lane, unit, laneAt(acc, up, lane));
      word |= (value & mask) << (spare - up);
    }
    s32[2 * d + i] = word;
  }
}

/** Neighbours within the operands, those of the first in the lower half of the result: (d, n, m, spec). */
export function pairwise(f: Lanewise): NeonOperation {
  return (unit, d, n, m, spec) => {
    const lane = laneOf(spec);
    const half = 32 / lane.bits;
    for (let i = 0; i < 2 * half; i++) {
      const from = i < half ? n : m;
      const at = 2 * (i % half);
      writeLane(i, lane, f(readLane(unit, from, at, lane), readLane(unit, from, at + 1, lane), lane, unit, 0));
    }
    finish(unit, d, 2);
  };
}

/** One operand, and a number that is the same for all lanes: (d, m, number, spec). */
export function unary(f: Lanewise, big = no64): NeonOperation {
  return (unit, d, m, y, spec) => {
    const lane = laneOf(spec);
    const words = wordsOf(spec);
    if (lane.bits === 64) {
      for (let i = 0; i < words / 2; i++) {
        writeBigLane(i, big(readBigLane(unit, m, i, lane), BigInt(y), lane, unit, readBigLane(unit, d, i, lane)));
      }
    } else {
      for (let i = 0; i < (32 * words) / lane.bits; i++) {
        writeLane(i, lane, f(readLane(unit, m, i, lane), y, lane, unit, readLane(unit, d, i, lane)));
      }
    }
    finish(unit, d, words);
  };
}

/** Neighbours of an operand make a lane of twice the size: (d, m, -, spec), the spec being the operand's. */
export function pairwiseLong(f: Lanewise): NeonOperation {
  return (unit, d, m, _, spec) => {
    const lane = laneOf(spec);
    const wide = wideLaneOf(spec);
    const words = wordsOf(spec);
    for (let i = 0; i < (32 * words) / wide.bits; i++) {
      const x = readLane(unit, m, 2 * i, lane);
      writeLane(i, wide, f(x, readLane(unit, m, 2 * i + 1, lane), wide, unit, readLane(unit, d, i, wide)));
    }
    finish(unit, d, words);
  };
}

/** Doublewords make a quadword of lanes twice as large: (d, n, m, spec), the spec being the operands'. */
export function long(f: Lanewise, big = no64): NeonOperation {
  return (unit, d, n, m, spec) => {
    const lane = laneOf(spec);
    const wide = wideLaneOf(spec);
    for (let i = 0; i < 64 / lane.bits; i++) {
      const x = readLane(unit, n, i, lane);
      const y = readLane(unit, m, i, lane);
      if (wide.bits === 64) writeBigLane(i, big(BigInt(x), BigInt(y), wide, unit, readBigLane(unit, d, i, wide)));
      else writeLane(i, wide, f(x, y, wide, unit, readLane(unit, d, i, wide)));
    }
    finish(unit, d, 4);
  };
}

/** As {@link long}, the first operand being a quadword already. */
export function wide(f: Lanewise): NeonOperation {
  return (unit, d, n, m, spec) => {
    const lane = laneOf(spec);
    const large = wideLaneOf(spec);
    for (let i = 0; i < 64 / lane.bits; i++) {
      writeLane(i, large, f(readLane(unit, n, i, large), readLane(unit, m, i, lane), large, unit, 0));
    }
    finish(unit, d, 4);
  };
}

/** Quadwords make a doubleword of the upper halves of their lanes' results: (d, n, m, spec), the spec being d's. */
export function highNarrow(f: (x: number, y: number, half: number) => number): NeonOperation {
  return (unit, d, n, m, spec) => {
    const lane = laneOf(spec);
    const large = wideLaneOf(spec);
    for (let i = 0; i < 64 / lane.bits; i++) {
      const value = f(readLane(unit, n, i, large), readLane(unit, m, i, large), 1 << (lane.bits - 1));
      writeLane(i, lane, Math.floor(value / (1 << lane.bits)));
    }
    finish(unit, d, 2);
  };
}

/**
 * A quadword makes a doubleword of lanes half as large: (d, m, number, spec). The spec is d's as far as the size goes, and
 * tells the signedness of m's lanes; f is given the unsigned lane to saturate to where `toUnsigned`.
 */
export function narrow(f: Lanewise, big: BigLanewise, toUnsigned = false): NeonOperation {
  return (unit, d, m, y, spec) => {
    const lane = toUnsigned ? unsignedLaneOf(spec) : laneOf(spec);
    const large = wideLaneOf(spec);
    for (let i = 0; i < 64 / lane.bits; i++) {
      const value =
        large.bits === 64
          ? Number(BigInt.asIntN(32, big(readBigLane(unit, m, i, large), BigInt(y), lane, unit, 0n)))
          : f(readLane(unit, m, i, large), y, lane, unit, 0);
      writeLane(i, lane, value);
    }
    finish(unit, d, 2);
  };
}
