import type { Location } from '../location';
import { pointerTo, stripType, typeName } from '../types';
import type { Type } from '../types';
import { loadScalar, scalarBytes, storeScalar, ValueError } from '../values';
import type { DataValue, Scalar } from '../values';
import { convertTo } from './arithmetic';
import type { EvaluationContext } from './context';

/** A value on its way: a scalar, or a place still to be read. */
export interface Operand {
  readonly type: Type;
  readonly value: Scalar | undefined;
  readonly data: DataValue | undefined;
  /** The register it came from. */
  readonly register: string | undefined;
}

export function scalar(type: Type, value: Scalar): Operand {
  return { type, value, data: undefined, register: undefined };
}

export function place(data: DataValue): Operand {
  return { type: data.type, value: undefined, data, register: undefined };
}

/** The number an operand stands for: arrays and functions are their addresses. */
export function valueOf(operand: Operand, context: EvaluationContext): Scalar {
  if (operand.value !== undefined) return operand.value;
  const data = operand.data!;
  const stripped = stripType(data.type);
  if (stripped.kind === 'array' || stripped.kind === 'function') return addressOf(operand);
  if (stripped.kind === 'pointer' && stripped.symbol !== '*') return valueOf(dereferenced(operand, context), context);
  return loadScalar(data, context);
}

export function truthOf(operand: Operand, context: EvaluationContext): boolean {
  const value = valueOf(operand, context);
  return value !== 0 && value !== 0n;
}

/** The operand as arithmetic sees it: arrays decay to pointers, references to their targets. */
export function arithmetic(operand: Operand, context: EvaluationContext): { type: Type; value: Scalar } {
  const { type } = operand;
  if (type.kind === 'base') return { type, value: valueOf(operand, context) };
  const stripped = stripType(type);
  if (stripped.kind === 'array') return { type: pointerTo(stripped.element), value: addressOf(operand) };
  if (stripped.kind === 'function') return { type: pointerTo(type), value: addressOf(operand) };
  if (stripped.kind === 'pointer' && stripped.symbol !== '*')
    return arithmetic(dereferenced(operand, context), context);
  return { type: stripped, value: valueOf(operand, context) };
}

export function addressOf(operand: Operand): number {
  const location = operand.data?.location;
  if (operand.data?.bitSize !== undefined) throw new ValueError('a bit field has no address');
  if (location?.kind === 'memory') return location.address;
  if (location?.kind === 'unavailable') throw new ValueError(location.reason);
  throw new ValueError('it has no address: it is not in memory');
}

export function dereferenced(operand: Operand, context: EvaluationContext): Operand {
  const stripped = stripType(operand.type);
  if (stripped.kind === 'pointer' && stripped.symbol !== '*' && operand.data) {
    const address = Number(loadScalar(operand.data, context));
    return place({ type: stripped.target, location: { kind: 'memory', address } });
  }
  const { type, value } = arithmetic(operand, context);
  const pointer = stripType(type);
  if (pointer.kind !== 'pointer') {
    throw new ValueError(`a value of type ${typeName(operand.type)} is no pointer: cast it, as in *(int *)…`);
  }
  const target = stripType(pointer.target);
  if (target.kind === 'void') throw new ValueError('a pointer to void has no value: cast it, as in *(int *)…');
  return place({ type: pointer.target, location: { kind: 'memory', address: Number(value) >>> 0 } });
}

export function isPlace(location: Location): boolean {
  return location.kind === 'memory' || location.kind === 'register' || location.kind === 'pieces';
}

export function dataOf(operand: Operand): DataValue {
  if (operand.data) return operand.data;
  const { type } = operand;
  return { type, location: { kind: 'value', bytes: scalarBytes(type, operand.value ?? 0) } };
}

export function store(operand: Operand, value: Scalar, context: EvaluationContext): Operand {
  if (operand.register !== undefined) {
    const converted = convertTo(operand.type, value);
    if (!context.setRegister?.(operand.register, converted)) {
      throw new ValueError(`register ${operand.register} cannot be written here`);
    }
    return { ...operand, value: converted };
  }
  if (!operand.data) throw new ValueError('it cannot be assigned to: it is no variable, register or memory');
  const stripped = stripType(operand.type);
  if (stripped.kind === 'pointer' && stripped.symbol !== '*')
    return store(dereferenced(operand, context), value, context);
  if (stripped.kind !== 'base' && stripped.kind !== 'pointer' && stripped.kind !== 'enum') {
    throw new ValueError(`a value of type ${typeName(operand.type)} cannot be assigned a number`);
  }
  const converted = convertTo(operand.type, value);
  storeScalar(operand.data, converted, context);
  return scalar(operand.type, converted);
}
