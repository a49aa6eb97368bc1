import type { CacheStatistics, CallPath, Costs } from '../statistics';
import { byFileAndFunction, callerOf, profiled, UNKNOWN, type Profiled } from './profiled';

/** A cost in cachegrind's name, and where it stands. */
type Event = readonly [name: string, of: (costs: Costs) => number];

const EXECUTED: Event = ['Ir', (costs) => costs.executions];
/** What a cache model counts. */
const CACHE_EVENTS: readonly Event[] = [
  EXECUTED,
  ['I1mr', ({ l1Misses }) => l1Misses.fetches],
  ['ILmr', ({ l2Misses }) => l2Misses.fetches],
  ['Dr', (costs) => costs.loads],
  ['D1mr', ({ l1Misses }) => l1Misses.loads],
  ['DLmr', ({ l2Misses }) => l2Misses.loads],
  ['Dw', (costs) => costs.stores],
  ['D1mw', ({ l1Misses }) => l1Misses.stores],
  ['DLmw', ({ l2Misses }) => l2Misses.stores],
];
/** Only in callgrind's format, which tools take any event from. */
const CYCLES: Event = ['Cycles', ({ cycles }) => Math.round(cycles)];

/**
 * Costs by file, function and line, and calls with what they cost, in callgrind's format (valgrind's manual, "Callgrind Format
 * Specification"): for `callgrind_annotate` and KCachegrind.
 * @throws Error when no model counted what each instruction did
 */
export function statisticsToCallgrind(caches: readonly CacheStatistics[]): string {
  const statistics = profiled(caches);
  const events = statistics.levels.length ? [...CACHE_EVENTS, CYCLES] : [EXECUTED];
  const head = ['# callgrind format', 'version: 1', 'creator: tcgscope', 'positions: line'];
  return valgrindFile(statistics, events, head, callsByCaller(statistics, events));
}

/** Costs by file, function and line in cachegrind's format, for `cg_annotate`. */
export function statisticsToCachegrind(caches: readonly CacheStatistics[]): string {
  const statistics = profiled(caches);
  const head = statistics.levels
    .filter(({ core }) => core === 0)
    .map((l) => `desc: ${l.name} cache: ${l.size} B, ${l.lineSize} B, ${l.associativity}-way, ${l.policy}`);
  const events = statistics.levels.length ? CACHE_EVENTS : [EXECUTED];
  return valgrindFile(statistics, events, [...head, 'cmd: tcgscope'], new Map());
}

function valgrindFile(
  statistics: Profiled,
  events: readonly Event[],
  head: readonly string[],
  calls: ReadonlyMap<string, readonly string[]>,
): string {
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
      lines.push(...(calls.get(placeOf(file, name)) ?? []));
    }
  }
  const names = `events: ${events.map(([name]) => name).join(' ')}`;
  return [...head, names, '', ...lines, '', `summary: ${total.join(' ')}`, ''].join('\n');
}

const placeOf = (file: string, name: string): string => `${file}\n${name}`;

interface Call {
  readonly place: string;
  readonly line: number;
  readonly callee: CallPath;
  count: number;
  readonly cost: number[];
}

/** The lines for the calls that a function makes from a file, by {@link placeOf}. */
function callsByCaller({ calls = [], executed }: Profiled, events: readonly Event[]): Map<string, string[]> {
  const files = new Map<string, string>();
  for (const [file, functions] of byFileAndFunction(executed)) {
    for (const name of functions.keys()) if (!files.has(name) || files.get(name) === UNKNOWN) files.set(name, file);
  }
  const found = new Map<string, Call>();
  for (const path of calls) {
    const caller = callerOf(calls, path);
    if (!caller) continue;
    const place = placeOf(path.site?.file ?? files.get(caller.name) ?? UNKNOWN, caller.name);
    const line = path.site?.line ?? 0;
    const key = [place, line, path.name].join('\n');
    let call = found.get(key);
    if (!call) found.set(key, (call = { place, line, callee: path, count: 0, cost: events.map(() => 0) }));
    call.count += path.calls;
    // What a call inside of the same call costs is in that one's cost.
    if (!isNested(calls, path)) events.forEach(([, of], i) => (call.cost[i] += of(path.inclusive)));
  }
  const result = new Map<string, string[]>();
  for (const { place, line, callee, count, cost } of found.values()) {
    const file = callee.source?.file ?? files.get(callee.name) ?? UNKNOWN;
    const lines = [`cfi=${file}`, `cfn=${callee.name}`, `calls=${count} ${callee.source?.line ?? 0}`];
    result.set(place, [...(result.get(place) ?? []), ...lines, `${line} ${cost.join(' ')}`]);
  }
  return result;
}

/** Whether the path goes through the same call already. */
function isNested(calls: readonly CallPath[], path: CallPath): boolean {
  const caller = callerOf(calls, path);
  for (let at = caller; at; at = callerOf(calls, at)) {
    if (at.name === path.name && callerOf(calls, at)?.name === caller?.name && sameSite(at, path)) return true;
  }
  return false;
}

const sameSite = (a: CallPath, b: CallPath): boolean => a.site?.file === b.site?.file && a.site?.line === b.site?.line;
