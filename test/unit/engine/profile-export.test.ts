import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CacheStatistics } from '../../../src/plugin/statistics';
import { STATISTICS_FORMATS, type StatisticsFormat } from '../../../src/plugin/statistics-formats';
import { programConfig, Session } from './session';

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
    readonly hitCount: number;
    readonly children?: readonly number[];
    readonly positionTicks?: readonly { readonly line: number; readonly ticks: number }[];
  }[];
  readonly startTime: number;
  readonly endTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const commas = (count: number): string => count.toLocaleString('en-US');

describe('profiles of a program', () => {
  let caches: readonly CacheStatistics[];
  let folder: string;
  let executedBy: Map<string, number>;
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'tcgscope-profile-'));
    const session = await Session.start(programConfig('matmul', { plugins: [{ spec: 'libcachesim.so,preset=zynq' }] }));
    await session.run();
    caches = await session.engine.statistics(10, true);
    executedBy = new Map();
    for (const { symbol, executions } of caches[0].executed!) {
      executedBy.set(symbol ?? '???', (executedBy.get(symbol ?? '???') ?? 0) + executions);
    }
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const write = (format: StatisticsFormat): string => STATISTICS_FORMATS[format].write(caches);
  /** What valgrind's tool shows of the file. */
  const annotated = (tool: string, format: StatisticsFormat): string => {
    const file = path.join(folder, `profile.${format}`);
    writeFileSync(file, write(format));
    return execFileSync(tool, ['--auto=no', file], { encoding: 'utf8' });
  };

  it('callgrind: callgrind_annotate shows totals and functions', () => {
    const text = annotated('callgrind_annotate', 'callgrind');
    assert.match(text, new RegExp(`^${commas(caches[0].instructions)} .*PROGRAM TOTALS$`, 'm'));
    const ijk = commas(executedBy.get('multiply_ijk')!);
    assert.match(text, new RegExp(`^ *${ijk} .*main\\.c:multiply_ijk`, 'm'));
    assert.match(text, /^Events recorded: +Ir I1mr ILmr Dr D1mr DLmr Dw D1mw DLmw Cycles$/m);
  });

  it('cachegrind: cg_annotate shows the same totals, and the misses of the caches', () => {
    const text = annotated('cg_annotate', 'cachegrind');
    assert.match(text, new RegExp(`^ *${commas(caches[0].instructions)} .*PROGRAM TOTALS$`, 'm'));
    assert.match(text, /L1D cache: +32768 B, 32 B, 4-way, rand/);
    const l1d = caches[0].levels.find(({ name }) => name === 'L1D')!;
    const totals = /^(.*)PROGRAM TOTALS$/m.exec(text)![1];
    for (const { misses } of [l1d.loads, l1d.stores]) assert.ok(totals.includes(`${commas(misses)} `), totals);
  });

  it('cpuprofile: a tree of functions whose times are their instructions', () => {
    const profile = JSON.parse(write('cpuprofile')) as CpuProfile;
    const times = new Map<number, number>();
    profile.samples.forEach((id, i) => {
      const until = profile.timeDeltas[i + 1] ?? 0;
      times.set(id, (times.get(id) ?? 0) + until);
    });
    const [root, ...functions] = profile.nodes;
    assert.deepEqual(
      root.children,
      functions.map(({ id }) => id),
    );
    const byName = new Map<string, number>();
    for (const { id, callFrame, hitCount, positionTicks } of functions) {
      assert.equal(times.get(id), hitCount);
      assert.ok(positionTicks!.reduce((sum, { ticks }) => sum + ticks, 0) <= hitCount);
      byName.set(callFrame.functionName, (byName.get(callFrame.functionName) ?? 0) + hitCount);
    }
    assert.deepEqual([...byName].sort(), [...executedBy].sort());
    assert.equal(profile.endTime - profile.startTime, caches[0].instructions);
  });

  it('lcov: how often lines and functions were executed', () => {
    const text = write('lcov');
    const main = text.split('end_of_record\n').find((record) => /^SF:.*main\.c$/m.test(record))!;
    // The innermost line of the first product: once for each round of three loops of 80.
    assert.match(main, /^DA:33,512000$/m);
    assert.match(main, /^FNDA:1,main$/m);
    assert.equal(main.match(/^DA:/gm)?.length, Number(/^LH:(\d+)$/m.exec(main)?.[1]));
  });

  it('need a model that counts what each instruction did', async () => {
    const session = await Session.start(programConfig('nothing-a32', { plugins: [{ spec: 'libcache.so' }] }));
    await session.run();
    const statistics = await session.engine.statistics(10, true);
    for (const { isProfile, write } of Object.values(STATISTICS_FORMATS)) {
      if (isProfile)
        assert.throws(() => write(statistics), /needs what each instruction did, which libcachesim\.so counts/);
      else assert.ok(write(statistics));
    }
  });
});
