import type { CpuExec } from '../../emulator/cpu-exec';

/**
 * Judges the breakpoints where the vCPU stands once for each arrival there: conditions, hit counts and log points come to
 * the same whether execution ran into the place, was stepped or paused there, and going on does not judge it again.
 */
export class Arrivals {
  private last: { readonly pc: number; readonly instructions: number } | undefined;

  constructor(
    private readonly exec: CpuExec,
    private readonly pc: () => number,
    /** The ids of the breakpoints at the address that stop; log points there have logged. */
    private readonly judgeAt: (pc: number) => readonly number[],
  ) {}

  /** Whether the breakpoints at this place were judged since the vCPU arrived. */
  get judged(): boolean {
    return this.last?.instructions === this.exec.instructions && this.last.pc === this.pc();
  }

  /** The ids of the breakpoints that stop here; none when that was asked already, or in the middle of an instruction. */
  judge(): readonly number[] {
    if (this.judged || this.exec.isMidInstruction) return [];
    const pc = this.pc();
    this.last = { pc, instructions: this.exec.instructions };
    return this.judgeAt(pc);
  }

  /** The vCPU is back where it was judged before an interrupt came: nothing stops here again. */
  pass(): readonly number[] {
    this.last = { pc: this.pc(), instructions: this.exec.instructions };
    return [];
  }
}
