import type { EvaluationContext } from '../../symbols';
import type { EngineBreakpoint } from './api';
import { Guard } from './guards';

/** The user's breakpoints by address, each with its condition, hit count and message. */
export class BreakpointTable {
  private byAddress = new Map<number, { id: number; spec: string; guard: Guard }[]>();

  constructor(
    private readonly warn: (message: string) => void,
    private readonly logPoint: (text: string, address: number) => void,
  ) {}

  /** Replaces all of them; one that is unchanged keeps its hits. Says for each what is wrong with it, if anything. */
  set(breakpoints: readonly EngineBreakpoint[]): { id: number; error?: string }[] {
    const old = [...this.byAddress.values()].flat();
    this.byAddress = new Map();
    return breakpoints.map((breakpoint) => {
      const { id, address } = breakpoint;
      const spec = JSON.stringify(breakpoint);
      try {
        const known = old.find((entry) => entry.id === id && entry.spec === spec);
        const guard =
          known?.guard ??
          new Guard(breakpoint, (message) => this.warn(`breakpoint at 0x${address.toString(16)}: ${message}`));
        const entries = this.byAddress.get(address);
        if (entries) entries.push({ id, spec, guard });
        else this.byAddress.set(address, [{ id, spec, guard }]);
        return { id };
      } catch (error) {
        return { id, error: error instanceof Error ? error.message : String(error) };
      }
    });
  }

  addresses(): Iterable<number> {
    return this.byAddress.keys();
  }

  /** Which breakpoints at the address stop; log points there have logged. */
  judge(address: number, context: () => EvaluationContext): number[] {
    const ids: number[] = [];
    for (const { id, guard } of this.byAddress.get(address) ?? []) {
      const verdict = guard.judge(context);
      if (verdict.kind === 'stop') ids.push(id);
      else if (verdict.kind === 'log') this.logPoint(verdict.text, address);
    }
    return ids;
  }

  resetHits(): void {
    for (const entries of this.byAddress.values()) for (const { guard } of entries) guard.reset();
  }
}
