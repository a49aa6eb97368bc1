import assert from 'node:assert/strict';
import { CpuStop } from '../../../src/emulator/cpu-exec';
import { TIER_POLICIES } from '../../../src/emulator/tier-policy';
import { Cp15Slot } from '../../../src/target/arm/cp15/state';
import { ArmSlot } from '../../../src/target/arm/cpu-state';
import { ArmMachine } from '../arm/arm-machine';
import { Random } from './random';

/*
 * Random programs of floating point and of transfers of several registers, on the interpreter and on compiled code side by
 * side. Operands are taken from corner values, in all rounding modes, with and without flush-to-zero and default NaNs, with
 * the inexact flag raised before or not. Transfers cross pages, are aligned or not, and fault in the middle.
 */

const CODE = 0x1000;
const LEVEL1 = 0x4000;
const LEVEL2 = 0x10000;
const VALUES = 0x12000;
const DATA = 0x20000;
const PAGE = 0x1000;
/** DATA's third page lies elsewhere, its fourth is read-only, its fifth is not mapped. */
const ELSEWHERE = 0x40000;

const SYS = 0x1df;
const BIG_ENDIAN = 0x200;
const FPEXC_EN = 0x40000000;
const CPACR_FULL = 0xf00000;
/** What the abort vector does: subs pc, lr, #4, on behind the access. */
const SKIP = 0xe25ef004;
/** What the vector of undefined instructions does: movs pc, lr. */
const SKIP_UNDEFINED = 0xe1b0f00e;
const AL = 0xe;

const SINGLES = [
  ...[0, 1, 0x007fffff, 0x00800000, 0x00800001, 0x00ffffff, 0x3f7fffff, 0x3f800000, 0x3f800001, 0x40490fdb],
  ...[0x4b7fffff, 0x4b800000, 0x4effffff, 0x4f000000, 0x7e7fffff, 0x7f7fffff, 0x7f800000, 0x7f800001, 0x7fbfffff],
  ...[0x7fc00000, 0x7fc12345, 0x33800000, 0x34000000, 0x1f800000, 0x20000000, 0x5f000000],
];
const DOUBLE_TOPS = [
  ...[0, 0x00000001, 0x000fffff, 0x00100000, 0x001fffff, 0x3fefffff, 0x3ff00000, 0x3ff00001, 0x400921fb, 0x41dfffff],
  ...[0x41e00000, 0x41efffff, 0x41f00000, 0x43300000, 0x7fdfffff, 0x7fefffff, 0x7ff00000, 0x7ff00001, 0x7ff7ffff],
  ...[0x7ff80000, 0x7ff81234, 0x3ca00000, 0x1ff00000, 0x20000000, 0x380fffff, 0x38100000, 0x47efffff, 0x47f00000],
];

/** Words of which about half are corner values of either precision, of either sign. */
function values(r: Random, count: number): number[] {
  const sign = (): number => (r.below(2) ? 0x80000000 : 0);
  return Array.from({ length: count / 2 }, () => {
    switch (r.below(4)) {
      case 0:
        return [(r.one(SINGLES) | sign()) >>> 0, (r.one(SINGLES) | sign()) >>> 0];
      case 1:
        return [r.one([0, 0, 1, 0xffffffff, r.word()]), (r.one(DOUBLE_TOPS) | sign()) >>> 0];
      case 2:
        // Near 1, so that sums and products stay in range.
        return [r.word(), (0x3f800000 + (r.below(0x1000000) - 0x800000)) | sign()].map((word) => word >>> 0);
      default:
        return [r.word(), (0x3ff00000 + (r.below(0x400000) - 0x200000)) | sign()].map((word) => word >>> 0);
    }
  }).flat();
}

const TWO_OPERANDS = [
  ...[0x0e300a00, 0x0e300a40, 0x0e200a00, 0x0e200a40, 0x0e800a00],
  ...[0x0e000a00, 0x0e000a40, 0x0e100a00, 0x0e100a40],
];
const ONE_OPERAND = [
  ...[0x0eb00a40, 0x0eb00ac0, 0x0eb10a40, 0x0eb10ac0, 0x0eb40a40, 0x0eb40ac0, 0x0eb50a40, 0x0eb50ac0, 0x0eb70ac0],
  ...[0x0eb80a40, 0x0eb80ac0, 0x0ebc0ac0, 0x0ebd0ac0, 0x0ebc0a40, 0x0ebd0a40, 0x0eb20a40, 0x0eb30a40],
];
/** vmov between core registers and singles, doubles, scalars; vmrs. */
const MOVES = [
  0x0e000a10, 0x0e100a10, 0x0c500a10, 0x0c400a10, 0x0c500b10, 0x0c400b10, 0x0e000b10, 0x0e200b10, 0x0e100b10,
];
const VMRS_APSR = 0x0ef1fa10;

/** A register operand's fields, D and Vd: few registers, so that results are operands. */
const destination = (r: Random): number => (r.below(6) << 12) | (r.below(2) << 22);
const registers = (r: Random): number =>
  destination(r) | (r.below(6) << 16) | (r.below(2) << 7) | r.below(6) | (r.below(2) << 5);

function arithmetic(r: Random): number {
  const sz = r.below(3) ? 0x100 : 0;
  if (r.below(3)) return r.one(TWO_OPERANDS) | sz | registers(r);
  if (r.below(6) === 0) return 0x0eb00a00 | sz | destination(r) | (r.below(16) << 16) | r.below(16);
  return r.one(ONE_OPERAND) | sz | (registers(r) & ~0x000f0080);
}

/** Of r0..r6; the second register of a pair is the one after. */
function move(r: Random): number {
  const rt = r.below(6);
  return r.one(MOVES) | (rt << 12) | ((rt + 1) << 16) | r.below(6);
}

/** Loads and stores by r8: of singles, doubles, several of either, of core registers one, two, several. */
function transfer(r: Random): number {
  const load = r.below(2) << 20;
  const sz = r.below(2) << 8;
  const back = r.below(4) ? 0 : 1 << 21;
  const list = r.below(128) | (1 << r.below(7));
  switch (r.below(8)) {
    case 0:
    case 1:
      return 0x0d880a00 | load | sz | destination(r) | r.below(6);
    case 2:
      return 0x0c880a00 | load | sz | back | destination(r) | (2 + 2 * r.below(sz ? 10 : 5));
    case 3:
      return 0x0d280a00 | load | sz | destination(r) | (2 + 2 * r.below(sz ? 10 : 5));
    case 4:
      // ldrd, strd
      return 0x01c800d0 | (load ? 0 : 0x20) | ((2 * r.below(3)) << 12) | (r.below(6) << 2);
    case 5:
      // ldr, ldrb, str, strb
      return 0x05880000 | load | (r.below(2) << 22) | (r.below(7) << 12) | r.below(32);
    default:
      return 0x08080000 | load | back | (r.below(4) << 23) | list;
  }
}

/** movw, movt */
function setRegister(n: number, value: number): number[] {
  return [0xe3000000, 0xe3400000].map((op, i) => {
    const half = (value >>> (16 * i)) & 0xffff;
    return (op | (n << 12) | ((half & 0xf000) << 4) | (half & 0xfff)) >>> 0;
  });
}

/** r8: near the end of a page, aligned or not. */
function address(r: Random): number[] {
  const page = DATA + PAGE * r.one([0, 0, 0, 1, 1, 2, 3]);
  const offset = r.below(3) ? PAGE - 4 * (1 + r.below(24)) : 0x100 + 4 * r.below(64);
  const at = page + offset + (r.below(12) ? 0 : r.below(4));
  return setRegister(8, at);
}

function body(r: Random, length: number): number[] {
  return Array.from({ length }, () => {
    const cond = ((r.below(4) ? AL : r.below(14)) << 28) >>> 0;
    switch (r.below(10)) {
      case 0:
        return [(cond | VMRS_APSR) >>> 0];
      case 1:
        return [(cond | move(r)) >>> 0];
      case 2:
        return [...address(r), (cond | transfer(r)) >>> 0];
      case 3:
        return [(cond | transfer(r)) >>> 0];
      case 4:
        return [(cond | 0x02900000 | (r.below(7) << 16) | (r.below(7) << 12) | r.below(256)) >>> 0]; // adds
      default:
        return [(cond | arithmetic(r)) >>> 0];
    }
  }).flat();
}

const branch = (from: number, to: number, cond: number): number =>
  ((cond << 28) | 0x0a000000 | (((to - from - 8) >> 2) & 0xffffff)) >>> 0;

/** An endless program: each part takes new values and repeats itself a few times. */
function program(r: Random): number[] {
  const words: number[] = [];
  const at = (): number => CODE + 4 * words.length;
  for (let part = 0; part < 5; part++) {
    words.push(...setRegister(9, VALUES));
    words.push(0xe28cc080, 0xe20ccd3f); // add r12, r12, #128; and r12, r12, #0xfc0
    words.push(0xe089900c); // add r9, r9, r12
    words.push(0xec990b10, 0xecd90b10); // vldmia r9, {d0-d7}; vldmia r9, {d16-d23}
    words.push(...address(r));
    words.push((0xe3a0a000 | (1 + r.below(3))) >>> 0); // mov r10, #n
    const loop = at();
    words.push(...body(r, 4 + r.below(10)));
    const skip = words.length;
    words.push(0);
    words.push(...body(r, 1 + r.below(4)));
    words[skip] = branch(CODE + 4 * skip, at(), r.below(14));
    words.push(...body(r, 1 + r.below(3)));
    words.push(0xe25aa001, branch(at() + 4, loop, 1)); // subs r10, r10, #1; bne
  }
  words.push(branch(at(), CODE, AL));
  return words;
}

interface Setting {
  readonly words: readonly number[];
  readonly values: readonly number[];
  readonly fpscr: number;
  readonly mmu: boolean;
  /** Data is big-endian. */
  readonly big?: boolean;
}

/** Level 1 has one table, whose pages lead to themselves but for DATA's. */
function mapPages(m: ArmMachine): void {
  m.words(LEVEL1, LEVEL2 | 1);
  const small = (physical: number, readOnly = false): number => physical | 0x32 | (readOnly ? 0x200 : 0);
  const pages = Array.from({ length: 256 }, (_, n) => small(n * PAGE));
  const data = DATA / PAGE;
  pages[data + 2] = small(ELSEWHERE);
  pages[data + 3] = small((data + 3) * PAGE, true);
  pages[data + 4] = 0;
  m.words(LEVEL2, ...pages);
  m.env[Cp15Slot.TTBR0] = LEVEL1;
  m.env[Cp15Slot.DACR] = 1;
  m.env[Cp15Slot.SCTLR] |= 1;
}

function machine(
  { words, values: table, fpscr, mmu, big }: Setting,
  policy?: (typeof TIER_POLICIES)['auto'],
): ArmMachine {
  const m = new ArmMachine({}, policy)
    .words(4, SKIP_UNDEFINED)
    .words(0x10, SKIP)
    .words(CODE, ...words)
    .words(VALUES, ...table);
  m.cpu.reset(CODE);
  if (mmu) mapPages(m);
  m.machine.execs[0].mappingChanged();
  return m.set({ cpsr: big ? SYS | BIG_ENDIAN : SYS, cpacr: CPACR_FULL, fpexc: FPEXC_EN, fpscr, pc: CODE, r12: 0 });
}

function state({ env, machine: { execs }, machine: whole }: ArmMachine): unknown {
  const memory = [DATA, ELSEWHERE].map((from) => Buffer.from(whole.readPhysical(from, 5 * PAGE)).toString('base64'));
  return {
    words: [...env.subarray(0, 64)],
    floats: [...env.subarray(ArmSlot.D0, ArmSlot.VfpScratch + 2)].map((word) => (word >>> 0).toString(16)),
    instructions: execs[0].instructions,
    memory,
  };
}

/** Rounding, flush-to-zero, default NaN, and what is raised already. */
function fpscrOf(r: Random): number {
  if (r.below(2)) return r.one([0x10, 0x10, 0x9f]);
  return (r.below(4) << 22) | (r.below(2) << 24) | (r.below(2) << 25) | r.one([0, 0x10]);
}

function compare(seed: number, policy: (typeof TIER_POLICIES)['auto'], mmu: boolean, big = false): ArmMachine {
  const r = new Random(seed);
  const setting = { words: program(r), values: values(r, 1024), fpscr: fpscrOf(r), mmu, big };
  const [interpreted, compiled] = [machine(setting), machine(setting, policy)];
  for (let stop = 0; stop < 60; stop++) {
    const budget = r.one([1, 3, 30, 400, 2000]) + r.below(20);
    for (const each of [interpreted, compiled]) assert.equal(each.machine.execs[0].run(budget, false), CpuStop.Budget);
    assert.deepEqual(state(compiled), state(interpreted), `seed ${seed}, stop ${stop}`);
  }
  return compiled;
}

describe('floating point and transfers in compiled code', function () {
  this.timeout(300_000);

  for (const mmu of [false, true]) {
    it(`random programs: as interpreted, ${mmu ? 'by pages' : 'with physical addresses'}`, () => {
      for (let seed = 1; seed <= 25; seed++) {
        const { machine: compiled } = compare(seed, TIER_POLICIES.wasm, mmu);
        const { statistics } = compiled.execs[0].tier ?? assert.fail();
        assert.ok(statistics.functions > 5, JSON.stringify({ seed, ...statistics }));
      }
    });
  }

  it('random programs: as interpreted, when data is big-endian', () => {
    for (let seed = 301; seed <= 316; seed++) {
      const { machine: compiled } = compare(seed, TIER_POLICIES.wasm, seed % 2 === 0, true);
      const { statistics } = compiled.execs[0].tier ?? assert.fail();
      assert.ok(statistics.functions > 5, JSON.stringify({ seed, ...statistics }));
    }
  });

  it('random programs: as interpreted, when only hot code is compiled', () => {
    for (let seed = 101; seed <= 120; seed++)
      compare(seed, { ...TIER_POLICIES.auto, threshold: 8, batch: 2, wait: 0 }, true);
  });

  for (const mmu of [false, true]) {
    it(`several registers stored into the page of code behind, ${mmu ? 'by pages' : 'with physical addresses'}`, () => {
      // A loop: stm r8, {r0-r5} over the end of a page and what is called in the next one, and a call of it.
      const FUNCTION = DATA + PAGE;
      const code = [
        0xe888003f, // stm r8, {r0-r5}
        (0xeb000000 | (((FUNCTION - CODE - 12) >> 2) & 0xffffff)) >>> 0, // bl FUNCTION
        0xe2844001, // add r4, r4, #1: another constant in the function's first instruction
        branch(CODE + 12, CODE, AL),
      ];
      const setting = { words: code, values: [], fpscr: 0, mmu };
      const [interpreted, compiled] = [machine(setting), machine(setting, TIER_POLICIES.wasm)];
      for (const each of [interpreted, compiled]) {
        // mov r7, #n; add r6, r6, r7; bx lr: the first two words of the function are r4 and r5.
        each.set({ r0: 0, r1: 0, r2: 0, r3: 0, r4: 0xe3a07000, r5: 0xe0866007, r6: 0, r8: FUNCTION - 16 });
        each.words(FUNCTION + 8, 0xe12fff1e);
        for (let n = 0; n < 20; n++) each.machine.execs[0].run(35, false);
      }
      assert.equal(compiled.get('r6'), interpreted.get('r6'));
      assert.ok(compiled.get('r6') > 4000);
    });
  }
});
