import type { Temp } from '../../../../tcg/ir';
import { MemOp } from '../../../../tcg/memop';
import type { NEON_LOAD_STORE_PATTERNS } from '../../decode/neon-table';
import type { ArmContext } from '../context';
import { doubleNumber } from '../vfp-registers';
import { repeated, word } from './operands';
import type { NeonTable } from './table';

/**
 * Loads and stores of structures (DDI 0406C A7.7). Plugins see the accesses as the peer makes them: each element is one, but
 * little-endian elements that fill registers one after the other are accesses of doublewords.
 */

interface Addressing {
  readonly rn: number;
  readonly rm: number;
}

/** The number of the last register; accesses of UNPREDICTABLE ones past it load nowhere and store zeros. */
const LAST_REGISTER = 31;

/** log2 of the bytes: where the architecture wants 32, the peer is content with 16. */
const GREATEST_ALIGNMENT = 4;

/** rm 15 leaves the base as it is, 13 adds the bytes transferred, others are added. */
function writeBack(c: ArmContext, { rn, rm }: Addressing, bytes: number): true {
  if (rm !== 15) c.setReg(rn, rm === 13 ? c.ir.addi(c.reg(rn), bytes) : c.ir.add(c.reg(rn), c.reg(rm)));
  return true;
}

/** Loads or stores lane `lane` of 1 << size bytes of d`n`. */
function element(
  c: ArmContext,
  isLoad: boolean,
  n: number,
  lane: number,
  size: number,
  address: Temp,
  memop: number,
): void {
  const { ir } = c;
  const exists = n <= LAST_REGISTER;
  const at = lane << (size + 3);
  if (size === 3) {
    if (isLoad) {
      const [low, high] = ir.load64(address, memop);
      if (exists) {
        ir.mov(word(n, 0), low);
        ir.mov(word(n, 1), high);
      }
    } else if (exists) {
      ir.store64(word(n, 0), word(n, 1), address, memop);
    } else {
      ir.store64(ir.const(0), ir.const(0), address, memop);
    }
    return;
  }
  const from = exists ? word(n, at >>> 5) : ir.const(0);
  const lsb = at & 31;
  const bits = 8 << size;
  if (!isLoad) {
    ir.store(ir.extract(from, lsb, bits), address, memop);
  } else {
    const value = ir.load(address, memop);
    if (exists) ir.mov(from, ir.deposit(from, value, lsb, bits));
  }
}

interface Multiple extends Addressing {
  readonly d: number;
  readonly vd: number;
  readonly l: number;
  readonly size: number;
  readonly align: number;
}

/** How a form of multiple structures fills registers, and the greatest value of its align field. */
interface MultipleForm {
  /** Structures that follow each other in registers: each begins one register further on. */
  readonly groups: number;
  /** The elements of a structure. */
  readonly elements: number;
  /** Distance of the registers of its elements. */
  readonly spacing: number;
  readonly maximumAlign: number;
}

/** VLDn, VSTn (multiple n-element structures). */
function multiple(c: ArmContext, f: Multiple, { groups, elements, spacing, maximumAlign }: MultipleForm): boolean {
  if (f.align > maximumAlign || (f.size === 3 && elements > 1) || !c.vfpEnabled) return false;
  const inOrder = elements === 1 && (f.size === 0 || !c.bigEndian);
  const size = inOrder ? 3 : f.size;
  // Only the first access is checked, and in the size of the instruction's elements.
  let alignment = f.align ? Math.min(f.align + 2, GREATEST_ALIGNMENT) : c.alignsAll ? f.size : 0;
  const base = c.reg(f.rn);
  let offset = 0;
  for (let group = 0; group < groups; group++) {
    for (let lane = 0; lane < 8 >> size; lane++) {
      for (let i = 0; i < elements; i++) {
        const memop = c.memopAligned(size | (f.size > 0 && c.bigEndian ? MemOp.BE : 0), alignment);
        const register = doubleNumber(f.vd, f.d) + group + spacing * i;
        element(c, f.l === 1, register, lane, size, c.ir.addi(base, offset), memop);
        offset += 1 << size;
        alignment = 0;
      }
    }
  }
  return writeBack(c, f, offset);
}

/** n consecutive registers of elements in order. */
const registers = (groups: number): MultipleForm => ({
  groups,
  elements: 1,
  spacing: 1,
  maximumAlign: groups === 4 ? 3 : groups === 2 ? 2 : 1,
});

const structures = (elements: number, inc: number): MultipleForm => ({
  groups: 1,
  elements,
  spacing: 1 + inc,
  maximumAlign: elements === 4 ? 3 : elements === 2 ? 2 : 1,
});

interface OneLane extends Addressing {
  readonly d: number;
  readonly vd: number;
  readonly l: number;
  readonly size: number;
  /** The lane, the distance of registers and the alignment, by size. */
  readonly index: number;
}

/** log2 of the alignment that a structure of one lane must have, 0 for any; undefined where UNDEFINED. */
function laneAlignment(elements: number, size: number, align: number): number | undefined {
  switch (elements) {
    case 1:
      if (size === 0 ? align : size === 2 && (align === 1 || align === 2)) return undefined;
      return align ? size : 0;
    case 2:
      if (align & 2) return undefined;
      return align ? size + 1 : 0;
    case 3:
      return align ? undefined : 0;
    default:
      if (size === 2) return align === 3 ? undefined : align ? 2 + align : 0;
      return align ? size + 2 : 0;
  }
}

/** VLDn, VSTn (single n-element structure to or from one lane). */
function oneLane(c: ArmContext, f: OneLane, elements: number): boolean {
  const { size, index } = f;
  if (size === 3 || !c.vfpEnabled) return false;
  const wideSpacing = size === 0 ? 0 : (index >>> size) & 1;
  const aligned = laneAlignment(elements, size, index & (size === 2 ? 3 : 1));
  const first = doubleNumber(f.vd, f.d);
  const spacing = 1 + wideSpacing;
  if (aligned === undefined || (elements === 1 && wideSpacing)) return false;
  // UNPREDICTABLE: undefined here.
  if (first + spacing * (elements - 1) > LAST_REGISTER) return false;
  let alignment = aligned || (c.alignsAll ? size : 0);
  const base = c.reg(f.rn);
  for (let i = 0; i < elements; i++) {
    const memop = c.memopAligned(size | (c.bigEndian && size ? MemOp.BE : 0), alignment);
    element(c, f.l === 1, first + spacing * i, index >>> (size + 1), size, c.ir.addi(base, i << size), memop);
    alignment = 0;
  }
  return writeBack(c, f, elements << size);
}

interface AllLanes extends Addressing {
  readonly d: number;
  readonly vd: number;
  readonly size: number;
  /** Two registers of VLD1, else the distance of registers. */
  readonly t: number;
  /** The structure must be aligned. */
  readonly a: number;
}

/** VLDn (single n-element structure to all lanes). */
function allLanes(c: ArmContext, f: AllLanes, elements: number): boolean {
  const { t, a } = f;
  if (!c.vfpEnabled) return false;
  // Size 3 is words at an alignment of their own.
  if (f.size === 3 && !(elements === 4 && a)) return false;
  if (a && (elements === 3 || (elements === 1 && f.size === 0))) return false;
  const size = Math.min(f.size, 2);
  const { ir } = c;
  let alignment = c.alignsAll ? size : 0;
  if (a)
    alignment =
      elements === 1 ? size : elements === 2 ? size + 1 : f.size === 2 ? 3 : Math.min(f.size + 2, GREATEST_ALIGNMENT);
  const base = c.reg(f.rn);
  let register = doubleNumber(f.vd, f.d);
  for (let i = 0; i < elements; i++) {
    const memop = c.memopAligned(size | (c.bigEndian && size ? MemOp.BE : 0), alignment);
    alignment = 0;
    const value = ir.load(ir.addi(base, i << size), memop);
    const copies = size === 2 ? value : ir.mul(value, ir.const(repeated(1, 8 << size)));
    const last = register + (elements === 1 ? t : 0);
    for (let n = register; n <= Math.min(last, LAST_REGISTER); n++) {
      ir.mov(word(n, 0), copies);
      ir.mov(word(n, 1), copies);
    }
    register += 1 + t;
  }
  return writeBack(c, f, elements << size);
}

/** What loads and stores of structures mean; false where UNDEFINED. */
export const LOAD_STORE_TRANSLATE: NeonTable<typeof NEON_LOAD_STORE_PATTERNS> = {
  VLD1_multiple_4: (c, f) => multiple(c, f, registers(4)),
  VLD1_multiple_3: (c, f) => multiple(c, f, registers(3)),
  VLD1_multiple_1: (c, f) => multiple(c, f, registers(1)),
  VLD1_multiple_2: (c, f) => multiple(c, f, registers(2)),
  VLD2_multiple_4: (c, f) => multiple(c, f, { groups: 2, elements: 2, spacing: 2, maximumAlign: 3 }),
  VLD2_multiple: (c, f) => multiple(c, f, structures(2, f.inc)),
  VLD3_multiple: (c, f) => multiple(c, f, structures(3, f.inc)),
  VLD4_multiple: (c, f) => multiple(c, f, structures(4, f.inc)),
  VLD1_all: (c, f) => allLanes(c, f, 1),
  VLD2_all: (c, f) => allLanes(c, f, 2),
  VLD3_all: (c, f) => allLanes(c, f, 3),
  VLD4_all: (c, f) => allLanes(c, f, 4),
  VLD1_one: (c, f) => oneLane(c, f, 1),
  VLD2_one: (c, f) => oneLane(c, f, 2),
  VLD3_one: (c, f) => oneLane(c, f, 3),
  VLD4_one: (c, f) => oneLane(c, f, 4),
};
