import { Bytecode } from '../bytecode';
import { Clocks } from './clocks';
import { isCallback } from './dataflow';
import type { FunctionBuilder } from './function';
import type { Node } from './node';
import { Op, Type } from './opcodes';
import type { Operation } from './shapes';

/** An addition to a plugin's counter. */
export interface CounterAdd {
  /** Byte offset in the shared memory. */
  readonly offset: number;
  /** Modulo 2^64. */
  readonly value: bigint;
}

const NONE: readonly CounterAdd[] = [];

/**
 * The additions to counters in one node, taken together: all that stand between two operations where somebody may look at
 * counters are made before the first. What leaves in between takes back those that it did not come to.
 */
export class NodeCounters {
  /** Sums by the index of the operation before which they are made. */
  private readonly sums = new Map<number, readonly CounterAdd[]>();
  /** By operation: what it and those behind it add until somebody may look. */
  private readonly rest: (readonly CounterAdd[])[];

  constructor(
    operations: readonly Operation[],
    private readonly vcpu: number,
  ) {
    this.rest = new Array<readonly CounterAdd[]>(operations.length).fill(NONE);
    let rest = NONE;
    for (let i = operations.length - 1; i >= 0; i--) {
      rest = this.with(rest, operations[i]);
      this.rest[i] = rest;
      if (rest.length && (i === 0 || looks(operations[i - 1]))) this.sums.set(i, rest);
    }
  }

  /** What is to be added before operation `i`. */
  before(i: number): readonly CounterAdd[] {
    return this.sums.get(i) ?? NONE;
  }

  /** What has been added for operations from `i` on. */
  ahead(i: number): readonly CounterAdd[] {
    return this.rest[i] ?? NONE;
  }

  /** The sums of what follows an operation, with what it adds itself. */
  private with(rest: readonly CounterAdd[], operation: Operation): readonly CounterAdd[] {
    if (looks(operation)) return NONE;
    if (operation.op !== Bytecode.plugin_inline_add_u64) return rest;
    const [base, stride, low, high] = operation.immediates;
    const offset = base + this.vcpu * stride;
    const value = (BigInt(high) << 32n) | BigInt(low >>> 0);
    const known = rest.findIndex((add) => add.offset === offset);
    if (known < 0) return [{ offset, value }, ...rest];
    return rest.map((add, i) => (i === known ? { offset, value: add.value + value } : add));
  }
}

/** Whether the operation reads or replaces counters, or lets others read them. */
function looks({ op, isSystemCall, isConfined }: Operation): boolean {
  return (isSystemCall && !isConfined) || isCallback(op) || op === Bytecode.plugin_inline_store_u64;
}

/** The most counters of a region that have locals. */
const MAX_TALLIES = 6;

/**
 * What a region's loops have added to counters since the counters themselves were last told: in locals, so that a short
 * loop does not wait for memory. Told at every way out of the region, and before what may look.
 */
export class Tallies {
  private readonly locals = new Map<number, number>();
  readonly clocks: Clocks;

  constructor(
    private readonly f: FunctionBuilder,
    nodes: readonly Node[],
    vcpu: number,
  ) {
    this.clocks = new Clocks(f, nodes);
    if (!nodes.some(({ isLoop, exit }) => isLoop || exit.kind === 'enter')) return;
    for (const { operations } of nodes) {
      for (const { op, immediates } of operations) {
        if (op !== Bytecode.plugin_inline_add_u64 || this.locals.size === MAX_TALLIES) continue;
        const offset = immediates[0] + vcpu * immediates[1];
        if (!this.locals.has(offset)) this.locals.set(offset, f.local(Type.i64));
      }
    }
  }

  add(adds: readonly CounterAdd[]): void {
    const { f } = this;
    for (const { offset, value } of adds) {
      const local = this.locals.get(offset);
      const sum = (): void => f.i64Const(BigInt.asIntN(64, value));
      if (local === undefined) {
        this.addToMemory(offset, sum);
        continue;
      }
      f.get(local);
      sum();
      f.op(Op.i64_add);
      f.set(local);
    }
  }

  /** Tells the counters, and the clocks; from then on the counters' locals are 0 again. */
  tell(): void {
    const { f } = this;
    this.clocks.write();
    for (const [offset, local] of this.locals) {
      this.addToMemory(offset, () => f.get(local));
      f.i64Const(0n);
      f.set(local);
    }
  }

  private addToMemory(offset: number, value: () => void): void {
    const { f } = this;
    f.i32Const(0);
    f.i32Const(0);
    f.memory(Op.i64_load, 3, offset);
    value();
    f.op(Op.i64_add);
    f.memory(Op.i64_store, 3, offset);
  }
}
