import {
  BINARY16,
  BINARY32,
  BINARY64,
  FloatStatus,
  Relation,
  Rounding,
  convert,
  exact,
  fast,
  type FloatFormat,
} from '../../../common/softfloat';
import { ArmSlot, Fpscr } from '../cpu-state';

type ExactBinary = (f: FloatFormat, a: bigint, b: bigint, status: FloatStatus) => bigint;
type FastBinary = (a: number, b: number, status: FloatStatus, known: number) => number;

/** FPSCR's N, Z, C, V of a comparison (DDI 0406C A2.7.7). */
const RELATION_FLAGS: Readonly<Record<Relation, number>> = {
  [Relation.Less]: 0x80000000 | 0,
  [Relation.Equal]: 0x60000000,
  [Relation.Greater]: 0x20000000,
  [Relation.Unordered]: 0x30000000,
};

const INT32 = convert.integerType(32, true);
const UINT32 = convert.integerType(32, false);
const FIXED = [false, true].flatMap((wide) =>
  [true, false].map((signed) => ({ bits: wide ? 32 : 16, signed, ...convert.integerType(wide ? 32 : 16, signed) })),
);

/** What multiplications with an addition turn the sign of, as bits of a mask. */
export enum Turn {
  Product = 1,
  Addend = 2,
}

const SIGN = 0x80000000 | 0;
/** Number of {@link ArmSlot.VfpScratch} as a doubleword. */
const SCRATCH = (ArmSlot.VfpScratch - ArmSlot.D0) / 2;

/**
 * The floating-point unit of one vCPU: operations on encodings (`s` forms) and on doublewords of its register file (`d`
 * forms, by number), controlled by FPSCR and accumulating there. Fast where that is exact, else by exact integers.
 */
export class VfpUnit {
  private readonly status = new FloatStatus();
  private readonly words: Int32Array;
  private readonly doubles: Float64Array;
  private readonly scratch = new Int32Array(2);
  private readonly scratchSingle = new Float32Array(this.scratch.buffer);

  constructor(private readonly env: Int32Array) {
    const at = env.byteOffset + 4 * ArmSlot.D0;
    const doublewords = 34;
    this.words = new Int32Array(env.buffer, at, 2 * doublewords);
    this.doubles = new Float64Array(env.buffer, at, doublewords);
  }

  /** The status for an operation, its flags clear. */
  private begin(): FloatStatus {
    const fpscr = this.env[ArmSlot.Fpscr];
    const { status } = this;
    status.rounding = (fpscr >>> Fpscr.RMODE_SHIFT) & 3;
    status.flushToZero = (fpscr & Fpscr.FZ) !== 0;
    status.defaultNan = (fpscr & Fpscr.DN) !== 0;
    status.alternativeHalf = (fpscr & Fpscr.AHP) !== 0;
    status.flags = 0;
    return status;
  }

  private end(): void {
    if (this.status.flags) this.env[ArmSlot.Fpscr] |= this.status.flags;
  }

  private number(bits: number): number {
    this.scratch[0] = bits;
    return this.scratchSingle[0];
  }

  private encoding(value: number): number {
    this.scratchSingle[0] = value;
    return this.scratch[0];
  }

  private readBits(d: number): bigint {
    return (BigInt(this.words[2 * d + 1] >>> 0) << 32n) | BigInt(this.words[2 * d] >>> 0);
  }

  private writeBits(d: number, value: bigint): void {
    this.words[2 * d] = Number(BigInt.asIntN(32, value));
    this.words[2 * d + 1] = Number(BigInt.asIntN(32, value >> 32n));
  }

  /** Makes a single precision operation of its two ways. */
  binarySingle(quick: FastBinary, slow: ExactBinary): (a: number, b: number) => number {
    return (a, b) => {
      const status = this.begin();
      this.scratch[0] = a;
      this.scratch[1] = b;
      const r = quick(this.scratchSingle[0], this.scratchSingle[1], status, 0);
      const result = r === r ? this.encoding(r) : single(slow(BINARY32, unsigned(a), unsigned(b), status));
      this.end();
      return result;
    };
  }

  /** Makes a double precision operation of its two ways: (result, a, b). */
  binaryDouble(quick: FastBinary, slow: ExactBinary): (d: number, n: number, m: number) => number {
    const { doubles } = this;
    return (d, n, m) => {
      const status = this.begin();
      const r = quick(doubles[n], doubles[m], status, this.env[ArmSlot.Fpscr]);
      if (r === r) doubles[d] = r;
      else this.writeBits(d, slow(BINARY64, this.readBits(n), this.readBits(m), status));
      this.end();
      return 0;
    };
  }

  /** Makes a multiplication that is added to something of its two parts: (addend, n, m, {@link Turn}). */
  multiplyAccumulateSingle(
    multiply: (a: number, b: number) => number,
    add: (a: number, b: number) => number,
  ): (addend: number, n: number, m: number, turn: number) => number {
    return (addend, n, m, turn) => {
      const product = multiply(n, m);
      return add(turn & Turn.Addend ? addend ^ SIGN : addend, turn & Turn.Product ? product ^ SIGN : product);
    };
  }

  /** As {@link multiplyAccumulateSingle}; the addend's doubleword takes the result. */
  multiplyAccumulateDouble(
    multiply: (d: number, n: number, m: number) => number,
    add: (d: number, n: number, m: number) => number,
  ): (d: number, n: number, m: number, turn: number) => void {
    const { words } = this;
    return (d, n, m, turn) => {
      const [low, high] = [words[2 * SCRATCH], words[2 * SCRATCH + 1]];
      multiply(SCRATCH, n, m);
      if (turn & Turn.Product) words[2 * SCRATCH + 1] ^= SIGN;
      if (turn & Turn.Addend) words[2 * d + 1] ^= SIGN;
      add(d, d, SCRATCH);
      // As compiled code, which needs no scratch doubleword, leaves it.
      words[2 * SCRATCH] = low;
      words[2 * SCRATCH + 1] = high;
    };
  }

  negateDouble(d: number, m: number): void {
    const { words } = this;
    words[2 * d] = words[2 * m];
    words[2 * d + 1] = words[2 * m + 1] ^ SIGN;
  }

  absoluteDouble(d: number, m: number): void {
    const { words } = this;
    words[2 * d] = words[2 * m];
    words[2 * d + 1] = words[2 * m + 1] & ~SIGN;
  }

  squareRootSingle(a: number): number {
    const status = this.begin();
    const r = fast.squareRoot32(this.number(a), status);
    const result = r === r ? this.encoding(r) : single(exact.squareRoot(BINARY32, unsigned(a), status));
    this.end();
    return result;
  }

  squareRootDouble(d: number, m: number): void {
    const status = this.begin();
    const r = fast.squareRoot64(this.doubles[m], status, this.env[ArmSlot.Fpscr]);
    if (r === r) this.doubles[d] = r;
    else this.writeBits(d, exact.squareRoot(BINARY64, this.readBits(m), status));
    this.end();
  }

  private setRelation(relation: Relation): void {
    this.env[ArmSlot.Fpscr] = (this.env[ArmSlot.Fpscr] & ~Fpscr.NZCV) | RELATION_FLAGS[relation];
  }

  compareSingle(a: number, b: number, signalling: boolean): void {
    const status = this.begin();
    const relation =
      (status.flushToZero ? undefined : relationOf(this.number(a), this.number(b))) ??
      exact.compare(BINARY32, unsigned(a), unsigned(b), signalling, status);
    this.setRelation(relation);
    this.end();
  }

  compareDouble(n: number, m: number, signalling: boolean): void {
    const status = this.begin();
    const relation =
      (status.flushToZero ? undefined : relationOf(this.doubles[n], this.doubles[m])) ??
      exact.compare(BINARY64, this.readBits(n), this.readBits(m), signalling, status);
    this.setRelation(relation);
    this.end();
  }

  compareDoubleWithZero(n: number, signalling: boolean): void {
    const status = this.begin();
    const relation =
      (status.flushToZero ? undefined : relationOf(this.doubles[n], 0)) ??
      exact.compare(BINARY64, this.readBits(n), 0n, signalling, status);
    this.setRelation(relation);
    this.end();
  }

  singleToDouble(d: number, a: number): void {
    const status = this.begin();
    const x = this.number(a);
    if (x === x && !status.flushToZero) this.doubles[d] = x;
    else this.writeBits(d, convert.convertFormat(BINARY32, BINARY64, unsigned(a), status));
    this.end();
  }

  doubleToSingle(m: number): number {
    const status = this.begin();
    const r = fast.narrow(this.doubles[m], status);
    const result =
      r === r ? this.encoding(r) : single(convert.convertFormat(BINARY64, BINARY32, this.readBits(m), status));
    this.end();
    return result;
  }

  /** Half precision in the low bits, single precision out. */
  halfToSingle(a: number): number {
    const result = single(convert.convertFormat(BINARY16, BINARY32, BigInt(a & 0xffff), this.begin()));
    this.end();
    return result;
  }

  singleToHalf(a: number): number {
    const result = single(convert.convertFormat(BINARY32, BINARY16, unsigned(a), this.begin()));
    this.end();
    return result;
  }

  singleToInteger(a: number, signed: boolean, truncating: boolean): number {
    return this.toInteger(BINARY32, this.number(a), () => unsigned(a), signed, truncating);
  }

  doubleToInteger(m: number, signed: boolean, truncating: boolean): number {
    return this.toInteger(BINARY64, this.doubles[m], () => this.readBits(m), signed, truncating);
  }

  private toInteger(f: FloatFormat, x: number, bits: () => bigint, signed: boolean, truncating: boolean): number {
    const status = this.begin();
    const type = signed ? INT32 : UINT32;
    const rounding = truncating ? Rounding.TowardZero : status.rounding;
    const quick =
      rounding === Rounding.TowardZero ? fast.truncate(x, Number(type.minimum), Number(type.maximum), status) : NaN;
    const result = quick === quick ? quick | 0 : single(convert.toInteger(f, bits(), type, rounding, status));
    this.end();
    return result;
  }

  integerToSingle(value: number, signed: boolean): number {
    const status = this.begin();
    const integer = signed ? value : value >>> 0;
    const r = fast.fromInteger32(integer, status);
    const result = r === r ? this.encoding(r) : single(convert.fromInteger(BINARY32, BigInt(integer), status));
    this.end();
    return result;
  }

  /** Every 32-bit integer is a double precision number. */
  integerToDouble(d: number, value: number, signed: boolean): void {
    this.doubles[d] = signed ? value : value >>> 0;
  }

  /** `type`: bit 0 unsigned, bit 1 32 bits wide. The result is extended to 32 bits. */
  singleToFixed(a: number, fraction: number, type: number): number {
    const value = convert.toInteger(BINARY32, unsigned(a), FIXED[type], Rounding.TowardZero, this.begin(), fraction);
    this.end();
    return single(value);
  }

  /** As {@link singleToFixed}, in place; the result is extended to 64 bits. */
  doubleToFixed(d: number, fraction: number, type: number): void {
    const bits = this.readBits(d);
    this.writeBits(d, convert.toInteger(BINARY64, bits, FIXED[type], Rounding.TowardZero, this.begin(), fraction));
    this.end();
  }

  fixedToSingle(value: number, fraction: number, type: number): number {
    const result = single(convert.fromFixed(BINARY32, fixed(value, type), this.begin(), fraction));
    this.end();
    return result;
  }

  fixedToDouble(d: number, fraction: number, type: number): void {
    this.writeBits(d, convert.fromFixed(BINARY64, fixed(this.words[2 * d], type), this.begin(), fraction));
    this.end();
  }
}

/** An encoding as an unsigned bigint. */
const unsigned = (bits: number): bigint => BigInt(bits >>> 0);
/** The low 32 bits as a signed number. */
const single = (bits: bigint): number => Number(BigInt.asIntN(32, bits));

function fixed(word: number, type: number): bigint {
  const { bits, signed } = FIXED[type];
  return signed ? BigInt.asIntN(bits, BigInt(word)) : BigInt.asUintN(bits, BigInt(word));
}

/** How two numbers compare, undefined where one is a NaN. */
function relationOf(a: number, b: number): Relation | undefined {
  if (a < b) return Relation.Less;
  if (a > b) return Relation.Greater;
  return a === b ? Relation.Equal : undefined;
}
