import type { TcgCacheLevel, TcgCacheMiss, TcgCacheModel, TcgCacheStatistics } from 'qemu-plugin';
import { Access, type SetAssociativeCache } from './set-associative';

/** The caches of one core. */
export interface CoreCaches {
  readonly l1i: SetAssociativeCache;
  readonly l1d: SetAssociativeCache;
  /** Unified; accessed on an L1 miss. */
  readonly l2?: SetAssociativeCache;
}

/** An instruction of the guest with its misses so far. */
export class InstructionRecord {
  l1iMisses = 0;
  l1dMisses = 0;
  l2Misses = 0;

  constructor(
    /** As the model prints it; identifies the instruction. */
    readonly address: number,
    readonly vaddr: number,
    readonly symbol: string | null,
    readonly disassembly: string,
  ) {}
}

/** The sum of hits and misses of one kind. */
function counts(cache: SetAssociativeCache, kind: Access): TcgCacheLevel['loads'] {
  const hits = cache.hits[kind];
  const misses = cache.misses[kind];
  return { accesses: hits + misses, hits, misses };
}

const MISS_KINDS = { [Access.Load]: 'load', [Access.Store]: 'store', [Access.Fetch]: 'fetch' } as const;

/** One or more cores' caches, fed with fetches and data accesses; the counts behind text output and statistics alike. */
export class CacheHierarchy implements TcgCacheModel {
  instructions = 0;
  maintenance = 0;
  /** By address as printed. */
  readonly records = new Map<number, InstructionRecord>();
  private listener: ((miss: TcgCacheMiss) => void) | undefined;

  constructor(
    private readonly model: string,
    readonly cores: readonly CoreCaches[],
    /** How the L2 counts the fetches that come to it. */
    private readonly l2FetchKind: Access.Load | Access.Fetch,
  ) {}

  /** The record for the address, made by `make` when it is new. */
  record(address: number, make: () => InstructionRecord): InstructionRecord {
    let record = this.records.get(address);
    if (!record) this.records.set(address, (record = make()));
    return record;
  }

  /** An instruction is fetched from `address`. */
  fetch(vcpu: number, insn: InstructionRecord, address: number): void {
    const core = this.cores[vcpu % this.cores.length];
    this.instructions++;
    if (core.l1i.access(address, Access.Fetch)) return;
    insn.l1iMisses++;
    this.tell('l1i', vcpu, insn, address, Access.Fetch);
    this.second(core, vcpu, insn, address, Access.Fetch);
  }

  /** The instruction loads from or stores to `address`. */
  data(vcpu: number, insn: InstructionRecord, address: number, kind: Access.Load | Access.Store): void {
    const core = this.cores[vcpu % this.cores.length];
    if (core.l1d.access(address, kind)) return;
    insn.l1dMisses++;
    this.tell('l1d', vcpu, insn, address, kind);
    this.second(core, vcpu, insn, address, kind);
  }

  private second(core: CoreCaches, vcpu: number, insn: InstructionRecord, address: number, kind: Access): void {
    if (!core.l2 || core.l2.access(address, kind === Access.Fetch ? this.l2FetchKind : kind)) return;
    insn.l2Misses++;
    this.tell('l2', vcpu, insn, address, kind);
  }

  private tell(
    level: TcgCacheMiss['level'],
    vcpu: number,
    insn: InstructionRecord,
    address: number,
    kind: Access,
  ): void {
    this.listener?.({ level, vcpu, pc: insn.vaddr, address, kind: MISS_KINDS[kind] });
  }

  setMissListener(listener: ((miss: TcgCacheMiss) => void) | undefined): void {
    this.listener = listener;
  }

  statistics(limit: number): TcgCacheStatistics {
    return {
      model: this.model,
      cores: this.cores.length,
      levels: this.cores.flatMap((caches, core) => levelsOf(caches, core)),
      instructions: this.instructions,
      maintenance: this.maintenance,
      hottest: hottest(this.records.values(), limit).map((record) => ({
        address: record.vaddr,
        symbol: record.symbol,
        disassembly: record.disassembly,
        l1iMisses: record.l1iMisses,
        l1dMisses: record.l1dMisses,
        l2Misses: record.l2Misses,
      })),
    };
  }
}

function levelsOf({ l1i, l1d, l2 }: CoreCaches, core: number): TcgCacheLevel[] {
  const level = (name: TcgCacheLevel['name'], cache: SetAssociativeCache): TcgCacheLevel => ({
    name,
    core,
    ...cache.geometry,
    sets: cache.sets,
    policy: cache.policy,
    loads: counts(cache, Access.Load),
    stores: counts(cache, Access.Store),
    fetches: counts(cache, Access.Fetch),
    compulsory: cache.compulsory,
    evictions: cache.evictions,
    invalidations: cache.invalidations,
  });
  return [level('L1I', l1i), level('L1D', l1d), ...(l2 ? [level('L2', l2)] : [])];
}

/** The `limit` records with the most misses of all levels together, most first, then by address; none without a miss. */
function hottest(records: Iterable<InstructionRecord>, limit: number): InstructionRecord[] {
  const misses = (record: InstructionRecord): number => record.l1iMisses + record.l1dMisses + record.l2Misses;
  const found: InstructionRecord[] = [];
  for (const record of records) if (misses(record) > 0) found.push(record);
  return found.sort((a, b) => misses(b) - misses(a) || a.vaddr - b.vaddr).slice(0, limit);
}
