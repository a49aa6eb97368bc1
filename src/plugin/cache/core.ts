import type { qemu_plugin_u64, TcgAccessCounts } from 'qemu-plugin';
import type { SetAssociativeCache } from './set-associative';
import { Access } from './set-associative';
import type { LineEntries } from './line-entries';
import type { LineHints } from './line-hints';

/** The caches of one core. Accesses to the first level are counted by translated code, by kind. */
export interface CoreCaches {
  readonly l1i: SetAssociativeCache;
  readonly l1iHints: LineHints;
  readonly l1d: SetAssociativeCache;
  readonly l1dEntries: LineEntries;
  /** Unified; accessed on an L1 miss. */
  readonly l2?: SetAssociativeCache;
  /** How the L2 counts the fetches that come to it. */
  readonly l2FetchKind: Access.Load | Access.Fetch;
  readonly loads: qemu_plugin_u64;
  readonly stores: qemu_plugin_u64;
  readonly fetches: qemu_plugin_u64;
}

export type LevelName = 'l1i' | 'l1d' | 'l2';

/** The accesses of one kind that a level of the core has had. */
export function accessCounts(core: CoreCaches, level: LevelName, kind: Access): TcgAccessCounts {
  const cache = core[level];
  if (!cache) return { accesses: 0, hits: 0, misses: 0 };
  const misses = cache.misses[kind];
  const accesses = countedElsewhere(core, level, kind) + cache.corrections[kind];
  return { accesses, hits: accesses - misses, misses };
}

/** Accesses by what is counted elsewhere: in translated code, or as misses of the first level. */
function countedElsewhere(core: CoreCaches, level: LevelName, kind: Access): number {
  const { loads, stores, fetches, l1i, l1d, l2FetchKind } = core;
  if (level === 'l1i') return kind === Access.Fetch ? fetches.get() : 0;
  if (level === 'l2') return l1d.misses[kind] + (kind === l2FetchKind ? l1i.misses[Access.Fetch] : 0);
  return kind === Access.Load ? loads.get() : kind === Access.Store ? stores.get() : 0;
}

/** The same of all kinds together. */
export function totalCounts(core: CoreCaches, level: LevelName): TcgAccessCounts {
  const all = [Access.Load, Access.Store, Access.Fetch].map((kind) => accessCounts(core, level, kind));
  const sum = (field: keyof TcgAccessCounts): number => all.reduce((total, counts) => total + counts[field], 0);
  return { accesses: sum('accesses'), hits: sum('hits'), misses: sum('misses') };
}
