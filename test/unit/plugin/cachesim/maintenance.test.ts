import assert from 'node:assert/strict';
import { obey } from '../../../../src/plugin/cachesim/maintenance';
import { defaultConfig, type SimConfig } from '../../../../src/plugin/cachesim/sim-config';
import { SimRecord } from '../../../../src/plugin/cachesim/sim-records';
import { SimSystem } from '../../../../src/plugin/cachesim/sim-system';

const LINE = 32;
const lines = (sets: number, ways: number) => ({ size: sets * ways * LINE, associativity: ways, lineSize: LINE });

/** Caches of a guest whose virtual addresses are 0x1000_0000 above the physical ones. */
class Bench {
  readonly system: SimSystem;
  private readonly record = new SimRecord(0x8000, 'f', 'insn', null);

  constructor(config: Partial<SimConfig> = {}) {
    const small = { dcache: lines(4, 4), icache: lines(4, 2), l2: lines(8, 8) };
    this.system = new SimSystem({ ...defaultConfig(1), ...small, ...config });
  }
  access(kind: 'loads' | 'stores', line: number, vcpu = 0): this {
    this.system.data(vcpu, this.record, line * LINE, line * LINE, kind);
    return this;
  }
  fetch(line: number, vcpu = 0): this {
    this.system.fetch(vcpu, this.record, line * LINE);
    return this;
  }
  cp15(operation: string, value: number, vcpu = 0): boolean {
    const translate = (vaddr: number) => (vaddr >= 0x1000_0000 ? vaddr - 0x1000_0000 : null);
    return obey(this.system, vcpu, { source: 'cp15', operation, value }, translate);
  }
  l2c(operation: string, value: number): boolean {
    return obey(this.system, 0, { source: 'l2c', operation, value }, () => assert.fail('physical already'));
  }
  /** Whether L1D, L1I and L2 hold the line. */
  holders(line: number, vcpu = 0): string {
    const { l1d, l1i, l2 } = this.system.cores[vcpu];
    const names = [['D', l1d] as const, ['I', l1i] as const, ['2', l2!] as const];
    return names.flatMap(([name, cache]) => (cache.peek(line) === undefined ? [] : name)).join('');
  }
}

const virtual = (line: number): number => 0x1000_0000 + line * LINE;

describe('cache maintenance by the guest', () => {
  it('by address: cleans, invalidates, or both; what invalidating takes misses as coherence', () => {
    const bench = new Bench().access('stores', 1).access('stores', 2).access('stores', 3);
    const { l1d } = bench.system.cores[0];
    assert.ok(bench.cp15('DCCMVAC', virtual(1) + 12));
    assert.deepEqual([bench.holders(1), l1d.writeBacks], ['D2', 1]);
    bench.cp15('DCCMVAC', virtual(1));
    assert.equal(l1d.writeBacks, 1, 'it is clean already');
    bench.cp15('DCIMVAC', virtual(2));
    assert.deepEqual([bench.holders(2), l1d.writeBacks], ['2', 1], 'the change is lost');
    bench.cp15('DCCIMVAC', virtual(3));
    assert.deepEqual([bench.holders(3), l1d.writeBacks], ['2', 2]);
    bench.cp15('DCCIMVAC', 5);
    bench.access('loads', 2);
    assert.deepEqual([l1d.classes.coherence, l1d.invalidations], [1, 2]);
  });

  it('by set and way: the way stands in the highest bits, the set above the offset', () => {
    const bench = new Bench();
    // Set 1: its lines fill the ways in order.
    for (const line of [1, 5, 9, 13]) bench.access('loads', line);
    bench.cp15('DCISW', (2 << 30) | (1 << 5));
    assert.deepEqual(
      [1, 5, 9, 13].map((line) => bench.holders(line)),
      ['D2', 'D2', '2', 'D2'],
    );
    bench.cp15('DCISW', (1 << 30) | (1 << 5) | (1 << 1));
    assert.equal(bench.holders(5), 'D2', 'the second level is not one of the CPU');
  });

  it('reaches an L2 that is the CPU’s own, to the point of coherency', () => {
    const bench = new Bench({ innerL2: true }).access('stores', 1).access('stores', 2);
    bench.cp15('DCCMVAU', virtual(1));
    assert.equal(bench.system.memoryWrites, 0);
    bench.cp15('DCCIMVAC', virtual(1));
    assert.deepEqual([bench.holders(1), bench.system.memoryWrites], ['', 1]);
    bench.cp15('DCISW', (0 << 29) | (2 << 5) | (1 << 1));
    assert.equal(bench.holders(2), 'D');
  });

  it('of instructions: all or a line, of one core or of all', () => {
    const bench = new Bench({ cores: 2 });
    for (const vcpu of [0, 1]) for (const line of [1, 2]) bench.fetch(line, vcpu);
    bench.cp15('ICIMVAU', virtual(1));
    assert.deepEqual([bench.holders(1), bench.holders(1, 1), bench.holders(2)], ['2', '2', 'I2']);
    bench.cp15('ICIALLU', 0);
    assert.deepEqual([bench.holders(2), bench.holders(2, 1)], ['2', 'I2']);
    bench.cp15('ICIALLUIS', 0);
    assert.equal(bench.holders(2, 1), '2');
    assert.equal(bench.cp15('BPIALL', 0), false);
  });

  it('by the L2C-310: an address, ways, a set and way', () => {
    const bench = new Bench();
    for (const line of [1, 9, 17, 2]) bench.access('stores', line);
    for (const line of [1, 9, 17, 2]) bench.cp15('DCCIMVAC', virtual(line));
    assert.ok(bench.l2c('CleanByPA', 1 * LINE));
    assert.deepEqual([bench.holders(1), bench.system.memoryWrites], ['2', 1]);
    bench.l2c('InvalidateByPA', 1 * LINE);
    assert.deepEqual([bench.holders(1), bench.system.memoryWrites], ['', 1]);
    bench.l2c('CleanInvalidateByIndexWay', (1 << 28) | (1 * LINE));
    assert.deepEqual([bench.holders(9), bench.holders(17), bench.system.memoryWrites], ['', '2', 2]);
    bench.l2c('InvalidateByWay', 0xff);
    assert.deepEqual([bench.holders(17), bench.holders(2), bench.system.memoryWrites], ['', '', 2]);
    assert.equal(bench.l2c('CacheSync', 0), false);
  });

  it('an inclusive L2 takes the line from the L1s as well', () => {
    const bench = new Bench({ inclusion: 'inclusive' }).access('stores', 1);
    bench.l2c('CleanInvalidateByPA', LINE);
    assert.deepEqual([bench.holders(1), bench.system.memoryWrites], ['', 1]);
  });
});
