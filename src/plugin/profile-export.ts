import type { CacheStatistics, InstructionCounts } from './statistics';

/** What a cache model counts for each instruction, in cachegrind's names: what it is, and where it stands. */
const EVENTS: readonly (readonly [name: string, of: (insn: InstructionCounts) => number])[] = [
  ['Ir', (insn) => insn.executions],
  ['I1mr', (insn) => insn.l1Misses.fetches],
  ['ILmr', (insn) => insn.l2Misses.fetches],
  ['Dr', (insn) => insn.loads],
  ['D1mr', (insn) => insn.l1Misses.loads],
  ['DLmr', (insn) => insn.l2Misses.loads],
  ['Dw', (insn) => insn.stores],
  ['D1mw', (insn) => insn.l1Misses.stores],
  ['DLmw', (insn) => insn.l2Misses.stores],
];
/** Only in callgrind's format, which tools take any event from. */
const CYCLES = ['Cycles', (insn: InstructionCounts): number => Math.round(insn.cycles)] as const;

const UNKNOWN = '???';

/**
 * Costs by file, function and line in callgrind's format (valgrind's manual, "Callgrind Format Specification"): for
 * `callgrind_annotate` and KCachegrind.
 * @throws Error when no model counted what each instruction did
 */
export function statisticsToCallgrind(caches: readonly CacheStatistics[]): string {
  return valgrindFile(caches, [...EVENTS, CYCLES], (header) => [
    '# callgrind format',
    'version: 1',
    'creator: tcgscope',
    'positions: line',
    ...header,
  ]);
}

/** The same in cachegrind's format, for `cg_annotate`. */
export function statisticsToCachegrind(caches: readonly CacheStatistics[]): string {
  return valgrindFile(caches, EVENTS, (header, { levels }) => [
    ...levels
      .filter(({ core }) => core === 0)
      .map((l) => `desc: ${l.name} cache: ${l.size} B, ${l.lineSize} B, ${l.associativity}-way, ${l.policy}`),
    'cmd: tcgscope',
    ...header,
  ]);
}

function valgrindFile(
  caches: readonly CacheStatistics[],
  events: typeof EVENTS,
  head: (header: readonly string[], statistics: CacheStatistics) => string[],
): string {
  const statistics = profiled(caches);
  const total = events.map(() => 0);
  const lines: string[] = [];
  for (const [file, functions] of byFileAndFunction(statistics.executed)) {
    lines.push(`fl=${file}`);
    for (const [name, insns] of functions) {
      lines.push(`fn=${name}`);
      const costs = new Map<number, number[]>();
      for (const insn of insns) {
        const line = insn.source?.line ?? 0;
        const sums = costs.get(line) ?? events.map(() => 0);
        costs.set(line, sums);
        events.forEach(([, of], i) => {
          sums[i] += of(insn);
          total[i] += of(insn);
        });
      }
      for (const [line, sums] of [...costs].sort((a, b) => a[0] - b[0])) lines.push(`${line} ${sums.join(' ')}`);
    }
  }
  const names = `events: ${events.map(([name]) => name).join(' ')}`;
  const summary = `summary: ${total.join(' ')}`;
  return [...head([names], statistics), '', ...lines, '', summary, ''].join('\n');
}

/**
 * A CPU profile as Chrome's and VS Code's viewers open it (Chrome DevTools Protocol, Profiler.Profile): functions with the
 * instructions that they executed themselves, one microsecond each.
 * @throws Error when no model counted what each instruction did
 */
export function statisticsToCpuProfile(caches: readonly CacheStatistics[]): string {
  const nodes: unknown[] = [];
  const samples: number[] = [];
  const timeDeltas: number[] = [];
  let time = 0;
  const node = (id: number, name: string, url: string, line: number, more: object): void =>
    void nodes.push({
      id,
      callFrame: { functionName: name, scriptId: String(id), url, lineNumber: line, columnNumber: 0 },
      ...more,
    });
  const functions = [...byFileAndFunction(profiled(caches).executed)].flatMap(([file, own]) =>
    [...own].map(([name, insns]) => ({ file, name, insns })),
  );
  node(1, '(root)', '', -1, { hitCount: 0, children: functions.map((_, i) => i + 2) });
  functions.forEach(({ file, name, insns }, i) => {
    const ticks = new Map<number, number>();
    let executed = 0;
    for (const { source, executions } of insns) {
      executed += executions;
      if (source) ticks.set(source.line, (ticks.get(source.line) ?? 0) + executions);
    }
    const lines = [...ticks].sort((a, b) => a[0] - b[0]);
    const first = (lines[0]?.[0] ?? 0) - 1;
    node(i + 2, name, file === UNKNOWN ? '' : file, first, {
      hitCount: executed,
      positionTicks: lines.map(([line, count]) => ({ line, ticks: count })),
    });
    // A delta is the time before its sample; the sample's own time lasts until the next.
    samples.push(i + 2);
    timeDeltas.push(time);
    time = executed;
  });
  samples.push(1);
  timeDeltas.push(time);
  const endTime = timeDeltas.reduce((sum, delta) => sum + delta, 0);
  return JSON.stringify({ nodes, startTime: 0, endTime, samples, timeDeltas }) + '\n';
}

/**
 * The executed lines in lcov's format (geninfo's manual): a line's count is that of its instruction that was executed most.
 * Lines that were not executed are not in it.
 * @throws Error when no model counted what each instruction did
 */
export function statisticsToLcov(caches: readonly CacheStatistics[]): string {
  const records: string[] = [];
  for (const [file, functions] of byFileAndFunction(profiled(caches).executed)) {
    if (file === UNKNOWN) continue;
    const counts = new Map<number, number>();
    const names: { name: string; line: number; count: number }[] = [];
    for (const [name, insns] of functions) {
      let line = Infinity;
      for (const { source, executions } of insns) {
        if (!source) continue;
        counts.set(source.line, Math.max(counts.get(source.line) ?? 0, executions));
        line = Math.min(line, source.line);
      }
      // Its first instruction is executed once for each call, where it has no loop there.
      if (name !== UNKNOWN) names.push({ name, line, count: insns[0].executions });
    }
    const lines = [...counts].sort((a, b) => a[0] - b[0]);
    records.push(
      'TN:',
      `SF:${file}`,
      ...names.map(({ name, line }) => `FN:${line},${name}`),
      ...names.map(({ name, count }) => `FNDA:${count},${name}`),
      `FNF:${names.length}`,
      `FNH:${names.length}`,
      ...lines.map(([line, count]) => `DA:${line},${count}`),
      `LF:${lines.length}`,
      `LH:${lines.length}`,
      'end_of_record',
    );
  }
  return records.join('\n') + '\n';
}

type Profiled = CacheStatistics & { readonly executed: readonly InstructionCounts[] };

/** The first model that counted what each instruction did. */
function profiled(caches: readonly CacheStatistics[]): Profiled {
  const found = caches.find((cache): cache is Profiled => cache.executed !== undefined);
  if (found) return found;
  throw new Error('this format needs what each instruction did, which libcachesim.so counts: load it as a plugin');
}

/** Instructions by file and function, each in the order of addresses. */
function byFileAndFunction(
  executed: readonly InstructionCounts[],
): Map<string, Map<string, readonly InstructionCounts[]>> {
  const files = new Map<string, Map<string, InstructionCounts[]>>();
  for (const insn of [...executed].sort((a, b) => a.address - b.address)) {
    const [file, name] = [insn.source?.file ?? UNKNOWN, insn.symbol ?? UNKNOWN];
    let functions = files.get(file);
    if (!functions) files.set(file, (functions = new Map()));
    const insns = functions.get(name);
    if (insns) insns.push(insn);
    else functions.set(name, [insn]);
  }
  return files;
}
