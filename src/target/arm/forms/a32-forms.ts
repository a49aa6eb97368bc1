import type { Temp } from '../../../tcg/ir';
import { MemOp } from '../../../tcg/memop';
import { Cond } from '../../../tcg/opcodes';
import type { FormEmitter } from '../../../tcg/wasm/form-emitter';
import { ArmGlobal } from '../cpu-state';
import type { Fields } from '../decode';
import { A32_TRANSLATE, type A32Name } from '../translate/a32';
import { Alu, ShiftType, dataProcessing, type AluOp, type Operand } from '../translate/alu';
import { ArmJump, type ArmContext } from '../translate/context';
import { load, store } from '../translate/load-store';
import { branchWhere, loadMultipleForm, storeMultipleForm } from './block-transfer-forms';

/**
 * Says what the instructions of a row do with their operands open: register fields in `f` are placeholders, fields that the
 * index of the decode table has are as they are, the other ones are read from the word. False where there is no form.
 */
export type DescribeForm = (c: ArmContext, f: Fields, ir: FormEmitter) => boolean;

export interface FormDescription {
  readonly emit: DescribeForm;
  /** Fields that hold the number of a register which is written. */
  readonly writes?: (f: Fields) => readonly string[];
  /** Those of them that may be r15, which ends the block; in all others the form declines r15. */
  readonly endsByWriting?: readonly string[];
  /** Fields that are read from the word although the index has them. */
  readonly open?: readonly string[];
  /** Declines what the row leaves undefined, before anything else. */
  readonly check?: (ir: FormEmitter) => void;
  /** Earlier rows whose words mean the same by this form: literals, whose base is the pc. */
  readonly covers?: readonly A32Name[];
  /** Whether it ends the block, also where its condition fails: always, or where the value is not 0. */
  readonly endsIf?: (ir: FormEmitter) => Temp;
}

const zero = (ir: FormEmitter): Temp => ir.const(0);
const destination = (): readonly string[] => ['rd'];
const always = (ir: FormEmitter): Temp => ir.const(1);

/** A32ExpandImm of the word, with the shifter's carry: C where it does not rotate. */
function openImmediate(ir: FormEmitter, wantCarry: boolean): Operand {
  const amount = ir.andi(ir.shri(ir.word, 7), 0x1e);
  const value = ir.rotr(ir.bits(0, 8), amount);
  if (!wantCarry) return { value };
  return { value, carry: ir.movcond(Cond.eq, amount, zero(ir), ArmGlobal.CF, ir.shri(value, 31)) };
}

/** `rm` shifted by the word's imm5 (DecodeImmShift, DDI 0406C A8.4.3). */
function openShift(c: ArmContext, ir: FormEmitter, rm: number, type: ShiftType, wantCarry: boolean): Operand {
  const value = c.reg(rm);
  const n = ir.bits(7, 5);
  const whenZero = (special: Temp, other: Temp): Temp => ir.movcond(Cond.eq, n, zero(ir), special, other);
  const bit = (at: Temp): Temp => ir.andi(ir.shr(value, at), 1);
  const lastOut = (): Temp => bit(ir.addi(n, -1));
  switch (type) {
    case ShiftType.LSL:
      return { value: ir.shl(value, n), carry: wantCarry ? whenZero(ArmGlobal.CF, bit(ir.neg(n))) : undefined };
    case ShiftType.LSR:
      return { value: whenZero(zero(ir), ir.shr(value, n)), carry: wantCarry ? lastOut() : undefined };
    case ShiftType.ASR:
      return { value: ir.sar(value, whenZero(ir.const(31), n)), carry: wantCarry ? lastOut() : undefined };
    case ShiftType.ROR:
      return {
        value: whenZero(ir.or(ir.shri(value, 1), ir.shli(ArmGlobal.CF, 31)), ir.rotr(value, n)),
        carry: wantCarry ? whenZero(ir.andi(value, 1), lastOut()) : undefined,
      };
  }
}

function processing(op: AluOp, f: Fields): { s: number; rn: number; rd?: number } {
  return { s: f.s ?? 1, rn: op.unary ? 0 : f.rn, ...(f.rd !== undefined && { rd: f.rd }) };
}

const immediate = (op: AluOp, isComparison: boolean, covers: readonly A32Name[] = []): FormDescription => ({
  emit: (c, f, ir) => dataProcessing(c, op, processing(op, f), openImmediate(ir, op.logical && f.s !== 0)),
  writes: isComparison ? undefined : destination,
  covers,
});
const register = (op: AluOp, isComparison: boolean): FormDescription => ({
  emit: (c, f, ir) => dataProcessing(c, op, processing(op, f), openShift(c, ir, f.rm, f.type, op.logical && f.s !== 0)),
  writes: isComparison ? undefined : destination,
});

/** The offset, added or subtracted as the word's U bit says. */
function signed(ir: FormEmitter, offset: Temp): Temp {
  const flip = ir.addi(ir.bits(23, 1), -1);
  return ir.sub(ir.xor(offset, flip), flip);
}

/** Whether a load's destination is r15. */
const intoPc = (ir: FormEmitter): Temp => ir.setcond(Cond.eq, ir.bits(12, 4), ir.const(15));

type Access = typeof load;
/** LDR and the like, with an immediate or a register as offset. The unprivileged forms (P clear, W set) are other rows. */
function access(
  act: Access,
  op: number,
  offset: (c: ArmContext, ir: FormEmitter, f: Fields) => Temp,
  covers: readonly A32Name[] = [],
): FormDescription {
  const loadsPc = act === load && op === MemOp.UL;
  return {
    emit: (c, f, ir) => {
      if ((f.p === 0 && f.w === 1) || f.type) return false;
      act(c, f.rt, op, { rn: f.rn, p: f.p, u: 1, w: f.w, offset: signed(ir, offset(c, ir, f)) });
      if (loadsPc) branchWhere(c, ir, intoPc(ir));
      return true;
    },
    writes: (f) => [...(act === load ? ['rt'] : []), ...(f.p === 0 || f.w === 1 ? ['rn'] : [])],
    open: ['u'],
    ...(loadsPc && { endsByWriting: ['rt'], endsIf: intoPc }),
    covers,
  };
}
const imm12 = (_c: ArmContext, ir: FormEmitter): Temp => ir.bits(0, 12);
const imm8 = (_c: ArmContext, ir: FormEmitter): Temp => ir.or(ir.shli(ir.bits(8, 4), 4), ir.bits(0, 4));
/** Shifted to the left, as nearly all are. */
const shiftedIndex = (c: ArmContext, ir: FormEmitter, f: Fields): Temp => openShift(c, ir, f.rm, f.type, false).value;
const plainIndex = (c: ArmContext, _ir: FormEmitter, f: Fields): Temp => c.reg(f.rm);

/** The row's own meaning: one without immediates but those that the index of the decode table has. */
const asTranslated = (
  name: A32Name,
  writes: readonly string[],
  endsIf?: FormDescription['endsIf'],
): FormDescription => ({
  emit: (c, f) => A32_TRANSLATE[name](c, f as never),
  writes: () => writes,
  endsIf,
});

const extend = (unit: (ir: FormEmitter, value: Temp) => Temp): FormDescription => ({
  emit: (c, f, ir) => {
    c.setReg(f.rd, unit(ir, ir.rotr(c.reg(f.rm), ir.andi(ir.shri(ir.word, 7), 0x18))));
    return true;
  },
  writes: destination,
});

const imm16 = (ir: FormEmitter): Temp => ir.or(ir.shli(ir.bits(16, 4), 12), ir.bits(0, 12));

/** SBFX, UBFX. */
const bitField = (isSigned: boolean): FormDescription => ({
  // A field beyond bit 31 is undefined.
  check: (ir) => {
    ir.push(ir.setcond(Cond.gtu, ir.add(ir.bits(7, 5), ir.bits(16, 5)), ir.const(31)));
    ir.declineIf();
  },
  emit: (c, f, ir) => {
    const above = ir.sub(ir.const(31), ir.bits(16, 5));
    const top = ir.shl(c.reg(f.rn), ir.sub(above, ir.bits(7, 5)));
    c.setReg(f.rd, isSigned ? ir.sar(top, above) : ir.shr(top, above));
    return true;
  },
  writes: destination,
});

/** B, BL, and BLX of a register: the pc reads as two instructions on. */
function branchForm(links: boolean, target: (c: ArmContext, ir: FormEmitter, f: Fields) => Temp): FormDescription {
  return {
    emit: (c, f, ir) => {
      const to = ir.copy(target(c, ir, f));
      if (links) ir.mov(14, ir.addi(ArmGlobal.PC, -4));
      if (f.rm === undefined) ir.mov(ArmGlobal.PC, to);
      else c.branchExchange(to);
      c.isJump = ArmJump.Jump;
      return true;
    },
    endsIf: always,
  };
}
const relative = (_c: ArmContext, ir: FormEmitter): Temp => ir.add(ArmGlobal.PC, ir.sari(ir.shli(ir.word, 8), 6));

type DataProcessingName = 'AND' | 'EOR' | 'SUB' | 'RSB' | 'ADD' | 'ADC' | 'SBC' | 'RSC' | 'ORR' | 'MOV' | 'BIC' | 'MVN';
const { AND, EOR, SUB, RSB, ADD, ADC, SBC, RSC, ORR, MOV, BIC, MVN } = Alu;
const OPERATIONS: Readonly<Record<DataProcessingName, AluOp>> = {
  AND,
  EOR,
  SUB,
  RSB,
  ADD,
  ADC,
  SBC,
  RSC,
  ORR,
  MOV,
  BIC,
  MVN,
};
const COMPARISONS = { TST: AND, TEQ: EOR, CMP: SUB, CMN: ADD } as const;
const LITERALS: Readonly<Record<string, readonly A32Name[]>> = { ADD: ['ADR_A1'], SUB: ['ADR_A2'] };

const dataProcessingForms: Record<string, FormDescription> = {};
for (const [name, op] of Object.entries(OPERATIONS)) {
  dataProcessingForms[`${name}_imm_A1`] = immediate(op, false, LITERALS[name]);
  dataProcessingForms[`${name}_reg_A1`] = register(op, false);
}
for (const [name, op] of Object.entries(COMPARISONS)) {
  dataProcessingForms[`${name}_imm_A1`] = immediate(op, true);
  dataProcessingForms[`${name}_reg_A1`] = register(op, true);
}

/** The rows of A32 that have forms: what most code consists of. */
export const A32_FORMS: Readonly<Partial<Record<A32Name, FormDescription>>> = {
  ...(dataProcessingForms as Partial<Record<A32Name, FormDescription>>),
  MOV_imm_A2: {
    emit: (c, f, ir) => {
      c.setReg(f.rd, imm16(ir));
      return true;
    },
    writes: destination,
  },
  MOVT_A1: {
    emit: (c, f, ir) => {
      c.setReg(f.rd, ir.deposit(c.reg(f.rd), imm16(ir), 16, 16));
      return true;
    },
    writes: destination,
  },
  MUL_A1: asTranslated('MUL_A1', ['rd']),
  MLA_A1: asTranslated('MLA_A1', ['rd']),
  MLS_A1: asTranslated('MLS_A1', ['rd']),
  UMULL_A1: asTranslated('UMULL_A1', ['rdlo', 'rdhi']),
  UMLAL_A1: asTranslated('UMLAL_A1', ['rdlo', 'rdhi']),
  SMULL_A1: asTranslated('SMULL_A1', ['rdlo', 'rdhi']),
  SMLAL_A1: asTranslated('SMLAL_A1', ['rdlo', 'rdhi']),
  CLZ_A1: asTranslated('CLZ_A1', ['rd']),
  REV_A1: asTranslated('REV_A1', ['rd']),
  SXTB_A1: extend((ir, v) => ir.ext8s(v)),
  SXTH_A1: extend((ir, v) => ir.ext16s(v)),
  UXTB_A1: extend((ir, v) => ir.ext8u(v)),
  UXTH_A1: extend((ir, v) => ir.ext16u(v)),
  SBFX_A1: bitField(true),
  UBFX_A1: bitField(false),

  LDR_imm_A1: access(load, MemOp.UL, imm12, ['LDR_lit_A1']),
  STR_imm_A1: access(store, MemOp.UL, imm12),
  LDRB_imm_A1: access(load, MemOp.UB, imm12, ['LDRB_lit_A1']),
  STRB_imm_A1: access(store, MemOp.UB, imm12),
  LDR_reg_A1: access(load, MemOp.UL, shiftedIndex),
  STR_reg_A1: access(store, MemOp.UL, shiftedIndex),
  LDRB_reg_A1: access(load, MemOp.UB, shiftedIndex),
  STRB_reg_A1: access(store, MemOp.UB, shiftedIndex),
  LDRH_imm_A1: access(load, MemOp.UW, imm8, ['LDRH_lit_A1']),
  STRH_imm_A1: access(store, MemOp.UW, imm8),
  LDRSB_imm_A1: access(load, MemOp.SB, imm8, ['LDRSB_lit_A1']),
  LDRSH_imm_A1: access(load, MemOp.SW, imm8, ['LDRSH_lit_A1']),
  LDRH_reg_A1: access(load, MemOp.UW, plainIndex),
  STRH_reg_A1: access(store, MemOp.UW, plainIndex),
  LDRSB_reg_A1: access(load, MemOp.SB, plainIndex),
  LDRSH_reg_A1: access(load, MemOp.SW, plainIndex),
  STM_A1: storeMultipleForm,
  LDM_A1: loadMultipleForm,

  B_A1: branchForm(false, relative),
  BL_A1: branchForm(true, relative),
  BX_A1: asTranslated('BX_A1', [], always),
  BLX_reg_A1: branchForm(true, (c, _ir, f) => c.reg(f.rm)),
};
