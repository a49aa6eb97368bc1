import type { qemu_plugin_insn, qemu_plugin_u64 } from 'qemu-plugin';
import type { PluginModule, QemuPluginApi } from '../plugin-module';
import { hexAddress } from './format';
import { ARM_CLASSES, classify } from './howvec-classes';
import { booleanOption, parseOptions } from './options';

type What = 'class' | 'individual' | 'none';

/** Translated code counts, with `inline` and without: nobody can tell the difference. */
interface Counter {
  readonly count: qemu_plugin_u64;
}

interface Class extends Counter {
  readonly label: string;
  readonly option: string;
  what: What;
}

interface Individual extends Counter {
  readonly opcode: number;
  readonly mnemonic: string;
}

/** At most so many individual instructions are printed. */
const LIMIT = 50;

/** `libhowvec.so`: executed instructions by class, chosen classes by instruction. */
export function howvecPlugin(): PluginModule {
  return {
    qemu_plugin_install(id, _info, argv, api) {
      let verbose = false;
      const what = new Map<string, What>();
      const known = new Set([...ARM_CLASSES.map(({ option }) => option), UNCLASSIFIED.option]);
      const ok = parseOptions(api, argv, {
        inline: booleanOption(api, 'inline', () => {}),
        verbose: booleanOption(api, 'verbose', (value) => (verbose = value)),
        count: (value) => {
          const option = value.replace(/^!/, '');
          what.set(option, value.startsWith('!') ? 'none' : 'individual');
          return known.has(option);
        },
      });
      if (!ok) return -1;
      const counts = new Counts(api, what);
      api.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
        const n = api.qemu_plugin_tb_n_insns(tb);
        for (let i = 0; i < n; i++) counts.translated(api.qemu_plugin_tb_get_insn(tb, i)!);
      });
      api.qemu_plugin_register_atexit_cb(id, () => api.qemu_plugin_outs(counts.report(verbose)));
      return 0;
    },
  };
}

const UNCLASSIFIED = { label: 'Unclassified', option: 'unclas' };

class Counts {
  private readonly classes: Class[];
  private readonly byOption: ReadonlyMap<string, Class>;
  private readonly individuals = new Map<number, Individual>();

  constructor(
    private readonly api: QemuPluginApi,
    what: ReadonlyMap<string, What>,
  ) {
    this.classes = [...ARM_CLASSES, UNCLASSIFIED].map(({ label, option }) => ({
      ...this.counter(),
      label,
      option,
      what: what.get(option) ?? (option === UNCLASSIFIED.option ? 'individual' : 'class'),
    }));
    this.byOption = new Map(this.classes.map((c) => [c.option, c]));
  }

  private counter(): Counter {
    return { count: this.api.tcg_u64_new() };
  }

  translated(insn: qemu_plugin_insn): void {
    const { api } = this;
    const disassembly = api.qemu_plugin_insn_disas(insn);
    const group = this.byOption.get((classify(disassembly) ?? UNCLASSIFIED).option);
    if (!group || group.what === 'none') return;
    const counter = group.what === 'class' ? group : this.individual(insn, disassembly);
    api.qemu_plugin_register_vcpu_insn_exec_inline(insn, api.QEMU_PLUGIN_INLINE_ADD_U64, counter.count, 1);
  }

  private individual(insn: qemu_plugin_insn, disassembly: string): Individual {
    const opcode = this.api.qemu_plugin_insn_data(insn).reduceRight((value, byte) => value * 256 + byte, 0);
    let found = this.individuals.get(opcode);
    if (!found) {
      this.individuals.set(opcode, (found = { ...this.counter(), opcode, mnemonic: disassembly }));
    }
    return found;
  }

  report(verbose: boolean): string {
    const countOf = (counter: Counter): number => counter.count.get();
    const lines = ['Instruction Classes:'];
    for (const group of this.classes) {
      const name = `Class: ${group.label.padEnd(24)}\t`;
      if (group.what === 'individual') lines.push(`${name}counted individually`);
      else if (group.what === 'none') lines.push(`${name}not counted`);
      else if (countOf(group) > 0 || verbose) lines.push(`${name}(${countOf(group)} hits)`);
    }
    const rows = [...this.individuals.values()].sort((a, b) => countOf(b) - countOf(a) || a.opcode - b.opcode);
    if (rows.length > 0) lines.push('Individual Instructions:');
    for (const row of rows.slice(0, LIMIT)) {
      const group = classify(row.mnemonic)?.label ?? UNCLASSIFIED.label;
      const opcode = hexAddress(row.opcode, 8);
      lines.push(`Instr: ${row.mnemonic.padEnd(24)}\t(${countOf(row)} hits)\t(op=${opcode}/${group})`);
    }
    return `${lines.join('\n')}\n`;
  }
}
