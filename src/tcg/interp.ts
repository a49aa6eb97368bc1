import { byteSwap32, mulHighUnsigned } from '../common/bits';
import { Bytecode } from './bytecode';
import { loadDoubleword, storeDoubleword } from './doubleword';
import type { GuestCpu } from './guest-cpu';
import { CpuLoopExit } from './helpers';
import type { PluginRuntime } from './instrument';
import { CONTROL_BASE, Control, PAGE_MASK, PAGE_SIZE } from './layout';
import { tick } from './access-clock';
import { LINE_ENTRY_SHIFT } from './line-table';
import { Cond } from './opcodes';
import type { SoftMmu } from './softmmu';
import type { TranslationBlock } from './tb';

/** Why {@link Interpreter.execute} returned. */
export enum InterpreterExit {
  /** goto_tb or goto_ptr to a block that is not known yet: {@link Interpreter.link} names the chain to make. */
  Lookup,
  /** exit_tb: the main loop looks at the state afresh. */
  MainLoop,
  /** The instruction budget is used up; the machine stands before an instruction. */
  Budget,
  /** The machine stands before an instruction with a breakpoint. */
  Breakpoint,
  /** A plugin callback asked for a stop; the machine stands at the callback's place, and resumes there. */
  Callback,
  /** A helper or an access threw {@link Interpreter.exit}. */
  Exit,
  /** The next block is hot: it has been, or should be, compiled. */
  Hot,
}

/** Index of the word by which other threads ask for a stop. */
const STOP_WORD = CONTROL_BASE / 4 + Control.StopRequest;
/** Index of the words that an access's value is in for its callback. */
const VALUE_WORD = CONTROL_BASE / 4 + Control.MemValue;

/** Compare masks: page number plus the address bits that must be clear for an aligned access. */
const TAG16 = PAGE_MASK | 1;
const TAG32 = PAGE_MASK | 3;
/** Where in a page its last word lies: a doubleword there crosses into the next. */
const LAST_WORD = PAGE_SIZE - 4;

/** The host memory that guest RAM lies in, in the widths that accesses need. */
export class HostMemory {
  readonly u8: Uint8Array;
  readonly u16: Uint16Array;
  readonly i32: Int32Array;

  constructor(readonly buffer: ArrayBufferLike) {
    this.u8 = new Uint8Array(buffer);
    this.u16 = new Uint16Array(buffer);
    this.i32 = new Int32Array(buffer);
  }
}

/** Where the interpreter goes on after an indirect jump. */
export interface BlockFinder {
  /** A valid block for the state at the pc, if one is known. */
  findBlock(): TranslationBlock | null;
}

/**
 * Tier 0: executes lowered IR of one vCPU. It can stop before any instruction and resume in the middle of one, so
 * breakpoints, single steps and callbacks leave blocks and their plugin callbacks as they are.
 */
export class Interpreter {
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

  constructor(
    private readonly cpu: GuestCpu,
    private readonly memory: HostMemory,
    private readonly mmu: SoftMmu,
    private readonly runtime: PluginRuntime,
    private readonly blocks: BlockFinder,
  ) {}

  /**
   * Runs `start` from operation `position` on and what it chains to, for at most {@link left} instructions.
   * `passBreak` runs the first instruction even if a breakpoint is on it. Values in `env` are exact at every exit, and
   * pc and aux are those of the instruction that runs next (or, on Callback, of the current one).
   */
  execute(start: TranslationBlock, position: number, passBreak: boolean): InterpreterExit {
    const { cpu, mmu, runtime } = this;
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
          case Bytecode.clz:
            m[c[i + 1]] = Math.clz32(m[c[i + 2]]);
            i += 3;
            break;
          case Bytecode.bswap16:
            m[c[i + 1]] = ((m[c[i + 2]] & 0xff) << 8) | ((m[c[i + 2]] >>> 8) & 0xff);
            i += 3;
            break;
          case Bytecode.bswap32:
            m[c[i + 1]] = byteSwap32(m[c[i + 2]]);
            i += 3;
            break;
          case Bytecode.ext8s:
            m[c[i + 1]] = (m[c[i + 2]] << 24) >> 24;
            i += 3;
            break;
          case Bytecode.ext8u:
            m[c[i + 1]] = m[c[i + 2]] & 0xff;
            i += 3;
            break;
          case Bytecode.ext16s:
            m[c[i + 1]] = (m[c[i + 2]] << 16) >> 16;
            i += 3;
            break;
          case Bytecode.ext16u:
            m[c[i + 1]] = m[c[i + 2]] & 0xffff;
            i += 3;
            break;
          case Bytecode.extract:
            m[c[i + 1]] = (m[c[i + 2]] << (32 - c[i + 3] - c[i + 4])) >>> (32 - c[i + 4]);
            i += 5;
            break;
          case Bytecode.sextract:
            m[c[i + 1]] = (m[c[i + 2]] << (32 - c[i + 3] - c[i + 4])) >> (32 - c[i + 4]);
            i += 5;
            break;
          case Bytecode.deposit: {
            const mask = ((1 << c[i + 5]) - 1) << c[i + 4];
            m[c[i + 1]] = (m[c[i + 2]] & ~mask) | ((m[c[i + 3]] << c[i + 4]) & mask);
            i += 6;
            break;
          }
          case Bytecode.setcond_eq:
            m[c[i + 1]] = m[c[i + 2]] === m[c[i + 3]] ? 1 : 0;
            i += 4;
            break;
          case Bytecode.setcond_ne:
            m[c[i + 1]] = m[c[i + 2]] !== m[c[i + 3]] ? 1 : 0;
            i += 4;
            break;
          case Bytecode.setcond_lt:
            m[c[i + 1]] = m[c[i + 2]] < m[c[i + 3]] ? 1 : 0;
            i += 4;
            break;
          case Bytecode.setcond_ge:
            m[c[i + 1]] = m[c[i + 2]] >= m[c[i + 3]] ? 1 : 0;
            i += 4;
            break;
          case Bytecode.setcond_le:
            m[c[i + 1]] = m[c[i + 2]] <= m[c[i + 3]] ? 1 : 0;
            i += 4;
            break;
          case Bytecode.setcond_gt:
            m[c[i + 1]] = m[c[i + 2]] > m[c[i + 3]] ? 1 : 0;
            i += 4;
            break;
          case Bytecode.setcond_ltu:
            m[c[i + 1]] = m[c[i + 2]] >>> 0 < m[c[i + 3]] >>> 0 ? 1 : 0;
            i += 4;
            break;
          case Bytecode.setcond_geu:
            m[c[i + 1]] = m[c[i + 2]] >>> 0 >= m[c[i + 3]] >>> 0 ? 1 : 0;
            i += 4;
            break;
          case Bytecode.setcond_leu:
            m[c[i + 1]] = m[c[i + 2]] >>> 0 <= m[c[i + 3]] >>> 0 ? 1 : 0;
            i += 4;
            break;
          case Bytecode.setcond_gtu:
            m[c[i + 1]] = m[c[i + 2]] >>> 0 > m[c[i + 3]] >>> 0 ? 1 : 0;
            i += 4;
            break;
          case Bytecode.movcond_eq:
            m[c[i + 1]] = m[c[i + 2]] === m[c[i + 3]] ? m[c[i + 4]] : m[c[i + 5]];
            i += 6;
            break;
          case Bytecode.movcond_ne:
            m[c[i + 1]] = m[c[i + 2]] !== m[c[i + 3]] ? m[c[i + 4]] : m[c[i + 5]];
            i += 6;
            break;
          case Bytecode.movcond_lt:
            m[c[i + 1]] = m[c[i + 2]] < m[c[i + 3]] ? m[c[i + 4]] : m[c[i + 5]];
            i += 6;
            break;
          case Bytecode.movcond_ge:
            m[c[i + 1]] = m[c[i + 2]] >= m[c[i + 3]] ? m[c[i + 4]] : m[c[i + 5]];
            i += 6;
            break;
          case Bytecode.movcond_le:
            m[c[i + 1]] = m[c[i + 2]] <= m[c[i + 3]] ? m[c[i + 4]] : m[c[i + 5]];
            i += 6;
            break;
          case Bytecode.movcond_gt:
            m[c[i + 1]] = m[c[i + 2]] > m[c[i + 3]] ? m[c[i + 4]] : m[c[i + 5]];
            i += 6;
            break;
          case Bytecode.movcond_ltu:
            m[c[i + 1]] = m[c[i + 2]] >>> 0 < m[c[i + 3]] >>> 0 ? m[c[i + 4]] : m[c[i + 5]];
            i += 6;
            break;
          case Bytecode.movcond_geu:
            m[c[i + 1]] = m[c[i + 2]] >>> 0 >= m[c[i + 3]] >>> 0 ? m[c[i + 4]] : m[c[i + 5]];
            i += 6;
            break;
          case Bytecode.movcond_leu:
            m[c[i + 1]] = m[c[i + 2]] >>> 0 <= m[c[i + 3]] >>> 0 ? m[c[i + 4]] : m[c[i + 5]];
            i += 6;
            break;
          case Bytecode.movcond_gtu:
            m[c[i + 1]] = m[c[i + 2]] >>> 0 > m[c[i + 3]] >>> 0 ? m[c[i + 4]] : m[c[i + 5]];
            i += 6;
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
          case Bytecode.mulu2: {
            const a = m[c[i + 3]];
            const b = m[c[i + 4]];
            m[c[i + 1]] = Math.imul(a, b);
            m[c[i + 2]] = mulHighUnsigned(a, b);
            i += 5;
            break;
          }
          case Bytecode.muls2: {
            const a = m[c[i + 3]];
            const b = m[c[i + 4]];
            m[c[i + 1]] = Math.imul(a, b);
            m[c[i + 2]] = mulHighUnsigned(a, b) - (a < 0 ? b : 0) - (b < 0 ? a : 0);
            i += 5;
            break;
          }
          case Bytecode.ld8u: {
            const a = m[c[i + 2]];
            const e = c[i + 4] + ((a >>> 10) & 0x3fc);
            if (m[e] === (a & PAGE_MASK)) {
              const host = (a + m[e + 2]) >>> 0;
              m[c[i + 1]] = ram8[host];
            } else {
              this.left = left;
              m[c[i + 1]] = mmu.load(a, c[i + 3]);
              left = this.left;
            }
            i += 5;
            break;
          }
          case Bytecode.ld8s: {
            const a = m[c[i + 2]];
            const e = c[i + 4] + ((a >>> 10) & 0x3fc);
            if (m[e] === (a & PAGE_MASK)) {
              const host = (a + m[e + 2]) >>> 0;
              m[c[i + 1]] = (ram8[host] << 24) >> 24;
            } else {
              this.left = left;
              m[c[i + 1]] = mmu.load(a, c[i + 3]);
              left = this.left;
            }
            i += 5;
            break;
          }
          case Bytecode.ld16u: {
            const a = m[c[i + 2]];
            const e = c[i + 4] + ((a >>> 10) & 0x3fc);
            if (m[e] === (a & TAG16)) {
              const host = (a + m[e + 2]) >>> 0;
              m[c[i + 1]] = ram16[host >>> 1];
            } else {
              this.left = left;
              m[c[i + 1]] = mmu.load(a, c[i + 3]);
              left = this.left;
            }
            i += 5;
            break;
          }
          case Bytecode.ld16s: {
            const a = m[c[i + 2]];
            const e = c[i + 4] + ((a >>> 10) & 0x3fc);
            if (m[e] === (a & TAG16)) {
              const host = (a + m[e + 2]) >>> 0;
              m[c[i + 1]] = (ram16[host >>> 1] << 16) >> 16;
            } else {
              this.left = left;
              m[c[i + 1]] = mmu.load(a, c[i + 3]);
              left = this.left;
            }
            i += 5;
            break;
          }
          case Bytecode.ld32: {
            const a = m[c[i + 2]];
            const e = c[i + 4] + ((a >>> 10) & 0x3fc);
            if (m[e] === (a & TAG32)) {
              const host = (a + m[e + 2]) >>> 0;
              m[c[i + 1]] = ram32[host >>> 2];
            } else {
              this.left = left;
              m[c[i + 1]] = mmu.load(a, c[i + 3]);
              left = this.left;
            }
            i += 5;
            break;
          }
          case Bytecode.st8: {
            const a = m[c[i + 2]];
            const e = c[i + 4] + ((a >>> 10) & 0x3fc);
            if (m[e + 1] === (a & PAGE_MASK)) {
              const host = (a + m[e + 2]) >>> 0;
              ram8[host] = m[c[i + 1]];
            } else {
              this.left = left;
              mmu.store(a, m[c[i + 1]], c[i + 3]);
              left = this.left;
              if (this.interrupted) left = this.cutToBlock(tb, i, left);
            }
            i += 5;
            break;
          }
          case Bytecode.st16: {
            const a = m[c[i + 2]];
            const e = c[i + 4] + ((a >>> 10) & 0x3fc);
            if (m[e + 1] === (a & TAG16)) {
              const host = (a + m[e + 2]) >>> 0;
              ram16[host >>> 1] = m[c[i + 1]];
            } else {
              this.left = left;
              mmu.store(a, m[c[i + 1]], c[i + 3]);
              left = this.left;
              if (this.interrupted) left = this.cutToBlock(tb, i, left);
            }
            i += 5;
            break;
          }
          case Bytecode.st32: {
            const a = m[c[i + 2]];
            const e = c[i + 4] + ((a >>> 10) & 0x3fc);
            if (m[e + 1] === (a & TAG32)) {
              const host = (a + m[e + 2]) >>> 0;
              ram32[host >>> 2] = m[c[i + 1]];
            } else {
              this.left = left;
              mmu.store(a, m[c[i + 1]], c[i + 3]);
              left = this.left;
              if (this.interrupted) left = this.cutToBlock(tb, i, left);
            }
            i += 5;
            break;
          }
          case Bytecode.ld_slow:
            this.left = left;
            m[c[i + 1]] = mmu.load(m[c[i + 2]], c[i + 3]);
            left = this.left;
            i += 5;
            break;
          case Bytecode.st_slow:
            this.left = left;
            mmu.store(m[c[i + 2]], m[c[i + 1]], c[i + 3]);
            left = this.left;
            if (this.interrupted) left = this.cutToBlock(tb, i, left);
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
              this.left = left;
              this.load64(c, i);
              left = this.left;
            }
            i += 7;
            break;
          }
          case Bytecode.ld64_slow:
            this.left = left;
            this.load64(c, i);
            left = this.left;
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
              this.left = left;
              this.store64(c, i);
              left = this.left;
              if (this.interrupted) left = this.cutToBlock(tb, i, left);
            }
            i += 7;
            break;
          }
          case Bytecode.st64_slow:
            this.left = left;
            this.store64(c, i);
            left = this.left;
            if (this.interrupted) left = this.cutToBlock(tb, i, left);
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
          case Bytecode.plugin_exec_cond_cb: {
            const at = (c[i + 2] + vcpu * c[i + 3]) >>> 2;
            i += holds(c[i + 1], ram32[at], ram32[at + 1], c[i + 4], c[i + 5]) ? 6 : 9;
            break;
          }
          case Bytecode.plugin_exec_cb:
            this.left = left;
            if (c[i + 2] !== 0) {
              m[pcSlot] = c[insn + 1];
              m[auxSlot] = c[insn + 2];
            }
            i += 3;
            if (runtime.execCallback(vcpu, c[i - 2])) {
              this.insnPosition = insn;
              return this.stopAt(tb, i, left, InterpreterExit.Callback);
            }
            // Callbacks may take long: a stop does not wait for the budget's end.
            if (this.interrupted || ram32[STOP_WORD] !== 0) {
              this.interrupted = true;
              this.withheld += left;
              left = 0;
            }
            break;
          case Bytecode.plugin_after_cb:
            this.left = left;
            if (runtime.execCallback(vcpu, c[i + 1])) {
              this.stopAfterInstruction = true;
              this.withheld += left;
              left = 0;
            } else if (this.interrupted || ram32[STOP_WORD] !== 0) {
              this.interrupted = true;
              this.withheld += left;
              left = 0;
            }
            i += 3;
            break;
          case Bytecode.plugin_mem_cb: {
            this.left = left;
            const pc = m[pcSlot];
            const aux = m[auxSlot];
            if (c[i + 7] !== 0) {
              m[pcSlot] = c[insn + 1];
              m[auxSlot] = c[insn + 2];
            }
            ram32[VALUE_WORD] = m[c[i + 2]];
            ram32[VALUE_WORD + 1] = m[c[i + 3]];
            if (runtime.memCallback(vcpu, c[i + 6], m[c[i + 1]], c[i + 4], c[i + 5])) {
              this.stopAfterInstruction = true;
              this.withheld += left;
              left = 0;
            } else if (this.interrupted || ram32[STOP_WORD] !== 0) {
              this.interrupted = true;
              this.withheld += left;
              left = 0;
            }
            m[pcSlot] = pc;
            m[auxSlot] = aux;
            i += 8;
            break;
          }
          case Bytecode.plugin_exec_filtered_cb:
            i += 5;
            if (ram32[c[i - 4] >>> 2] === c[i - 3]) break;
            this.left = left;
            if (c[i - 1] !== 0) {
              m[pcSlot] = c[insn + 1];
              m[auxSlot] = c[insn + 2];
            }
            if (runtime.execCallback(vcpu, c[i - 2])) {
              this.insnPosition = insn;
              return this.stopAt(tb, i, left, InterpreterExit.Callback);
            }
            break;
          case Bytecode.plugin_mem_filtered_cb: {
            i += 10;
            const a = m[c[i - 9]];
            const lineBits = c[i - 3];
            const entry = (c[i - 4] >>> 2) + (((a >>> lineBits) & c[i - 2]) << LINE_ENTRY_SHIFT);
            if (ram32[entry + (c[i - 7] >> 1)] === (a >>> lineBits) << lineBits) {
              if (c[i - 1] !== 0) tick(ram32, c[i - 1] >>> 2, ram32[entry + 3] >>> 2);
              break;
            }
            this.left = left;
            const pc = m[pcSlot];
            const aux = m[auxSlot];
            if (c[i - 5] !== 0) {
              m[pcSlot] = c[insn + 1];
              m[auxSlot] = c[insn + 2];
            }
            if (runtime.memCallback(vcpu, c[i - 6], a, c[i - 8], c[i - 7])) {
              this.stopAfterInstruction = true;
              this.withheld += left;
              left = 0;
            }
            m[pcSlot] = pc;
            m[auxSlot] = aux;
            break;
          }
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
          default:
            throw new Error(`interpreter: unknown operation ${c[i]} at ${i} of the block at ${tb.pc.toString(16)}`);
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

  /** Set when a memory callback asked for a stop: the budget was taken away and {@link withheld} keeps it. */
  stopAfterInstruction = false;
  /** The part of the budget that is kept back: for such a stop, or until the next event of guest time. */
  withheld = 0;
  /** Set by the owner, also from inside a callback: the budget ends after the instruction of the next callback. */
  interrupted = false;

  /** The doubleword load at `i` of `code` by way of the MMU. */
  private load64(code: Int32Array, i: number): void {
    const { env } = this.cpu;
    loadDoubleword(this.mmu, env[code[i + 3]], code[i + 4], env, code[i + 1], code[i + 2]);
  }

  /** The doubleword store at `i` likewise. */
  private store64(code: Int32Array, i: number): void {
    const { env } = this.cpu;
    storeDoubleword(this.mmu, env[code[i + 3]], code[i + 4], env[code[i + 1]], env[code[i + 2]]);
  }

  /** A device asks for a stop: the budget is cut to the instructions of the block that follow operation `position`. */
  private cutToBlock({ insnStarts }: TranslationBlock, position: number, left: number): number {
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

  private stopAt(tb: TranslationBlock, position: number, left: number, reason: InterpreterExit): InterpreterExit {
    if (reason !== InterpreterExit.Callback) this.insnPosition = position;
    const { env, pcSlot, auxSlot } = this.cpu;
    env[pcSlot] = tb.code[this.insnPosition + 1];
    env[auxSlot] = tb.code[this.insnPosition + 2];
    this.block = tb;
    this.position = position;
    this.left = left;
    return reason;
  }

  private leave(tb: TranslationBlock, left: number, reason: InterpreterExit): InterpreterExit {
    this.block = tb;
    this.position = -1;
    this.left = left;
    return reason;
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

/** Where the instruction starts that operation `position` belongs to. */
function insnStartOf({ insnStarts }: TranslationBlock, position: number): number {
  let start = 0;
  for (const other of insnStarts) {
    if (other > position) break;
    start = other;
  }
  return start;
}
