import { writeFileSync } from 'node:fs';
import { messageOf } from '../adapter/dap/errors';
import { NodeFiles } from '../adapter/node/files';
import { NodePluginLoader } from '../adapter/node/plugin-loader';
import { bundledPluginNames } from '../plugin/bundled/names';
import { sweepGeometries } from '../plugin/bundled/cachesweep';
import type { SimPolicy } from '../plugin/cachesim/replacement';
import { engineConfig } from './config';
import { inParallel, runHeadless } from './headless';
import type { CliOptions } from './options';
import { csvRow, textTable } from './own-options';
import type { SweepOptions } from './sweep-options';
import { millions, type Progress } from './progress';
import { sizeName, sweepSvg } from './sweep-svg';
import { UsageError } from './usage-error';

/** What a cache of one geometry did. */
export interface SweepRow {
  readonly cache: string;
  readonly size: number;
  readonly ways: number;
  readonly lineSize: number;
  readonly policy: string;
  readonly accesses: number;
  readonly misses: number;
  /** Misses in percent of accesses. */
  readonly missRate: number;
  /** No cache of the same kind that is not larger has fewer misses, and no smaller one as few. */
  readonly pareto: boolean;
}

/** Geometries that one run simulates at most where each has to be by itself. */
const GEOMETRIES_PER_RUN = 16;

/** Runs `tcgscope sweep`. Returns the table; progress goes to `progress`, files to where the options say. */
export async function runSweep(sweep: SweepOptions, run: CliOptions, progress: Progress): Promise<string> {
  if (run.plugins.length) throw new UsageError('sweep: -plugin: the sweep is a plugin itself, others are not loaded');
  const services = { files: new NodeFiles(), plugins: new NodePluginLoader(), bundledPlugins: bundledPluginNames };
  const runs = sweep.policies.flatMap((policy) => runsOf(sweep, policy as SimPolicy));
  const specs = runs.map(({ spec }) => spec);
  if (!specs.length) throw new UsageError('sweep: the sizes, ways and lines cannot be combined to a cache');
  const configs = await Promise.all(specs.map((spec) => engineConfig({ ...run, plugins: [spec] }, services)));
  let done = 0;
  progress.line(`sweep: ${specs.length} ${specs.length === 1 ? 'run' : 'runs'}`);
  const tables = await inParallel(configs, sweep.jobs, async (config, index) => {
    const outcome = await runHeadless(config, {
      executed: (count) => progress.live(`sweep: ${done} of ${specs.length} done, one is at ${millions(count)}`),
    });
    if (outcome.end !== 'exited') throw new Error(`sweep: the guest did not end by itself: ${outcome.reason}`);
    progress.line(`sweep: ${++done} of ${specs.length} done`);
    return parseRows(outcome.pluginLog).map((row) => ({ ...row, cache: runs[index].label ?? row.cache }));
  });
  const rows = markPareto(tables.flat());
  save('csv', sweep.csv, () => sweepCsv(rows));
  save('json', sweep.json, () => JSON.stringify({ sweep: rows }, null, 2) + '\n');
  save('svg', sweep.svg, () => sweepSvg(rows));
  return sweepText(rows);
}

interface Run {
  /** The plugin line. */
  readonly spec: string;
  /** What its rows call the cache, if not as the plugin does. */
  readonly label?: string;
}

/** The runs that a policy needs. An L2 needs one for each L1, on whose misses all its geometries are simulated. */
function runsOf(sweep: SweepOptions, policy: SimPolicy): Run[] {
  const { cache, l1, l1policy } = sweep;
  const specs = specsOf(sweep, policy);
  if (cache !== 'l2') return specs.map((spec) => ({ spec }));
  return l1.flatMap((geometry) =>
    specs.map((spec) => ({
      spec: `${spec},l1=${geometry},l1evict=${l1policy}`,
      label: `l2 behind ${geometry.replace(/^\d+/, (size) => sizeName(Number(size)))}`,
    })),
  );
}

/** The plugin lines by geometries of the swept cache. */
function specsOf({ cache, sizes, assocs, lines }: SweepOptions, policy: SimPolicy): string[] {
  const spec = (...parts: readonly (readonly number[])[]): string =>
    `libcachesweep.so,cache=${cache},evict=${policy},` +
    ['sizes', 'assocs', 'lines'].map((name, i) => `${name}=${parts[i].join(':')}`).join(',');
  const usable = (some: readonly number[]): boolean => sweepGeometries(some, assocs, lines, policy).length > 0;
  if (!usable(sizes)) return [];
  if (policy === 'lru') return [spec(sizes, assocs, lines)];
  const perRun = Math.max(1, Math.floor(GEOMETRIES_PER_RUN / (assocs.length * lines.length)));
  const parts = Array.from({ length: Math.ceil(sizes.length / perRun) }, (_, i) =>
    sizes.slice(i * perRun, (i + 1) * perRun),
  );
  return parts.filter(usable).map((part) => spec(part, assocs, lines));
}

function parseRows(log: string): Omit<SweepRow, 'pareto'>[] {
  return log
    .split('\n')
    .slice(1)
    .filter((line) => line !== '')
    .map((line) => {
      const [cache, size, ways, lineSize, policy, accesses, misses, missRate] = line.split(', ');
      return {
        cache,
        size: Number(size),
        ways: Number(ways),
        lineSize: Number(lineSize),
        policy,
        accesses: Number(accesses),
        misses: Number(misses),
        missRate: parseFloat(missRate),
      };
    });
}

/** Says of each row whether it is worth its size, and sorts: by cache, size, misses, then ways. */
export function markPareto(rows: readonly Omit<SweepRow, 'pareto'>[]): SweepRow[] {
  return rows
    .map((row) => ({
      ...row,
      pareto: !rows.some(
        (other) =>
          other.cache === row.cache &&
          ((other.size <= row.size && other.misses < row.misses) ||
            (other.size < row.size && other.misses <= row.misses)),
      ),
    }))
    .sort(
      (a, b) =>
        (a.cache < b.cache ? -1 : Number(a.cache > b.cache)) ||
        a.size - b.size ||
        a.misses - b.misses ||
        a.ways - b.ways ||
        a.lineSize - b.lineSize,
    );
}

const COLUMNS = ['cache', 'size', 'ways', 'line', 'policy', 'accesses', 'misses', 'miss rate %', 'pareto'];

function sweepText(rows: readonly SweepRow[]): string {
  const cells = rows.map((r) => [
    ...[r.cache, r.size, r.ways, r.lineSize, r.policy, r.accesses, r.misses],
    r.missRate.toFixed(4).padStart(COLUMNS[7].length),
    r.pareto ? '*' : '',
  ]);
  return textTable([COLUMNS, ...cells]);
}

function sweepCsv(rows: readonly SweepRow[]): string {
  const cells = rows.map((r) => [
    ...[r.cache, r.size, r.ways, r.lineSize, r.policy, r.accesses, r.misses, r.missRate],
    r.pareto ? 'yes' : 'no',
  ]);
  return [COLUMNS, ...cells].map(csvRow).join('');
}

function save(option: string, file: string | undefined, text: () => string): void {
  if (file === undefined) return;
  try {
    writeFileSync(file, text());
  } catch (error) {
    throw new UsageError(`sweep: --${option} ${file}: ${messageOf(error)}`);
  }
}
