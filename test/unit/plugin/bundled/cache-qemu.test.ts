import assert from 'node:assert/strict';
import { ReferenceCache } from '../cache/reference-model';
import { FakeHost } from '../fake-host';
import type { GuestInsn } from '../guest';
import { refusal, session } from './session';

const FAILED = 'Could not load plugin libcache.so: qemu_plugin_install returned error code -1';

describe("libcache.so: QEMU's model", () => {
  it('prints rates and the instructions with the most misses', () => {
    const { engine, host, guest } = session(['libcache.so,limit=3']);
    const insns: GuestInsn[] = [{ loads: [0x4000] }, { stores: [0x8000, 0x8040] }, { loads: [0xe0001000] }, {}];
    for (let i = 0; i < 3; i++) guest.run(0x1000f8, insns);
    engine.atexit();
    assert.equal(
      host.log,
      `core #, data accesses, data misses, dmiss rate, insn accesses, insn misses, imiss rate
0       9              3              33.3333%  12             2              16.6667%

address, data misses, instruction
0x1000fc (main), 2, insn 1000fc/4
0x1000f8 (main), 1, insn 1000f8/4
0x100100, 0, insn 100100/4

address, fetch misses, instruction
0x1000f8 (main), 1, insn 1000f8/4
0x100100, 1, insn 100100/4
0x1000fc (main), 0, insn 1000fc/4
`,
    );
  });

  it('has a column set and a list for the L2, and a sum over cores', () => {
    const { engine, host, guest } = session(['libcache.so,l2=on,limit=1,cores=2'], new FakeHost(3));
    guest.run(0x0, [{ loads: [0x4000] }], 0);
    guest.run(0x100, [{ loads: [0x4000] }], 2);
    guest.run(0x200, [{}], 1);
    engine.atexit();
    assert.equal(
      host.log,
      `core #, data accesses, data misses, dmiss rate, insn accesses, insn misses, imiss rate, l2 accesses, l2 misses, l2 miss rate
0       2              1              50.0000%  2              2             100.0000%  3            3             100.0000%
1       0              0               0.0000%  1              1             100.0000%  1            1             100.0000%
sum     2              1              50.0000%  3              3             100.0000%  4            4             100.0000%

address, data misses, instruction
0x0, 1, insn 0/4

address, fetch misses, instruction
0x0, 1, insn 0/4

address, L2 misses, instruction
0x0, 2, insn 0/4
`,
    );
  });

  it('leaves out the L2 columns of a core without L2 misses', () => {
    const { engine, host } = session(['libcache.so,l2assoc=8,limit=0']);
    engine.atexit();
    assert.match(host.log, /l2 miss rate\n0 {7}0 {14}0 {15}0\.0000% {2}0 {14}0 {15}0\.0000%\n/);
  });

  for (const [options, line, size, ways, policy] of [
    ['', 64, 16384, 8, 'lru'],
    [',evict=fifo,dcachesize=1024,dassoc=2,dblksize=16', 16, 1024, 2, 'fifo'],
    [',evict=lru,dcachesize=4096,dassoc=4,dblksize=32', 32, 4096, 4, 'lru'],
  ] as const) {
    it(`counts as a plain cache would with "${options}"`, () => {
      const { engine, guest } = session([`libcache.so${options}`]);
      const reference = new ReferenceCache(size, ways, line, policy);
      let seed = 7;
      for (let i = 0; i < 4000; i++) {
        seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
        const address = (seed >>> 8) % 0x8000;
        guest.run(4 * (seed % 64), [seed & 64 ? { loads: [address] } : { stores: [address] }]);
        reference.access(address);
      }
      const [{ levels, hottest, instructions }] = engine.statistics(1000);
      const { loads, stores, compulsory, evictions } = levels[1];
      assert.deepEqual(
        [loads.hits + stores.hits, loads.misses + stores.misses, compulsory, evictions, instructions],
        [reference.hits, reference.misses, reference.compulsory, reference.evictions, 4000],
      );
      assert.equal(
        hottest.reduce((sum, insn) => sum + insn.l1dMisses, 0),
        reference.misses,
      );
    });
  }

  it('takes the old spelling of its options', () => {
    const { engine, warnings } = session(['libcache.so,arg=l2,arg=evict=rand']);
    const [{ levels }] = engine.statistics(0);
    assert.deepEqual([levels.length, levels[2].policy], [3, 'random']);
    assert.equal(warnings.length, 2);
  });

  for (const [options, stderr] of [
    ['bogus=1', 'option parsing failed: bogus=1\n'],
    ['arg=0x100000,l2=on', 'option parsing failed: 0x100000=on\n'],
    ['limit=many', 'option parsing failed: limit=many\n'],
    ['cores=0', 'option parsing failed: cores=0\n'],
    ['l2=maybe', 'boolean argument parsing failed: l2=maybe\n'],
    ['evict=x', 'invalid eviction policy: evict=x\n'],
    [
      'dcachesize=1000',
      'dcache cannot be constructed from given parameters\ncache size must be divisible by block size\n',
    ],
    [
      'icachesize=1024,iassoc=3',
      'icache cannot be constructed from given parameters\ncache size must be divisible by set size (assoc * block size)\n',
    ],
    [
      'l2blksize=48,l2cachesize=98304',
      'L2 cache cannot be constructed from given parameters\nblock size must be a power of two\n',
    ],
  ]) {
    it(`refuses ${options}`, () =>
      assert.deepEqual(refusal(`libcache.so,${options}`), { message: FAILED, stderr, log: '' }));
  }
});
