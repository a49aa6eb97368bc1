import {
  A32_ROWS,
  T16_ROWS,
  T32_ROWS,
  decodeA32,
  decodeT16,
  decodeT32,
  extractField,
  extractFields,
  insertField,
  isUnpredictable,
  randomWord,
  type DecodeRow,
  type Fields,
} from '../../../src/target/arm/decode';
import { classOf, unallocatedSpace, type InstructionClass, type Space } from './classes';
import { FPSCR_VECTORS, type Item, type StreamSet, type Word } from './image';
import { pcWrite } from './pc-writes';
import { canRun, PLAIN_RECIPE, limited, recipeOf, type Recipe } from './recipes';
import { SPECIAL, type Special } from './special';
import { makeOtherItem, makeSystemItem, surroundings } from './system';

export type Random = () => number;

/** splitmix32: a function giving unsigned 32-bit numbers. */
export function randomSource(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
}

export const ROWS: Readonly<Record<StreamSet, readonly DecodeRow[]>> = {
  a32: A32_ROWS,
  t32: [...T16_ROWS, ...T32_ROWS],
};

const DECODE = { A32: decodeA32, T16: decodeT16, T32: decodeT32 } as const;

/** What a stream has. */
export interface StreamOptions {
  /** Rows of this class alone. */
  readonly class?: InstructionClass;
  /** Of those, the ones whose names match. */
  readonly rows?: RegExp;
  /** Bits of FPSCR that are random: those of LEN and STRIDE are the items' own. */
  readonly fpscr?: number;
}

/** The rows that a stream of `isa` has items of. */
export function streamRows(isa: StreamSet, { class: only, rows }: StreamOptions = {}): DecodeRow[] {
  return ROWS[isa].filter(
    (row) => canRun(row.name, only) && (only === undefined || classOf(row) === only) && (rows?.test(row.name) ?? true),
  );
}

/** A word of a row that can be run, with its fields. */
export interface Draw {
  readonly row: DecodeRow;
  readonly word: number;
  readonly fields: Fields;
}

/** Tries at a word of a row before the row counts as one that cannot be run. */
const TRIES = 20_000;

/** Draws words of one row. */
export class RowSource {
  private readonly condition;

  constructor(
    readonly row: DecodeRow,
    readonly recipe: Recipe = recipeOf(row),
  ) {
    this.condition = row.set === 'A32' ? row.fields.find(({ name }) => name === 'cond') : undefined;
  }

  /** Throws an Error naming the row when none of many draws can be run. */
  draw(random: Random, accepts: (f: Fields) => boolean = () => true): Draw {
    return this.drawWith({}, random, accepts);
  }

  /** As {@link draw}, with fields of given values. */
  drawWith(given: Partial<Fields>, random: Random, accepts: (f: Fields) => boolean): Draw {
    const { row, recipe } = this;
    for (let i = 0; i < TRIES; i++) {
      let word = limited(row, recipe, randomWord(row, DECODE[row.set], random), random);
      for (const field of row.fields) word = insertField(word, field, given[field.name] ?? extractField(word, field));
      // Half of the A32 instructions are unconditional.
      if (this.condition && random() & 1) word = insertField(word, this.condition, 14);
      const fields = extractFields(word, row);
      if (!recipe.accepts(fields) || !accepts(fields)) continue;
      if (DECODE[row.set](word) === row && !isUnpredictable(row, word)) return { row, word, fields };
    }
    throw new Error(`no word of ${row.name} found that a stream can run`);
  }
}

/** The sources of an instruction set's rows by name. Throws an Error for an unknown row. */
function sourcesOf(isa: StreamSet): (name: string) => RowSource {
  const sources = new Map(ROWS[isa].map((row) => [row.name, new RowSource(row)]));
  return (name) => {
    const source = sources.get(name);
    if (!source) throw new Error(`there is no row ${name}`);
    return source;
  };
}

const sizeOf = (row: DecodeRow): 2 | 4 => (row.bits === 16 ? 2 : 4);

/** The item that runs one drawn word. */
function plainItem(isa: StreamSet, { recipe }: RowSource, { row, word, fields }: Draw, random: Random): Item {
  const words: Word[] = [{ word, size: sizeOf(row) }];
  // One in six T32 items stands in an IT block of its own.
  if (isa === 't32' && !recipe.noIt && random() % 6 === 0) {
    words.unshift({ word: 0xbf08 | ((random() % 15) << 4), size: 2 });
  }
  const register = (which: string | number): number => (typeof which === 'string' ? fields[which] : which);
  return {
    isa,
    row: row.name,
    words,
    base: register(recipe.base),
    index: register(recipe.index),
    align: random() & 3 ? recipe.align : 0,
    writes: recipe.writes,
  };
}

/** What no row decodes: both machines must take the undefined-instruction exception. */
function unallocated(isa: StreamSet, random: Random, { fixed, free }: Space): Item {
  for (;;) {
    const word = ((random() & free) | fixed) >>> 0;
    if (isa === 't32' && word >>> 27 < 0x1d) continue;
    if ((isa === 'a32' ? decodeA32 : decodeT32)(word)) continue;
    return { isa, row: 'unallocated', words: [{ word, size: 4 }], base: 15, index: 15, align: 0, writes: false };
  }
}

/**
 * An endless supply of items for `isa`: each row of the decode tables that is not {@link EXCLUDED} as often as the others,
 * and now and then a word that no row decodes. Throws an Error when the options leave no row.
 */
export function* generate(isa: StreamSet, seed: number, options: StreamOptions = {}): Generator<Item, never> {
  const random = randomSource(seed);
  const rows = streamRows(isa, options);
  if (rows.length === 0) throw new Error(`no row of ${isa} is in the stream's class and matches its pattern`);
  const space = unallocatedSpace(isa, options.class);
  const sourceOf = sourcesOf(isa);
  for (;;) {
    if (space && random() % 100 === 0) {
      yield unallocated(isa, random, space);
      continue;
    }
    const branch = options.rows || random() % 24 ? undefined : pcWrite(isa, options.class, random);
    if (branch) {
      yield branch;
      continue;
    }
    const row = rows[random() % rows.length];
    yield options.class === 'system' ? systemItem(isa, row, sourceOf, random) : userItem(isa, row, sourceOf, random);
  }
}

/** What items of several instructions leave open. */
const OPEN = { base: 15, index: 15, align: 0, writes: false } as const;

function userItem(isa: StreamSet, { name }: DecodeRow, sourceOf: (name: string) => RowSource, random: Random): Item {
  const source = sourceOf(name);
  const special: Special | undefined = SPECIAL[name];
  const made = special?.({ source, random, sourceOf });
  return made ? { isa, row: name, ...OPEN, ...made } : plainItem(isa, source, source.draw(random), random);
}

/** One in twelve is of a row of another class. */
function systemItem(isa: StreamSet, row: DecodeRow, sourceOf: (name: string) => RowSource, random: Random): Item {
  const around = surroundings(random);
  const source = (recipe?: Partial<Recipe>): RowSource =>
    recipe ? new RowSource(row, { ...PLAIN_RECIPE, ...recipe }) : sourceOf(row.name);
  const context = { isa, row, random, source };
  const made = (random() % 12 === 0 ? makeOtherItem(context) : undefined) ?? makeSystemItem(context);
  return made
    ? { isa, row: row.name, ...OPEN, ...around, ...made }
    : { ...userItem(isa, row, sourceOf, random), ...around };
}

/** The first `count` items of {@link generate}. */
export function take(isa: StreamSet, seed: number, count: number, options: StreamOptions = {}): Item[] {
  const items = generate(isa, seed, options);
  const random = randomSource(~seed);
  const vectors = (options.fpscr ?? 0) & FPSCR_VECTORS;
  return Array.from({ length: count }, () => {
    const { value } = items.next();
    return vectors ? { ...value, vectors: random() & vectors } : value;
  });
}

/** The opcode of the instruction that an item is for, as a number that tells it from all others of its instruction set. */
export function testedWord({ isa, row, words }: Item): number {
  const decode = (size: number): ((word: number) => DecodeRow | undefined) =>
    isa === 'a32' ? decodeA32 : size === 2 ? decodeT16 : decodeT32;
  return (words.find(({ word, size }) => decode(size)(word)?.name === row) ?? words[0]).word;
}
