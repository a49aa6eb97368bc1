import { bit, popCount } from '../../../common/bits';
import type { Fields, Unpredictable } from './pattern';

/**
 * What the ARM ARM calls UNPREDICTABLE for an encoding's fields (DDI 0406C chapter A8), so that generated streams can
 * keep to defined behaviour. Rows not named have no such case besides their should-be bits.
 */
type Predicate = (f: Fields) => boolean;

/** Any of the named registers is r15. */
const pc =
  (...names: string[]): Predicate =>
  (f) =>
    names.some((name) => f[name] === 15);
/** Any of the named registers is r13 or r15, as most of T32 forbids. */
const bad =
  (...names: string[]): Predicate =>
  (f) =>
    names.some((name) => f[name] === 13 || f[name] === 15);
const any =
  (...predicates: Predicate[]): Predicate =>
  (f) =>
    predicates.some((p) => p(f));
const named = (names: string, predicate: Predicate): Record<string, Predicate> =>
  Object.fromEntries(
    names
      .trim()
      .split(/\s+/)
      .map((name) => [name, predicate]),
  );

const writeBack: Predicate = (f) => f.p === 0 || f.w === 1;
/** Write-back to r15, or to the register transferred. */
const badWriteBack: Predicate = (f) => writeBack(f) && (f.rn === 15 || f.rn === f.rt);
const sameLong: Predicate = (f) => f.rdhi === f.rdlo;
const always: Predicate = () => true;

const PARALLEL_NAMES = ['S', 'Q', 'SH', 'U', 'UQ', 'UH'].flatMap((prefix) =>
  ['ADD16', 'ASX', 'SAX', 'SUB16', 'ADD8', 'SUB8'].map((op) => prefix + op),
);
const suffixed = (names: readonly string[], suffix: string): string => names.map((name) => name + suffix).join(' ');

const notUpTwo: Predicate = (f) => f.rt % 2 === 1 || f.rt === 14;
const dualWriteBack: Predicate = (f) =>
  writeBack(f) && (f.rn === 15 || f.rn === f.rt || f.rn === f.rt + 1 || (f.p === 0 && f.w === 1));

/** A list of registers that is empty, too long or past the last register; write-back to r15. */
const badVectorList: Predicate = ({ sz, d, vd, imm8, rn, w, p, u }) => {
  const first = sz ? (d << 4) | vd : (vd << 1) | d;
  const count = sz ? imm8 >>> 1 : imm8;
  return p === u || count === 0 || count > 32 >>> sz || first + count > 32 || (rn === 15 && w === 1);
};

/** Floating point, in both instruction sets (DDI 0406C A8.8.270 to A8.8.420), and what ARMv8 added to its space. */
const VFP_UNPREDICTABLE: Unpredictable = {
  ...named('VSTM VLDM', badVectorList),
  VSTR: pc('rn'),
  ...named('VMOV_to_singles VMOV_from_singles', (f) => pc('rt', 'rt2')(f) || (f.vm === 15 && f.m === 1)),
  ...named('VMOV_to_double VMOV_from_double', pc('rt', 'rt2')),
  ...named('VMOV_to_single VMOV_from_single VMOV_to_scalar VMOV_from_scalar VMSR', pc('rt')),
  VDUP: (f) => f.rt === 15 || (f.q === 1 && (f.vd & 1) === 1) || (f.b === 1 && f.e === 1),
  VMRS: (f) => f.rt === 15 && f.reg !== 1,
  ...named('VCVT_from_fixed VCVT_to_fixed', (f) => f.sx === 0 && ((f.imm4 << 1) | f.i) > 16),
};

/** Structures of memory at r15, or whose last register, `steps` from the first one, is past d31. */
const badStructure =
  (steps: (f: Fields) => number): Predicate =>
  (f) =>
    f.rn === 15 || ((f.d << 4) | f.vd) + steps(f) > 31;
/** The distance of a structure's registers, minus one, in the forms of one lane. */
const laneStep = ({ size, index }: Fields): number => (size === 1 ? bit(index, 1) : size === 2 ? bit(index, 2) : 0);

/** Advanced SIMD, in both instruction sets (DDI 0406C A8.8.320 to A8.8.419). */
const NEON_UNPREDICTABLE: Unpredictable = {
  ...named('VTBL VTBX', (f) => ((f.n << 4) | f.vn) + f.len > 31),
  ...Object.fromEntries([1, 2, 3, 4].map((count) => [`VLD1_multiple_${count}`, badStructure(() => count - 1)])),
  VLD2_multiple_4: badStructure(() => 3),
  ...Object.fromEntries([2, 3, 4].map((n) => [`VLD${n}_multiple`, badStructure((f) => (n - 1) * (1 + f.inc))])),
  VLD1_all: badStructure((f) => f.t),
  ...Object.fromEntries([2, 3, 4].map((n) => [`VLD${n}_all`, badStructure((f) => (n - 1) * (1 + f.t))])),
  ...Object.fromEntries([1, 2, 3, 4].map((n) => [`VLD${n}_one`, badStructure((f) => (n - 1) * (1 + laneStep(f)))])),
};

export const A32_UNPREDICTABLE: Unpredictable = {
  ...NEON_UNPREDICTABLE,
  ...VFP_UNPREDICTABLE,
  ...named(
    suffixed('AND EOR SUB RSB ADD ADC SBC RSC ORR MOV BIC MVN'.split(' '), '_rsr_A1'),
    pc('rn', 'rd', 'rs', 'rm'),
  ),
  ...named(suffixed('TST TEQ CMP CMN'.split(' '), '_rsr_A1'), pc('rn', 'rs', 'rm')),
  ...named('MOV_imm_A2 MOVT_A1 CLZ_A1 REV_A1 REV16_A1 REVSH_A1 RBIT_A1 MRS_A1', pc('rd', 'rm')),
  ...named('MUL_A1 MLA_A1 MLS_A1 SMLAxy_A1 SMLAWy_A1 SMULWy_A1 SMULxy_A1', pc('rd', 'rn', 'rm', 'ra')),
  ...named(
    'UMAAL_A1 UMULL_A1 UMLAL_A1 SMULL_A1 SMLAL_A1 SMLALxy_A1 SMLALD_A1 SMLSLD_A1',
    any(pc('rdhi', 'rdlo', 'rn', 'rm'), sameLong),
  ),
  ...named('QADD_A1 QSUB_A1 QDADD_A1 QDSUB_A1 SEL_A1 PKH_A1', pc('rd', 'rn', 'rm')),
  ...named(suffixed(PARALLEL_NAMES, '_A1'), pc('rd', 'rn', 'rm')),
  ...named(
    'SMUAD_A1 SMLAD_A1 SMUSD_A1 SMLSD_A1 SMMUL_A1 SMMLA_A1 USAD8_A1 USADA8_A1 SDIV_A1 UDIV_A1',
    pc('rd', 'rn', 'rm'),
  ),
  SMMLS_A1: pc('rd', 'rn', 'rm', 'ra'),
  ...named('SSAT_A1 SSAT16_A1 USAT_A1 USAT16_A1', pc('rd', 'rn')),
  ...named('SXTB16_A1 SXTAB16_A1 SXTB_A1 SXTAB_A1 SXTH_A1 SXTAH_A1', pc('rd', 'rm')),
  ...named('UXTB16_A1 UXTAB16_A1 UXTB_A1 UXTAB_A1 UXTH_A1 UXTAH_A1', pc('rd', 'rm')),
  ...named('SBFX_A1 UBFX_A1', (f) => f.rd === 15 || f.rn === 15 || f.lsb + f.widthm1 > 31),
  ...named('BFC_A1 BFI_A1', (f) => f.rd === 15 || f.msb < f.lsb),
  ...named(
    'STRHT_reg_A2 LDRHT_reg_A2 LDRSBT_reg_A2 LDRSHT_reg_A2',
    (f) => f.rt === 15 || f.rn === 15 || f.rn === f.rt || f.rm === 15,
  ),
  ...named('STRHT_imm_A1 LDRHT_imm_A1 LDRSBT_imm_A1 LDRSHT_imm_A1', (f) => f.rt === 15 || f.rn === 15 || f.rn === f.rt),
  ...named('STRH_reg_A1 LDRH_reg_A1 LDRSB_reg_A1 LDRSH_reg_A1', any(pc('rt', 'rm'), badWriteBack)),
  ...named('STRH_imm_A1 LDRH_imm_A1 LDRSB_imm_A1 LDRSH_imm_A1', any(pc('rt'), badWriteBack)),
  ...named('LDRH_lit_A1 LDRSB_lit_A1 LDRSH_lit_A1 LDRB_lit_A1', pc('rt')),
  ...named(
    'LDRD_reg_A1 STRD_reg_A1',
    (f) => notUpTwo(f) || dualWriteBack(f) || f.rm === 15 || f.rm === f.rt || f.rm === f.rt + 1,
  ),
  ...named('LDRD_imm_A1 STRD_imm_A1', any(notUpTwo, dualWriteBack)),
  LDRD_lit_A1: notUpTwo,
  ...named('SWP_A1 SWPB_A1', (f) => f.rt === 15 || f.rt2 === 15 || f.rn === 15 || f.rn === f.rt || f.rn === f.rt2),
  ...named('STREX_A1 STREXB_A1 STREXH_A1', (f) => pc('rd', 'rt', 'rn')(f) || f.rd === f.rn || f.rd === f.rt),
  STREXD_A1: (f) => pc('rd', 'rn')(f) || notUpTwo(f) || f.rd === f.rn || f.rd === f.rt || f.rd === f.rt + 1,
  ...named('LDREX_A1 LDREXB_A1 LDREXH_A1', pc('rt', 'rn')),
  LDREXD_A1: (f) => notUpTwo(f) || f.rn === 15,
  MSR_imm_A1: (f) => f.mask === 0,
  MSR_reg_A1: (f) => f.mask === 0 || f.rm === 15,
  ...named('BXJ_A1 BLX_reg_A1', pc('rm')),
  ...named('BKPT_A1 HLT_A1', (f) => f.cond !== 14),
  ...named('STRT_A1 LDRT_A1 STRBT_A1 LDRBT_A1', (f) => f.rt === 15 || f.rn === 15 || f.rn === f.rt),
  ...named('STRT_A2 LDRT_A2 STRBT_A2 LDRBT_A2', (f) => f.rt === 15 || f.rn === 15 || f.rn === f.rt || f.rm === 15),
  ...named('STR_imm_A1 LDR_imm_A1', badWriteBack),
  ...named('STRB_imm_A1 LDRB_imm_A1', any(pc('rt'), badWriteBack)),
  ...named('STR_reg_A1 LDR_reg_A1', any(pc('rm'), badWriteBack)),
  ...named('STRB_reg_A1 LDRB_reg_A1', any(pc('rt', 'rm'), badWriteBack)),
  STM_A1: (f) =>
    f.rn === 15 ||
    f.list === 0 ||
    (f.user === 1 && f.w === 1) ||
    (f.w === 1 && bit(f.list, f.rn) === 1 && (f.list & ((1 << f.rn) - 1)) !== 0),
  LDM_A1: (f) =>
    f.rn === 15 ||
    f.list === 0 ||
    (f.w === 1 && bit(f.list, f.rn) === 1) ||
    (f.user === 1 && f.w === 1 && bit(f.list, 15) === 0),
  ...named('MCRR_A1 MCRR2_A2', pc('rt', 'rt2')),
  ...named('MRRC_A1 MRRC2_A2', (f) => pc('rt', 'rt2')(f) || f.rt === f.rt2),
  ...named('MCR_A1 MCR2_A2', pc('rt')),
  ...named('STC_A1 STC2_A2 LDC_A1 LDC2_A2', (f) => f.rn === 15 && f.w === 1),
  ...named('NOP_hint_A1 NOP_hint_A2', always),
  CPS_A1: (f) =>
    f.imod === 1 ||
    (f.imod === 0 && f.m === 0) ||
    (f.imod < 2 && (f.a | f.i | f.f) !== 0) ||
    (f.m === 0 && f.mode !== 0),
  PLI_reg_A1: pc('rm'),
  PLD_reg_A1: pc('rm'),
  RFE_A1: pc('rn'),
};

export const T16_UNPREDICTABLE: Unpredictable = {
  ADD_reg_T2: (f) => f.rdn === 15 && f.rm === 15,
  CMP_reg_T2: (f) => f.rn === 15 || f.rm === 15 || (f.rn < 8 && f.rm < 8),
  BLX_reg_T1: pc('rm'),
  PUSH_T1: (f) => f.list === 0 && f.m === 0,
  POP_T1: (f) => f.list === 0 && f.p === 0,
  CPS_T1: (f) => (f.a | f.i | f.f) === 0,
  IT_T1: (f) => f.firstcond === 15 || (f.firstcond === 14 && popCount(f.mask) !== 1),
  STM_T1: (f) => f.list === 0 || (bit(f.list, f.rn) === 1 && (f.list & ((1 << f.rn) - 1)) !== 0),
  LDM_T1: (f) => f.list === 0,
};

/** Zero in a byte pattern that must not be zero (A6.3.2). */
const badImmediate: Predicate = (f) => f.imm >>> 8 > 0 && f.imm >>> 8 < 4 && (f.imm & 0xff) === 0;
const badMultiple: Predicate = (f) => popCount(f.list) < 2 || bit(f.list, 13) === 1;

export const T32_UNPREDICTABLE: Unpredictable = {
  ...NEON_UNPREDICTABLE,
  ...VFP_UNPREDICTABLE,
  ...named('TST_imm_T1 TEQ_imm_T1', any(bad('rn'), badImmediate)),
  ...named('CMN_imm_T1 CMP_imm_T2', any(pc('rn'), badImmediate)),
  ...named('AND_imm_T1 BIC_imm_T1 EOR_imm_T1 ADC_imm_T1 SBC_imm_T1 RSB_imm_T2', any(bad('rd', 'rn'), badImmediate)),
  ...named('ORR_imm_T1 ORN_imm_T1', any(bad('rd', 'rn'), badImmediate)),
  ...named('MOV_imm_T2 MVN_imm_T1', any(bad('rd'), badImmediate)),
  ...named(
    'ADD_imm_T3 SUB_imm_T3',
    (f) => badImmediate(f) || f.rn === 15 || (f.rn !== 13 && f.rd === 13) || f.rd === 15,
  ),
  ...named('ADR_T3 ADR_T2 MOV_imm_T3 MOVT_T1', bad('rd')),
  ...named('ADD_imm_T4 SUB_imm_T4', (f) => f.rd === 15 || (f.rd === 13 && f.rn !== 13)),
  ...named('SSAT16_T1 USAT16_T1', (f) => bad('rd', 'rn')(f) || f.sat > 15),
  ...named('SSAT_T1 USAT_T1', bad('rd', 'rn')),
  ...named('SBFX_T1 UBFX_T1', (f) => bad('rd', 'rn')(f) || f.lsb + f.widthm1 > 31),
  BFC_T1: (f) => bad('rd')(f) || f.msb < f.lsb,
  BFI_T1: (f) => bad('rd', 'rn')(f) || f.msb < f.lsb,
  MSR_reg_T1: (f) => f.mask === 0 || bad('rn')(f),
  MRS_T1: bad('rd'),
  CPS_T2: (f) =>
    f.imod === 1 ||
    (f.imod === 0 && f.m === 0) ||
    (f.imod < 2 && (f.a | f.i | f.f) !== 0) ||
    (f.m === 0 && f.mode !== 0),
  BXJ_T1: bad('rm'),
  ...named('LEAVEX_T1 ENTERX_T1', always),
  ...named('RFEDB_T1 RFEIA_T2', pc('rn')),
  ...named(
    'STM_T2 STMDB_T1',
    (f) => f.rn === 15 || badMultiple(f) || bit(f.list, 15) === 1 || (f.w === 1 && bit(f.list, f.rn) === 1),
  ),
  ...named(
    'LDM_T2 LDMDB_T1',
    (f) => f.rn === 15 || badMultiple(f) || f.list >>> 14 === 3 || (f.w === 1 && bit(f.list, f.rn) === 1),
  ),
  STREX_T1: (f) => bad('rd', 'rt')(f) || f.rn === 15 || f.rd === f.rn || f.rd === f.rt,
  LDREX_T1: any(bad('rt'), pc('rn')),
  ...named('STREXB_T1 STREXH_T1', (f) => bad('rd', 'rt')(f) || f.rn === 15 || f.rd === f.rn || f.rd === f.rt),
  STREXD_T1: (f) => bad('rd', 'rt', 'rt2')(f) || f.rn === 15 || f.rd === f.rn || f.rd === f.rt || f.rd === f.rt2,
  ...named('LDREXB_T1 LDREXH_T1', any(bad('rt'), pc('rn'))),
  LDREXD_T1: (f) => bad('rt', 'rt2')(f) || f.rt === f.rt2 || f.rn === 15,
  ...named(
    'TBB_T1 TBH_T1',
    any((f) => f.rn === 13, bad('rm')),
  ),
  STRD_imm_T1_post: (f) => bad('rt', 'rt2')(f) || f.rn === 15 || f.rn === f.rt || f.rn === f.rt2,
  LDRD_imm_T1_post: (f) => bad('rt', 'rt2')(f) || f.rt === f.rt2 || f.rn === 15 || f.rn === f.rt || f.rn === f.rt2,
  STRD_imm_T1: (f) => bad('rt', 'rt2')(f) || f.rn === 15 || (f.w === 1 && (f.rn === f.rt || f.rn === f.rt2)),
  LDRD_imm_T1: (f) =>
    bad('rt', 'rt2')(f) || f.rt === f.rt2 || (f.w === 1 && (f.rn === 15 || f.rn === f.rt || f.rn === f.rt2)),
  LDRD_lit_T1: (f) => bad('rt', 'rt2')(f) || f.rt === f.rt2,
  ...named('STRB_reg_T2 STRH_reg_T2', any(bad('rt', 'rm'), pc('rn'))),
  STR_reg_T2: any(pc('rt', 'rn'), bad('rm')),
  ...named('STRBT_T1 STRHT_T1 STRT_T1', any(bad('rt'), pc('rn'))),
  ...named('STRB_imm_T3 STRH_imm_T3', (f) => bad('rt')(f) || f.rn === 15 || badIndex(f)),
  STR_imm_T4: (f) => f.rt === 15 || f.rn === 15 || badIndex(f),
  ...named('STRB_imm_T2 STRH_imm_T2', any(bad('rt'), pc('rn'))),
  STR_imm_T3: pc('rt', 'rn'),
  ...named('LDRB_lit_T1 LDRSB_lit_T1 LDRH_lit_T1 LDRSH_lit_T1', (f) => f.rt === 13),
  ...named('LDRB_reg_T2 LDRSB_reg_T2 LDRH_reg_T2 LDRSH_reg_T2', (f) => f.rt === 13 || bad('rm')(f) || f.rn === 15),
  ...named('LDRBT_T1 LDRSBT_T1 LDRHT_T1 LDRSHT_T1 LDRT_T1', any(bad('rt'), pc('rn'))),
  ...named('LDRB_imm_T3 LDRSB_imm_T2 LDRH_imm_T3 LDRSH_imm_T2', (f) => bad('rt')(f) || f.rn === 15 || badIndex(f)),
  ...named('LDRB_imm_T2 LDRSB_imm_T1 LDRH_imm_T2 LDRSH_imm_T1', (f) => f.rt === 13 || f.rn === 15),
  ...named('PLD_reg_T1 PLDW_reg_T1 PLI_reg_T1 NOP_hint_reg_T1', any(bad('rm'), pc('rn'))),
  ...named('NOP_hint_lit_T1 NOP_hint_lit_T2', always),
  LDR_reg_T2: any(bad('rm'), pc('rn')),
  LDR_imm_T4: (f) => f.rn === 15 || badIndex(f),
  ...named('TST_reg_T2 TEQ_reg_T1', bad('rn', 'rm')),
  ...named('CMN_reg_T2 CMP_reg_T3', any(pc('rn'), bad('rm'))),
  ...named(
    'AND_reg_T2 BIC_reg_T2 ORR_reg_T2 ORN_reg_T1 EOR_reg_T2 ADC_reg_T2 SBC_reg_T2 RSB_reg_T1 PKH_T1',
    bad('rd', 'rn', 'rm'),
  ),
  MOV_reg_T3: (f) =>
    f.imm5 === 0 && f.type === 0
      ? f.rd === 15 || f.rm === 15 || (f.s === 1 ? f.rd === 13 || f.rm === 13 : f.rd === 13 && f.rm === 13)
      : bad('rd', 'rm')(f),
  MVN_reg_T2: bad('rd', 'rm'),
  ...named(
    'ADD_reg_T3 SUB_reg_T2',
    (f) => f.rd === 15 || f.rn === 15 || bad('rm')(f) || (f.rd === 13 && (f.rn !== 13 || f.type !== 0 || f.imm5 > 3)),
  ),
  ...named('LSL_reg_T2 LSR_reg_T2 ASR_reg_T2 ROR_reg_T2', bad('rd', 'rn', 'rm')),
  ...named('SXTH_T2 UXTH_T2 SXTB16_T1 UXTB16_T1 SXTB_T2 UXTB_T2', bad('rd', 'rm')),
  ...named('SXTAH_T1 UXTAH_T1 SXTAB16_T1 UXTAB16_T1 SXTAB_T1 UXTAB_T1', bad('rd', 'rn', 'rm')),
  ...named(suffixed(PARALLEL_NAMES, '_T1'), bad('rd', 'rn', 'rm')),
  ...named('QADD_T1 QDADD_T1 QSUB_T1 QDSUB_T1 SEL_T1', bad('rd', 'rn', 'rm')),
  ...named('REV_T2 REV16_T2 RBIT_T1 REVSH_T2 CLZ_T1', (f) => bad('rd', 'rm')(f) || f.rm !== f.rm2),
  ...named('MUL_T2 SMULxy_T1 SMUAD_T1 SMULWy_T1 SMUSD_T1 SMMUL_T1 USAD8_T1', bad('rd', 'rn', 'rm')),
  ...named(
    'MLA_T1 MLS_T1 SMLAxy_T1 SMLAD_T1 SMLAWy_T1 SMLSD_T1 SMMLA_T1 SMMLS_T1 USADA8_T1',
    bad('rd', 'rn', 'rm', 'ra'),
  ),
  ...named('SDIV_T1 UDIV_T1', bad('rd', 'rn', 'rm')),
  ...named(
    'SMULL_T1 UMULL_T1 SMLAL_T1 SMLALxy_T1 SMLALD_T1 SMLSLD_T1 UMLAL_T1 UMAAL_T1',
    any(bad('rdhi', 'rdlo', 'rn', 'rm'), sameLong),
  ),
  ...named('MCRR_T1 MCRR2_T2', bad('rt', 'rt2')),
  ...named('MRRC_T1 MRRC2_T2', (f) => bad('rt', 'rt2')(f) || f.rt === f.rt2),
  ...named('MCR_T1 MCR2_T2', bad('rt')),
  ...named('MRC_T1 MRC2_T2', (f) => f.rt === 13),
  ...named('STC_T1 STC2_T2', pc('rn')),
  ...named('LDC_T1 LDC2_T2', (f) => f.rn === 15 && f.w === 1),
};

/** The 8-bit index forms: neither index nor write-back, or the T form's bits, or write-back over the data register. */
function badIndex(f: Fields): boolean {
  return (f.p === 0 && f.w === 0) || (f.p === 1 && f.u === 1 && f.w === 0) || (writeBack(f) && f.rn === f.rt);
}
