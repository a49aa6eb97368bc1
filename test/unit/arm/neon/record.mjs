// Records what qemu-arm makes of Advanced SIMD instructions on integers: facts.txt. Needs arm-none-eabi-gcc and qemu-arm.
//   node test/unit/arm/neon/record.mjs > test/unit/arm/neon/facts.txt
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const D3 = '{d0, d1, d2|q8, q1, q2}';
const D2 = '{d0, d1|q8, q1}';
const SIGNS = '{s8|s16|s32|u8|u16|u32}';
const SIGNS64 = '{s8|s16|s32|s64|u8|u16|u32|u64}';
const SIZES = '{i8|i16|i32}';
const SIZES64 = '{i8|i16|i32|i64}';

/** Instructions; {a|b} stands for a and b in turn. */
const TEMPLATES = [
  ...['vhadd', 'vrhadd', 'vhsub', 'vcgt', 'vcge', 'vmax', 'vmin', 'vabd', 'vaba'].map((op) => `${op}.${SIGNS} ${D3}`),
  ...['vqadd', 'vqsub', 'vshl', 'vqshl', 'vrshl', 'vqrshl'].map((op) => `${op}.${SIGNS64} ${D3}`),
  ...['vand', 'vbic', 'vorr', 'vorn', 'veor', 'vbsl', 'vbit', 'vbif'].map((op) => `${op} ${D3}`),
  `vmov ${D2}`,
  `v{add|sub}.${SIZES64} ${D3}`,
  `v{tst.8|tst.16|tst.32|ceq.i8|ceq.i16|ceq.i32|mul.p8} ${D3}`,
  `v{mul|mla|mls}.${SIZES} ${D3}`,
  `vp{max|min}.${SIGNS} d0, d1, d2`,
  `vpadd.${SIZES} d0, d1, d2`,
  `v{qdmulh|qrdmulh}.{s16|s32} ${D3}`,

  'v{mov|mvn}.i32 {d0|q8}, #{0x12|0x3400|0x560000|0x78000000|0x9aff|0xbcffff}',
  'v{orr|bic}.i32 {d0|q8}, #{0x12|0x3400|0x560000|0x78000000}',
  'v{mov|mvn}.i16 {d0|q8}, #{0x12|0x3400}',
  'v{orr|bic}.i16 {d0|q8}, #{0x12|0x3400}',
  'vmov.i8 {d0|q8}, #0x5a',
  'vmov.f32 {d0|q8}, #{1.0|-0.1875|31.0}',
  'vmov.i64 {d0|q8}, #{0xff00ff0000ffff00|0x00000000ffffffff}',

  ...['vshr', 'vsra', 'vrshr', 'vrsra'].flatMap((op) =>
    [8, 16, 32, 64].map((n) => `${op}.{s${n}|u${n}} ${D2}, #{1|${n / 2 + 1}|${n}}`),
  ),
  ...[8, 16, 32, 64].flatMap((n) => [
    `vsri.${n} ${D2}, #{1|${n / 2}|${n / 2 + 3}|${n}}`,
    `vsli.${n} ${D2}, #{0|${n / 2}|${n - 1}}`,
    `vshl.i${n} ${D2}, #{0|3|${n / 2}|${n - 1}}`,
    `vqshlu.s${n} ${D2}, #{0|1|${n - 1}}`,
    `vqshl.{s${n}|u${n}} ${D2}, #{0|1|${n - 1}}`,
  ]),
  ...[16, 32, 64].flatMap((n) => [
    `v{shrn|rshrn}.i${n} d0, q1, #{1|3|${n / 2}}`,
    `v{qshrun|qrshrun}.s${n} d0, q1, #{1|3|${n / 2}}`,
    `v{qshrn|qrshrn}.{s${n}|u${n}} d0, q1, #{1|3|${n / 2}}`,
  ]),
  ...[8, 16, 32].map((n) => `vshll.{s${n}|u${n}} q8, d1, #{1|${n - 1}}`),
  'vshll.{i8 q8, d1, #8|i16 q8, d1, #16|i32 q8, d1, #32}',
  'vmovl.{s8|u8|s16|u16|s32|u32} {q8, d1|q0, d0|q0, d1}',

  `vrev64.{8|16|32} ${D2}`,
  `vrev32.{8|16} ${D2}`,
  `vrev16.8 ${D2}`,
  `v{paddl|padal}.${SIGNS} ${D2}`,
  `v{cls|qabs|qneg}.{s8|s16|s32} ${D2}`,
  `vclz.${SIZES} ${D2}`,
  `v{cnt.8|mvn|swp} ${D2}`,
  `vtrn.{8|16|32} ${D2}`,
  'v{uzp|zip}.{8 d0, d1|16 d0, d1|8 q8, q1|16 q8, q1|32 q8, q1}',
  'vmovn.{i16|i32|i64} {d0, q1|d2, q1|d3, q1}',
  'vqmovun.{s16|s32|s64} d0, q1',
  'vqmovn.{s16|s32|s64|u16|u32|u64} d0, q1',

  `v{addl|subl|mull|abdl|mlal|mlsl|abal}.${SIGNS} {q8, d1, d2|q0, d1, d0}`,
  `v{addw|subw}.${SIGNS} {q8, q1, d4|q1, q1, d2}`,
  'v{addhn|raddhn|subhn|rsubhn}.{i16|i32|i64} {d0, q1, q2|d3, q1, q2}',
  'v{qdmull|qdmlal|qdmlsl}.{s16|s32} {q8, d1, d2|q0, d1, d0}',
  'vmull.p8 q8, d1, d2',

  'v{mul|mla|mls}.{i16|i32} {d0, d1, d2[1]|q8, q1, d2[0]|d2, d1, d2[1]}',
  'v{mull|mlal|mlsl}.{s16|u16|s32|u32} {q8, d1, d2[1]|q1, d2, d2[0]}',
  'v{mull|mlal|mlsl}.{s16|u16} q8, d1, d7[3]',
  'v{mull|mlal|mlsl}.{s32|u32} q8, d1, d15[1]',
  'v{qdmull|qdmlal|qdmlsl}.{s16|s32} q8, d1, d2[1]',
  'v{qdmulh|qrdmulh}.{s16|s32} {d0, d1, d2[0]|q8, q1, d2[1]}',

  'vext.8 {d0, d1, d2, #0|d0, d1, d2, #3|d0, d1, d0, #4|d0, d1, d2, #7}',
  'vext.8 {q8, q1, q2, #0|q8, q1, q2, #5|q1, q1, q2, #8|q8, q1, q2, #15}',
  'v{tbl|tbx}.8 {d0, {d1}, d5|d0, {d1-d2}, d5|d1, {d1-d3}, d5|d0, {d1-d4}, d5}',
  'vdup.{8 d0, d1[5]|8 q8, d1[0]|16 d0, d1[3]|16 q8, d1[2]|32 d1, d1[1]|32 q8, d17[0]}',

  ...['ld', 'st'].flatMap((way) => [
    `v${way}1.{8|16|32|64} {{d0}|{d0-d1}|{d0-d2}|{d0-d3}}, [r0]`,
    `v${way}2.{8|16|32} {{d0, d1}|{d0, d2}|{d0-d3}}, [r0]!`,
    `v${way}3.{8|16|32} {{d0-d2}|{d0, d2, d4}}, [r0], r1`,
    `v${way}4.{8|16|32} {{d0-d3}|{d17, d19, d21, d23}}, [r0:{64|128|256}]!`,
    `v${way}1.{8 {d1[5]}|16 {d1[2]}|32 {d1[1]}}, [r0]!`,
    `v${way}1.{16 {d1[2]}, [r0:16]|32 {d1[1]}, [r0:32]}, r1`,
    `v${way}2.{8 {d1[5], d2[5]}|16 {d1[2], d3[2]}|32 {d1[1], d2[1]}}, [r0], r1`,
    `v${way}3.{8 {d1[5], d2[5], d3[5]}|16 {d1[2], d3[2], d5[2]}|32 {d1[1], d2[1], d3[1]}}, [r0]`,
    `v${way}4.{8 {d1[5], d2[5], d3[5], d4[5]}, [r0:32]|16 {d1[2], d3[2], d5[2], d7[2]}, [r0:64]}!`,
    `v${way}4.32 {d1[1], d2[1], d3[1], d4[1]}, [r0:{64|128}], r1`,
  ]),
  'vld1.{8 {d0[]}|16 {d0[]}|32 {d0[], d1[]}}, [r0]!',
  'vld2.{8 {d0[], d1[]}|16 {d0[], d2[]}|32 {d0[], d1[]}}, [r0], r1',
  'vld3.{8 {d0[], d1[], d2[]}|16 {d0[], d2[], d4[]}|32 {d0[], d1[], d2[]}}, [r0]',
  'vld4.{8 {d0[], d1[], d2[], d3[]}, [r0:32]|16 {d0[], d2[], d4[], d6[]}, [r0]|32 {d0[], d1[], d2[], d3[]}, [r0:128]}!',
];

/** All instructions that a template stands for. */
function expand(template) {
  // An innermost brace with a choice; register lists have none.
  const at = [...template].reduce((found, c, i) => (found < 0 && c === '{' && isChoice(template, i) ? i : found), -1);
  if (at < 0) return [template];
  const end = closing(template, at);
  return split(template.slice(at + 1, end)).flatMap((choice) =>
    expand(template.slice(0, at) + choice + template.slice(end + 1)),
  );
}

function closing(text, open) {
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    if (text[i] === '{') depth++;
    if (text[i] === '}' && --depth === 0) return i;
  }
  throw new Error(`no end of a choice in ${text}`);
}

function split(text) {
  const parts = [''];
  let depth = 0;
  for (const c of text) {
    if (c === '{') depth++;
    if (c === '}') depth--;
    if (c === '|' && depth === 0) parts.push('');
    else parts[parts.length - 1] += c;
  }
  return parts;
}

const isChoice = (text, open) => split(text.slice(open + 1, closing(text, open))).length > 1;

/** The doublewords that an instruction names. */
function named(text) {
  const numbers = new Set();
  for (const [, q] of text.matchAll(/\bq(\d+)/g)) numbers.add(2 * q).add(2 * q + 1);
  for (const [, first, last = first] of text.matchAll(/\bd(\d+)(?:-d(\d+))?/g)) {
    for (let n = Number(first); n <= Number(last); n++) numbers.add(n);
  }
  return [...numbers].sort((a, b) => a - b);
}

let state = 1;
function random() {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return (state ^ (state >>> 15)) >>> 0;
}

const CORNERS = [0, 0xffffffff, 0x80000000, 0x7fffffff, 0x80808080, 0x7f7f7f7f, 0x80008000, 0x7fff7fff, 0x01000001];
const word = () => (random() % 3 ? random() : CORNERS[random() % CORNERS.length]);
/** Bytes that are amounts of shifts, mostly small. */
const amount = () => (random() % 8 ? (random() % 80) - 40 : random()) & 0xff;
const hex = (value, digits) => BigInt.asUintN(64, BigInt(value)).toString(16).padStart(digits, '0');

const MEMORY = 64;
const cases = TEMPLATES.flatMap(expand).map((text) => {
  const amounts = /^v(?:q|r|qr)?shl\.[su]\d+ .*[dq]2$/.test(text) ? [2, 4, 5] : [];
  const values = new Array(32).fill(0n);
  for (const n of named(text)) {
    const bytes = amounts.includes(n) && (n === 2) === text.endsWith('d2');
    const low = bytes ? amount() * 0x01010101 : word();
    const high = bytes ? [0, 8, 16, 24].reduce((w, at) => (w | (amount() << at)) >>> 0, 0) : word();
    values[n] = (BigInt(high) << 32n) | BigInt(low);
  }
  return { text, values };
});

const assembly = `
        .syntax unified
        .arch armv7-a
        .fpu neon
        .arm
        .text
        .global _start
_start:
${cases
  .map(
    ({ text }, i) => `
        ldr     r4, =inputs + ${256 * i}
        vldm    r4!, {d0-d15}
        vldm    r4, {d16-d31}
        mov     r0, #0
        vmsr    fpscr, r0
        ldr     r2, =memory
        add     r3, r2, #${MEMORY}
        mov     r5, #11
1:      strb    r5, [r2], #1
        add     r5, r5, #37
        cmp     r2, r3
        bne     1b
        ldr     r0, =memory
        mov     r1, #12
        ${text}
        ldr     r4, =outputs + ${(256 + 8 + MEMORY) * i}
        vstm    r4!, {d0-d15}
        vstm    r4!, {d16-d31}
        ldr     r2, =memory
        sub     r0, r0, r2
        vmrs    r1, fpscr
        stm     r4!, {r0, r1}
        ldr     r2, =memory
        vldm    r2, {d0-d7}
        vstm    r4, {d0-d7}
        b       2f
        .ltorg
2:`,
  )
  .join('')}
        mov     r0, #1
        ldr     r1, =outputs
        ldr     r2, =${(256 + 8 + MEMORY) * cases.length}
        mov     r7, #4
        svc     0
        mov     r0, #0
        mov     r7, #1
        svc     0
        .ltorg
        .section .words, "a"
${cases.map(({ text }) => `        ${text}`).join('\n')}
        .data
        .balign 32
memory: .space  ${MEMORY}
inputs:
${cases.map(({ values }) => `        .quad   ${values.map((v) => `0x${hex(v, 16)}`).join(', ')}`).join('\n')}
        .bss
        .balign 8
outputs: .space ${(256 + 8 + MEMORY) * cases.length}
`;

const folder = mkdtempSync(path.join(tmpdir(), 'neon-'));
try {
  const file = (name) => path.join(folder, name);
  writeFileSync(file('neon.S'), assembly);
  const options = ['-nostdlib', '-static', '-Ttext=0x10000', file('neon.S'), '-o', file('neon.elf')];
  execFileSync('arm-none-eabi-gcc', options, { stdio: ['ignore', 'inherit', 'inherit'] });
  execFileSync('arm-none-eabi-objcopy', ['-O', 'binary', '-j', '.words', file('neon.elf'), file('words.bin')]);
  const words = readFileSync(file('words.bin'));
  const outputs = execFileSync('qemu-arm', ['-cpu', 'cortex-a9', file('neon.elf')], { maxBuffer: 1 << 26 });
  const initial = Array.from({ length: MEMORY }, (_, i) => hex((11 + 37 * i) & 0xff, 2)).join('');
  console.log(
    [
      '; What qemu-arm 7.2 (cortex-a9) makes of Advanced SIMD instructions, recorded by record.mjs beside this file: the',
      '; instruction as A32, the doublewords that it names (all others 0) and those that it changes. r0 is the address of 64',
      '; bytes 0b 30 55 7a ... (each 37 more than the one before), r1 is 12; what becomes of r0 and of the bytes is told if it',
      '; changes, and qc if FPSCR.QC gets set.',
    ].join('\n'),
  );
  cases.forEach(({ text, values }, i) => {
    const at = outputs.subarray((256 + 8 + MEMORY) * i);
    const changes = values.flatMap((old, n) => {
      const value = at.readBigUInt64LE(8 * n);
      return value === old ? [] : [`d${n}=${hex(value, 16)}`];
    });
    const moved = at.readInt32LE(256);
    if (moved) changes.push(`r0+=${moved}`);
    const fpscr = at.readUInt32LE(260);
    if (fpscr === 0x08000000) changes.push('qc');
    else if (fpscr) throw new Error(`${text}: FPSCR ${hex(fpscr, 8)}`);
    const bytes = at.subarray(264, 264 + MEMORY).toString('hex');
    if (bytes !== initial) changes.push(`memory=${bytes}`);
    const inputs = named(text).map((n) => `d${n}=${hex(values[n], 16)}`);
    console.log([text, hex(words.readUInt32LE(4 * i), 8), inputs.join(' '), changes.join(' ')].join('; '));
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
