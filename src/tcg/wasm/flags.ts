import { Bytecode } from '../bytecode';
import { ENV_LOCALS } from '../layout';
import type { FunctionBuilder } from './function';
import type { Node } from './node';
import { Op } from './opcodes';
import type { Operation } from './shapes';

/** The four slots that a sub_flags writes, as bits of a mask. */
export enum Flag {
  Overflow = 1,
  Carry = 2,
  Sign = 4,
  Zero = 8,
}
const ALL = 15;
/** In the order of sub_flags' outputs. */
const ORDER = [Flag.Overflow, Flag.Carry, Flag.Sign, Flag.Zero] as const;

/** Conditions of flags that instructions compute into a temporary to compare it with 0. */
enum Derived {
  /** Sign xor overflow: negative where a < b, signed. */
  Less,
  /** Its sign in all bits. */
  LessMask,
  /** Zero without those bits: not 0 where a > b, signed. */
  Greater,
  /** All bits where a >= b, unsigned. */
  CarryMask,
  /** Those and zero: not 0 where a > b, unsigned. */
  Higher,
}

/** wasm's comparisons of a and b for `flag == 0`, `flag != 0`, `flag < 0`, `flag >= 0` (by Cond), where there is one. */
const FUSED_FLAGS: Readonly<Partial<Record<Flag, readonly (Op | undefined)[]>>> = {
  [Flag.Zero]: [Op.i32_eq, Op.i32_ne],
  [Flag.Carry]: [Op.i32_lt_u, Op.i32_ge_u],
};
const FUSED_DERIVED: Readonly<Partial<Record<Derived, readonly (Op | undefined)[]>>> = {
  [Derived.Less]: [undefined, undefined, Op.i32_lt_s, Op.i32_ge_s],
  [Derived.Greater]: [Op.i32_le_s, Op.i32_gt_s],
  [Derived.Higher]: [Op.i32_le_u, Op.i32_gt_u],
};

/**
 * Flags that are computed only where somebody reads them: a sub_flags keeps its two operands, and each flag is an expression
 * of these until something else writes it. Conditional jumps become one comparison of the operands.
 */
export class LazyFlags {
  private readonly bits = new Map<number, Flag>();
  private readonly a: number;
  private readonly b: number;
  /** Which flags are expressions now. */
  mask = 0;
  private readonly atStart = new Map<Node, number>();
  private derived = new Map<number, Derived>();

  constructor(
    private readonly f: FunctionBuilder,
    nodes: readonly Node[],
  ) {
    this.a = f.local();
    this.b = f.local();
    for (const { operations } of nodes) {
      for (const { op, outputs } of operations) {
        if (op === Bytecode.sub_flags && this.bits.size === 0)
          ORDER.forEach((bit, i) => this.bits.set(outputs[i], bit));
      }
    }
    this.solve(nodes);
  }

  /** Whether the operation sets the flags that this region is lazy about. */
  isSetter({ op, outputs }: Operation): boolean {
    return op === Bytecode.sub_flags && ORDER.every((bit, i) => this.bits.get(outputs[i]) === bit);
  }

  /** The mask after an operation. */
  after(mask: number, operation: Operation): number {
    if (operation.isSystemCall) return 0;
    if (this.isSetter(operation)) return ALL & ~this.bitOf(operation.outputs[4]);
    let rest = mask;
    for (const slot of operation.outputs) rest &= ~this.bitOf(slot);
    return rest;
  }

  private bitOf(slot: number): number {
    return this.bits.get(slot) ?? 0;
  }

  /** A flag is an expression at a node's start where it is one at the end of all that lead there. */
  private solve(nodes: readonly Node[]): void {
    for (const node of nodes) this.atStart.set(node, node === nodes[0] ? 0 : ALL);
    // At its end each flag is one in any case, or never, or as at its start.
    const ends = nodes.map(({ operations }) => {
      let [least, most] = [0, ALL];
      for (const operation of operations) {
        least = this.after(least, operation);
        most = this.after(most, operation);
      }
      return { least, most };
    });
    for (let changed = true; changed;) {
      changed = false;
      for (const [i, node] of nodes.entries()) {
        const { least, most } = ends[i];
        // What follows a call is read from the environment.
        const end = node.exit.kind === 'call' ? 0 : least | (this.startOf(node) & most);
        for (const successor of node.successors) {
          const before = this.startOf(successor);
          if ((before & end) === before) continue;
          this.atStart.set(successor, before & end);
          changed = true;
        }
      }
    }
  }

  startOf(node: Node): number {
    return this.atStart.get(node) ?? 0;
  }

  /** The flags of `mask` in slots that `has` says yes of, as a mask. */
  among(has: (slot: number) => boolean, mask: number): number {
    let found = 0;
    if (mask !== 0) for (const [slot, bit] of this.bits) if (bit & mask && has(slot)) found |= bit;
    return found;
  }

  /** Slots of the flags in `mask`. */
  slots(mask: number): number[] {
    return [...this.bits].filter(([, bit]) => bit & mask).map(([slot]) => slot);
  }

  isLazy(slot: number): boolean {
    return (this.bitOf(slot) & this.mask) !== 0 || this.derived.has(slot);
  }

  /** Code of the node begins. */
  enter(node: Node): void {
    this.mask = this.startOf(node);
    this.derived.clear();
  }

  /** What is an expression now, for {@link restore}. */
  save(): { readonly mask: number; readonly derived: ReadonlyMap<number, unknown> } {
    return { mask: this.mask, derived: new Map(this.derived) };
  }

  restore({ mask, derived }: ReturnType<LazyFlags['save']>): void {
    this.mask = mask;
    this.derived = new Map(derived) as Map<number, Derived>;
  }

  /** A slot got a value of its own. */
  written(slot: number): void {
    this.mask &= ~this.bitOf(slot);
    this.derived.delete(slot);
  }

  /** Takes the operands from the stack: a, then b. */
  setOperands(): void {
    this.f.set(this.b);
    this.f.set(this.a);
  }

  /** From here on all flags are those of the operands. */
  begin(): void {
    this.mask = ALL;
    this.derived.clear();
  }

  /** All flags have values of their own, or nobody reads them. */
  forget(): void {
    this.mask = 0;
  }

  /** Temporaries that stand for conditions. */
  get temporaries(): readonly number[] {
    return [...this.derived.keys()];
  }

  private operands(op: Op): void {
    this.f.get(this.a);
    this.f.get(this.b);
    this.f.op(op);
  }

  difference(): void {
    this.operands(Op.i32_sub);
  }

  /** Leaves the value of a lazy slot on the stack. */
  emit(slot: number): void {
    const derived = this.derived.get(slot);
    if (derived !== undefined) this.emitDerived(derived);
    else this.emitFlag(this.bitOf(slot));
  }

  private emitFlag(flag: Flag): void {
    const { f } = this;
    switch (flag) {
      case Flag.Carry:
        this.operands(Op.i32_ge_u);
        break;
      case Flag.Overflow:
        this.difference();
        f.get(this.a);
        f.op(Op.i32_xor);
        this.operands(Op.i32_xor);
        f.op(Op.i32_and);
        break;
      default:
        this.difference();
    }
  }

  private emitDerived(derived: Derived): void {
    const { f } = this;
    switch (derived) {
      case Derived.Less:
        this.emitFlag(Flag.Sign);
        this.emitFlag(Flag.Overflow);
        f.op(Op.i32_xor);
        break;
      case Derived.LessMask:
        f.i32Const(0);
        this.operands(Op.i32_lt_s);
        f.op(Op.i32_sub);
        break;
      case Derived.Greater:
        this.difference();
        f.i32Const(0);
        this.operands(Op.i32_ge_s);
        f.op(Op.i32_sub);
        f.op(Op.i32_and);
        break;
      case Derived.CarryMask:
        f.i32Const(0);
        this.operands(Op.i32_ge_u);
        f.op(Op.i32_sub);
        break;
      case Derived.Higher:
        this.difference();
        this.emitDerived(Derived.CarryMask);
        f.op(Op.i32_and);
        break;
    }
  }

  /** Takes an operation that only makes a condition of flags: then its result is an expression too. */
  derive({ op, outputs, inputs }: Operation, constant: (slot: number) => number | undefined): boolean {
    const derived = this.derivedBy(op, inputs, constant);
    if (derived === undefined || outputs[0] < ENV_LOCALS) return false;
    this.derived.set(outputs[0], derived);
    return true;
  }

  private derivedBy(
    op: Bytecode,
    [a, b]: readonly number[],
    constant: (slot: number) => number | undefined,
  ): Derived | undefined {
    const lazy = (slot: number, flag: Flag): boolean => this.bits.get(slot) === flag && (this.mask & flag) !== 0;
    switch (op) {
      case Bytecode.xor:
        return lazy(a, Flag.Sign) && lazy(b, Flag.Overflow) ? Derived.Less : undefined;
      case Bytecode.sar:
        return this.derived.get(a) === Derived.Less && constant(b) === 31 ? Derived.LessMask : undefined;
      case Bytecode.andc:
        return lazy(a, Flag.Zero) && this.derived.get(b) === Derived.LessMask ? Derived.Greater : undefined;
      case Bytecode.neg:
        return lazy(a, Flag.Carry) ? Derived.CarryMask : undefined;
      case Bytecode.and:
        return this.derived.get(a) === Derived.CarryMask && lazy(b, Flag.Zero) ? Derived.Higher : undefined;
      default:
        return undefined;
    }
  }

  /** Leaves on the stack whether `slot condition 0` (a Cond) holds, if one comparison of the operands says that. */
  emitTest(slot: number, condition: number): boolean {
    const derived = this.derived.get(slot);
    const bit = this.bitOf(slot) & this.mask;
    const table = derived !== undefined ? FUSED_DERIVED[derived] : FUSED_FLAGS[bit as Flag];
    const op = table?.[condition];
    if (op === undefined) return false;
    this.operands(op);
    return true;
  }
}
