import type { IrBlock, IrOp, Temp } from '../tcg/ir';
import { memOpMmuIndex } from '../tcg/memop';
import { OPCODES, Opcode } from '../tcg/opcodes';
import type { ExecFilter } from './filtered';
import { MEM_R, MEM_W } from './meminfo';
import { InlineOp, type BlockRegistrations, type InlineEntry, type Place, type Registration } from './registrations';

/** The debugger's own operations, by instruction index. Numbers are those of the exec and mem tables. */
export interface DebugPlan {
  /** Run before anything that plugins have at the instruction. */
  readonly exec: ReadonlyMap<number, readonly number[]>;
  /** Run after what plugins have at each access of the kind. */
  readonly mem: ReadonlyMap<number, readonly { readonly index: number; readonly rw: number }[]>;
  /** A callback that a plugin has may call the debugger, on a cache miss. */
  readonly wantsMisses: boolean;
}

/** The debugger evaluates conditions over registers. */
const DEBUG_FLAGS = 1;

/**
 * Inserts plugin operations into a block. Order: after the first insn_start the block's own, after each insn_start the
 * instruction's, after each access the access's, and where an instruction ends what comes after it; at each place
 * callbacks, then inline operations.
 */
export function injectOperations(block: IrBlock, registrations: BlockRegistrations, debug: DebugPlan): void {
  new Injection(block, registrations, debug).run();
}

class Injection {
  private readonly ops: IrOp[] = [];
  private readonly filters = new KnownFilters();
  private insn = -1;
  /** Addresses of the instructions, for what runs after them. */
  private readonly starts: readonly number[];
  /** The last operation does not go on to the next. */
  private left = false;
  /** What comes after the instruction stands before a call that may leave the block. */
  private completed = false;

  constructor(
    private readonly block: IrBlock,
    private readonly registrations: BlockRegistrations,
    private readonly debug: DebugPlan,
  ) {
    this.starts = block.ops.filter(({ opc }) => opc === Opcode.insn_start).map(({ args }) => args[0]);
  }

  run(): void {
    const { block, ops } = this;
    for (const op of block.ops) {
      switch (op.opc) {
        case Opcode.insn_start:
          if (this.insn >= 0) this.fallThrough();
          ops.push(op);
          this.startInstruction();
          break;
        case Opcode.qemu_ld_i32: {
          const [out, address, memop] = op.args;
          const kept = this.keep(address, out);
          ops.push(op);
          this.access({ address: kept, low: out, high: block.constant(0), memop, rw: MEM_R });
          break;
        }
        case Opcode.qemu_ld_i64: {
          const [low, high, address, memop] = op.args;
          const kept = this.keep(address, low, high);
          ops.push(op);
          this.access({ address: kept, low, high, memop, rw: MEM_R });
          break;
        }
        case Opcode.qemu_st_i64: {
          const [low, high, address, memop] = op.args;
          ops.push(op);
          this.access({ address, low, high, memop, rw: MEM_W });
          break;
        }
        case Opcode.qemu_st_i32: {
          const [low, address, memop] = op.args;
          ops.push(op);
          this.access({ address, low, high: block.constant(0), memop, rw: MEM_W });
          break;
        }
        case Opcode.goto_tb:
        case Opcode.goto_ptr:
        case Opcode.exit_tb:
          if (!this.completed) this.after(op.opc === Opcode.goto_tb ? op.args[1] : undefined);
          this.completed = false;
          ops.push(op);
          break;
        case Opcode.call:
          if (op.helper?.completesInstruction) {
            this.after(undefined);
            this.completed = true;
          }
          ops.push(op);
          break;
        default:
          ops.push(op);
      }
      this.left = OPCODES[op.opc].endsBlock;
    }
    block.ops = ops;
  }

  private startInstruction(): void {
    const { ops, registrations, debug } = this;
    this.insn++;
    for (const index of debug.exec.get(this.insn) ?? []) {
      this.filters.forget();
      ops.push(execOp(index, DEBUG_FLAGS));
    }
    if (this.insn === 0) this.before(registrations.tb);
    this.before(registrations.exec[this.insn]);
  }

  private before(place: Place): void {
    for (const registration of place.live()) {
      const inline = inlineOp(registration);
      if (inline) {
        this.ops.push(inline);
      } else if (registration.execFilter) {
        this.filtered(registration.index, registration.execFilter);
      } else {
        this.filters.forget();
        this.ops.push(callbackOp(registration));
      }
    }
  }

  private get missFlags(): number {
    return this.debug.wantsMisses ? DEBUG_FLAGS : 0;
  }

  private filtered(index: number, filter: ExecFilter): void {
    if (this.filters.pass(filter)) return;
    const args = [filter.offset, filter.value, index, this.missFlags];
    this.ops.push({ opc: Opcode.plugin_exec_filtered_cb, args });
  }

  /** Between two instructions of the block. */
  private fallThrough(): void {
    if (!this.left) this.after(this.starts[this.insn + 1]);
  }

  /** Where an instruction is done; `pc` is the next one's address, undefined where the state has it already. */
  private after(pc: number | undefined): void {
    const { ops, block } = this;
    let isPcKnown = pc === undefined;
    for (const registration of this.registrations.after[this.insn].live()) {
      if (!isPcKnown && pc !== undefined && registration.flags !== 0) {
        ops.push({ opc: Opcode.mov_i32, args: [pcOf(block), block.constant(pc)] });
        isPcKnown = true;
      }
      this.filters.forget();
      ops.push({ opc: Opcode.plugin_after_cb, args: [registration.index, registration.flags] });
    }
  }

  /** A copy of an address that the access itself overwrites. */
  private keep(address: Temp, ...outputs: readonly Temp[]): Temp {
    if (!outputs.includes(address)) return address;
    const kept = this.block.newLocal();
    this.ops.push({ opc: Opcode.mov_i32, args: [kept, address] });
    return kept;
  }

  private access({ address, low, high, memop, rw }: Access): void {
    const { ops } = this;
    const callback = (index: number, flags: number): void => {
      this.filters.forget();
      ops.push({ opc: Opcode.plugin_mem_cb, args: [address, low, high, memop, rw, index, flags] });
    };
    for (const registration of this.registrations.mem[this.insn].live()) {
      if (!(registration.rw & rw)) continue;
      const { index, flags, lines } = registration;
      const inline = inlineOp(registration);
      if (inline) {
        ops.push(inline);
      } else if (lines) {
        const part = lines.offset + memOpMmuIndex(memop) * lines.stride;
        const table = [part, lines.lineBits, lines.mask, lines.clock];
        ops.push({ opc: Opcode.plugin_mem_filtered_cb, args: [address, memop, rw, index, this.missFlags, ...table] });
      } else {
        callback(index, flags);
      }
    }
    for (const wanted of this.debug.mem.get(this.insn) ?? []) {
      if (wanted.rw & rw) callback(wanted.index, DEBUG_FLAGS);
    }
  }
}

/** Words that filter exec callbacks, with the values that they surely have at a place of the block. */
class KnownFilters {
  private readonly values = new Map<number, number>();

  /** Anything may have happened to them. */
  forget(): void {
    this.values.clear();
  }

  /** Whether the word surely has the value; from here on it has. */
  pass({ offset, value, exclusive }: ExecFilter): boolean {
    if (this.values.get(offset) === value) return true;
    if (exclusive) this.values.set(offset, value);
    return false;
  }
}

interface Access {
  readonly address: Temp;
  readonly low: Temp;
  readonly high: Temp;
  readonly memop: number;
  readonly rw: number;
}

function pcOf(block: IrBlock): Temp {
  const pc = block.globals.findIndex(({ name }) => name === 'pc');
  if (pc < 0) throw new Error('the target has no global called pc');
  return pc;
}

function execOp(index: number, flags: number): IrOp {
  return { opc: Opcode.plugin_exec_cb, args: [index, flags] };
}

function callbackOp({ index, flags, condition }: Registration): IrOp {
  if (!condition) return execOp(index, flags);
  const { cond, entry, value } = condition;
  return { opc: Opcode.plugin_exec_cond_cb, args: [index, flags, cond, ...place(entry), value.low, value.high] };
}

/** The operation that does the inline operation without a call; undefined where there is none. */
function inlineOp({ inline }: Registration): IrOp | undefined {
  if (!inline?.entry.score.isShared) return undefined;
  const { op, entry, value } = inline;
  const opc = op === InlineOp.StoreU64 ? Opcode.plugin_inline_store_u64 : Opcode.plugin_inline_add_u64;
  return { opc, args: [...place(entry), value.low, value.high] };
}

function place({ score, offset }: InlineEntry): [base: number, stride: number] {
  return [score.position + offset, score.stride];
}
