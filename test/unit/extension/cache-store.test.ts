import assert from 'node:assert/strict';
import { describeHeat, heatByFile } from '../../../src/extension/cache/heat-lines';
import { CacheStore } from '../../../src/extension/cache/store';
import { addPoint, MAX_POINTS, thinOut } from '../../../src/webview/protocol/history';
import { hotLine, sample } from './samples';

const one = { id: 'one', name: 'matmul' };
const two = { id: 'two', name: 'again' };

describe('CacheStore', () => {
  it('is empty until statistics come, and ignores sessions without a cache plugin', () => {
    const store = new CacheStore();
    assert.equal(store.view, undefined);
    store.update(one, { caches: [], running: true });
    assert.equal(store.view, undefined);
    assert.equal(store.hasStatistics, false);
  });

  it('has what only counts executed instructions for exports, not for the view', () => {
    const store = new CacheStore();
    const { statistics, ...rest } = sample(0.25);
    store.update(one, { caches: [{ ...rest, statistics: { ...statistics, levels: [] } }], running: true });
    assert.deepEqual([store.view, store.hasCaches, store.hasStatistics], [undefined, false, true]);
    assert.equal(store.samples.length, 1);
    store.update(one, { caches: [...store.samples, sample(0.5, [], 2)], running: true });
    assert.deepEqual([store.view?.caches.length, store.samples.length], [1, 2]);
  });

  it('collects the history of a session and follows its state', () => {
    const store = new CacheStore();
    const changes: string[] = [];
    const unsubscribe = store.onChange((change) => void changes.push(change));
    for (const elapsed of [0.25, 0.5, 0.75]) store.update(one, { caches: [sample(elapsed)], running: true });
    store.update(one, { caches: [sample(0.75)], running: false });
    assert.equal(store.view?.state, 'stopped');
    assert.deepEqual(
      store.view.caches[0]?.points.map(({ elapsed }) => elapsed),
      [0.25, 0.5, 0.75],
    );
    assert.deepEqual(store.view.caches[0]?.points[0], {
      elapsed: 0.25,
      accesses: [1_000_000, 375_000, 5150],
      misses: [143, 5007, 52],
    });
    store.end('one');
    assert.equal(store.view.state, 'ended');
    assert.deepEqual(changes, ['all', 'samples', 'samples', 'samples', 'samples']);
    unsubscribe();
    store.end('one');
    assert.equal(changes.length, 5);
  });

  it('keeps the numbers of an ended session until another has some', () => {
    const store = new CacheStore();
    store.update(one, { caches: [sample(1)], running: true });
    store.end('one');
    store.update(two, { caches: [], running: true });
    assert.equal(store.view?.sessionName, 'matmul');
    store.update(two, { caches: [sample(0.25)], running: true });
    assert.equal(store.view.sessionName, 'again');
    assert.equal(store.view.caches[0]?.points.length, 1);
    store.end('one');
    assert.equal(store.view.state, 'running');
  });

  it('starts the history over when the clock does (restart of the guest)', () => {
    const store = new CacheStore();
    for (const elapsed of [1, 2, 0.25]) store.update(one, { caches: [sample(elapsed)], running: true });
    assert.equal(store.view?.caches[0]?.points.length, 1);
  });

  it('stays bounded, and exact where it has points', () => {
    const store = new CacheStore();
    const changes = new Set<string>();
    for (let i = 1; i <= MAX_POINTS; i++) store.update(one, { caches: [sample(i / 4)], running: true });
    store.onChange((change) => void changes.add(change));
    store.update(one, { caches: [sample((MAX_POINTS + 1) / 4)], running: true });
    const points = store.view?.caches[0]?.points ?? [];
    assert.ok(points.length <= MAX_POINTS / 2 + 2, String(points.length));
    assert.deepEqual(changes, new Set(['all']));
    assert.deepEqual(points.at(-1), addPoint([], sample((MAX_POINTS + 1) / 4))[0]);
  });

  it('leaves out every second point but the last', () => {
    const points = [1, 2, 3, 4].map((elapsed) => ({ elapsed, accesses: [], misses: [] }));
    assert.deepEqual(
      thinOut(points).map(({ elapsed }) => elapsed),
      [1, 3, 4],
    );
  });
});

describe('heat of source lines', () => {
  it('sums each line over all instructions and plugins, and grades it by its share', () => {
    const lines = [
      hotLine('/w/a.c', 10, { l1dMisses: 700, l2Misses: 40 }),
      hotLine('/w/a.c', 10, { l1dMisses: 60 }),
      hotLine('/w/a.c', 11, { l1iMisses: 50 }),
      hotLine('/w/b.c', 3, { l1iMisses: 5 }),
      hotLine('/w/b.c', 4, {}),
      hotLine('/w/b.c', 5, { l2Misses: 0.5 }),
      hotLine(undefined, 5, { l1dMisses: 144.5 }),
    ];
    const heat = heatByFile([sample(1, lines)]);
    assert.deepEqual([...heat.keys()], ['/w/a.c', '/w/b.c']);
    const [hot, warm] = heat.get('/w/a.c') ?? [];
    assert.ok(hot && warm);
    assert.deepEqual([hot.line, hot.level, hot.share, describeHeat(hot)], [10, 'high', 0.8, 'L1D 760 · L2 40']);
    assert.deepEqual([warm.line, warm.level, describeHeat(warm)], [11, 'medium', 'L1I 50']);
    assert.deepEqual(
      heat.get('/w/b.c')?.map(({ line, level }) => [line, level]),
      [
        [3, 'low'],
        [5, 'trace'],
      ],
    );
  });

  it('is nothing without misses', () => {
    assert.equal(heatByFile([sample(1)]).size, 0);
    assert.equal(heatByFile([]).size, 0);
  });
});
