import type { HelperDef } from './helpers';
import { OPCODES, Opcode } from './opcodes';

/** A value's number within one {@link IrBlock}. */
export type Temp = number;
/** A branch target's number within one {@link IrBlock}. */
export type Label = number;

/** A piece of guest state that IR names directly. `slot` is its word index in the vCPU's environment. */
export interface GlobalDef {
  readonly name: string;
  readonly slot: number;
}

export type TempInfo =
  | { readonly kind: 'global'; readonly name: string; readonly slot: number }
  /** Lives within one guest instruction only. */
  | { readonly kind: 'local' }
  | { readonly kind: 'const'; readonly value: number };

/**
 * One operation. `args` holds outputs, inputs, then immediates as {@link OPCODES} counts them. A `call` holds its
 * outputs (0 or 1), its inputs and the helper's index, with `helper` naming their number.
 */
export interface IrOp {
  readonly opc: Opcode;
  readonly args: number[];
  readonly helper?: HelperDef | undefined;
}

/** The numbers of outputs and inputs of `op`, which for a call come from its helper. */
export function shapeOf(op: IrOp): { outputs: number; inputs: number } {
  if (op.opc === Opcode.call && op.helper) return { outputs: op.helper.hasOutput ? 1 : 0, inputs: op.helper.inputs };
  return OPCODES[op.opc];
}

const LOCAL: TempInfo = { kind: 'local' };

const tempsOfGlobals = new WeakMap<readonly GlobalDef[], readonly TempInfo[]>();

/** The temps that stand for a target's globals, made once for all its blocks. */
function globalTemps(globals: readonly GlobalDef[]): readonly TempInfo[] {
  let temps = tempsOfGlobals.get(globals);
  if (!temps) {
    temps = globals.map(({ name, slot }) => ({ kind: 'global', name, slot }));
    tempsOfGlobals.set(globals, temps);
  }
  return temps;
}

/** The IR of one translation block. */
export class IrBlock {
  readonly temps: TempInfo[];
  ops: IrOp[] = [];
  labels = 0;
  private readonly constants = new Map<number, Temp>();

  /** @param globals numbered 0.. in the order given, the same for every block of a target. */
  constructor(readonly globals: readonly GlobalDef[]) {
    this.temps = globalTemps(globals).slice();
  }

  newLocal(): Temp {
    return this.temps.push(LOCAL) - 1;
  }

  /** The temp for a 32-bit constant (interned within the block). */
  constant(value: number): Temp {
    const v = value | 0;
    let temp = this.constants.get(v);
    if (temp === undefined) {
      temp = this.temps.push({ kind: 'const', value: v }) - 1;
      this.constants.set(v, temp);
    }
    return temp;
  }

  newLabel(): Label {
    return this.labels++;
  }

  /** The value of a constant temp, else undefined. */
  constantValue(temp: Temp): number | undefined {
    const info = this.temps[temp];
    return info.kind === 'const' ? info.value : undefined;
  }
}
