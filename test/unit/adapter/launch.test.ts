import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { RequestError } from '../../../src/adapter/dap/errors';
import { prepareLaunch } from '../../../src/adapter/dap/launch';
import type { PreparedLaunch } from '../../../src/adapter/dap/launch';
import { NodePluginLoader } from '../../../src/adapter/node/plugin-loader';
import { makeUImage } from '../../peer/boot/uimage';
import { FakeFiles } from './fake-files';

const ELF = new Uint8Array(readFileSync('test/programs/symbols/names.elf'));

const patched = (offset: number, ...bytes: number[]) => {
  const copy = ELF.slice();
  copy.set(bytes, offset);
  return copy;
};

const FILES: Record<string, Uint8Array | string> = {
  '/work/app/a.elf': ELF,
  '/work/app/x86.elf': (() => {
    const bytes = new Uint8Array(64);
    bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
    bytes.set([2, 0, 62, 0, 1], 16);
    return bytes;
  })(),
  '/work/app/cut.elf': ELF.slice(0, 0x80),
  '/work/app/object.elf': patched(16, 1, 0),
  '/work/app/text.elf': 'hello',
  '/work/app/zImage': new Uint8Array(readFileSync('test/programs/boot/kernel.zimage')),
  '/work/app/board.dtb': new Uint8Array(readFileSync('test/programs/boot/board.dtb')),
  '/work/app/u-boot.img': makeUImage(Uint8Array.of(1), {
    type: 2,
    os: 17,
    compression: 0,
    load: 0,
    entry: 0,
    name: '',
  }),
  '/work/app/data.bin': new Uint8Array([1, 2, 3]),
  '/work/app/plug.ts': 'export const qemu_plugin_install = (id: number): number => 0;',
  '/work/app/bad.js': 'export function (',
  '/work/app/native.so': new Uint8Array([0x7f]),
};

const launch = (attributes: Record<string, unknown> | unknown): Promise<PreparedLaunch> => {
  const files = new FakeFiles(FILES);
  return prepareLaunch(attributes, {
    files,
    plugins: new NodePluginLoader(files),
    bundledPlugins: ['libcache.so', 'libinsn.so'],
  });
};

const fails = (attributes: unknown, message: RegExp) =>
  assert.rejects(launch(attributes), (error: Error) => {
    assert.ok(error instanceof RequestError, String(error.stack));
    assert.match(error.message, message);
    return true;
  });

const PROGRAM = { program: '/work/app/a.elf' };

describe('launch of a kernel', () => {
  it('takes a zImage with device tree, RAM disk and command line; the board starts bare', async () => {
    const { engine, warnings } = await launch({
      program: '/work/app/zImage',
      dtb: 'board.dtb',
      initrd: 'data.bin',
      append: 'console=ttyPS0',
    });
    const [image, ...others] = engine.images;
    assert.ok(image.kind === 'kernel' && others.length === 0);
    assert.equal(image.dtb?.name, '/work/app/board.dtb');
    assert.deepEqual(image.initrd?.bytes, new Uint8Array([1, 2, 3]));
    assert.equal(image.append, 'console=ttyPS0');
    assert.equal(engine.psInit, false);
    assert.deepEqual(engine.symbolFiles, []);
    assert.equal(engine.semihosting.commandLine, '/work/app/zImage console=ttyPS0');
    assert.deepEqual(warnings, []);
  });

  it('takes symbols from other files, psInit from the configuration, and any file with a kernel attribute', async () => {
    const { engine } = await launch({
      program: '/work/app/text.elf',
      append: '',
      symbolFiles: ['a.elf'],
      psInit: true,
    });
    assert.equal(engine.images[0].kind, 'kernel');
    assert.deepEqual(
      engine.symbolFiles.map(({ name }) => name),
      ['/work/app/a.elf'],
    );
    assert.equal(engine.psInit, true);
  });

  it('starts U-Boot as its first loader leaves the board', async () => {
    const { engine, warnings } = await launch({ program: '/work/app/u-boot.img', initrd: 'data.bin' });
    assert.deepEqual([engine.images[0].kind, engine.psInit], ['kernel', true]);
    assert.match(warnings.join(), /"initrd" is for a Linux kernel image/);
  });

  it('gives an ELF program its device tree', async () => {
    const { engine } = await launch({ ...PROGRAM, dtb: 'board.dtb', append: 'x' });
    assert.deepEqual(
      engine.images.map((image) => image.kind),
      ['elf', 'dtb'],
    );
  });

  it('names the file that is missing', async () => {
    await fails({ program: '/work/app/zImage', dtb: 'no.dtb' }, /"dtb": .*\/work\/app\/no\.dtb/);
    await fails({ program: '/work/app/zImage', initrd: 5 }, /"initrd" must be the path of a file, not 5/);
  });
});

describe('launch configuration', () => {
  it('fills in the defaults', async () => {
    const result = await launch(PROGRAM);
    assert.equal(result.program, '/work/app/a.elf');
    assert.equal(result.cwd, '/work/app');
    assert.equal(result.stopOnEntry, false);
    assert.equal(result.noDebug, false);
    assert.equal(result.console, 'debugConsole');
    assert.equal(result.logFile, undefined);
    assert.equal(result.pluginTimeoutMs, 10_000);
    assert.deepEqual(result.warnings, []);
    const { engine } = result;
    assert.equal(engine.machine, 'xilinx-zynq-a9');
    assert.equal(engine.memoryBytes, 128 * 2 ** 20);
    assert.equal(engine.smp, 1);
    assert.equal(engine.psInit, true);
    assert.deepEqual(
      engine.images.map(({ kind }) => kind),
      ['elf'],
    );
    assert.deepEqual(engine.symbolFiles[0].bytes, ELF);
    assert.deepEqual(engine.semihosting, { enabled: true, root: '/work/app', commandLine: '/work/app/a.elf' });
  });

  it('takes every attribute', async () => {
    const result = await launch({
      type: 'tcg',
      request: 'launch',
      name: 'x',
      program: 'a.elf',
      cwd: 'app',
      machine: 'xilinx-zynq-a9',
      cpu: 'cortex-a9',
      memory: '1G',
      smp: 2,
      args: ['one', 'two words'],
      plugins: [
        'libcache.so,arg=0x100000,arg=0x105D30',
        '/usr/lib/qemu/libcache.so',
        { file: 'plug.ts', args: { limit: 5, verbose: true, name: 'a,b' } },
        { file: 'libinsn.so', args: ['inline=on'] },
      ],
      log: { plugin: true, file: 'log.%d.txt' },
      semihosting: { enabled: false, root: 'files' },
      stopOnEntry: true,
      sourceMap: { '/build': 'src' },
      symbolFiles: ['a.elf', './a.elf'],
      psInit: false,
      console: 'terminal',
      loaders: [
        'loader,file=data.bin,addr=0x2000',
        'loader,file=a.elf,cpu-num=1',
        'loader,addr=0x100,data=0x1122,data-len=4,data-be=on',
        'loader,addr=0x200,cpu-num=1',
      ],
      noDebug: true,
      pluginTimeout: 1.5,
    });
    const { engine } = result;
    assert.equal(engine.memoryBytes, 2 ** 30);
    assert.equal(engine.cpu, 'cortex-a9');
    assert.equal(engine.smp, 2);
    assert.equal(engine.psInit, false);
    assert.deepEqual(
      engine.plugins.map(({ spec, path }) => [spec, path]),
      [
        ['libcache.so,arg=0x100000,arg=0x105D30', undefined],
        ['/usr/lib/qemu/libcache.so', undefined],
        ['plug.ts,limit=5,verbose=on,name=a,,b', '/work/app/plug.ts'],
        ['libinsn.so,inline=on', undefined],
      ],
    );
    assert.match(engine.plugins[2].code!, /qemu_plugin_install/);
    assert.deepEqual(engine.semihosting, {
      enabled: false,
      root: '/work/app/files',
      commandLine: 'a.elf one two words',
    });
    assert.deepEqual(
      engine.images.slice(1).map((image) => ({ ...image, bytes: undefined })),
      [
        { kind: 'raw', name: '/work/app/data.bin', bytes: undefined, address: 0x2000, cpu: undefined },
        { kind: 'elf', name: '/work/app/a.elf', bytes: undefined, cpu: 1 },
        { kind: 'data', address: 0x100, value: 0x1122n, length: 4, bigEndian: true, bytes: undefined },
        { kind: 'pc', address: 0x200, cpu: 1, bytes: undefined },
      ],
    );
    assert.deepEqual(
      engine.symbolFiles.map(({ name }) => name),
      ['/work/app/a.elf', '/work/app/a.elf', '/work/app/a.elf'],
    );
    assert.equal(result.logFile, '/work/app/log.4711.txt');
    assert.deepEqual(result.sourceMap, { '/build': '/work/app/src' });
    assert.equal(result.console, 'terminal');
    assert.equal(result.pluginTimeoutMs, 1500);
    assert.ok(result.stopOnEntry && result.noDebug);
    assert.deepEqual(result.warnings, []);
  });

  const MALFORMED: [name: string, attributes: unknown, message: RegExp][] = [
    ['no object', 'x', /^launch configuration: an object was expected, not "x"$/],
    ['nothing', undefined, /an object was expected, not nothing/],
    ['no program', {}, /"program" is missing: the path of an ELF file was expected/],
    ['program of a wrong type', { program: 5 }, /"program" must be the path of an ELF file, not 5/],
    ['an empty program', { program: ' ' }, /"program" must be the path of an ELF file, not " "/],
    ['a missing program', { program: '/work/app/b.elf' }, /"program": there is no file \/work\/app\/b\.elf/],
    ['a text file', { program: '/work/app/text.elf' }, /"program": \/work\/app\/text\.elf is not an ELF file/],
    ['a truncated ELF', { program: '/work/app/cut.elf' }, /cut\.elf: .*runs past the end of the file/],
    ['a foreign ELF', { program: '/work/app/x86.elf' }, /64-bit x86-64 \(machine 62\), not for 32-bit ARM/],
    ['an object file', { program: '/work/app/object.elf' }, /relocatable object file: link it/],
    ['machine', { ...PROGRAM, machine: 1 }, /"machine" must be the name of a board, not 1/],
    ['memory as a word', { ...PROGRAM, memory: 'lots' }, /"memory" must be a number of MiB.*, not "lots"/],
    ['negative memory', { ...PROGRAM, memory: -1 }, /"memory" must be a number of MiB.*, not -1/],
    ['smp', { ...PROGRAM, smp: 0 }, /"smp" must be a whole number from 1 to 4, not 0/],
    ['args', { ...PROGRAM, args: 'x' }, /"args" must be an array, not "x"/],
    ['an argument', { ...PROGRAM, args: ['a', 3] }, /"args\[1\]" must be a string, not 3/],
    ['cwd', { ...PROGRAM, cwd: '/nowhere' }, /"cwd": there is no folder \/nowhere/],
    ['plugins', { ...PROGRAM, plugins: 'libcache.so' }, /"plugins" must be an array of strings/],
    ['a plugin', { ...PROGRAM, plugins: [7] }, /"plugins\[0\]" must be a string or an object, not 7/],
    ['a plugin without file', { ...PROGRAM, plugins: [{}] }, /"plugins\[0\]\.file" is missing/],
    ['a plugin without name', { ...PROGRAM, plugins: [',x'] }, /"plugins\[0\]": plugin ",x" names no file/],
    ['plugin args', { ...PROGRAM, plugins: [{ file: 'x.js', args: 5 }] }, /"plugins\[0\]\.args" must be an array/],
    [
      'a plugin argument',
      { ...PROGRAM, plugins: [{ file: 'x.js', args: { a: {} } }] },
      /"plugins\[0\]\.args\.a": a string, a number, true or false was expected, not an object/,
    ],
    [
      'an unknown plugin',
      { ...PROGRAM, plugins: ['libx.so'] },
      /there is no plugin libx\.so: .*libcache\.so, libinsn\.so/,
    ],
    [
      'a native plugin',
      { ...PROGRAM, plugins: ['native.so'] },
      /native\.so is native code, made for QEMU's own process/,
    ],
    ['a missing plugin file', { ...PROGRAM, plugins: ['gone.js'] }, /there is no file \/work\/app\/gone\.js/],
    ['a plugin that is no script', { ...PROGRAM, plugins: ['bad.js'] }, /bad\.js is not valid JavaScript: .*1:/],
    ['log', { ...PROGRAM, log: true }, /"log" must be an object, not true/],
    ['log.plugin', { ...PROGRAM, log: { plugin: 'on' } }, /"log\.plugin" must be true or false, not "on"/],
    ['semihosting', { ...PROGRAM, semihosting: 'on' }, /"semihosting" must be true, false or an object/],
    ['semihosting.root', { ...PROGRAM, semihosting: { root: 1 } }, /"semihosting\.root" must be the path/],
    ['stopOnEntry', { ...PROGRAM, stopOnEntry: 'yes' }, /"stopOnEntry" must be true or false, not "yes"/],
    ['sourceMap', { ...PROGRAM, sourceMap: [] }, /"sourceMap" must be an object, not an array/],
    ['a mapped path', { ...PROGRAM, sourceMap: { a: 1 } }, /"sourceMap\.a" must be a string, not 1/],
    ['symbolFiles', { ...PROGRAM, symbolFiles: [1] }, /"symbolFiles\[0\]" must be a string, not 1/],
    ['a symbol file', { ...PROGRAM, symbolFiles: ['text.elf'] }, /"symbolFiles\[0\]": \/work\/app\/text\.elf: /],
    ['a symbol file', { ...PROGRAM, symbolFiles: [{ file: 'a.elf' }] }, /"symbolFiles\[0\]" must be/],
    ['console', { ...PROGRAM, console: 'x' }, /"console" must be "debugConsole" or "terminal", not "x"/],
    ['pluginTimeout', { ...PROGRAM, pluginTimeout: 0 }, /"pluginTimeout" must be a number of 0\.1 or more, not 0/],
    ['a loader device', { ...PROGRAM, loaders: ['foo'] }, /"loaders\[0\]": loader "foo": it must start with "loader,"/],
    ['a loader property', { ...PROGRAM, loaders: ['loader,x=1'] }, /"x" is no property of it/],
    ['loader data', { ...PROGRAM, loaders: ['loader,addr=0,data=1'] }, /data and data-len \(1 to 8\) belong together/],
    ['a loader pc', { ...PROGRAM, loaders: ['loader,addr=0'] }, /needs cpu-num/],
    ['a loader number', { ...PROGRAM, loaders: ['loader,addr=z,cpu-num=0'] }, /addr=z is no number/],
    ['a loader file', { ...PROGRAM, loaders: ['loader,file=no.bin'] }, /"loaders\[0\]": there is no file/],
    ['a loader flag', { ...PROGRAM, loaders: ['loader,file=data.bin,force-raw=2'] }, /neither on nor off/],
  ];
  for (const [name, attributes, message] of MALFORMED) {
    it(`refuses ${name}`, () => fails(attributes, message));
  }

  it('warns of attributes that do not exist, with what was probably meant', async () => {
    const { warnings } = await launch({ ...PROGRAM, memmory: '1G', zzz: 1, __sessionId: 'x', preLaunchTask: 'b' });
    assert.deepEqual(warnings, [
      'launch configuration: "memmory" is not an attribute of a tcg configuration and is ignored (did you mean "memory"?)',
      'launch configuration: "zzz" is not an attribute of a tcg configuration and is ignored',
    ]);
  });
});
