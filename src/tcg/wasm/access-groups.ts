import { Bytecode } from '../bytecode';
import { PAGE_SIZE } from '../layout';
import { memOpAlignment, memOpMmuIndex } from '../memop';
import { accessSize, isAccess, isLoad } from './access';
import { isCallback, isFiltered } from './dataflow';
import type { Operation } from './shapes';

/*
 * Accesses at constant distances from one register are checked together, once: those of a LDM or PUSH, of a loop that copies
 * or of a function's start. Where the check holds, none of them can fault, meet a device or translated code.
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
  readonly groups: readonly AccessGroup[];
  readonly places: ReadonlyMap<Operation, GroupPlace>;
}

/** The most bytes from the first to the last of a group: at most two pages have a part. */
const MAX_SPAN = PAGE_SIZE / 2;
/** Checks that must be saved for the code to be there twice. */
const MIN_SAVED = 2;

/** An address: the value of a slot at the start of the stretch, and a distance. */
interface Address {
  readonly root: number | undefined;
  readonly offset: number;
}

type Constants = (slot: number) => number | undefined;

/** What operations make of slots, as far as it is a slot's first value and a distance. */
class Addresses {
  private readonly known = new Map<number, Address | null>();

  constructor(
    private readonly constant: Constants,
    /** Whether a slot's value can be taken where the stretch begins. */
    private readonly isRoot: (slot: number) => boolean,
  ) {}

  of(slot: number): Address | null {
    const found = this.known.get(slot);
    if (found !== undefined) return found;
    const value = this.constant(slot);
    if (value !== undefined) return { root: undefined, offset: value };
    return this.isRoot(slot) ? { root: slot, offset: 0 } : null;
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
): AccessGroup | undefined {
  const [memop] = operation.immediates;
  const size = accessSize(operation);
  const aligned = memOpAlignment(memop) - 1;
  const load = isLoad(operation);
  if (!group) {
    const mmuIndex = memOpMmuIndex(memop);
    return { root, mmuIndex, low: offset, span: size, loads: load, stores: !load, aligned };
  }
  const low = Math.min(group.low, offset);
  const span = Math.max(group.low + group.span, offset + size) - low;
  // Both must be aligned where the lowest byte is.
  if (span > MAX_SPAN || (group.low - low) & group.aligned || (offset - low) & aligned) return undefined;
  return {
    ...group,
    ...{ low, span, aligned: group.aligned | aligned },
    ...{ loads: group.loads || load, stores: group.stores || !load },
  };
}

/**
 * The stretches of a node by the index of their first operation. `isPlain` tells accesses that nothing else takes care of,
 * `isRoot` the slots whose values are at hand.
 */
export function findStretches(
  operations: readonly Operation[],
  constant: Constants,
  isRoot: (slot: number) => boolean,
  isPlain: (index: number) => boolean,
): ReadonlyMap<number, Stretch> {
  const stretches = new Map<number, Stretch>();
  for (let i = 0; i < operations.length; i++) {
    if (!isAccess(operations[i])) continue;
    const stretch = stretchFrom(operations, i, new Addresses(constant, isRoot), isPlain);
    if (!stretch) continue;
    stretches.set(i, stretch);
    i = stretch.last;
  }
  return stretches;
}

function stretchFrom(
  operations: readonly Operation[],
  first: number,
  addresses: Addresses,
  isPlain: (index: number) => boolean,
): Stretch | undefined {
  const groups = new Map<string, AccessGroup>();
  const keys = new Map<Operation, { key: string; offset: number }>();
  let last = first;
  for (let i = first; i < operations.length; i++) {
    const operation = operations[i];
    if (endsStretch(operation)) break;
    if (isAccess(operation)) {
      const address = isPlain(i) ? addresses.of(operation.inputs[operation.inputs.length - 1]) : null;
      if (!address) break;
      const key = `${address.root}/${memOpMmuIndex(operation.immediates[0])}`;
      const group = widened(groups.get(key), operation, address);
      if (!group) break;
      groups.set(key, group);
      keys.set(operation, { key, offset: address.offset });
      last = i;
    }
    addresses.walk(operation);
  }
  if (keys.size - groups.size < MIN_SAVED) return undefined;
  const places = new Map<Operation, GroupPlace>();
  for (const [operation, { key, offset }] of keys)
    places.set(operation, { group: groups.get(key) as AccessGroup, offset });
  return { last, groups: [...groups.values()], places };
}

function endsStretch({ op, isSystemCall, condition }: Operation): boolean {
  if (isSystemCall || isCallback(op) || isFiltered(op)) return true;
  return condition !== undefined || op === Bytecode.plugin_inline_store_u64;
}
