import { AT, TAG } from './constants';
import type { FunctionInfo, Variable } from './entries';
import type { DwarfSections } from './sections';
import { qualifiedName } from './types';
import { flagOf, inherited, numberOf, referenceOf, stringOf } from './unit';
import type { Die, Unit } from './unit';
import type { Units } from './units';

/** The names of all units of a file. */
export interface NameIndex {
  readonly functions: readonly FunctionInfo[];
  readonly globals: ReadonlyMap<string, readonly Variable[]>;
  readonly types: ReadonlyMap<string, readonly Die[]>;
  readonly enumerators: ReadonlyMap<string, { readonly type: Die; readonly value: number }>;
  readonly statics: ReadonlyMap<Die, Die>;
}

/**
 * Looks through all units.
 * @param functionsOf the functions of one unit
 * @param variableOf what a variable's entry outside of functions says; undefined where it is none
 */
export function buildNameIndex(
  { sections, units }: { readonly sections: DwarfSections; readonly units: Units },
  functionsOf: (unit: Unit) => readonly FunctionInfo[],
  variableOf: (die: Die) => Variable | undefined,
): NameIndex {
  const functions: FunctionInfo[] = [];
  const globals = new Map<string, Variable[]>();
  const types = new Map<string, Die[]>();
  const enumerators = new Map<string, { type: Die; value: number }>();
  const statics = new Map<Die, Die>();
  const add = <T>(map: Map<string, T[]>, name: string, value: T) => {
    const list = map.get(name);
    if (list) list.push(value);
    else map.set(name, [value]);
  };
  const visit = (die: Die, depth: number) => {
    for (const child of die.children) {
      if (child.tag === TAG.variable) {
        const specification = referenceOf(child, AT.specification);
        if (specification) statics.set(specification, child);
        if (!child.unit.attribute(child, AT.location) && !child.unit.attribute(child, AT.const_value)) continue;
        const variable = variableOf(child);
        if (variable) add(globals, nameOf(child), variable);
      } else if (isNamedType(child.tag)) {
        const name = flagOf(child, AT.declaration) ? undefined : qualifiedName(child);
        if (name !== undefined) add(types, name, child);
        if (child.tag === TAG.enumeration_type) {
          for (const entry of child.children) {
            const label = stringOf(entry, AT.name);
            if (label !== undefined)
              enumerators.set(label, { type: child, value: numberOf(entry, AT.const_value) ?? 0 });
          }
        }
      }
      if (depth < 64 && (child.tag === TAG.namespace || isRecord(child.tag))) visit(child, depth + 1);
    }
  };
  for (const unit of units.compilations) {
    functions.push(...functionsOf(unit));
    const { tree } = unit;
    if (tree) sections.guard(unit.name, undefined, () => visit(tree, 0));
  }
  functions.sort((a, b) => a.low - b.low);
  for (const list of globals.values()) list.sort((a, b) => Number(b.kind === 'global') - Number(a.kind === 'global'));
  for (const die of units.typeDies()) {
    const name = qualifiedName(die);
    if (name !== undefined) add(types, name, die);
  }
  return { functions, globals, types, enumerators, statics };
}

/** The name of an entry with name spaces and classes. */
export function nameOf(die: Die): string {
  const named = inherited(die, (entry) => (stringOf(entry, AT.name) === undefined ? undefined : entry));
  // A definition outside its class refers to the declaration inside, where its qualified name is.
  const declaration = inherited(die, (entry) => referenceOf(entry, AT.specification)) ?? named;
  return (declaration && qualifiedName(declaration)) ?? (named && qualifiedName(named)) ?? '<unnamed>';
}

/** Whether a name is a function's: in full, or without its name spaces and classes. */
export function sameName(full: string, name: string): boolean {
  return full === name || full.endsWith(`::${name}`);
}

export function isRecord(tag: number): boolean {
  return tag === TAG.structure_type || tag === TAG.class_type || tag === TAG.union_type;
}

function isNamedType(tag: number): boolean {
  return isRecord(tag) || tag === TAG.enumeration_type || tag === TAG.typedef || tag === TAG.base_type;
}
