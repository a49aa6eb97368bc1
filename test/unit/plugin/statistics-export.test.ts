import assert from 'node:assert/strict';
import {
  missRate,
  totalAccesses,
  type CacheLevelStatistics,
  type CacheStatistics,
} from '../../../src/plugin/statistics';
import { statisticsToCsv, statisticsToJson } from '../../../src/plugin/statistics-export';

const level: CacheLevelStatistics = {
  name: 'L1D',
  core: 0,
  size: 1024,
  associativity: 2,
  lineSize: 32,
  sets: 16,
  policy: 'LRU',
  loads: { accesses: 8, hits: 7, misses: 1 },
  stores: { accesses: 2, hits: 0, misses: 2 },
  fetches: { accesses: 0, hits: 0, misses: 0 },
  compulsory: 3,
  evictions: 0,
  invalidations: 1,
};
const cache: CacheStatistics = {
  pluginId: 0,
  pluginName: 'a "b", c.js',
  model: 'qemu',
  cores: 1,
  levels: [level],
  instructions: 10,
  maintenance: 0,
  hottest: [
    { address: 0x100010, symbol: 'main', disassembly: 'push {r4, lr}', l1iMisses: 1, l1dMisses: 2, l2Misses: 0 },
    { address: 0x20, symbol: null, disassembly: 'nop', l1iMisses: 1, l1dMisses: 0, l2Misses: 0 },
  ],
};

describe('cache statistics', () => {
  it('sum up', () => {
    assert.deepEqual(totalAccesses(level), { accesses: 10, hits: 7, misses: 3 });
    assert.equal(missRate(level.loads), 12.5);
    assert.equal(missRate(level.fetches), 0);
  });

  it('become CSV', () => {
    const name = '"a ""b"", c.js",qemu,0,L1D,1024,2,32,LRU';
    assert.deepEqual(statisticsToCsv([cache]).split('\r\n'), [
      'plugin,model,core,level,size,associativity,line size,policy,kind,accesses,hits,misses,miss rate %,compulsory,evictions,invalidations',
      `${name},loads,8,7,1,12.50000,,,`,
      `${name},stores,2,0,2,100.00000,,,`,
      `${name},fetches,0,0,0,0.00000,,,`,
      `${name},total,10,7,3,30.00000,3,0,1`,
      '',
      'plugin,address,symbol,instruction,L1I misses,L1D misses,L2 misses',
      '"a ""b"", c.js",0x100010,main,"push {r4, lr}",1,2,0',
      '"a ""b"", c.js",0x20,,nop,1,0,0',
      '',
    ]);
  });

  it('become JSON', () => assert.deepEqual(JSON.parse(statisticsToJson([cache])), { caches: [cache] }));
});
