import { Bytecode } from '../bytecode';
import { Op, Type } from './opcodes';
import type { Operation } from './shapes';
import type { Values } from './values';

/** wasm's comparisons by Cond, which is also the order of {@link Bytecode}'s families. */
export const COMPARISONS = [
  Op.i32_eq,
  Op.i32_ne,
  Op.i32_lt_s,
  Op.i32_ge_s,
  Op.i32_le_s,
  Op.i32_gt_s,
  Op.i32_lt_u,
  Op.i32_ge_u,
  Op.i32_le_u,
  Op.i32_gt_u,
] as const;

/** Operations that are one instruction on their operands. */
const SIMPLE = new Map<Bytecode, Op>([
  [Bytecode.add, Op.i32_add],
  [Bytecode.sub, Op.i32_sub],
  [Bytecode.mul, Op.i32_mul],
  [Bytecode.and, Op.i32_and],
  [Bytecode.or, Op.i32_or],
  [Bytecode.xor, Op.i32_xor],
  [Bytecode.shl, Op.i32_shl],
  [Bytecode.shr, Op.i32_shr_u],
  [Bytecode.sar, Op.i32_shr_s],
  [Bytecode.rotr, Op.i32_rotr],
  [Bytecode.clz, Op.i32_clz],
  [Bytecode.ext8s, Op.i32_extend8_s],
  [Bytecode.ext16s, Op.i32_extend16_s],
]);

/** Leaves 1 on the stack if the comparison number `condition` (a Cond) of two slots holds. */
export function emitComparison(v: Values, condition: number, a: number, b: number): void {
  if (v.constant(b) === 0 && v.flags.emitTest(a, condition)) return;
  v.get(a);
  if (v.constant(b) === 0 && condition === 0) {
    v.f.op(Op.i32_eqz);
    return;
  }
  v.get(b);
  v.f.op(COMPARISONS[condition]);
}

/** Emits an operation that only computes. Returns false for one that does more. */
export function emitOperation(v: Values, operation: Operation): boolean {
  const { op, outputs, inputs, immediates } = operation;
  const { f } = v;
  if (v.flags.derive(operation, (slot) => v.constant(slot))) return true;
  const simple = SIMPLE.get(op);
  if (simple !== undefined) {
    v.set(outputs[0], () => {
      for (const slot of inputs) v.get(slot);
      f.op(simple);
    });
    return true;
  }
  if (op >= Bytecode.setcond_eq && op <= Bytecode.setcond_gtu) {
    v.set(outputs[0], () => emitComparison(v, op - Bytecode.setcond_eq, inputs[0], inputs[1]));
    return true;
  }
  if (op >= Bytecode.movcond_eq && op <= Bytecode.movcond_gtu) {
    v.set(outputs[0], () => {
      v.get(inputs[2]);
      v.get(inputs[3]);
      emitComparison(v, op - Bytecode.movcond_eq, inputs[0], inputs[1]);
      f.op(Op.select);
    });
    return true;
  }
  const [out] = outputs;
  const [a] = inputs;
  const masked = (mask: number): void =>
    v.set(out, () => {
      v.get(a);
      f.i32Const(mask);
      f.op(Op.i32_and);
    });
  switch (op) {
    case Bytecode.insn_start:
      return true;
    case Bytecode.mov:
      v.set(out, () => v.get(a));
      return true;
    case Bytecode.movi:
      v.set(out, () => f.i32Const(immediates[0]));
      return true;
    case Bytecode.neg:
      v.set(out, () => {
        f.i32Const(0);
        v.get(a);
        f.op(Op.i32_sub);
      });
      return true;
    case Bytecode.not:
      v.set(out, () => {
        v.get(a);
        f.i32Const(-1);
        f.op(Op.i32_xor);
      });
      return true;
    case Bytecode.andc:
      v.set(out, () => {
        v.get(a);
        v.get(inputs[1]);
        f.i32Const(-1);
        f.op(Op.i32_xor);
        f.op(Op.i32_and);
      });
      return true;
    case Bytecode.ext8u:
      masked(0xff);
      return true;
    case Bytecode.ext16u:
      masked(0xffff);
      return true;
    case Bytecode.bswap16:
      v.set(out, () => swap16(v, a));
      return true;
    case Bytecode.bswap32:
      v.set(out, () => swap32(v, a));
      return true;
    case Bytecode.extract:
      v.set(out, () => extract(v, a, immediates[0], immediates[1], Op.i32_shr_u));
      return true;
    case Bytecode.sextract:
      v.set(out, () => extract(v, a, immediates[0], immediates[1], Op.i32_shr_s));
      return true;
    case Bytecode.deposit:
      v.set(out, () => deposit(v, inputs, immediates[0], immediates[1]));
      return true;
    case Bytecode.add2:
      wide(v, operation, Op.i64_add);
      return true;
    case Bytecode.sub2:
      wide(v, operation, Op.i64_sub);
      return true;
    case Bytecode.mulu2:
      multiply(v, operation, Op.i64_extend_i32_u);
      return true;
    case Bytecode.muls2:
      multiply(v, operation, Op.i64_extend_i32_s);
      return true;
    case Bytecode.sub_flags:
      subtractWithFlags(v, operation);
      return true;
    default:
      return false;
  }
}

function swap16(v: Values, a: number): void {
  const { f } = v;
  v.get(a);
  f.i32Const(0xff);
  f.op(Op.i32_and);
  f.i32Const(8);
  f.op(Op.i32_shl);
  v.get(a);
  f.i32Const(8);
  f.op(Op.i32_shr_u);
  f.i32Const(0xff);
  f.op(Op.i32_and);
  f.op(Op.i32_or);
}

function swap32(v: Values, a: number): void {
  swapBytes(v.f, () => v.get(a));
}

/** Leaves `get`'s word on the stack with its bytes swapped: two rotations, each bringing two bytes to their place. */
export function swapBytes(f: Values['f'], get: () => void): void {
  get();
  f.i32Const(8);
  f.op(Op.i32_rotl);
  f.i32Const(0x00ff00ff);
  f.op(Op.i32_and);
  get();
  f.i32Const(8);
  f.op(Op.i32_rotr);
  f.i32Const(0xff00ff00 | 0);
  f.op(Op.i32_and);
  f.op(Op.i32_or);
}

function extract(v: Values, a: number, lsb: number, width: number, shift: Op): void {
  const { f } = v;
  v.get(a);
  if (lsb === 0 && shift === Op.i32_shr_u && width < 32) {
    f.i32Const((1 << width) - 1);
    f.op(Op.i32_and);
    return;
  }
  if (lsb + width < 32) {
    f.i32Const(32 - lsb - width);
    f.op(Op.i32_shl);
  }
  f.i32Const(32 - width);
  f.op(shift);
}

function deposit(v: Values, [a, b]: readonly number[], lsb: number, width: number): void {
  const { f } = v;
  const mask = ((1 << width) - 1) << lsb;
  v.get(a);
  f.i32Const(~mask);
  f.op(Op.i32_and);
  v.get(b);
  if (lsb) {
    f.i32Const(lsb);
    f.op(Op.i32_shl);
  }
  f.i32Const(mask);
  f.op(Op.i32_and);
  f.op(Op.i32_or);
}

function widen(v: Values, low: number, high: number): void {
  const { f } = v;
  v.get(low);
  f.op(Op.i64_extend_i32_u);
  if (v.constant(high) === 0) return;
  v.get(high);
  f.op(Op.i64_extend_i32_u);
  f.i64Const(32n);
  f.op(Op.i64_shl);
  f.op(Op.i64_or);
}

/** Takes the doubleword on the stack apart. */
function setPair(v: Values, low: number, high: number): void {
  const { f } = v;
  const value = f.local(Type.i64);
  f.set(value);
  v.set(low, () => {
    f.get(value);
    f.op(Op.i32_wrap_i64);
  });
  v.set(high, () => {
    f.get(value);
    f.i64Const(32n);
    f.op(Op.i64_shr_u);
    f.op(Op.i32_wrap_i64);
  });
}

function wide(v: Values, { outputs, inputs }: Operation, op: Op): void {
  widen(v, inputs[0], inputs[1]);
  widen(v, inputs[2], inputs[3]);
  v.f.op(op);
  setPair(v, outputs[0], outputs[1]);
}

function multiply(v: Values, { outputs, inputs }: Operation, extend: Op): void {
  for (const slot of inputs) {
    v.get(slot);
    v.f.op(extend);
  }
  v.f.op(Op.i64_mul);
  setPair(v, outputs[0], outputs[1]);
}

/** See fuse.ts: [overflow, carry, sign, zero, result], a, b. The operands are read before anything is written. */
function subtractWithFlags(v: Values, operation: Operation): void {
  if (v.flags.isSetter(operation)) {
    for (const slot of v.flags.temporaries) v.settle(slot);
    for (const slot of operation.inputs) v.get(slot);
    v.flags.setOperands();
    v.flags.begin();
    v.set(operation.outputs[4], () => v.flags.difference());
    return;
  }
  const { outputs, inputs } = operation;
  const { f } = v;
  const [overflow, carry, sign, zero, result] = outputs;
  const difference = f.local();
  const [a, b] = inputs.map((slot) => {
    const value = v.constant(slot);
    if (value !== undefined) return () => f.i32Const(value);
    const copy = f.local();
    v.get(slot);
    f.set(copy);
    return () => f.get(copy);
  });
  a();
  b();
  f.op(Op.i32_sub);
  f.set(difference);
  v.set(overflow, () => {
    f.get(difference);
    a();
    f.op(Op.i32_xor);
    a();
    b();
    f.op(Op.i32_xor);
    f.op(Op.i32_and);
  });
  v.set(carry, () => {
    a();
    b();
    f.op(Op.i32_ge_u);
  });
  for (const slot of [sign, zero, result]) v.set(slot, () => f.get(difference));
}
