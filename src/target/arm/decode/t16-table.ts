/** The 16-bit Thumb encodings of ARMv7-A, as ARM DDI 0406C section A6.2 lists them. */

/** A6.2.1 */
const SHIFT_ADD_MOVE_COMPARE = {
  MOV_reg_T2: '000 00 00000 rm:3 rd:3',
  LSL_imm_T1: '000 00 imm5:5 rm:3 rd:3',
  LSR_imm_T1: '000 01 imm5:5 rm:3 rd:3',
  ASR_imm_T1: '000 10 imm5:5 rm:3 rd:3',
  ADD_reg_T1: '000 11 0 0 rm:3 rn:3 rd:3',
  SUB_reg_T1: '000 11 0 1 rm:3 rn:3 rd:3',
  ADD_imm_T1: '000 11 1 0 imm3:3 rn:3 rd:3',
  SUB_imm_T1: '000 11 1 1 imm3:3 rn:3 rd:3',
  MOV_imm_T1: '001 00 rd:3 imm8:8',
  CMP_imm_T1: '001 01 rn:3 imm8:8',
  ADD_imm_T2: '001 10 rdn:3 imm8:8',
  SUB_imm_T2: '001 11 rdn:3 imm8:8',
} as const;

/** A6.2.2 */
const DATA_PROCESSING = {
  AND_reg_T1: '010000 0000 rm:3 rdn:3',
  EOR_reg_T1: '010000 0001 rm:3 rdn:3',
  LSL_reg_T1: '010000 0010 rm:3 rdn:3',
  LSR_reg_T1: '010000 0011 rm:3 rdn:3',
  ASR_reg_T1: '010000 0100 rm:3 rdn:3',
  ADC_reg_T1: '010000 0101 rm:3 rdn:3',
  SBC_reg_T1: '010000 0110 rm:3 rdn:3',
  ROR_reg_T1: '010000 0111 rm:3 rdn:3',
  TST_reg_T1: '010000 1000 rm:3 rn:3',
  RSB_imm_T1: '010000 1001 rn:3 rd:3',
  CMP_reg_T1: '010000 1010 rm:3 rn:3',
  CMN_reg_T1: '010000 1011 rm:3 rn:3',
  ORR_reg_T1: '010000 1100 rm:3 rdn:3',
  MUL_T1: '010000 1101 rn:3 rdm:3',
  BIC_reg_T1: '010000 1110 rm:3 rdn:3',
  MVN_reg_T1: '010000 1111 rm:3 rd:3',
} as const;

/** A6.2.3 */
const SPECIAL_DATA_AND_BRANCH = {
  ADD_reg_T2: '010001 00 rdn:1 rm:4 rdn:3',
  CMP_reg_T2: '010001 01 rn:1 rm:4 rn:3',
  MOV_reg_T1: '010001 10 rd:1 rm:4 rd:3',
  BX_T1: '010001 11 0 rm:4 (000)',
  BLX_reg_T1: '010001 11 1 rm:4 (000)',
} as const;

/** A6.2.4, with the literal load and the address generation of A6.2. */
const LOAD_STORE = {
  LDR_lit_T1: '01001 rt:3 imm8:8',
  STR_reg_T1: '0101 000 rm:3 rn:3 rt:3',
  STRH_reg_T1: '0101 001 rm:3 rn:3 rt:3',
  STRB_reg_T1: '0101 010 rm:3 rn:3 rt:3',
  LDRSB_reg_T1: '0101 011 rm:3 rn:3 rt:3',
  LDR_reg_T1: '0101 100 rm:3 rn:3 rt:3',
  LDRH_reg_T1: '0101 101 rm:3 rn:3 rt:3',
  LDRB_reg_T1: '0101 110 rm:3 rn:3 rt:3',
  LDRSH_reg_T1: '0101 111 rm:3 rn:3 rt:3',
  STR_imm_T1: '0110 0 imm5:5 rn:3 rt:3',
  LDR_imm_T1: '0110 1 imm5:5 rn:3 rt:3',
  STRB_imm_T1: '0111 0 imm5:5 rn:3 rt:3',
  LDRB_imm_T1: '0111 1 imm5:5 rn:3 rt:3',
  STRH_imm_T1: '1000 0 imm5:5 rn:3 rt:3',
  LDRH_imm_T1: '1000 1 imm5:5 rn:3 rt:3',
  STR_imm_T2: '1001 0 rt:3 imm8:8',
  LDR_imm_T2: '1001 1 rt:3 imm8:8',
  ADR_T1: '1010 0 rd:3 imm8:8',
  ADD_SPimm_T1: '1010 1 rd:3 imm8:8',
} as const;

/** A6.2.5 */
const MISCELLANEOUS = {
  ADD_SPimm_T2: '1011 0000 0 imm7:7',
  SUB_SPimm_T1: '1011 0000 1 imm7:7',
  CBZ_T1: '1011 0 0 imm6:1 1 imm6:5 rn:3',
  CBNZ_T1: '1011 1 0 imm6:1 1 imm6:5 rn:3',
  SXTH_T1: '1011 0010 00 rm:3 rd:3',
  SXTB_T1: '1011 0010 01 rm:3 rd:3',
  UXTH_T1: '1011 0010 10 rm:3 rd:3',
  UXTB_T1: '1011 0010 11 rm:3 rd:3',
  PUSH_T1: '1011 010 m:1 list:8',
  SETEND_T1: '1011 0110 010 (1) e:1 (000)',
  CPS_T1: '1011 0110 011 im:1 (0) a:1 i:1 f:1',
  REV_T1: '1011 1010 00 rm:3 rd:3',
  REV16_T1: '1011 1010 01 rm:3 rd:3',
  HLT_T1: '1011 1010 10 imm6:6',
  REVSH_T1: '1011 1010 11 rm:3 rd:3',
  POP_T1: '1011 110 p:1 list:8',
  BKPT_T1: '1011 1110 imm8:8',
  NOP_T1: '1011 1111 0000 0000',
  YIELD_T1: '1011 1111 0001 0000',
  WFE_T1: '1011 1111 0010 0000',
  WFI_T1: '1011 1111 0011 0000',
  SEV_T1: '1011 1111 0100 0000',
  HINT_T1: '1011 1111 hint:4 0000',
  IT_T1: '1011 1111 firstcond:4 mask:4',
} as const;

/** A6.2, A6.2.6 */
const BLOCK_TRANSFER_AND_BRANCH = {
  STM_T1: '1100 0 rn:3 list:8',
  LDM_T1: '1100 1 rn:3 list:8',
  UDF_T1: '1101 1110 imm8:8',
  SVC_T1: '1101 1111 imm8:8',
  B_T1: '1101 cond:4 imm8:8',
  B_T2: '11100 imm11:11',
} as const;

export const T16_GROUPS = [
  ['A6.2.1', SHIFT_ADD_MOVE_COMPARE],
  ['A6.2.2', DATA_PROCESSING],
  ['A6.2.3', SPECIAL_DATA_AND_BRANCH],
  ['A6.2.4', LOAD_STORE],
  ['A6.2.5', MISCELLANEOUS],
  ['A6.2.6', BLOCK_TRANSFER_AND_BRANCH],
] as const;

export const T16_PATTERNS = {
  ...SHIFT_ADD_MOVE_COMPARE,
  ...DATA_PROCESSING,
  ...SPECIAL_DATA_AND_BRANCH,
  ...LOAD_STORE,
  ...MISCELLANEOUS,
  ...BLOCK_TRANSFER_AND_BRANCH,
};
