import { bit, signExtend } from '../../../common/bits';
import { alignedPc, readPc, type Insn } from './insn';

/** Offset of the 32-bit Thumb branches: s, j1, j2 and `imm` as drawn (DDI 0406C A8.8.18, A8.8.25), of `low` bits below. */
function wideOffset({ s, j1, j2, imm }: Insn['fields'], immBits: number): number {
  const i1 = ~(j1 ^ s) & 1;
  const i2 = ~(j2 ^ s) & 1;
  return signExtend((((s << 2) | (i1 << 1) | i2) << immBits) | imm, immBits + 3);
}

const TARGETS: Readonly<Record<string, (insn: Insn) => number>> = {
  B_A1: (insn) => readPc(insn) + signExtend(insn.fields.imm24, 24) * 4,
  BL_A1: (insn) => readPc(insn) + signExtend(insn.fields.imm24, 24) * 4,
  BLX_imm_A2: (insn) => readPc(insn) + signExtend(insn.fields.imm24, 24) * 4 + insn.fields.h * 2,
  B_T1: (insn) => readPc(insn) + signExtend(insn.fields.imm8, 8) * 2,
  B_T2: (insn) => readPc(insn) + signExtend(insn.fields.imm11, 11) * 2,
  CBZ_T1: (insn) => readPc(insn) + insn.fields.imm6 * 2,
  CBNZ_T1: (insn) => readPc(insn) + insn.fields.imm6 * 2,
  // Here j2 and j1 are plain bits of the offset (A8.8.18, encoding T3).
  B_T3: (insn) => {
    const { s, j1, j2, imm } = insn.fields;
    return readPc(insn) + signExtend((s << 19) | (j2 << 18) | (j1 << 17) | imm, 20) * 2;
  },
  B_T4: (insn) => readPc(insn) + wideOffset(insn.fields, 21) * 2,
  BL_T1: (insn) => readPc(insn) + wideOffset(insn.fields, 21) * 2,
  BLX_imm_T2: (insn) => alignedPc(insn) + wideOffset(insn.fields, 20) * 4,
};

/** Where a direct branch goes, unsigned; undefined for any other instruction. */
export function branchTarget(insn: Insn): number | undefined {
  const target = TARGETS[insn.row]?.(insn);
  return target === undefined ? undefined : target >>> 0;
}

/** Whether the instruction sets the link register and branches. */
export const isCall = (insn: Insn): boolean => insn.mnemonic === 'BL' || insn.mnemonic === 'BLX';

/** Moves to PC that end a function: `bx lr`, `mov pc, lr`, `pop {…, pc}`, and the returns from exceptions. */
export function isReturn({ row, mnemonic, fields }: Insn): boolean {
  switch (mnemonic) {
    case 'BX':
    case 'BXJ':
      return fields.rm === 14;
    case 'MOV':
      return fields.rd === 15 && fields.rm === 14 && !fields.imm5 && !fields.type && fields.rs === undefined;
    case 'POP':
      return fields.p === 1;
    case 'LDM':
    case 'LDMDB':
      return fields.rn === 13 && bit(fields.list, 15) === 1;
    case 'LDR':
      return fields.rt === 15 && fields.rn === 13 && fields.p === 0;
    case 'SUBS':
    case 'ERET':
      return true;
    default:
      return row.startsWith('RFE');
  }
}
