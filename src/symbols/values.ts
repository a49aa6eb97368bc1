import type { Location } from './location';
import { bigUnsignedOf, unsignedOf } from './memory';
import type { ReadMemory } from './memory';
import { sizeOf, stripType, typeName } from './types';
import type { StructType, Type } from './types';

/** Typed values in the machine: loading and storing them. */

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
