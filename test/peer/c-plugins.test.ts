import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { WASI } from 'node:wasi';
import { buildCommand, Command, programFile, run, withFolder, type Outcome } from '../unit/cli/command';
import { programConfig, Session } from '../unit/engine/session';
import { runQemu } from './run-qemu.mjs';

const NATIVE = '-O2 -std=gnu11 -Wall -Wextra -Werror -shared -fPIC -Iinclude'.split(' ');
const folder = path.resolve('out/c-plugins');

/** `pkg-config` flags of the real GLib. */
function glib(what: '--cflags' | '--libs'): string[] {
  return execFileSync('pkg-config', [what, 'glib-2.0'], { encoding: 'utf8' }).trim().split(/\s+/);
}

/** A compiler takes its time. */
const compile = (args: readonly string[]): Promise<Outcome> => new Command(args, { timeoutMs: 120_000 }).ended;

/** The same source, built for QEMU with the real GLib and for here with the small one: the plugins' paths. */
async function buildBoth(name: string): Promise<{ native: string; module: string }> {
  const source = path.resolve(`test/cplugins/${name}.c`);
  const native = path.join(folder, `lib${name}.so`);
  const module = path.join(folder, `lib${name}.wasm`);
  execFileSync('cc', [...NATIVE, ...glib('--cflags'), source, '-o', native, ...glib('--libs')], { stdio: 'inherit' });
  const built = await compile(['plugin', 'build', '--api', '1', source, '-o', module, '-Wall', '-Wextra', '-Werror']);
  assert.equal(built.status, 0, built.stderr);
  assert.equal(built.stdout, `${module}: plugin API version 1\n`);
  return { native, module };
}

/** Equal texts, or the first line that differs. */
function sameLines(actual: string, expected: string): void {
  const [ours, theirs] = [actual.split('\n'), expected.split('\n')];
  const at = ours.findIndex((line, i) => line !== theirs[i]);
  if (at >= 0) assert.equal(`${at}: ${ours[at]}`, `${at}: ${theirs[at]}`);
  assert.equal(ours.length, theirs.length);
}

interface Case {
  readonly plugin: string;
  readonly args: string;
  readonly program: string;
  /** A file that the plugin writes, which is compared too. */
  readonly file?: string;
}

const CASES: readonly Case[] = [
  { plugin: 'blocks', args: 'inline=on,limit=0', program: 'sort-t32-O3' },
  { plugin: 'blocks', args: 'limit=10', program: 'crc-a32-O1' },
  { plugin: 'accesses', args: 'pagesize=256', program: 'uart-t32-O2' },
  { plugin: 'accesses', args: 'track=rw', program: 'mmu-a32-O1' },
  { plugin: 'classes', args: '', program: 'strings-newlib-a32-O2' },
  { plugin: 'classes', args: '', program: 'media-t32-O1' },
  { plugin: 'trace', args: 'lines=3000', program: 'recursion-t32-O0' },
  { plugin: 'trace', args: 'insn=ldr+stm+push', program: 'dispatch-a32-O3' },
  { plugin: 'cache', args: '', program: 'unaligned-a32-O2' },
  { plugin: 'coverage', args: 'filename=c.bin', program: 'recursion-a32-O1', file: 'c.bin' },
  { plugin: 'mixed', args: '', program: 'sort-t32-O3' },
  { plugin: 'mixed', args: '', program: 'dispatch-a32-O3' },
  { plugin: 'lifecycle', args: 'foo,nobar,arg=old,x=a,,b', program: 'crc-t32-O2' },
  { plugin: 'lifecycle', args: 'mode=leave', program: 'crc-t32-O2' },
];

describe('C plugins: the same source on QEMU and here', () => {
  before(async function () {
    this.timeout(120_000);
    mkdirSync(folder, { recursive: true });
    await buildCommand();
  });
  const built = new Map<string, Promise<{ native: string; module: string }>>();
  const both = (name: string): Promise<{ native: string; module: string }> => {
    let made = built.get(name);
    if (!made) built.set(name, (made = buildBoth(name)));
    return made;
  };

  for (const { plugin, args, program, file } of CASES) {
    it(`${plugin}${args ? `,${args}` : ''} on ${program}: an identical log`, async () => {
      const { native, module } = await both(plugin);
      const suffix = args ? `,${args}` : '';
      const elf = programFile(program);
      await withFolder(async (there) => {
        const qemu = await runQemu({ elf, plugins: [native + suffix], cwd: there });
        await withFolder(async (here) => {
          const log = path.join(here, 'plugin.log');
          const options = ['-semihosting', '-plugin-files', here, '-d', 'plugin', '-D', log];
          const program = ['-device', `loader,file=${elf},cpu-num=0`];
          const ours = await run([...program, ...options, '-plugin', module + suffix], '', here);
          assert.equal(ours.status, qemu.code, ours.stderr);
          const text = readFileSync(log, 'utf8');
          assert.ok(text.length > 20, text);
          sameLines(text, qemu.log);
          if (file) assert.deepEqual(readFileSync(path.join(here, file)), readFileSync(path.join(there, file)));
        });
      });
    });
  }

  it('finds the module beside a native plugin', async () => {
    const { native } = await both('blocks');
    const ours = await run(['-kernel', programFile('crc-a32-O1'), '-semihosting', '-plugin', native, '-d', 'plugin']);
    assert.equal(ours.status, 0, ours.stderr);
    assert.match(ours.stderr, /^collected \d+ entries of arm\n/m);
  });

  it('a plugin that refuses ends the launch in the same words', async () => {
    const { native, module } = await both('lifecycle');
    const elf = programFile('crc-a32-O1');
    const words = /Could not load plugin .*: qemu_plugin_install returned error code 3/;
    const plugin = ['-plugin', `${native},mode=refuse`];
    const qemu = spawnSync('qemu-system-arm', ['-M', 'xilinx-zynq-a9', '-display', 'none', '-kernel', elf, ...plugin]);
    assert.match(qemu.stderr.toString(), words);
    assert.equal(qemu.status, 1);
    const ours = await run(['-kernel', elf, '-plugin', `${module},mode=refuse`]);
    assert.match(ours.stderr, words);
    assert.equal(ours.status, 1);
  });
});

describe('C plugins: here alone', () => {
  before(async function () {
    this.timeout(120_000);
    mkdirSync(folder, { recursive: true });
    await buildCommand();
  });
  const build = async (name: string, ...options: string[]): Promise<string> => {
    const module = path.join(folder, `${name}.wasm`);
    const source = path.resolve(`test/cplugins/${name}.c`);
    const built = await compile(['plugin', 'build', source, '-o', module, '-Wall', '-Wextra', ...options]);
    assert.equal(built.status, 0, built.stderr);
    return module;
  };
  const runWith = (plugin: string, program = 'sgi-a32-O2', ...options: string[]): ReturnType<typeof run> =>
    run(['-kernel', programFile(program), '-semihosting', '-plugin', plugin, '-d', 'plugin', ...options]);

  it('the newest version: scoreboards, conditions, values, registers, memory, discontinuities', async () => {
    const module = await build('modern');
    const { stderr, status } = await runWith(module);
    assert.equal(status, 0, stderr);
    const insns = Number(/total insns: (\d+)/.exec((await runWith('libinsn.so')).stderr)?.[1]);
    const traps = /^ +0, +(\d+), +(\d+), +(\d+)$/m.exec((await runWith('libtraps.so')).stderr);
    for (const line of [
      'r0 org.gnu.gdb.arm.core',
      'vCPU 0 of 1: registers many',
      'without registers: -1',
      'store: value in memory, physical the same, sp of 4 bytes',
      'write 4',
      `insns ${insns} ticks ${Math.floor(insns / 100)} rest ${insns % 100} last seen`,
      `interrupts ${traps?.[1]} exceptions ${traps?.[2]} hostcalls ${traps?.[3]} stored something`,
    ]) {
      assert.ok(stderr.split('\n').includes(line), `${line}\n${stderr}`);
    }
  });

  it('counters that have no room where translated code reaches them are counted by calls', async () => {
    await withFolder(async (there) => {
      const hog = path.join(there, 'hog.js');
      writeFileSync(
        hog,
        `exports.qemu_plugin_install = (id, info, argv, q) => {
          for (const [size, count] of [[1 << 20, 7], [1 << 14, 4], [256, 50], [8, 40]])
            for (let i = 0; i < count; i++) q.qemu_plugin_scoreboard_new(size);
        };`,
      );
      const source = path.resolve('test/cplugins/mixed.c');
      for (const [api, args] of [
        [1, ''],
        [3, ',cond=on'],
        [3, ',find=on'],
      ] as const) {
        const module = path.join(folder, `mixed-room-${api}.wasm`);
        await compile(['plugin', 'build', '--api', `${api}`, source, '-o', module]);
        const expected = await runWith(module + args, 'sgi-a32-O2');
        const actual = await runWith(hog, 'sgi-a32-O2', '-plugin', module + args);
        assert.match(expected.stderr, /^insns \d+ blocks/m);
        assert.equal(actual.stderr, expected.stderr);
      }
    });
  });

  it('counters that translated code and callbacks share: the same by variables, calls and pointers, on every tier', async () => {
    const counts = async (api: number, args = '', ...options: string[]): Promise<string[]> => {
      const module = path.join(folder, `mixed-${api}.wasm`);
      const source = path.resolve('test/cplugins/mixed.c');
      if (!existsSync(module) || args === '')
        await compile(['plugin', 'build', '--api', `${api}`, source, '-o', module]);
      const { stderr, status } = await runWith(module + args, 'crc-a32-O1', ...options);
      assert.equal(status, 0, stderr);
      return stderr.split('\n').filter((line) => /^(insns|last) /.test(line));
    };
    const [variables] = await counts(1);
    assert.match(variables, /^insns \d{7,} blocks \d{3,} accesses \d{3,} calls \d{4,} hash [0-9a-f]{10,}$/);
    const [byCalls, rest] = await counts(3);
    assert.equal(byCalls, variables);
    assert.match(rest, /^last seen ticks 0 all insns \d{7,}$/);
    const conditional = await counts(3, ',cond=on');
    assert.match(conditional[1], /ticks [1-9]\d/);
    for (const tier of ['auto', 'interp', 'wasm']) {
      if (tier !== 'auto') assert.deepEqual(await counts(1, ',tier', '-tier', tier), [variables], tier);
      if (tier !== 'interp') assert.deepEqual(await counts(3, ',find=on', '-tier', tier), [byCalls, rest], tier);
      if (tier !== 'auto') assert.deepEqual(await counts(3, ',cond=on', '-tier', tier), conditional, tier);
      assert.deepEqual(await counts(3, ',cond=on,find=on', '-tier', tier), conditional, tier);
    }
  });

  it('what goes beyond QEMU’s API, and stdout', async () => {
    const module = await build('beyond');
    const matmul = ['-kernel', programFile('matmul'), '-semihosting', '-serial', 'null', '-d', 'plugin'];
    const { stdout, stderr, status } = await run([
      ...matmul,
      ...['-plugin', 'libcache.so,limit=0', '-plugin', `${module},at=0x100310`],
    ]);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^installed\nfirst of 1: vcpu 0, cp15, ICIALLU \w+\nthe end without a line's$/);
    assert.match(stderr, /^insns \d{7}, after \d{7}, line 1 .*main\.c:\d+, cached 1$/m);
    const plugins = [{ spec: module, wasm: new Uint8Array(readFileSync(module)), path: module }];
    const session = await Session.start(programConfig('matmul', { plugins }));
    await session.engine.setCallbackBreakpoints([{ id: 7, kind: 'plugin:beyond.wasm/every' }]);
    const stopped = await session.run();
    assert.equal(stopped.kind, 'stopped');
    const [report] = await session.engine.pluginStatistics(5);
    assert.equal(report.text, 'operations: 200\n');
    assert.deepEqual(report.tables, [
      {
        ...{ id: 'counts', title: 'Counts', columns: ['what', 'number'] },
        rows: [
          ['operations', 200],
          ['limit', 5],
          ['share', 0.5],
        ],
      },
    ]);
    await session.engine.dispose();
  });

  for (const [how, words] of [
    ['memory', /plugin .*faulty.wasm: its tb_exec callback threw .*memory access out of bounds/],
    ['assert', /ERROR:.*faulty\.c:\d+:executed: assertion failed: \(vcpu > 7\)/],
    ['exit', /plugin .*faulty.wasm: its tb_exec callback threw .*it called exit\(3\)/],
    ['hungry', /out of memory: cannot allocate 16777216 bytes/],
    ['lock', /deadlock: the GMutex is locked already/],
    ['null', /plugin .*faulty.wasm: its tb_exec callback threw .*RuntimeError/],
  ] as const) {
    it(`a plugin that goes wrong (${how}) is named and switched off; the guest goes on`, async () => {
      const module = await build('faulty');
      const { stderr, stdout, status } = await runWith(`${module},how=${how}`, 'crc-a32-O1');
      assert.match(stderr, words);
      assert.match(stderr, /switched off/);
      assert.equal(status, 0);
      assert.equal(stdout, (await run(['-kernel', programFile('crc-a32-O1'), '-semihosting'])).stdout);
    });
  }

  for (const after of [100_000, 100_001, 150_007]) {
    it(`one that traps at its ${after}th call leaves compiled code where it stands`, async () => {
      const module = await build('faulty');
      const program = programFile('sort-t32-O3');
      const { stderr, stdout, status } = await runWith(`${module},how=memory,after=${after}`, 'sort-t32-O3');
      assert.match(stderr, /faulty.wasm: its \w+ callback threw .*memory access out of bounds/);
      assert.equal(status, 0, stderr);
      assert.equal(stdout, (await run(['-kernel', program, '-semihosting'])).stdout);
    });
  }

  it('a callback of another type than it is called with is called as QEMU does', async () => {
    const module = await build('faulty');
    const { stderr, status } = await runWith(`${module},how=type`, 'sort-t32-O3');
    const blocks = (await runWith('libbb.so', 'sort-t32-O3')).stderr;
    assert.equal(status, 0, stderr);
    assert.equal(/called (\d+) times/.exec(stderr)?.[1], /bb's: (\d+)/.exec(blocks)?.[1], blocks);
  });

  it('opens files in the granted folder only', async () => {
    const module = await build('coverage', '--api', '1');
    const refused = await runWith(`${module},filename=c.bin`, 'crc-a32-O1');
    assert.match(refused.stderr, /^cannot write the file$/m);
    await withFolder(async (granted) => {
      const outside = await runWith(`${module},filename=../c.bin`, 'crc-a32-O1', '-plugin-files', granted);
      assert.match(outside.stderr, /^cannot write the file$/m);
    });
  });

  it('says what is wrong with a source or a module', async () => {
    await withFolder(async (there) => {
      const bad = path.join(there, 'bad.c');
      writeFileSync(bad, '#include <qemu-plugin.h>\nint main(void) { return fork(); }\n');
      const built = await compile(['plugin', 'build', bad, '-o', path.join(there, 'bad.wasm')]);
      assert.equal(built.status, 1);
      assert.match(built.stderr, /bad\.c:2:\d+: error: .*'fork'/);
      const noModule = path.join(there, 'no.wasm');
      writeFileSync(noModule, 'not a module');
      const loaded = await runWith(noModule);
      assert.equal(loaded.status, 1);
      assert.match(loaded.stderr, /Could not load plugin .*no\.wasm: not a WebAssembly module/);
    });
  });
});

describe('the small GLib', () => {
  it('does what GLib does', async () => {
    mkdirSync(folder, { recursive: true });
    const source = path.resolve('test/sdk/glib-behaviour.c');
    const native = path.join(folder, 'glib-behaviour');
    execFileSync('cc', ['-w', ...glib('--cflags'), source, '-o', native, ...glib('--libs')]);
    const expected = execFileSync(native, { encoding: 'utf8' });
    const module = path.join(folder, 'glib-behaviour.wasm');
    const sdk = path.resolve('plugin-sdk/glib');
    const sources = execFileSync('sh', ['-c', `ls ${sdk}/src/*.c`], { encoding: 'utf8' })
      .trim()
      .split('\n');
    execFileSync('clang', ['--target=wasm32-wasi', '-O2', '-w', `-I${sdk}/include`, source, ...sources, '-o', module]);
    const output = path.join(folder, 'glib-behaviour.out');
    await runWasi(module, output);
    const actual = readFileSync(output, 'utf8');
    assert.ok(expected.split('\n').length > 40);
    sameLines(actual, expected);
  });
});

/** Runs a WASI command with its standard output in a file. */
async function runWasi(module: string, output: string): Promise<void> {
  const stdout = openSync(output, 'w');
  try {
    const wasi = new WASI({ version: 'preview1', stdout, preopens: { '/': folder } });
    const { instance } = await WebAssembly.instantiate(
      readFileSync(module),
      wasi.getImportObject() as WebAssembly.Imports,
    );
    assert.equal(wasi.start(instance), 0);
  } finally {
    closeSync(stdout);
  }
}
