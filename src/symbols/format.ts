import { decodeUtf8, hex } from './bytes';
import { isCharacter, sizeOf, stripType, typeName } from './types';
import type { EnumType, Type } from './types';
import { loadBytes, loadScalar, memberValue, partOf, ValueError } from './values';
import type { DataContext, DataValue, Scalar } from './values';

/** Values as a debugger shows them. */

/** How numbers are shown. */
export type NumberFormat = 'natural' | 'hex' | 'decimal' | 'octal' | 'binary' | 'character';

/** A value as a debugger's tree shows it. */
export interface TypedValue {
  readonly name: string;
  /** The value's text. */
  readonly value: string;
  /** The type's text. */
  readonly type: string;
  readonly data: DataValue;
  /** Where it is in memory. */
  readonly address: number | undefined;
  /** What a memory view should open: the target of a pointer, else the address. */
  readonly memoryReference: number | undefined;
  /** The expression that gives this value. */
  readonly evaluateName: string | undefined;
  /** How many children there are: named ones of a struct or pointer, indexed ones of an array. */
  readonly namedChildren: number;
  readonly indexedChildren: number;
  /** The children from one index on; none for a plain value. */
  readonly children: (start?: number, count?: number) => TypedValue[];
}

const PREVIEW_MEMBERS = 8;
const PREVIEW_ELEMENTS = 16;
const PREVIEW_DEPTH = 2;
const STRING_LIMIT = 200;
/** Elements at most that one request gives. */
const CHILDREN_LIMIT = 10_000;

/**
 * A value for a debugger's tree. Nothing throws: what cannot be read says so as its text.
 * @param evaluateName the expression that gives the value, for its children's
 */
export function formatValue(
  name: string,
  data: DataValue,
  context: DataContext,
  evaluateName: string | undefined = name,
  format: NumberFormat = 'natural',
): TypedValue {
  const stripped = stripType(data.type);
  const address = data.location.kind === 'memory' ? data.location.address : undefined;
  const common = { name, data, address, type: typeName(data.type), evaluateName };
  const text = describe(data, context, format, 0);
  const none = { namedChildren: 0, indexedChildren: 0, children: () => [] };
  if (stripped.kind === 'struct') {
    const { members } = stripped;
    return {
      ...common,
      value: text,
      memoryReference: address,
      namedChildren: members.length,
      indexedChildren: 0,
      children: (start = 0, count = CHILDREN_LIMIT) =>
        members.slice(start, start + count).map((member) => {
          const label = member.name ?? `<anonymous ${typeName(member.type)}>`;
          const path =
            evaluateName === undefined
              ? undefined
              : member.isBase || member.name === undefined
                ? evaluateName
                : `${postfixable(evaluateName)}.${member.name}`;
          return formatValue(label, memberValue(data, member), context, path, format);
        }),
    };
  }
  if (stripped.kind === 'array') {
    const total = stripped.count ?? 0;
    const size = sizeOf(stripped.element) ?? 0;
    return {
      ...common,
      value: text,
      memoryReference: address,
      namedChildren: 0,
      indexedChildren: total,
      children: (start = 0, count = CHILDREN_LIMIT) => {
        const list: TypedValue[] = [];
        for (let i = start; i < Math.min(start + count, total, start + CHILDREN_LIMIT); i++) {
          const element = { type: stripped.element, location: partOf(data.location, i * size, size) };
          const path = evaluateName === undefined ? undefined : `${postfixable(evaluateName)}[${i}]`;
          list.push(formatValue(`[${i}]`, element, context, path, format));
        }
        return list;
      },
    };
  }
  if (stripped.kind === 'pointer') {
    const target = stripType(stripped.target);
    const value = attempt(() => Number(loadScalar(data, context)));
    if (value === undefined) return { ...common, value: text, memoryReference: undefined, ...none };
    const pointed: DataValue = { type: stripped.target, location: { kind: 'memory', address: value } };
    if (target.kind === 'void' || target.kind === 'function' || value === 0) {
      return { ...common, value: text, memoryReference: value, ...none };
    }
    const path = evaluateName === undefined ? undefined : `*${prefixable(evaluateName)}`;
    return {
      ...common,
      value: text,
      memoryReference: value,
      namedChildren: target.kind === 'struct' ? target.members.length : 1,
      indexedChildren: 0,
      children: (start = 0, count = CHILDREN_LIMIT) => {
        if (target.kind === 'struct') {
          const inner = path === undefined ? undefined : stripped.symbol === '*' ? `(${path})` : evaluateName;
          return formatValue(`*${name}`, pointed, context, inner, format).children(start, count);
        }
        const label = stripped.symbol === '*' ? `*${name}` : name;
        return start > 0
          ? []
          : [formatValue(label, pointed, context, stripped.symbol === '*' ? path : evaluateName, format)];
      },
    };
  }
  return { ...common, value: text, memoryReference: address, ...none };
}

function attempt<T>(compute: () => T): T | undefined {
  try {
    return compute();
  } catch (error) {
    if (error instanceof ValueError) return undefined;
    throw error;
  }
}

function postfixable(expression: string): string {
  return /^[\w:$.[\]]+$|^\(.*\)$/.test(expression) ? expression : `(${expression})`;
}

function prefixable(expression: string): string {
  return postfixable(expression);
}

/** The text of a value; a short one for what is inside others. */
function describe(data: DataValue, context: DataContext, format: NumberFormat, depth: number): string {
  try {
    return describeUnchecked(data, context, format, depth);
  } catch (error) {
    if (error instanceof ValueError) return `<${error.message}>`;
    throw error;
  }
}

function describeUnchecked(data: DataValue, context: DataContext, format: NumberFormat, depth: number): string {
  const stripped = stripType(data.type);
  switch (stripped.kind) {
    case 'void':
      return 'void';
    case 'function':
      return data.location.kind === 'memory' ? pointerText(data.location.address, context) : '<function>';
    case 'struct': {
      if (stripped.incomplete) return '<incomplete type>';
      if (data.location.kind === 'unavailable') return `<${data.location.reason}>`;
      if (depth >= PREVIEW_DEPTH) return '{...}';
      const shown = stripped.members.slice(0, PREVIEW_MEMBERS).map((member) => {
        const inner = describe(memberValue(data, member), context, format, depth + 1);
        return member.name === undefined ? inner : `${member.name} = ${inner}`;
      });
      if (stripped.members.length > PREVIEW_MEMBERS) shown.push('...');
      return `{${shown.join(', ')}}`;
    }
    case 'array':
      return arrayText(data, stripped.element, stripped.count, context, format, depth);
    case 'pointer': {
      const value = Number(loadScalar(data, context));
      const target = stripType(stripped.target);
      if (stripped.symbol !== '*' && depth < PREVIEW_DEPTH) {
        return describe(
          { type: stripped.target, location: { kind: 'memory', address: value } },
          context,
          format,
          depth + 1,
        );
      }
      const text = pointerText(value, context, target.kind === 'function');
      return isCharacter(target) && value !== 0 ? withString(text, value, context) : text;
    }
    default:
      return scalarText(data.type, loadScalar(data, context), format);
  }
}

function pointerText(value: number, context: DataContext, isCode = false): string {
  // A function pointer's Thumb bit is not part of the address its symbol has.
  const symbol = value === 0 ? undefined : context.symbolName?.(isCode ? (value & ~1) >>> 0 : value);
  return symbol === undefined ? hex(value) : `${hex(value)} <${symbol}>`;
}

function withString(text: string, address: number, context: DataContext): string {
  const bytes: number[] = [];
  for (let offset = 0; offset <= STRING_LIMIT; offset += 16) {
    // In small reads, so that a string near the end of the memory is shown too.
    let chunk = context.readMemory(address + offset, 16);
    for (let size = 15; !chunk && size > 0; size--) chunk = context.readMemory(address + offset, size);
    if (!chunk) break;
    const end = chunk.indexOf(0);
    bytes.push(...(end < 0 ? chunk : chunk.subarray(0, end)));
    if (end >= 0) return `${text} ${quote(Uint8Array.from(bytes))}`;
  }
  return bytes.length ? `${text} ${quote(Uint8Array.from(bytes.slice(0, STRING_LIMIT)))}...` : text;
}

function arrayText(
  data: DataValue,
  element: Type,
  count: number | undefined,
  context: DataContext,
  format: NumberFormat,
  depth: number,
): string {
  const size = sizeOf(element);
  if (count === undefined || size === undefined) {
    return data.location.kind === 'memory' ? hex(data.location.address) : '<array of unknown size>';
  }
  if (data.location.kind === 'unavailable') return `<${data.location.reason}>`;
  if (isCharacter(element) && format === 'natural') {
    const bytes = loadBytes(data.location, Math.min(count, STRING_LIMIT), context);
    let end = bytes.length;
    while (end > 0 && bytes[end - 1] === 0) end--;
    return quote(bytes.subarray(0, end)) + (count > STRING_LIMIT ? '...' : '');
  }
  if (depth >= PREVIEW_DEPTH) return '{...}';
  const shown: string[] = [];
  for (let i = 0; i < Math.min(count, PREVIEW_ELEMENTS); i++) {
    shown.push(
      describe({ type: element, location: partOf(data.location, i * size, size) }, context, format, depth + 1),
    );
  }
  if (count > PREVIEW_ELEMENTS) shown.push('...');
  return `{${shown.join(', ')}}`;
}

const ESCAPES: Readonly<Record<number, string>> = {
  7: '\\a',
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
  0: '\\0',
};

function quote(bytes: Uint8Array): string {
  const text = decodeUtf8(bytes);
  // What is no UTF-8 is shown byte by byte.
  if (text.includes('\ufffd')) return `"${[...bytes].map((byte) => quotedByte(byte)).join('')}"`;
  let result = '"';
  for (const letter of text) result += letter === '"' ? '\\"' : escaped(letter.codePointAt(0)!, letter);
  return result + '"';
}

function quotedByte(byte: number): string {
  if (byte >= 0x80) return `\\x${byte.toString(16)}`;
  return byte === 0x22 ? '\\"' : escaped(byte, String.fromCharCode(byte));
}

function escaped(code: number, letter: string): string {
  if (letter === '\\') return '\\\\';
  if (ESCAPES[code] !== undefined) return ESCAPES[code];
  return code < 0x20 || code === 0x7f ? `\\x${code.toString(16).padStart(2, '0')}` : letter;
}

/** The text of a number of a type. */
export function scalarText(type: Type, value: Scalar, format: NumberFormat = 'natural'): string {
  const stripped = stripType(type);
  const isFloat = stripped.kind === 'base' && stripped.encoding === 'float';
  if (format !== 'natural' && format !== 'decimal' && !isFloat) return formatted(type, value, format);
  if (stripped.kind === 'pointer') return hex(value);
  if (stripped.kind === 'enum' && format === 'natural') return enumText(stripped, Number(value));
  if (stripped.kind === 'base' && format === 'natural') {
    if (stripped.encoding === 'boolean') return value === 0 || value === 1 ? String(value === 1) : `true (${value})`;
    if (isCharacter(stripped)) {
      const code = Number(value) & 0xff;
      const letter =
        code === 0x27 ? "\\'" : code < 0x80 ? escaped(code, String.fromCharCode(code)) : `\\x${code.toString(16)}`;
      return `${value} '${letter}'`;
    }
  }
  return isFloat ? floatText(Number(value), stripped.byteSize) : value.toString();
}

function formatted(type: Type, value: Scalar, format: NumberFormat): string {
  const bits = 8 * (sizeOf(type) ?? 4);
  const unsigned = BigInt.asUintN(
    bits,
    BigInt.asIntN(64, typeof value === 'bigint' ? value : BigInt(Math.trunc(value))),
  );
  switch (format) {
    case 'hex':
      return hex(unsigned);
    case 'octal':
      return '0' + unsigned.toString(8);
    case 'binary':
      return '0b' + unsigned.toString(2);
    default: {
      const code = Number(unsigned & 0xffn);
      return `'${escaped(code, String.fromCharCode(code))}'`;
    }
  }
}

function enumText(type: EnumType, value: number): string {
  const exact = type.enumerators.find((enumerator) => enumerator.value === value);
  if (exact) return exact.name;
  // Flags: powers of two that together make the value.
  let rest = value;
  const names: string[] = [];
  for (const enumerator of type.enumerators) {
    const bit = enumerator.value;
    if (bit > 0 && (bit & (bit - 1)) === 0 && (rest & bit) === bit) {
      names.push(enumerator.name);
      rest &= ~bit;
    }
  }
  return rest === 0 && names.length > 1 ? names.join(' | ') : value.toString();
}

function floatText(value: number, byteSize: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0';
  if (byteSize !== 4) return String(value);
  // The shortest text that reads back as the same single-precision number.
  for (let digits = 6; digits < 9; digits++) {
    const text = Number(value.toPrecision(digits));
    if (Math.fround(text) === value) return String(text);
  }
  return String(Number(value.toPrecision(9)));
}
