import type { PluginModule } from '../plugin-module';
import { parseOptions } from './options';

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9 };

/** A number of instructions, with k, m or g for thousands, millions and thousands of millions. */
function instructions(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?(?:e\d+)?)([kmg]?)$/i.exec(text);
  const value = match ? Number(match[1]) * UNITS[match[2].toLowerCase()] : NaN;
  return Number.isFinite(value) && value >= 1 ? Math.floor(value) : undefined;
}

/** `libips.so`: a guest of so many instructions a second, in its own time and in real time. */
export function ipsPlugin(): PluginModule {
  return {
    qemu_plugin_install(id, _info, argv, api) {
      let ips = 1e9;
      let quantum: number | undefined;
      const ok = parseOptions(api, argv, {
        ips: (text) => {
          const value = instructions(text);
          ips = value ?? ips;
          return value !== undefined;
        },
        ipq: (text) => (quantum = instructions(text)) !== undefined,
      });
      if (!ok) return -1;
      const perQuantum = quantum ?? Math.max(1, Math.floor(ips / 10));
      const control = api.qemu_plugin_request_time_control();
      if (!control) {
        api.tcg_error('another plugin controls the time\n');
        return -1;
      }
      const score = api.qemu_plugin_scoreboard_new(16);
      const inQuantum = api.qemu_plugin_scoreboard_u64(score);
      const total = api.qemu_plugin_scoreboard_u64_in_struct(score, 8);
      const endQuantum = (vcpu: number): void => {
        const executed = api.qemu_plugin_u64_get(inQuantum, vcpu);
        api.qemu_plugin_u64_add(total, vcpu, executed);
        api.qemu_plugin_u64_set(inQuantum, vcpu, 0);
        api.qemu_plugin_update_ns(control, Math.floor((api.qemu_plugin_u64_get(total, vcpu) * 1e9) / ips));
        api.tcg_sleep((executed * 1000) / ips);
      };
      api.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
        const none = api.QEMU_PLUGIN_CB_NO_REGS;
        const atLeast = api.QEMU_PLUGIN_COND_GE;
        const add = api.QEMU_PLUGIN_INLINE_ADD_U64;
        api.qemu_plugin_register_vcpu_tb_exec_cond_cb(tb, endQuantum, none, atLeast, inQuantum, perQuantum, undefined);
        const n = api.qemu_plugin_tb_n_insns(tb);
        api.qemu_plugin_register_vcpu_tb_exec_inline_per_vcpu(tb, add, inQuantum, n);
      });
      return 0;
    },
  };
}
