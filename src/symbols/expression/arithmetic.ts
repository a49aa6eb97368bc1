import { BASE_TYPES, isSigned, sizeOf, stripType } from '../types';
import type { BaseType, Type } from '../types';
import type { Scalar } from '../values';
import type { BinaryOperator } from './ast';

/** Arithmetic on scalars as C does it, for 32-bit int and long (C11, section 6.3.1 and 6.5). */

/** The class a value computes in. */
type Class = 'int' | 'unsigned' | 'long long' | 'unsigned long long' | 'float' | 'double';

const TYPES: Readonly<Record<Class, BaseType>> = {
  int: BASE_TYPES.int,
  unsigned: BASE_TYPES.unsignedInt,
  'long long': BASE_TYPES.longLong,
  'unsigned long long': BASE_TYPES.unsignedLongLong,
  float: BASE_TYPES.float,
  double: BASE_TYPES.double,
};

/** The class of a type after integer promotion; pointers compute as unsigned. */
function classOf(type: Type): Class {
  const stripped = stripType(type);
  if (stripped.kind === 'base' && stripped.encoding === 'float') return stripped.byteSize > 4 ? 'double' : 'float';
  if (stripped.kind === 'pointer') return 'unsigned';
  const size = sizeOf(stripped) ?? 4;
  if (size < 4) return 'int';
  if (size === 4) return isSigned(stripped) ? 'int' : 'unsigned';
  return isSigned(stripped) ? 'long long' : 'unsigned long long';
}

const RANK: Readonly<Record<Class, number>> = {
  int: 0,
  unsigned: 1,
  'long long': 2,
  'unsigned long long': 3,
  float: 4,
  double: 5,
};

function convert(value: Scalar, to: Class): Scalar {
  switch (to) {
    case 'int':
      return typeof value === 'number' && Math.abs(value) < 2 ** 53
        ? Math.trunc(value) | 0
        : Number(BigInt.asIntN(32, big(value)));
    case 'unsigned':
      return typeof value === 'number' && Math.abs(value) < 2 ** 53
        ? Math.trunc(value) >>> 0
        : Number(BigInt.asUintN(32, big(value)));
    case 'long long':
      return BigInt.asIntN(64, big(value));
    case 'unsigned long long':
      return BigInt.asUintN(64, big(value));
    case 'float':
      return Math.fround(Number(value));
    case 'double':
      return Number(value);
  }
}

function big(value: Scalar): bigint {
  if (typeof value === 'bigint') return value;
  return Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n;
}

/** A value with its type. */
export interface Arithmetic {
  readonly type: Type;
  readonly value: Scalar;
}

/** What an operation cannot do: thrown with the reason as message. */
export class ArithmeticError extends Error {}

/** `left operator right` after the usual arithmetic conversions. */
export function binaryArithmetic(operator: BinaryOperator, left: Arithmetic, right: Arithmetic): Arithmetic {
  const leftClass = classOf(left.type);
  const rightClass = classOf(right.type);
  if (operator === '<<' || operator === '>>') return shift(operator, left.value, leftClass, right.value);
  const common = RANK[leftClass] >= RANK[rightClass] ? leftClass : rightClass;
  const a = convert(left.value, common);
  const b = convert(right.value, common);
  switch (operator) {
    case '==':
      return truth(a === b);
    case '!=':
      return truth(a !== b);
    case '<':
      return truth(a < b);
    case '>':
      return truth(a > b);
    case '<=':
      return truth(a <= b);
    case '>=':
      return truth(a >= b);
  }
  if (typeof a === 'bigint' && typeof b === 'bigint')
    return { type: TYPES[common], value: convert(bigOperation(operator, a, b), common) };
  const isFloat = common === 'float' || common === 'double';
  return { type: TYPES[common], value: convert(numberOperation(operator, Number(a), Number(b), isFloat), common) };
}

function truth(value: boolean): Arithmetic {
  return { type: BASE_TYPES.int, value: value ? 1 : 0 };
}

function shift(operator: '<<' | '>>', value: Scalar, leftClass: Class, by: Scalar): Arithmetic {
  if (leftClass === 'float' || leftClass === 'double') throw new ArithmeticError(`'${operator}' needs integers`);
  const type = TYPES[leftClass];
  const bits = type.byteSize * 8;
  const count = Number(by);
  if (!(count >= 0 && count < bits)) throw new ArithmeticError(`a shift by ${by} is outside 0 to ${bits - 1}`);
  const left = convert(value, leftClass);
  if (typeof left === 'bigint') {
    const result = operator === '<<' ? left << BigInt(count) : left >> BigInt(count);
    return { type, value: convert(result, leftClass) };
  }
  if (operator === '<<') return { type, value: convert(left << count, leftClass) };
  return { type, value: leftClass === 'int' ? left >> count : left >>> count };
}

function bigOperation(operator: BinaryOperator, a: bigint, b: bigint): bigint {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      if (b === 0n) throw new ArithmeticError('division by zero');
      return a / b;
    case '%':
      if (b === 0n) throw new ArithmeticError('division by zero');
      return a % b;
    case '&':
      return a & b;
    case '|':
      return a | b;
    default:
      return a ^ b;
  }
}

function numberOperation(operator: BinaryOperator, a: number, b: number, isFloat: boolean): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return isFloat ? a * b : Math.imul(a, b);
    case '/':
      if (isFloat) return a / b;
      if (b === 0) throw new ArithmeticError('division by zero');
      return Math.trunc(a / b);
    case '%':
      if (isFloat) break;
      if (b === 0) throw new ArithmeticError('division by zero');
      return a % b;
    case '&':
      if (!isFloat) return a & b;
      break;
    case '|':
      if (!isFloat) return a | b;
      break;
    case '^':
      if (!isFloat) return a ^ b;
  }
  throw new ArithmeticError(`'${operator}' needs integers`);
}

/** Unary `-`, `+` and `~`, after integer promotion. */
export function unaryArithmetic(operator: '-' | '+' | '~', operand: Arithmetic): Arithmetic {
  const operandClass = classOf(operand.type);
  const value = convert(operand.value, operandClass);
  const type = TYPES[operandClass];
  if (operator === '+') return { type, value };
  if (operator === '-') return { type, value: convert(-value, operandClass) };
  if (operandClass === 'float' || operandClass === 'double') throw new ArithmeticError("'~' needs an integer");
  return { type, value: convert(~value, operandClass) };
}

/** The value converted to a scalar type, as a cast or an assignment does. */
export function convertTo(type: Type, value: Scalar): Scalar {
  const stripped = stripType(type);
  if (stripped.kind === 'base' && stripped.encoding === 'boolean') return Number(value) !== 0 ? 1 : 0;
  if (stripped.kind === 'base' && stripped.encoding === 'float') {
    return stripped.byteSize === 4 ? Math.fround(Number(value)) : Number(value);
  }
  const size = sizeOf(stripped) ?? 4;
  const signed = isSigned(stripped);
  if (size > 4) return signed ? BigInt.asIntN(size * 8, big(value)) : BigInt.asUintN(size * 8, big(value));
  if (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 53) {
    if (size === 4) return signed ? value | 0 : value >>> 0;
    const unsigned = value & (2 ** (size * 8) - 1);
    const shift = 32 - size * 8;
    return signed ? (unsigned << shift) >> shift : unsigned;
  }
  return Number(signed ? BigInt.asIntN(size * 8, big(value)) : BigInt.asUintN(size * 8, big(value)));
}
