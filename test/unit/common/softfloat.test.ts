import assert from 'node:assert/strict';
import {
  BINARY16,
  BINARY32,
  BINARY64,
  FloatFlag,
  FloatStatus,
  Relation,
  Rounding,
  convert,
  exact,
  fast,
  type FloatFormat,
} from '../../../src/common/softfloat';

const { INVALID, DIVIDE_BY_ZERO, OVERFLOW, UNDERFLOW, INEXACT, INPUT_DENORMAL } = FloatFlag;
const view = new DataView(new ArrayBuffer(8));

function bits64(value: number): bigint {
  view.setFloat64(0, value);
  return view.getBigUint64(0);
}
function number64(bits: bigint): number {
  view.setBigUint64(0, bits);
  return view.getFloat64(0);
}
function bits32(value: number): bigint {
  view.setFloat32(0, value);
  return BigInt(view.getUint32(0));
}
function number32(bits: bigint): number {
  view.setUint32(0, Number(bits));
  return view.getFloat32(0);
}

function status(settings: Partial<FloatStatus> = {}): FloatStatus {
  return Object.assign(new FloatStatus(), settings);
}

function generator(seed: number): () => number {
  let x = seed;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return x >>> 0;
  };
}

const CORNERS_64 = [
  0n,
  1n,
  0x000fffffffffffffn,
  0x0010000000000000n,
  0x0010000000000001n,
  0x3ff0000000000000n,
  0x3ff0000000000001n,
  0x4000000000000000n,
  0x4340000000000000n,
  0x7fefffffffffffffn,
  0x7ff0000000000000n,
  0x1ff0000000000000n,
  0x5fe0000000000000n,
].flatMap((n) => [n, n | (1n << 63n)]);

/** Random double precision encodings: any, near one, near the smallest normal number, corner values; no NaN. */
function doubles(count: number): bigint[] {
  const random = generator(0x12345);
  const result: bigint[] = [];
  while (result.length < count) {
    let bits = (BigInt(random()) << 32n) | BigInt(random());
    const kind = random() & 3;
    if (kind === 1) bits = (bits & 0x800fffffffffffffn) | (BigInt(1015 + (random() & 15)) << 52n);
    if (kind === 2) bits &= 0x803fffffffffffffn;
    if (kind === 3) bits = CORNERS_64[random() % CORNERS_64.length];
    if (random() & 1) bits &= ~0xffffffffn;
    if (!Number.isNaN(number64(bits))) result.push(bits);
  }
  return result;
}

interface Operation {
  readonly name: string;
  readonly exact: (f: FloatFormat, a: bigint, b: bigint, s: FloatStatus) => bigint;
  readonly fast64: (a: number, b: number, s: FloatStatus, known: number) => number;
  readonly fast32: (a: number, b: number, s: FloatStatus) => number;
  readonly host: (a: number, b: number) => number;
}

const OPERATIONS: readonly Operation[] = [
  { name: 'add', exact: exact.add, fast64: fast.add64, fast32: fast.add32, host: (a, b) => a + b },
  { name: 'multiply', exact: exact.multiply, fast64: fast.multiply64, fast32: fast.multiply32, host: (a, b) => a * b },
  { name: 'divide', exact: exact.divide, fast64: fast.divide64, fast32: fast.divide32, host: (a, b) => a / b },
  {
    name: 'square root',
    exact: (f, a, _b, s) => exact.squareRoot(f, a, s),
    fast64: (a, _b, s, known) => fast.squareRoot64(a, s, known),
    fast32: (a, _b, s) => fast.squareRoot32(a, s),
    host: (a) => Math.sqrt(a),
  },
];

describe('soft floating point', () => {
  const operands = doubles(4000);
  const singles = operands.map((bits) => bits32(Math.fround(number64(bits)))).concat(operands.map((b) => b >> 32n));

  for (const { name, exact: slow, fast64, fast32, host } of OPERATIONS) {
    it(`${name}: the exact way gives the host's result to nearest`, () => {
      for (let i = 1; i < operands.length; i++) {
        const a = operands[i - 1];
        const b = operands[i];
        const wanted = host(number64(a), number64(b));
        const got = slow(BINARY64, a, b, status());
        const what = `${name} ${a.toString(16)} ${b.toString(16)}`;
        if (Number.isNaN(wanted)) assert.equal(got, 0x7ff8000000000000n, what);
        else assert.equal(got, bits64(wanted), what);
      }
    });

    it(`${name}: the fast way in double precision gives the exact way's result and flags, or none`, () => {
      let taken = 0;
      for (let i = 1; i < operands.length; i++) {
        const [a, b] = [operands[i - 1], operands[i]];
        const s = status({ flushToZero: (i & 4) !== 0 });
        const r = fast64(number64(a), number64(b), s, 0);
        if (Number.isNaN(r)) {
          assert.equal(s.flags, 0);
          continue;
        }
        taken++;
        const other = status({ flushToZero: (i & 4) !== 0 });
        assert.equal(bits64(r), slow(BINARY64, a, b, other), `${name} ${a.toString(16)} ${b.toString(16)}`);
        assert.equal(s.flags, other.flags, `flags of ${name} ${a.toString(16)} ${b.toString(16)}`);
      }
      assert.ok(taken > 500, `${taken} taken`);
    });

    it(`${name}: the fast way in single precision gives the exact way's result and flags, or none`, () => {
      let taken = 0;
      for (let i = 1; i < singles.length; i++) {
        const [a, b] = [singles[i - 1], singles[i]];
        const s = status({ flushToZero: (i & 4) !== 0 });
        const r = fast32(number32(a), number32(b), s);
        if (Number.isNaN(r)) {
          assert.equal(s.flags, 0);
          continue;
        }
        taken++;
        const other = status({ flushToZero: (i & 4) !== 0 });
        assert.equal(bits32(r), slow(BINARY32, a, b, other), `${name} ${a.toString(16)} ${b.toString(16)}`);
        assert.equal(s.flags, other.flags, `flags of ${name} ${a.toString(16)} ${b.toString(16)}`);
      }
      assert.ok(taken > 1000, `${taken} taken`);
    });
  }

  it('rounds in all four directions', () => {
    // 1 + 2^-24 lies halfway between two single precision numbers.
    const results = (sign: bigint): string[] =>
      [0, 1, 2, 3].map((rounding: Rounding) =>
        exact.add(BINARY32, 0x3f800000n | sign, 0x33800000n | sign, status({ rounding })).toString(16),
      );
    assert.deepEqual(results(0n), ['3f800000', '3f800001', '3f800000', '3f800000']);
    assert.deepEqual(results(0x80000000n), ['bf800000', 'bf800000', 'bf800001', 'bf800000']);
  });

  it('overflows to infinity or to the largest number, by direction', () => {
    const results = [0, 1, 2, 3].map((rounding: Rounding) => {
      const s = status({ rounding });
      const r = exact.add(BINARY32, 0x7f7fffffn, 0x7f7fffffn, s);
      assert.equal(s.flags, OVERFLOW | INEXACT);
      return r.toString(16);
    });
    assert.deepEqual(results, ['7f800000', '7f800000', '7f7fffff', '7f7fffff']);
  });

  it('detects tininess before rounding, and underflow only where the result is inexact', () => {
    const s = status();
    // The largest number below the smallest normal one, times just above one, rounds up to the smallest normal one.
    assert.equal(exact.multiply(BINARY32, 0x007fffffn, 0x3f800001n, s), 0x00800000n);
    assert.equal(s.flags, UNDERFLOW | INEXACT);
    const t = status();
    assert.equal(exact.multiply(BINARY32, 0x00800000n, 0x3f000000n, t), 0x00400000n);
    assert.equal(t.flags, 0);
  });

  it('flushes subnormal operands and results to zero', () => {
    const s = status({ flushToZero: true });
    assert.equal(exact.add(BINARY32, 0x80000001n, 0x80000000n, s), 0x80000000n);
    assert.equal(s.flags, INPUT_DENORMAL);
    const t = status({ flushToZero: true });
    assert.equal(exact.multiply(BINARY32, 0x80800000n, 0x3f000000n, t), 0x80000000n);
    assert.equal(t.flags, UNDERFLOW, 'flushing a result is not inexact');
  });

  it('chooses the NaN of the result', () => {
    const nan = (a: bigint, b: bigint, settings = {}): [string, number] => {
      const s = status(settings);
      return [exact.add(BINARY32, a, b, s).toString(16), s.flags];
    };
    assert.deepEqual(nan(0x7fc00001n, 0xffc00002n), ['7fc00001', 0]);
    assert.deepEqual(nan(0x7fc00001n, 0xff800002n), ['ffc00002', INVALID], 'a signalling one first');
    assert.deepEqual(nan(0x7f800001n, 0xff800002n), ['7fc00001', INVALID]);
    assert.deepEqual(nan(0x7fc00001n, 0xff800002n, { defaultNan: true }), ['7fc00000', INVALID]);
    assert.deepEqual(nan(0x7f800000n, 0xff800000n), ['7fc00000', INVALID], 'infinities of both signs');
  });

  it('divides by zero', () => {
    const s = status();
    assert.equal(exact.divide(BINARY64, bits64(-2), 0n, s), bits64(-Infinity));
    assert.equal(s.flags, DIVIDE_BY_ZERO);
    assert.equal(exact.divide(BINARY64, 0n, 0n, s), 0x7ff8000000000000n);
    assert.equal(s.flags, DIVIDE_BY_ZERO | INVALID);
  });

  it('gives a difference of equals the sign of the rounding direction', () => {
    const one = bits64(1);
    assert.equal(exact.subtract(BINARY64, one, one, status()), 0n);
    assert.equal(exact.subtract(BINARY64, one, one, status({ rounding: Rounding.TowardNegative })), 1n << 63n);
  });

  it('compares', () => {
    const s = status();
    const relation = (a: number, b: number): Relation => exact.compare(BINARY64, bits64(a), bits64(b), false, s);
    assert.equal(relation(-1, 1), Relation.Less);
    assert.equal(relation(-1, -2), Relation.Greater);
    assert.equal(relation(0, -0), Relation.Equal);
    assert.equal(relation(NaN, 1), Relation.Unordered);
    assert.equal(s.flags, 0);
    assert.equal(exact.compare(BINARY64, bits64(NaN), 0n, true, s), Relation.Unordered);
    assert.equal(s.flags, INVALID);
  });

  it('converts every half precision number to single and back', () => {
    for (const alternativeHalf of [false, true]) {
      for (let half = 0; half < 0x10000; half++) {
        const s = status({ alternativeHalf });
        const single = convert.convertFormat(BINARY16, BINARY32, BigInt(half), s);
        const isNan = !alternativeHalf && (half & 0x7c00) === 0x7c00 && (half & 0x3ff) !== 0;
        const back = convert.convertFormat(BINARY32, BINARY16, single, s);
        assert.equal(Number(back), isNan ? half | 0x200 : half);
        assert.equal(s.flags, isNan && (half & 0x200) === 0 ? INVALID : 0);
      }
    }
  });

  it('has neither infinities nor NaNs in alternative half precision', () => {
    const half = (single: bigint): [number, number] => {
      const s = status({ alternativeHalf: true });
      return [Number(convert.convertFormat(BINARY32, BINARY16, single, s)), s.flags];
    };
    assert.deepEqual(half(0xff800000n), [0xffff, INVALID]);
    assert.deepEqual(half(0xffc00000n), [0x8000, INVALID]);
    assert.deepEqual(half(bits32(131008)), [0x7fff, 0], 'the largest number');
    assert.deepEqual(half(bits32(200000)), [0x7fff, INVALID]);
  });

  it('converts to integers, saturating', () => {
    const int32 = convert.integerType(32, true);
    const uint32 = convert.integerType(32, false);
    const to = (value: number, type = int32, rounding = Rounding.TowardZero, fraction = 0): [number, number] => {
      const s = status();
      return [Number(convert.toInteger(BINARY64, bits64(value), type, rounding, s, fraction)), s.flags];
    };
    assert.deepEqual(to(-1.5), [-1, INEXACT]);
    assert.deepEqual(to(2.5, int32, Rounding.NearestEven), [2, INEXACT]);
    assert.deepEqual(to(3.5, int32, Rounding.NearestEven), [4, INEXACT]);
    assert.deepEqual(to(-0.25, int32, Rounding.TowardNegative), [-1, INEXACT]);
    assert.deepEqual(to(2 ** 31), [2 ** 31 - 1, INVALID]);
    assert.deepEqual(to(2 ** 31, uint32), [2 ** 31, 0]);
    assert.deepEqual(to(-1, uint32), [0, INVALID]);
    assert.deepEqual(to(-0.5, uint32), [0, INEXACT]);
    assert.deepEqual(to(NaN), [0, INVALID]);
    assert.deepEqual(to(1.375, int32, Rounding.TowardZero, 2), [5, INEXACT], 'two bits of fraction');
  });

  it('converts from integers and fixed point', () => {
    const s = status({ rounding: Rounding.TowardPositive });
    assert.equal(number32(convert.fromInteger(BINARY32, 0x1000001n, s)), 0x1000002);
    assert.equal(s.flags, INEXACT);
    const t = status({ rounding: Rounding.TowardPositive });
    assert.equal(number32(convert.fromFixed(BINARY32, 0x1000001n, t, 4)), 0x100000, 'always to nearest');
    assert.equal(t.rounding, Rounding.TowardPositive);
    assert.equal(number64(convert.fromFixed(BINARY64, -3n, t, 1)), -1.5);
  });

  it('narrows and truncates fast with the exact results and flags', () => {
    const int32 = convert.integerType(32, true);
    for (const bits of operands) {
      const value = number64(bits);
      const s = status();
      const narrow = fast.narrow(value, s);
      const t = status();
      if (!Number.isNaN(narrow)) {
        assert.equal(bits32(narrow), convert.convertFormat(BINARY64, BINARY32, bits, t));
        assert.equal(s.flags, t.flags);
      }
      const u = status();
      const integer = fast.truncate(value, -(2 ** 31), 2 ** 31 - 1, u);
      const v = status();
      if (Number.isNaN(integer)) continue;
      assert.equal(BigInt(integer), convert.toInteger(BINARY64, bits, int32, Rounding.TowardZero, v));
      assert.equal(u.flags, v.flags);
    }
  });
});
