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
  /** The processor mode: what the stack pointer is banked by. */
  readonly mode: () => number;
  /** Interrupts taken so far. */
  readonly interrupts: () => number;
  /** Whether the breakpoints where it stands were judged already. */
  readonly judged: () => boolean;
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
  /** Stands where breakpoints were judged before an interrupt came: that is no arrival there. */
  isBackWhereJudged(): boolean;
}

/** The strategy of a mode, which starts where the vCPU stands. */
export function strategyFor(mode: RunMode, host: SteppingHost): Strategy {
  switch (mode.kind) {
    case 'continue':
      return new Continue();
    case 'stepInstruction':
      return new BesideInterrupts(new StepInstruction(), host);
    case 'runTo':
      return new RunTo(mode.address, mode.minimumSp, host, mode.minimumSp !== undefined);
    case 'step':
      return new BesideInterrupts(new Step(mode, host), host);
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
  isBackWhereJudged(): boolean {
    return false;
  }
}

/** Where code was interrupted. A handler, or another task, may pass the same address on another stack. */
interface Place {
  readonly pc: number;
  readonly sp: number;
  readonly mode: number;
  readonly judged: boolean;
  /** Interrupts taken until then. */
  readonly interrupts: number;
}

function placeOf(host: SteppingHost): Place {
  return {
    pc: host.pc(),
    sp: host.stackPointer(),
    mode: host.mode(),
    judged: host.judged(),
    interrupts: host.interrupts(),
  };
}

/**
 * Steps that interrupt handlers do not count for: when one comes before the instruction to be stepped, it runs until it
 * has returned there, and the step goes on. What stops in the handler are breakpoints.
 */
class BesideInterrupts implements Strategy {
  private handledAt: Place | undefined;
  /** Where the last run of {@link step} began. */
  private before: Place;
  private changed = false;

  constructor(
    private readonly step: Strategy,
    private readonly host: SteppingHost,
  ) {
    this.before = placeOf(host);
  }

  budget(limit: number): number {
    if (this.handledAt) return limit;
    this.before = placeOf(this.host);
    return this.step.budget(limit);
  }

  addresses(): readonly number[] {
    return this.handledAt ? [this.handledAt.pc] : this.step.addresses();
  }

  addressesChanged(): boolean {
    const changed = this.step.addressesChanged() || this.changed;
    this.changed = false;
    return changed;
  }

  isBackWhereJudged(): boolean {
    return this.isBack() && this.handledAt?.judged === true;
  }

  private isBack(): boolean {
    const { handledAt, host } = this;
    if (!handledAt) return false;
    return host.pc() === handledAt.pc && host.stackPointer() === handledAt.sp && host.mode() === handledAt.mode;
  }

  reached(): boolean {
    if (this.handledAt) {
      if (this.isBack()) this.handle(undefined);
      return false;
    }
    // Where the step runs through a call it waits for an address, which a handler does not change.
    const single = this.step.budget(2) === 1;
    if (single && this.host.interrupts() !== this.before.interrupts) return this.handle(this.before);
    return this.step.reached();
  }

  private handle(place: Place | undefined): false {
    this.handledAt = place;
    this.changed = true;
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
  private readonly start: { readonly mode: number; readonly taken: number };

  /** @param own an interrupt handler that passes the address is not meant, whatever its stack */
  constructor(
    private readonly address: number,
    private readonly minimumSp: number | undefined,
    private readonly host: SteppingHost,
    private readonly own = true,
  ) {
    super();
    this.start = { mode: host.mode(), taken: host.interrupts() };
  }
  override addresses(): readonly number[] {
    return [this.address];
  }
  override reached(): boolean {
    const { host, start } = this;
    if (host.pc() !== this.address) return false;
    if (this.own && host.interrupts() !== start.taken && host.mode() !== start.mode) return false;
    return this.minimumSp === undefined || host.stackPointer() >= this.minimumSp;
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
