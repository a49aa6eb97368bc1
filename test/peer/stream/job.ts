import { parseArgs } from 'node:util';
import { compare, describeDifference, examine, type Difference } from './compare';
import { take } from './generate';
import { ITEMS_PER_BLOCK, type StreamSet } from './image';

/*
 * One stream on both machines, in a process of its own: see run.mjs. With --json the result is a JobResult for a test.
 */

export interface JobResult {
  readonly isa: StreamSet;
  readonly seed: number;
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
    options: { json: { type: 'boolean' }, block: { type: 'string' }, fpscr: { type: 'string' } },
    allowPositionals: true,
  });
  const [isa, count, seed] = [positionals[0] as StreamSet, Number(positionals[1]), Number(positionals[2])];
  if ((isa !== 'a32' && isa !== 't32') || !Number.isInteger(count) || !Number.isInteger(seed)) {
    throw new Error('usage: run.mjs a32|t32 COUNT SEED [--fpscr MASK] [--block N]');
  }
  const fpscr = values.fpscr === undefined ? undefined : Number(values.fpscr);
  const began = performance.now();
  const items = take(isa, seed, Math.ceil(count / ITEMS_PER_BLOCK) * ITEMS_PER_BLOCK, fpscr !== undefined);
  const generated = performance.now();
  let differences: Difference[];
  if (values.block === undefined) differences = await compare(items, { seed, fpscr });
  else differences = [await examine(items, { seed, fpscr }, Number(values.block))];
  const ended = performance.now();
  const rows: Record<string, number> = {};
  for (const { row } of items) rows[row] = (rows[row] ?? 0) + 1;
  const command = `node test/peer/stream/run.mjs ${isa} ${count} ${seed}${values.fpscr === undefined ? '' : ` --fpscr ${values.fpscr}`}`;
  const result: JobResult = {
    isa,
    seed,
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
