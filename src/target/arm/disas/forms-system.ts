import { choose, forms, NO_TEXT, type Forms } from './forms';
import type { Insn } from './insn';

/** 0: flags alone; 1: flags and mode; 2: mode alone. */
const cpsKind = ({ fields: { imod, m } }: Insn): number | undefined => {
  if (imod === 1) return undefined;
  if (imod === 0) return m ? 2 : undefined;
  return m ? 1 : 0;
};
const cpsTemplates = (suffix: string): string[] => {
  const flags = [`cpsie${suffix} {aif}`, `cpsid${suffix} {aif}`];
  return [...flags, ...flags.map((template) => `${template}, {#mode}`), 'cps {#mode}'];
};
const cps = (suffix: string) =>
  choose(
    (insn) => {
      const kind = cpsKind(insn);
      return kind === undefined || kind === 2 ? kind && 4 : kind * 2 + (insn.fields.imod & 1);
    },
    ...cpsTemplates(suffix),
  );

/** Coprocessor instructions, the same in A32 and T32. */
const COPROCESSOR: Forms = {
  ...forms('MCRR_A1 MRRC_A1 MCRR_T1 MRRC_T1', '{op}{c} {cop}, {#opc1}, {rt}, {rt2}, {cn:crm}'),
  ...forms('MCRR2_A2 MRRC2_A2 MCRR2_T2 MRRC2_T2', '{op}{c} {cop}, {#opc1}, {rt}, {rt2}, {cn:crm}'),
  ...forms('MCR_A1 MRC_A1 MCR_T1 MRC_T1', '{op}{c} {cop}, {#opc1}, {rt}, {cn:crn}, {cn:crm}, {#opc2}'),
  ...forms('MCR2_A2 MRC2_A2 MCR2_T2 MRC2_T2', '{op}{c} {cop}, {#opc1}, {rt}, {cn:crn}, {cn:crm}, {#opc2}'),
  ...forms('CDP_A1 CDP_T1', 'cdp{c} {cop}, {#opc1}, {cn:crd}, {cn:crn}, {cn:crm}, {#opc2}'),
  ...forms('CDP2_A2 CDP2_T2', 'cdp2{c} {cop}, {#opc1}, {cn:crd}, {cn:crn}, {cn:crm}, {#opc2}'),
  ...forms('STC_A1 LDC_A1 STC_T1 LDC_T1', '{op}{d}{c} {cop}, {cn:crd}, {ldcmem}'),
  ...forms('STC2_A2 LDC2_A2 STC2_T2 LDC2_T2', '{op}{d}{c} {cop}, {cn:crd}, {ldcmem}'),
};

const BRANCHES: Forms = {
  ...forms('B_A1 B_T1 B_T2', 'b{c} {target}'),
  ...forms('B_T3 B_T4', 'b{c}.w {target}'),
  ...forms('BL_A1 BL_T1', 'bl{c} {target}'),
  BLX_imm_A2: 'blx {target}',
  BLX_imm_T2: 'blx{c} {target}',
  ...forms('BX_A1 BX_T1 BXJ_A1 BXJ_T1', '{op}{c} {rm}'),
  ...forms('BLX_reg_A1 BLX_reg_T1', 'blx{c} {rm}'),
  ...forms('CBZ_T1 CBNZ_T1', '{op} {rn}, {target}'),
  IT_T1: '{it} {itcond}',
  SUBS_PC_LR_T1: choose(({ fields }) => (fields.imm8 ? 0 : 1), 'subs{c} pc, lr, {#imm8}', 'eret{c}'),
};

const EXCEPTIONS: Forms = {
  SVC_A1: 'svc{c} {#imm24}',
  SVC_T1: 'svc{c} {#imm8}',
  BKPT_A1: 'bkpt {#imm16}',
  BKPT_T1: 'bkpt {#imm8}',
  ...forms('HLT_A1 HLT_T1 LEAVEX_T1 ENTERX_T1', NO_TEXT),
  SMC_A1: 'smc{c} {#imm4}',
  SMC_T1: 'smc{c} {#imm4}',
  UDF_A1: 'udf {#imm16}',
  UDF_T1: 'udf {#imm8}',
  UDF_T2: 'udf.w {#imm16}',
  HVC_A1: 'hvc {#imm16}',
  HVC_T1: 'hvc.w {#imm16}',
  ERET_A1: 'eret{c}',
};

const STATUS: Forms = {
  ...forms('MRS_A1 MRS_T1', 'mrs{c} {rd}, {psr}'),
  MSR_imm_A1: 'msr{c} {psrfields}, {const}',
  MSR_reg_A1: 'msr{c} {psrfields}, {rm}',
  MSR_reg_T1: 'msr{c} {psrfields}, {rn}',
  ...forms('MRS_banked_A1 MRS_banked_T1', 'mrs{c} {rd}, {banked}'),
  ...forms('MSR_banked_A1 MSR_banked_T1', 'msr{c} {banked}, {rn}'),
  CPS_A1: cps(''),
  CPS_T2: cps(''),
  CPS_T1: choose(({ fields }) => fields.im, 'cpsie {aif}', 'cpsid {aif}'),
  ...forms('SETEND_A1 SETEND_T1', 'setend {endian}'),
};

const HINTS_AND_BARRIERS: Forms = {
  ...forms('NOP YIELD WFE WFI SEV', '{op}{c}', '_A1'),
  ...forms('NOP YIELD WFE WFI SEV', '{op}{c}', '_T1'),
  ...forms('NOP YIELD WFE WFI SEV', '{op}{c}.w', '_T2'),
  ...forms('DBG_A1 DBG_T1', 'dbg{c} {#option}'),
  ...forms('HINT_A1 HINT_T1', 'hint{c} {#hint}'),
  HINT_T2: 'hint{c}.w {#hint}',
  ...forms('CLREX_A1', 'clrex'),
  ...forms('DSB_A1 DMB_A1', '{op} {barrier}'),
  ISB_A1: 'isb {isbopt}',
  CLREX_T1: 'clrex{c}',
  ...forms('DSB_T1 DMB_T1', '{op}{c} {barrier}'),
  ISB_T1: 'isb{c} {isbopt}',
};

export const SYSTEM_FORMS: Forms = { ...COPROCESSOR, ...BRANCHES, ...EXCEPTIONS, ...STATUS, ...HINTS_AND_BARRIERS };
