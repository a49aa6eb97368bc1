import { rotateRight } from '../../../common/bits';
import type { Temp } from '../../../tcg/ir';
import { Cond } from '../../../tcg/opcodes';
import { ArmGlobal } from '../cpu-state';
import type { ArmContext } from './context';
import { exceptionReturn } from './exception-return';

const { NF, ZF, CF, VF } = ArmGlobal;

/** The second operand of a data-processing instruction, with the shifter's carry where it changes C. */
export interface Operand {
  readonly value: Temp;
  readonly carry?: Temp;
}

export enum ShiftType {
  LSL,
  LSR,
  ASR,
  ROR,
}

/** A32ExpandImm: `imm8` rotated right by twice `rot`. */
export function a32Immediate(c: ArmContext, rot: number, imm8: number): Operand {
  const value = rotateRight(imm8, 2 * rot);
  return { value: c.ir.const(value), carry: rot === 0 ? undefined : c.ir.const(value >>> 31) };
}

/** ThumbExpandImm of the 12-bit field i:imm3:imm8 (DDI 0406C A6.3.2). */
export function t32Immediate(c: ArmContext, imm: number): Operand {
  const byte = imm & 0xff;
  switch (imm >>> 8) {
    case 0:
      return { value: c.ir.const(byte) };
    case 1:
      return { value: c.ir.const(byte | (byte << 16)) };
    case 2:
      return { value: c.ir.const((byte << 8) | (byte << 24)) };
    case 3:
      return { value: c.ir.const(byte * 0x01010101) };
    default: {
      const value = rotateRight(0x80 | (imm & 0x7f), imm >>> 7);
      return { value: c.ir.const(value), carry: c.ir.const(value >>> 31) };
    }
  }
}

/** `rm` shifted by an encoded immediate (DecodeImmShift); the carry only when `wantCarry`. */
export function shiftImmediate(c: ArmContext, rm: number, type: ShiftType, imm5: number, wantCarry: boolean): Operand {
  const { ir } = c;
  const value = c.reg(rm);
  const bit = (n: number): Temp | undefined => (wantCarry ? ir.extract(value, n, 1) : undefined);
  switch (type) {
    case ShiftType.LSL:
      return imm5 === 0 ? { value } : { value: ir.shli(value, imm5), carry: bit(32 - imm5) };
    case ShiftType.LSR:
      return imm5 === 0
        ? { value: ir.const(0), carry: bit(31) }
        : { value: ir.shri(value, imm5), carry: bit(imm5 - 1) };
    case ShiftType.ASR:
      return imm5 === 0
        ? { value: ir.sari(value, 31), carry: bit(31) }
        : { value: ir.sari(value, imm5), carry: bit(imm5 - 1) };
    case ShiftType.ROR:
      if (imm5 !== 0) return { value: ir.rotri(value, imm5), carry: bit(imm5 - 1) };
      return { value: ir.or(ir.shri(value, 1), ir.shli(CF, 31)), carry: bit(0) };
  }
}

/** `rm` shifted by the low byte of `rs`; the carry only when `wantCarry`. */
export function shiftRegister(c: ArmContext, rm: number, type: ShiftType, rs: number, wantCarry: boolean): Operand {
  const { ir } = c;
  const value = c.reg(rm);
  const zero = ir.const(0);
  const amount = ir.andi(c.reg(rs), 0xff);
  const whenShifted = (carry: Temp): Temp => ir.movcond(Cond.eq, amount, zero, CF, carry);
  const upTo32 = (carry: Temp): Temp =>
    whenShifted(ir.movcond(Cond.gtu, amount, ir.const(32), zero, ir.andi(carry, 1)));
  switch (type) {
    case ShiftType.LSL:
      return {
        value: ir.movcond(Cond.gtu, amount, ir.const(31), zero, ir.shl(value, amount)),
        carry: wantCarry ? upTo32(ir.shr(value, ir.neg(amount))) : undefined,
      };
    case ShiftType.LSR:
      return {
        value: ir.movcond(Cond.gtu, amount, ir.const(31), zero, ir.shr(value, amount)),
        carry: wantCarry ? upTo32(ir.shr(value, ir.addi(amount, -1))) : undefined,
      };
    case ShiftType.ASR: {
      const last = ir.const(31);
      const big = (n: Temp): Temp => ir.movcond(Cond.gtu, amount, last, last, n);
      return {
        value: ir.sar(value, big(amount)),
        carry: wantCarry ? whenShifted(ir.andi(ir.sar(value, big(ir.addi(amount, -1))), 1)) : undefined,
      };
    }
    case ShiftType.ROR: {
      const rotated = ir.rotr(value, amount);
      return { value: rotated, carry: wantCarry ? whenShifted(ir.shri(rotated, 31)) : undefined };
    }
  }
}

/** What a data-processing operation computes. */
export interface AluOp {
  /** Sets C from the shifter and leaves V. */
  readonly logical: boolean;
  /** MOV, MVN: no first operand. */
  readonly unary?: boolean;
  /** With S and r15 as destination, an exception return. */
  readonly returns?: boolean;
  /** The result; with `flags` an arithmetic operation also sets N, Z, C and V. Writes no register. */
  readonly emit: (c: ArmContext, a: Temp, b: Temp, flags: boolean) => Temp;
}

function logical(emit: (c: ArmContext, a: Temp, b: Temp) => Temp, extra: Partial<AluOp> = {}): AluOp {
  return { logical: true, emit: (c, a, b) => emit(c, a, b), ...extra };
}

function arithmetic(emit: AluOp['emit'], extra: Partial<AluOp> = {}): AluOp {
  return { logical: false, emit, ...extra };
}

function setNz(c: ArmContext, result: Temp): void {
  c.ir.mov(NF, result);
  c.ir.mov(ZF, result);
}

/** The flags of adding (carry 0) or subtracting (carry 1) the constant 0: the result is the operand itself. */
function zeroOperandFlags(c: ArmContext, a: Temp, carry: number): Temp {
  c.ir.mov(VF, c.ir.const(0));
  c.ir.mov(CF, c.ir.const(carry));
  setNz(c, a);
  return a;
}

const isZero = (c: ArmContext, temp: Temp): boolean => c.ir.constantValue(temp) === 0;

export function addFlags(c: ArmContext, a: Temp, b: Temp, flags: boolean): Temp {
  const { ir } = c;
  if (!flags) return ir.add(a, b);
  if (isZero(c, b)) return zeroOperandFlags(c, a, 0);
  const sum = ir.add(a, b);
  ir.mov(VF, ir.andc(ir.xor(sum, a), ir.xor(a, b)));
  ir.mov(CF, ir.setcond(Cond.ltu, sum, a));
  setNz(c, sum);
  return sum;
}

export function subFlags(c: ArmContext, a: Temp, b: Temp, flags: boolean): Temp {
  const { ir } = c;
  if (!flags) return ir.sub(a, b);
  if (isZero(c, b)) return zeroOperandFlags(c, a, 1);
  const difference = ir.sub(a, b);
  ir.mov(VF, ir.and(ir.xor(difference, a), ir.xor(a, b)));
  ir.mov(CF, ir.setcond(Cond.geu, a, b));
  setNz(c, difference);
  return difference;
}

function adcFlags(c: ArmContext, a: Temp, b: Temp, flags: boolean): Temp {
  const { ir } = c;
  if (!flags) return ir.add(ir.add(a, b), CF);
  const zero = ir.const(0);
  const [partLow, partHigh] = ir.add2(a, zero, CF, zero);
  const [sum, carry] = ir.add2(partLow, partHigh, b, zero);
  ir.mov(VF, ir.andc(ir.xor(sum, a), ir.xor(a, b)));
  ir.mov(CF, carry);
  setNz(c, sum);
  return sum;
}

const sbcFlags: AluOp['emit'] = (c, a, b, flags) => adcFlags(c, a, c.ir.not(b), flags);

export const Alu = {
  AND: logical((c, a, b) => c.ir.and(a, b)),
  EOR: logical((c, a, b) => c.ir.xor(a, b)),
  ORR: logical((c, a, b) => c.ir.or(a, b)),
  BIC: logical((c, a, b) => c.ir.andc(a, b)),
  ORN: logical((c, a, b) => c.ir.or(a, c.ir.not(b))),
  MOV: logical((_c, _a, b) => b, { unary: true, returns: true }),
  MVN: logical((c, _a, b) => c.ir.not(b), { unary: true }),
  ADD: arithmetic(addFlags),
  SUB: arithmetic(subFlags, { returns: true }),
  RSB: arithmetic((c, a, b, flags) => subFlags(c, b, a, flags)),
  ADC: arithmetic(adcFlags),
  SBC: arithmetic(sbcFlags),
  RSC: arithmetic((c, a, b, flags) => sbcFlags(c, b, a, flags)),
} as const;

export interface DataProcessing {
  readonly s: number;
  /** Undefined for the comparisons, which only set flags. */
  readonly rd?: number;
  readonly rn: number;
}

/** A data-processing instruction with its second operand worked out. */
export function dataProcessing(c: ArmContext, op: AluOp, { s, rd, rn }: DataProcessing, operand: Operand): boolean {
  const { ir } = c;
  const flags = s === 1;
  if (flags && rd === 15 && op.returns) {
    if (c.isUser) return false;
    exceptionReturn(c, op.emit(c, c.reg(rn), operand.value, false));
    return true;
  }
  const result = op.emit(c, op.unary ? ir.const(0) : c.reg(rn), operand.value, flags);
  if (flags && op.logical) {
    if (operand.carry !== undefined) ir.mov(CF, operand.carry);
    setNz(c, result);
  }
  if (rd !== undefined) c.setRegFromAlu(rd, result);
  return true;
}

/** N and Z of a multiplication's result. */
export const setResultFlags = setNz;
