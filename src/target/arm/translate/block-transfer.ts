import { bit, popCount } from '../../../common/bits';
import type { Temp } from '../../../tcg/ir';
import { MemOp } from '../../../tcg/memop';
import { ArmGlobal } from '../cpu-state';
import { HELPERS } from '../helpers';
import { ArmJump, type ArmContext } from './context';
import { exceptionReturn } from './exception-return';

const WORD = MemOp.UL | MemOp.ALIGN;

export interface BlockTransfer {
  readonly rn: number;
  /** 1: the address is moved before each access (IB, DB). */
  readonly p: number;
  /** 1: upwards. */
  readonly u: number;
  readonly w: number;
  /** 1: `^`, the User mode registers or an exception return. */
  readonly user: number;
  readonly list: number;
}

/** Distance from the base to the lowest word. */
function lowest(f: BlockTransfer, count: number): number {
  if (f.u) return f.p ? 4 : 0;
  return f.p ? -4 * count : 4 - 4 * count;
}

const wholeDistance = (f: BlockTransfer, count: number): number => (f.u ? 4 * count : -4 * count);

/** Calls `access` for each register of the list, lowest first, with its address. */
function eachRegister(c: ArmContext, f: BlockTransfer, access: (n: number, address: Temp) => void): void {
  // Loads may write the base's global (User mode's registers in System mode), so addresses come from a copy then.
  const base = f.user ? c.ir.copy(c.reg(f.rn)) : c.reg(f.rn);
  let offset = lowest(f, popCount(f.list));
  for (let n = 0; n < 16; n++) {
    if (!bit(f.list, n)) continue;
    access(n, c.ir.addi(base, offset));
    offset += 4;
  }
}

/** STM, PUSH. */
export function storeMultiple(c: ArmContext, f: BlockTransfer, minimum: number): boolean {
  const count = popCount(f.list);
  if (f.user && c.isUser) return false;
  if (count < minimum || f.rn === 15) return false;
  eachRegister(c, f, (n, address) => {
    const value = f.user && n !== 15 ? c.ir.call(HELPERS.getUserRegister, c.ir.const(n)) : c.reg(n);
    c.store(value, address, WORD);
  });
  if (f.w) c.setReg(f.rn, c.ir.addi(f.rn, wholeDistance(f, count)));
  return true;
}

/** LDM, POP. */
export function loadMultiple(c: ArmContext, f: BlockTransfer, minimum: number): boolean {
  const { ir } = c;
  const count = popCount(f.list);
  const returns = f.user === 1 && bit(f.list, 15) === 1;
  const userRegisters = f.user === 1 && !returns;
  if (f.user && c.isUser) return false;
  // UNPREDICTABLE: undefined here.
  if (userRegisters && f.w) return false;
  if (count < minimum || f.rn === 15) return false;
  let base: Temp | undefined;
  let pc: Temp | undefined;
  eachRegister(c, f, (n, address) => {
    const value = c.load(address, WORD);
    if (userRegisters) ir.call(HELPERS.setUserRegister, ir.const(n), value);
    else if (n === f.rn) base = value;
    else if (n === 15) pc = value;
    else ir.mov(n, value);
  });
  if (f.w) c.setReg(f.rn, ir.addi(f.rn, wholeDistance(f, count)));
  if (base !== undefined) ir.mov(f.rn, base);
  if (pc !== undefined) {
    if (returns) exceptionReturn(c, pc);
    else c.setRegFromLoad(15, pc);
  }
  return true;
}

/** RFE: the pc and CPSR from memory. */
export function returnFromException(c: ArmContext, f: { rn: number; p: number; u: number; w: number }): boolean {
  const { ir } = c;
  if (c.isUser) return false;
  const transfer = { ...f, user: 0, list: 3 };
  const base = c.reg(f.rn);
  const address = ir.addi(base, lowest(transfer, 2));
  const pc = c.load(address, WORD);
  const psr = c.load(ir.addi(address, 4), WORD);
  if (f.w) c.setReg(f.rn, ir.addi(base, wholeDistance(transfer, 2)));
  exceptionReturn(c, pc, psr);
  return true;
}

const SRS_MODES = [0x10, 0x11, 0x12, 0x13, 0x17, 0x1b, 0x1f];

/** SRS: LR and SPSR to the stack of `mode`. */
export function storeReturnState(c: ArmContext, f: { p: number; u: number; w: number; mode: number }): boolean {
  const { ir } = c;
  if (c.isUser || !SRS_MODES.includes(f.mode)) return false;
  const transfer = { ...f, rn: 13, user: 0, list: 3 };
  const mode = ir.const(f.mode);
  const base = ir.call(HELPERS.getBankedSp, mode);
  const address = ir.addi(base, lowest(transfer, 2));
  c.store(c.reg(14), address, WORD);
  c.store(ArmGlobal.Spsr, ir.addi(address, 4), WORD);
  if (f.w) ir.call(HELPERS.setBankedSp, mode, ir.addi(base, wholeDistance(transfer, 2)));
  c.isJump = ArmJump.UpdateExit;
  return true;
}
