import assert from 'node:assert/strict';
import { LAUNCH_SCHEMA } from '../../../src/extension/manifest/launch-schema';
import { checkSchema } from '../../../src/extension/launch/schema-check';

const check = (config: Record<string, unknown>): string[] =>
  checkSchema({ ...LAUNCH_SCHEMA, type: 'object' }, { program: 'a.elf', ...config }, '');

describe('checking a launch configuration', () => {
  it('accepts a full configuration', () => {
    const full = {
      machine: 'xilinx-zynq-a9',
      memory: '1.5G',
      smp: 1,
      args: ['one', ''],
      plugins: ['libcache.so', { file: 'libinsn.so', args: ['inline=on'] }, { file: 'a.ts', args: { x: 1, y: true } }],
      log: { plugin: false, file: 'x-%d.log' },
      semihosting: { enabled: true, root: '.' },
      stopOnEntry: true,
      sourceMap: { '/build': '.' },
      symbolFiles: ['rom.elf', 'b.elf'],
      psInit: false,
      busErrors: true,
      console: 'terminal',
      loaders: ['loader,file=x.bin,addr=0'],
      pluginTimeout: 0.5,
      name: 'anything of VS Code',
    };
    assert.deepEqual(check(full), []);
  });

  const wrong: [config: Record<string, unknown>, message: string][] = [
    [{ program: undefined }, '"program" is missing'],
    [{ program: '' }, '"program" must not be empty'],
    [{ program: 3 }, '"program" must be a string, not 3'],
    [{ plugins: 'libcache.so' }, '"plugins" must be a list, not "libcache.so"'],
    [{ plugins: [3] }, '"plugins[0]" must be a string or an object, not 3'],
    [{ plugins: [{ args: [] }] }, '"plugins[0].file" is missing'],
    [
      { plugins: [{ file: 'a', args: 'x=1' }] },
      '"plugins[0].args" must be a list (a string each) or an object, not "x=1"',
    ],
    [
      { plugins: [{ file: 'a', args: { x: [] } }] },
      '"plugins[0].args.x" must be a string, a number or true or false, not []',
    ],
    [{ plugins: [{ file: 'a', arg: [] }] }, '"plugins[0].arg" is unknown; known are file and args'],
    [{ memory: 'lots' }, '"memory" is "lots"; expected: A number of MiB, or a number with K, M, G or T: "512M"'],
    [{ memory: 0 }, '"memory" must be at least 1, not 0'],
    [{ smp: 1.5 }, '"smp" must be a whole number, not 1.5'],
    [{ smp: 99 }, '"smp" must be at most 4, not 99'],
    [{ stopOnEntry: 'yes' }, '"stopOnEntry" must be true or false, not "yes"'],
    [{ machine: 'virt' }, '"machine" must be "xilinx-zynq-a9", not "virt"'],
    [{ console: 'window' }, '"console" must be "debugConsole" or "terminal", not "window"'],
    [{ semihosting: 'on' }, '"semihosting" must be true or false or an object, not "on"'],
    [{ semihosting: { root: 1 } }, '"semihosting.root" must be a string, not 1'],
    [{ log: true }, '"log" must be an object, not true'],
    [{ log: null }, '"log" must be an object, not null'],
    [{ sourceMap: { '/a': 1 } }, '"sourceMap./a" must be a string, not 1'],
    [{ symbolFiles: [1] }, '"symbolFiles[0]" must be a string, not 1'],
    [{ args: [1, 'two', false] }, '"args[0]" must be a string, not 1'],
  ];
  for (const [config, message] of wrong) {
    it(`says: ${message}`, () => assert.equal(check(config)[0], message));
  }

  it('reports every problem, and shortens what it shows of a long value', () => {
    assert.equal(check({ args: [1, 'two', false], smp: 0 }).length, 3);
    const [message] = check({ stopOnEntry: 'x'.repeat(1000) });
    assert.ok(message && message.length < 130 && message.endsWith('…'), message);
  });
});
