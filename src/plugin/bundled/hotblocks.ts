import type { qemu_plugin_u64 } from 'qemu-plugin';
import type { PluginModule } from '../plugin-module';
import { hexAddress } from './format';
import { booleanOption, numberOption, parseOptions } from './options';

interface Block {
  readonly pc: number;
  readonly insns: number;
  translations: number;
  readonly executions: qemu_plugin_u64;
}

/** `libhotblocks.so`: the blocks that run most often. */
export function hotblocksPlugin(): PluginModule {
  return {
    qemu_plugin_install(id, _info, argv, api) {
      let limit = 20;
      const ok = parseOptions(api, argv, {
        // Translated code counts either way: nobody can tell the difference.
        inline: booleanOption(api, 'inline', () => {}),
        limit: numberOption((value) => (limit = value)),
      });
      if (!ok) return -1;

      const blocks = new Map<string, Block>();
      api.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
        const pc = api.qemu_plugin_tb_vaddr(tb);
        const insns = api.qemu_plugin_tb_n_insns(tb);
        const key = `${pc} ${insns}`;
        let block = blocks.get(key);
        if (!block) {
          blocks.set(key, (block = { pc, insns, translations: 0, executions: api.tcg_u64_new() }));
        }
        block.translations++;
        api.qemu_plugin_register_vcpu_tb_exec_inline(tb, api.QEMU_PLUGIN_INLINE_ADD_U64, block.executions, 1);
      });
      api.qemu_plugin_register_atexit_cb(id, () => {
        const all = [...blocks.values()].map((block) => ({ ...block, executions: block.executions.get() }));
        all.sort((a, b) => b.executions - a.executions || a.pc - b.pc || a.insns - b.insns);
        const rows = all
          .slice(0, limit || undefined)
          .map((b) => `${hexAddress(b.pc, 16)}, ${b.translations}, ${b.insns}, ${b.executions}\n`);
        const header = `collected ${all.length} entries in the hash table\npc, tcount, icount, ecount\n`;
        api.qemu_plugin_outs(header + rows.join(''));
      });
      return 0;
    },
  };
}
