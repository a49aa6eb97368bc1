import type { qemu_plugin_mem_rw, qemu_plugin_op, qemu_plugin_u64 } from 'qemu-plugin';
import { Scoreboard, U64Entry } from '../scoreboard';
import type { ImportContext, Imports } from './module';

/** A scoreboard of the plugin, which lies in its memory (plugin-sdk/src/scoreboard.c). Positions are bytes there. */
interface Board {
  /** Of the first vCPU's element. */
  readonly elements: number;
  readonly elementSize: number;
  readonly stride: number;
  /** Of a byte for each doubleword of an element: 1 where the shared memory alone has it. */
  readonly far: number;
  /** Where translated code counts, once it does: the same layout in the shared memory, or the plugin's own elements. */
  score?: Scoreboard;
  /** The plugin has pointers to elements. */
  isFound: boolean;
  /** Bytes from an element's start of what is counted in the shared memory. */
  readonly counted: Set<number>;
}

interface Counters {
  /** By what C holds as its pointer. */
  readonly boards: Map<number, Board>;
  /** Counters of versions 0 and 1, by the address of the uint64_t. */
  readonly pointers: Map<number, qemu_plugin_u64>;
  /** Doublewords that are copied because callbacks ask for them. */
  asked: number;
}

/** So many doublewords are copied around each callback because some ask for them; others are asked for one by one. */
const MAX_ASKED = 16;

const countersOf = new WeakMap<ImportContext, Counters>();

function counters(context: ImportContext): Counters {
  let found = countersOf.get(context);
  if (!found) countersOf.set(context, (found = { boards: new Map(), pointers: new Map(), asked: 0 }));
  return found;
}

function boardAt(context: ImportContext, pointer: number, what: string): Board {
  const board = counters(context).boards.get(pointer >>> 0);
  if (!board) throw new Error(what);
  return board;
}

/** The entry that a `qemu_plugin_u64` at `pointer` names: {scoreboard, offset}. Translated code counts in it from now on. */
export function entryAt(context: ImportContext, pointer: number): qemu_plugin_u64 {
  const { api, words, instance, vcpus } = context;
  const { memory } = instance();
  const board = boardAt(context, memory.u32(pointer), 'a qemu_plugin_u64 names no scoreboard');
  const { elements, elementSize, stride, counted } = board;
  board.score ??=
    words?.newScoreboard(elementSize, true) ?? ownScoreboard(context, elements, elementSize, stride, vcpus());
  const { score } = board;
  const offset = memory.u32(pointer + 4);
  const entry = api.qemu_plugin_scoreboard_u64_in_struct(score, offset);
  if (!score.isShared || counted.has(offset)) return entry;
  counted.add(offset);
  for (let vcpu = 0; vcpu < vcpus(); vcpu++) {
    score.find(vcpu).setBigUint64(offset, memory.u64(elements + vcpu * stride + offset), true);
  }
  memory.setU8(board.far + offset / 8, 1);
  if (board.isFound) copyAround(context, board, offset);
  return entry;
}

/** A doubleword of the elements, so far in the shared memory only, is from now on copied around callbacks. */
function copyAround(context: ImportContext, { elements, stride, far, score }: Board, offset: number): void {
  const { words, instance, vcpus } = context;
  if (!score) return;
  const { memory } = instance();
  for (let vcpu = 0; vcpu < vcpus(); vcpu++) {
    const at = elements + vcpu * stride + offset;
    memory.setU64(at, score.find(vcpu).getBigUint64(offset, true));
    if (!words?.add(score.position + vcpu * score.stride + offset, at)) {
      throw new Error('there is no room for more inline counters that the plugin has pointers to');
    }
  }
  memory.setU8(far + offset / 8, 0);
}

/** A scoreboard in the plugin's memory: translated code calls to count there. */
function ownScoreboard(
  { instance }: ImportContext,
  position: number,
  elementSize: number,
  stride: number,
  vcpus: number,
): Scoreboard {
  return new Scoreboard(() => instance().memory.bytes.buffer, position, elementSize, stride, vcpus, false);
}

/** Scoreboards, counters and the inline operations on them. */
export function counterImports(context: ImportContext): Imports {
  const { api, callbacks, handles, instance, words, vcpus } = context;
  const state = counters(context);

  const checkVcpu = (vcpu: number, api: string): void => {
    if (vcpu >>> 0 >= vcpus()) throw new RangeError(`${api}there is no vCPU ${vcpu}`);
  };
  /** Reads and writes an entry that the glue does not find in the plugin's memory. */
  const far = (pointer: number, offset: number, vcpu: number): { get(): bigint; set(value: bigint): void } => {
    const board = boardAt(context, pointer, 'a qemu_plugin_u64 names no scoreboard');
    checkVcpu(vcpu, '');
    const { counted, elements, stride, score } = board;
    if (!score?.isShared || !counted.has(offset)) {
      throw new RangeError(`a qemu_plugin_u64 at byte ${offset} of an element of ${board.elementSize} bytes`);
    }
    if (!callbacks.isInLifecycle && state.asked < MAX_ASKED) {
      state.asked += vcpus();
      copyAround(context, board, offset);
      const at = elements + vcpu * stride + offset;
      return { get: () => instance().memory.u64(at), set: (value) => instance().memory.setU64(at, value) };
    }
    const element = score.find(vcpu);
    return {
      get: () => element.getBigUint64(offset, true),
      set: (value) => element.setBigUint64(offset, value, true),
    };
  };

  return {
    tcgscope_vcpus: () => vcpus(),
    tcgscope_scoreboard_new(pointer: number, elementSize: number, elements: number, stride: number, far: number): void {
      const place = { elements: elements >>> 0, elementSize: elementSize >>> 0, stride: stride >>> 0, far: far >>> 0 };
      state.boards.set(pointer >>> 0, { ...place, isFound: false, counted: new Set() });
    },
    tcgscope_scoreboard_free(pointer: number): void {
      const board = boardAt(context, pointer, 'qemu_plugin_scoreboard_free: not a scoreboard');
      state.boards.delete(pointer >>> 0);
      words?.remove(board.elements, board.elements + board.stride * vcpus());
      if (board.score) words?.free(board.score);
    },
    /** The plugin is given pointers to the elements. */
    tcgscope_scoreboard_found(pointer: number, vcpu: number): void {
      const board = boardAt(context, pointer, 'qemu_plugin_scoreboard_find: not a scoreboard');
      checkVcpu(vcpu, 'qemu_plugin_scoreboard_find: ');
      if (board.isFound) return;
      board.isFound = true;
      for (const offset of board.counted) {
        if (instance().memory.slice(board.far + offset / 8, 1)[0]) copyAround(context, board, offset);
      }
    },
    tcgscope_u64_get: (pointer: number, offset: number, vcpu: number) => far(pointer, offset >>> 0, vcpu).get(),
    tcgscope_u64_set: (pointer: number, offset: number, vcpu: number, value: bigint) =>
      far(pointer, offset >>> 0, vcpu).set(BigInt.asUintN(64, value)),

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

/** The counter that stands for the uint64_t at the address. The plugin has a pointer to it. */
function counterAt(context: ImportContext, pointer: number): qemu_plugin_u64 {
  const { instance, words } = context;
  const { pointers } = counters(context);
  const at = pointer >>> 0;
  let counter = pointers.get(at);
  if (counter) return counter;
  instance().memory.slice(at, 8);
  let score = words?.newScoreboard(8, false);
  if (!score || !words?.add(score.position, at)) score = ownScoreboard(context, at, 8, 0, 1);
  counter = new U64Entry(score, 0);
  pointers.set(at, counter);
  return counter;
}
