import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { buildJob } from './stream/build-job.mjs';
import { ROWS } from './stream/generate';
import type { StreamSet } from './stream/image';
import type { JobResult } from './stream/job';
import { EXCLUDED } from './stream/recipes';

/*
 * Random instructions on QEMU and on our emulator, compared register by register (test/peer/stream/README.md): a million,
 * half of each set with a seed that is always the same and half with one that is new every day.
 */

const COUNT = 256_000;
const FIXED_SEED = 1;
const TODAY = Number(new Date().toISOString().slice(0, 10).replaceAll('-', ''));
/** Jobs at the same time; each runs QEMU and our emulator side by side. */
const PARALLEL = 2;
/** Items that each row has at least. */
const MIN_PER_ROW = 200;

interface Job {
  readonly isa: StreamSet;
  readonly seed: number;
}

const JOBS: readonly Job[] = [FIXED_SEED, TODAY].flatMap((seed) => [
  { isa: 'a32', seed },
  { isa: 't32', seed },
]);

async function runJob(script: string, { isa, seed }: Job): Promise<JobResult> {
  const command = [script, isa, String(COUNT), String(seed), '--json'];
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
    it(`${COUNT} items of ${job.isa.toUpperCase()}, seed ${job.seed}${job.seed === TODAY ? ' (the date)' : ''}`, () => {
      const { items, differences } = resultOf(job);
      assert.ok(items >= COUNT);
      assert.equal(differences.length, 0, differences.join('\n\n'));
    });
  }

  for (const isa of ['a32', 't32'] as const) {
    it(`every decode row of ${isa.toUpperCase()} that can run in a stream is in them`, () => {
      const jobs = JOBS.filter((job) => job.isa === isa).map(resultOf);
      assert.ok(jobs.reduce((sum, { items }) => sum + items, 0) >= 500_000);
      const count = (row: string): number => jobs.reduce((sum, { rows }) => sum + (rows[row] ?? 0), 0);
      const names = ROWS[isa].map(({ name }) => name);
      const missing = names.filter((name) => !(name in EXCLUDED) && count(name) < MIN_PER_ROW);
      assert.deepEqual(missing, []);
      assert.deepEqual(
        names.filter((name) => name in EXCLUDED && count(name) > 0),
        [],
      );
      assert.ok(count('unallocated') >= MIN_PER_ROW);
    });
  }

  it('names only rows that exist as ones left out', () => {
    const names = new Set(Object.values(ROWS).flatMap((rows) => rows.map(({ name }) => name)));
    assert.deepEqual(
      Object.keys(EXCLUDED).filter((name) => !names.has(name)),
      [],
    );
  });
});
