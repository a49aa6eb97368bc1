import type { qemu_plugin_id_t, qemu_plugin_tb, TcgCallPath, TcgCosts, TcgProgramCode } from 'qemu-plugin';
import { isReturn } from '../bundled/profile-functions';
import type { QemuPluginApi } from '../plugin-module';
import { CallTree, type BlockEnd, type CallBlock, type CallNode } from './call-tree';
import { costArray, COST_KINDS, costsFrom } from './costs';

/** BL and BLX, with a condition or none; not BLT, BLE, BLS and BLO. */
const CALL = /^blx?(eq|ne|cs|hs|cc|lo|mi|pl|vs|vc|hi|ls|ge|lt|gt|le)?(\.w)?\s/;

/** Joins a {@link CallTree} to the blocks of the guest, and knows what code the program has: what profiles are made of. */
export class ProgramProfile {
  private readonly tree: CallTree;
  private readonly entries: ReadonlySet<number>;

  /** @param costs what the vCPU has cost so far */
  constructor(
    private readonly api: QemuPluginApi,
    id: qemu_plugin_id_t,
    vcpus: number,
    costs: (vcpu: number) => TcgCosts,
  ) {
    this.entries = new Set(api.tcg_functions().map(({ start }) => start));
    this.tree = new CallTree(vcpus, COST_KINDS, (vcpu) => costArray(costs(vcpu)));
    const kinds = api.QEMU_PLUGIN_DISCON_INTERRUPT | api.QEMU_PLUGIN_DISCON_EXCEPTION;
    api.qemu_plugin_register_vcpu_discon_cb(id, kinds, (_id, vcpu, _type, from) => this.tree.exception(vcpu, from));
  }

  /** For each translated block, before other callbacks are registered on it. */
  translated(tb: qemu_plugin_tb): void {
    const { api } = this;
    const count = api.qemu_plugin_tb_n_insns(tb);
    const [first, last] = [0, count - 1].map((index) => api.qemu_plugin_tb_get_insn(tb, index)!);
    const vaddr = api.qemu_plugin_tb_vaddr(tb);
    const block: CallBlock = {
      vaddr,
      name: api.qemu_plugin_insn_symbol(first) ?? '???',
      isEntry: this.entries.has(vaddr),
      end: endOf(api.qemu_plugin_insn_disas(last)),
      last: api.qemu_plugin_insn_vaddr(last),
      next: api.qemu_plugin_insn_vaddr(last) + api.qemu_plugin_insn_size(last),
    };
    api.qemu_plugin_register_vcpu_tb_exec_cb(tb, this.entered, api.QEMU_PLUGIN_CB_NO_REGS, block);
  }

  private readonly entered = (vcpu: number, block: CallBlock): void => this.tree.block(vcpu, block);

  /** The calls by path; parents before their children. */
  get calls(): TcgCallPath[] {
    const { api } = this;
    const indices = new Map<CallNode, number>();
    return this.tree.nodes().map(({ node, inclusive }, index) => {
      indices.set(node, index);
      return {
        parent: node.parent ? (indices.get(node.parent) ?? -1) : -1,
        name: node.name,
        source: api.tcg_source_line(node.entry),
        site: node.parent?.parent ? api.tcg_source_line(node.site) : null,
        calls: node.calls,
        inclusive: costsFrom(inclusive),
      };
    });
  }

  /** The lines and functions of the program, executed or not. */
  get code(): TcgProgramCode {
    const { api } = this;
    const functions = api.tcg_functions().map(({ name, start }) => ({
      name,
      address: start,
      source: api.tcg_source_line(start),
    }));
    return { lines: api.tcg_code_lines(), functions };
  }
}

function endOf(disassembly: string): BlockEnd {
  if (CALL.test(disassembly)) return 'call';
  return isReturn(disassembly) ? 'return' : 'other';
}
