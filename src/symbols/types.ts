/** The types of a program's values, as C and C++ have them. Targets may be lazy: types are cyclic. */

export interface VoidType {
  readonly kind: 'void';
}

export type BaseEncoding = 'signed' | 'unsigned' | 'char' | 'unsigned char' | 'boolean' | 'float' | 'other';

export interface BaseType {
  readonly kind: 'base';
  readonly name: string;
  readonly byteSize: number;
  readonly encoding: BaseEncoding;
}

export interface PointerType {
  readonly kind: 'pointer';
  readonly byteSize: number;
  /** `*`, or the reference of C++. */
  readonly symbol: '*' | '&' | '&&';
  readonly target: Type;
}

export interface QualifiedType {
  readonly kind: 'qualified';
  readonly qualifier: 'const' | 'volatile' | 'restrict' | '_Atomic';
  readonly target: Type;
}

export interface TypedefType {
  readonly kind: 'typedef';
  readonly name: string;
  readonly target: Type;
}

export interface Member {
  /** Without one: an anonymous struct or union, whose members are seen through it. */
  readonly name: string | undefined;
  readonly type: Type;
  /** In bytes from the start of the struct; of a bit field that of its first byte. */
  readonly offset: number;
  /** Of a bit field: from bit 0 of the byte at `offset`, little-endian. */
  readonly bitOffset?: number;
  readonly bitSize?: number;
  /** A base class. */
  readonly isBase?: boolean;
  /** A static data member of C++: its address. */
  readonly staticAddress?: number;
}

export interface StructType {
  readonly kind: 'struct';
  readonly keyword: 'struct' | 'union' | 'class';
  readonly name: string | undefined;
  readonly byteSize: number;
  readonly members: readonly Member[];
  /** Declared only: its members are not known. */
  readonly incomplete: boolean;
}

export interface ArrayType {
  readonly kind: 'array';
  readonly element: Type;
  /** undefined: unknown, as of `extern int a[];` */
  readonly count: number | undefined;
}

export interface EnumType {
  readonly kind: 'enum';
  readonly name: string | undefined;
  readonly byteSize: number;
  readonly signed: boolean;
  readonly enumerators: readonly { readonly name: string; readonly value: number }[];
}

export interface FunctionType {
  readonly kind: 'function';
  readonly returns: Type;
  readonly parameters: readonly Type[];
  readonly variadic: boolean;
}

export type Type =
  VoidType | BaseType | PointerType | QualifiedType | TypedefType | StructType | ArrayType | EnumType | FunctionType;

export const VOID: VoidType = { kind: 'void' };

const base = (name: string, byteSize: number, encoding: BaseEncoding): BaseType => ({
  kind: 'base',
  name,
  byteSize,
  encoding,
});

/** The arithmetic types of C on 32-bit ARM (AAPCS32: char is unsigned). */
export const BASE_TYPES = {
  bool: base('_Bool', 1, 'boolean'),
  char: base('char', 1, 'unsigned char'),
  signedChar: base('signed char', 1, 'char'),
  unsignedChar: base('unsigned char', 1, 'unsigned char'),
  short: base('short', 2, 'signed'),
  unsignedShort: base('unsigned short', 2, 'unsigned'),
  int: base('int', 4, 'signed'),
  unsignedInt: base('unsigned int', 4, 'unsigned'),
  long: base('long', 4, 'signed'),
  unsignedLong: base('unsigned long', 4, 'unsigned'),
  longLong: base('long long', 8, 'signed'),
  unsignedLongLong: base('unsigned long long', 8, 'unsigned'),
  float: base('float', 4, 'float'),
  double: base('double', 8, 'float'),
} as const;

export const POINTER_SIZE = 4;

export function pointerTo(target: Type): PointerType {
  return { kind: 'pointer', byteSize: POINTER_SIZE, symbol: '*', target };
}

const STRIP_LIMIT = 64;

/** The type behind typedefs and qualifiers. */
export function stripType(type: Type): Exclude<Type, TypedefType | QualifiedType> {
  let current = type;
  for (let i = 0; i < STRIP_LIMIT; i++) {
    if (current.kind !== 'typedef' && current.kind !== 'qualified') return current;
    current = current.target;
  }
  // A cycle of typedefs: broken debug information.
  return VOID;
}

/** The size of a value in bytes; undefined for void, functions and what is incomplete. */
export function sizeOf(type: Type, depth = 0): number | undefined {
  const stripped = stripType(type);
  switch (stripped.kind) {
    case 'base':
    case 'pointer':
    case 'enum':
      return stripped.byteSize;
    case 'struct':
      return stripped.incomplete ? undefined : stripped.byteSize;
    case 'array': {
      if (stripped.count === undefined || depth > STRIP_LIMIT) return undefined;
      const element = sizeOf(stripped.element, depth + 1);
      return element === undefined ? undefined : element * stripped.count;
    }
    default:
      return undefined;
  }
}

/** The type as C writes it, as `int (*)[3]` or `const struct node *`. */
export function typeName(type: Type): string {
  return declarator(type, '', 0).trim();
}

function declarator(type: Type, inner: string, depth: number): string {
  const pad = inner && !inner.startsWith('[') ? ` ${inner}` : inner;
  if (depth > STRIP_LIMIT) return `...${pad}`;
  switch (type.kind) {
    case 'void':
      return `void${pad}`;
    case 'base':
    case 'typedef':
      return `${type.name}${pad}`;
    case 'enum':
      return `enum ${type.name ?? '{...}'}${pad}`;
    case 'struct':
      return `${type.keyword} ${type.name ?? '{...}'}${pad}`;
    case 'qualified': {
      const { target } = type;
      // Of an array that is const GCC says it twice: of the array and of its elements.
      if (target.kind === 'array' && elementHas(target, type.qualifier)) return declarator(target, inner, depth + 1);
      if (target.kind === 'pointer' || target.kind === 'function') {
        return declarator(target, `${type.qualifier}${pad}`, depth + 1);
      }
      return `${type.qualifier} ${declarator(target, inner, depth + 1)}`;
    }
    case 'pointer': {
      const stripped = type.target.kind === 'qualified' ? stripQualifiers(type.target) : type.target;
      const text = `${type.symbol}${inner}`;
      const wrap = stripped.kind === 'array' || stripped.kind === 'function';
      return declarator(type.target, wrap ? `(${text})` : text, depth + 1);
    }
    case 'array':
      return declarator(type.element, `${inner}[${type.count ?? ''}]`, depth + 1);
    case 'function': {
      const parameters = type.parameters.map((parameter) => declarator(parameter, '', depth + 1));
      if (type.variadic) parameters.push('...');
      return declarator(type.returns, `${inner}(${parameters.join(', ') || 'void'})`, depth + 1);
    }
  }
}

function elementHas(type: ArrayType, qualifier: QualifiedType['qualifier']): boolean {
  let element: Type = type;
  for (let i = 0; element.kind === 'array' && i < STRIP_LIMIT; i++) element = element.element;
  return element.kind === 'qualified' && element.qualifier === qualifier;
}

function stripQualifiers(type: Type): Type {
  let current = type;
  for (let i = 0; current.kind === 'qualified' && i < STRIP_LIMIT; i++) current = current.target;
  return current;
}

/** Whether values of the type are integers for C: also enumerations, characters and booleans. */
export function isInteger(type: Type): boolean {
  const stripped = stripType(type);
  return (
    stripped.kind === 'enum' ||
    (stripped.kind === 'base' && stripped.encoding !== 'float' && stripped.encoding !== 'other')
  );
}

/** Whether the type is one byte of text. */
export function isCharacter(type: Type): boolean {
  const stripped = stripType(type);
  return (
    stripped.kind === 'base' &&
    stripped.byteSize === 1 &&
    (stripped.encoding === 'char' || stripped.encoding === 'unsigned char')
  );
}

/** Whether the values of an integer type are signed. */
export function isSigned(type: Type): boolean {
  const stripped = stripType(type);
  if (stripped.kind === 'enum') return stripped.signed;
  return stripped.kind === 'base' && (stripped.encoding === 'signed' || stripped.encoding === 'char');
}

export interface FoundMember {
  readonly member: Member;
  /** From the start of the outer struct: anonymous and base members in between included. */
  readonly offset: number;
}

/** The member of that name, also inside anonymous members and base classes. */
export function findMember(type: StructType, name: string, depth = 0): FoundMember | undefined {
  for (const member of type.members) {
    if (member.name === name && !member.isBase) return { member, offset: member.offset };
  }
  if (depth > 16) return undefined;
  for (const member of type.members) {
    if (member.name !== undefined && !member.isBase) continue;
    const inner = stripType(member.type);
    if (inner.kind !== 'struct') continue;
    const found = findMember(inner, name, depth + 1);
    if (found) return { member: found.member, offset: found.offset + member.offset };
  }
  return undefined;
}
