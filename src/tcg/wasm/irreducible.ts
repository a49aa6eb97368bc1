import { findWrongJumps, numberNodes } from './dominators';
import { Node } from './node';

/**
 * Makes the graph reducible: each loop with several entries (irreducible flow) gets a dispatcher, by way of which it is
 * entered, and by way of which those of its own jumps go that would lead backward to a node that can be passed by. All
 * other jumps stay as they are.
 * @param nodes all nodes of the graph, the entry first
 * @returns the new entry
 */
export function addDispatchers(nodes: readonly Node[]): Node {
  const all = [...nodes];
  let [entry] = nodes;
  const work: (readonly Node[])[] = [nodes];
  for (let part = work.pop(); part; part = work.pop()) {
    for (const loop of strongComponents(part)) {
      const inside = new Set(loop);
      const outside = all.filter((node) => !inside.has(node));
      const entries = new Set(outside.flatMap(({ branchTargets }) => branchTargets.filter((to) => inside.has(to))));
      if (inside.has(entry)) entries.add(entry);
      if (entries.size > 1) {
        const dispatcher = new Dispatcher(loop[0], all);
        if (inside.has(entry)) entry = dispatcher.way(entry);
        dispatcher.takeOver(outside, inside);
      } else {
        // What is left without the loop's head may have loops of its own.
        work.push(loop.filter((node) => !entries.has(node)));
      }
    }
  }
  return entry;
}

/** A node that jumps to any of several others: to the one that the node before it, a way, stands for. */
class Dispatcher {
  private readonly targets: Node[] = [];
  private readonly node: Node;

  /** @param all gets the nodes that are made */
  constructor(
    { tb }: Node,
    private readonly all: Node[],
  ) {
    this.node = new Node(tb, false, []);
    this.node.exit = { kind: 'dispatch', targets: this.targets };
    all.push(this.node);
  }

  /** A new node that leads to `target` by way of the dispatcher. */
  way(target: Node): Node {
    const { targets } = this;
    if (!target.isEntry) throw new Error(`a jump into the block at ${target.tb.pc.toString(16)}`);
    if (!targets.includes(target)) {
      targets.push(target);
      // The lowest address is visited first: compilers put a loop's head before its body.
      targets.sort((a, b) => b.tb.pc - a.tb.pc);
    }
    const way = new Node(target.tb, false, []);
    way.exit = { kind: 'enter', dispatcher: this.node, target };
    this.all.push(way);
    return way;
  }

  /** Leads all jumps from `outside` into the loop by way of the dispatcher, and of its own as many as must be. */
  takeOver(outside: readonly Node[], loop: ReadonlySet<Node>): void {
    for (const from of outside) {
      for (const to of new Set(from.branchTargets)) if (loop.has(to)) from.redirect(to, this.way(to));
    }
    for (;;) {
      const wrong = findWrongJumps(numberNodes(this.node)).filter(({ from, to }) => loop.has(from) && loop.has(to));
      if (!wrong.length) return;
      for (const { from, to } of wrong) from.redirect(to, this.way(to));
    }
  }
}

/** Tarjan's strongly connected components of more than one node, of the graph that has only these nodes. */
function strongComponents(nodes: readonly Node[]): Node[][] {
  const within = new Set(nodes);
  const numbers = new Map<Node, number>();
  const lowest = new Map<Node, number>();
  const open: Node[] = [];
  const isOpen = new Set<Node>();
  const components: Node[][] = [];
  const numberOf = (map: ReadonlyMap<Node, number>, node: Node): number => map.get(node) ?? Infinity;
  const lower = (node: Node, value: number): void => {
    if (value < numberOf(lowest, node)) lowest.set(node, value);
  };
  const begin = (node: Node): { node: Node; next: number } => {
    numbers.set(node, numbers.size);
    lowest.set(node, numberOf(numbers, node));
    open.push(node);
    isOpen.add(node);
    return { node, next: 0 };
  };
  for (const root of nodes) {
    if (numbers.has(root)) continue;
    const stack = [begin(root)];
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const { node } = top;
      const to = node.branchTargets.at(top.next++);
      if (to) {
        if (!within.has(to)) continue;
        if (!numbers.has(to)) stack.push(begin(to));
        else if (isOpen.has(to)) lower(node, numberOf(numbers, to));
        continue;
      }
      stack.pop();
      const parent = stack.at(-1);
      if (parent) lower(parent.node, numberOf(lowest, node));
      if (numberOf(lowest, node) !== numberOf(numbers, node)) continue;
      const component = open.splice(open.indexOf(node));
      for (const member of component) isOpen.delete(member);
      if (component.length > 1) components.push(component);
    }
  }
  return components;
}
