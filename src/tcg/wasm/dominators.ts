import type { Node } from './node';

/** Numbers the nodes reachable from `entry` in reverse postorder and finds their dominators; returns them in that order. */
export function numberNodes(entry: Node): readonly Node[] {
  const nodes = reversePostorder(entry);
  findDominators(nodes);
  return nodes;
}

/** A jump backward. */
export interface Jump {
  readonly from: Node;
  readonly to: Node;
}

/** The jumps backward to a node that does not dominate the jump. */
export function findWrongJumps(nodes: readonly Node[]): readonly Jump[] {
  return nodes.flatMap((from) =>
    from.branchTargets.filter((to) => to.order <= from.order && !dominates(to, from)).map((to) => ({ from, to })),
  );
}

function reversePostorder(entry: Node): Node[] {
  const order: Node[] = [];
  const seen = new Set([entry]);
  const stack = [{ node: entry, next: 0 }];
  while (stack.length) {
    const top = stack[stack.length - 1];
    const { branchTargets } = top.node;
    if (top.next < branchTargets.length) {
      // The last successor is visited first, so that the first comes next in the order.
      const successor = branchTargets[branchTargets.length - 1 - top.next++];
      if (seen.has(successor)) continue;
      seen.add(successor);
      stack.push({ node: successor, next: 0 });
    } else {
      order.push(top.node);
      stack.pop();
    }
  }
  order.reverse();
  order.forEach((node, index) => {
    node.order = index;
    node.predecessors = [];
    node.dominator = null;
    node.children.length = 0;
  });
  for (const node of order) for (const successor of node.branchTargets) successor.predecessors.push(node);
  return order;
}

/** Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm" (2001). */
function findDominators(nodes: readonly Node[]): void {
  const [entry] = nodes;
  entry.dominator = entry;
  for (let changed = true; changed;) {
    changed = false;
    for (const node of nodes) {
      if (node === entry) continue;
      let dominator: Node | null = null;
      for (const predecessor of node.predecessors) {
        if (predecessor.dominator) dominator = dominator ? common(predecessor, dominator) : predecessor;
      }
      if (node.dominator === dominator) continue;
      node.dominator = dominator;
      changed = true;
    }
  }
  for (const node of nodes) if (node !== entry) node.dominator?.children.push(node);
}

function common(a: Node, b: Node): Node {
  let [x, y] = [a, b];
  while (x !== y) {
    while (x.order > y.order) x = x.dominator as Node;
    while (y.order > x.order) y = y.dominator as Node;
  }
  return x;
}

function dominates(a: Node, b: Node): boolean {
  let node = b;
  while (node.order > a.order) node = node.dominator as Node;
  return node === a;
}
