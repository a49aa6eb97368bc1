import { ProgramSymbols, SymbolFile, type EvaluationContext } from '../../symbols';
import type { System } from './system';
import type { EngineConfig } from './api';

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Names and expressions in the running machine: for plugins, conditions, log points and stepping. */
export class GuestSymbols {
  private readonly files: readonly SymbolFile[];
  private known: ProgramSymbols | undefined;
  private readonly clearThumbBit: boolean;

  /**
   * Symbol tables are read at once for plugins, else when somebody first asks for a name: a malformed one is then `warned` of
   * and left out.
   * Throws an Error that names the symbol file which cannot be read.
   */
  constructor(
    config: Pick<EngineConfig, 'symbolFiles' | 'images' | 'plugins'>,
    private readonly warn: (message: string) => void,
  ) {
    const open = config.plugins.length ? SymbolFile.parse : SymbolFile.open;
    this.files = config.symbolFiles.map(({ name, bytes }) => {
      try {
        return open(bytes, { name });
      } catch (error) {
        throw new Error(`${name}: ${messageOf(error)}`, { cause: error });
      }
    });
    this.clearThumbBit = !config.images.some((image) => image.kind === 'elf' && image.exactNames);
  }

  private get program(): ProgramSymbols {
    return (this.known ??= new ProgramSymbols(this.files.filter((file) => this.isUsable(file))));
  }

  private isUsable(file: SymbolFile): boolean {
    try {
      void file.symbols;
      return true;
    } catch (error) {
      this.warn(`${file.name}: ${messageOf(error)}`);
      return false;
    }
  }

  /** The name that QEMU gives the instruction's address (`qemu_plugin_insn_symbol`). */
  qemuName(address: number): string | undefined {
    return this.program.qemuSymbol(address, { clearThumbBit: this.clearThumbBit });
  }

  /** The functions by address; `end` is exclusive. */
  get functions(): readonly { readonly name: string; readonly start: number; readonly end: number }[] {
    return this.program.functions.map(({ name, low, high }) => ({ name, start: low, end: high }));
  }

  /** The addresses of the program's code, and its entry point. */
  get codeRange(): { readonly start: number; readonly end: number; readonly entry: number } {
    const elf = this.files.at(0)?.elf;
    const code = (elf?.segments ?? []).filter(({ type, flags, memsz }) => type === 1 && flags & 1 && memsz > 0);
    const start = Math.min(...code.map(({ vaddr }) => vaddr));
    const end = Math.max(...code.map(({ vaddr, memsz }) => vaddr + memsz));
    return code.length ? { start, end, entry: elf?.entry ?? 0 } : { start: 0, end: 0, entry: 0 };
  }

  /** `name` or `name+4`. */
  describe(address: number): string | undefined {
    return this.program.symbolName(address);
  }

  /** Instruction set at the address where the symbols say so. */
  isThumb(address: number): boolean | undefined {
    return this.program.isThumb(address);
  }

  /** The source line of the code at the address. */
  lineAt(address: number): { readonly file: string; readonly line: number } | undefined {
    const position = this.program.lineAt(address);
    return position && { file: position.file.path, line: position.line };
  }

  /** The lines of the source that have code. */
  get codeLines(): readonly { readonly file: string; readonly line: number }[] {
    const found = new Map<string, { readonly file: string; readonly line: number }>();
    for (const { address } of this.program.linesIn(0, 2 ** 32)) {
      const place = this.lineAt(address);
      if (place) found.set(`${place.line} ${place.file}`, place);
    }
    return [...found.values()];
  }

  /** Whether the code at the address has source lines. */
  hasSource(address: number): boolean {
    return this.program.lineAt(address) !== undefined;
  }

  /** What expressions mean where the vCPU stands now. */
  context(system: System, vcpu: number): EvaluationContext {
    const cpu = system.cpus[vcpu];
    const { machine } = system;
    return this.program.context(
      { pc: system.pc(vcpu), register: (index) => cpu.env[index] >>> 0, innermost: true },
      {
        readMemory: (address, count) => {
          const bytes = machine.readVirtual(cpu, address >>> 0, count);
          return bytes.length === count ? bytes : undefined;
        },
        writeMemory: (address, bytes) => machine.writeVirtual(cpu, address >>> 0, bytes) === bytes.length,
        register: (name) => cpu.readRegister(name),
      },
    );
  }
}
