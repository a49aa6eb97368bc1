import type { Type } from '../types';
import type { DataContext, DataValue, Scalar } from '../values';

/** What the names in an expression mean, and the machine it reads and writes. */
export interface EvaluationContext extends DataContext {
  /**
   * The value of a register by its name (`r0`, `sp`, `cpsr`, …), also written `$r0`; undefined when there is none of
   * that name. Registers are unsigned.
   */
  readonly register: (name: string) => Scalar | undefined;
  /** @returns false when the register cannot be written */
  readonly setRegister?: (name: string, value: Scalar) => boolean;
  /** A variable, function, enumerator or symbol; it hides a register of the same name. */
  readonly variable: (name: string) => DataValue | undefined;
  /** A named type: `struct node`, `color`, `u32`. */
  readonly type?: (name: string) => Type | undefined;
}
