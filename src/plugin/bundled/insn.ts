import type { qemu_plugin_insn, qemu_plugin_u64 } from 'qemu-plugin';
import type { PluginModule, QemuPluginApi } from '../plugin-module';
import { booleanOption, parseOptions } from './options';

interface Options {
  inline: boolean;
  sizes: boolean;
  readonly matches: string[];
  /** Undefined: as QEMU 7.2, which prints each match and no summary. */
  trace: boolean | undefined;
}

interface Match {
  readonly text: string;
  hits: number;
  lastHit: number;
  totalDelta: number;
  readonly insns: Map<string, MatchedInsn>;
}

interface MatchedInsn {
  readonly vaddr: number;
  readonly disassembly: string;
  hits: number;
}

/** `libinsn.so`: counts executed instructions, translated ones by size, and those whose disassembly begins with a text. */
export function insnPlugin(): PluginModule {
  return {
    qemu_plugin_install(id, _info, argv, api) {
      const options: Options = { inline: false, sizes: false, matches: [], trace: undefined };
      const ok = parseOptions(api, argv, {
        inline: booleanOption(api, 'inline', (value) => (options.inline = value)),
        sizes: booleanOption(api, 'sizes', (value) => (options.sizes = value)),
        trace: booleanOption(api, 'trace', (value) => (options.trace = value)),
        match: (value) => {
          options.matches.push(value);
          return true;
        },
      });
      if (!ok) return -1;
      const counter = new InstructionCounter(api, options);
      api.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
        const n = api.qemu_plugin_tb_n_insns(tb);
        for (let i = 0; i < n; i++) counter.translated(api.qemu_plugin_tb_get_insn(tb, i)!);
      });
      api.qemu_plugin_register_atexit_cb(id, () => api.qemu_plugin_outs(counter.report()));
      return 0;
    },
  };
}

class InstructionCounter {
  /** By vCPU. Translated code counts, with `inline` and without: who is told only the sums cannot tell the difference. */
  private readonly executed: qemu_plugin_u64;
  private readonly sizes: number[] = [];
  private readonly matches: readonly Match[];

  constructor(
    private readonly api: QemuPluginApi,
    private readonly options: Options,
  ) {
    this.executed = api.qemu_plugin_scoreboard_u64(api.qemu_plugin_scoreboard_new(8));
    this.matches = options.matches.map((text) => ({ text, hits: 0, lastHit: 0, totalDelta: 0, insns: new Map() }));
  }

  translated(insn: qemu_plugin_insn): void {
    const { api, options } = this;
    api.qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(insn, api.QEMU_PLUGIN_INLINE_ADD_U64, this.executed, 1);
    if (options.sizes) {
      const size = api.qemu_plugin_insn_size(insn);
      this.sizes[size] = (this.sizes[size] ?? 0) + 1;
    }
    if (this.matches.length) this.track(insn);
  }

  private track(insn: qemu_plugin_insn): void {
    const { api } = this;
    const disassembly = api.qemu_plugin_insn_disas(insn);
    const vaddr = api.qemu_plugin_insn_vaddr(insn);
    for (const match of this.matches) {
      if (!disassembly.startsWith(match.text)) continue;
      const key = `${vaddr} ${disassembly}`;
      let matched = match.insns.get(key);
      if (!matched) match.insns.set(key, (matched = { vaddr, disassembly, hits: 0 }));
      const found = { match, insn: matched };
      api.qemu_plugin_register_vcpu_insn_exec_cb(insn, this.matched, api.QEMU_PLUGIN_CB_NO_REGS, found);
    }
  }

  private readonly matched = (vcpu: number, { match, insn }: { match: Match; insn: MatchedInsn }): void => {
    const { api, options } = this;
    // QEMU's callback has counted the instruction already, its inline addition comes after this.
    const executed = options.inline
      ? api.qemu_plugin_u64_sum(this.executed)
      : api.qemu_plugin_u64_get(this.executed, vcpu) + 1;
    const delta = executed - match.lastHit;
    insn.hits++;
    match.hits++;
    match.totalDelta += delta;
    match.lastHit = executed;
    if (options.trace === false) return;
    const average = Math.floor(match.totalDelta / match.hits);
    const cpu = options.trace ? ` , cpu ${vcpu},` : ',';
    this.api.qemu_plugin_outs(
      `0x${insn.vaddr.toString(16)}, '${insn.disassembly}', ${insn.hits} hits${cpu} ${match.hits} match hits, ` +
        `Δ+${delta} since last match, ${average} avg insns/match\n`,
    );
  };

  report(): string {
    return (this.options.sizes ? this.sizeLines() : this.countLines()) + this.matchLines();
  }

  private sizeLines(): string {
    // Array.prototype.map would keep the holes of sizes that never came.
    return Object.entries(this.sizes)
      .map(([size, count]) => `len ${size} bytes: ${count} insns\n`)
      .join('');
  }

  private countLines(): string {
    const { api, executed } = this;
    const total = api.qemu_plugin_u64_sum(executed);
    if (this.options.inline) return `insns: ${total}\n`;
    let lines = '';
    for (let vcpu = 0; vcpu < api.qemu_plugin_n_max_vcpus(); vcpu++) {
      const count = api.qemu_plugin_u64_get(executed, vcpu);
      if (count) lines += `cpu ${vcpu} insns: ${count}\n`;
    }
    return `${lines}total insns: ${total}\n`;
  }

  private matchLines(): string {
    if (this.options.trace === undefined) return '';
    return this.matches
      .map((match) => {
        const insns = [...match.insns.values()].sort((a, b) => a.vaddr - b.vaddr);
        const rows = insns.map((i) => `  ${i.vaddr.toString(16)}: ${i.disassembly} (hits ${i.hits})\n`);
        return `Match: ${match.text}, hits ${match.hits}\n${rows.join('')}`;
      })
      .join('');
  }
}
