import { Bytecode } from './bytecode';
import { loadDoubleword, storeDoubleword } from './doubleword';
import type { GuestCpu } from './guest-cpu';
import { CpuLoopExit } from './helpers';
import type { HostMemory } from './host-memory';
import type { PluginRuntime } from './instrument';
import { PluginOperations } from './interp-plugin';
import { InterpreterExit, InterpreterState, insnStartOf } from './interp-state';
import { executeOnWords } from './interp-words';
import { PAGE_MASK, PAGE_SIZE } from './layout';
import type { SoftMmu } from './softmmu';
import type { TranslationBlock } from './tb';

/** Compare masks: page number plus the address bits that must be clear for an aligned access. */
const TAG16 = PAGE_MASK | 1;
const TAG32 = PAGE_MASK | 3;
/** Where in a page its last word lies: a doubleword there crosses into the next. */
const LAST_WORD = PAGE_SIZE - 4;

/** Where the interpreter goes on after an indirect jump. */
export interface BlockFinder {
  /** A valid block for the state at the pc, if one is known. */
  findBlock(): TranslationBlock | null;
}

/**
 * Tier 0: executes lowered IR of one vCPU. It can stop before any instruction and resume in the middle of one, so
 * breakpoints, single steps and callbacks leave blocks and their plugin callbacks as they are.
 */
export class Interpreter extends InterpreterState {
  private readonly plugins: PluginOperations;

  constructor(
    cpu: GuestCpu,
    private readonly memory: HostMemory,
    private readonly mmu: SoftMmu,
    runtime: PluginRuntime,
    private readonly blocks: BlockFinder,
  ) {
    super(cpu);
    this.plugins = new PluginOperations(this, cpu, memory.i32, runtime);
  }

  /**
   * Runs `start` from operation `position` on and what it chains to, for at most {@link left} instructions.
   * `passBreak` runs the first instruction even if a breakpoint is on it. Values in `env` are exact at every exit, and
   * pc and aux are those of the instruction that runs next (or, on Callback, of the current one).
   */
  execute(start: TranslationBlock, position: number, passBreak: boolean): InterpreterExit {
    const { cpu } = this;
    const m = cpu.env;
    const { helpers, index: vcpu, pcSlot, auxSlot } = cpu;
    const ram8 = this.memory.u8;
    const ram16 = this.memory.u16;
    const ram32 = this.memory.i32;
    let tb = start;
    let c = tb.code;
    let i = position;
    let insn = position === 0 ? 0 : insnStartOf(start, position);
    let left = this.left;
    if (passBreak && c[i] === Bytecode.insn_break && left > 0) {
      left--;
      insn = i;
      i += 3;
    }
    try {
      for (;;) {
        switch (c[i] as Bytecode) {
          case Bytecode.insn_start:
            if (left <= 0) return this.stopAt(tb, i, left, InterpreterExit.Budget);
            left--;
            insn = i;
            i += 3;
            break;
          case Bytecode.insn_break:
            return this.stopAt(tb, i, left, left <= 0 ? InterpreterExit.Budget : InterpreterExit.Breakpoint);
          case Bytecode.br:
            i = c[i + 1];
            break;
          case Bytecode.brcond_eq:
            i = m[c[i + 1]] === m[c[i + 2]] ? c[i + 3] : i + 4;
            break;
          case Bytecode.brcond_ne:
            i = m[c[i + 1]] !== m[c[i + 2]] ? c[i + 3] : i + 4;
            break;
          case Bytecode.brcond_lt:
            i = m[c[i + 1]] < m[c[i + 2]] ? c[i + 3] : i + 4;
            break;
          case Bytecode.brcond_ge:
            i = m[c[i + 1]] >= m[c[i + 2]] ? c[i + 3] : i + 4;
            break;
          case Bytecode.brcond_le:
            i = m[c[i + 1]] <= m[c[i + 2]] ? c[i + 3] : i + 4;
            break;
          case Bytecode.brcond_gt:
            i = m[c[i + 1]] > m[c[i + 2]] ? c[i + 3] : i + 4;
            break;
          case Bytecode.brcond_ltu:
            i = m[c[i + 1]] >>> 0 < m[c[i + 2]] >>> 0 ? c[i + 3] : i + 4;
            break;
          case Bytecode.brcond_geu:
            i = m[c[i + 1]] >>> 0 >= m[c[i + 2]] >>> 0 ? c[i + 3] : i + 4;
            break;
          case Bytecode.brcond_leu:
            i = m[c[i + 1]] >>> 0 <= m[c[i + 2]] >>> 0 ? c[i + 3] : i + 4;
            break;
          case Bytecode.brcond_gtu:
            i = m[c[i + 1]] >>> 0 > m[c[i + 2]] >>> 0 ? c[i + 3] : i + 4;
            break;
          case Bytecode.add:
            m[c[i + 1]] = m[c[i + 2]] + m[c[i + 3]];
            i += 4;
            break;
          case Bytecode.sub:
            m[c[i + 1]] = m[c[i + 2]] - m[c[i + 3]];
            i += 4;
            break;
          case Bytecode.and:
            m[c[i + 1]] = m[c[i + 2]] & m[c[i + 3]];
            i += 4;
            break;
          case Bytecode.or:
            m[c[i + 1]] = m[c[i + 2]] | m[c[i + 3]];
            i += 4;
            break;
          case Bytecode.xor:
            m[c[i + 1]] = m[c[i + 2]] ^ m[c[i + 3]];
            i += 4;
            break;
          case Bytecode.mov:
            m[c[i + 1]] = m[c[i + 2]];
            i += 3;
            break;
          case Bytecode.movi:
            m[c[i + 1]] = c[i + 2];
            i += 3;
            break;
          case Bytecode.neg:
            m[c[i + 1]] = -m[c[i + 2]];
            i += 3;
            break;
          case Bytecode.mul:
            m[c[i + 1]] = Math.imul(m[c[i + 2]], m[c[i + 3]]);
            i += 4;
            break;
          case Bytecode.andc:
            m[c[i + 1]] = m[c[i + 2]] & ~m[c[i + 3]];
            i += 4;
            break;
          case Bytecode.not:
            m[c[i + 1]] = ~m[c[i + 2]];
            i += 3;
            break;
          case Bytecode.shl:
            m[c[i + 1]] = m[c[i + 2]] << m[c[i + 3]];
            i += 4;
            break;
          case Bytecode.shr:
            m[c[i + 1]] = m[c[i + 2]] >>> m[c[i + 3]];
            i += 4;
            break;
          case Bytecode.sar:
            m[c[i + 1]] = m[c[i + 2]] >> m[c[i + 3]];
            i += 4;
            break;
          case Bytecode.rotr:
            m[c[i + 1]] = (m[c[i + 2]] >>> m[c[i + 3]]) | (m[c[i + 2]] << -m[c[i + 3]]);
            i += 4;
            break;
          case Bytecode.add2: {
            const low = (m[c[i + 3]] >>> 0) + (m[c[i + 5]] >>> 0);
            const high = m[c[i + 4]] + m[c[i + 6]] + (low > 0xffffffff ? 1 : 0);
            m[c[i + 1]] = low;
            m[c[i + 2]] = high;
            i += 7;
            break;
          }
          case Bytecode.sub2: {
            const low = (m[c[i + 3]] >>> 0) - (m[c[i + 5]] >>> 0);
            const high = m[c[i + 4]] - m[c[i + 6]] - (low < 0 ? 1 : 0);
            m[c[i + 1]] = low;
            m[c[i + 2]] = high;
            i += 7;
            break;
          }
          case Bytecode.sub_flags: {
            const a = m[c[i + 6]];
            const b = m[c[i + 7]];
            const d = (a - b) | 0;
            m[c[i + 1]] = (d ^ a) & (a ^ b);
            m[c[i + 2]] = a >>> 0 >= b >>> 0 ? 1 : 0;
            m[c[i + 3]] = d;
            m[c[i + 4]] = d;
            m[c[i + 5]] = d;
            i += 8;
            break;
          }
          case Bytecode.ld8u: {
            const a = m[c[i + 2]];
            const e = c[i + 4] + ((a >>> 10) & 0x3fc);
            if (m[e] === (a & PAGE_MASK)) {
              m[c[i + 1]] = ram8[(a + m[e + 2]) >>> 0];
            } else {
              left = this.slowLoad(c, i, left);
            }
            i += 5;
            break;
          }
          case Bytecode.ld8s: {
            const a = m[c[i + 2]];
            const e = c[i + 4] + ((a >>> 10) & 0x3fc);
            if (m[e] === (a & PAGE_MASK)) {
              m[c[i + 1]] = (ram8[(a + m[e + 2]) >>> 0] << 24) >> 24;
            } else {
              left = this.slowLoad(c, i, left);
            }
            i += 5;
            break;
          }
          case Bytecode.ld16u: {
            const a = m[c[i + 2]];
            const e = c[i + 4] + ((a >>> 10) & 0x3fc);
            if (m[e] === (a & TAG16)) {
              m[c[i + 1]] = ram16[((a + m[e + 2]) >>> 0) >>> 1];
            } else {
              left = this.slowLoad(c, i, left);
            }
            i += 5;
            break;
          }
          case Bytecode.ld16s: {
            const a = m[c[i + 2]];
            const e = c[i + 4] + ((a >>> 10) & 0x3fc);
            if (m[e] === (a & TAG16)) {
              m[c[i + 1]] = (ram16[((a + m[e + 2]) >>> 0) >>> 1] << 16) >> 16;
            } else {
              left = this.slowLoad(c, i, left);
            }
            i += 5;
            break;
          }
          case Bytecode.ld32: {
            const a = m[c[i + 2]];
            const e = c[i + 4] + ((a >>> 10) & 0x3fc);
            if (m[e] === (a & TAG32)) {
              m[c[i + 1]] = ram32[((a + m[e + 2]) >>> 0) >>> 2];
            } else {
              left = this.slowLoad(c, i, left);
            }
            i += 5;
            break;
          }
          case Bytecode.st8: {
            const a = m[c[i + 2]];
            const e = c[i + 4] + ((a >>> 10) & 0x3fc);
            if (m[e + 1] === (a & PAGE_MASK)) {
              ram8[(a + m[e + 2]) >>> 0] = m[c[i + 1]];
            } else {
              left = this.slowStore(tb, i, left);
            }
            i += 5;
            break;
          }
          case Bytecode.st16: {
            const a = m[c[i + 2]];
            const e = c[i + 4] + ((a >>> 10) & 0x3fc);
            if (m[e + 1] === (a & TAG16)) {
              ram16[((a + m[e + 2]) >>> 0) >>> 1] = m[c[i + 1]];
            } else {
              left = this.slowStore(tb, i, left);
            }
            i += 5;
            break;
          }
          case Bytecode.st32: {
            const a = m[c[i + 2]];
            const e = c[i + 4] + ((a >>> 10) & 0x3fc);
            if (m[e + 1] === (a & TAG32)) {
              ram32[((a + m[e + 2]) >>> 0) >>> 2] = m[c[i + 1]];
            } else {
              left = this.slowStore(tb, i, left);
            }
            i += 5;
            break;
          }
          case Bytecode.ld_slow:
            left = this.slowLoad(c, i, left);
            i += 5;
            break;
          case Bytecode.st_slow:
            left = this.slowStore(tb, i, left);
            i += 5;
            break;
          case Bytecode.ld64: {
            const a = m[c[i + 3]];
            const e = c[i + 5] + ((a >>> 10) & 0x3fc);
            if (m[e] === (a & c[i + 6]) && (a & LAST_WORD) !== LAST_WORD) {
              const host = ((a + m[e + 2]) >>> 0) >>> 2;
              m[c[i + 1]] = ram32[host];
              m[c[i + 2]] = ram32[host + 1];
            } else {
              left = this.slowLoad64(c, i, left);
            }
            i += 7;
            break;
          }
          case Bytecode.ld64_slow:
            left = this.slowLoad64(c, i, left);
            i += 5;
            break;
          case Bytecode.st64: {
            const a = m[c[i + 3]];
            const e = c[i + 5] + ((a >>> 10) & 0x3fc);
            if (m[e + 1] === (a & c[i + 6]) && (a & LAST_WORD) !== LAST_WORD) {
              const host = ((a + m[e + 2]) >>> 0) >>> 2;
              ram32[host] = m[c[i + 1]];
              ram32[host + 1] = m[c[i + 2]];
            } else {
              left = this.slowStore64(tb, i, left);
            }
            i += 7;
            break;
          }
          case Bytecode.st64_slow:
            left = this.slowStore64(tb, i, left);
            i += 5;
            break;
          case Bytecode.call:
            this.left = left;
            m[c[i + 2]] = helpers[c[i + 1]](m[c[i + 3]], m[c[i + 4]], m[c[i + 5]], m[c[i + 6]]);
            i += 7;
            break;
          case Bytecode.goto_tb: {
            m[pcSlot] = c[i + 2];
            const next = c[i + 1] === 0 ? tb.next0 : tb.next1;
            if (next === null || !next.valid) {
              this.link = c[i + 1];
              return this.leave(tb, left, InterpreterExit.Lookup);
            }
            if (--next.heat < 0) return this.leave(next, left, InterpreterExit.Hot);
            tb = next;
            c = tb.code;
            i = 0;
            break;
          }
          case Bytecode.goto_ptr: {
            this.left = left;
            const next = this.blocks.findBlock();
            if (next === null) {
              this.link = -1;
              return this.leave(tb, left, InterpreterExit.Lookup);
            }
            if (--next.heat < 0) return this.leave(next, left, InterpreterExit.Hot);
            tb = next;
            c = tb.code;
            i = 0;
            break;
          }
          case Bytecode.exit_tb:
            return this.leave(tb, left, InterpreterExit.MainLoop);
          case Bytecode.plugin_inline_add_u64: {
            const at = (c[i + 1] + vcpu * c[i + 2]) >>> 2;
            const low = (ram32[at] >>> 0) + (c[i + 3] >>> 0);
            ram32[at] = low;
            ram32[at + 1] += c[i + 4] + (low > 0xffffffff ? 1 : 0);
            i += 5;
            break;
          }
          case Bytecode.plugin_inline_store_u64: {
            const at = (c[i + 1] + vcpu * c[i + 2]) >>> 2;
            ram32[at] = c[i + 3];
            ram32[at + 1] = c[i + 4];
            i += 5;
            break;
          }
          case Bytecode.plugin_exec_cond_cb:
          case Bytecode.plugin_exec_cb:
          case Bytecode.plugin_after_cb:
          case Bytecode.plugin_mem_cb:
          case Bytecode.plugin_mem_filtered_cb:
          case Bytecode.plugin_exec_filtered_cb: {
            if (c[i] === (Bytecode.plugin_exec_filtered_cb as number) && ram32[c[i + 1] >>> 2] === c[i + 2]) {
              i += 5;
              break;
            }
            this.left = left;
            const next = this.plugins.execute(c, i, insn);
            left = this.left;
            if (next < 0) {
              this.insnPosition = insn;
              return this.stopAt(tb, -next, left, InterpreterExit.Callback);
            }
            i = next;
            break;
          }
          default:
            i = executeOnWords(c[i], m, c, i);
        }
      }
    } catch (thrown) {
      if (!(thrown instanceof CpuLoopExit)) throw thrown;
      if (thrown.restoresState) {
        m[pcSlot] = c[insn + 1];
        m[auxSlot] = c[insn + 2];
      }
      this.exit = thrown;
      return this.leave(tb, this.left, InterpreterExit.Exit);
    }
  }

  /** The load at `i` of `code` by way of the MMU; takes and returns the budget. */
  private slowLoad(code: Int32Array, i: number, left: number): number {
    const { env } = this.cpu;
    this.left = left;
    env[code[i + 1]] = this.mmu.load(env[code[i + 2]], code[i + 3]);
    return this.left;
  }

  /** The store at `i` of the block likewise. */
  private slowStore(tb: TranslationBlock, i: number, left: number): number {
    const { env } = this.cpu;
    const { code } = tb;
    this.left = left;
    this.mmu.store(env[code[i + 2]], env[code[i + 1]], code[i + 3]);
    return this.interrupted ? this.cutToBlock(tb, i, this.left) : this.left;
  }

  /** The doubleword load at `i` likewise. */
  private slowLoad64(code: Int32Array, i: number, left: number): number {
    const { env } = this.cpu;
    this.left = left;
    loadDoubleword(this.mmu, env[code[i + 3]], code[i + 4], env, code[i + 1], code[i + 2]);
    return this.left;
  }

  /** The doubleword store at `i` likewise. */
  private slowStore64(tb: TranslationBlock, i: number, left: number): number {
    const { env } = this.cpu;
    const { code } = tb;
    this.left = left;
    storeDoubleword(this.mmu, env[code[i + 3]], code[i + 4], env[code[i + 1]], env[code[i + 2]]);
    return this.interrupted ? this.cutToBlock(tb, i, this.left) : this.left;
  }
}
