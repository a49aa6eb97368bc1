import type { RunMode } from './api';

/** What stepping needs to know of an instruction. */
export interface SteppedInstruction {
  readonly size: number;
  /** A branch with link, or a call of the supervisor. */
  readonly isCall: boolean;
  readonly isReturn: boolean;
}

/** What ways of running need of their surroundings. */
export interface SteppingHost {
  readonly pc: () => number;
  readonly stackPointer: () => number;
  /** Unsigned, without the bit that chooses the instruction set. */
  readonly linkRegister: () => number;
  /** Whether source is known for the code at the address, so that stepping in stops there. */
  hasSource(address: number): boolean;
  /** Whether a symbol begins at the address. */
  startsFunction(address: number): boolean;
  instructionAt(pc: number): SteppedInstruction;
}

/** One way of running: how far at a time, and when it has got where it wanted. */
export interface Strategy {
  /** Instructions to run before {@link reached} is asked, at most `limit`. */
  budget(limit: number): number;
  /** Temporary breakpoints. */
  addresses(): readonly number[];
  addressesChanged(): boolean;
  /** After the budget has run or a breakpoint was reached. */
  reached(): boolean;
}

/** The strategy of a mode, which starts where the vCPU stands. */
export function strategyFor(mode: RunMode, host: SteppingHost): Strategy {
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
    private readonly host: SteppingHost,
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
  /** The instruction to be stepped over. */
  private current: SteppedInstruction & { readonly next: number; readonly sp: number };

  constructor(
    private readonly mode: Extract<RunMode, { kind: 'step' }>,
    private readonly host: SteppingHost,
  ) {
    super();
    this.current = this.look();
  }

  private look(): Step['current'] {
    const { host } = this;
    const pc = host.pc();
    const instruction = host.instructionAt(pc);
    return { ...instruction, next: (pc + instruction.size) >>> 0, sp: host.stackPointer() };
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
    const { current, mode } = this;
    const pc = this.host.pc();
    if (this.inCall) {
      if (!this.inCall.reached()) return false;
      this.runTo(undefined);
    } else if (pc !== current.next) {
      if (current.isCall) {
        if (mode.calls === 'into' && this.stopsIn(pc)) return true;
        return this.runTo(new RunTo(current.next, current.sp, this.host));
      }
      // Back in the caller, which may be the same function: this frame is done.
      if (current.isReturn) return true;
    }
    if (mode.ranges.some(({ start, end }) => pc >= start && pc < end)) {
      this.current = this.look();
      return false;
    }
    const back = this.tailCallReturn(pc);
    if (back !== undefined) return this.runTo(new RunTo(back, this.host.stackPointer(), this.host));
    return true;
  }

  private runTo(inCall: RunTo | undefined): false {
    this.inCall = inCall;
    this.changed = true;
    return false;
  }

  private stopsIn(pc: number): boolean {
    return this.mode.granularity === 'instruction' || this.host.hasSource(pc);
  }

  /** After a jump to a function without source, where that returns to: to code with source. */
  private tailCallReturn(pc: number): number | undefined {
    const { host } = this;
    if (this.stopsIn(pc) || !host.startsFunction(pc)) return undefined;
    const back = host.linkRegister();
    return back !== pc && host.hasSource(back) ? back : undefined;
  }
}
