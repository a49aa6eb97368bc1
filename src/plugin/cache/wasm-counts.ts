import type { FunctionBuilder } from '../../tcg/wasm/function';
import { Op } from '../../tcg/wasm/opcodes';

/** Adds to the 64-bit floating-point number at the address on the stack plus `offset`. */
export function increment(f: FunctionBuilder, offset: number, by = 1): void {
  const at = f.local();
  f.tee(at);
  f.get(at);
  f.memory(Op.f64_load, 3, offset);
  f.f64Const(by);
  f.op(Op.f64_add);
  f.memory(Op.f64_store, 3, offset);
}

/** Emits `value << bits`, or `>>>` where bits are negative, of what is on the stack. */
export function shift(f: FunctionBuilder, bits: number): void {
  if (bits === 0) return;
  f.i32Const(Math.abs(bits));
  f.op(bits > 0 ? Op.i32_shl : Op.i32_shr_u);
}
