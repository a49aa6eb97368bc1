import { signExtend } from '../../../common/bits';
import { MemOp } from '../../../tcg/memop';
import { Cond } from '../../../tcg/opcodes';
import type { T16_PATTERNS } from '../decode/t16-table';
import type { FieldsOf } from '../decode';
import { Alu, ShiftType, dataProcessing, shiftImmediate, shiftRegister, type AluOp } from './alu';
import { loadMultiple, storeMultiple } from './block-transfer';
import { branch, branchExchange, branchLinkRegister, compareBranch } from './branch';
import type { ArmContext } from './context';
import { load, store } from './load-store';
import * as media from './media';
import { multiply } from './multiply';
import * as system from './system';

type Patterns = typeof T16_PATTERNS;
export type T16Name = keyof Patterns;
type Translate<Name extends T16Name> = (c: ArmContext, f: FieldsOf<Patterns[Name]>) => boolean;
type Table = { readonly [Name in T16Name]: Translate<Name> };

/** Most 16-bit data-processing instructions set flags outside of an IT block only. */
const s = (c: ArmContext): number => (c.inItBlock ? 0 : 1);

const imm = (c: ArmContext, value: number) => ({ value: c.ir.const(value) });
const regOperand = (c: ArmContext, rm: number) => ({ value: c.reg(rm) });

const shiftImm =
  (type: ShiftType): Translate<'LSL_imm_T1'> =>
  (c, f) =>
    dataProcessing(c, Alu.MOV, { s: s(c), rd: f.rd, rn: 0 }, shiftImmediate(c, f.rm, type, f.imm5, s(c) === 1));
const shiftReg =
  (type: ShiftType): Translate<'LSL_reg_T1'> =>
  (c, f) =>
    dataProcessing(c, Alu.MOV, { s: s(c), rd: f.rdn, rn: 0 }, shiftRegister(c, f.rdn, type, f.rm, s(c) === 1));
const two =
  (op: AluOp): Translate<'AND_reg_T1'> =>
  (c, f) =>
    dataProcessing(c, op, { s: s(c), rd: f.rdn, rn: f.rdn }, regOperand(c, f.rm));
const compare =
  (op: AluOp): Translate<'TST_reg_T1'> =>
  (c, f) =>
    dataProcessing(c, op, { s: 1, rn: f.rn }, regOperand(c, f.rm));
const offset = (rn: number, value: number) => ({ rn, p: 1, u: 1, w: 0, imm: value });
const loadReg =
  (op: number): Translate<'LDR_reg_T1'> =>
  (c, f) =>
    load(c, f.rt, op, { rn: f.rn, p: 1, u: 1, w: 0, rm: f.rm });
const storeReg =
  (op: number): Translate<'STR_reg_T1'> =>
  (c, f) =>
    store(c, f.rt, op, { rn: f.rn, p: 1, u: 1, w: 0, rm: f.rm });

/** The meaning of each row of the T16 table. */
export const T16_TRANSLATE: Table = {
  MOV_reg_T2: (c, f) => dataProcessing(c, Alu.MOV, { s: s(c), rd: f.rd, rn: 0 }, regOperand(c, f.rm)),
  LSL_imm_T1: shiftImm(ShiftType.LSL),
  LSR_imm_T1: shiftImm(ShiftType.LSR),
  ASR_imm_T1: shiftImm(ShiftType.ASR),
  ADD_reg_T1: (c, f) => dataProcessing(c, Alu.ADD, { ...f, s: s(c) }, regOperand(c, f.rm)),
  SUB_reg_T1: (c, f) => dataProcessing(c, Alu.SUB, { ...f, s: s(c) }, regOperand(c, f.rm)),
  ADD_imm_T1: (c, f) => dataProcessing(c, Alu.ADD, { ...f, s: s(c) }, imm(c, f.imm3)),
  SUB_imm_T1: (c, f) => dataProcessing(c, Alu.SUB, { ...f, s: s(c) }, imm(c, f.imm3)),
  MOV_imm_T1: (c, f) => dataProcessing(c, Alu.MOV, { s: s(c), rd: f.rd, rn: 0 }, imm(c, f.imm8)),
  CMP_imm_T1: (c, f) => dataProcessing(c, Alu.SUB, { s: 1, rn: f.rn }, imm(c, f.imm8)),
  ADD_imm_T2: (c, f) => dataProcessing(c, Alu.ADD, { s: s(c), rd: f.rdn, rn: f.rdn }, imm(c, f.imm8)),
  SUB_imm_T2: (c, f) => dataProcessing(c, Alu.SUB, { s: s(c), rd: f.rdn, rn: f.rdn }, imm(c, f.imm8)),
  AND_reg_T1: two(Alu.AND),
  EOR_reg_T1: two(Alu.EOR),
  LSL_reg_T1: shiftReg(ShiftType.LSL),
  LSR_reg_T1: shiftReg(ShiftType.LSR),
  ASR_reg_T1: shiftReg(ShiftType.ASR),
  ADC_reg_T1: two(Alu.ADC),
  SBC_reg_T1: two(Alu.SBC),
  ROR_reg_T1: shiftReg(ShiftType.ROR),
  TST_reg_T1: compare(Alu.AND),
  RSB_imm_T1: (c, f) => dataProcessing(c, Alu.RSB, { ...f, s: s(c) }, imm(c, 0)),
  CMP_reg_T1: compare(Alu.SUB),
  CMN_reg_T1: compare(Alu.ADD),
  ORR_reg_T1: two(Alu.ORR),
  MUL_T1: (c, f) => multiply(c, { rd: f.rdm, rn: f.rn, rm: f.rdm }, s(c)),
  BIC_reg_T1: two(Alu.BIC),
  MVN_reg_T1: (c, f) => dataProcessing(c, Alu.MVN, { s: s(c), rd: f.rd, rn: 0 }, regOperand(c, f.rm)),
  ADD_reg_T2: (c, f) => dataProcessing(c, Alu.ADD, { s: 0, rd: f.rdn, rn: f.rdn }, regOperand(c, f.rm)),
  CMP_reg_T2: compare(Alu.SUB),
  MOV_reg_T1: (c, f) => dataProcessing(c, Alu.MOV, { s: 0, rd: f.rd, rn: 0 }, regOperand(c, f.rm)),
  BX_T1: (c, f) => branchExchange(c, f.rm),
  BLX_reg_T1: (c, f) => branchLinkRegister(c, f.rm),

  LDR_lit_T1: (c, f) => load(c, f.rt, MemOp.UL, offset(15, f.imm8 << 2)),
  STR_reg_T1: storeReg(MemOp.UL),
  STRH_reg_T1: storeReg(MemOp.UW),
  STRB_reg_T1: storeReg(MemOp.UB),
  LDRSB_reg_T1: loadReg(MemOp.SB),
  LDR_reg_T1: loadReg(MemOp.UL),
  LDRH_reg_T1: loadReg(MemOp.UW),
  LDRB_reg_T1: loadReg(MemOp.UB),
  LDRSH_reg_T1: loadReg(MemOp.SW),
  STR_imm_T1: (c, f) => store(c, f.rt, MemOp.UL, offset(f.rn, f.imm5 << 2)),
  LDR_imm_T1: (c, f) => load(c, f.rt, MemOp.UL, offset(f.rn, f.imm5 << 2)),
  STRB_imm_T1: (c, f) => store(c, f.rt, MemOp.UB, offset(f.rn, f.imm5)),
  LDRB_imm_T1: (c, f) => load(c, f.rt, MemOp.UB, offset(f.rn, f.imm5)),
  STRH_imm_T1: (c, f) => store(c, f.rt, MemOp.UW, offset(f.rn, f.imm5 << 1)),
  LDRH_imm_T1: (c, f) => load(c, f.rt, MemOp.UW, offset(f.rn, f.imm5 << 1)),
  STR_imm_T2: (c, f) => store(c, f.rt, MemOp.UL, offset(13, f.imm8 << 2)),
  LDR_imm_T2: (c, f) => load(c, f.rt, MemOp.UL, offset(13, f.imm8 << 2)),
  ADR_T1: (c, f) => {
    c.setReg(f.rd, c.ir.addi(c.base(15), f.imm8 << 2));
    return true;
  },
  ADD_SPimm_T1: (c, f) => dataProcessing(c, Alu.ADD, { s: 0, rd: f.rd, rn: 13 }, imm(c, f.imm8 << 2)),
  ADD_SPimm_T2: (c, f) => dataProcessing(c, Alu.ADD, { s: 0, rd: 13, rn: 13 }, imm(c, f.imm7 << 2)),
  SUB_SPimm_T1: (c, f) => dataProcessing(c, Alu.SUB, { s: 0, rd: 13, rn: 13 }, imm(c, f.imm7 << 2)),

  CBZ_T1: (c, f) => compareBranch(c, f, Cond.ne),
  CBNZ_T1: (c, f) => compareBranch(c, f, Cond.eq),
  SXTH_T1: (c, f) => media.extend(c, { ...f, rot: 0 }, (_, v) => c.ir.ext16s(v)),
  SXTB_T1: (c, f) => media.extend(c, { ...f, rot: 0 }, (_, v) => c.ir.ext8s(v)),
  UXTH_T1: (c, f) => media.extend(c, { ...f, rot: 0 }, (_, v) => c.ir.ext16u(v)),
  UXTB_T1: (c, f) => media.extend(c, { ...f, rot: 0 }, (_, v) => c.ir.ext8u(v)),
  PUSH_T1: (c, f) => storeMultiple(c, { rn: 13, p: 1, u: 0, w: 1, user: 0, list: f.list | (f.m << 14) }, 1),
  SETEND_T1: (c, f) => system.setEndian(c, f.e),
  CPS_T1: (c, f) => system.changeState(c, { ...f, imod: 2 | f.im, m: 0, mode: 0 }),
  REV_T1: media.reverse,
  REV16_T1: media.reverse16,
  HLT_T1: (c, f) => system.halt(c, f.imm6),
  REVSH_T1: media.reverseSignedHalf,
  POP_T1: (c, f) => loadMultiple(c, { rn: 13, p: 0, u: 1, w: 1, user: 0, list: f.list | (f.p << 15) }, 1),
  BKPT_T1: system.breakpoint,
  NOP_T1: system.nothing,
  YIELD_T1: system.yieldToOthers,
  WFE_T1: system.waitForEvent,
  WFI_T1: system.waitForInterrupt,
  SEV_T1: system.sendEvent,
  HINT_T1: system.nothing,
  IT_T1: system.ifThen,

  STM_T1: (c, f) => storeMultiple(c, { ...f, p: 0, u: 1, w: 1, user: 0 }, 1),
  // The base is written back unless it is loaded.
  LDM_T1: (c, f) => loadMultiple(c, { ...f, p: 0, u: 1, w: f.list & (1 << f.rn) ? 0 : 1, user: 0 }, 1),
  UDF_T1: system.undefinedHere,
  SVC_T1: (c, f) => system.supervisorCall(c, f.imm8),
  B_T1: (c, f) => {
    if (c.inItBlock) return false;
    c.skipUnless(f.cond);
    return branch(c, signExtend(f.imm8, 8) << 1);
  },
  B_T2: (c, f) => branch(c, signExtend(f.imm11, 11) << 1),
};
