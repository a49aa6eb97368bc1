import { processNan } from './arithmetic';
import {
  BINARY16,
  defaultNan,
  packInfinity,
  packLargest,
  packNan,
  packZero,
  roundPack,
  roundsUp,
  unpack,
  type FloatFormat,
} from './format';
import { FloatFlag, Rounding, type FloatStatus } from './status';

/** Conversions between formats, integers and fixed-point numbers, by exact integers. Encodings are unsigned bigints. */

/**
 * Converts between binary32 and binary64, and between binary16 and either. Half precision is never flushed to zero, and
 * reads and writes its alternative form when the status says so (DDI 0406C A2.7.9).
 */
export function convertFormat(from: FloatFormat, to: FloatFormat, bits: bigint, status: FloatStatus): bigint {
  const alternativeIn = from === BINARY16 && status.alternativeHalf;
  const alternativeOut = to === BINARY16 && status.alternativeHalf;
  const x = unpack(from, bits, status, status.flushToZero && from !== BINARY16, alternativeIn);
  switch (x.kind) {
    case 'nan':
      if (alternativeOut) {
        status.flags |= FloatFlag.INVALID;
        return packZero(to, x.negative);
      }
      return convertNan(from, to, x, status);
    case 'infinity':
      if (alternativeOut) {
        status.flags |= FloatFlag.INVALID;
        return packLargest(to, x.negative, true);
      }
      return packInfinity(to, x.negative);
    case 'zero':
      return packZero(to, x.negative);
    case 'finite': {
      const flush = status.flushToZero && to !== BINARY16;
      return roundPack(to, x.negative, x.significand, x.exponent, status, flush, alternativeOut);
    }
  }
}

/** A NaN keeps its sign and the upper bits of its fraction. */
function convertNan(from: FloatFormat, to: FloatFormat, x: ReturnType<typeof unpack>, status: FloatStatus): bigint {
  if (status.defaultNan) {
    processNan(from, x, status);
    return defaultNan(to);
  }
  if (x.signalling) status.flags |= FloatFlag.INVALID;
  const shift = to.fractionBits - from.fractionBits;
  const fraction = shift >= 0 ? x.significand << BigInt(shift) : x.significand >> BigInt(-shift);
  return packNan(to, x.negative, fraction);
}

/** An integer type: its range. */
export interface IntegerType {
  readonly minimum: bigint;
  readonly maximum: bigint;
}

export function integerType(bits: number, signed: boolean): IntegerType {
  return signed
    ? { minimum: -(1n << BigInt(bits - 1)), maximum: (1n << BigInt(bits - 1)) - 1n }
    : { minimum: 0n, maximum: (1n << BigInt(bits)) - 1n };
}

/**
 * The number times 2^`fraction`, rounded as `rounding` says, as an integer of the type. What does not fit gives the
 * nearest end of the range and a NaN gives 0, both as invalid operations (DDI 0406C A2.7.8, FPToFixed).
 */
export function toInteger(
  f: FloatFormat,
  bits: bigint,
  type: IntegerType,
  rounding: Rounding,
  status: FloatStatus,
  fraction = 0,
): bigint {
  const x = unpack(f, bits, status);
  switch (x.kind) {
    case 'zero':
      return 0n;
    case 'nan':
      status.flags |= FloatFlag.INVALID;
      return 0n;
    case 'infinity':
      status.flags |= FloatFlag.INVALID;
      return x.negative ? type.minimum : type.maximum;
    case 'finite': {
      const exponent = x.exponent + fraction;
      const shift = BigInt(Math.abs(exponent));
      let magnitude = exponent >= 0 ? x.significand << shift : x.significand >> shift;
      const remainder = exponent >= 0 ? 0n : x.significand - (magnitude << shift);
      if (roundsUp(rounding, x.negative, magnitude, remainder, 1n << shift)) magnitude += 1n;
      const value = x.negative ? -magnitude : magnitude;
      if (value < type.minimum || value > type.maximum) {
        status.flags |= FloatFlag.INVALID;
        return value < type.minimum ? type.minimum : type.maximum;
      }
      if (remainder !== 0n) status.flags |= FloatFlag.INEXACT;
      return value;
    }
  }
}

/** `value` / 2^`fraction` in the format, rounded as the status says. */
export function fromInteger(f: FloatFormat, value: bigint, status: FloatStatus, fraction = 0): bigint {
  if (value === 0n) return packZero(f, false);
  return roundPack(f, value < 0n, value < 0n ? -value : value, -fraction, status);
}

/** As {@link fromInteger}, but rounded to nearest. */
export function fromFixed(f: FloatFormat, value: bigint, status: FloatStatus, fraction: number): bigint {
  const { rounding } = status;
  status.rounding = Rounding.NearestEven;
  const result = fromInteger(f, value, status, fraction);
  status.rounding = rounding;
  return result;
}
