import type { FunctionInfo, Scope, SourcePosition, Variable } from './dwarf/entries';
import { sameName } from './dwarf/name-index';
import { FrameContext } from './evaluation';
import type { FrameView, MachineAccess } from './evaluation';
import type { AddressRange, LinePosition, SourceFile } from './line-table';
import type { ReadMemory } from './memory';
import type { SymbolFile } from './symbol-file';
import type { QemuLookupOptions, SymbolMatch } from './symbol-table';
import type { Type } from './types';
import { Unwinder } from './unwind/unwinder';
import type { Frame } from './unwind/frame';
import { formatValue } from './format';
import type { TypedValue } from './format';

/** A place a breakpoint goes to. */
export interface BreakpointLocation {
  readonly address: number;
  /** The line it stands for; 0 when the code has no line. */
  readonly line: number;
  readonly column: number;
  /** The function or inlined copy, when known. */
  readonly function: string | undefined;
}

/** The answer to a source breakpoint. */
export interface ResolvedLine {
  /** The line that has code: the one asked for, or the next. */
  readonly line: number;
  readonly file: SourceFile;
  readonly locations: readonly BreakpointLocation[];
}

/** An entry of a call stack; inlined functions have their own. */
export interface StackEntry {
  readonly name: string;
  /** The unwound frame it is part of. */
  readonly frame: Frame;
  /** 0 for the innermost inlined copy of the frame. */
  readonly scopeIndex: number;
  readonly inlined: boolean;
  readonly position: SourcePosition | undefined;
  /** From the start of the function or symbol to the frame's pc. */
  readonly offset: number | undefined;
}

/** A variable with its value in a frame. */
export interface VariableValue extends TypedValue {
  readonly kind: Variable['kind'];
  readonly artificial: boolean;
}

const SCOPE_CACHE = 256;

/**
 * Everything a debug adapter asks of a program's symbols: one or several ELF files, each loaded where it is linked.
 * Queries do not throw for malformed debug information: see {@link ProgramSymbols.warnings}. Addresses are without the
 * Thumb bit.
 */
export class ProgramSymbols {
  private readonly unwinder: Unwinder;
  private readonly scopes = new Map<number, Scope | undefined>();

  /** @param files the program first, then further symbol files; earlier ones win */
  constructor(readonly files: readonly SymbolFile[]) {
    this.unwinder = new Unwinder(
      (address) => this.fileAt(address),
      (address) => this.isCode(address),
    );
  }

  /** What was wrong with the debug information read so far, with the file's name. */
  get warnings(): readonly string[] {
    return this.files.flatMap((file) => file.warnings.map((warning) => `${file.name}: ${warning}`));
  }

  // Addresses to source

  /** The source line of the code at an address. */
  lineAt(address: number): LinePosition | undefined {
    return this.first((file) => (file.isCode(address) ? file.lines.lookup(address) : undefined));
  }

  /** The lines of the code in [low, high), by address: for a disassembly. */
  linesIn(low: number, high: number): LinePosition[] {
    return this.files.flatMap((file) => file.lines.positionsIn(low, high)).sort((a, b) => a.address - b.address);
  }

  /** The adjacent addresses of the line at an address: what a step goes through. */
  stepRange(address: number): AddressRange | undefined {
    return this.first((file) => (file.isCode(address) ? file.lines.lineRange(address) : undefined));
  }

  // Source to addresses

  /** The source files that have code, by path. */
  get sources(): readonly SourceFile[] {
    const byPath = new Map<string, SourceFile>();
    for (const file of this.files) {
      for (const source of file.lines.files) if (!byPath.has(source.path)) byPath.set(source.path, source);
    }
    return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** The lines of a file that have code, ascending. The path may be a suffix, of either separator. */
  linesWithCode(path: string): number[] {
    const lines = new Set(this.files.flatMap((file) => file.lines.linesOf(path)));
    return [...lines].sort((a, b) => a - b);
  }

  /**
   * Where a breakpoint on a line goes: the first address of the line in each function and each inlined copy that has
   * code of it. A line without code gives the next one that has. On a function's first line it goes after the
   * prologue.
   * @returns undefined when the file is not part of the program or has no code from the line on
   */
  resolveLine(path: string, line: number): ResolvedLine | undefined {
    const candidates = this.files.flatMap((file) => file.lines.nextLine(path, line) ?? []);
    if (!candidates.length) return undefined;
    const found = Math.min(...candidates);
    const locations: BreakpointLocation[] = [];
    let source: SourceFile | undefined;
    for (const file of this.files) {
      const blocks = new Set<unknown>();
      for (const start of file.lines.startsOf(path, found)) {
        source ??= file.lines.filesMatching(path).at(0);
        const scope = this.scopeAt(start.address);
        const innermost = scope?.frames[0];
        const block = innermost?.die ?? file.symbols.lookup(start.address)?.address ?? start.address;
        if (blocks.has(block)) continue;
        blocks.add(block);
        const info = scope?.function;
        const atEntry = info !== undefined && innermost?.die === info.die && start.address === info.low;
        locations.push({
          address: atEntry ? this.afterPrologue(file, info) : start.address,
          line: found,
          column: start.column,
          function: innermost?.name ?? file.symbols.lookup(start.address)?.name,
        });
      }
    }
    return source && locations.length ? { line: found, file: source, locations } : undefined;
  }

  /**
   * Where a breakpoint on a function goes: after the prologue of each function of that name and at the start of each
   * inlined copy. The name may be qualified or not, a linkage name, or that of a symbol without debug information.
   */
  resolveFunction(name: string): BreakpointLocation[] {
    const locations: BreakpointLocation[] = [];
    for (const file of this.files) {
      const known = file.info.functions.filter((info) => sameName(info.name, name) || info.linkageName === name);
      for (const info of known) locations.push(this.location(this.afterPrologue(file, info), info.name));
      for (const address of file.info.inlinedCopies(name)) locations.push(this.location(address, name));
      const symbol = file.symbols.find(name);
      const isCode = symbol && (symbol.kind === 'function' || (symbol.kind === 'label' && file.isCode(symbol.address)));
      if (isCode && !known.some((info) => info.low === symbol.address)) {
        locations.push(this.location(symbol.address, symbol.name));
      }
    }
    return locations;
  }

  private afterPrologue(file: SymbolFile, info: FunctionInfo): number {
    return file.info.isAssembler(info) ? info.low : file.lines.prologueEnd(info.low, info.high);
  }

  private location(address: number, name: string): BreakpointLocation {
    const position = this.lineAt(address);
    return { address, line: position?.line ?? 0, column: position?.column ?? 0, function: name };
  }

  // Symbols

  /** The function, or code label, that contains an address. */
  symbolAt(address: number): SymbolMatch | undefined {
    return this.first((file) => file.symbols.lookup(address));
  }

  /** The name of a code or data address for the user, as `leaf`, `leaf+4`; undefined when nothing is there. */
  symbolName(address: number): string | undefined {
    const match = this.symbolAt(address) ?? this.first((file) => file.symbols.lookupObject(address));
    return match && (match.offset ? `${match.name}+${match.offset}` : match.name);
  }

  /** The name that QEMU gives to an instruction address; see `SymbolTable.qemuLookup`. */
  qemuSymbol(address: number, options: QemuLookupOptions): string | undefined {
    return this.first((file) => file.symbols.qemuLookup(address, options));
  }

  /** The address of a symbol. */
  addressOf(name: string): number | undefined {
    return this.first((file) => file.symbols.find(name)?.address);
  }

  /** Whether the code at an address is Thumb, as the symbol file says; undefined when it does not. */
  isThumb(address: number): boolean | undefined {
    const file = this.fileAt(address);
    return file && (file.symbols.codeState(address) !== undefined || file.symbols.lookup(address))
      ? file.symbols.isThumb(address)
      : undefined;
  }

  /** Whether an address in code is data, as a literal pool. */
  isData(address: number): boolean {
    return this.fileAt(address)?.symbols.isData(address) ?? false;
  }

  isCode(address: number): boolean {
    return this.files.some((file) => file.isCode(address));
  }

  /** All functions: those with debug information, and those only in the symbol tables. */
  get functions(): { readonly name: string; readonly low: number; readonly high: number }[] {
    const result = new Map<number, { name: string; low: number; high: number }>();
    for (const file of this.files) {
      for (const { name, low, high } of file.info.functions) if (!result.has(low)) result.set(low, { name, low, high });
      for (const { name, address, size } of file.symbols.functions) {
        if (!result.has(address)) result.set(address, { name, low: address, high: address + size });
      }
    }
    return [...result.values()].sort((a, b) => a.low - b.low);
  }

  /** The function with debug information that contains an address. */
  functionAt(address: number): FunctionInfo | undefined {
    return this.scopeAt(address)?.function;
  }

  // Frames and variables

  /** The scopes around an address: its function and the inlined copies it is in. */
  scopeAt(address: number): Scope | undefined {
    if (!this.scopes.has(address)) {
      if (this.scopes.size >= SCOPE_CACHE) this.scopes.clear();
      this.scopes.set(address, this.fileAt(address)?.info.scopeAt(address));
    }
    return this.scopes.get(address);
  }

  /** The frames of a stopped machine, innermost first. @param registers r0 to r15 */
  backtrace(registers: ArrayLike<number>, readMemory: ReadMemory, limit?: number): Frame[] {
    return this.unwinder.backtrace(registers, readMemory, limit);
  }

  /** The caller of a frame, for stepping out. */
  caller(frame: Frame, readMemory: ReadMemory): Frame | undefined {
    return this.unwinder.caller(frame, readMemory);
  }

  /** The innermost frame of a stopped machine. */
  innermost(registers: ArrayLike<number>): Frame {
    return this.unwinder.innermost(registers);
  }

  /** The call stack as the user sees it: every frame with the functions inlined into it. */
  callStack(registers: ArrayLike<number>, readMemory: ReadMemory, limit?: number): StackEntry[] {
    return this.backtrace(registers, readMemory, limit).flatMap((frame) => this.entriesOf(frame));
  }

  /** The stack entries of one frame, the innermost inlined copy first. */
  entriesOf(frame: Frame): StackEntry[] {
    const line = this.lineAt(frame.lookupPc);
    let position: SourcePosition | undefined = line && { path: line.file.path, line: line.line, column: line.column };
    const scope = this.scopeAt(frame.lookupPc);
    if (!scope) {
      const symbol = this.symbolAt(frame.lookupPc);
      const name = symbol?.name ?? `0x${frame.pc.toString(16).padStart(8, '0')}`;
      return [{ name, frame, scopeIndex: 0, inlined: false, position, offset: symbol && frame.pc - symbol.address }];
    }
    return scope.frames.map((entry, scopeIndex) => {
      const own = position;
      position = entry.callSite;
      return {
        name: entry.name,
        frame,
        scopeIndex,
        inlined: entry.inlined,
        position: own,
        offset: frame.pc - entry.low,
      };
    });
  }

  /** The frame view of a stack entry, for {@link ProgramSymbols.context}. */
  view(entry: StackEntry): FrameView {
    const { frame, scopeIndex } = entry;
    return {
      pc: frame.lookupPc,
      register: (index) => frame.registers[index],
      innermost: frame.method === 'registers',
      scopeIndex,
    };
  }

  /**
   * What expressions mean in a frame. For a conditional breakpoint make it once with a view whose `register` reads the
   * live machine, and use it at every hit.
   */
  context(view: FrameView, machine: MachineAccess): FrameContext {
    const own = this.fileAt(view.pc);
    const files = own ? [own, ...this.files.filter((file) => file !== own)] : this.files;
    return new FrameContext(files, view, machine, (address) => this.symbolName(address));
  }

  /** The parameters and locals of a stack entry with their values; of names that hide each other the inner ones. */
  variables(entry: StackEntry, machine: MachineAccess): VariableValue[] {
    const file = this.fileAt(entry.frame.lookupPc);
    const scope = this.scopeAt(entry.frame.lookupPc)?.frames[entry.scopeIndex];
    if (!file || !scope) return [];
    const context = this.context(this.view(entry), machine);
    const visible = new Map<string, Variable>();
    for (const variable of scope.variables) visible.set(variable.name, variable);
    return scope.variables
      .filter((variable) => visible.get(variable.name) === variable)
      .map((variable) => ({
        ...formatValue(variable.name, context.valueOf(file, variable), context),
        kind: variable.kind,
        artificial: variable.artificial,
      }));
  }

  /** The global and file-static variables with their values, by name. @param view of any frame, for static names */
  globals(view: FrameView, machine: MachineAccess): VariableValue[] {
    const context = this.context(view, machine);
    const seen = new Set<string>();
    return this.files
      .flatMap((file) => file.info.globals.map((variable) => ({ file, variable, name: this.globalName(variable) })))
      .filter(({ name, variable }) => {
        const key = `${name}@${variable.die.unit.header.offset}`;
        return !seen.has(key) && seen.add(key);
      })
      .map(({ file, variable, name }) => ({
        ...formatValue(name, context.valueOf(file, variable), context),
        kind: variable.kind,
        artificial: variable.artificial,
      }))
      .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  }

  private globalName(variable: Variable): string {
    return variable.qualifiedName ?? variable.name;
  }

  /** A named type, for casts and for `isTypeName` of expressions. */
  type(name: string): Type | undefined {
    return this.first((file) => file.info.type(name));
  }

  private fileAt(address: number): SymbolFile | undefined {
    return this.files.find((file) => file.isCode(address));
  }

  private first<T>(read: (file: SymbolFile) => T | undefined): T | undefined {
    for (const file of this.files) {
      const value = read(file);
      if (value !== undefined) return value;
    }
    return undefined;
  }
}
