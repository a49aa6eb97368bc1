import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { buildCommand, Command, programFile, rawProgram, withFolder, type Outcome } from './command';

const run = (args: readonly string[]): Promise<Outcome> => {
  const command = new Command(args, { timeoutMs: 170_000 });
  command.child.stdin.end();
  return command.ended;
};

interface Result {
  readonly golden: {
    readonly instructions: number;
    readonly exitCode: number;
    readonly outputBytes: number;
    readonly files: number;
  };
  readonly summary: Record<string, number>;
  readonly rows: {
    readonly seed: number;
    readonly class: string;
    readonly exitCode: number | null;
    readonly fault: string;
    readonly reason: string;
  }[];
}

describe('tcgscope campaign', function () {
  this.timeout(180_000);
  before(buildCommand);

  it('classifies the runs of a program, the same each time and with any number of jobs', async () => {
    await withFolder(async (folder) => {
      const json = path.join(folder, 'campaign.json');
      const csv = path.join(folder, 'campaign.csv');
      const files = ['--json', json, '--csv', csv];
      const program = ['-semihosting', programFile('uart-t32-O2')];
      const once = async (jobs: string): Promise<[string, Result]> => {
        const options = ['--runs', '16', '--seed', '5', '--jobs', jobs];
        const { status, stdout, stderr } = await run(['campaign', ...files, ...options, ...program]);
        assert.equal(status, 0, stderr);
        assert.match(stderr, /^campaign: golden run: 6704 instructions\n[^]*campaign: 16 of 16 runs\n$/);
        return [stdout, JSON.parse(readFileSync(json, 'utf8')) as Result];
      };
      const [text, { golden, summary, rows }] = await once('2');
      const output = readFileSync('test/programs/uart-t32-O2.out');
      assert.deepEqual(golden, { instructions: 6704, exitCode: 0, outputBytes: output.length, files: 0 });
      assert.deepEqual(
        rows.map(({ seed }) => seed),
        Array.from({ length: 16 }, (_, i) => 5 + i),
      );
      for (const { fault } of rows)
        assert.match(fault, /^fault after \d+ instructions at 0x[0-9a-f]+: (r\d+|sp|lr) 0x/);
      assert.equal(
        Object.values(summary).reduce((sum, count) => sum + count, 0),
        16,
      );
      assert.ok(summary.masked > 0 && summary.masked < 16);
      assert.match(
        text,
        /^golden run: 6704 instructions, exit code 0, \d+ bytes of output\n\nseed +class +exit code +fault/,
      );
      assert.equal(readFileSync(csv, 'utf8').trim().split('\r\n').length, 17);
      assert.deepEqual((await once('1'))[1].rows, rows);
    });
  });

  it('tells masked, wrong output, crash and hang apart', async () => {
    await withFolder(async (folder) => {
      const json = path.join(folder, 'campaign.json');
      // A loop of 64 rounds that counts r0 down, prints the parity of r5's bytes and exits with 0.
      const program = rawProgram(folder, [
        0xe3a00040, // mov r0, #64
        0xe3a05041, // mov r5, #'A'
        0xe2500001, // subs r0, r0, #1
        0x1afffffd, // bne .-4
        0xe0255825, // eor r5, r5, r5, lsr #16
        0xe0255425, // eor r5, r5, r5, lsr #8
        0xe59f1018, // ldr r1, =0xe0001000
        0xe5815030, // str r5, [r1, #0x30]
        0xe3a00018, // mov r0, #0x18
        0xe59f1008, // ldr r1, =0x20026
        0xef123456, // svc 0x123456
        0xeafffffe, // b .
        0xe320f000,
        0x00020026,
        0xe0001000,
      ]);
      const { status, stderr } = await run(['campaign', '--runs', '60', '--json', json, '-semihosting', ...program]);
      assert.equal(status, 0, stderr);
      const { rows } = JSON.parse(readFileSync(json, 'utf8')) as Result;
      const flips = (register: string): string[] =>
        rows.filter(({ fault }) => fault.includes(`: ${register} `)).map((row) => row.class);
      // Every bit of r5 is in what is printed, unless it is flipped before r5 is set or after it was printed.
      assert.ok(flips('r5').includes('wrong output') && !flips('r5').includes('crash'));
      // r7 means nothing.
      assert.ok(flips('r7').length > 0 && flips('r7').every((name) => name === 'masked'));
      // A high bit of the counter makes the loop too long.
      assert.ok(flips('r0').includes('hang'));
    });
  });

  it('flips also in memory and in words that caches hold, as the seed says', async () => {
    await withFolder(async (folder) => {
      const json = path.join(folder, 'campaign.json');
      const places = ['--memory', '0x100000-0x104000', '--cache', 'l2,l1d'];
      const program = ['-semihosting', programFile('uart-t32-O2')];
      const once = async (jobs: string): Promise<Result> => {
        const options = ['--runs', '16', '--jobs', jobs, '--json', json];
        const { status, stderr } = await run(['campaign', ...options, ...places, ...program]);
        assert.equal(status, 0, stderr);
        return JSON.parse(readFileSync(json, 'utf8')) as Result;
      };
      const { rows } = await once('2');
      const kinds = [/: (r\d+|sp|lr) 0x/, /\(bit \d+\)$/, /\(l1d set \d+ way [0-3]\)$/, /\(l2 set \d+ way [0-7]\)$/];
      const counts = kinds.map((kind) => rows.filter(({ fault }) => kind.test(fault)).length);
      assert.ok(
        counts.every((count) => count > 0),
        String(counts),
      );
      assert.ok(counts[0] < counts[1], 'those of registers are also told with their bit');
      // None hits an empty way, and what is flipped is of the program.
      assert.ok(rows.every(({ fault }) => /0x\S+ -> 0x\S+ \(bit/.test(fault)));
      assert.deepEqual((await once('1')).rows, rows);
    });
  });

  it('keeps the files of its runs apart, and compares them', async () => {
    await withFolder(async (folder) => {
      const json = path.join(folder, 'campaign.json');
      const files = path.join(folder, 'files');
      mkdirSync(files);
      // Writes r5 to out.bin by semihosting; r7 means nothing.
      const program = rawProgram(
        folder,
        [
          0xe3a05041, 0xe3a07001, 0xe3a07002, 0xe3a07003, 0xe3a07004, 0xe28f1038, 0xe3a00001, 0xef123456, 0xe28f1038,
          0xe5810000, 0xe28f2044, 0xe5825000, 0xe3a00005, 0xef123456, 0xe28f1020, 0xe3a00002, 0xef123456, 0xe3a00018,
          0xe59f1028, 0xef123456, 0xeafffffe, 0x0010006c, 0x00000005, 0x00000007, 0x00000000, 0x00100074, 0x00000004,
          0x2e74756f, 0x006e6962, 0x00000000, 0x00020026,
        ],
      );
      const args = ['campaign', '--runs', '60', '--json', json, '-semihosting', ...program];
      const command = new Command(args, { cwd: files, timeoutMs: 170_000 });
      command.child.stdin.end();
      const { status, stdout, stderr } = await command.ended;
      assert.equal(status, 0, stderr);
      assert.match(stdout, /^golden run: 20 instructions, exit code 0, 0 bytes of output, 1 file written\n/);
      const { rows, golden } = JSON.parse(readFileSync(json, 'utf8')) as Result;
      assert.equal(golden.files, 1);
      const wrong = rows.filter((row) => row.class === 'wrong output');
      assert.ok(wrong.some(({ fault, reason }) => / r5 /.test(fault) && /^file .*out\.bin$/.test(reason)));
      assert.ok(rows.some((row) => row.class === 'masked' && / r7 /.test(row.fault)));
      assert.deepEqual(readdirSync(files), []);
    });
  });

  it('a program that waits for ever, or stops, has no golden run', async () => {
    await withFolder(async (folder) => {
      const waits = await run(['campaign', ...rawProgram(folder, [0xe320f003, 0xeafffffd])]);
      assert.match(
        waits.stderr,
        /^tcgscope: campaign: the program does not end by itself without a fault: waits for ever/,
      );
      const nowhere = await run(['campaign', ...rawProgram(folder, [0xe3a0f20a])]);
      assert.match(nowhere.stderr, /without a fault: The program counter is at 0xa0000000/);
      assert.deepEqual([waits.status, nowhere.status], [1, 1]);
    });
  });

  it('says how it is used, and what is wrong', async () => {
    assert.match((await run(['campaign', '--help'])).stdout, /^usage: tcgscope campaign /);
    const cases: [string[], RegExp][] = [
      [['campaign', '--runs', '0', 'a.elf'], /^tcgscope: campaign: --runs 0: a whole number from 1 on is expected\n$/],
      [['campaign', '--memory', '5', 'a.elf'], /^tcgscope: campaign: --memory 5: expected start-end/],
      [['campaign', '--cache', 'l3', 'a.elf'], /^tcgscope: campaign: --cache l3: expected l1i, l1d, l2\n$/],
      [['campaign', '--runs'], /^tcgscope: campaign: --runs requires an argument\n$/],
      [['campaign', '-plugin', 'libinsn.so', 'a.elf'], /^tcgscope: campaign: -plugin: /],
    ];
    for (const [args, message] of cases) {
      const { status, stderr } = await run(args);
      assert.match(stderr, message);
      assert.equal(status, 1);
    }
  });
});
