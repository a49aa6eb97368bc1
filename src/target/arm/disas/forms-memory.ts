import { popCount } from '../../../common/bits';
import { choose, forms, NO_TEXT, type Forms } from './forms';
import type { Insn } from './insn';

const registers = ({ fields }: Insn): number => popCount(fields.list);

const A32_MEMORY: Forms = {
  ...forms('STRT LDRT STRBT LDRBT', '{op}{c} {rt}, {post12}', '_A1'),
  ...forms('STRT LDRT STRBT LDRBT', '{op}{c} {rt}, {postreg}', '_A2'),
  ...forms('STR STRB LDRB', '{op}{c} {rt}, {mem12}', '_imm_A1'),
  LDR_imm_A1: choose(
    ({ fields: { p, u, w, rn, imm12 } }) => (rn === 13 && !p && u && !w && imm12 === 4 ? 1 : 0),
    'ldr{c} {rt}, {mem12}',
    'pop{c} {rtlist}',
  ),
  ...forms('LDR LDRB', '{op}{c} {rt}, {lit12}', '_lit_A1'),
  ...forms('STR LDR STRB LDRB', '{op}{c} {rt}, {memreg}', '_reg_A1'),
  ...forms('STRHT LDRHT LDRSBT LDRSHT', '{op}{c} {rt}, {postreg0}', '_reg_A2'),
  ...forms('STRHT LDRHT LDRSBT LDRSHT', '{op}{c} {rt}, {post8}', '_imm_A1'),
  ...forms('STRH LDRH LDRSB LDRSH', '{op}{c} {rt}, {memreg0}', '_reg_A1'),
  ...forms('STRH LDRH LDRSB LDRSH', '{op}{c} {rt}, {mem8}', '_imm_A1'),
  ...forms('LDRH LDRSB LDRSH', '{op}{c} {rt}, {lit8}', '_lit_A1'),
  ...forms('LDRD STRD', '{op}{c} {rt}, {rt1}, {memreg0}', '_reg_A1'),
  ...forms('LDRD STRD', '{op}{c} {rt}, {rt1}, {mem8}', '_imm_A1'),
  LDRD_lit_A1: 'ldrd{c} {rt}, {rt1}, {lit8}',
  STM_A1: choose(
    (insn) => {
      const { p, u, w, user, rn } = insn.fields;
      return p && !u && w && !user && rn === 13 && registers(insn) > 1 ? 1 : 0;
    },
    'stm{mode}{c} {rn}{w}, {list}{user}',
    'push{c} {list}',
  ),
  LDM_A1: choose(
    (insn) => {
      const { p, u, w, user, rn } = insn.fields;
      return !p && u && w && !user && rn === 13 && registers(insn) > 1 ? 1 : 0;
    },
    'ldm{mode}{c} {rn}{w}, {list}{user}',
    'pop{c} {list}',
  ),
  ...forms('SWP SWPB', '{op}{c} {rt}, {rt2}, [{rn}]', '_A1'),
  ...forms('STREX STREXB STREXH', '{op}{c} {rd}, {rt}, [{rn}]', '_A1'),
  STREXD_A1: 'strexd{c} {rd}, {pair}, [{rn}]',
  ...forms('LDREX LDREXB LDREXH', '{op}{c} {rt}, [{rn}]', '_A1'),
  LDREXD_A1: 'ldrexd{c} {pair}, [{rn}]',
  SRS_A1: 'srs{srsmode} sp{w}, {#mode}',
  RFE_A1: 'rfe{srsmode} {rn}{w}',
  PLD_imm_A1: choose(({ fields }) => fields.r, 'pldw {mem12}', 'pld {mem12}'),
  PLD_reg_A1: choose(({ fields }) => fields.r, 'pldw {memreg}', 'pld {memreg}'),
  PLI_imm_A1: 'pli {mem12}',
  PLI_reg_A1: 'pli {memreg}',
  ...forms('NOP_hint_A1 NOP_hint_A2', NO_TEXT),
};

const T16_MEMORY: Forms = {
  LDR_lit_T1: 'ldr{c} {rt}, [pc, {#imm8*4}]',
  ...forms('STR STRH STRB LDRSB LDR LDRH LDRB LDRSH', '{op}{c} {rt}, [{rn}, {rm}]', '_reg_T1'),
  ...Object.fromEntries(
    ['STR 4', 'LDR 4', 'STRB 1', 'LDRB 1', 'STRH 2', 'LDRH 2'].map((entry) => {
      const [op, scale] = entry.split(' ');
      const template = [`{op}{c} {rt}, [{rn}, {#imm5*${scale}}]`, '{op}{c} {rt}, [{rn}]'];
      return [`${op}_imm_T1`, choose(({ fields }) => (fields.imm5 ? 0 : 1), ...template)];
    }),
  ),
  ...forms(
    'STR LDR',
    choose(({ fields }) => (fields.imm8 ? 0 : 1), '{op}{c} {rt}, [sp, {#imm8*4}]', '{op}{c} {rt}, [sp]'),
    '_imm_T2',
  ),
  PUSH_T1: 'push{c} {pushlist}',
  POP_T1: 'pop{c} {poplist}',
  STM_T1: 'stm{c} {rn}!, {list}',
  LDM_T1: 'ldm{c} {rn}{w16}, {list}',
};

const T32_MEMORY: Forms = {
  ...forms(
    'STRB_reg STRH_reg STR_reg LDRB_reg LDRSB_reg LDRH_reg LDRSH_reg LDR_reg',
    '{op}{c}.w {rt}, {tmemreg}',
    '_T2',
  ),
  ...forms('STRBT STRHT STRT LDRBT LDRSBT LDRHT LDRSHT LDRT', '{op}{c} {rt}, {tmem8}', '_T1'),
  ...forms(
    'STRB_imm_T3 STRH_imm_T3 STR_imm_T4 LDRB_imm_T3 LDRSB_imm_T2 LDRH_imm_T3 LDRSH_imm_T2',
    '{op}{c} {rt}, {tmem8}',
  ),
  LDR_imm_T4: '{op}{c} {rt}, {tmem8}',
  ...forms('STRB_imm_T2 STRH_imm_T2 STR_imm_T3 LDRB_imm_T2 LDRSB_imm_T1', '{op}{c}.w {rt}, {mem12}'),
  ...forms('LDRH_imm_T2 LDRSH_imm_T1 LDR_imm_T3', '{op}{c}.w {rt}, {mem12}'),
  ...forms('LDRB_lit_T1 LDRSB_lit_T1 LDRH_lit_T1 LDRSH_lit_T1 LDR_lit_T2', '{op}{c}.w {rt}, {tlit12}'),
  ...forms('PLD_reg PLDW_reg PLI_reg', '{op}{c} {tmemreg}', '_T1'),
  ...forms('PLD_imm PLDW_imm PLI_imm', '{op}{c} {mem12}', '_T1'),
  ...forms('PLD_imm PLDW_imm PLI_imm', '{op}{c} {tneg8}', '_T2'),
  ...forms('PLD_lit_T1 PLI_lit_T3', '{op}{c} {tlit12}'),
  ...forms('NOP_hint_lit_T1 NOP_hint_lit_T2 NOP_hint_reg_T1 NOP_hint_imm_T1 NOP_hint_imm_T2', NO_TEXT),
  STM_T2: 'stm{c}.w {rn}{w}, {list}',
  STMDB_T1: choose(({ fields: { rn, w } }) => (rn === 13 && w ? 1 : 0), 'stmdb{c} {rn}{w}, {list}', 'push{c}.w {list}'),
  LDM_T2: choose(({ fields: { rn, w } }) => (rn === 13 && w ? 1 : 0), 'ldm{c}.w {rn}{w}, {list}', 'pop{c}.w {list}'),
  LDMDB_T1: 'ldmdb{c} {rn}{w}, {list}',
  ...forms('STRD_imm LDRD_imm', '{op}{c} {rt}, {rt2}, {tmem8x4}', '_T1'),
  ...forms('STRD_imm LDRD_imm', '{op}{c} {rt}, {rt2}, {post8x4}', '_T1_post'),
  LDRD_lit_T1: 'ldrd{c} {rt}, {rt2}, {tlit8x4}',
  STREX_T1: choose(
    ({ fields }) => (fields.imm8 ? 0 : 1),
    'strex{c} {rd}, {rt}, [{rn}, {#imm8*4}]',
    'strex{c} {rd}, {rt}, [{rn}]',
  ),
  LDREX_T1: choose(({ fields }) => (fields.imm8 ? 0 : 1), 'ldrex{c} {rt}, [{rn}, {#imm8*4}]', 'ldrex{c} {rt}, [{rn}]'),
  ...forms('STREXB STREXH', '{op}{c} {rd}, {rt}, [{rn}]', '_T1'),
  STREXD_T1: 'strexd{c} {rd}, {rt}, {rt2}, [{rn}]',
  ...forms('LDREXB LDREXH', '{op}{c} {rt}, [{rn}]', '_T1'),
  LDREXD_T1: 'ldrexd{c} {rt}, {rt2}, [{rn}]',
  TBB_T1: 'tbb{c} [{rn}, {rm}]',
  TBH_T1: 'tbh{c} [{rn}, {rm}, lsl #1]',
  SRSDB_T1: 'srsdb{c} sp{w}, {#mode}',
  SRSIA_T2: 'srsia{c} sp{w}, {#mode}',
  RFEDB_T1: 'rfedb{c} {rn}{w}',
  RFEIA_T2: 'rfeia{c} {rn}{w}',
};

export const MEMORY_FORMS: Forms = { ...A32_MEMORY, ...T16_MEMORY, ...T32_MEMORY };
