import type { PluginModule } from '../plugin-module';
import { hexAddress } from './format';
import { booleanOption, parseOptions, type OptionHandler } from './options';

/** Bytes written as hexadecimal digits, with or without `0x`. */
function bytesOption(set: (bytes: Uint8Array) => void): OptionHandler {
  return (text) => {
    const digits = text.replace(/^0x/i, '');
    if (!/^([0-9a-f]{2})+$/i.test(digits)) return false;
    set(Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16)));
    return true;
  };
}

/** `libpatch.so`: writes `patch` over code that begins with `target`, before it runs. */
export function patchPlugin(): PluginModule {
  return {
    qemu_plugin_install(id, _info, argv, api) {
      let target = new Uint8Array();
      let patch = new Uint8Array();
      let useHwaddr = true;
      const ok = parseOptions(api, argv, {
        target: bytesOption((bytes) => (target = Uint8Array.from(bytes))),
        patch: bytesOption((bytes) => (patch = Uint8Array.from(bytes))),
        use_hwaddr: booleanOption(api, 'use_hwaddr', (value) => (useHwaddr = value)),
      });
      if (!ok) return -1;
      for (const [name, bytes] of Object.entries({ target, patch })) {
        if (bytes.length > 0) continue;
        api.tcg_error(`${name} is required: bytes as hexadecimal digits\n`);
        return -1;
      }
      const write = (_vcpu: number, vaddr: number): void => {
        const at = useHwaddr ? api.qemu_plugin_translate_vaddr(vaddr) : vaddr;
        if (at === null) return api.qemu_plugin_outs(`Failed to translate ${hexAddress(vaddr)}\n`);
        api.qemu_plugin_outs(`patching: @${hexAddress(at)}\n`);
        const data = api.g_byte_array_new(patch);
        const result = useHwaddr
          ? api.qemu_plugin_write_memory_hwaddr(at, data) === api.QEMU_PLUGIN_HWADDR_OPERATION_OK
          : api.qemu_plugin_write_memory_vaddr(at, data);
        if (!result) return api.qemu_plugin_outs('Failed to write memory\n');
        api.qemu_plugin_outs('Reading memory...\n');
        const found = api.g_byte_array_new();
        if (useHwaddr) api.qemu_plugin_read_memory_hwaddr(at, found, patch.length);
        else api.qemu_plugin_read_memory_vaddr(at, found, patch.length);
        const same = patch.every((byte, i) => found.data[i] === byte);
        api.qemu_plugin_outs(same ? 'Success!\n' : 'The memory does not hold what was written\n');
      };
      api.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
        const n = api.qemu_plugin_tb_n_insns(tb);
        for (let i = 0; i < n; i++) {
          const insn = api.qemu_plugin_tb_get_insn(tb, i)!;
          const data = api.qemu_plugin_insn_data(insn);
          if (data.length < target.length || !target.every((byte, k) => data[k] === byte)) continue;
          // At the block's start: what is patched is translated anew before it runs.
          api.qemu_plugin_register_vcpu_tb_exec_cb(
            tb,
            write,
            api.QEMU_PLUGIN_CB_NO_REGS,
            api.qemu_plugin_insn_vaddr(insn),
          );
        }
      });
      return 0;
    },
  };
}
