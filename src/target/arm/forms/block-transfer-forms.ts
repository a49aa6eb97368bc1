import { Op } from '../../../tcg/wasm/opcodes';
import type { FormEmitter } from '../../../tcg/wasm/form-emitter';
import type { Temp } from '../../../tcg/ir';
import { ArmGlobal } from '../cpu-state';
import type { Fields } from '../decode';
import type { ArmContext } from '../translate/context';
import type { FormDescription } from './a32-forms';

/*
 * LDM and STM of the current mode's registers as loops over the list, where all words lie in one page that the TLB has.
 */

interface Transfer {
  readonly first: Temp;
  readonly last: Temp;
  /** What the base becomes if it is written back. */
  readonly after: Temp;
}

/** The addresses of the lowest and the highest word. */
function addresses(c: ArmContext, f: Fields, ir: FormEmitter): Transfer {
  const { f: code } = ir;
  ir.push(ir.bits(0, 16));
  code.op(Op.i32_popcnt);
  const bytes = ir.shli(ir.result(), 2);
  const base = ir.copy(c.reg(f.rn));
  const after = f.u ? ir.add(base, bytes) : ir.sub(base, bytes);
  const lowest = f.u ? base : after;
  // IB and DA lie a word higher than IA and DB.
  const first = f.u === f.p ? ir.addi(lowest, 4) : lowest;
  return { first, last: ir.addi(ir.add(first, bytes), -4), after };
}

/** Runs through the registers of the list: `move` finds the register's offset in its first local and the host's in its second. */
function eachRegister(ir: FormEmitter, host: Temp, move: (register: Temp, at: Temp) => void): void {
  const { f } = ir;
  const [rest, at, register] = [ir.local(), ir.local(), ir.local()];
  ir.mov(rest, ir.bits(0, 16));
  ir.mov(at, host);
  const again = f.loop();
  ir.push(rest);
  f.op(Op.i32_ctz);
  f.i32Const(2);
  f.op(Op.i32_shl);
  ir.mov(register, ir.result());
  move(register, at);
  ir.mov(at, ir.addi(at, 4));
  ir.mov(rest, ir.and(rest, ir.addi(rest, -1)));
  ir.push(rest);
  f.brIf(again);
  f.end();
}

const LIST = 0xffff;
/** Undefined: an empty list, or r15 as base. */
function check(ir: FormEmitter): void {
  ir.exclude(LIST, 0);
  ir.exclude(0xf0000, 0xf0000);
}

export const storeMultipleForm: FormDescription = {
  check,
  emit: (c, f, ir) => {
    if (f.user) return false;
    const { first, last, after } = addresses(c, f, ir);
    const host = ir.host(first, 4, true, last);
    eachRegister(ir, host, (register, at) => {
      ir.push(at);
      ir.push(register);
      ir.f.memory(Op.i32_load, 2, ir.env);
      ir.f.memory(Op.i32_store, 2, 0);
    });
    if (f.w) ir.mov(f.rn, after);
    return true;
  },
  writes: () => ['rn'],
};

/** The pc was loaded if the temp is not 0: makes a branch of that (LoadWritePC). */
export function branchWhere(c: ArmContext, ir: FormEmitter, loaded: Temp): void {
  ir.push(loaded);
  ir.f.if();
  c.branchExchange(ir.copy(ArmGlobal.PC));
  ir.f.end();
}

export const loadMultipleForm: FormDescription = {
  check: (ir) => {
    check(ir);
    // Undefined with write-back, and rare without: the base in the list.
    ir.push(ir.andi(ir.shr(ir.word, ir.bits(16, 4)), 1));
    ir.declineIf();
  },
  emit: (c, f, ir) => {
    if (f.user) return false;
    const { f: code } = ir;
    const { first, last, after } = addresses(c, f, ir);
    const host = ir.host(first, 4, false, last);
    eachRegister(ir, host, (register, at) => {
      ir.push(register);
      ir.push(at);
      code.memory(Op.i32_load, 2, 0);
      code.memory(Op.i32_store, 2, ir.env);
    });
    ir.stateWritten();
    if (f.w) ir.mov(f.rn, after);
    branchWhere(c, ir, ir.bits(15, 1));
    return true;
  },
  writes: () => ['rn'],
  endsIf: (ir) => ir.bits(15, 1),
};
