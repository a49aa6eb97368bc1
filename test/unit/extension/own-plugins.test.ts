import assert from 'node:assert/strict';
import { ownPlugins, refusalOfLaunch, refusalOfReload } from '../../../src/extension/launch/own-plugins';

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

describe('without trust', () => {
  const launch = (plugins: unknown, isTrusted: boolean, files: readonly string[] = []) =>
    refusalOfLaunch({ name: 'Run it', plugins, folder: '/w' }, isTrusted, async (file) => files.includes(file));
  const refused = (file: string) =>
    `"Run it" loads ${file}: plugins of your own run only in a trusted workspace. The bundled ones run anywhere.`;

  it('bundled plugins, and none, start', async () => {
    assert.equal(await launch(undefined, false), undefined);
    assert.equal(await launch(['libcache.so,arg=0x0', 'insn', { file: 'libhotpages.so' }], false), undefined);
  });

  it('scripts do not, nor modules in C, also those that take a bundled one’s place; all of them are named', async () => {
    assert.equal(await launch(['libcache.so', './a.ts,x=1'], false), refused('./a.ts'));
    assert.equal(await launch([{ file: 'b.mjs' }], false), refused('b.mjs'));
    assert.equal(await launch(['native.wasm'], false), refused('native.wasm'));
    assert.equal(await launch(['libcache.so'], false, ['/w/libcache.wasm']), refused('libcache.so'));
    assert.equal(await launch(['a.js', 'insn', 'b.wasm'], false), refused('a.js, b.wasm'));
  });

  it('a running one is not read anew; a bundled one may be', () => {
    assert.equal(
      refusalOfReload({ name: 'a.ts', path: '/w/a.ts' }, false),
      'a.ts is not reloaded: this workspace is not trusted.',
    );
    assert.equal(refusalOfReload({ name: 'libinsn.so' }, false), undefined);
  });

  it('with it everything goes', async () => {
    assert.equal(await launch(['./a.ts', 'native.wasm', 'libcache.so'], true, ['/w/libcache.wasm']), undefined);
    assert.equal(refusalOfReload({ name: 'a.ts', path: '/w/a.ts' }, true), undefined);
  });
});
