import type { DebugProtocol } from '@vscode/debugprotocol';
import type { EngineApi, EngineBreakpoint } from '../../engine/api';
import type { Numbering } from '../client';
import type { CodeMap } from '../code-map';
import type { Ids } from './ids';
import { toClient } from './kinds';
import type { CodeBreakpointRequest, Resolution } from './kinds';

const PENDING: Resolution = { addresses: [], message: 'the program is not loaded yet' };
const NO_DEBUG: Resolution = { addresses: [], message: 'running without debugging: breakpoints do not stop' };

/** The program the breakpoints are for. */
export interface BreakpointTarget {
  readonly engine: EngineApi;
  readonly map: CodeMap;
  readonly noDebug: boolean;
}

interface CodeBreakpoint {
  readonly id: number;
  readonly request: CodeBreakpointRequest;
  resolution: Resolution;
  error?: string;
  /** The engine's number for each address. */
  readonly engineIds: Map<number, number>;
}

/**
 * All breakpoints on code. Each group (one source file, all functions, all instructions) is replaced as a whole, as DAP's
 * requests do; what the engine gets is always the union. Before there is a program they wait.
 */
export class CodeBreakpoints {
  private readonly groups = new Map<string, readonly CodeBreakpoint[]>();
  private target: BreakpointTarget | undefined;

  constructor(
    private readonly ids: Ids,
    private readonly numbering: Numbering,
  ) {}

  /** Replaces a group. The result has one entry per request, in order. */
  async replace(group: string, requests: readonly CodeBreakpointRequest[]): Promise<DebugProtocol.Breakpoint[]> {
    const kept = [...(this.groups.get(group) ?? [])];
    const breakpoints = requests.map((request): CodeBreakpoint => {
      const index = kept.findIndex((breakpoint) => breakpoint.request.key === request.key);
      if (index >= 0) return kept.splice(index, 1)[0];
      return { id: this.ids.next(), request, resolution: PENDING, engineIds: new Map() };
    });
    this.groups.set(group, breakpoints);
    this.resolve(breakpoints);
    await this.push();
    return breakpoints.map((breakpoint) => this.describe(breakpoint));
  }

  /**
   * Puts all breakpoints into a program that has just been loaded.
   * @returns those that were there before, as the client should see them now
   */
  async attach(target: BreakpointTarget): Promise<DebugProtocol.Breakpoint[]> {
    this.target = target;
    const all = this.all();
    this.resolve(all);
    await this.push();
    return all.map((breakpoint) => this.describe(breakpoint));
  }

  detach(): void {
    this.target = undefined;
  }

  /** The client's breakpoint behind an engine's number. */
  find(engineId: number): { readonly id: number; readonly reason: string } | undefined {
    const found = this.all().find((breakpoint) => [...breakpoint.engineIds.values()].includes(engineId));
    return found && { id: found.id, reason: found.request.reason };
  }

  private all(): CodeBreakpoint[] {
    return [...this.groups.values()].flat();
  }

  private resolve(breakpoints: readonly CodeBreakpoint[]): void {
    const { target } = this;
    for (const breakpoint of breakpoints) {
      breakpoint.error = undefined;
      breakpoint.resolution = !target ? PENDING : target.noDebug ? NO_DEBUG : breakpoint.request.resolve(target.map);
      for (const address of breakpoint.resolution.addresses) {
        if (!breakpoint.engineIds.has(address)) breakpoint.engineIds.set(address, this.ids.next());
      }
    }
  }

  private async push(): Promise<void> {
    if (!this.target) return;
    const owners = new Map<number, CodeBreakpoint>();
    const list: EngineBreakpoint[] = [];
    for (const breakpoint of this.all()) {
      for (const address of breakpoint.resolution.addresses) {
        const id = breakpoint.engineIds.get(address)!;
        owners.set(id, breakpoint);
        list.push({ id, address, ...breakpoint.request.extras });
      }
    }
    for (const { id, error } of await this.target.engine.setBreakpoints(list)) {
      const owner = owners.get(id);
      if (owner && error !== undefined) owner.error = error;
    }
  }

  private describe({ id, resolution, error }: CodeBreakpoint): DebugProtocol.Breakpoint {
    return toClient(id, resolution, error, this.numbering);
  }
}
