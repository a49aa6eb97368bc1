import { insertField, extractFields, type DecodeRow, type FieldPart } from './pattern';

/**
 * Finds the row of an instruction word: a first-level index on some bits of the word gives the few rows that can still
 * match, tried in table order.
 */
export class Decoder {
  private readonly buckets: (readonly DecodeRow[] | undefined)[];

  /** @param indexParts the bits that form the index, most significant first. */
  constructor(
    readonly rows: readonly DecodeRow[],
    private readonly indexParts: readonly FieldPart[],
  ) {
    this.buckets = new Array<readonly DecodeRow[] | undefined>(1 << indexParts.reduce((n, p) => n + p.width, 0));
  }

  /** The row that `word` decodes to, or undefined for an unallocated encoding. */
  decode(word: number): DecodeRow | undefined {
    let index = 0;
    for (const { lsb, width } of this.indexParts) index = (index << width) | ((word >>> lsb) & ((1 << width) - 1));
    for (const row of (this.buckets[index] ??= this.bucket(index))) {
      if ((word & row.mask) === row.value) return row;
    }
    return undefined;
  }

  private bucket(index: number): DecodeRow[] {
    const field = { name: 'index', width: 0, parts: this.indexParts };
    const mask = insertField(0, field, -1);
    const bits = insertField(0, field, index);
    return this.rows.filter((row) => ((bits ^ row.value) & row.mask & mask) === 0);
  }
}

/** Whether `word`, which decodes to `row`, is outside of what the architecture defines. */
export function isUnpredictable(row: DecodeRow, word: number): boolean {
  if ((word & row.shouldMask) !== row.shouldValue) return true;
  return row.unpredictable?.(extractFields(word, row)) ?? false;
}

/**
 * A random word of `row` with defined behaviour. `random` gives unsigned 32-bit numbers. Throws an Error when a
 * thousand tries find none.
 */
export function randomWord(
  row: DecodeRow,
  decode: (word: number) => DecodeRow | undefined,
  random: () => number,
): number {
  const free = ~(row.mask | row.shouldMask) & (row.bits === 16 ? 0xffff : -1);
  for (let i = 0; i < 1000; i++) {
    const word = ((random() & free) | row.value | row.shouldValue) >>> 0;
    if (decode(word) === row && !isUnpredictable(row, word)) return word;
  }
  throw new Error(`no defined word found for ${row.name}`);
}
