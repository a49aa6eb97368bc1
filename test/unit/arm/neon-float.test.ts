import assert from 'node:assert/strict';
import {
  BINARY16,
  BINARY32,
  FloatFlag,
  FloatStatus,
  Relation,
  convert,
  exact,
  type FloatFormat,
} from '../../../src/common/softfloat';
import { NEON_FLOAT_PATTERNS } from '../../../src/target/arm/decode/neon-table';
import { decodeA32, decodeT32 } from '../../../src/target/arm/decode';
import { ArmSlot } from '../../../src/target/arm/cpu-state';
import { FLOAT_OPERATIONS } from '../../../src/target/arm/neon/float';
import { NeonUnit } from '../../../src/target/arm/neon/unit';
import { StandardFloat } from '../../../src/target/arm/neon/standard-float';
import { ArmMachine, hex } from './arm-machine';
import { CASES, INFINITY, NAN, SIGNALLING, f, type Case } from './neon-float-cases';

const CODE = 0x1000;
const { OVERFLOW, INEXACT, INPUT_DENORMAL } = FloatFlag;

const UNDEFINED_VECTOR = 4;

/** A machine about to execute `word`, with floating point on; registers as in a {@link Case}. */
function machine(word: number, thumb: boolean, { q0, q1, q2, fpscr = 0 }: Partial<Case>): ArmMachine {
  const m = new ArmMachine();
  if (thumb) m.halfwords(CODE, word >>> 16, word & 0xffff);
  else m.words(CODE, word);
  const words = [q0, q1, q2].flatMap((q) => q ?? [0, 0, 0, 0]);
  const registers = Object.fromEntries(words.map((value, n) => [`s${n}`, value]));
  const cpsr = thumb ? 0x1ff : 0x1df;
  return m.set({ cpsr, cpacr: 0xf00000, fpexc: 0x40000000, pc: CODE, fpscr, ...registers });
}

/** The T32 encoding: bits 27..25 are 1, A32's bit 24 stands in bit 28. */
const inThumb = (word: number): number => ((word & 0x00ffffff) | 0xef000000 | ((word & 0x01000000) << 4)) >>> 0;

describe('Advanced SIMD, single precision', () => {
  for (const { text, word, result, flags = 0, fpscr = 0, ...registers } of CASES) {
    it(text, () => {
      for (const thumb of [false, true]) {
        const m = machine(thumb ? inThumb(word) : word, thumb, { ...registers, fpscr }).run(1);
        m.expect({ pc: CODE + 4 });
        assert.deepEqual(
          [0, 1, 2, 3].map((n) => hex(m.get(`s${n}`))),
          result.map(hex),
        );
        assert.equal(hex(m.get('fpscr')), hex(fpscr | flags));
      }
    });
  }

  it('has a case for each row, in both instruction sets', () => {
    const names = CASES.map(({ word }) => decodeA32(word)?.name);
    assert.deepEqual(
      CASES.map(({ word }) => decodeT32(inThumb(word))?.name),
      names,
    );
    assert.deepEqual(
      Object.keys(NEON_FLOAT_PATTERNS).filter((name) => !names.includes(name)),
      [],
    );
  });

  it('accumulates exceptions', () => {
    machine(0xf2020d44, false, { q1: f(1, 1, 1, 1), q2: f(2 ** -40, 0, 0, 0), fpscr: OVERFLOW })
      .run(1)
      .expect({ fpscr: OVERFLOW | INEXACT });
  });

  const undefinedWords: readonly (readonly [why: string, word: number])[] = [
    ['half precision arithmetic', 0xf2120d44],
    ['a quadword of odd doublewords', 0xf2021d44],
    ['a quadword pair', 0xf3020d44],
    ['half precision by a scalar', 0xf3920164],
    ['a fixed-point conversion of 16 bits', 0xf29c0e52],
    ['an estimate of another size', 0xf3b70542],
    ['an integer conversion of another size', 0xf3b70642],
    ['a half precision conversion of another size', 0xf3ba0602],
    ['a half precision conversion of odd doublewords', 0xf3b60603],
    ['a comparison with zero of doublewords', 0xf3bd0142],
    ['a single precision comparison with zero of halfwords', 0xf3b50442],
    ['a sign change of halfwords in single precision', 0xf3b50742],
  ];
  for (const [why, word] of undefinedWords) {
    it(`is undefined for ${why}`, () => {
      assert.ok((decodeA32(word)?.name ?? '') in NEON_FLOAT_PATTERNS, decodeA32(word)?.name);
      machine(word, false, {}).run(1).expect({ pc: UNDEFINED_VECTOR });
    });
  }

  it('is undefined while FPEXC.EN is clear, every row', () => {
    for (const { text, word } of CASES) {
      const m = machine(word, false, {}).set({ fpexc: 0 }).run(1);
      assert.equal(m.get('pc'), UNDEFINED_VECTOR, text);
    }
  });
});

describe('single precision under the standard FPSCR value', () => {
  const env = new Int32Array(ArmSlot.Fpscr + 1);
  const words = new Uint32Array(4);
  const standard = new StandardFloat(env, new Float32Array(words.buffer), words);

  function generator(seed: number): () => number {
    let x = seed;
    return () => {
      x ^= x << 13;
      x ^= x >>> 17;
      x ^= x << 5;
      return x >>> 0;
    };
  }
  const CORNERS = [0, 1, 0x7fffff, 0x800000, 0x800001, 0x3f800000, 0x3f800001, 0x40000000, 0x4b800000, 0x7f7fffff];
  CORNERS.push(INFINITY, SIGNALLING, NAN, 0x7fffffff, 0x00c00000, 0x4f000000);
  const random = generator(0x5eed);
  const operand = (): number => {
    const bits = random();
    const kind = random() & 3;
    if (kind === 0) return bits;
    if (kind === 1) return ((bits & 0x83ffffff) | 0x3c000000) >>> 0;
    if (kind === 2) return (bits & 0x81ffffff) >>> 0;
    return (CORNERS[bits & 15] | (bits & 0x80000000)) >>> 0;
  };

  /** Result and flags of the exact way. */
  function expected(op: (status: FloatStatus) => bigint): string {
    const status = Object.assign(new FloatStatus(), { flushToZero: true, defaultNan: true });
    const bits = op(status);
    return `${hex(Number(bits))} ${status.flags}`;
  }

  /** Result and flags of the quick way, on lanes 0, 1 and 2. */
  function computed(op: (a: number, b: number, c: number) => number): string {
    env[ArmSlot.Fpscr] = 0;
    standard.begin();
    standard.put(3, op(standard.operand(0), standard.operand(1), standard.operand(2)));
    standard.end();
    return `${hex(words[3])} ${env[ArmSlot.Fpscr]}`;
  }

  const each = (count: number, check: (a: bigint, b: bigint, text: string) => void): void => {
    for (let i = 0; i < count; i++) {
      words.set([operand(), operand(), 0]);
      check(BigInt(words[0]), BigInt(words[1]), `${hex(words[0])} ${hex(words[1])}`);
    }
  };

  for (const name of ['add', 'subtract', 'multiply'] as const) {
    it(`${name} is exact`, () => {
      each(60_000, (a, b, text) => {
        const quick = computed((x, y) => standard[name](x, y));
        assert.equal(
          quick,
          expected((s) => exact[name](BINARY32, a, b, s)),
          text,
        );
      });
    });
  }

  it('a fused multiply and add is exact', () => {
    // Numbers of few enough bits for double precision to hold everything, and cancellation where it does not.
    for (let i = 0; i < 60_000; i++) {
      const near = ((random() & 0x807fffff) | (0x3f000000 + ((random() & 15) << 23))) >>> 0;
      words.set([near, ((random() & 0x807fffff) | 0x3f800000) >>> 0, operand()]);
      const [a, b, c] = [...words].slice(0, 3).map(BigInt);
      if ((words[2] & 0x7f800000) === 0x7f800000) continue;
      const quick = computed((x, y, z) => standard.fusedMultiplyAdd(x, y, z));
      assert.equal(
        quick,
        expected((s) => fusedExactly(a, b, c, s)),
        `${hex(words[0])} ${hex(words[1])} ${hex(words[2])}`,
      );
    }
  });

  it('conversions to half precision and back are exact', () => {
    const unit = new NeonUnit(new Int32Array(ArmSlot.D0 + 128));
    const wanted = (from: FloatFormat, to: FloatFormat, bits: number[]): string => {
      const status = Object.assign(new FloatStatus(), { flushToZero: true, defaultNan: true });
      const results = bits.map((word) => Number(convert.convertFormat(from, to, BigInt(word), status)));
      return `${results.map(hex).join(' ')} ${status.flags}`;
    };
    const BOUNDS = [65504, 65519.99, 65520, 65536, 2 ** -14, 2 ** -14 - 2 ** -38, 2047.5, 2048.5, 4095.9, 2049, 2051];
    for (let i = 0; i < 20_000; i++) {
      for (let lane = 0; lane < 4; lane++) unit.u32[4 + lane] = operand();
      unit.f32[4] = BOUNDS[i % BOUNDS.length];
      unit.f32[5] = (random() & 1 ? 1 : -1) * random() * 2 ** -((random() % 40) + 8);
      const text = [...unit.u32.subarray(4, 8)].map(hex).join(' ');
      unit.env[ArmSlot.Fpscr] = 0;
      FLOAT_OPERATIONS.fcvtn_half(unit, 0, 2, 0, 0);
      const halves = [...unit.u16.subarray(0, 4)];
      const narrow = `${halves.map(hex).join(' ')} ${unit.env[ArmSlot.Fpscr]}`;
      assert.equal(narrow, wanted(BINARY32, BINARY16, [...unit.u32.subarray(4, 8)]), text);
      unit.u16[3] = random();
      const sources = [...unit.u16.subarray(0, 4)];
      unit.env[ArmSlot.Fpscr] = 0;
      FLOAT_OPERATIONS.fcvtl_half(unit, 0, 0, 0, 0);
      const wide = `${[...unit.u32.subarray(0, 4)].map(hex).join(' ')} ${unit.env[ArmSlot.Fpscr]}`;
      assert.equal(wide, wanted(BINARY16, BINARY32, sources), sources.map(hex).join(' '));
    }
  });

  it('comparisons are exact', () => {
    each(30_000, (a, b, text) => {
      const quick = computed((x, y) => (standard.greaterEqual(x, y) ? 1 : 0));
      const wanted = expected((s) => {
        const relation = exact.compare(BINARY32, a, b, true, s);
        return relation === Relation.Greater || relation === Relation.Equal ? 0x3f800000n : 0n;
      });
      assert.equal(quick, wanted, text);
    });
  });

  it('conversions to fixed point are exact', () => {
    const type = { minimum: -(2n ** 31n), maximum: 2n ** 31n - 1n };
    each(30_000, (a, _b, text) => {
      const fraction = random() % 33;
      env[ArmSlot.Fpscr] = 0;
      standard.begin();
      const quick = standard.toFixed(standard.operand(0), fraction, -0x80000000, 0x7fffffff);
      standard.end();
      const wanted = expected((s) => BigInt.asUintN(32, convert.toInteger(BINARY32, a, type, 3, s, fraction)));
      assert.equal(`${hex(quick)} ${env[ArmSlot.Fpscr]}`, wanted, `${text} ${fraction}`);
    });
  });
});

/** a * b + c of finite numbers with one rounding, by exact integers in units of 2^-298. */
function fusedExactly(a: bigint, b: bigint, c: bigint, status: FloatStatus): bigint {
  const units = (bits: bigint): bigint => {
    const exponent = (bits >> 23n) & 255n;
    if (exponent === 0n) {
      if (bits & 0x7fffffn) status.flags |= INPUT_DENORMAL;
      return 0n;
    }
    const magnitude = ((bits & 0x7fffffn) | 0x800000n) << (exponent - 1n);
    return bits >> 31n ? -magnitude : magnitude;
  };
  const [x, y, z] = [units(a), units(b), units(c)];
  const sum = x * y + (z << 149n);
  if (sum === 0n) {
    const negativeProduct = (a ^ b) >> 31n === 1n;
    return x * y === 0n && negativeProduct && c >> 31n === 1n ? 0x80000000n : 0n;
  }
  return convert.fromInteger(BINARY32, sum, status, 298);
}
