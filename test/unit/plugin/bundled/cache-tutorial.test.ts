import assert from 'node:assert/strict';
import { FakeHost } from '../fake-host';
import { ReferenceCache } from '../cache/reference-model';
import type { GuestInsn } from '../guest';
import { refusal, session } from './session';

const LINE = 'libcache.so,arg=0x100000,arg=0x105D30';
const TEXT = 0x100000;
const DCISW = 0xee070f56;
const ICIALLU = 0xee070f15;

function numbersOf(log: string): Record<string, number> {
  return Object.fromEntries(
    log
      .trim()
      .split('\n')
      .map((line) => line.split(':'))
      .map(([label, value]) => [label, parseFloat(value)]),
  );
}

describe("libcache.so: the tutorial's model", () => {
  it('prints 25 lines in the specified layout', () => {
    const { engine, host, guest } = session([LINE]);
    for (let i = 0; i < 32; i++) guest.run(TEXT, [{ loads: [0x200000] }, { stores: [0x200000 + 32 * i] }, {}]);
    engine.atexit();
    assert.equal(
      host.log,
      `insn count:                     96
load count:                     32
store count:                    32
cp count:                        0
icache load hits:               95
icache load misses:              1
icache load miss rate:     1.04167%
icache compulsory misses:        1
icache evictions:                0
dcache load hits:               31
dcache load misses:              1
dcache load miss rate:     3.12500%
dcache store hits:               1
dcache store misses:            31
dcache store miss rate:   96.87500%
dcache compulsory misses:       32
dcache evictions:                0
l2cache load hits:               0
l2cache load misses:             2
l2cache load miss rate:  100.00000%
l2cache store hits:              0
l2cache store misses:           31
l2cache store miss rate: 100.00000%
l2cache compulsory misses:      33
l2cache evictions:               0
`,
    );
  });

  it('prints rates of 0 without an access', () => {
    const { engine, host } = session([LINE]);
    engine.atexit();
    assert.equal(host.log.split('\n').length, 26);
    assert.match(host.log, /^dcache store miss rate: {4}0\.00000%$/m);
    assert.match(host.log, /^l2cache compulsory misses: {7}0$/m);
  });

  it('counts as three plain caches would', () => {
    const { engine, host, guest } = session([LINE]);
    const l1i = new ReferenceCache(32768, 4, 32, 'way 0');
    const l1d = new ReferenceCache(32768, 4, 32, 'way 0');
    const l2 = new ReferenceCache(524288, 8, 32, 'round-robin');
    let seed = 1;
    const random = (n: number): number => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) % n;
    const [loads, stores] = [
      { misses: 0, all: 0 },
      { misses: 0, all: 0 },
    ];
    const counts = { insns: 0, l2StoreMisses: 0 };
    for (let i = 0; i < 3000; i++) {
      const pc = TEXT - 64 + 4 * random(0x1800);
      const address = [0x100000 + 4 * random(0x3000), 0x200000 + 4 * random(0x40000), 0xe0001000 + 4 * random(8)][
        random(3)
      ];
      const store = random(2) === 1;
      guest.run(pc, [store ? { stores: [address] } : { loads: [address] }]);
      if (pc >= TEXT && pc < 0x105d30) {
        counts.insns++;
        if (!l1i.access(pc)) l2.access(pc);
      }
      if (address >= TEXT && address < 0x105d30) continue;
      const kind = store ? stores : loads;
      kind.all++;
      if (l1d.access(address)) continue;
      kind.misses++;
      if (!l2.access(address) && store) counts.l2StoreMisses++;
    }
    engine.atexit();
    const n = numbersOf(host.log);
    assert.equal(n['insn count'], counts.insns);
    assert.deepEqual([n['load count'], n['dcache load misses']], [loads.all, loads.misses]);
    assert.deepEqual([n['store count'], n['dcache store misses']], [stores.all, stores.misses]);
    assert.deepEqual([n['icache load hits'], n['icache load misses']], [l1i.hits, l1i.misses]);
    assert.deepEqual([n['icache compulsory misses'], n['icache evictions']], [l1i.compulsory, l1i.evictions]);
    assert.deepEqual([n['dcache compulsory misses'], n['dcache evictions']], [l1d.compulsory, l1d.evictions]);
    assert.deepEqual([n['l2cache compulsory misses'], n['l2cache evictions']], [l2.compulsory, l2.evictions]);
    assert.equal(n['l2cache load misses'] + n['l2cache store misses'], l2.misses);
    assert.equal(n['l2cache store misses'], counts.l2StoreMisses);
    assert(l1d.evictions > 0 && l1i.compulsory > 0 && l2.misses > 0);
  });

  it('uses physical addresses for memory, and the virtual one for I/O and where nothing is mapped', () => {
    class Mapped extends FakeHost {
      override translate(_vcpu: number, vaddr: number): number | undefined {
        if (vaddr >= 0xf0000000) return undefined;
        return vaddr === 0x40000000 ? 0xe0001000 : vaddr & 0xfffff;
      }
    }
    const { engine, host, guest } = session([LINE], new Mapped());
    guest.run(0, [{ loads: [0x200000, 0x300000, 0x40000000, 0xf0000000] }]);
    // 0x102000 is the text's by its virtual address only.
    guest.run(4, [{ loads: [0x102000] }]);
    engine.atexit();
    const n = numbersOf(host.log);
    assert.deepEqual([n['load count'], n['dcache load hits'], n['dcache load misses']], [5, 1, 4]);
  });

  it('obeys DCISW and ICIALLU, in A32 and T32, inside of the text and outside', () => {
    const { engine, host, guest } = session([LINE]);
    const load: GuestInsn = { loads: [0x200000] };
    guest.run(TEXT, [load, load]);
    host.registers.set('r3', (0x200000 >>> 5) << 4);
    guest.run(0x200, [{ opcode: DCISW | (3 << 12) }, load]);
    host.registers.set('r3', 1 << 30);
    guest.run(0x300, [{ opcode: DCISW | (3 << 12) }, load]);
    host.registers.set('sp', 0x3ff << 4);
    guest.run(0x400, [{ opcode: 0xdf56ee07 }, load]);
    guest.run(TEXT, [load, load]);
    guest.run(0x500, [{ opcode: 0xf0000000 | DCISW }, { opcode: 0xee070f5e }, { opcode: 0xdf5eee07 }]);
    guest.run(TEXT + 8, [{ opcode: ICIALLU }]);
    guest.run(TEXT, [load, load]);
    guest.run(0x600, [{ opcode: 0x0f15ee07 }]);
    engine.atexit();
    const n = numbersOf(host.log);
    assert.equal(n['cp count'], 5);
    // One miss at first, one after way 0 of the set was invalidated; way 1 and set 1023 held nothing.
    assert.deepEqual([n['dcache load misses'], n['dcache compulsory misses']], [2, 2]);
    // The third fetch finds an empty cache; the second ICIALLU has cleared what that counted.
    assert.deepEqual([n['icache load misses'], n['icache compulsory misses']], [2, 0]);
    const [statistics] = engine.statistics(0);
    assert.equal(statistics.maintenance, 5);
    assert.deepEqual(
      statistics.levels.map((level) => level.invalidations),
      [2, 1, 0],
    );
  });

  it('gives the same numbers as statistics', () => {
    const { engine, host, guest } = session([LINE]);
    for (let i = 0; i < 500; i++)
      guest.run(TEXT + 8 * (i % 7), [{ loads: [0x200000 + 64 * i], stores: [0x300000] }, {}]);
    engine.atexit();
    const n = numbersOf(host.log);
    const [{ levels, instructions, model, cores, pluginName, hottest }] = engine.statistics(2);
    assert.deepEqual([model, cores, pluginName, instructions], ['cortex-a9', 1, 'libcache.so', n['insn count']]);
    const [l1i, l1d, l2] = levels;
    assert.deepEqual(l1i.fetches, { accesses: 1000, hits: n['icache load hits'], misses: n['icache load misses'] });
    assert.deepEqual(l1d.loads, { accesses: 500, hits: n['dcache load hits'], misses: n['dcache load misses'] });
    assert.deepEqual([l1d.stores.hits, l1d.stores.misses], [n['dcache store hits'], n['dcache store misses']]);
    assert.deepEqual([l2.loads.hits, l2.loads.misses], [n['l2cache load hits'], n['l2cache load misses']]);
    assert.deepEqual([l2.stores.misses, l2.fetches.accesses], [n['l2cache store misses'], 0]);
    assert.deepEqual(
      [l2.size, l2.associativity, l2.lineSize, l2.sets, l2.policy],
      [524288, 8, 32, 2048, 'round-robin'],
    );
    assert.equal(hottest.length, 2);
    assert(hottest[0].l1dMisses >= hottest[1].l1dMisses && hottest[0].symbol === 'main');
  });

  it('refuses what is not two hexadecimal addresses on ARM', () => {
    const wrong = 'Could not load plugin libcache.so: qemu_plugin_install returned error code 1';
    const count = { message: wrong, stderr: '', log: 'Wrong number of arguments to plugin!\n' };
    assert.deepEqual(refusal('libcache.so,arg=0x100000'), count);
    assert.deepEqual(refusal('libcache.so,arg=1,arg=2,arg=3'), count);
    const notHex = (argument: string) => ({
      message: wrong,
      stderr: '',
      log: `Not a hexadecimal address: ${argument}\n`,
    });
    assert.deepEqual(refusal('libcache.so,arg=main,arg=0x2'), notHex('main'));
    assert.deepEqual(refusal('libcache.so,arg=1,arg=0x100000000'), notHex('0x100000000'));
    class Riscv extends FakeHost {
      override readonly targetName = 'riscv64';
    }
    const log = 'ERROR: Architecture not supported!\n';
    assert.deepEqual(refusal(LINE, new Riscv()), { message: wrong, stderr: '', log });
  });

  it('is meant by addresses without arg= too', () => {
    const { engine } = session(['cache,100000,0x105d30']);
    assert.equal(engine.statistics(0)[0].model, 'cortex-a9');
  });
});
