import { exact, fast } from '../../../common/softfloat';
import type { HelperDef, HelperFn } from '../../../tcg/helpers';
import { HELPERS } from '../helpers';
import { writeFpexc, writeFpscr } from './system';
import { VfpUnit } from './unit';

/** Defines the floating-point routines of {@link HELPERS} for the vCPU whose state `env` is. */
export function defineVfpHelpers(env: Int32Array, set: (helper: HelperDef, fn: HelperFn) => void): void {
  const unit = new VfpUnit(env);
  const action = (helper: HelperDef, act: (...args: Parameters<HelperFn>) => void): void =>
    set(helper, (a, b, c, d) => {
      act(a, b, c, d);
      return 0;
    });
  const subtract32: typeof fast.add32 = (a, b, s) => fast.add32(a, -b, s);
  const subtract64: typeof fast.add64 = (a, b, s, known) => fast.add64(a, -b, s, known);

  const addSingle = unit.binarySingle(fast.add32, exact.add);
  const multiplySingle = unit.binarySingle(fast.multiply32, exact.multiply);
  const addDouble = unit.binaryDouble(fast.add64, exact.add);
  const multiplyDouble = unit.binaryDouble(fast.multiply64, exact.multiply);

  set(HELPERS.vadds, addSingle);
  set(HELPERS.vsubs, unit.binarySingle(subtract32, exact.subtract));
  set(HELPERS.vmuls, multiplySingle);
  set(HELPERS.vdivs, unit.binarySingle(fast.divide32, exact.divide));
  set(HELPERS.vsqrts, (a) => unit.squareRootSingle(a));
  set(HELPERS.vaddd, addDouble);
  set(HELPERS.vsubd, unit.binaryDouble(subtract64, exact.subtract));
  set(HELPERS.vmuld, multiplyDouble);
  set(HELPERS.vdivd, unit.binaryDouble(fast.divide64, exact.divide));
  action(HELPERS.vsqrtd, (d, m) => unit.squareRootDouble(d, m));
  set(HELPERS.vmlas, unit.multiplyAccumulateSingle(multiplySingle, addSingle));
  action(HELPERS.vmlad, unit.multiplyAccumulateDouble(multiplyDouble, addDouble));
  action(HELPERS.vnegd, (d, m) => unit.negateDouble(d, m));
  action(HELPERS.vabsd, (d, m) => unit.absoluteDouble(d, m));
  action(HELPERS.vcmps, (a, b, e) => unit.compareSingle(a, b, e !== 0));
  action(HELPERS.vcmpd, (n, m, e) => unit.compareDouble(n, m, e !== 0));
  action(HELPERS.vcmpzd, (n, e) => unit.compareDoubleWithZero(n, e !== 0));
  action(HELPERS.vcvtds, (d, a) => unit.singleToDouble(d, a));
  set(HELPERS.vcvtsd, (m) => unit.doubleToSingle(m));
  set(HELPERS.vcvtsh, (a) => unit.halfToSingle(a));
  set(HELPERS.vcvths, (a) => unit.singleToHalf(a));
  set(HELPERS.vtois, (a, signed, truncating) => unit.singleToInteger(a, signed !== 0, truncating !== 0));
  set(HELPERS.vtoid, (m, signed, truncating) => unit.doubleToInteger(m, signed !== 0, truncating !== 0));
  set(HELPERS.vitos, (value, signed) => unit.integerToSingle(value, signed !== 0));
  action(HELPERS.vitod, (d, value, signed) => unit.integerToDouble(d, value, signed !== 0));
  set(HELPERS.vtofixs, (a, fraction, type) => unit.singleToFixed(a, fraction, type));
  set(HELPERS.vfixtos, (value, fraction, type) => unit.fixedToSingle(value, fraction, type));
  action(HELPERS.vtofixd, (d, fraction, type) => unit.doubleToFixed(d, fraction, type));
  action(HELPERS.vfixtod, (d, fraction, type) => unit.fixedToDouble(d, fraction, type));
  action(HELPERS.fpscrWrite, (value) => writeFpscr(env, value));
  action(HELPERS.fpexcWrite, (value) => writeFpexc(env, value));
}
