import type { CacheStatistics, CallPath, InstructionCounts } from '../statistics';
import { byFileAndFunction, profiled, UNKNOWN } from './profiled';

/** A function in the tree, with the instructions that it executed itself. */
interface Node {
  readonly name: string;
  readonly file: string;
  /** From 1; 0: unknown. */
  readonly line: number;
  readonly own: number;
  readonly ticks: readonly (readonly [line: number, count: number])[];
  readonly children: readonly number[];
}

/**
 * A CPU profile as Chrome's and VS Code's viewers open it (Chrome DevTools Protocol, Profiler.Profile): the tree of calls with
 * the instructions that each function executed itself, one microsecond each. What a function executed is divided among its
 * places in the tree as counted, and of each the lines in that proportion. Where calls are not known, functions stand side by side.
 * @throws Error when no model counted what each instruction did
 */
export function statisticsToCpuProfile(caches: readonly CacheStatistics[]): string {
  const { calls, executed } = profiled(caches);
  const { nodes: list, roots } = calls ? treeOf(calls, executed) : flat(executed);
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
  const idOf = (index: number): number => index + 2;
  node(1, '(root)', '', -1, { hitCount: 0, children: roots.map(idOf) });
  list.forEach(({ name, file, line, own, ticks, children }, i) => {
    node(idOf(i), name, file === UNKNOWN ? '' : file, line - 1, {
      hitCount: own,
      ...(children.length ? { children: children.map(idOf) } : {}),
      positionTicks: ticks.map(([at, count]) => ({ line: at, ticks: count })),
    });
    if (!own) return;
    // A delta is the time before its sample; the sample's own time lasts until the next.
    samples.push(idOf(i));
    timeDeltas.push(time);
    time = own;
  });
  samples.push(1);
  timeDeltas.push(time);
  const endTime = timeDeltas.reduce((sum, delta) => sum + delta, 0);
  return JSON.stringify({ nodes, startTime: 0, endTime, samples, timeDeltas }) + '\n';
}

function flat(executed: readonly InstructionCounts[]): { nodes: Node[]; roots: number[] } {
  const nodes = [...byFileAndFunction(executed)].flatMap(([file, functions]) =>
    [...functions].map(([name, insns]): Node => {
      const ticks = ticksOf(insns);
      const own = insns.reduce((sum, { executions }) => sum + executions, 0);
      return { name, file, line: ticks[0]?.[0] ?? 0, own, ticks, children: [] };
    }),
  );
  return { nodes, roots: nodes.map((_, i) => i) };
}

function treeOf(
  calls: readonly CallPath[],
  executed: readonly InstructionCounts[],
): { nodes: Node[]; roots: number[] } {
  const own = calls.map(({ inclusive }) => inclusive.executions);
  const children = calls.map((): number[] => []);
  calls.forEach(({ parent, inclusive }, i) => {
    if (parent < 0) return;
    own[parent] -= inclusive.executions;
    children[parent].push(i);
  });
  const byName = new Map<string, InstructionCounts[]>();
  for (const insn of executed) {
    const name = insn.symbol ?? UNKNOWN;
    byName.set(name, [...(byName.get(name) ?? []), insn]);
  }
  const inTree = new Map<string, number>();
  calls.forEach(({ name }, i) => inTree.set(name, (inTree.get(name) ?? 0) + own[i]));
  const nodes = calls.map(({ name, source }, i): Node => {
    const insns = (byName.get(name) ?? []).filter((insn) => insn.source?.file === source?.file);
    const counted = (byName.get(name) ?? []).reduce((sum, { executions }) => sum + executions, 0);
    const whole = Math.max(counted, inTree.get(name) ?? 0, 1);
    const share = ([line, count]: readonly [number, number]) => [line, Math.floor((count / whole) * own[i])] as const;
    const ticks = ticksOf(insns)
      .map(share)
      .filter(([, count]) => count > 0);
    return { name, file: source?.file ?? UNKNOWN, line: source?.line ?? 0, own: own[i], ticks, children: children[i] };
  });
  return { nodes, roots: calls.flatMap(({ parent }, i) => (parent < 0 ? [i] : [])) };
}

/** Executed instructions by line. */
function ticksOf(insns: readonly InstructionCounts[]): [line: number, count: number][] {
  const ticks = new Map<number, number>();
  for (const { source, executions } of insns) {
    if (source) ticks.set(source.line, (ticks.get(source.line) ?? 0) + executions);
  }
  return [...ticks].sort((a, b) => a[0] - b[0]);
}
