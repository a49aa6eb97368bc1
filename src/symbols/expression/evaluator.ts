import type { Location } from '../location';
import { bytesOf } from '../memory';
import { BASE_TYPES, findMember, pointerTo, POINTER_SIZE, sizeOf, stripType, typeName, VOID } from '../types';
import type { BaseType, Type } from '../types';
import {
  loadBytes,
  loadScalar,
  memberValue,
  partOf,
  scalarBytes,
  storeBytes,
  storeScalar,
  ValueError,
} from '../values';
import { formatValue } from '../format';
import type { NumberFormat, TypedValue } from '../format';
import type { DataValue, Scalar } from '../values';
import { ArithmeticError, binaryArithmetic, convertTo, unaryArithmetic } from './arithmetic';
import type { BinaryOperator, Node, TypeNode } from './ast';
import type { EvaluationContext } from './context';
import { ExpressionError } from './lexer';
import { parseExpression } from './parser';
import type { ParseOptions } from './parser';

/**
 * Expressions in C, compiled once into closures and evaluated many times: conditions of breakpoints, log points,
 * watches, hovers and assignments.
 */

/** An evaluated expression. */
export interface EvaluationResult {
  /** Of a scalar: a number, or a bigint above 32 bits; undefined for structs and arrays. */
  readonly value: Scalar | undefined;
  readonly type: Type;
  readonly typeName: string;
  /** Where it is in memory, when it is there. */
  readonly address: number | undefined;
  readonly data: DataValue;
  /** Whether it can be assigned to. */
  readonly assignable: boolean;
  /** For a tree: the text, the children, the memory reference. */
  readonly typed: TypedValue;
}

export interface CompiledExpression {
  readonly text: string;
  /** @throws ExpressionError with the column when a name is unknown or a value cannot be had */
  evaluate(context: EvaluationContext): EvaluationResult;
  /** Whether the value is not 0: the fast way for conditions. @throws ExpressionError as evaluate */
  test(context: EvaluationContext): boolean;
  /** Assigns a value to what the expression names. @throws ExpressionError when that is not possible */
  assign(context: EvaluationContext, value: Scalar): void;
}

/** A value on its way: a scalar, or a place still to be read. */
interface Operand {
  readonly type: Type;
  readonly value: Scalar | undefined;
  readonly data: DataValue | undefined;
  /** The register it came from. */
  readonly register: string | undefined;
}

type Code = (context: EvaluationContext) => Operand;

/**
 * Compiles an expression.
 * @throws ExpressionError with the column
 */
export function compileExpression(text: string, options: ParseOptions = {}): CompiledExpression {
  const { root, format } = parseExpression(text, options);
  const code = compile(root);
  return {
    text,
    evaluate: (context) => at(root.column, () => result(code(context), text, format, context)),
    test: (context) => at(root.column, () => truthOf(code(context), context)),
    assign: (context, value) => at(root.column, () => void store(code(context), value, context)),
  };
}

/** Gives errors of values and arithmetic a column. */
function at<T>(column: number, compute: () => T): T {
  try {
    return compute();
  } catch (error) {
    if (error instanceof ValueError || error instanceof ArithmeticError)
      throw new ExpressionError(error.message, column);
    throw error;
  }
}

function scalar(type: Type, value: Scalar): Operand {
  return { type, value, data: undefined, register: undefined };
}

function place(data: DataValue): Operand {
  return { type: data.type, value: undefined, data, register: undefined };
}

/** The number an operand stands for: arrays and functions are their addresses. */
function valueOf(operand: Operand, context: EvaluationContext): Scalar {
  if (operand.value !== undefined) return operand.value;
  const data = operand.data!;
  const stripped = stripType(data.type);
  if (stripped.kind === 'array' || stripped.kind === 'function') return addressOf(operand);
  if (stripped.kind === 'pointer' && stripped.symbol !== '*') return valueOf(dereferenced(operand, context), context);
  return loadScalar(data, context);
}

function truthOf(operand: Operand, context: EvaluationContext): boolean {
  const value = valueOf(operand, context);
  return value !== 0 && value !== 0n;
}

/** The operand as arithmetic sees it: arrays decay to pointers, references to their targets. */
function arithmetic(operand: Operand, context: EvaluationContext): { type: Type; value: Scalar } {
  const { type } = operand;
  if (type.kind === 'base') return { type, value: valueOf(operand, context) };
  const stripped = stripType(type);
  if (stripped.kind === 'array') return { type: pointerTo(stripped.element), value: addressOf(operand) };
  if (stripped.kind === 'function') return { type: pointerTo(type), value: addressOf(operand) };
  if (stripped.kind === 'pointer' && stripped.symbol !== '*')
    return arithmetic(dereferenced(operand, context), context);
  return { type: stripped, value: valueOf(operand, context) };
}

function addressOf(operand: Operand): number {
  const location = operand.data?.location;
  if (operand.data?.bitSize !== undefined) throw new ValueError('a bit field has no address');
  if (location?.kind === 'memory') return location.address;
  if (location?.kind === 'unavailable') throw new ValueError(location.reason);
  throw new ValueError('it has no address: it is not in memory');
}

function dereferenced(operand: Operand, context: EvaluationContext): Operand {
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

function result(operand: Operand, text: string, format: NumberFormat, context: EvaluationContext): EvaluationResult {
  const data = dataOf(operand);
  const stripped = stripType(data.type);
  const value =
    stripped.kind === 'struct' || stripped.kind === 'void' || stripped.kind === 'array'
      ? undefined
      : valueOf(operand, context);
  return {
    value,
    type: data.type,
    typeName: typeName(data.type),
    address: data.location.kind === 'memory' ? data.location.address : undefined,
    data,
    assignable: operand.register !== undefined || (operand.data !== undefined && isPlace(operand.data.location)),
    // The evaluate name of the children must not carry the format.
    typed: formatValue(text, data, context, text.replace(/,\s*\w\s*$/, ''), format),
  };
}

function isPlace(location: Location): boolean {
  return location.kind === 'memory' || location.kind === 'register' || location.kind === 'pieces';
}

function dataOf(operand: Operand): DataValue {
  if (operand.data) return operand.data;
  const { type } = operand;
  return { type, location: { kind: 'value', bytes: scalarBytes(type, operand.value ?? 0) } };
}

function store(operand: Operand, value: Scalar, context: EvaluationContext): Operand {
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

function compile(node: Node): Code {
  switch (node.kind) {
    case 'number': {
      const operand = scalar(BASE_TYPES[node.type], node.value);
      return () => operand;
    }
    case 'character': {
      const operand = scalar(BASE_TYPES.char, node.value);
      return () => operand;
    }
    case 'string': {
      const bytes = Uint8Array.from([...node.value].map((letter) => letter.charCodeAt(0) & 0xff).concat(0));
      const operand = place({
        type: { kind: 'array', element: BASE_TYPES.char, count: bytes.length },
        location: { kind: 'value', bytes },
      });
      return () => operand;
    }
    case 'name':
      return compileName(node.name, node.column);
    case 'unary':
      return compileUnary(node);
    case 'binary': {
      const left = compile(node.left);
      const right = compile(node.right);
      const { operator, column } = node;
      return (context) => at(column, () => binary(operator, left(context), right(context), context));
    }
    case 'logical': {
      const left = compile(node.left);
      const right = compile(node.right);
      const isAnd = node.operator === '&&';
      const truth = (value: boolean) => (value ? ONE : ZERO);
      return (context) => {
        const first = at(node.column, () => truthOf(left(context), context));
        if (first !== isAnd) return truth(first);
        return truth(at(node.column, () => truthOf(right(context), context)));
      };
    }
    case 'conditional': {
      const [test, yes, no] = [compile(node.test), compile(node.yes), compile(node.no)];
      return (context) => (at(node.column, () => truthOf(test(context), context)) ? yes(context) : no(context));
    }
    case 'assign':
      return compileAssign(node);
    case 'step': {
      const target = compile(node.target);
      return (context) =>
        at(node.column, () => {
          const operand = target(context);
          const old = arithmetic(operand, context);
          const next = binary(node.operator, scalar(old.type, old.value), ONE, context);
          const stored = store(operand, valueOf(next, context), context);
          return node.prefix ? stored : scalar(old.type, old.value);
        });
    }
    case 'index': {
      const base = compile(node.base);
      const index = compile(node.index);
      return (context) => at(node.column, () => element(base(context), index(context), context));
    }
    case 'member':
      return compileMember(node);
    case 'cast': {
      const operand = compile(node.operand);
      const type = typeResolver(node.type);
      return (context) => at(node.column, () => cast(type(context), operand(context), context));
    }
    case 'sizeofType': {
      const type = typeResolver(node.type);
      return (context) => sizeResult(type(context), node.column);
    }
    case 'sizeof': {
      const operand = compile(node.operand);
      return (context) => sizeResult(operand(context).type, node.column);
    }
  }
}

const ZERO = scalar(BASE_TYPES.int, 0);
const ONE = scalar(BASE_TYPES.int, 1);

function sizeResult(type: Type, column: number): Operand {
  const size = sizeOf(type);
  if (size === undefined) throw new ExpressionError(`the size of ${typeName(type)} is not known`, column);
  return scalar(BASE_TYPES.unsignedInt, size);
}

function compileName(name: string, column: number): Code {
  const forced = name.startsWith('$');
  const registerName = forced ? name.slice(1) : name;
  return (context) => {
    const variable = forced ? undefined : context.variable(name);
    if (variable) return place(variable);
    const value = context.register(registerName);
    if (value === undefined) {
      throw new ExpressionError(forced ? `unknown register '${registerName}'` : `unknown name '${name}'`, column);
    }
    const type = typeof value === 'bigint' ? BASE_TYPES.unsignedLongLong : BASE_TYPES.unsignedInt;
    return { type, value, data: undefined, register: registerName };
  };
}

function compileUnary(node: Extract<Node, { kind: 'unary' }>): Code {
  const operand = compile(node.operand);
  const { operator, column } = node;
  switch (operator) {
    case '*':
      return (context) =>
        at(column, () => {
          const inner = operand(context);
          // What a reference refers to may itself be a pointer.
          const stripped = stripType(inner.type);
          const isReference = stripped.kind === 'pointer' && stripped.symbol !== '*';
          return dereferenced(isReference ? dereferenced(inner, context) : inner, context);
        });
    case '&':
      return (context) =>
        at(column, () => {
          const inner = operand(context);
          if (inner.register !== undefined) throw new ValueError(`register ${inner.register} has no address`);
          return scalar(pointerTo(inner.type), addressOf(inner));
        });
    case '!':
      return (context) => at(column, () => (truthOf(operand(context), context) ? ZERO : ONE));
    default:
      return (context) =>
        at(column, () => {
          const { type, value } = unaryArithmetic(operator, numeric(operand(context), context, operator));
          return scalar(type, value);
        });
  }
}

/** An operand for arithmetic that knows no pointers. */
function numeric(operand: Operand, context: EvaluationContext, operator: string): { type: Type; value: Scalar } {
  const value = arithmetic(operand, context);
  if (value.type.kind === 'pointer') throw new ValueError(`'${operator}' cannot be applied to a pointer`);
  return value;
}

function binary(operator: BinaryOperator, left: Operand, right: Operand, context: EvaluationContext): Operand {
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
function element(base: Operand, index: Operand, context: EvaluationContext): Operand {
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

function compileMember(node: Extract<Node, { kind: 'member' }>): Code {
  const base = compile(node.base);
  const { name, column } = node;
  return (context) =>
    at(column, () => {
      let operand = base(context);
      let stripped = stripType(operand.type);
      // `.` on a pointer means what is at it, as debuggers allow; a reference is its target.
      for (let depth = 0; stripped.kind === 'pointer' && depth < 2; depth++) {
        operand = dereferenced(operand, context);
        stripped = stripType(operand.type);
      }
      if (stripped.kind !== 'struct' || !operand.data) {
        throw new ValueError(`'${name}' is asked of a value of type ${typeName(operand.type)}, which has no members`);
      }
      const found = findMember(stripped, name);
      if (!found) throw new ValueError(`${typeName(operand.type)} has no member '${name}'`);
      return place(memberValue(operand.data, { ...found.member, offset: found.offset }));
    });
}

function compileAssign(node: Extract<Node, { kind: 'assign' }>): Code {
  const target = compile(node.target);
  const value = compile(node.value);
  const { operator, column } = node;
  return (context) =>
    at(column, () => {
      const operand = target(context);
      const right = value(context);
      if (operator) return store(operand, valueOf(binary(operator, operand, right, context), context), context);
      const type = stripType(operand.type);
      if (type.kind === 'struct' && right.data && operand.data) {
        const size = sizeOf(type);
        if (stripType(right.type) !== type || size === undefined)
          throw new ValueError('structs of different types cannot be assigned');
        storeBytes(operand.data.location, loadBytes(right.data.location, size, context), context);
        return operand;
      }
      return store(operand, valueOf(right, context), context);
    });
}

function cast(type: Type, operand: Operand, context: EvaluationContext): Operand {
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

const NAMED: Readonly<Record<string, Type>> = {
  void: VOID,
  _Bool: BASE_TYPES.bool,
  char: BASE_TYPES.char,
  'signed char': BASE_TYPES.signedChar,
  'unsigned char': BASE_TYPES.unsignedChar,
  short: BASE_TYPES.short,
  'unsigned short': BASE_TYPES.unsignedShort,
  int: BASE_TYPES.int,
  'unsigned int': BASE_TYPES.unsignedInt,
  long: BASE_TYPES.long,
  'unsigned long': BASE_TYPES.unsignedLong,
  'long long': BASE_TYPES.longLong,
  'unsigned long long': BASE_TYPES.unsignedLongLong,
  float: BASE_TYPES.float,
  double: BASE_TYPES.double,
};

const alias = (name: string, type: BaseType): Type => ({ kind: 'typedef', name, target: type });

const COMMON: Readonly<Record<string, Type>> = Object.fromEntries(
  (
    [
      ['int8_t', BASE_TYPES.signedChar],
      ['uint8_t', BASE_TYPES.unsignedChar],
      ['int16_t', BASE_TYPES.short],
      ['uint16_t', BASE_TYPES.unsignedShort],
      ['int32_t', BASE_TYPES.int],
      ['uint32_t', BASE_TYPES.unsignedInt],
      ['int64_t', BASE_TYPES.longLong],
      ['uint64_t', BASE_TYPES.unsignedLongLong],
      ['size_t', BASE_TYPES.unsignedInt],
      ['ssize_t', BASE_TYPES.int],
      ['ptrdiff_t', BASE_TYPES.int],
      ['intptr_t', BASE_TYPES.int],
      ['uintptr_t', BASE_TYPES.unsignedInt],
    ] as const
  ).map(([name, type]) => [name, alias(name, type)]),
);

/** The type a cast names; looked up once. */
function typeResolver(node: TypeNode): (context: EvaluationContext) => Type {
  let known: Type | undefined;
  return (context) => {
    if (known) return known;
    let type = Object.hasOwn(NAMED, node.name) ? NAMED[node.name] : undefined;
    type ??= context.type?.(node.name);
    type ??= Object.hasOwn(COMMON, node.name) ? COMMON[node.name] : undefined;
    if (!type) throw new ExpressionError(`unknown type '${node.name}'`, node.column);
    for (let i = 0; i < node.pointers; i++) type = pointerTo(type);
    for (const count of [...node.counts].reverse()) type = { kind: 'array', element: type, count };
    return (known = type);
  };
}

/** A constant as the context's `variable` may give it: an enumerator. */
export function constantValue(type: Type, value: Scalar): DataValue {
  return { type, location: { kind: 'value', bytes: bytesOf(value, sizeOf(type) ?? POINTER_SIZE) } };
}
