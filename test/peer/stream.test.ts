import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { buildJob } from './stream/build-job.mjs';
import { ROWS, streamRows, type StreamClass } from './stream/generate';
import type { StreamSet } from './stream/image';
import type { JobResult } from './stream/job';
import { EXCLUDED } from './stream/recipes';

/*
 * Random instructions on QEMU and on our emulator, compared register by register (test/peer/stream/README.md): a million,
 * half of each set with a seed that is always the same and half with one that is new every day, and a quarter of that
 * in floating point, with the rounding, short vectors and flags of FPSCR at random and with none but the flags.
 */

const COUNT = 256_000;
const FLOATING_COUNT = 64_000;
/** Bits of FPSCR: all, and those that leave rounding and vectors as they are at first. */
const FPSCR_MASKS = [0xfff7009f, 0xf000001f];
const FIXED_SEED = 1;
const TODAY = Number(new Date().toISOString().slice(0, 10).replaceAll('-', ''));
/** Jobs at the same time; each runs QEMU and our emulator side by side. */
const PARALLEL = 2;
/** Items that each row has at least. */
const MIN_PER_ROW = 200;

interface Job {
  readonly isa: StreamSet;
  readonly seed: number;
  readonly count: number;
  readonly class?: StreamClass;
  readonly fpscr?: number;
}

const SETS = ['a32', 't32'] as const;
const JOBS: readonly Job[] = [
  ...[FIXED_SEED, TODAY].flatMap((seed) => SETS.map((isa) => ({ isa, seed, count: COUNT }))),
  ...FPSCR_MASKS.flatMap((fpscr) =>
    SETS.map((isa) => ({ isa, seed: TODAY, count: FLOATING_COUNT, class: 'vfp' as const, fpscr })),
  ),
];

function title({ isa, seed, count, class: only, fpscr }: Job): string {
  const floating = fpscr === undefined ? '' : ` ${only}, FPSCR random in 0x${fpscr.toString(16)},`;
  return `${count} items of ${isa.toUpperCase()},${floating} seed ${seed}${seed === TODAY ? ' (the date)' : ''}`;
}

async function runJob(script: string, { isa, seed, count, class: only, fpscr }: Job): Promise<JobResult> {
  const command = [script, isa, String(count), String(seed), '--json'];
  if (only !== undefined) command.push('--class', only);
  if (fpscr !== undefined) command.push('--fpscr', String(fpscr));
  const { stdout } = await promisify(execFile)(process.execPath, command, { maxBuffer: 1 << 26 });
  return JSON.parse(stdout) as JobResult;
}

describe('random instruction streams, compared with QEMU register by register', function () {
  this.timeout(900_000);
  const results = new Map<Job, JobResult | Error>();

  before(async () => {
    const script = await buildJob();
    const waiting = [...JOBS];
    const work = async (): Promise<void> => {
      for (let job = waiting.shift(); job; job = waiting.shift()) {
        results.set(job, await runJob(script, job).catch((error: Error) => error));
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, work));
  });

  const resultOf = (job: Job): JobResult => {
    const result = results.get(job);
    if (!result || result instanceof Error) throw result ?? new Error('the job did not run');
    return result;
  };

  for (const job of JOBS) {
    it(title(job), () => {
      const { items, differences } = resultOf(job);
      assert.ok(items >= job.count);
      assert.equal(differences.length, 0, differences.join('\n\n'));
    });
  }

  for (const isa of SETS) {
    for (const only of [undefined, 'vfp'] as const) {
      it(`every ${only ?? ''} decode row of ${isa.toUpperCase()} that can run in them is there`, () => {
        const jobs = JOBS.filter((job) => job.isa === isa && job.class === only).map(resultOf);
        assert.ok(jobs.reduce((sum, { items }) => sum + items, 0) >= (only ? 100_000 : 500_000));
        const count = (row: string): number => jobs.reduce((sum, { rows }) => sum + (rows[row] ?? 0), 0);
        const expected = [...streamRows(isa, { class: only }).map(({ name }) => name), 'unallocated'];
        assert.ok(expected.length > 40);
        assert.deepEqual(
          expected.filter((name) => count(name) < MIN_PER_ROW),
          [],
        );
      });
    }
  }

  it('names only rows that exist as ones left out', () => {
    const names = new Set(Object.values(ROWS).flatMap((rows) => rows.map(({ name }) => name)));
    assert.deepEqual(
      Object.keys(EXCLUDED).filter((name) => !names.has(name)),
      [],
    );
  });
});
