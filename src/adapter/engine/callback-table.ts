import type { CallbackBreakpoint, CallbackHit } from '../../plugin/callback-breakpoints';
import type { EvaluationContext } from '../../symbols';
import type { BuiltinCallbackKind, CallbackKind } from '../protocol/custom';
import type { EngineCallbackBreakpoint } from './api';
import { Guard } from './guards';
import type { PendingStop } from './runner';

/** What the user reads when a callback of the kind stopped the guest. */
const TITLES: Readonly<Record<BuiltinCallbackKind, string>> = {
  tb_trans: 'block translated',
  tb_exec: 'block executed',
  insn_exec: 'instruction executed',
  mem_read: 'memory read',
  mem_write: 'memory written',
  l1i_miss: 'L1I miss',
  l1d_miss: 'L1D miss',
  l2_miss: 'L2 miss',
  syscall: 'system call',
  exit: 'exit',
};

/** The user's breakpoints on plugin callbacks, each with its condition, hit count and message. */
export class CallbackTable {
  private entries = new Map<number, { spec: EngineCallbackBreakpoint; guard: Guard }>();

  constructor(
    private readonly warn: (message: string) => void,
    private readonly logPoint: (text: string, address: number) => void,
  ) {}

  /** Replaces all of them. Says for each what is wrong with it, if anything. */
  set(breakpoints: readonly EngineCallbackBreakpoint[]): { id: number; error?: string }[] {
    const old = this.entries;
    this.entries = new Map();
    return breakpoints.map((spec) => {
      try {
        const known = old.get(spec.id);
        const same = known && JSON.stringify(known.spec) === JSON.stringify(spec);
        const guard = same
          ? known.guard
          : new Guard(spec, (message) => this.warn(`breakpoint on "${titleOf(spec.kind)}": ${message}`));
        this.entries.set(spec.id, { spec, guard });
        return { id: spec.id };
      } catch (error) {
        return { id: spec.id, error: error instanceof Error ? error.message : String(error) };
      }
    });
  }

  /** What the plugin engine is to report. */
  specs(): CallbackBreakpoint[] {
    return [...this.entries.values()].map(({ spec: { id, kind, ranges } }) => ({ id, kind, ranges }));
  }

  /** Whether the hit stops the guest; a log point has logged. */
  judge(hit: CallbackHit, context: () => EvaluationContext): boolean {
    const entry = this.entries.get(hit.id);
    if (!entry) return false;
    const verdict = entry.guard.judge(context);
    if (verdict.kind === 'log') this.logPoint(verdict.text, hit.pc);
    return verdict.kind === 'stop';
  }

  describeStop(hits: readonly CallbackHit[]): PendingStop | undefined {
    const [first] = hits;
    if (!first) return undefined;
    return {
      kind: 'callback',
      ids: hits.map((hit) => hit.id),
      callback: first.kind,
      description: hits.map(describeHit).join('; '),
    };
  }

  resetHits(): void {
    for (const { guard } of this.entries.values()) guard.reset();
  }
}

/** What a kind is called; a plugin's own by its name. */
function titleOf(kind: CallbackKind): string {
  return kind in TITLES ? TITLES[kind as BuiltinCallbackKind] : kind.replace(/^plugin:/, '');
}

/** One line, e.g. `L1D miss: load of 0x10a040 at 0x100230`. */
export function describeHit({ kind, pc, address, size, access, text }: CallbackHit): string {
  const title = text === undefined ? titleOf(kind) : `${titleOf(kind)}: ${text}`;
  const at = `0x${pc.toString(16)}`;
  if (kind === 'exit') return title;
  if (address === undefined || text !== undefined) return `${title} at ${at}`;
  const what = access ?? `${size ?? 1} byte${size === 1 ? '' : 's'}`;
  return `${title}: ${what} at address 0x${address.toString(16)}, by the instruction at ${at}`;
}
