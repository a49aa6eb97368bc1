import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { DEFAULT_TIER } from '../../src/adapter/engine/api';
import { CLASS_NAMES, type InstructionClass } from '../peer/stream/classes';
import { testTier } from '../tier';
import { updateDocument } from './document';
import { lockstep } from './lockstep';
import { FULL, QUICK, streamsOf, type Effort } from './plan';
import { runStreams } from './pool';
import { comparePrograms } from './programs';
import { Tally, type ClassReport } from './tally';

/*
 * npm run fidelity: our emulator beside QEMU, by classes of instructions, in whole programs, or in lockstep.
 */

const USAGE = `usage: npm run fidelity -- [--quick] [--json] [--class NAME]... [--cases N] [--seed S] [--tier TIER] [--jobs N] [--write-docs]
       npm run fidelity -- lockstep PROGRAM.elf [--every-step] [--limit N] [--icount VALUE] [--no-ps-init] [--tier TIER] [ARGUMENT]...
classes: ${CLASS_NAMES.join(', ')}, programs`;

/** Everything but the result goes to standard error. */
const say = (text: string): void => void process.stderr.write(`${text}\n`);

const NAMES: readonly string[] = [...CLASS_NAMES, 'programs'];

interface Options {
  readonly job: string;
  readonly classes: readonly string[];
  readonly effort: Effort;
  readonly seed: number;
  readonly tier: string;
  readonly jobs: number;
  readonly json: boolean;
  readonly writeDocs: boolean;
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`--${name} ${text}: not a positive whole number\n${USAGE}`);
  return value;
}

function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      job: { type: 'string', default: '' },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      class: { type: 'string', multiple: true, default: [] },
      cases: { type: 'string' },
      seed: { type: 'string', default: new Date().toISOString().slice(0, 10).replaceAll('-', '') },
      tier: { type: 'string' },
      jobs: { type: 'string', default: '2' },
      'write-docs': { type: 'boolean', default: false },
    },
  });
  const unknown = values.class.find((name) => !NAMES.includes(name));
  if (unknown !== undefined) throw new Error(`--class ${unknown}: there is no such class\n${USAGE}`);
  const effort = values.quick ? QUICK : FULL;
  return {
    job: values.job,
    classes: values.class.length ? values.class : NAMES,
    effort: values.cases === undefined ? effort : { ...effort, cases: positive('cases', values.cases) },
    seed: positive('seed', values.seed),
    tier: values.tier ?? testTier() ?? DEFAULT_TIER,
    jobs: positive('jobs', values.jobs),
    json: values.json,
    writeDocs: values['write-docs'],
  };
}

/** Differences shown of each class; the count has all. */
const SHOWN = 10;

async function runClass(name: InstructionClass, options: Options): Promise<ClassReport> {
  const specs = streamsOf(name, options.effort, options.seed, options.tier);
  const tally = new Tally(name);
  let [done, shown] = [0, 0];
  const show = (text: string): void => {
    if (shown++ < SHOWN) say(`\n${text}\n`);
  };
  await runStreams(options.job, specs, options.jobs, (spec, outcome) => {
    done++;
    if ('error' in outcome) {
      tally.differences++;
      show(`${name}, ${spec.isa}, seed ${spec.seed}: ${outcome.error}`);
    } else {
      tally.add(spec, outcome.result);
      for (const text of outcome.result.differences) show(text);
    }
    if (done % 10 === 0 && done < specs.length) say(`${name}: ${done} of ${specs.length} streams`);
  });
  return tally.report(options.seed, options.tier);
}

function describe({ name, cases, differences, encodings, coverage, seconds }: ClassReport): string {
  const rows = Object.entries(coverage).map(([set, { rows: all, covered }]) => `${set} ${covered}/${all}`);
  const details = rows.length ? `, ${encodings} different instructions, rows ${rows.join(' ')}` : '';
  return `${name}: ${cases} cases, ${differences} differences${details}; ${seconds} s`;
}

/** Cases from which on chance leaves no row without an instruction. */
const ENOUGH = 200_000;

/** Whether every row that can be executed was, in the classes with enough cases. */
function allRowsRun(reports: readonly ClassReport[]): boolean {
  return reports.every(
    ({ cases, coverage }) => cases < ENOUGH || Object.values(coverage).every(({ uncovered }) => uncovered.length === 0),
  );
}

async function main(args: readonly string[]): Promise<void> {
  const options = readOptions(args);
  const reports: ClassReport[] = [];
  for (const name of options.classes) {
    const report =
      name === 'programs'
        ? await comparePrograms(options, (text) => say(`\n${text}\n`))
        : await runClass(name as InstructionClass, options);
    reports.push(report);
    say(describe(report));
    for (const { uncovered } of Object.values(report.coverage)) {
      if (uncovered.length) say(`  rows without an instruction: ${uncovered.join(' ')}`);
    }
  }
  if (options.writeDocs) updateDocument(reports);
  if (options.json) {
    const classes = reports.map(({ name, cases, differences }) => ({ name, cases, differences }));
    process.stdout.write(`${JSON.stringify({ classes })}\n`);
  }
  process.exitCode = reports.some(({ differences }) => differences) || !allRowsRun(reports) ? 1 : 0;
}

async function runLockstep(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      'every-step': { type: 'boolean', default: false },
      limit: { type: 'string' },
      icount: { type: 'string' },
      'no-ps-init': { type: 'boolean', default: false },
      tier: { type: 'string' },
    },
    allowPositionals: true,
  });
  const [elf, ...rest] = positionals;
  if (elf === undefined) throw new Error(USAGE);
  if (!existsSync(elf)) throw new Error(`${elf}: there is no such file`);
  const program = { name: elf, elf, args: rest, psInit: !values['no-ps-init'], icount: values.icount };
  const { stepped, skipped, difference } = await lockstep({
    qemu: program,
    ours: program,
    everyStep: values['every-step'],
    limit: values.limit === undefined ? undefined : positive('limit', values.limit),
    tier: values.tier,
  });
  if (difference) process.stdout.write(`${difference}\n`);
  else process.stdout.write(`no difference in ${skipped + stepped} instructions, ${stepped} of them in single steps\n`);
  process.exitCode = difference ? 1 : 0;
}

/** `--job FILE` comes first, from scripts/fidelity.mjs. */
const [, , , , command, ...rest] = process.argv;
const run = command === 'lockstep' ? runLockstep(rest) : main(process.argv.slice(2));
run.catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
});
