import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { markPareto } from '../../../src/cli/sweep';
import { buildCommand, Command, programFile, withFolder, type Outcome } from './command';

const run = (args: readonly string[]): Promise<Outcome> => {
  const command = new Command(args, { timeoutMs: 120_000 });
  command.child.stdin.end();
  return command.ended;
};

describe('tcgscope sweep', function () {
  this.timeout(180_000);
  before(buildCommand);

  it('has the misses that the cache plugin counts for each geometry, from one run and from several', async () => {
    await withFolder(async (folder) => {
      const [csv, json, svg] = ['csv', 'json', 'svg'].map((ending) => path.join(folder, `sweep.${ending}`));
      const files = ['--csv', csv, '--json', json, `--svg=${svg}`];
      const geometries = ['--sizes', '512,1K', '--assocs', '1,4', '--lines', '32', '--evict', 'lru,fifo', '--cache=d'];
      const program = ['-semihosting', programFile('sort-t32-O3')];
      const { status, stdout, stderr } = await run(['sweep', ...files, ...geometries, '--jobs', '2', ...program]);
      assert.deepEqual([status, stderr], [0, 'sweep: 2 runs\nsweep: 1 of 2 done\nsweep: 2 of 2 done\n']);
      const rows = JSON.parse(readFileSync(json, 'utf8')).sweep as Record<string, number | string | boolean>[];
      assert.equal(rows.length, 8);
      const models = ['lru', 'fifo'].flatMap((evict) =>
        [512, 1024].flatMap((size) => [1, 4].map((ways) => ({ evict, size, ways }))),
      );
      const plugins = models.map(({ evict, size, ways }) => {
        // Another path is another plugin.
        const file = `${evict}${size}/${ways}/libcache.so`;
        return `${file},dcachesize=${size},dassoc=${ways},dblksize=32,evict=${evict},limit=0`;
      });
      const options = plugins.flatMap((plugin) => ['-plugin', plugin]);
      const counted = await run([...options, '-d', 'plugin', ...program]);
      // The plugin that was loaded last prints first.
      const misses = [...counted.stderr.matchAll(/^0 +(\d+) +(\d+) /gm)]
        .map((match) => [+match[1], +match[2]])
        .reverse();
      models.forEach(({ evict, size, ways }, i) => {
        const row = rows.find((r) => r.policy === evict && r.size === size && r.ways === ways)!;
        assert.deepEqual([row.accesses, row.misses], misses[i], plugins[i]);
      });
      assert.match(stdout, /^cache +size +ways +line +policy +accesses +misses +miss rate % +pareto\ndcache +512 /);
      assert.ok(rows.some((row) => row.pareto) && rows.some((row) => !row.pareto));
      assert.equal(readFileSync(csv, 'utf8').trim().split('\r\n').length, 9);
      const picture = readFileSync(svg, 'utf8');
      assert.match(picture, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" /);
      assert.equal(picture.match(/<circle /g)?.length, 8);
      assert.equal(picture.match(/<polyline /g)?.length, 4);
    });
  });

  it('has the misses that the cache plugin counts for each second-level cache, behind each first-level one', async () => {
    await withFolder(async (folder) => {
      const [json, svg] = ['json', 'svg'].map((ending) => path.join(folder, `sweep.${ending}`));
      const geometries = ['--cache', 'l2', '--l1', '512:2:32,1K:2:32', '--sizes', '2K,4K', '--assocs', '2,8'];
      const program = ['-semihosting', programFile('sort-t32-O3')];
      const options = ['--jobs', '1', '--json', json, '--svg', svg];
      const { status, stdout, stderr } = await run(['sweep', ...geometries, ...options, ...program]);
      assert.deepEqual([status, stderr], [0, 'sweep: 2 runs\nsweep: 1 of 2 done\nsweep: 2 of 2 done\n']);
      const rows = JSON.parse(readFileSync(json, 'utf8')).sweep as Record<string, number | string | boolean>[];
      const models = [512, 1024].flatMap((l1) =>
        [2048, 4096].flatMap((size) => [2, 8].map((ways) => ({ l1, size, ways }))),
      );
      assert.equal(rows.length, models.length);
      const plugins = models.flatMap(({ l1, size, ways }) => [
        '-plugin',
        `${l1}/${size}/${ways}/libcache.so,dcachesize=${l1},dassoc=2,dblksize=32,icachesize=${l1},iassoc=2,iblksize=32,` +
          `l2cachesize=${size},l2assoc=${ways},l2blksize=32,limit=0`,
      ]);
      const counted = await run([...plugins, '-d', 'plugin', ...program]);
      const misses = [...counted.stderr.matchAll(/^0 .*% +(\d+) +(\d+) +[\d.]+%$/gm)]
        .map((match) => [+match[1], +match[2]])
        .reverse();
      models.forEach(({ l1, size, ways }, i) => {
        const cache = `l2 behind ${l1 === 512 ? '512' : '1K'}:2:32`;
        const row = rows.find((r) => r.cache === cache && r.size === size && r.ways === ways)!;
        assert.deepEqual([row.accesses, row.misses], misses[i], plugins[2 * i + 1]);
      });
      assert.match(stdout, /^l2 behind 1K:2:32 +2048 +2 +32 +lru /m);
      assert.equal(readFileSync(svg, 'utf8').match(/<circle /g)?.length, 8);
    });
  });

  it('marks what is worth its size', () => {
    const row = (size: number, misses: number, cache = 'dcache') => ({
      ...{ cache, size, ways: 1, lineSize: 32, policy: 'lru', accesses: 100, misses, missRate: misses },
    });
    const rows = markPareto([row(2, 50), row(1, 60), row(2, 55), row(4, 50), row(8, 10), row(4, 1, 'icache')]);
    assert.deepEqual(
      rows.map(({ cache, size, misses, pareto }) => [cache, size, misses, pareto]),
      [
        ['dcache', 1, 60, true],
        ['dcache', 2, 50, true],
        ['dcache', 2, 55, false],
        ['dcache', 4, 50, false],
        ['dcache', 8, 10, true],
        ['icache', 4, 1, true],
      ],
    );
  });

  it('says how it is used, and what is wrong', async () => {
    assert.match((await run(['sweep', '--help'])).stdout, /^usage: tcgscope sweep /);
    const cases: [string[], RegExp][] = [
      [['sweep', '--sizes', '1K,2X', 'a.elf'], /^tcgscope: sweep: --sizes 1K,2X: "2X" is no size\n$/],
      [['sweep', '--evict', 'mru', 'a.elf'], /^tcgscope: sweep: --evict mru: expected lru, fifo, rand, plru\n$/],
      [['sweep', '--jobs', '0', 'a.elf'], /^tcgscope: sweep: --jobs 0: a whole number from 1 on is expected\n$/],
      [['sweep', '--sizes', '100', 'a.elf'], /^tcgscope: sweep: the sizes, ways and lines cannot be combined/],
      [['sweep', '-plugin', 'libinsn.so', 'a.elf'], /^tcgscope: sweep: -plugin: /],
      [['sweep', 'no.elf'], /^tcgscope: -kernel no\.elf: there is no file/],
      [['sweep'], /^tcgscope: no program/],
    ];
    for (const [args, message] of cases) {
      const { status, stderr } = await run(args);
      assert.match(stderr, message);
      assert.equal(status, 1);
    }
  });
});
