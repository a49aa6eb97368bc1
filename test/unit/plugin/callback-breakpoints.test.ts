import assert from 'node:assert/strict';
import type { CallbackBreakpoint, CallbackHit, CallbackKind } from '../../../src/plugin/callback-breakpoints';
import { PluginEngine } from '../../../src/plugin/engine';
import { FakeHost } from './fake-host';
import { Guest, type GuestInsn } from './guest';

const SVC = 0xef000000;
const PROGRAM: GuestInsn[] = [{ loads: [0x8000] }, { stores: [0x8004] }, { opcode: SVC }];

function hitsOf(breakpoints: CallbackBreakpoint[], stop = false) {
  const engine = new PluginEngine(new FakeHost());
  const guest = new Guest(engine);
  const hits: CallbackHit[] = [];
  engine.listener = (hit) => {
    hits.push(hit);
    return stop;
  };
  engine.setBreakpoints(breakpoints);
  const stops = guest.run(0x1000, PROGRAM);
  return { engine, guest, hits, stops };
}

const all = (kind: CallbackKind): CallbackBreakpoint => ({ id: 1, kind });

describe('callback breakpoints', () => {
  const one = { id: 1, vcpu: 0 };
  const expected: Partial<Record<CallbackKind, CallbackHit[]>> = {
    tb_trans: [{ ...one, kind: 'tb_trans', pc: 0x1000, size: 12 }],
    tb_exec: [{ ...one, kind: 'tb_exec', pc: 0x1000, size: 12 }],
    insn_exec: [0x1000, 0x1004, 0x1008].map((pc) => ({ ...one, kind: 'insn_exec', pc })),
    mem_read: [{ ...one, kind: 'mem_read', pc: 0x1000, address: 0x8000, size: 4 }],
    mem_write: [{ ...one, kind: 'mem_write', pc: 0x1004, address: 0x8004, size: 4 }],
    syscall: [{ ...one, kind: 'syscall', pc: 0x1008 }],
  };
  for (const [kind, hits] of Object.entries(expected)) {
    it(`of kind ${kind} report`, () => {
      const result = hitsOf([all(kind as CallbackKind)], true);
      assert.deepEqual(result.hits, hits);
      assert.equal(result.stops > 0, true);
      assert.deepEqual(result.engine.takeStop(), { kind: 'breakpoint', hits });
    });
  }

  it('concern the blocks in their ranges, and all where accesses or misses are asked for', () => {
    const host = new FakeHost();
    const engine = new PluginEngine(host);
    const at = (start: number): CallbackBreakpoint => ({
      id: 1,
      kind: 'insn_exec',
      ranges: [{ start, end: start + 4 }],
    });
    const blocks = [0x1000, 0x1010, 0x1020];
    const concerned = (breakpoints: readonly CallbackBreakpoint[]): number[] | undefined => {
      const before = host.reinstrumented;
      engine.setBreakpoints(breakpoints);
      if (host.reinstrumented === before) return undefined;
      return blocks.filter((pc) => host.concerns?.({ pc, size: 16, instrumentation: undefined }) ?? true);
    };
    assert.deepEqual(concerned([at(0x1014)]), [0x1010]);
    assert.equal(concerned([{ ...at(0x1014), id: 7 }]), undefined);
    assert.deepEqual(concerned([at(0x100c), at(0x1014)]), [0x1000]);
    assert.deepEqual(concerned([at(0x101e)]), [0x1000, 0x1010, 0x1020]);
    assert.deepEqual(concerned([]), [0x1010, 0x1020]);
    assert.equal(concerned([all('tb_trans'), all('exit')]), undefined);
    assert.deepEqual(concerned([all('insn_exec')]), blocks);
    assert.deepEqual(concerned([all('insn_exec'), all('mem_read')]), blocks);
    assert.equal(concerned([all('insn_exec'), { ...all('mem_read'), ranges: [{ start: 0, end: 1 }] }]), undefined);
  });

  it('stop only when the listener says so', () => {
    const { hits, stops, engine } = hitsOf([all('insn_exec')]);
    assert.deepEqual([hits.length, stops, engine.takeStop()], [3, 0, undefined]);
  });

  it('apply in their ranges: any byte of an access or a block, the address of an instruction', () => {
    const ranges: [CallbackKind, number, number, number][] = [
      ['insn_exec', 0x1004, 0x1005, 1],
      ['insn_exec', 0x1005, 0x1008, 0],
      ['tb_exec', 0x1008, 0x100c, 1],
      ['tb_exec', 0x100c, 0x2000, 0],
      ['tb_trans', 0x1008, 0x100c, 1],
      ['mem_read', 0x8003, 0x8004, 1],
      ['mem_read', 0x8004, 0x8008, 0],
      ['mem_write', 0x8004, 0x8005, 1],
      ['mem_write', 0x7000, 0x8004, 0],
      ['syscall', 0x1000, 0x1008, 0],
      ['syscall', 0x1008, 0x100c, 1],
    ];
    for (const [kind, start, end, count] of ranges) {
      const { hits } = hitsOf([
        {
          id: 1,
          kind,
          ranges: [
            { start: 1, end: 2 },
            { start, end },
          ],
        },
      ]);
      assert.equal(hits.length, count, `${kind} ${start.toString(16)}-${end.toString(16)}`);
    }
  });

  it('report once for each breakpoint, all of them in one stop', () => {
    const { hits, engine } = hitsOf([all('tb_exec'), { id: 2, kind: 'tb_exec' }], true);
    assert.deepEqual(
      hits.map((hit) => hit.id),
      [1, 2],
    );
    const stop = engine.takeStop();
    assert.equal(stop?.kind === 'breakpoint' && stop.hits.length, 2);
  });

  it('on exit are told before the atexit callbacks', () => {
    const { engine, hits } = hitsOf([all('exit')], true);
    assert.deepEqual(hits, []);
    assert.equal(engine.aboutToExit(0), true);
    assert.deepEqual(hits, [{ ...one, kind: 'exit', pc: 0 }]);
    engine.takeStop();
    engine.setBreakpoints([]);
    assert.equal(engine.aboutToExit(0), false);
  });

  it('on cache misses hear of them from cache models, and only while wanted', () => {
    const engine = new PluginEngine(new FakeHost());
    let listener: unknown;
    const statistics = { model: 'm', cores: 1, levels: [], instructions: 0, maintenance: 0, hottest: [] };
    let tell: (() => void) | undefined;
    engine.install(
      'cache',
      {
        qemu_plugin_install(id, _info, _argv, api) {
          api.tcg_provide_cache_statistics(id, {
            statistics: () => statistics,
            setMissListener(l) {
              listener = l;
              tell = () => l?.({ level: 'l1d', vcpu: 0, pc: 4, address: 0x100, kind: 'store' });
            },
          });
        },
      },
      [],
    );
    const hits: CallbackHit[] = [];
    engine.listener = (hit) => hits.push(hit) > 0;
    assert.equal(listener, undefined);
    engine.setBreakpoints([
      { id: 5, kind: 'l1d_miss', ranges: [{ start: 0x100, end: 0x101 }] },
      { id: 6, kind: 'l2_miss' },
    ]);
    tell?.();
    assert.deepEqual(hits, [{ id: 5, kind: 'l1d_miss', vcpu: 0, pc: 4, address: 0x100, size: 1, access: 'store' }]);
    engine.setBreakpoints([]);
    assert.equal(listener, undefined);
    assert.deepEqual(engine.statistics(3), [{ pluginId: 0, pluginName: 'cache', ...statistics }]);
  });
});
