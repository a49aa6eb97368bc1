import {
  compileExpression,
  compileLogMessage,
  ExpressionError,
  type CompiledExpression,
  type EvaluationContext,
  type LogMessage,
} from '../../symbols';
import { parseHitCondition } from './hit-condition';

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
    private readonly onError: (message: string) => void,
  ) {
    this.condition = spec.condition?.trim() ? compileExpression(spec.condition) : undefined;
    this.wanted = spec.hitCondition?.trim() ? parseHitCondition(spec.hitCondition) : undefined;
    this.message = spec.logMessage ? compileLogMessage(spec.logMessage) : undefined;
  }

  get isLogPoint(): boolean {
    return this.message !== undefined;
  }

  /** Counts a hit of the place and says what to do. A condition that cannot be evaluated stops, and says so once. */
  judge(context: () => EvaluationContext): GuardVerdict {
    if (this.condition) {
      try {
        if (!this.condition.test(context())) return PASS;
      } catch (error) {
        if (!(error instanceof ExpressionError)) throw error;
        if (!this.failed) this.onError(error.message);
        this.failed = true;
        return STOP;
      }
    }
    this.hits++;
    if (this.wanted && !this.wanted(this.hits)) return PASS;
    return this.message ? { kind: 'log', text: this.message.format(context()) } : STOP;
  }

  /** Forgets counted hits: the guest restarts. */
  reset(): void {
    this.hits = 0;
    this.failed = false;
  }
}
