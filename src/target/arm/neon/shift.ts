import {
  narrow,
  saturate,
  saturateBig,
  sameLength,
  unary,
  unsignedLaneOf,
  laneOf,
  finish,
  readBigLane,
  readLane,
  wordsOf,
  writeBigLane,
  writeLane,
  type BigLanewise,
  type Lanewise,
} from './lanes';
import type { NeonOperation, NeonOperations } from './operation';

/** 2^-128 to 2^128: amounts are signed bytes. */
const POWERS = Float64Array.from({ length: 257 }, (_, i) => 2 ** (i - 128));
const power = (n: number): number => POWERS[n + 128];

/**
 * `value` shifted left by `amount`, to the right where that is negative, with more bits than any lane has: exact in double
 * precision, but for a rounding constant of more bits than that holds, which the shift takes away wholly.
 */
function shifted(value: number, amount: number, rounds: boolean): number {
  if (amount >= 0) return value * power(amount);
  return Math.floor((rounds ? value + power(-amount - 1) : value) * power(amount));
}

function bigShifted(value: bigint, amount: bigint, rounds: boolean): bigint {
  if (amount >= 0n) return value << amount;
  return (rounds ? value + (1n << (-amount - 1n)) : value) >> -amount;
}

/** By the signed byte at the bottom of the second operand's lane: VSHL (register) and its like. */
const byRegister = (rounds: boolean): NeonOperation =>
  sameLength(
    (x, y) => shifted(x, (y << 24) >> 24, rounds),
    (x, y) => bigShifted(x, BigInt.asIntN(8, y), rounds),
  );

const byRegisterSaturating = (rounds: boolean): NeonOperation =>
  sameLength(
    (x, y, lane, unit) => saturate(shifted(x, (y << 24) >> 24, rounds), lane, unit),
    (x, y, lane, unit) => saturateBig(bigShifted(x, BigInt.asIntN(8, y), rounds), lane, unit),
  );

/** By a number of bits to the right, and added to what the destination holds where `accumulates`. */
const right = (rounds: boolean, accumulates: boolean): NeonOperation =>
  unary(
    (x, n, _lane, _unit, acc) => shifted(x, -n, rounds) + (accumulates ? acc : 0),
    (x, n, _lane, _unit, acc) => bigShifted(x, -n, rounds) + (accumulates ? acc : 0n),
  );

/** VQSHLU: of signed lanes, kept within the range of unsigned ones. */
const leftToUnsigned: NeonOperation = (unit, d, m, amount, spec) => {
  const lane = laneOf(spec);
  const target = unsignedLaneOf(spec);
  const words = wordsOf(spec);
  for (let i = 0; i < (32 * words) / lane.bits; i++) {
    if (lane.bits === 64) {
      writeBigLane(i, saturateBig(readBigLane(unit, m, i, lane) << BigInt(amount), target, unit));
    } else {
      writeLane(i, lane, saturate(readLane(unit, m, i, lane) * power(amount), target, unit));
    }
  }
  finish(unit, d, words);
};

const narrowing = (rounds: boolean): [Lanewise, BigLanewise] => [
  (x, n) => shifted(x, -n, rounds),
  (x, n) => bigShifted(x, -n, rounds),
];

const narrowingSaturating = (rounds: boolean): [Lanewise, BigLanewise] => [
  (x, n, lane, unit) => saturate(shifted(x, -n, rounds), lane, unit),
  (x, n, lane, unit) => saturateBig(bigShifted(x, -n, rounds), lane, unit),
];

/** Shifts: by register (d, values, amounts, spec), by a number (d, m, number, spec), and narrowing ones, which move too. */
export const SHIFT_OPERATIONS = {
  shl: byRegister(false),
  rshl: byRegister(true),
  qshl: byRegisterSaturating(false),
  qrshl: byRegisterSaturating(true),
  shr: right(false, false),
  rshr: right(true, false),
  sra: right(false, true),
  rsra: right(true, true),
  qshl_imm: unary(
    (x, n, lane, unit) => saturate(x * power(n), lane, unit),
    (x, n, lane, unit) => saturateBig(x << n, lane, unit),
  ),
  qshlu_imm: leftToUnsigned,
  shrn: narrow(...narrowing(false)),
  rshrn: narrow(...narrowing(true)),
  qshrn: narrow(...narrowingSaturating(false)),
  qrshrn: narrow(...narrowingSaturating(true)),
  qshrun: narrow(...narrowingSaturating(false), true),
  qrshrun: narrow(...narrowingSaturating(true), true),
} as const satisfies NeonOperations;
