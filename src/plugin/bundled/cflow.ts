import type { PluginModule } from '../plugin-module';
import { hexAddress } from './format';
import { numberOption, parseOptions } from './options';

/** Where control may leave the straight line: the last instruction of a block, or one that faulted. */
interface Node {
  readonly address: number;
  readonly symbol: string | null;
  readonly disassembly: string;
  /** Whether it ends its block; else only an exception leaves there. */
  readonly endsBlock: boolean;
  /** The block was left before its end here. */
  early: number;
  branches: number;
  readonly destinations: Map<number, number>;
}

/** What each vCPU did last. */
interface Last {
  insn: Insn | undefined;
  end: Insn | undefined;
  /** Where execution goes on without a branch. */
  next: number;
}

interface Insn {
  readonly address: number;
  readonly symbol: string | null;
  readonly disassembly: string;
}

const ORDERS: Readonly<Record<string, (a: Node, b: Node) => number>> = {
  hottest: (a, b) => b.branches - a.branches,
  exceptions: (a, b) => Number(a.endsBlock) - Number(b.endsBlock) || b.branches - a.branches,
  early: (a, b) => b.early - a.early,
};
const LIMIT = 10;

/** `libcflow.so`: the branches taken most, where blocks are left early, and where exceptions come from. */
export function cflowPlugin(): PluginModule {
  return {
    qemu_plugin_install(id, info, argv, api) {
      let order = ORDERS.hottest;
      let limit = LIMIT;
      const ok = parseOptions(api, argv, {
        sort: (value) => {
          if (!Object.hasOwn(ORDERS, value)) return false;
          order = ORDERS[value];
          return true;
        },
        limit: numberOption((value) => (limit = value), 1),
      });
      if (!ok) return -1;
      const nodes = new Map<number, Node>();
      const last: Last[] = Array.from({ length: info.system.max_vcpus }, () => ({
        insn: undefined,
        end: undefined,
        next: -1,
      }));
      const nodeOf = (insn: Insn, endsBlock: boolean): Node => {
        let node = nodes.get(insn.address);
        if (!node) {
          node = { ...insn, endsBlock, early: 0, branches: 0, destinations: new Map() };
          nodes.set(insn.address, node);
        }
        return node;
      };
      interface Block {
        readonly start: number;
        readonly next: number;
        readonly end: Insn;
      }
      const began = (vcpu: number, block: Block): void => {
        const state = last[vcpu];
        const { insn, end } = state;
        if (insn && end && (insn !== end || block.start !== state.next)) {
          const node = nodeOf(insn, insn === end);
          if (insn !== end) node.early++;
          node.branches++;
          node.destinations.set(block.start, (node.destinations.get(block.start) ?? 0) + 1);
        }
        state.end = block.end;
        state.next = block.next;
      };
      const ran = (vcpu: number, insn: Insn): void => {
        last[vcpu].insn = insn;
      };
      const none = api.QEMU_PLUGIN_CB_NO_REGS;
      api.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
        const n = api.qemu_plugin_tb_n_insns(tb);
        const handles = Array.from({ length: n }, (_, i) => api.qemu_plugin_tb_get_insn(tb, i)!);
        const insns: Insn[] = handles.map((handle) => ({
          address: api.qemu_plugin_insn_vaddr(handle),
          symbol: api.qemu_plugin_insn_symbol(handle),
          disassembly: api.qemu_plugin_insn_disas(handle),
        }));
        const end = insns[n - 1];
        const next = end.address + api.qemu_plugin_insn_size(handles[n - 1]);
        api.qemu_plugin_register_vcpu_tb_exec_cb(tb, began, none, { start: insns[0].address, next, end });
        handles.forEach((handle, i) => api.qemu_plugin_register_vcpu_insn_exec_cb(handle, ran, none, insns[i]));
      });
      api.qemu_plugin_register_atexit_cb(id, () => {
        const sorted = [...nodes.values()].sort((a, b) => order(a, b) || a.address - b.address);
        const lines = [`collected ${sorted.length} control flow nodes in the hash table`];
        for (const node of sorted.slice(0, limit)) {
          const kind = node.endsBlock ? 'branch' : 'sync fault';
          const symbol = node.symbol === null ? '' : ` ${node.symbol}`;
          lines.push(`  addr: ${hexAddress(node.address)}${symbol}: ${node.disassembly} (${kind})`);
          if (node.early > 0) lines.push(`    early exits ${node.early}`);
          lines.push(`    branches ${node.branches}`);
          for (const [to, count] of [...node.destinations].sort(([a, x], [b, y]) => y - x || a - b)) {
            lines.push(`      to ${hexAddress(to)} (${count})`);
          }
        }
        api.qemu_plugin_outs(`${lines.join('\n')}\n`);
      });
      return 0;
    },
  };
}
