import assert from 'node:assert/strict';
import { TIERS } from '../../../src/adapter/engine/api';
import { programConfig, Session } from './session';

/** Counts every instruction inline, and says at exit what it counted and what the engine did. */
const CODE = `
exports.qemu_plugin_install = (id, info, argv, q) => {
  const count = q.tcg_u64_new();
  q.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
    for (let i = 0; i < q.qemu_plugin_tb_n_insns(tb); i++) {
      q.qemu_plugin_register_vcpu_insn_exec_inline(q.qemu_plugin_tb_get_insn(tb, i), 0, count, 1);
    }
  });
  q.qemu_plugin_register_atexit_cb(id, () => q.qemu_plugin_outs(count.get() + ' ' + q.tcg_instructions()));
};`;

describe('inline counters where accesses to devices end a block early', () => {
  for (const program of ['sgi-a32-O2', 'timers-a32-O1', 'uart-t32-O2']) {
    for (const tier of TIERS) {
      it(`count each instruction once: ${program}, ${tier}`, async () => {
        const plugins = [{ spec: 'count.js', code: CODE, path: '/count.js' }];
        const session = await Session.start({ ...programConfig(program), plugins, tier });
        await session.run();
        const [inline, executed] = session.pluginLog.split(' ').map(Number);
        assert.ok(executed > 1000);
        assert.equal(inline, executed);
      });
    }
  }
});
