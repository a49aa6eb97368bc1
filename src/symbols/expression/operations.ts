import { BASE_TYPES, sizeOf, stripType, typeName } from '../types';
import type { Type } from '../types';
import { partOf, ValueError } from '../values';
import type { Scalar } from '../values';
import { binaryArithmetic, convertTo } from './arithmetic';
import type { BinaryOperator } from './ast';
import type { EvaluationContext } from './context';
import { addressOf, arithmetic, dereferenced, place, scalar, valueOf, type Operand } from './operand';

/** An operand for arithmetic that knows no pointers. */
export function numeric(operand: Operand, context: EvaluationContext, operator: string): { type: Type; value: Scalar } {
  const value = arithmetic(operand, context);
  if (value.type.kind === 'pointer') throw new ValueError(`'${operator}' cannot be applied to a pointer`);
  return value;
}

export function binary(operator: BinaryOperator, left: Operand, right: Operand, context: EvaluationContext): Operand {
  const a = arithmetic(left, context);
  const b = arithmetic(right, context);
  const comparison = operator === '==' || operator === '!=' || operator.startsWith('<') || operator.startsWith('>');
  if (
    (a.type.kind === 'pointer' || b.type.kind === 'pointer') &&
    (!comparison || operator === '<<' || operator === '>>')
  ) {
    return pointerArithmetic(operator, a, b);
  }
  // Of a function's address bit 0 only says that it is Thumb code: without it `pc == f` and `pointer == f` hold.
  const isCode = isFunctionPointer(a.type) || isFunctionPointer(b.type);
  const { type, value } = isCode
    ? binaryArithmetic(operator, withoutThumbBit(a), withoutThumbBit(b))
    : binaryArithmetic(operator, a, b);
  return scalar(type, value);
}

function isFunctionPointer(type: Type): boolean {
  return type.kind === 'pointer' && stripType(type.target).kind === 'function';
}

function withoutThumbBit({ type, value }: { type: Type; value: Scalar }): { type: Type; value: Scalar } {
  return { type, value: typeof value === 'number' ? (value & ~1) >>> 0 : value };
}

function pointerArithmetic(
  operator: BinaryOperator,
  a: { type: Type; value: Scalar },
  b: { type: Type; value: Scalar },
): Operand {
  const stride = (type: Type) => (type.kind === 'pointer' ? (sizeOf(type.target) ?? 1) : 1);
  if (a.type.kind === 'pointer' && b.type.kind === 'pointer') {
    if (operator !== '-') throw new ValueError(`'${operator}' cannot be applied to two pointers`);
    return scalar(BASE_TYPES.int, Math.trunc((Number(a.value) - Number(b.value)) / Math.max(stride(a.type), 1)));
  }
  if (operator !== '+' && !(operator === '-' && a.type.kind === 'pointer')) {
    throw new ValueError(`'${operator}' cannot be applied to a pointer and a number`);
  }
  const [pointer, number] = a.type.kind === 'pointer' ? [a, b] : [b, a];
  const delta = Number(number.value) * stride(pointer.type);
  return scalar(pointer.type, (Number(pointer.value) + (operator === '-' ? -delta : delta)) >>> 0);
}

/** `base[index]`: of an array also one that is not in memory. */
export function element(base: Operand, index: Operand, context: EvaluationContext): Operand {
  let target = base;
  let stripped = stripType(base.type);
  if (stripped.kind === 'pointer' && stripped.symbol !== '*') {
    target = dereferenced(base, context);
    stripped = stripType(target.type);
  }
  const position = Number(valueOf(index, context));
  if (stripped.kind === 'array' && target.data && target.data.location.kind !== 'memory') {
    const size = sizeOf(stripped.element) ?? 0;
    if (stripped.count !== undefined && (position < 0 || position >= stripped.count)) {
      throw new ValueError(`index ${position} is outside 0 to ${stripped.count - 1}`);
    }
    return place({ type: stripped.element, location: partOf(target.data.location, position * size, size) });
  }
  return dereferenced(binary('+', target, index, context), context);
}

export function cast(type: Type, operand: Operand, context: EvaluationContext): Operand {
  const stripped = stripType(type);
  switch (stripped.kind) {
    case 'base':
    case 'enum':
      return scalar(type, convertTo(type, valueOf(operand, context)));
    case 'pointer':
      return scalar(type, Number(convertTo(BASE_TYPES.unsignedInt, valueOf(operand, context))));
    case 'array':
    case 'struct':
      // Not C, but what a debugger's user means: the memory there as that type.
      return place({
        type,
        location: {
          kind: 'memory',
          address: operand.data ? addressOf(operand) : Number(valueOf(operand, context)) >>> 0,
        },
      });
    default:
      throw new ValueError(`a value cannot be cast to ${typeName(type)}`);
  }
}
