import type { FunctionBuilder, LabelDepth } from './function';
import type { Node } from './node';

/** What emits the contents of nodes; {@link emitStructured} decides where they go, and emits dispatchers. */
export interface NodeEmitter {
  /** Emits a node and its exit; `branch` emits the jump to a successor, or the successor itself. */
  node(node: Node, branch: (to: Node) => void, label: (to: Node) => LabelDepth): void;
}

/**
 * Emits a reducible graph as nested blocks and loops, along the dominator tree (Ramsey, "Beyond Relooper", ICFP 2022): a
 * node that several forward jumps reach follows the end of a block that holds all of them; a loop opens at its head. A
 * dispatcher, the head of a loop that has several entries, is a jump by a table on a local, which the ways to it set.
 */
export function emitStructured(entry: Node, f: FunctionBuilder, emitter: NodeEmitter): void {
  const ends = new Map<Node, LabelDepth>();
  const starts = new Map<Node, LabelDepth>();
  const choices = new Map<Node, number>();

  const label = (from: Node, to: Node): LabelDepth => {
    const depth = to.order <= from.order ? starts.get(to) : ends.get(to);
    if (depth === undefined) throw new Error('a jump to a node that is not open');
    return depth;
  };
  const choiceOf = (dispatcher: Node): number => {
    let local = choices.get(dispatcher);
    if (local === undefined) choices.set(dispatcher, (local = f.local()));
    return local;
  };
  const dispatch = (dispatcher: Node, targets: readonly Node[]): void => {
    const labels = targets.map((to) => label(dispatcher, to));
    f.get(choiceOf(dispatcher));
    f.brTable(labels.slice(0, -1), labels[labels.length - 1]);
  };
  const branch = (from: Node, to: Node): void => {
    if (from.exit.kind === 'enter') {
      f.i32Const(to.branchTargets.indexOf(from.exit.target));
      f.set(choiceOf(to));
    }
    if (to.order <= from.order || to.isMerge) f.br(label(from, to));
    else tree(to);
  };
  const within = (node: Node, merges: readonly Node[], at: number): void => {
    if (at === merges.length) {
      if (node.exit.kind === 'dispatch') return dispatch(node, node.exit.targets);
      emitter.node(
        node,
        (to) => branch(node, to),
        (to) => label(node, to),
      );
      return;
    }
    ends.set(merges[at], f.block());
    within(node, merges, at + 1);
    f.end();
    tree(merges[at]);
  };
  const tree = (node: Node): void => {
    // The farthest merge is the outermost block.
    const merges = node.children.filter((child) => child.isMerge).sort((a, b) => b.order - a.order);
    if (node.isLoop) starts.set(node, f.loop());
    within(node, merges, 0);
    if (node.isLoop) f.end();
  };
  tree(entry);
}
