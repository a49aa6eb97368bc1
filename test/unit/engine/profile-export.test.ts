import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
  before(async function () {
    this.timeout(120_000);
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

  it('callgrind: calls with what they cost, as callgrind_annotate adds them up', () => {
    const text = write('callgrind');
    // main calls each product once; all that is executed from there is the call's.
    const main = text.slice(text.indexOf('fn=main\n'));
    const call = /^cfi=.*main\.c\ncfn=multiply_ijk\ncalls=1 \d+\n(\d+) (\d+) /m.exec(main);
    assert.ok(call, main.slice(0, 1000));
    assert.ok(Number(call[2]) >= executedBy.get('multiply_ijk')!);
    const file = path.join(folder, 'inclusive.callgrind');
    writeFileSync(file, text);
    const annotated = execFileSync('callgrind_annotate', ['--inclusive=yes', '--auto=no', file], { encoding: 'utf8' });
    const [, whole] = /^ *([\d,]+) \(.*:main/m.exec(annotated) ?? [];
    const all = caches[0].calls!.find(({ name }) => name === 'main')!.inclusive.executions;
    assert.equal(Number(whole.replaceAll(',', '')), all);
  });

  it('cpuprofile: the tree of calls, whose times are the instructions', () => {
    const profile = JSON.parse(write('cpuprofile')) as CpuProfile;
    const times = new Map<number, number>();
    profile.samples.forEach((id, i) => {
      const until = profile.timeDeltas[i + 1] ?? 0;
      times.set(id, (times.get(id) ?? 0) + until);
    });
    const byId = new Map(profile.nodes.map((node) => [node.id, node]));
    const [root, ...functions] = profile.nodes;
    const byName = new Map<string, number>();
    for (const { id, callFrame, hitCount, positionTicks } of functions) {
      assert.equal(times.get(id) ?? 0, hitCount);
      assert.ok(positionTicks!.reduce((sum, { ticks }) => sum + ticks, 0) <= hitCount);
      byName.set(callFrame.functionName, (byName.get(callFrame.functionName) ?? 0) + hitCount);
    }
    assert.deepEqual([...byName].sort(), [...executedBy].sort());
    assert.equal(profile.endTime - profile.startTime, caches[0].instructions);
    const path = (names: readonly string[]): number | undefined => {
      let at: CpuProfile['nodes'][number] | undefined = root;
      for (const name of names) {
        at = at?.children?.map((id) => byId.get(id)!).find(({ callFrame }) => callFrame.functionName === name);
      }
      return at?.id;
    };
    assert.ok(path(['???', '_boot', 'main', 'multiply_ijk']));
    assert.equal(path(['???', '_boot', 'multiply_ijk']), undefined);
  });

  it('lcov: how often lines and functions were executed', () => {
    const text = write('lcov');
    const main = text.split('end_of_record\n').find((record) => /^SF:.*main\.c$/m.test(record))!;
    // The innermost line of the first product: once for each round of three loops of 80.
    assert.match(main, /^DA:33,512000$/m);
    assert.match(main, /^FNDA:1,main$/m);
    assert.equal(main.match(/^DA:/gm)?.length, Number(/^LF:(\d+)$/m.exec(main)?.[1]));
    assert.equal(main.match(/^DA:\d+,[1-9]/gm)?.length, Number(/^LH:(\d+)$/m.exec(main)?.[1]));
  });

  it('lcov: lines and functions that were not executed stand there with 0', async () => {
    const name = 'samples/rtos/rtos.elf';
    const bytes = new Uint8Array(readFileSync(name));
    const program = { images: [{ kind: 'elf', name, bytes, cpu: 0 } as const], symbolFiles: [{ name, bytes }] };
    const plugins = [{ spec: 'libcallprofile.so' }];
    const session = await Session.start(programConfig('matmul', { ...program, plugins }));
    await session.run();
    const text = STATISTICS_FORMATS.lcov.write(await session.engine.statistics(10, true));
    assert.match(text, /^FNDA:1,kernel_init$/m);
    assert.match(text, /^DA:\d+,0$/m);
    assert.match(text, /^FNDA:0,\w+$/m);
  });

  it('without a model of caches: the same counts and calls, by libcallprofile.so', async () => {
    const session = await Session.start(programConfig('matmul', { plugins: [{ spec: 'libcallprofile.so' }] }));
    await session.run();
    const cheap = await session.engine.statistics(10, true);
    const executions = ({ executed }: CacheStatistics) =>
      [...executed!].map(({ address, executions }) => [address, executions]).sort((a, b) => a[0] - b[0]);
    assert.deepEqual(executions(cheap[0]), executions(caches[0]));
    const paths = ({ calls }: CacheStatistics) =>
      calls!.map(({ name, parent, calls: count, inclusive }) => [name, parent, count, inclusive.executions]);
    assert.deepEqual(paths(cheap[0]), paths(caches[0]));
    for (const format of ['cpuprofile', 'lcov'] as const) {
      assert.equal(STATISTICS_FORMATS[format].write(cheap), write(format));
    }
    assert.match(STATISTICS_FORMATS.callgrind.write(cheap), /^events: Ir$/m);
    const rows = session.pluginLog.split('\n');
    assert.equal(rows[0], 'function, calls, instructions, with callees');
    assert.ok(rows.some((row) => /^main, 1, \d+, \d+$/.test(row)));
  });

  it('need a model that counts what each instruction did', async () => {
    const session = await Session.start(programConfig('nothing-a32', { plugins: [{ spec: 'libcache.so' }] }));
    await session.run();
    const statistics = await session.engine.statistics(10, true);
    for (const { isProfile, write } of Object.values(STATISTICS_FORMATS)) {
      if (isProfile)
        assert.throws(
          () => write(statistics),
          /needs what each instruction did, which libcallprofile\.so and libcachesim\.so count/,
        );
      else assert.ok(write(statistics));
    }
  });
});
