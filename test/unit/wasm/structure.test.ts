import assert from 'node:assert/strict';
import { TranslationBlock } from '../../../src/tcg/tb';
import { FunctionBuilder } from '../../../src/tcg/wasm/function';
import { analyseGraph } from '../../../src/tcg/wasm/graph';
import { ModuleBuilder } from '../../../src/tcg/wasm/module';
import { Node } from '../../../src/tcg/wasm/node';
import { Op, Type } from '../../../src/tcg/wasm/opcodes';
import { emitStructured } from '../../../src/tcg/wasm/structure';
import { instantiate } from './host';

const tb = new TranslationBlock(
  { pc: 0, flags: 0, size: 4, insns: [], ir: undefined as never },
  { code: new Int32Array(), insnStarts: [] },
);

/** Nodes with these successors, at most two each; the first is the entry. */
function graph(successors: readonly (readonly number[])[]): Node[] {
  const nodes = successors.map((_, i) => new Node(tb, i === 0, []));
  successors.forEach((to, i) => {
    const [a, b] = to.map((n) => nodes[n]);
    if (b) nodes[i].exit = { kind: 'branch', test: undefined as never, taken: a, fall: b };
    else if (a) nodes[i].exit = { kind: 'chain', pc: 0, target: a };
  });
  return nodes;
}

const STEPS = 40;

/** The nodes visited when node `i`'s n-th visit takes bit n of `choices`, up to a number of steps. */
function walk(successors: readonly (readonly number[])[], choices: number, cut: ReadonlySet<string>): number[] {
  const path: number[] = [];
  let at: number | undefined = 0;
  while (at !== undefined && path.length < STEPS) {
    path.push(at);
    const choice = (choices >>> (path.length % 31)) & 1;
    const to: number | undefined = successors[at].length > 1 ? successors[at][choice ? 0 : 1] : successors[at][0];
    at = to !== undefined && cut.has(`${at}-${to}`) ? undefined : to;
  }
  return path;
}

/** Compiles the graph to a function that tells of each node it comes to, and compares its paths with the graph's. */
function check(successors: readonly (readonly number[])[]): { cuts: number; loops: number } {
  const nodes = graph(successors);
  const cut = new Set<string>();
  const order = analyseGraph(nodes[0], (from, to) => {
    cut.add(`${nodes.indexOf(from)}-${nodes.indexOf(to)}`);
    if (from.exit.kind === 'chain') from.exit.target = null;
    else if (from.exit.kind === 'branch') {
      const { taken, fall } = from.exit;
      from.exit = { kind: 'chain', pc: 0, target: taken === to ? fall : taken };
      // The arm that is cut ends the walk, in both forms of the graph.
      cut.add(`${nodes.indexOf(from)}!`);
    }
  });
  if ([...cut].some((name) => name.endsWith('!'))) return { cuts: cut.size, loops: 0 };
  const module = new ModuleBuilder(1);
  const visit = module.importFunction('env', 'visit', module.type([Type.i32], [Type.i32]));
  const f = new FunctionBuilder(0);
  const choice = f.local();
  emitStructured(nodes[0], f, {
    node: (node, branch) => {
      f.i32Const(nodes.indexOf(node));
      f.call(visit);
      f.tee(choice);
      f.i32Const(0);
      f.op(Op.i32_lt_s);
      f.if();
      f.op(Op.return);
      f.end();
      const [a, b] = node.exit.kind === 'branch' ? [node.exit.taken, node.exit.fall] : node.successors;
      if (b) {
        f.get(choice);
        f.if();
        branch(a);
        f.else();
        branch(b);
        f.end();
      } else if (a) branch(a);
      else f.op(Op.return);
    },
  });
  f.op(Op.unreachable);
  module.exportFunction('f', module.function(module.type([], []), f.finish()));
  let path: number[] = [];
  let choices = 0;
  const { exports } = instantiate(module, {
    visit: (n: number) => {
      path.push(n);
      return path.length >= STEPS ? -1 : (choices >>> (path.length % 31)) & 1;
    },
  });
  for (let k = 0; k < 32; k++) {
    choices = Math.imul(k + 1, 0x9e3779b1) >>> 0;
    path = [];
    (exports['f'] as () => void)();
    assert.deepEqual(path, walk(successors, choices, cut), JSON.stringify(successors));
  }
  return { cuts: cut.size, loops: order.filter(({ isLoop }) => isLoop).length };
}

describe('structured control flow', () => {
  it('a line, a diamond, a loop, nested loops with several exits', () => {
    assert.deepEqual(check([[1], [2], []]), { cuts: 0, loops: 0 });
    assert.deepEqual(check([[1, 2], [3], [3], []]), { cuts: 0, loops: 0 });
    assert.deepEqual(check([[1], [2, 3], [1], []]), { cuts: 0, loops: 1 });
    assert.deepEqual(check([[1], [2, 6], [3, 5], [2, 4], [1, 5], [1, 6], []]), { cuts: 0, loops: 2 });
  });

  it('a node that loops to itself, also the entry', () => {
    assert.deepEqual(check([[0, 1], [1, 2], []]), { cuts: 0, loops: 2 });
  });

  it('cuts a jump into the middle of a loop', () => {
    assert.equal(check([[1, 2], [2], [3], [1]]).cuts > 0, true);
  });

  it('takes the paths of the graph, whatever the graph', () => {
    let seed = 1;
    const random = (n: number): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return (seed >>> 8) % n;
    };
    let whole = 0;
    for (let k = 0; k < 300; k++) {
      const size = 2 + random(14);
      const successors = Array.from({ length: size }, () => {
        const first = random(size);
        const second = random(size);
        return [[], [first], first === second ? [first] : [first, second]][Math.min(2, random(8))];
      });
      if (check(successors).cuts === 0) whole++;
    }
    assert.ok(whole > 100, `${whole} graphs were reducible`);
  });
});
