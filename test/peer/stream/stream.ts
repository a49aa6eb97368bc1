import { type InstructionClass } from './classes';
import { compare, describeDifference, examine } from './compare';
import { take, testedWord } from './generate';
import { ITEMS_PER_BLOCK, type StreamSet } from './image';

/*
 * One stream on both machines: what it is made of, and what came of it. Both cross from one process to another.
 */

export interface StreamSpec {
  readonly isa: StreamSet;
  /** The class of rows that the items are of, if of one alone, and a pattern for the rows' names. */
  readonly class?: InstructionClass;
  readonly rows?: string;
  readonly seed: number;
  /** Different items; rounded up to whole blocks. */
  readonly items: number;
  /** How often each is executed, with other random values each time. */
  readonly rounds: number;
  /** Floating point: the bits of FPSCR that are random. */
  readonly fpscr?: number;
  /** The execution tier of our side; absent for its default. */
  readonly tier?: string;
}

export interface StreamResult {
  /** Executed items: those of the specification times its rounds. */
  readonly cases: number;
  /** How many different items each decode row has. */
  readonly rows: Readonly<Record<string, number>>;
  /** The opcodes of the instructions that the items are for, each once. */
  readonly encodings: Uint32Array;
  /** Rounds of a block that differ. */
  readonly differing: number;
  /** Some of the differences, in words. */
  readonly differences: readonly string[];
}

/** The command line that runs a stream again. */
export function commandOf({ isa, class: only, rows, seed, items, rounds, fpscr, tier }: StreamSpec): string {
  const options = [
    only && `--class ${only}`,
    rows && `--rows '${rows}'`,
    fpscr !== undefined && `--fpscr 0x${fpscr.toString(16)}`,
    rounds > 1 && `--rounds ${rounds}`,
    tier && `--tier ${tier}`,
  ].filter(Boolean);
  return ['node test/peer/stream/run.mjs', isa, items, seed, ...options].join(' ');
}

/** Runs a stream on both machines, or only one round of it, which is then examined. */
export async function runStream(spec: StreamSpec, round?: number): Promise<StreamResult> {
  const { isa, seed, rounds, class: only, fpscr, tier } = spec;
  const count = Math.ceil(spec.items / ITEMS_PER_BLOCK) * ITEMS_PER_BLOCK;
  const wanted = spec.rows === undefined ? undefined : RegExp(spec.rows);
  const items = take(isa, seed, count, { class: only, rows: wanted, fpscr });
  const options = { seed, rounds, fpscr, system: only === 'system', tier };
  const command = commandOf(spec);
  const rows: Record<string, number> = {};
  for (const { row } of items) rows[row] = (rows[row] ?? 0) + 1;
  const common = { rows, encodings: Uint32Array.from(new Set(items.map(testedWord))) };
  if (round !== undefined) {
    const difference = await examine(items, options, round);
    const differing = difference.item < 0 ? 0 : 1;
    return { ...common, cases: ITEMS_PER_BLOCK, differing, differences: [describeDifference(difference, command)] };
  }
  const { differing, differences } = await compare(items, options);
  return {
    ...common,
    cases: count * rounds,
    differing,
    differences: differences.map((difference) => describeDifference(difference, command)),
  };
}
