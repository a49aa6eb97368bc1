/**
 * The symbols layer: what an ELF file says about the program in it. Pure TypeScript over a `Uint8Array`.
 *
 * `SymbolFile.parse(bytes)` reads one file; `new ProgramSymbols([file, …])` answers the debugger's questions over all
 * of them: source lines and addresses, functions and symbols, frames, variables and types; `compileExpression` and
 * `compileLogMessage` evaluate C expressions in the context that `ProgramSymbols.context` makes for a frame. The
 * loader uses `parseElf` alone.
 */
export * from './elf';
export { ElfError } from './bytes';
export { SymbolTable } from './symbol-table';
export type { CodeState, ProgramSymbol, QemuLookupOptions, SymbolMatch } from './symbol-table';
export { SymbolFile } from './symbol-file';
export type { SymbolFileOptions } from './symbol-file';
export { ProgramSymbols } from './program-symbols';
export type { BreakpointLocation, ResolvedLine, StackEntry, VariableValue } from './program-symbols';
export { FrameContext } from './evaluation';
export type { FrameView, MachineAccess } from './evaluation';
export type { AddressRange, LinePosition, LineStart, SourceFile } from './line-table';
export type { FunctionInfo, Scope, ScopeFrame, SourcePosition, Variable } from './dwarf/entries';
export type { Frame, UnwindMethod } from './unwind/frame';
export type { Location } from './location';
export type { ReadMemory } from './memory';
export { isAbsolutePath, joinPath, sourceMapper } from './paths';
export { coreRegister } from './registers';
export * from './types';
export { formatValue, scalarText } from './format';
export type { NumberFormat, TypedValue } from './format';
export { ValueError } from './values';
export type { DataContext, DataValue, Scalar } from './values';
export { compileExpression, compileLogMessage, ExpressionError } from './expression/index';
export type {
  CompiledExpression,
  EvaluationContext,
  EvaluationResult,
  LogMessage,
  ParseOptions,
} from './expression/index';
