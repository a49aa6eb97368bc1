import type { Fields } from '../decode';
import type { Insn } from './insn';
import type { Printer } from './template';
import * as text from './text';
import { floatImmediate } from './vfp-text';

/*
 * Advanced SIMD's operands and data types (DDI 0406C A7.3 to A7.7).
 */

const doubleword = (high: number, v: number): number => (high << 4) | v;
const quad = (n: number): string => `q${n >>> 1}`;
const either = (q: number, n: number): string => (q ? quad(n) : `d${n}`);
const bits = (size: number): number => 8 << size;
const sign = (u: number): string => (u ? 'u' : 's');

/** Element size in bits of a shift by a constant, from the leading one of L:imm6 (A7.4.4). */
export const shiftBits = ({ l, imm6 }: Fields): number => (l ? 64 : 1 << (31 - Math.clz32(imm6)));

/** As {@link shiftBits} of the narrow elements where those are half of the others. */
const narrowBits = ({ imm6 }: Fields): number => shiftBits({ imm6 });

function rightShift(fields: Fields): string {
  const size = shiftBits(fields);
  return text.immediate((fields.l ? size : 2 * size) - fields.imm6);
}

function leftShift(fields: Fields): string {
  return text.immediate(fields.imm6 - (fields.l ? 0 : shiftBits(fields)));
}

/** AdvSIMDExpandImm of 64 bits: a byte of ones for each bit of imm8. */
function byteMask(imm8: number): string {
  let value = 0n;
  for (let i = 7; i >= 0; i--) value = (value << 8n) | ((imm8 >>> i) & 1 ? 0xffn : 0n);
  return value === 0n ? '#0' : `#0x${value.toString(16)}`;
}

/** Size in bits and index of the element that imm4 names (A8.8.314); undefined where it names none. */
export function duplicated({ imm4 }: Fields): { size: number; index: number } | undefined {
  if (imm4 === 0 || imm4 === 8) return undefined;
  const zeros = 31 - Math.clz32(imm4 & -imm4);
  return { size: bits(zeros), index: imm4 >>> (zeros + 1) };
}

/** VEXT counts bytes; the text takes the largest elements that the count is whole in. */
function extraction({ q, imm4 }: Fields): { size: number; index: number } {
  const largest = q ? 3 : 2;
  const size = imm4 === 0 ? largest : Math.min(largest, 31 - Math.clz32(imm4 & -imm4));
  return { size: bits(size), index: imm4 >>> size };
}

/** A scalar: of 16 bits one of d0..d7's four, of 32 one of d0..d15's two (A7.4.3). */
function scalar({ size, m, vm }: Fields): string {
  return size === 1 ? `d${vm & 7}[${(m << 1) | (vm >>> 3)}]` : `d${vm}[${m}]`;
}

/** What the reference prints past d31, where an UNPREDICTABLE list ends: names that follow in a table of its own. */
const PAST_LAST = ['fpinst2', 'mvfr0', 'mvfr1', 'mvfr2'];
const inSequence = (n: number): string => (n < 32 ? `d${n}` : PAST_LAST[n - 32]);

function table({ n, vn, len }: Fields): string {
  const first = doubleword(n, vn);
  return `{${Array.from({ length: len + 1 }, (_, i) => inSequence(first + i)).join(', ')}}`;
}

/** Registers of a structure, each with what stands behind it. Structures of three and four go on with d0 after d31. */
function structure(first: number, count: number, step: number, suffix: string): string {
  return `{${Array.from({ length: count }, (_, i) => `d${(first + step * i) & 31}${suffix}`).join(', ')}}`;
}

/** `[rn:alignment]` in bits, and the write-back: by the transfer's size, or by a register. */
function place({ rn, rm }: Fields, alignment: number): string {
  const base = `[${text.register(rn)}${alignment ? `:${text.immediate(alignment).slice(1)}` : ''}]`;
  if (rm === 15) return base;
  return rm === 13 ? `${base}!` : `${base}, ${text.register(rm)}`;
}

/** n of an n-element structure, from the row's name. */
const elements = (row: string): number => Number(row[3]);

/** The list of the rows with multiple structures: the row's name ends with its length where that is not n. */
function multipleList({ row, fields: { d, vd, inc } }: Insn): string {
  const first = doubleword(d, vd);
  const length = Number(row.slice(row.lastIndexOf('_') + 1));
  if (!length) return structure(first, elements(row), 1 + inc, '');
  return `{${Array.from({ length }, (_, i) => inSequence(first + i)).join(', ')}}`;
}

/** Element size, index, distance of registers and alignment of one lane, all in bits; as the row's table says (A7.7.1). */
export interface Lane {
  readonly size: number;
  readonly index: number;
  readonly step: number;
  readonly alignment: number;
}

/** Of the form with one lane; undefined where UNDEFINED, or where the list goes past d31. */
export function oneLane(row: string, fields: Fields): Lane | undefined {
  const lane = fields.size === 3 ? undefined : laneShape(row, fields);
  const last = doubleword(fields.d, fields.vd) + (elements(row) - 1) * (lane?.step ?? 0);
  return last > 31 ? undefined : lane;
}

function laneShape(row: string, { size, index }: Fields): Lane | undefined {
  const n = elements(row);
  const lane = index >>> (size + 1);
  const step = size === 0 ? 1 : 1 + ((index >>> size) & 1);
  const low = index & ((1 << size) - 1);
  // What is left says how the whole structure is aligned.
  const align = size === 0 ? index & 1 : size === 1 ? index & 1 : index & 3;
  const shape = { size: bits(size), index: lane };
  switch (n) {
    case 1:
      if (size === 0) return index & 1 ? undefined : { ...shape, step: 1, alignment: 0 };
      if (size === 1) return index & 2 ? undefined : { ...shape, step: 1, alignment: 16 * (index & 1) };
      if ((index & 4) !== 0 || ((index & 3) !== 0 && (index & 3) !== 3)) return undefined;
      return { ...shape, step: 1, alignment: index & 3 ? 32 : 0 };
    case 2:
      if (size === 2 && (low & 2) !== 0) return undefined;
      return { ...shape, step, alignment: (align & 1) * 2 * bits(size) };
    case 3:
      return align ? undefined : { ...shape, step, alignment: 0 };
    default:
      if (size === 2) return low === 3 ? undefined : { ...shape, step, alignment: [0, 64, 128][low] };
      return { ...shape, step, alignment: align * 4 * bits(size) };
  }
}

/** Of the form that loads all lanes; undefined where UNDEFINED, or where a list of two goes past d31. */
export function allLanes(row: string, { size, t, a, d, vd }: Fields): Lane | undefined {
  const n = elements(row);
  const step = n === 1 ? 1 : 1 + t;
  const shape = { size: bits(size), index: -1, step };
  if (n <= 2 && doubleword(d, vd) + (n === 1 ? t : step) > 31) return undefined;
  switch (n) {
    case 1:
      return size === 3 || (size === 0 && a) ? undefined : { ...shape, alignment: a * bits(size) };
    case 2:
      return size === 3 ? undefined : { ...shape, alignment: a * 2 * bits(size) };
    case 3:
      return size === 3 || a ? undefined : { ...shape, alignment: 0 };
    default:
      if (size === 3) return a ? { ...shape, size: 32, alignment: 128 } : undefined;
      return { ...shape, alignment: a * (size === 2 ? 64 : 4 * bits(size)) };
  }
}

const laneOf = ({ row, fields }: Insn): Lane | undefined =>
  row.endsWith('_all') ? allLanes(row, fields) : oneLane(row, fields);

/** The list of the forms with lanes. VLD1 to all lanes fills one register or two. */
function laneList(insn: Insn): string {
  const lane = laneOf(insn);
  if (!lane) return '';
  const { row, fields } = insn;
  const all = lane.index < 0;
  const count = row === 'VLD1_all' ? 1 + fields.t : elements(row);
  return structure(doubleword(fields.d, fields.vd), count, lane.step, all ? '[]' : `[${lane.index}]`);
}

/** Printers of Advanced SIMD's placeholders. */
export const NEON_PRINTERS: Readonly<Record<string, Printer<Insn>>> = {
  // Registers: nx a quadword where q is 1, qqx always.
  nd: ({ fields: { q, vd, d } }) => either(q, doubleword(d, vd)),
  nn: ({ fields: { q, vn, n } }) => either(q, doubleword(n, vn)),
  nm: ({ fields: { q, vm, m } }) => either(q, doubleword(m, vm)),
  qqd: ({ fields: { vd, d } }) => quad(doubleword(d, vd)),
  qqn: ({ fields: { vn, n } }) => quad(doubleword(n, vn)),
  qqm: ({ fields: { vm, m } }) => quad(doubleword(m, vm)),
  scalar: ({ fields }) => scalar(fields),
  table: ({ fields }) => table(fields),

  // Types: us signed or unsigned, then the size; 2 behind it: of the wide elements.
  us: ({ fields: { u } }) => sign(u),
  opsign: ({ fields: { op } }) => sign(op),
  opsign0: ({ fields: { op } }) => sign(op & 1),
  size: ({ fields: { size } }) => `${bits(size)}`,
  sizeimm: ({ fields: { size } }) => text.immediate(bits(size)),
  size2: ({ fields: { size } }) => `${2 * bits(size)}`,
  f32or: ({ fields: { f } }) => (f ? 'f' : 's'),
  f32ori: ({ fields: { f } }) => (f ? 'f' : 'i'),
  f32oru: ({ fields: { f } }) => (f ? 'f' : 'u'),

  // Shifts by a constant.
  shsize: ({ fields }) => `${shiftBits(fields)}`,
  shsize2: ({ fields }) => `${2 * narrowBits(fields)}`,
  right: ({ fields }) => rightShift(fields),
  left: ({ fields }) => leftShift(fields),
  fbits: ({ fields }) => text.immediate(64 - fields.imm6),

  // Immediates.
  imm32: ({ fields: { imm8, cmode } }) => text.immediate(imm8 << (8 * cmode)),
  simm16: ({ fields: { imm8, cmode } }) => text.immediate(imm8 << (8 * cmode)),
  immones: ({ fields: { imm8, cmode } }) => text.immediate(cmode ? (imm8 << 16) | 0xffff : (imm8 << 8) | 0xff),
  imm64: ({ fields }) => byteMask(fields.imm8),
  immf32: ({ fields }) => floatImmediate(fields.imm8),

  extsize: ({ fields }) => `${extraction(fields).size}`,
  extindex: ({ fields }) => text.immediate(extraction(fields).index),
  dupelement: ({ fields }) => `${duplicated(fields)?.size ?? ''}`,
  dupindex: ({ fields }) => `[${duplicated(fields)?.index ?? ''}]`,

  // Structures.
  ldst: ({ row, fields: { l } }) => `v${l === 0 ? 'st' : 'ld'}${elements(row)}`,
  structure: multipleList,
  structmem: ({ fields }) => place(fields, fields.align ? 32 << fields.align : 0),
  lanesize: (insn) => `${laneOf(insn)?.size ?? ''}`,
  lanes: laneList,
  lanemem: (insn) => place(insn.fields, laneOf(insn)?.alignment ?? 0),
};
