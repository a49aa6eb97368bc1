import type { PatternTable } from './pattern';
import { neonDataPatterns, neonLoadStorePatterns } from './neon-table';
import { vfpPatterns } from './vfp-table';

/**
 * The A32 encodings of ARMv7-A without Virtualization Extensions, as ARM DDI 0406C chapter A5 lists them. A pattern
 * that starts with `cond:4` stands for conditions 0..14 only.
 */

/** A5.2.1, immediate-shifted register. */
const DATA_PROCESSING_REGISTER = {
  AND_reg_A1: 'cond:4 000 0000 s:1 rn:4 rd:4 imm5:5 type:2 0 rm:4',
  EOR_reg_A1: 'cond:4 000 0001 s:1 rn:4 rd:4 imm5:5 type:2 0 rm:4',
  SUB_reg_A1: 'cond:4 000 0010 s:1 rn:4 rd:4 imm5:5 type:2 0 rm:4',
  RSB_reg_A1: 'cond:4 000 0011 s:1 rn:4 rd:4 imm5:5 type:2 0 rm:4',
  ADD_reg_A1: 'cond:4 000 0100 s:1 rn:4 rd:4 imm5:5 type:2 0 rm:4',
  ADC_reg_A1: 'cond:4 000 0101 s:1 rn:4 rd:4 imm5:5 type:2 0 rm:4',
  SBC_reg_A1: 'cond:4 000 0110 s:1 rn:4 rd:4 imm5:5 type:2 0 rm:4',
  RSC_reg_A1: 'cond:4 000 0111 s:1 rn:4 rd:4 imm5:5 type:2 0 rm:4',
  TST_reg_A1: 'cond:4 000 1000 1 rn:4 (0000) imm5:5 type:2 0 rm:4',
  TEQ_reg_A1: 'cond:4 000 1001 1 rn:4 (0000) imm5:5 type:2 0 rm:4',
  CMP_reg_A1: 'cond:4 000 1010 1 rn:4 (0000) imm5:5 type:2 0 rm:4',
  CMN_reg_A1: 'cond:4 000 1011 1 rn:4 (0000) imm5:5 type:2 0 rm:4',
  ORR_reg_A1: 'cond:4 000 1100 s:1 rn:4 rd:4 imm5:5 type:2 0 rm:4',
  MOV_reg_A1: 'cond:4 000 1101 s:1 (0000) rd:4 imm5:5 type:2 0 rm:4',
  BIC_reg_A1: 'cond:4 000 1110 s:1 rn:4 rd:4 imm5:5 type:2 0 rm:4',
  MVN_reg_A1: 'cond:4 000 1111 s:1 (0000) rd:4 imm5:5 type:2 0 rm:4',
} as const;

/** A5.2.2 */
const DATA_PROCESSING_REGISTER_SHIFTED = {
  AND_rsr_A1: 'cond:4 000 0000 s:1 rn:4 rd:4 rs:4 0 type:2 1 rm:4',
  EOR_rsr_A1: 'cond:4 000 0001 s:1 rn:4 rd:4 rs:4 0 type:2 1 rm:4',
  SUB_rsr_A1: 'cond:4 000 0010 s:1 rn:4 rd:4 rs:4 0 type:2 1 rm:4',
  RSB_rsr_A1: 'cond:4 000 0011 s:1 rn:4 rd:4 rs:4 0 type:2 1 rm:4',
  ADD_rsr_A1: 'cond:4 000 0100 s:1 rn:4 rd:4 rs:4 0 type:2 1 rm:4',
  ADC_rsr_A1: 'cond:4 000 0101 s:1 rn:4 rd:4 rs:4 0 type:2 1 rm:4',
  SBC_rsr_A1: 'cond:4 000 0110 s:1 rn:4 rd:4 rs:4 0 type:2 1 rm:4',
  RSC_rsr_A1: 'cond:4 000 0111 s:1 rn:4 rd:4 rs:4 0 type:2 1 rm:4',
  TST_rsr_A1: 'cond:4 000 1000 1 rn:4 (0000) rs:4 0 type:2 1 rm:4',
  TEQ_rsr_A1: 'cond:4 000 1001 1 rn:4 (0000) rs:4 0 type:2 1 rm:4',
  CMP_rsr_A1: 'cond:4 000 1010 1 rn:4 (0000) rs:4 0 type:2 1 rm:4',
  CMN_rsr_A1: 'cond:4 000 1011 1 rn:4 (0000) rs:4 0 type:2 1 rm:4',
  ORR_rsr_A1: 'cond:4 000 1100 s:1 rn:4 rd:4 rs:4 0 type:2 1 rm:4',
  MOV_rsr_A1: 'cond:4 000 1101 s:1 (0000) rd:4 rs:4 0 type:2 1 rm:4',
  BIC_rsr_A1: 'cond:4 000 1110 s:1 rn:4 rd:4 rs:4 0 type:2 1 rm:4',
  MVN_rsr_A1: 'cond:4 000 1111 s:1 (0000) rd:4 rs:4 0 type:2 1 rm:4',
} as const;

/** A5.2.3 and the 16-bit immediates of A5.2. ADR is ADD or SUB of r15. */
const DATA_PROCESSING_IMMEDIATE = {
  AND_imm_A1: 'cond:4 001 0000 s:1 rn:4 rd:4 rot:4 imm8:8',
  EOR_imm_A1: 'cond:4 001 0001 s:1 rn:4 rd:4 rot:4 imm8:8',
  ADR_A2: 'cond:4 001 0010 0 1111 rd:4 rot:4 imm8:8',
  SUB_imm_A1: 'cond:4 001 0010 s:1 rn:4 rd:4 rot:4 imm8:8',
  RSB_imm_A1: 'cond:4 001 0011 s:1 rn:4 rd:4 rot:4 imm8:8',
  ADR_A1: 'cond:4 001 0100 0 1111 rd:4 rot:4 imm8:8',
  ADD_imm_A1: 'cond:4 001 0100 s:1 rn:4 rd:4 rot:4 imm8:8',
  ADC_imm_A1: 'cond:4 001 0101 s:1 rn:4 rd:4 rot:4 imm8:8',
  SBC_imm_A1: 'cond:4 001 0110 s:1 rn:4 rd:4 rot:4 imm8:8',
  RSC_imm_A1: 'cond:4 001 0111 s:1 rn:4 rd:4 rot:4 imm8:8',
  TST_imm_A1: 'cond:4 001 1000 1 rn:4 (0000) rot:4 imm8:8',
  TEQ_imm_A1: 'cond:4 001 1001 1 rn:4 (0000) rot:4 imm8:8',
  CMP_imm_A1: 'cond:4 001 1010 1 rn:4 (0000) rot:4 imm8:8',
  CMN_imm_A1: 'cond:4 001 1011 1 rn:4 (0000) rot:4 imm8:8',
  ORR_imm_A1: 'cond:4 001 1100 s:1 rn:4 rd:4 rot:4 imm8:8',
  MOV_imm_A1: 'cond:4 001 1101 s:1 (0000) rd:4 rot:4 imm8:8',
  BIC_imm_A1: 'cond:4 001 1110 s:1 rn:4 rd:4 rot:4 imm8:8',
  MVN_imm_A1: 'cond:4 001 1111 s:1 (0000) rd:4 rot:4 imm8:8',
  MOV_imm_A2: 'cond:4 0011 0000 imm16:4 rd:4 imm16:12',
  MOVT_A1: 'cond:4 0011 0100 imm16:4 rd:4 imm16:12',
} as const;

/** A5.2.5 */
const MULTIPLY = {
  MUL_A1: 'cond:4 0000 000 s:1 rd:4 (0000) rm:4 1001 rn:4',
  MLA_A1: 'cond:4 0000 001 s:1 rd:4 ra:4 rm:4 1001 rn:4',
  UMAAL_A1: 'cond:4 0000 0100 rdhi:4 rdlo:4 rm:4 1001 rn:4',
  MLS_A1: 'cond:4 0000 0110 rd:4 ra:4 rm:4 1001 rn:4',
  UMULL_A1: 'cond:4 0000 100 s:1 rdhi:4 rdlo:4 rm:4 1001 rn:4',
  UMLAL_A1: 'cond:4 0000 101 s:1 rdhi:4 rdlo:4 rm:4 1001 rn:4',
  SMULL_A1: 'cond:4 0000 110 s:1 rdhi:4 rdlo:4 rm:4 1001 rn:4',
  SMLAL_A1: 'cond:4 0000 111 s:1 rdhi:4 rdlo:4 rm:4 1001 rn:4',
} as const;

/** A5.2.6 */
const SATURATING = {
  QADD_A1: 'cond:4 0001 0000 rn:4 rd:4 (0000) 0101 rm:4',
  QSUB_A1: 'cond:4 0001 0010 rn:4 rd:4 (0000) 0101 rm:4',
  QDADD_A1: 'cond:4 0001 0100 rn:4 rd:4 (0000) 0101 rm:4',
  QDSUB_A1: 'cond:4 0001 0110 rn:4 rd:4 (0000) 0101 rm:4',
} as const;

/** A5.2.7. n and m choose the top half of Rn and Rm. */
const HALFWORD_MULTIPLY = {
  SMLAxy_A1: 'cond:4 0001 0000 rd:4 ra:4 rm:4 1 m:1 n:1 0 rn:4',
  SMLAWy_A1: 'cond:4 0001 0010 rd:4 ra:4 rm:4 1 m:1 0 0 rn:4',
  SMULWy_A1: 'cond:4 0001 0010 rd:4 (0000) rm:4 1 m:1 1 0 rn:4',
  SMLALxy_A1: 'cond:4 0001 0100 rdhi:4 rdlo:4 rm:4 1 m:1 n:1 0 rn:4',
  SMULxy_A1: 'cond:4 0001 0110 rd:4 (0000) rm:4 1 m:1 n:1 0 rn:4',
} as const;

/** A5.2.8 and A5.2.9 (the T forms: unprivileged, post-indexed). */
const EXTRA_LOAD_STORE = {
  STRHT_reg_A2: 'cond:4 0000 u:1 010 rn:4 rt:4 (0000) 1011 rm:4',
  STRHT_imm_A1: 'cond:4 0000 u:1 110 rn:4 rt:4 imm8:4 1011 imm8:4',
  LDRHT_reg_A2: 'cond:4 0000 u:1 011 rn:4 rt:4 (0000) 1011 rm:4',
  LDRHT_imm_A1: 'cond:4 0000 u:1 111 rn:4 rt:4 imm8:4 1011 imm8:4',
  LDRSBT_reg_A2: 'cond:4 0000 u:1 011 rn:4 rt:4 (0000) 1101 rm:4',
  LDRSBT_imm_A1: 'cond:4 0000 u:1 111 rn:4 rt:4 imm8:4 1101 imm8:4',
  LDRSHT_reg_A2: 'cond:4 0000 u:1 011 rn:4 rt:4 (0000) 1111 rm:4',
  LDRSHT_imm_A1: 'cond:4 0000 u:1 111 rn:4 rt:4 imm8:4 1111 imm8:4',
  STRH_reg_A1: 'cond:4 000 p:1 u:1 0 w:1 0 rn:4 rt:4 (0000) 1011 rm:4',
  STRH_imm_A1: 'cond:4 000 p:1 u:1 1 w:1 0 rn:4 rt:4 imm8:4 1011 imm8:4',
  LDRH_reg_A1: 'cond:4 000 p:1 u:1 0 w:1 1 rn:4 rt:4 (0000) 1011 rm:4',
  LDRH_lit_A1: 'cond:4 0001 u:1 101 1111 rt:4 imm8:4 1011 imm8:4',
  LDRH_imm_A1: 'cond:4 000 p:1 u:1 1 w:1 1 rn:4 rt:4 imm8:4 1011 imm8:4',
  LDRSB_reg_A1: 'cond:4 000 p:1 u:1 0 w:1 1 rn:4 rt:4 (0000) 1101 rm:4',
  LDRSB_lit_A1: 'cond:4 0001 u:1 101 1111 rt:4 imm8:4 1101 imm8:4',
  LDRSB_imm_A1: 'cond:4 000 p:1 u:1 1 w:1 1 rn:4 rt:4 imm8:4 1101 imm8:4',
  LDRSH_reg_A1: 'cond:4 000 p:1 u:1 0 w:1 1 rn:4 rt:4 (0000) 1111 rm:4',
  LDRSH_lit_A1: 'cond:4 0001 u:1 101 1111 rt:4 imm8:4 1111 imm8:4',
  LDRSH_imm_A1: 'cond:4 000 p:1 u:1 1 w:1 1 rn:4 rt:4 imm8:4 1111 imm8:4',
  LDRD_reg_A1: 'cond:4 000 p:1 u:1 0 w:1 0 rn:4 rt:4 (0000) 1101 rm:4',
  LDRD_lit_A1: 'cond:4 0001 u:1 100 1111 rt:4 imm8:4 1101 imm8:4',
  LDRD_imm_A1: 'cond:4 000 p:1 u:1 1 w:1 0 rn:4 rt:4 imm8:4 1101 imm8:4',
  STRD_reg_A1: 'cond:4 000 p:1 u:1 0 w:1 0 rn:4 rt:4 (0000) 1111 rm:4',
  STRD_imm_A1: 'cond:4 000 p:1 u:1 1 w:1 0 rn:4 rt:4 imm8:4 1111 imm8:4',
} as const;

/** A5.2.10 */
const SYNCHRONIZATION = {
  SWP_A1: 'cond:4 0001 0000 rn:4 rt:4 (0000) 1001 rt2:4',
  SWPB_A1: 'cond:4 0001 0100 rn:4 rt:4 (0000) 1001 rt2:4',
  STREX_A1: 'cond:4 0001 1000 rn:4 rd:4 (1111) 1001 rt:4',
  LDREX_A1: 'cond:4 0001 1001 rn:4 rt:4 (1111) 1001 (1111)',
  STREXD_A1: 'cond:4 0001 1010 rn:4 rd:4 (1111) 1001 rt:4',
  LDREXD_A1: 'cond:4 0001 1011 rn:4 rt:4 (1111) 1001 (1111)',
  STREXB_A1: 'cond:4 0001 1100 rn:4 rd:4 (1111) 1001 rt:4',
  LDREXB_A1: 'cond:4 0001 1101 rn:4 rt:4 (1111) 1001 (1111)',
  STREXH_A1: 'cond:4 0001 1110 rn:4 rd:4 (1111) 1001 rt:4',
  LDREXH_A1: 'cond:4 0001 1111 rn:4 rt:4 (1111) 1001 (1111)',
} as const;

/** A5.2.11 */
const MSR_IMMEDIATE_AND_HINTS = {
  NOP_A1: 'cond:4 0011 0010 0000 1111 (0000) 0000 0000',
  YIELD_A1: 'cond:4 0011 0010 0000 1111 (0000) 0000 0001',
  WFE_A1: 'cond:4 0011 0010 0000 1111 (0000) 0000 0010',
  WFI_A1: 'cond:4 0011 0010 0000 1111 (0000) 0000 0011',
  SEV_A1: 'cond:4 0011 0010 0000 1111 (0000) 0000 0100',
  DBG_A1: 'cond:4 0011 0010 0000 1111 (0000) 1111 option:4',
  HINT_A1: 'cond:4 0011 0010 0000 1111 (0000) hint:8',
  MSR_imm_A1: 'cond:4 0011 0 r:1 10 mask:4 (1111) rot:4 imm8:8',
} as const;

/** A5.2.12 */
const MISCELLANEOUS = {
  MRS_A1: 'cond:4 0001 0 r:1 00 (1111) rd:4 (00) 0 (0) 0000 (0000)',
  MSR_reg_A1: 'cond:4 0001 0 r:1 10 mask:4 (1111) (00) 0 (0) 0000 rm:4',
  BX_A1: 'cond:4 0001 0010 (1111) (1111) (1111) 0001 rm:4',
  CLZ_A1: 'cond:4 0001 0110 (1111) rd:4 (1111) 0001 rm:4',
  BXJ_A1: 'cond:4 0001 0010 (1111) (1111) (1111) 0010 rm:4',
  BLX_reg_A1: 'cond:4 0001 0010 (1111) (1111) (1111) 0011 rm:4',
  HLT_A1: 'cond:4 0001 0000 imm16:12 0111 imm16:4',
  BKPT_A1: 'cond:4 0001 0010 imm16:12 0111 imm16:4',
  SMC_A1: 'cond:4 0001 0110 (0000) (0000) (0000) 0111 imm4:4',
} as const;

/** A5.3 */
const LOAD_STORE = {
  STRT_A1: 'cond:4 0100 u:1 010 rn:4 rt:4 imm12:12',
  LDRT_A1: 'cond:4 0100 u:1 011 rn:4 rt:4 imm12:12',
  STRBT_A1: 'cond:4 0100 u:1 110 rn:4 rt:4 imm12:12',
  LDRBT_A1: 'cond:4 0100 u:1 111 rn:4 rt:4 imm12:12',
  STR_imm_A1: 'cond:4 010 p:1 u:1 0 w:1 0 rn:4 rt:4 imm12:12',
  LDR_lit_A1: 'cond:4 0101 u:1 001 1111 rt:4 imm12:12',
  LDR_imm_A1: 'cond:4 010 p:1 u:1 0 w:1 1 rn:4 rt:4 imm12:12',
  STRB_imm_A1: 'cond:4 010 p:1 u:1 1 w:1 0 rn:4 rt:4 imm12:12',
  LDRB_lit_A1: 'cond:4 0101 u:1 101 1111 rt:4 imm12:12',
  LDRB_imm_A1: 'cond:4 010 p:1 u:1 1 w:1 1 rn:4 rt:4 imm12:12',
  STRT_A2: 'cond:4 0110 u:1 010 rn:4 rt:4 imm5:5 type:2 0 rm:4',
  LDRT_A2: 'cond:4 0110 u:1 011 rn:4 rt:4 imm5:5 type:2 0 rm:4',
  STRBT_A2: 'cond:4 0110 u:1 110 rn:4 rt:4 imm5:5 type:2 0 rm:4',
  LDRBT_A2: 'cond:4 0110 u:1 111 rn:4 rt:4 imm5:5 type:2 0 rm:4',
  STR_reg_A1: 'cond:4 011 p:1 u:1 0 w:1 0 rn:4 rt:4 imm5:5 type:2 0 rm:4',
  LDR_reg_A1: 'cond:4 011 p:1 u:1 0 w:1 1 rn:4 rt:4 imm5:5 type:2 0 rm:4',
  STRB_reg_A1: 'cond:4 011 p:1 u:1 1 w:1 0 rn:4 rt:4 imm5:5 type:2 0 rm:4',
  LDRB_reg_A1: 'cond:4 011 p:1 u:1 1 w:1 1 rn:4 rt:4 imm5:5 type:2 0 rm:4',
} as const;

/** A5.4.1 and A5.4.2 */
const PARALLEL = {
  SADD16_A1: 'cond:4 0110 0001 rn:4 rd:4 (1111) 0001 rm:4',
  SASX_A1: 'cond:4 0110 0001 rn:4 rd:4 (1111) 0011 rm:4',
  SSAX_A1: 'cond:4 0110 0001 rn:4 rd:4 (1111) 0101 rm:4',
  SSUB16_A1: 'cond:4 0110 0001 rn:4 rd:4 (1111) 0111 rm:4',
  SADD8_A1: 'cond:4 0110 0001 rn:4 rd:4 (1111) 1001 rm:4',
  SSUB8_A1: 'cond:4 0110 0001 rn:4 rd:4 (1111) 1111 rm:4',
  QADD16_A1: 'cond:4 0110 0010 rn:4 rd:4 (1111) 0001 rm:4',
  QASX_A1: 'cond:4 0110 0010 rn:4 rd:4 (1111) 0011 rm:4',
  QSAX_A1: 'cond:4 0110 0010 rn:4 rd:4 (1111) 0101 rm:4',
  QSUB16_A1: 'cond:4 0110 0010 rn:4 rd:4 (1111) 0111 rm:4',
  QADD8_A1: 'cond:4 0110 0010 rn:4 rd:4 (1111) 1001 rm:4',
  QSUB8_A1: 'cond:4 0110 0010 rn:4 rd:4 (1111) 1111 rm:4',
  SHADD16_A1: 'cond:4 0110 0011 rn:4 rd:4 (1111) 0001 rm:4',
  SHASX_A1: 'cond:4 0110 0011 rn:4 rd:4 (1111) 0011 rm:4',
  SHSAX_A1: 'cond:4 0110 0011 rn:4 rd:4 (1111) 0101 rm:4',
  SHSUB16_A1: 'cond:4 0110 0011 rn:4 rd:4 (1111) 0111 rm:4',
  SHADD8_A1: 'cond:4 0110 0011 rn:4 rd:4 (1111) 1001 rm:4',
  SHSUB8_A1: 'cond:4 0110 0011 rn:4 rd:4 (1111) 1111 rm:4',
  UADD16_A1: 'cond:4 0110 0101 rn:4 rd:4 (1111) 0001 rm:4',
  UASX_A1: 'cond:4 0110 0101 rn:4 rd:4 (1111) 0011 rm:4',
  USAX_A1: 'cond:4 0110 0101 rn:4 rd:4 (1111) 0101 rm:4',
  USUB16_A1: 'cond:4 0110 0101 rn:4 rd:4 (1111) 0111 rm:4',
  UADD8_A1: 'cond:4 0110 0101 rn:4 rd:4 (1111) 1001 rm:4',
  USUB8_A1: 'cond:4 0110 0101 rn:4 rd:4 (1111) 1111 rm:4',
  UQADD16_A1: 'cond:4 0110 0110 rn:4 rd:4 (1111) 0001 rm:4',
  UQASX_A1: 'cond:4 0110 0110 rn:4 rd:4 (1111) 0011 rm:4',
  UQSAX_A1: 'cond:4 0110 0110 rn:4 rd:4 (1111) 0101 rm:4',
  UQSUB16_A1: 'cond:4 0110 0110 rn:4 rd:4 (1111) 0111 rm:4',
  UQADD8_A1: 'cond:4 0110 0110 rn:4 rd:4 (1111) 1001 rm:4',
  UQSUB8_A1: 'cond:4 0110 0110 rn:4 rd:4 (1111) 1111 rm:4',
  UHADD16_A1: 'cond:4 0110 0111 rn:4 rd:4 (1111) 0001 rm:4',
  UHASX_A1: 'cond:4 0110 0111 rn:4 rd:4 (1111) 0011 rm:4',
  UHSAX_A1: 'cond:4 0110 0111 rn:4 rd:4 (1111) 0101 rm:4',
  UHSUB16_A1: 'cond:4 0110 0111 rn:4 rd:4 (1111) 0111 rm:4',
  UHADD8_A1: 'cond:4 0110 0111 rn:4 rd:4 (1111) 1001 rm:4',
  UHSUB8_A1: 'cond:4 0110 0111 rn:4 rd:4 (1111) 1111 rm:4',
} as const;

/** A5.4.3 */
const PACKING = {
  PKH_A1: 'cond:4 0110 1000 rn:4 rd:4 imm5:5 tb:1 01 rm:4',
  SEL_A1: 'cond:4 0110 1000 rn:4 rd:4 (1111) 1011 rm:4',
  SXTB16_A1: 'cond:4 0110 1000 1111 rd:4 rot:2 (00) 0111 rm:4',
  SXTAB16_A1: 'cond:4 0110 1000 rn:4 rd:4 rot:2 (00) 0111 rm:4',
  SSAT16_A1: 'cond:4 0110 1010 sat:4 rd:4 (1111) 0011 rn:4',
  SSAT_A1: 'cond:4 0110 101 sat:5 rd:4 imm5:5 sh:1 01 rn:4',
  SXTB_A1: 'cond:4 0110 1010 1111 rd:4 rot:2 (00) 0111 rm:4',
  SXTAB_A1: 'cond:4 0110 1010 rn:4 rd:4 rot:2 (00) 0111 rm:4',
  SXTH_A1: 'cond:4 0110 1011 1111 rd:4 rot:2 (00) 0111 rm:4',
  SXTAH_A1: 'cond:4 0110 1011 rn:4 rd:4 rot:2 (00) 0111 rm:4',
  REV_A1: 'cond:4 0110 1011 (1111) rd:4 (1111) 0011 rm:4',
  REV16_A1: 'cond:4 0110 1011 (1111) rd:4 (1111) 1011 rm:4',
  UXTB16_A1: 'cond:4 0110 1100 1111 rd:4 rot:2 (00) 0111 rm:4',
  UXTAB16_A1: 'cond:4 0110 1100 rn:4 rd:4 rot:2 (00) 0111 rm:4',
  USAT16_A1: 'cond:4 0110 1110 sat:4 rd:4 (1111) 0011 rn:4',
  USAT_A1: 'cond:4 0110 111 sat:5 rd:4 imm5:5 sh:1 01 rn:4',
  UXTB_A1: 'cond:4 0110 1110 1111 rd:4 rot:2 (00) 0111 rm:4',
  UXTAB_A1: 'cond:4 0110 1110 rn:4 rd:4 rot:2 (00) 0111 rm:4',
  UXTH_A1: 'cond:4 0110 1111 1111 rd:4 rot:2 (00) 0111 rm:4',
  UXTAH_A1: 'cond:4 0110 1111 rn:4 rd:4 rot:2 (00) 0111 rm:4',
  RBIT_A1: 'cond:4 0110 1111 (1111) rd:4 (1111) 0011 rm:4',
  REVSH_A1: 'cond:4 0110 1111 (1111) rd:4 (1111) 1011 rm:4',
} as const;

/** A5.4.4 and the rest of A5.4. x swaps Rm's halves, r rounds. */
const SIGNED_MULTIPLY_AND_MEDIA = {
  SMUAD_A1: 'cond:4 0111 0000 rd:4 1111 rm:4 00 x:1 1 rn:4',
  SMLAD_A1: 'cond:4 0111 0000 rd:4 ra:4 rm:4 00 x:1 1 rn:4',
  SMUSD_A1: 'cond:4 0111 0000 rd:4 1111 rm:4 01 x:1 1 rn:4',
  SMLSD_A1: 'cond:4 0111 0000 rd:4 ra:4 rm:4 01 x:1 1 rn:4',
  SDIV_A1: 'cond:4 0111 0001 rd:4 (1111) rm:4 0001 rn:4',
  UDIV_A1: 'cond:4 0111 0011 rd:4 (1111) rm:4 0001 rn:4',
  SMLALD_A1: 'cond:4 0111 0100 rdhi:4 rdlo:4 rm:4 00 x:1 1 rn:4',
  SMLSLD_A1: 'cond:4 0111 0100 rdhi:4 rdlo:4 rm:4 01 x:1 1 rn:4',
  SMMUL_A1: 'cond:4 0111 0101 rd:4 1111 rm:4 00 r:1 1 rn:4',
  SMMLA_A1: 'cond:4 0111 0101 rd:4 ra:4 rm:4 00 r:1 1 rn:4',
  SMMLS_A1: 'cond:4 0111 0101 rd:4 ra:4 rm:4 11 r:1 1 rn:4',
  USAD8_A1: 'cond:4 0111 1000 rd:4 1111 rm:4 0001 rn:4',
  USADA8_A1: 'cond:4 0111 1000 rd:4 ra:4 rm:4 0001 rn:4',
  SBFX_A1: 'cond:4 0111 101 widthm1:5 rd:4 lsb:5 101 rn:4',
  BFC_A1: 'cond:4 0111 110 msb:5 rd:4 lsb:5 001 1111',
  BFI_A1: 'cond:4 0111 110 msb:5 rd:4 lsb:5 001 rn:4',
  UBFX_A1: 'cond:4 0111 111 widthm1:5 rd:4 lsb:5 101 rn:4',
  UDF_A1: 'cond:4 0111 1111 imm16:12 1111 imm16:4',
} as const;

/** A5.5. user: the user-mode registers, or with r15 in a load's list an exception return. */
const BRANCH_AND_BLOCK_TRANSFER = {
  STM_A1: 'cond:4 100 p:1 u:1 user:1 w:1 0 rn:4 list:16',
  LDM_A1: 'cond:4 100 p:1 u:1 user:1 w:1 1 rn:4 list:16',
  B_A1: 'cond:4 1010 imm24:24',
  BL_A1: 'cond:4 1011 imm24:24',
} as const;

/** A5.6; what is left of coprocessors 10 and 11 is UNDEFINED, the rest of their space being floating point's. */
const COPROCESSOR_AND_SVC = {
  MCRR_A1: 'cond:4 1100 0100 rt2:4 rt:4 coproc:4 opc1:4 crm:4',
  MRRC_A1: 'cond:4 1100 0101 rt2:4 rt:4 coproc:4 opc1:4 crm:4',
  STC_A1: 'cond:4 110 p:1 u:1 d:1 w:1 0 rn:4 crd:4 coproc:4 imm8:8',
  LDC_A1: 'cond:4 110 p:1 u:1 d:1 w:1 1 rn:4 crd:4 coproc:4 imm8:8',
  CDP_A1: 'cond:4 1110 opc1:4 crn:4 crd:4 coproc:4 opc2:3 0 crm:4',
  MCR_A1: 'cond:4 1110 opc1:3 0 crn:4 rt:4 coproc:4 opc2:3 1 crm:4',
  MRC_A1: 'cond:4 1110 opc1:3 1 crn:4 rt:4 coproc:4 opc2:3 1 crm:4',
  SVC_A1: 'cond:4 1111 imm24:24',
} as const;

/** A5.7 */
const UNCONDITIONAL = {
  CPS_A1: '1111 0001 0000 imod:2 m:1 0 (0000000) a:1 i:1 f:1 0 mode:5',
  SETEND_A1: '1111 0001 0000 (000) 1 (000000) e:1 (0) 0000 (0000)',
  NOP_hint_A1: '1111 0100 u:1 001 rn:4 op:16',
  PLI_imm_A1: '1111 0100 u:1 101 rn:4 (1111) imm12:12',
  PLD_imm_A1: '1111 0101 u:1 r:1 01 rn:4 (1111) imm12:12',
  CLREX_A1: '1111 0101 0111 (1111) (1111) (0000) 0001 (1111)',
  DSB_A1: '1111 0101 0111 (1111) (1111) (0000) 0100 option:4',
  DMB_A1: '1111 0101 0111 (1111) (1111) (0000) 0101 option:4',
  ISB_A1: '1111 0101 0111 (1111) (1111) (0000) 0110 option:4',
  NOP_hint_A2: '1111 0110 u:1 001 rn:4 op:11 0 rm:4',
  PLI_reg_A1: '1111 0110 u:1 101 rn:4 (1111) imm5:5 type:2 0 rm:4',
  PLD_reg_A1: '1111 0111 u:1 r:1 01 rn:4 (1111) imm5:5 type:2 0 rm:4',
  SRS_A1: '1111 100 p:1 u:1 1 w:1 0 (1101) (00000101000) mode:5',
  RFE_A1: '1111 100 p:1 u:1 0 w:1 1 rn:4 (0000101000000000)',
  BLX_imm_A2: '1111 101 h:1 imm24:24',
  MCRR2_A2: '1111 1100 0100 rt2:4 rt:4 coproc:4 opc1:4 crm:4',
  MRRC2_A2: '1111 1100 0101 rt2:4 rt:4 coproc:4 opc1:4 crm:4',
  STC2_A2: '1111 110 p:1 u:1 d:1 w:1 0 rn:4 crd:4 coproc:4 imm8:8',
  LDC2_A2: '1111 110 p:1 u:1 d:1 w:1 1 rn:4 crd:4 coproc:4 imm8:8',
  CDP2_A2: '1111 1110 opc1:4 crn:4 crd:4 coproc:4 opc2:3 0 crm:4',
  MCR2_A2: '1111 1110 opc1:3 0 crn:4 rt:4 coproc:4 opc2:3 1 crm:4',
  MRC2_A2: '1111 1110 opc1:3 1 crn:4 rt:4 coproc:4 opc2:3 1 crm:4',
} as const;

export const A32_GROUPS: readonly (readonly [section: string, patterns: PatternTable])[] = [
  ['A5.2.5', MULTIPLY],
  ['A5.2.10', SYNCHRONIZATION],
  ['A5.2.8', EXTRA_LOAD_STORE],
  ['A5.2.6', SATURATING],
  ['A5.2.7', HALFWORD_MULTIPLY],
  ['A5.2.11', MSR_IMMEDIATE_AND_HINTS],
  ['A5.2.12', MISCELLANEOUS],
  ['A5.2.1', DATA_PROCESSING_REGISTER],
  ['A5.2.2', DATA_PROCESSING_REGISTER_SHIFTED],
  ['A5.2.3', DATA_PROCESSING_IMMEDIATE],
  ['A5.3', LOAD_STORE],
  ['A5.4.1', PARALLEL],
  ['A5.4.3', PACKING],
  ['A5.4.4', SIGNED_MULTIPLY_AND_MEDIA],
  ['A5.5', BRANCH_AND_BLOCK_TRANSFER],
  ['A7.5', vfpPatterns('cond:4')],
  ['A5.6', COPROCESSOR_AND_SVC],
  ['A7.4', neonDataPatterns('1111 001', '')],
  ['A7.7', neonLoadStorePatterns('1111 0100')],
  ['A5.7', UNCONDITIONAL],
];

/** Those of this table alone, without those of floating point and Advanced SIMD. */
export const A32_PATTERNS = {
  ...MULTIPLY,
  ...SYNCHRONIZATION,
  ...EXTRA_LOAD_STORE,
  ...SATURATING,
  ...HALFWORD_MULTIPLY,
  ...MSR_IMMEDIATE_AND_HINTS,
  ...MISCELLANEOUS,
  ...DATA_PROCESSING_REGISTER,
  ...DATA_PROCESSING_REGISTER_SHIFTED,
  ...DATA_PROCESSING_IMMEDIATE,
  ...LOAD_STORE,
  ...PARALLEL,
  ...PACKING,
  ...SIGNED_MULTIPLY_AND_MEDIA,
  ...BRANCH_AND_BLOCK_TRANSFER,
  ...COPROCESSOR_AND_SVC,
  ...UNCONDITIONAL,
};
