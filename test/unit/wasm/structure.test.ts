import assert from 'node:assert/strict';
import { TranslationBlock } from '../../../src/tcg/tb';
import { FunctionBuilder } from '../../../src/tcg/wasm/function';
import { analyseGraph } from '../../../src/tcg/wasm/graph';
import { ModuleBuilder } from '../../../src/tcg/wasm/module';
import { Node } from '../../../src/tcg/wasm/node';
import { Op, Type } from '../../../src/tcg/wasm/opcodes';
import { emitStructured } from '../../../src/tcg/wasm/structure';
import { instantiate } from './host';

const block = (pc: number): TranslationBlock =>
  new TranslationBlock(
    { pc, flags: 0, size: 4, insns: [], ir: undefined as never },
    { code: new Int32Array(), insnStarts: [] },
  );

/** Nodes with these successors; the first is the entry. */
function graph(successors: readonly (readonly number[])[]): Node[] {
  const nodes = successors.map((_, i) => new Node(block(4 * i), true, []));
  successors.forEach((to, i) => {
    const targets = to.map((n) => nodes[n]);
    if (targets.length > 1) nodes[i].exit = { kind: 'dynamic', table: { targets, checks: [] } };
    else if (targets.length) nodes[i].exit = { kind: 'chain', pc: 0, target: targets[0] };
  });
  return nodes;
}

const STEPS = 40;

/** Which successor is taken after so many steps. */
const choose = (choices: number, step: number, successors: number): number =>
  (Math.imul(choices, 2 * step + 1) >>> 7) % successors;

/** The nodes visited with these choices, up to a number of steps. */
function walk(successors: readonly (readonly number[])[], choices: number): number[] {
  const path: number[] = [];
  let at: number | undefined = 0;
  while (at !== undefined && path.length < STEPS) {
    path.push(at);
    const to: readonly number[] = successors[at];
    at = to.length ? to[choose(choices, path.length, to.length)] : undefined;
  }
  return path;
}

/** What became of a graph. */
interface Counts {
  readonly loops: number;
  /** Nodes that lead to a dispatcher. */
  readonly ways: number;
}

/** Compiles the graph to a function that tells of each node it comes to, and compares its paths with the graph's. */
function check(successors: readonly (readonly number[])[]): Counts {
  const nodes = graph(successors);
  const order = analyseGraph(nodes[0]);
  checkLists(order);
  const module = new ModuleBuilder(1);
  const visit = module.importFunction('env', 'visit', module.type([Type.i32], [Type.i32]));
  const f = new FunctionBuilder(0);
  const choice = f.local();
  emitStructured(order[0], f, {
    node: (node, branch, label) => {
      if (node.exit.kind === 'enter') return branch(node.exit.dispatcher);
      f.i32Const(nodes.indexOf(node));
      f.call(visit);
      f.tee(choice);
      f.i32Const(0);
      f.op(Op.i32_lt_s);
      f.if();
      f.op(Op.return);
      f.end();
      const to = node.successors;
      if (to.length > 1) {
        f.get(choice);
        f.brTable(
          to.slice(1).map((_, i) => label(to[i])),
          label(to[to.length - 1]),
        );
      } else if (to.length) branch(to[0]);
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
      return path.length >= STEPS ? -1 : choose(choices, path.length, successors[n].length || 1);
    },
  });
  for (let k = 0; k < 32; k++) {
    choices = Math.imul(k + 1, 0x9e3779b1) >>> 0;
    path = [];
    (exports['f'] as () => void)();
    assert.deepEqual(path, walk(successors, choices), JSON.stringify(successors));
  }
  return {
    loops: order.filter(({ isLoop }) => isLoop).length,
    ways: order.filter(({ exit }) => exit.kind === 'enter').length,
  };
}

/** Who comes before whom is what the analyses work with. */
function checkLists(order: readonly Node[]): void {
  for (const node of order) {
    assert.notEqual(node.exit.kind, 'dispatch');
    for (const to of node.successors) assert.ok(order.includes(to) && to.predecessors.includes(node));
    for (const from of node.predecessors) assert.ok(order.includes(from) && from.successors.includes(node));
  }
}

describe('structured control flow', () => {
  it('a line, a diamond, a loop, nested loops with several exits', () => {
    assert.deepEqual(check([[1], [2], []]), { loops: 0, ways: 0 });
    assert.deepEqual(check([[1, 2], [3], [3], []]), { loops: 0, ways: 0 });
    assert.deepEqual(check([[1], [2, 3], [1], []]), { loops: 1, ways: 0 });
    assert.deepEqual(check([[1], [2, 6], [3, 5], [2, 4], [1, 5], [1, 6], []]), { loops: 2, ways: 0 });
  });

  it('a node that loops to itself, also the entry', () => {
    assert.deepEqual(check([[0, 1], [1, 2], []]), { loops: 2, ways: 0 });
  });

  describe('loops with several entries: only their entries and one jump of a round go by way of a dispatcher', () => {
    it('a jump into the middle', () => {
      assert.deepEqual(check([[1, 2], [2], [3], [1, 4], []]), { loops: 0, ways: 3 });
    });

    it('a jump into the middle of an inner loop, an outer one around', () => {
      assert.deepEqual(check([[1, 3], [2], [3], [2, 4], [1, 5], []]), { loops: 0, ways: 4 });
    });

    it("Duff's device: an entry for each part", () => {
      assert.deepEqual(check([[1, 2, 3, 4], [2], [3], [4], [1, 5], []]), { loops: 0, ways: 5 });
    });

    it('the region begins in the middle', () => {
      assert.deepEqual(check([[1], [2, 3], [0, 1], []]).ways, 0);
      assert.deepEqual(check([[1, 2], [2, 3], [1], []]), { loops: 0, ways: 3 });
    });

    it('within a loop that has one, and around a loop that has one', () => {
      assert.deepEqual(check([[1], [2, 3], [3], [2, 4], [1, 5], []]), { loops: 1, ways: 3 });
      assert.deepEqual(check([[1, 3], [2], [2, 3], [1, 4], []]), { loops: 1, ways: 3 });
    });

    it('two of them, one after the other', () => {
      assert.deepEqual(check([[1, 2], [2], [1, 3], [4, 5], [5], [4, 6], []]), { loops: 0, ways: 6 });
    });
  });

  it('takes the paths of the graph, whatever the graph', () => {
    let seed = 1;
    const random = (n: number): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return (seed >>> 8) % n;
    };
    const seen = { reducible: 0, irreducible: 0 };
    for (let k = 0; k < 600; k++) {
      const size = 2 + random(14);
      const successors = Array.from({ length: size }, () => {
        const count = [0, 1, 1, 2, 2, 2, 3, 5][random(8)];
        return [...new Set(Array.from({ length: count }, () => random(size)))];
      });
      seen[check(successors).ways ? 'irreducible' : 'reducible']++;
    }
    assert.ok(seen.reducible > 150 && seen.irreducible > 150, JSON.stringify(seen));
  });
});
