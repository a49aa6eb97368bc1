import type { TcgCacheMiss } from 'qemu-plugin';
import { prefetcher, type Prefetcher } from './prefetch';
import { DIRTY, PREFETCHED, SimCache, type AccessKind, type Victim } from './sim-cache';
import type { SimConfig } from './sim-config';
import { SimCounts, type SimRecord } from './sim-records';
import { StackDistances } from './stack-distances';

const MISS_KINDS = { loads: 'load', stores: 'store', fetches: 'fetch' } as const;

export interface SimCore {
  readonly l1i: SimCache;
  readonly l1d: SimCache;
  /** The same for all cores where it is shared. */
  readonly l2?: SimCache;
  readonly itlb?: SimCache;
  readonly dtlb?: SimCache;
  readonly iprefetcher?: Prefetcher;
  readonly dprefetcher?: Prefetcher;
  /** What all its instructions did. */
  readonly total: SimCounts;
}

/** What the guest asks to be done to a line. */
export interface Maintain {
  /** Writes it back if it was changed. */
  readonly clean: boolean;
  /** Takes it out; a change that was not written back is lost. */
  readonly invalidate: boolean;
}

/**
 * Cores with first-level caches, coherent among each other (MSI: a store takes the line from the others, a load makes a
 * changed copy be written back and shared), an L2 behind them, and memory. Caches write back, and allocate at loads and stores.
 */
export class SimSystem {
  readonly cores: readonly SimCore[];
  /** Lines that were read from memory and written to it. */
  memoryReads = 0;
  memoryWrites = 0;
  /** Stores to a line that was Shared, and loads and stores that found it Modified in another core. */
  upgrades = 0;
  interventions = 0;
  /** Of the first core's data lines and instruction lines, if asked for. */
  readonly reuse?: { readonly data: StackDistances; readonly fetches: StackDistances };
  missListener: ((miss: TcgCacheMiss) => void) | undefined;

  constructor(
    readonly config: SimConfig,
    withReuse = false,
  ) {
    const l2 = config.l2;
    const makeL2 = (): SimCache | undefined => l2 && new SimCache(l2, config.l2policy);
    const shared = config.sharedL2 ? makeL2() : undefined;
    const tlb = ({ entries, ways }: SimConfig['itlb']): SimCache | undefined =>
      entries === 0
        ? undefined
        : new SimCache({ size: entries * config.pageSize, associativity: ways, lineSize: config.pageSize }, 'lru');
    this.cores = Array.from({ length: config.cores }, () => ({
      l1i: new SimCache(config.icache, config.ipolicy),
      l1d: new SimCache(config.dcache, config.dpolicy),
      l2: shared ?? makeL2(),
      itlb: tlb(config.itlb),
      dtlb: tlb(config.dtlb),
      iprefetcher: prefetcher(config.iprefetch, config.icache.lineSize),
      dprefetcher: prefetcher(config.dprefetch, config.dcache.lineSize),
      total: new SimCounts(),
    }));
    if (withReuse) this.reuse = { data: new StackDistances(), fetches: new StackDistances() };
  }

  /** The vCPU executes the instruction, fetched from the physical address. */
  fetch(vcpu: number, record: SimRecord, address: number): void {
    const core = this.coreOf(vcpu);
    core.total.executions++;
    record.executions++;
    this.reuse?.fetches.access(core.l1i.lineOf(address));
    this.translate(core, core.itlb, record, record.vaddr, 'fetches');
    this.access(core, core.l1i, vcpu, record, address, 'fetches');
  }

  /** The instruction accesses data: by its virtual address the TLB, by its physical one the caches. */
  data(vcpu: number, record: SimRecord, vaddr: number, address: number, kind: 'loads' | 'stores'): void {
    const core = this.coreOf(vcpu);
    core.total[kind]++;
    record[kind]++;
    this.reuse?.data.access(core.l1d.lineOf(address));
    this.translate(core, core.dtlb, record, vaddr, kind);
    this.access(core, core.l1d, vcpu, record, address, kind);
  }

  coreOf(vcpu: number): SimCore {
    return this.cores[vcpu % this.cores.length];
  }

  /** The guest maintains a line of an L1. */
  maintainFirst(core: SimCore, l1: SimCache, line: number, { clean, invalidate }: Maintain): void {
    const marks = l1.peek(line);
    if (marks === undefined) return;
    if (clean && marks & DIRTY) {
      l1.setDirty(line, false);
      this.writeBack(core, l1, line);
    }
    if (invalidate) l1.lose(line);
  }

  /** The guest maintains a line of an L2. */
  maintainSecond(l2: SimCache, line: number, { clean, invalidate }: Maintain): void {
    const marks = l2.peek(line);
    if (marks === undefined) return;
    if (clean && marks & DIRTY) {
      l2.setDirty(line, false);
      l2.writeBacks++;
      this.memoryWrites++;
    }
    if (!invalidate) return;
    l2.lose(line);
    // What an inclusive L2 loses the L1s lose as well.
    if (this.config.inclusion === 'inclusive' && this.takeFromFirst(l2, line) && clean) this.memoryWrites++;
  }

  private translate(
    { total }: SimCore,
    tlb: SimCache | undefined,
    record: SimRecord,
    vaddr: number,
    kind: AccessKind,
  ): void {
    if (!tlb) return;
    const page = tlb.lineOf(vaddr);
    if (tlb.demand(page, kind) !== undefined) return;
    tlb.fill(page, 0);
    for (const counts of [record, total]) {
      counts.tlbMisses++;
      counts.stalls += this.config.tlbLatency;
    }
  }

  private access(
    core: SimCore,
    l1: SimCache,
    vcpu: number,
    record: SimRecord,
    address: number,
    kind: AccessKind,
  ): void {
    const line = l1.lineOf(address);
    const marks = l1.demand(line, kind);
    if (marks === undefined) {
      record.missed(kind, 1);
      core.total.missed(kind, 1);
      this.tell(l1 === core.l1i ? 'l1i' : 'l1d', vcpu, record, address, kind);
      let dirty = 0;
      if (l1 === core.l1d) this.snoop(core, line, kind === 'stores');
      if (this.bring(core, l1, line, kind, record, vcpu)) dirty = DIRTY;
      this.fillFirst(core, l1, line, kind === 'stores' ? DIRTY : dirty);
    } else if (kind === 'stores' && !(marks & DIRTY)) {
      if (this.cores.length > 1) {
        this.upgrades++;
        this.snoop(core, line, true);
      }
      l1.setDirty(line, true);
    }
    const fresh = marks === undefined || (marks & PREFETCHED) !== 0;
    this.prefetch(core, l1, record.vaddr, address, fresh);
  }

  private prefetch(core: SimCore, l1: SimCache, pc: number, address: number, fresh: boolean): void {
    const unit = l1 === core.l1i ? core.iprefetcher : core.dprefetcher;
    const target = unit?.next(pc, address, fresh);
    if (target === undefined) return;
    const line = l1.lineOf(target);
    if (l1.peek(line) !== undefined) return;
    if (l1 === core.l1d) this.snoop(core, line, false);
    const dirty = this.bring(core, l1, line);
    this.fillFirst(core, l1, line, PREFETCHED | (dirty ? DIRTY : 0));
  }

  /** The other cores' copies of a data line that this one misses or stores to. */
  private snoop(core: SimCore, line: number, store: boolean): void {
    for (const other of this.cores) {
      if (other === core) continue;
      const marks = store ? other.l1d.lose(line) : other.l1d.peek(line);
      let changed = marks !== undefined && (marks & DIRTY) !== 0;
      if (changed) {
        other.l1d.setDirty(line, false);
        this.writeBack(other, other.l1d, line);
      }
      if (other.l2 !== core.l2 && this.snoopSecond(other, line, store)) changed = true;
      if (changed) this.interventions++;
    }
  }

  /** The same for the L2 that another core has of its own. Returns whether it was changed there: memory has it now. */
  private snoopSecond({ l1d, l2 }: SimCore, line: number, store: boolean): boolean {
    if (!l2) return false;
    const second = l2.lineOf(line * l1d.geometry.lineSize);
    const marks = store ? l2.lose(second) : l2.peek(second);
    if (marks === undefined) return false;
    let dirty = (marks & DIRTY) !== 0;
    if (store && this.config.inclusion === 'inclusive' && this.takeFromFirst(l2, second)) dirty = true;
    if (!dirty) return false;
    l2.setDirty(second, false);
    l2.writeBacks++;
    this.memoryWrites++;
    return true;
  }

  /**
   * Has the line come from the L2 or memory; for an instruction's access with its counts. Returns whether it comes changed,
   * which only an exclusive L2 hands on.
   */
  private bring(core: SimCore, l1: SimCache, line: number, kind?: AccessKind, record?: SimRecord, vcpu = 0): boolean {
    const { l2 } = core;
    const { config } = this;
    if (!l2) {
      this.memoryReads++;
      if (record) stall(record, core.total, config.memoryLatency);
      return false;
    }
    const address = line * l1.geometry.lineSize;
    const second = l2.lineOf(address);
    const marks = kind === undefined ? l2.peek(second) : l2.demand(second, kind);
    if (record) stall(record, core.total, config.l2Latency);
    if (marks !== undefined) {
      if (config.inclusion !== 'exclusive') return false;
      l2.remove(second);
      if (!(marks & DIRTY)) return false;
      // Where another core shares the line, no copy may be a changed one: memory gets what the L2 had.
      if (!this.isShared(core, l1, line)) return true;
      l2.writeBacks++;
      this.memoryWrites++;
      return false;
    }
    this.memoryReads++;
    if (record && kind) {
      record.missed(kind, 2);
      core.total.missed(kind, 2);
      stall(record, core.total, config.memoryLatency);
      this.tell('l2', vcpu, record, address, kind);
    }
    if (config.inclusion !== 'exclusive') this.fillSecond(l2, second, 0);
    return false;
  }

  /** Whether another core's L1D has the data line. */
  private isShared(core: SimCore, l1: SimCache, line: number): boolean {
    return l1 === core.l1d && this.cores.some((other) => other !== core && other.l1d.peek(line) !== undefined);
  }

  private fillFirst(core: SimCore, l1: SimCache, line: number, marks: number): void {
    const victim = l1.fill(line, marks);
    if (!victim) return;
    if (core.l2 && this.config.inclusion === 'exclusive') this.handDown(core.l2, l1, victim);
    else if (victim.marks & DIRTY) this.writeBack(core, l1, victim.line);
  }

  /** An exclusive L2 takes what an L1 gives up. The other L1 may hold a copy of it, so it may be there already. */
  private handDown(l2: SimCache, l1: SimCache, { line, marks }: Victim): void {
    if (marks & DIRTY) l1.writeBacks++;
    if (l2.peek(line) === undefined) this.fillSecond(l2, line, marks & DIRTY);
    else if (marks & DIRTY) l2.setDirty(line, true);
  }

  /** A changed line of an L1 goes to the L2, which makes room for it if need be, or to memory. */
  private writeBack(core: SimCore, l1: SimCache, line: number): void {
    l1.writeBacks++;
    const { l2 } = core;
    if (!l2) {
      this.memoryWrites++;
      return;
    }
    const second = l2.lineOf(line * l1.geometry.lineSize);
    if (l2.peek(second) === undefined) this.fillSecond(l2, second, DIRTY);
    else l2.setDirty(second, true);
  }

  private fillSecond(l2: SimCache, line: number, marks: number): void {
    const victim = l2.fill(line, marks);
    if (!victim) return;
    let dirty = (victim.marks & DIRTY) !== 0;
    if (this.config.inclusion === 'inclusive' && this.takeFromFirst(l2, victim.line)) dirty = true;
    if (!dirty) return;
    l2.writeBacks++;
    this.memoryWrites++;
  }

  /** An inclusive L2 loses a line, and so do the L1s in front of it. Returns whether one had changed it. */
  private takeFromFirst(l2: SimCache, line: number): boolean {
    let dirty = false;
    for (const core of this.cores) {
      if (core.l2 !== l2) continue;
      for (const l1 of [core.l1i, core.l1d]) {
        const ratio = l2.geometry.lineSize / l1.geometry.lineSize;
        for (let i = 0; i < ratio; i++) {
          const marks = l1.remove(line * ratio + i);
          if (marks === undefined) continue;
          l1.invalidations++;
          if (!(marks & DIRTY)) continue;
          l1.writeBacks++;
          dirty = true;
        }
      }
    }
    return dirty;
  }

  private tell(level: TcgCacheMiss['level'], vcpu: number, record: SimRecord, address: number, kind: AccessKind): void {
    this.missListener?.({ level, vcpu, pc: record.vaddr, address, kind: MISS_KINDS[kind] });
  }
}

function stall(record: SimCounts, total: SimCounts, cycles: number): void {
  record.stalls += cycles;
  total.stalls += cycles;
}
