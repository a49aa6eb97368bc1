import { parseArgs } from 'node:util';
import { compare, describeDifference, examine, type Difference } from './compare';
import { STREAM_CLASSES, defaultFpscr, take, type StreamClass } from './generate';
import { ITEMS_PER_BLOCK, type StreamSet } from './image';

/*
 * One stream on both machines, in a process of its own: see run.mjs. With --json the result is a JobResult for a test.
 */

export interface JobResult {
  readonly isa: StreamSet;
  readonly seed: number;
  /** The class of rows that the items are of, if of one alone. */
  readonly class?: StreamClass;
  /** Floating point: the bits of FPSCR that are random. */
  readonly fpscr?: number;
  readonly items: number;
  /** How many items each decode row has. */
  readonly rows: Readonly<Record<string, number>>;
  /** Differences in words. */
  readonly differences: readonly string[];
  readonly seconds: { readonly generation: number; readonly comparison: number };
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: {
      json: { type: 'boolean' },
      block: { type: 'string' },
      class: { type: 'string' },
      fpscr: { type: 'string' },
      rows: { type: 'string' },
    },
    allowPositionals: true,
  });
  const [isa, count, seed] = [positionals[0] as StreamSet, Number(positionals[1]), Number(positionals[2])];
  if ((isa !== 'a32' && isa !== 't32') || !Number.isInteger(count) || !Number.isInteger(seed)) {
    throw new Error('usage: run.mjs a32|t32 COUNT SEED [--class CLASS] [--rows PATTERN] [--fpscr MASK] [--block N]');
  }
  const only = values.class as StreamClass | undefined;
  if (only !== undefined && !STREAM_CLASSES.includes(only)) {
    throw new Error(`--class ${only}: one of ${STREAM_CLASSES.join(', ')}`);
  }
  const fpscr = values.fpscr === undefined ? defaultFpscr(only) : Number(values.fpscr);
  const rowsWanted = values.rows === undefined ? undefined : new RegExp(values.rows);
  const began = performance.now();
  const items = take(isa, seed, Math.ceil(count / ITEMS_PER_BLOCK) * ITEMS_PER_BLOCK, {
    class: only,
    rows: rowsWanted,
  });
  const generated = performance.now();
  let differences: Difference[];
  if (values.block === undefined) differences = await compare(items, { seed, fpscr });
  else differences = [await examine(items, { seed, fpscr }, Number(values.block))];
  const ended = performance.now();
  const rows: Record<string, number> = {};
  for (const { row } of items) rows[row] = (rows[row] ?? 0) + 1;
  const options = (['class', 'rows', 'fpscr'] as const)
    .map((name) => (values[name] === undefined ? '' : ` --${name} '${values[name]}'`))
    .join('');
  const command = `node test/peer/stream/run.mjs ${isa} ${count} ${seed}${options}`;
  const result: JobResult = {
    isa,
    seed,
    class: only,
    fpscr,
    items: items.length,
    rows,
    differences: differences.map((difference) => describeDifference(difference, command)),
    seconds: { generation: (generated - began) / 1000, comparison: (ended - generated) / 1000 },
  };
  if (values.json) {
    process.stdout.write(JSON.stringify(result));
    return;
  }
  for (const text of result.differences) console.log(`${text}\n`);
  const { generation, comparison } = result.seconds;
  console.log(
    `${result.items} ${isa} items of seed ${seed}, ${differences.length} blocks shown to differ; ` +
      `generated in ${generation.toFixed(1)} s, compared in ${comparison.toFixed(1)} s`,
  );
  process.exitCode = differences.length ? 1 : 0;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.stack : error);
  process.exitCode = 2;
});
