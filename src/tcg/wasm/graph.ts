import { findWrongJumps, numberNodes } from './dominators';
import { addDispatchers } from './irreducible';
import type { Node } from './node';

/**
 * Numbers the nodes reachable from `entry` in reverse postorder, finds dominators, loops and merges. Irreducible flow (a loop
 * with several entries) gets dispatchers.
 * @returns the nodes in that order, without dispatchers; the first is the one to begin with
 */
export function analyseGraph(entry: Node): readonly Node[] {
  let nodes = numberNodes(entry);
  if (findWrongJumps(nodes).length) nodes = numberNodes(addDispatchers(nodes));
  markJoins(nodes);
  return withoutDispatchers(nodes);
}

/** Takes dispatchers out of the list, and makes predecessors those by execution. */
function withoutDispatchers(nodes: readonly Node[]): readonly Node[] {
  const others = nodes.filter(({ exit }) => exit.kind !== 'dispatch');
  if (others.length === nodes.length) return nodes;
  for (const node of nodes) node.predecessors = [];
  for (const node of others) for (const successor of node.successors) successor.predecessors.push(node);
  return others;
}

function markJoins(nodes: readonly Node[]): void {
  for (const node of nodes) {
    const forward = node.predecessors.filter((predecessor) => predecessor.order < node.order);
    node.isLoop = forward.length < node.predecessors.length;
    node.isMerge =
      forward.length > 1 || forward.some(({ exit: { kind } }) => kind === 'dynamic' || kind === 'dispatch');
  }
}
