// Random instructions for the streams: bit patterns in the manual's order, most significant bit first. A letter stands for a
// field; equal letters are one field. `ok` keeps out what is UNPREDICTABLE and what would leave the test (writes to pc,
// addresses outside the scratch memory). The choice is ours and independent of the decoder under test.

/** splitmix32: a function giving unsigned 32-bit numbers. */
export function randomSource(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
}

function parse(pattern) {
  const bits = pattern.replaceAll(' ', '');
  if (bits.length !== 16 && bits.length !== 32) throw new Error(`pattern of ${bits.length} bits: ${pattern}`);
  const fields = new Map();
  let fixed = 0;
  [...bits].forEach((bit, i) => {
    const at = bits.length - 1 - i;
    if (bit === '1') fixed = (fixed | (1 << at)) >>> 0;
    else if (bit !== '0') fields.set(bit, [at, ...(fields.get(bit) ?? [])]);
  });
  return { size: bits.length / 8, fixed, fields: [...fields] };
}

const bitCount = (value) => {
  let n = 0;
  for (let rest = value; rest; rest &= rest - 1) n++;
  return n;
};
const none15 = (...registers) => registers.every((r) => r !== 15);
const good = (...registers) => registers.every((r) => r !== 13 && r !== 15);
const oneOf = (value, ...choices) => choices.includes(value);

// What a row may tell of its memory operand: base and index fields by letter, whether it stores, and the alignment that
// half of its bases get (log2).
const memory = (options) => ({ base: 'n', ...options });

// ---------------------------------------------------------------------------------------------------------------- A32 --
// c: condition; 14 half of the time.

const a32 = [
  // Data processing: shifted by an immediate, by a register, immediate
  { p: 'cccc 000oooos nnnn dddd iiiii tt 0 mmmm', weight: 8, ok: (f) => dataProcessing(f) },
  {
    p: 'cccc 000oooos nnnn dddd rrrr 0tt1 mmmm',
    weight: 6,
    ok: (f) => none15(f.n, f.d, f.r, f.m) && dataProcessing(f),
  },
  { p: 'cccc 001oooos nnnn dddd rrrr iiiiiiii', weight: 8, ok: (f) => dataProcessing(f) },
  { p: 'cccc 0011 0t00 iiii dddd iiii iiiiiiii', weight: 2, ok: (f) => none15(f.d) },
  // Multiplies
  { p: 'cccc 0000000s dddd 0000 rrrr 1001 mmmm', ok: (f) => none15(f.d, f.r, f.m) },
  { p: 'cccc 0000001s dddd aaaa rrrr 1001 mmmm', ok: (f) => none15(f.d, f.a, f.r, f.m) },
  { p: 'cccc 00000100 dddd aaaa rrrr 1001 mmmm', ok: (f) => none15(f.d, f.a, f.r, f.m) && f.d !== f.a },
  { p: 'cccc 00000110 dddd aaaa rrrr 1001 mmmm', ok: (f) => none15(f.d, f.a, f.r, f.m) },
  { p: 'cccc 00001oos dddd aaaa rrrr 1001 mmmm', weight: 2, ok: (f) => none15(f.d, f.a, f.r, f.m) && f.d !== f.a },
  { p: 'cccc 00010000 dddd aaaa rrrr 1yx0 mmmm', ok: (f) => none15(f.d, f.a, f.r, f.m) },
  { p: 'cccc 00010010 dddd aaaa rrrr 1y00 mmmm', ok: (f) => none15(f.d, f.a, f.r, f.m) },
  { p: 'cccc 00010010 dddd 0000 rrrr 1y10 mmmm', ok: (f) => none15(f.d, f.r, f.m) },
  { p: 'cccc 00010100 dddd aaaa rrrr 1yx0 mmmm', ok: (f) => none15(f.d, f.a, f.r, f.m) && f.d !== f.a },
  { p: 'cccc 00010110 dddd 0000 rrrr 1yx0 mmmm', ok: (f) => none15(f.d, f.r, f.m) },
  // Saturating, CLZ
  { p: 'cccc 00010oo0 nnnn dddd 0000 0101 mmmm', weight: 2, ok: (f) => none15(f.n, f.d, f.m) },
  { p: 'cccc 00010110 1111 dddd 1111 0001 mmmm', ok: (f) => none15(f.d, f.m) },
  // Media
  {
    p: 'cccc 01100uuu nnnn dddd 1111 ooo1 mmmm',
    weight: 6,
    ok: (f) => none15(f.n, f.d, f.m) && oneOf(f.u, 1, 2, 3, 5, 6, 7) && oneOf(f.o, 0, 1, 2, 3, 4, 7),
  },
  { p: 'cccc 01101000 nnnn dddd iiiii t01 mmmm', ok: (f) => none15(f.n, f.d, f.m) },
  { p: 'cccc 01101u1i iiii dddd jjjjj s01 nnnn', weight: 2, ok: (f) => none15(f.n, f.d) },
  { p: 'cccc 01101u10 iiii dddd 1111 0011 nnnn', ok: (f) => none15(f.n, f.d) },
  { p: 'cccc 01101000 nnnn dddd 1111 1011 mmmm', ok: (f) => none15(f.n, f.d, f.m) },
  {
    p: 'cccc 01101ooo nnnn dddd rr00 0111 mmmm',
    weight: 3,
    ok: (f) => none15(f.d, f.m) && oneOf(f.o, 0, 2, 3, 4, 6, 7),
  },
  {
    p: 'cccc 01101u11 1111 dddd 1111 o011 mmmm',
    weight: 2,
    ok: (f) => none15(f.d, f.m) && !(f.u === 1 && f.o === 1 && false),
  },
  { p: 'cccc 01110000 dddd aaaa rrrr 0ox1 mmmm', weight: 2, ok: (f) => none15(f.d, f.r, f.m) },
  { p: 'cccc 01110100 dddd aaaa rrrr 0ox1 mmmm', ok: (f) => none15(f.d, f.a, f.r, f.m) && f.d !== f.a },
  { p: 'cccc 01110101 dddd aaaa rrrr 00x1 mmmm', ok: (f) => none15(f.d, f.r, f.m) },
  { p: 'cccc 01110101 dddd aaaa rrrr 11x1 mmmm', ok: (f) => none15(f.d, f.a, f.r, f.m) },
  { p: 'cccc 01111000 dddd aaaa rrrr 0001 mmmm', ok: (f) => none15(f.d, f.r, f.m) },
  { p: 'cccc 01111u1w wwww dddd lllll 101 nnnn', weight: 2, ok: (f) => none15(f.d, f.n) && f.l + f.w <= 31 },
  { p: 'cccc 0111110h hhhh dddd lllll 001 nnnn', weight: 2, ok: (f) => none15(f.d) && f.h >= f.l },
  // Status register, hints, and what a Cortex-A9 does not have
  { p: 'cccc 00010000 1111 dddd 0000 0000 0000', ok: (f) => none15(f.d) },
  { p: 'cccc 00110010 kk00 1111 rrrr iiiiiiii', ok: (f) => f.k !== 0 },
  { p: 'cccc 00010010 kk00 1111 0000 0000 nnnn', ok: (f) => none15(f.n) && f.k !== 0 },
  { p: 'cccc 00110010 0000 1111 0000 0000 0000' },
  { p: 'cccc 011100u1 dddd 1111 rrrr 0001 mmmm', ok: (f) => none15(f.d, f.r, f.m) },
  { p: '1110 01111111 iiii iiii iiii 1111 iiii', rare: true },
  { p: '1110 00010010 0000 0000 0000 0111 0001', rare: true },
  { p: 'cccc 1111 0000 0000 0000 0000 0000 0001', rare: true },
  // Loads and stores: immediate, register, halfword and dual
  {
    p: 'cccc 010pubwl nnnn dddd 00000 iiiiiii',
    weight: 6,
    ...memory({ writes: (f) => !f.l, align: 2 }),
    ok: (f) => none15(f.n, f.d) && (writesBack(f) ? f.n !== f.d : true),
  },
  { p: 'cccc 0101u001 1111 dddd 00000 iiiiiii', ok: (f) => none15(f.d) },
  {
    p: 'cccc 011pubwl nnnn dddd iiiii tt 0 mmmm',
    weight: 6,
    ...memory({ index: 'm', writes: (f) => !f.l, align: 2 }),
    ok: (f) => none15(f.n, f.d, f.m) && f.n !== f.m && (writesBack(f) ? f.n !== f.d : true) && smallShift(f),
  },
  {
    p: 'cccc 000pu1wl nnnn dddd 0jjj 1oo1 iiii',
    weight: 6,
    ...memory({ writes: (f) => !f.l && f.o !== 2, align: 3 }),
    ok: extraImmediate,
  },
  {
    p: 'cccc 000pu0wl nnnn dddd 0000 1oo1 mmmm',
    weight: 4,
    ...memory({ index: 'm', writes: (f) => !f.l && f.o !== 2, align: 3 }),
    ok: (f) =>
      none15(f.m) && f.n !== f.m && extraImmediate(f) && !(!f.l && f.o === 2 && (f.m === f.d || f.m === f.d + 1)),
  },
  // Block transfers
  {
    p: 'cccc 100pu0wl nnnn 0rrrrrrrrrrrrrrr',
    weight: 5,
    ...memory({ writes: (f) => !f.l, align: 2 }),
    ok: (f) => f.n !== 15 && f.r !== 0 && !(f.w && (f.r >> f.n) & 1),
  },
  // SWP, preloads
  {
    p: 'cccc 00010b00 nnnn dddd 0000 1001 mmmm',
    ...memory({ writes: () => true, align: 2 }),
    ok: (f) => none15(f.n, f.d, f.m) && f.n !== f.m && f.n !== f.d,
  },
  { p: '1111 0101 u101 nnnn 1111 0000 0iiiiiii', ...memory({}), ok: (f) => none15(f.n) },
  // Branches to the second landing place
  { p: 'cccc 101l 0000 0000 0000 0000 0000 0000', weight: 2 },
];

function dataProcessing(f) {
  if (f.o >= 8 && f.o <= 11) return f.s === 1 && f.d === 0;
  if ((f.o === 13 || f.o === 15) && f.n !== 0) return false;
  return f.d !== 15;
}

const writesBack = (f) => f.p === 0 || f.w === 1;

// LSL by 0 or 1, LSR and ASR by anything: a small index stays small.
const smallShift = (f) => (f.t === 0 ? f.i <= 1 : f.t !== 3);

function extraImmediate(f) {
  if (f.o === 0 || !none15(f.n, f.d)) return false;
  const dual = !f.l && f.o >= 2;
  if (dual && (f.d & 1 || f.d === 14 || (!f.p && f.w))) return false;
  if (!writesBack(f)) return true;
  return f.n !== f.d && !(dual && f.n === f.d + 1);
}

// ---------------------------------------------------------------------------------------------------------------- T32 --

const t32 = [
  // 16 bits
  { p: '000oo iiiii mmm ddd', weight: 4, ok: (f) => f.o !== 3 },
  { p: '00011 oo iii nnn ddd', weight: 3 },
  { p: '001oo ddd iiiiiiii', weight: 4 },
  { p: '010000 oooo mmm ddd', weight: 8 },
  { p: '010001 00 dmmmm ddd', weight: 2, ok: (f) => none15(f.d, f.m) },
  { p: '010001 01 nmmmm nnn', ok: (f) => none15(f.n, f.m) && (f.n >= 8 || f.m >= 8) },
  { p: '010001 10 dmmmm ddd', weight: 2, ok: (f) => none15(f.d) },
  { p: '01001 ddd 00iiiiii' },
  { p: '0101 ooo mmm nnn ddd', weight: 5, ...memory({ index: 'm', writes: (f) => f.o < 3, align: 2 }), ok: (f) => f.n !== f.m },
  { p: '011bl iiiii nnn ddd', weight: 4, ...memory({ writes: (f) => !f.l, align: 2 }) },
  { p: '1000l iiiii nnn ddd', weight: 2, ...memory({ writes: (f) => !f.l, align: 1 }) },
  { p: '1001l ddd 000iiiii', weight: 2, ...memory({ base: 13, writes: (f) => !f.l, align: 2 }) },
  { p: '1010s ddd iiiiiiii', weight: 2 },
  { p: '10110000 s iiiiiii' },
  { p: '10110010 oo mmm ddd', weight: 2 },
  { p: '1011010 0 rrrrrrrr', ...memory({ base: 13, writes: () => true, align: 2 }), ok: (f) => f.r !== 0 },
  { p: '1011010 1 rrrrrrrr', ...memory({ base: 13, writes: () => true, align: 2 }) },
  { p: '1011110 0 rrrrrrrr', ...memory({ base: 13, align: 2 }), ok: (f) => f.r !== 0 },
  { p: '10111010 oo mmm ddd', weight: 2, ok: (f) => f.o !== 2 },
  { p: '1011111100000000' },
  { p: '11000 nnn rrrrrrrr', ...memory({ writes: () => true, align: 2 }), ok: (f) => f.r !== 0 && (!((f.r >> f.n) & 1) || (f.r & ((1 << f.n) - 1)) === 0) },
  { p: '11001 nnn rrrrrrrr', ...memory({ align: 2 }), ok: (f) => f.r !== 0 },
  { p: '1101 cccc 00000001', branch: true, ok: (f) => f.c < 14 },
  { p: '11100 00000000001', branch: true },
  { p: '1011 o0 0 1 00001 nnn', branch: true },
  { p: '11011110 iiiiiiii', rare: true },
  { p: '10111110 iiiiiiii', rare: true, noIt: true },
  { p: '11011111 00000001', rare: true, noIt: true },
  // 32 bits: data processing
  { p: '1110101 oooo s nnnn 0iii dddd ii tt mmmm', weight: 8, ok: (f) => good(f.n, f.d, f.m) && oneOf(f.o, 0, 1, 2, 3, 4, 8, 10, 11, 13, 14) },
  { p: '1110101 oooo 1 nnnn 0iii 1111 ii tt mmmm', weight: 2, ok: (f) => good(f.n, f.m) && oneOf(f.o, 0, 4, 8, 13) },
  { p: '1110101 001o s 1111 0iii dddd ii tt mmmm', weight: 2, ok: (f) => good(f.d, f.m) },
  { p: '1110101 0110 0 nnnn 0iii dddd ii t0 mmmm', ok: (f) => good(f.n, f.d, f.m) },
  { p: '11110i 0 oooo s nnnn 0iii dddd iiiiiiii', weight: 8, ok: (f) => good(f.n, f.d) && oneOf(f.o, 0, 1, 2, 3, 4, 8, 10, 11, 13, 14) && constant(f.i) },
  { p: '11110i 0 oooo 1 nnnn 0iii 1111 iiiiiiii', weight: 2, ok: (f) => good(f.n) && oneOf(f.o, 0, 4, 8, 13) && constant(f.i) },
  { p: '11110i 0 001o s 1111 0iii dddd iiiiiiii', weight: 2, ok: (f) => good(f.d) && constant(f.i) },
  { p: '11110i 1 0000 0 nnnn 0iii dddd iiiiiiii', ok: (f) => good(f.d) && f.n !== 13 },
  { p: '11110i 1 0101 0 nnnn 0iii dddd iiiiiiii', ok: (f) => good(f.d) && f.n !== 13 },
  { p: '11110i 1 0t10 0 nnnn 0iii dddd iiiiiiii', weight: 2, ok: (f) => good(f.d) },
  { p: '11110011 u0s0 nnnn 0iii dddd ii0 wwwww', weight: 2, ok: (f) => good(f.n, f.d) && !(f.s && f.i === 0) },
  { p: '11110011 u010 nnnn 0000 dddd 0000 wwww', ok: (f) => good(f.n, f.d) },
  { p: '11110011 u100 nnnn 0iii dddd ii0 wwwww', weight: 2, ok: (f) => good(f.n, f.d) && f.i + f.w <= 31 },
  { p: '11110011 0110 nnnn 0iii dddd ii0 wwwww', weight: 2, ok: (f) => good(f.d) && f.n !== 13 && f.w >= f.i },
  { p: '111110100 tt s nnnn 1111 dddd 0000 mmmm', weight: 2, ok: (f) => good(f.n, f.d, f.m) },
  { p: '111110100 ooo nnnn 1111 dddd 10rr mmmm', weight: 3, ok: (f) => good(f.d, f.m) && f.n !== 13 && f.o <= 5 },
  { p: '111110101 ooo nnnn 1111 dddd 0uuu mmmm', weight: 6, ok: (f) => good(f.n, f.d, f.m) && oneOf(f.o, 0, 1, 2, 4, 5, 6) && oneOf(f.u, 0, 1, 2, 4, 5, 6) },
  { p: '111110101000 nnnn 1111 dddd 10oo mmmm', weight: 2, ok: (f) => good(f.n, f.d, f.m) },
  { p: '111110101001 mmmm 1111 dddd 10oo rrrr', weight: 2, ok: (f) => good(f.m, f.d) && f.m === f.r },
  { p: '111110101010 nnnn 1111 dddd 1000 mmmm', ok: (f) => good(f.n, f.d, f.m) },
  { p: '111110101011 mmmm 1111 dddd 1000 rrrr', ok: (f) => good(f.m, f.d) && f.m === f.r },
  // Multiplies; a of 15 is the form without accumulation
  { p: '111110110000 nnnn aaaa dddd 0000 mmmm', weight: 2, ok: (f) => good(f.n, f.d, f.m) && f.a !== 13 },
  { p: '111110110000 nnnn aaaa dddd 0001 mmmm', ok: (f) => good(f.n, f.a, f.d, f.m) },
  { p: '111110110001 nnnn aaaa dddd 00yx mmmm', weight: 2, ok: (f) => good(f.n, f.d, f.m) && f.a !== 13 },
  { p: '111110110ooo nnnn aaaa dddd 000x mmmm', weight: 4, ok: (f) => good(f.n, f.d, f.m) && f.a !== 13 && oneOf(f.o, 2, 3, 4, 5) },
  { p: '111110110110 nnnn aaaa dddd 000x mmmm', ok: (f) => good(f.n, f.a, f.d, f.m) },
  { p: '111110110111 nnnn aaaa dddd 0000 mmmm', ok: (f) => good(f.n, f.d, f.m) && f.a !== 13 },
  { p: '111110111oo0 nnnn llll hhhh 0000 mmmm', weight: 2, ok: (f) => good(f.n, f.l, f.h, f.m) && f.l !== f.h },
  { p: '111110111100 nnnn llll hhhh 10yx mmmm', ok: (f) => good(f.n, f.l, f.h, f.m) && f.l !== f.h },
  { p: '11111011110o nnnn llll hhhh 110x mmmm', ok: (f) => good(f.n, f.l, f.h, f.m) && f.l !== f.h },
  { p: '111110111110 nnnn llll hhhh 0110 mmmm', ok: (f) => good(f.n, f.l, f.h, f.m) && f.l !== f.h },
  { p: '1111101110u1 nnnn 1111 dddd 1111 mmmm', ok: (f) => good(f.n, f.d, f.m) },
  // Loads and stores
  { p: '1111100s1zzl nnnn dddd 00000 iiiiiii', weight: 4, ...memory({ writes: (f) => !f.l, align: 2 }), ok: single },
  { p: '1111100s0zzl nnnn dddd 1puw 0iiiiiii', weight: 4, ...memory({ writes: (f) => !f.l, align: 2 }), ok: (f) => single(f) && (f.p || f.w) && !(f.w && f.n === f.d) },
  { p: '1111100s0zzl nnnn dddd 000000 0i mmmm', weight: 3, ...memory({ index: 'm', writes: (f) => !f.l, align: 2 }), ok: (f) => single(f) && good(f.m) && f.m !== f.n },
  { p: '1111100su101 1111 dddd 000000 iiiiii', ok: (f) => good(f.d) && f.s === 0 },
  { p: '1110100pu1wl nnnn dddd eeee 000iiiii', weight: 3, ...memory({ writes: (f) => !f.l, align: 3 }), ok: (f) => good(f.d, f.e) && f.n !== 15 && (f.p || f.w) && f.d !== f.e && !(f.w && (f.n === f.d || f.n === f.e)) },
  { p: '1110100010wl nnnn 0m0r rrrrrrrrrrrr', weight: 2, ...memory({ writes: (f) => !f.l, align: 2 }), ok: blockTransfer },
  { p: '1110100100wl nnnn 0m0r rrrrrrrrrrrr', weight: 2, ...memory({ writes: (f) => !f.l, align: 2 }), ok: blockTransfer },
  // Status register, hints
  { p: '111100111110 1111 1000 dddd 0000 0000', ok: (f) => good(f.d) },
  { p: '111100111000 nnnn 1000 kk00 0000 0000', ok: (f) => good(f.n) && f.k !== 0 },
  { p: '111100111010 1111 1000 0000 0000 0000' },
  { p: '1111 0111 1111 iiii 1010 iiiiiiiiiiii', rare: true },
  // A branch to the second landing place
  { p: '11110 0 cccc 000000 10 0 0 0 00000000010', branch: true, ok: (f) => f.c < 14 },
]; // prettier-ignore

// A modified immediate of the form that repeats a zero byte is UNPREDICTABLE.
const constant = (i) => i >= 0x400 || i < 0x100 || (i & 255) !== 0;

function single(f) {
  return f.n !== 15 && f.d !== 13 && f.d !== 15 && f.z !== 3 && !(f.s && (!f.l || f.z === 2));
}

function blockTransfer(f) {
  const list = f.r | (f.m << 14);
  return f.n !== 15 && bitCount(list) >= 2 && !(f.w && (list >> f.n) & 1);
}

// ------------------------------------------------------------------------------------------------------------------------

// Floating point: the lower 28 bits are the same in both instruction sets. z: double precision; D, N and M are the further
// bits of the register numbers.

const vfp = [
  { p: '1110 0Doo nnnn dddd 101z NsM0 mmmm', weight: 10 },
  { p: '1110 1D00 nnnn dddd 101z N0M0 mmmm', weight: 2 },
  { p: '1110 1D11 iiii dddd 101z 0000 jjjj' },
  { p: '1110 1D11 000o dddd 101z p1M0 mmmm', weight: 4 },
  { p: '1110 1D11 001o dddd 1010 t1M0 mmmm', weight: 3 },
  { p: '1110 1D11 0100 dddd 101z e1M0 mmmm', weight: 2 },
  { p: '1110 1D11 0101 dddd 101z e100 0000' },
  { p: '1110 1D11 0111 dddd 101z 11M0 mmmm', weight: 2 },
  { p: '1110 1D11 1000 dddd 101z s1M0 mmmm', weight: 2 },
  { p: '1110 1D11 110s dddd 101z t1M0 mmmm', weight: 3 },
  { p: '1110 1D11 1o1u dddd 101z x1i0 jjjj', weight: 4, ok: (f) => f.x === 1 || 2 * f.j + f.i <= 16 },
  // Later architectures' own
  { p: '1110 1D11 001o dddd 1011 t1M0 mmmm', rare: true },
  { p: '1110 1D11 011o dddd 101z 01M0 mmmm', rare: true },
  { p: '1110 1D01 nnnn dddd 101z NsM0 mmmm', rare: true },
  { p: '1110 1D10 nnnn dddd 101z NsM0 mmmm', rare: true },
  // Moves
  { p: '1110 000l nnnn tttt 1010 N001 0000', ok: (f) => good(f.t) },
  { p: '1110 0oo0 dddd tttt 1011 Dpp1 0000', weight: 2, ok: (f) => good(f.t) },
  { p: '1110 uoo1 nnnn tttt 1011 Npp1 0000', weight: 2, ok: (f) => good(f.t) },
  { p: '1110 1bq0 dddd tttt 1011 D0e1 0000', ok: (f) => good(f.t) },
  {
    p: '1100 010l uuuu tttt 101z 00M1 mmmm',
    weight: 2,
    ok: (f) => good(f.t, f.u) && (!f.l || f.t !== f.u) && (f.z === 1 || f.m !== 15 || !f.M),
  },
  { p: '1110 1111 0001 tttt 1010 0001 0000', ok: (f) => f.t !== 13 },
  { p: '1110 1110 0001 tttt 1010 0001 0000', ok: (f) => good(f.t) },
  { p: '1110 111l rrrr tttt 1010 0001 0000', rare: true, ok: (f) => good(f.t) && f.r !== 1 },
  // Loads and stores
  {
    p: '1101 uD0l nnnn dddd 101z 000iiiii',
    weight: 4,
    ...memory({ writes: (f) => !f.l, align: 2 }),
    ok: (f) => f.n !== 15,
  },
  { p: '1101 uD01 1111 dddd 101z 000iiiii' },
  {
    p: '110p uDwl nnnn dddd 101z 00iiiiii',
    weight: 5,
    ...memory({ writes: (f) => !f.l, align: 2 }),
    ok: vectorList,
  },
];

function vectorList(f) {
  const first = f.z ? 16 * f.D + f.d : 2 * f.d + f.D;
  const count = f.z ? f.i >> 1 : f.i;
  return f.n !== 15 && f.i <= 33 && count > 0 && first + count <= 32 && f.p !== f.u && !(f.p && !f.w);
}

const prepare = (rows) => rows.map((row) => ({ weight: row.rare ? 0.1 : 1, ok: () => true, ...row, ...parse(row.p) }));
const after = (prefix) => prepare(vfp.map((row) => ({ ...row, p: `${prefix} ${row.p}` })));
const sets = { a32: prepare(a32), t32: prepare(t32), 'a32-vfp': after('cccc'), 't32-vfp': after('1110') };

function pick(rows, random) {
  const total = rows.reduce((sum, row) => sum + row.weight, 0);
  let at = (random() / 2 ** 32) * total;
  return rows.find((row) => (at -= row.weight) < 0) ?? rows.at(-1);
}

/** Fills a row's fields; undefined if the draw is one to leave out. */
function draw(row, random) {
  const f = {};
  let word = row.fixed;
  for (const [letter, positions] of row.fields) {
    let value = random() & (2 ** positions.length - 1);
    if (letter === 'c' && row.size === 4 && positions.at(-1) === 31) {
      if (random() & 1) value = 14;
      else if (value === 15) return undefined;
    }
    f[letter] = value;
    positions.forEach((at, i) => {
      if ((value >> i) & 1) word = (word | (1 << at)) >>> 0;
    });
  }
  return row.ok(f) ? { word, f } : undefined;
}

const registerOf = (row, f, key) => {
  const what = row[key];
  return typeof what === 'string' ? f[what] : (what ?? 15);
};

/** The code of one item as bytes: little-endian words for A32, halfwords in order for T32. */
function encode(word, size, isT32) {
  if (!isT32) return [word & 255, (word >>> 8) & 255, (word >>> 16) & 255, word >>> 24];
  const halves = size === 2 ? [word] : [word >>> 16, word & 0xffff];
  return halves.flatMap((half) => [half & 255, half >>> 8]);
}

// A load-exclusive and a store-exclusive of a random size that belong together.
function exclusive(isT32, random) {
  const size = random() & 3;
  const reg = () => random() % 13;
  const n = reg();
  let t = reg();
  const d = reg();
  if (size === 1 && !isT32) t &= 14;
  const u = size === 1 ? (isT32 ? (t + 1) % 13 : t + 1) : t;
  if (oneOf(d, n, t, u) || oneOf(n, t, u)) return undefined;
  const item = { base: n, index: 15, align: size === 1 ? 3 : size === 3 ? 1 : size === 2 ? 0 : 2, writes: true };
  if (random() % 8 === 0) item.align = 0;
  if (!isT32) {
    const load = (0xe1900f9f | (size << 21) | (n << 16) | (t << 12)) >>> 0;
    const store = (0xe1800f90 | (size << 21) | (n << 16) | (d << 12) | t) >>> 0;
    return { ...item, code: [...encode(load, 4), ...encode(store, 4)], words: [load, store] };
  }
  // word: imm8 form; doubleword, byte, halfword: one form with an operation field
  const load =
    size === 0
      ? 0xe8500f00 | (n << 16) | (t << 12)
      : 0xe8d0000f | (n << 16) | (t << 12) | (size === 1 ? (u << 8) | 0x70 : size === 2 ? 0xf40 : 0xf50);
  const store =
    size === 0
      ? 0xe8400000 | (n << 16) | (t << 12) | (d << 8)
      : 0xe8c00000 | (n << 16) | (t << 12) | d | (size === 1 ? (u << 8) | 0x70 : size === 2 ? 0xf40 : 0xf50);
  const words = [load >>> 0, store >>> 0];
  return { ...item, code: words.flatMap((word) => encode(word, 4, true)), words };
}

/**
 * An endless supply of items of a set: 'a32' or 't32', or 'a32-vfp', 't32-vfp' for their floating point.
 *
 * An item: {isa, code: bytes (at most 8), words: the opcodes, base, index: register numbers or 15, align: log2 of the base's
 * alignment, writes: memory may change}.
 */
export function* items(set, seed) {
  const random = randomSource(seed);
  const [isa, extension] = set.split('-');
  const isT32 = isa === 't32';
  const rows = sets[set];
  for (;;) {
    if (extension === undefined && random() % 64 === 0) {
      const pair = exclusive(isT32, random);
      if (pair) yield { isa, ...pair };
      continue;
    }
    const row = pick(rows, random);
    const drawn = draw(row, random);
    if (!drawn) continue;
    const { word, f } = drawn;
    const words = [word];
    let code = encode(word, row.size, isT32);
    // One in six T32 items stands in an IT block of its own.
    if (isT32 && !row.branch && !row.noIt && random() % 6 === 0) {
      const condition = random() % 15;
      const it = 0xbf08 | (condition << 4);
      code = [...encode(it, 2, true), ...code];
      words.unshift(it);
    }
    const align = row.align ?? 0;
    yield {
      isa,
      code,
      words,
      pattern: row.p,
      base: registerOf(row, f, 'base'),
      index: registerOf(row, f, 'index'),
      align: random() & 3 ? align : 0,
      writes: row.writes?.(f) ?? false,
    };
  }
}
