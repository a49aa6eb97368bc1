import assert from 'node:assert/strict';
import { TranslationBlock } from '../../../src/tcg/tb';
import { BudgetChecks } from '../../../src/tcg/wasm/budget';
import { analyseGraph } from '../../../src/tcg/wasm/graph';
import { Node } from '../../../src/tcg/wasm/node';
import { Random } from './random';

/** A node of its own block, of so many instructions. */
const node = (pc: number, instructions: number): Node =>
  new Node(
    new TranslationBlock(
      { pc, flags: 0, size: 4, insns: [], ir: undefined as never },
      { code: new Int32Array(), insnStarts: new Array<number>(instructions).fill(0) },
    ),
    true,
    [],
  );

function randomGraph(r: Random): { readonly nodes: readonly Node[]; readonly order: readonly Node[] } {
  const nodes = Array.from({ length: 2 + r.below(14) }, (_, i) => node(4 * i, 1 + r.below(30)));
  for (const one of nodes) {
    const targets = [...new Set(Array.from({ length: r.below(4) }, () => r.one(nodes)))];
    if (targets.length > 1) one.exit = { kind: 'dynamic', table: { targets, checks: [] } };
    else if (targets.length && r.below(3)) one.exit = { kind: 'chain', pc: 0, target: targets[0] };
    else if (targets.length) one.exit = { kind: 'call', callee: null, resume: targets[0] };
  }
  return { nodes, order: analyseGraph(nodes[0]) };
}

describe('checks of the budget', () => {
  it('whatever the graph: what runs up to the next check is never more than the last one demanded', () => {
    const r = new Random(5);
    const seen = { ways: 0, checks: 0 };
    for (let k = 0; k < 500; k++) {
      const { order } = randomGraph(r);
      const budget = new BudgetChecks(order);
      assert.ok(budget.at(order[0]) > 0);
      for (let walk = 0; walk < 20; walk++) {
        let at: Node | undefined = order[0];
        let allowed = 0;
        for (let step = 0; at && step < 60; step++) {
          const need = budget.at(at);
          if (need > 0) {
            assert.ok(at.startsBlock, 'only where a block starts can it be left');
            allowed = need;
            seen.checks++;
          }
          if (at.exit.kind === 'enter') seen.ways++;
          else allowed -= at.tb.insnStarts.length;
          assert.ok(allowed >= 0, `graph ${k}`);
          at = at.successors.length ? r.one(at.successors) : undefined;
        }
      }
    }
    assert.ok(seen.ways > 1000 && seen.checks > 1000, JSON.stringify(seen));
  });

  it('one a round in a loop with two entries', () => {
    const [start, a, b] = [node(0, 1), node(4, 2), node(8, 3)];
    start.exit = { kind: 'dynamic', table: { targets: [a, b], checks: [] } };
    a.exit = { kind: 'chain', pc: 8, target: b };
    b.exit = { kind: 'chain', pc: 4, target: a };
    const order = analyseGraph(start);
    const budget = new BudgetChecks(order);
    const checked = order.filter((one) => budget.at(one) > 0).map((one) => [one.tb.pc, one.isEntry, budget.at(one)]);
    assert.deepEqual(checked, [
      [0, true, 6],
      [4, false, 5],
    ]);
  });
});
