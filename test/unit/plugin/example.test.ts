import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { transform } from 'sucrase';
import { parsePluginLines } from '../../../src/plugin/args';
import { PluginEngine } from '../../../src/plugin/engine';
import { loadPlugins } from '../../../src/plugin/load';
import { evaluatePlugin } from '../../../src/plugin/plugin-module';
import { FakeHost } from './fake-host';
import { Guest } from './guest';

const FILE = 'test/unit/plugin/example/stores.ts';

describe("the documentation's example plugin", () => {
  const source = readFileSync(FILE, 'utf8');
  const { code } = transform(source, { transforms: ['typescript', 'imports'], filePath: FILE });

  function start(line: string) {
    const host = new FakeHost();
    const engine = new PluginEngine(host);
    loadPlugins(
      engine,
      parsePluginLines([line]),
      (file) => evaluatePlugin(code, file, engine.api),
      () => {},
    );
    return { host, engine, guest: new Guest(engine) };
  }

  it('runs as written: its type check is the project’s own', () => {
    const { host, engine, guest } = start('stores.ts,watch=0x2004');
    guest.run(0x100000, [{ stores: [0x2000] }, { loads: [0x2004] }]);
    guest.run(0x200000, [{ stores: [0x2000] }]);
    assert.equal(engine.takeStop(), undefined);
    assert.equal(guest.run(0x100000, [{ stores: [0x2004] }]), 1);
    assert.deepEqual(engine.takeStop(), { kind: 'plugin', plugin: 'stores.ts', reason: 'store to 0x2004' });
    engine.atexit();
    assert.equal(host.log, 'counting stores on arm\nmain: 2 stores\n?: 1 stores\n');
  });

  it('refuses a wrong argument', () => {
    assert.throws(() => start('stores.ts,bogus'), /Could not load plugin stores\.ts: .*error code -1/);
  });

  it('stands in docs/plugins.md as it is here', () => {
    const body = source.slice(source.indexOf('import {'));
    assert(readFileSync('docs/plugins.md', 'utf8').includes(body));
  });
});
