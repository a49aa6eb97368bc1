import { decodeUtf8 } from './bytes';
import type { Location } from './location';
import { bigUnsignedOf, unsignedOf } from './memory';
import type { ReadMemory } from './memory';
import { isCharacter, sizeOf, stripType, typeName } from './types';
import type { EnumType, StructType, Type } from './types';

/** Typed values in the machine: loading, storing and showing them. */

/** The machine a value is in. */
export interface DataContext {
  readonly readMemory: ReadMemory;
  /** @returns false when the bytes cannot be written */
  readonly writeMemory?: (address: number, bytes: Uint8Array) => boolean;
  /** The bytes of a DWARF register in the frame; undefined when not known. On ARM 0–15 core, 64–95 S, 256–287 D. */
  readonly dwarfRegister?: (register: number) => Uint8Array | undefined;
  /** @returns false when the register cannot be written */
  readonly setDwarfRegister?: (register: number, bytes: Uint8Array) => boolean;
  /** The name of the symbol an address is in, as `leaf` or `leaf+4`, to show with pointers. */
  readonly symbolName?: (address: number) => string | undefined;
}

/** A value of a type in a place. */
export interface DataValue {
  readonly type: Type;
  readonly location: Location;
  /** Of a bit field: from bit 0 of the first byte, little-endian. */
  readonly bitOffset?: number;
  readonly bitSize?: number;
}

/** A value that cannot be loaded or stored; the message says why. */
export class ValueError extends Error {
  override readonly name = 'ValueError';
}

export type Scalar = number | bigint;

function hexText(value: Scalar): string {
  return '0x' + value.toString(16);
}

/**
 * The bytes at a location.
 * @throws ValueError when they are not there
 */
export function loadBytes(location: Location, size: number, context: DataContext): Uint8Array {
  switch (location.kind) {
    case 'memory': {
      const bytes = context.readMemory(location.address, size);
      if (!bytes) throw new ValueError(`memory at ${hexText(location.address)} cannot be read`);
      return bytes;
    }
    case 'register': {
      const bytes = registerBytes(location.register, size, context);
      return size <= bytes.length ? bytes.subarray(0, size) : padded(bytes, size);
    }
    case 'value':
      return size <= location.bytes.length ? location.bytes.subarray(0, size) : padded(location.bytes, size);
    case 'pieces':
      return loadPieces(location.pieces, size, context);
    case 'unavailable':
      throw new ValueError(location.reason);
  }
}

function padded(bytes: Uint8Array, size: number): Uint8Array {
  const result = new Uint8Array(size);
  result.set(bytes.subarray(0, size));
  return result;
}

/** A register, or as many as follow it for a wider value (a 64-bit value in two core registers). */
function registerBytes(register: number, size: number, context: DataContext): Uint8Array {
  const first = context.dwarfRegister?.(register);
  if (!first) throw new ValueError(`register ${register} is not known in this frame`);
  if (size <= first.length || size > 64) return first;
  const result = new Uint8Array(size);
  let filled = 0;
  for (let index = register; filled < size; index++) {
    const bytes = index === register ? first : context.dwarfRegister?.(index);
    if (!bytes) throw new ValueError(`register ${index} is not known in this frame`);
    result.set(bytes.subarray(0, size - filled), filled);
    filled += bytes.length;
  }
  return result;
}

function loadPieces(
  pieces: Extract<Location, { kind: 'pieces' }>['pieces'],
  size: number,
  context: DataContext,
): Uint8Array {
  let value = 0n;
  let bit = 0;
  for (const piece of pieces) {
    if (bit >= size * 8) break;
    const bytes = loadBytes(piece.location, Math.ceil((piece.offset + piece.bits) / 8), context);
    value |= BigInt.asUintN(piece.bits, bigUnsignedOf(bytes) >> BigInt(piece.offset)) << BigInt(bit);
    bit += piece.bits;
  }
  if (bit < size * 8) throw new ValueError('optimized out in part');
  const result = new Uint8Array(size);
  for (let i = 0; i < size; i++) result[i] = Number((value >> BigInt(8 * i)) & 0xffn);
  return result;
}

/** The value of a scalar type from its bytes: a number, or a bigint for integers wider than 32 bits. */
export function scalarOf(type: Type, bytes: Uint8Array): Scalar {
  const stripped = stripType(type);
  if (stripped.kind === 'base' && stripped.encoding === 'float') {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length >= 8) return view.getFloat64(0, true);
    if (bytes.length >= 4) return view.getFloat32(0, true);
    return halfFloat(unsignedOf(bytes));
  }
  const signed =
    (stripped.kind === 'base' && (stripped.encoding === 'signed' || stripped.encoding === 'char')) ||
    (stripped.kind === 'enum' && stripped.signed);
  if (bytes.length > 4) {
    const value = bigUnsignedOf(bytes);
    return signed ? BigInt.asIntN(bytes.length * 8, value) : value;
  }
  const value = unsignedOf(bytes);
  if (!signed || bytes.length === 0) return value;
  const shift = 32 - 8 * bytes.length;
  return (value << shift) >> shift;
}

function halfFloat(bits: number): number {
  const exponent = (bits >>> 10) & 31;
  const fraction = bits & 0x3ff;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/**
 * Loads a scalar: an integer, float, pointer, enumeration or bit field.
 * @throws ValueError when it is not there or the type is no scalar
 */
export function loadScalar(data: DataValue, context: DataContext): Scalar {
  if (data.bitSize !== undefined) return loadBitField(data, data.bitSize, context);
  const size = scalarSize(data.type);
  return scalarOf(data.type, loadBytes(data.location, size, context));
}

function scalarSize(type: Type): number {
  const stripped = stripType(type);
  if (stripped.kind !== 'base' && stripped.kind !== 'pointer' && stripped.kind !== 'enum') {
    throw new ValueError(`a value of type ${typeName(type)} is no number`);
  }
  return stripped.byteSize;
}

function loadBitField(data: DataValue, bitSize: number, context: DataContext): Scalar {
  const bitOffset = data.bitOffset ?? 0;
  const bytes = loadBytes(data.location, Math.ceil((bitOffset + bitSize) / 8), context);
  const raw = BigInt.asUintN(bitSize, bigUnsignedOf(bytes) >> BigInt(bitOffset));
  const stripped = stripType(data.type);
  const signed =
    (stripped.kind === 'base' && (stripped.encoding === 'signed' || stripped.encoding === 'char')) ||
    (stripped.kind === 'enum' && stripped.signed);
  const value = signed ? BigInt.asIntN(bitSize, raw) : raw;
  return (sizeOf(stripped) ?? 4) > 4 ? value : Number(value);
}

/**
 * Stores bytes at a location.
 * @throws ValueError when it cannot be written
 */
export function storeBytes(location: Location, bytes: Uint8Array, context: DataContext): void {
  switch (location.kind) {
    case 'memory':
      if (!context.writeMemory) throw new ValueError('memory cannot be written here');
      if (!context.writeMemory(location.address, bytes)) {
        throw new ValueError(`memory at ${hexText(location.address)} cannot be written`);
      }
      return;
    case 'register': {
      if (!context.setDwarfRegister) throw new ValueError('registers cannot be written here');
      const width = context.dwarfRegister?.(location.register)?.length ?? 4;
      for (let done = 0, register = location.register; done < bytes.length; done += width, register++) {
        if (!context.setDwarfRegister(register, padded(bytes.subarray(done, done + width), width))) {
          throw new ValueError(`register ${register} cannot be written in this frame`);
        }
      }
      return;
    }
    case 'value':
      throw new ValueError('it has no place to write to: its value is computed');
    case 'pieces': {
      let done = 0;
      for (const piece of location.pieces) {
        if (piece.bits % 8 || piece.offset) throw new ValueError('it is split in bits and cannot be written');
        storeBytes(piece.location, bytes.subarray(done, done + piece.bits / 8), context);
        done += piece.bits / 8;
      }
      return;
    }
    case 'unavailable':
      throw new ValueError(location.reason);
  }
}

/** The bytes of a scalar of a type, as C converts a value to it. */
export function scalarBytes(type: Type, value: Scalar): Uint8Array {
  const size = scalarSize(type);
  const stripped = stripType(type);
  const bytes = new Uint8Array(size);
  if (stripped.kind === 'base' && stripped.encoding === 'float') {
    const view = new DataView(bytes.buffer);
    if (size === 8) view.setFloat64(0, Number(value), true);
    else if (size === 4) view.setFloat32(0, Number(value), true);
    else throw new ValueError(`a value of type ${typeName(type)} cannot be written`);
    return bytes;
  }
  if (stripped.kind === 'base' && stripped.encoding === 'boolean') {
    bytes[0] = Number(value) !== 0 ? 1 : 0;
    return bytes;
  }
  let rest = BigInt.asUintN(8 * size, integer(value));
  for (let i = 0; i < size; i++, rest >>= 8n) bytes[i] = Number(rest & 0xffn);
  return bytes;
}

function integer(value: Scalar): bigint {
  if (typeof value === 'bigint') return value;
  return Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n;
}

/**
 * Stores a scalar.
 * @throws ValueError when it cannot be written
 */
export function storeScalar(data: DataValue, value: Scalar, context: DataContext): void {
  if (data.bitSize === undefined) {
    storeBytes(data.location, scalarBytes(data.type, value), context);
    return;
  }
  const bitOffset = data.bitOffset ?? 0;
  const size = Math.ceil((bitOffset + data.bitSize) / 8);
  const old = bigUnsignedOf(loadBytes(data.location, size, context));
  const mask = ((1n << BigInt(data.bitSize)) - 1n) << BigInt(bitOffset);
  let merged = (old & ~mask) | ((integer(value) << BigInt(bitOffset)) & mask);
  const bytes = new Uint8Array(size);
  for (let i = 0; i < size; i++, merged >>= 8n) bytes[i] = Number(merged & 0xffn);
  storeBytes(data.location, bytes, context);
}

/** A part of a value: the place `offset` bytes into its own. */
export function partOf(location: Location, offset: number, size: number): Location {
  switch (location.kind) {
    case 'memory':
      return { kind: 'memory', address: (location.address + offset) >>> 0 };
    case 'value':
      return { kind: 'value', bytes: location.bytes.subarray(offset, offset + size) };
    case 'register':
      return offset === 0 ? location : { kind: 'pieces', pieces: [{ bits: size * 8, offset: offset * 8, location }] };
    case 'pieces': {
      let at = 0;
      for (const piece of location.pieces) {
        if (at === offset * 8 && size * 8 <= piece.bits && piece.offset === 0) return piece.location;
        at += piece.bits;
      }
      return { kind: 'unavailable', reason: 'it is split over several places' };
    }
    case 'unavailable':
      return location;
  }
}

/** The members of a struct that have a value each; those of base classes under the name of the class. */
export function memberValue(data: DataValue, member: StructType['members'][number]): DataValue {
  if (member.staticAddress !== undefined) {
    return { type: member.type, location: { kind: 'memory', address: member.staticAddress } };
  }
  const bits = member.bitSize === undefined ? 0 : (member.bitOffset ?? 0) + member.bitSize;
  const size = bits ? Math.ceil(bits / 8) : (sizeOf(member.type) ?? 0);
  const location = partOf(data.location, member.offset, size);
  if (member.bitSize === undefined) return { type: member.type, location };
  return { type: member.type, location, bitOffset: member.bitOffset ?? 0, bitSize: member.bitSize };
}

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
  return symbol === undefined ? hexText(value) : `${hexText(value)} <${symbol}>`;
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
    return data.location.kind === 'memory' ? hexText(data.location.address) : '<array of unknown size>';
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
  if (stripped.kind === 'pointer') return hexText(value);
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
  const unsigned = BigInt.asUintN(bits, integer(value));
  switch (format) {
    case 'hex':
      return hexText(unsigned);
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
