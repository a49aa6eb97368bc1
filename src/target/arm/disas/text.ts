/**
 * How operands read: register names, immediates, shifts, lists, system registers. The forms are Capstone's, which
 * QEMU prints; the meaning of each field is the ARM ARM's (ARM DDI 0406C).
 */
import { rotateRight } from '../../../common/bits';

const REGISTERS = ['r0', 'r1', 'r2', 'r3', 'r4', 'r5', 'r6', 'r7', 'r8', 'sb', 'sl', 'fp', 'ip', 'sp', 'lr', 'pc'];
const CONDITIONS = ['eq', 'ne', 'hs', 'lo', 'mi', 'pl', 'vs', 'vc', 'hi', 'ls', 'ge', 'lt', 'gt', 'le', '', ''];
const SHIFTS = ['lsl', 'lsr', 'asr', 'ror'];
const BARRIERS: Readonly<Record<number, string>> = {
  2: 'oshst',
  3: 'osh',
  6: 'nshst',
  7: 'nsh',
  10: 'ishst',
  11: 'ish',
  14: 'st',
  15: 'sy',
};

/** The largest absolute value that is printed in decimal. */
const LARGEST_DECIMAL = 9;

/** The name of core register `n` (0..15), r9 to r15 by their roles. */
export const register = (n: number): string => REGISTERS[n];

/** The condition suffix of `cond` (0..15); empty for AL. */
export const condition = (cond: number): string => CONDITIONS[cond];

/** An absolute value without `#`: decimal up to nine, hexadecimal from there on. */
function magnitude(value: number): string {
  return value > LARGEST_DECIMAL ? `0x${value.toString(16)}` : value.toString();
}

/** A non-negative immediate, `#8` or `#0x10`. */
export const immediate = (value: number): string => `#${magnitude(value >>> 0)}`;

/** A signed immediate, `#8` or `#-0x10`. */
export const signedImmediate = (value: number): string =>
  value < 0 ? `#-${magnitude(-value)}` : `#${magnitude(value)}`;

/** An immediate that is subtracted when `add` is 0; an encoded minus zero reads `#-0`. */
export const offset = (add: number, value: number): string => (add ? '#' : '#-') + magnitude(value);

/** An address, `#0x100000`. */
export const address = (value: number): string => immediate(value);

/** The shift type's name for the field `type` (0..3). */
export const shiftName = (type: number): string => SHIFTS[type];

/**
 * A constant shift after a register operand, `, lsr #32`, empty for none; an amount of 0 means 32 for LSR and ASR and
 * RRX for ROR (ARM DDI 0406C, A8.4.3 DecodeImmShift).
 */
export function shiftSuffix(type: number, amount: number): string {
  if (amount) return `, ${SHIFTS[type]} #${amount}`;
  if (type === 0) return '';
  return type === 3 ? ', rrx' : `, ${SHIFTS[type]} #32`;
}

/** A register list, `{r0, r1, lr}`, of the registers whose bit is set in `mask`. */
export function registerList(mask: number): string {
  return `{${REGISTERS.filter((_, n) => (mask >>> n) & 1).join(', ')}}`;
}

/**
 * An A32 modified immediate (A5.2.4): its value, or `#80, #22` (byte and rotation) where an assembler would have
 * encoded the same value with a smaller rotation field.
 */
export function modifiedImmediateA32(imm12: number): string {
  const byte = imm12 & 0xff;
  const rotation = (imm12 >>> 8) * 2;
  const value = rotateRight(byte, rotation) >>> 0;
  return canonicalRotation(value) === rotation ? immediate(value) : `#${byte}, #${rotation}`;
}

/** The rotation an assembler chooses for `value`: the fewest right-most zeros shifted out of the byte. */
function canonicalRotation(value: number): number {
  for (let rotation = 0; rotation < 32; rotation += 2)
    if (rotateRight(value, -rotation & 31) >>> 0 <= 0xff) return rotation;
  return -1;
}

/** The bitwise fields of `msr`'s status register (`imm`/register forms, B9.3.12): `apsr_nzcvq`, `cpsr_fsxc`, `spsr_c`. */
export function statusFields(spsr: number, mask: number): string {
  if (!spsr && (mask === 8 || mask === 4 || mask === 12))
    return `apsr_${mask & 8 ? 'nzcvq' : ''}${mask & 4 ? 'g' : ''}`;
  const letters = [...'fsxc'].filter((_, n) => mask & (8 >> n)).join('');
  return (spsr ? 'spsr' : 'cpsr') + (letters && `_${letters}`);
}

const BANKED_GENERAL: readonly (string | undefined)[] = [
  ...['r8', 'r9', 'r10', 'r11', 'r12', 'sp', 'lr'].map((name) => `${name}_usr`),
  undefined,
  ...['r8', 'r9', 'r10', 'r11', 'r12', 'sp', 'lr'].map((name) => `${name}_fiq`),
  undefined,
  ...['irq', 'svc', 'abt', 'und'].flatMap((mode) => [`lr_${mode}`, `sp_${mode}`]),
  ...[undefined, undefined, undefined, undefined],
  'lr_mon',
  'sp_mon',
  'elr_hyp',
  'sp_hyp',
];
const BANKED_SPSR: Readonly<Record<number, string>> = {
  14: 'SPSR_fiq',
  16: 'SPSR_irq',
  18: 'SPSR_svc',
  20: 'SPSR_abt',
  22: 'SPSR_und',
  28: 'SPSR_mon',
  30: 'SPSR_hyp',
};

/** The banked register that R (`spsr`) and SYSm (0..31) name (B9.2.3); undefined where UNPREDICTABLE. */
export const bankedRegister = (spsr: number, sysm: number): string | undefined =>
  (spsr ? BANKED_SPSR : BANKED_GENERAL)[sysm];

/** The option of DSB and DMB. A reserved one reads in hexadecimal, even below ten. */
export const barrierOption = (option: number): string => BARRIERS[option] ?? `#0x${option.toString(16)}`;

/** The option of ISB: `sy` alone has a name. */
export const isbOption = (option: number): string => (option === 15 ? 'sy' : `#0x${option.toString(16)}`);

/** The interrupt flags of CPS: a subset of `aif` for the three bits A, I, F, or `none`. */
export const interruptFlags = (aif: number): string => [...'aif'].filter((_, n) => aif & (4 >> n)).join('') || 'none';

/** Bytes that are no instruction: `.byte 0x00, 0x00, 0x00, 0xf0`. */
export function byteDirective(bytes: Iterable<number>): string {
  return `.byte ${Array.from(bytes, (byte) => `0x${byte.toString(16).padStart(2, '0')}`).join(', ')}`;
}

/** The name of `it` for its mask: a `t` or `e` for each further instruction, by the condition's low bit. */
export function itMnemonic(firstCondition: number, mask: number): string {
  const length = 3 - Math.log2(mask & -mask);
  let text = 'it';
  for (let n = 0; n < length; n++) text += ((mask >>> (3 - n)) & 1) === (firstCondition & 1) ? 't' : 'e';
  return text;
}
