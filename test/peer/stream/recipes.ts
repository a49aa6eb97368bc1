import { extractField, extractFields, insertField, type DecodeRow, type Fields } from '../../../src/target/arm/decode';
import type { InstructionClass } from './classes';

/*
 * How random words of a decode row are kept to what a stream can run: the item must come back, and its accesses must stay
 * in the scratch memory. What the architecture leaves UNPREDICTABLE the rows themselves say.
 */

/** Rows that only streams of the system class can run, and why. */
const PRIVILEGED: Readonly<Record<string, string>> = {
  ...reason('waits for an interrupt, and there is none', 'WFI_A1 WFI_T1 WFI_T2'),
  ...reason('UNPREDICTABLE in user mode', 'SRS_A1 RFE_A1 SRSDB_T1 SRSIA_T2 RFEDB_T1 RFEIA_T2 SUBS_PC_LR_T1'),
};

/** Rows that no stream can run, and why. */
export const EXCLUDED: Readonly<Record<string, string>> = {
  ...reason(
    'the architecture leaves all its encodings UNPREDICTABLE',
    'NOP_hint_A1 NOP_hint_A2 NOP_hint_lit_T1 NOP_hint_lit_T2 ENTERX_T1 LEAVEX_T1',
  ),
};

function reason(why: string, names: string): Record<string, string> {
  return Object.fromEntries(names.split(' ').map((name) => [name, why]));
}

/** Whether streams of the class, or of all rows in user mode, can have a row. */
export const canRun = (row: string, only: InstructionClass | undefined): boolean =>
  !(row in EXCLUDED) && (only === 'system' || !(row in PRIVILEGED));

export interface Recipe {
  /** Maps drawn values of fields to values that keep the item in bounds. */
  readonly limits: Readonly<Record<string, (value: number) => number>>;
  /** Changes fields that go together, after the limits: most draws would be UNDEFINED otherwise. */
  readonly shape?: (f: Fields, random: () => number) => Partial<Fields>;
  /** Whether a draw can be run. */
  readonly accepts: (f: Fields) => boolean;
  /** A field's name, a register's number, or 15 for none. */
  readonly base: string | number;
  readonly index: string | number;
  /** log2 of the alignment that most bases get. */
  readonly align: number;
  readonly writes: boolean;
  /** Must not stand in an IT block. */
  readonly noIt: boolean;
}

/** Nothing that has to be kept in bounds. */
export const PLAIN_RECIPE: Recipe = {
  limits: {},
  accepts: () => true,
  base: 15,
  index: 15,
  align: 0,
  writes: false,
  noIt: false,
};

const NO_IT = /^(?:B_T1|B_T3|CBN?Z|IT|CPS|SETEND|BKPT|HLT|SVC)/;

const isLinkedToPc = (f: Fields): boolean => f.rd === 15 || f.rdn === 15;

/** Branches aim at the item's second landing place, 4 bytes behind the item's end. */
const BRANCH_OFFSETS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  B_A1: { imm24: 0 },
  BL_A1: { imm24: 0 },
  B_T1: { imm8: 1 },
  B_T2: { imm11: 1 },
  CBZ_T1: { imm6: 1 },
  CBNZ_T1: { imm6: 1 },
  B_T3: { s: 0, imm: 2, j1: 0, j2: 0 },
  B_T4: { s: 0, imm: 2, j1: 1, j2: 1 },
  BL_T1: { s: 0, imm: 2, j1: 1, j2: 1 },
};

/** Immediates that make the call one to the host. */
const SEMIHOSTING: Readonly<Record<string, number>> = {
  SVC_A1: 0x123456,
  SVC_T1: 0xab,
  HLT_A1: 0xf000,
  HLT_T1: 0x3c,
};

export function recipeOf(row: DecodeRow): Recipe {
  const { name, mnemonic } = row;
  const recipe = { ...PLAIN_RECIPE, noIt: NO_IT.test(name), ...(memoryRecipe(row) ?? {}) };
  const branch = BRANCH_OFFSETS[name];
  if (branch) {
    const limits = Object.fromEntries(Object.entries(branch).map(([field, value]) => [field, () => value]));
    return { ...recipe, limits };
  }
  if (name in SEMIHOSTING) {
    return { ...recipe, accepts: (f) => !Object.values(f).includes(SEMIHOSTING[name]) };
  }
  // SPSR does not exist in user mode; the mask's bit 1 would change the byte order for the runtime as well.
  if (mnemonic === 'MSR') return { ...recipe, accepts: (f) => f.r === 0 && (f.mask & 2) === 0 };
  if (mnemonic === 'MRS') return { ...recipe, accepts: (f) => f.r === 0 && !isLinkedToPc(f) };
  const { accepts } = recipe;
  return { ...recipe, accepts: (f) => !isLinkedToPc(f) && accepts(f) };
}

const SINGLE = /^(LDR|STR)(|B|H|SB|SH|D|EX|EXB|EXH|EXD)(T?)$/;
const ALIGN: Readonly<Record<string, number>> = {
  '': 2,
  B: 0,
  H: 1,
  SB: 0,
  SH: 1,
  D: 3,
  EX: 2,
  EXB: 0,
  EXH: 1,
  EXD: 3,
};

function memoryRecipe(row: DecodeRow): Partial<Recipe> | undefined {
  const { name, mnemonic, set, section } = row;
  if (section === 'A7.4') return { shape: shapeNeonData };
  // Structures have 32 bytes at most. Any offset will do: it is added to the base afterwards.
  if (section === 'A7.7') return { base: 'rn', align: 3, writes: row.fields.some(({ name: field }) => field === 'l') };
  if (mnemonic === 'PUSH' || mnemonic === 'POP') {
    return { base: 13, align: 2, writes: mnemonic === 'PUSH', accepts: (f) => f.p !== 1 };
  }
  if (/^(?:LDM|STM)/.test(mnemonic)) {
    const loads = mnemonic.startsWith('LDM');
    // Loads of the pc would leave; the forms with user registers or exception return are for privileged modes.
    const accepts = (f: Fields): boolean => f.user !== 1 && !(loads && f.list >>> 15 === 1);
    return { base: 'rn', align: 2, writes: !loads, accepts };
  }
  if (mnemonic === 'SWP' || mnemonic === 'SWPB') return { base: 'rn', align: mnemonic === 'SWP' ? 2 : 0, writes: true };
  if (/^V(?:LD|ST)[RM]$/.test(mnemonic)) {
    const writes = mnemonic.startsWith('VST');
    // Lists have 32 words at most; a store relative to the pc would overwrite code.
    const limits: Recipe['limits'] = mnemonic.endsWith('R') ? { imm8: (value) => value & 31 } : {};
    return { base: 'rn', align: 2, writes, limits, accepts: (f) => !(writes && f.rn === 15) };
  }
  const match = SINGLE.exec(mnemonic);
  if (!match) return undefined;
  const [, kind, size] = match;
  const loads = kind === 'LDR';
  const memory = { align: ALIGN[size], writes: !loads };
  // A load of the pc would leave, a store relative to it would overwrite code.
  const notPc = (f: Fields): boolean => (loads ? f.rt : f.rn) !== 15;
  // Literals may be anything: code lies around.
  if (/_lit_/.test(name)) return { accepts: notPc };
  if (set === 'T16' && !row.fields.some((field) => field.name === 'rn')) {
    return { ...memory, base: 13, limits: { imm8: (value) => value & 31 } };
  }
  const limits: Record<string, (value: number) => number> = { imm12: (value) => value & 127 };
  const counted = set === 'T32' && /^(?:D|EX)/.test(size);
  limits.imm8 = (value) => value & (counted ? 31 : 127);
  if (!row.fields.some((field) => field.name === 'rm')) return { ...memory, base: 'rn', limits, accepts: notPc };
  return { ...memory, base: 'rn', index: 'rm', limits, accepts: (f) => notPc(f) && f.rm !== f.rn && keepsSmall(f) };
}

/** Whether a number up to 31 stays small when it is shifted: LSL by 2 at most, ROR to the same, RRX, and every LSR and ASR. */
function keepsSmall({ type, imm5 }: Fields): boolean {
  if (type === 0) return imm5 <= 2;
  return type !== 3 || imm5 === 0 || imm5 >= 30;
}

/** Three quadword instructions of four, and half of those without a size of registers, name even doublewords. */
function shapeNeonData(f: Fields, random: () => number): Partial<Fields> {
  if (f.q === 0 || random() % 4 < (f.q === 1 ? 1 : 2)) return {};
  const even: Record<string, number> = {};
  for (const name of ['vd', 'vn', 'vm']) if (name in f) even[name] = f[name] & ~1;
  return even;
}

/** `word` with its fields limited. */
export function limited(row: DecodeRow, { limits, shape }: Recipe, word: number, random: () => number): number {
  let result = word;
  for (const field of row.fields) {
    const limit = limits[field.name];
    if (limit) result = insertField(result, field, limit(extractField(result, field)));
  }
  if (shape) {
    const shaped = shape(extractFields(result, row), random);
    for (const field of row.fields)
      result = insertField(result, field, shaped[field.name] ?? extractField(result, field));
  }
  return result;
}
