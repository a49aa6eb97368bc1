import assert from 'node:assert/strict';
import { Access, SetAssociativeCache } from '../../../../src/plugin/cache/set-associative';
import { SIM_POLICIES, type SimPolicy } from '../../../../src/plugin/cachesim/replacement';
import { DIRTY, PREFETCHED, SimCache } from '../../../../src/plugin/cachesim/sim-cache';
import { StackDistances } from '../../../../src/plugin/cachesim/stack-distances';
import { randomLines } from './traces';

const LINE = 32;
const cache = (sets: number, ways: number, policy: SimPolicy = 'lru'): SimCache =>
  new SimCache({ size: sets * ways * LINE, associativity: ways, lineSize: LINE }, policy);

/** Accesses the lines, filling at a miss; returns which hit. */
function load(sim: SimCache, lines: readonly number[]): boolean[] {
  return lines.map((line) => {
    if (sim.demand(line, 'loads') !== undefined) return true;
    sim.fill(line, 0);
    return false;
  });
}

describe('simulated cache', () => {
  it('tells conflicts: two lines that share a set of a direct-mapped cache', () => {
    const sim = cache(4, 1);
    load(sim, [0, 4, 0, 4, 0, 4]);
    assert.deepEqual(sim.classes, { compulsory: 2, capacity: 0, conflict: 4, coherence: 0 });
    assert.deepEqual([...sim.setMisses], [6, 0, 0, 0]);
  });

  it('tells a lack of capacity: one line more than it holds, round and round', () => {
    const sim = cache(1, 4);
    load(sim, [0, 1, 2, 3, 4, 0, 1, 2, 3, 4]);
    assert.deepEqual(sim.classes, { compulsory: 5, capacity: 5, conflict: 0, coherence: 0 });
    assert.deepEqual([sim.fills, sim.evictions], [4, 6]);
  });

  it('tells coherence where the line was taken', () => {
    const sim = cache(2, 2);
    load(sim, [0, 1]);
    assert.equal(sim.lose(0), 0);
    assert.equal(sim.lose(0), undefined);
    assert.deepEqual(load(sim, [0, 1, 0]), [false, true, true]);
    assert.deepEqual(sim.classes, { compulsory: 2, capacity: 0, conflict: 0, coherence: 1 });
    assert.equal(sim.invalidations, 1);
  });

  it('a fully associative cache with LRU has no conflicts, and the misses of its stack distances', () => {
    const lines = randomLines(30_000, 300);
    for (const ways of [1, 7, 64]) {
      const sim = cache(1, ways);
      const distances = new StackDistances();
      load(sim, lines);
      for (const line of lines) distances.access(line);
      assert.equal(sim.totalMisses, distances.missesWith(ways));
      assert.deepEqual(
        [sim.classes.conflict, sim.classes.compulsory, sim.classes.capacity],
        [0, distances.first, sim.totalMisses - distances.first],
      );
    }
  });

  it('the classes add up to the misses, and sets to the whole, for every policy', () => {
    for (const policy of SIM_POLICIES) {
      const sim = cache(16, 4, policy);
      load(sim, randomLines(30_000, 300));
      const { compulsory, capacity, conflict, coherence } = sim.classes;
      assert.equal(compulsory + capacity + conflict + coherence, sim.totalMisses, policy);
      assert.equal(compulsory, 300, policy);
      const sum = (counts: Float64Array): number => counts.reduce((a, b) => a + b, 0);
      assert.deepEqual([sum(sim.setAccesses), sum(sim.setMisses)], [30_000, sim.totalMisses], policy);
    }
  });

  it("agrees with the models of QEMU's plugin, LRU and FIFO, access by access", () => {
    for (const policy of ['lru', 'fifo'] as const) {
      for (const [sets, ways] of [
        [1, 8],
        [16, 4],
        [64, 1],
        [16, 3],
      ]) {
        const geometry = { size: sets * ways * LINE, associativity: ways, lineSize: LINE };
        const other = new SetAssociativeCache(geometry, policy);
        const lines = randomLines(20_000, 400, ways);
        const expected = lines.map((line) => other.lookUp(line * LINE, Access.Load));
        assert.deepEqual(load(new SimCache(geometry, policy), lines), expected, `${policy} ${sets}x${ways}`);
      }
    }
  });

  it('PLRU points away from what was used: the published order of a tree of four ways', () => {
    const sim = cache(1, 4, 'plru');
    load(sim, [10, 11, 12, 13]);
    // After ways 0 to 3 the tree points to way 0; after a hit there to way 2, then to way 1, then to way 3.
    load(sim, [10]);
    assert.equal(sim.fill(20, 0)?.line, 12);
    assert.equal(sim.fill(21, 0)?.line, 11);
    assert.equal(sim.fill(22, 0)?.line, 13);
  });

  it('with two ways PLRU is LRU', () => {
    const lines = randomLines(10_000, 100);
    assert.deepEqual(load(cache(8, 2, 'plru'), lines), load(cache(8, 2), lines));
  });

  it('keeps what a line is marked with', () => {
    const sim = cache(1, 2);
    sim.fill(1, PREFETCHED);
    sim.setDirty(1, true);
    assert.equal(sim.demand(1, 'loads'), PREFETCHED | DIRTY);
    assert.equal(sim.peek(1), DIRTY);
    assert.deepEqual([sim.prefetches, sim.usefulPrefetches], [1, 1]);
    sim.fill(2, 0);
    assert.deepEqual(sim.fill(3, 0), { line: 1, marks: DIRTY });
    assert.equal(sim.remove(9), undefined);
  });
});
