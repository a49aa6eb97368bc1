import assert from 'node:assert/strict';
import { TIERS } from '../../../src/adapter/engine/api';
import { plugin, programConfig, Session } from './session';

/** What libinsn.so, libbb.so and libmem.so print, counted by callbacks. */
const CALLED = `
exports.qemu_plugin_install = (id, info, argv, q) => {
  let [insns, blocks, inBlocks, accesses] = [0, 0, 0, 0];
  q.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
    const n = q.qemu_plugin_tb_n_insns(tb);
    q.qemu_plugin_register_vcpu_tb_exec_cb(tb, () => { blocks++; inBlocks += n; }, 0, 0);
    for (let i = 0; i < n; i++) {
      const insn = q.qemu_plugin_tb_get_insn(tb, i);
      q.qemu_plugin_register_vcpu_insn_exec_cb(insn, () => void insns++, 0, 0);
      q.qemu_plugin_register_vcpu_mem_cb(insn, () => void accesses++, 0, 3, 0);
    }
  });
  q.qemu_plugin_register_atexit_cb(id, () => q.qemu_plugin_outs(
    \`callback mem accesses: \${accesses}\\nCPU0: bb's: \${blocks}, insns: \${inBlocks}\\ncpu 0 insns: \${insns}\\ntotal insns: \${insns}\\n\`));
};`;

describe('bundled plugins that let translated code count what their callbacks would', () => {
  for (const program of ['exceptions-a32', 'mmu-a32-O1', 'timers-a32-O1']) {
    it(`print the same: ${program}`, async () => {
      for (const tier of TIERS) {
        const bundled = ['libinsn.so', 'libbb.so', 'libmem.so,callback=on'].map((spec) => ({ spec }));
        const plugins = [...bundled, plugin('called.js', CALLED)];
        const session = await Session.start(programConfig(program, { plugins, tier }));
        await session.run();
        const lines = session.pluginLog.trim().split('\n');
        assert.equal(lines.length, 8);
        assert.deepEqual(lines.slice(4), lines.slice(0, 4), tier);
      }
    });
  }
});
