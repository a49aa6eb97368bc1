import { bytesOf } from '../memory';
import { BASE_TYPES, findMember, pointerTo, POINTER_SIZE, sizeOf, stripType, typeName } from '../types';
import type { Type } from '../types';
import { loadBytes, memberValue, storeBytes, ValueError } from '../values';
import { formatValue } from '../format';
import type { NumberFormat, TypedValue } from '../format';
import type { DataValue, Scalar } from '../values';
import { ArithmeticError, unaryArithmetic } from './arithmetic';
import type { Node } from './ast';
import type { EvaluationContext } from './context';
import { ExpressionError } from './lexer';
import {
  addressOf,
  arithmetic,
  dataOf,
  dereferenced,
  isPlace,
  place,
  scalar,
  store,
  truthOf,
  valueOf,
  type Operand,
} from './operand';
import { binary, cast, element, numeric } from './operations';
import { parseExpression } from './parser';
import type { ParseOptions } from './parser';
import { typeResolver } from './type-names';

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

/** A constant as the context's `variable` may give it: an enumerator. */
export function constantValue(type: Type, value: Scalar): DataValue {
  return { type, location: { kind: 'value', bytes: bytesOf(value, sizeOf(type) ?? POINTER_SIZE) } };
}
