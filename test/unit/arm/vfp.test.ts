import assert from 'node:assert/strict';
import { ArmMachine, hex } from './arm-machine';

const CODE = 0x1000;
const SYS = 0x1df;
const USR = 0x1d0;
const UNDEFINED_VECTOR = 4;
const CPACR_FULL = 0xf00000;
const FPEXC_EN = 0x40000000;

/** A machine whose floating point is on, with A32 code and its registers. */
function machine(code: readonly number[], registers: Record<string, number> = {}): ArmMachine {
  return new ArmMachine()
    .words(CODE, ...code, 0xeafffffe)
    .set({ cpsr: SYS, cpacr: CPACR_FULL, fpexc: FPEXC_EN, pc: CODE, ...registers });
}

const single = (value: number): number => new Uint32Array(new Float32Array([value]).buffer)[0];

/** d`n` in hexadecimal. */
function doubleword(m: ArmMachine, n: number): string {
  const found = m.cpu.registers().find((r) => r.name === `d${n}`);
  return hex(found?.high ?? 0) + hex(found?.value ?? 0);
}

describe('floating point', () => {
  const VADD = 0xee300a20; // vadd.f32 s0, s0, s1
  const VMRS_FPEXC = 0xeef80a10; // vmrs r0, fpexc
  const VMRS_FPSID = 0xeef00a10;

  it('is undefined while FPEXC.EN is clear, its system registers are not', () => {
    machine([VADD], { fpexc: 0 }).run(1).expect({ pc: UNDEFINED_VECTOR });
    machine([VMRS_FPEXC, VMRS_FPSID], { fpexc: 0, r0: 1 })
      .run(2)
      .expect({ r0: 0x41033090, pc: CODE + 8 });
  });

  it('is undefined where the CPACR keeps it from the mode', () => {
    machine([VADD], { cpacr: 0 }).run(1).expect({ pc: UNDEFINED_VECTOR });
    machine([VMRS_FPEXC], { cpacr: 0 }).run(1).expect({ pc: UNDEFINED_VECTOR });
    machine([VADD], { cpacr: 0x500000 })
      .run(1)
      .expect({ pc: CODE + 4 });
    machine([VADD], { cpacr: 0x500000, cpsr: USR }).run(1).expect({ pc: UNDEFINED_VECTOR });
    machine([VADD], { cpsr: USR })
      .run(1)
      .expect({ pc: CODE + 4 });
    machine([VMRS_FPEXC], { cpsr: USR }).run(1).expect({ pc: UNDEFINED_VECTOR });
  });

  it('is switched on by the instructions after a write of CPACR and FPEXC', () => {
    // mcr cpacr; isb; vmsr fpexc, r1; vadd.f32
    machine([0xee010f50, 0xf57ff06f, 0xeee81a10, VADD], {
      cpacr: 0,
      fpexc: 0,
      r0: CPACR_FULL,
      r1: FPEXC_EN,
      s0: single(1),
      s1: single(2),
    })
      .run(4)
      .expect({ pc: CODE + 16, s0: single(3) });
  });

  it('accumulates exceptions and hands comparisons to the flags', () => {
    machine([0xee800a20, 0xeeb40a60, 0xeef1fa10], { s0: single(1), s1: single(3), r0: 0 }) // vdiv; vcmp; vmrs apsr
      .run(3)
      .expect({ s0: 0x3eaaaaab, fpscr: 0x80000010, cpsr: 0x80000000 | SYS });
    machine([0xeeb50ac0], { s0: 0x7fc00000 }) // vcmpe.f32 s0, #0 of a NaN
      .run(1)
      .expect({ fpscr: 0x30000001 });
  });

  it('computes in the mode that FPSCR says', () => {
    const third = (fpscr: number) =>
      machine([0xee800a20], { s0: single(1), s1: single(3), fpscr })
        .run(1)
        .get('s0');
    assert.deepEqual(
      [0, 1, 2, 3].map((mode) => hex(third(mode << 22))),
      ['3eaaaaab', '3eaaaaab', '3eaaaaaa', '3eaaaaaa'],
    );
    machine([VADD], { s0: 1, s1: 0x80000002, fpscr: 1 << 24 })
      .run(1)
      .expect({ s0: 0, fpscr: 0x01000080 });
    machine([VADD], { s0: 0xffc12345, s1: 0, fpscr: 1 << 25 })
      .run(1)
      .expect({ s0: 0x7fc00000 });
  });

  it('computes in double precision, also in d16 to d31', () => {
    const m = machine([0xec410b30, 0xec432b31, 0xee702ba1], {
      r0: 0,
      r1: 0x3ff80000,
      r2: 0,
      r3: 0x40020000,
    }).run(3); // vmov d16, r0, r1; vmov d17, r2, r3; vadd.f64 d18, d16, d17
    assert.equal(doubleword(m, 18), '400e000000000000');
    assert.equal(m.cpu.registers().find((r) => r.name === 'd18')?.description, '3.75');
  });

  it('multiplies and accumulates with two roundings', () => {
    // vmla.f32 s2, s0, s1: (1 + 2^-12)^2 - 1 loses the product's last bit.
    machine([0xee001a20], { s0: 0x3f800800, s1: 0x3f800800, s2: single(-1) })
      .run(1)
      .expect({ s2: single(2 ** -11), fpscr: 0x10 });
  });

  it('transfers to and from memory', () => {
    const m = machine([0xecb00b05, 0xed200b04, 0xed911a01], { r0: 0x2000, r1: 0x2000 });
    m.words(0x2000, 1, 2, 3, 4, 5, 6, 7);
    m.run(1); // fldmiax r0!, {d0-d1}
    m.expect({ r0: 0x2014, s0: 1, s1: 2, s2: 3, s3: 4 });
    m.run(1); // vstmdb r0!, {d0-d1}
    m.expect({ r0: 0x2004 });
    assert.deepEqual(
      [0x2004, 0x2008, 0x200c, 0x2010].map((a) => m.word(a)),
      [1, 2, 3, 4],
    );
    m.run(1).expect({ s2: 1 }); // vldr s2, [r1, #4]
  });

  it('wants words aligned', () => {
    // vldr d0, [r0] at a word's address, then at a halfword's
    machine([0xed900b00], { r0: 0x2004 })
      .run(1)
      .expect({ pc: CODE + 4 });
    machine([0xed900b00], { r0: 0x2002 }).run(1).expect({ pc: 0x10, dfar: 0x2002, dfsr: 1 });
    machine([0xed800b00], { r0: 0x2006 }).run(1).expect({ pc: 0x10, dfar: 0x2006, dfsr: 0x801 });
  });

  it('works on short vectors', () => {
    // vadd.f32 s14, s22, s30: 3 elements, around the banks of eight
    const operands = { s22: 1, s23: 3, s16: 5, s30: 2, s31: 4, s24: 6 };
    const registers = Object.fromEntries(Object.entries(operands).map(([name, value]) => [name, single(value)]));
    machine([0xee3b7a0f], { ...registers, s14: 0, s15: 0, s8: 0, s9: 0, fpscr: 2 << 16 })
      .run(1)
      .expect({ s14: single(3), s15: single(7), s8: single(11), s9: 0 });
  });

  it('moves scalars', () => {
    // vmov.8 d1[5], r0; vmov.u8 r1, d1[5]; vmov.s8 r2, d1[5]; vdup.16 q9, r0
    const m = machine([0xee610b30, 0xeef11b30, 0xee712b30, 0xeea20bb0], { r0: 0x1ff, s2: 1, s3: 0x12345678 });
    m.run(4).expect({ s2: 1, s3: 0x1234ff78, r1: 0xff, r2: 0xffffffff });
    assert.deepEqual(
      [18, 19].map((n) => doubleword(m, n)),
      ['01ff01ff01ff01ff', '01ff01ff01ff01ff'],
    );
  });
});
