import type { IrBlock, IrOp, Temp } from '../tcg/ir';
import { Opcode } from '../tcg/opcodes';
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
  let insn = -1;
  for (const op of block.ops) {
    switch (op.opc) {
      case Opcode.insn_start:
        ops.push(op);
        insn++;
        for (const index of debug.exec.get(insn) ?? []) ops.push(execOp(index));
        if (insn === 0) pushExec(ops, registrations.tb);
        pushExec(ops, registrations.exec[insn]);
        break;
      case Opcode.qemu_ld_i32: {
        const [out, address, memop] = op.args;
        let kept = address;
        if (out === address) {
          kept = block.newLocal();
          ops.push({ opc: Opcode.mov_i32, args: [kept, address] });
        }
        ops.push(op);
        pushAccess(ops, registrations.mem[insn], debug.mem.get(insn), { address: kept, memop, rw: MEM_R });
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
        pushAccess(ops, registrations.mem[insn], debug.mem.get(insn), { address: kept, memop, rw: MEM_R });
        break;
      }
      case Opcode.qemu_st_i64: {
        const [, , address, memop] = op.args;
        ops.push(op);
        pushAccess(ops, registrations.mem[insn], debug.mem.get(insn), { address, memop, rw: MEM_W });
        break;
      }
      case Opcode.qemu_st_i32: {
        const [, address, memop] = op.args;
        ops.push(op);
        pushAccess(ops, registrations.mem[insn], debug.mem.get(insn), { address, memop, rw: MEM_W });
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

function pushExec(ops: IrOp[], place: Place): void {
  for (const { index, inline } of place.live()) {
    ops.push(inline && inline.counter.offset >= 0 ? addOp(inline.counter.offset, inline.value) : execOp(index));
  }
}

interface Access {
  readonly address: Temp;
  readonly memop: number;
  readonly rw: number;
}

function pushAccess(
  ops: IrOp[],
  place: Place,
  debug: readonly { readonly index: number; readonly rw: number }[] = [],
  access: Access,
): void {
  const callback = (index: number): IrOp => ({
    opc: Opcode.plugin_mem_cb,
    args: [access.address, access.memop, access.rw, index],
  });
  for (const { index, inline, rw } of place.live()) {
    if (!(rw & access.rw)) continue;
    ops.push(inline && inline.counter.offset >= 0 ? addOp(inline.counter.offset, inline.value) : callback(index));
  }
  for (const { index, rw } of debug) if (rw & access.rw) ops.push(callback(index));
}

/** Adds to the counter at byte `offset`; `value` is at most 2^53, or negative down to -2^53. */
function addOp(offset: number, value: number): IrOp {
  const wide = BigInt.asUintN(64, BigInt(value));
  const low = Number(wide & 0xffffffffn) | 0;
  const high = Number(wide >> 32n) | 0;
  return { opc: Opcode.plugin_inline_add_u64, args: [offset, low, high] };
}
