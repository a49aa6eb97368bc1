import type { AddressRange } from '../line-table';
import type { Location } from '../location';
import { OPTIMIZED_OUT } from '../location';
import { bytesOf } from '../memory';
import type { ReadMemory } from '../memory';
import { sizeOf } from '../types';
import type { EnumType, Type } from '../types';
import { AT, FORM, LANG_MIPS_ASSEMBLER, TAG } from './constants';
import { evaluateLocationExpression } from './expression';
import type { ExpressionContext } from './expression';
import { findInLocationList } from './location-list';
import type { DwarfSections } from './sections';
import { qualifiedName, TypeReader } from './types';
import { rangesOf } from './ranges';
import { addressOf, flagOf, inherited, numberOf, referenceOf, stringOf } from './unit';
import type { Die, Unit } from './unit';
import { isSkeleton, Units } from './units';

/** Functions, variables and scopes of .debug_info. */

/** A place in the source where something is declared or called. */
export interface SourcePosition {
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

export interface FunctionInfo {
  /** With name spaces and classes, as `geometry::Point::sum`. */
  readonly name: string;
  /** As in the symbol table, when it differs. */
  readonly linkageName: string | undefined;
  /** The entry address. */
  readonly low: number;
  /** Exclusive: the end of its first range. */
  readonly high: number;
  readonly ranges: readonly AddressRange[];
  readonly declaration: SourcePosition | undefined;
  readonly die: Die;
}

/** A variable, parameter or constant. Its location is evaluated in a frame. */
export interface Variable {
  readonly name: string;
  /** Of a global one: with name spaces and classes. */
  readonly qualifiedName: string | undefined;
  readonly type: Type;
  readonly kind: 'parameter' | 'local' | 'static' | 'global' | 'constant';
  /** Made by the compiler, as `this`. */
  readonly artificial: boolean;
  readonly declaration: SourcePosition | undefined;
  /** Of the function it belongs to, for its frame base. */
  readonly functionDie: Die | undefined;
  readonly die: Die;
}

/** A function, or a copy of an inline one, that an address is in. */
export interface ScopeFrame {
  readonly name: string;
  readonly inlined: boolean;
  /** The first address of this copy. */
  readonly low: number;
  readonly ranges: readonly AddressRange[];
  /** Of an inlined copy: where the outer function calls it. */
  readonly callSite: SourcePosition | undefined;
  /** Parameters, then locals from the outermost block to the innermost; an inner name hides an outer one. */
  readonly variables: readonly Variable[];
  readonly die: Die;
}

export interface Scope {
  readonly function: FunctionInfo;
  /** The innermost copy first, the function itself last. */
  readonly frames: readonly ScopeFrame[];
}

/** The state of the frame a variable is looked at in. */
export interface VariableFrame {
  /** The address for scopes and location lists: inside the call for a caller. */
  readonly pc: number;
  readonly register: (dwarfRegister: number) => number | undefined;
  readonly readMemory: ReadMemory;
  readonly cfa: () => number | undefined;
}

interface Index {
  readonly functions: readonly FunctionInfo[];
  readonly globals: ReadonlyMap<string, readonly Variable[]>;
  readonly types: ReadonlyMap<string, readonly Die[]>;
  readonly enumerators: ReadonlyMap<string, { readonly type: Die; readonly value: number }>;
  readonly statics: ReadonlyMap<Die, Die>;
}

/** What .debug_info of one file says. All queries give what could be read; problems are in the warnings. */
export class DebugInfo {
  readonly units: Units;
  private readonly typeReader: TypeReader;
  private indexed: Index | undefined;
  private unitRanges: { unit: Unit; ranges: AddressRange[] }[] | undefined;
  private readonly unitFunctions = new Map<Unit, readonly FunctionInfo[]>();
  /**
   * @param sections of the file
   * @param filesOf the file table of a unit's line number program, for declarations
   * @param isCode whether an address is code: functions elsewhere are what the linker dropped
   */
  constructor(
    private readonly sections: DwarfSections,
    private readonly filesOf: (unit: Unit) => readonly ({ path: string } | undefined)[],
    private readonly isCode: (address: number) => boolean,
  ) {
    this.units = new Units(sections);
    this.typeReader = new TypeReader(
      (name, tag) => this.index.types.get(name)?.find((die) => die.tag === tag || isRecord(die.tag) === isRecord(tag)),
      (declaration) => this.staticAddress(declaration),
      sections.addressSize,
    );
  }

  /** The compilation units with the origin of their line numbers. */
  lineOrigins(): { unit: Unit; offset: number; compilationDirectory?: string; name?: string }[] {
    const origins = [];
    for (const unit of this.units.compilations) {
      const { root } = unit;
      const offset = root && numberOf(root, AT.stmt_list);
      if (!root || offset === undefined) continue;
      origins.push({ unit, offset, compilationDirectory: stringOf(root, AT.comp_dir), name: stringOf(root, AT.name) });
    }
    return origins;
  }

  /** All functions with code, by address. */
  get functions(): readonly FunctionInfo[] {
    return this.index.functions;
  }

  /** The function that contains an address. */
  functionAt(pc: number): FunctionInfo | undefined {
    for (const unit of this.unitsAt(pc)) {
      const found = this.functionsOf(unit).find(({ ranges }) => contains(ranges, pc));
      if (found) return found;
    }
    return undefined;
  }

  /** The scopes around an address: its function, the inlined copies it is in, and their variables. */
  scopeAt(pc: number): Scope | undefined {
    const found = this.functionAt(pc);
    if (!found) return undefined;
    return this.sections.guard('', undefined, () => {
      const frames: ScopeFrame[] = [];
      const outer = this.collectFrame(found.die, found.die, pc, frames);
      frames.push({ ...outer, name: found.name, low: found.low, ranges: found.ranges });
      return { function: found, frames };
    });
  }

  /**
   * The variables of one function or inlined copy that are in scope at an address; the copies inside it that contain
   * the address are added to `inner`, innermost first.
   */
  private collectFrame(die: Die, functionDie: Die, pc: number, inner: ScopeFrame[]): ScopeFrame {
    const variables: Variable[] = [];
    const inlined = die.tag === TAG.inlined_subroutine;
    const ranges = rangesOf(die);
    const visit = (block: Die, depth: number) => {
      for (const child of block.children) {
        if (child.tag === TAG.formal_parameter || child.tag === TAG.variable) {
          const variable = this.variable(child, functionDie);
          if (variable) variables.push(variable);
        } else if (child.tag === TAG.lexical_block && depth < 256) {
          const blockRanges = rangesOf(child);
          if (contains(blockRanges, pc)) visit(child, depth + 1);
        } else if (child.tag === TAG.inlined_subroutine && inner.length < 64 && contains(rangesOf(child), pc)) {
          inner.push(this.collectFrame(child, functionDie, pc, inner));
        }
      }
    };
    visit(die, 0);
    const low = addressOf(die, AT.entry_pc) ?? Math.min(...ranges.map((range) => range.low));
    return {
      name: this.nameOf(die),
      inlined,
      low,
      ranges,
      callSite: inlined ? this.position(die, AT.call_file, AT.call_line, AT.call_column) : undefined,
      variables,
      die,
    };
  }

  /** Whether a function was written in assembler: it has no prologue to skip. */
  isAssembler(info: FunctionInfo): boolean {
    const { root } = info.die.unit;
    return root !== undefined && numberOf(root, AT.language) === LANG_MIPS_ASSEMBLER;
  }

  /** The first addresses of all inlined copies of functions of a name. */
  inlinedCopies(name: string): number[] {
    const result: number[] = [];
    const visit = (die: Die, depth: number) => {
      for (const child of die.children) {
        if (child.tag === TAG.inlined_subroutine && sameName(this.nameOf(child), name)) {
          const ranges = rangesOf(child).filter(({ low }) => this.isCode(low));
          const low = addressOf(child, AT.entry_pc) ?? ranges[0]?.low;
          if (ranges.length && low !== undefined) result.push(low);
        }
        if (depth < 256) visit(child, depth + 1);
      }
    };
    for (const unit of this.units.compilations) {
      const { tree } = unit;
      if (tree) this.sections.guard(unit.name, undefined, () => visit(tree, 0));
    }
    return result.sort((a, b) => a - b);
  }

  /** Global and file-static variables of that name, qualified in C++; external ones first. */
  globalsNamed(name: string): readonly Variable[] {
    return this.index.globals.get(name) ?? [];
  }

  /** All global and file-static variables. */
  get globals(): readonly Variable[] {
    return [...this.index.globals.values()].flat();
  }

  /** The variables of the unit that contains an address, external or not: what its functions see by name. */
  globalIn(name: string, pc: number): Variable | undefined {
    const all = this.globalsNamed(name);
    if (all.length < 2) return all[0];
    const units = this.unitsAt(pc);
    return all.find((variable) => units.includes(variable.die.unit)) ?? all[0];
  }

  /** A named type: `struct node`, `union number`, `enum color`, `class Point`, or a typedef or base type. */
  type(name: string): Type | undefined {
    const match = /^(struct|union|enum|class)\s+(.+)$/.exec(name);
    const dies = this.index.types.get(match ? match[2] : name) ?? [];
    const fits = (die: Die) => {
      switch (match?.[1]) {
        case 'struct':
        case 'class':
          return die.tag === TAG.structure_type || die.tag === TAG.class_type;
        case 'union':
          return die.tag === TAG.union_type;
        case 'enum':
          return die.tag === TAG.enumeration_type;
        default:
          return true;
      }
    };
    const found =
      dies.find((die) => fits(die) && !match && (die.tag === TAG.typedef || die.tag === TAG.base_type)) ??
      dies.find(fits);
    return found && this.typeReader.read(found);
  }

  /** The value of an enumerator. */
  enumerator(name: string): { readonly type: EnumType; readonly value: number } | undefined {
    const found = this.index.enumerators.get(name);
    const type = found && this.typeReader.read(found.type);
    if (type?.kind !== 'enum') return undefined;
    const value = type.enumerators.find((enumerator) => enumerator.name === name)?.value ?? found!.value;
    return { type, value };
  }

  /** The type of a function. */
  functionType(info: FunctionInfo): Type {
    return this.typeReader.read(info.die);
  }

  /** Where a variable lives in a frame. */
  evaluateLocation(variable: Variable, frame: VariableFrame): Location {
    const { die } = variable;
    return this.sections.guard<Location>('', { kind: 'unavailable', reason: 'its location cannot be read' }, () => {
      const attribute = inherited(die, (entry) => entry.unit.attribute(entry, AT.location));
      if (!attribute) return this.constant(die, variable.type);
      const expression = this.expressionOf(die.unit, attribute, frame.pc);
      if (!expression) return OPTIMIZED_OUT;
      return evaluateLocationExpression(
        expression,
        `variable ${variable.name}`,
        this.context(die.unit, frame, variable.functionDie),
      );
    });
  }

  /** The frame base of the function at the frame's address. */
  private frameBase(functionDie: Die, frame: VariableFrame): number | undefined {
    const attribute = functionDie.unit.attribute(functionDie, AT.frame_base);
    const expression = attribute && this.expressionOf(functionDie.unit, attribute, frame.pc);
    if (!expression) return undefined;
    const location = evaluateLocationExpression(
      expression,
      'a frame base',
      this.context(functionDie.unit, frame, undefined),
    );
    if (location.kind === 'memory') return location.address;
    // A register as frame base means its value.
    if (location.kind === 'register') return frame.register(location.register);
    return undefined;
  }

  private context(unit: Unit, frame: VariableFrame, functionDie: Die | undefined): ExpressionContext {
    return {
      register: frame.register,
      readMemory: frame.readMemory,
      littleEndian: this.sections.littleEndian,
      addressSize: unit.header.addressSize,
      cfa: frame.cfa,
      address: (index) => unit.address(index),
      ...(functionDie ? { frameBase: () => this.frameBase(functionDie, frame) } : {}),
    };
  }

  /** The expression of a location attribute at an address: the block itself, or that of a location list. */
  private expressionOf(unit: Unit, attribute: { form: number; value: unknown }, pc: number): Uint8Array | undefined {
    if (attribute.value instanceof Uint8Array) return attribute.value;
    const isList =
      attribute.form === FORM.sec_offset ||
      (unit.header.version < 4 && (attribute.form === FORM.data4 || attribute.form === FORM.data8));
    return isList && typeof attribute.value === 'number' ? findInLocationList(unit, attribute.value, pc) : undefined;
  }

  private constant(die: Die, type: Type): Location {
    const value = inherited(die, (entry) => entry.unit.attribute(entry, AT.const_value))?.value;
    if (value === undefined) return OPTIMIZED_OUT;
    if (value instanceof Uint8Array) return { kind: 'value', bytes: value };
    if (typeof value === 'string')
      return { kind: 'value', bytes: Uint8Array.from(value, (letter) => letter.charCodeAt(0)) };
    return { kind: 'value', bytes: bytesOf(value, Math.min(sizeOf(type) ?? 4, 16)) };
  }

  private variable(die: Die, functionDie: Die | undefined): Variable | undefined {
    const name = inherited(die, (entry) => stringOf(entry, AT.name));
    if (name === undefined) return undefined;
    if (flagOf(die, AT.declaration)) return undefined;
    const kind = this.variableKind(die, functionDie);
    const { typeReader } = this;
    const position = () => inherited(die, (entry) => this.position(entry, AT.decl_file, AT.decl_line, AT.decl_column));
    const artificial = inherited(die, (entry) => numberOf(entry, AT.artificial)) !== undefined;
    return {
      name,
      qualifiedName: functionDie ? undefined : this.nameOf(die),
      kind,
      artificial,
      functionDie,
      die,
      get type() {
        return typeReader.typeOf(die);
      },
      get declaration() {
        return position();
      },
    };
  }

  private variableKind(die: Die, functionDie: Die | undefined): Variable['kind'] {
    if (die.tag === TAG.formal_parameter) return 'parameter';
    const location = inherited(die, (entry) => entry.unit.attribute(entry, AT.location));
    if (!location && inherited(die, (entry) => entry.unit.attribute(entry, AT.const_value))) return 'constant';
    const isFixed = location?.value instanceof Uint8Array && (location.value[0] === 0x03 || location.value[0] === 0xa1);
    if (!functionDie) return inherited(die, (entry) => numberOf(entry, AT.external)) ? 'global' : 'static';
    return isFixed ? 'static' : 'local';
  }

  private nameOf(die: Die): string {
    const named = inherited(die, (entry) => (stringOf(entry, AT.name) === undefined ? undefined : entry));
    // A definition outside its class refers to the declaration inside, where its qualified name is.
    const declaration = inherited(die, (entry) => referenceOf(entry, AT.specification)) ?? named;
    return (declaration && qualifiedName(declaration)) ?? (named && qualifiedName(named)) ?? '<unnamed>';
  }

  private position(die: Die, fileAt: number, lineAt: number, columnAt: number): SourcePosition | undefined {
    const line = numberOf(die, lineAt);
    if (line === undefined) return undefined;
    const file = this.filesOf(die.unit)[numberOf(die, fileAt) ?? 0];
    return file && { path: file.path, line, column: numberOf(die, columnAt) ?? 0 };
  }

  private staticAddress(declaration: Die): number | undefined {
    const definition = this.index.statics.get(declaration);
    const expression = definition?.unit.attribute(definition, AT.location)?.value;
    if (!definition || !(expression instanceof Uint8Array)) return undefined;
    const location = evaluateLocationExpression(expression, 'a static member', {
      register: () => undefined,
      readMemory: () => undefined,
      littleEndian: this.sections.littleEndian,
      addressSize: definition.unit.header.addressSize,
      address: (index) => definition.unit.address(index),
    });
    return location.kind === 'memory' ? location.address : undefined;
  }

  /** The units whose ranges contain an address. */
  private unitsAt(pc: number): Unit[] {
    if (!this.unitRanges) {
      this.unitRanges = [];
      for (const unit of this.units.compilations) {
        const { root } = unit;
        if (!root) continue;
        if (isSkeleton(root)) {
          const name = stringOf(root, AT.dwo_name) ?? stringOf(root, AT.GNU_dwo_name) ?? 'another file';
          this.sections.warn(`${unit.name} has its entries in ${name} (split DWARF), which is not supported`);
        }
        let ranges = rangesOf(root);
        // A unit that does not say is known by its functions.
        if (!ranges.length) ranges = this.functionsOf(unit).flatMap((info) => info.ranges);
        this.unitRanges.push({ unit, ranges });
      }
    }
    return this.unitRanges.filter(({ ranges }) => contains(ranges, pc)).map(({ unit }) => unit);
  }

  private functionsOf(unit: Unit): readonly FunctionInfo[] {
    let functions = this.unitFunctions.get(unit);
    if (!functions) {
      const list: FunctionInfo[] = [];
      const visit = (die: Die, depth: number) => {
        for (const child of die.children) {
          if (child.tag === TAG.subprogram) {
            const info = this.functionInfo(child);
            if (info) list.push(info);
          }
          // Nested functions, and those of name spaces and classes.
          if (depth < 64 && mayHoldFunctions(child.tag)) visit(child, depth + 1);
        }
      };
      const { tree } = unit;
      if (tree) visit(tree, 0);
      this.unitFunctions.set(unit, (functions = list));
    }
    return functions;
  }

  private functionInfo(die: Die): FunctionInfo | undefined {
    const ranges = rangesOf(die).filter(({ low }) => this.isCode(low));
    if (!ranges.length) return undefined;
    const linkageName = inherited(
      die,
      (entry) => stringOf(entry, AT.linkage_name) ?? stringOf(entry, AT.MIPS_linkage_name),
    );
    const declaration = inherited(die, (entry) => this.position(entry, AT.decl_file, AT.decl_line, AT.decl_column));
    return { name: this.nameOf(die), linkageName, low: ranges[0].low, high: ranges[0].high, ranges, declaration, die };
  }

  /** The names of all units: built once, when a name is first looked up. */
  private get index(): Index {
    return (this.indexed ??= this.buildIndex());
  }

  private buildIndex(): Index {
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
          const variable = this.variable(child, undefined);
          if (variable) add(globals, this.nameOf(child), variable);
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
    for (const unit of this.units.compilations) {
      functions.push(...this.functionsOf(unit));
      const { tree } = unit;
      if (tree) this.sections.guard(unit.name, undefined, () => visit(tree, 0));
    }
    functions.sort((a, b) => a.low - b.low);
    for (const list of globals.values()) list.sort((a, b) => Number(b.kind === 'global') - Number(a.kind === 'global'));
    for (const die of this.units.typeDies()) {
      const name = qualifiedName(die);
      if (name !== undefined) add(types, name, die);
    }
    return { functions, globals, types, enumerators, statics };
  }
}

function contains(ranges: readonly AddressRange[], pc: number): boolean {
  return ranges.some(({ low, high }) => pc >= low && pc < high);
}

/** Whether a name is a function's: in full, or without its name spaces and classes. */
export function sameName(full: string, name: string): boolean {
  return full === name || full.endsWith(`::${name}`);
}

function isRecord(tag: number): boolean {
  return tag === TAG.structure_type || tag === TAG.class_type || tag === TAG.union_type;
}

function isNamedType(tag: number): boolean {
  return isRecord(tag) || tag === TAG.enumeration_type || tag === TAG.typedef || tag === TAG.base_type;
}

function mayHoldFunctions(tag: number): boolean {
  return isRecord(tag) || tag === TAG.namespace || tag === TAG.subprogram || tag === TAG.lexical_block;
}
