import type { CacheStatistics, CallPath, InstructionCounts } from '../statistics';

/** A file, function or line that nothing is known of. */
export const UNKNOWN = '???';

export type Profiled = CacheStatistics & { readonly executed: readonly InstructionCounts[] };

/**
 * The first model that counted what each instruction did.
 * @throws Error when none did
 */
export function profiled(caches: readonly CacheStatistics[]): Profiled {
  const found = caches.find((cache): cache is Profiled => cache.executed !== undefined);
  if (found) return found;
  throw new Error(
    'this format needs what each instruction did, which libcallprofile.so and libcachesim.so count: load one as a plugin',
  );
}

/** Instructions by file and function, each in the order of addresses. */
export function byFileAndFunction(
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

/** The caller's path, where somebody called. */
export function callerOf(calls: readonly CallPath[], { parent }: CallPath): CallPath | undefined {
  return parent < 0 ? undefined : calls[parent];
}
