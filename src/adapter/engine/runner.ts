import { CpuStop, type CpuExec } from '../../emulator/cpu-exec';
import type { CallbackKind } from '../protocol/custom';
import type { RunMode, StopReason } from './api';
import type { Arrivals } from './arrivals';
import { strategyFor, type SteppingHost, type Strategy } from './stepping';

/** Instructions between two looks at the clock: as many as take a few milliseconds, within these bounds. */
const SLICE = { first: 100, min: 10, max: 100_000 } as const;
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
export interface RunnerHost extends SteppingHost {
  readonly exec: CpuExec;
  readonly arrivals: Arrivals;
  /** Addresses that the user's breakpoints lie at. */
  breakpointAddresses(): Iterable<number>;
  /** The stop asked for by a callback since the last look, taken. */
  takePendingStop(): PendingStop | undefined;
  /** Whether somebody asked for a stop through shared memory or the guest has ended. */
  shouldYield(): boolean;
  now(): number;
  /** Called after every slice: devices' timers, output, statistics, heartbeat. */
  afterSlice(): void;
  /** The guest waits for an interrupt: guest time moves on to the next event. False when there is none. */
  advanceHaltedTime(): boolean;
  describeNowhere(): string;
  describeExceptionLoop(): string;
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

  constructor(
    private readonly host: RunnerHost,
    mode: RunMode,
  ) {
    this.strategy = strategyFor(mode, host);
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
    const { exec, arrivals } = host;
    this.setBreakpoints();
    for (let left = this.sliceLength; left > 0;) {
      const before = exec.instructions;
      const stop = exec.run(strategy.budget(left), arrivals.judged);
      left -= Math.max(1, exec.instructions - before);
      const result = this.after(stop);
      if (result) return result;
      if (host.shouldYield()) break;
      if (strategy.addressesChanged()) this.setBreakpoints();
    }
    return RUNNING;
  }

  private setBreakpoints(): void {
    this.host.exec.breakpoints.set([...this.host.breakpointAddresses(), ...this.strategy.addresses()]);
  }

  private after(stop: CpuStop): TurnResult | undefined {
    const { host } = this;
    const pending = host.takePendingStop();
    if (pending) return stopped(pending);
    switch (stop) {
      case CpuStop.Budget:
      case CpuStop.Callback:
        if (this.strategy.isBackWhereJudged()) host.arrivals.pass();
        return this.strategy.reached() ? stopped({ kind: 'step' }) : undefined;
      case CpuStop.Breakpoint: {
        const ids = this.strategy.isBackWhereJudged() ? host.arrivals.pass() : host.arrivals.judge();
        if (ids.length) return stopped({ kind: 'breakpoint', ids });
        return this.strategy.reached() ? stopped({ kind: 'step' }) : undefined;
      }
      case CpuStop.Halted:
        return host.advanceHaltedTime() ? undefined : { kind: 'waiting' };
      case CpuStop.Blocked:
        return { kind: 'waiting' };
      case CpuStop.Nowhere:
        return stopped({ kind: 'exception', description: host.describeNowhere() });
      case CpuStop.ExceptionLoop:
        return stopped({ kind: 'exception', description: host.describeExceptionLoop() });
      case CpuStop.Requested:
        return undefined;
    }
  }
}

function stopped(reason: StopReason): TurnResult {
  return { kind: 'stopped', reason };
}
