import type { ProgramSymbols } from '../../symbols';
import type { CodeMap, LineCode, NamedOffset, SourcePlace } from './code-map';
import { parseUnsigned } from './qemu-options';

/** The code of a program by its symbols. */
export class ProgramCode implements CodeMap {
  constructor(private readonly symbols: ProgramSymbols) {}

  get sources(): readonly string[] {
    return this.symbols.sources.map(({ path }) => path);
  }

  placeOf(address: number): SourcePlace | undefined {
    const found = this.symbols.lineAt(address);
    return found && { path: found.file.path, line: found.line, column: found.column };
  }

  codeOf(path: string, line: number): LineCode | undefined {
    const found = this.symbols.resolveLine(path, line);
    if (!found) return undefined;
    const addresses = [...new Set(found.locations.map(({ address }) => address))];
    return { line: found.line, column: found.locations[0].column, addresses };
  }

  placesIn(path: string, first: number, last: number): { line: number; column: number }[] {
    return this.symbols
      .linesWithCode(path)
      .filter((line) => line >= first && line <= last)
      .map((line) => ({ line, column: 0 }));
  }

  functionBodies(name: string): number[] {
    const address = parseUnsigned(name.replace(/^\*\s*/, ''));
    if (address !== undefined) return address < 2 ** 32 ? [Number(address)] : [];
    return [...new Set(this.symbols.resolveFunction(name).map((location) => location.address))];
  }

  symbolAt(address: number): NamedOffset | undefined {
    return this.symbols.symbolAt(address);
  }

  symbolNamed(name: string): { address: number; size: number } | undefined {
    for (const file of this.symbols.files) {
      const found = file.symbols.find(name);
      if (found) return { address: found.address, size: found.size };
    }
    return undefined;
  }

  stateAt(address: number): 'arm' | 'thumb' | 'data' | undefined {
    const thumb = this.symbols.isThumb(address);
    if (thumb === undefined) return undefined;
    if (this.symbols.isData(address)) return 'data';
    return thumb ? 'thumb' : 'arm';
  }

  knowsSource(path: string): boolean {
    return this.symbols.files.some((file) => file.lines.filesMatching(path).length > 0);
  }
}
