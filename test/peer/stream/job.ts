import { parseArgs } from 'node:util';
import { CLASS_NAMES, fpscrMask, type InstructionClass } from './classes';
import type { StreamSet } from './image';
import { runStream, type StreamResult, type StreamSpec } from './stream';

/*
 * A process that runs streams: one from its command line (see run.mjs), or those that its parent sends, one at a time.
 */

/** What the parent is told of a stream. */
export type JobReply = { readonly result: StreamResult } | { readonly error: string };

const messageOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));

function serve(): void {
  process.on('message', (spec: StreamSpec) => {
    runStream(spec).then(
      (result) => process.send?.({ result } satisfies JobReply),
      (error: unknown) => process.send?.({ error: messageOf(error) } satisfies JobReply),
    );
  });
  process.on('disconnect', () => process.exit());
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: {
      class: { type: 'string' },
      rows: { type: 'string' },
      fpscr: { type: 'string' },
      rounds: { type: 'string', default: '1' },
      round: { type: 'string' },
      tier: { type: 'string' },
    },
    allowPositionals: true,
  });
  const [isa, items, seed] = [positionals[0] as StreamSet, Number(positionals[1]), Number(positionals[2])];
  if ((isa !== 'a32' && isa !== 't32') || !Number.isInteger(items) || !Number.isInteger(seed)) {
    throw new Error(
      'usage: run.mjs a32|t32 COUNT SEED [--class CLASS] [--rows PATTERN] [--fpscr MASK] [--rounds N] [--round N] [--tier TIER]',
    );
  }
  const only = values.class as InstructionClass | undefined;
  if (only !== undefined && !CLASS_NAMES.includes(only)) {
    throw new Error(`--class ${only}: one of ${CLASS_NAMES.join(', ')}`);
  }
  const fpscr = values.fpscr === undefined ? fpscrMask(only) : Number(values.fpscr);
  const spec = {
    isa,
    class: only,
    rows: values.rows,
    seed,
    items,
    rounds: Number(values.rounds),
    fpscr,
    tier: values.tier,
  };
  const began = performance.now();
  const result = await runStream(spec, values.round === undefined ? undefined : Number(values.round));
  for (const text of result.differences) console.log(`${text}\n`);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(
    `${result.cases} ${isa} cases of seed ${seed}, ${result.encodings.length} different instructions, ` +
      `${result.differing} rounds differ; ${seconds} s`,
  );
  process.exitCode = result.differing ? 1 : 0;
}

if (process.send) serve();
else {
  main().catch((error: unknown) => {
    console.error(messageOf(error));
    process.exitCode = 2;
  });
}
