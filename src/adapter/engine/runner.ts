import { CpuStop, type CpuExec } from '../../emulator/cpu-exec';
import type { CallbackKind } from '../protocol/custom';
import type { RunMode, StopReason } from './api';

/** Instructions between two looks at the clock. */
const SLICE = 50_000;
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
  readonly exec: CpuExec;
  readonly pc: () => number;
  readonly stackPointer: () => number;
  /** Judges the breakpoints at the pc: the ids that stop here, undefined when none does (log points have logged). */
  breakpointsAt(pc: number): readonly number[] | undefined;
  /** Addresses that the user's breakpoints lie at. */
  breakpointAddresses(): Iterable<number>;
  /** Whether source is known for the function at the address, so that stepping in stops there. */
  hasSource(address: number): boolean;
  /** If the instruction at `pc` is a call, the address that it returns to. */
  callReturn(pc: number): number | undefined;
  /** The stop asked for by a callback since the last look, taken. */
  takePendingStop(): PendingStop | undefined;
  /** Whether somebody asked for a stop through shared memory or the guest has ended. */
  shouldYield(): boolean;
  now(): number;
  /** Called after every slice: devices' timers, output, statistics, heartbeat. */
  afterSlice(): void;
  /** The guest waits for an interrupt: guest time moves on to the next event, if there is one. */
  advanceHaltedTime(): void;
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
  private strategy: Strategy;
  private passBreak = false;

  constructor(
    private readonly host: RunnerHost,
    mode: RunMode,
  ) {
    this.strategy = strategyFor(mode, host);
    this.passBreak = true;
  }

  /** Runs until the mode is done, something stops the guest, or the turn is over. */
  turn(): TurnResult {
    const { host } = this;
    const end = host.now() + TURN_MS;
    do {
      const result = this.slice();
      if (result.kind !== 'running') return result;
      if (host.shouldYield()) return RUNNING;
    } while (host.now() < end);
    return RUNNING;
  }

  private slice(): TurnResult {
    const { host } = this;
    const { exec } = host;
    exec.breakpoints.set([...host.breakpointAddresses(), ...this.strategy.addresses()]);
    for (let steps = 0; steps < SLICE;) {
      const budget = this.strategy.budget(SLICE - steps);
      const before = exec.instructions;
      const stop = exec.run(budget, this.passBreak);
      steps += Math.max(1, exec.instructions - before);
      this.passBreak = false;
      const result = this.after(stop);
      if (result) {
        host.afterSlice();
        return result;
      }
      if (host.shouldYield()) break;
      if (this.strategy.addressesChanged()) {
        exec.breakpoints.set([...host.breakpointAddresses(), ...this.strategy.addresses()]);
      }
    }
    host.afterSlice();
    return RUNNING;
  }

  private after(stop: CpuStop): TurnResult | undefined {
    const { host } = this;
    const pending = host.takePendingStop();
    if (pending) return stopped(pending);
    switch (stop) {
      case CpuStop.Budget:
      case CpuStop.Callback:
        return this.strategy.reached() ? stopped({ kind: 'step' }) : undefined;
      case CpuStop.Breakpoint: {
        const ids = host.breakpointsAt(host.pc());
        if (ids?.length) return stopped({ kind: 'breakpoint', ids });
        if (this.strategy.reached()) return stopped({ kind: 'step' });
        this.passBreak = true;
        return undefined;
      }
      case CpuStop.Halted:
        host.advanceHaltedTime();
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

/** One way of running: how far at a time, and when it has got where it wanted. */
interface Strategy {
  /** Instructions to run before {@link reached} is asked, at most `limit`. */
  budget(limit: number): number;
  /** Temporary breakpoints. */
  addresses(): readonly number[];
  addressesChanged(): boolean;
  /** After the budget has run or a breakpoint was reached. */
  reached(): boolean;
}

function strategyFor(mode: RunMode, host: RunnerHost): Strategy {
  switch (mode.kind) {
    case 'continue':
      return new Continue();
    case 'stepInstruction':
      return new StepInstruction();
    case 'runTo':
      return new RunTo(mode.address, mode.minimumSp, host);
    case 'step':
      return new Step(mode, host);
  }
}

class Continue implements Strategy {
  budget(limit: number): number {
    return limit;
  }
  addresses(): readonly number[] {
    return [];
  }
  addressesChanged(): boolean {
    return false;
  }
  reached(): boolean {
    return false;
  }
}

class StepInstruction extends Continue {
  override budget(): number {
    return 1;
  }
  override reached(): boolean {
    return true;
  }
}

class RunTo extends Continue {
  constructor(
    private readonly address: number,
    private readonly minimumSp: number | undefined,
    private readonly host: RunnerHost,
  ) {
    super();
  }
  override addresses(): readonly number[] {
    return [this.address];
  }
  override reached(): boolean {
    return (
      this.host.pc() === this.address && (this.minimumSp === undefined || this.host.stackPointer() >= this.minimumSp)
    );
  }
}

/** Single-steps through the ranges; calls are run to their return when they are not to be stopped in. */
class Step extends Continue {
  private inCall: RunTo | undefined;
  private changed = false;
  private returnsTo: number | undefined;
  private spBefore = 0;

  constructor(
    private readonly mode: Extract<RunMode, { kind: 'step' }>,
    private readonly host: RunnerHost,
  ) {
    super();
    this.look();
  }

  private look(): void {
    this.returnsTo = this.host.callReturn(this.host.pc());
    this.spBefore = this.host.stackPointer();
  }

  override budget(limit: number): number {
    return this.inCall ? limit : 1;
  }

  override addresses(): readonly number[] {
    return this.inCall?.addresses() ?? [];
  }

  override addressesChanged(): boolean {
    const { changed } = this;
    this.changed = false;
    return changed;
  }

  override reached(): boolean {
    if (this.inCall) {
      if (!this.inCall.reached()) return false;
      this.inCall = undefined;
      this.changed = true;
    } else if (this.returnsTo !== undefined && this.host.pc() !== this.returnsTo) {
      if (this.mode.calls === 'into' && this.stopsIn(this.host.pc())) return true;
      this.inCall = new RunTo(this.returnsTo, this.spBefore, this.host);
      this.changed = true;
      return false;
    }
    const pc = this.host.pc();
    if (!this.mode.ranges.some(({ start, end }) => pc >= start && pc < end)) return true;
    this.look();
    return false;
  }

  private stopsIn(pc: number): boolean {
    return this.mode.granularity === 'instruction' || this.host.hasSource(pc);
  }
}
