import { Bytecode } from './bytecode';
import type { ConstantPool } from './constants';
import { fuse, mentionsOf, type SubtractWithFlags } from './fuse';
import { shapeOf, type IrBlock, type IrOp, type Temp } from './ir';
import { ENV_LOCALS, ENV_LOCALS_WORDS, ENV_TLB, PAGE_MASK, TLB_WORDS } from './layout';
import { MemOp, memOpAlignment, memOpMmuIndex } from './memop';
import { Cond, OPCODES, Opcode } from './opcodes';

/** Takes results that nobody wants. */
const SCRATCH = ENV_LOCALS + ENV_LOCALS_WORDS - 1;

export interface LoweredBlock {
  readonly code: Int32Array;
  /** Position in `code` of each instruction's insn_start, in order. */
  readonly insnStarts: readonly number[];
}

/**
 * Lowers `block` for the interpreter: drops operations whose result nobody reads, merges an operation with the move of
 * its result, gives locals slots (reused from instruction to instruction) and constants theirs, resolves labels.
 */
export function lowerBlock(block: IrBlock, constants: ConstantPool): LoweredBlock {
  return new Lowering(block, constants).run();
}

class Lowering {
  private readonly code: number[] = [];
  private readonly insnStarts: number[] = [];
  /** Position of each label that is set already. */
  private readonly labelAt: number[] = [];
  /** Positions of jumps' targets, and the labels that they go to. */
  private readonly fixups: number[] = [];
  private readonly fixupLabels: number[] = [];
  /** By temp, 0 for one without: a local is used in one instruction only. */
  private readonly localSlots: Int32Array;
  /** Slots of the current operation's constants that the pool has no room for. */
  private readonly ownConstants = new Map<Temp, number>();
  private nextLocal = 0;

  constructor(
    private readonly block: IrBlock,
    private readonly constants: ConstantPool,
  ) {
    this.localSlots = new Int32Array(block.temps.length);
  }

  run(): LoweredBlock {
    const used = dropUnused(this.block);
    const mentions = mentionsOf(this.block, used);
    // Merging takes away all mentions of a temporary or none, so the numbers stay right for those that are left.
    for (const op of fuse(this.block, mergeMoves(this.block, used, mentions), mentions)) {
      if ('kind' in op) this.lowerSubtraction(op);
      else this.lower(op);
    }
    for (let i = 0; i < this.fixups.length; i++) {
      const target: number | undefined = this.labelAt[this.fixupLabels[i]];
      if (target === undefined) throw new Error(`IR jumps to label L${this.fixupLabels[i]}, which is set nowhere`);
      this.code[this.fixups[i]] = target;
    }
    return { code: new Int32Array(this.code), insnStarts: this.insnStarts };
  }

  private slot(temp: Temp): number {
    const info = this.block.temps[temp];
    if (info.kind === 'global') return info.slot;
    if (info.kind === 'const') {
      const known = this.constants.slot(info.value) ?? this.ownConstants.get(temp);
      if (known !== undefined) return known;
    }
    return (this.localSlots[temp] ||= this.newLocal());
  }

  private newLocal(): number {
    if (this.nextLocal >= ENV_LOCALS_WORDS - 1) throw new Error('IR of one instruction has too many locals');
    return ENV_LOCALS + this.nextLocal++;
  }

  /** Puts constants that the pool has no room for into locals of this operation alone: a jump may pass it by. */
  private loadConstants(inputs: readonly Temp[]): void {
    this.ownConstants.clear();
    for (const temp of inputs) {
      const value = this.block.constantValue(temp);
      if (value === undefined || this.ownConstants.has(temp) || this.constants.slot(value) !== undefined) continue;
      const slot = this.newLocal();
      this.ownConstants.set(temp, slot);
      this.code.push(Bytecode.movi, slot, value);
    }
  }

  private jump(label: number): void {
    this.fixups.push(this.code.length);
    this.fixupLabels.push(label);
    this.code.push(0);
  }

  private lower(op: IrOp): void {
    const { code } = this;
    const { args } = op;
    const { outputs, inputs } = shapeOf(op);
    if (this.constants.room < MAX_INPUTS && op.opc !== Opcode.mov_i32) {
      this.loadConstants(args.slice(outputs, outputs + inputs));
    }
    const values = outputs + inputs;
    switch (op.opc) {
      case Opcode.mov_i32: {
        const value = this.block.constantValue(args[1]);
        if (value === undefined) code.push(Bytecode.mov, this.slot(args[0]), this.slot(args[1]));
        else code.push(Bytecode.movi, this.slot(args[0]), value);
        return;
      }
      case Opcode.insn_start:
        this.nextLocal = 0;
        this.insnStarts.push(code.length);
        code.push(Bytecode.insn_start, args[0], args[1]);
        return;
      case Opcode.set_label:
        this.labelAt[args[0]] = code.length;
        return;
      case Opcode.br:
        code.push(Bytecode.br);
        this.jump(args[0]);
        return;
      case Opcode.brcond_i32:
        code.push(Bytecode.brcond_eq + args[2]);
        this.operands(args, values);
        this.jump(args[3]);
        return;
      case Opcode.setcond_i32:
        code.push(Bytecode.setcond_eq + args[3]);
        this.operands(args, values);
        return;
      case Opcode.movcond_i32:
        code.push(Bytecode.movcond_eq + args[5]);
        this.operands(args, values);
        return;
      case Opcode.qemu_ld_i32:
      case Opcode.qemu_st_i32:
        code.push(accessBytecode(op.opc, args[2]));
        this.operands(args, values);
        code.push(args[2], ENV_TLB + memOpMmuIndex(args[2]) * TLB_WORDS);
        return;
      case Opcode.qemu_ld_i64:
      case Opcode.qemu_st_i64:
        this.lowerDoubleword(op.opc === Opcode.qemu_ld_i64, args[3], args, values);
        return;
      case Opcode.plugin_exec_cond_cb: {
        const [index, flags, ...condition] = args;
        code.push(Bytecode.plugin_exec_cond_cb, ...condition, Bytecode.plugin_exec_cb, index, flags);
        return;
      }
      case Opcode.call:
        this.lowerCall(op, outputs, inputs);
        return;
      default:
        code.push(SIMPLE[op.opc]);
        this.operands(args, values);
        for (let i = values; i < args.length; i++) code.push(args[i]);
    }
  }

  /** Little-endian doublewords at addresses of words have a fast path, which is told which bits of an address must match. */
  private lowerDoubleword(isLoad: boolean, memop: number, args: readonly Temp[], values: number): void {
    const { code } = this;
    if (memop & MemOp.BE) {
      code.push(isLoad ? Bytecode.ld64_slow : Bytecode.st64_slow);
      this.operands(args, values);
      code.push(memop);
    } else {
      code.push(isLoad ? Bytecode.ld64 : Bytecode.st64);
      this.operands(args, values);
      const tag = PAGE_MASK | Math.max(3, memOpAlignment(memop) - 1);
      code.push(memop, ENV_TLB + memOpMmuIndex(memop) * TLB_WORDS, tag);
    }
  }

  private operands(args: readonly Temp[], count: number): void {
    for (let i = 0; i < count; i++) this.code.push(this.slot(args[i]));
  }

  private lowerSubtraction({ result, sign, zero, carry, overflow, a, b }: SubtractWithFlags): void {
    if (this.constants.room < MAX_INPUTS) this.loadConstants([a, b]);
    const outputs = [overflow, carry, sign, zero].map((temp) => this.slot(temp));
    this.code.push(Bytecode.sub_flags, ...outputs, result === undefined ? SCRATCH : this.slot(result));
    this.code.push(this.slot(a), this.slot(b));
  }

  /** `call` is [helper, out or a scratch slot, four inputs]. */
  private lowerCall(op: IrOp, outputs: number, inputs: number): void {
    const { args } = op;
    const zero = this.constants.slot(0) ?? 0;
    const out = outputs ? this.slot(args[0]) : SCRATCH;
    this.code.push(Bytecode.call, args[outputs + inputs], out);
    for (let i = 0; i < 4; i++) this.code.push(i < inputs ? this.slot(args[outputs + i]) : zero);
  }
}

/** The most inputs that an operation has. */
const MAX_INPUTS = 4;

/** Operations whose bytecode has the IR's operands in the IR's order, by opcode. */
const SIMPLE: Readonly<Record<number, Bytecode>> = Object.fromEntries(
  Object.entries(OPCODES).flatMap(([opc, { name }]) => {
    const bytecode = Bytecode[name.replace(/_i32$/, '') as keyof typeof Bytecode];
    return bytecode === undefined ? [] : [[Number(opc), bytecode]];
  }),
);

function accessBytecode(opc: Opcode, memop: number): Bytecode {
  const load = opc === Opcode.qemu_ld_i32;
  const size = memop & MemOp.SIZE;
  const sign = (memop & MemOp.SIGN) !== 0;
  if (memOpAlignment(memop) > 1 << size) return load ? Bytecode.ld_slow : Bytecode.st_slow;
  if (size === 0) return load ? (sign ? Bytecode.ld8s : Bytecode.ld8u) : Bytecode.st8;
  if (memop & MemOp.BE || size > 2) return load ? Bytecode.ld_slow : Bytecode.st_slow;
  // The fast path accepts aligned accesses only, so it serves alignment-checked ones as well.
  if (size === 1) return load ? (sign ? Bytecode.ld16s : Bytecode.ld16u) : Bytecode.st16;
  return load ? Bytecode.ld32 : Bytecode.st32;
}

/** Backward pass: keeps what has an effect, writes a global, or feeds something kept. */
function dropUnused(block: IrBlock): IrOp[] {
  const read = new Uint8Array(block.temps.length);
  const kept: IrOp[] = [];
  for (let i = block.ops.length - 1; i >= 0; i--) {
    const op = block.ops[i];
    const { outputs, inputs } = shapeOf(op);
    const droppable = op.opc === Opcode.call ? (op.helper?.pure ?? false) : !OPCODES[op.opc].sideEffect;
    if (droppable && !isNeeded(block, op.args, outputs, read)) continue;
    for (let k = outputs; k < outputs + inputs; k++) read[op.args[k]] = 1;
    kept.push(op);
  }
  return kept.reverse();
}

function isNeeded(block: IrBlock, args: readonly Temp[], outputs: number, read: Uint8Array): boolean {
  for (let k = 0; k < outputs; k++) if (block.temps[args[k]].kind === 'global' || read[args[k]] !== 0) return true;
  return false;
}

/**
 * `op tmp, …; mov dst, tmp` with no other use of tmp becomes `op dst, …`, and `op tmp1, tmp2, …; mov dst1, tmp1; mov dst2, tmp2`
 * likewise. What plugins have behind an access may stand in between, if it does not look at registers.
 */
function mergeMoves(block: IrBlock, ops: readonly IrOp[], mentions: Int32Array): IrOp[] {
  const result: IrOp[] = [];
  const isMoveOfLocal = ({ opc, args }: IrOp): boolean =>
    opc === Opcode.mov_i32 && block.temps[args[1]].kind === 'local' && mentions[args[1]] === 2;
  for (const op of ops) {
    if (!isMoveOfLocal(op)) {
      result.push(op);
      continue;
    }
    const before = result.at(-1);
    const moves = before && isMoveOfLocal(before) ? [before, op] : [op];
    if (!mergeInto(result, result.length - moves.length, moves)) result.push(op);
    else if (moves.length > 1) result.pop();
  }
  return result;
}

/** Whether an operation of a plugin reads no more of the guest's state than its inputs. */
function looksAway({ opc, args }: IrOp): boolean {
  return opc === Opcode.plugin_inline_add_u64 || (opc === Opcode.plugin_mem_filtered_cb && args[4] === 0);
}

/** Gives the operation whose outputs are what `moves` move, which ends at index `last` but for plugins' operations, their destinations. */
function mergeInto(result: IrOp[], last: number, moves: readonly IrOp[]): boolean {
  let at = last;
  while (at >= 0 && looksAway(result[at])) {
    const { opc, args } = result[at];
    if (opc === Opcode.plugin_mem_filtered_cb && moves.some((move) => move.args[0] === args[0])) return false;
    at--;
  }
  const producer = result.at(at);
  if (at < 0 || !producer || shapeOf(producer).outputs !== moves.length) return false;
  const destinations = producer.args
    .slice(0, moves.length)
    .map((output) => moves.find((move) => move.args[1] === output)?.args[0]);
  if (destinations.includes(undefined)) return false;
  result[at] = { ...producer, args: [...(destinations as number[]), ...producer.args.slice(moves.length)] };
  return true;
}

/** Order in which Bytecode's families of comparisons lie, checked here so that `family + cond` holds. */
const CONDITIONS: readonly (keyof typeof Cond)[] = ['eq', 'ne', 'lt', 'ge', 'le', 'gt', 'ltu', 'geu', 'leu', 'gtu'];
for (const family of ['brcond', 'setcond', 'movcond'] as const) {
  for (const name of CONDITIONS) {
    const expected = Bytecode[`${family}_eq`] + Cond[name];
    if (Bytecode[`${family}_${name}` as keyof typeof Bytecode] !== expected) {
      throw new Error(`bytecode ${family}_${name} is out of order`);
    }
  }
}
