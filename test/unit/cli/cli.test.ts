import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildCommand, Command, programFile, rawProgram, run, withFolder } from './command';

const NOTHING = programFile('nothing-a32');

/** b . */
const FOREVER = [0xeafffffe];
const EXIT = [0xe3a00018, 0xe59f1000, 0xef123456, 0x00020026];

/** A plugin that says when it begins and when it ends. */
const WORDS_PLUGIN = `
const q = require('qemu-plugin');
exports.qemu_plugin_install = (id) => {
  q.qemu_plugin_outs('first words\\n');
  q.qemu_plugin_register_atexit_cb(id, () => q.qemu_plugin_outs('last words\\n'));
  return 0;
};`;

const KERNEL = path.resolve('test/programs/boot/kernel.zimage');

describe('command line', () => {
  before(buildCommand);

  describe('refuses what it cannot run, by name', () => {
    const cases: Record<string, [readonly string[], RegExp]> = {
      'nothing at all': [[], /^tcgscope: no program: give an ELF file, -kernel file, or -device loader,file=/],
      'an unknown option': [['-wat', 'x'], /^tcgscope: -wat: invalid option\n$/],
      'a missing value': [['-kernel'], /^tcgscope: -kernel: requires an argument\n$/],
      'a program that is not there': [
        ['-kernel', 'no.elf'],
        /^tcgscope: -kernel no\.elf: there is no file .*no\.elf\n$/,
      ],
      'a program that is no ELF file': [[path.resolve('package.json')], /^tcgscope: -kernel .*not an ELF file/],
      'an empty kernel': [['-kernel', '/dev/null'], /^tcgscope: -kernel \/dev\/null: .*\n$/],
      'a device tree without a kernel': [
        ['-dtb', 'x.dtb', '-device', 'loader,addr=0,cpu-num=0'],
        /^tcgscope: -dtb: needs a kernel \(-kernel file\)\n$/,
      ],
      'a device tree that is none': [
        ['-kernel', KERNEL, '-dtb', path.resolve('package.json')],
        /package\.json: not a device tree blob: it begins with 0x7b0a2020, not 0xd00dfeed\n/,
      ],
      'a RAM disk that is missing': [
        ['-kernel', KERNEL, '-initrd', 'no.img'],
        /^tcgscope: -initrd no\.img: there is no file/,
      ],
      'a second program': [['a.elf', 'b.elf'], /^tcgscope: b\.elf: a program is given already \(a\.elf\)\n$/],
      'an unknown machine': [['-M', 'virt', NOTHING], /^tcgscope: -M: unsupported machine type 'virt'/],
      'an unknown CPU': [['-cpu', 'cortex-m3', NOTHING], /^tcgscope: -cpu: unknown CPU model 'cortex-m3'/],
      'too many CPUs': [['-smp', '3', NOTHING], /^tcgscope: .*Invalid SMP CPUs 3/],
      'no size': [['-m', 'much', NOTHING], /^tcgscope: -m much: not a size\n$/],
      'no memory': [['-m', '0', NOTHING], /^tcgscope: -m 0: not a size\n$/],
      'too much memory': [['-m', '4G', NOTHING], /^tcgscope: .*2/],
      'a plugin that is not there': [
        ['-plugin', 'no.so', NOTHING],
        /^tcgscope: Could not load plugin no\.so: .*no file/,
      ],
      'a plugin without a name': [
        ['-plugin', 'arg=1', NOTHING],
        /^tcgscope: -plugin arg=1: missing earlier '-plugin file=' option/,
      ],
      'a plugin that refuses': [
        ['-plugin', 'libcache.so,dcachesize=3', NOTHING],
        /tcgscope: Could not load plugin libcache\.so: qemu_plugin_install returned error code -1\n$/,
      ],
      'a device that is no loader': [['-device', 'e1000', NOTHING], /^tcgscope: -device e1000: only loader is there/],
      'a loader without anything': [['-device', 'loader', NOTHING], /^tcgscope: -device loader: .*it needs a file/],
      'a loader without its file': [
        ['-device', 'loader,file=no.bin,addr=0', NOTHING],
        /^tcgscope: -device loader,file= no\.bin: there is no file/,
      ],
      'an unwritable log': [
        ['-D', '/no/such/folder/log', NOTHING],
        /^tcgscope: Error opening logfile \/no\/such\/folder\/log: /,
      ],
      'an unknown log item': [['-d', 'everything', NOTHING], /^tcgscope: -d everything: no log item 'everything'/],
      'an unwritable serial file': [
        ['-serial', 'file:/no/such/folder/x', NOTHING],
        /^tcgscope: -serial file:\/no\/such\/folder\/x: /,
      ],
      'statistics in no known form': [['-cache-statistics', 'x.txt', NOTHING], /^tcgscope: -cache-statistics x\.txt: /],
      'a bad icount': [
        ['-icount', 'shift=11', NOTHING],
        /^tcgscope: -icount: shift must be auto or a number from 0 to 10\n$/,
      ],
    };
    for (const [name, [args, message]] of Object.entries(cases)) {
      it(name, async () => {
        const { status, stderr, stdout } = await run(args);
        assert.match(stderr, message);
        assert.deepEqual([status, stdout], [1, '']);
      });
    }
  });

  it('lists machines, CPUs and log items, shows help and version', async () => {
    const texts: Record<string, RegExp> = {
      '-M help': /^Supported machines are:\nxilinx-zynq-a9 /,
      '-cpu help': /^Available CPUs:\ncortex-a9 /,
      '-d help': /^Log items \(comma separated\):\nplugin /,
      '-help': /-device loader,file=f/,
      '--version': /^tcgscope \d+\.\d+\.\d+/,
    };
    for (const [args, text] of Object.entries(texts)) {
      const { status, stdout, stderr } = await run(args.split(' '));
      assert.match(stdout, text);
      assert.deepEqual([status, stderr], [0, '']);
    }
  });

  it("prints what a plugin says before it refuses, with QEMU's words", async () => {
    const { status, stderr } = await run(['-plugin', 'libcache.so,arg=1', '-d', 'plugin', NOTHING]);
    assert.equal(status, 1);
    assert.match(
      stderr,
      /^Wrong number of arguments to plugin!\ntcgscope: Could not load plugin libcache\.so: qemu_plugin_install returned error code -?\d+\n$/,
    );
  });

  it('a flood of a million lines is in the file to the last', async function () {
    this.timeout(120_000);
    await withFolder(async (folder) => {
      const [log, plugin] = [path.join(folder, 'log'), path.join(folder, 'flood.js')];
      writeFileSync(
        plugin,
        `exports.qemu_plugin_install = (id, info, argv, q) => {
          let lines = 0;
          q.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => q.qemu_plugin_register_vcpu_tb_exec_cb(tb, () => {
            for (let i = 0; i < 1000 && lines < 1e6; i++) q.qemu_plugin_outs('line ' + lines++ + ' of the flood\\n');
          }, 0, undefined));
        };`,
      );
      const args = ['-semihosting', '-plugin', plugin, '-d', 'plugin', '-D', log, programFile('uart-t32-O2')];
      const command = new Command(args, { timeoutMs: 100_000 });
      command.child.stdin.end();
      assert.equal((await command.ended).status, 0);
      const lines = readFileSync(log, 'latin1').split('\n');
      assert.equal(lines.pop(), '');
      assert.equal(lines.length, 1_000_000);
      assert.ok(lines.every((line, index) => line === `line ${index} of the flood`));
    });
  });

  it('runs a program: console to standard output, log to the file, exit code of the guest', async () => {
    await withFolder(async (folder) => {
      const log = path.join(folder, 'log-%d');
      const expected = readFileSync('test/programs/uart-t32-O2.out', 'latin1');
      const args = ['-semihosting', '-plugin', 'libinsn.so', '-d', 'plugin', '-D', log, programFile('uart-t32-O2')];
      const command = new Command(args);
      command.child.stdin.end();
      const { status, stdout, stderr } = await command.ended;
      assert.deepEqual([status, stdout + stderr], [0, expected]);
      assert.match(readFileSync(log.replace('%d', String(command.child.pid)), 'latin1'), /insns: 6704\n/);
      // EXIT with another reason is status 1; EXIT_EXTENDED carries the code.
      const failing = await run([...rawProgram(folder, [0xe3a00018, 0xe3a01001, 0xef123456]), '-semihosting']);
      assert.equal(failing.status, 1);
      const words = [0xe3a00020, 0xe28f1000, 0xef123456, 0x00020026, 42];
      assert.equal((await run([...rawProgram(folder, words), '-semihosting'])).status, 42);
    });
  });

  it('a log that nobody asked for is not shown', async () => {
    const { stdout, stderr, status } = await run(['-semihosting', '-plugin', 'libinsn.so', NOTHING]);
    assert.deepEqual([status, stdout, stderr.includes('insns')], [0, '', false]);
  });

  it('a program counter outside of memory: message, status 1, last words of plugins', async () => {
    await withFolder(async (folder) => {
      const file = path.join(folder, 'words.js');
      writeFileSync(file, WORDS_PLUGIN);
      const code = rawProgram(folder, [0xe3a0e000, 0xe3a0f20a]);
      const { status, stderr } = await run([...code, '-plugin', file, '-d', 'plugin']);
      assert.equal(status, 1);
      assert.equal(
        stderr.replace(/last words\n/, ''),
        'first words\ntcgscope: the guest stopped: The program counter is at 0xa0000000, where there is no memory (lr: 0x0).\n',
      );
      assert.match(stderr, /last words\n/);
    });
  });

  for (const [signal, status] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    it(`${signal} ends the guest with the plugins' last words and status ${status}`, async () => {
      await withFolder(async (folder) => {
        const file = path.join(folder, 'words.js');
        writeFileSync(file, WORDS_PLUGIN);
        const command = new Command([...rawProgram(folder, FOREVER), '-plugin', file, '-d', 'plugin']);
        await command.printed('first words');
        await new Promise((resolve) => setTimeout(resolve, 50));
        command.child.kill(signal);
        const outcome = await command.ended;
        assert.deepEqual([outcome.status, outcome.stderr], [status, 'first words\nlast words\n']);
      });
    });
  }

  it('a second signal does not wait for a plugin that never returns', async () => {
    await withFolder(async (folder) => {
      const file = path.join(folder, 'stuck.js');
      writeFileSync(
        file,
        `const q = require('qemu-plugin');
        exports.qemu_plugin_install = () => { q.qemu_plugin_outs('first words\\n'); for (;;); };`,
      );
      const outcome = async (startMs: number): Promise<(number | string | null)[]> => {
        const command = new Command([...rawProgram(folder, FOREVER), '-plugin', file, '-d', 'plugin,unimp']);
        await new Promise((resolve) => setTimeout(resolve, startMs));
        command.child.kill('SIGINT');
        await new Promise((resolve) => setTimeout(resolve, startMs / 7));
        command.child.kill('SIGINT');
        const { status, signal } = await command.ended;
        // Killed outright, it had not begun to listen for signals yet: a plugin that never returns prints nothing that could tell.
        return signal === 'SIGINT' && startMs < 20_000 ? outcome(2 * startMs) : [status, signal];
      };
      assert.deepEqual(await outcome(700), [130, null]);
    });
  });

  describe('standard input', () => {
    /** Semihosting READC until -1, each byte written with WRITEC. */
    const ECHO = [
      0xe3a00007, // 00 mov r0, #7
      0xef123456, // 04 svc
      0xe3700001, // 08 cmn r0, #1
      0x0a000004, // 0c beq end
      0xe28f1024, // 10 add r1, pc, #0x24 -> 3c
      0xe5c10000, // 14 strb r0, [r1]
      0xe3a00003, // 18 mov r0, #3
      0xef123456, // 1c svc
      0xeafffff6, // 20 b 00
      ...EXIT, // 24
      0, // 34
      0, // 38
      0, // 3c
    ];

    it('reaches semihosting READC, and so does its end', async () => {
      await withFolder(async (folder) => {
        const { status, stderr } = await run([...rawProgram(folder, ECHO), '-semihosting'], 'typed text\n');
        assert.deepEqual([status, stderr], [0, 'typed text\n']);
      });
    });

    it('much of it is not lost', async () => {
      await withFolder(async (folder) => {
        const text = Array.from({ length: 20_000 }, (_, i) => `${i}\n`).join('');
        const { status, stderr } = await run([...rawProgram(folder, ECHO), '-semihosting'], text);
        assert.equal(status, 0);
        assert.ok(stderr === text, `${stderr.length} of ${text.length} characters`);
      });
    });

    it('comes when it is typed', async () => {
      await withFolder(async (folder) => {
        const command = new Command([...rawProgram(folder, ECHO), '-semihosting']);
        for (const word of ['one ', 'two ']) {
          command.child.stdin.write(word);
          await command.printed(word);
        }
        command.child.stdin.end();
        assert.equal((await command.ended).status, 0);
      });
    });

    it('reaches the UART', async () => {
      await withFolder(async (folder) => {
        // UART1 at 0xe0001000: wait for a byte (bit 1 of 0x2c: empty), send it on, end after a newline.
        const words = [
          0xe3a0120e, // 00 mov r1, #0xe0000000
          0xe3811a01, // 04 orr r1, r1, #0x1000
          0xe591202c, // 08 ldr r2, [r1, #0x2c]
          0xe3120002, // 0c tst r2, #2
          0x1afffffc, // 10 bne 08
          0xe5912030, // 14 ldr r2, [r1, #0x30]
          0xe5812030, // 18 str r2, [r1, #0x30]
          0xe352000a, // 1c cmp r2, #10
          0x1afffff8, // 20 bne 08
          ...EXIT,
        ];
        const { status, stdout } = await run([...rawProgram(folder, words), '-semihosting'], 'abc\n');
        assert.deepEqual([status, stdout], [0, 'abc\n']);
      });
    });

    it('closed from the start hangs nothing', () => {
      const cli = path.join(__dirname, 'bundle', 'cli.js');
      const command = `${process.execPath} ${cli} -semihosting ${NOTHING} <&-`;
      const { status } = spawnSync('sh', ['-c', command], { timeout: 10_000 });
      assert.equal(status, 0);
    });
  });

  it('output to a pipe that closes ends quietly', () => {
    const cli = path.join(__dirname, 'bundle', 'cli.js');
    return withFolder(async (folder) => {
      // UART1: sends 'a' for ever.
      const words = [0xe3a0120e, 0xe3811a01, 0xe3a02061, 0xe5812030, 0xeafffffd];
      const args = rawProgram(folder, words).join(' ');
      const { stdout, stderr, error } = spawnSync('sh', ['-c', `${process.execPath} ${cli} ${args} | head -c 10000`], {
        timeout: 10_000,
      });
      assert.equal(error, undefined);
      assert.deepEqual([stdout.length, stderr.toString()], [10_000, '']);
      await Promise.resolve();
    });
  });

  it('boots a kernel with its device tree, RAM disk and command line, and types to it', async () => {
    const folder = path.dirname(KERNEL);
    const files = ['-dtb', path.join(folder, 'board.dtb'), '-initrd', path.join(folder, 'initrd.txt')];
    const serial = ['-serial', 'null', '-serial', 'stdio', '-semihosting'];
    const command = ['-kernel', KERNEL, ...files, '-append', 'console=ttyPS0 ro', ...serial];
    const { status, stdout } = await run(command, 'typed\n');
    assert.match(stdout, /register 00000d32\nregister 04001000\n/);
    assert.match(stdout, /bootargs console=ttyPS0 ro\n/);
    assert.match(stdout, /RAM disk, checksum fbbb25c2\n/);
    assert.match(stdout, /type a line: TYPED\nCPUs 00000001\ndone\n$/);
    assert.equal(status, 0);
  });

  describe('-device loader', () => {
    it('without cpu-num loads and leaves the pc at 0, as QEMU does', async () => {
      // At 0 there is zeroed memory: it runs through all of it and out of its end.
      const { status, stderr } = await run(['-m', '1M', '-device', `loader,file=${NOTHING}`]);
      assert.match(stderr, /0x|outside/);
      assert.equal(status, 1);
    });

    it('gives plugins the symbol names of the loader device', async () => {
      const thumb = programFile('crc-t32-O2');
      const args = ['-semihosting', '-plugin', 'libcache.so', '-d', 'plugin'];
      const kernel = await run([...args, '-kernel', thumb]);
      const device = await run([...args, '-device', `loader,file=${thumb},cpu-num=0`]);
      assert.equal(kernel.stdout, device.stdout);
      assert.notEqual(kernel.stderr, device.stderr);
      const numbers = (text: string): string => text.replace(/ \([^)]*\)/g, '');
      assert.equal(numbers(kernel.stderr), numbers(device.stderr));
    });

    it('stores values, loads raw files, sets the pc', async () => {
      await withFolder(async (folder) => {
        // ldr r0, =0x18 at 0x100000 from data at 0x100100.
        const words = [0xe59f00f8, 0xe59f1000, 0xef123456, 0x00020026];
        const data = ['-device', 'loader,addr=0x100100,data=0x18,data-len=4'];
        const { status } = await run([...rawProgram(folder, words), ...data, '-semihosting']);
        assert.equal(status, 0);
      });
    });
  });

  it('-serial gives each UART its place, in order', async () => {
    await withFolder(async (folder) => {
      // 'A' to UART0, 'B' to UART1.
      const words = [0xe3a0120e, 0xe3a02041, 0xe5812030, 0xe3811a01, 0xe3a02042, 0xe5812030, ...EXIT];
      const program = [...rawProgram(folder, words), '-semihosting'];
      const file = path.join(folder, 'serial');
      assert.equal((await run(program)).stdout, 'AB');
      assert.equal((await run([...program, '-serial', 'stdio'])).stdout, 'A');
      assert.equal((await run([...program, '-serial', 'null', '-serial', 'mon:stdio'])).stdout, 'B');
      assert.equal((await run([...program, '-serial', `file:${file}`, '-serial', 'stdio'])).stdout, 'B');
      assert.equal(readFileSync(file, 'latin1'), 'A');
    });
  });

  it('-icount shift= sets guest time per instruction', async () => {
    await withFolder(async (folder) => {
      // SYS_ELAPSED to 0x100100, then exit with its low byte through EXIT_EXTENDED {0x20026, ns}.
      const words = [
        0xe3a00030, 0xe28f10f4, 0xef123456, 0xe5912000, 0xe5812004, 0xe59f3008, 0xe5813000, 0xe3a00020, 0xef123456,
        0x00020026,
      ];
      const program = [...rawProgram(folder, words), '-semihosting'];
      const plain = (await run(program)).status ?? 0;
      assert.ok(plain > 0);
      assert.equal((await run([...program, '-icount', 'shift=3'])).status, 8 * plain);
    });
  });

  it('-cache-statistics writes profiles of a model that has them', async () => {
    await withFolder(async (folder) => {
      const file = (ending: string): string => path.join(folder, `profile.${ending}`);
      const args = (plugin: string, ending: string): string[] => [
        ...['-semihosting', '-plugin', plugin, '-cache-statistics', file(ending)],
        NOTHING,
      ];
      const beginnings = { callgrind: /^# callgrind format\n/, lcov: /^\n|^TN:/, cpuprofile: /^\{"nodes":\[/ };
      for (const [ending, text] of Object.entries(beginnings)) {
        assert.equal((await run(args('libcachesim.so', ending))).status, 0);
        assert.match(readFileSync(file(ending), 'utf8'), text);
      }
      const { status, stderr } = await run(args('libcache.so', 'cachegrind'));
      assert.deepEqual([status, existsSync(file('cachegrind'))], [1, false]);
      assert.match(
        stderr,
        /profile\.cachegrind: this format needs what each instruction did, which libcallprofile\.so and libcachesim\.so count: load one as a plugin/,
      );
    });
  });

  it("-cache-statistics writes the log's numbers", async () => {
    await withFolder(async (folder) => {
      const json = path.join(folder, 'cache.json');
      const csv = path.join(folder, 'cache.csv');
      const args = [
        '-semihosting',
        '-plugin',
        'libcache.so,arg=0x100000,arg=0x110000',
        '-d',
        'plugin',
        programFile('crc-a32-O1'),
      ];
      const { stderr } = await run([...args, '-cache-statistics', json]);
      const counted = Object.fromEntries(
        [
          ...stderr.matchAll(/^(insn count|load count|store count|icache load misses|dcache load misses): +(\d+)$/gm),
        ].map(([, name, value]) => [name, Number(value)]),
      );
      assert.equal(Object.keys(counted).length, 5, stderr);
      const text = readFileSync(json, 'utf8');
      for (const value of Object.values(counted)) assert.ok(text.includes(String(value)), `${value} in ${text}`);
      await run([...args, '-cache-statistics', csv]);
      assert.ok(existsSync(csv) && readFileSync(csv, 'utf8').includes(String(counted['dcache load misses'])));
    });
  });

  it('dap serves the debug adapter protocol', async () => {
    const command = new Command(['dap']);
    const request = JSON.stringify({ seq: 1, type: 'request', command: 'initialize', arguments: { adapterID: 'tcg' } });
    command.child.stdin.write(`Content-Length: ${request.length}\r\n\r\n${request}`);
    await command.printed('"command":"initialize"');
    command.child.stdin.end();
    assert.equal((await command.ended).status, 0);
    assert.match(command.stdout, /"success":true/);
    const refused = await run(['dap', '--wat']);
    assert.deepEqual([refused.status, /unknown argument --wat/.test(refused.stderr)], [1, true]);
  });
});
