import type { GuestCpu } from './guest-cpu';
import type { CpuLoopExit } from './helpers';
import type { TranslationBlock } from './tb';

/** Why Interpreter.execute returned. */
export enum InterpreterExit {
  /** goto_tb or goto_ptr to a block that is not known yet: {@link InterpreterState.link} names the chain to make. */
  Lookup,
  /** exit_tb: the main loop looks at the state afresh. */
  MainLoop,
  /** The instruction budget is used up; the machine stands before an instruction. */
  Budget,
  /** The machine stands before an instruction with a breakpoint. */
  Breakpoint,
  /** A plugin callback asked for a stop; the machine stands at the callback's place, and resumes there. */
  Callback,
  /** A helper or an access threw {@link InterpreterState.exit}. */
  Exit,
  /** The next block is hot: it has been, or should be, compiled. */
  Hot,
}

/** Where an interpreter stands, and what is left of its budget. */
export class InterpreterState {
  /**
   * Instructions that may still run; an exit leaves the rest here. Current also during helpers and slow accesses, and
   * what a slow access makes of it counts from then on.
   */
  left = 0;
  /** Where execution stands after an exit: block, next operation, and the insn_start it belongs to. */
  block: TranslationBlock | null = null;
  position = 0;
  insnPosition = 0;
  /** The chain that a Lookup exit wants: 0 or 1 for `block.next0/1`, -1 for none. */
  link = -1;
  exit: CpuLoopExit | null = null;

  /** Set when a memory callback asked for a stop: the budget was taken away and {@link withheld} keeps it. */
  stopAfterInstruction = false;
  /** The part of the budget that is kept back: for such a stop, or until the next event of guest time. */
  withheld = 0;
  /** Set by the owner, also from inside a callback: the budget ends after the instruction of the next callback. */
  interrupted = false;

  constructor(protected readonly cpu: GuestCpu) {}

  /** A device asks for a stop: the budget is cut to the instructions of the block that follow operation `position`. */
  protected cutToBlock({ insnStarts }: TranslationBlock, position: number, left: number): number {
    const rest = insnStarts.filter((start) => start > position).length;
    if (rest >= left) return left;
    this.withheld += left - rest;
    return rest;
  }

  /** Stands behind a callback at `position` that asked for a stop while compiled code ran. */
  stopBehindCallback(tb: TranslationBlock, position: number): InterpreterExit {
    this.insnPosition = insnStartOf(tb, position - 1);
    return this.stopAt(tb, position, this.left, InterpreterExit.Callback);
  }

  /** A callback before `position` has thrown {@link exit} while compiled code ran. */
  leftByException(tb: TranslationBlock, position: number): InterpreterExit {
    if (this.exit?.restoresState) {
      const insn = insnStartOf(tb, position - 1);
      this.cpu.env[this.cpu.pcSlot] = tb.code[insn + 1];
      this.cpu.env[this.cpu.auxSlot] = tb.code[insn + 2];
    }
    return this.leave(tb, this.left, InterpreterExit.Exit);
  }

  /** A device asked for a stop while compiled code ran: the instructions of the block from `position` on run first. */
  endWithBlock(tb: TranslationBlock, position: number): void {
    this.left = this.cutToBlock(tb, position - 1, this.left);
  }

  /** Ends the budget here: what is left of it is kept back. */
  withholdAll(): void {
    this.withheld += this.left;
    this.left = 0;
  }

  protected stopAt(tb: TranslationBlock, position: number, left: number, reason: InterpreterExit): InterpreterExit {
    if (reason !== InterpreterExit.Callback) this.insnPosition = position;
    const { env, pcSlot, auxSlot } = this.cpu;
    env[pcSlot] = tb.code[this.insnPosition + 1];
    env[auxSlot] = tb.code[this.insnPosition + 2];
    this.block = tb;
    this.position = position;
    this.left = left;
    return reason;
  }

  protected leave(tb: TranslationBlock, left: number, reason: InterpreterExit): InterpreterExit {
    this.block = tb;
    this.position = -1;
    this.left = left;
    return reason;
  }
}

/** Where the instruction starts that operation `position` belongs to. */
export function insnStartOf({ insnStarts }: TranslationBlock, position: number): number {
  let start = 0;
  for (const other of insnStarts) {
    if (other > position) break;
    start = other;
  }
  return start;
}
