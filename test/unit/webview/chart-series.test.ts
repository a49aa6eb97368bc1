import assert from 'node:assert/strict';
import { chartData, describeChart, formatValue } from '../../../src/webview/chart-series';
import { formatAddress, formatBytes, formatCount, formatRate } from '../../../src/webview/format';

const points = [
  { elapsed: 1, accesses: [100, 0], misses: [10, 0] },
  { elapsed: 2, accesses: [300, 0], misses: [20, 0] },
  { elapsed: 4, accesses: [300, 50], misses: [20, 50] },
];

describe('the chart', () => {
  it('computes rates of intervals and since the start, with gaps where nothing was accessed', () => {
    assert.deepEqual(chartData(points, 'intervalRate', 2), {
      time: [1, 2, 4],
      values: [
        [10, 5, null],
        [null, null, 100],
      ],
    });
    assert.deepEqual(chartData(points, 'totalRate', 1).values, [[10, 20 / 3, 20 / 3]]);
  });

  it('computes counts per second', () => {
    assert.deepEqual(chartData(points, 'missesPerSecond', 2).values, [
      [10, 10, 0],
      [0, 0, 25],
    ]);
    assert.deepEqual(chartData(points, 'accessesPerSecond', 1).values, [[100, 200, 0]]);
  });

  it('has no values before the first point', () => {
    assert.deepEqual(chartData([], 'intervalRate', 1), { time: [], values: [[]] });
    assert.equal(
      describeChart(chartData([], 'intervalRate', 1), 'intervalRate', ['L1D']),
      'Miss rate in each interval: no values yet.',
    );
  });

  it('can be said in words', () => {
    const data = chartData(points, 'intervalRate', 2);
    assert.equal(
      describeChart(data, 'intervalRate', ['L1D', 'L2']),
      'Miss rate in each interval, 3 values from 1 to 4 seconds. L1D: latest 5 %, lowest 5 %, highest 10 %. ' +
        'L2: latest 100 %, lowest 100 %, highest 100 %.',
    );
    assert.equal(formatValue(null, 'intervalRate'), 'no accesses');
    assert.equal(formatValue(12345.678, 'missesPerSecond'), '12,350 /s');
  });
});

describe('numbers of the view', () => {
  it('are grouped, and rates have four decimals', () => {
    assert.equal(formatCount(79339224), '79,339,224');
    assert.equal(formatRate({ accesses: 79339224, hits: 78214086, misses: 1125138 }), '1.4181 %');
    assert.equal(formatRate({ accesses: 0, hits: 0, misses: 0 }), '–');
    assert.deepEqual([32768, 2097152, 1536, 100].map(formatBytes), ['32 KiB', '2 MiB', '1536 B', '100 B']);
    assert.equal(formatAddress(0x100040), '0x00100040');
  });
});
