import assert from 'node:assert/strict';
import { ownPlugins } from '../../../src/extension/launch/own-plugins';

describe('plugins that need a trusted workspace', () => {
  const find = (plugins: unknown, files: readonly string[] = []) =>
    ownPlugins(plugins, '/w', async (file) => files.includes(file));

  it('are scripts and modules, however they are written', async () => {
    const plugins = [
      'libcache.so,arg=0x0,arg=0x10',
      './a.ts,watch=1',
      'file=b.mjs,x=on',
      { file: 'libhotpages.so' },
      { file: 'sub/c.WASM', args: ['x=1'] },
      'cache',
    ];
    assert.deepEqual(await find(plugins), ['./a.ts', 'b.mjs', 'sub/c.WASM']);
  });

  it('are also a .so that has a module beside it, which goes before the bundled one', async () => {
    assert.deepEqual(await find(['libcache.so', 'build/libx.so'], ['/w/libcache.wasm']), ['libcache.so']);
  });

  it('a broken entry is not hidden by this check', async () => {
    assert.deepEqual(await find([3, null, ',,', {}]), []);
    assert.deepEqual(await find('x.ts'), []);
  });
});
