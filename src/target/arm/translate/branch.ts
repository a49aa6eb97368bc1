import { signExtend } from '../../../common/bits';
import { MemOp } from '../../../tcg/memop';
import type { Cond } from '../../../tcg/opcodes';
import { ArmGlobal } from '../cpu-state';
import { ArmJump, type ArmContext } from './context';

/** B: to the pc as read plus `offset`. */
export function branch(c: ArmContext, offset: number): boolean {
  c.jump(c.pcValue + offset);
  return true;
}

/** The return address of a call, with the instruction set in bit 0. */
function setLink(c: ArmContext): void {
  c.ir.mov(14, c.ir.const(c.pcNext | (c.thumb ? 1 : 0)));
}

export function branchLink(c: ArmContext, offset: number): boolean {
  setLink(c);
  return branch(c, offset);
}

/** BLX (immediate): changes the instruction set; from the pc rounded down to a word. */
export function branchLinkExchange(c: ArmContext, offset: number): boolean {
  setLink(c);
  c.ir.mov(ArmGlobal.Thumb, c.ir.const(c.thumb ? 0 : 1));
  c.jump((c.pcValue & ~3) + offset);
  return true;
}

/** BX, BXJ (which behaves as BX without Jazelle hardware). */
export function branchExchange(c: ArmContext, rm: number): boolean {
  c.branchExchange(c.reg(rm));
  return true;
}

/** BLX (register) */
export function branchLinkRegister(c: ArmContext, rm: number): boolean {
  const target = rm === 14 ? c.ir.copy(rm) : c.reg(rm);
  setLink(c);
  c.branchExchange(target);
  return true;
}

/** CBZ, CBNZ: branches unless `rn` compares so with 0. */
export function compareBranch(c: ArmContext, f: { rn: number; imm6: number }, skip: Cond): boolean {
  c.skipLabel ??= c.ir.newLabel();
  c.ir.brcond(skip, c.reg(f.rn), c.ir.const(0), c.skipLabel);
  return branch(c, f.imm6 << 1);
}

/** TBB, TBH: forward by twice the table's entry. */
export function tableBranch(c: ArmContext, f: { rn: number; rm: number }, half: boolean): boolean {
  const { ir } = c;
  const index = half ? ir.shli(c.reg(f.rm), 1) : c.reg(f.rm);
  const entry = c.load(ir.add(c.reg(f.rn), index), half ? MemOp.UW : MemOp.UB);
  ir.mov(ArmGlobal.PC, ir.addi(ir.shli(entry, 1), c.pcValue));
  c.isJump = ArmJump.Jump;
  return true;
}

/** The offset of BL, BLX and the long B in T32: I1 and I2 are J1 and J2, inverted by the sign. */
export function t32BranchOffset(f: { s: number; j1: number; j2: number; imm: number }, immBits: number): number {
  const i1 = 1 - (f.j1 ^ f.s);
  const i2 = 1 - (f.j2 ^ f.s);
  return signExtend((f.s << 24) | (i1 << 23) | (i2 << 22) | (f.imm << (22 - immBits)), 25);
}
