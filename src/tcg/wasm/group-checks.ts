import { ENV_TLB, PAGE_BITS, PAGE_MASK, TLB_WORDS } from '../layout';
import type { AccessContext, FlatMemory } from './access';
import { LineOrder, type AccessGroup, type Stretch } from './access-groups';
import { failsInLines, failsToFetch, type GroupEntries } from './line-groups';
import { Op } from './opcodes';
import { ADDEND, emitTlbEntry, READ_TAG, WRITE_TAG } from './tlb';
import type { Values } from './values';

/** Where the lowest byte of a group lies: a local and an offset to it. */
export interface GroupHost {
  readonly local: number;
  readonly offset: number;
}

/** Groups with fewer bytes are in one page nearly always, so the check is for that. */
const SMALL_SPAN = 64;
const GROUP_LOCALS = 3;

/** Leaves on the stack whether all groups of a stretch are in memory that answers directly; then their places are in locals. */
export function emitStretchCheck(
  v: Values,
  stretch: Stretch,
  { flat, locals }: AccessContext,
): ReadonlyMap<AccessGroup, GroupHost> {
  const { f } = v;
  const { groups, orders, fetches } = stretch;
  const hosts = new Map<AccessGroup, GroupHost>();
  groups.forEach((group, i) => {
    const local = v.groupLocal(GROUP_LOCALS * i);
    const { lines } = group;
    hosts.set(group, { local, offset: flat && !lines ? flat.host : 0 });
    if (group.root === undefined) {
      f.i32Const(group.low | 0);
    } else {
      v.get(group.root);
      plus(v, group.low);
    }
    f.set(local);
    if (lines) {
      const own = { host: local, entries: entriesOf(v, i), scratch: locals.scratch };
      failsInLines(f, group, lines, orders.get(group) ?? LineOrder.One, own);
    } else if (flat) failsInFlat(v, group, flat, local);
    else failsInPages(v, group, local, locals.entry);
    if (i > 0) f.op(Op.i32_or);
  });
  if (fetches.length) {
    failsToFetch(f, stretch);
    f.op(Op.i32_or);
  }
  f.op(Op.i32_eqz);
  return hosts;
}

/** The locals for a group's lines. */
export function entriesOf(v: Values, index: number): GroupEntries {
  const first = GROUP_LOCALS * index + 1;
  return { first: v.groupLocal(first), last: v.groupLocal(first + 1) };
}

function plus({ f }: Values, value: number): void {
  if (value === 0) return;
  f.i32Const(value);
  f.op(Op.i32_add);
}

/** Leaves not 0 on the stack where RAM does not answer; the local is made relative to it. */
function failsInFlat(v: Values, group: AccessGroup, { base, size, map }: FlatMemory, local: number): void {
  const { f } = v;
  f.get(local);
  plus(v, -base | 0);
  f.tee(local);
  f.i32Const((size - group.span) | 0);
  f.op(Op.i32_gt_u);
  if (group.aligned) {
    f.get(local);
    f.i32Const(group.aligned);
    f.op(Op.i32_and);
    f.op(Op.i32_or);
  }
  if (!group.stores) return;
  // The map's byte for a page also stands for what reaches into the next one.
  f.get(local);
  f.i32Const(PAGE_BITS);
  f.op(Op.i32_shr_u);
  f.memory(Op.i32_load8_u, 0, map);
  f.op(Op.i32_or);
}

/** Leaves not 0 on the stack where the TLB does not answer for all bytes; the local becomes the place in memory. */
function failsInPages(v: Values, group: AccessGroup, local: number, entry: number): void {
  const { f } = v;
  const { aligned, mmuIndex, span } = group;
  const tlb = v.offset(ENV_TLB + mmuIndex * TLB_WORDS);
  const tags = [...(group.loads ? [READ_TAG] : []), ...(group.stores ? [WRITE_TAG] : [])];
  /** The last byte, as far as alignment leaves it open. */
  const reach = (span - 1) & ~aligned;
  const setEntry = (distance: number): void => {
    f.get(local);
    plus(v, distance);
    emitTlbEntry(f);
    f.set(entry);
  };
  const compare = (distance: number): void =>
    tags.forEach((tag, i) => {
      f.get(entry);
      f.memory(Op.i32_load, 2, tlb + tag);
      f.get(local);
      plus(v, distance);
      f.i32Const(PAGE_MASK | aligned);
      f.op(Op.i32_and);
      f.op(Op.i32_xor);
      if (i > 0) f.op(Op.i32_or);
    });
  const addend = (): void => {
    f.get(entry);
    f.memory(Op.i32_load, 2, tlb + ADDEND);
  };
  setEntry(0);
  if (span <= SMALL_SPAN) {
    compare(reach);
  } else {
    // Two pages do where they follow each other in memory, too.
    compare(0);
    addend();
    setEntry(reach);
    addend();
    f.op(Op.i32_xor);
    f.op(Op.i32_or);
    compare(reach);
    f.op(Op.i32_or);
  }
  f.get(local);
  addend();
  f.op(Op.i32_add);
  f.set(local);
}
