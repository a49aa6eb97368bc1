/**
 * Decode rows: one instruction encoding each, written as the manual draws it. A pattern is a list of tokens from the
 * most significant bit down, separated by blanks:
 *  - `0`, `1`, `0101…`  bits that must be so;
 *  - `(0)`, `(11)`, …   bits that should be so: any value decodes, others than these are UNPREDICTABLE;
 *  - `name:width`       a field; repeated names are one split field, joined in the order written.
 * A pattern is 16 or 32 bits long. A 32-bit Thumb word has its first halfword in bits 31..16.
 */

export type InstructionSet = 'A32' | 'T16' | 'T32';

/** Row name to pattern. Names are `MNEMONIC_form_encoding`. Where rows overlap the earlier one wins. */
export type PatternTable = Readonly<Record<string, string>>;

type TokenField<T extends string> = T extends `${infer Name}:${number}` ? Name : never;
type FieldNames<P extends string> = P extends `${infer Head} ${infer Rest}`
  ? TokenField<Head> | FieldNames<Rest>
  : TokenField<P>;

/** The fields of the pattern, as unsigned numbers. */
export type FieldsOf<P extends string> = { readonly [Name in FieldNames<P>]: number };

/** Fields of a row not known by name at compile time. */
export type Fields = Readonly<Record<string, number>>;

export interface FieldPart {
  readonly lsb: number;
  readonly width: number;
}

export interface Field {
  readonly name: string;
  readonly width: number;
  /** Most significant part first. */
  readonly parts: readonly FieldPart[];
}

export interface DecodeRow {
  readonly set: InstructionSet;
  /** Its place in the set's table. */
  readonly number: number;
  readonly name: string;
  /** The part of the name before the first `_`. */
  readonly mnemonic: string;
  /** Section of the ARM Architecture Reference Manual (DDI 0406C) whose table lists the encoding. */
  readonly section: string;
  readonly pattern: string;
  /** 16 or 32 */
  readonly bits: number;
  readonly mask: number;
  readonly value: number;
  /** The should-be bits and what they should be. */
  readonly shouldMask: number;
  readonly shouldValue: number;
  readonly fields: readonly Field[];
  /** Whether these fields make the instruction UNPREDICTABLE (or change its meaning), should-be bits apart. */
  readonly unpredictable?: (fields: Fields) => boolean;
}

export interface ParsedPattern {
  readonly bits: number;
  readonly mask: number;
  readonly value: number;
  readonly shouldMask: number;
  readonly shouldValue: number;
  readonly fields: readonly Field[];
}

/** Characters of patterns. */
const [BLANK, ZERO, ONE, COLON, OPEN, CLOSE] = [...' 01:()'].map((c) => c.charCodeAt(0));

/**
 * Reads a pattern. Throws an Error naming the pattern when a token cannot be read or the length is not 16 or 32.
 * A thousand of them are read whenever the program starts, so this looks at each character once.
 */
export function parsePattern(pattern: string): ParsedPattern {
  const end = pattern.length;
  let bits = 0;
  let mask = 0;
  let value = 0;
  let shouldMask = 0;
  let shouldValue = 0;
  const fields: { name: string; width: number; parts: { lsb: number; width: number }[] }[] = [];
  for (let at = 0; at < end;) {
    let c = pattern.charCodeAt(at);
    if (c === BLANK) {
      at++;
      continue;
    }
    const start = at;
    const should = c === OPEN;
    if (should) c = pattern.charCodeAt(++at);
    if (c === ZERO || c === ONE) {
      for (; c === ZERO || c === ONE; c = pattern.charCodeAt(++at)) {
        const bit = c - ZERO;
        bits++;
        mask = (mask << 1) | (should ? 0 : 1);
        value = (value << 1) | (should ? 0 : bit);
        shouldMask = (shouldMask << 1) | (should ? 1 : 0);
        shouldValue = (shouldValue << 1) | (should ? bit : 0);
      }
      if (should && c === CLOSE) c = pattern.charCodeAt(++at);
      else if (should) throw unreadable(pattern, start);
    } else {
      while (isAlphanumeric(c)) c = pattern.charCodeAt(++at);
      const name = pattern.slice(start, at);
      let width = 0;
      if (c === COLON)
        for (c = pattern.charCodeAt(++at); isDigit(c); c = pattern.charCodeAt(++at)) width = 10 * width + c - ZERO;
      if (!width || width > 32 || isDigit(name.charCodeAt(0))) throw unreadable(pattern, start);
      bits += width;
      // Twice half of it: a shift by 32 would be none.
      const [half, rest] = [width >>> 1, width - (width >>> 1)];
      mask = (mask << half) << rest;
      value = (value << half) << rest;
      shouldMask = (shouldMask << half) << rest;
      shouldValue = (shouldValue << half) << rest;
      // Counted from the top here, from the bottom below.
      const part = { lsb: -bits, width };
      const known = fields.find((field) => field.name === name);
      if (known) {
        known.parts.push(part);
        known.width += width;
      } else {
        fields.push({ name, width, parts: [part] });
      }
    }
    if (at < end && c !== BLANK) throw unreadable(pattern, start);
  }
  if (bits !== 16 && bits !== 32) throw new Error(`pattern of ${bits} bits: ${pattern}`);
  for (const { parts } of fields) for (const part of parts) part.lsb += bits;
  return { bits, mask, value, shouldMask, shouldValue, fields };
}

const isDigit = (c: number): boolean => c >= ZERO && c <= ZERO + 9;
/** Of ASCII. */
const isAlphanumeric = (c: number): boolean => isDigit(c) || ((c | 0x20) >= 0x61 && (c | 0x20) <= 0x7a);

function unreadable(pattern: string, at: number): Error {
  return new Error(`cannot read '${pattern.slice(at).split(' ', 1)[0]}' in pattern: ${pattern}`);
}

/** The field's value in `word`, unsigned. */
export function extractField(word: number, field: Field): number {
  let value = 0;
  for (const { lsb, width } of field.parts) {
    value = ((value << width) | ((word >>> lsb) & ((1 << width) - 1))) >>> 0;
  }
  return value;
}

/** All fields of `row` in `word`. */
export function extractFields(word: number, row: DecodeRow): Fields {
  const fields: Record<string, number> = {};
  for (const field of row.fields) fields[field.name] = extractField(word, field);
  return fields;
}

/** `word` with the field set to `value`'s low bits. */
export function insertField(word: number, field: Field, value: number): number {
  let rest = value;
  let result = word;
  for (let i = field.parts.length - 1; i >= 0; i--) {
    const { lsb, width } = field.parts[i];
    const ones = (1 << width) - 1;
    result = (result & ~(ones << lsb)) | ((rest & ones) << lsb);
    rest >>>= width;
  }
  return result >>> 0;
}

export type Unpredictable = Readonly<Record<string, (fields: Fields) => boolean>>;

/** Makes rows of a table's groups, each a section number and its patterns, in order. */
export function makeRows(
  set: InstructionSet,
  groups: readonly (readonly [section: string, patterns: PatternTable])[],
  unpredictable: Unpredictable,
): DecodeRow[] {
  const rows: DecodeRow[] = [];
  for (const [section, patterns] of groups) {
    for (const [name, pattern] of Object.entries(patterns)) {
      const { bits, mask, value, shouldMask, shouldValue, fields } = parsePattern(pattern);
      rows.push({
        set,
        number: rows.length,
        name,
        mnemonic: name.split('_', 1)[0],
        section,
        pattern,
        bits,
        mask,
        value,
        shouldMask,
        shouldValue,
        fields,
        unpredictable: unpredictable[name],
      });
    }
  }
  const names = new Set(rows.map((row) => row.name));
  if (names.size !== rows.length) throw new Error(`${set}: a row name is used twice`);
  for (const name of Object.keys(unpredictable)) {
    if (!names.has(name)) throw new Error(`${set}: no row ${name}`);
  }
  return rows;
}
