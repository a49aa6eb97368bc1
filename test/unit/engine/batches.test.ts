import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { TIERS } from '../../../src/adapter/engine/api';
import { plugin, programConfig, Session } from './session';

/**
 * A checksum over each instruction and each access in their order: told by callbacks (`kind=calls`), in batches, or with each
 * block told by a callback and the rest in batches, so that the callback must find what came before it (`kind=mixed`).
 */
const ORDERED = `
exports.qemu_plugin_install = (id, info, argv, q) => {
  const [kind] = argv.map((word) => word.replace('kind=', ''));
  let [hash, events, batches, largest] = [0, 0, 0, 0];
  const add = (...words) => {
    events++;
    for (const word of words) hash = Math.imul(hash ^ word, 0x01000193) >>> 0;
  };
  if (kind !== 'calls') {
    q.tcg_register_batch_cb(id, (self, words, count) => {
      batches++;
      largest = Math.max(largest, count);
      if (self !== id || count < 1) throw new Error('arguments');
      for (let at = 0; at < count * q.TCG_EVENT_WORDS; at += q.TCG_EVENT_WORDS) {
        const info = words[at + q.TCG_EVENT_INFO];
        add(words[at + q.TCG_EVENT_VCPU], words[at + q.TCG_EVENT_TAG], words[at + q.TCG_EVENT_VADDR],
          info === q.TCG_EVENT_INSN ? 7 : info);
      }
    });
  }
  q.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
    const start = q.qemu_plugin_tb_vaddr(tb);
    if (kind !== 'batches') q.qemu_plugin_register_vcpu_tb_exec_cb(tb, (vcpu) => add(vcpu, start), 0, 0);
    else q.tcg_register_vcpu_insn_exec_batch(q.qemu_plugin_tb_get_insn(tb, 0), start);
    for (let i = 0; i < q.qemu_plugin_tb_n_insns(tb); i++) {
      const insn = q.qemu_plugin_tb_get_insn(tb, i);
      const at = q.qemu_plugin_insn_vaddr(insn);
      const tag = (at * 3 - 5) | 0;
      if (kind !== 'calls') {
        q.tcg_register_vcpu_insn_exec_batch(insn, tag);
        q.tcg_register_vcpu_mem_batch(insn, 3, ~tag);
        continue;
      }
      q.qemu_plugin_register_vcpu_insn_exec_cb(insn, (vcpu, data) => add(vcpu, data, at, 7), 0, tag);
      q.qemu_plugin_register_vcpu_mem_cb(insn, (vcpu, info, vaddr, data) => add(vcpu, data, vaddr, info), 0, 3, ~tag);
    }
  });
  q.qemu_plugin_register_atexit_cb(id, () => q.qemu_plugin_outs([kind, hash, events, batches > 0, largest > 1].join(' ') + '\\n'));
};`;

/** Counts instructions in batches; says how many when asked, and each time something happens to it. */
const COUNT = `
exports.qemu_plugin_install = (id, info, argv, q) => {
  let count = 0;
  const begin = () => {
    q.tcg_register_batch_cb(id, (_id, _words, n) => void (count += n));
    q.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
      for (let i = 0; i < q.qemu_plugin_tb_n_insns(tb); i++)
        q.tcg_register_vcpu_insn_exec_batch(q.qemu_plugin_tb_get_insn(tb, i), 0xffffffff);
    });
    q.qemu_plugin_register_atexit_cb(id, () => q.qemu_plugin_outs('exit ' + count + ' ' + q.tcg_instructions() + '\\n'));
  };
  begin();
  q.tcg_register_statistics_cb(id, () => String(count));
  if (argv[0] === 'reset=on') {
    q.qemu_plugin_register_vcpu_idle_cb(id, () => {});
    let resets = 3;
    q.qemu_plugin_register_flush_cb(id, () => {});
    q.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
      const insn = q.qemu_plugin_tb_get_insn(tb, 0);
      q.qemu_plugin_register_vcpu_insn_exec_cb(insn, () => {
        if (--resets === 0) q.qemu_plugin_reset(id, () => (q.qemu_plugin_outs('reset ' + count + '\\n'), begin()));
      }, 0, 0);
      for (let i = 0; i < q.qemu_plugin_tb_n_insns(tb); i++)
        q.tcg_register_vcpu_insn_exec_batch(q.qemu_plugin_tb_get_insn(tb, i), i);
    });
  }
};`;

describe('events in batches', () => {
  it('have the order of callbacks', async () => {
    for (const tier of TIERS) {
      for (const program of ['sort-t32-O3', 'timers-a32-O1', 'unaligned-a32-O2']) {
        const plugins = ['calls', 'mixed'].map((kind) => plugin(`${kind}.js`, ORDERED, `,kind=${kind}`));
        const session = await Session.start(programConfig(program, { plugins, tier }));
        await session.run();
        const [mixed, calls] = session.pluginLog.trim().split('\n');
        const [, hash, events] = calls.split(' ');
        assert.ok(Number(events) > 1000, calls);
        assert.equal(mixed, `mixed ${hash} ${events} true true`, `${program}, ${tier}`);
      }
    }
  });

  it('of two vCPUs come in their order', async () => {
    const bytes = new Uint8Array(readFileSync('samples/rtos/rtos-smp.elf'));
    const images = [{ kind: 'elf', name: 'rtos', bytes, cpu: 0 } as const];
    const plugins = ['calls', 'mixed'].map((kind) => plugin(`${kind}.js`, ORDERED, `,kind=${kind}`));
    const session = await Session.start(programConfig('matmul', { images, plugins, smp: 2 }));
    await session.run();
    const [mixed, calls] = session.pluginLog.trim().split('\n');
    assert.deepEqual(mixed.split(' ').slice(1, 3), calls.split(' ').slice(1, 3));
  });

  it('are told before the guest stops, before the plugin is asked, switched or reset, and at exit', async () => {
    const session = await Session.start(programConfig('sort-t32-O3', { plugins: [plugin('count.js', COUNT)] }));
    const { engine } = session;
    const told = async (): Promise<number> => Number((await engine.pluginStatistics(1))[0].text);
    await session.run({ kind: 'stepInstruction' });
    assert.equal(await told(), 1);
    for (let i = 0; i < 5; i++) await session.run({ kind: 'stepInstruction' });
    assert.equal(await told(), 6);
    await engine.setPluginActive(0, false);
    await session.run({ kind: 'stepInstruction' });
    assert.equal(await told(), 6);
    await engine.setPluginActive(0, true);
    await session.run();
    const [, count, executed] = session.pluginLog.trim().split(' ').map(Number);
    assert.equal(count, executed - 1);
    const again = await Session.start(programConfig('sort-t32-O3', { plugins: [plugin('count.js', COUNT, ',reset')] }));
    await again.run();
    const [reset, exit] = again.pluginLog.trim().split('\n');
    assert.match(reset, /^reset [1-9]\d*$/);
    assert.match(exit, /^exit (\d+) \1$/);
  });

  it('whose callback throws, or is not there, are named with the plugin', async () => {
    const faulty = (install: string): ReturnType<typeof plugin> =>
      plugin('faulty.js', `exports.qemu_plugin_install = (id, info, argv, q) => { ${install} };`);
    const translated = (what: string): string =>
      `q.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => { const insn = q.qemu_plugin_tb_get_insn(tb, 0); ${what} });`;
    const noticesOf = async (install: string): Promise<string> => {
      const session = await Session.start(programConfig('sort-t32-O3', { plugins: [faulty(install)] }));
      assert.equal((await session.run()).kind, 'exited');
      return session.notices.join('\n');
    };
    const add = translated('q.tcg_register_vcpu_insn_exec_batch(insn, 1);');
    assert.match(
      await noticesOf(`q.tcg_register_batch_cb(id, () => { throw new Error('no more') }); ${add}`),
      /plugin faulty\.js: its batch callback threw Error: no more/,
    );
    assert.match(await noticesOf(add), /tcg_register_vcpu_insn_exec_batch: tcg_register_batch_cb comes first/);
    const wrong = translated('q.tcg_register_vcpu_mem_batch(insn, 3, 1.5);');
    assert.match(
      await noticesOf(`q.tcg_register_batch_cb(id, () => {}); ${wrong}`),
      /tcg_register_vcpu_mem_batch: tag is not an integer of 32 bits: 1\.5/,
    );
    const twice = `q.tcg_register_batch_cb(id, () => {}); q.tcg_register_batch_cb(id, () => {});`;
    await assert.rejects(noticesOf(twice), /tcg_register_batch_cb: the plugin has such a callback already/);
    await assert.rejects(noticesOf('q.tcg_register_batch_cb(id, 7);'), /tcg_register_batch_cb: .*not a function/);
  });
});
