import { choose, forms, type Forms } from './forms';
import type { Insn } from './insn';

/** 0: plain register; 1: RRX; 2: shifted by a constant. */
const moveKind = ({ fields: { type, imm5 } }: Insn): number => {
  if (imm5) return 2;
  return type === 0 ? 0 : type === 3 ? 1 : 2;
};

const PARALLEL = ['S', 'Q', 'SH', 'U', 'UQ', 'UH']
  .flatMap((prefix) => ['ADD16', 'ASX', 'SAX', 'SUB16', 'ADD8', 'SUB8'].map((op) => prefix + op))
  .join(' ');

const A32_DATA: Forms = {
  ...forms('AND EOR SUB RSB ADD ADC SBC RSC ORR BIC', '{op}{s}{c} {rd}, {rn}, {rm}{shift}', '_reg_A1'),
  ...forms('TST TEQ CMP CMN', '{op}{c} {rn}, {rm}{shift}', '_reg_A1'),
  MVN_reg_A1: 'mvn{s}{c} {rd}, {rm}{shift}',
  MOV_reg_A1: choose(moveKind, 'mov{s}{c} {rd}, {rm}', 'rrx{s}{c} {rd}, {rm}', '{shiftop}{s}{c} {rd}, {rm}, {amount}'),
  ...forms('AND EOR SUB RSB ADD ADC SBC RSC ORR BIC', '{op}{s}{c} {rd}, {rn}, {rm}, {rsr}', '_rsr_A1'),
  ...forms('TST TEQ CMP CMN', '{op}{c} {rn}, {rm}, {rsr}', '_rsr_A1'),
  MVN_rsr_A1: 'mvn{s}{c} {rd}, {rm}, {rsr}',
  MOV_rsr_A1: '{shiftop}{s}{c} {rd}, {rm}, {rs}',
  ...forms('AND EOR SUB RSB ADD ADC SBC RSC ORR BIC', '{op}{s}{c} {rd}, {rn}, {const}', '_imm_A1'),
  ...forms('TST TEQ CMP CMN', '{op}{c} {rn}, {const}', '_imm_A1'),
  ...forms('MOV MVN', '{op}{s}{c} {rd}, {const}', '_imm_A1'),
  ADR_A1: 'add{c} {rd}, pc, {const}',
  ADR_A2: 'sub{c} {rd}, pc, {const}',
};

const T16_DATA: Forms = {
  MOV_reg_T2: 'movs {rd}, {rm}',
  ...forms('LSL_imm', '{op}{fs}{c} {rd}, {rm}, {#imm5}', '_T1'),
  ...forms('LSR_imm ASR_imm', '{op}{fs}{c} {rd}, {rm}, {amount}', '_T1'),
  ...forms('ADD_reg SUB_reg', '{op}{fs}{c} {rd}, {rn}, {rm}', '_T1'),
  ...forms('ADD_imm SUB_imm', '{op}{fs}{c} {rd}, {rn}, {#imm3}', '_T1'),
  MOV_imm_T1: 'mov{fs}{c} {rd}, {#imm8}',
  CMP_imm_T1: 'cmp{c} {rn}, {#imm8}',
  ...forms('ADD_imm SUB_imm', '{op}{fs}{c} {rdn}, {#imm8}', '_T2'),
  ...forms('AND EOR LSL LSR ASR ADC SBC ROR ORR BIC', '{op}{fs}{c} {rdn}, {rm}', '_reg_T1'),
  ...forms('TST CMP CMN', '{op}{c} {rn}, {rm}', '_reg_T1'),
  RSB_imm_T1: 'rsb{fs}{c} {rd}, {rn}, #0',
  MUL_T1: 'mul{fs}{c} {rdm}, {rn}, {rdm}',
  MVN_reg_T1: 'mvn{fs}{c} {rd}, {rm}',
  ADD_reg_T2: choose(({ fields }) => (fields.rm === 13 ? 1 : 0), 'add{c} {rdn}, {rm}', 'add{c} {rdn}, sp, {rdn}'),
  CMP_reg_T2: 'cmp{c} {rn}, {rm}',
  MOV_reg_T1: 'mov{c} {rd}, {rm}',
  ADR_T1: 'adr{c} {rd}, {#imm8*4}',
  ADD_SPimm_T1: 'add{c} {rd}, sp, {#imm8*4}',
  ...forms('ADD_SPimm_T2 SUB_SPimm_T1', '{op}{c} sp, {#imm7*4}'),
  ...forms('SXTH_T1 SXTB_T1 UXTH_T1 UXTB_T1 REV_T1 REV16_T1 REVSH_T1', '{op}{c} {rd}, {rm}'),
};

const T32_DATA: Forms = {
  ...forms('TST_imm_T1 TEQ_imm_T1 CMN_imm_T1 CMP_imm_T2', '{op}{c}.w {rn}, {tconst}'),
  ...forms('AND BIC ORR EOR', '{op}{s}{c} {rd}, {rn}, {tconstu}', '_imm_T1'),
  ...forms('ORN ADC SBC', '{op}{s}{c} {rd}, {rn}, {tconst}', '_imm_T1'),
  ...forms('ADD_imm_T3 SUB_imm_T3 RSB_imm_T2', '{op}{s}{c}.w {rd}, {rn}, {tconst}'),
  MOV_imm_T2: 'mov{s}{c}.w {rd}, {tconst}',
  MVN_imm_T1: 'mvn{s}{c} {rd}, {tconstu}',
  ...forms('ADD_imm_T4 SUB_imm_T4', '{op}w{c} {rd}, {rn}, {#imm}'),
  ADR_T3: 'addw{c} {rd}, pc, {#imm}',
  ADR_T2: 'subw{c} {rd}, pc, {#imm}',
  ...forms('TST_reg_T2 TEQ_reg_T1 CMN_reg_T2 CMP_reg_T3', '{op}{c}.w {rn}, {rm}{shift}'),
  ...forms(
    'AND_reg_T2 BIC_reg_T2 ORR_reg_T2 EOR_reg_T2 ADC_reg_T2 SBC_reg_T2 ADD_reg_T3 SUB_reg_T2',
    '{op}{s}{c}.w {rd}, {rn}, {rm}{shift}',
  ),
  ...forms('ORN_reg_T1 RSB_reg_T1', '{op}{s}{c} {rd}, {rn}, {rm}{shift}'),
  MVN_reg_T2: 'mvn{s}{c}.w {rd}, {rm}{shift}',
  MOV_reg_T3: choose(
    moveKind,
    'mov{s}{c}.w {rd}, {rm}',
    'rrx{s}{c} {rd}, {rm}',
    '{shiftop}{s}{c}.w {rd}, {rm}, {amount}',
  ),
  ...forms('LSL LSR ASR ROR', '{op}{s}{c}.w {rd}, {rn}, {rm}', '_reg_T2'),
  ...forms('SXTH_T2 UXTH_T2 SXTB_T2 UXTB_T2', '{op}{c}.w {rd}, {rm}{rotation}'),
  ...forms('REV_T2 REV16_T2 REVSH_T2', '{op}{c}.w {rd}, {rmboth}'),
};

/** What reads the same in A32 and T32. */
const SHARED_DATA: Forms = {
  ...forms('MOV_imm_A2 MOV_imm_T3', 'movw{c} {rd}, {imm16}'),
  ...forms('MOVT_A1 MOVT_T1', 'movt{c} {rd}, {imm16}'),
  ...forms('MUL_A1 MUL_T2 SDIV_A1 SDIV_T1 UDIV_A1 UDIV_T1', '{op}{s}{c} {rd}, {rn}, {rm}'),
  ...forms('USAD8_A1 USAD8_T1', 'usad8{c} {rd}, {rn}, {rm}'),
  ...forms('MLA_A1 MLA_T1 MLS_A1 MLS_T1 USADA8_A1 USADA8_T1', '{op}{s}{c} {rd}, {rn}, {rm}, {ra}'),
  ...['_A1', '_T1'].reduce<Forms>(
    (all, set) => ({
      ...all,
      ...forms('UMAAL UMULL UMLAL SMULL SMLAL', '{op}{s}{c} {rdlo}, {rdhi}, {rn}, {rm}', set),
      ...forms('SMLALD SMLSLD', '{op}{x}{c} {rdlo}, {rdhi}, {rn}, {rm}', set),
      ...forms('SMUAD SMUSD', '{op}{x}{c} {rd}, {rn}, {rm}', set),
      ...forms('SMLAD SMLSD', '{op}{x}{c} {rd}, {rn}, {rm}, {ra}', set),
      ...forms('SMMUL', '{op}{r}{c} {rd}, {rn}, {rm}', set),
      ...forms('SMMLA SMMLS', '{op}{r}{c} {rd}, {rn}, {rm}, {ra}', set),
      ...forms('SMULxy', 'smul{xy}{c} {rd}, {rn}, {rm}', set),
      ...forms('SMLAxy', 'smla{xy}{c} {rd}, {rn}, {rm}, {ra}', set),
      ...forms('SMLALxy', 'smlal{xy}{c} {rdlo}, {rdhi}, {rn}, {rm}', set),
      ...forms('SMULWy', 'smulw{y}{c} {rd}, {rn}, {rm}', set),
      ...forms('SMLAWy', 'smlaw{y}{c} {rd}, {rn}, {rm}, {ra}', set),
      ...forms('QADD QSUB QDADD QDSUB', '{op}{c} {rd}, {rm}, {rn}', set),
      ...forms(`${PARALLEL} SEL`, '{op}{c} {rd}, {rn}, {rm}', set),

      ...forms(
        'PKH',
        choose(({ fields }) => fields.tb, 'pkhbt{c} {rd}, {rn}, {rm}{pkhshift}', 'pkhtb{c} {rd}, {rn}, {rm}{pkhshift}'),
        set,
      ),
      ...forms('SSAT', 'ssat{c} {rd}, {ssat}, {rn}{satshift}', set),
      ...forms('SSAT16', 'ssat16{c} {rd}, {ssat}, {rn}', set),
      ...forms('USAT', 'usat{c} {rd}, {#sat}, {rn}{satshift}', set),
      ...forms('USAT16', 'usat16{c} {rd}, {#sat}, {rn}', set),
      ...forms('SBFX UBFX', '{op}{c} {rd}, {rn}, {#lsb}, {width}', set),
      ...forms('BFI', 'bfi{c} {rd}, {rn}, {bflsb}, {bfwidth}', set),
      ...forms('BFC', 'bfc{c} {rd}, {bflsb}, {bfwidth}', set),
      ...forms('SXTAB16 SXTAB SXTAH UXTAB16 UXTAB UXTAH', '{op}{c} {rd}, {rn}, {rm}{rotation}', set),
      ...forms('SXTB16 UXTB16', '{op}{c} {rd}, {rm}{rotation}', set),
    }),
    {},
  ),
  ...forms('SXTB SXTH UXTB UXTH', '{op}{c} {rd}, {rm}{rotation}', '_A1'),
  ...forms('REV REV16 REVSH CLZ RBIT', '{op}{c} {rd}, {rm}', '_A1'),
  ...forms('CLZ RBIT', '{op}{c} {rd}, {rmboth}', '_T1'),
};

export const DATA_FORMS: Forms = { ...A32_DATA, ...T16_DATA, ...T32_DATA, ...SHARED_DATA };
