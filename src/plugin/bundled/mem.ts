import type { qemu_plugin_mem_rw } from 'qemu-plugin';
import type { PluginModule } from '../plugin-module';
import { booleanOption, parseOptions } from './options';

const TRACKS: Readonly<Record<string, qemu_plugin_mem_rw>> = { r: 1, w: 2, rw: 3 };

/** `libmem.so`: counts memory accesses, by inline addition or by callback, those to devices apart. */
export function memPlugin(): PluginModule {
  return {
    qemu_plugin_install(id, _info, argv, api) {
      let [inline, callback, haddr] = [false, false, false];
      let rw: qemu_plugin_mem_rw = 3;
      const ok = parseOptions(api, argv, {
        inline: booleanOption(api, 'inline', (value) => (inline = value)),
        callback: booleanOption(api, 'callback', (value) => (callback = value)),
        haddr: booleanOption(api, 'haddr', (value) => (haddr = value)),
        track: (value) => {
          if (!Object.hasOwn(TRACKS, value)) return `invalid value for argument track: track=${value}`;
          rw = TRACKS[value];
          return true;
        },
      });
      if (!ok) return -1;

      const inlineCount = api.tcg_u64_new();
      // Without a look at where they go, callbacks would only count: translated code does that by itself.
      const called = api.tcg_u64_new();
      let memory = 0;
      let io = 0;
      const access = (_vcpu: number, info: number, vaddr: number): void => {
        if (api.qemu_plugin_hwaddr_is_io(api.qemu_plugin_get_hwaddr(info, vaddr))) io++;
        else memory++;
      };
      api.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
        const n = api.qemu_plugin_tb_n_insns(tb);
        for (let i = 0; i < n; i++) {
          const insn = api.qemu_plugin_tb_get_insn(tb, i)!;
          const add = api.QEMU_PLUGIN_INLINE_ADD_U64;
          if (inline) api.qemu_plugin_register_vcpu_mem_inline(insn, rw, add, inlineCount, 1);
          if (callback && haddr) api.qemu_plugin_register_vcpu_mem_cb(insn, access, 0, rw, undefined);
          else if (callback) api.qemu_plugin_register_vcpu_mem_inline(insn, rw, add, called, 1);
        }
      });
      api.qemu_plugin_register_atexit_cb(id, () =>
        api.qemu_plugin_outs(
          (inline ? `inline mem accesses: ${inlineCount.get()}\n` : '') +
            (callback ? `callback mem accesses: ${called.get() + memory}\n` : '') +
            (haddr ? `io accesses: ${io}\n` : ''),
        ),
      );
      return 0;
    },
  };
}
