import { BASE_TYPES, pointerTo, VOID } from '../types';
import type { BaseType, Type } from '../types';
import type { TypeNode } from './ast';
import type { EvaluationContext } from './context';
import { ExpressionError } from './lexer';

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
export function typeResolver(node: TypeNode): (context: EvaluationContext) => Type {
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
