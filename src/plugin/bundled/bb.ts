import type { PluginModule } from '../plugin-module';
import { booleanOption, parseOptions } from './options';

/** `libbb.so`: counts executed blocks and the instructions in them. */
export function bbPlugin(): PluginModule {
  return {
    qemu_plugin_install(id, _info, argv, api) {
      let [inline, idle] = [false, false];
      const ok = parseOptions(api, argv, {
        inline: booleanOption(api, 'inline', (value) => (inline = value)),
        idle: booleanOption(api, 'idle', (value) => (idle = value)),
      });
      if (!ok) return -1;

      // Either way translated code counts: who is told only the sums cannot tell the difference to callbacks.
      const board = api.qemu_plugin_scoreboard_new(16);
      const blocks = api.qemu_plugin_scoreboard_u64(board);
      const insns = api.qemu_plugin_scoreboard_u64_in_struct(board, 8);
      const lineOf = (vcpu: number): string => {
        const count = api.qemu_plugin_u64_get(blocks, vcpu);
        return count ? `CPU${vcpu}: bb's: ${count}, insns: ${api.qemu_plugin_u64_get(insns, vcpu)}\n` : '';
      };
      api.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
        const add = api.QEMU_PLUGIN_INLINE_ADD_U64;
        api.qemu_plugin_register_vcpu_tb_exec_inline_per_vcpu(tb, add, blocks, 1);
        api.qemu_plugin_register_vcpu_tb_exec_inline_per_vcpu(tb, add, insns, api.qemu_plugin_tb_n_insns(tb));
      });
      if (idle && !inline) {
        api.qemu_plugin_register_vcpu_idle_cb(id, (_id, vcpu) => {
          const line = lineOf(vcpu);
          if (line) api.qemu_plugin_outs(`Idle ${line}`);
        });
      }
      api.qemu_plugin_register_atexit_cb(id, () => {
        const total = `bb's: ${api.qemu_plugin_u64_sum(blocks)}, insns: ${api.qemu_plugin_u64_sum(insns)}\n`;
        const vcpus = Array.from({ length: api.qemu_plugin_n_max_vcpus() }, (_, vcpu) => lineOf(vcpu));
        api.qemu_plugin_outs(inline ? total : vcpus.join(''));
      });
      return 0;
    },
  };
}
