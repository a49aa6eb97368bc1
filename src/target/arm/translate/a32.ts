import { signExtend } from '../../../common/bits';
import { MemOp } from '../../../tcg/memop';
import type { A32_PATTERNS } from '../decode/a32-table';
import type { FieldsOf } from '../decode';
import { PARALLEL_NAMES, type ParallelName } from '../helpers';
import { Alu, a32Immediate, dataProcessing, shiftImmediate, shiftRegister, type AluOp } from './alu';
import { loadMultiple, returnFromException, storeMultiple, storeReturnState } from './block-transfer';
import { branch, branchExchange, branchLink, branchLinkExchange, branchLinkRegister } from './branch';
import type { ArmContext } from './context';
import * as coproc from './coprocessor';
import { clearExclusive, loadExclusive, storeExclusive } from './exclusive';
import { immediateOffset, load, loadDual, store, storeDual, swap } from './load-store';
import * as media from './media';
import * as mul from './multiply';
import * as system from './system';

type Patterns = typeof A32_PATTERNS;
export type A32Name = keyof Patterns;
/** Emits an instruction's meaning; false where the encoding turns out UNDEFINED, before anything was emitted. */
type Translate<Name extends A32Name> = (c: ArmContext, f: FieldsOf<Patterns[Name]>) => boolean;
type Table = { readonly [Name in A32Name]: Translate<Name> };

const immediate =
  (op: AluOp): Translate<'AND_imm_A1'> =>
  (c, f) =>
    dataProcessing(c, op, f, a32Immediate(c, f.rot, f.imm8));
const register =
  (op: AluOp): Translate<'AND_reg_A1'> =>
  (c, f) =>
    dataProcessing(c, op, f, shiftImmediate(c, f.rm, f.type, f.imm5, op.logical && f.s === 1));
const shifted =
  (op: AluOp): Translate<'AND_rsr_A1'> =>
  (c, f) =>
    dataProcessing(c, op, f, shiftRegister(c, f.rm, f.type, f.rs, op.logical && f.s === 1));
const moveImmediate =
  (op: AluOp): Translate<'MOV_imm_A1'> =>
  (c, f) =>
    dataProcessing(c, op, { s: f.s, rd: f.rd, rn: 0 }, a32Immediate(c, f.rot, f.imm8));
const moveRegister =
  (op: AluOp): Translate<'MOV_reg_A1'> =>
  (c, f) =>
    dataProcessing(c, op, { s: f.s, rd: f.rd, rn: 0 }, shiftImmediate(c, f.rm, f.type, f.imm5, f.s === 1));
const moveShifted =
  (op: AluOp): Translate<'MOV_rsr_A1'> =>
  (c, f) =>
    dataProcessing(c, op, { s: f.s, rd: f.rd, rn: 0 }, shiftRegister(c, f.rm, f.type, f.rs, f.s === 1));
const compareImmediate =
  (op: AluOp): Translate<'CMP_imm_A1'> =>
  (c, f) =>
    dataProcessing(c, op, { s: 1, rn: f.rn }, a32Immediate(c, f.rot, f.imm8));
const compareRegister =
  (op: AluOp): Translate<'CMP_reg_A1'> =>
  (c, f) =>
    dataProcessing(c, op, { s: 1, rn: f.rn }, shiftImmediate(c, f.rm, f.type, f.imm5, op.logical));
const compareShifted =
  (op: AluOp): Translate<'CMP_rsr_A1'> =>
  (c, f) =>
    dataProcessing(c, op, { s: 1, rn: f.rn }, shiftRegister(c, f.rm, f.type, f.rs, op.logical));

const loadImm =
  (op: number): Translate<'LDR_imm_A1'> =>
  (c, f) =>
    load(c, f.rt, op, immediateOffset(f, f.imm12));
const loadReg =
  (op: number): Translate<'LDR_reg_A1'> =>
  (c, f) =>
    load(c, f.rt, op, f);
const loadLiteral =
  (op: number): Translate<'LDR_lit_A1'> =>
  (c, f) =>
    load(c, f.rt, op, { rn: 15, p: 1, w: 0, u: f.u, imm: f.imm12 });
const storeImm =
  (op: number): Translate<'STR_imm_A1'> =>
  (c, f) =>
    store(c, f.rt, op, immediateOffset(f, f.imm12));
const storeReg =
  (op: number): Translate<'STR_reg_A1'> =>
  (c, f) =>
    store(c, f.rt, op, f);
const loadImm8 =
  (op: number): Translate<'LDRH_imm_A1'> =>
  (c, f) =>
    load(c, f.rt, op, immediateOffset(f, f.imm8));
const loadReg8 =
  (op: number): Translate<'LDRH_reg_A1'> =>
  (c, f) =>
    load(c, f.rt, op, f);
const loadLiteral8 =
  (op: number): Translate<'LDRH_lit_A1'> =>
  (c, f) =>
    load(c, f.rt, op, { rn: 15, p: 1, w: 0, u: f.u, imm: f.imm8 });
const post = { p: 0, w: 1 };
const loadUserImm8 =
  (op: number): Translate<'LDRHT_imm_A1'> =>
  (c, f) =>
    load(c, f.rt, op, { ...f, ...post, imm: f.imm8 }, true);
const loadUserReg8 =
  (op: number): Translate<'LDRHT_reg_A2'> =>
  (c, f) =>
    load(c, f.rt, op, { ...f, ...post }, true);
const loadUserImm =
  (op: number): Translate<'LDRT_A1'> =>
  (c, f) =>
    load(c, f.rt, op, { ...f, ...post, imm: f.imm12 }, true);
const loadUserReg =
  (op: number): Translate<'LDRT_A2'> =>
  (c, f) =>
    load(c, f.rt, op, { ...f, ...post }, true);
const storeUserImm =
  (op: number): Translate<'STRT_A1'> =>
  (c, f) =>
    store(c, f.rt, op, { ...f, ...post, imm: f.imm12 }, true);
const storeUserReg =
  (op: number): Translate<'STRT_A2'> =>
  (c, f) =>
    store(c, f.rt, op, { ...f, ...post }, true);

/** The doubleword forms: an even register and the next; post-indexing has W clear. */
const evenPair = (f: { rt: number; p: number; w: number }): boolean => f.rt % 2 === 0 && (f.p === 1 || f.w === 0);

const extendWord =
  (unit: Parameters<typeof media.extend>[2]) =>
  (c: ArmContext, f: media.Extension): boolean =>
    media.extend(c, f, unit);
const noAccumulator = { ra: mul.NO_REGISTER };

const parallel = Object.fromEntries(
  PARALLEL_NAMES.map((name) => [`${name}_A1`, (c: ArmContext, f: mul.ThreeRegisters) => media.parallel(c, name, f)]),
) as unknown as { readonly [Name in `${ParallelName}_A1`]: Translate<'SADD16_A1'> };

const branchOffset = (imm24: number): number => signExtend(imm24, 24) << 2;

/** The meaning of each row of the A32 table. */
export const A32_TRANSLATE: Table = {
  AND_imm_A1: immediate(Alu.AND),
  EOR_imm_A1: immediate(Alu.EOR),
  ADR_A2: (c, f) => immediate(Alu.SUB)(c, { ...f, s: 0, rn: 15 }),
  SUB_imm_A1: immediate(Alu.SUB),
  RSB_imm_A1: immediate(Alu.RSB),
  ADR_A1: (c, f) => immediate(Alu.ADD)(c, { ...f, s: 0, rn: 15 }),
  ADD_imm_A1: immediate(Alu.ADD),
  ADC_imm_A1: immediate(Alu.ADC),
  SBC_imm_A1: immediate(Alu.SBC),
  RSC_imm_A1: immediate(Alu.RSC),
  TST_imm_A1: compareImmediate(Alu.AND),
  TEQ_imm_A1: compareImmediate(Alu.EOR),
  CMP_imm_A1: compareImmediate(Alu.SUB),
  CMN_imm_A1: compareImmediate(Alu.ADD),
  ORR_imm_A1: immediate(Alu.ORR),
  MOV_imm_A1: moveImmediate(Alu.MOV),
  BIC_imm_A1: immediate(Alu.BIC),
  MVN_imm_A1: moveImmediate(Alu.MVN),
  AND_reg_A1: register(Alu.AND),
  EOR_reg_A1: register(Alu.EOR),
  SUB_reg_A1: register(Alu.SUB),
  RSB_reg_A1: register(Alu.RSB),
  ADD_reg_A1: register(Alu.ADD),
  ADC_reg_A1: register(Alu.ADC),
  SBC_reg_A1: register(Alu.SBC),
  RSC_reg_A1: register(Alu.RSC),
  TST_reg_A1: compareRegister(Alu.AND),
  TEQ_reg_A1: compareRegister(Alu.EOR),
  CMP_reg_A1: compareRegister(Alu.SUB),
  CMN_reg_A1: compareRegister(Alu.ADD),
  ORR_reg_A1: register(Alu.ORR),
  MOV_reg_A1: moveRegister(Alu.MOV),
  BIC_reg_A1: register(Alu.BIC),
  MVN_reg_A1: moveRegister(Alu.MVN),
  AND_rsr_A1: shifted(Alu.AND),
  EOR_rsr_A1: shifted(Alu.EOR),
  SUB_rsr_A1: shifted(Alu.SUB),
  RSB_rsr_A1: shifted(Alu.RSB),
  ADD_rsr_A1: shifted(Alu.ADD),
  ADC_rsr_A1: shifted(Alu.ADC),
  SBC_rsr_A1: shifted(Alu.SBC),
  RSC_rsr_A1: shifted(Alu.RSC),
  TST_rsr_A1: compareShifted(Alu.AND),
  TEQ_rsr_A1: compareShifted(Alu.EOR),
  CMP_rsr_A1: compareShifted(Alu.SUB),
  CMN_rsr_A1: compareShifted(Alu.ADD),
  ORR_rsr_A1: shifted(Alu.ORR),
  MOV_rsr_A1: moveShifted(Alu.MOV),
  BIC_rsr_A1: shifted(Alu.BIC),
  MVN_rsr_A1: moveShifted(Alu.MVN),
  MOV_imm_A2: media.moveWide,
  MOVT_A1: media.moveTop,

  MUL_A1: (c, f) => mul.multiply(c, f, f.s),
  MLA_A1: (c, f) => mul.multiply(c, f, f.s),
  UMAAL_A1: mul.multiplyAccumulateAccumulate,
  MLS_A1: mul.multiplySubtract,
  UMULL_A1: (c, f) => mul.multiplyLong(c, f, false, false, f.s),
  UMLAL_A1: (c, f) => mul.multiplyLong(c, f, false, true, f.s),
  SMULL_A1: (c, f) => mul.multiplyLong(c, f, true, false, f.s),
  SMLAL_A1: (c, f) => mul.multiplyLong(c, f, true, true, f.s),
  QADD_A1: (c, f) => media.saturatingArithmetic(c, f, false, false),
  QSUB_A1: (c, f) => media.saturatingArithmetic(c, f, true, false),
  QDADD_A1: (c, f) => media.saturatingArithmetic(c, f, false, true),
  QDSUB_A1: (c, f) => media.saturatingArithmetic(c, f, true, true),
  SMLAxy_A1: mul.multiplyHalves,
  SMLAWy_A1: mul.multiplyWordHalf,
  SMULWy_A1: (c, f) => mul.multiplyWordHalf(c, { ...f, ...noAccumulator }),
  SMLALxy_A1: mul.multiplyHalvesLong,
  SMULxy_A1: (c, f) => mul.multiplyHalves(c, { ...f, ...noAccumulator }),

  STRHT_reg_A2: (c, f) => store(c, f.rt, MemOp.UW, { ...f, ...post }, true),
  STRHT_imm_A1: (c, f) => store(c, f.rt, MemOp.UW, { ...f, ...post, imm: f.imm8 }, true),
  LDRHT_reg_A2: loadUserReg8(MemOp.UW),
  LDRHT_imm_A1: loadUserImm8(MemOp.UW),
  LDRSBT_reg_A2: loadUserReg8(MemOp.SB),
  LDRSBT_imm_A1: loadUserImm8(MemOp.SB),
  LDRSHT_reg_A2: loadUserReg8(MemOp.SW),
  LDRSHT_imm_A1: loadUserImm8(MemOp.SW),
  STRH_reg_A1: (c, f) => store(c, f.rt, MemOp.UW, f),
  STRH_imm_A1: (c, f) => store(c, f.rt, MemOp.UW, immediateOffset(f, f.imm8)),
  LDRH_reg_A1: loadReg8(MemOp.UW),
  LDRH_lit_A1: loadLiteral8(MemOp.UW),
  LDRH_imm_A1: loadImm8(MemOp.UW),
  LDRSB_reg_A1: loadReg8(MemOp.SB),
  LDRSB_lit_A1: loadLiteral8(MemOp.SB),
  LDRSB_imm_A1: loadImm8(MemOp.SB),
  LDRSH_reg_A1: loadReg8(MemOp.SW),
  LDRSH_lit_A1: loadLiteral8(MemOp.SW),
  LDRSH_imm_A1: loadImm8(MemOp.SW),
  LDRD_reg_A1: (c, f) => evenPair(f) && loadDual(c, f.rt, f.rt + 1, f),
  LDRD_lit_A1: (c, f) => f.rt % 2 === 0 && loadDual(c, f.rt, f.rt + 1, { rn: 15, p: 1, w: 0, u: f.u, imm: f.imm8 }),
  LDRD_imm_A1: (c, f) => evenPair(f) && loadDual(c, f.rt, f.rt + 1, { ...f, imm: f.imm8 }),
  STRD_reg_A1: (c, f) => evenPair(f) && storeDual(c, f.rt, f.rt + 1, f),
  STRD_imm_A1: (c, f) => evenPair(f) && storeDual(c, f.rt, f.rt + 1, { ...f, imm: f.imm8 }),

  SWP_A1: (c, f) => swap(c, f, MemOp.UL | MemOp.ALIGN),
  SWPB_A1: (c, f) => swap(c, f, MemOp.UB),
  STREX_A1: (c, f) => storeExclusive(c, f, MemOp.UL),
  LDREX_A1: (c, f) => loadExclusive(c, f, MemOp.UL),
  STREXD_A1: (c, f) => f.rt % 2 === 0 && storeExclusive(c, { ...f, rt2: f.rt + 1 }, MemOp.UQ),
  LDREXD_A1: (c, f) => f.rt % 2 === 0 && loadExclusive(c, { ...f, rt2: f.rt + 1 }, MemOp.UQ),
  STREXB_A1: (c, f) => storeExclusive(c, f, MemOp.UB),
  LDREXB_A1: (c, f) => loadExclusive(c, f, MemOp.UB),
  STREXH_A1: (c, f) => storeExclusive(c, f, MemOp.UW),
  LDREXH_A1: (c, f) => loadExclusive(c, f, MemOp.UW),

  NOP_A1: system.nothing,
  YIELD_A1: system.yieldToOthers,
  WFE_A1: system.waitForEvent,
  WFI_A1: system.waitForInterrupt,
  SEV_A1: system.sendEvent,
  DBG_A1: system.nothing,
  HINT_A1: system.nothing,
  MSR_imm_A1: (c, f) => system.moveToPsr(c, f.mask, f.r, a32Immediate(c, f.rot, f.imm8).value),
  MRS_A1: (c, f) => system.moveFromPsr(c, f.rd, f.r),
  MSR_reg_A1: (c, f) => system.moveToPsr(c, f.mask, f.r, c.reg(f.rm)),
  BX_A1: (c, f) => branchExchange(c, f.rm),
  CLZ_A1: media.countLeadingZeros,
  BXJ_A1: (c, f) => branchExchange(c, f.rm),
  BLX_reg_A1: (c, f) => branchLinkRegister(c, f.rm),
  HLT_A1: (c, f) => system.halt(c, f.imm16),
  BKPT_A1: system.breakpoint,
  SMC_A1: system.secureMonitorCall,

  STRT_A1: storeUserImm(MemOp.UL),
  LDRT_A1: loadUserImm(MemOp.UL),
  STRBT_A1: storeUserImm(MemOp.UB),
  LDRBT_A1: loadUserImm(MemOp.UB),
  STR_imm_A1: storeImm(MemOp.UL),
  LDR_lit_A1: loadLiteral(MemOp.UL),
  LDR_imm_A1: loadImm(MemOp.UL),
  STRB_imm_A1: storeImm(MemOp.UB),
  LDRB_lit_A1: loadLiteral(MemOp.UB),
  LDRB_imm_A1: loadImm(MemOp.UB),
  STRT_A2: storeUserReg(MemOp.UL),
  LDRT_A2: loadUserReg(MemOp.UL),
  STRBT_A2: storeUserReg(MemOp.UB),
  LDRBT_A2: loadUserReg(MemOp.UB),
  STR_reg_A1: storeReg(MemOp.UL),
  LDR_reg_A1: loadReg(MemOp.UL),
  STRB_reg_A1: storeReg(MemOp.UB),
  LDRB_reg_A1: loadReg(MemOp.UB),

  ...parallel,
  PKH_A1: media.pack,
  SEL_A1: media.select,
  SXTB16_A1: (c, f) => media.extendHalves(c, f, true),
  SXTAB16_A1: (c, f) => media.extendHalves(c, f, true),
  SSAT16_A1: (c, f) => media.saturateHalves(c, f, true),
  SSAT_A1: (c, f) => media.saturateWord(c, f, true),
  SXTB_A1: extendWord((c, v) => c.ir.ext8s(v)),
  SXTAB_A1: extendWord((c, v) => c.ir.ext8s(v)),
  SXTH_A1: extendWord((c, v) => c.ir.ext16s(v)),
  SXTAH_A1: extendWord((c, v) => c.ir.ext16s(v)),
  REV_A1: media.reverse,
  REV16_A1: media.reverse16,
  UXTB16_A1: (c, f) => media.extendHalves(c, f, false),
  UXTAB16_A1: (c, f) => media.extendHalves(c, f, false),
  USAT16_A1: (c, f) => media.saturateHalves(c, f, false),
  USAT_A1: (c, f) => media.saturateWord(c, f, false),
  UXTB_A1: extendWord((c, v) => c.ir.ext8u(v)),
  UXTAB_A1: extendWord((c, v) => c.ir.ext8u(v)),
  UXTH_A1: extendWord((c, v) => c.ir.ext16u(v)),
  UXTAH_A1: extendWord((c, v) => c.ir.ext16u(v)),
  RBIT_A1: media.reverseBits,
  REVSH_A1: media.reverseSignedHalf,

  SMUAD_A1: (c, f) => mul.dualMultiplyAdd(c, { ...f, ...noAccumulator }),
  SMLAD_A1: mul.dualMultiplyAdd,
  SMUSD_A1: (c, f) => mul.dualMultiplySubtract(c, { ...f, ...noAccumulator }),
  SMLSD_A1: mul.dualMultiplySubtract,
  SDIV_A1: system.undefinedHere,
  UDIV_A1: system.undefinedHere,
  SMLALD_A1: (c, f) => mul.dualMultiplyLong(c, f, false),
  SMLSLD_A1: (c, f) => mul.dualMultiplyLong(c, f, true),
  SMMUL_A1: (c, f) => mul.multiplyMostSignificant(c, { ...f, ...noAccumulator }, false),
  SMMLA_A1: (c, f) => mul.multiplyMostSignificant(c, f, false),
  SMMLS_A1: (c, f) => mul.multiplyMostSignificant(c, f, true),
  USAD8_A1: media.sumOfDifferences,
  USADA8_A1: media.sumOfDifferences,
  SBFX_A1: (c, f) => media.bitFieldExtract(c, f, true),
  BFC_A1: media.bitFieldInsert,
  BFI_A1: media.bitFieldInsert,
  UBFX_A1: (c, f) => media.bitFieldExtract(c, f, false),
  UDF_A1: system.undefinedHere,

  STM_A1: (c, f) => storeMultiple(c, f, 1),
  LDM_A1: (c, f) => !(f.w && f.list & (1 << f.rn)) && loadMultiple(c, f, 1),
  B_A1: (c, f) => branch(c, branchOffset(f.imm24)),
  BL_A1: (c, f) => branchLink(c, branchOffset(f.imm24)),

  MCRR_A1: coproc.transferTwo,
  MRRC_A1: coproc.transferTwo,
  STC_A1: coproc.coprocessorOperation,
  LDC_A1: coproc.coprocessorOperation,
  CDP_A1: coproc.coprocessorOperation,
  MCR_A1: (c, f) => coproc.transferRegister(c, f, false),
  MRC_A1: (c, f) => coproc.transferRegister(c, f, true),
  SVC_A1: (c, f) => system.supervisorCall(c, f.imm24),

  CPS_A1: system.changeState,
  SETEND_A1: (c, f) => system.setEndian(c, f.e),
  NOP_hint_A1: system.nothing,
  PLI_imm_A1: system.nothing,
  PLD_imm_A1: system.nothing,
  CLREX_A1: clearExclusive,
  DSB_A1: system.nothing,
  DMB_A1: system.nothing,
  ISB_A1: system.instructionBarrier,
  NOP_hint_A2: system.nothing,
  PLI_reg_A1: system.nothing,
  PLD_reg_A1: system.nothing,
  SRS_A1: storeReturnState,
  RFE_A1: returnFromException,
  BLX_imm_A2: (c, f) => branchLinkExchange(c, branchOffset(f.imm24) + (f.h << 1)),
  MCRR2_A2: coproc.transferTwo,
  MRRC2_A2: coproc.transferTwo,
  STC2_A2: coproc.coprocessorOperation,
  LDC2_A2: coproc.coprocessorOperation,
  CDP2_A2: coproc.coprocessorOperation,
  MCR2_A2: system.undefinedHere,
  MRC2_A2: system.undefinedHere,
};
