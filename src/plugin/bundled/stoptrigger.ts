import type { PluginModule } from '../plugin-module';
import { hexAddress } from './format';
import { parseOptions } from './options';

/** `N[:code]` with numbers as C reads them; undefined if it is none. */
function trigger(text: string): { readonly value: number; readonly code: number } | undefined {
  const [value, code] = [/^[^:]*/.exec(text)?.[0] ?? '', /:(.*)$/.exec(text)?.[1] ?? '0'].map(Number);
  return Number.isSafeInteger(value) && Number.isSafeInteger(code) && text !== '' ? { value, code } : undefined;
}

/** `libstoptrigger.so`: ends the guest after a number of instructions, or when it comes to an address. */
export function stoptriggerPlugin(): PluginModule {
  return {
    qemu_plugin_install(id, _info, argv, api) {
      let icount: { readonly value: number; readonly code: number } | undefined;
      const codes = new Map<number, number>();
      const ok = parseOptions(api, argv, {
        icount: (text) => {
          icount = trigger(text);
          return icount !== undefined && icount.value > 0;
        },
        addr: (text) => {
          const found = trigger(text);
          if (found) codes.set(found.value, found.code);
          return found !== undefined;
        },
      });
      if (!ok) return -1;
      if (!icount && codes.size === 0) {
        api.tcg_error('icount or address not specified\n');
        return -1;
      }
      const end = (message: string, code: number): void => {
        api.qemu_plugin_outs(message);
        api.tcg_exit(code);
      };
      const score = api.qemu_plugin_scoreboard_new(8);
      const count = api.qemu_plugin_scoreboard_u64(score);
      const counted = (_vcpu: number, vaddr: number): void =>
        end(`icount reached at ${hexAddress(vaddr)}, exiting\n`, icount?.code ?? 0);
      const reached = (_vcpu: number, vaddr: number): void =>
        end(`${hexAddress(vaddr)} reached, exiting\n`, codes.get(vaddr) ?? 0);
      const none = api.QEMU_PLUGIN_CB_NO_REGS;
      api.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
        const n = api.qemu_plugin_tb_n_insns(tb);
        for (let i = 0; i < n; i++) {
          const insn = api.qemu_plugin_tb_get_insn(tb, i)!;
          const vaddr = api.qemu_plugin_insn_vaddr(insn);
          if (icount) {
            // The count before the instruction is compared: callbacks come before inline operations.
            const equal = api.QEMU_PLUGIN_COND_EQ;
            const last = icount.value - 1;
            api.qemu_plugin_register_vcpu_insn_exec_cond_cb(insn, counted, none, equal, count, last, vaddr);
            api.qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(insn, api.QEMU_PLUGIN_INLINE_ADD_U64, count, 1);
          }
          if (codes.has(vaddr)) api.qemu_plugin_register_vcpu_insn_exec_cb(insn, reached, none, vaddr);
        }
      });
      return 0;
    },
  };
}
