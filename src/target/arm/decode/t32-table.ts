import type { PatternTable } from './pattern';
import { neonDataPatterns, neonLoadStorePatterns } from './neon-table';
import { vfpPatterns } from './vfp-table';

/**
 * The 32-bit Thumb encodings of ARMv7-A without Virtualization Extensions, as ARM DDI 0406C section A6.3 lists them.
 * The first halfword is in bits 31..16.
 */

/** A6.3.1; imm is i:imm3:imm8, to be expanded as A6.3.2 says. */
const DATA_PROCESSING_MODIFIED_IMMEDIATE = {
  TST_imm_T1: '11110 imm:1 0 0000 1 rn:4 0 imm:3 1111 imm:8',
  AND_imm_T1: '11110 imm:1 0 0000 s:1 rn:4 0 imm:3 rd:4 imm:8',
  BIC_imm_T1: '11110 imm:1 0 0001 s:1 rn:4 0 imm:3 rd:4 imm:8',
  MOV_imm_T2: '11110 imm:1 0 0010 s:1 1111 0 imm:3 rd:4 imm:8',
  ORR_imm_T1: '11110 imm:1 0 0010 s:1 rn:4 0 imm:3 rd:4 imm:8',
  MVN_imm_T1: '11110 imm:1 0 0011 s:1 1111 0 imm:3 rd:4 imm:8',
  ORN_imm_T1: '11110 imm:1 0 0011 s:1 rn:4 0 imm:3 rd:4 imm:8',
  TEQ_imm_T1: '11110 imm:1 0 0100 1 rn:4 0 imm:3 1111 imm:8',
  EOR_imm_T1: '11110 imm:1 0 0100 s:1 rn:4 0 imm:3 rd:4 imm:8',
  CMN_imm_T1: '11110 imm:1 0 1000 1 rn:4 0 imm:3 1111 imm:8',
  ADD_imm_T3: '11110 imm:1 0 1000 s:1 rn:4 0 imm:3 rd:4 imm:8',
  ADC_imm_T1: '11110 imm:1 0 1010 s:1 rn:4 0 imm:3 rd:4 imm:8',
  SBC_imm_T1: '11110 imm:1 0 1011 s:1 rn:4 0 imm:3 rd:4 imm:8',
  CMP_imm_T2: '11110 imm:1 0 1101 1 rn:4 0 imm:3 1111 imm:8',
  SUB_imm_T3: '11110 imm:1 0 1101 s:1 rn:4 0 imm:3 rd:4 imm:8',
  RSB_imm_T2: '11110 imm:1 0 1110 s:1 rn:4 0 imm:3 rd:4 imm:8',
} as const;

/** A6.3.3 */
const DATA_PROCESSING_PLAIN_IMMEDIATE = {
  ADR_T3: '11110 imm:1 1 00000 1111 0 imm:3 rd:4 imm:8',
  ADD_imm_T4: '11110 imm:1 1 00000 rn:4 0 imm:3 rd:4 imm:8',
  MOV_imm_T3: '11110 imm16b:1 1 00100 imm16a:4 0 imm16b:3 rd:4 imm16b:8',
  ADR_T2: '11110 imm:1 1 01010 1111 0 imm:3 rd:4 imm:8',
  SUB_imm_T4: '11110 imm:1 1 01010 rn:4 0 imm:3 rd:4 imm:8',
  MOVT_T1: '11110 imm16b:1 1 01100 imm16a:4 0 imm16b:3 rd:4 imm16b:8',
  SSAT16_T1: '11110 (0) 1 10010 rn:4 0 000 rd:4 00 (0) sat:5',
  SSAT_T1: '11110 (0) 1 100 sh:1 0 rn:4 0 imm5:3 rd:4 imm5:2 (0) sat:5',
  SBFX_T1: '11110 (0) 1 10100 rn:4 0 lsb:3 rd:4 lsb:2 (0) widthm1:5',
  BFC_T1: '11110 (0) 1 10110 1111 0 lsb:3 rd:4 lsb:2 (0) msb:5',
  BFI_T1: '11110 (0) 1 10110 rn:4 0 lsb:3 rd:4 lsb:2 (0) msb:5',
  USAT16_T1: '11110 (0) 1 11010 rn:4 0 000 rd:4 00 (0) sat:5',
  USAT_T1: '11110 (0) 1 110 sh:1 0 rn:4 0 imm5:3 rd:4 imm5:2 (0) sat:5',
  UBFX_T1: '11110 (0) 1 11100 rn:4 0 lsb:3 rd:4 lsb:2 (0) widthm1:5',
} as const;

/** A6.3.4. Branch offsets: sign bit s, j1 and j2 as drawn, the rest in imm. */
const BRANCHES_AND_CONTROL = {
  MSR_reg_T1: '11110 0 1110 0 r:1 rn:4 10 (0) 0 mask:4 (00) 0 (0) (0000)',
  NOP_T2: '11110 0 111010 (1111) 10 (0) 0 (0) 000 0000 0000',
  YIELD_T2: '11110 0 111010 (1111) 10 (0) 0 (0) 000 0000 0001',
  WFE_T2: '11110 0 111010 (1111) 10 (0) 0 (0) 000 0000 0010',
  WFI_T2: '11110 0 111010 (1111) 10 (0) 0 (0) 000 0000 0011',
  SEV_T2: '11110 0 111010 (1111) 10 (0) 0 (0) 000 0000 0100',
  DBG_T1: '11110 0 111010 (1111) 10 (0) 0 (0) 000 1111 option:4',
  HINT_T2: '11110 0 111010 (1111) 10 (0) 0 (0) 000 hint:8',
  CPS_T2: '11110 0 111010 (1111) 10 (0) 0 (0) imod:2 m:1 a:1 i:1 f:1 mode:5',
  LEAVEX_T1: '11110 0 111011 (1111) 10 (0) 0 (1111) 0000 (1111)',
  ENTERX_T1: '11110 0 111011 (1111) 10 (0) 0 (1111) 0001 (1111)',
  CLREX_T1: '11110 0 111011 (1111) 10 (0) 0 (1111) 0010 (1111)',
  DSB_T1: '11110 0 111011 (1111) 10 (0) 0 (1111) 0100 option:4',
  DMB_T1: '11110 0 111011 (1111) 10 (0) 0 (1111) 0101 option:4',
  ISB_T1: '11110 0 111011 (1111) 10 (0) 0 (1111) 0110 option:4',
  BXJ_T1: '11110 0 111100 rm:4 10 (0) 0 (1111) (00000000)',
  SUBS_PC_LR_T1: '11110 0 111101 (1110) 10 (0) 0 (1111) imm8:8',
  MRS_T1: '11110 0 1111 1 r:1 (1111) 10 (0) 0 rd:4 (00) 0 (0) (0000)',
  SMC_T1: '11110 1 111111 imm4:4 1000 (000000000000)',
  UDF_T2: '11110 1 111111 imm16:4 1010 imm16:12',
  B_T3: '11110 s:1 cond:4 imm:6 10 j1:1 0 j2:1 imm:11',
  B_T4: '11110 s:1 imm:10 10 j1:1 1 j2:1 imm:11',
  BL_T1: '11110 s:1 imm:10 11 j1:1 1 j2:1 imm:11',
  BLX_imm_T2: '11110 s:1 imm:10 11 j1:1 0 j2:1 imm:10 0',
} as const;

/** A6.3.5 */
const BLOCK_TRANSFER = {
  SRSDB_T1: '1110 100 00 0 w:1 0 (1101) (11000000000) mode:5',
  RFEDB_T1: '1110 100 00 0 w:1 1 rn:4 (1100000000000000)',
  STM_T2: '1110 100 01 0 w:1 0 rn:4 list:16',
  LDM_T2: '1110 100 01 0 w:1 1 rn:4 list:16',
  STMDB_T1: '1110 100 10 0 w:1 0 rn:4 list:16',
  LDMDB_T1: '1110 100 10 0 w:1 1 rn:4 list:16',
  SRSIA_T2: '1110 100 11 0 w:1 0 (1101) (11000000000) mode:5',
  RFEIA_T2: '1110 100 11 0 w:1 1 rn:4 (1100000000000000)',
} as const;

/** A6.3.6 */
const DUAL_EXCLUSIVE_TABLE_BRANCH = {
  STREX_T1: '1110 1000 0100 rn:4 rt:4 rd:4 imm8:8',
  LDREX_T1: '1110 1000 0101 rn:4 rt:4 (1111) imm8:8',
  STREXB_T1: '1110 1000 1100 rn:4 rt:4 (1111) 0100 rd:4',
  STREXH_T1: '1110 1000 1100 rn:4 rt:4 (1111) 0101 rd:4',
  STREXD_T1: '1110 1000 1100 rn:4 rt:4 rt2:4 0111 rd:4',
  TBB_T1: '1110 1000 1101 rn:4 (1111) (0000) 0000 rm:4',
  TBH_T1: '1110 1000 1101 rn:4 (1111) (0000) 0001 rm:4',
  LDREXB_T1: '1110 1000 1101 rn:4 rt:4 (1111) 0100 (1111)',
  LDREXH_T1: '1110 1000 1101 rn:4 rt:4 (1111) 0101 (1111)',
  LDREXD_T1: '1110 1000 1101 rn:4 rt:4 rt2:4 0111 (1111)',
  STRD_imm_T1_post: '1110 100 0 u:1 1 1 0 rn:4 rt:4 rt2:4 imm8:8',
  LDRD_imm_T1_post: '1110 100 0 u:1 1 1 1 rn:4 rt:4 rt2:4 imm8:8',
  STRD_imm_T1: '1110 100 1 u:1 1 w:1 0 rn:4 rt:4 rt2:4 imm8:8',
  LDRD_lit_T1: '1110 100 1 u:1 1 0 1 1111 rt:4 rt2:4 imm8:8',
  LDRD_imm_T1: '1110 100 1 u:1 1 w:1 1 rn:4 rt:4 rt2:4 imm8:8',
} as const;

/** A6.3.10. The 8-bit forms: puw=111 pre-indexed and so on; T3/T4 rows say which with p, u, w. */
const STORE_SINGLE = {
  STRB_reg_T2: '1111 1000 0000 rn:4 rt:4 0 00000 imm2:2 rm:4',
  STRBT_T1: '1111 1000 0000 rn:4 rt:4 1110 imm8:8',
  STRB_imm_T3: '1111 1000 0000 rn:4 rt:4 1 p:1 u:1 w:1 imm8:8',
  STRH_reg_T2: '1111 1000 0010 rn:4 rt:4 0 00000 imm2:2 rm:4',
  STRHT_T1: '1111 1000 0010 rn:4 rt:4 1110 imm8:8',
  STRH_imm_T3: '1111 1000 0010 rn:4 rt:4 1 p:1 u:1 w:1 imm8:8',
  STR_reg_T2: '1111 1000 0100 rn:4 rt:4 0 00000 imm2:2 rm:4',
  STRT_T1: '1111 1000 0100 rn:4 rt:4 1110 imm8:8',
  STR_imm_T4: '1111 1000 0100 rn:4 rt:4 1 p:1 u:1 w:1 imm8:8',
  STRB_imm_T2: '1111 1000 1000 rn:4 rt:4 imm12:12',
  STRH_imm_T2: '1111 1000 1010 rn:4 rt:4 imm12:12',
  STR_imm_T3: '1111 1000 1100 rn:4 rt:4 imm12:12',
} as const;

/** A6.3.9: byte loads; with rt = 1111 and no write-back, memory hints. */
const LOAD_BYTE_AND_HINTS = {
  PLD_lit_T1: '1111 1000 u:1 0 (0) 1 1111 1111 imm12:12',
  LDRB_lit_T1: '1111 1000 u:1 001 1111 rt:4 imm12:12',
  PLD_reg_T1: '1111 1000 00 0 1 rn:4 1111 000000 imm2:2 rm:4',
  LDRB_reg_T2: '1111 1000 0001 rn:4 rt:4 0 00000 imm2:2 rm:4',
  PLD_imm_T2: '1111 1000 00 0 1 rn:4 1111 1100 imm8:8',
  LDRBT_T1: '1111 1000 0001 rn:4 rt:4 1110 imm8:8',
  LDRB_imm_T3: '1111 1000 0001 rn:4 rt:4 1 p:1 u:1 w:1 imm8:8',
  PLD_imm_T1: '1111 1000 1001 rn:4 1111 imm12:12',
  LDRB_imm_T2: '1111 1000 1001 rn:4 rt:4 imm12:12',
  PLI_lit_T3: '1111 1001 u:1 001 1111 1111 imm12:12',
  LDRSB_lit_T1: '1111 1001 u:1 001 1111 rt:4 imm12:12',
  PLI_reg_T1: '1111 1001 0001 rn:4 1111 000000 imm2:2 rm:4',
  LDRSB_reg_T2: '1111 1001 0001 rn:4 rt:4 0 00000 imm2:2 rm:4',
  PLI_imm_T2: '1111 1001 0001 rn:4 1111 1100 imm8:8',
  LDRSBT_T1: '1111 1001 0001 rn:4 rt:4 1110 imm8:8',
  LDRSB_imm_T2: '1111 1001 0001 rn:4 rt:4 1 p:1 u:1 w:1 imm8:8',
  PLI_imm_T1: '1111 1001 1001 rn:4 1111 imm12:12',
  LDRSB_imm_T1: '1111 1001 1001 rn:4 rt:4 imm12:12',
} as const;

/** A6.3.8: halfword loads; with rt = 1111 and no write-back, memory hints. */
const LOAD_HALFWORD_AND_HINTS = {
  NOP_hint_lit_T1: '1111 1000 u:1 011 1111 1111 imm12:12',
  LDRH_lit_T1: '1111 1000 u:1 011 1111 rt:4 imm12:12',
  PLDW_reg_T1: '1111 1000 0011 rn:4 1111 000000 imm2:2 rm:4',
  LDRH_reg_T2: '1111 1000 0011 rn:4 rt:4 0 00000 imm2:2 rm:4',
  PLDW_imm_T2: '1111 1000 0011 rn:4 1111 1100 imm8:8',
  LDRHT_T1: '1111 1000 0011 rn:4 rt:4 1110 imm8:8',
  LDRH_imm_T3: '1111 1000 0011 rn:4 rt:4 1 p:1 u:1 w:1 imm8:8',
  PLDW_imm_T1: '1111 1000 1011 rn:4 1111 imm12:12',
  LDRH_imm_T2: '1111 1000 1011 rn:4 rt:4 imm12:12',
  NOP_hint_lit_T2: '1111 1001 u:1 011 1111 1111 imm12:12',
  LDRSH_lit_T1: '1111 1001 u:1 011 1111 rt:4 imm12:12',
  NOP_hint_reg_T1: '1111 1001 0011 rn:4 1111 000000 imm2:2 rm:4',
  LDRSH_reg_T2: '1111 1001 0011 rn:4 rt:4 0 00000 imm2:2 rm:4',
  NOP_hint_imm_T2: '1111 1001 0011 rn:4 1111 1100 imm8:8',
  LDRSHT_T1: '1111 1001 0011 rn:4 rt:4 1110 imm8:8',
  LDRSH_imm_T2: '1111 1001 0011 rn:4 rt:4 1 p:1 u:1 w:1 imm8:8',
  NOP_hint_imm_T1: '1111 1001 1011 rn:4 1111 imm12:12',
  LDRSH_imm_T1: '1111 1001 1011 rn:4 rt:4 imm12:12',
} as const;

/** A6.3.7 */
const LOAD_WORD = {
  LDR_lit_T2: '1111 1000 u:1 101 1111 rt:4 imm12:12',
  LDR_reg_T2: '1111 1000 0101 rn:4 rt:4 0 00000 imm2:2 rm:4',
  LDRT_T1: '1111 1000 0101 rn:4 rt:4 1110 imm8:8',
  LDR_imm_T4: '1111 1000 0101 rn:4 rt:4 1 p:1 u:1 w:1 imm8:8',
  LDR_imm_T3: '1111 1000 1101 rn:4 rt:4 imm12:12',
} as const;

/** A6.3.11 */
const DATA_PROCESSING_SHIFTED_REGISTER = {
  TST_reg_T2: '1110 101 0000 1 rn:4 (0) imm5:3 1111 imm5:2 type:2 rm:4',
  AND_reg_T2: '1110 101 0000 s:1 rn:4 (0) imm5:3 rd:4 imm5:2 type:2 rm:4',
  BIC_reg_T2: '1110 101 0001 s:1 rn:4 (0) imm5:3 rd:4 imm5:2 type:2 rm:4',
  MOV_reg_T3: '1110 101 0010 s:1 1111 (0) imm5:3 rd:4 imm5:2 type:2 rm:4',
  ORR_reg_T2: '1110 101 0010 s:1 rn:4 (0) imm5:3 rd:4 imm5:2 type:2 rm:4',
  MVN_reg_T2: '1110 101 0011 s:1 1111 (0) imm5:3 rd:4 imm5:2 type:2 rm:4',
  ORN_reg_T1: '1110 101 0011 s:1 rn:4 (0) imm5:3 rd:4 imm5:2 type:2 rm:4',
  TEQ_reg_T1: '1110 101 0100 1 rn:4 (0) imm5:3 1111 imm5:2 type:2 rm:4',
  EOR_reg_T2: '1110 101 0100 s:1 rn:4 (0) imm5:3 rd:4 imm5:2 type:2 rm:4',
  PKH_T1: '1110 101 0110 0 rn:4 (0) imm5:3 rd:4 imm5:2 tb:1 0 rm:4',
  CMN_reg_T2: '1110 101 1000 1 rn:4 (0) imm5:3 1111 imm5:2 type:2 rm:4',
  ADD_reg_T3: '1110 101 1000 s:1 rn:4 (0) imm5:3 rd:4 imm5:2 type:2 rm:4',
  ADC_reg_T2: '1110 101 1010 s:1 rn:4 (0) imm5:3 rd:4 imm5:2 type:2 rm:4',
  SBC_reg_T2: '1110 101 1011 s:1 rn:4 (0) imm5:3 rd:4 imm5:2 type:2 rm:4',
  CMP_reg_T3: '1110 101 1101 1 rn:4 (0) imm5:3 1111 imm5:2 type:2 rm:4',
  SUB_reg_T2: '1110 101 1101 s:1 rn:4 (0) imm5:3 rd:4 imm5:2 type:2 rm:4',
  RSB_reg_T1: '1110 101 1110 s:1 rn:4 (0) imm5:3 rd:4 imm5:2 type:2 rm:4',
} as const;

/** A6.3.12 */
const DATA_PROCESSING_REGISTER = {
  LSL_reg_T2: '1111 1010 000 s:1 rn:4 1111 rd:4 0000 rm:4',
  LSR_reg_T2: '1111 1010 001 s:1 rn:4 1111 rd:4 0000 rm:4',
  ASR_reg_T2: '1111 1010 010 s:1 rn:4 1111 rd:4 0000 rm:4',
  ROR_reg_T2: '1111 1010 011 s:1 rn:4 1111 rd:4 0000 rm:4',
  SXTH_T2: '1111 1010 0000 1111 1111 rd:4 1 (0) rot:2 rm:4',
  SXTAH_T1: '1111 1010 0000 rn:4 1111 rd:4 1 (0) rot:2 rm:4',
  UXTH_T2: '1111 1010 0001 1111 1111 rd:4 1 (0) rot:2 rm:4',
  UXTAH_T1: '1111 1010 0001 rn:4 1111 rd:4 1 (0) rot:2 rm:4',
  SXTB16_T1: '1111 1010 0010 1111 1111 rd:4 1 (0) rot:2 rm:4',
  SXTAB16_T1: '1111 1010 0010 rn:4 1111 rd:4 1 (0) rot:2 rm:4',
  UXTB16_T1: '1111 1010 0011 1111 1111 rd:4 1 (0) rot:2 rm:4',
  UXTAB16_T1: '1111 1010 0011 rn:4 1111 rd:4 1 (0) rot:2 rm:4',
  SXTB_T2: '1111 1010 0100 1111 1111 rd:4 1 (0) rot:2 rm:4',
  SXTAB_T1: '1111 1010 0100 rn:4 1111 rd:4 1 (0) rot:2 rm:4',
  UXTB_T2: '1111 1010 0101 1111 1111 rd:4 1 (0) rot:2 rm:4',
  UXTAB_T1: '1111 1010 0101 rn:4 1111 rd:4 1 (0) rot:2 rm:4',
} as const;

/** A6.3.13 and A6.3.14 */
const PARALLEL = {
  SADD16_T1: '1111 1010 1001 rn:4 1111 rd:4 0000 rm:4',
  SASX_T1: '1111 1010 1010 rn:4 1111 rd:4 0000 rm:4',
  SSAX_T1: '1111 1010 1110 rn:4 1111 rd:4 0000 rm:4',
  SSUB16_T1: '1111 1010 1101 rn:4 1111 rd:4 0000 rm:4',
  SADD8_T1: '1111 1010 1000 rn:4 1111 rd:4 0000 rm:4',
  SSUB8_T1: '1111 1010 1100 rn:4 1111 rd:4 0000 rm:4',
  QADD16_T1: '1111 1010 1001 rn:4 1111 rd:4 0001 rm:4',
  QASX_T1: '1111 1010 1010 rn:4 1111 rd:4 0001 rm:4',
  QSAX_T1: '1111 1010 1110 rn:4 1111 rd:4 0001 rm:4',
  QSUB16_T1: '1111 1010 1101 rn:4 1111 rd:4 0001 rm:4',
  QADD8_T1: '1111 1010 1000 rn:4 1111 rd:4 0001 rm:4',
  QSUB8_T1: '1111 1010 1100 rn:4 1111 rd:4 0001 rm:4',
  SHADD16_T1: '1111 1010 1001 rn:4 1111 rd:4 0010 rm:4',
  SHASX_T1: '1111 1010 1010 rn:4 1111 rd:4 0010 rm:4',
  SHSAX_T1: '1111 1010 1110 rn:4 1111 rd:4 0010 rm:4',
  SHSUB16_T1: '1111 1010 1101 rn:4 1111 rd:4 0010 rm:4',
  SHADD8_T1: '1111 1010 1000 rn:4 1111 rd:4 0010 rm:4',
  SHSUB8_T1: '1111 1010 1100 rn:4 1111 rd:4 0010 rm:4',
  UADD16_T1: '1111 1010 1001 rn:4 1111 rd:4 0100 rm:4',
  UASX_T1: '1111 1010 1010 rn:4 1111 rd:4 0100 rm:4',
  USAX_T1: '1111 1010 1110 rn:4 1111 rd:4 0100 rm:4',
  USUB16_T1: '1111 1010 1101 rn:4 1111 rd:4 0100 rm:4',
  UADD8_T1: '1111 1010 1000 rn:4 1111 rd:4 0100 rm:4',
  USUB8_T1: '1111 1010 1100 rn:4 1111 rd:4 0100 rm:4',
  UQADD16_T1: '1111 1010 1001 rn:4 1111 rd:4 0101 rm:4',
  UQASX_T1: '1111 1010 1010 rn:4 1111 rd:4 0101 rm:4',
  UQSAX_T1: '1111 1010 1110 rn:4 1111 rd:4 0101 rm:4',
  UQSUB16_T1: '1111 1010 1101 rn:4 1111 rd:4 0101 rm:4',
  UQADD8_T1: '1111 1010 1000 rn:4 1111 rd:4 0101 rm:4',
  UQSUB8_T1: '1111 1010 1100 rn:4 1111 rd:4 0101 rm:4',
  UHADD16_T1: '1111 1010 1001 rn:4 1111 rd:4 0110 rm:4',
  UHASX_T1: '1111 1010 1010 rn:4 1111 rd:4 0110 rm:4',
  UHSAX_T1: '1111 1010 1110 rn:4 1111 rd:4 0110 rm:4',
  UHSUB16_T1: '1111 1010 1101 rn:4 1111 rd:4 0110 rm:4',
  UHADD8_T1: '1111 1010 1000 rn:4 1111 rd:4 0110 rm:4',
  UHSUB8_T1: '1111 1010 1100 rn:4 1111 rd:4 0110 rm:4',
} as const;

/** A6.3.15. rm2 repeats Rm where the encoding holds it twice. */
const MISCELLANEOUS_OPERATIONS = {
  QADD_T1: '1111 1010 1000 rn:4 1111 rd:4 1000 rm:4',
  QDADD_T1: '1111 1010 1000 rn:4 1111 rd:4 1001 rm:4',
  QSUB_T1: '1111 1010 1000 rn:4 1111 rd:4 1010 rm:4',
  QDSUB_T1: '1111 1010 1000 rn:4 1111 rd:4 1011 rm:4',
  REV_T2: '1111 1010 1001 rm2:4 1111 rd:4 1000 rm:4',
  REV16_T2: '1111 1010 1001 rm2:4 1111 rd:4 1001 rm:4',
  RBIT_T1: '1111 1010 1001 rm2:4 1111 rd:4 1010 rm:4',
  REVSH_T2: '1111 1010 1001 rm2:4 1111 rd:4 1011 rm:4',
  SEL_T1: '1111 1010 1010 rn:4 1111 rd:4 1000 rm:4',
  CLZ_T1: '1111 1010 1011 rm2:4 1111 rd:4 1000 rm:4',
} as const;

/** A6.3.16 */
const MULTIPLY = {
  MUL_T2: '1111 1011 0000 rn:4 1111 rd:4 0000 rm:4',
  MLA_T1: '1111 1011 0000 rn:4 ra:4 rd:4 0000 rm:4',
  MLS_T1: '1111 1011 0000 rn:4 ra:4 rd:4 0001 rm:4',
  SMULxy_T1: '1111 1011 0001 rn:4 1111 rd:4 00 n:1 m:1 rm:4',
  SMLAxy_T1: '1111 1011 0001 rn:4 ra:4 rd:4 00 n:1 m:1 rm:4',
  SMUAD_T1: '1111 1011 0010 rn:4 1111 rd:4 000 x:1 rm:4',
  SMLAD_T1: '1111 1011 0010 rn:4 ra:4 rd:4 000 x:1 rm:4',
  SMULWy_T1: '1111 1011 0011 rn:4 1111 rd:4 000 m:1 rm:4',
  SMLAWy_T1: '1111 1011 0011 rn:4 ra:4 rd:4 000 m:1 rm:4',
  SMUSD_T1: '1111 1011 0100 rn:4 1111 rd:4 000 x:1 rm:4',
  SMLSD_T1: '1111 1011 0100 rn:4 ra:4 rd:4 000 x:1 rm:4',
  SMMUL_T1: '1111 1011 0101 rn:4 1111 rd:4 000 r:1 rm:4',
  SMMLA_T1: '1111 1011 0101 rn:4 ra:4 rd:4 000 r:1 rm:4',
  SMMLS_T1: '1111 1011 0110 rn:4 ra:4 rd:4 000 r:1 rm:4',
  USAD8_T1: '1111 1011 0111 rn:4 1111 rd:4 0000 rm:4',
  USADA8_T1: '1111 1011 0111 rn:4 ra:4 rd:4 0000 rm:4',
} as const;

/** A6.3.17 */
const LONG_MULTIPLY = {
  SMULL_T1: '1111 1011 1000 rn:4 rdlo:4 rdhi:4 0000 rm:4',
  SDIV_T1: '1111 1011 1001 rn:4 (1111) rd:4 1111 rm:4',
  UMULL_T1: '1111 1011 1010 rn:4 rdlo:4 rdhi:4 0000 rm:4',
  UDIV_T1: '1111 1011 1011 rn:4 (1111) rd:4 1111 rm:4',
  SMLAL_T1: '1111 1011 1100 rn:4 rdlo:4 rdhi:4 0000 rm:4',
  SMLALxy_T1: '1111 1011 1100 rn:4 rdlo:4 rdhi:4 10 n:1 m:1 rm:4',
  SMLALD_T1: '1111 1011 1100 rn:4 rdlo:4 rdhi:4 110 x:1 rm:4',
  SMLSLD_T1: '1111 1011 1101 rn:4 rdlo:4 rdhi:4 110 x:1 rm:4',
  UMLAL_T1: '1111 1011 1110 rn:4 rdlo:4 rdhi:4 0000 rm:4',
  UMAAL_T1: '1111 1011 1110 rn:4 rdlo:4 rdhi:4 0110 rm:4',
} as const;

/** A6.3.18 */
const COPROCESSOR = {
  MCRR_T1: '1110 1100 0100 rt2:4 rt:4 coproc:4 opc1:4 crm:4',
  MRRC_T1: '1110 1100 0101 rt2:4 rt:4 coproc:4 opc1:4 crm:4',
  STC_T1: '1110 110 p:1 u:1 d:1 w:1 0 rn:4 crd:4 coproc:4 imm8:8',
  LDC_T1: '1110 110 p:1 u:1 d:1 w:1 1 rn:4 crd:4 coproc:4 imm8:8',
  CDP_T1: '1110 1110 opc1:4 crn:4 crd:4 coproc:4 opc2:3 0 crm:4',
  MCR_T1: '1110 1110 opc1:3 0 crn:4 rt:4 coproc:4 opc2:3 1 crm:4',
  MRC_T1: '1110 1110 opc1:3 1 crn:4 rt:4 coproc:4 opc2:3 1 crm:4',
  MCRR2_T2: '1111 1100 0100 rt2:4 rt:4 coproc:4 opc1:4 crm:4',
  MRRC2_T2: '1111 1100 0101 rt2:4 rt:4 coproc:4 opc1:4 crm:4',
  STC2_T2: '1111 110 p:1 u:1 d:1 w:1 0 rn:4 crd:4 coproc:4 imm8:8',
  LDC2_T2: '1111 110 p:1 u:1 d:1 w:1 1 rn:4 crd:4 coproc:4 imm8:8',
  CDP2_T2: '1111 1110 opc1:4 crn:4 crd:4 coproc:4 opc2:3 0 crm:4',
  MCR2_T2: '1111 1110 opc1:3 0 crn:4 rt:4 coproc:4 opc2:3 1 crm:4',
  MRC2_T2: '1111 1110 opc1:3 1 crn:4 rt:4 coproc:4 opc2:3 1 crm:4',
} as const;

export const T32_GROUPS: readonly (readonly [section: string, patterns: PatternTable])[] = [
  ['A6.3.1', DATA_PROCESSING_MODIFIED_IMMEDIATE],
  ['A6.3.3', DATA_PROCESSING_PLAIN_IMMEDIATE],
  ['A6.3.4', BRANCHES_AND_CONTROL],
  ['A6.3.5', BLOCK_TRANSFER],
  ['A6.3.6', DUAL_EXCLUSIVE_TABLE_BRANCH],
  ['A6.3.10', STORE_SINGLE],
  ['A6.3.9', LOAD_BYTE_AND_HINTS],
  ['A6.3.8', LOAD_HALFWORD_AND_HINTS],
  ['A6.3.7', LOAD_WORD],
  ['A6.3.11', DATA_PROCESSING_SHIFTED_REGISTER],
  ['A6.3.12', DATA_PROCESSING_REGISTER],
  ['A6.3.13', PARALLEL],
  ['A6.3.15', MISCELLANEOUS_OPERATIONS],
  ['A6.3.16', MULTIPLY],
  ['A6.3.17', LONG_MULTIPLY],
  ['A7.5', vfpPatterns('1110')],
  ['A7.4', neonDataPatterns('111', '1111')],
  ['A7.7', neonLoadStorePatterns('1111 1001')],
  ['A6.3.18', COPROCESSOR],
];

/** Those of this table alone, without those of floating point and Advanced SIMD. */
export const T32_PATTERNS = {
  ...DATA_PROCESSING_MODIFIED_IMMEDIATE,
  ...DATA_PROCESSING_PLAIN_IMMEDIATE,
  ...BRANCHES_AND_CONTROL,
  ...BLOCK_TRANSFER,
  ...DUAL_EXCLUSIVE_TABLE_BRANCH,
  ...STORE_SINGLE,
  ...LOAD_BYTE_AND_HINTS,
  ...LOAD_HALFWORD_AND_HINTS,
  ...LOAD_WORD,
  ...DATA_PROCESSING_SHIFTED_REGISTER,
  ...DATA_PROCESSING_REGISTER,
  ...PARALLEL,
  ...MISCELLANEOUS_OPERATIONS,
  ...MULTIPLY,
  ...LONG_MULTIPLY,
  ...COPROCESSOR,
};
