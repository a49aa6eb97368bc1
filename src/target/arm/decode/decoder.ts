import { insertField, extractFields, type DecodeRow, type FieldPart } from './pattern';

/** Bits of the index by which rows are divided first. */
const COARSE_BITS = 5;

/**
 * Finds the row of an instruction word: a first-level index on some bits of the word gives the few rows that can still
 * match, tried in table order. What an index leads to is worked out when it is first met, from the rows that its first bits
 * leave.
 */
export class Decoder {
  private readonly buckets: (readonly DecodeRow[] | undefined)[];
  private readonly coarse: (readonly DecodeRow[] | undefined)[] = [];
  private readonly width: number;
  private readonly high: { readonly lsb: number; readonly mask: number };
  private readonly low: { readonly lsb: number; readonly mask: number; readonly width: number };

  /** @param indexParts the bits that form the index, most significant first: one or two fields */
  constructor(
    readonly rows: readonly DecodeRow[],
    private readonly indexParts: readonly FieldPart[],
  ) {
    const [high, low = { lsb: 0, width: 0 }] = indexParts as readonly [FieldPart, FieldPart?];
    this.high = { lsb: high.lsb, mask: (1 << high.width) - 1 };
    this.low = { ...low, mask: (1 << low.width) - 1 };
    this.width = high.width + low.width;
    this.buckets = new Array<readonly DecodeRow[] | undefined>(1 << this.width);
  }

  /** The row that `word` decodes to, or undefined for an unallocated encoding. */
  decode(word: number): DecodeRow | undefined {
    const bucket = this.candidates(word);
    for (let i = 0; i < bucket.length; i++) {
      const row = bucket[i];
      if ((word & row.mask) === row.value) return row;
    }
    return undefined;
  }

  /** The rows that words with the same bits of the index may decode to, in table order. */
  candidates(word: number): readonly DecodeRow[] {
    const { high, low } = this;
    const index = (((word >>> high.lsb) & high.mask) << low.width) | ((word >>> low.lsb) & low.mask);
    return (this.buckets[index] ??= this.bucket(index));
  }

  private bucket(index: number): DecodeRow[] {
    const rest = Math.max(0, this.width - COARSE_BITS);
    const first = index >>> rest;
    const rows = (this.coarse[first] ??= this.matching(this.rows, first << rest, -1 << rest));
    return this.matching(rows, index, -1);
  }

  /** Those of `rows` that some word with these index bits, as far as `known`, decodes to. */
  private matching(rows: readonly DecodeRow[], index: number, known: number): DecodeRow[] {
    const field = { name: 'index', width: 0, parts: this.indexParts };
    const mask = insertField(0, field, known);
    const bits = insertField(0, field, index);
    return rows.filter((row) => ((bits ^ row.value) & row.mask & mask) === 0);
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
