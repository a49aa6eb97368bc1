import type { EvaluationContext } from './context';
import { compileExpression } from './evaluator';
import type { CompiledExpression } from './evaluator';
import { ExpressionError } from './lexer';
import type { ParseOptions } from './parser';

/** A log point's message: text with `{expressions}`. `\{`, `\}` and `\\` stand for themselves. */
export interface LogMessage {
  /** The text with every expression's value; what cannot be evaluated says so in its place. */
  format(context: EvaluationContext): string;
}

/**
 * Compiles a log message.
 * @throws ExpressionError with the column in the message
 */
export function compileLogMessage(text: string, options: ParseOptions = {}): LogMessage {
  const parts: (string | CompiledExpression)[] = [];
  let literal = '';
  for (let at = 0; at < text.length; at++) {
    const letter = text[at];
    if (letter === '\\' && /[{}\\]/.test(text[at + 1] ?? '')) {
      literal += text[++at];
    } else if (letter === '{') {
      const end = closing(text, at);
      const inner = text.slice(at + 1, end);
      try {
        parts.push(literal, compileExpression(inner, options));
      } catch (error) {
        if (!(error instanceof ExpressionError)) throw error;
        throw new ExpressionError(error.message.replace(/ \(column \d+\)$/, ''), at + 1 + error.column);
      }
      literal = '';
      at = end;
    } else literal += letter;
  }
  parts.push(literal);
  return {
    format: (context) => parts.map((part) => (typeof part === 'string' ? part : shown(part, context))).join(''),
  };
}

function closing(text: string, open: number): number {
  let quote = '';
  for (let at = open + 1; at < text.length; at++) {
    const letter = text[at];
    if (quote) {
      if (letter === '\\') at++;
      else if (letter === quote) quote = '';
    } else if (letter === "'" || letter === '"') quote = letter;
    else if (letter === '}') return at;
  }
  throw new ExpressionError("'{' has no closing '}'", open + 1);
}

function shown(expression: CompiledExpression, context: EvaluationContext): string {
  try {
    return expression.evaluate(context).typed.value;
  } catch (error) {
    if (error instanceof ExpressionError) return `<${error.message}>`;
    throw error;
  }
}
