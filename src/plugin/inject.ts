import type { IrBlock, IrOp, Temp } from '../tcg/ir';
import type { LineTable } from '../tcg/line-table';
import { Opcode } from '../tcg/opcodes';
import type { ExecFilter } from './filtered';
import { MEM_R, MEM_W } from './meminfo';
import type { BlockRegistrations, Place } from './registrations';

/** The debugger's own operations, by instruction index. Numbers are those of the exec and mem tables. */
export interface DebugPlan {
  /** Run before anything that plugins have at the instruction. */
  readonly exec: ReadonlyMap<number, readonly number[]>;
  /** Run after what plugins have at each access of the kind. */
  readonly mem: ReadonlyMap<number, readonly { readonly index: number; readonly rw: number }[]>;
}

/**
 * Inserts plugin operations into a block. Order: after the first insn_start the block's own, after each insn_start the
 * instruction's, after each access the access's; at each place callbacks, then inline additions.
 */
export function injectOperations(block: IrBlock, registrations: BlockRegistrations, debug: DebugPlan): void {
  const ops: IrOp[] = [];
  const filters = new KnownFilters();
  let insn = -1;
  for (const op of block.ops) {
    switch (op.opc) {
      case Opcode.insn_start:
        ops.push(op);
        insn++;
        for (const index of debug.exec.get(insn) ?? []) {
          filters.forget();
          ops.push(execOp(index));
        }
        if (insn === 0) pushExec(ops, registrations.tb, filters);
        pushExec(ops, registrations.exec[insn], filters);
        break;
      case Opcode.qemu_ld_i32: {
        const [out, address, memop] = op.args;
        let kept = address;
        if (out === address) {
          kept = block.newLocal();
          ops.push({ opc: Opcode.mov_i32, args: [kept, address] });
        }
        ops.push(op);
        pushAccess(ops, filters, registrations.mem[insn], debug.mem.get(insn), { address: kept, memop, rw: MEM_R });
        break;
      }
      case Opcode.qemu_ld_i64: {
        const [low, high, address, memop] = op.args;
        let kept = address;
        if (low === address || high === address) {
          kept = block.newLocal();
          ops.push({ opc: Opcode.mov_i32, args: [kept, address] });
        }
        ops.push(op);
        pushAccess(ops, filters, registrations.mem[insn], debug.mem.get(insn), { address: kept, memop, rw: MEM_R });
        break;
      }
      case Opcode.qemu_st_i64: {
        const [, , address, memop] = op.args;
        ops.push(op);
        pushAccess(ops, filters, registrations.mem[insn], debug.mem.get(insn), { address, memop, rw: MEM_W });
        break;
      }
      case Opcode.qemu_st_i32: {
        const [, address, memop] = op.args;
        ops.push(op);
        pushAccess(ops, filters, registrations.mem[insn], debug.mem.get(insn), { address, memop, rw: MEM_W });
        break;
      }
      default:
        ops.push(op);
    }
  }
  block.ops = ops;
}

function execOp(index: number): IrOp {
  return { opc: Opcode.plugin_exec_cb, args: [index] };
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

function pushExec(ops: IrOp[], place: Place, filters: KnownFilters): void {
  for (const { index, inline, execFilter } of place.live()) {
    if (inline && inline.counter.offset >= 0) {
      ops.push(addOp(inline.counter.offset, inline.value));
    } else if (execFilter) {
      const { offset, value } = execFilter;
      if (!filters.pass(execFilter)) ops.push({ opc: Opcode.plugin_exec_filtered_cb, args: [offset, value, index] });
    } else {
      filters.forget();
      ops.push(execOp(index));
    }
  }
}

interface Access {
  readonly address: Temp;
  readonly memop: number;
  readonly rw: number;
}

function pushAccess(
  ops: IrOp[],
  filters: KnownFilters,
  place: Place,
  debug: readonly { readonly index: number; readonly rw: number }[] = [],
  access: Access,
): void {
  const { address, memop } = access;
  const callback = (index: number, table?: LineTable): void => {
    const args = [address, memop, access.rw, index];
    if (table) {
      const { offset, lineBits, mask } = table;
      ops.push({ opc: Opcode.plugin_mem_filtered_cb, args: [...args, offset, lineBits, mask] });
    } else {
      filters.forget();
      ops.push({ opc: Opcode.plugin_mem_cb, args });
    }
  };
  for (const { index, inline, rw, lines } of place.live()) {
    if (!(rw & access.rw)) continue;
    if (inline && inline.counter.offset >= 0) ops.push(addOp(inline.counter.offset, inline.value));
    else callback(index, lines);
  }
  for (const { index, rw } of debug) if (rw & access.rw) callback(index);
}

/** Adds to the counter at byte `offset`; `value` is at most 2^53, or negative down to -2^53. */
function addOp(offset: number, value: number): IrOp {
  const wide = BigInt.asUintN(64, BigInt(value));
  const low = Number(wide & 0xffffffffn) | 0;
  const high = Number(wide >> 32n) | 0;
  return { opc: Opcode.plugin_inline_add_u64, args: [offset, low, high] };
}
