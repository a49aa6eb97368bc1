/** Expressions in C over the registers, memory and symbols of a stopped machine. */
export { compileExpression, constantValue } from './evaluator';
export type { CompiledExpression, EvaluationResult } from './evaluator';
export type { EvaluationContext } from './context';
export { ExpressionError } from './lexer';
export { compileLogMessage } from './log-message';
export type { LogMessage } from './log-message';
export type { ParseOptions } from './parser';
