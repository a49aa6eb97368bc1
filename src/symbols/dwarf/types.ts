import type {
  ArrayType,
  BaseEncoding,
  EnumType,
  FunctionType,
  Member,
  PointerType,
  QualifiedType,
  StructType,
  Type,
  TypedefType,
} from '../types';
import { sizeOf, VOID } from '../types';
import { AT, ATE, TAG } from './constants';
import { flagOf, inherited, numberOf, referenceOf, stringOf } from './unit';
import type { Die } from './unit';

/** Types from debugging information entries. Source: DWARF 5, section 5. */

/** Finds the complete definition of a struct that a unit only declares. */
export type FindDefinition = (name: string, tag: number) => Die | undefined;

/** The address of a static data member's definition. */
export type FindStatic = (declaration: Die) => number | undefined;

export class TypeReader {
  private readonly types = new Map<Die, Type>();

  constructor(
    private readonly findDefinition: FindDefinition,
    private readonly findStatic: FindStatic,
    private readonly addressSize: number,
  ) {}

  /** The type an entry's DW_AT_type names; void without one. */
  typeOf(die: Die): Type {
    const target = inherited(die, (entry) => referenceOf(entry, AT.type));
    return target ? this.read(target) : VOID;
  }

  /** The type a type entry describes. */
  read(die: Die): Type {
    let type = this.types.get(die);
    if (!type) this.types.set(die, (type = this.create(die)));
    return type;
  }

  private create(die: Die): Type {
    switch (die.tag) {
      case TAG.base_type: {
        const byteSize = numberOf(die, AT.byte_size) ?? 0;
        const encoding = encodingOf(numberOf(die, AT.encoding) ?? 0);
        return { kind: 'base', name: stringOf(die, AT.name) ?? `<${byteSize} bytes>`, byteSize, encoding };
      }
      case TAG.pointer_type:
      case TAG.ptr_to_member_type:
        return this.pointer(die, '*');
      case TAG.reference_type:
        return this.pointer(die, '&');
      case TAG.rvalue_reference_type:
        return this.pointer(die, '&&');
      case TAG.const_type:
        return this.qualified(die, 'const');
      case TAG.volatile_type:
        return this.qualified(die, 'volatile');
      case TAG.restrict_type:
        return this.qualified(die, 'restrict');
      case TAG.atomic_type:
        return this.qualified(die, '_Atomic');
      case TAG.typedef:
        return new DwarfTypedef(stringOf(die, AT.name) ?? '', () => this.typeOf(die));
      case TAG.structure_type:
        return this.struct(die, 'struct');
      case TAG.class_type:
      case TAG.interface_type:
        return this.struct(die, 'class');
      case TAG.union_type:
        return this.struct(die, 'union');
      case TAG.array_type:
        return this.array(die);
      case TAG.enumeration_type:
        return this.enumeration(die);
      case TAG.subroutine_type:
      case TAG.subprogram:
        return this.functionType(die);
      case TAG.unspecified_type:
        return VOID;
      default: {
        const byteSize = numberOf(die, AT.byte_size) ?? 0;
        return { kind: 'base', name: stringOf(die, AT.name) ?? '<unknown type>', byteSize, encoding: 'other' };
      }
    }
  }

  private pointer(die: Die, symbol: PointerType['symbol']): PointerType {
    return new DwarfPointer(numberOf(die, AT.byte_size) ?? this.addressSize, symbol, () => this.typeOf(die));
  }

  private qualified(die: Die, qualifier: QualifiedType['qualifier']): QualifiedType {
    return new DwarfQualified(qualifier, () => this.typeOf(die));
  }

  private struct(die: Die, keyword: StructType['keyword']): Type {
    const name = qualifiedName(die);
    if (flagOf(die, AT.declaration)) {
      const signed = referenceOf(die, AT.signature);
      const whole = signed ?? (name === undefined ? undefined : this.findDefinition(name, die.tag));
      if (whole && whole !== die) return this.read(whole);
      return new DwarfStruct(keyword, name, numberOf(die, AT.byte_size) ?? 0, true, () => []);
    }
    const signature = referenceOf(die, AT.signature);
    if (signature && signature !== die) return this.read(signature);
    return new DwarfStruct(keyword, name, numberOf(die, AT.byte_size) ?? 0, false, () => this.members(die));
  }

  private members(die: Die): Member[] {
    const members: Member[] = [];
    for (const child of die.children) {
      if (child.tag === TAG.inheritance) {
        const type = this.typeOf(child);
        const name = 'name' in type ? type.name : undefined;
        members.push({ name, type, offset: numberOf(child, AT.data_member_location) ?? 0, isBase: true });
      } else if (child.tag === TAG.member || child.tag === TAG.variable) {
        const member = this.member(child);
        if (member) members.push(member);
      }
    }
    return members;
  }

  private member(die: Die): Member | undefined {
    const name = stringOf(die, AT.name);
    const type = this.typeOf(die);
    if (die.tag === TAG.variable || flagOf(die, AT.external)) {
      const staticAddress = this.findStatic(die);
      return staticAddress === undefined ? undefined : { name, type, offset: 0, staticAddress };
    }
    const offset = memberOffset(die);
    const bitSize = numberOf(die, AT.bit_size);
    if (bitSize === undefined) return { name, type, offset };
    const dataBitOffset = numberOf(die, AT.data_bit_offset);
    let bit: number;
    if (dataBitOffset !== undefined) bit = dataBitOffset;
    else {
      // DW_AT_bit_offset counts from the most significant bit of the storage unit (DWARF 3, section 5.5.6).
      const storage = numberOf(die, AT.byte_size) ?? sizeOf(type) ?? 4;
      bit = offset * 8 + storage * 8 - (numberOf(die, AT.bit_offset) ?? 0) - bitSize;
    }
    return { name, type, offset: Math.floor(bit / 8), bitOffset: bit & 7, bitSize };
  }

  /** Nested arrays of one dimension each. */
  private array(die: Die): Type {
    const counts: (number | undefined)[] = [];
    for (const child of die.children) {
      if (child.tag !== TAG.subrange_type && child.tag !== TAG.enumeration_type) continue;
      const upper = numberOf(child, AT.upper_bound);
      const count = numberOf(child, AT.count) ?? (upper === undefined ? undefined : boundToCount(upper));
      counts.push(count);
    }
    if (!counts.length) counts.push(undefined);
    let element: () => Type = () => this.typeOf(die);
    for (const count of counts.slice(1).reverse()) {
      const inner = element;
      const array = new DwarfArray(count, inner);
      element = () => array;
    }
    return new DwarfArray(counts[0], element);
  }

  private enumeration(die: Die): EnumType {
    const byteSize = numberOf(die, AT.byte_size) ?? 4;
    const raw = die.children
      .filter((child) => child.tag === TAG.enumerator)
      .map((child) => ({ name: stringOf(child, AT.name) ?? '', value: numberOf(child, AT.const_value) ?? 0 }));
    const underlying = referenceOf(die, AT.type);
    const encoding = underlying && numberOf(underlying, AT.encoding);
    const signed =
      encoding === undefined
        ? raw.some(({ value }) => value < 0)
        : encoding === ATE.signed || encoding === ATE.signed_char;
    const wrap = signed && byteSize < 8 ? 2 ** (8 * byteSize - 1) : 0;
    const enumerators = wrap
      ? raw.map(({ name, value }) => ({ name, value: value >= wrap && value < 2 * wrap ? value - 2 * wrap : value }))
      : raw;
    return { kind: 'enum', name: qualifiedName(die), byteSize, signed, enumerators };
  }

  private functionType(die: Die): FunctionType {
    return new DwarfFunction(
      () => this.typeOf(die),
      () => die.children.filter((child) => child.tag === TAG.formal_parameter).map((child) => this.typeOf(child)),
      die.children.some((child) => child.tag === TAG.unspecified_parameters),
    );
  }
}

/** -1, as of `int a[0]`, is written as the largest number of its form. */
function boundToCount(upper: number): number | undefined {
  if (upper === -1 || upper === 0xffffffff || upper >= 2 ** 53) return 0;
  return upper + 1;
}

/** A member's offset: a constant, or before version 4 an expression `DW_OP_plus_uconst n`. */
function memberOffset(die: Die): number {
  const value = die.unit.attribute(die, AT.data_member_location)?.value;
  if (typeof value === 'number') return value;
  if (!(value instanceof Uint8Array) || value[0] !== 0x23) return 0;
  let offset = 0;
  for (let i = 1; i < value.length; i++) offset += (value[i] & 0x7f) * 2 ** (7 * (i - 1));
  return offset;
}

function encodingOf(encoding: number): BaseEncoding {
  switch (encoding) {
    case ATE.boolean:
      return 'boolean';
    case ATE.float:
      return 'float';
    case ATE.signed:
      return 'signed';
    case ATE.signed_char:
      return 'char';
    case ATE.unsigned:
    case ATE.address:
    case ATE.UTF:
      return 'unsigned';
    case ATE.unsigned_char:
      return 'unsigned char';
    default:
      return 'other';
  }
}

/** The name of an entry with the name spaces and classes around it, as `geometry::Point`. */
export function qualifiedName(die: Die): string | undefined {
  const own = stringOf(die, AT.name);
  if (own === undefined) return undefined;
  let name = own;
  for (let parent = die.parent; parent; parent = parent.parent) {
    if (
      parent.tag !== TAG.namespace &&
      parent.tag !== TAG.structure_type &&
      parent.tag !== TAG.class_type &&
      parent.tag !== TAG.union_type
    ) {
      continue;
    }
    // In C a struct inside a struct has the scope of the outer one.
    if (parent.tag !== TAG.namespace && !isCpp(die)) continue;
    name = `${stringOf(parent, AT.name) ?? (parent.tag === TAG.namespace ? '(anonymous namespace)' : '{...}')}::${name}`;
  }
  return name;
}

const CPP_LANGUAGES = new Set([0x04, 0x1a, 0x21, 0x2b, 0x3a]);

function isCpp(die: Die): boolean {
  const { root } = die.unit;
  return root !== undefined && CPP_LANGUAGES.has(numberOf(root, AT.language) ?? 0);
}

/** Computes once, when first asked for. */
class Lazy<T> {
  private value: { readonly is: T } | undefined;

  constructor(private readonly compute: () => T) {}

  get(): T {
    return (this.value ??= { is: this.compute() }).is;
  }
}

class DwarfPointer implements PointerType {
  readonly kind = 'pointer';
  private readonly lazy: Lazy<Type>;

  constructor(
    readonly byteSize: number,
    readonly symbol: PointerType['symbol'],
    target: () => Type,
  ) {
    this.lazy = new Lazy(target);
  }

  get target(): Type {
    return this.lazy.get();
  }
}

class DwarfQualified implements QualifiedType {
  readonly kind = 'qualified';
  private readonly lazy: Lazy<Type>;

  constructor(
    readonly qualifier: QualifiedType['qualifier'],
    target: () => Type,
  ) {
    this.lazy = new Lazy(target);
  }

  get target(): Type {
    return this.lazy.get();
  }
}

class DwarfTypedef implements TypedefType {
  readonly kind = 'typedef';
  private readonly lazy: Lazy<Type>;

  constructor(
    readonly name: string,
    target: () => Type,
  ) {
    this.lazy = new Lazy(target);
  }

  get target(): Type {
    return this.lazy.get();
  }
}

class DwarfStruct implements StructType {
  readonly kind = 'struct';
  private readonly lazy: Lazy<readonly Member[]>;

  constructor(
    readonly keyword: StructType['keyword'],
    readonly name: string | undefined,
    readonly byteSize: number,
    readonly incomplete: boolean,
    members: () => readonly Member[],
  ) {
    this.lazy = new Lazy(members);
  }

  get members(): readonly Member[] {
    return this.lazy.get();
  }
}

class DwarfArray implements ArrayType {
  readonly kind = 'array';
  private readonly lazy: Lazy<Type>;

  constructor(
    readonly count: number | undefined,
    element: () => Type,
  ) {
    this.lazy = new Lazy(element);
  }

  get element(): Type {
    return this.lazy.get();
  }
}

class DwarfFunction implements FunctionType {
  readonly kind = 'function';
  private readonly lazyReturns: Lazy<Type>;
  private readonly lazyParameters: Lazy<readonly Type[]>;

  constructor(
    returns: () => Type,
    parameters: () => readonly Type[],
    readonly variadic: boolean,
  ) {
    this.lazyReturns = new Lazy(returns);
    this.lazyParameters = new Lazy(parameters);
  }

  get returns(): Type {
    return this.lazyReturns.get();
  }

  get parameters(): readonly Type[] {
    return this.lazyParameters.get();
  }
}
