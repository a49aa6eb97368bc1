import type { DebugProtocol } from '@vscode/debugprotocol';
import type { EngineApi, RunMode, StopReason, StoppedEvent } from '../engine/api';
import { callbackStopText } from './callback-kinds';
import type { Client } from './client';
import { RequestError, messageOf } from './errors';

/** What happens at a stop of a step in several parts: a mode to go on with, or undefined when this is the stop. */
export type StepPlan = (stop: StoppedEvent) => Promise<RunMode | undefined>;

/** Finds the client's breakpoint behind an engine's number. */
export type FindBreakpoint = (engineId: number) => { readonly id: number; readonly reason: string } | undefined;

export type RunState = 'idle' | 'running' | 'stopped' | 'ended';

/** Told of changes of state. */
export interface RunListener {
  /** The guest is about to run: what was read from it is stale. */
  resumed(): void;
  /** Before the client is told of a stop. */
  stopping(): void;
}

/** Why the guest stopped last, for exceptionInfo. */
export interface StopDetails {
  /** As the client shows it for an exception's name. */
  readonly id: string;
  readonly description: string;
}

const THREAD_BASE = 1;

/** DAP's thread of a vCPU. */
export function threadOf(vcpu: number): number {
  return vcpu + THREAD_BASE;
}

/** Whether the guest runs or stands, and every change from one to the other. */
export class RunControl {
  private current: RunState = 'idle';
  private plan: StepPlan | undefined;
  private details: StopDetails | undefined;
  private focus = 0;
  private halted: (() => void) | undefined;

  constructor(
    private readonly engine: EngineApi,
    private readonly client: Client,
    private readonly findBreakpoint: FindBreakpoint,
    private readonly listener: RunListener,
  ) {}

  get state(): RunState {
    return this.current;
  }

  /** The vCPU of the last stop. */
  get vcpu(): number {
    return this.focus;
  }

  /** What stopped the guest, when it was neither a step nor a breakpoint nor the user. */
  get stopDetails(): StopDetails | undefined {
    return this.details;
  }

  /** @throws RequestError unless the guest is stopped */
  requireStopped(what: string): void {
    if (this.current === 'running') throw new RequestError(`${what}: the guest is running; pause it first`);
    if (this.current === 'ended') throw new RequestError(`${what}: the guest has ended`);
  }

  /** Lets the guest run; a step is one of the vCPU. A failure is shown to the user: the request that asked has been answered already. */
  async resume(vcpu: number, mode: RunMode, plan?: StepPlan): Promise<void> {
    if (this.current === 'running' || this.current === 'ended') return;
    this.current = 'running';
    this.details = undefined;
    this.plan = plan;
    this.listener.resumed();
    await this.run(vcpu, mode);
  }

  async pause(): Promise<void> {
    if (this.current === 'running') await this.engine.pause();
  }

  /** Stops a running guest without telling the client. */
  async halt(): Promise<void> {
    if (this.current !== 'running') return;
    const stop = new Promise<void>((resolve) => (this.halted = resolve));
    await this.engine.pause();
    await stop;
  }

  /** The guest stands at its first instruction and the user asked to see it. */
  stopAtEntry(): void {
    this.announce({ reason: { kind: 'entry' }, vcpu: 0, pc: 0, instructions: 0 });
  }

  /** The debugger itself has moved the pc. */
  stopAfterGoto(vcpu: number): void {
    this.client.event<DebugProtocol.StoppedEvent>('stopped', {
      reason: 'goto',
      threadId: threadOf(vcpu),
      allThreadsStopped: true,
    });
  }

  /** The engine's `stopped` event. */
  async stopped(event: StoppedEvent): Promise<void> {
    if (this.current === 'ended') return;
    const { plan, halted } = this;
    this.plan = undefined;
    if (halted) {
      this.current = 'stopped';
      this.halted = undefined;
      halted();
      return;
    }
    if (plan && event.reason.kind === 'step') {
      let next: RunMode | undefined;
      try {
        this.listener.resumed();
        next = await plan(event);
      } catch (error) {
        this.client.event<DebugProtocol.OutputEvent>('output', {
          category: 'stderr',
          output: `stepping: ${messageOf(error)}\n`,
        });
      }
      if (next) {
        this.plan = plan;
        await this.run(event.vcpu, next);
        return;
      }
    }
    this.announce(event);
  }

  /** The guest ended, or the engine died. */
  end(): void {
    this.current = 'ended';
    this.plan = undefined;
    this.halted?.();
    this.halted = undefined;
  }

  /** After a restart of the engine: as before the first run. */
  reset(): void {
    this.current = 'idle';
    this.plan = undefined;
    this.details = undefined;
    this.focus = 0;
  }

  private async run(vcpu: number, mode: RunMode): Promise<void> {
    try {
      await this.engine.run(mode, vcpu);
    } catch (error) {
      if (this.state === 'ended') return;
      this.client.event<DebugProtocol.OutputEvent>('output', {
        category: 'stderr',
        output: `the guest cannot run: ${messageOf(error)}\n`,
      });
      this.announce({ reason: { kind: 'pause' }, vcpu: this.focus, pc: 0, instructions: 0 });
    }
  }

  private announce(event: StoppedEvent): void {
    this.current = 'stopped';
    this.focus = event.vcpu;
    this.listener.stopping();
    const { body, details } = this.describe(event.reason);
    this.details = details;
    this.client.event<DebugProtocol.StoppedEvent>('stopped', {
      ...body,
      threadId: threadOf(event.vcpu),
      allThreadsStopped: true,
    });
  }

  private describe(reason: StopReason): { body: DebugProtocol.StoppedEvent['body']; details?: StopDetails } {
    switch (reason.kind) {
      case 'entry':
        return { body: { reason: 'entry', description: 'Paused on entry' } };
      case 'pause':
        return { body: { reason: 'pause' } };
      case 'step':
        return { body: { reason: 'step' } };
      case 'breakpoint': {
        const hits = this.hits(reason.ids);
        return { body: { reason: hits[0]?.reason ?? 'breakpoint', hitBreakpointIds: idsOf(hits) } };
      }
      case 'callback': {
        const hits = this.hits(reason.ids);
        const { stopped, label } = callbackStopText(reason.callback);
        const details = { id: label, description: reason.description };
        return {
          body: {
            reason: hits[0]?.reason ?? 'exception',
            description: `Paused: ${stopped}`,
            text: reason.description,
            hitBreakpointIds: idsOf(hits),
          },
          details,
        };
      }
      case 'plugin':
        return {
          body: { reason: 'exception', description: 'Paused by a plugin', text: reason.description },
          details: { id: 'Plugin', description: reason.description },
        };
      case 'exception':
        return {
          body: { reason: 'exception', description: 'The guest cannot go on', text: reason.description },
          details: { id: 'Guest', description: reason.description },
        };
    }
  }

  private hits(ids: readonly number[]): { id: number; reason: string }[] {
    return ids.flatMap((id) => this.findBreakpoint(id) ?? []);
  }
}

function idsOf(hits: readonly { id: number }[]): number[] {
  return [...new Set(hits.map(({ id }) => id))];
}
