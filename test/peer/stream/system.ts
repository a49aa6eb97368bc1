import { coprocRegister, CP_REGISTERS, CpKind, type CpRegister } from '../../../src/target/arm/cp15/registers';
import type { DecodeRow, Fields } from '../../../src/target/arm/decode';
import type { Random, RowSource } from './generate';
import type { Item, StreamSet, Word } from './image';
import { PLAIN_RECIPE, type Recipe } from './recipes';

/*
 * Items of the system class: they run in any mode, change mode, masks and byte order, enter and return from exceptions, and
 * write coprocessor registers. What system.S cannot come back from is kept out here.
 */

const [USER, SYSTEM] = [0x10, 0x1f];
export const MODES: readonly number[] = [USER, 0x11, 0x12, 0x13, 0x17, 0x1b, SYSTEM];
/** Modes with an SPSR. */
const EXCEPTION_MODES = MODES.filter((mode) => mode !== USER && mode !== SYSTEM);

export interface SystemContext {
  readonly isa: StreamSet;
  readonly row: DecodeRow;
  readonly random: Random;
  /** Words of the row; another recipe than that of user-mode streams if one is given. */
  readonly source: (recipe?: Partial<Recipe>) => RowSource;
}

type Made = Pick<Item, 'words'> &
  Partial<Pick<Item, 'row' | 'base' | 'index' | 'align' | 'writes' | 'mode' | 'pending' | 'registers'>>;
type Maker = (context: SystemContext) => Made;

const wide = (word: number): Word => ({ word: word >>> 0, size: 4 });
const pick = <T>(random: Random, from: readonly T[]): T => from[random() % from.length];
const accepting = (accepts: Recipe['accepts']): Partial<Recipe> => ({ ...PLAIN_RECIPE, accepts });

/** The instructions by instruction set, A32 first. */
const either = (isa: StreamSet, a32: number, t32: number): Word => wide(isa === 'a32' ? a32 : t32);

/** `rd` gets the address `words` words and `extra` bytes behind the start of an item that begins with this. */
function address(isa: StreamSet, rd: number, words: number, extra = 0): Word {
  const bytes = 4 * words + extra;
  const t32 = bytes - 4;
  return either(isa, 0xe28f0000 | (rd << 12) | (bytes - 8), 0xf20f0000 | ((t32 >> 8) << 12) | (rd << 8) | (t32 & 0xff));
}

/** Makes a register's mode field that of a mode. */
function validMode(isa: StreamSet, register: number, mode: number): Word[] {
  const [a32, t32] = [(register << 16) | (register << 12), (register << 16) | (register << 8)];
  return [
    either(isa, 0xe3c0001f | a32, 0xf020001f | t32),
    either(isa, 0xe3800000 | a32 | mode, 0xf0400000 | t32 | mode),
  ];
}

const msrRegister: Maker = ({ isa, random, source }) => {
  const name = isa === 'a32' ? 'rm' : 'rn';
  const { word, fields } = source(accepting((f) => f[name] !== 15 && f[name] !== 13)).draw(random);
  const control = fields.r === 0 && (fields.mask & 1) === 1;
  const before = control ? validMode(isa, fields[name], pick(random, MODES)) : [];
  return { words: [...before, wide(word)], mode: pick(random, fields.r ? EXCEPTION_MODES : MODES) };
};

const msrImmediate: Maker = ({ random, source }) => {
  const value = ({ rot, imm8 }: Fields): number => ((imm8 >>> (2 * rot)) | (imm8 << (32 - 2 * rot))) & 0x1f;
  const isSafe = (f: Fields): boolean => f.r === 1 || (f.mask & 1) === 0 || MODES.includes(value(f));
  const { word, fields } = source(accepting(isSafe)).draw(random);
  return { words: [wide(word)], mode: pick(random, fields.r ? EXCEPTION_MODES : MODES) };
};

const mrs: Maker = ({ random, source }) => {
  const { word, fields } = source(accepting((f) => f.rd !== 15)).draw(random);
  return { words: [wide(word)], mode: pick(random, fields.r ? EXCEPTION_MODES : MODES) };
};

const changeState: Maker = ({ row, random, source }) => {
  const { word } = source(accepting((f) => (f.m ?? 0) === 0 || MODES.includes(f.mode))).draw(random);
  return { words: [{ word, size: row.bits === 16 ? 2 : 4 }] };
};

const waitForInterrupt: Maker = ({ row, random, source }) => ({
  words: [{ word: source(PLAIN_RECIPE).draw(random).word, size: row.bits === 16 ? 2 : 4 }],
  pending: true,
});

/** All stacks are in the scratch memory. */
const storeReturnState: Maker = ({ random, source }) => ({
  words: [wide(source(accepting((f) => MODES.includes(f.mode))).draw(random).word)],
  base: 13,
  align: 2,
  writes: true,
  mode: pick(random, EXCEPTION_MODES),
});

/** Where a block transfer with these fields goes, in both sets; a T32 one knows only IA and DB. */
function storeMultiple(isa: StreamSet, name: string, { p, u }: Fields, rn: number, list: number): Word {
  const decrement = /DB/.test(name);
  return either(
    isa,
    0xe8000000 | (p << 24) | (u << 23) | (rn << 16) | list,
    (decrement ? 0xe9000000 : 0xe8800000) | (rn << 16) | list,
  );
}

/** The place that falls to branches, and a PSR, are stored where the instruction looks for them. */
const returnFromException: Maker = ({ isa, row, random, source }) => {
  const { word, fields } = source(accepting((f) => f.rn !== 15 && (isa === 'a32' || f.rn !== 13))).draw(random);
  const free = [0, 1, 2, 3, 4, 5].filter((n) => n !== fields.rn);
  const low = random() % (free.length - 1);
  const [target, psr] = [free[low], free[low + 1]];
  // CPSR reads with T clear.
  const mode = pick(random, isa === 'a32' ? [...EXCEPTION_MODES, SYSTEM] : EXCEPTION_MODES);
  const r = mode === SYSTEM ? 0 : 1;
  return {
    words: [
      address(isa, target, 5),
      either(isa, 0xe10f0000 | (r << 22) | (psr << 12), 0xf3ef8000 | (r << 20) | (psr << 8)),
      storeMultiple(isa, row.name, fields, fields.rn, (1 << target) | (1 << psr)),
      wide(word),
    ],
    base: fields.rn,
    align: 2,
    writes: true,
    mode,
  };
};

const subsPcLr: Maker = ({ isa, random, source }) => {
  const { word, fields } = source(PLAIN_RECIPE).draw(random);
  return { words: [address(isa, 14, 3, fields.imm8), wide(word)], mode: pick(random, EXCEPTION_MODES) };
};

/** A32: data processing that writes pc with S set: MOVS, and SUBS, ADDS, ORRS, EORS, BICS of an immediate. */
const returnByData: Maker = ({ isa, random }) => {
  const register = random() % 15;
  const condition = random() & 1 ? 14 : random() % 15;
  const [opcode, immediate, row] = pick(random, [
    [0x01b0f000 | register, 0, 'MOV_reg_A1'],
    [0x0250f000 | (register << 16), random() % 200, 'SUB_imm_A1'],
    [0x0290f000 | (register << 16), 0, 'ADD_imm_A1'],
    [0x0390f000 | (register << 16), 0, 'ORR_imm_A1'],
    [0x0230f000 | (register << 16), 0, 'EOR_imm_A1'],
    [0x03d0f000 | (register << 16), 0, 'BIC_imm_A1'],
  ] as const);
  return {
    row,
    words: [address(isa, register, 3, immediate), wide((condition << 28) | opcode | immediate)],
    mode: pick(random, EXCEPTION_MODES),
  };
};

/** A32: LDM with pc and the SPSR, of what the same STM stored: its pc is where the item falls through. */
const returnByLoad: Maker = ({ random }) => {
  const [p, u, w, rn] = [random() & 1, random() & 1, random() & 1, random() % 13];
  const list = 0x8000 | (random() & 0x5fff & ~(1 << rn) & (random() & 1 ? 0x7fff : random()));
  const fields = (p << 24) | (u << 23) | (rn << 16) | list;
  return {
    row: 'LDM_A1',
    words: [wide(0xe8000000 | fields), wide(0xe8500000 | (w << 21) | fields)],
    base: rn,
    align: 2,
    writes: true,
    mode: pick(random, EXCEPTION_MODES),
  };
};

/** A32: transfers of User mode's registers. */
const userRegisters: Maker = ({ random }) => {
  const [load, p, u, rn] = [random() & 1, random() & 1, random() & 1, random() % 15];
  const list = random() & (load ? 0x7fff : 0xffff) || 1;
  return {
    row: load ? 'LDM_A1' : 'STM_A1',
    words: [wide(0xe8400000 | (p << 24) | (u << 23) | (load << 20) | (rn << 16) | list)],
    base: rn,
    align: 2,
    writes: load === 0,
    mode: pick(random, EXCEPTION_MODES),
  };
};

/** Registers that count time, or that would change where the runtime's own accesses go. */
const UNTOUCHED = /^(?:SCTLR|FCSEIDR|WFI|PMCCNTR|PMXEV|PMEV|PMCCFILTR|PMSWINC|DBGB|DBGW|DBGVCR|OS|JOSCR|JMCR)/;
const UNREAD = /^(?:PMCCNTR|PMXEVCNTR|PMEVCNTR|PMSWINC)/;

const readable = CP_REGISTERS.filter(({ name, privileged }) => privileged.includes('r') && !UNREAD.test(name));
const writable = CP_REGISTERS.filter(({ name, privileged }) => privileged.includes('w') && !UNTOUCHED.test(name));

/** A register's encoding, any value where the table says so. */
function encodingOf({ coproc, opc1, crn, crm, opc2 }: CpRegister, random: Random): Fields {
  return { coproc, opc1: opc1 ?? random() & 7, crn, crm: crm ?? random() & 15, opc2: opc2 ?? random() & 7 };
}

/** Any encoding: most are UNDEFINED. */
function anyEncoding(random: Random): Fields {
  const [bits, more] = [random(), random()];
  const coproc = more & 1 ? 15 : more & 2 ? 14 : pick(random, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13]);
  return { coproc, opc1: bits & 7, crn: (bits >>> 3) & 15, crm: (bits >>> 7) & 15, opc2: (bits >>> 11) & 7 };
}

const moveFromCoprocessor: Maker = ({ row, random, source }) => {
  const known = row.mnemonic === 'MRC' && random() % 4 !== 0;
  const isRead = (f: Fields): boolean => {
    const register = coprocRegister(f.coproc, f.opc1, f.crn, f.crm, f.opc2);
    return !(register && UNREAD.test(register.name));
  };
  const given = known ? encodingOf(pick(random, readable), random) : anyEncoding(random);
  if (!isRead(given)) return moveFromCoprocessor({ row, random, source } as SystemContext);
  return { words: [wide(source(PLAIN_RECIPE).drawWith(given, random, () => true).word)] };
};

/** SCTLR's bits that an item turns round: not the MMU, whose tables there are none of. */
const SCTLR_BITS = [1, 2, 10, 11, 12, 13, 14, 17, 24, 25, 27, 28, 29, 30];

const changeSctlr = (isa: StreamSet, random: Random): Made => {
  const rt = random() % 13;
  const bit = pick(random, SCTLR_BITS);
  const rotation = ((32 - (bit & ~1)) & 31) >>> 1;
  const a32 = (rotation << 8) | (1 << (bit & 1));
  const modified = bit < 8 ? 1 << bit : (39 - bit) << 7;
  const t32 = ((modified >>> 11) << 26) | (((modified >>> 8) & 7) << 12) | (modified & 0xff);
  return {
    words: [
      wide(0xee110f10 | (rt << 12)),
      either(isa, 0xe2200000 | (rt << 16) | (rt << 12) | a32, 0xf0800000 | (rt << 16) | (rt << 8) | t32),
      wide(0xee010f10 | (rt << 12)),
    ],
    registers: true,
  };
};

const moveToCoprocessor: Maker = (context) => {
  const { isa, row, random, source } = context;
  const known = row.mnemonic === 'MCR' && random() % 4 !== 0;
  if (known && random() % 8 === 0) return changeSctlr(isa, random);
  const given = known ? encodingOf(pick(random, writable), random) : anyEncoding(random);
  const register = coprocRegister(given.coproc, given.opc1, given.crn, given.crm, given.opc2);
  if (register && (UNTOUCHED.test(register.name) || register.kind === CpKind.Wfi)) return moveToCoprocessor(context);
  return {
    words: [wide(source(PLAIN_RECIPE).drawWith(given, random, (f) => f.rt !== 15).word)],
    registers: given.coproc >= 14,
  };
};

const MAKERS: Readonly<Record<string, Maker>> = {
  MRS_A1: mrs,
  MRS_T1: mrs,
  MSR_imm_A1: msrImmediate,
  MSR_reg_A1: msrRegister,
  MSR_reg_T1: msrRegister,
  CPS_A1: changeState,
  CPS_T1: changeState,
  CPS_T2: changeState,
  WFI_A1: waitForInterrupt,
  WFI_T1: waitForInterrupt,
  WFI_T2: waitForInterrupt,
  SRS_A1: storeReturnState,
  SRSDB_T1: storeReturnState,
  SRSIA_T2: storeReturnState,
  RFE_A1: returnFromException,
  RFEDB_T1: returnFromException,
  RFEIA_T2: returnFromException,
  SUBS_PC_LR_T1: subsPcLr,
  MRC_A1: moveFromCoprocessor,
  MRC_T1: moveFromCoprocessor,
  MRC2_A2: moveFromCoprocessor,
  MRC2_T2: moveFromCoprocessor,
  MCR_A1: moveToCoprocessor,
  MCR_T1: moveToCoprocessor,
  MCR2_A2: moveToCoprocessor,
  MCR2_T2: moveToCoprocessor,
};

/** Of rows that belong to other classes, with another meaning in privileged modes. */
const OTHERS: Readonly<Record<StreamSet, readonly Maker[]>> = {
  a32: [returnByData, returnByLoad, userRegisters],
  t32: [],
};

/** What a row needs beyond its plain item, if anything. */
export const makeSystemItem = (context: SystemContext): Made | undefined => MAKERS[context.row.name]?.(context);

/** Now and then an item of the other rows, if the instruction set has them. */
export function makeOtherItem(context: SystemContext): Made | undefined {
  const makers = OTHERS[context.isa];
  return makers.length ? pick(context.random, makers)(context) : undefined;
}

/** Mode and pending interrupt of an item that leaves them open. */
export function surroundings(random: Random): Required<Pick<Item, 'mode' | 'pending' | 'registers'>> {
  return { mode: pick(random, MODES), pending: random() % 8 === 0, registers: false };
}
