import assert from 'node:assert/strict';
import type { CacheGeometry } from '../../../../src/plugin/cache/set-associative';
import { sweepGeometries } from '../../../../src/plugin/bundled/cachesweep';
import { GeometrySweep } from '../../../../src/plugin/cachesim/geometry-sweep';
import { SIM_POLICIES, type SimPolicy } from '../../../../src/plugin/cachesim/replacement';
import { SimCache } from '../../../../src/plugin/cachesim/sim-cache';
import { refusal, session } from '../bundled/session';
import { randomLines } from './traces';

const SIZES = [512, 1024, 2048, 4096];

function directly(geometry: CacheGeometry, policy: SimPolicy, addresses: readonly number[]): number {
  const cache = new SimCache(geometry, policy);
  for (const address of addresses) {
    if (cache.demand(cache.lineOf(address), 'loads') === undefined) cache.fill(cache.lineOf(address), 0);
  }
  return cache.totalMisses;
}

describe('sweep of geometries', () => {
  for (const policy of SIM_POLICIES) {
    it(`gives the misses of a simulation of each: ${policy}`, () => {
      const addresses = randomLines(20_000, 700).map((line) => line * 16 + 4);
      const geometries = sweepGeometries(SIZES, [1, 2, 3, 4, 8, 16], [16, 64], policy);
      assert.ok(geometries.length >= 30);
      const sweep = new GeometrySweep(geometries, policy);
      for (const address of addresses) sweep.access(address);
      const misses = sweep.results().map((result) => result.misses);
      assert.deepEqual(
        misses,
        geometries.map((geometry) => directly(geometry, policy, addresses)),
      );
      assert.ok(new Set(misses).size > 10);
    });
  }

  it('leaves out what is no cache', () => {
    assert.deepEqual(sweepGeometries([1000, 1024], [1, 64], [32], 'lru'), [
      { size: 1024, associativity: 1, lineSize: 32 },
    ]);
    assert.deepEqual(sweepGeometries([3072], [3], [32], 'plru'), []);
  });

  it('is a plugin: fetches and data by themselves or together, devices left out', () => {
    const run = (options: string): string => {
      const { engine, guest, host } = session([`libcachesweep.so,sizes=64:128,assocs=1,lines=32,${options}`]);
      const insns = [{ loads: [0x1000] }, { stores: [0x1040] }, { loads: [0xe0001000] }];
      for (let i = 0; i < 2; i++) guest.run(0x100000, insns);
      engine.atexit();
      return host.log;
    };
    const header = 'cache, size, ways, line size, policy, accesses, misses, miss rate\n';
    assert.equal(
      run('evict=fifo'),
      header +
        'icache, 64, 1, 32, fifo, 6, 1, 16.6667%\nicache, 128, 1, 32, fifo, 6, 1, 16.6667%\n' +
        'dcache, 64, 1, 32, fifo, 4, 4, 100.0000%\ndcache, 128, 1, 32, fifo, 4, 2, 50.0000%\n',
    );
    assert.equal(
      run('cache=u'),
      header + 'unified, 64, 1, 32, lru, 10, 9, 90.0000%\nunified, 128, 1, 32, lru, 10, 6, 60.0000%\n',
    );
  });

  it('refuses options that make no cache', () => {
    assert.match(refusal('libcachesweep.so,sizes=100').stderr, /none can be combined to a cache\n$/);
    assert.match(refusal('libcachesweep.so,sizes=1:x').stderr, /^option parsing failed: sizes=1:x\n$/);
    assert.match(refusal('libcachesweep.so,cache=l3').stderr, /^option parsing failed: cache=l3\n$/);
    assert.match(refusal('libcachesweep.so,evict=mru').stderr, /^invalid eviction policy: evict=mru\n$/);
  });
});
