import { Bytecode } from '../bytecode';
import { PAGE_SIZE } from '../layout';
import { LINE_ENTRY_BYTES } from '../line-table';
import { memOpAlignment, memOpMmuIndex } from '../memop';
import { accessSize, isAccess, isLoad } from './access';
import { isCallback, isFiltered } from './dataflow';
import type { LineFilter } from './filtered';
import type { Operation } from './shapes';

/*
 * Accesses at constant distances from one register are checked together, once: those of a LDM or PUSH, of a loop that copies
 * or of a function's start. Where the check holds, none of them can fault, meet a device or translated code; and where a
 * line table filters them, none needs its callback.
 */

/** Accesses whose addresses are one value and constants. */
export interface AccessGroup {
  /** The slot that has the value where the stretch begins; undefined: addresses are constants themselves. */
  readonly root: number | undefined;
  readonly mmuIndex: number;
  /** Offset of the lowest byte, and the bytes from there to the last one. */
  low: number;
  span: number;
  loads: boolean;
  stores: boolean;
  /** Address bits that must be 0 at the lowest byte. */
  aligned: number;
  /** The line table that has to have them. */
  readonly lines?: LineFilter;
}

/** How the lines of a group follow each other in time. */
export enum LineOrder {
  /** Others come in between: all must be one line. */
  One,
  /** One line, or two, of which the lower one is accessed first. */
  Up,
  Down,
}

/** Where an access of a group lies. */
export interface GroupPlace {
  readonly group: AccessGroup;
  readonly offset: number;
}

/** A stretch of a node's operations whose accesses are all in groups. */
export interface Stretch {
  /** Index of its last operation. */
  readonly last: number;
  /** In the order of their last accesses. */
  readonly groups: readonly AccessGroup[];
  readonly orders: ReadonlyMap<AccessGroup, LineOrder>;
  readonly places: ReadonlyMap<Operation, GroupPlace>;
  /** Filtered exec callbacks in it whose words have to have the values. */
  readonly fetches: readonly Operation[];
}

/** What there is to know of a node's operations besides themselves. */
export interface StretchFacts {
  /** The slot's value if it is a constant. */
  constant(slot: number): number | undefined;
  /** Whether a slot's value can be taken where a stretch begins. */
  isRoot(slot: number): boolean;
  /** The filter of the access at the index, whose callback is the next operation. */
  filter(index: number): LineFilter | undefined;
  /** Whether the filtered exec callback needs no code. */
  isRedundant(operation: Operation): boolean;
}

/** The most bytes from the first to the last of a group: at most two pages have a part. */
const MAX_SPAN = PAGE_SIZE / 2;
/** Checks that must be saved for the code to be there twice. */
const MIN_SAVED = 2;

/** So many operations before a stretch may make its first address. */
const MAX_BEFORE = 6;

/** An address: the value of a slot at the start of the stretch, and a distance. */
interface Address {
  readonly root: number | undefined;
  readonly offset: number;
}

/** What operations make of slots, as far as it is a slot's first value and a distance. */
class Addresses {
  private readonly known = new Map<number, Address | null>();

  constructor(private readonly facts: StretchFacts) {}

  of(slot: number): Address | null {
    const found = this.known.get(slot);
    if (found !== undefined) return found;
    const value = this.facts.constant(slot);
    if (value !== undefined) return { root: undefined, offset: value };
    return this.facts.isRoot(slot) ? { root: slot, offset: 0 } : null;
  }

  /** Of an operation before the stretch: slots that it makes nothing of are roots themselves. */
  walkBefore({ op, outputs, inputs, immediates }: Operation): void {
    const { known } = this;
    const result = this.result(op, inputs, immediates);
    for (const slot of outputs) {
      known.delete(slot);
      for (const [other, address] of known) if (address?.root === slot) known.delete(other);
    }
    const to = outputs.at(-1);
    if (to !== undefined && result && !outputs.includes(result.root ?? -1)) known.set(to, result);
  }

  walk({ op, outputs, inputs, immediates }: Operation): void {
    const result = this.result(op, inputs, immediates);
    for (const slot of outputs) this.known.set(slot, null);
    // sub_flags has the difference last.
    if (outputs.length && result) this.known.set(outputs[outputs.length - 1], result);
  }

  private result(op: Bytecode, inputs: readonly number[], immediates: readonly number[]): Address | null {
    const sum = (a: Address | null, b: Address | null, sign: 1 | -1): Address | null => {
      if (a && b?.root === undefined && b) return { root: a.root, offset: (a.offset + sign * b.offset) | 0 };
      return a?.root === undefined && a && b && sign > 0 ? { root: b.root, offset: (a.offset + b.offset) | 0 } : null;
    };
    switch (op) {
      case Bytecode.movi:
        return { root: undefined, offset: immediates[0] };
      case Bytecode.mov:
        return this.of(inputs[0]);
      case Bytecode.add:
        return sum(this.of(inputs[0]), this.of(inputs[1]), 1);
      case Bytecode.sub:
      case Bytecode.sub_flags:
        return sum(this.of(inputs[0]), this.of(inputs[1]), -1);
      default:
        return null;
    }
  }
}

/** The group that results when an access is added; undefined where it does not fit. */
function widened(
  group: AccessGroup | undefined,
  operation: Operation,
  { root, offset }: Address,
  lines: LineFilter | undefined,
): AccessGroup | undefined {
  const [memop] = operation.immediates;
  const size = accessSize(operation);
  // An access across the border of a line is one to the line of its first byte.
  const aligned = Math.max(memOpAlignment(memop), lines ? size : 1) - 1;
  const load = isLoad(operation);
  if (!group) {
    const mmuIndex = memOpMmuIndex(memop);
    return { root, mmuIndex, low: offset, span: size, loads: load, stores: !load, aligned, lines };
  }
  const low = Math.min(group.low, offset);
  const span = Math.max(group.low + group.span, offset + size) - low;
  const most = lines ? 1 << lines.lineBits : MAX_SPAN;
  // Both must be aligned where the lowest byte is.
  if (span > most || (group.low - low) & group.aligned || (offset - low) & aligned) return undefined;
  return {
    ...group,
    ...{ low, span, aligned: group.aligned | aligned },
    ...{ loads: group.loads || load, stores: group.stores || !load },
  };
}

/** The stretches of a node by the index of their first operation. */
export function findStretches(operations: readonly Operation[], facts: StretchFacts): ReadonlyMap<number, Stretch> {
  const stretches = new Map<number, Stretch>();
  for (let i = 0; i < operations.length; i++) {
    if (!isAccess(operations[i])) continue;
    const stretch = new StretchFinder(operations, i, facts).find();
    if (!stretch) continue;
    stretches.set(i, stretch);
    i = stretch.last;
  }
  return stretches;
}

/** An access with the key of its group. */
interface Member {
  readonly operation: Operation;
  readonly key: string;
  readonly offset: number;
}

class StretchFinder {
  private readonly addresses: Addresses;
  private readonly groups = new Map<string, AccessGroup>();
  private readonly members: Member[] = [];
  /** The table that filters all of the accesses, or none of them. */
  private readonly lines: LineFilter | undefined;
  private last: number;
  private fetches: Operation[] = [];

  constructor(
    private readonly operations: readonly Operation[],
    private readonly first: number,
    private readonly facts: StretchFacts,
  ) {
    this.addresses = new Addresses(facts);
    this.lines = facts.filter(first);
    this.last = first;
    let before = first;
    while (before > 0 && first - before < MAX_BEFORE && !endsStretch(operations[before - 1])) before--;
    for (; before < first; before++) this.addresses.walkBefore(operations[before]);
  }

  find(): Stretch | undefined {
    const { operations } = this;
    const fetches: Operation[] = [];
    for (let i = this.first; i < operations.length; i++) {
      const operation = operations[i];
      if (operation.op === Bytecode.plugin_exec_filtered_cb) {
        if (!this.passes(operation, fetches)) break;
      } else if (endsStretch(operation)) {
        break;
      } else if (isAccess(operation)) {
        if (!this.add(i)) break;
        // Its callback goes along.
        this.last = this.lines ? ++i : i;
        this.fetches = [...fetches];
      }
      this.addresses.walk(operation);
    }
    return this.stretch();
  }

  /** Whether the filtered exec callback may be part of the stretch; notes it if its word has to have the value. */
  private passes(operation: Operation, fetches: Operation[]): boolean {
    if (this.facts.isRedundant(operation)) return true;
    const [offset, value] = operation.immediates;
    if (fetches.some(({ immediates }) => immediates[0] === offset && immediates[1] !== value)) return false;
    fetches.push(operation);
    return true;
  }

  /** Adds the access at the index to a group; false where there is none for it. */
  private add(i: number): boolean {
    const operation = this.operations[i];
    const lines = this.facts.filter(i);
    const address = this.addresses.of(operation.inputs[operation.inputs.length - 1]);
    if (!address || !isSameTable(lines, this.lines)) return false;
    const mmuIndex = memOpMmuIndex(operation.immediates[0]);
    for (let n = 0; ; n++) {
      const key = `${address.root}/${mmuIndex}/${n}`;
      const before = this.groups.get(key);
      const group = widened(before, operation, address, lines);
      if (group) {
        this.groups.set(key, group);
        this.members.push({ operation, key, offset: address.offset });
        return true;
      }
      // What is too far away for one line has others.
      if (!lines) return false;
    }
  }

  private stretch(): Stretch | undefined {
    const { groups, members, last, fetches } = this;
    const orders = new Map<AccessGroup, LineOrder>();
    const keys = [...groups.keys()].sort((a, b) => this.lastOf(a) - this.lastOf(b));
    for (const key of keys) orders.set(groups.get(key) as AccessGroup, this.orderOf(key));
    const checks = [...orders].reduce((sum, [group, order]) => sum + linesOf(group, order), 0);
    if (members.length - checks < MIN_SAVED) return undefined;
    const places = new Map<Operation, GroupPlace>();
    for (const { operation, key, offset } of members)
      places.set(operation, { group: groups.get(key) as AccessGroup, offset });
    return { last, groups: [...orders.keys()], orders, places, fetches };
  }

  private lastOf(key: string): number {
    return this.members.findLastIndex((member) => member.key === key);
  }

  private orderOf(key: string): LineOrder {
    const { members } = this;
    const own = members.filter((member) => member.key === key);
    const first = members.indexOf(own[0]);
    if (this.lastOf(key) - first + 1 !== own.length) return LineOrder.One;
    const steps = own.slice(1).map(({ offset }, i) => offset - own[i].offset);
    if (steps.every((step) => step >= 0)) return LineOrder.Up;
    return steps.every((step) => step <= 0) ? LineOrder.Down : LineOrder.One;
  }
}

/** How many lines the group is looked for in. */
export function linesOf({ lines, span, aligned }: AccessGroup, order: LineOrder): number {
  return lines && order !== LineOrder.One && span > aligned + 1 ? 2 : 1;
}

function isSameTable(a: LineFilter | undefined, b: LineFilter | undefined): boolean {
  if (!a || !b) return a === b;
  const base = ({ table, memop, mask }: LineFilter): number =>
    table - memOpMmuIndex(memop) * (mask + 1) * LINE_ENTRY_BYTES;
  return base(a) === base(b);
}

function endsStretch({ op, isSystemCall, condition }: Operation): boolean {
  if (isSystemCall || isCallback(op) || isFiltered(op)) return true;
  return condition !== undefined || op === Bytecode.plugin_inline_store_u64;
}
