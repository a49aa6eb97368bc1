import { FloatFlag } from '../../../src/common/softfloat';

const { INVALID, DIVIDE_BY_ZERO, OVERFLOW, UNDERFLOW, INEXACT, INPUT_DENORMAL } = FloatFlag;

/** The encodings of single precision numbers. */
export const f = (...values: number[]): number[] => [...new Uint32Array(new Float32Array(values).buffer)];
export const NAN = 0x7fc00000;
export const SIGNALLING = 0x7f800001;
const SUBNORMAL = 0x00400000;
export const INFINITY = 0x7f800000;
const T = 0xffffffff;

export interface Case {
  readonly text: string;
  readonly word: number;
  /** q0, q1 and q2 before, four words each; d0, d2 and d4 are their lower halves. */
  readonly q0?: readonly number[];
  readonly q1: readonly number[];
  readonly q2?: readonly number[];
  readonly result: readonly number[];
  readonly flags?: number;
  /** FPSCR before. */
  readonly fpscr?: number;
}

const HUGE = 2 ** 127;
const PRECISE = 1 + 2 ** -12; // its square needs 25 bits

/** One of each row and more, as an assembler encodes them in A32. */
export const CASES: readonly Case[] = [
  {
    text: 'vadd.f32 q0, q1, q2',
    word: 0xf2020d44,
    q1: f(1, -2, 3, HUGE),
    q2: f(2, 5, -3, HUGE),
    result: f(3, 3, 0, Infinity),
    flags: OVERFLOW | INEXACT,
  },
  {
    text: 'vadd.f32 q0, q1, q2',
    word: 0xf2020d44,
    q1: [SIGNALLING, 0xffc12345, SUBNORMAL, INFINITY],
    q2: f(1, 1, 1, -Infinity),
    result: [NAN, NAN, ...f(1), NAN],
    flags: INVALID | INPUT_DENORMAL,
  },
  {
    text: 'vadd.f32 q0, q1, q2 (rounding up in FPSCR)',
    word: 0xf2020d44,
    q1: f(1, 1, -0, 1),
    q2: f(2 ** -30, -1, -0, 2 ** 60),
    result: f(1, 0, -0, 2 ** 60),
    flags: INEXACT,
    fpscr: 1 << 22,
  },
  {
    text: 'vsub.f32 q0, q1, q2',
    word: 0xf2220d44,
    q1: f(1, -2, 3, 2 ** -126),
    q2: f(2, 5, -3, 1.5 * 2 ** -126),
    result: f(-1, -7, 6, -0),
    flags: UNDERFLOW,
  },
  {
    text: 'vmul.f32 q0, q1, q2',
    word: 0xf3020d54,
    q1: f(3, PRECISE, 0, 2 ** -100),
    q2: f(-2, PRECISE, -5, 2 ** -100),
    result: f(-6, 1 + 2 ** -11, -0, 0),
    flags: INEXACT | UNDERFLOW,
  },
  {
    text: 'vabd.f32 q0, q1, q2',
    word: 0xf3220d44,
    q1: f(1, 5, -3, Infinity),
    q2: f(4, 2, 3, Infinity),
    result: [...f(3, 3, 6), NAN],
    flags: INVALID,
  },
  {
    text: 'vmla.f32 q0, q1, q2',
    word: 0xf2020d54,
    q0: f(1, -1, 10, 0),
    q1: f(2, PRECISE, 1, 0),
    q2: f(3, PRECISE, 1, Infinity),
    result: [...f(7, 2 ** -11, 11), NAN],
    flags: INEXACT | INVALID,
  },
  {
    text: 'vmls.f32 q0, q1, q2',
    word: 0xf2220d54,
    q0: f(1, 0, 0, 1),
    q1: f(2, 1, -1, 1),
    q2: f(3, 1, 1, 1),
    result: f(-5, -1, 1, 0),
  },
  {
    text: 'vfma.f32 q0, q1, q2',
    word: 0xf2020c54,
    q0: f(1, -1, 0, 1),
    q1: f(2, PRECISE, PRECISE, 1),
    q2: f(3, PRECISE, PRECISE, 2 ** -60),
    result: f(7, 2 ** -11 + 2 ** -24, 1 + 2 ** -11, 1),
    flags: INEXACT,
  },
  {
    text: 'vfma.f32 q0, q1, q2',
    word: 0xf2020c54,
    q0: [0x7fc12345, ...f(Infinity), SIGNALLING, ...f(1)],
    q1: f(0, 1, 1, HUGE),
    q2: f(Infinity, -Infinity, 1, HUGE),
    result: [NAN, NAN, NAN, INFINITY],
    flags: INVALID | OVERFLOW | INEXACT,
  },
  {
    text: 'vfma.f32 q0, q1, q2 (flushed, and nothing else)',
    word: 0xf2020c54,
    q0: f(-(2 ** -126), 0, 0, 0),
    q1: f(2 ** -70 + 2 ** -93, 0, 0, 0),
    q2: f(2 ** -70 + 2 ** -93, 0, 0, 0),
    result: f(-0, 0, 0, 0),
    flags: UNDERFLOW,
  },
  {
    text: 'vfms.f32 q0, q1, q2',
    word: 0xf2220c54,
    q0: f(1, 1, 5, 0),
    q1: f(2, PRECISE, 1, 1),
    q2: f(3, PRECISE, 5, 0),
    result: f(-5, -(2 ** -11) - 2 ** -24, 0, 0),
  },
  { text: 'vpadd.f32 d0, d2, d4', word: 0xf3020d04, q1: f(1, 2, 0, 0), q2: f(3, -5, 0, 0), result: f(3, -2, 0, 0) },
  { text: 'vpmax.f32 d0, d2, d4', word: 0xf3020f04, q1: f(1, 2, 0, 0), q2: f(-0, 0, 0, 0), result: f(2, 0, 0, 0) },
  { text: 'vpmin.f32 d0, d2, d4', word: 0xf3220f04, q1: f(1, 2, 0, 0), q2: f(0, -0, 0, 0), result: f(1, -0, 0, 0) },
  {
    text: 'vceq.f32 q0, q1, q2',
    word: 0xf2020e44,
    q1: [...f(1, -0), NAN, SUBNORMAL],
    q2: [...f(1, 0), NAN, 0x80000001],
    result: [T, T, 0, T],
    flags: INPUT_DENORMAL,
  },
  {
    text: 'vcge.f32 q0, q1, q2',
    word: 0xf3020e44,
    q1: [...f(1, 2, -Infinity), NAN],
    q2: f(1, 3, -Infinity, 0),
    result: [T, 0, T, 0],
    flags: INVALID,
  },
  { text: 'vcgt.f32 q0, q1, q2', word: 0xf3220e44, q1: f(1, 3, 0, -1), q2: f(1, 2, -0, -2), result: [0, T, 0, T] },
  { text: 'vacge.f32 q0, q1, q2', word: 0xf3020e54, q1: f(-1, 2, -3, 0), q2: f(1, -3, 2, -0), result: [T, 0, T, T] },
  {
    text: 'vacgt.f32 q0, q1, q2',
    word: 0xf3220e54,
    q1: [...f(-1, -4, 2), NAN],
    q2: f(1, 3, -Infinity, 1),
    result: [0, T, 0, 0],
    flags: INVALID,
  },
  {
    text: 'vmax.f32 q0, q1, q2',
    word: 0xf2020f44,
    q1: [...f(1, -0, -Infinity), NAN],
    q2: f(2, 0, -3, 5),
    result: [...f(2, 0, -3), NAN],
  },
  {
    text: 'vmin.f32 q0, q1, q2',
    word: 0xf2220f44,
    q1: [...f(1, -0, Infinity), SIGNALLING],
    q2: f(2, 0, -3, 5),
    result: [...f(1, -0, -3), NAN],
    flags: INVALID,
  },
  {
    text: 'vrecps.f32 q0, q1, q2',
    word: 0xf2020f54,
    q1: [...f(2, 0.5, 0), INFINITY],
    q2: [...f(0.5, 3, -Infinity), SUBNORMAL],
    result: f(1, 0.5, 2, 2),
    flags: INPUT_DENORMAL,
  },
  {
    text: 'vrsqrts.f32 q0, q1, q2',
    word: 0xf2220f54,
    q1: f(1, 4, 0, HUGE),
    q2: f(1, 0.5, Infinity, HUGE),
    result: f(1, 0.5, 1.5, -Infinity),
    flags: OVERFLOW | INEXACT,
  },
  {
    text: 'vcvt.f32.s32 q0, q1, #4',
    word: 0xf2bc0e52,
    q1: [16, 0xfffffff8, 0x7fffffff, 1],
    result: f(1, -0.5, 2 ** 27, 1 / 16),
    flags: INEXACT,
  },
  {
    text: 'vcvt.f32.u32 q0, q1, #32',
    word: 0xf3a00e52,
    q1: [0x80000000, 0xffffffff, 0, 1],
    result: f(0.5, 1, 0, 2 ** -32),
    flags: INEXACT,
  },
  {
    text: 'vcvt.s32.f32 q0, q1, #4',
    word: 0xf2bc0f52,
    q1: f(1.5, -0.99, 2 ** 27, -(2 ** 27)),
    result: [24, -15, 0x7fffffff, 0x80000000],
    flags: INVALID | INEXACT,
  },
  {
    text: 'vcvt.u32.f32 q0, q1, #8',
    word: 0xf3b80f52,
    q1: [...f(1.5, -1), NAN, SUBNORMAL],
    result: [0x180, 0, 0, 0],
    flags: INVALID | INPUT_DENORMAL,
  },
  {
    text: 'vcgt.f32 q0, q1, #0',
    word: 0xf3b90442,
    q1: [...f(1, -0, -1), SUBNORMAL],
    result: [T, 0, 0, 0],
    flags: INPUT_DENORMAL,
  },
  { text: 'vcge.f32 q0, q1, #0', word: 0xf3b904c2, q1: [...f(1, -0, -1), NAN], result: [T, T, 0, 0], flags: INVALID },
  { text: 'vceq.f32 q0, q1, #0', word: 0xf3b90542, q1: [...f(1, -0, 0), NAN], result: [0, T, T, 0] },
  { text: 'vcle.f32 q0, q1, #0', word: 0xf3b905c2, q1: f(1, 0, -1, -Infinity), result: [0, T, T, T] },
  { text: 'vclt.f32 q0, q1, #0', word: 0xf3b90642, q1: f(1, -0, -1, Infinity), result: [0, 0, T, 0] },
  {
    text: 'vcgt.s8 q0, q1, #0',
    word: 0xf3b10042,
    q1: [0x7f80ff01, 0, T, 0x00010001],
    result: [0xff0000ff, 0, 0, 0x00ff00ff],
  },
  {
    text: 'vcge.s16 q0, q1, #0',
    word: 0xf3b500c2,
    q1: [0x7fff8000, 0, T, 0xffff0001],
    result: [0xffff0000, T, 0, 0x0000ffff],
  },
  { text: 'vceq.i32 q0, q1, #0', word: 0xf3b90142, q1: [0, 1, 0x80000000, 0], result: [T, 0, 0, T] },
  { text: 'vcle.s8 d0, d2, #0', word: 0xf3b10182, q1: [0x7f80ff01, 0, 0, 0], result: [0x00ffff00, T, 0, 0] },
  { text: 'vclt.s16 d0, d2, #0', word: 0xf3b50202, q1: [0x7fff8000, 0, 0, 0], result: [0x0000ffff, 0, 0, 0] },
  {
    text: 'vabs.f32 q0, q1',
    word: 0xf3b90742,
    q1: [0xff800001, ...f(-1, 2), 0x80000001],
    result: [SIGNALLING, ...f(1, 2), 1],
  },
  {
    text: 'vneg.f32 q0, q1',
    word: 0xf3b907c2,
    q1: [SIGNALLING, ...f(-1, 2, 0)],
    result: [0xff800001, ...f(1, -2, -0)],
  },
  { text: 'vabs.s8 q0, q1', word: 0xf3b10342, q1: [0x80ff017f, 0, T, 0], result: [0x8001017f, 0, 0x01010101, 0] },
  { text: 'vneg.s16 q0, q1', word: 0xf3b503c2, q1: [0x80000001, T, 0, 0], result: [0x8000ffff, 0x00010001, 0, 0] },
  {
    text: 'vcvt.f16.f32 d0, q1',
    word: 0xf3b60602,
    q1: f(1, -2, 1e6, 2 ** -24),
    result: [0xc0003c00, 0x00017c00, 0, 0],
    flags: OVERFLOW | INEXACT,
  },
  {
    text: 'vcvt.f16.f32 d0, q1 (alternative half precision)',
    word: 0xf3b60602,
    q1: [...f(65536, -Infinity), NAN, ...f(1)],
    result: [0xffff7c00, 0x3c000000, 0, 0],
    flags: INVALID,
    fpscr: 1 << 26,
  },
  {
    text: 'vcvt.f32.f16 q0, d2',
    word: 0xf3b60702,
    q1: [0xc0003c00, 0x7d010001, 0, 0],
    result: [...f(1, -2, 2 ** -24), NAN],
    flags: INVALID,
  },
  {
    text: 'vcvt.f32.f16 q0, d2 (alternative half precision)',
    word: 0xf3b60702,
    q1: [0xffff7c00, 0, 0, 0],
    result: f(65536, -131008, 0, 0),
    fpscr: 1 << 26,
  },
  {
    text: 'vrecpe.f32 q0, q1',
    word: 0xf3bb0542,
    q1: f(1, -2, 0, 2 ** 126),
    result: [0x3f7f8000, 0xbeff8000, INFINITY, 0],
    flags: DIVIDE_BY_ZERO | UNDERFLOW,
  },
  {
    text: 'vrecpe.f32 q0, q1',
    word: 0xf3bb0542,
    q1: [SIGNALLING, 0xff800000, 0x80000001, ...f(1.5)],
    result: [NAN, 0x80000000, 0xff800000, 0x3f2a8000],
    flags: INVALID | INPUT_DENORMAL | DIVIDE_BY_ZERO,
  },
  {
    text: 'vrecpe.u32 q0, q1',
    word: 0xf3bb0442,
    q1: [0x80000000, 0xffffffff, 0x7fffffff, 0xc0000000],
    result: [0xff800000, 0x80000000, T, 0xaa800000],
  },
  {
    text: 'vrsqrte.f32 q0, q1',
    word: 0xf3bb05c2,
    q1: f(1, 4, 2, -1),
    result: [0x3f7f8000, 0x3eff8000, 0x3f348000, NAN],
    flags: INVALID,
  },
  {
    text: 'vrsqrte.f32 q0, q1',
    word: 0xf3bb05c2,
    q1: f(0, -0, Infinity, 2 ** -126),
    result: [INFINITY, 0xff800000, 0, 0x5eff8000],
    flags: DIVIDE_BY_ZERO,
  },
  {
    text: 'vrsqrte.u32 q0, q1',
    word: 0xf3bb04c2,
    q1: [0x3fffffff, 0x40000000, 0x80000000, 0xffffffff],
    result: [T, 0xff800000, 0xb4800000, 0x80000000],
  },
  {
    text: 'vcvt.f32.s32 q0, q1',
    word: 0xf3bb0642,
    q1: [1, T, 0x7fffffff, 0x80000000],
    result: f(1, -1, 2 ** 31, -(2 ** 31)),
    flags: INEXACT,
  },
  {
    text: 'vcvt.f32.u32 q0, q1',
    word: 0xf3bb06c2,
    q1: [1, T, 0x01000001, 0],
    result: f(1, 2 ** 32, 2 ** 24, 0),
    flags: INEXACT,
  },
  {
    text: 'vcvt.s32.f32 q0, q1',
    word: 0xf3bb0742,
    q1: [...f(1.9, -1.9), NAN, ...f(-Infinity)],
    result: [1, T, 0, 0x80000000],
    flags: INVALID | INEXACT,
  },
  {
    text: 'vcvt.u32.f32 q0, q1',
    word: 0xf3bb07c2,
    q1: f(3e9, -0.5, -1, 2 ** 32),
    result: [3000000000, 0, 0, T],
    flags: INVALID | INEXACT,
  },
  {
    text: 'vmla.f32 q0, q1, d4[1]',
    word: 0xf3a20164,
    q0: f(1, 1, 1, 1),
    q1: f(1, 2, 3, 4),
    q2: f(9, 10, 9, 9),
    result: f(11, 21, 31, 41),
  },
  {
    text: 'vmls.f32 d0, d2, d4[0]',
    word: 0xf2a20544,
    q0: f(1, 1, 1, 1),
    q1: f(1, 2, 3, 4),
    q2: f(10, 9, 9, 9),
    result: f(-9, -19, 1, 1),
  },
  {
    text: 'vmul.f32 q0, q1, d5[1]',
    word: 0xf3a20965,
    q1: f(1, 2, 3, 4),
    q2: f(9, 9, 9, 10),
    result: f(10, 20, 30, 40),
  },
];
