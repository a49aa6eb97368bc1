import { FloatFlag } from '../../../common/softfloat';
import { ArmSlot } from '../cpu-state';

const MIN_NORMAL = 2 ** -126;
const DEFAULT_NAN = 0x7fc00000;
const QUIET = 0x00400000;
/** FPSCR's cumulative exception bits. */
const CUMULATIVE = 0x9f;

/**
 * Single precision under ARM's standard FPSCR value (DDI 0406C A2.7.2, StandardFPSCRValue): to nearest, subnormals are zeros,
 * every NaN result is the default one. Lanes are read with {@link operand}, which makes them JavaScript numbers that are
 * zero, normal, infinite, or NaN for any NaN; what they raise by being read is noted then. Operations take and give such
 * numbers: each is one operation in double precision, rounded again, which is right (Figueroa 1995), as 53 bits are more
 * than twice 24 and two; products of single precision numbers are exact in double precision. {@link begin} comes before,
 * {@link end} after an instruction's lanes.
 */
export class StandardFloat {
  private flags = 0;

  constructor(
    private readonly env: Int32Array,
    private readonly numbers: Float32Array,
    private readonly words: Uint32Array,
  ) {}

  begin(): void {
    // What FPSCR has already need not be found again.
    this.flags = this.env[ArmSlot.Fpscr] & CUMULATIVE;
  }

  end(): void {
    this.env[ArmSlot.Fpscr] |= this.flags;
  }

  raise(flags: number): void {
    this.flags |= flags;
  }

  /** The number in the lane of 32 bits number `lane`, as an operation reads it. */
  operand(lane: number): number {
    const value = this.numbers[lane];
    if (Math.abs(value) >= MIN_NORMAL || value === 0) return value;
    if (value !== value) {
      if ((this.words[lane] & QUIET) === 0) this.flags |= FloatFlag.INVALID;
      return value;
    }
    this.flags |= FloatFlag.INPUT_DENORMAL;
    return value < 0 ? -0 : 0;
  }

  /** Writes a result. */
  put(lane: number, value: number): void {
    if (value === value) this.numbers[lane] = value;
    else this.words[lane] = DEFAULT_NAN;
  }

  /** Rounds a double precision number that is not a NaN. */
  round(wide: number): number {
    const magnitude = Math.abs(wide);
    if (magnitude < MIN_NORMAL && wide !== 0) {
      this.flags |= FloatFlag.UNDERFLOW;
      return wide < 0 ? -0 : 0;
    }
    const result = Math.fround(wide);
    if (result !== wide) {
      this.flags |= FloatFlag.INEXACT;
      if (Math.abs(result) === Infinity) this.flags |= FloatFlag.OVERFLOW;
    }
    return result;
  }

  /** A NaN that an operation on `a` and `b` gives: invalid unless it comes from one of them. */
  private nan(a: number, b: number): number {
    if (a === a && b === b) this.flags |= FloatFlag.INVALID;
    return NaN;
  }

  add(a: number, b: number): number {
    const wide = a + b;
    if (wide !== wide) return this.nan(a, b);
    // Numbers far apart lose the smaller one's end in double precision too.
    if ((this.flags & FloatFlag.INEXACT) === 0 && Math.abs(wide) < Infinity && sumError(a, b, wide) !== 0) {
      this.flags |= FloatFlag.INEXACT;
    }
    return this.round(wide);
  }

  subtract(a: number, b: number): number {
    return this.add(a, -b);
  }

  multiply(a: number, b: number): number {
    const wide = a * b;
    return wide === wide ? this.round(wide) : this.nan(a, b);
  }

  /** a * b + c, rounded once. */
  fusedMultiplyAdd(a: number, b: number, c: number): number {
    const product = a * b;
    const wide = product + c;
    if (wide !== wide) {
      // Zero times infinity is invalid also where a NaN is added.
      const handedOn = a !== a || b !== b || (c !== c && product === product);
      if (!handedOn) this.flags |= FloatFlag.INVALID;
      return NaN;
    }
    if (Math.abs(wide) === Infinity) return wide;
    const lost = sumError(product, c, wide);
    // An odd number of 53 bits is inexact in single precision, unless it is flushed.
    return this.round(lost === 0 ? wide : toOdd(wide, lost > 0 === wide > 0));
  }

  /** Half of a number. */
  half(a: number): number {
    return a === a ? this.round(a / 2) : a;
  }

  /** The larger one, a NaN if either is; +0 is larger than -0. */
  maximum(a: number, b: number): number {
    return Math.max(a, b);
  }

  minimum(a: number, b: number): number {
    return Math.min(a, b);
  }

  equal(a: number, b: number): boolean {
    return a === b;
  }

  /** a >= b; any NaN is invalid. */
  greaterEqual(a: number, b: number): boolean {
    if (a !== a || b !== b) this.flags |= FloatFlag.INVALID;
    return a >= b;
  }

  greater(a: number, b: number): boolean {
    if (a !== a || b !== b) this.flags |= FloatFlag.INVALID;
    return a > b;
  }

  /** 2 - a * b, and 2 where that is zero times infinity (DDI 0406C A2.7.8, FPRecipStep). */
  reciprocalStep(a: number, b: number): number {
    return isZeroTimesInfinity(a, b) ? 2 : this.subtract(2, this.multiply(a, b));
  }

  /** (3 - a * b) / 2, and 1.5 where that is zero times infinity (FPRSqrtStep). */
  squareRootStep(a: number, b: number): number {
    return isZeroTimesInfinity(a, b) ? 1.5 : this.half(this.subtract(3, this.multiply(a, b)));
  }

  /**
   * `a` times 2^`fraction`, rounded toward zero, within `minimum` and `maximum`; what does not fit, and a NaN as 0, is
   * invalid (FPToFixed).
   */
  toFixed(a: number, fraction: number, minimum: number, maximum: number): number {
    if (a !== a) {
      this.flags |= FloatFlag.INVALID;
      return 0;
    }
    const scaled = a * 2 ** fraction;
    const result = Math.trunc(scaled);
    if (result < minimum || result > maximum) {
      this.flags |= FloatFlag.INVALID;
      return result < minimum ? minimum : maximum;
    }
    if (result !== scaled) this.flags |= FloatFlag.INEXACT;
    return result;
  }

  /** The integer of 32 bits over 2^`fraction` (FixedToFP). */
  fromFixed(value: number, fraction: number): number {
    return this.round(value / 2 ** fraction);
  }
}

/** The part of a + b that the sum lost (Knuth 4.2.2). */
function sumError(a: number, b: number, sum: number): number {
  const virtual = sum - a;
  return a - (sum - virtual) + (b - virtual);
}

const scratch = new Float64Array(1);
const scratchWords = new Int32Array(scratch.buffer);

/**
 * The rounding to odd of a number whose rounding to nearest is `wide`; `beyond` if its magnitude is larger. Rounding that
 * again to a shorter format is right (Boldo, Melquiond 2008).
 */
function toOdd(wide: number, beyond: boolean): number {
  scratch[0] = wide;
  const [low] = scratchWords;
  if (low & 1) return wide;
  if (beyond) {
    scratchWords[0] = low | 1;
  } else {
    scratchWords[0] = low - 1;
    if (low === 0) scratchWords[1]--;
  }
  return scratch[0];
}

function isZeroTimesInfinity(a: number, b: number): boolean {
  return (a === 0 && Math.abs(b) === Infinity) || (b === 0 && Math.abs(a) === Infinity);
}
