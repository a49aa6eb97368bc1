import type { qemu_plugin_mem_rw, qemu_plugin_op, qemu_plugin_scoreboard, qemu_plugin_u64 } from 'qemu-plugin';
import { Scoreboard, U64Entry } from '../scoreboard';
import type { ImportContext, Imports } from './module';

/** A scoreboard of the plugin: `at` is the first element's place in its memory, and the pointer that C holds. */
interface Board {
  readonly score: qemu_plugin_scoreboard;
  readonly stride: number;
}

interface Counters {
  readonly boards: Map<number, Board>;
  /** Counters of versions 0 and 1, by the address of the uint64_t. */
  readonly pointers: Map<number, qemu_plugin_u64>;
}

const countersOf = new WeakMap<ImportContext, Counters>();

function counters(context: ImportContext): Counters {
  let found = countersOf.get(context);
  if (!found) countersOf.set(context, (found = { boards: new Map(), pointers: new Map() }));
  return found;
}

/** The entry that a `qemu_plugin_u64` at `pointer` names: {scoreboard, offset}. */
export function entryAt(context: ImportContext, pointer: number): qemu_plugin_u64 {
  const { memory } = context.instance();
  const board = counters(context).boards.get(memory.u32(pointer));
  if (!board) throw new Error('a qemu_plugin_u64 names no scoreboard');
  return context.api.qemu_plugin_scoreboard_u64_in_struct(board.score, memory.u32(pointer + 4));
}

/** Scoreboards, counters and the inline operations on them. */
export function counterImports(context: ImportContext): Imports {
  const { api, handles, instance, mirror, vcpus } = context;
  const { boards } = counters(context);

  /** While the plugin runs, its own copy of an entry is the true one. */
  const place = (entry: number, vcpu: number): number => {
    const { memory } = instance();
    const at = memory.u32(entry);
    const board = boards.get(at);
    if (!board) throw new Error('a qemu_plugin_u64 names no scoreboard');
    if (vcpu >>> 0 >= vcpus()) throw new RangeError(`there is no vCPU ${vcpu}`);
    return at + vcpu * board.stride + memory.u32(entry + 4);
  };
  const sum = (entry: number): bigint => {
    let total = 0n;
    for (let vcpu = 0; vcpu < vcpus(); vcpu++) total += instance().memory.u64(place(entry, vcpu));
    return BigInt.asUintN(64, total);
  };

  return {
    qemu_plugin_scoreboard_new(size: number): number {
      const stride = ((size >>> 0) + 7) & ~7;
      const at = instance().allocate(Math.max(8, stride * vcpus()));
      instance()
        .memory.slice(at, stride * vcpus())
        .fill(0);
      let score: qemu_plugin_scoreboard;
      if (mirror.isPossible) {
        score = api.qemu_plugin_scoreboard_new(size >>> 0);
        for (let vcpu = 0; vcpu < vcpus(); vcpu++) {
          mirror.add(elementOf(score, vcpu), at + vcpu * stride);
        }
      } else {
        score = new Scoreboard(() => instance().memory.bytes.buffer, at, size >>> 0, stride, vcpus(), false);
      }
      boards.set(at, { score, stride });
      return at;
    },
    qemu_plugin_scoreboard_free(at: number): void {
      const board = boards.get(at >>> 0);
      if (!board) throw new Error('qemu_plugin_scoreboard_free: not a scoreboard');
      boards.delete(at >>> 0);
      mirror.remove(at >>> 0, (at >>> 0) + board.stride * vcpus());
      api.qemu_plugin_scoreboard_free(board.score);
      instance().free(at);
    },
    qemu_plugin_scoreboard_find(at: number, vcpu: number): number {
      const board = boards.get(at >>> 0);
      if (!board) throw new Error('qemu_plugin_scoreboard_find: not a scoreboard');
      if (vcpu >>> 0 >= vcpus()) throw new RangeError(`qemu_plugin_scoreboard_find: there is no vCPU ${vcpu}`);
      return at + vcpu * board.stride;
    },
    qemu_plugin_u64_add(entry: number, vcpu: number, added: bigint): void {
      const at = place(entry, vcpu);
      instance().memory.setU64(at, BigInt.asUintN(64, instance().memory.u64(at) + added));
    },
    qemu_plugin_u64_get: (entry: number, vcpu: number) => instance().memory.u64(place(entry, vcpu)),
    qemu_plugin_u64_set: (entry: number, vcpu: number, value: bigint) =>
      instance().memory.setU64(place(entry, vcpu), BigInt.asUintN(64, value)),
    qemu_plugin_u64_sum: sum,

    qemu_plugin_register_vcpu_tb_exec_inline: (tb: number, op: qemu_plugin_op, ptr: number, imm: bigint) =>
      api.qemu_plugin_register_vcpu_tb_exec_inline(handles.block(tb), op, counterAt(context, ptr), imm),
    qemu_plugin_register_vcpu_insn_exec_inline: (insn: number, op: qemu_plugin_op, ptr: number, imm: bigint) =>
      api.qemu_plugin_register_vcpu_insn_exec_inline(handles.insn(insn), op, counterAt(context, ptr), imm),
    qemu_plugin_register_vcpu_mem_inline: (
      insn: number,
      rw: qemu_plugin_mem_rw,
      op: qemu_plugin_op,
      ptr: number,
      imm: bigint,
    ) => api.qemu_plugin_register_vcpu_mem_inline(handles.insn(insn), rw, op, counterAt(context, ptr), imm),
    qemu_plugin_register_vcpu_tb_exec_inline_per_vcpu: (tb: number, op: qemu_plugin_op, entry: number, imm: bigint) =>
      api.qemu_plugin_register_vcpu_tb_exec_inline_per_vcpu(handles.block(tb), op, entryAt(context, entry), imm),
    qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu: (
      insn: number,
      op: qemu_plugin_op,
      entry: number,
      imm: bigint,
    ) => api.qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(handles.insn(insn), op, entryAt(context, entry), imm),
    qemu_plugin_register_vcpu_mem_inline_per_vcpu: (
      insn: number,
      rw: qemu_plugin_mem_rw,
      op: qemu_plugin_op,
      entry: number,
      imm: bigint,
    ) => api.qemu_plugin_register_vcpu_mem_inline_per_vcpu(handles.insn(insn), rw, op, entryAt(context, entry), imm),
  };
}

/** The counter that stands for the uint64_t at the address. */
function counterAt(context: ImportContext, pointer: number): qemu_plugin_u64 {
  const { api, instance, mirror } = context;
  const { pointers } = counters(context);
  const at = pointer >>> 0;
  let counter = pointers.get(at);
  if (counter) return counter;
  instance().memory.slice(at, 8);
  if (mirror.isPossible) {
    counter = api.tcg_u64_new();
    mirror.add(elementOf(counter.score, 0), at);
  } else {
    counter = new U64Entry(new Scoreboard(() => instance().memory.bytes.buffer, at, 8, 0, 1, false), 0);
  }
  pointers.set(at, counter);
  return counter;
}

/** The bytes of a vCPU's element. */
function elementOf(score: qemu_plugin_scoreboard, vcpu: number): Uint8Array {
  if (!(score instanceof Scoreboard)) throw new TypeError('not a scoreboard');
  const { buffer, byteOffset, byteLength } = score.find(vcpu);
  return new Uint8Array(buffer, byteOffset, byteLength);
}
