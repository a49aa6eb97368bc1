import assert from 'node:assert/strict';
import {
  formatPluginLine,
  namedArguments,
  parsePluginLine,
  parsePluginLines,
  pluginArguments,
  positionalArguments,
  type PluginObject,
} from '../../../src/plugin/args';

const optionsOf = (line: string) => parsePluginLines([line]).flatMap((request) => request.options);

/** What qemu-system-arm 7.2 gives to a plugin's install. */
const NAMED: [line: string, argv: string[]][] = [
  ['./p.so', []],
  ['file=./p.so,x=1', ['x=1']],
  [
    './p.so,arg=foo,arg=a=b,arg=on,x=1,foo,nobar,arg=nobar',
    ['foo=on', 'a=b', 'arg=on', 'x=1', 'foo=on', 'bar=off', 'nobar=on'],
  ],
  ['./p.so,arg=off,nofoo,no,arg,arg=,x=,,y,z=a,,b', ['arg=off', 'foo=off', '=off', 'arg=on', '=on', 'x=,y', 'z=a,b']],
  ['./p.so,arg=0x100000,arg=0x105D30', ['0x100000=on', '0x105D30=on']],
  [
    './p.so,arg=y,arg=n,arg=yes,arg=true,arg=false,arg=no,arg=ON',
    ['arg=y', 'arg=n', 'arg=yes', 'arg=true', 'arg=false', 'arg=no', 'ON=on'],
  ],
  ['./p.so,no-x,none,noarg', ['-x=off', 'ne=off', 'arg=off']],
  ['./p.so,a=x=y,arg=a=b=c,b=1,,', ['a=x=y', 'a=b=c', 'b=1,']],
  ['./p.so,arg=x,', ['x=on']],
  ['./p.so,=5', ['=5']],
  ['./p.so,a=1,a=2', ['a=1', 'a=2']],
];

describe('-plugin arguments', () => {
  for (const [line, argv] of NAMED) {
    it(`of ${line} are those of QEMU`, () => assert.deepEqual(namedArguments(optionsOf(line)).argv, argv));
  }

  it('warn of old spellings, short forms first', () => {
    const line = './p.so,arg=foo,foo,arg=a=b,nobar';
    const at = `-plugin ${line}: warning:`;
    assert.deepEqual(namedArguments(optionsOf(line)).warnings, [
      `${at} short-form boolean option 'foo' deprecated\nPlease use foo=on instead`,
      `${at} short-form boolean option 'nobar' deprecated\nPlease use bar=off instead`,
      `${at} using 'arg=foo' is deprecated\nPlease use 'foo=on' directly`,
      `${at} using 'arg=a=b' is deprecated\nPlease use 'a=b' directly`,
    ]);
  });

  it('are plain values for a plugin that declares positional ones', () => {
    const options = optionsOf('p.so,arg=0x100000,arg=a=b,0x105D30,x=1');
    assert.deepEqual(positionalArguments(options), { argv: ['0x100000', 'a=b', '0x105D30', 'x=1'], warnings: [] });
    const [request] = parsePluginLine('p.so,arg=a');
    const qemu_plugin_install = (): number => 0;
    const argv = (tcg_positional_arguments?: boolean | (() => boolean)) =>
      pluginArguments(request, { qemu_plugin_install, tcg_positional_arguments }).argv;
    assert.deepEqual(argv(true), ['a']);
    assert.deepEqual(
      argv(() => true),
      ['a'],
    );
    assert.deepEqual(
      argv(() => false),
      ['a=on'],
    );
    assert.deepEqual(argv(), ['a=on']);
  });

  it('of the same spelling are put together in its first place; another spelling is another plugin', () => {
    const requests = parsePluginLines(['./a.so,a=1', './b.so,c=3,file=q.so', 'file=./a.so,b=2', 'a.so', '']);
    assert.deepEqual(
      requests.map(({ file, options }) => [file, namedArguments(options).argv]),
      [
        ['./a.so', ['a=1', 'b=2']],
        ['./b.so', ['c=3']],
        ['q.so', []],
        ['a.so', []],
      ],
    );
  });

  it('may name a file with commas', () => {
    assert.deepEqual(
      parsePluginLine('a,,b.so,x=1').map(({ file }) => file),
      ['a,b.so'],
    );
  });

  for (const [line, message] of [
    ['arg=1', "-plugin arg=1: missing earlier '-plugin file=' option"],
    ['x=1,file=a', "-plugin x=1,file=a: missing earlier '-plugin file=' option"],
    ['file=', '-plugin file=: requires a non-empty argument'],
    [',a=1', '-plugin ,a=1: requires a non-empty argument'],
    ['a.so,file=', '-plugin a.so,file=: requires a non-empty argument'],
  ]) {
    it(`refuse "${line}"`, () => assert.throws(() => parsePluginLine(line), { name: 'PluginOptionError', message }));
  }

  it('may come as an object', () => {
    const roundTrip = (plugin: PluginObject) => {
      const [{ file, options }] = parsePluginLine(formatPluginLine(plugin));
      return [file, ...namedArguments(options).argv];
    };
    assert.deepEqual(roundTrip({ file: 'a,b.so' }), ['a,b.so']);
    assert.deepEqual(roundTrip({ file: 'dir=x/a.so', args: ['x=1,2', 'y'] }), ['dir=x/a.so', 'x=1,2', 'y=on']);
    const args = { l2: true, inline: false, limit: 5, evict: 'fifo' };
    assert.deepEqual(roundTrip({ file: 'c', args }), ['c', 'l2=on', 'inline=off', 'limit=5', 'evict=fifo']);
  });
});
