import { bits } from '../../common/bits';

/** A field of the CPSR or an SPSR (ARM ARM DDI 0406C, B1.3.3). */
export interface StatusField {
  readonly name: string;
  readonly lsb: number;
  readonly width: number;
  readonly meaning: string;
  /** The value in words. */
  readonly words?: (value: number) => string | undefined;
}

const MODES: Readonly<Record<number, string>> = {
  0x10: 'usr',
  0x11: 'fiq',
  0x12: 'irq',
  0x13: 'svc',
  0x16: 'mon',
  0x17: 'abt',
  0x1a: 'hyp',
  0x1b: 'und',
  0x1f: 'sys',
};

const masked = (value: number) => (value ? 'masked' : 'enabled');

/** Highest bit first. */
export const STATUS_FIELDS: readonly StatusField[] = [
  { name: 'N', lsb: 31, width: 1, meaning: 'negative' },
  { name: 'Z', lsb: 30, width: 1, meaning: 'zero' },
  { name: 'C', lsb: 29, width: 1, meaning: 'carry' },
  { name: 'V', lsb: 28, width: 1, meaning: 'overflow' },
  { name: 'Q', lsb: 27, width: 1, meaning: 'saturation' },
  { name: 'IT[1:0]', lsb: 25, width: 2, meaning: 'If-Then state, low bits' },
  { name: 'J', lsb: 24, width: 1, meaning: 'Jazelle state' },
  { name: 'GE', lsb: 16, width: 4, meaning: 'greater or equal, per byte' },
  { name: 'IT[7:2]', lsb: 10, width: 6, meaning: 'If-Then state, high bits' },
  { name: 'E', lsb: 9, width: 1, meaning: 'data byte order', words: (v) => (v ? 'big-endian' : 'little-endian') },
  { name: 'A', lsb: 8, width: 1, meaning: 'asynchronous aborts', words: masked },
  { name: 'I', lsb: 7, width: 1, meaning: 'IRQ', words: masked },
  { name: 'F', lsb: 6, width: 1, meaning: 'FIQ', words: masked },
  { name: 'T', lsb: 5, width: 1, meaning: 'instruction set', words: (v) => (v ? 'Thumb' : 'ARM') },
  { name: 'M', lsb: 0, width: 5, meaning: 'mode', words: (v) => MODES[v] },
];

/** Whether a register of this name has the fields of a status register. */
export function isStatusRegister(name: string): boolean {
  return /^(cpsr|spsr(_\w+)?)$/.test(name);
}

export function fieldValue(field: StatusField, register: number): number {
  return bits(register, field.lsb, field.width);
}

/** A field as the variables view shows it: `1`, `0x1f (sys)`. */
export function fieldText(field: StatusField, register: number): string {
  const value = fieldValue(field, register);
  const words = field.words?.(value);
  const number = field.width > 1 ? `0x${value.toString(16)}` : String(value);
  return words ? `${number} (${words})` : number;
}

/**
 * The register with another value in a field.
 * @param text a number, or one of the field's words (`svc`, `Thumb`)
 * @throws Error that says what the field takes
 */
export function withField(field: StatusField, register: number, text: string): number {
  const limit = 2 ** field.width;
  const wanted = text.trim().toLowerCase();
  const byWord = Array.from({ length: limit }, (_, value) => value).find(
    (value) => field.words?.(value)?.toLowerCase() === wanted,
  );
  const value = byWord ?? (/^(0x[0-9a-f]+|0b[01]+|\d+)$/.test(wanted) ? Number(wanted) : NaN);
  if (!Number.isInteger(value) || value >= limit) {
    throw new Error(`${field.name} (${field.meaning}) takes a number from 0 to ${limit - 1}, not ${text}`);
  }
  const mask = ((limit - 1) << field.lsb) >>> 0;
  return ((register & ~mask) | (value << field.lsb)) >>> 0;
}
