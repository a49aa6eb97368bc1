import { MemOp } from '../../../tcg/memop';
import { Cond } from '../../../tcg/opcodes';
import { ArmGlobal } from '../cpu-state';
import type { ArmContext } from './context';

const { ExclusiveAddress, ExclusiveValueLow, ExclusiveValueHigh } = ArmGlobal;

export interface ExclusiveLoad {
  readonly rn: number;
  readonly rt: number;
  /** Second register of a doubleword. */
  readonly rt2?: number;
  /** Offset in bytes (T32's LDREX only). */
  readonly offset?: number;
}

export interface ExclusiveStore extends ExclusiveLoad {
  readonly rd: number;
}

/** r15 anywhere, and in T32 r13 as data, are UNPREDICTABLE: undefined here. */
function badData(c: ArmContext, n: number): boolean {
  return n === 15 || (c.thumb && n === 13);
}

/**
 * LDREX and its narrow forms: tags the address and remembers the value, which a STREX must find there (a monitor that
 * works by comparison: memory written by others in between makes it fail unless the value is the same).
 */
export function loadExclusive(c: ArmContext, f: ExclusiveLoad, op: number): boolean {
  const { ir } = c;
  const { rt, rt2 } = f;
  if (f.rn === 15 || badData(c, rt)) return false;
  if (rt2 !== undefined && (badData(c, rt2) || rt === rt2)) return false;
  const address = ir.copy(ir.addi(f.rn, f.offset ?? 0));
  if (rt2 === undefined) {
    const value = c.load(address, op | MemOp.ALIGN);
    ir.mov(ExclusiveValueLow, value);
    ir.mov(ExclusiveAddress, address);
    c.setReg(rt, value);
    return true;
  }
  const [low, high] = ir.load64(address, c.memop(MemOp.UQ | MemOp.ALIGN));
  ir.mov(ExclusiveValueLow, low);
  ir.mov(ExclusiveValueHigh, high);
  ir.mov(ExclusiveAddress, address);
  // The word at the lower address is Rt, whatever the byte order.
  c.setReg(rt, c.bigEndian ? high : low);
  c.setReg(rt2, c.bigEndian ? low : high);
  return true;
}

/** STREX and its narrow forms. When the address is tagged: load, compare, store the new or the old value. */
export function storeExclusive(c: ArmContext, f: ExclusiveStore, op: number): boolean {
  const { ir } = c;
  const { rd, rt, rt2 } = f;
  if (f.rn === 15 || badData(c, rt) || badData(c, rd) || rd === f.rn || rd === rt) return false;
  if (rt2 !== undefined && (badData(c, rt2) || rd === rt2)) return false;
  const fail = ir.newLabel();
  const done = ir.newLabel();
  const address = ir.addi(f.rn, f.offset ?? 0);
  ir.brcond(Cond.ne, address, ExclusiveAddress, fail);
  if (rt2 === undefined) {
    const old = c.load(address, op | MemOp.ALIGN);
    // After a wider LDREX only the bytes accessed decide about the store, but the whole value about the result.
    const expected =
      op === MemOp.UB
        ? ir.ext8u(ExclusiveValueLow)
        : op === MemOp.UW
          ? ir.ext16u(ExclusiveValueLow)
          : ExclusiveValueLow;
    c.store(ir.movcond(Cond.eq, old, expected, c.reg(rt), old), address, op | MemOp.ALIGN);
    c.setReg(rd, ir.setcond(Cond.ne, old, ExclusiveValueLow));
  } else {
    const memop = c.memop(MemOp.UQ | MemOp.ALIGN);
    const [low, high] = ir.load64(address, memop);
    const differs = ir.or(ir.xor(low, ExclusiveValueLow), ir.xor(high, ExclusiveValueHigh));
    const zero = ir.const(0);
    const newLow = ir.movcond(Cond.eq, differs, zero, c.reg(c.bigEndian ? rt2 : rt), low);
    const newHigh = ir.movcond(Cond.eq, differs, zero, c.reg(c.bigEndian ? rt : rt2), high);
    ir.store64(newLow, newHigh, address, memop);
    c.setReg(rd, ir.setcond(Cond.ne, differs, zero));
  }
  ir.br(done);
  ir.setLabel(fail);
  c.setReg(rd, ir.const(1));
  ir.setLabel(done);
  ir.mov(ExclusiveAddress, ir.const(-1));
  return true;
}

export function clearExclusive(c: ArmContext): boolean {
  c.ir.mov(ExclusiveAddress, c.ir.const(-1));
  return true;
}
