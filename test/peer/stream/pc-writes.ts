import type { InstructionClass } from './classes';
import type { Random } from './generate';
import type { Item, StreamSet, Word } from './image';

/*
 * Items whose instruction branches by writing pc: data processing, and loads of what the item stored before. They aim at one
 * of its landing places, so that each needs words of its own before it.
 */

type Made = Pick<Item, 'row' | 'words'> & Partial<Pick<Item, 'base' | 'align' | 'writes'>>;
type Maker = (random: Random) => Made;

const wide = (word: number): Word => ({ word: word >>> 0, size: 4 });
const narrow = (word: number): Word => ({ word, size: 2 });
const pick = <T>(random: Random, from: readonly T[]): T => from[random() % from.length];
const condition = (random: Random): number => (random() & 1 ? 14 : random() % 15) << 28;

/** Rn is the second landing place minus `k`; then pc = Rn op k. */
const dataA32: Maker = (random) => {
  const rn = random() % 15;
  const [row, opcode, k] = pick(random, [
    ['MOV_reg_A1', 0x01a0f000 | rn, 0],
    ['ADD_imm_A1', 0x0280f000 | (rn << 16), 0],
    ['SUB_imm_A1', 0x0240f000 | (rn << 16), random() % 250],
    ['ORR_imm_A1', 0x0380f000 | (rn << 16), 0],
    ['EOR_imm_A1', 0x0220f000 | (rn << 16), 0],
    ['BIC_imm_A1', 0x03c0f000 | (rn << 16), 3],
    ['ADD_reg_A1', 0x0080f00f | (rn << 16), 0],
  ] as const);
  // ADD pc, Rn, pc: Rn is the offset.
  const before = row === 'ADD_reg_A1' ? 0xe3a00000 | (rn << 12) : 0xe28f0004 | (rn << 12);
  return { row, words: [wide(before + k), wide(condition(random) | opcode | k)] };
};

/** ADD pc, pc, #0: two words on, the second landing place. */
const addToPc: Maker = (random) => ({ row: 'ADR_A1', words: [wide(condition(random) | 0x028ff000)] });

/** What STM stored of pc, 8 bytes on, is where the item falls through. */
const loadMultipleA32: Maker = (random) => {
  const rn = random() % 15;
  const [p, u, w] = [random() & 1, random() & 1, random() & 1];
  const fields = (p << 24) | (u << 23) | (rn << 16) | 0x8000 | (random() & random() & 0x7fff & ~(1 << rn));
  return {
    row: 'LDM_A1',
    words: [wide(0xe8000000 | fields), wide(condition(random) | 0x08100000 | (w << 21) | fields)],
    base: rn,
    align: 2,
    writes: true,
  };
};

const loadA32: Maker = (random) => {
  const [rn, u] = [random() % 15, random() & 1];
  const [p, w] = pick(random, [
    [1, 0],
    [1, 1],
    [0, 0],
  ]);
  const offset = random() & 0x7c;
  // The store leaves its base as it is: post-indexed loads are of the base itself.
  const store = 0xe500f000 | (u << 23) | (rn << 16) | (p ? offset : 0);
  const load = 0x0410f000 | (p << 24) | (u << 23) | (w << 21) | (rn << 16) | offset;
  return {
    row: 'LDR_imm_A1',
    words: [wide(store), wide(condition(random) | load)],
    base: rn,
    align: 2,
    writes: true,
  };
};

const moveT16: Maker = (random) => {
  const rm = pick(random, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14]);
  return { row: 'MOV_reg_T1', words: [wide(0xf20f0006 | (rm << 8)), narrow(0x4687 | (rm << 3))] };
};

const addT16: Maker = (random) => {
  const rm = random() % 8;
  return { row: 'ADD_reg_T2', words: [narrow(0x2002 | (rm << 8)), narrow(0x4487 | (rm << 3))] };
};

const popT16: Maker = (random) => {
  const register = random() % 8;
  return {
    row: 'POP_T1',
    words: [wide(0xf20f0009 | (register << 8)), narrow(0xb400 | (1 << register)), narrow(0xbd00)],
    base: 13,
    align: 2,
    writes: true,
  };
};

const MAKERS: Readonly<Partial<Record<InstructionClass, Readonly<Record<StreamSet, readonly Maker[]>>>>> = {
  integer: { a32: [dataA32, dataA32, addToPc], t32: [moveT16, addT16] },
  'load-store': { a32: [loadMultipleA32, loadA32], t32: [popT16] },
};

/** An item of the class that writes pc; undefined where the class has none. */
export function pcWrite(isa: StreamSet, name: InstructionClass | undefined, random: Random): Item | undefined {
  const makers = name && MAKERS[name]?.[isa];
  return makers && { isa, base: 15, index: 15, align: 0, writes: false, ...pick(random, makers)(random) };
}
