import type { ImportContext, Imports } from './module';

/** What a plugin asks of a block and its instructions, inside of tb_trans. */
export function translationImports({ api, handles, instance, version }: ImportContext): Imports {
  return {
    qemu_plugin_tb_n_insns: (tb: number) => api.qemu_plugin_tb_n_insns(handles.block(tb)),
    qemu_plugin_tb_vaddr: (tb: number) => BigInt(api.qemu_plugin_tb_vaddr(handles.block(tb))),
    qemu_plugin_tb_get_insn(tb: number, index: number): number {
      const insn = api.qemu_plugin_tb_get_insn(handles.block(tb), index >>> 0);
      return insn ? handles.insnPointer(index >>> 0, insn) : 0;
    },
    // Up to version 2 a pointer is returned; then the bytes go to `dest`.
    qemu_plugin_insn_data(insn: number, dest: number, length: number): number {
      const found = handles.insn(insn);
      if (version() < 3) return handles.temporaryBytes(api.qemu_plugin_insn_data(found));
      const size = Math.min(length >>> 0, api.qemu_plugin_insn_size(found));
      return api.qemu_plugin_insn_data(found, instance().memory.slice(dest, size), size);
    },
    qemu_plugin_insn_size: (insn: number) => api.qemu_plugin_insn_size(handles.insn(insn)),
    qemu_plugin_insn_vaddr: (insn: number) => BigInt(api.qemu_plugin_insn_vaddr(handles.insn(insn))),
    qemu_plugin_insn_haddr: (insn: number) => (api.qemu_plugin_insn_haddr(handles.insn(insn)) ?? 0) | 0,
    qemu_plugin_insn_disas: (insn: number) => instance().newString(api.qemu_plugin_insn_disas(handles.insn(insn))),
    qemu_plugin_insn_symbol: (insn: number) => instance().ownString(api.qemu_plugin_insn_symbol(handles.insn(insn))),
  };
}
