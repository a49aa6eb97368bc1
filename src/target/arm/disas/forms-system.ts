import { choose, forms, NO_TEXT, unless, type Forms } from './forms';
import type { Insn } from './insn';

const ALWAYS = 14;

/** Change of processor state: flags alone, which have a wide form, flags and mode, or mode alone. */
const cps = (suffix: string) =>
  choose(
    ({ fields: { imod, m } }) => (imod === 0 ? 4 : m * 2 + (imod & 1)),
    `cpsie${suffix} {aif}`,
    `cpsid${suffix} {aif}`,
    'cpsie {aif}, {#mode}',
    'cpsid {aif}, {#mode}',
    'cps {#mode}',
  );

/** Coprocessors 10 and 11 are the floating-point and Advanced SIMD space. */
const isFloatingPoint = ({ coproc }: Insn['fields']): boolean => coproc >>> 1 === 5;
/** Neither index nor addition nor write-back: the space of MCRR and MRRC. */
const isNoTransfer = ({ p, u, w }: Insn['fields']): boolean => (p | u | w) === 0;
const generic = (template: string) => unless(isFloatingPoint, template);
const TRANSFER = '{op}{d}{c} {cop}, {cn:crd}, {ldcmem}';

/** Coprocessor instructions, the same in A32 and T32. */
const COPROCESSOR: Forms = ['_A1', '_T1', '2_A2', '2_T2'].reduce<Forms>(
  (all, suffix) => ({
    ...all,
    ...forms('MCRR MRRC', generic('{op}{c} {cop}, {#opc1}, {rt}, {rt2}, {cn:crm}'), suffix),
    ...forms('MCR', generic('{op}{c} {cop}, {#opc1}, {rt}, {cn:crn}, {cn:crm}, {#opc2}'), suffix),
    ...forms('MRC', generic('{op}{c} {cop}, {#opc1}, {rtnzcv}, {cn:crn}, {cn:crm}, {#opc2}'), suffix),
    ...forms('CDP', generic('{op}{c} {cop}, {#opc1}, {cn:crd}, {cn:crn}, {cn:crm}, {#opc2}'), suffix),
  }),
  {
    ...forms(
      'STC_A1 LDC_A1 STC_T1 LDC_T1',
      unless((f) => isFloatingPoint(f) || isNoTransfer(f), TRANSFER),
    ),
    ...forms('STC2_A2 LDC2_A2 STC2_T2 LDC2_T2', unless(isNoTransfer, TRANSFER)),
  },
);

const BRANCHES: Forms = {
  ...forms('B_A1 B_T1 B_T2', 'b{c} {target}'),
  B_T3: unless(({ cond }) => cond >= ALWAYS, 'b{c}.w {target}'),
  B_T4: 'b{c}.w {target}',
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
  UDF_A1: choose(
    ({ cond, fields }) => (cond !== ALWAYS ? undefined : fields.imm16 === 0xfdee ? 1 : 0),
    'udf {#imm16}',
    'trap',
  ),
  UDF_T1: choose(({ fields }) => (fields.imm8 === 0xfe ? 1 : 0), 'udf {#imm8}', 'trap'),
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
  CPS_T2: cps('.w'),
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
