import type { Node } from './node';

/** A block that starts with so many instructions or more before the next check has a check of its own. */
const LONG = 48;

/**
 * Where a region compares the budget: at its entry, at loops, on the way back to a dispatcher, behind calls, and so often in
 * between that a check never demands many instructions. Elsewhere instructions are only counted.
 */
export class BudgetChecks {
  private readonly needs = new Map<Node, number>();
  private readonly checks = new Set<Node>();

  /** @param nodes in reverse postorder, the entry first */
  constructor(nodes: readonly Node[]) {
    this.checks.add(nodes[0]);
    for (const node of nodes) {
      const { exit } = node;
      if (node.isLoop || (exit.kind === 'enter' && exit.dispatcher.order < node.order)) this.checks.add(node);
      if (exit.kind === 'call') this.checks.add(exit.resume);
    }
    for (let i = nodes.length - 1; i >= 0; i--) {
      const node = nodes[i];
      const rest = node.successors.map((to) => (this.checks.has(to) ? 0 : (this.needs.get(to) ?? 0)));
      const need = (node.isEntry ? node.tb.insnStarts.length : 0) + Math.max(0, ...rest);
      this.needs.set(node, need);
      if (node.isEntry && need >= LONG) this.checks.add(node);
    }
  }

  /** The most instructions that may run from the node's start before the next check; 0 where there is no check. */
  at(node: Node): number {
    if (!this.checks.has(node)) return 0;
    // On the way back to a dispatcher the target comes earlier in the order.
    return this.needs.get(node.exit.kind === 'enter' ? node.exit.target : node) ?? 0;
  }
}
