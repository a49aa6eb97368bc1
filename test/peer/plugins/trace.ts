// The hashes of test/peer/trace.c (its events and their order are specified there), as a plugin of ours,
// with values=on: of the events without blocks and of all.
import {
  qemu_plugin_get_hwaddr,
  qemu_plugin_hwaddr_is_io,
  qemu_plugin_hwaddr_phys_addr,
  qemu_plugin_insn_data,
  qemu_plugin_insn_vaddr,
  qemu_plugin_mem_is_big_endian,
  qemu_plugin_mem_is_sign_extended,
  qemu_plugin_mem_is_store,
  qemu_plugin_mem_size_shift,
  qemu_plugin_outs,
  qemu_plugin_register_atexit_cb,
  qemu_plugin_register_vcpu_insn_exec_cb,
  qemu_plugin_register_vcpu_mem_cb,
  qemu_plugin_register_vcpu_tb_exec_cb,
  qemu_plugin_register_vcpu_tb_trans_cb,
  qemu_plugin_tb_get_insn,
  qemu_plugin_tb_n_insns,
  qemu_plugin_tb_vaddr,
  tcg_read_memory,
} from 'qemu-plugin';

const RAM = 128 << 20;

/** The two lanes of a hash. */
class Hash {
  private a = 0x811c9dc5;
  private b = 0x811c9dc5;

  mix(word: number): void {
    this.a = Math.imul(this.a ^ word, 0x01000193);
    const b = this.b ^ word;
    this.b = Math.imul((b << 13) | (b >>> 19), 0x9e3779b1);
  }

  toString(): string {
    return [this.a, this.b].map((lane) => (lane >>> 0).toString(16).padStart(8, '0')).join('');
  }
}

/** Of instructions and accesses, as tb=off; of these and blocks, as tb=on. */
const [plain, withBlocks] = [new Hash(), new Hash()];
let [insns, loads, stores, tbs, execs] = [0, 0, 0, 0, 0];

function mix(word: number): void {
  plain.mix(word);
  withBlocks.mix(word);
}

function onBlock(_vcpu: number, pc: number): void {
  execs++;
  withBlocks.mix(0x58000000);
  withBlocks.mix(pc);
}

interface Insn {
  readonly pc: number;
  readonly opcode: number;
  readonly size: number;
}

function onInsn(_vcpu: number, insn: Insn): void {
  insns++;
  mix(0x49000000 | insn.size);
  mix(insn.pc);
  mix(insn.opcode);
}

function onMem(vcpu: number, info: number, vaddr: number): void {
  const store = qemu_plugin_mem_is_store(info);
  if (store) stores++;
  else loads++;
  const shift = qemu_plugin_mem_size_shift(info);
  const hwaddr = qemu_plugin_get_hwaddr(info, vaddr);
  const io = qemu_plugin_hwaddr_is_io(hwaddr);
  const physical = hwaddr ? qemu_plugin_hwaddr_phys_addr(hwaddr) : vaddr;
  const hasValue = !io && physical + (1 << shift) <= RAM;
  const sign = qemu_plugin_mem_is_sign_extended(info);
  const big = qemu_plugin_mem_is_big_endian(info);
  const flag = (bit: number, on: boolean): number => (on ? 1 << bit : 0);
  mix(0x4d000000 | shift | flag(4, store) | flag(5, sign) | flag(6, big) | flag(7, io) | flag(8, hasValue));
  mix(vaddr);
  mix(physical);
  if (!hasValue) return;
  const bytes = tcg_read_memory(vcpu, vaddr, 1 << shift);
  mix(word(bytes.subarray(0, 4)));
  if (shift === 3) mix(word(bytes.subarray(4)));
}

function word(bytes: Uint8Array): number {
  return bytes.reduce((value, byte, i) => value | (byte << (8 * i)), 0);
}

export function qemu_plugin_install(id: number): number {
  qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
    const n = qemu_plugin_tb_n_insns(tb);
    const pc = qemu_plugin_tb_vaddr(tb);
    tbs++;
    withBlocks.mix(0x54000000 | n);
    withBlocks.mix(pc);
    qemu_plugin_register_vcpu_tb_exec_cb(tb, onBlock, 0, pc);
    for (let i = 0; i < n; i++) {
      const insn = qemu_plugin_tb_get_insn(tb, i)!;
      const data = qemu_plugin_insn_data(insn);
      const kept = { pc: qemu_plugin_insn_vaddr(insn), opcode: word(data), size: data.length };
      qemu_plugin_register_vcpu_insn_exec_cb(insn, onInsn, 0, kept);
      qemu_plugin_register_vcpu_mem_cb(insn, onMem, 0, 3, undefined);
    }
  });
  qemu_plugin_register_atexit_cb(id, () => {
    const counts = `insns=${insns} loads=${loads} stores=${stores} tbs=${tbs} execs=${execs}`;
    qemu_plugin_outs(`${counts} trace=${plain} blocks=${withBlocks}\n`);
  });
  return 0;
}
