import type { TcgCacheLevel, TcgCacheMiss, TcgCacheModel, TcgCacheStatistics } from 'qemu-plugin';
import { accessCounts, type CoreCaches } from './core';
import { InstructionRecords, MissLevel, type InstructionRecord } from './records';
import { Access, type SetAssociativeCache } from './set-associative';
import type { ModelMemory } from '../../tcg/model-memory';

const MISS_KINDS = { [Access.Load]: 'load', [Access.Store]: 'store', [Access.Fetch]: 'fetch' } as const;

/**
 * One or more cores' caches, told of the fetches and data accesses that may change them; the counts behind text output and
 * statistics alike. How many accesses there were the cores' counters know.
 */
export class CacheHierarchy implements TcgCacheModel {
  maintenance = 0;
  readonly records: InstructionRecords;
  /** A word that is not 0 while someone listens to misses. */
  readonly listening: Int32Array;
  private listener: ((miss: TcgCacheMiss) => void) | undefined;

  constructor(
    private readonly model: string,
    readonly cores: readonly CoreCaches[],
    memory: ModelMemory,
  ) {
    this.records = new InstructionRecords(memory);
    const { buffer, offset } = memory.allocate(4);
    this.listening = new Int32Array(buffer, offset, 1);
  }

  core(vcpu: number): CoreCaches {
    return this.cores[vcpu % this.cores.length];
  }

  get instructions(): number {
    return this.cores.reduce((sum, { fetches }) => sum + fetches.get(), 0);
  }

  /** An instruction is fetched from `address`. */
  fetch(vcpu: number, insn: InstructionRecord, address: number): void {
    const core = this.core(vcpu);
    if (core.l1i.lookUp(address, Access.Fetch)) return;
    insn.miss(MissLevel.L1i);
    this.tell('l1i', vcpu, insn, address, Access.Fetch);
    this.second(core, vcpu, insn, address, Access.Fetch);
  }

  /** The instruction loads from or stores to `address`. */
  data(vcpu: number, insn: InstructionRecord, address: number, kind: Access.Load | Access.Store): void {
    const core = this.core(vcpu);
    if (core.l1d.lookUp(address, kind)) return;
    insn.miss(MissLevel.L1d);
    this.tell('l1d', vcpu, insn, address, kind);
    this.second(core, vcpu, insn, address, kind);
  }

  /** A data access that the core's counters have counted is none for the model. */
  ignore(vcpu: number, kind: Access.Load | Access.Store): void {
    this.core(vcpu).l1d.correct(kind, -1);
  }

  private second(core: CoreCaches, vcpu: number, insn: InstructionRecord, address: number, kind: Access): void {
    if (!core.l2 || core.l2.lookUp(address, kind === Access.Fetch ? core.l2FetchKind : kind)) return;
    insn.miss(MissLevel.L2);
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
    this.listening[0] = listener ? 1 : 0;
  }

  lineAddress(level: TcgCacheMiss['level'], core: number, set: number, way: number): number | undefined {
    return this.cores.at(core)?.[level]?.lineAt(set, way);
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

function levelsOf(caches: CoreCaches, core: number): TcgCacheLevel[] {
  const level = (
    name: TcgCacheLevel['name'],
    key: 'l1i' | 'l1d' | 'l2',
    cache: SetAssociativeCache,
  ): TcgCacheLevel => ({
    name,
    core,
    ...cache.geometry,
    sets: cache.sets,
    policy: cache.policy,
    loads: accessCounts(caches, key, Access.Load),
    stores: accessCounts(caches, key, Access.Store),
    fetches: accessCounts(caches, key, Access.Fetch),
    compulsory: cache.compulsory,
    evictions: cache.evictions,
    invalidations: cache.invalidations,
  });
  const { l1i, l1d, l2 } = caches;
  return [level('L1I', 'l1i', l1i), level('L1D', 'l1d', l1d), ...(l2 ? [level('L2', 'l2', l2)] : [])];
}

/** The `limit` records with the most misses of all levels together, most first, then by address; none without a miss. */
function hottest(records: Iterable<InstructionRecord>, limit: number): InstructionRecord[] {
  const misses = (record: InstructionRecord): number => record.l1iMisses + record.l1dMisses + record.l2Misses;
  const found: InstructionRecord[] = [];
  for (const record of records) if (misses(record) > 0) found.push(record);
  return found.sort((a, b) => misses(b) - misses(a) || a.vaddr - b.vaddr).slice(0, limit);
}
