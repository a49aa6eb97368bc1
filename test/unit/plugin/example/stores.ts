// The example of docs/plugins.md: counts the stores of each function and pauses at the first one into a range.
import {
  QEMU_PLUGIN_CB_NO_REGS,
  QEMU_PLUGIN_INLINE_ADD_U64,
  QEMU_PLUGIN_MEM_W,
  qemu_plugin_insn_symbol,
  qemu_plugin_outs,
  qemu_plugin_register_atexit_cb,
  qemu_plugin_register_vcpu_mem_cb,
  qemu_plugin_register_vcpu_mem_inline,
  qemu_plugin_register_vcpu_tb_trans_cb,
  qemu_plugin_tb_get_insn,
  qemu_plugin_tb_n_insns,
  tcg_error,
  tcg_request_stop,
  tcg_u64_new,
  type qemu_info_t,
  type qemu_plugin_id_t,
  type qemu_plugin_u64,
} from 'qemu-plugin';

const counters = new Map<string, qemu_plugin_u64>();
let watched: number | undefined;

function counterOf(symbol: string): qemu_plugin_u64 {
  let counter = counters.get(symbol);
  if (!counter) counters.set(symbol, (counter = tcg_u64_new()));
  return counter;
}

export function qemu_plugin_install(id: qemu_plugin_id_t, info: qemu_info_t, argv: string[]): number {
  for (const argument of argv) {
    const address = /^watch=(0x[0-9a-f]+)$/.exec(argument);
    if (!address) {
      tcg_error(`option parsing failed: ${argument}\n`);
      return -1;
    }
    watched = Number(address[1]);
  }
  qemu_plugin_outs(`counting stores on ${info.target_name}\n`);

  qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
    for (let i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
      const insn = qemu_plugin_tb_get_insn(tb, i)!;
      const counter = counterOf(qemu_plugin_insn_symbol(insn) ?? '?');
      // Counted by translated code itself, without a call: costs next to nothing.
      qemu_plugin_register_vcpu_mem_inline(insn, QEMU_PLUGIN_MEM_W, QEMU_PLUGIN_INLINE_ADD_U64, counter, 1);
      if (watched === undefined) continue;
      qemu_plugin_register_vcpu_mem_cb(insn, onStore, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_W, watched);
    }
  });
  qemu_plugin_register_atexit_cb(id, () => {
    for (const [symbol, counter] of counters) qemu_plugin_outs(`${symbol}: ${counter.get()} stores\n`);
  });
  return 0;
}

function onStore(_vcpu: number, _info: number, vaddr: number, watched_: number): void {
  if (vaddr === watched_) tcg_request_stop(`store to 0x${vaddr.toString(16)}`);
}
