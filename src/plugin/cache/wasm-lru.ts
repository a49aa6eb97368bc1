import type { FunctionBuilder } from '../../tcg/wasm/function';
import { Op, SimdOp, Type } from '../../tcg/wasm/opcodes';

const LANES = 4;
/** Vectors of lines that a set may have. */
const MAX_VECTORS = 4;

/** Whether a set of so many ways is looked through as vectors. */
export function fitsVectors(ways: number): boolean {
  return ways % LANES === 0 && ways <= LANES * MAX_VECTORS;
}

/** What {@link emitVectorsToFront} works on: locals, and the offset of all sets' ways. */
export interface VectorSet {
  readonly line: number;
  /** Byte offset of the set's first way behind `lines`. */
  readonly first: number;
  readonly lines: number;
  readonly ways: number;
}

/**
 * Puts the line first in its set and moves those before it back by one, without a jump. Leaves on the stack whether it was
 * there; the line that fell out otherwise is in the local that is returned.
 */
export function emitVectorsToFront(f: FunctionBuilder, { line, first, lines, ways }: VectorSet): number {
  const count = ways / LANES;
  const wanted = f.local(Type.v128);
  const vectors = Array.from({ length: count }, () => f.local(Type.v128));
  const [found, way, last] = [f.local(), f.local(), f.local()];
  f.get(line);
  f.simd(SimdOp.i32x4_splat);
  f.set(wanted);
  vectors.forEach((vector, i) => {
    f.get(first);
    f.simdMemory(SimdOp.v128_load, 4, lines + 16 * i);
    f.tee(vector);
    f.get(wanted);
    f.simd(SimdOp.i32x4_eq);
    f.simd(SimdOp.i32x4_bitmask);
    if (i === 0) return;
    f.i32Const(LANES * i);
    f.op(Op.i32_shl);
    f.op(Op.i32_or);
  });
  f.set(found);
  f.get(vectors[count - 1]);
  f.simdLane(SimdOp.i32x4_extract_lane, LANES - 1);
  f.set(last);
  // The way up to which lines move: where the line was, or the last one.
  f.get(found);
  f.i32Const(1 << (ways - 1));
  f.op(Op.i32_or);
  f.op(Op.i32_ctz);
  f.set(way);
  for (let i = count - 1; i >= 0; i--) {
    f.get(first);
    // Each line's predecessor, the first one's being the line itself.
    f.get(i === 0 ? wanted : vectors[i - 1]);
    f.get(vectors[i]);
    f.shuffle32([3, 4, 5, 6]);
    f.get(vectors[i]);
    f.v128Const(Array.from({ length: LANES }, (_, lane) => LANES * i + lane));
    f.get(way);
    f.simd(SimdOp.i32x4_splat);
    f.simd(SimdOp.i32x4_le_s);
    f.simd(SimdOp.v128_bitselect);
    f.simdMemory(SimdOp.v128_store, 4, lines + 16 * i);
  }
  f.get(found);
  return last;
}
