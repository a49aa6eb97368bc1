// What test/peer/events.c does, in our plugins' language: one kind of event counted in one way and nothing else. `batch` counts
// accesses that it is told of in batches, one by one.
import {
  qemu_plugin_outs,
  qemu_plugin_register_atexit_cb,
  qemu_plugin_register_vcpu_insn_exec_cb,
  qemu_plugin_register_vcpu_insn_exec_inline,
  qemu_plugin_register_vcpu_mem_cb,
  qemu_plugin_register_vcpu_tb_exec_inline,
  qemu_plugin_register_vcpu_tb_trans_cb,
  qemu_plugin_tb_get_insn,
  qemu_plugin_tb_n_insns,
  TCG_EVENT_INFO,
  TCG_EVENT_INSN,
  TCG_EVENT_WORDS,
  tcg_register_batch_cb,
  tcg_register_vcpu_mem_batch,
  tcg_u64_new,
  type qemu_info_t,
} from 'qemu-plugin';

export function qemu_plugin_install(id: number, _info: qemu_info_t, argv: readonly string[]): number {
  const mode = /^mode=(inline|block|exec|mem|batch)$/.exec(argv[0] ?? 'mode=inline')?.[1];
  if (mode === undefined) return -1;
  const inline = tcg_u64_new();
  let events = 0;
  const count = (): void => void events++;
  if (mode === 'batch') {
    tcg_register_batch_cb(id, (_id, words, n) => {
      for (let at = TCG_EVENT_INFO; n > 0; n--, at += TCG_EVENT_WORDS) if (words[at] !== TCG_EVENT_INSN) events++;
    });
  }
  qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
    const n = qemu_plugin_tb_n_insns(tb);
    if (mode === 'block') qemu_plugin_register_vcpu_tb_exec_inline(tb, 0, inline, n);
    for (let i = 0; i < n; i++) {
      const insn = qemu_plugin_tb_get_insn(tb, i)!;
      if (mode === 'inline') qemu_plugin_register_vcpu_insn_exec_inline(insn, 0, inline, 1);
      if (mode === 'exec') qemu_plugin_register_vcpu_insn_exec_cb(insn, count, 0, undefined);
      if (mode === 'mem') qemu_plugin_register_vcpu_mem_cb(insn, count, 0, 3, undefined);
      if (mode === 'batch') tcg_register_vcpu_mem_batch(insn, 3, 0);
    }
  });
  qemu_plugin_register_atexit_cb(id, () => qemu_plugin_outs(`events: ${inline.get() + events}\n`));
  return 0;
}
