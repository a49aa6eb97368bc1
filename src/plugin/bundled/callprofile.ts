import type { qemu_plugin_insn, TcgCacheModel, TcgCallPath, TcgCosts, TcgInstructionCounts } from 'qemu-plugin';
import type { PluginModule, QemuPluginApi } from '../plugin-module';
import { costsFrom, COST_KINDS } from '../profile/costs';
import { ProgramProfile } from '../profile/program-profile';
import { numberOption, parseOptions } from './options';

/** Functions that are listed at exit where nobody says. */
const LIMIT = 32;

/**
 * `libcallprofile.so`: how often each instruction was executed, and who called whom with what it cost, without a model of
 * caches: for profiles and coverage at little cost. At exit the functions with the most instructions.
 */
export function callprofilePlugin(): PluginModule {
  return {
    qemu_plugin_install(id, info, argv, api) {
      let limit = LIMIT;
      if (!parseOptions(api, argv, { limit: numberOption((value) => (limit = value)) })) return -1;
      const vcpus = info.system.max_vcpus;
      const executions = new Executions(api, vcpus);
      const profile = new ProgramProfile(api, id, vcpus, (vcpu) => executions.costs(vcpu));
      const calls = (): TcgCallPath[] => executions.settled(() => profile.calls);
      api.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
        profile.translated(tb);
        const n = api.qemu_plugin_tb_n_insns(tb);
        for (let i = 0; i < n; i++) executions.translated(api.qemu_plugin_tb_get_insn(tb, i)!);
      });
      api.qemu_plugin_register_atexit_cb(id, () => api.qemu_plugin_outs(report(calls(), limit)));
      const model: TcgCacheModel = {
        statistics: (_limit, executed) => ({
          model: 'callprofile',
          cores: vcpus,
          levels: [],
          instructions: executions.total,
          maintenance: 0,
          hottest: [],
          ...(executed && { executed: executions.all, calls: calls(), code: profile.code }),
        }),
      };
      api.tcg_provide_cache_statistics(id, model);
      return 0;
    },
  };
}

/** A counter for each instruction, in translated code; and how many each vCPU has executed, by the machine's count of all. */
class Executions {
  private readonly counters = new Map<
    number,
    { readonly symbol: string | null; readonly count: ReturnType<QemuPluginApi['tcg_u64_new']> }
  >();
  private readonly byVcpu: number[];
  private running = 0;
  private seen: number;
  private begun = 0;
  private isSettled = false;

  constructor(
    private readonly api: QemuPluginApi,
    vcpus: number,
  ) {
    this.byVcpu = Array.from({ length: vcpus }, () => 0);
    this.seen = api.tcg_instructions();
  }

  translated(insn: qemu_plugin_insn): void {
    const { api } = this;
    const vaddr = api.qemu_plugin_insn_vaddr(insn);
    let counter = this.counters.get(vaddr);
    if (!counter) {
      counter = { symbol: api.qemu_plugin_insn_symbol(insn), count: api.tcg_u64_new() };
      this.counters.set(vaddr, counter);
    }
    api.qemu_plugin_register_vcpu_insn_exec_inline(insn, api.QEMU_PLUGIN_INLINE_ADD_U64, counter.count, 1);
  }

  /** What the vCPU, which begins a block, has executed. What was executed since the last block was that one's vCPU's. */
  costs(vcpu: number): TcgCosts {
    if (!this.isSettled) {
      // The block's first instruction is counted already.
      this.account(this.api.tcg_instructions() - 1);
      this.running = vcpu;
    }
    const begun = this.isSettled && vcpu === this.running ? this.begun : 0;
    return costsFrom([this.byVcpu[vcpu] + begun, ...Array.from({ length: COST_KINDS - 1 }, () => 0)]);
  }

  get total(): number {
    return [...this.counters.values()].reduce((sum, { count }) => sum + count.get(), 0);
  }

  get all(): TcgInstructionCounts[] {
    return [...this.counters]
      .map(([address, { symbol, count }]) => ({
        ...{ address, symbol, source: this.api.tcg_source_line(address) },
        ...costsFrom([count.get(), ...Array.from({ length: COST_KINDS - 1 }, () => 0)]),
      }))
      .filter(({ executions }) => executions > 0);
  }

  /** What `action` gives while also an instruction that has begun and not ended is counted, as its own counter does. */
  settled<T>(action: () => T): T {
    this.account(this.api.tcg_instructions());
    this.begun = this.total - this.byVcpu.reduce((sum, count) => sum + count, 0);
    this.isSettled = true;
    try {
      return action();
    } finally {
      this.isSettled = false;
    }
  }

  private account(now: number): void {
    this.byVcpu[this.running] += now - this.seen;
    this.seen = now;
  }
}

/** Functions by what they executed themselves, most first. */
function report(paths: readonly TcgCallPath[], limit: number): string {
  const own = paths.map(({ inclusive }) => inclusive.executions);
  for (const { parent, inclusive } of paths) if (parent >= 0) own[parent] -= inclusive.executions;
  const functions = new Map<string, { calls: number; own: number; all: number }>();
  paths.forEach(({ name, calls, inclusive, parent }, index) => {
    const sums = functions.get(name) ?? { calls: 0, own: 0, all: 0 };
    functions.set(name, sums);
    sums.calls += calls;
    sums.own += own[index];
    if (!isInside(paths, parent, name)) sums.all += inclusive.executions;
  });
  const rows = [...functions]
    .sort((a, b) => b[1].own - a[1].own || (a[0] < b[0] ? -1 : 1))
    .slice(0, limit)
    .map(([name, sums]) => [name, sums.calls, sums.own, sums.all].join(', '));
  return ['function, calls, instructions, with callees', ...rows, ''].join('\n');
}

/** Whether the path goes through the function: its cost is in that of the outer call. */
function isInside(paths: readonly TcgCallPath[], index: number, name: string): boolean {
  for (let at = index; at >= 0; at = paths[at].parent) if (paths[at].name === name) return true;
  return false;
}
