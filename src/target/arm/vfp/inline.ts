import type { InlineHelper } from '../../../tcg/wasm/block-nodes';
import { Op } from '../../../tcg/wasm/opcodes';
import { HELPERS } from '../helpers';
import {
  ADD,
  DIVIDE,
  MULTIPLY,
  SQUARE_ROOT,
  SUBTRACT,
  changeSign,
  comparison,
  double,
  multiplyAccumulateDouble,
  multiplyAccumulateSingle,
  single,
} from './inline-arithmetic';
import { doubleToSingle, integerToDouble, integerToSingle, singleToDouble, toInteger } from './inline-conversions';
import { DOUBLE, SINGLE, getDouble, getSingle } from './precision';

/*
 * Floating point in compiled code, by the host's own operations. Rounded to nearest, a result that is normal and finite is
 * the same on every IEEE 754 machine and raises no flag but inexact; while that is raised already there is nothing to find
 * out. A sum is never inexact and tiny, so it need only be finite; zero times anything finite is zero. Everything else is
 * the helper's: what underflows or overflows, NaNs, other rounding, flush-to-zero.
 */

const ENTRIES: readonly (readonly [{ readonly index: number }, InlineHelper])[] = [
  [HELPERS.vadds, single(ADD)],
  [HELPERS.vsubs, single(SUBTRACT)],
  [HELPERS.vmuls, single(MULTIPLY)],
  [HELPERS.vdivs, single(DIVIDE)],
  [HELPERS.vsqrts, single(SQUARE_ROOT)],
  [HELPERS.vmlas, multiplyAccumulateSingle],
  [HELPERS.vaddd, double(ADD)],
  [HELPERS.vsubd, double(SUBTRACT)],
  [HELPERS.vmuld, double(MULTIPLY)],
  [HELPERS.vdivd, double(DIVIDE)],
  [HELPERS.vsqrtd, double(SQUARE_ROOT)],
  [HELPERS.vmlad, multiplyAccumulateDouble],
  [HELPERS.vnegd, changeSign(Op.f64_neg)],
  [HELPERS.vabsd, changeSign(Op.f64_abs)],
  [HELPERS.vcvtsd, doubleToSingle],
  [HELPERS.vcvtds, singleToDouble],
  [HELPERS.vcmps, comparison(SINGLE, true)],
  [HELPERS.vcmpd, comparison(DOUBLE, true)],
  [HELPERS.vcmpzd, comparison(DOUBLE, false)],
  [
    HELPERS.vtois,
    toInteger((v, slot) => {
      getSingle(v, slot);
      v.f.op(Op.f64_promote_f32);
    }),
  ],
  [HELPERS.vtoid, toInteger(getDouble)],
  [HELPERS.vitod, integerToDouble],
  [HELPERS.vitos, integerToSingle],
];

/** The floating-point helpers that compiled code carries out itself, by index. */
export const INLINE_VFP: ReadonlyMap<number, InlineHelper> = new Map(
  ENTRIES.map(([{ index }, inline]) => [index, inline]),
);
