import { immediateT32 } from './immediates';
import type { Insn } from './insn';
import { NEON_PRINTERS } from './neon-text';
import { branchTarget } from './targets';
import * as text from './text';
import { VFP_PRINTERS } from './vfp-text';
import type { Printer } from './template';

const has = (mask: number): boolean => mask !== 0;
const upper = (value: number): string => (value ? 't' : 'b');

/** `[rn, <offset>]`, pre-indexed or post-indexed as the fields p and w say. */
function indexed({ fields: { rn, p, w } }: Insn, offset: string): string {
  const base = text.register(rn);
  if (p === 0) return `[${base}], ${offset}`;
  return `[${base}${offset && `, ${offset}`}]${w === 1 ? '!' : ''}`;
}

/** An immediate offset, left out where it is plus zero and changes nothing. */
function indexedImmediate(insn: Insn, value: number): string {
  const { p, w, u } = insn.fields;
  return indexed(insn, p !== 0 && w !== 1 && u !== 0 && value === 0 ? '' : text.offset(u ?? 1, value));
}

/** The same in T32, where a negative offset inside of the brackets is hexadecimal even below ten. */
function indexedImmediateT32(insn: Insn, value: number): string {
  const { p, u } = insn.fields;
  if (p === 0 || u !== 0) return indexedImmediate(insn, value);
  return indexed(insn, `#-0x${value.toString(16)}`);
}

function indexedRegister(insn: Insn, shift: string): string {
  return indexed(insn, (insn.fields.u ? '' : '-') + text.register(insn.fields.rm) + shift);
}

/** Options of coprocessor transfers without index: `[rn], {n}`. */
function coprocessorTransfer(insn: Insn): string {
  const { p, u, w, rn, imm8 } = insn.fields;
  if (p === 0 && w === 0 && u === 1) return `[${text.register(rn)}], {${text.immediate(imm8).slice(1)}}`;
  return indexedImmediate(insn, imm8 * 4);
}

/** `{r0, lr}` in 16-bit forms: the low eight registers and one more. */
const shortList = (list: number, extra: number, register: number): string =>
  text.registerList(list | (extra << register));

/**
 * What the placeholders of templates print, beside the generic ones of {@link resolvePrinter}.
 * Suffixes: c condition, s/fs flags set (fs: in 16-bit forms, so outside of IT blocks). Operands: see each.
 */
const PRINTERS: Readonly<Record<string, Printer<Insn>>> = {
  op: (insn) => insn.mnemonic.toLowerCase(),
  c: (insn) => text.condition(insn.cond),
  s: ({ fields }) => (fields.s ? 's' : ''),
  fs: (insn) => (insn.inItBlock ? '' : 's'),
  x: ({ fields }) => (fields.x ? 'x' : ''),
  r: ({ fields }) => (fields.r ? 'r' : ''),
  xy: ({ fields }) => upper(fields.n) + upper(fields.m),
  y: ({ fields }) => upper(fields.m),
  target: (insn) => text.address(branchTarget(insn) ?? 0),

  // Data processing.
  const: ({ fields }) => text.modifiedImmediateA32((fields.rot << 8) | fields.imm8),
  tconst: ({ fields }) => text.signedImmediate(immediateT32(fields.imm)),
  tconstu: ({ fields }) => text.immediate(immediateT32(fields.imm)),
  shift: ({ fields }) => text.shiftSuffix(fields.type, fields.imm5),
  rsr: ({ fields }) => `${text.shiftName(fields.type)} ${text.register(fields.rs)}`,
  shiftop: ({ fields }) => text.shiftName(fields.type),
  amount: ({ fields }) => text.immediate(fields.imm5 || 32),
  rrx: ({ fields }) => text.shiftSuffix(fields.type, fields.imm5),
  imm16: ({ fields }) => text.immediate(fields.imm16 ?? (fields.imm16a << 12) | fields.imm16b),
  width: ({ fields }) => text.immediate(fields.widthm1 + 1),
  // A bit field that ends before it begins reads as its last bit.
  bflsb: ({ fields: { lsb, msb } }) => text.immediate(Math.min(lsb, msb)),
  bfwidth: ({ fields: { lsb, msb } }) => text.immediate(Math.max(msb - lsb, 0) + 1),
  ssat: ({ fields }) => text.immediate(fields.sat + 1),
  satshift: ({ fields: { sh, imm5 } }) => {
    if (sh) return `, asr ${text.immediate(imm5 || 32)}`;
    return imm5 ? `, lsl ${text.immediate(imm5)}` : '';
  },
  pkhshift: ({ fields: { tb, imm5 } }) => {
    if (tb) return `, asr ${text.immediate(imm5 || 32)}`;
    return imm5 ? `, lsl ${text.immediate(imm5)}` : '';
  },
  rotation: ({ fields }) => (fields.rot ? `, ror #${fields.rot * 8}` : ''),

  // Memory.
  mem12: (insn) => indexedImmediate(insn, insn.fields.imm12),
  mem8: (insn) => indexedImmediate(insn, insn.fields.imm8),
  post12: ({ fields }) => `[${text.register(fields.rn)}], ${text.offset(fields.u, fields.imm12)}`,
  post8: ({ fields }) => `[${text.register(fields.rn)}], ${text.offset(fields.u, fields.imm8)}`,
  post8x4: ({ fields }) => `[${text.register(fields.rn)}], ${text.offset(fields.u, fields.imm8 * 4)}`,
  memreg: (insn) => indexedRegister(insn, text.shiftSuffix(insn.fields.type, insn.fields.imm5)),
  memreg0: (insn) => indexedRegister(insn, ''),
  postreg: ({ fields: { rn, rm, u, type, imm5 } }) =>
    `[${text.register(rn)}], ${u ? '' : '-'}${text.register(rm)}${text.shiftSuffix(type, imm5)}`,
  postreg0: ({ fields: { rn, rm, u } }) => `[${text.register(rn)}], ${u ? '' : '-'}${text.register(rm)}`,
  lit12: ({ fields: { u, imm12 } }) => (u && !imm12 ? '[pc]' : `[pc, ${text.offset(u, imm12)}]`),
  lit8: ({ fields: { u, imm8 } }) => (u && !imm8 ? '[pc]' : `[pc, ${text.offset(u, imm8)}]`),
  tmem8: (insn) => indexedImmediateT32(insn, insn.fields.imm8),
  tmem8x4: (insn) => indexedImmediateT32(insn, insn.fields.imm8 * 4),
  tneg8: ({ fields: { rn, imm8 } }) => `[${text.register(rn)}, #-0x${imm8.toString(16)}]`,
  tlit12: ({ fields: { u, imm12 } }) => `[pc, ${u ? text.immediate(imm12) : `#-0x${imm12.toString(16)}`}]`,
  tlit8x4: ({ fields: { u, imm8 } }) => {
    if (u) return imm8 ? `[pc, ${text.immediate(imm8 * 4)}]` : '[pc]';
    return `[pc, #-0x${(imm8 * 4).toString(16)}]`;
  },
  tmemreg: ({ fields: { rn, rm, imm2 } }) =>
    `[${text.register(rn)}, ${text.register(rm)}${imm2 ? `, lsl #${imm2}` : ''}]`,
  rtlist: ({ fields }) => text.registerList(1 << fields.rt),
  list: ({ fields }) => text.registerList(fields.list),
  pushlist: ({ fields }) => shortList(fields.list, fields.m, 14),
  poplist: ({ fields }) => shortList(fields.list, fields.p, 15),
  w: ({ fields }) => (fields.w ? '!' : ''),
  user: ({ fields }) => (fields.user ? ' ^' : ''),
  mode: ({ fields: { p, u } }) => ['da', '', 'db', 'ib'][p * 2 + u],
  srsmode: ({ fields: { p, u } }) => ['da', 'ia', 'db', 'ib'][p * 2 + u],
  // Of a pair the reference reads the even number, whatever the encoding says.
  pair: ({ fields: { rt } }) => `${text.register(rt & 14)}, ${text.register(rt | 1)}`,
  rt1: ({ fields }) => text.register((fields.rt + 1) & 15),

  // System and coprocessor.
  // Both fields should be the same; where not, the reference reads the bits of either.
  rmboth: ({ fields: { rm, rm2 } }) => text.register(rm | rm2),
  rtnzcv: ({ fields }) => (fields.rt === 15 ? 'apsr_nzcv' : text.register(fields.rt)),
  psr: ({ fields }) => (fields.r ? 'spsr' : 'apsr'),
  psrfields: ({ fields }) => text.statusFields(fields.r, fields.mask),
  banked: ({ fields }) => text.bankedRegister(fields.r, (fields.m << 4) | fields.m1) ?? '',
  barrier: ({ fields }) => text.barrierOption(fields.option),
  isbopt: ({ fields }) => text.isbOption(fields.option),
  aif: ({ fields: { a, i, f } }) => text.interruptFlags((a << 2) | (i << 1) | f),
  endian: ({ fields }) => (fields.e ? 'be' : 'le'),
  cop: ({ fields }) => `p${fields.coproc}`,
  d: ({ fields }) => (fields.d ? 'l' : ''),
  ldcmem: coprocessorTransfer,
  it: ({ fields }) => text.itMnemonic(Math.min(fields.firstcond, 14), fields.mask),
  itcond: ({ fields }) => (fields.firstcond >= 14 ? 'al' : text.condition(fields.firstcond)),
  w16: ({ fields }) => (has(fields.list & (1 << fields.rn)) ? '' : '!'),
};

/**
 * The printer of a placeholder: one of the table, else
 * `{rd}` a core register field, `{cn:crn}` a coprocessor register field, `{#imm8}` and `{#imm8*4}` an unsigned
 * immediate field, scaled. Undefined for anything else.
 */
export function resolvePrinter(name: string): Printer<Insn> | undefined {
  if (Object.hasOwn(PRINTERS, name)) return PRINTERS[name];
  if (Object.hasOwn(VFP_PRINTERS, name)) return VFP_PRINTERS[name];
  if (Object.hasOwn(NEON_PRINTERS, name)) return NEON_PRINTERS[name];
  if (/^r(?:[dnmst]|a|t2|dn|dm|dhi|dlo)$/.test(name)) return ({ fields }) => text.register(fields[name]);
  if (name.startsWith('cn:')) {
    const field = name.slice(3);
    return ({ fields }) => `c${fields[field]}`;
  }
  const immediate = /^#(\w+?)(?:\*(\d+))?$/.exec(name);
  if (!immediate) return undefined;
  const [, field, scale = '1'] = immediate;
  return ({ fields }) => text.immediate(fields[field] * Number(scale));
}
