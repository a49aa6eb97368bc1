import { extractField, type DecodeRow, type Field, type Fields } from './pattern';

/** Reads a row's fields again and again into the same object: a translator needs them only until its next instruction. */
export class FieldReader {
  private readonly names: readonly string[];
  private readonly shifts: Uint8Array;
  private readonly masks: Int32Array;
  /** Fields in more than one piece. */
  private readonly split: readonly Field[];
  private readonly fields: Record<string, number>;

  constructor(row: DecodeRow) {
    const whole = row.fields.filter(({ parts }) => parts.length === 1);
    this.names = whole.map(({ name }) => name);
    this.shifts = Uint8Array.from(whole, ({ parts }) => parts[0].lsb);
    this.masks = Int32Array.from(whole, ({ width }) => (width === 32 ? -1 : (1 << width) - 1));
    this.split = row.fields.filter(({ parts }) => parts.length > 1);
    this.fields = Object.fromEntries(row.fields.map(({ name }) => [name, 0]));
  }

  /** The fields of `word`, unsigned; valid until the next call. */
  read(word: number): Fields {
    const { fields, names, shifts, masks } = this;
    for (let i = 0; i < names.length; i++) fields[names[i]] = (word >>> shifts[i]) & masks[i];
    for (const field of this.split) fields[field.name] = extractField(word, field);
    return fields;
  }
}
