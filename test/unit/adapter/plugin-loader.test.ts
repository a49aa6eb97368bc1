import assert from 'node:assert/strict';
import { RequestError } from '../../../src/adapter/dap/errors';
import { NodePluginLoader } from '../../../src/adapter/node/plugin-loader';
import { FakeFiles } from './fake-files';

/** Evaluates a loaded plugin as a CommonJS host does. */
function run(code: string, require?: (name: string) => unknown): Record<string, unknown> {
  const module = { exports: {} as Record<string, unknown> };
  new Function('module', 'exports', 'require', code)(module, module.exports, require);
  return module.exports;
}

const load = (contents: Record<string, string>, file = '/work/p.ts') =>
  new NodePluginLoader(new FakeFiles(contents)).load(file).then(({ code }) => code ?? '');

describe('user plugin loader', () => {
  it('takes scripts by their extension only', () => {
    const loader = new NodePluginLoader(new FakeFiles());
    for (const name of ['a.js', 'a.mjs', 'a.cjs', 'a.ts', 'dir/A.TS']) assert.ok(loader.handles(name), name);
    for (const name of ['libcache.so', 'a.json', 'a', 'a.py']) assert.ok(!loader.handles(name), name);
  });

  it('strips types and keeps line numbers', async () => {
    const code = await load({
      '/work/p.ts': [
        "import type { Info } from 'qemu-plugin';",
        'interface Row { a: number }',
        'enum Kind { A = 3 }',
        'export function qemu_plugin_install(id: number, info: Info, argv: string[]): number {',
        '  const row: Row = { a: id };',
        '  return (row.a as number) + Kind.A;',
        '}',
        "export const fails = (): never => { throw new Error('here'); };",
      ].join('\n'),
    });
    const plugin = run(code);
    assert.equal((plugin.qemu_plugin_install as (id: number) => number)(4), 7);
    assert.equal(
      code.split('\n').findIndex((line) => line.includes("new Error('here')")),
      7,
    );
    assert.doesNotMatch(code, /qemu-plugin/);
  });

  it('takes ECMAScript and CommonJS modules', async () => {
    assert.equal(run(await load({ '/work/a.mjs': 'export default 5;' }, '/work/a.mjs')).default, 5);
    assert.equal(run(await load({ '/work/a.js': 'exports.x = 6;' }, '/work/a.js')).x, 6);
    assert.equal(run(await load({ '/work/a.js': '#!/usr/bin/env node\nexport const x = 7;' }, '/work/a.js')).x, 7);
  });

  it('links relative imports, each evaluated once, with their own names in stack traces', async () => {
    const code = await load({
      '/work/p.ts':
        "import { count, bump } from './lib/counter.js';\nimport data from './data.json';\nbump();\nexport const read = () => count;\nexport const n = data.n;\nexport * from './lib/other';",
      '/work/lib/counter.ts':
        "export let count: number = 0;\nexport function bump() { count++; }\nexport function fail() {\n  throw new Error('deep');\n}",
      '/work/lib/other.ts': "import { bump } from './counter';\nbump();\nexport { fail } from './counter';",
      '/work/data.json': '{"n": 9}',
    });
    const plugin = run(code);
    assert.equal(plugin.n, 9);
    assert.equal((plugin.read as () => number)(), 2);
    try {
      (plugin.fail as () => void)();
      assert.fail('it should have thrown');
    } catch (error) {
      assert.match(String((error as Error).stack), /\/work\/lib\/counter\.ts:4:/);
    }
  });

  it('names every file that it was made of, once', async () => {
    const contents = {
      '/work/p.ts':
        "import './lib/a.js';\nimport data from './data.json';\nimport * as q from 'qemu-plugin';\nq.f(data);",
      '/work/lib/a.ts': "import './b';",
      '/work/lib/b.js': "import './a';\nimport './gone';",
      '/work/data.json': '{}',
      '/work/other.ts': '',
      '/work/c.wasm': new Uint8Array(8),
    };
    const loader = new NodePluginLoader(new FakeFiles(contents));
    assert.deepEqual((await loader.load('/work/p.ts')).sources, [
      '/work/p.ts',
      '/work/lib/a.ts',
      '/work/lib/b.js',
      '/work/data.json',
    ]);
    assert.deepEqual((await loader.load('/work/c.wasm')).sources, ['/work/c.wasm']);
  });

  it('keeps the main file on its own lines when it is linked', async () => {
    const code = await load(
      { '/work/p.js': "import './x.js';\n\nthrow new Error('third');", '/work/x.js': '' },
      '/work/p.js',
    );
    assert.equal(
      code.split('\n').findIndex((line) => line.includes('third')),
      2,
    );
  });

  it('leaves packages to the host', async () => {
    const code = await load({ '/work/p.ts': "import { a } from 'qemu-plugin';\nexport const b = a + 1;" });
    assert.equal(run(code, (name) => (name === 'qemu-plugin' ? { a: 1 } : undefined)).b, 2);
  });

  it('says which import has no file, when it runs', async () => {
    const code = await load({ '/work/p.ts': "import { a } from './gone';\nexport const b = a;" });
    assert.throws(() => run(code), /\/work\/p\.ts imports "\.\/gone", but there is no such file/);
    run(await load({ '/work/p.ts': "// as in require('./gone')\nexport const b = 1;" }));
  });

  it('names the file and the place of a syntax error', async () => {
    await assert.rejects(load({ '/work/p.ts': 'const x = 1;\nexport function (' }), (error: Error) => {
      assert.ok(error instanceof RequestError);
      assert.match(error.message, /^\/work\/p\.ts is not valid TypeScript: .*\(2:\d+\)/);
      return true;
    });
    await assert.rejects(load({}), /there is no file \/work\/p\.ts/);
  });
});
