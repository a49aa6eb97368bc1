import type { PluginModule, QemuPluginApi } from '../plugin-module';
import { hexAddress } from './format';
import { isReturn, parseFunctions, type ProfiledFunction } from './profile-functions';

/**
 * `libprofile.so,arg=functions.txt,arg=out.txt`: entries and exits of functions, with the count of instructions and the
 * link register. Without a file of functions, those of the program's symbols; without an output file, the plugin log.
 */
export function profilePlugin(): PluginModule {
  return {
    tcg_positional_arguments: true,
    qemu_plugin_install(id, _info, argv, api) {
      if (argv.length > 2) {
        api.tcg_error('Wrong number of arguments to plugin!\n');
        return -1;
      }
      const [input, output] = argv.length === 1 ? [undefined, argv[0]] : argv;
      const file = output === undefined ? undefined : api.tcg_open_file(output, 'w');
      const print = (text: string): void => (file ? file.write(text) : api.qemu_plugin_outs(text));
      const functions = input === undefined ? undefined : readFunctions(api, input);
      const profile = new Profile(api, functions ?? fromSymbols(api), functions !== undefined, print);
      api.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
        const n = api.qemu_plugin_tb_n_insns(tb);
        for (let i = 0; i < n; i++) profile.translated(api.qemu_plugin_tb_get_insn(tb, i)!);
      });
      api.qemu_plugin_register_atexit_cb(id, () => file?.close());
      return 0;
    },
  };
}

function readFunctions(api: QemuPluginApi, path: string): ProfiledFunction[] {
  const file = api.tcg_open_file(path, 'r');
  try {
    return parseFunctions(String.fromCharCode(...file.read()));
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  } finally {
    file.close();
  }
}

/** With a range each, in which returns are looked for. */
function fromSymbols(api: QemuPluginApi): (ProfiledFunction & { readonly end: number })[] {
  return api.tcg_functions().map(({ name, start, end }) => ({ name, entry: start, end, exits: [] }));
}

type Known = ProfiledFunction & { readonly end?: number };
type Mark = '->' | '<-' | '-*>';

class Profile {
  private readonly entries: ReadonlyMap<number, Known>;
  private readonly exits = new Map<number, Known>();
  private readonly sorted: readonly Known[];
  private readonly count;

  constructor(
    private readonly api: QemuPluginApi,
    functions: readonly Known[],
    /** The exits are those of the file; else returns are exits. */
    private readonly exitsAreKnown: boolean,
    private readonly print: (text: string) => void,
  ) {
    this.count = api.tcg_u64_new();
    this.entries = new Map(functions.map((known) => [known.entry, known]));
    for (const known of functions) for (const exit of known.exits) this.exits.set(exit, known);
    this.sorted = [...functions].sort((a, b) => a.entry - b.entry);
  }

  translated(insn: Parameters<QemuPluginApi['qemu_plugin_insn_vaddr']>[0]): void {
    const { api } = this;
    const vaddr = api.qemu_plugin_insn_vaddr(insn);
    const entry = this.entries.get(vaddr);
    if (entry) this.at(insn, this.exitsAreKnown && entry.exits.length === 0 ? '-*>' : '->', entry);
    const left = this.exits.get(vaddr) ?? this.returnsFrom(insn, vaddr);
    if (left) this.at(insn, '<-', left);
    api.qemu_plugin_register_vcpu_insn_exec_inline(insn, api.QEMU_PLUGIN_INLINE_ADD_U64, this.count, 1);
  }

  /** The function that the instruction returns from, where exits come from the code. */
  private returnsFrom(insn: Parameters<QemuPluginApi['qemu_plugin_insn_vaddr']>[0], vaddr: number): Known | undefined {
    if (this.exitsAreKnown || !isReturn(this.api.qemu_plugin_insn_disas(insn))) return undefined;
    return this.sorted.findLast(({ entry, end }) => entry <= vaddr && end !== undefined && vaddr < end);
  }

  private at(insn: Parameters<QemuPluginApi['qemu_plugin_insn_vaddr']>[0], mark: Mark, { name }: Known): void {
    const { api } = this;
    const callback = (vcpu: number): void => {
      const lr = api.tcg_read_register(vcpu, 'lr') ?? 0;
      this.print(`${mark} ${name}: ${this.count.get()}, ${hexAddress(lr)}\n`);
    };
    api.qemu_plugin_register_vcpu_insn_exec_cb(insn, callback, api.QEMU_PLUGIN_CB_R_REGS, undefined);
  }
}
