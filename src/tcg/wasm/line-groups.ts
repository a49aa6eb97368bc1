import { LineOrder, linesOf, type AccessGroup, type Stretch } from './access-groups';
import type { Clocks } from './clocks';
import type { LineFilter } from './filtered';
import { emitEntryOffset, LINE_ADDEND, LINE_OWNER, READ_TAG, WRITE_TAG } from './filtered-access';
import type { FunctionBuilder } from './function';
import { Op } from './opcodes';

/** Locals of a group that a line table has to have: the entries of its first and its last byte. */
export interface GroupEntries {
  readonly first: number;
  readonly last: number;
}

/** What {@link failsInLines} has at hand. */
interface GroupLocals {
  /** Has the address of the group's lowest byte, and becomes its place in memory. */
  readonly host: number;
  /** Are set. */
  readonly entries: GroupEntries;
  readonly scratch: number;
}

/** Leaves not 0 on the stack where the line table has not all lines of the group. */
export function failsInLines(
  f: FunctionBuilder,
  group: AccessGroup,
  lines: LineFilter,
  order: LineOrder,
  { host: local, entries, scratch: fails }: GroupLocals,
): void {
  const { aligned, span, loads, stores } = group;
  const { table } = lines;
  const tags = [...(loads ? [READ_TAG] : []), ...(stores ? [WRITE_TAG] : [])];
  /** From the lowest byte to the last access, as far as alignment leaves it open. */
  const reach = (span - 1) & ~aligned;
  const compare = (entry: number, distance: number): void =>
    tags.forEach((tag, i) => {
      f.get(entry);
      f.memory(Op.i32_load, 2, table + tag);
      address(f, local, distance);
      f.i32Const((-1 << lines.lineBits) | aligned);
      f.op(Op.i32_and);
      f.op(Op.i32_xor);
      if (i > 0) f.op(Op.i32_or);
    });
  const addend = (entry: number): void => {
    f.get(entry);
    f.memory(Op.i32_load, 2, table + LINE_ADDEND);
  };
  setEntry(f, lines, local, 0, entries.first);
  if (linesOf(group, order) === 1) {
    // The entry of the first byte's line has the last one's only if they are the same.
    compare(entries.first, reach);
  } else {
    // Mostly it is one line all the same.
    f.get(entries.first);
    f.set(entries.last);
    compare(entries.first, reach);
    f.tee(fails);
    f.if();
    compare(entries.first, 0);
    setEntry(f, lines, local, reach, entries.last);
    compare(entries.last, reach);
    f.op(Op.i32_or);
    addend(entries.first);
    addend(entries.last);
    f.op(Op.i32_xor);
    f.op(Op.i32_or);
    f.set(fails);
    f.end();
    f.get(fails);
  }
  f.get(local);
  addend(entries.first);
  f.op(Op.i32_add);
  f.set(local);
}

function address(f: FunctionBuilder, local: number, distance: number): void {
  f.get(local);
  if (distance === 0) return;
  f.i32Const(distance);
  f.op(Op.i32_add);
}

function setEntry(f: FunctionBuilder, filter: LineFilter, local: number, distance: number, entry: number): void {
  address(f, local, distance);
  emitEntryOffset(f, filter);
  f.set(entry);
}

/** Writes the times of a stretch's lines, all of which the table has. */
export function emitTimes(
  { groups, orders }: Stretch,
  clocks: Clocks,
  entriesOf: (index: number) => GroupEntries,
): void {
  groups.forEach((group, i) => {
    const { lines } = group;
    if (!lines) return;
    const order = orders.get(group) ?? LineOrder.One;
    const { first, last } = entriesOf(i);
    const entries = linesOf(group, order) === 1 ? [first] : order === LineOrder.Up ? [first, last] : [last, first];
    for (const entry of entries) clocks.tickEntry(lines.clock, entry, lines.table + LINE_OWNER);
  });
}

/** Leaves not 0 on the stack where one of the filtered exec callbacks would have to be called. */
export function failsToFetch(f: FunctionBuilder, { fetches }: Stretch): void {
  fetches.forEach(({ immediates: [offset, value] }, i) => {
    f.i32Const(0);
    f.memory(Op.i32_load, 2, offset);
    f.i32Const(value);
    f.op(Op.i32_xor);
    if (i > 0) f.op(Op.i32_or);
  });
}
