import { writeFileSync } from 'node:fs';
import { messageOf } from '../adapter/dap/errors';
import type { EngineConfig, GuestFile } from '../adapter/engine/api';
import { NodeFiles } from '../adapter/node/files';
import { NodePluginLoader } from '../adapter/node/plugin-loader';
import { bundledPluginNames } from '../plugin/bundled/names';
import type { CampaignOptions } from './campaign-options';
import { engineConfig } from './config';
import { inParallel, runHeadless, type HeadlessOutcome } from './headless';
import type { CliOptions } from './options';
import { csvRow, textTable } from './own-options';
import { millions, type Progress } from './progress';
import { UsageError } from './usage-error';

export const FAULT_CLASSES = ['masked', 'wrong output', 'crash', 'hang'] as const;
export type FaultClass = (typeof FAULT_CLASSES)[number];

interface Golden {
  readonly instructions: number;
  readonly code: number;
  readonly console: Buffer;
  readonly files: readonly GuestFile[];
}

interface CampaignRow {
  readonly seed: number;
  readonly class: FaultClass;
  /** Null if the guest did not exit by itself. */
  readonly exitCode: number | null;
  /** What was flipped, when and where, in the words of `libfault.so`. */
  readonly fault: string;
  /** What happened where it was not an exit, or which output was wrong. */
  readonly reason: string;
}

/** Runs `tcgscope campaign`. Returns the table; progress goes to `progress`, files to where the options say. */
export async function runCampaign(campaign: CampaignOptions, run: CliOptions, progress: Progress): Promise<string> {
  if (run.plugins.length)
    throw new UsageError('campaign: -plugin: the campaign brings its plugins, others are not loaded');
  const services = { files: new NodeFiles(), plugins: new NodePluginLoader(), bundledPlugins: bundledPluginNames };
  // Each run has the same files, the same time, and what it writes for itself.
  const isolated = { seconds: Math.floor(Date.now() / 1000) };
  const configured = async (...plugins: string[]): Promise<EngineConfig> => {
    const config = await engineConfig({ ...run, plugins }, services);
    return { ...config, semihosting: { ...config.semihosting, isolated } };
  };
  const timeoutMs = campaign.timeout * 1000;
  const golden = goldenOf(
    await runHeadless(await configured('libinsn.so,inline=on'), {
      timeoutMs,
      executed: (count) => progress.live(`campaign: golden run: ${millions(count)}`),
    }),
  );
  progress.line(`campaign: golden run: ${golden.instructions} instructions`);
  const budget = campaign.budget * golden.instructions;
  const seeds = Array.from({ length: campaign.runs }, (_, i) => campaign.seed + i);
  let done = 0;
  const rows = await inParallel(seeds, campaign.jobs, async (seed) => {
    // A fault comes before an instruction that is still to run, so the last place is before the last one.
    const choice = [
      `instructions=${golden.instructions - 1}`,
      ...(campaign.memory === undefined ? [] : [`memory=${campaign.memory}`]),
      ...(campaign.caches.length ? [`caches=${campaign.caches.join(':')}`] : []),
    ];
    const config = await configured(
      ...(campaign.caches.length ? [campaign.cacheModel] : []),
      `libfault.so,seed=${seed},${choice.join(',')}`,
      `libstoptrigger.so,icount=${budget}`,
    );
    const row = judge(seed, golden, await runHeadless(config, { timeoutMs }));
    const text = `campaign: ${++done} of ${campaign.runs} runs`;
    if (done === campaign.runs || done % Math.ceil(campaign.runs / 20) === 0) progress.line(text);
    else progress.live(text);
    return row;
  });
  const { memory = null, caches, seed, budget: factor } = campaign;
  const summary = FAULT_CLASSES.map((name) => ({ class: name, runs: rows.filter((row) => row.class === name).length }));
  save('csv', campaign.csv, () => [COLUMNS, ...rows.map(cellsOf)].map(csvRow).join(''));
  save('json', campaign.json, () => {
    const { instructions, code, console, files } = golden;
    const result = {
      golden: { instructions, exitCode: code, outputBytes: console.length, files: files.length },
      campaign: { runs: campaign.runs, seed, memory, caches, budget: factor },
      summary: Object.fromEntries(summary.map((entry) => [entry.class, entry.runs])),
      rows,
    };
    return JSON.stringify(result, null, 2) + '\n';
  });
  return (
    `golden run: ${golden.instructions} instructions, exit code ${golden.code}, ${golden.console.length} bytes of output` +
    `${filesText(golden.files)}\n\n` +
    `${textTable([COLUMNS, ...rows.map(cellsOf)])}\n` +
    textTable(summary.map((entry) => [entry.class, entry.runs, percentOf(entry.runs, rows.length)]))
  );
}

function goldenOf(outcome: HeadlessOutcome): Golden {
  if (outcome.end !== 'exited') {
    throw new Error(`campaign: the program does not end by itself without a fault: ${outcome.reason}`);
  }
  const instructions = Number(/insns: (\d+)\n$/.exec(outcome.pluginLog)?.[1]);
  if (!(instructions > 1)) throw new Error('campaign: the program has no two instructions');
  return { instructions, code: outcome.code, console: outcome.console, files: outcome.files };
}

const filesText = ({ length }: readonly GuestFile[]): string =>
  length ? `, ${length} ${length === 1 ? 'file' : 'files'} written` : '';

/** The first difference of what a run put out to what the golden run did. */
function difference(golden: Golden, { console, files }: HeadlessOutcome): string | undefined {
  if (!console.equals(golden.console)) return 'console output';
  const bytesOf = (of: readonly GuestFile[]) => new Map(of.map(({ path, bytes }) => [path, bytes]));
  const [wanted, got] = [bytesOf(golden.files), bytesOf(files)];
  for (const path of [...new Set([...wanted.keys(), ...got.keys()])].sort()) {
    const [expected, actual] = [wanted.get(path), got.get(path)];
    if (!expected && !actual && expected === actual) continue;
    if (!actual) return actual === null ? `file ${path} removed` : `file ${path} not written`;
    if (!expected) return `file ${path} written`;
    if (!Buffer.from(actual).equals(expected)) return `file ${path}`;
  }
  return undefined;
}

/** What the fault led to. An exit code of its own is a crash: the program noticed. */
function judge(seed: number, golden: Golden, outcome: HeadlessOutcome): CampaignRow {
  const fault = /^fault after .*$/m.exec(outcome.pluginLog)?.[0] ?? 'none: the program ended before';
  const hang = /^icount reached at (0x[0-9a-f]+)/m.exec(outcome.pluginLog);
  const row = (name: FaultClass, exitCode: number | null, reason = ''): CampaignRow => ({
    seed,
    class: name,
    exitCode,
    fault,
    reason,
  });
  if (hang) return row('hang', null, `still running at ${hang[1]}`);
  if (outcome.end === 'timeout' || outcome.end === 'waits') return row('hang', null, outcome.reason);
  if (outcome.end !== 'exited') return row('crash', null, outcome.reason);
  if (outcome.code !== golden.code) return row('crash', outcome.code);
  const wrong = difference(golden, outcome);
  return row(wrong === undefined ? 'masked' : 'wrong output', outcome.code, wrong);
}

const COLUMNS = ['seed', 'class', 'exit code', 'fault', 'reason'];
const cellsOf = (row: CampaignRow): (string | number)[] => [
  row.seed,
  row.class,
  row.exitCode ?? '',
  row.fault,
  row.reason,
];

const percentOf = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)}%`;

function save(option: string, file: string | undefined, text: () => string): void {
  if (file === undefined) return;
  try {
    writeFileSync(file, text());
  } catch (error) {
    throw new UsageError(`campaign: --${option} ${file}: ${messageOf(error)}`);
  }
}
