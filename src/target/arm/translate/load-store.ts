import type { Temp } from '../../../tcg/ir';
import { MemOp } from '../../../tcg/memop';
import { ArmMmuIndex } from '../cpu-state';
import { shiftImmediate, type ShiftType } from './alu';
import type { ArmContext } from './context';

/** How an address is made: base register, offset, indexing. */
export interface AddressMode {
  readonly rn: number;
  /** 1: the offset applies before the access; 0: after it (post-indexed, always written back). */
  readonly p: number;
  /** 1: add the offset, 0: subtract it. */
  readonly u: number;
  /** 1: write the address back. */
  readonly w: number;
  /** Immediate offset, else the register `rm` shifted. */
  readonly imm?: number;
  readonly rm?: number;
  readonly type?: ShiftType;
  readonly imm5?: number;
  /** In place of all these, with `u` 1: an offset that is worked out already. */
  readonly offset?: Temp;
}

/** The addressing mode with an immediate offset. */
export function immediateOffset({ rn, p, u, w }: Omit<AddressMode, 'imm'>, imm: number): AddressMode {
  return { rn, p, u, w, imm };
}

/** The address of the access. */
function accessAddress(c: ArmContext, mode: AddressMode): Temp {
  if (mode.imm !== undefined) {
    const base = c.base(mode.rn);
    return mode.p ? c.ir.addi(base, mode.u ? mode.imm : -mode.imm) : base;
  }
  return mode.p ? addOffset(c, c.reg(mode.rn), mode) : c.reg(mode.rn);
}

function addOffset(c: ArmContext, base: Temp, mode: AddressMode): Temp {
  if (mode.offset !== undefined) return c.ir.add(base, mode.offset);
  if (mode.imm !== undefined) return c.ir.addi(base, mode.u ? mode.imm : -mode.imm);
  const offset = shiftImmediate(c, mode.rm ?? 0, mode.type ?? 0, mode.imm5 ?? 0, false).value;
  return mode.u ? c.ir.add(base, offset) : c.ir.sub(base, offset);
}

const writesBack = (mode: AddressMode): boolean => mode.p === 0 || mode.w === 1;

/** Writes the base register back; `address` is what {@link accessAddress} gave. */
function writeBack(c: ArmContext, mode: AddressMode, address: Temp): void {
  if (writesBack(mode)) c.setReg(mode.rn, mode.p ? address : addOffset(c, address, mode));
}

/** The access's MMU index: User mode's for the unprivileged forms. */
const indexOf = (c: ArmContext, unprivileged: boolean): number => (unprivileged ? ArmMmuIndex.User : c.mmuIndex);

/**
 * A load. The base is written back before the destination, which an index register may equal; an r15 loaded may
 * change the instruction set.
 */
export function load(c: ArmContext, rt: number, op: number, mode: AddressMode, unprivileged = false): boolean {
  const address = accessAddress(c, mode);
  const value = c.load(address, op, indexOf(c, unprivileged));
  writeBack(c, mode, address);
  c.setRegFromLoad(rt, value);
  return true;
}

export function store(c: ArmContext, rt: number, op: number, mode: AddressMode, unprivileged = false): boolean {
  const address = accessAddress(c, mode);
  c.store(c.reg(rt), address, op, indexOf(c, unprivileged));
  writeBack(c, mode, address);
  return true;
}

const WORD = MemOp.UL | MemOp.ALIGN;

/** LDRD: two word loads, each register written as its word arrives. */
export function loadDual(c: ArmContext, rt: number, rt2: number, mode: AddressMode): boolean {
  // The second address is worked out before the first register is written, which may be the base.
  const address = c.ir.copy(accessAddress(c, mode));
  const second = c.ir.addi(address, 4);
  c.setReg(rt, c.load(address, WORD));
  c.setReg(rt2, c.load(second, WORD));
  writeBack(c, mode, address);
  return true;
}

/** STRD */
export function storeDual(c: ArmContext, rt: number, rt2: number, mode: AddressMode): boolean {
  const address = accessAddress(c, mode);
  c.store(c.reg(rt), address, WORD);
  c.store(c.reg(rt2), c.ir.addi(address, 4), WORD);
  writeBack(c, mode, address);
  return true;
}

/** SWP, SWPB: load, then store. */
export function swap(c: ArmContext, f: { rn: number; rt: number; rt2: number }, op: number): boolean {
  const address = c.reg(f.rn);
  const old = c.load(address, op);
  c.store(c.reg(f.rt2), address, op);
  c.setReg(f.rt, old);
  return true;
}
