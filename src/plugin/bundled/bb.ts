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

      const blocks = api.tcg_u64_new();
      const insns = api.tcg_u64_new();
      const perVcpu = Array.from({ length: api.qemu_plugin_n_max_vcpus() }, () => ({ blocks: 0, insns: 0 }));
      const lineOf = (vcpu: number): string => {
        const count = perVcpu[vcpu];
        return count.blocks ? `CPU${vcpu}: bb's: ${count.blocks}, insns: ${count.insns}\n` : '';
      };
      const executed = (vcpu: number, n: number): void => {
        perVcpu[vcpu].blocks++;
        perVcpu[vcpu].insns += n;
      };
      api.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
        const n = api.qemu_plugin_tb_n_insns(tb);
        if (inline) {
          const add = api.QEMU_PLUGIN_INLINE_ADD_U64;
          api.qemu_plugin_register_vcpu_tb_exec_inline(tb, add, blocks, 1);
          api.qemu_plugin_register_vcpu_tb_exec_inline(tb, add, insns, n);
        } else {
          api.qemu_plugin_register_vcpu_tb_exec_cb(tb, executed, api.QEMU_PLUGIN_CB_NO_REGS, n);
        }
      });
      if (idle) {
        api.qemu_plugin_register_vcpu_idle_cb(id, (_id, vcpu) => {
          const line = lineOf(vcpu);
          if (line) api.qemu_plugin_outs(`Idle ${line}`);
        });
      }
      api.qemu_plugin_register_atexit_cb(id, () => {
        const total = `bb's: ${blocks.get()}, insns: ${insns.get()}\n`;
        api.qemu_plugin_outs(inline ? total : perVcpu.map((_, vcpu) => lineOf(vcpu)).join(''));
      });
      return 0;
    },
  };
}
