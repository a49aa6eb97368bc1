import assert from 'node:assert/strict';
import { StackDistances } from '../../../../src/plugin/cachesim/stack-distances';
import { randomLines } from './traces';

describe('stack distances', () => {
  it('are the numbers of different lines in between', () => {
    const distances = new StackDistances();
    assert.deepEqual(
      [1, 2, 3, 1, 1, 3, 2, 9].map((line) => distances.access(line)),
      [-1, -1, -1, 2, 0, 1, 2, -1],
    );
    assert.deepEqual([distances.first, distances.counts[0], distances.counts[1], distances.counts[2]], [4, 1, 1, 2]);
    assert.deepEqual(distances.ranges(), [
      { from: 0, to: 0, count: 1 },
      { from: 1, to: 1, count: 1 },
      { from: 2, to: 3, count: 2 },
    ]);
  });

  it('are those of a stack that is kept as a list, over many times the room of the tree', () => {
    const distances = new StackDistances();
    const stack: number[] = [];
    for (const line of randomLines(20_000, 700)) {
      const at = stack.indexOf(line);
      assert.equal(distances.access(line), at);
      if (at >= 0) stack.splice(at, 1);
      stack.unshift(line);
    }
  });

  it('also where there are more lines than the tree had room for', () => {
    const distances = new StackDistances();
    const lines = 5000;
    for (let line = 0; line < lines; line++) distances.access(line);
    for (let line = 0; line < lines; line++) assert.equal(distances.access(line), lines - 1);
    assert.deepEqual([distances.missesWith(lines - 1), distances.missesWith(lines)], [2 * lines, lines]);
    assert.deepEqual(distances.ranges(), [{ from: 4096, to: 8191, count: lines }]);
  });
});
