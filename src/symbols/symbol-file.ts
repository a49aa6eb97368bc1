import { CallFrameInfo } from './dwarf/cfi';
import { AT } from './dwarf/constants';
import { DebugInfo } from './dwarf/info';
import { readLineProgram } from './dwarf/line';
import type { LineProgram } from './dwarf/line';
import { DwarfSections, readUnitLength } from './dwarf/sections';
import { numberOf } from './dwarf/unit';
import type { Unit } from './dwarf/unit';
import { EM_ARM, parseElf } from './elf';
import type { ElfFile, Inflate } from './elf';
import { LineTable } from './line-table';
import { SymbolTable } from './symbol-table';
import { ExceptionTable } from './unwind/exidx';
import type { UnwindSource } from './unwind/unwinder';

export interface SymbolFileOptions {
  /** For messages: the file's name. */
  readonly name?: string;
  /** Rewrites compiled source paths to the user's, see `sourceMapper`. */
  readonly mapPath?: (path: string) => string;
  readonly inflate?: Inflate;
  /** `EM_…` to accept; ARM when not given. */
  readonly machines?: readonly number[];
}

/**
 * The symbols and debug information of one ELF file. Each part is read when first asked for; what is wrong with it is
 * in {@link SymbolFile.warnings}, and what could be read stays usable.
 */
export class SymbolFile implements UnwindSource {
  readonly name: string;
  readonly entry: number;
  readonly sections: DwarfSections;
  private symbolTable: SymbolTable | undefined;
  private lineTable: LineTable | undefined;
  private programs: Map<number, LineProgram> | undefined;
  private debugInfo: DebugInfo | undefined;
  private frameInfo: CallFrameInfo | undefined;
  private exceptionTable: ExceptionTable | undefined;

  constructor(
    readonly elf: ElfFile,
    private readonly options: SymbolFileOptions = {},
  ) {
    this.name = options.name ?? 'the program';
    this.entry = elf.entry;
    this.sections = new DwarfSections(elf);
  }

  /** @throws ElfError when the file is not ELF, it or its symbol table is malformed, or it is for another machine */
  static parse(bytes: Uint8Array, options: SymbolFileOptions = {}): SymbolFile {
    const file = SymbolFile.open(bytes, options);
    void file.symbols;
    return file;
  }

  /** As {@link parse}, but the symbol table is read when it is first needed. */
  static open(bytes: Uint8Array, options: SymbolFileOptions = {}): SymbolFile {
    const elf = parseElf(bytes, { machines: options.machines ?? [EM_ARM], inflate: options.inflate });
    return new SymbolFile(elf, options);
  }

  /** @throws ElfError when the symbol table is malformed */
  get symbols(): SymbolTable {
    return (this.symbolTable ??= new SymbolTable(this.elf));
  }

  /** What was wrong with the debug information read so far, each problem once. */
  get warnings(): readonly string[] {
    return this.sections.warnings;
  }

  /** Whether there is source line information. */
  get hasLines(): boolean {
    return this.sections.data('.debug_line') !== undefined;
  }

  get lines(): LineTable {
    return (this.lineTable ??= new LineTable([...this.linePrograms.values()], {
      isCode: (address) => this.isCode(address),
      isFunction: (low, high) =>
        this.symbols.functions.some((symbol) => symbol.address === low && symbol.address + symbol.size === high),
      mapPath: this.options.mapPath,
    }));
  }

  get info(): DebugInfo {
    return (this.debugInfo ??= new DebugInfo(
      this.sections,
      (unit) => this.filesOf(unit),
      (address) => this.isCode(address),
    ));
  }

  get cfi(): CallFrameInfo {
    return (this.frameInfo ??= new CallFrameInfo(this.sections));
  }

  get exidx(): ExceptionTable {
    return (this.exceptionTable ??= new ExceptionTable(this.sections));
  }

  /** Whether an address is in a section with code, or without sections in an executable segment. */
  isCode(address: number): boolean {
    if (this.elf.sections.length) return this.symbols.isExecutable(address);
    return this.elf.segments.some(
      ({ flags, vaddr, memsz }) => flags & 1 && address >= vaddr && address < vaddr + memsz,
    );
  }

  /** Whether an address is in a loaded segment. */
  contains(address: number): boolean {
    return this.elf.segments.some(
      ({ type, vaddr, memsz }) => type === 1 && address >= vaddr && address < vaddr + memsz,
    );
  }

  private filesOf(unit: Unit): readonly ({ path: string } | undefined)[] {
    const { root } = unit;
    const offset = root && numberOf(root, AT.stmt_list);
    const files = offset === undefined ? undefined : this.linePrograms.get(offset)?.files;
    const { mapPath } = this.options;
    if (!files || !mapPath) return files ?? [];
    return files.map((file) => file && { path: mapPath(file.path) });
  }

  /** By offset in .debug_line: all units there, also those that no compilation unit refers to. */
  private get linePrograms(): Map<number, LineProgram> {
    if (this.programs) return this.programs;
    const programs = (this.programs = new Map<number, LineProgram>());
    const { sections } = this;
    const size = sections.data('.debug_line')?.length ?? 0;
    if (size === 0) return programs;
    const origins = new Map(this.info.lineOrigins().map((origin) => [origin.offset, origin]));
    const offsets = new Set<number>();
    sections.guard('', undefined, () => {
      const reader = sections.reader('.debug_line');
      while (!reader.done) {
        offsets.add(reader.pos);
        reader.seek(readUnitLength(reader).end);
      }
    });
    for (const offset of origins.keys()) if (offset < size) offsets.add(offset);
    for (const offset of offsets) {
      const program = sections.guard('', undefined, () => readLineProgram(sections, offset, origins.get(offset) ?? {}));
      if (program) programs.set(offset, program);
    }
    return programs;
  }
}
