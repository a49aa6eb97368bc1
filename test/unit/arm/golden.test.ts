import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { findArmModel } from '../../../src/target/arm';
import { TbFlag } from '../../../src/target/arm/cpu-state';
import { ArmTranslator } from '../../../src/target/arm/translate/translator';
import { formatIr } from '../../../src/tcg/text';
import { translateBlock } from '../../../src/tcg/translator';

/**
 * The IR of instructions of each class, compared with golden files. `UPDATE_GOLDEN=1` writes them anew: read the
 * difference before committing it.
 */
interface Case {
  readonly title: string;
  /** A32 words, or Thumb halfwords. */
  readonly code: readonly number[];
  readonly thumb?: boolean;
  /** Further translation flags. */
  readonly flags?: number;
  /** Instructions to translate; default: all of the code. */
  readonly count?: number;
}

const a32 = (title: string, ...code: number[]): Case => ({ title, code });
const t32 = (title: string, ...code: number[]): Case => ({ title, code, thumb: true });
const USER = 1 << TbFlag.MMU_INDEX_SHIFT;
const VFP = TbFlag.VFP_ENABLED;
const vfp = (title: string, ...code: number[]): Case => ({ title, code, flags: VFP });

const FILES: Record<string, readonly Case[]> = {
  'data-processing': [
    a32('add r0, r1, r2', 0xe0810002),
    a32('adds r0, r1, #1', 0xe2910001),
    a32('subs r0, r0, r1, lsl #3', 0xe0500181),
    a32('adcs r0, r1, r2', 0xe0b10002),
    a32('rsc r0, r1, #0', 0xe2e10000),
    a32('cmp r0, #0', 0xe3500000),
    a32('tst r0, #0x80000000', 0xe3100102),
    a32('movs r0, r1, rrx', 0xe1b00061),
    a32('ands r0, r1, r2, lsl r3', 0xe0110312),
    a32('mvn r0, r1, asr r2', 0xe1e00251),
    a32('movw r0, #0x1234; movt r0, #0x5678', 0xe3010234, 0xe3450678),
    a32('add r0, pc, #8', 0xe28f0008),
    a32('mov pc, r0', 0xe1a0f000),
    a32('movs pc, lr', 0xe1b0f00e),
    t32('adds r0, #1', 0x3001),
    t32('orn r0, r1, #0xff00ff00', 0xf061, 0x20ff),
  ],
  multiply: [
    a32('mul r0, r1, r2', 0xe0000291),
    a32('mlas r0, r1, r2, r3', 0xe0303291),
    a32('umull r0, r1, r2, r3', 0xe0810392),
    a32('smlals r0, r1, r2, r3', 0xe0f10392),
    a32('umaal r0, r1, r2, r3', 0xe0410392),
    a32('smlabt r0, r1, r2, r3', 0xe10032c1),
    a32('smlad r0, r1, r2, r3', 0xe7003211),
    a32('smmlsr r0, r1, r2, r3', 0xe75032f1),
  ],
  media: [
    a32('qdadd r0, r1, r2', 0xe1420051),
    a32('ssat r0, #8, r1, lsl #2', 0xe6a70111),
    a32('usat16 r0, #4, r1', 0xe6e40f31),
    a32('uadd8 r0, r1, r2', 0xe6510f92),
    a32('sel r0, r1, r2', 0xe6810fb2),
    a32('pkhtb r0, r1, r2, asr #3', 0xe68101d2),
    a32('sxtab16 r0, r1, r2, ror #8', 0xe6810472),
    a32('rev16 r0, r1', 0xe6bf0fb1),
    a32('bfi r0, r1, #4, #8', 0xe7cb0211),
    a32('sbfx r0, r1, #4, #8', 0xe7a70251),
    a32('clz r0, r1', 0xe16f0f11),
  ],
  'load-store': [
    a32('ldr r0, [r1, #4]', 0xe5910004),
    a32('str r0, [r1, -r2, lsl #2]!', 0xe7210102),
    a32('ldrb r0, [r1], #1', 0xe4d10001),
    a32('ldrsh r0, [r1, r2]', 0xe19100f2),
    a32('ldr pc, [r0]', 0xe590f000),
    a32('ldrt r0, [r1]', 0xe4b10000),
    a32('ldrd r0, r1, [r2, #8]', 0xe1c200d8),
    a32('swp r0, r1, [r2]', 0xe1020091),
    a32('ldrex r0, [r1]', 0xe1910f9f),
    a32('strex r0, r1, [r2]', 0xe1820f91),
    a32('strexd r0, r2, r3, [r4]', 0xe1a40f92),
    { ...a32('str r0, [r1] (User mode, big-endian)', 0xe5810000), flags: USER | TbFlag.BIG_ENDIAN },
    t32('ldr r0, [pc, #8]', 0x4802),
  ],
  'block-transfer': [
    a32('push {r4, lr}', 0xe92d4010),
    a32('pop {r4, pc}', 0xe8bd8010),
    a32('ldm r0, {r0, r1}', 0xe8900003),
    a32('stm r0, {r13}^', 0xe8c02000),
    a32('ldm sp!, {r0, pc}^', 0xe8fd8001),
    a32('srsdb sp!, #19', 0xf96d0513),
    a32('rfeia r0', 0xf8900a00),
  ],
  branch: [
    a32('b .+8', 0xea000000),
    a32('beq .+0x10000', 0x0a003ffe),
    a32('bl .+16', 0xeb000002),
    a32('blx .+16', 0xfa000002),
    a32('bx lr', 0xe12fff1e),
    a32('blx lr', 0xe12fff3e),
    t32('cbnz r0, .+6', 0xb908),
    t32('bne.w .+256', 0xf040, 0x8080),
    t32('tbb [r0, r1]', 0xe8d0, 0xf001),
  ],
  condition: [
    a32('moveq r0, #1', 0x03a00001),
    a32('movhi r0, #1', 0x83a00001),
    a32('movle r0, #1', 0xd3a00001),
    t32('ite ge; movge r0, #1; movlt r0, #2; nop', 0xbfac, 0x2001, 0x2002, 0xbf00),
    {
      ...t32('in an IT block: moveq r0, #1; bxeq lr', 0x2001, 0x4770),
      flags: 0x04 << TbFlag.CONDEXEC_SHIFT,
    },
  ],
  vfp: [
    vfp('vmov s2, s3, r4, r5', 0xec454a11),
    vfp('vmov r4, r5, s30, s31', 0xec554a1f),
    vfp('vmov d17, r0, r1', 0xec410b31),
    vfp('vmov r2, r3, d31', 0xec532b3f),
    vfp('vstr d16, [r1, #-8]', 0xed410b02),
    vfp('vldr s1, [r2, #4]', 0xedd20a01),
    vfp('vpush {d8-d15}', 0xed2d8b10),
    vfp('vstmdb r3!, {s1-s4}', 0xed630a04),
    vfp('vldm r0!, {d0-d3}', 0xecb00b08),
    vfp('vpop {s16-s17}', 0xecbd8a02),
    vfp('vmla.f32 s0, s1, s2', 0xee000a81),
    vfp('vmls.f64 d0, d1, d2', 0xee010b42),
    vfp('vnmls.f32 s3, s4, s5', 0xee521a22),
    vfp('vnmla.f64 d3, d4, d5', 0xee143b45),
    vfp('vmul.f32 s6, s7, s8', 0xee233a84),
    vfp('vnmul.f64 d6, d7, d8', 0xee276b48),
    vfp('vadd.f64 d31, d30, d29', 0xee7efbad),
    vfp('vsub.f32 s31, s30, s29', 0xee7ffa6e),
    vfp('vdiv.f64 d0, d16, d17', 0xee800ba1),
    vfp('vmov.f32 s1, #1.0', 0xeef70a00),
    vfp('vmov.f64 d18, #-0.5', 0xeefe2b00),
    vfp('vmov.f64 d1, d2', 0xeeb01b42),
    vfp('vabs.f32 s1, s2', 0xeef00ac1),
    vfp('vneg.f64 d1, d2', 0xeeb11b42),
    vfp('vsqrt.f64 d1, d2', 0xeeb11bc2),
    vfp('vcvtt.f32.f16 s1, s2', 0xeef20ac1),
    vfp('vcvtb.f16.f32 s1, s2', 0xeef30a41),
    vfp('vcmpe.f32 s1, s2', 0xeef40ac1),
    vfp('vcmp.f64 d1, #0', 0xeeb51b40),
    vfp('vcvt.f64.f32 d1, s3', 0xeeb71ae1),
    vfp('vcvt.f32.f64 s3, d1', 0xeef71bc1),
    vfp('vcvt.f64.u32 d1, s3', 0xeeb81b61),
    vfp('vcvt.s32.f32 s1, s2', 0xeefd0ac1),
    vfp('vcvtr.u32.f64 s1, d2', 0xeefc0b42),
    vfp('vcvt.f32.s16 s1, s1, #4', 0xeefa0a46),
    vfp('vcvt.u32.f64 d1, d1, #20', 0xeebf1bc6),
    vfp('vmov s5, r3', 0xee023a90),
    vfp('vmov r3, s5', 0xee123a90),
    vfp('vmov.8 d1[5], r3', 0xee613b30),
    vfp('vmov.s16 r3, d17[2]', 0xee313bb0),
    vfp('vdup.16 q2, r3', 0xeea43b30),
    vfp('vmsr fpscr, r1', 0xeee11a10),
    vfp('vmrs apsr_nzcv, fpscr', 0xeef1fa10),
    {
      ...vfp('vadd.f32 s8, s16, s1 (vectors of 3)', 0xee384a20),
      flags: VFP | (2 << TbFlag.VFP_LENGTH_SHIFT),
    },
    a32('vadd.f32 s0, s0, s0 (switched off)', 0xee300a00),
    vfp('vfma.f32 s0, s1, s2 (not in VFPv3)', 0xeea00a81),
  ],
  'neon-integer': [
    vfp('vand d0, d1, d2', 0xf2010112),
    vfp('vbsl q0, q1, q2', 0xf3120154),
    vfp('vmov q0, q1', 0xf2220152),
    vfp('vadd.i8 d0, d1, d2', 0xf2010802),
    vfp('vsub.i16 d0, d1, d2', 0xf3110802),
    vfp('vadd.i32 q8, q9, q10', 0xf26208e4),
    vfp('vsub.i64 d0, d1, d2', 0xf3310802),
    vfp('vqadd.s8 q0, q1, q2', 0xf2020054),
    vfp('vcgt.u32 d0, d1, d2', 0xf3210302),
    vfp('vmax.s32 d0, d1, d2', 0xf2210602),
    vfp('vmla.i32 d0, d1, d2', 0xf2210902),
    vfp('vmla.i16 d0, d1, d2', 0xf2110902),
    vfp('vshl.s64 d0, d1, d2', 0xf2320401),
    vfp('vmov.i32 q0, #0x1200', 0xf2810252),
    vfp('vorr.i16 d0, #0x12', 0xf2810912),
    vfp('vmov.i64 d0, #0xff00ff0000ffff00', 0xf3820e36),
    vfp('vshr.s32 d0, d1, #32', 0xf2a00011),
    vfp('vshr.u8 d0, d1, #3', 0xf38d0011),
    vfp('vsra.u64 d0, d1, #33', 0xf39f0191),
    vfp('vsli.16 d0, d1, #5', 0xf3950511),
    vfp('vrshrn.i32 d0, q1, #3', 0xf29d0852),
    vfp('vshrn.i64 d0, q1, #3', 0xf2bd0812),
    vfp('vshll.s16 q0, d1, #3', 0xf2930a11),
    vfp('vrev64.8 d0, d1', 0xf3b00001),
    vfp('vpadal.u32 d0, d1', 0xf3b80681),
    vfp('vtrn.16 d0, d1', 0xf3b60081),
    vfp('vaddw.s32 q0, q1, d4', 0xf2a20104),
    vfp('vmlal.s32 q0, d2, d3', 0xf2a20803),
    vfp('vraddhn.i64 d0, q1, q2', 0xf3a20404),
    vfp('vmul.i16 q0, q1, d2[1]', 0xf392084a),
    vfp('vext.8 d0, d1, d2, #3', 0xf2b10302),
    vfp('vtbx.8 d0, {d1-d2}, d5', 0xf3b10945),
    vfp('vdup.16 q0, d1[2]', 0xf3ba0c41),
  ],
  'neon-load-store': [
    vfp('vld1.32 {d0-d1}, [r1:128]!', 0xf4210aad),
    vfp('vst2.16 {d0-d1}, [r1], r2', 0xf4010842),
    vfp('vld1.8 {d3[5]}, [r1]', 0xf4a130af),
    vfp('vst4.32 {d0[1], d2[1], d4[1], d6[1]}, [r1:64]', 0xf4810bdf),
    vfp('vld2.16 {d0[], d1[]}, [r1]!', 0xf4a10d4d),
    { ...vfp('vld1.32 {d0}, [r1] (big-endian)', 0xf421078f), flags: VFP | TbFlag.BIG_ENDIAN },
    { ...vfp('vst1.32 {d0}, [r1] (SCTLR.A)', 0xf401078f), flags: VFP | TbFlag.ALIGN },
    a32('vld1.32 {d0}, [r1] (switched off)', 0xf421078f),
  ],
  system: [
    a32('mrs r0, cpsr', 0xe10f0000),
    a32('msr cpsr_fc, r0', 0xe129f000),
    { ...a32('msr cpsr_fc, r0 (User mode)', 0xe129f000), flags: USER },
    a32('msr spsr_fsxc, r0', 0xe16ff000),
    a32('cpsid i', 0xf10c0080),
    a32('setend be', 0xf1010200),
    a32('svcne 1', 0x1f000001),
    a32('bkpt 0', 0xe1200070),
    a32('udf 0', 0xe7f000f0),
    a32('wfi', 0xe320f003),
    a32('isb', 0xf57ff06f),
    a32('mrc p15, 0, r0, c0, c0, 0', 0xee100f10),
    a32('mrc p15, 0, r15, c13, c0, 2', 0xee1dff50),
    a32('mcr p15, 0, r0, c1, c0, 0', 0xee010f10),
    a32('mcr p15, 0, r0, c7, c6, 2', 0xee070f56),
    { ...a32('nop with CPSR.IL set', 0xe320f000), flags: TbFlag.ILLEGAL },
  ],
};

const PC = 0x1000;

function translate({ title, code, thumb = false, flags = 0, count }: Case): string {
  const unit = thumb ? 2 : 4;
  const at = (address: number): number => code[(address - PC) / unit] ?? 0;
  const reader = {
    fetch: (address: number, size: 2 | 4) =>
      thumb && size === 4 ? at(address) | (at(address + 2) << 16) : at(address) >>> 0,
  };
  const translator = new ArmTranslator({
    model: findArmModel('cortex-a9'),
    cpuIndex: 0,
    semihosting: false,
    multiprocessor: false,
    tellsCacheMaintenance: false,
  });
  const insns = count ?? (thumb ? code.filter((h, i) => i === 0 || code[i - 1] < 0xe800).length : code.length);
  const block = translateBlock(translator, PC, flags | (thumb ? TbFlag.THUMB : 0), reader, insns);
  return `; ${title}\n${formatIr(block.ir)}\n`;
}

describe('IR of ARM instructions', () => {
  for (const [name, cases] of Object.entries(FILES)) {
    it(name, () => {
      const path = `test/unit/arm/golden/${name}.golden`;
      const actual = cases.map(translate).join('\n');
      if (process.env.UPDATE_GOLDEN) writeFileSync(path, actual);
      assert.ok(existsSync(path), `${path} is missing; UPDATE_GOLDEN=1 writes it`);
      assert.equal(actual, readFileSync(path, 'utf8'));
    });
  }
});
