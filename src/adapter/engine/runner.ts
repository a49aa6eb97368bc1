import { CpuStop } from '../../emulator/cpu-exec';
import type { RunLimits, Scheduler } from '../../emulator/scheduler';
import type { CallbackKind } from '../protocol/custom';
import type { RunMode, StopReason } from './api';
import type { Arrivals } from './arrivals';
import { strategyFor, type SteppingHost, type Strategy } from './stepping';

/** Instructions between two looks at the clock: as many as take a few milliseconds, within these bounds. */
const SLICE = { first: 100, min: 10, max: 2_000_000 } as const;
/** Milliseconds that a slice should take. */
const SLICE_MS = { min: 1, max: 4 } as const;
/** Milliseconds of running before the host's event loop gets its turn. */
const TURN_MS = 8;

/** A stop that a callback or a plugin asked for while the guest ran. */
export type PendingStop =
  | {
      readonly kind: 'callback';
      readonly ids: readonly number[];
      readonly callback: CallbackKind;
      readonly description: string;
    }
  | { readonly kind: 'plugin'; readonly description: string };

/** What the runner needs of its surroundings. */
export interface RunnerHost {
  readonly scheduler: Scheduler;
  /** By vCPU. */
  readonly arrivals: readonly Arrivals[];
  /** The vCPU that a step is for. */
  readonly focus: number;
  /** What stepping looks at, of that vCPU. */
  readonly stepping: SteppingHost;
  /** Instructions that all vCPUs have executed. */
  instructions(): number;
  /** Puts the places that the vCPU stops before: the user's breakpoints and these. */
  setBreakpoints(vcpu: number, addresses: readonly number[]): void;
  /** The stop asked for by a callback since the last look, taken. */
  takePendingStop(): PendingStop | undefined;
  /** Whether somebody asked for a stop through shared memory or the guest has ended. */
  shouldYield(): boolean;
  now(): number;
  /** Called after every slice: devices' timers, output, statistics, heartbeat. */
  afterSlice(): void;
  /** The guest waits for an interrupt: guest time moves on to the next event. False when there is none. */
  advanceHaltedTime(): boolean;
  describeNowhere(vcpu: number): string;
  describeExceptionLoop(vcpu: number): string;
}

/** Result of one turn: still running, or stopped for a reason. */
export type TurnResult =
  | { readonly kind: 'running' }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'stopped'; readonly reason: StopReason };

const RUNNING: TurnResult = { kind: 'running' };

/** Runs the guest in turns of a few milliseconds, in the way that a {@link RunMode} asks for. */
export class Runner {
  private readonly strategy: Strategy;
  private sliceLength: number = SLICE.first;
  /** Instructions left of the slice. */
  private left = 0;
  private readonly limits: RunLimits;

  constructor(
    private readonly host: RunnerHost,
    mode: RunMode,
  ) {
    this.strategy = strategyFor(mode, host.stepping);
    // Only the vCPU that steps is run step by step; the others have their turns as ever.
    this.limits = {
      budget: (vcpu) => (vcpu === host.focus ? this.strategy.budget(this.left) : this.left),
      // What goes on until something stops it need not be cut off in the middle of a block.
      endsWithBlock: (vcpu) => vcpu !== host.focus || this.strategy.budget(2) > 1,
      passBreak: (vcpu) => host.arrivals[vcpu].judged,
    };
  }

  /** Runs until the mode is done, something stops the guest, or the turn is over. */
  turn(): TurnResult {
    const { host } = this;
    const end = host.now() + TURN_MS;
    for (let start = host.now(); ;) {
      const result = this.slice();
      host.afterSlice();
      if (result.kind !== 'running' || host.shouldYield()) return result;
      const now = host.now();
      this.adapt(now - start);
      if (now >= end) return RUNNING;
      start = now;
    }
  }

  /** Makes slices shorter or longer after one that took `ms`. */
  private adapt(ms: number): void {
    if (ms > SLICE_MS.max) this.sliceLength = Math.max(SLICE.min, Math.floor((this.sliceLength * SLICE_MS.max) / ms));
    else if (ms < SLICE_MS.min) this.sliceLength = Math.min(SLICE.max, this.sliceLength * 2);
  }

  private slice(): TurnResult {
    const { host, strategy } = this;
    host.arrivals.forEach((_, vcpu) => this.setBreakpoints(vcpu));
    for (this.left = this.sliceLength; this.left > 0;) {
      const before = host.instructions();
      const stop = host.scheduler.run(this.limits);
      this.left -= Math.max(1, host.instructions() - before);
      const result = this.after(stop);
      if (result) return result;
      if (host.shouldYield()) break;
      if (strategy.addressesChanged()) this.setBreakpoints(host.focus);
    }
    return RUNNING;
  }

  private setBreakpoints(vcpu: number): void {
    this.host.setBreakpoints(vcpu, vcpu === this.host.focus ? this.strategy.addresses() : []);
  }

  private after(stop: CpuStop): TurnResult | undefined {
    const { host } = this;
    const pending = host.takePendingStop();
    if (pending) return stopped(pending);
    const vcpu = host.scheduler.current;
    const strategy = vcpu === host.focus ? this.strategy : undefined;
    switch (stop) {
      case CpuStop.Budget:
      case CpuStop.Callback:
        if (strategy?.isBackWhereJudged()) host.arrivals[vcpu].pass();
        return strategy?.reached() ? stopped({ kind: 'step' }) : undefined;
      case CpuStop.Breakpoint: {
        const arrivals = host.arrivals[vcpu];
        const ids = strategy?.isBackWhereJudged() ? arrivals.pass() : arrivals.judge();
        if (ids.length) return stopped({ kind: 'breakpoint', ids });
        return strategy?.reached() ? stopped({ kind: 'step' }) : undefined;
      }
      case CpuStop.Halted:
        return host.advanceHaltedTime() ? undefined : { kind: 'waiting' };
      case CpuStop.Blocked:
        return { kind: 'waiting' };
      case CpuStop.Nowhere:
        return stopped({ kind: 'exception', description: host.describeNowhere(vcpu) });
      case CpuStop.ExceptionLoop:
        return stopped({ kind: 'exception', description: host.describeExceptionLoop(vcpu) });
      case CpuStop.Requested:
        return undefined;
    }
  }
}

function stopped(reason: StopReason): TurnResult {
  return { kind: 'stopped', reason };
}
