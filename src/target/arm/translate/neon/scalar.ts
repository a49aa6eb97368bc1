import { laneSpec } from '../../neon/lanes';
import type { NeonName } from '../../neon/operations';
import { ArmGlobal } from '../../cpu-state';
import type { ArmContext } from '../context';
import { doubleNumber, SCRATCH } from '../vfp-registers';
import { longTo, type LongWords } from './different-length';
import { call, isDefined, isDefinedFor, scalar, type Three } from './operands';

/**
 * Two registers and a scalar (DDI 0406C A7.4.3): the operations on three registers, the third being the scratch
 * doubleword filled with copies of the scalar.
 */
export interface Scalar extends Three {
  /** 1 or 2, else UNDEFINED. */
  readonly size: number;
  readonly q?: number;
  readonly u?: number;
}

const hasScalar = ({ size }: Scalar): boolean => size === 1 || size === 2;

/** Fills the scratch doubleword. Scalars of 16 bits lie in d0..d7, those of 32 in d0..d15. */
function fillScratch(c: ArmContext, { size, m, vm }: Scalar): void {
  const value = size === 1 ? scalar(c, vm & 7, 16 * ((m << 1) | (vm >>> 3)), 16) : scalar(c, vm, 32 * m, 32);
  c.ir.mov(ArmGlobal.VfpLow, value);
  c.ir.mov(ArmGlobal.VfpHigh, value);
}

/** VMUL and its like, one doubleword after the other. */
export function byScalar(c: ArmContext, f: Scalar, name: NeonName): boolean {
  const d = doubleNumber(f.vd, f.d);
  const n = doubleNumber(f.vn, f.n);
  const q = f.q ?? 0;
  if (!hasScalar(f) || !isDefinedFor(c, q, d, n)) return false;
  fillScratch(c, f);
  for (let i = 0; i <= q; i++) call(c, name, d + i, n + i, SCRATCH, laneSpec(f.size));
  return true;
}

/** VMULL and its like. */
export function longByScalar(c: ArmContext, f: Scalar, name: NeonName, words?: LongWords): boolean {
  const d = doubleNumber(f.vd, f.d);
  if (!hasScalar(f) || !isDefined(c, d)) return false;
  fillScratch(c, f);
  longTo(c, { d, n: doubleNumber(f.vn, f.n), m: SCRATCH }, f, name, words);
  return true;
}
