import assert from 'node:assert/strict';
import { geometricMean, median, RateMeter } from '../../../bench/lib/measure.mjs';
import { asJson, asTables, type Row } from '../../../bench/lib/report.mjs';

describe("the benchmark's arithmetic", () => {
  const times = { warmMs: 100, measureMs: 200 };

  /** Feeds lines [text, at, last of its chunk] until the meter has enough; how many it took. */
  function feed(meter: RateMeter, lines: readonly (readonly [string, number, boolean])[]): number {
    const enough = lines.findIndex(([text, at, isLast]) => meter.line(text, at, isLast, process.pid));
    return enough < 0 ? lines.length : enough + 1;
  }

  it('counts repetitions between the last lines of two chunks, after the warm-up', () => {
    const meter = new RateMeter(times);
    const fed = feed(meter, [
      ['begin', 50, true],
      ['0000abcd', 60, true],
      ['0000abcd', 149, true], // not yet warm
      ['0000abcd', 160, false],
      ['0000abcd', 160, true], // from here
      ['0000abcd', 300, true],
      ['0000abcd', 359, true], // too early
      ['0000abcd', 400, false],
      ['0000abcd', 400, true], // to here
      ['0000abcd', 500, true],
    ]);
    assert.equal(fed, 9);
    const { rate, repetitions, checksum, memory } = meter.result('');
    assert.deepEqual({ rate, repetitions, checksum }, { rate: 4 / 0.24, repetitions: 4, checksum: '0000abcd' });
    assert.ok(memory > 1);
  });

  it('waits while a guest becomes faster, but not for ever', () => {
    const line = (at: number) => ['0000abcd', at, true] as const;
    const every = (step: number, from: number, to: number) =>
      Array.from({ length: Math.floor((to - from) / step) }, (_, i) => line(from + step * i));
    const firstAfter = (lines: ReturnType<typeof line>[]): number => {
      const meter = new RateMeter({ ...times, warmMaxMs: 2000 });
      return lines[feed(meter, [['begin', 0, true], ...lines]) - 2]![1] - times.measureMs;
    };
    const steady = firstAfter(every(10, 10, 5000));
    assert.ok(steady >= 250 && steady < 450, `three windows, the last two no faster: ${steady}`);
    const seldom = firstAfter(every(80, 80, 5000));
    assert.ok(seldom >= 900 && seldom < 1400, `fewer repetitions take longer windows: ${seldom}`);
    const becoming = [line(10)];
    for (let t = 10; t < 5000;) becoming.push(line((t += Math.max(10, 60 - t / 20))));
    const faster = firstAfter(becoming);
    assert.ok(faster >= 1000 && faster < 1600, `warm at ${faster}`);
    let at = 10;
    let step = 400;
    const ever = Array.from({ length: 400 }, () => line((at += step *= 0.9)));
    const last = ever.at(-1)![1];
    assert.ok(last > 2500 && firstAfter(ever) >= 2000, 'not before the limit');
  });

  it('does not take a pause for the speed that a guest keeps', () => {
    const every10 = (from: number, to: number): [string, number, boolean][] =>
      Array.from({ length: (to - from) / 10 }, (_, i) => ['0000abcd', from + 10 * i, true]);
    const lines = [...every10(10, 250), ...every10(500, 3000)];
    const meter = new RateMeter({ ...times, warmMaxMs: 2000 });
    const [, lastAt] = lines[feed(meter, [['begin', 0, true], ...lines]) - 2]!;
    const first = lastAt - times.measureMs;
    assert.ok(first >= 700 && first < 1000, `warm at ${first}`);
    assert.ok(Math.abs(meter.result('').rate - 100) < 1e-6);
  });

  it('takes no offence at how the tutorial’s plugin is given its arguments', () => {
    const warning = "qemu-system-arm: -plugin x.so,arg=1: warning: using 'arg=1' is deprecated";
    const meter = new RateMeter(times);
    const lines = Array.from({ length: 100 }, (_, i) => ['0000abcd', 10 * i, true] as const);
    feed(meter, [[warning, 0, false], ["Please use '1=on' directly", 0, true], ['begin', 0, true], ...lines]);
    assert.equal(meter.result('').checksum, '0000abcd');
  });

  it('refuses a checksum that changes, a line that is none, and too few repetitions', () => {
    const wrong = new RateMeter(times);
    assert.equal(feed(wrong, [['begin', 0, true], ['00000001', 1, true], ['00000002', 2, true], ['x', 3, true]]), 3); // prettier-ignore
    assert.throws(() => wrong.result(''), /checksum 00000002 after 00000001/);
    const strange = new RateMeter(times);
    feed(strange, [['tcgscope: the guest stopped', 0, true]]);
    assert.throws(() => strange.result(''), /the guest stopped/);
    const short = new RateMeter(times);
    feed(short, [['begin', 0, true], ['00000001', 500, true]]); // prettier-ignore
    assert.throws(() => short.result('ended with 0'), /ended with 0 after 1 repetitions/);
  });

  it('medians and geometric means', () => {
    assert.equal(median([5, 1, 3]), 3);
    assert.equal(median([4, 1, 3, 2]), 2.5);
    assert.ok(Math.abs(geometricMean([2, 8]) - 4) < 1e-12);
  });

  describe('the report', () => {
    const row = (key: string, guest: string, ratio: number, cpuRatio: number): Row => ({
      key,
      guest,
      configuration: key,
      ratio,
      cpuRatio,
      memory: { ours: 100, peer: 50 },
    });
    const rows: readonly Row[] = [
      row('plain-mmu', 'sort', 2, 1),
      row('plain-mmu', 'crc', 8, 1),
      { key: 'cold', guest: 'cold', ours: 100, peer: 50, ratio: 0.5, unit: 'ms' },
      { key: 'insn-count', guest: 'sort', configuration: 'insn-count', error: 'it ended' },
    ];

    it('has a mean for every key, null for what was not measured', () => {
      const { geomean } = asJson(rows, { cpu: false });
      assert.deepEqual(Object.keys(geomean), [
        'plain-mmu',
        'plain-flat',
        'insn-count',
        'cache-vs-naive',
        'cache-vs-expert',
        'js-callback',
        'cold',
      ]);
      assert.ok(Math.abs(geomean['plain-mmu']! - 4) < 1e-12);
      assert.equal(geomean.cold, 0.5);
      assert.equal(geomean['insn-count'], null);
      assert.equal(asJson(rows, { cpu: true }).geomean['plain-mmu'], 1);
    });

    it('shows failures', () => {
      const text = asTables(rows, { cpu: false });
      assert.match(text, /\| plain-mmu \| 4\.00 \| 1 \|/);
      assert.match(text, /\| insn-count \| sort \| it ended \|/);
    });
  });
});
