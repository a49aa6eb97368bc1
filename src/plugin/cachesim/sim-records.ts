import type { AccessKind } from './sim-cache';

/** A line of the guest's source. */
export interface SourceLine {
  readonly file: string;
  readonly line: number;
}

/** What an instruction of the guest did, or all of a line or a function together. */
export class SimCounts {
  executions = 0;
  loads = 0;
  stores = 0;
  l1Misses: Record<AccessKind, number> = { loads: 0, stores: 0, fetches: 0 };
  l2Misses: Record<AccessKind, number> = { loads: 0, stores: 0, fetches: 0 };
  tlbMisses = 0;
  /** Cycles that its misses cost, beyond those of an instruction that hits. */
  stalls = 0;

  missed(kind: AccessKind, level: 1 | 2): void {
    (level === 1 ? this.l1Misses : this.l2Misses)[kind]++;
  }

  get l1dMisses(): number {
    return this.l1Misses.loads + this.l1Misses.stores;
  }

  get allL2Misses(): number {
    return this.l2Misses.loads + this.l2Misses.stores + this.l2Misses.fetches;
  }

  get allMisses(): number {
    return this.l1Misses.fetches + this.l1dMisses + this.allL2Misses;
  }

  add(other: SimCounts): void {
    this.executions += other.executions;
    this.loads += other.loads;
    this.stores += other.stores;
    for (const kind of ['loads', 'stores', 'fetches'] as const) {
      this.l1Misses[kind] += other.l1Misses[kind];
      this.l2Misses[kind] += other.l2Misses[kind];
    }
    this.tlbMisses += other.tlbMisses;
    this.stalls += other.stalls;
  }
}

export class SimRecord extends SimCounts {
  constructor(
    readonly vaddr: number,
    readonly symbol: string | null,
    readonly disassembly: string,
    readonly source: SourceLine | null,
  ) {
    super();
  }
}

/** The records, added up by a name; those without one together as `?`. Most misses first, then by name. */
export function group(
  records: Iterable<SimRecord>,
  nameOf: (record: SimRecord) => string | undefined,
): [name: string, counts: SimCounts][] {
  const groups = new Map<string, SimCounts>();
  for (const record of records) {
    if (record.executions === 0) continue;
    const name = nameOf(record) ?? '?';
    let counts = groups.get(name);
    if (!counts) groups.set(name, (counts = new SimCounts()));
    counts.add(record);
  }
  return [...groups].sort((a, b) => b[1].allMisses - a[1].allMisses || (a[0] < b[0] ? -1 : 1));
}
