// What test/peer/counts.c prints: the same events counted by inline additions and by callbacks.
import {
  qemu_plugin_mem_is_store,
  qemu_plugin_outs,
  qemu_plugin_register_atexit_cb,
  qemu_plugin_register_vcpu_insn_exec_cb,
  qemu_plugin_register_vcpu_insn_exec_inline,
  qemu_plugin_register_vcpu_mem_cb,
  qemu_plugin_register_vcpu_mem_inline,
  qemu_plugin_register_vcpu_tb_exec_cb,
  qemu_plugin_register_vcpu_tb_exec_inline,
  qemu_plugin_register_vcpu_tb_trans_cb,
  qemu_plugin_tb_get_insn,
  qemu_plugin_tb_n_insns,
  tcg_u64_new,
} from 'qemu-plugin';

export function qemu_plugin_install(id: number): number {
  const [inlineTbs, inlineInsns, byBlock, inlineAccesses] = Array.from({ length: 4 }, tcg_u64_new);
  let [tbs, insns, loads, stores, translated, translatedInsns] = [0, 0, 0, 0, 0, 0];
  qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
    const n = qemu_plugin_tb_n_insns(tb);
    translated++;
    translatedInsns += n;
    qemu_plugin_register_vcpu_tb_exec_inline(tb, 0, inlineTbs, 1);
    qemu_plugin_register_vcpu_tb_exec_inline(tb, 0, byBlock, n);
    qemu_plugin_register_vcpu_tb_exec_cb(tb, () => tbs++, 0, undefined);
    for (let i = 0; i < n; i++) {
      const insn = qemu_plugin_tb_get_insn(tb, i)!;
      qemu_plugin_register_vcpu_insn_exec_inline(insn, 0, inlineInsns, 1);
      qemu_plugin_register_vcpu_insn_exec_cb(insn, () => insns++, 0, undefined);
      qemu_plugin_register_vcpu_mem_inline(insn, 3, 0, inlineAccesses, 1);
      const count = (_vcpu: number, info: number): number => (qemu_plugin_mem_is_store(info) ? stores++ : loads++);
      qemu_plugin_register_vcpu_mem_cb(insn, count, 0, 3, undefined);
    }
  });
  qemu_plugin_register_atexit_cb(id, () => {
    qemu_plugin_outs(`tbs: inline ${inlineTbs.get()}, callback ${tbs}\n`);
    qemu_plugin_outs(`insns: inline ${inlineInsns.get()}, callback ${insns}, by block ${byBlock.get()}\n`);
    qemu_plugin_outs(`accesses: inline ${inlineAccesses.get()}, callback ${loads + stores}\n`);
    qemu_plugin_outs(`loads: ${loads}, stores: ${stores}\n`);
    qemu_plugin_outs(`translated: ${translated} blocks, ${translatedInsns} insns\n`);
  });
  return 0;
}
