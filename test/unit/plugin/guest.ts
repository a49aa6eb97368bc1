import assert from 'node:assert/strict';
import type { PluginEngine } from '../../../src/plugin/engine';
import type { IrBlock, IrOp } from '../../../src/tcg/ir';
import { CONTROL_BASE, Control } from '../../../src/tcg/layout';
import { CLOCK_TICK, tick } from '../../../src/tcg/access-clock';
import { LINE_ENTRY_SHIFT } from '../../../src/tcg/line-table';
import { memOpSizeShift } from '../../../src/tcg/memop';
import { Opcode } from '../../../src/tcg/opcodes';
import { parseIr } from '../../../src/tcg/text';
import { accessKind, type HeldLine } from '../../../src/tcg/wasm/filtered';
import { TranslatedInsn, type TranslatedBlock } from '../../../src/tcg/translator';

export const GLOBALS = ['r0', 'r1', 'r2', 'pc'].map((name, slot) => ({ name, slot }));

/** One instruction of a made-up guest: its accesses, in order. */
export interface GuestInsn {
  readonly loads?: readonly number[];
  readonly stores?: readonly number[];
  /** Bytes of the opcode; default 4. */
  readonly size?: 2 | 4;
  /** The opcode, as a little-endian number. */
  readonly opcode?: number;
  /** The instruction's condition fails: nothing after its exec callbacks runs. */
  readonly skipped?: boolean;
}

/** A block of IR in which each access has a constant address, and what surrounds it. */
export function guestBlock(pc: number, insns: readonly GuestInsn[]): TranslatedBlock {
  const lines: string[] = [];
  const translated: TranslatedInsn[] = [];
  let vaddr = pc;
  insns.forEach((insn, i) => {
    const size = insn.size ?? 4;
    translated.push(new TranslatedInsn(vaddr, size, insn.opcode ?? 0, 0, lines.length));
    lines.push(`---- ${vaddr}, 0`);
    if (insn.skipped) lines.push(`br L${i}`);
    for (const address of insn.loads ?? []) lines.push(`qemu_ld_i32 tmp${i}, $${address}, leul`);
    for (const address of insn.stores ?? []) lines.push(`qemu_st_i32 r0, $${address}, leul`);
    if (insn.skipped) lines.push(`L${i}:`);
    vaddr += size;
  });
  lines.push('exit_tb');
  const ir = parseIr(lines.join('\n'), { globals: GLOBALS });
  return { pc, flags: 0, size: vaddr - pc, insns: translated, ir };
}

/**
 * Runs a block's plugin operations as an execution loop does; `compiled`: as compiled code, which calls functions of
 * WebAssembly where there are some. Returns how many operations asked for a stop.
 */
export function runBlock(engine: PluginEngine, ir: IrBlock, vcpu = 0, compiled = false): number {
  const words = new Uint32Array(engine.host.memory);
  const values = CONTROL_BASE / 4 + Control.MemValue;
  let stops = 0;
  const at = (base: number, stride: number): number => (base + vcpu * stride) >>> 2;
  const step = (op: IrOp): void => {
    const { args } = op;
    if (op.opc === Opcode.plugin_exec_cb || op.opc === Opcode.plugin_after_cb) {
      if (engine.execCallback(vcpu, args[0])) stops++;
    } else if (op.opc === Opcode.plugin_mem_cb) {
      // As signed numbers, which is how registers come.
      words[values] = ir.constantValue(args[1]) ?? 0;
      words[values + 1] = ir.constantValue(args[2]) ?? 0;
      if (engine.memCallback(vcpu, args[5], ir.constantValue(args[0])!, args[3], args[4])) stops++;
    } else if (op.opc === Opcode.plugin_exec_filtered_cb) {
      if (words[args[0] >>> 2] === args[1] >>> 0) return;
      const instead = compiled ? engine.filteredFunction('exec', args[2]) : undefined;
      const call = instead?.functions[0] as ((data: number, hint: number) => number) | undefined;
      if (instead?.held && findsHeld(words, args[0], args[1], instead.held)) return;
      if (call && instead && call(instead.data, instead.held?.hint ?? 0) === 0)
        assert.equal(words[args[0] >>> 2], args[1] >>> 0);
      else if (engine.execCallback(vcpu, args[2])) stops++;
    } else if (op.opc === Opcode.plugin_mem_filtered_cb) {
      const address = ir.constantValue(args[0])!;
      const [offset, lineBits, mask, clock] = args.slice(5);
      const line = address >>> lineBits;
      const entry = (offset >>> 2) + ((line & mask) << LINE_ENTRY_SHIFT);
      const tag = (line << lineBits) >>> 0;
      const signed = new Int32Array(words.buffer);
      if (words[entry + (args[2] >> 1)] === tag) {
        if (clock) tick(signed, clock >>> 2, words[entry + 3] >>> 2);
        return;
      }
      const instead = compiled ? engine.filteredFunction('mem', args[3]) : undefined;
      const which = accessKind({ memop: args[1], rw: args[2] });
      const call = instead?.functions[which] as
        ((data: number, address: number, masked: number, time: bigint) => number) | undefined;
      const masked = (address + (1 << memOpSizeShift(args[1])) - 1) & (-1 << lineBits);
      if (call && instead) {
        const now = new BigInt64Array(words.buffer, clock, 1);
        const time = now[0] + BigInt(CLOCK_TICK);
        if (call(instead.data, address, masked, time) !== 0) {
          if (clock) now[0] = time;
          return;
        }
      }
      if (engine.memCallback(vcpu, args[3], address, args[1], args[2])) stops++;
    } else if (op.opc === Opcode.plugin_inline_add_u64) {
      const to = at(args[0], args[1]);
      const low = words[to] + (args[2] >>> 0);
      words[to] = low;
      words[to + 1] += args[3] + (low > 0xffffffff ? 1 : 0);
    } else if (op.opc === Opcode.plugin_inline_store_u64) {
      const to = at(args[0], args[1]);
      words[to] = args[2];
      words[to + 1] = args[3];
    }
  };
  let skipTo: number | undefined;
  for (const op of ir.ops) {
    if (skipTo !== undefined) {
      if (op.opc === Opcode.set_label && op.args[0] === skipTo) skipTo = undefined;
      continue;
    }
    if (op.opc === Opcode.br) skipTo = op.args[0];
    else step(op);
  }
  return stops;
}

/** What compiled code does where a line is not its set's last: whether the hint names a way that has it. */
function findsHeld(words: Uint32Array, front: number, line: number, { hint, lines, times, clock }: HeldLine): boolean {
  const way = words[hint >>> 2];
  if (words[(lines + way) >>> 2] !== line >>> 0) return false;
  words[front >>> 2] = line;
  if (clock) tick(new Int32Array(words.buffer), clock >>> 2, (times + 2 * way) >>> 2);
  return true;
}

/** A guest that keeps its translated blocks, as the execution loop does. */
export class Guest {
  private readonly blocks = new Map<string, TranslatedBlock>();

  constructor(private readonly engine: PluginEngine) {}

  /** Runs the block at `pc`, translating it the first time and when its code has changed. */
  run(pc: number, insns: readonly GuestInsn[], vcpu = 0): number {
    const key = `${pc} ${JSON.stringify(insns)}`;
    let block = this.blocks.get(key);
    if (!block) {
      this.blocks.set(key, (block = guestBlock(pc, insns)));
      this.engine.instrument(block, vcpu);
    }
    return runBlock(this.engine, block.ir, vcpu);
  }
}
