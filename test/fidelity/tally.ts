import { spawnSync } from 'node:child_process';
import { ROWS } from '../peer/stream/generate';
import { classOf, type InstructionClass } from '../peer/stream/classes';
import { EXCLUDED } from '../peer/stream/recipes';
import type { StreamSet } from '../peer/stream/image';
import type { StreamResult, StreamSpec } from '../peer/stream/stream';

/** Rows of the decode tables: of one set in one class. */
export interface Coverage {
  readonly rows: number;
  readonly covered: number;
  /** Names of rows that had no instruction, though they could have had one. */
  readonly uncovered: readonly string[];
  /** Names of rows that no stream can have, and why. */
  readonly excluded: Readonly<Record<string, string>>;
}

/** What the document keeps of a class. */
export interface ClassReport {
  readonly name: string;
  readonly cases: number;
  readonly differences: number;
  readonly encodings: number;
  readonly coverage: Readonly<Partial<Record<'A32' | 'T16' | 'T32', Coverage>>>;
  /** Cases by instruction set. */
  readonly sets: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly seed: number;
  readonly tier: string;
  /** Day of the run, and what was run. */
  readonly date: string;
  readonly commit: string;
}

/** Day and commit of a run that ends now. */
export function provenance(): Pick<ClassReport, 'date' | 'commit'> {
  const { stdout } = spawnSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' });
  return { date: new Date().toISOString().slice(0, 10), commit: stdout?.trim() || 'unknown' };
}

const SETS = [
  ['A32', 'a32'],
  ['T16', 't32'],
  ['T32', 't32'],
] as const;

/** Adds up the streams of a class. */
export class Tally {
  cases = 0;
  differences = 0;
  private readonly encodings = { a32: new Set<number>(), t32: new Set<number>() };
  private readonly items = { a32: new Map<string, number>(), t32: new Map<string, number>() };
  private readonly sets: Record<string, number> = {};
  private readonly began = performance.now();

  constructor(readonly name: InstructionClass) {}

  add({ isa, rounds }: StreamSpec, { cases, differing, encodings, rows }: StreamResult): void {
    this.cases += cases;
    this.differences += differing;
    for (const word of encodings) this.encodings[isa].add(word);
    const setOf = new Map(ROWS[isa].map((row) => [row.name, row.set]));
    for (const [row, count] of Object.entries(rows)) {
      this.items[isa].set(row, (this.items[isa].get(row) ?? 0) + count);
      const set = setOf.get(row) ?? 'unallocated';
      this.sets[set] = (this.sets[set] ?? 0) + count * rounds;
    }
  }

  private coverage(set: 'A32' | 'T16' | 'T32', isa: StreamSet): Coverage | undefined {
    const rows = ROWS[isa].filter((row) => row.set === set && classOf(row) === this.name).map(({ name }) => name);
    if (rows.length === 0) return undefined;
    const uncovered = rows.filter((row) => !this.items[isa].has(row));
    return {
      rows: rows.length,
      covered: rows.length - uncovered.length,
      uncovered: uncovered.filter((row) => !(row in EXCLUDED)),
      excluded: Object.fromEntries(uncovered.filter((row) => row in EXCLUDED).map((row) => [row, EXCLUDED[row]])),
    };
  }

  report(seed: number, tier: string): ClassReport {
    return {
      name: this.name,
      cases: this.cases,
      differences: this.differences,
      encodings: this.encodings.a32.size + this.encodings.t32.size,
      coverage: Object.fromEntries(
        SETS.flatMap(([set, isa]) => {
          const coverage = this.coverage(set, isa);
          return coverage ? [[set, coverage]] : [];
        }),
      ),
      sets: this.sets,
      seconds: Math.round((performance.now() - this.began) / 1000),
      seed,
      tier,
      ...provenance(),
    };
  }
}
