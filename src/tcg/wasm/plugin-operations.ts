import { Bytecode } from '../bytecode';
import { Cond } from '../opcodes';
import type { FunctionBuilder } from './function';
import { Op } from './opcodes';
import type { Operation } from './shapes';
import type { Values } from './values';

const wide = (low: number, high: number): bigint => (BigInt(high) << 32n) | BigInt(low >>> 0);

/** Emits a plugin_inline_store_u64 of vCPU number `vcpu`. Returns false for anything else. */
export function emitCounterStore(f: FunctionBuilder, { op, immediates }: Operation, vcpu: number): boolean {
  if (op !== Bytecode.plugin_inline_store_u64) return false;
  const [base, stride, low, high] = immediates;
  f.i32Const(0);
  f.i64Const(wide(low, high));
  f.memory(Op.i64_store, 3, base + vcpu * stride);
  return true;
}

const COMPARISONS: Readonly<Partial<Record<Cond, Op>>> = {
  [Cond.eq]: Op.i64_eq,
  [Cond.ne]: Op.i64_ne,
  [Cond.ltu]: Op.i64_lt_u,
  [Cond.geu]: Op.i64_ge_u,
  [Cond.leu]: Op.i64_le_u,
  [Cond.gtu]: Op.i64_gt_u,
};

/** Leaves on the stack whether the condition of a plugin_exec_cond_cb holds: [cond, base, stride, low, high]. */
export function emitCondition({ f }: Values, immediates: readonly number[], vcpu: number): void {
  const [condition, base, stride, low, high] = immediates;
  const comparison = COMPARISONS[condition as Cond];
  if (comparison === undefined) throw new Error(`a callback's condition compares unsigned, not ${Cond[condition]}`);
  f.i32Const(0);
  f.memory(Op.i64_load, 3, base + vcpu * stride);
  f.i64Const(wide(low, high));
  f.op(comparison);
}
