import assert from 'node:assert/strict';
import {
  A32_ROWS,
  decodeA32,
  decodeT16,
  decodeT32,
  randomWord,
  T16_ROWS,
  T32_ROWS,
} from '../../../src/target/arm/decode';
import { disassembleArm, hasForm, type DisassembleOptions } from '../../../src/target/arm/disas';
import { compileForm, compileTemplate } from '../../../src/target/arm/disas/template';

const littleEndian = (word: number, size: number): Uint8Array =>
  Uint8Array.from({ length: size }, (_, n) => word >>> (8 * n));

const arm = (word: number, options?: DisassembleOptions, address = 0x100000) =>
  disassembleArm(address, littleEndian(word, 4), false, options);

/** One Thumb instruction by its halfwords. */
const thumb = (halves: number[], options?: DisassembleOptions, address = 0x100000) =>
  disassembleArm(address, Uint8Array.from(halves.flatMap((half) => [half & 0xff, half >>> 8])), true, options);

function generator(): () => number {
  let state = 0x2545f491;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

describe('ARM disassembly', () => {
  it('reads A32 data processing as an assembler writes it', () => {
    assert.equal(arm(0xe3a00010).text, 'mov r0, #0x10');
    assert.equal(arm(0xe3a00008).text, 'mov r0, #8');
    assert.equal(arm(0xe2800f40).text, 'add r0, r0, #64, #30', 'an immediate with a needless rotation');
    assert.equal(arm(0x51a09044).text, 'asrpl sb, r4, #0x20');
    assert.equal(arm(0xe1b02066).text, 'rrxs r2, r6');
    assert.equal(arm(0xe28f0004).text, 'add r0, pc, #4');
    assert.equal(arm(0xee076fd5).text, 'mcr p15, #0, r6, c7, c5, #6');
  });

  it('reads A32 memory accesses', () => {
    assert.equal(arm(0xe92d4010).text, 'push {r4, lr}');
    assert.equal(arm(0xe8bd8000).text, 'ldm sp!, {pc}', 'pop needs two registers');
    assert.equal(arm(0xe49df004).text, 'pop {pc}');
    assert.equal(arm(0xe50d3000).text, 'str r3, [sp, #-0]');
    assert.equal(arm(0xe79ff10b).text, 'ldr pc, [pc, fp, lsl #2]');
    assert.equal(arm(0xe1c3cafd).text, 'strd ip, sp, [r3, #0xad]');
    assert.equal(arm(0xe95ca02d).text, 'ldmdb ip, {r0, r2, r3, r5, sp, pc} ^');
  });

  it('reads Thumb', () => {
    assert.equal(thumb([0x2010]).text, 'movs r0, #0x10');
    assert.equal(thumb([0xf04f, 0x33ff]).text, 'mov.w r3, #-1');
    assert.equal(thumb([0xf000, 0x437f]).text, 'and r3, r0, #0xff000000');
    assert.equal(thumb([0xf851, 0x0d04]).text, 'ldr r0, [r1, #-0x4]!');
    assert.equal(thumb([0xe8bd, 0x83c0]).text, 'pop.w {r6, r7, r8, sb, pc}');
    assert.equal(thumb([0xbf0b]).text, 'itete eq');
    assert.equal(thumb([0xdefe]).mnemonic, 'trap');
  });

  it('reads floating-point instructions', () => {
    assert.equal(arm(0x8e1c1b0f).text, 'vnmlshi.f64 d1, d12, d15');
    assert.equal(arm(0xeebacb06).text, 'vmov.f64 d12, #-1.100000e+01');
    assert.equal(arm(0x0ef44b09).text, 'vmoveq.f64 d20, #1.953125e-01');
    assert.equal(arm(0xecfddb0c).text, 'vpop {d29, d30, d31}');
    assert.equal(arm(0xecb36b0b).text, 'fldmiax r3!, {d6, d7, d8, d9, d10}');
    assert.equal(arm(0xeef1fa10).text, 'vmrs apsr_nzcv, fpscr');
    assert.equal(arm(0x7e1d4a10).text, 'vmovvc r4, s26');
    assert.equal(thumb([0xed04, 0x7a11]).text, 'vstr s14, [r4, #-0x44]');
    assert.equal(thumb([0xee2e, 0x5bb0], { itState: 0x08 }).text, 'vmoveq.16 d30[2], r5');
  });

  it('reads Advanced SIMD', () => {
    assert.equal(arm(0xf36ead48).text, 'vabd.f32 q13, q7, q4');
    assert.equal(arm(0xf37c04cc).text, 'vshl.u64 q8, q6, q14');
    assert.equal(arm(0xf2c36ac9).text, '.byte 0xc9, 0x6a, 0xc3, 0xf2', 'a scalar of bytes');
    assert.equal(arm(0xf2d86a60).text, 'vmull.s16 q11, d8, d0[2]');
    assert.equal(arm(0xf3c58f5c).text, 'vmov.f32 q12, #-4.375000e-01');
    assert.equal(arm(0xf3872e7c).text, 'vmov.i64 q1, #0xffffffffffff0000');
    assert.equal(arm(0xf2802c14).text, 'vmov.i32 d2, #0x4ff');
    assert.equal(arm(0xf3d0aa10).text, 'vmovl.u16 q13, d0');
    assert.equal(arm(0xf3b61b23).text, 'vtbl.8 d1, {d6, d7, d8, d9}, d19');
    assert.equal(arm(0xf2ba48c4).text, 'vext.64 q2, q13, q2, #1');
    assert.equal(arm(0xf3e85e11).text, 'vcvt.f32.u32 d21, d1, #0x18');
    assert.equal(arm(0xf2025145).text, '.byte 0x45, 0x51, 0x02, 0xf2', 'a quadword of odd doublewords');
    assert.equal(arm(0xf42d221b).text, 'vld1.8 {d2, d3, d4, d5}, [sp:0x40], fp');
    assert.equal(arm(0xf40d331d).text, 'vst2.8 {d3, d4, d5, d6}, [sp:0x40]!');
    assert.equal(arm(0xf4e18fdf).text, 'vld4.32 {d24[], d25[], d26[], d27[]}, [r1:0x80]');
    assert.equal(arm(0xf4c1c535).text, 'vst2.16 {d28[0], d30[0]}, [r1:0x20], r5');
    assert.equal(thumb([0xef02, 0x0d52], { itState: 0x18 }).text, 'vmlane.f32 q0, q1, q1');
  });

  it('ends a text without operands with a blank, as the reference does', () => {
    assert.equal(arm(0xe320f000).text, 'nop ');
    assert.deepEqual([arm(0xe320f000).mnemonic, arm(0xe320f000).operands], ['nop', '']);
  });

  it('names the condition of an IT block only when told that it is in one', () => {
    assert.equal(thumb([0x2010], { itState: 0x08 }).text, 'moveq r0, #0x10');
    assert.equal(thumb([0x1812], { itState: 0x1c }).text, 'addne r2, r2, r0');
    assert.equal(thumb([0xf107, 0x29c9], { itState: 0x08 }).text, 'addeq.w sb, r7, #-0x36ff3700');
    assert.equal(thumb([0xe7fe], { itState: 0xc8 }).text, 'bgt #0x100000');
    assert.equal(arm(0xe3a00010, { itState: 0x08 }).text, 'mov r0, #0x10', 'A32 has no IT blocks');
  });

  it('gives the targets of direct branches, with their symbols', () => {
    const symbols = (address: number): string | undefined => (address === 0x100068 ? 'main' : undefined);
    assert.deepEqual(arm(0xeb000010, { symbols }, 0x100020), {
      text: 'bl #0x100068 <main>',
      mnemonic: 'bl',
      operands: '#0x100068 <main>',
      size: 4,
      target: 0x100068,
      isCall: true,
      isReturn: false,
    });
    assert.equal(arm(0xfa000010, {}, 0x100024).target, 0x10006c);
    assert.equal(arm(0xeafffffe, {}, 0).target, 0);
    assert.equal(arm(0xeafffffd, {}, 0).target, 0xfffffffc, 'addresses wrap around');
    assert.equal(thumb([0xf000, 0xf800], { symbols }).target, 0x100004);
    assert.equal(thumb([0xf22d, 0xc24e], {}, 0x100002).text, 'blx #0xf2d4a0', 'from the aligned PC');
    assert.equal(thumb([0xb39b]).target, 0x10006a);
    assert.equal(arm(0xe12fff1e).target, undefined);
  });

  it('tells calls and returns', () => {
    for (const word of [0xeb000000, 0xfa000000, 0xe12fff33]) assert.ok(arm(word).isCall, arm(word).text);
    for (const word of [0xea000000, 0xe12fff1e]) assert.ok(!arm(word).isCall, arm(word).text);
    for (const word of [0xe12fff1e, 0xe1a0f00e, 0xe8bd8010, 0xe49df004, 0xf8bd0a00, 0xe89da800]) {
      assert.ok(arm(word).isReturn, arm(word).text);
    }
    for (const word of [0xe12fff13, 0xe1a0f000, 0xe8bd4010, 0xe59ff004, 0xe1a0f20e]) {
      assert.ok(!arm(word).isReturn, arm(word).text);
    }
    for (const halves of [[0x4770], [0xbd10], [0x46f7], [0xf3de, 0x8f04], [0xe8bd, 0x8010]]) {
      assert.ok(thumb(halves).isReturn, thumb(halves).text);
    }
    assert.ok(!thumb([0xbc10]).isReturn);
    assert.ok(!thumb([0x4718]).isReturn);
  });

  it('reads what is no instruction as bytes', () => {
    assert.deepEqual(arm(0xf0000000), {
      text: '.byte 0x00, 0x00, 0x00, 0xf0',
      mnemonic: '.byte',
      operands: '0x00, 0x00, 0x00, 0xf0',
      size: 4,
      isCall: false,
      isReturn: false,
    });
    assert.equal(thumb([0xb716]).text, '.byte 0x16, 0xb7');
    const wide = thumb([0xffff, 0xffff]);
    assert.deepEqual([wide.text, wide.size], ['.byte 0xff, 0xff', 4], 'of a wide one the first halfword');
  });

  it('reads data that ends too early as bytes', () => {
    assert.deepEqual(
      [...[0, 1, 2, 3]].map((n) => disassembleArm(0, new Uint8Array(n), false).size),
      [0, 1, 2, 3],
    );
    assert.equal(disassembleArm(0, Uint8Array.of(0x00, 0xf0), true).text, '.byte 0x00, 0xf0');
    assert.equal(disassembleArm(0, Uint8Array.of(0x10), true).text, '.byte 0x10');
    assert.equal(disassembleArm(0, new Uint8Array(0), true).text, '.byte ');
  });

  it('has a form for every decode row', () => {
    const rows = [...A32_ROWS, ...T16_ROWS, ...T32_ROWS];
    assert.deepEqual(
      rows.filter((row) => !hasForm(row.name)).map((row) => row.name),
      [],
    );
  });

  it('prints every field of every row', () => {
    const random = generator();
    for (const [rows, decode] of [
      [A32_ROWS, decodeA32],
      [T16_ROWS, decodeT16],
      [T32_ROWS, decodeT32],
    ] as const) {
      for (const row of rows.filter(({ name }) => !/^(?:NOP_hint|LEAVEX|ENTERX)/.test(name))) {
        for (let n = 0; n < 10; n++) {
          const word = randomWord(row, decode, random);
          const { text } =
            row.set === 'T32' ? thumb([word >>> 16, word & 0xffff]) : row.set === 'T16' ? thumb([word]) : arm(word);
          assert.doesNotMatch(text, /undefined|NaN|\[, |, ,|, $/, `${row.name} ${word.toString(16)}`);
        }
      }
    }
  });

  it('never throws', () => {
    const random = generator();
    for (let n = 0; n < 100_000; n++) {
      const data = littleEndian(random(), 4);
      const { size } = disassembleArm(random(), data, n % 2 === 1, { itState: random() & 0xff });
      assert.ok(size === 2 || size === 4);
    }
  });
});

describe('the format language', () => {
  const resolve = (name: string) => (name === 'n' ? (insn: { n: number }) => String(insn.n) : undefined);

  it('fills placeholders in', () => {
    assert.equal(compileTemplate('a{n}, {n}!', resolve)({ n: 5 }), 'a5, 5!');
  });

  it('names an unknown placeholder', () => {
    assert.throws(() => compileTemplate('a {m}', resolve), /Unknown placeholder \{m\} in the template "a \{m\}"/);
  });

  it('chooses between templates, compiled beforehand', () => {
    const form = { templates: ['a', 'b {n}'], choose: ({ n }: { n: number }) => (n > 9 ? undefined : n & 1) };
    const print = compileForm(form, resolve);
    assert.deepEqual([print({ n: 2 }), print({ n: 3 }), print({ n: 10 })], ['a', 'b 3', undefined]);
    assert.throws(() => compileForm({ ...form, templates: ['{z}'] }, resolve), /\{z\}/);
  });
});
