import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { build } from 'esbuild';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { CodeCache, cacheFolder } from '../../../../src/adapter/node/bundle/code-cache';

describe('the cache of compiled code', () => {
  let folder = '';
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'code-cache-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const fileOf = (key: string): string => path.join(folder, `${key}.v8code`);
  const data = Uint8Array.from({ length: 1000 }, (_, i) => i * 7);

  it('lies where the system has caches, or where it is told to', () => {
    const home = homedir();
    assert.equal(cacheFolder({}, 'linux'), path.join(home, '.cache', 'tcgscope'));
    assert.equal(cacheFolder({ XDG_CACHE_HOME: '/x/y' }, 'linux'), path.join('/x/y', 'tcgscope'));
    assert.equal(cacheFolder({ XDG_CACHE_HOME: 'relative' }, 'linux'), path.join(home, '.cache', 'tcgscope'));
    assert.equal(cacheFolder({}, 'darwin'), path.join(home, 'Library', 'Caches', 'tcgscope'));
    assert.equal(cacheFolder({ LOCALAPPDATA: '/local' }, 'win32'), path.join('/local', 'tcgscope', 'Cache'));
    assert.equal(cacheFolder({}, 'win32'), undefined);
    assert.equal(cacheFolder({ TCGSCOPE_CODE_CACHE: '/mine', XDG_CACHE_HOME: '/x' }, 'linux'), '/mine');
    for (const off of ['', 'off']) assert.equal(cacheFolder({ TCGSCOPE_CODE_CACHE: off }, 'linux'), undefined);
  });

  it('gives back what was written', () => {
    const cache = new CodeCache(path.join(folder, 'not', 'there', 'yet'));
    assert.equal(cache.read('a'), undefined);
    cache.write('a', { data, writes: 2 });
    const read = cache.read('a');
    assert.equal(read?.writes, 2);
    assert.deepEqual(Uint8Array.from(read.data), data);
    assert.equal(cache.read('b'), undefined);
  });

  it('takes nothing that is damaged', () => {
    const cache = new CodeCache(folder);
    cache.write('a', { data, writes: 1 });
    const whole = readFileSync(fileOf('a'));
    for (let at = 0; at < whole.length; at += at < 16 ? 1 : 41) {
      if (at >= 4 && at < 8) continue; // how often it was written
      const damaged = Buffer.from(whole);
      damaged[at] ^= 0x10;
      writeFileSync(fileOf('a'), damaged);
      assert.equal(cache.read('a'), undefined, `byte ${at}`);
    }
    for (const length of [0, 7, 16, whole.length - 1]) {
      writeFileSync(fileOf('a'), whole.subarray(0, length));
      assert.equal(cache.read('a'), undefined, `${length} bytes`);
    }
    writeFileSync(fileOf('a'), whole);
    assert.ok(cache.read('a'));
  });

  it('takes nothing that others could have written', function () {
    if (process.getuid === undefined) this.skip();
    const cache = new CodeCache(folder);
    cache.write('a', { data, writes: 1 });
    for (const [mode, usable] of [
      [0o600, true],
      [0o620, false],
      [0o602, false],
      [0o644, true],
    ] as const) {
      chmodSync(fileOf('a'), mode);
      assert.equal(cache.read('a') !== undefined, usable, mode.toString(8));
    }
  });

  it('does without where nothing can be written', () => {
    writeFileSync(path.join(folder, 'file'), '');
    const cache = new CodeCache(path.join(folder, 'file', 'x'));
    cache.write('a', { data, writes: 1 });
    assert.equal(cache.read('a'), undefined);
    mkdirSync(fileOf('b')); // a folder of that name
    new CodeCache(folder).write('b', { data, writes: 1 });
    assert.equal(new CodeCache(folder).read('b'), undefined);
    assert.deepEqual(readdirSync(folder).sort(), ['b.v8code', 'file'], 'nothing unfinished is left');
    const none = new CodeCache(undefined);
    none.write('a', { data, writes: 1 });
    assert.equal(none.read('a'), undefined);
  });

  it('keeps the newest files only, and others not at all', () => {
    const cache = new CodeCache(folder);
    writeFileSync(path.join(folder, 'of somebody else'), '');
    writeFileSync(`${fileOf('unfinished')}.4711`, '');
    utimesSync(`${fileOf('unfinished')}.4711`, 999, 999);
    for (let i = 0; i < 14; i++) {
      cache.write(`k${i}`, { data, writes: 1 });
      utimesSync(fileOf(`k${i}`), 1000 + i, 1000 + i);
    }
    cache.write('last', { data, writes: 1 });
    const left = readdirSync(folder);
    assert.equal(left.length, 13, left.join(', '));
    assert.ok(left.includes('of somebody else') && left.includes('last.v8code') && !left.includes('k2.v8code'));
  });
});

describe('a bundle that runs with its compiled code', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(path.join(tmpdir(), 'bundle-'));
  const cache = path.join(folder, 'cache');
  after(() => rmSync(folder, { recursive: true, force: true }));
  before(async () => {
    const options = { bundle: true, platform: 'node', format: 'cjs', target: 'node20' } as const;
    const define = { BUNDLE_VERSIONS: '{"cli": "v1"}' };
    const contents = "import { startBundle } from './start-bundle'; startBundle('cli');";
    const resolveDir = path.resolve('src/adapter/node/bundle');
    await build({ ...options, define, stdin: { contents, resolveDir }, outfile: path.join(folder, 'cli.js') });
  });

  const main = (text: string): void => writeFileSync(path.join(folder, 'cli.main.js'), text);
  const run = (...node: string[]): string => {
    const env = { ...process.env, TCGSCOPE_CODE_CACHE: cache };
    const { stdout, stderr, status } = spawnSync(process.execPath, [...node, path.join(folder, 'cli.js'), 'x'], {
      encoding: 'utf8',
      env,
    });
    assert.equal(status, 0, stderr);
    return stdout.trim();
  };
  const files = (): string[] => readdirSync(cache).map((name) => path.join(cache, name));

  const PROGRAM = `#!/usr/bin/env node
    const os = require('node:os');
    function used() { return os.EOL + __filename.slice(-11) + typeof module.exports + process.argv[2]; }
    console.log(used().trim());
    globalThis.tcgscopeBundle.keepCode(); globalThis.tcgscopeBundle.keepCode();`;

  it('is run as a module, keeps its code for the next start, and does not write it for ever', () => {
    main(PROGRAM);
    const written: number[] = [];
    for (let i = 0; i < 5; i++) {
      assert.equal(run(), 'cli.main.jsobjectx');
      assert.equal(files().length, 1);
      written.push(readFileSync(files()[0]).readUInt32LE(4));
    }
    assert.deepEqual(written, [1, 2, 3, 3, 3]);
  });

  it('runs as well where the code is damaged, of another text or made with other flags of V8', () => {
    const file = files()[0];
    const whole = readFileSync(file);
    const damaged = Buffer.from(whole);
    for (let at = 16; at < damaged.length; at += 5) damaged[at] ^= 0x55;
    writeFileSync(file, damaged);
    assert.equal(run(), 'cli.main.jsobjectx');
    assert.equal(readFileSync(file).readUInt32LE(4), 1, 'it is made anew');
    writeFileSync(file, whole);
    main(`${PROGRAM} console.log('another');`);
    assert.equal(run(), 'cli.main.jsobjectx\nanother');
    writeFileSync(file, whole);
    main(PROGRAM);
    assert.equal(run('--no-opt', '--stack-size=900'), 'cli.main.jsobjectx');
  });
});
