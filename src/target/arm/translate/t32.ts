import { signExtend } from '../../../common/bits';
import { MemOp } from '../../../tcg/memop';
import type { FieldsOf } from '../decode';
import type { T32_PATTERNS } from '../decode/t32-table';
import { PARALLEL_NAMES, type ParallelName } from '../helpers';
import { Alu, ShiftType, dataProcessing, shiftImmediate, shiftRegister, t32Immediate, type AluOp } from './alu';
import { loadMultiple, returnFromException, storeMultiple, storeReturnState } from './block-transfer';
import { branch, branchExchange, branchLink, branchLinkExchange, t32BranchOffset, tableBranch } from './branch';
import type { ArmContext } from './context';
import * as coproc from './coprocessor';
import { clearExclusive, loadExclusive, storeExclusive } from './exclusive';
import { immediateOffset, load, loadDual, store, storeDual } from './load-store';
import * as media from './media';
import * as mul from './multiply';
import * as system from './system';

type Patterns = typeof T32_PATTERNS;
export type T32Name = keyof Patterns;
type Translate<Name extends T32Name> = (c: ArmContext, f: FieldsOf<Patterns[Name]>) => boolean;
type Table = { readonly [Name in T32Name]: Translate<Name> };

const immediate =
  (op: AluOp): Translate<'AND_imm_T1'> =>
  (c, f) =>
    dataProcessing(c, op, f, t32Immediate(c, f.imm));
const moveImmediate =
  (op: AluOp): Translate<'MOV_imm_T2'> =>
  (c, f) =>
    dataProcessing(c, op, { s: f.s, rd: f.rd, rn: 0 }, t32Immediate(c, f.imm));
const compareImmediate =
  (op: AluOp): Translate<'TST_imm_T1'> =>
  (c, f) =>
    dataProcessing(c, op, { s: 1, rn: f.rn }, t32Immediate(c, f.imm));
const register =
  (op: AluOp): Translate<'AND_reg_T2'> =>
  (c, f) =>
    dataProcessing(c, op, f, shiftImmediate(c, f.rm, f.type, f.imm5, op.logical && f.s === 1));
const moveRegister =
  (op: AluOp): Translate<'MOV_reg_T3'> =>
  (c, f) =>
    dataProcessing(c, op, { s: f.s, rd: f.rd, rn: 0 }, shiftImmediate(c, f.rm, f.type, f.imm5, f.s === 1));
const compareRegister =
  (op: AluOp): Translate<'TST_reg_T2'> =>
  (c, f) =>
    dataProcessing(c, op, { s: 1, rn: f.rn }, shiftImmediate(c, f.rm, f.type, f.imm5, op.logical));
const shiftReg =
  (type: ShiftType): Translate<'LSL_reg_T2'> =>
  (c, f) =>
    dataProcessing(c, Alu.MOV, { s: f.s, rd: f.rd, rn: 0 }, shiftRegister(c, f.rn, type, f.rm, f.s === 1));

const up = { p: 1, u: 1, w: 0 };
/** Register-offset, 8-bit and 12-bit immediate, unprivileged and literal forms of loads and stores. */
const loadReg =
  (op: number): Translate<'LDR_reg_T2'> =>
  (c, f) =>
    load(c, f.rt, op, { ...up, rn: f.rn, rm: f.rm, type: ShiftType.LSL, imm5: f.imm2 });
const loadImm8 =
  (op: number): Translate<'LDR_imm_T4'> =>
  (c, f) =>
    indexed(f) && load(c, f.rt, op, immediateOffset(f, f.imm8));
const loadImm12 =
  (op: number): Translate<'LDR_imm_T3'> =>
  (c, f) =>
    load(c, f.rt, op, { ...up, rn: f.rn, imm: f.imm12 });
const loadUser =
  (op: number): Translate<'LDRT_T1'> =>
  (c, f) =>
    load(c, f.rt, op, { ...up, rn: f.rn, imm: f.imm8 }, true);
const loadLiteral =
  (op: number): Translate<'LDR_lit_T2'> =>
  (c, f) =>
    load(c, f.rt, op, { ...up, rn: 15, u: f.u, imm: f.imm12 });
const storeReg =
  (op: number): Translate<'STR_reg_T2'> =>
  (c, f) =>
    f.rn !== 15 && store(c, f.rt, op, { ...up, rn: f.rn, rm: f.rm, type: ShiftType.LSL, imm5: f.imm2 });
const storeImm8 =
  (op: number): Translate<'STR_imm_T4'> =>
  (c, f) =>
    f.rn !== 15 && indexed(f) && store(c, f.rt, op, immediateOffset(f, f.imm8));
const storeImm12 =
  (op: number): Translate<'STR_imm_T3'> =>
  (c, f) =>
    f.rn !== 15 && store(c, f.rt, op, { ...up, rn: f.rn, imm: f.imm12 });
const storeUser =
  (op: number): Translate<'STRT_T1'> =>
  (c, f) =>
    f.rn !== 15 && store(c, f.rt, op, { ...up, rn: f.rn, imm: f.imm8 }, true);

/** The 8-bit offset forms that exist: a negative offset, or write-back. */
const indexed = (f: { p: number; u: number; w: number }): boolean => f.w === 1 || (f.p === 1 && f.u === 0);

const extendWord =
  (unit: Parameters<typeof media.extend>[2]) =>
  (c: ArmContext, f: media.Extension): boolean =>
    media.extend(c, f, unit);
const noAccumulator = { ra: mul.NO_REGISTER };

const parallel = Object.fromEntries(
  PARALLEL_NAMES.map((name) => [`${name}_T1`, (c: ArmContext, f: mul.ThreeRegisters) => media.parallel(c, name, f)]),
) as unknown as { readonly [Name in `${ParallelName}_T1`]: Translate<'SADD16_T1'> };

/** Reverse and count: the register number is given twice, Rm counts. */
const single =
  (translate: (c: ArmContext, f: media.TwoRegisters) => boolean): Translate<'REV_T2'> =>
  (c, f) =>
    translate(c, f);

const wide = (c: ArmContext, op: AluOp, f: { rd: number; rn: number; imm: number }): boolean =>
  dataProcessing(c, op, { s: 0, rd: f.rd, rn: f.rn }, { value: c.ir.const(f.imm) });

const storeBlock =
  (p: number, u: number): Translate<'STM_T2'> =>
  (c, f) =>
    !(f.w && f.list & (1 << f.rn)) && storeMultiple(c, { ...f, p, u, user: 0 }, 2);
const loadBlock =
  (p: number, u: number): Translate<'LDM_T2'> =>
  (c, f) =>
    !(f.w && f.list & (1 << f.rn)) && loadMultiple(c, { ...f, p, u, user: 0 }, 2);
const dual = (f: { rn: number; imm8: number; u: number }, p: number, w: number) => ({
  rn: f.rn,
  u: f.u,
  p,
  w,
  imm: f.imm8 << 2,
});

/** The meaning of each row of the T32 table. */
export const T32_TRANSLATE: Table = {
  TST_imm_T1: compareImmediate(Alu.AND),
  AND_imm_T1: immediate(Alu.AND),
  BIC_imm_T1: immediate(Alu.BIC),
  MOV_imm_T2: moveImmediate(Alu.MOV),
  ORR_imm_T1: immediate(Alu.ORR),
  MVN_imm_T1: moveImmediate(Alu.MVN),
  ORN_imm_T1: immediate(Alu.ORN),
  TEQ_imm_T1: compareImmediate(Alu.EOR),
  EOR_imm_T1: immediate(Alu.EOR),
  CMN_imm_T1: compareImmediate(Alu.ADD),
  ADD_imm_T3: immediate(Alu.ADD),
  ADC_imm_T1: immediate(Alu.ADC),
  SBC_imm_T1: immediate(Alu.SBC),
  CMP_imm_T2: compareImmediate(Alu.SUB),
  SUB_imm_T3: immediate(Alu.SUB),
  RSB_imm_T2: immediate(Alu.RSB),

  ADR_T3: (c, f) => {
    c.setReg(f.rd, c.ir.addi(c.base(15), f.imm));
    return true;
  },
  ADD_imm_T4: (c, f) => wide(c, Alu.ADD, f),
  MOV_imm_T3: (c, f) => media.moveWide(c, { rd: f.rd, imm16: (f.imm16a << 12) | f.imm16b }),
  ADR_T2: (c, f) => {
    c.setReg(f.rd, c.ir.addi(c.base(15), -f.imm));
    return true;
  },
  SUB_imm_T4: (c, f) => wide(c, Alu.SUB, f),
  MOVT_T1: (c, f) => media.moveTop(c, { rd: f.rd, imm16: (f.imm16a << 12) | f.imm16b }),
  SSAT16_T1: (c, f) => media.saturateHalves(c, f, true),
  SSAT_T1: (c, f) => media.saturateWord(c, f, true),
  SBFX_T1: (c, f) => media.bitFieldExtract(c, f, true),
  BFC_T1: media.bitFieldInsert,
  BFI_T1: media.bitFieldInsert,
  USAT16_T1: (c, f) => media.saturateHalves(c, f, false),
  USAT_T1: (c, f) => media.saturateWord(c, f, false),
  UBFX_T1: (c, f) => media.bitFieldExtract(c, f, false),

  MSR_reg_T1: (c, f) => system.moveToPsr(c, f.mask, f.r, c.reg(f.rn)),
  NOP_T2: system.nothing,
  YIELD_T2: system.yieldToOthers,
  WFE_T2: system.waitForEvent,
  WFI_T2: system.waitForInterrupt,
  SEV_T2: system.sendEvent,
  DBG_T1: system.nothing,
  HINT_T2: system.nothing,
  CPS_T2: system.changeState,
  LEAVEX_T1: system.undefinedHere,
  ENTERX_T1: system.undefinedHere,
  CLREX_T1: clearExclusive,
  DSB_T1: system.nothing,
  DMB_T1: system.nothing,
  ISB_T1: system.instructionBarrier,
  BXJ_T1: (c, f) => branchExchange(c, f.rm),
  SUBS_PC_LR_T1: (c, f) => dataProcessing(c, Alu.SUB, { s: 1, rd: 15, rn: 14 }, { value: c.ir.const(f.imm8) }),
  MRS_T1: (c, f) => system.moveFromPsr(c, f.rd, f.r),
  SMC_T1: system.secureMonitorCall,
  UDF_T2: system.undefinedHere,
  B_T3: (c, f) => {
    if (f.cond >= 14 || c.inItBlock) return false;
    c.skipUnless(f.cond);
    return branch(c, signExtend((f.s << 20) | (f.j2 << 19) | (f.j1 << 18) | (f.imm << 1), 21));
  },
  B_T4: (c, f) => branch(c, t32BranchOffset(f, 21)),
  BL_T1: (c, f) => branchLink(c, t32BranchOffset(f, 21)),
  BLX_imm_T2: (c, f) => branchLinkExchange(c, t32BranchOffset(f, 20)),

  SRSDB_T1: (c, f) => storeReturnState(c, { ...f, p: 1, u: 0 }),
  RFEDB_T1: (c, f) => returnFromException(c, { ...f, p: 1, u: 0 }),
  STM_T2: storeBlock(0, 1),
  LDM_T2: loadBlock(0, 1),
  STMDB_T1: storeBlock(1, 0),
  LDMDB_T1: loadBlock(1, 0),
  SRSIA_T2: (c, f) => storeReturnState(c, { ...f, p: 0, u: 1 }),
  RFEIA_T2: (c, f) => returnFromException(c, { ...f, p: 0, u: 1 }),

  STREX_T1: (c, f) => storeExclusive(c, { ...f, offset: f.imm8 << 2 }, MemOp.UL),
  LDREX_T1: (c, f) => loadExclusive(c, { ...f, offset: f.imm8 << 2 }, MemOp.UL),
  STREXB_T1: (c, f) => storeExclusive(c, f, MemOp.UB),
  STREXH_T1: (c, f) => storeExclusive(c, f, MemOp.UW),
  STREXD_T1: (c, f) => storeExclusive(c, f, MemOp.UQ),
  TBB_T1: (c, f) => tableBranch(c, f, false),
  TBH_T1: (c, f) => tableBranch(c, f, true),
  LDREXB_T1: (c, f) => loadExclusive(c, f, MemOp.UB),
  LDREXH_T1: (c, f) => loadExclusive(c, f, MemOp.UW),
  LDREXD_T1: (c, f) => loadExclusive(c, f, MemOp.UQ),
  STRD_imm_T1_post: (c, f) => f.rn !== 15 && storeDual(c, f.rt, f.rt2, dual(f, 0, 1)),
  LDRD_imm_T1_post: (c, f) => loadDual(c, f.rt, f.rt2, dual(f, 0, 1)),
  STRD_imm_T1: (c, f) => f.rn !== 15 && storeDual(c, f.rt, f.rt2, dual(f, 1, f.w)),
  LDRD_lit_T1: (c, f) => loadDual(c, f.rt, f.rt2, dual({ ...f, rn: 15 }, 1, 0)),
  LDRD_imm_T1: (c, f) => loadDual(c, f.rt, f.rt2, dual(f, 1, f.w)),

  STRB_reg_T2: storeReg(MemOp.UB),
  STRBT_T1: storeUser(MemOp.UB),
  STRB_imm_T3: storeImm8(MemOp.UB),
  STRH_reg_T2: storeReg(MemOp.UW),
  STRHT_T1: storeUser(MemOp.UW),
  STRH_imm_T3: storeImm8(MemOp.UW),
  STR_reg_T2: storeReg(MemOp.UL),
  STRT_T1: storeUser(MemOp.UL),
  STR_imm_T4: storeImm8(MemOp.UL),
  STRB_imm_T2: storeImm12(MemOp.UB),
  STRH_imm_T2: storeImm12(MemOp.UW),
  STR_imm_T3: storeImm12(MemOp.UL),

  PLD_lit_T1: system.nothing,
  LDRB_lit_T1: loadLiteral(MemOp.UB),
  PLD_reg_T1: system.nothing,
  LDRB_reg_T2: loadReg(MemOp.UB),
  PLD_imm_T2: system.nothing,
  LDRBT_T1: loadUser(MemOp.UB),
  LDRB_imm_T3: loadImm8(MemOp.UB),
  PLD_imm_T1: system.nothing,
  LDRB_imm_T2: loadImm12(MemOp.UB),
  PLI_lit_T3: system.nothing,
  LDRSB_lit_T1: loadLiteral(MemOp.SB),
  PLI_reg_T1: system.nothing,
  LDRSB_reg_T2: loadReg(MemOp.SB),
  PLI_imm_T2: system.nothing,
  LDRSBT_T1: loadUser(MemOp.SB),
  LDRSB_imm_T2: loadImm8(MemOp.SB),
  PLI_imm_T1: system.nothing,
  LDRSB_imm_T1: loadImm12(MemOp.SB),
  NOP_hint_lit_T1: system.nothing,
  LDRH_lit_T1: loadLiteral(MemOp.UW),
  PLDW_reg_T1: system.nothing,
  LDRH_reg_T2: loadReg(MemOp.UW),
  PLDW_imm_T2: system.nothing,
  LDRHT_T1: loadUser(MemOp.UW),
  LDRH_imm_T3: loadImm8(MemOp.UW),
  PLDW_imm_T1: system.nothing,
  LDRH_imm_T2: loadImm12(MemOp.UW),
  NOP_hint_lit_T2: system.nothing,
  LDRSH_lit_T1: loadLiteral(MemOp.SW),
  NOP_hint_reg_T1: system.nothing,
  LDRSH_reg_T2: loadReg(MemOp.SW),
  NOP_hint_imm_T2: system.nothing,
  LDRSHT_T1: loadUser(MemOp.SW),
  LDRSH_imm_T2: loadImm8(MemOp.SW),
  NOP_hint_imm_T1: system.nothing,
  LDRSH_imm_T1: loadImm12(MemOp.SW),
  LDR_lit_T2: loadLiteral(MemOp.UL),
  LDR_reg_T2: loadReg(MemOp.UL),
  LDRT_T1: loadUser(MemOp.UL),
  LDR_imm_T4: loadImm8(MemOp.UL),
  LDR_imm_T3: loadImm12(MemOp.UL),

  TST_reg_T2: compareRegister(Alu.AND),
  AND_reg_T2: register(Alu.AND),
  BIC_reg_T2: register(Alu.BIC),
  MOV_reg_T3: moveRegister(Alu.MOV),
  ORR_reg_T2: register(Alu.ORR),
  MVN_reg_T2: moveRegister(Alu.MVN),
  ORN_reg_T1: register(Alu.ORN),
  TEQ_reg_T1: compareRegister(Alu.EOR),
  EOR_reg_T2: register(Alu.EOR),
  PKH_T1: media.pack,
  CMN_reg_T2: compareRegister(Alu.ADD),
  ADD_reg_T3: register(Alu.ADD),
  ADC_reg_T2: register(Alu.ADC),
  SBC_reg_T2: register(Alu.SBC),
  CMP_reg_T3: compareRegister(Alu.SUB),
  SUB_reg_T2: register(Alu.SUB),
  RSB_reg_T1: register(Alu.RSB),

  LSL_reg_T2: shiftReg(ShiftType.LSL),
  LSR_reg_T2: shiftReg(ShiftType.LSR),
  ASR_reg_T2: shiftReg(ShiftType.ASR),
  ROR_reg_T2: shiftReg(ShiftType.ROR),
  SXTH_T2: extendWord((c, v) => c.ir.ext16s(v)),
  SXTAH_T1: extendWord((c, v) => c.ir.ext16s(v)),
  UXTH_T2: extendWord((c, v) => c.ir.ext16u(v)),
  UXTAH_T1: extendWord((c, v) => c.ir.ext16u(v)),
  SXTB16_T1: (c, f) => media.extendHalves(c, f, true),
  SXTAB16_T1: (c, f) => media.extendHalves(c, f, true),
  UXTB16_T1: (c, f) => media.extendHalves(c, f, false),
  UXTAB16_T1: (c, f) => media.extendHalves(c, f, false),
  SXTB_T2: extendWord((c, v) => c.ir.ext8s(v)),
  SXTAB_T1: extendWord((c, v) => c.ir.ext8s(v)),
  UXTB_T2: extendWord((c, v) => c.ir.ext8u(v)),
  UXTAB_T1: extendWord((c, v) => c.ir.ext8u(v)),

  ...parallel,
  QADD_T1: (c, f) => media.saturatingArithmetic(c, f, false, false),
  QDADD_T1: (c, f) => media.saturatingArithmetic(c, f, false, true),
  QSUB_T1: (c, f) => media.saturatingArithmetic(c, f, true, false),
  QDSUB_T1: (c, f) => media.saturatingArithmetic(c, f, true, true),
  REV_T2: single(media.reverse),
  REV16_T2: single(media.reverse16),
  RBIT_T1: single(media.reverseBits),
  REVSH_T2: single(media.reverseSignedHalf),
  SEL_T1: media.select,
  CLZ_T1: single(media.countLeadingZeros),

  MUL_T2: (c, f) => mul.multiply(c, f, 0),
  MLA_T1: (c, f) => mul.multiply(c, f, 0),
  MLS_T1: mul.multiplySubtract,
  SMULxy_T1: (c, f) => mul.multiplyHalves(c, { ...f, ...noAccumulator }),
  SMLAxy_T1: mul.multiplyHalves,
  SMUAD_T1: (c, f) => mul.dualMultiplyAdd(c, { ...f, ...noAccumulator }),
  SMLAD_T1: mul.dualMultiplyAdd,
  SMULWy_T1: (c, f) => mul.multiplyWordHalf(c, { ...f, ...noAccumulator }),
  SMLAWy_T1: mul.multiplyWordHalf,
  SMUSD_T1: (c, f) => mul.dualMultiplySubtract(c, { ...f, ...noAccumulator }),
  SMLSD_T1: mul.dualMultiplySubtract,
  SMMUL_T1: (c, f) => mul.multiplyMostSignificant(c, { ...f, ...noAccumulator }, false),
  SMMLA_T1: (c, f) => mul.multiplyMostSignificant(c, f, false),
  SMMLS_T1: (c, f) => mul.multiplyMostSignificant(c, f, true),
  USAD8_T1: media.sumOfDifferences,
  USADA8_T1: media.sumOfDifferences,
  SMULL_T1: (c, f) => mul.multiplyLong(c, f, true, false, 0),
  SDIV_T1: system.undefinedHere,
  UMULL_T1: (c, f) => mul.multiplyLong(c, f, false, false, 0),
  UDIV_T1: system.undefinedHere,
  SMLAL_T1: (c, f) => mul.multiplyLong(c, f, true, true, 0),
  SMLALxy_T1: mul.multiplyHalvesLong,
  SMLALD_T1: (c, f) => mul.dualMultiplyLong(c, f, false),
  SMLSLD_T1: (c, f) => mul.dualMultiplyLong(c, f, true),
  UMLAL_T1: (c, f) => mul.multiplyLong(c, f, false, true, 0),
  UMAAL_T1: mul.multiplyAccumulateAccumulate,

  MCRR_T1: coproc.transferTwo,
  MRRC_T1: coproc.transferTwo,
  STC_T1: coproc.coprocessorOperation,
  LDC_T1: coproc.coprocessorOperation,
  CDP_T1: coproc.coprocessorOperation,
  MCR_T1: (c, f) => coproc.transferRegister(c, f, false),
  MRC_T1: (c, f) => coproc.transferRegister(c, f, true),
  MCRR2_T2: coproc.transferTwo,
  MRRC2_T2: coproc.transferTwo,
  STC2_T2: coproc.coprocessorOperation,
  LDC2_T2: coproc.coprocessorOperation,
  CDP2_T2: coproc.coprocessorOperation,
  MCR2_T2: system.undefinedHere,
  MRC2_T2: system.undefinedHere,
};
