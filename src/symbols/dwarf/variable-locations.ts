import type { Location } from '../location';
import { OPTIMIZED_OUT } from '../location';
import { bytesOf } from '../memory';
import type { ReadMemory } from '../memory';
import { sizeOf } from '../types';
import type { Type } from '../types';
import { AT, FORM } from './constants';
import type { Variable } from './entries';
import { evaluateLocationExpression } from './expression';
import type { ExpressionContext } from './expression';
import { findInLocationList } from './location-list';
import type { DwarfSections } from './sections';
import { inherited } from './unit';
import type { Die, Unit } from './unit';

/** The state of the frame a variable is looked at in. */
export interface VariableFrame {
  /** The address for scopes and location lists: inside the call for a caller. */
  readonly pc: number;
  readonly register: (dwarfRegister: number) => number | undefined;
  readonly readMemory: ReadMemory;
  readonly cfa: () => number | undefined;
}

/** Finds where variables are: their entries' location attributes, evaluated in a frame. */
export class VariableLocations {
  constructor(private readonly sections: DwarfSections) {}

  /** Where a variable lives in a frame. */
  evaluate(variable: Variable, frame: VariableFrame): Location {
    const { die } = variable;
    return this.sections.guard<Location>('', { kind: 'unavailable', reason: 'its location cannot be read' }, () => {
      const attribute = inherited(die, (entry) => entry.unit.attribute(entry, AT.location));
      if (!attribute) return this.constant(die, variable.type);
      const expression = this.expressionOf(die.unit, attribute, frame.pc);
      if (!expression) return OPTIMIZED_OUT;
      return evaluateLocationExpression(
        expression,
        `variable ${variable.name}`,
        this.context(die.unit, frame, variable.functionDie),
      );
    });
  }

  /** The frame base of the function at the frame's address. */
  private frameBase(functionDie: Die, frame: VariableFrame): number | undefined {
    const attribute = functionDie.unit.attribute(functionDie, AT.frame_base);
    const expression = attribute && this.expressionOf(functionDie.unit, attribute, frame.pc);
    if (!expression) return undefined;
    const location = evaluateLocationExpression(
      expression,
      'a frame base',
      this.context(functionDie.unit, frame, undefined),
    );
    if (location.kind === 'memory') return location.address;
    // A register as frame base means its value.
    if (location.kind === 'register') return frame.register(location.register);
    return undefined;
  }

  private context(unit: Unit, frame: VariableFrame, functionDie: Die | undefined): ExpressionContext {
    return {
      register: frame.register,
      readMemory: frame.readMemory,
      littleEndian: this.sections.littleEndian,
      addressSize: unit.header.addressSize,
      cfa: frame.cfa,
      address: (index) => unit.address(index),
      ...(functionDie ? { frameBase: () => this.frameBase(functionDie, frame) } : {}),
    };
  }

  /** The expression of a location attribute at an address: the block itself, or that of a location list. */
  private expressionOf(unit: Unit, attribute: { form: number; value: unknown }, pc: number): Uint8Array | undefined {
    if (attribute.value instanceof Uint8Array) return attribute.value;
    const isList =
      attribute.form === FORM.sec_offset ||
      (unit.header.version < 4 && (attribute.form === FORM.data4 || attribute.form === FORM.data8));
    return isList && typeof attribute.value === 'number' ? findInLocationList(unit, attribute.value, pc) : undefined;
  }

  private constant(die: Die, type: Type): Location {
    const value = inherited(die, (entry) => entry.unit.attribute(entry, AT.const_value))?.value;
    if (value === undefined) return OPTIMIZED_OUT;
    if (value instanceof Uint8Array) return { kind: 'value', bytes: value };
    if (typeof value === 'string')
      return { kind: 'value', bytes: Uint8Array.from(value, (letter) => letter.charCodeAt(0)) };
    return { kind: 'value', bytes: bytesOf(value, Math.min(sizeOf(type) ?? 4, 16)) };
  }

  /** Where the definition of a static variable lies: in no frame. */
  staticAddress(definition: Die | undefined): number | undefined {
    const expression = definition?.unit.attribute(definition, AT.location)?.value;
    if (!definition || !(expression instanceof Uint8Array)) return undefined;
    const location = evaluateLocationExpression(expression, 'a static member', {
      register: () => undefined,
      readMemory: () => undefined,
      littleEndian: this.sections.littleEndian,
      addressSize: definition.unit.header.addressSize,
      address: (index) => definition.unit.address(index),
    });
    return location.kind === 'memory' ? location.address : undefined;
  }
}
