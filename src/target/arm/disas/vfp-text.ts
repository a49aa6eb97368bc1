import type { Fields } from '../decode';
import type { Insn } from './insn';
import type { Printer } from './template';
import * as text from './text';

const SYSTEM: Readonly<Record<number, string>> = {
  0: 'fpsid',
  1: 'fpscr',
  5: 'mvfr2',
  6: 'mvfr1',
  7: 'mvfr0',
  8: 'fpexc',
  9: 'fpinst',
  10: 'fpinst2',
};

/** The floating-point system register `reg` (DDI 0406C B4.1); undefined for those that VMSR or VMRS cannot name. */
export const systemRegister = (reg: number, write: boolean): string | undefined =>
  write && reg >= 5 && reg <= 7 ? undefined : SYSTEM[reg];

/** Element size in bits and index that opc1:opc2 mean (A8.8.341); undefined where they mean none. */
export function scalarOf({ opc1, opc2 }: Fields): { size: number; index: number } | undefined {
  if (opc1 & 2) return { size: 8, index: ((opc1 & 1) << 2) | opc2 };
  if (opc2 & 1) return { size: 16, index: ((opc1 & 1) << 1) | (opc2 >>> 1) };
  return opc2 === 0 ? { size: 32, index: opc1 & 1 } : undefined;
}

const single = (v: number, low: number): string => `s${(v << 1) | low}`;
const double = (v: number, high: number): string => `d${(high << 4) | v}`;
const sized = (sz: number, v: number, bit: number): string => (sz ? double(v, bit) : single(v, bit));

/** The value of an 8-bit floating-point immediate (A7.5.1), as C's `%e` prints it. */
export function floatImmediate(imm8: number): string {
  const exponent = ((imm8 >>> 4) & 7) ^ 4;
  const value = (16 + (imm8 & 15)) * 2 ** (exponent - 7);
  const [digits, power] = value.toExponential(6).split('e');
  return `#${imm8 & 0x80 ? '-' : ''}${digits}e${power[0]}${power.slice(1).padStart(2, '0')}`;
}

/** A list of registers in sequence; at least one, and none past the last there is. */
function vectorList({ sz, d, vd, imm8 }: Fields): string {
  const first = sz ? (d << 4) | vd : (vd << 1) | d;
  const count = sz ? Math.min(imm8 >>> 1, 16) : imm8;
  const length = Math.max(Math.min(count, 32 - first), 1);
  return `{${Array.from({ length }, (_, n) => `${sz ? 'd' : 's'}${first + n}`).join(', ')}}`;
}

const fraction = ({ sx, imm4, i }: Fields): string => text.immediate((sx ? 32 : 16) - ((imm4 << 1) | i));

/** Printers of the floating-point forms' placeholders. */
export const VFP_PRINTERS: Readonly<Record<string, Printer<Insn>>> = {
  float: ({ fields }) => (fields.sz ? 'f64' : 'f32'),
  int: ({ fields }) => (fields.s ? 's32' : 'u32'),
  fixed: ({ fields: { u, sx } }) => `${u ? 'u' : 's'}${sx ? 32 : 16}`,
  fraction: ({ fields }) => fraction(fields),
  cc: ({ fields }) => ['eq', 'vs', 'ge', 'gt'][fields.cc],
  rounding: ({ fields }) => 'anpm'[fields.rm],
  bt: ({ fields }) => (fields.t ? 't' : 'b'),
  e: ({ fields }) => (fields.e ? 'e' : ''),
  vd: ({ fields: { sz, vd, d } }) => sized(sz, vd, d),
  vn: ({ fields: { sz, vn, n } }) => sized(sz, vn, n),
  vm: ({ fields: { sz, vm, m } }) => sized(sz, vm, m),
  sd: ({ fields: { vd, d } }) => single(vd, d),
  sn: ({ fields: { vn, n } }) => single(vn, n),
  sm: ({ fields: { vm, m } }) => single(vm, m),
  sm1: ({ fields: { vm, m } }) => `s${((vm << 1) | m) + 1}`,
  dd: ({ fields: { vd, d } }) => double(vd, d),
  dn: ({ fields: { vn, n } }) => double(vn, n),
  dm: ({ fields: { vm, m } }) => double(vm, m),
  qd: ({ fields: { q, vd, d } }) => (q ? `q${((d << 4) | vd) >>> 1}` : double(vd, d)),
  vimm: ({ fields }) => floatImmediate(fields.imm8),
  vmem: ({ fields: { rn, u, imm8 } }) => `[${text.register(rn)}${u && !imm8 ? '' : `, ${text.offset(u, imm8 * 4)}`}]`,
  vlist: ({ fields }) => vectorList(fields),
  mode2: ({ fields }) => (fields.p ? 'db' : 'ia'),
  scalarsize: ({ fields }) => `${scalarOf(fields)?.size ?? ''}`,
  scalartype: ({ fields }) => {
    const size = scalarOf(fields)?.size ?? 0;
    return size === 32 ? '32' : `${fields.u ? 'u' : 's'}${size}`;
  },
  scalarindex: ({ fields }) => `[${scalarOf(fields)?.index ?? ''}]`,
  dupsize: ({ fields: { b, e } }) => `${b ? 8 : e ? 16 : 32}`,
  vmrsrt: ({ fields: { reg, rt } }) => (reg === 1 && rt === 15 ? 'apsr_nzcv' : text.register(rt)),
  vsys: ({ fields }) => systemRegister(fields.reg, false) ?? '',
};
