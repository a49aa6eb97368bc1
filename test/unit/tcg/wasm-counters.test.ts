import assert from 'node:assert/strict';
import { Bytecode } from '../../../src/tcg/bytecode';
import { NodeCounters } from '../../../src/tcg/wasm/counters';
import { redundantFilters } from '../../../src/tcg/wasm/known-filters';
import { Node } from '../../../src/tcg/wasm/node';
import type { Operation } from '../../../src/tcg/wasm/shapes';
import { IrMachine } from './machine';

function operation(op: Bytecode, ...immediates: number[]): Operation {
  return { op, at: 0, next: 0, insn: 0, outputs: [], inputs: [], immediates };
}
const add = (base: number, stride: number, value: number): Operation =>
  operation(Bytecode.plugin_inline_add_u64, base, stride, value, value < 0 ? -1 : 0);
const other = operation(Bytecode.mov);
const callback = operation(Bytecode.plugin_exec_cb, 0, 0);

describe('additions to counters in compiled code', () => {
  it('are made once up to what may look at them, and taken back as far as they were not come to', () => {
    const operations = [add(8, 0, 1), other, add(8, 0, 2), add(16, 8, -1), callback, add(8, 0, 4), other];
    const counters = new NodeCounters(operations, 2);
    assert.deepEqual(
      operations.map((_, i) => counters.before(i).map(({ offset, value }) => [offset, value])),
      [
        [
          [8, 3n],
          [32, -1n],
        ],
        [],
        [],
        [],
        [],
        [[8, 4n]],
        [],
      ],
    );
    assert.deepEqual(counters.ahead(1), [
      { offset: 8, value: 2n },
      { offset: 32, value: -1n },
    ]);
    assert.deepEqual(counters.ahead(3), [{ offset: 32, value: -1n }]);
    for (const nothing of [4, 6]) assert.deepEqual(counters.ahead(nothing), []);
  });
});

describe('filtered exec callbacks in compiled code', () => {
  const filter = (offset: number, value: number): Operation =>
    operation(Bytecode.plugin_exec_filtered_cb, offset, value, 0, 0);

  /** Nodes with the operations, and jumps between them by index. */
  function graph(parts: readonly (readonly Operation[])[], jumps: readonly (readonly [number, number])[]): Node[] {
    const tb = new IrMachine().block('---- 0, 0\nexit_tb');
    const nodes = parts.map((operations, i) => new Node(tb, i === 0, operations));
    for (const [from, to] of jumps) nodes[to].predecessors.push(nodes[from]);
    return nodes;
  }

  it('need no code where every way to them passes one of the same line, and nothing changes that', () => {
    const [first, again, inLoop, elsewhere, behindCall] = [filter(4, 1), filter(4, 1), filter(4, 1), filter(8, 1), filter(4, 1)]; // prettier-ignore
    const nodes = graph(
      [
        [first, again],
        [inLoop, elsewhere],
        [callback, behindCall],
      ],
      [
        [0, 1],
        [1, 1],
        [1, 2],
      ],
    );
    assert.deepEqual([...redundantFilters(nodes)], [again, inLoop]);
  });

  it('need code where one way puts another line there', () => {
    const [first, moved, joined] = [filter(4, 1), filter(4, 2), filter(4, 1)];
    const nodes = graph(
      [[first], [moved], [joined]],
      [
        [0, 1],
        [0, 2],
        [1, 2],
      ],
    );
    assert.deepEqual([...redundantFilters(nodes)], []);
  });

  it('need code behind a call of the guest', () => {
    const [first, behind] = [filter(4, 1), filter(4, 1)];
    const nodes = graph([[first], [behind]], [[0, 1]]);
    nodes[0].exit = { kind: 'call', callee: null, resume: nodes[1] };
    assert.deepEqual([...redundantFilters(nodes)], []);
  });
});
