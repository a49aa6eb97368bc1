import type { Variable } from './dwarf/entries';
import { sameName } from './dwarf/name-index';
import type { VariableFrame } from './dwarf/variable-locations';
import { constantValue } from './expression/index';
import type { EvaluationContext } from './expression/index';
import { bigUnsignedOf, unsignedOf } from './memory';
import type { ReadMemory } from './memory';
import { coreRegister, registerBytes, vectorRegister } from './registers';
import type { SymbolFile } from './symbol-file';
import type { ProgramSymbol } from './symbol-table';
import { BASE_TYPES, findMember, stripType, VOID } from './types';
import type { StructType, Type } from './types';
import { memberValue } from './values';
import type { DataValue, Scalar } from './values';

/** What the adapter gives of the stopped machine. */
export interface MachineAccess {
  readonly readMemory: ReadMemory;
  /** @returns false when the bytes cannot be written */
  readonly writeMemory?: (address: number, bytes: Uint8Array) => boolean;
  /** A register that is no core register, by name: `cpsr`, `s0`, `d0`, `fpscr`; undefined when there is none. */
  readonly register?: (name: string) => Scalar | undefined;
  /** Writes any register, `r0` to `r15` included. @returns false when it cannot be written */
  readonly setRegister?: (name: string, value: Scalar) => boolean;
}

/** The frame that names and registers are looked up in. */
export interface FrameView {
  /** For scopes and location lists: of a caller inside the call. */
  readonly pc: number;
  /** r0 to r15; undefined when not known in this frame. */
  readonly register: (index: number) => number | undefined;
  /** Whether its registers are the machine's: only those can be written. */
  readonly innermost: boolean;
  /** Which of the scope's frames: 0 the innermost inlined copy. */
  readonly scopeIndex?: number;
}

/** Gives the data value of a name each time anew: its place may depend on registers. */
type Resolver = () => DataValue | undefined;

/**
 * The meaning of names at one place of a program, over live registers and memory. It can be kept for a place (a
 * conditional breakpoint) and used many times: names are resolved once, their values each time.
 */
export class FrameContext implements EvaluationContext {
  readonly readMemory: ReadMemory;
  readonly writeMemory: EvaluationContext['writeMemory'];
  private readonly resolvers = new Map<string, Resolver | undefined>();
  private readonly variableFrame: VariableFrame;

  /**
   * @param files the symbol files, the one that contains the frame's address first
   * @param symbolName for pointers
   */
  constructor(
    private readonly files: readonly SymbolFile[],
    private readonly view: FrameView,
    private readonly machine: MachineAccess,
    readonly symbolName: (address: number) => string | undefined,
  ) {
    this.readMemory = machine.readMemory;
    this.writeMemory = machine.writeMemory;
    this.variableFrame = {
      pc: view.pc,
      register: (index) => {
        if (index < 16) return view.register(index);
        const bytes = this.dwarfRegister(index);
        return bytes && unsignedOf(bytes.subarray(0, 4));
      },
      readMemory: machine.readMemory,
      cfa: () => this.cfa(),
    };
  }

  readonly register = (name: string): Scalar | undefined => {
    const core = coreRegister(name);
    return core === undefined ? this.machine.register?.(name.toLowerCase()) : this.view.register(core);
  };

  readonly setRegister = (name: string, value: Scalar): boolean => {
    if (!this.view.innermost) return false;
    const core = coreRegister(name);
    return this.machine.setRegister?.(core === undefined ? name.toLowerCase() : `r${core}`, value) ?? false;
  };

  readonly dwarfRegister = (index: number): Uint8Array | undefined => {
    if (index < 16) {
      const value = this.view.register(index);
      return value === undefined ? undefined : registerBytes(value, 4);
    }
    const vector = vectorRegister(index);
    const value = vector && this.machine.register?.(vector.name);
    return vector && value !== undefined ? registerBytes(value, vector.size) : undefined;
  };

  readonly setDwarfRegister = (index: number, bytes: Uint8Array): boolean => {
    if (!this.view.innermost) return false;
    const name = index < 16 ? `r${index}` : vectorRegister(index)?.name;
    if (name === undefined) return false;
    const value = bytes.length > 4 ? bigUnsignedOf(bytes) : unsignedOf(bytes);
    return this.machine.setRegister?.(name, value) ?? false;
  };

  readonly variable = (name: string): DataValue | undefined => {
    let resolver = this.resolvers.get(name);
    if (!resolver && !this.resolvers.has(name)) {
      resolver = this.resolve(name);
      this.resolvers.set(name, resolver);
    }
    return resolver?.();
  };

  readonly type = (name: string): Type | undefined => {
    for (const file of this.files) {
      const found = file.info.type(name);
      if (found) return found;
    }
    return undefined;
  };

  /** The data value of a variable of this frame or a global one. */
  valueOf(file: SymbolFile, variable: Variable): DataValue {
    return { type: variable.type, location: file.info.evaluateLocation(variable, this.variableFrame) };
  }

  private cfa(): number | undefined {
    const { view, machine } = this;
    const registers = Array.from({ length: 16 }, (_, index) => view.register(index));
    return this.files[0]?.cfi.cfa({ registers, readMemory: machine.readMemory, pc: view.pc });
  }

  /** What a name means here: locals, globals, enumerators, functions, other symbols. */
  private resolve(name: string): Resolver | undefined {
    return this.resolveLocal(name) ?? this.resolveGlobal(name);
  }

  private resolveLocal(name: string): Resolver | undefined {
    const file = this.files[0];
    const frame = file?.info.scopeAt(this.view.pc)?.frames[this.view.scopeIndex ?? 0];
    if (!file || !frame) return undefined;
    const local = frame.variables.findLast((variable) => variable.name === name);
    if (local) return () => this.valueOf(file, local);
    // In a member function of C++ the members of its object.
    const self = frame.variables.find((variable) => variable.name === 'this');
    const pointer = self && stripType(self.type);
    const struct = pointer?.kind === 'pointer' ? stripType(pointer.target) : undefined;
    return self && struct?.kind === 'struct' ? this.resolveMember(file, self, struct, name) : undefined;
  }

  private resolveMember(file: SymbolFile, self: Variable, struct: StructType, name: string): Resolver | undefined {
    const found = findMember(struct, name);
    if (!found) return undefined;
    return () => {
      const bytes = this.bytesOf(this.valueOf(file, self), 4);
      if (!bytes)
        return { type: found.member.type, location: { kind: 'unavailable', reason: "'this' is optimized out" } };
      const object: DataValue = { type: struct, location: { kind: 'memory', address: unsignedOf(bytes) } };
      return memberValue(object, { ...found.member, offset: found.offset });
    };
  }

  private bytesOf({ location }: DataValue, size: number): Uint8Array | undefined {
    switch (location.kind) {
      case 'memory':
        return this.readMemory(location.address, size);
      case 'register':
        return this.dwarfRegister(location.register);
      case 'value':
        return location.bytes;
      default:
        return undefined;
    }
  }

  private resolveGlobal(name: string): Resolver | undefined {
    for (const file of this.files) {
      const { info } = file;
      const global = info.globalIn(name, this.view.pc);
      if (global) return () => this.valueOf(file, global);
      const enumerator = info.enumerator(name);
      if (enumerator) {
        const value = constantValue(enumerator.type, enumerator.value);
        return () => value;
      }
      const known = info.functions.find(
        (candidate) => sameName(candidate.name, name) || candidate.linkageName === name,
      );
      if (known) {
        const value: DataValue = { type: info.functionType(known), location: { kind: 'memory', address: known.low } };
        return () => value;
      }
    }
    // A register comes before a symbol without debug information, as `sp` before a label of that name.
    if (this.register(name) !== undefined) return undefined;
    for (const file of this.files) {
      const symbol = file.symbols.find(name);
      if (symbol) {
        const value = symbolValue(symbol);
        return () => value;
      }
    }
    return undefined;
  }
}

/** A symbol without debug information: code as a function, data by its size. */
function symbolValue(symbol: ProgramSymbol): DataValue {
  const location = { kind: 'memory', address: symbol.address } as const;
  if (symbol.kind === 'function')
    return { type: { kind: 'function', returns: VOID, parameters: [], variadic: false }, location };
  switch (symbol.size) {
    case 1:
      return { type: BASE_TYPES.unsignedChar, location };
    case 2:
      return { type: BASE_TYPES.unsignedShort, location };
    case 0:
    case 4:
      return { type: BASE_TYPES.unsignedInt, location };
    case 8:
      return { type: BASE_TYPES.unsignedLongLong, location };
    default:
      return { type: { kind: 'array', element: BASE_TYPES.unsignedChar, count: symbol.size }, location };
  }
}
