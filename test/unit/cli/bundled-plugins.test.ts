import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildCommand, programFile, run, withFolder } from './command';

interface Result {
  readonly log: string;
  readonly status: number | null;
  readonly stderr: string;
  /** A file in the run's folder. */
  file(name: string): Buffer;
}

/** Runs a test program with plugins (`execlog,ifilter=str`) in a folder of its own; what they logged. */
async function outcome<T>(
  program: string,
  plugins: readonly string[],
  check: (result: Result) => T,
  files: Readonly<Record<string, string>> = {},
): Promise<T> {
  return withFolder(async (folder) => {
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
    const options = plugins.flatMap((line) => ['-plugin', `lib${line.replace(/(,|$)/, '.so$1')}`]);
    const log = path.join(folder, 'plugin.log');
    const args = ['-kernel', programFile(program), '-semihosting', '-d', 'plugin', '-D', log, ...options];
    const { status, stderr } = await run(args, '', folder);
    const file = (name: string): Buffer => readFileSync(path.join(folder, name));
    return check({ status, stderr, log: readFileSync(log, 'latin1'), file });
  });
}

const numberIn = (text: string, pattern: RegExp): number => Number(pattern.exec(text)?.[1] ?? NaN);
const sum = (numbers: Iterable<number>): number => [...numbers].reduce((a, b) => a + b, 0);
const all = (text: string, pattern: RegExp): number[] => [...text.matchAll(pattern)].map((match) => Number(match[1]));

describe('bundled plugins on a program', () => {
  const program = 'sgi-a32-O2';
  let instructions = 0;
  before(async function () {
    this.timeout(60_000);
    await buildCommand();
    instructions = await outcome(program, ['insn'], ({ log }) => numberIn(log, /total insns: (\d+)/));
    assert.ok(instructions > 5000);
  });

  for (const inline of ['on', 'off']) {
    it(`libhowvec.so,inline=${inline}: the classes are all instructions`, async () => {
      await outcome(program, [`howvec,inline=${inline}`], ({ log }) => {
        assert.match(log, /^Instruction Classes:\nClass: Branch with link {8}\t\(\d+ hits\)\n/);
        assert.match(log, /^Class: Unclassified {12}\tcounted individually$/m);
        assert.equal(sum(all(log, /\t\((\d+) hits\)/g)), instructions);
        assert.doesNotMatch(log, /Individual/, 'every instruction has a class');
      });
    });
  }

  it('libhowvec.so: a class counted by instruction, and one not counted', async () => {
    await outcome(program, ['howvec,count=st,count=!ld'], ({ log }) => {
      assert.match(log, /^Class: Store {19}\tcounted individually$/m);
      assert.match(log, /^Class: Load {20}\tnot counted$/m);
      assert.match(
        log,
        /^Individual Instructions:\nInstr: str\w* r\d[^\t]*\t\(\d+ hits\)\t\(op=0x[0-9a-f]{8}\/Store\)$/m,
      );
    });
  });

  it('libexeclog.so: a line for each instruction, with accesses and changed registers', async () => {
    await outcome(program, ['execlog'], ({ log }) => {
      const lines = log.trimEnd().split('\n');
      assert.equal(lines.length, instructions);
      for (const line of lines)
        assert.match(line, /^0, 0x[0-9a-f]+, 0x[0-9a-f]+, "[^"]+"(, (load|store), 0x[0-9a-f]{8}, \w[^,]*)*$/);
      assert.ok(
        lines.some((line) => /"str .*", store, 0xf8f0[01][0-9a-f]{3}, (a9mp-gic-dist|gic_dist|\S+)$/.test(line)),
      );
    });
    await outcome(program, ['execlog,ifilter=mrc,reg=r?,rdisas=on'], ({ log }) => {
      const lines = log.trimEnd().split('\n');
      for (const line of lines) assert.match(line, /"mrc p15, #0, (r\d), .*"(, \1 -> 0x[0-9a-f]{8})?$/);
      assert.ok(lines.some((line) => / -> /.test(line)));
    });
    await outcome(program, ['execlog,afilter=0x100000'], ({ log }) => assert.equal(log.split('\n').length, 2));
  });

  it('libdrcov.so: the blocks that ran, for readers of the format', async () => {
    const blocks = await outcome(program, ['hotblocks,limit=0'], ({ log }) => numberIn(log, /^collected (\d+)/));
    await outcome(program, ['drcov,filename=run.drcov'], ({ file }) => {
      const bytes = file('run.drcov');
      const head =
        /^DRCOV VERSION: 2\nDRCOV FLAVOR: drcov-64\nModule Table: version 2, count 1\nColumns: id, base, end, entry, path\n0, 0x100000, 0x[0-9a-f]+, 0x100000, \S+\nBB Table: (\d+) bbs\n/;
      const match = head.exec(bytes.toString('latin1'));
      assert.ok(match);
      assert.equal(Number(match[1]), blocks);
      assert.equal(bytes.length, match[0].length + 8 * blocks);
      assert.equal(bytes.readUInt32LE(match[0].length), 0, 'the first block begins at the base');
    });
  });

  it('libbbv.so: vectors whose sum is every instruction', async () => {
    await outcome(program, ['bbv,interval=1000,outfile=vectors'], ({ file }) => {
      const lines = file('vectors.0.bb').toString().replace(/\n$/, '').split('\n');
      assert.ok(lines.length >= Math.floor(instructions / 1100));
      for (const line of lines) assert.match(line, /^T(:\d+:\d+ )+$/);
      const counted = sum(lines.flatMap((line) => all(line, /:\d+:(\d+) /g)));
      assert.ok(counted <= instructions && counted > instructions - 1100, String(counted));
    });
  });

  it('libcflow.so: branches with where they lead', async () => {
    await outcome(program, ['cflow'], ({ log }) => {
      assert.match(
        log,
        /^collected \d+ control flow nodes in the hash table\n {2}addr: 0x[0-9a-f]+ \w+: .* \(branch\)\n {4}branches \d+\n {6}to 0x/,
      );
      assert.equal(all(log, /^ {4}branches (\d+)$/gm).length, 10);
    });
    await outcome('exceptions-a32', ['cflow,sort=exceptions'], ({ log }) =>
      assert.match(log, /\(sync fault\)\n {4}early exits \d+\n/),
    );
  });

  it('libtraps.so: interrupts of the program', async () => {
    await outcome(program, ['traps'], ({ log }) => {
      const match = /^VCPU, interrupts, exceptions, hostcalls\n {3}0, +(\d+), +(\d+), +(\d+)\n$/.exec(log);
      assert.ok(match, log);
      assert.ok(Number(match[1]) > 20);
    });
  });

  it('libhwprofile.so: devices, registers, and who accesses them', async () => {
    await outcome(program, ['hwprofile'], ({ log }) => {
      assert.match(log, /^Device, Address, RCPUs, Reads, {2}WCPUs, Writes\n/);
      assert.match(log, /^\S.*, 0xf8f0[01][0-9a-f]+, 0x0001, \d+, 0x0001, \d+$/m);
    });
    await outcome(program, ['hwprofile,pattern=on,track=write'], ({ log }) => {
      assert.match(log, /^Device, Address, {2}WCPUs, Writes\n/);
      assert.match(log, /^ {2}off:[0-9a-f]{8}, 0x0001, \d+$/m);
    });
    await outcome(program, ['hwprofile,source=on,pattern=on'], ({ stderr, status }) => {
      assert.equal(status, 1);
      assert.match(stderr, /either source or pattern/);
    });
  });

  it('libstoptrigger.so: ends the guest at a count or an address, with an exit code', async () => {
    await outcome(program, ['stoptrigger,icount=1000:7', 'insn'], ({ log, status }) => {
      assert.match(log, /^icount reached at 0x[0-9a-f]+, exiting\n/);
      assert.equal(status, 7);
      assert.ok(numberIn(log, /total insns: (\d+)/) < 1100);
    });
    await outcome(program, ['stoptrigger,addr=0x100508:3'], ({ log, status }) => {
      assert.equal(log, '0x100508 reached, exiting\n');
      assert.equal(status, 3);
    });
  });

  it('libprofile.so: entries and exits, from symbols or a file', async () => {
    await outcome(program, ['profile'], ({ log }) => {
      const lines = log.trimEnd().split('\n');
      for (const line of lines) assert.match(line, /^(->|<-) [\w.]+: \d+, 0x[0-9a-f]+$/);
      assert.match(log, /^-> main: \d+, 0x/m);
      assert.ok(lines.some((line) => line.startsWith('<- ')));
    });
    const files = { 'functions.txt': 'start - 1048576; 1049868\nnever - 5; \nhere - 1049864;\n' };
    await outcome(
      program,
      ['profile,arg=functions.txt,arg=out.txt'],
      ({ file, log }) => {
        assert.equal(log, '');
        assert.equal(file('out.txt').toString(), '-> start: 0, 0x0\n-*> here: 1, 0x0\n<- start: 2, 0x0\n');
      },
      files,
    );
  });

  it('libpatch.so: writes over code before it runs', async () => {
    // mov r0, r0 at nowhere: the first instruction of the program is replaced by itself.
    const elf = readFileSync(programFile(program));
    const offset = elf.readUInt32LE(elf.readUInt32LE(28) + 4);
    const first = elf.subarray(offset, offset + 4).toString('hex');
    await outcome(program, [`patch,target=${first},patch=${first},use_hwaddr=true`], ({ log, status }) => {
      assert.match(log, /^patching: @0x100000\nReading memory\.\.\.\nSuccess!\n/);
      assert.equal(status, 0);
    });
  });

  it('libips.so: time that passes by instructions', async () => {
    await outcome('timers-a32-O1', ['ips,ips=100m,ipq=10000'], ({ status }) => assert.equal(typeof status, 'number'));
    await outcome(program, ['ips,ips=0'], ({ status, stderr }) => {
      assert.equal(status, 1);
      assert.match(stderr, /option parsing failed: ips=0/);
    });
  });

  it('libsyscall.so: a whole machine makes no system calls', async () => {
    await outcome(program, ['syscall'], ({ log }) => assert.equal(log, 'syscall no.  calls  errors\n'));
  });
});

describe('libfault.so', () => {
  before(async function () {
    this.timeout(60_000);
    await buildCommand();
  });

  it('flips a bit of a register', async () => {
    await outcome('sgi-a32-O2', ['fault,after=500,register=r3,bit=4'], ({ log }) =>
      assert.match(log, /^fault after 500 instructions at 0x[0-9a-f]+: r3 0x0{8} -> 0x0{6}10 \(bit 4\)\n$/),
    );
  });

  it('flips a bit of memory', async () => {
    await outcome('sgi-a32-O2', ['fault,after=500,address=0x100000,bit=31'], ({ log }) => {
      const match = /memory at 0x00100000 0x([0-9a-f]{8}) -> 0x([0-9a-f]{8}) \(bit 31\)/.exec(log);
      assert.ok(match, log);
      assert.equal((parseInt(match[1], 16) ^ parseInt(match[2], 16)) >>> 0, 0x80000000);
    });
  });

  it('flips a bit of the word that a way of a cache holds', async () => {
    for (const model of ['cache', 'cachesim']) {
      const plugins = [model, 'fault,after=2000,cache=l1i:0:0:4,bit=0'];
      await outcome('sgi-a32-O2', plugins, ({ log }) =>
        assert.match(log, /^fault after 2000 .*: memory at 0x0010[0-9a-f]{4} .* \(bit 0\) \(l1i set 0 way 0\)$/m),
      );
    }
  });

  it('a seed chooses among the words that a cache holds', async () => {
    const found = new Set<string>();
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const plugins = ['cache', `fault,seed=${seed},instructions=3000,caches=l1i`];
      await outcome('sgi-a32-O2', plugins, ({ log }) => {
        const fault = /^fault .*$/m.exec(log)?.[0] ?? log;
        const word = /: memory at 0x0010[0-9a-f]{4} .*\((l1i set \d+ way \d)\)$/.exec(fault);
        if (word) found.add(word[1]);
        else assert.match(fault, /: (r\d+|sp|lr) /);
      });
    }
    assert.ok(found.size > 1, [...found].join());
    await outcome('sgi-a32-O2', ['fault,seed=1,instructions=5,caches=l3'], ({ stderr }) =>
      assert.match(stderr, /option parsing failed: caches=l3/),
    );
  });

  it('does the same for the same seed', async () => {
    const logs: string[] = [];
    for (const seed of [1, 1, 2]) {
      const line = `fault,seed=${seed},instructions=5000,memory=0x100000-0x108000`;
      await outcome('sgi-a32-O2', [line], ({ log }) => void logs.push(/^fault .*$/m.exec(log)?.[0] ?? ''));
    }
    assert.match(logs[0], /^fault after \d+ instructions/);
    assert.equal(logs[0], logs[1]);
    assert.notEqual(logs[0], logs[2]);
  });
});

describe('liblockstep.so', () => {
  before(async function () {
    this.timeout(60_000);
    await buildCommand();
  });

  const pair = (first: string, second: string): Promise<readonly string[]> =>
    withFolder(async (folder) => {
      const line = `liblockstep.so,sockpath=${path.join(folder, 'socket')}`;
      const runs = [first, second].map((program) =>
        run(['-kernel', programFile(program), '-semihosting', '-d', 'plugin', '-plugin', line], '', folder),
      );
      return (await Promise.all(runs)).map(({ stderr }) => stderr);
    });

  it('two runs in step', async function () {
    this.timeout(60_000);
    for (const text of await pair('sgi-a32-O2', 'sgi-a32-O2')) {
      assert.match(text, /No divergence :-\)\nExecuted (\d+)\/\1 blocks\nExecuted ~\d+ instructions$/m);
    }
  });

  it('tells where two runs part', async function () {
    this.timeout(60_000);
    for (const text of await pair('crc-a32-O1', 'sgi-a32-O2')) {
      assert.match(
        text,
        /Diverged at block \d+: here 0x[0-9a-f]{8} after \d+ instructions, there 0x[0-9a-f]{8} after/m,
      );
    }
  });
});
