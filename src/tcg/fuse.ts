import { shapeOf, type IrBlock, type IrOp, type Temp } from './ir';
import { Cond, Opcode } from './opcodes';

/** A subtraction with everything that flags take from it: one step instead of seven or eight. */
export interface SubtractWithFlags {
  readonly kind: 'subtractWithFlags';
  /** a - b; absent if only flags are wanted. */
  readonly result: Temp | undefined;
  /** Both are a - b: its sign, and whether it is zero. */
  readonly sign: Temp;
  readonly zero: Temp;
  /** 1 if a >= b, unsigned. */
  readonly carry: Temp;
  /** Its sign: signed overflow. */
  readonly overflow: Temp;
  readonly a: Temp;
  readonly b: Temp;
}

export type FusedOp = IrOp | SubtractWithFlags;

/**
 * Finds sequences that the interpreter has one operation for. They mean the same before and after: nothing stops or looks
 * between the operations of one sequence.
 */
export function fuse(block: IrBlock, ops: readonly IrOp[], mentions = mentionsOf(block, ops)): FusedOp[] {
  const result: FusedOp[] = [];
  for (let i = 0; i < ops.length; i++) {
    const found = subtractWithFlags(block, ops, i, mentions) ?? compareWithZero(block, ops, i);
    result.push(found ? found.op : ops[i]);
    if (found) i += found.length - 1;
  }
  return result;
}

/** How many operations name each temporary, by its number. */
export function mentionsOf(block: IrBlock, ops: readonly IrOp[]): Int32Array {
  const mentions = new Int32Array(block.temps.length);
  for (const op of ops) {
    const { outputs, inputs } = shapeOf(op);
    for (let k = 0; k < outputs + inputs; k++) mentions[op.args[k]]++;
  }
  return mentions;
}

/**
 * `sub d, a, b; xor x, d, a; xor y, a, b; and v, x, y; setcond c, a, b, geu; mov n, d; mov z, d[; mov r, d]`, with no
 * other use of d, x, y.
 */
function subtractWithFlags(
  block: IrBlock,
  ops: readonly IrOp[],
  at: number,
  mentions: Int32Array,
): { op: SubtractWithFlags; length: number } | undefined {
  if (ops[at].opc !== Opcode.sub_i32 || at + 6 >= ops.length) return undefined;
  const [d, a, b] = ops[at].args;
  const [xor1, xor2, and, setcond, mov1, mov2] = ops.slice(at + 1, at + 7);
  const [x, y] = [xor1.args[0], xor2.args[0]];
  const matches =
    is(xor1, Opcode.xor_i32, x, d, a) &&
    is(xor2, Opcode.xor_i32, y, a, b) &&
    is(and, Opcode.and_i32, and.args[0], x, y) &&
    is(setcond, Opcode.setcond_i32, setcond.args[0], a, b, Cond.geu) &&
    is(mov1, Opcode.mov_i32, mov1.args[0], d) &&
    is(mov2, Opcode.mov_i32, mov2.args[0], d);
  if (!matches) return undefined;
  const [overflow, carry, sign, zero] = [and, setcond, mov1, mov2].map((op) => op.args[0]);
  // The single operation reads a and b first: the sequence must not have changed them in between.
  if ([d, x, y, overflow, carry].some((written) => written === a || written === b)) return undefined;
  const last = ops.at(at + 7);
  const result = last && is(last, Opcode.mov_i32, last.args[0], d) ? last.args[0] : undefined;
  const uses = result === undefined ? 4 : 5;
  const hidden = (temp: Temp, count: number): boolean => block.temps[temp].kind === 'local' && mentions[temp] === count;
  if (!hidden(d, uses) || !hidden(x, 2) || !hidden(y, 2)) return undefined;
  return {
    op: { kind: 'subtractWithFlags', result, sign, zero, carry, overflow, a, b },
    length: result === undefined ? 7 : 8,
  };
}

/** `mov v, 0; mov c, 1; mov n, a; mov z, a[; mov r, a]`: the same of a - 0. */
function compareWithZero(
  block: IrBlock,
  ops: readonly IrOp[],
  at: number,
): { op: SubtractWithFlags; length: number } | undefined {
  if (ops[at].opc !== Opcode.mov_i32 || at + 3 >= ops.length) return undefined;
  if (block.constantValue(ops[at].args[1]) !== 0) return undefined;
  const [mov1, mov2, mov3, mov4] = ops.slice(at, at + 4);
  const constants = [mov1, mov2].map((op) => (op.opc === Opcode.mov_i32 ? block.constantValue(op.args[1]) : undefined));
  if (constants[0] !== 0 || constants[1] !== 1) return undefined;
  const [sign, a] = mov3.args;
  if (mov3.opc !== Opcode.mov_i32 || !is(mov4, Opcode.mov_i32, mov4.args[0], a)) return undefined;
  const [overflow, carry, zero] = [mov1, mov2, mov4].map((op) => op.args[0]);
  // Only where these are the words of flags: a constant stands for nothing else then.
  const written = [overflow, carry, sign, zero];
  if (new Set(written).size < 4 || written.some((temp) => temp === a || block.temps[temp].kind !== 'global')) {
    return undefined;
  }
  const b = mov1.args[1];
  const last = ops.at(at + 4);
  const result = last && is(last, Opcode.mov_i32, last.args[0], a) ? last.args[0] : undefined;
  return {
    op: { kind: 'subtractWithFlags', result, sign, zero, carry, overflow, a, b },
    length: result === undefined ? 4 : 5,
  };
}

function is(op: IrOp, opc: Opcode, ...args: readonly number[]): boolean {
  return op.opc === opc && args.every((arg, i) => op.args[i] === arg);
}
