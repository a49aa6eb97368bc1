import { Cond } from '../../tcg/opcodes';
import type { PluginEngine } from '../engine';
import type { LoadedPlugin } from '../loaded-plugin';
import type { QemuPluginApi } from '../plugin-module';
import { InlineOp, type InlineEntry, type Place, type Registration } from '../registrations';
import { U64Entry, wordsOf, type Words } from '../scoreboard';
import { checkInsn, checkTb, type PluginTb } from '../translation-view';
import { checkEntry, checkFlags, checkFunction } from './checks';

type Execution = Pick<
  QemuPluginApi,
  | 'qemu_plugin_register_vcpu_tb_exec_cb'
  | 'qemu_plugin_register_vcpu_insn_exec_cb'
  | 'qemu_plugin_register_vcpu_tb_exec_cond_cb'
  | 'qemu_plugin_register_vcpu_insn_exec_cond_cb'
  | 'qemu_plugin_register_vcpu_mem_cb'
  | 'qemu_plugin_register_vcpu_tb_exec_inline'
  | 'qemu_plugin_register_vcpu_insn_exec_inline'
  | 'qemu_plugin_register_vcpu_mem_inline'
  | 'qemu_plugin_register_vcpu_tb_exec_inline_per_vcpu'
  | 'qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu'
  | 'qemu_plugin_register_vcpu_mem_inline_per_vcpu'
  | 'tcg_register_vcpu_insn_after_cb'
>;

type ExecCallback = (vcpu: number, userdata: unknown) => void;
type MemCallback = (vcpu: number, info: number, vaddr: number, userdata: unknown) => void;

/** What runs with the translated code: callbacks and inline operations. */
export function execution(engine: PluginEngine): Execution {
  const adder = new Adder(engine);
  return {
    qemu_plugin_register_vcpu_tb_exec_cb(handle, callback, flags, userdata): void {
      const { plugin, registrations } = checkTb(handle, 'qemu_plugin_register_vcpu_tb_exec_cb');
      adder.exec(plugin, registrations.tb, 'tb_exec', callback as ExecCallback, flags, userdata);
    },
    qemu_plugin_register_vcpu_insn_exec_cb(handle, callback, flags, userdata): void {
      const { tb, index } = checkInsn(handle, 'qemu_plugin_register_vcpu_insn_exec_cb');
      adder.exec(tb.plugin, tb.registrations.exec[index], 'insn_exec', callback as ExecCallback, flags, userdata);
    },
    qemu_plugin_register_vcpu_tb_exec_cond_cb(handle, callback, flags, cond, entry, imm, userdata): void {
      const api = 'qemu_plugin_register_vcpu_tb_exec_cond_cb';
      const { plugin, registrations } = checkTb(handle, api);
      const condition = { cond, entry: checkEntry(entry, api), value: wordsOf(imm, `${api}: imm`) };
      adder.conditional(plugin, registrations.tb, 'tb_exec', callback as ExecCallback, flags, condition, userdata);
    },
    qemu_plugin_register_vcpu_insn_exec_cond_cb(handle, callback, flags, cond, entry, imm, userdata): void {
      const api = 'qemu_plugin_register_vcpu_insn_exec_cond_cb';
      const { tb, index } = checkInsn(handle, api);
      const condition = { cond, entry: checkEntry(entry, api), value: wordsOf(imm, `${api}: imm`) };
      const place = tb.registrations.exec[index];
      adder.conditional(tb.plugin, place, 'insn_exec', callback as ExecCallback, flags, condition, userdata);
    },
    tcg_register_vcpu_insn_after_cb(handle, callback, flags, userdata): void {
      const { tb, index } = checkInsn(handle, 'tcg_register_vcpu_insn_after_cb');
      adder.exec(tb.plugin, tb.registrations.after[index], 'insn_after', callback as ExecCallback, flags, userdata);
    },
    qemu_plugin_register_vcpu_mem_cb(handle, callback, flags, rw, userdata): void {
      const { tb, index } = checkInsn(handle, 'qemu_plugin_register_vcpu_mem_cb');
      checkFunction(callback, 'qemu_plugin_register_vcpu_mem_cb');
      adder.mem(tb, index, callback as MemCallback, flags, rw, userdata);
    },
    qemu_plugin_register_vcpu_tb_exec_inline(handle, op, ptr, imm): void {
      const tb = checkTb(handle, 'qemu_plugin_register_vcpu_tb_exec_inline');
      adder.inlineExec(tb, tb.registrations.tb, 'tb_exec_inline', op, checkCounter(ptr, 'tb_exec'), imm);
    },
    qemu_plugin_register_vcpu_insn_exec_inline(handle, op, ptr, imm): void {
      const { tb, index } = checkInsn(handle, 'qemu_plugin_register_vcpu_insn_exec_inline');
      const entry = checkCounter(ptr, 'insn_exec');
      adder.inlineExec(tb, tb.registrations.exec[index], 'insn_exec_inline', op, entry, imm);
    },
    qemu_plugin_register_vcpu_mem_inline(handle, rw, op, ptr, imm): void {
      const { tb, index } = checkInsn(handle, 'qemu_plugin_register_vcpu_mem_inline');
      adder.inlineMem(tb, index, 'mem_inline', rw, op, checkCounter(ptr, 'mem'), imm);
    },
    qemu_plugin_register_vcpu_tb_exec_inline_per_vcpu(handle, op, ptr, imm): void {
      const api = 'qemu_plugin_register_vcpu_tb_exec_inline_per_vcpu';
      const tb = checkTb(handle, api);
      adder.inlineExec(tb, tb.registrations.tb, 'tb_exec_inline_per_vcpu', op, checkEntry(ptr, api), imm);
    },
    qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(handle, op, ptr, imm): void {
      const api = 'qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu';
      const { tb, index } = checkInsn(handle, api);
      const place = tb.registrations.exec[index];
      adder.inlineExec(tb, place, 'insn_exec_inline_per_vcpu', op, checkEntry(ptr, api), imm);
    },
    qemu_plugin_register_vcpu_mem_inline_per_vcpu(handle, rw, op, ptr, imm): void {
      const api = 'qemu_plugin_register_vcpu_mem_inline_per_vcpu';
      const { tb, index } = checkInsn(handle, api);
      adder.inlineMem(tb, index, 'mem_inline_per_vcpu', rw, op, checkEntry(ptr, api), imm);
    },
  };
}

/** A counter for the inline operations of versions 0 and 1, which all vCPUs share. */
function checkCounter(ptr: unknown, name: string): InlineEntry {
  const api = `qemu_plugin_register_vcpu_${name}_inline`;
  if (ptr instanceof U64Entry && ptr.score.stride === 0) return ptr;
  throw new TypeError(`${api}: ptr is not a counter that tcg_u64_new() made`);
}

/** qemu_plugin_cond as the IR compares; NEVER and ALWAYS need no comparison. */
const NEVER = 0;
const ALWAYS = 1;
const CONDITIONS: readonly (Cond | undefined)[] = [
  undefined,
  undefined,
  Cond.eq,
  Cond.ne,
  Cond.ltu,
  Cond.leu,
  Cond.gtu,
  Cond.geu,
];

/** Puts registrations into their places. Userdata goes back to the very callback that it came with. */
class Adder {
  constructor(private readonly engine: PluginEngine) {}

  exec(
    plugin: LoadedPlugin,
    place: Place,
    name: string,
    callback: ExecCallback,
    flags: number,
    userdata: unknown,
    condition?: Registration['condition'],
  ): void {
    const api = `register_vcpu_${name}_cb`;
    checkFunction(callback, api);
    const entry = { plugin, name, callback, flags: checkFlags(flags, api), userdata };
    const index = this.engine.addExec(entry);
    const { generation } = plugin;
    place.callbacks.push({ plugin, generation, index, flags, rw: 0, ...(condition && { condition }) });
  }

  conditional(
    plugin: LoadedPlugin,
    place: Place,
    name: string,
    callback: ExecCallback,
    flags: number,
    { cond, entry, value }: { cond: number; entry: InlineEntry; value: Words },
    userdata: unknown,
  ): void {
    const api = `qemu_plugin_register_vcpu_${name}_cond_cb`;
    checkFunction(callback, api);
    if (cond === NEVER) return;
    if (cond === ALWAYS) return this.exec(plugin, place, name, callback, flags, userdata);
    const compare = CONDITIONS[cond];
    if (compare === undefined) throw new RangeError(`${api}: unknown condition ${cond}`);
    const condition = { cond: compare, entry, value };
    if (entry.score.isShared) return this.exec(plugin, place, name, callback, flags, userdata, condition);
    // Translated code cannot reach the entry: the call is made, and the comparison in it.
    const looking: ExecCallback = (vcpu, data) => {
      if (holds(compare, entry.score.load(vcpu, entry.offset), value)) callback(vcpu, data);
    };
    this.exec(plugin, place, name, looking, flags, userdata);
  }

  mem(tb: PluginTb, index: number, callback: MemCallback, flags: number, rw: number, userdata: unknown): void {
    const { plugin, registrations } = tb;
    const checked = checkFlags(flags, 'qemu_plugin_register_vcpu_mem_cb');
    const number = this.engine.addMem({ plugin, callback, flags: checked, userdata });
    const { generation } = plugin;
    registrations.mem[index].callbacks.push({ plugin, generation, index: number, flags: checked, rw });
  }

  inlineExec(tb: PluginTb, place: Place, name: string, op: number, entry: InlineEntry, imm: number | bigint): void {
    const { plugin } = tb;
    const inline = inlineOf(name, op, entry, imm);
    const callback: ExecCallback = (vcpu) => carryOut(inline, vcpu);
    const index = entry.score.isShared
      ? -1
      : this.engine.addExec({ plugin, name, callback, flags: 0, userdata: undefined });
    place.inlines.push({ plugin, generation: plugin.generation, index, flags: 0, rw: 0, inline });
  }

  inlineMem(
    tb: PluginTb,
    index: number,
    name: string,
    rw: number,
    op: number,
    entry: InlineEntry,
    imm: number | bigint,
  ): void {
    const { plugin, registrations } = tb;
    const inline = inlineOf(name, op, entry, imm);
    const callback: MemCallback = (vcpu) => carryOut(inline, vcpu);
    const number = entry.score.isShared ? -1 : this.engine.addMem({ plugin, callback, flags: 0, userdata: undefined });
    const { generation } = plugin;
    registrations.mem[index].inlines.push({ plugin, generation, index: number, flags: 0, rw, inline });
  }
}

type Inline = NonNullable<Registration['inline']>;

function inlineOf(name: string, op: number, entry: InlineEntry, imm: number | bigint): Inline {
  const api = `qemu_plugin_register_vcpu_${name}`;
  if (op !== InlineOp.AddU64 && op !== InlineOp.StoreU64) throw new Error(`${api}: unknown operation ${op}`);
  return { op, entry, value: wordsOf(imm, `${api}: imm`) };
}

function carryOut({ op, entry: { score, offset }, value }: Inline, vcpu: number): void {
  if (score.freed) return;
  if (op === InlineOp.StoreU64) score.store(vcpu, offset, value);
  else score.add(vcpu, offset, value);
}

function holds(cond: Cond, a: Words, b: Words): boolean {
  const wide = ({ low, high }: Words): bigint => (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
  const [left, right] = [wide(a), wide(b)];
  switch (cond) {
    case Cond.eq:
      return left === right;
    case Cond.ne:
      return left !== right;
    case Cond.ltu:
      return left < right;
    case Cond.leu:
      return left <= right;
    case Cond.gtu:
      return left > right;
    default:
      return left >= right;
  }
}
