/** The public face of the symbols layer. */
export * from './elf';
export { ElfError } from './bytes';
export { SymbolTable } from './symbol-table';
export type { CodeState, ProgramSymbol, QemuLookupOptions, SymbolMatch } from './symbol-table';
