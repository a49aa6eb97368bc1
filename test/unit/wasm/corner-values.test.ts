import assert from 'node:assert/strict';
import { TIER_POLICIES, type TierPolicy } from '../../../src/emulator/tier-policy';
import { ArmMachine } from '../arm/arm-machine';

/*
 * Every operation of floating point that compiled code carries out itself, on all pairs of values at the borders of what it
 * takes itself, in several modes: the interpreter's results and flags. The helpers are proved elsewhere.
 */

const CODE = 0x1000;
const PAIRS = 0x10000;
const RESULTS = 0x40000;
const END = 0x100000;

const SYS = 0x1df;
const FPEXC_EN = 0x40000000;
const CPACR_FULL = 0xf00000;

/** Modes: usual; inexact not raised; toward zero; flush-to-zero; default NaN. */
const MODES = [0x10, 0, 0x10 | (3 << 22), 0x10 | (1 << 24), 0x10 | (1 << 25)];

const DOUBLES = [
  ...[0n, 1n, 0x000fffffffffffffn, 0x0010000000000000n, 0x0010000000000001n, 0x001fffffffffffffn],
  ...[0x3fdfffffffffffffn, 0x3fe0000000000000n, 0x3fefffffffffffffn, 0x3ff0000000000000n, 0x3ff0000000000001n],
  ...[0x3ca0000000000000n, 0x4000000000000000n, 0x41dfffffffc00000n, 0x41dfffffffe00000n, 0x41e0000000000000n],
  ...[0x41efffffffe00000n, 0x41f0000000000000n, 0x380fffffffffffffn, 0x3810000000000000n, 0x47efffffefffffffn],
  ...[0x47eff00000000000n, 0x7fe0000000000000n, 0x7fefffffffffffffn, 0x7ff0000000000000n, 0x7ff0000000000001n],
  ...[0x7ff8000000000000n, 0x7ff8123456789abcn],
];
const SINGLES = [
  ...[0, 1, 0x007fffff, 0x00800000, 0x00800001, 0x00ffffff, 0x3effffff, 0x3f000000, 0x3f7fffff, 0x3f800000, 0x3f800001],
  ...[0x33800000, 0x40000000, 0x4b7fffff, 0x4efffffe, 0x4effffff, 0x4f000000, 0x4f7fffff, 0x4f800000, 0x7f000000],
  ...[0x7f7fffff, 0x7f800000, 0x7f800001, 0x7fc00000, 0x7fc12345, 0x0000ffff, 0x01000001, 0x7ffffffd],
];

const SIGN_64 = 1n << 63n;
const SIGN_32 = 0x80000000;

interface Case {
  /** A32 encodings; results in d2 or d3 (s4 to s7). Operands are in d0 and d1, or s0 and s2; d2 and s4 are 1.5 before. */
  readonly op: number;
  readonly name: string;
}

const cases = (sz: number): Case[] => {
  const all: [string, number][] = [
    ['vadd', 0x0e300a00],
    ['vsub', 0x0e300a40],
    ['vmul', 0x0e200a00],
    ['vnmul', 0x0e200a40],
    ['vdiv', 0x0e800a00],
    ['vmla', 0x0e000a00],
    ['vmls', 0x0e000a40],
    ['vnmls', 0x0e100a00],
    ['vnmla', 0x0e100a40],
  ];
  const one: [string, number][] = [
    ['vabs', 0x0eb00ac0],
    ['vneg', 0x0eb10a40],
    ['vsqrt', 0x0eb10ac0],
    ['vcvt precision', 0x0eb70ac0],
    ['vcvt unsigned', 0x0ebc0ac0],
    ['vcvt signed', 0x0ebd0ac0],
    ['vcvtr signed', 0x0ebd0a40],
    ['vcvt from unsigned', 0x0eb80a40],
    ['vcvt from signed', 0x0eb80ac0],
  ];
  const compared: [string, number][] = [
    ['vcmp', 0x0eb40a40],
    ['vcmpe', 0x0eb40ac0],
    ['vcmp zero', 0x0eb50a40],
  ];
  // d2, d0, d1: of singles s4, s0, s2.
  const of = (op: number): number => (0xe0000000 | op | (sz << 8)) >>> 0;
  return [
    ...all.map(([name, op]) => ({ name, op: of(op) | 0x2001 })),
    // The operand is d0: s0.
    ...one.map(([name, op]) => ({ name, op: of(op) | 0x2000 })),
    ...compared.map(([name, op]) => ({ name, op: of(op) | (name === 'vcmp zero' ? 0 : 1) })),
  ].map(({ name, op }) => ({ name: `${name}.f${sz ? 64 : 32}`, op: op >>> 0 }));
};

/** For each case: the modes, the operation, FPSCR, and both stored. */
function program(sz: number): number[] {
  const words = [0xecb90b04]; // vldmia r9!, {d0, d1}
  for (const { op } of cases(sz)) {
    words.push(sz ? 0xeeb72b08 : 0xeeb72a08); // vmov d2, #1.5 (s4)
    words.push(0xeee17a10); // vmsr fpscr, r7
    words.push(op, 0xeef10a10); // vmrs r0, fpscr
    words.push(0xecaa2b02, 0xe48a0004); // vstmia r10!, {d2}; str r0, [r10], #4
  }
  words.push(0xe2566001, (0x1a000000 | ((-words.length - 3) & 0xffffff)) >>> 0); // subs r6, r6, #1; bne
  words.push(0xeafffffe);
  return words;
}

function pairs(sz: number): { words: Uint32Array; count: number } {
  const signed = sz
    ? DOUBLES.flatMap((x) => [x, x | SIGN_64])
    : SINGLES.flatMap((x) => [BigInt(x), BigInt((x | SIGN_32) >>> 0)]);
  const result = new BigUint64Array(signed.flatMap((a) => signed.flatMap((b) => [a, b])));
  return { words: new Uint32Array(result.buffer), count: result.length / 2 };
}

/** What is stored for a range of pairs. */
function results(sz: number, mode: number, words: Uint32Array, count: number, policy?: TierPolicy): Uint8Array {
  const m = new ArmMachine({}, policy).words(CODE, ...program(sz)).words(PAIRS, ...words);
  m.cpu.reset(CODE);
  m.machine.execs[0].mappingChanged();
  m.set({ cpsr: SYS, cpacr: CPACR_FULL, fpexc: FPEXC_EN, pc: CODE, r7: mode, r6: count, r9: PAIRS, r10: RESULTS });
  const length = program(sz).length;
  m.run(count * length);
  assert.equal(m.get('r6'), 0);
  const stored = count * cases(sz).length * 12;
  assert.equal(m.get('r10'), RESULTS + stored);
  return m.machine.readPhysical(RESULTS, stored);
}

describe('corner values in compiled code', function () {
  this.timeout(300_000);

  for (const sz of [1, 0]) {
    for (const mode of MODES) {
      it(`${sz ? 'double' : 'single'} precision, FPSCR ${mode.toString(16)}`, () => {
        const { words, count } = pairs(sz);
        const perRun = Math.floor((END - RESULTS) / (12 * cases(sz).length));
        for (let from = 0; from < count; from += perRun) {
          const number = Math.min(perRun, count - from);
          const part = words.subarray(4 * from, 4 * (from + number));
          const [expected, found] = [undefined, TIER_POLICIES.wasm].map((policy) =>
            results(sz, mode, part, number, policy),
          );
          for (let at = 0; at < expected.length; at += 12) {
            const [a, b] = [expected, found].map((bytes) => Buffer.from(bytes.subarray(at, at + 12)).toString('hex'));
            if (a === b) continue;
            const n = at / 12;
            const { name } = cases(sz)[n % cases(sz).length];
            const pair = 4 * Math.floor(n / cases(sz).length);
            const inputs = [...part.subarray(pair, pair + 4)].map((word) => word.toString(16)).join(' ');
            assert.equal(b, a, `${name} of ${inputs}`);
          }
        }
      });
    }
  }
});
