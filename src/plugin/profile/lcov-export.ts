import type { CacheStatistics } from '../statistics';
import { byFileAndFunction, profiled, UNKNOWN, type Profiled } from './profiled';

interface FileCoverage {
  /** How often each line was executed. */
  readonly lines: Map<number, number>;
  readonly functions: Map<string, { readonly line: number; readonly count: number }>;
}

/**
 * Lines and functions in lcov's format (geninfo's manual). A line's count is that of its instruction that was executed most, a
 * function's that of its first instruction. With the program's code known, what was not executed has a 0.
 * @throws Error when no model counted what each instruction did
 */
export function statisticsToLcov(caches: readonly CacheStatistics[]): string {
  const records: string[] = [];
  for (const [file, { lines, functions }] of [...coverage(profiled(caches))].sort((a, b) => (a[0] < b[0] ? -1 : 1))) {
    const named = [...functions].sort((a, b) => a[1].line - b[1].line);
    const sorted = [...lines].sort((a, b) => a[0] - b[0]);
    records.push(
      'TN:',
      `SF:${file}`,
      ...named.map(([name, { line }]) => `FN:${line},${name}`),
      ...named.map(([name, { count }]) => `FNDA:${count},${name}`),
      `FNF:${named.length}`,
      `FNH:${named.filter(([, { count }]) => count > 0).length}`,
      ...sorted.map(([line, count]) => `DA:${line},${count}`),
      `LF:${sorted.length}`,
      `LH:${sorted.filter(([, count]) => count > 0).length}`,
      'end_of_record',
    );
  }
  return records.join('\n') + '\n';
}

function coverage({ executed, code }: Profiled): Map<string, FileCoverage> {
  const files = new Map<string, FileCoverage>();
  const fileOf = (name: string): FileCoverage => {
    const file = files.get(name) ?? { lines: new Map(), functions: new Map() };
    files.set(name, file);
    return file;
  };
  for (const { file, line } of code?.lines ?? []) fileOf(file).lines.set(line, 0);
  const at = new Map(executed.map(({ address, executions }) => [address, executions]));
  for (const { name, address, source } of code?.functions ?? []) {
    if (source) fileOf(source.file).functions.set(name, { line: source.line, count: at.get(address) ?? 0 });
  }
  for (const [file, functions] of byFileAndFunction(executed)) {
    if (file === UNKNOWN) continue;
    const { lines, functions: named } = fileOf(file);
    for (const [name, insns] of functions) {
      for (const { source, executions } of insns) {
        if (source) lines.set(source.line, Math.max(lines.get(source.line) ?? 0, executions));
      }
      if (code || name === UNKNOWN) continue;
      const first = Math.min(...insns.flatMap(({ source }) => source?.line ?? []));
      named.set(name, { line: first, count: insns[0].executions });
    }
  }
  return files;
}
