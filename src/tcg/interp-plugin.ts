import { tick } from './access-clock';
import { Bytecode } from './bytecode';
import type { GuestCpu } from './guest-cpu';
import type { PluginRuntime } from './instrument';
import type { InterpreterState } from './interp-state';
import { CONTROL_BASE, Control } from './layout';
import { LINE_ENTRY_SHIFT } from './line-table';
import { Cond } from './opcodes';

/** Index of the word by which other threads ask for a stop. */
const STOP_WORD = CONTROL_BASE / 4 + Control.StopRequest;
/** Index of the words that an access's value is in for its callback. */
const VALUE_WORD = CONTROL_BASE / 4 + Control.MemValue;

/** The interpreter's operations that call plugins. */
export class PluginOperations {
  /** @param words the shared memory */
  constructor(
    private readonly state: InterpreterState,
    private readonly cpu: GuestCpu,
    private readonly words: Int32Array,
    private readonly runtime: PluginRuntime,
  ) {}

  /**
   * Executes the operation at `i` (a plugin_exec_filtered_cb: where its filter lets it through) of lowered code `c`, of the instruction whose insn_start is at `insn`. The state's budget
   * is exact meanwhile, and what becomes of it counts.
   * @returns the next operation's position; negative where the callback asks to stop right there
   */
  execute(c: Int32Array, i: number, insn: number): number {
    const { words } = this;
    switch (c[i] as Bytecode) {
      case Bytecode.plugin_exec_cond_cb: {
        const at = (c[i + 2] + this.cpu.index * c[i + 3]) >>> 2;
        return i + (holds(c[i + 1], words[at], words[at + 1], c[i + 4], c[i + 5]) ? 6 : 9);
      }
      case Bytecode.plugin_exec_cb:
        if (this.before(c[i + 1], c[i + 2], c, insn)) return -(i + 3);
        // Callbacks may take long: a stop does not wait for the budget's end.
        this.endWhereInterrupted();
        return i + 3;
      case Bytecode.plugin_after_cb:
        if (this.runtime.execCallback(this.cpu.index, c[i + 1])) this.stopBehind();
        else this.endWhereInterrupted();
        return i + 3;
      case Bytecode.plugin_mem_cb: {
        const { env } = this.cpu;
        words[VALUE_WORD] = env[c[i + 2]];
        words[VALUE_WORD + 1] = env[c[i + 3]];
        if (this.access(c[i + 6], c[i + 7], env[c[i + 1]], c[i + 4], c[i + 5], c, insn)) this.stopBehind();
        else this.endWhereInterrupted();
        return i + 8;
      }
      case Bytecode.plugin_exec_filtered_cb:
        return this.before(c[i + 3], c[i + 4], c, insn) ? -(i + 5) : i + 5;
      default:
        this.filteredAccess(c, i, insn);
        return i + 10;
    }
  }

  /** The plugin_mem_filtered_cb at `i`. */
  private filteredAccess(c: Int32Array, i: number, insn: number): void {
    const { words } = this;
    const address = this.cpu.env[c[i + 1]];
    const lineBits = c[i + 7];
    const clock = c[i + 9];
    const entry = (c[i + 6] >>> 2) + (((address >>> lineBits) & c[i + 8]) << LINE_ENTRY_SHIFT);
    if (words[entry + (c[i + 3] >> 1)] === (address >>> lineBits) << lineBits) {
      if (clock !== 0) tick(words, clock >>> 2, words[entry + 3] >>> 2);
    } else if (this.access(c[i + 4], c[i + 5], address, c[i + 2], c[i + 3], c, insn)) {
      this.stopBehind();
    }
  }

  /** A callback before an instruction; says whether it asks for a stop. */
  private before(index: number, flags: number, c: Int32Array, insn: number): boolean {
    if (flags !== 0) this.showPlace(c, insn);
    return this.runtime.execCallback(this.cpu.index, index);
  }

  /** A callback behind an access; pc and aux are those of the next instruction already, and stay so. */
  private access(
    index: number,
    flags: number,
    address: number,
    memop: number,
    rw: number,
    c: Int32Array,
    insn: number,
  ): boolean {
    const { env, pcSlot, auxSlot, index: vcpu } = this.cpu;
    const pc = env[pcSlot];
    const aux = env[auxSlot];
    if (flags !== 0) this.showPlace(c, insn);
    const stops = this.runtime.memCallback(vcpu, index, address, memop, rw);
    env[pcSlot] = pc;
    env[auxSlot] = aux;
    return stops;
  }

  /** The callback sees the instruction's own pc and aux. */
  private showPlace(c: Int32Array, insn: number): void {
    const { env, pcSlot, auxSlot } = this.cpu;
    env[pcSlot] = c[insn + 1];
    env[auxSlot] = c[insn + 2];
  }

  private stopBehind(): void {
    this.state.stopAfterInstruction = true;
    this.state.withholdAll();
  }

  private endWhereInterrupted(): void {
    const { state } = this;
    if (!state.interrupted && this.words[STOP_WORD] === 0) return;
    state.interrupted = true;
    state.withholdAll();
  }
}

/** Whether `a cond b` holds for two unsigned 64-bit numbers given as words. */
function holds(cond: Cond, aLow: number, aHigh: number, bLow: number, bHigh: number): boolean {
  const [a, b] = aHigh === bHigh ? [aLow >>> 0, bLow >>> 0] : [aHigh >>> 0, bHigh >>> 0];
  switch (cond) {
    case Cond.eq:
      return a === b;
    case Cond.ne:
      return a !== b;
    case Cond.ltu:
      return a < b;
    case Cond.leu:
      return a <= b;
    case Cond.gtu:
      return a > b;
    case Cond.geu:
      return a >= b;
    default:
      throw new Error(`interpreter: a callback's condition compares unsigned, not ${Cond[cond]}`);
  }
}
