import assert from 'node:assert/strict';
import { FakeHost } from '../fake-host';
import { refusal, session } from './session';

const TINY = 'icachesize=256,iassoc=1,iblksize=32,dcachesize=128,dassoc=1,dblksize=32';

describe('libcachesim.so', () => {
  it('prints its tables', () => {
    const { engine, guest, host } = session([`libcachesim.so,${TINY},reuse=on,memlatency=10`]);
    for (let i = 0; i < 3; i++)
      guest.run(0x100000, [{ loads: [0x1000] }, { stores: [0x1080] }, { loads: [0xe0001000] }]);
    engine.atexit();
    assert.equal(
      host.log,
      `cache, core, accesses, misses, miss rate, compulsory, capacity, conflict, coherence, evictions, write-backs, invalidations, prefetches, useful
L1I, 0, 9, 1, 11.1111%, 1, 0, 0, 0, 0, 0, 0, 0, 0
L1D, 0, 6, 6, 100.0000%, 2, 0, 4, 0, 5, 2, 0, 0, 0

instructions, estimated cycles, estimated CPI, memory reads, memory writes, upgrades, interventions
9, 79, 8.7778, 7, 2, 0, 0

function, instructions, loads, stores, L1I misses, L1D misses, L2 misses, TLB misses, cycles
main, 9, 3, 3, 1, 6, 0, 0, 79

line, instructions, loads, stores, L1I misses, L1D misses, L2 misses, TLB misses, cycles
/src/main.c:1, 6, 3, 3, 1, 6, 0, 0, 76
/src/main.c:2, 3, 0, 0, 0, 0, 0, 0, 3

address, instructions, loads, stores, L1I misses, L1D misses, L2 misses, TLB misses, cycles, instruction
0x100000 (main), 3, 3, 0, 1, 3, 0, 0, 43, insn 100000/4
0x100004 (main), 3, 0, 3, 0, 3, 0, 0, 33, insn 100004/4

cache, core, set, accesses, misses
L1I, 0, 0, 9, 1
L1D, 0, 0, 6, 6

data reuse distance (lines), accesses
1, 4
first access, 2

fetch reuse distance (lines), accesses
0, 8
first access, 1
`,
    );
  });

  it('gives the same numbers as statistics', () => {
    const { engine, guest } = session([`libcachesim.so,preset=zynq`]);
    for (let i = 0; i < 3; i++) guest.run(0x100000, [{ loads: [0x1000] }, { stores: [0x1080] }]);
    const [statistics] = engine.statistics(10);
    assert.equal(statistics.model, 'zynq');
    const [l1i, l1d, l2] = statistics.levels;
    assert.deepEqual([l1i.size, l1i.associativity, l1i.lineSize, l1i.fetches.misses], [32768, 4, 32, 1]);
    assert.deepEqual([l1d.loads, l1d.stores.misses], [{ accesses: 3, hits: 2, misses: 1 }, 1]);
    assert.deepEqual([l2.name, l2.size, l2.loads.misses, l2.stores.misses, l2.fetches.misses], ['L2', 524288, 1, 1, 1]);
    assert.deepEqual(
      statistics.hottest.map(({ address, l1iMisses, l1dMisses, l2Misses }) => [
        address,
        l1iMisses,
        l1dMisses,
        l2Misses,
      ]),
      [
        [0x100000, 1, 1, 2],
        [0x100004, 0, 1, 1],
      ],
    );
  });

  it('two cores share data coherently', () => {
    const { engine, guest, host } = session(['libcachesim.so,limit=0'], new FakeHost(2));
    for (let i = 0; i < 10; i++) guest.run(0x100000, [{ stores: [0x1000] }], i % 2);
    engine.atexit();
    assert.match(host.log, /^L1D, 0, 5, 5, 100\.0000%, 1, 0, 0, 4, 0, 5, 5, /m);
    assert.match(host.log, /^L1D, 1, 5, 5, 100\.0000%, 1, 0, 0, 4, 0, 4, 4, /m);
  });

  it('a preset counts first, options change it', () => {
    const { engine, guest, host } = session(['libcachesim.so,dassoc=2,preset=a7,l2=off,tlb=16:4']);
    guest.run(0x100000, [{ loads: [0x1000] }]);
    const [, l1d, none] = engine.statistics(0)[0].levels;
    assert.deepEqual([l1d.associativity, l1d.lineSize, l1d.size, none], [2, 64, 32768, undefined]);
    engine.atexit();
    assert.match(host.log, /^DTLB, 0, 1, 1, /m);
  });

  describe('refuses', () => {
    const cases: Record<string, RegExp> = {
      'preset=z80': /^invalid preset: preset=z80 \(there are cortex-a9, zynq, a7, /,
      'evict=mru': /^invalid eviction policy: evict=mru\n$/,
      'dcachesize=100':
        /^dcache cannot be constructed from given parameters\ncache size must be divisible by block size\n$/,
      'evict=plru,dassoc=3,dcachesize=12288':
        /^dcache cannot .*\nevict=plru needs an associativity that is a power of two/,
      'inclusion=exclusive': /^inclusion=exclusive needs an L2\n$/,
      'inclusion=exclusive,l2blksize=128': /^inclusion=exclusive needs lines of one size\n$/,
      'l2blksize=32': /^lines of the L2 must not be smaller/,
      'tlb=10:4': /^itlb: 10 entries cannot be divided into sets of 4\n$/,
      'tlb=x': /^option parsing failed: tlb=x\n$/,
      'pagesize=1000': /^pagesize must be a power of two: 1000\n$/,
      'cpi=0': /^option parsing failed: cpi=0\n$/,
      'prefetch=all': /^option parsing failed: prefetch=all\n$/,
      'reuse=maybe': /^boolean argument parsing failed: reuse=maybe\n$/,
      'colour=red': /^option parsing failed: colour=red\n$/,
    };
    for (const [options, message] of Object.entries(cases)) {
      it(options, () => assert.match(refusal(`libcachesim.so,${options}`).stderr, message));
    }
  });
});
