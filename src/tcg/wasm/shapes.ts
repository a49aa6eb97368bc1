import { Bytecode } from '../bytecode';
import type { CallbackKind, DirectCallback } from './direct-callback';
import type { HelperDef } from '../helpers';

/** Where an operation's words are: after the operation itself `outputs` slots, `inputs` slots, then `immediates`. */
export interface Shape {
  readonly outputs: number;
  readonly inputs: number;
  readonly immediates: number;
}

const shape = (outputs: number, inputs: number, immediates = 0): Shape => ({ outputs, inputs, immediates });

/** Every operation of lowered code. One that is not here is left to the interpreter. */
const SHAPES = new Map<Bytecode, Shape>([
  [Bytecode.insn_start, shape(0, 0, 2)],
  [Bytecode.br, shape(0, 0, 1)],
  [Bytecode.mov, shape(1, 1)],
  [Bytecode.movi, shape(1, 0, 1)],
  [Bytecode.extract, shape(1, 1, 2)],
  [Bytecode.sextract, shape(1, 1, 2)],
  [Bytecode.deposit, shape(1, 2, 2)],
  [Bytecode.add2, shape(2, 4)],
  [Bytecode.sub2, shape(2, 4)],
  [Bytecode.sub_flags, shape(5, 2)],
  [Bytecode.mulu2, shape(2, 2)],
  [Bytecode.muls2, shape(2, 2)],
  [Bytecode.ld64, shape(2, 1, 3)],
  [Bytecode.ld64_slow, shape(2, 1, 1)],
  [Bytecode.st64, shape(0, 3, 3)],
  [Bytecode.st64_slow, shape(0, 3, 1)],
  [Bytecode.goto_tb, shape(0, 0, 2)],
  [Bytecode.goto_ptr, shape(0, 0)],
  [Bytecode.exit_tb, shape(0, 0)],
  [Bytecode.plugin_exec_cb, shape(0, 0, 2)],
  [Bytecode.plugin_exec_cond_cb, shape(0, 0, 5)],
  [Bytecode.plugin_after_cb, shape(0, 0, 2)],
  [Bytecode.plugin_mem_cb, shape(0, 3, 4)],
  [Bytecode.plugin_inline_add_u64, shape(0, 0, 4)],
  [Bytecode.plugin_inline_store_u64, shape(0, 0, 4)],
  [Bytecode.plugin_exec_filtered_cb, shape(0, 0, 4)],
  [Bytecode.plugin_mem_filtered_cb, shape(0, 1, 8)],
]);

function family(first: Bytecode, last: Bytecode, common: Shape): void {
  for (let op = first; op <= last; op++) SHAPES.set(op, common);
}
family(Bytecode.brcond_eq, Bytecode.brcond_gtu, shape(0, 2, 1));
family(Bytecode.setcond_eq, Bytecode.setcond_gtu, shape(1, 2));
family(Bytecode.movcond_eq, Bytecode.movcond_gtu, shape(1, 4));
for (const op of ['add', 'sub', 'mul', 'and', 'or', 'xor', 'andc', 'shl', 'shr', 'sar', 'rotr'] as const) {
  SHAPES.set(Bytecode[op], shape(1, 2));
}
for (const op of ['neg', 'not', 'clz', 'bswap16', 'bswap32', 'ext8s', 'ext8u', 'ext16s', 'ext16u'] as const) {
  SHAPES.set(Bytecode[op], shape(1, 1));
}
for (const op of ['ld8u', 'ld8s', 'ld16u', 'ld16s', 'ld32', 'ld_slow'] as const)
  SHAPES.set(Bytecode[op], shape(1, 1, 2));
for (const op of ['st8', 'st16', 'st32', 'st_slow'] as const) SHAPES.set(Bytecode[op], shape(0, 2, 2));

/** Words of a call: the operation, helper, output, four inputs. */
const CALL_WORDS = 7;

/** One operation of lowered code. */
export interface Operation {
  readonly op: Bytecode;
  /** Its position in the block's code: where the interpreter would execute it. */
  readonly at: number;
  /** Position of the next operation. */
  readonly next: number;
  /** Index of the instruction it belongs to. */
  readonly insn: number;
  readonly outputs: readonly number[];
  readonly inputs: readonly number[];
  readonly immediates: readonly number[];
  /** Of a callback that is called only under a condition: the plugin_exec_cond_cb before it. */
  readonly condition?: Operation;
  /** Whether it calls a helper that may use all of the guest's state, or throw. */
  readonly isSystemCall?: boolean;
  /** Of such a one: it uses that state and nothing else, and never throws. */
  readonly isConfined?: boolean;
  /** Of a callback: how it is called without a detour. */
  readonly direct?: DirectCallback;
}

/** What a callback operation calls; undefined for others. `place`: where in the instruction it stands. */
export interface CallbackPlace {
  readonly place: 'before' | 'after' | 'access';
  readonly kind: CallbackKind;
  readonly index: number;
  /** What the callback does with registers. */
  readonly flags: number;
}

export function callbackOf({ op, immediates }: Operation): CallbackPlace | undefined {
  switch (op) {
    case Bytecode.plugin_exec_cb:
      return { place: 'before', kind: 'exec', index: immediates[0], flags: immediates[1] };
    case Bytecode.plugin_after_cb:
      return { place: 'after', kind: 'exec', index: immediates[0], flags: immediates[1] };
    case Bytecode.plugin_mem_cb:
      return { place: 'access', kind: 'mem', index: immediates[2], flags: immediates[3] };
    default:
      return undefined;
  }
}

/** What stands for an operation that the shapes do not know: nothing behind it can be read. */
export const UNKNOWN = -1 as Bytecode;

const NO_WORDS: readonly number[] = [];

/** The words of the code in [start, end). */
function wordsOf(code: Int32Array, start: number, end: number): readonly number[] {
  if (start === end) return NO_WORDS;
  const words: number[] = [];
  for (let i = start; i < end; i++) words.push(code[i]);
  return words;
}

/**
 * Reads the lowered code of one block. Ends early with an operation {@link UNKNOWN} where one is met that only the
 * interpreter knows.
 */
export function readOperations(code: Int32Array, helpers: readonly HelperDef[]): Operation[] {
  const result: Operation[] = [];
  let insn = -1;
  let condition: Operation | undefined;
  for (let at = 0; at < code.length;) {
    const op = code[at] as Bytecode;
    if (op === Bytecode.insn_start) insn++;
    if (op === Bytecode.call) {
      const helper = helpers[code[at + 1]];
      const inputs = wordsOf(code, at + 3, at + 3 + helper.inputs);
      const next = at + CALL_WORDS;
      const isSystemCall = !helper.pure && !helper.leaf;
      const isConfined = isSystemCall && helper.confined === true;
      const [immediates, outputs] = [[code[at + 1]], [code[at + 2]]];
      result.push({ op, at, next, insn, outputs, inputs, immediates, isSystemCall, isConfined });
      at = next;
      continue;
    }
    const found = SHAPES.get(op);
    if (!found) {
      result.push({ op: UNKNOWN, at, next: code.length, insn, outputs: [], inputs: [], immediates: [] });
      break;
    }
    const inputsAt = at + 1 + found.outputs;
    const immediatesAt = inputsAt + found.inputs;
    const next = immediatesAt + found.immediates;
    const operation: Operation = {
      op,
      at,
      next,
      insn,
      outputs: wordsOf(code, at + 1, inputsAt),
      inputs: wordsOf(code, inputsAt, immediatesAt),
      immediates: wordsOf(code, immediatesAt, next),
      condition,
    };
    condition = op === Bytecode.plugin_exec_cond_cb ? operation : undefined;
    if (!condition) result.push(operation);
    at = next;
  }
  return result;
}
