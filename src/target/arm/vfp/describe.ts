import { Fpscr } from '../cpu-state';

/** Floating-point registers spelled out for a debugger. */

const words = new Int32Array(2);
const asSingle = new Float32Array(words.buffer);
const asDouble = new Float64Array(words.buffer);

/** The number that a single precision encoding means. */
export function describeSingle(bits: number): string {
  words[0] = bits;
  const [value] = asSingle;
  if (!Number.isFinite(value) || value === 0) return Object.is(value, -0) ? '-0' : String(value);
  // The fewest digits that no other number of this precision has.
  let digits = 1;
  while (Math.fround(Number(value.toPrecision(digits))) !== value) digits++;
  return String(Number(value.toPrecision(digits)));
}

/** The number that a double precision encoding means. */
export function describeDouble(low: number, high: number): string {
  words[0] = low;
  words[1] = high;
  const [value] = asDouble;
  return Object.is(value, -0) ? '-0' : String(value);
}

const ROUNDING = ['RN', 'RP', 'RM', 'RZ'];
const FLAGS: readonly (readonly [mask: number, name: string])[] = [
  [0x80, 'IDC'],
  [0x10, 'IXC'],
  [0x08, 'UFC'],
  [0x04, 'OFC'],
  [0x02, 'DZC'],
  [0x01, 'IOC'],
];

/** FPSCR, e.g. `nZCv qc ahp dn FZ RZ len=1 stride=1 IXC IOC`: capitals are set, exceptions are listed when they are. */
export function describeFpscr(fpscr: number): string {
  const flag = (mask: number, name: string): string => (fpscr & mask ? name.toUpperCase() : name);
  return [
    flag(0x80000000, 'n') + flag(0x40000000, 'z') + flag(0x20000000, 'c') + flag(0x10000000, 'v'),
    flag(0x08000000, 'qc'),
    flag(Fpscr.AHP, 'ahp'),
    flag(Fpscr.DN, 'dn'),
    flag(Fpscr.FZ, 'fz'),
    ROUNDING[(fpscr >>> Fpscr.RMODE_SHIFT) & 3],
    `len=${((fpscr >>> Fpscr.LENGTH_SHIFT) & 7) + 1}`,
    `stride=${((fpscr >>> Fpscr.STRIDE_SHIFT) & 3) === 3 ? 2 : 1}`,
    ...FLAGS.filter(([mask]) => fpscr & mask).map(([, name]) => name),
  ].join(' ');
}
