import { parseHitCondition } from './hit-condition';

/** Compiles and evaluates C-like expressions in the guest's present state. */
export interface ExpressionHost {
  /** Throws with the column when the text is no expression or names something unknown. */
  compile(text: string): CompiledExpression;
}

export interface CompiledExpression {
  /** Whether the value is not 0. Throws where memory cannot be read. */
  isTrue(): boolean;
  /** The value as shown to the user. */
  format(): string;
}

/** The parts that every kind of breakpoint shares. */
export interface GuardSpec {
  readonly condition?: string;
  readonly hitCondition?: string;
  readonly logMessage?: string;
}

/** What a guard decides at one hit. */
export type GuardVerdict =
  { readonly kind: 'pass' } | { readonly kind: 'stop' } | { readonly kind: 'log'; readonly text: string };

const PASS: GuardVerdict = { kind: 'pass' };
const STOP: GuardVerdict = { kind: 'stop' };

/** Condition, then hit count, then log message: what stands between reaching a breakpoint and stopping at it. */
export class Guard {
  private hits = 0;
  private readonly condition: CompiledExpression | undefined;
  private readonly wanted: ((hits: number) => boolean) | undefined;
  private readonly message: LogMessage | undefined;
  private failed = false;

  /** Throws an Error that says what is wrong with the condition, the hit condition or the message. */
  constructor(
    spec: GuardSpec,
    expressions: ExpressionHost,
    private readonly onError: (message: string) => void,
  ) {
    this.condition = spec.condition?.trim() ? expressions.compile(spec.condition) : undefined;
    this.wanted = spec.hitCondition?.trim() ? parseHitCondition(spec.hitCondition) : undefined;
    this.message = spec.logMessage ? new LogMessage(spec.logMessage, expressions) : undefined;
  }

  get isLogPoint(): boolean {
    return this.message !== undefined;
  }

  /** Counts a hit of the place and says what to do. A condition that cannot be evaluated stops, and says so once. */
  judge(): GuardVerdict {
    if (this.condition) {
      try {
        if (!this.condition.isTrue()) return PASS;
      } catch (error) {
        if (!this.failed) this.onError(error instanceof Error ? error.message : String(error));
        this.failed = true;
        return STOP;
      }
    }
    this.hits++;
    if (this.wanted && !this.wanted(this.hits)) return PASS;
    return this.message ? { kind: 'log', text: this.message.format() } : STOP;
  }

  /** Forgets counted hits: the guest restarts. */
  reset(): void {
    this.hits = 0;
    this.failed = false;
  }
}

/** A log point's text: `{expression}` is replaced by its value, `\{` and `\}` are braces. */
export class LogMessage {
  private readonly parts: (string | CompiledExpression)[] = [];

  /** Throws an Error naming the expression that is wrong. */
  constructor(text: string, expressions: ExpressionHost) {
    let literal = '';
    for (let i = 0; i < text.length; i++) {
      if (text[i] === '\\' && (text[i + 1] === '{' || text[i + 1] === '}')) literal += text[++i];
      else if (text[i] === '{') {
        const end = text.indexOf('}', i);
        if (end < 0) throw new Error(`log message "${text}": the { at column ${i + 1} is never closed`);
        this.parts.push(literal, expressions.compile(text.slice(i + 1, end)));
        literal = '';
        i = end;
      } else literal += text[i];
    }
    this.parts.push(literal);
  }

  format(): string {
    return this.parts.map((part) => (typeof part === 'string' ? part : formatSafely(part))).join('');
  }
}

function formatSafely(expression: CompiledExpression): string {
  try {
    return expression.format();
  } catch (error) {
    return `<${error instanceof Error ? error.message : String(error)}>`;
  }
}
