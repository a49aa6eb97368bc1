import type { EngineApi, EngineCallbackBreakpoint } from '../../engine/api';
import type { Ids } from './ids';

/** One thing the client asked for: it may need several of the engine's breakpoints, as reads and writes do. */
export interface CallbackRequest {
  /** Equal for two requests that mean the same: it keeps its number and hit count then. */
  readonly key: string;
  readonly enabled: boolean;
  /** As the stop event names it. */
  readonly reason: 'exception' | 'data breakpoint';
  /** Without numbers; they are given here. */
  readonly parts: readonly Omit<EngineCallbackBreakpoint, 'id'>[];
  /** Why it cannot work. */
  readonly error?: string;
}

export interface CallbackResult {
  readonly id: number;
  readonly verified: boolean;
  readonly message?: string;
}

interface Entry {
  readonly id: number;
  readonly request: CallbackRequest;
  readonly engineIds: readonly number[];
  error?: string;
}

/**
 * All callback breakpoints, from the exception filters, the view and data breakpoints: each group is replaced as a whole,
 * the engine gets the union.
 */
export class CallbackBreakpoints {
  private readonly groups = new Map<string, readonly Entry[]>();
  private engine: EngineApi | undefined;
  private noDebug = false;

  constructor(private readonly ids: Ids) {}

  async replace(group: string, requests: readonly CallbackRequest[]): Promise<CallbackResult[]> {
    const kept = [...(this.groups.get(group) ?? [])];
    const entries = requests.map((request): Entry => {
      const index = kept.findIndex((entry) => entry.request.key === request.key);
      if (index >= 0) return { ...kept.splice(index, 1)[0], request };
      return { id: this.ids.next(), request, engineIds: request.parts.map(() => this.ids.next()) };
    });
    this.groups.set(group, entries);
    await this.push();
    return entries.map((entry) => this.result(entry));
  }

  async attach(engine: EngineApi, noDebug: boolean): Promise<void> {
    this.engine = engine;
    this.noDebug = noDebug;
    await this.push();
  }

  detach(): void {
    this.engine = undefined;
  }

  /** The client's breakpoint behind an engine's number. */
  find(engineId: number): { readonly id: number; readonly reason: CallbackRequest['reason'] } | undefined {
    const found = this.all().find((entry) => entry.engineIds.includes(engineId));
    return found && { id: found.id, reason: found.request.reason };
  }

  private all(): Entry[] {
    return [...this.groups.values()].flat();
  }

  private result({ id, request, error }: Entry): CallbackResult {
    const message = request.error ?? error ?? (this.noDebug ? 'running without debugging' : undefined);
    return { id, verified: message === undefined, ...(message !== undefined && { message }) };
  }

  private async push(): Promise<void> {
    if (!this.engine) return;
    const owners = new Map<number, Entry>();
    const list: EngineCallbackBreakpoint[] = [];
    for (const entry of this.all()) {
      entry.error = undefined;
      if (!entry.request.enabled || entry.request.error !== undefined || this.noDebug) continue;
      entry.request.parts.forEach((part, index) => {
        const id = entry.engineIds[index];
        owners.set(id, entry);
        list.push({ id, ...part });
      });
    }
    for (const { id, error } of await this.engine.setCallbackBreakpoints(list)) {
      const owner = owners.get(id);
      if (owner && error !== undefined) owner.error = error;
    }
  }
}
