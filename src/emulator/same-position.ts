import { Bytecode } from '../tcg/bytecode';
import type { LoweredBlock } from '../tcg/lower';

const INSN_START_WORDS = 3;
/** Words of the operations that plugins have before an instruction. */
const CALLBACK_WORDS: Readonly<Partial<Record<Bytecode, number>>> = {
  [Bytecode.plugin_exec_cb]: 3,
  [Bytecode.plugin_exec_cond_cb]: 9,
  [Bytecode.plugin_inline_add_u64]: 5,
  [Bytecode.plugin_inline_store_u64]: 5,
  [Bytecode.plugin_exec_filtered_cb]: 5,
};

/**
 * Where execution stands in `after` that has come to `position` in `before`: the same block with other plugin operations.
 * `position` is an instruction's start or lies behind some of its callbacks; those that have run do not run again.
 */
export function samePosition(before: LoweredBlock, position: number, after: LoweredBlock): number {
  let insn = before.insnStarts.length - 1;
  while (before.insnStarts[insn] > position) insn--;
  if (before.insnStarts[insn] === position) return after.insnStarts[insn];
  const done = callbacks(before.code, before.insnStarts[insn]).filter(({ end }) => end <= position);
  const now = callbacks(after.code, after.insnStarts[insn]);
  for (let i = done.length - 1; i >= 0; i--) {
    const { words } = done[i];
    const times = done.slice(0, i + 1).filter((operation) => operation.words === words).length;
    const found = now.filter((operation) => operation.words === words).at(times - 1);
    if (found) return found.end;
  }
  return after.insnStarts[insn] + INSN_START_WORDS;
}

/** The callbacks before the instruction that starts at `start`. */
function callbacks(code: Int32Array, start: number): { words: string; end: number }[] {
  const result: { words: string; end: number }[] = [];
  for (let at = start + INSN_START_WORDS; ;) {
    const length = CALLBACK_WORDS[code[at] as Bytecode];
    if (length === undefined) return result;
    result.push({ words: code.subarray(at, at + length).join(), end: at + length });
    at += length;
  }
}
