import { TB_MAX_INSNS } from '../tcg/translator';
import { CpuStop, type CpuExec } from './cpu-exec';

/**
 * Instructions that a vCPU executes before it is the next one's turn. Long beside what a change of vCPU costs, short
 * beside what a guest's locks and messages between CPUs wait for.
 */
export const SLICE = 4096;

/** What a run is allowed to do, by vCPU. */
export interface RunLimits {
  /** Instructions that the vCPU may execute in this run, at least 1. */
  budget(vcpu: number): number;
  /** Whether it may execute a few more where that ends a block. Never, where nobody says. */
  endsWithBlock?(vcpu: number): boolean;
  /** Whether a breakpoint on the vCPU's first instruction does not stop it. */
  passBreak(vcpu: number): boolean;
}

/** Told when another vCPU's turn begins. */
export type TurnListener = (from: number, to: number) => void;

/**
 * Gives the vCPUs turns, round robin: {@link SLICE} instructions each, less when the vCPU halts or yields. Turns are
 * counted in instructions and survive stops, so who executes what when is the same in every run, with a debugger and
 * without. Guest time is the sum of all vCPUs' instructions, as with QEMU's `-icount`. A single vCPU has one turn for ever.
 */
export class Scheduler {
  private turn = 0;
  private left: number;
  private readonly held: boolean[];

  constructor(
    private readonly execs: readonly CpuExec[],
    private readonly turnChanges: TurnListener,
  ) {
    this.held = execs.map(() => false);
    this.left = this.slice;
  }

  /** The vCPU whose turn it is: the one that ran last, and runs next unless its turn is over. */
  get current(): number {
    return this.turn;
  }

  private get slice(): number {
    return this.execs.length > 1 ? SLICE : Infinity;
  }

  reset(): void {
    this.turn = 0;
    this.left = this.slice;
    this.held.fill(false);
  }

  /** Holds a vCPU in reset or without a clock, or lets it run. */
  hold(vcpu: number, held: boolean): void {
    this.held[vcpu] = held;
    if (held && vcpu === this.turn) this.yield();
  }

  isHeld(vcpu: number): boolean {
    return this.held[vcpu];
  }

  /** The running vCPU gives up the rest of its turn, at the end of its block. */
  yield(): void {
    if (this.execs.length === 1 && !this.held[0]) return;
    this.left = 0;
    this.execs[this.turn].requestStop();
  }

  /**
   * Runs one vCPU, in the turn that it has or that is the next one's; {@link current} says which it was.
   * @returns why it stopped; Halted only when every vCPU waits. Requested: to be called again
   */
  run(limits: RunLimits): CpuStop {
    if (this.left <= 0 && !this.execs[this.turn].isMidInstruction) this.next();
    for (let tried = 0; tried < this.execs.length; tried++) {
      const exec = this.execs[this.turn];
      const before = exec.instructions;
      const stop = this.held[this.turn] ? CpuStop.Halted : this.runCurrent(limits);
      if (stop !== CpuStop.Halted) return stop;
      this.next();
      // It may have woken another before it halted: all wait only with nothing executed in between.
      if (exec.instructions !== before) return CpuStop.Requested;
    }
    return CpuStop.Halted;
  }

  /**
   * Runs the vCPU whose turn it is on to the end of its block, as far as its turn goes: where blocks are dropped, QEMU does so
   * between two of them. The others stay where they stand, since what they execute out of turn the guest may see.
   */
  finishBlock(): void {
    const exec = this.execs[this.turn];
    const before = exec.instructions;
    exec.finishBlock(this.left);
    this.left -= exec.instructions - before;
  }

  private runCurrent(limits: RunLimits): CpuStop {
    const { turn, left } = this;
    const exec = this.execs[turn];
    const before = exec.instructions;
    const budget = Math.min(limits.budget(turn), Math.max(0, left));
    // A turn ends where it ends.
    const endsWithBlock = budget + TB_MAX_INSNS <= left && limits.endsWithBlock?.(turn);
    const stop = exec.run(budget, limits.passBreak(turn), endsWithBlock);
    this.left -= exec.instructions - before;
    return stop;
  }

  private next(): void {
    this.left = this.slice;
    if (this.execs.length === 1) return;
    const from = this.turn;
    this.turn = (from + 1) % this.execs.length;
    this.turnChanges(from, this.turn);
  }
}
