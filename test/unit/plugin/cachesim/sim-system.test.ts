import assert from 'node:assert/strict';
import { defaultConfig, type SimConfig } from '../../../../src/plugin/cachesim/sim-config';
import { SimRecord } from '../../../../src/plugin/cachesim/sim-records';
import { SimSystem } from '../../../../src/plugin/cachesim/sim-system';
import { randomLines } from './traces';

const LINE = 32;
const lines = (sets: number, ways: number) => ({ size: sets * ways * LINE, associativity: ways, lineSize: LINE });

/** A system whose data side is used; everything by line numbers. */
class Bench {
  readonly system: SimSystem;
  readonly record = new SimRecord(0x8000, 'f', 'insn', null);

  constructor(config: Partial<SimConfig>, reuse = false) {
    this.system = new SimSystem({ ...defaultConfig(1), dcache: lines(1, 2), icache: lines(1, 2), ...config }, reuse);
  }
  get l1d() {
    return this.system.cores[0].l1d;
  }
  get l2() {
    return this.system.cores[0].l2!;
  }
  load(line: number, vcpu = 0): void {
    this.system.data(vcpu, this.record, line * LINE, line * LINE, 'loads');
  }
  store(line: number, vcpu = 0): void {
    this.system.data(vcpu, this.record, line * LINE, line * LINE, 'stores');
  }
}

describe('simulated caches of a system', () => {
  it('write back what was changed, when it goes, and nothing else', () => {
    const bench = new Bench({});
    bench.store(1);
    bench.load(2);
    bench.load(3); // 1 goes, changed
    bench.load(4); // 2 goes
    assert.deepEqual([bench.l1d.writeBacks, bench.system.memoryWrites, bench.system.memoryReads], [1, 1, 4]);
    bench.load(1);
    bench.load(2);
    assert.equal(bench.system.memoryWrites, 1);
  });

  it('next-line prefetching leaves one miss of a scan', () => {
    const bench = new Bench({ dcache: lines(1, 8), dprefetch: 'next' });
    for (let line = 0; line < 100; line++) bench.load(line);
    assert.deepEqual([bench.l1d.totalMisses, bench.l1d.prefetches, bench.l1d.usefulPrefetches], [1, 100, 99]);
  });

  it('stride prefetching learns the stride of an instruction', () => {
    for (const step of [5, -5]) {
      const bench = new Bench({ dcache: lines(8, 4), dprefetch: 'stride' });
      for (let i = 0; i < 50; i++) bench.load(1000 + step * i);
      // Two accesses make the stride, a third confirms it: the fourth hits.
      assert.deepEqual([bench.l1d.totalMisses, bench.l1d.usefulPrefetches], [3, 47]);
    }
    const next = new Bench({ dcache: lines(8, 4), dprefetch: 'next' });
    for (let i = 0; i < 50; i++) next.load(5 * i);
    assert.deepEqual([next.l1d.totalMisses, next.l1d.usefulPrefetches], [50, 0]);
  });

  it('an inclusive L2 takes from the L1 what it loses', () => {
    const bench = new Bench({ dcache: lines(1, 2), l2: lines(1, 2), inclusion: 'inclusive' });
    bench.store(1);
    bench.load(2);
    bench.load(1); // The L2 does not see this hit: for it, 1 is the oldest.
    bench.load(3);
    assert.deepEqual([bench.l1d.peek(1), bench.l2.peek(1)], [undefined, undefined]);
    assert.deepEqual([bench.l1d.invalidations, bench.system.memoryWrites], [1, 1]);
    const nine = new Bench({ dcache: lines(1, 2), l2: lines(1, 2) });
    for (const line of [1, 2, 1, 3]) nine.load(line);
    assert.notEqual(nine.l1d.peek(1), undefined);
  });

  it('everything in an L1 is in an inclusive L2, nothing in an exclusive one', () => {
    const geometry = { dcache: lines(4, 2), l2: lines(4, 4) };
    const trace = randomLines(5_000, 60);
    const inclusive = new Bench({ ...geometry, inclusion: 'inclusive' });
    const exclusive = new Bench({ ...geometry, inclusion: 'exclusive' });
    for (const [i, line] of trace.entries()) {
      for (const bench of [inclusive, exclusive]) {
        if (i % 3 === 0) bench.store(line);
        else bench.load(line);
        for (let held = 0; held < 60; held++) {
          if (bench.l1d.peek(held) === undefined) continue;
          assert.equal(bench.l2.peek(held) !== undefined, bench === inclusive);
        }
      }
    }
  });

  it('an exclusive L2 adds its room to that of the L1', () => {
    const misses = (inclusion: SimConfig['inclusion']): number => {
      const bench = new Bench({ dcache: lines(1, 2), l2: lines(1, 2), inclusion });
      for (let i = 0; i < 40; i++) bench.load(i % 4);
      return bench.system.memoryReads;
    };
    assert.deepEqual([misses('exclusive'), misses('inclusive'), misses('nine')], [4, 40, 40]);
  });

  it('cores are coherent: a store takes the line, a load has it written back', () => {
    const bench = new Bench({ cores: 2, dcache: lines(1, 4) });
    const [a, b] = bench.system.cores.map((core) => core.l1d);
    bench.store(7, 0); // M -
    bench.load(7, 1); // S S, written back
    assert.deepEqual([bench.system.interventions, a.writeBacks, a.peek(7), b.peek(7)], [1, 1, 0, 0]);
    bench.store(7, 1); // - M, upgraded
    assert.deepEqual([bench.system.upgrades, a.invalidations, a.peek(7)], [1, 1, undefined]);
    bench.load(7, 0);
    assert.deepEqual(a.classes, { compulsory: 1, capacity: 0, conflict: 0, coherence: 1 });
    for (let i = 0; i < 10; i++) bench.store(9, i % 2);
    assert.deepEqual([a.classes.coherence, b.classes.coherence], [1 + 4, 4]);
  });

  for (const inclusion of ['nine', 'inclusive', 'exclusive'] as const) {
    it(`no line is Modified in one core and held by another: ${inclusion}`, () => {
      const bench = new Bench({ cores: 3, dcache: lines(2, 2), l2: lines(4, 2), dprefetch: 'next', inclusion });
      for (const [i, line] of randomLines(5_000, 24).entries()) {
        if (i % 2) bench.store(line, i % 3);
        else bench.load(line, (i >> 1) % 3);
        for (let held = 0; held < 24; held++) {
          const marks = bench.system.cores.map((core) => core.l1d.peek(held)).filter((mark) => mark !== undefined);
          assert.ok(marks.length < 2 || marks.every((mark) => !(mark & 1)));
        }
      }
    });
  }

  it('cores with L2s of their own are coherent there too', () => {
    for (const inclusion of ['nine', 'inclusive'] as const) {
      const bench = new Bench({ cores: 2, sharedL2: false, l2: lines(1, 4), inclusion });
      const [a, b] = bench.system.cores.map((core) => core.l2!);
      bench.store(7, 0);
      bench.load(7, 1); // Comes from memory, which core 0 has written it to.
      assert.deepEqual([bench.system.interventions, bench.system.memoryWrites, bench.system.memoryReads], [1, 1, 2]);
      assert.deepEqual([a.peek(7), b.peek(7)], [0, 0]);
      bench.store(7, 1);
      assert.equal(a.peek(7), undefined);
      bench.load(7, 0);
      assert.deepEqual([a.classes.coherence, bench.system.memoryReads, bench.system.memoryWrites], [1, 3, 2]);
    }
  });

  it('a TLB of four pages, and what misses cost', () => {
    const bench = new Bench({
      dtlb: { entries: 4, ways: 4 },
      l2: lines(64, 8),
      tlbLatency: 7,
      l2Latency: 10,
      memoryLatency: 100,
    });
    for (let round = 0; round < 2; round++) for (let page = 0; page < 5; page++) bench.load(page * 128);
    assert.equal(bench.record.tlbMisses, 10);
    assert.equal(bench.system.cores[0].dtlb?.totalMisses, 10);
    // 10 L1 misses go to the L2, the first five of them to memory.
    assert.equal(bench.record.stalls, 10 * 7 + 10 * 10 + 5 * 100);
  });

  it('splits misses by level and kind', () => {
    const bench = new Bench({ l2: lines(1, 8) });
    bench.system.fetch(0, bench.record, 0x8000);
    for (const line of [1, 2, 3, 1]) bench.store(line);
    const { l1Misses, l2Misses, executions, stores } = bench.record;
    assert.deepEqual([executions, stores], [1, 4]);
    assert.deepEqual(l1Misses, { loads: 0, stores: 4, fetches: 1 });
    assert.deepEqual(l2Misses, { loads: 0, stores: 3, fetches: 1 });
  });

  it('tells of each miss', () => {
    const bench = new Bench({ l2: lines(1, 8) });
    const told: string[] = [];
    bench.system.missListener = ({ level, kind, address }) => told.push(`${level} ${kind} ${address}`);
    bench.load(1);
    bench.load(1);
    assert.deepEqual(told, ['l1d load 32', 'l2 load 32']);
  });
});
