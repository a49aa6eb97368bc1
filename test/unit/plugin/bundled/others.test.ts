import assert from 'node:assert/strict';
import { bundledPluginNames, findBundledPlugin } from '../../../../src/plugin/bundled';
import { formatFixed } from '../../../../src/plugin/bundled/format';
import { FakeHost } from '../fake-host';
import type { GuestInsn } from '../guest';
import { refusal, session } from './session';

const PROGRAM: GuestInsn[] = [{ loads: [0x4000, 0x4ffc] }, { stores: [0x5000], size: 2 }, { stores: [0xe0001000] }];

/** Runs the program three times and returns what the plugin of the line printed. */
function outputOf(line: string, host = new FakeHost()): string {
  const { engine, guest } = session([line], host);
  for (let i = 0; i < 3; i++) guest.run(0x10000, PROGRAM);
  engine.atexit();
  return host.log;
}

const table = (cases: Record<string, string>): void => {
  for (const [line, expected] of Object.entries(cases)) {
    it(`${line}`, () => assert.equal(outputOf(line), expected));
  }
};

const refuses = (cases: Record<string, string>): void => {
  for (const [line, stderr] of Object.entries(cases)) {
    const file = line.split(',')[0];
    const message = `Could not load plugin ${file}: qemu_plugin_install returned error code -1`;
    it(`refuses ${line}`, () => assert.deepEqual(refusal(line), { message, stderr, log: '' }));
  }
};

describe('libinsn.so', () => {
  const hit = (n: number, address: string, hits: number, delta: number, average: number, cpu = ',') =>
    `0x${address}, 'insn ${address}/${address === '10004' ? 2 : 4}', ${hits} hits${cpu} ${n} match hits, ` +
    `Δ+${delta} since last match, ${average} avg insns/match\n`;
  table({
    'libinsn.so': 'cpu 0 insns: 9\ntotal insns: 9\n',
    'libinsn.so,inline=on': 'insns: 9\n',
    'libinsn.so,sizes=on': 'len 2 bytes: 1 insns\nlen 4 bytes: 2 insns\n',
    'libinsn.so,match=insn 10004':
      hit(1, '10004', 1, 2, 2) +
      hit(2, '10004', 2, 3, 2) +
      hit(3, '10004', 3, 3, 2) +
      'cpu 0 insns: 9\ntotal insns: 9\n',
    'libinsn.so,match=insn 10000,inline=on':
      hit(1, '10000', 1, 0, 0) + hit(2, '10000', 2, 3, 1) + hit(3, '10000', 3, 3, 2) + 'insns: 9\n',
    'libinsn.so,match=nothing,match=insn 10006,trace=off':
      'cpu 0 insns: 9\ntotal insns: 9\n' +
      'Match: nothing, hits 0\nMatch: insn 10006, hits 3\n  10006: insn 10006/4 (hits 3)\n',
    'libinsn.so,match=insn 10004,trace=on':
      hit(1, '10004', 1, 2, 2, ' , cpu 0,') +
      hit(2, '10004', 2, 3, 2, ' , cpu 0,') +
      hit(3, '10004', 3, 3, 2, ' , cpu 0,') +
      'cpu 0 insns: 9\ntotal insns: 9\nMatch: insn 10004, hits 3\n  10004: insn 10004/2 (hits 3)\n',
  });
  refuses({
    'libinsn.so,inline=perhaps': 'boolean argument parsing failed: inline=perhaps\n',
    'libinsn.so,x': 'option parsing failed: x=on\n',
  });

  it('counts each vCPU', () => {
    const { engine, host, guest } = session(['insn'], new FakeHost(2));
    guest.run(0, PROGRAM, 1);
    guest.run(0, PROGRAM, 0);
    guest.run(0, PROGRAM, 1);
    engine.atexit();
    assert.equal(host.log, 'cpu 0 insns: 3\ncpu 1 insns: 6\ntotal insns: 9\n');
  });
});

describe('libmem.so', () => {
  table({
    'libmem.so': '',
    'libmem.so,inline=on': 'inline mem accesses: 12\n',
    'libmem.so,callback=on': 'callback mem accesses: 12\n',
    'libmem.so,inline=true,callback=yes,track=r': 'inline mem accesses: 6\ncallback mem accesses: 6\n',
    'libmem.so,inline=on,track=w': 'inline mem accesses: 6\n',
    'libmem.so,callback=on,haddr=on': 'callback mem accesses: 9\nio accesses: 3\n',
  });
  refuses({
    'libmem.so,track=x': 'invalid value for argument track: track=x\n',
    'libmem.so,inline=1': 'boolean argument parsing failed: inline=1\n',
    'libmem.so,other=1': 'option parsing failed: other=1\n',
  });
});

describe('libhotpages.so', () => {
  const header = 'Addr, RCPUs, Reads, WCPUs, Writes\n';
  const page = (address: string, reads: number, writes: number): string =>
    `0x${address.padStart(16, '0')}, 0x000${reads && 1}, ${reads}, 0x000${writes && 1}, ${writes}\n`;
  const [ram, next, uart] = [page('4000', 6, 0), page('5000', 0, 3), page('e0001000', 0, 3)];
  table({
    'libhotpages.so': header + ram + next + uart,
    'libhotpages.so,sortby=writes': header + next + uart + ram,
    'libhotpages.so,sortby=reads': header + ram + next + uart,
    'libhotpages.so,sortby=address': header + uart + next + ram,
    'libhotpages.so,io=on': header + uart,
    'libhotpages.so,pagesize=65536': header + page('0', 6, 3) + page('e0000000', 0, 3),
  });
  refuses({
    'libhotpages.so,sortby=size': 'invalid value to sortby: size\n',
    'libhotpages.so,pagesize=1000': 'pagesize must be a power of two: 1000\n',
    'libhotpages.so,pagesize=0': 'option parsing failed: pagesize=0\n',
    'libhotpages.so,io=so': 'boolean argument parsing failed: io=so\n',
  });

  it('prints 50 pages and which vCPUs used them', () => {
    const { engine, host, guest } = session(['hotpages'], new FakeHost(3));
    for (let i = 0; i < 60; i++) guest.run(16 * i, [{ loads: [0x1000 * i] }], i % 3);
    guest.run(0, [{ loads: [0] }], 2);
    engine.atexit();
    const lines = host.log.trim().split('\n');
    assert.equal(lines.length, 51);
    assert.equal(lines[1], '0x0000000000000000, 0x0005, 2, 0x0000, 0');
  });
});

describe('libbb.so', () => {
  table({
    'libbb.so': "CPU0: bb's: 3, insns: 9\n",
    'libbb.so,inline=on': "bb's: 3, insns: 9\n",
  });
  refuses({ 'libbb.so,idle=2': 'boolean argument parsing failed: idle=2\n' });

  it('reports when a vCPU goes idle', () => {
    const { engine, host, guest } = session(['libbb.so,idle=on'], new FakeHost(2));
    engine.vcpuIdle(1);
    guest.run(0, PROGRAM, 1);
    engine.vcpuIdle(1);
    assert.equal(host.log, "Idle CPU1: bb's: 1, insns: 3\n");
  });
});

describe('libhotblocks.so', () => {
  for (const inline of ['', ',inline=on']) {
    it(`lists blocks by executions${inline}`, () => {
      const { engine, host, guest } = session([`libhotblocks.so,limit=2${inline}`]);
      for (let i = 0; i < 4; i++) guest.run(0x100, PROGRAM);
      for (let i = 0; i < 5; i++) guest.run(0x200, [{}]);
      guest.run(0x100, [{}]);
      engine.atexit();
      const rows = '0x0000000000000200, 1, 1, 5\n0x0000000000000100, 1, 3, 4\n';
      assert.equal(host.log, `collected 3 entries in the hash table\npc, tcount, icount, ecount\n${rows}`);
    });
  }

  it('lists all with limit=0', () => {
    const { engine, host, guest } = session(['libhotblocks.so,limit=0']);
    for (let i = 0; i < 30; i++) guest.run(16 * i, [{}]);
    engine.atexit();
    assert.equal(host.log.split('\n').length, 33);
  });
  refuses({ 'libhotblocks.so,limit=-1': 'option parsing failed: limit=-1\n' });
});

describe('bundled plugins', () => {
  it('are found by name, library name and path', () => {
    for (const file of ['libmem.so', 'mem', 'contrib/plugins/libmem.so', 'C:\\qemu\\libmem.dll', './libmem']) {
      assert(findBundledPlugin(file), file);
    }
    for (const file of ['libmemory.so', 'constructor', 'lib', 'libmem.so.js', 'mem/'])
      assert(!findBundledPlugin(file), file);
    assert.deepEqual(bundledPluginNames, [
      'libbb.so',
      'libbbv.so',
      'libcache.so',
      'libcachesim.so',
      'libcachesweep.so',
      'libcallprofile.so',
      'libcflow.so',
      'libdrcov.so',
      'libexeclog.so',
      'libfault.so',
      'libhotblocks.so',
      'libhotpages.so',
      'libhowvec.so',
      'libhwprofile.so',
      'libinsn.so',
      'libips.so',
      'liblockstep.so',
      'libmem.so',
      'libpatch.so',
      'libprofile.so',
      'libstoptrigger.so',
      'libsyscall.so',
      'libtraps.so',
    ]);
  });

  it('have state of their own in each install', () => {
    const { engine, host, guest } = session(['libinsn.so', './libinsn.so,inline=on']);
    guest.run(0, [{}]);
    engine.atexit();
    assert.equal(host.log, 'insns: 1\ncpu 0 insns: 1\ntotal insns: 1\n');
  });

  it('that do not exist are refused', () => {
    assert.equal(
      refusal('nofile.so').message,
      'Could not load plugin nofile.so: nofile.so: cannot open shared object file: No such file or directory',
    );
  });
});

describe('formatFixed', () => {
  // What printf("%.*f") prints, ties included.
  for (const [value, digits, expected] of [
    [0.015625, 5, '0.01562'],
    [0.046875, 5, '0.04688'],
    [0.5, 0, '0'],
    [1.5, 0, '2'],
    [2.5, 0, '2'],
    [0.03125, 4, '0.0312'],
    [0.09375, 4, '0.0938'],
    [100, 5, '100.00000'],
    [33.33333333, 4, '33.3333'],
    [0, 4, '0.0000'],
    [0.045, 2, '0.04'],
    [1.005, 2, '1.00'],
  ] as const) {
    it(`${value} with ${digits} digits`, () => assert.equal(formatFixed(value, digits), expected));
  }
});
