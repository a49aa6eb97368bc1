import assert from 'node:assert/strict';
import { COUNTERS_BASE, Control } from '../../../src/tcg/layout';
import { MemOp } from '../../../src/tcg/memop';
import { PluginEngine } from '../../../src/plugin/engine';
import { PluginLoadError } from '../../../src/plugin/registry';
import { describeFault } from '../../../src/plugin/host';
import { evaluatePlugin, type PluginModule, type QemuPluginApi } from '../../../src/plugin/plugin-module';
import { FakeHost } from './fake-host';
import { Guest, guestBlock, runBlock } from './guest';

type Install = (api: QemuPluginApi, id: number, argv: string[]) => number | void;

const module_ = (install: Install): PluginModule => ({
  qemu_plugin_install: (id, _info, argv, api) => install(api, id, argv),
});

function setUp(host = new FakeHost()) {
  const engine = new PluginEngine(host);
  return {
    host,
    engine,
    guest: new Guest(engine),
    add: (file: string, install: Install) => engine.install(file, module_(install), []),
  };
}

/** Logs everything that happens in the order in which it happens. */
const tracer =
  (name: string): Install =>
  (api, id) => {
    const say = (text: string): void => api.qemu_plugin_outs(`${name}:${text} `);
    const n = api.tcg_u64_new();
    api.qemu_plugin_register_vcpu_init_cb(id, (_id, vcpu) => say(`init${vcpu}`));
    api.qemu_plugin_register_atexit_cb(id, () => say('exit'));
    api.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
      say(`trans${api.qemu_plugin_tb_vaddr(tb)}+${api.qemu_plugin_tb_n_insns(tb)}`);
      api.qemu_plugin_register_vcpu_tb_exec_inline(tb, 0, n, 1000);
      api.qemu_plugin_register_vcpu_tb_exec_cb(tb, (_v, u) => say(`${u}#${n.get()}`), 0, 'tb');
      for (let i = 0; i < api.qemu_plugin_tb_n_insns(tb); i++) {
        const insn = api.qemu_plugin_tb_get_insn(tb, i)!;
        const at = api.qemu_plugin_insn_vaddr(insn);
        api.qemu_plugin_register_vcpu_mem_cb(
          insn,
          (_v, info, a) => say(`${api.qemu_plugin_mem_is_store(info) ? 'S' : 'L'}${a}#${n.get()}`),
          0,
          3,
          0,
        );
        api.qemu_plugin_register_vcpu_mem_inline(insn, 3, 0, n, 10);
        api.qemu_plugin_register_vcpu_insn_exec_inline(insn, 0, n, 1);
        api.qemu_plugin_register_vcpu_insn_exec_cb(insn, () => say(`i${at}#${n.get()}`), 0, 0);
        api.qemu_plugin_register_vcpu_insn_exec_cb(insn, () => say(`j${at}`), 0, 0);
      }
    });
  };

describe('plugin engine: order of callbacks', () => {
  it('is the one observed on QEMU 7.2 with two plugins', () => {
    const { host, engine, guest, add } = setUp();
    add('A', tracer('A'));
    add('B', tracer('B'));
    engine.vcpuInit(0);
    guest.run(16, [{ loads: [100] }, { stores: [200], loads: [104] }]);
    engine.atexit();
    assert.deepEqual(host.log.trim().split(' '), [
      ...['B:init0', 'A:init0', 'B:trans16+2', 'A:trans16+2', 'B:tb#0', 'A:tb#0'],
      ...['B:i16#1000', 'B:j16', 'A:i16#1000', 'A:j16', 'B:L100#1001', 'A:L100#1001'],
      ...['B:i20#1011', 'B:j20', 'A:i20#1011', 'A:j20'],
      ...['B:L104#1012', 'A:L104#1012', 'B:S200#1022', 'A:S200#1022'],
      ...['B:exit', 'A:exit'],
    ]);
  });

  it('runs exec callbacks but no memory callbacks of an instruction whose condition fails', () => {
    const { host, guest, add } = setUp();
    add('A', tracer('A'));
    guest.run(16, [{ loads: [100], skipped: true }, {}]);
    assert.equal(host.log, 'A:trans16+2 A:tb#0 A:i16#1000 A:j16 A:i20#1001 A:j20 ');
  });

  it('keeps one callback per event and plugin: the last one registered', () => {
    const { host, engine, add } = setUp();
    add('A', (api, id) => {
      api.qemu_plugin_register_atexit_cb(id, () => api.qemu_plugin_outs('first'));
      api.qemu_plugin_register_atexit_cb(id, (own, u) => api.qemu_plugin_outs(`second ${own} ${u}`), 'data');
    });
    engine.atexit();
    engine.atexit();
    assert.equal(host.log, 'second 0 data');
  });

  it('a plugin switched off and on concerns the blocks that it has something in, or was not told of', () => {
    const { host, engine, add } = setUp();
    add('everywhere', (api, id) =>
      api.qemu_plugin_register_vcpu_tb_trans_cb(id, (_i, tb) =>
        api.qemu_plugin_register_vcpu_tb_exec_cb(tb, () => undefined, 0, 0),
      ),
    );
    add('at 0', (api, id) =>
      api.qemu_plugin_register_vcpu_tb_trans_cb(id, (_i, tb) => {
        if (api.qemu_plugin_tb_vaddr(tb) === 0) api.qemu_plugin_register_vcpu_tb_exec_cb(tb, () => undefined, 0, 0);
      }),
    );
    const blocks = [0, 16].map((pc) => ({ pc, size: 4, instrumentation: engine.instrument(guestBlock(pc, [{}]), 0) }));
    const concerned = (): number[] => blocks.filter((block) => host.concerns?.(block) ?? true).map(({ pc }) => pc);
    engine.setActive(1, false);
    assert.deepEqual(concerned(), [0]);
    blocks.push({ pc: 32, size: 4, instrumentation: engine.instrument(guestBlock(32, [{}]), 0) });
    engine.setActive(1, true);
    assert.deepEqual(concerned(), [0, 32]);
    engine.setActive(0, false);
    assert.deepEqual(concerned(), [0, 16, 32]);
  });

  it('tells a plugin of a translation again only when there is one', () => {
    const { host, engine, add } = setUp();
    add('A', (api, id) =>
      api.qemu_plugin_register_vcpu_tb_trans_cb(id, (_i, tb) => {
        api.qemu_plugin_outs('T');
        api.qemu_plugin_register_vcpu_tb_exec_cb(tb, () => api.qemu_plugin_outs('x'), 0, 0);
      }),
    );
    const first = guestBlock(0, [{}]);
    const registrations = engine.instrument(first, 0);
    runBlock(engine, first.ir);
    engine.setBreakpoints([{ id: 1, kind: 'insn_exec' }]);
    assert.equal(host.reinstrumented, 1);
    const again = guestBlock(0, [{}]);
    assert.equal(engine.instrument(again, 0, registrations), registrations);
    runBlock(engine, again.ir);
    assert.equal(host.log, 'Txx');
    engine.release(registrations);
    const other = guestBlock(64, [{}]);
    engine.instrument(other, 0);
    runBlock(engine, other.ir);
    assert.equal(host.log, 'TxxTx');
  });
});

describe('plugin engine: install', () => {
  const refusal = (module: PluginModule): string => {
    try {
      setUp().engine.install('./p.so', module, []);
    } catch (error) {
      assert(error instanceof PluginLoadError);
      return error.message;
    }
    return 'installed';
  };

  it('gives id, info, argv and the API', () => {
    const { engine } = setUp(new FakeHost(2, 4));
    const seen: unknown[] = [];
    const record: PluginModule = {
      qemu_plugin_install(...args) {
        seen.push(...args);
      },
    };
    assert.equal(engine.install('/some/where/libx.so', record, ['a=1']).name, 'libx.so');
    engine.install('second', record, []);
    const info = {
      target_name: 'arm',
      version: { min: 0, cur: 6 },
      system_emulation: true,
      system: { smp_vcpus: 2, max_vcpus: 4 },
    };
    assert.deepEqual(seen, [0, info, ['a=1'], engine.api, 1, info, [], engine.api]);
  });

  it('refuses in the words of QEMU', () => {
    assert.equal(
      refusal(module_(() => -1)),
      'Could not load plugin ./p.so: qemu_plugin_install returned error code -1',
    );
    const version = (qemu_plugin_version: number): PluginModule => ({ qemu_plugin_version, ...module_(() => 0) });
    assert.equal(
      refusal(version(9)),
      'Could not load plugin ./p.so: plugin requires API version 9, but this QEMU supports only up to version 6',
    );
    assert.equal(
      refusal(version(-1)),
      'Could not load plugin ./p.so: plugin requires API version -1, but this QEMU supports only a minimum version of 0',
    );
    assert.equal(refusal(version(0)), 'installed');
    assert.match(
      refusal(
        module_(() => {
          throw new RangeError('too much');
        }),
      ),
      /^Could not load plugin \.\/p\.so: qemu_plugin_install threw RangeError: too much \(at .+:\d+:\d+\)?/,
    );
  });

  it('leaves nothing of a refused plugin', () => {
    const { host, engine, guest, add } = setUp();
    assert.throws(
      () =>
        add('A', (api, id) => {
          tracer('A')(api, id, []);
          return 1;
        }),
      PluginLoadError,
    );
    guest.run(0, [{ loads: [4] }]);
    engine.atexit();
    assert.equal(host.log, '');
  });
});

describe('plugin engine: queries', () => {
  it('answers for blocks and instructions inside of tb_trans, and only there', () => {
    const { engine, guest, add } = setUp();
    const seen: unknown[] = [];
    let stale: Parameters<QemuPluginApi['qemu_plugin_tb_vaddr']>[0] | undefined;
    add('A', (api, id) =>
      api.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
        stale = tb;
        const insn = api.qemu_plugin_tb_get_insn(tb, 1)!;
        assert.equal(api.qemu_plugin_tb_get_insn(tb, 2), null);
        const data = api.qemu_plugin_insn_data(insn);
        seen.push(api.qemu_plugin_insn_size(insn), api.qemu_plugin_insn_vaddr(insn), [...data]);
        seen.push(
          api.qemu_plugin_insn_disas(insn),
          api.qemu_plugin_insn_symbol(insn),
          api.qemu_plugin_insn_haddr(insn),
        );
        data.fill(0);
        seen.push([...api.qemu_plugin_insn_data(insn)]);
      }),
    );
    guest.run(0x1000fc, [{}, { size: 2, opcode: 0x4770 }]);
    guest.run(0xf0000000, [{}, {}]);
    assert.deepEqual(seen, [
      ...[2, 0x100100, [0x70, 0x47], 'insn 100100/2', null, 0x100100, [0x70, 0x47]],
      ...[4, 0xf0000004, [0, 0, 0, 0], 'insn f0000004/4', null, null, [0, 0, 0, 0]],
    ]);
    assert.throws(() => engine.api.qemu_plugin_tb_vaddr(stale!), /only inside of its tb_trans callback/);
    const fake = { opaque: 'qemu_plugin_insn' } as const;
    assert.throws(() => engine.api.qemu_plugin_insn_disas(fake), /qemu_plugin_insn_disas: not an instruction/);
  });

  it('describes accesses', () => {
    const { host, engine, add } = setUp();
    const seen: unknown[] = [];
    add('A', (api, id) =>
      api.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
        api.qemu_plugin_register_vcpu_mem_cb(
          api.qemu_plugin_tb_get_insn(tb, 0)!,
          (vcpu, info, vaddr, userdata) => {
            const hwaddr = api.qemu_plugin_get_hwaddr(info, vaddr);
            seen.push([
              ...[vcpu, vaddr, userdata, api.qemu_plugin_mem_size_shift(info), api.qemu_plugin_mem_is_store(info)],
              ...[api.qemu_plugin_mem_is_sign_extended(info), api.qemu_plugin_mem_is_big_endian(info)],
              ...[api.qemu_plugin_hwaddr_is_io(hwaddr), api.qemu_plugin_hwaddr_phys_addr(hwaddr)],
              ...[api.qemu_plugin_hwaddr_device_offset(hwaddr), api.qemu_plugin_hwaddr_device_name(hwaddr)],
            ]);
          },
          0,
          3,
          'u',
        );
      }),
    );
    const block = guestBlock(0, [{}]);
    block.ir.ops.splice(1, 0, ...guestBlock(0, [{ loads: [8] }]).ir.ops.slice(1, 2));
    engine.instrument(block, 0);
    engine.memCallback(1, 0, 0x8000, MemOp.SW | MemOp.BE, 1);
    engine.memCallback(0, 0, 0xe0001030 | 0, MemOp.UB, 2);
    engine.memCallback(0, 0, 0xf8000000 | 0, MemOp.UL, 2);
    engine.memCallback(0, 0, 0xe0000000 | 0, MemOp.UL, 1);
    assert.deepEqual(seen, [
      [1, 0x8000, 'u', 1, false, true, true, false, 0x8000, 0x8000, 'RAM'],
      [0, 0xe0001030, 'u', 0, true, false, false, true, 0xe0001030, 0x30, 'uart'],
      [0, 0xf8000000, 'u', 2, true, false, false, false, 0, 0, null],
      [0, 0xe0000000, 'u', 2, false, false, false, true, 0xe0000000, 0xe0000000, ''],
    ]);
    host.unmap(0x8000);
    engine.memCallback(1, 0, 0x8004, MemOp.UB, 1);
    assert.equal((seen.at(-1) as unknown[])[8], 0x8004, 'translations are remembered');
    engine.mappingChanged(1);
    engine.memCallback(1, 0, 0x8004, MemOp.UB, 1);
    assert.equal((seen.at(-1) as unknown[])[8], 0, 'until the mapping changes');
    const asked = host.regionQuestions;
    engine.memCallback(1, 0, 0x9000, MemOp.UL, 1);
    engine.memCallback(1, 0, 0xe0001004 | 0, MemOp.UL, 1);
    assert.equal(host.regionQuestions, asked, 'regions are remembered');
    engine.memoryMapChanged();
    engine.memCallback(1, 0, 0x9000, MemOp.UL, 1);
    assert.notEqual(host.regionQuestions, asked);
  });

  it('offers the rest of the API', () => {
    const { host, engine } = setUp(new FakeHost(2, 4));
    const { api } = engine;
    host.registers.set('r0', 0xdeadbeef);
    assert.equal(api.tcg_read_register(0, 'r0'), 0xdeadbeef);
    assert.equal(api.tcg_read_register(0, 'x0'), null);
    assert.deepEqual([...api.tcg_read_memory(0, 0xfe, 3)], [0xfe, 0xff, 0]);
    assert.deepEqual([api.qemu_plugin_n_vcpus(), api.qemu_plugin_n_max_vcpus()], [2, 4]);
    assert.deepEqual(
      ['on', 'yes', 'true', 'off', 'no', 'false', 'ON', '', undefined].map((v) => api.qemu_plugin_bool_parse('x', v)),
      [true, true, true, false, false, false, undefined, undefined, undefined],
    );
    assert.deepEqual(
      [api.qemu_plugin_path_to_binary(), api.qemu_plugin_start_code(), api.qemu_plugin_entry_code()],
      [null, 0, 0],
    );
    const vcpus: number[] = [];
    engine.install(
      'A',
      module_(() => 0),
      [],
    );
    assert.equal(api.qemu_plugin_num_vcpus(), 0);
    engine.vcpuInit(0);
    engine.vcpuInit(1);
    assert.equal(api.qemu_plugin_num_vcpus(), 2);
    api.qemu_plugin_vcpu_for_each(0, (_id, vcpu) => vcpus.push(vcpu));
    assert.deepEqual(vcpus, [0, 1]);
    assert.throws(() => api.qemu_plugin_register_atexit_cb(7, () => {}), /no plugin has the id 7/);
  });
});

describe('plugin engine: inline counters', () => {
  it('lie in the shared memory and are 64 bits wide', () => {
    const { host, engine } = setUp();
    const counter = engine.api.tcg_u64_new();
    counter.set(2 ** 40 + 7);
    assert.equal(new BigUint64Array(host.memory)[COUNTERS_BASE / 8], 2n ** 40n + 7n);
    assert.equal(counter.get(), 2 ** 40 + 7);
  });

  it('count over the 32-bit border, and the same where shared memory is full', () => {
    const { engine, guest, add } = setUp();
    const results: number[] = [];
    add('A', (api, id) => {
      const counters = Array.from({ length: 9000 }, () => api.tcg_u64_new());
      const [first, last] = [counters[0], counters[8999]];
      api.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
        for (const c of [first, last]) {
          api.qemu_plugin_register_vcpu_tb_exec_inline(tb, 0, c, 2 ** 31);
          const insn = api.qemu_plugin_tb_get_insn(tb, 0)!;
          api.qemu_plugin_register_vcpu_insn_exec_inline(insn, 0, c, 1);
          api.qemu_plugin_register_vcpu_mem_inline(insn, 2, 0, c, 10);
        }
      });
      api.qemu_plugin_register_atexit_cb(id, () => results.push(first.get(), last.get()));
    });
    for (let i = 0; i < 3; i++) guest.run(0, [{ loads: [4], stores: [4, 8] }]);
    engine.atexit();
    const expected = 3 * (2 ** 31 + 1 + 20);
    assert.deepEqual(results, [expected, expected]);
  });

  it('take only counters and integers', () => {
    const { host, guest, add } = setUp();
    add('A', (api, id) =>
      api.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) =>
        api.qemu_plugin_register_vcpu_tb_exec_inline(tb, 0, api.tcg_u64_new(), 1.5),
      ),
    );
    guest.run(0, [{}]);
    assert.match(host.faults[0].message, /imm is not an integer within 2\^53: 1\.5/);
  });
});

describe('plugin engine: a plugin that throws', () => {
  const thrower = `
exports.qemu_plugin_install = (id, info, argv) => {
  const q = require('qemu-plugin');
  q.qemu_plugin_outs('installed ');
  q.qemu_plugin_register_vcpu_tb_trans_cb(id, (id, tb) => {
    q.qemu_plugin_register_vcpu_insn_exec_cb(q.qemu_plugin_tb_get_insn(tb, 0), (vcpu, udata) => {
      q.qemu_plugin_outs('exec ');
      udata.missing.thing++;
    }, q.QEMU_PLUGIN_CB_NO_REGS, {});
  });
  q.qemu_plugin_register_atexit_cb(id, () => q.qemu_plugin_outs('never'));
};`;

  it('is reported once with place and reason, and switched off; others and the log go on', () => {
    const { host, engine, guest, add } = setUp();
    engine.install('bad.js', evaluatePlugin(thrower, '/home/u/bad plugin.js', engine.api), []);
    add('good', tracer('g'));
    for (let i = 0; i < 3; i++) guest.run(16, [{}]);
    engine.atexit();
    assert.equal(host.faults.length, 1);
    const [fault] = host.faults;
    assert.deepEqual(
      [fault.pluginId, fault.pluginName, fault.callback, fault.message],
      [0, 'bad.js', 'insn_exec', "TypeError: Cannot read properties of undefined (reading 'thing')"],
    );
    assert.match(fault.location, /bad.*plugin\.js:8:/);
    assert.match(describeFault(fault), /^plugin bad\.js: its insn_exec callback threw TypeError: .*switched off/);
    assert.equal(host.log.match(/exec /g)?.length, 1);
    assert.equal(host.log.match(/g:i16/g)?.length, 3);
    assert(host.log.startsWith('installed ') && host.log.endsWith('g:exit '));
    assert.equal(engine.plugins[0].failure, `${fault.message} (${fault.location})`);
    assert.equal(host.reinstrumented, 1);
  });

  for (const event of ['vcpu_init', 'tb_trans', 'mem', 'atexit'] as const) {
    it(`in ${event} is named so`, () => {
      const { host, engine, guest, add } = setUp();
      const fail = (): never => {
        throw 'no Error at all';
      };
      add('bad', (api, id) => {
        if (event === 'vcpu_init') api.qemu_plugin_register_vcpu_init_cb(id, fail);
        if (event === 'atexit') api.qemu_plugin_register_atexit_cb(id, fail);
        api.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
          if (event === 'tb_trans') fail();
          if (event === 'mem') {
            api.qemu_plugin_register_vcpu_mem_cb(api.qemu_plugin_tb_get_insn(tb, 0)!, fail, 0, 3, 0);
          }
        });
      });
      engine.vcpuInit(0);
      guest.run(0, [{ loads: [4, 8] }]);
      guest.run(4, [{ loads: [4] }]);
      engine.atexit();
      assert.deepEqual(host.faults, [
        { pluginId: 0, pluginName: 'bad', callback: event, message: 'no Error at all', location: '' },
      ]);
    });
  }

  it('is named in shared memory while it runs', () => {
    const { host, guest, add } = setUp();
    const word = new Int32Array(host.memory);
    const seen: number[] = [];
    const look: Install = (api, id) => {
      const note = (): void => void seen.push(word[Control.PluginInCallback]);
      note();
      api.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
        note();
        api.qemu_plugin_register_vcpu_tb_exec_cb(tb, note, 0, 0);
        api.qemu_plugin_register_vcpu_mem_cb(api.qemu_plugin_tb_get_insn(tb, 0)!, note, 0, 3, 0);
      });
    };
    add('A', look);
    add('B', look);
    guest.run(0, [{ loads: [4] }]);
    assert.deepEqual(seen, [1, 2, 2, 1, 2, 1, 2, 1]);
    assert.equal(word[Control.PluginInCallback], 0);
  });
});

describe('plugin engine: control', () => {
  it('stops the machine for a plugin, with its reason, once', () => {
    const { engine, guest, add } = setUp();
    add('lib/stopper.js', (api, id) =>
      api.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
        const at = api.qemu_plugin_tb_vaddr(tb);
        if (at === 64) api.tcg_request_stop('new block');
        const insn = api.qemu_plugin_tb_get_insn(tb, 0)!;
        if (at === 0) api.qemu_plugin_register_vcpu_insn_exec_cb(insn, () => api.tcg_request_stop('here'), 0, 0);
      }),
    );
    assert.equal(guest.run(0, [{}, {}]), 1);
    assert.deepEqual(engine.takeStop(), { kind: 'plugin', plugin: 'stopper.js', reason: 'here' });
    assert.equal(engine.takeStop(), undefined);
    assert.equal(guest.run(32, [{}]), 0);
    assert.equal(guest.run(64, [{}]), 1, 'a request at translation stops before the first run');
    assert.deepEqual(engine.takeStop(), { kind: 'plugin', plugin: 'stopper.js', reason: 'new block' });
    assert.equal(guest.run(64, [{}]), 0);
  });

  it('switches a plugin off and on, uninstalls and resets it', () => {
    const { host, engine, add } = setUp();
    add('A', (api, id) => {
      api.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) =>
        api.qemu_plugin_register_vcpu_tb_exec_cb(tb, () => api.qemu_plugin_outs('x'), 0, 0),
      );
      api.qemu_plugin_register_flush_cb(id, (own) =>
        api.qemu_plugin_reset(own, () => api.qemu_plugin_register_atexit_cb(own, () => api.qemu_plugin_outs('bye'))),
      );
      api.qemu_plugin_register_vcpu_idle_cb(id, (own) =>
        api.qemu_plugin_uninstall(own, () => api.qemu_plugin_outs('gone')),
      );
    });
    const registrations = engine.instrument(guestBlock(0, [{}]), 0);
    const run = (): void => {
      const block = guestBlock(0, [{}]);
      engine.instrument(block, 0, registrations);
      runBlock(engine, block.ir);
    };
    run();
    engine.setActive(0, false);
    run();
    engine.setActive(0, true);
    run();
    assert.equal(host.log, 'xx');
    engine.flushed();
    engine.settle();
    assert.equal(host.flushes, 1);
    run();
    assert.equal(host.log, 'xx', 'what was registered before a reset is void');
    engine.vcpuIdle(0);
    engine.atexit();
    assert.equal(host.log, 'xxbye');
  });

  it('asks its host for a flush when there is too much translated code, and tells plugins of it', () => {
    const { host, engine, add } = setUp();
    add('A', (api, id) => {
      api.qemu_plugin_register_flush_cb(id, () => api.qemu_plugin_outs('flush'));
    });
    engine.codeFull();
    assert.equal(host.flushes, 1);
    engine.flushed();
    assert.equal(host.log, 'flush');
  });

  it('uninstalls', () => {
    const { host, engine, add } = setUp();
    add('A', (api, id) => {
      api.qemu_plugin_register_vcpu_idle_cb(id, (own) =>
        api.qemu_plugin_uninstall(own, () => api.qemu_plugin_outs('gone')),
      );
      api.qemu_plugin_register_atexit_cb(id, () => api.qemu_plugin_outs('bye'));
    });
    engine.vcpuIdle(0);
    engine.vcpuIdle(0);
    engine.settle();
    engine.atexit();
    assert.equal(host.log, 'gone');
  });
});

describe('plugin modules', () => {
  const { api } = setUp().engine;

  it('may export by default, and must export an install function', () => {
    const code = 'exports.default = { qemu_plugin_install: () => 3 };';
    assert.equal(evaluatePlugin(code, 'p.js', api).qemu_plugin_install.length, 0);
    assert.throws(() => evaluatePlugin('exports.x = 1', 'p.js', api), /'qemu_plugin_install'/);
  });

  it('import the API only, unless the platform offers more', () => {
    const code = "exports.qemu_plugin_install = () => require('fs').answer;";
    assert.throws(() => evaluatePlugin("require('fs')", 'p.js', api), /cannot import 'fs'/);
    const module = evaluatePlugin(code, 'p.js', api, (name) => ({ answer: name.length }));
    assert.equal(module.qemu_plugin_install(0, undefined as never, [], api), 2);
  });

  it('with an error in the source say where', () => {
    assert.throws(() => evaluatePlugin('let a = ;', 'p.js', api), SyntaxError);
  });
});
