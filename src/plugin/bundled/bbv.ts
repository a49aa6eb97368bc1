import type { TcgFile } from 'qemu-plugin';
import type { PluginModule } from '../plugin-module';
import { numberOption, parseOptions } from './options';

interface Block {
  /** From 1, in the order of first translation. */
  readonly index: number;
  readonly insns: number;
  /** Executions in the current interval, by vCPU. */
  readonly counts: number[];
}

/** `libbbv.so`: basic block vectors for SimPoint, a line for each interval of instructions, a file for each vCPU. */
export function bbvPlugin(): PluginModule {
  return {
    qemu_plugin_install(id, info, argv, api) {
      let interval = 100_000_000;
      let outfile = '';
      const ok = parseOptions(api, argv, {
        interval: numberOption((value) => (interval = value), 1),
        outfile: (value) => {
          outfile = value;
          return value !== '';
        },
      });
      if (!ok) return -1;
      if (!outfile) {
        api.tcg_error('outfile unspecified\n');
        return -1;
      }
      const vcpus = info.system.max_vcpus;
      const files: TcgFile[] = Array.from({ length: vcpus }, (_, vcpu) =>
        api.tcg_open_file(`${outfile}.${vcpu}.bb`, 'w'),
      );
      const blocks = new Map<string, Block>();
      const executed: number[] = Array.from({ length: vcpus }, () => 0);
      const finishInterval = (vcpu: number): void => {
        let line = 'T';
        for (const { index, insns, counts } of blocks.values()) {
          if (counts[vcpu]) line += `:${index}:${counts[vcpu] * insns} `;
          counts[vcpu] = 0;
        }
        files[vcpu].write(`${line}\n`);
        executed[vcpu] = 0;
      };
      const run = (vcpu: number, block: Block): void => {
        if (executed[vcpu] >= interval) finishInterval(vcpu);
        block.counts[vcpu]++;
        executed[vcpu] += block.insns;
      };
      api.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
        const insns = api.qemu_plugin_tb_n_insns(tb);
        const key = `${api.qemu_plugin_tb_vaddr(tb)} ${insns}`;
        let block = blocks.get(key);
        if (!block) {
          const counts = Array.from({ length: vcpus }, () => 0);
          blocks.set(key, (block = { index: blocks.size + 1, insns, counts }));
        }
        api.qemu_plugin_register_vcpu_tb_exec_cb(tb, run, api.QEMU_PLUGIN_CB_NO_REGS, block);
      });
      api.qemu_plugin_register_atexit_cb(id, () => {
        for (let vcpu = 0; vcpu < vcpus; vcpu++) {
          if (executed[vcpu] >= interval) finishInterval(vcpu);
          files[vcpu].close();
        }
      });
      return 0;
    },
  };
}
