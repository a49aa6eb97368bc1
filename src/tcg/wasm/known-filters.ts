import { Bytecode } from '../bytecode';
import { isCallback } from './dataflow';
import type { Node } from './node';
import type { Operation } from './shapes';

/** Values of words that filter exec callbacks, by byte offset. */
type Known = Map<number, number>;

/**
 * The filtered exec callbacks of a region whose word surely has the value, on whatever way execution came there from the
 * region's start: they need no code. A loop whose instructions all lie in few lines looks once.
 */
export function redundantFilters(nodes: readonly Node[]): ReadonlySet<Operation> {
  const ends = new Map<Node, Known>();
  const [entry] = nodes;
  const startOf = (node: Node): Known => {
    let known: Known | undefined;
    if (node === entry) return new Map();
    for (const predecessor of node.predecessors) {
      const end = ends.get(predecessor);
      // A way that has not been looked at yet promises everything.
      if (end) known = known ? common(known, end) : new Map(end);
    }
    return known ?? new Map();
  };
  for (let changed = true; changed;) {
    changed = false;
    for (const node of nodes) {
      const end = walk(node, startOf(node));
      const before = ends.get(node);
      if (before && same(before, end)) continue;
      ends.set(node, end);
      changed = true;
    }
  }
  const redundant = new Set<Operation>();
  for (const node of nodes) walk(node, startOf(node), redundant);
  return redundant;
}

function walk(node: Node, known: Known, redundant?: Set<Operation>): Known {
  for (const operation of node.operations) {
    const { op, immediates } = operation;
    if (op === Bytecode.plugin_exec_filtered_cb) {
      const [offset, value] = immediates;
      if (known.get(offset) === value) redundant?.add(operation);
      known.set(offset, value);
    } else if (isCallback(op) || (operation.isSystemCall && !operation.isConfined)) {
      known.clear();
    }
  }
  // The function that is called fetches as well.
  if (node.exit.kind === 'call') known.clear();
  return known;
}

function common(a: Known, b: Known): Known {
  const both: Known = new Map();
  for (const [offset, value] of a) if (b.get(offset) === value) both.set(offset, value);
  return both;
}

function same(a: Known, b: Known): boolean {
  return a.size === b.size && common(a, b).size === a.size;
}
