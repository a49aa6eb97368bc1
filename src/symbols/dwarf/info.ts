import type { AddressRange } from '../line-table';
import type { Location } from '../location';
import type { EnumType, Type } from '../types';
import { AT, LANG_MIPS_ASSEMBLER, TAG } from './constants';
import type { FunctionInfo, Scope, ScopeFrame, SourcePosition, Variable } from './entries';
import { buildNameIndex, isRecord, nameOf, sameName, type NameIndex } from './name-index';
import { rangesOf } from './ranges';
import type { DwarfSections } from './sections';
import { TypeReader } from './types';
import { addressOf, flagOf, inherited, numberOf, stringOf } from './unit';
import type { Die, Unit } from './unit';
import { isSkeleton, Units } from './units';
import { VariableLocations, type VariableFrame } from './variable-locations';

/** What .debug_info of one file says. All queries give what could be read; problems are in the warnings. */
export class DebugInfo {
  readonly units: Units;
  private readonly typeReader: TypeReader;
  private readonly locations: VariableLocations;
  private indexed: NameIndex | undefined;
  private unitRanges: { unit: Unit; ranges: AddressRange[] }[] | undefined;
  private readonly unitFunctions = new Map<Unit, readonly FunctionInfo[]>();
  /**
   * @param sections of the file
   * @param filesOf the file table of a unit's line number program, for declarations
   * @param isCode whether an address is code: functions elsewhere are what the linker dropped
   */
  constructor(
    readonly sections: DwarfSections,
    private readonly filesOf: (unit: Unit) => readonly ({ path: string } | undefined)[],
    private readonly isCode: (address: number) => boolean,
  ) {
    this.units = new Units(sections);
    this.locations = new VariableLocations(sections);
    this.typeReader = new TypeReader(
      (name, tag) => this.index.types.get(name)?.find((die) => die.tag === tag || isRecord(die.tag) === isRecord(tag)),
      (declaration) => this.locations.staticAddress(this.index.statics.get(declaration)),
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
      name: nameOf(die),
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
        if (child.tag === TAG.inlined_subroutine && sameName(nameOf(child), name)) {
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
    return this.locations.evaluate(variable, frame);
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
      qualifiedName: functionDie ? undefined : nameOf(die),
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

  private position(die: Die, fileAt: number, lineAt: number, columnAt: number): SourcePosition | undefined {
    const line = numberOf(die, lineAt);
    if (line === undefined) return undefined;
    const file = this.filesOf(die.unit)[numberOf(die, fileAt) ?? 0];
    return file && { path: file.path, line, column: numberOf(die, columnAt) ?? 0 };
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
    return { name: nameOf(die), linkageName, low: ranges[0].low, high: ranges[0].high, ranges, declaration, die };
  }

  /** The names of all units: built once, when a name is first looked up. */
  private get index(): NameIndex {
    return (this.indexed ??= buildNameIndex(
      this,
      (unit) => this.functionsOf(unit),
      (die) => this.variable(die, undefined),
    ));
  }
}

function contains(ranges: readonly AddressRange[], pc: number): boolean {
  return ranges.some(({ low, high }) => pc >= low && pc < high);
}

function mayHoldFunctions(tag: number): boolean {
  return isRecord(tag) || tag === TAG.namespace || tag === TAG.subprogram || tag === TAG.lexical_block;
}
