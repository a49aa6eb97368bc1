import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runOurs } from './plugin-run';

/*
 * Every program of test/programs against what QEMU was recorded to do with it (test/peer/expect.mjs): exit code, output,
 * counts, and the hashes of the whole trace of instructions, accesses, their values, and blocks.
 */

interface Expected {
  readonly exit: number;
  readonly insns: number;
  readonly loads: number;
  readonly stores: number;
  readonly tbs: number;
  readonly execs: number;
  readonly trace: string;
  readonly blocks: string;
}

const directory = 'test/programs';
const json = (file: string): unknown => JSON.parse(readFileSync(path.join(directory, file), 'utf8'));
const programs = json('programs.json') as Record<string, { elf?: string; args?: string[]; psInit?: boolean }>;
const expected = json('expected.json') as Record<string, Expected>;

describe('plugins see of a program what they see in QEMU', () => {
  for (const [name, options] of Object.entries(programs)) {
    it(name, async () => {
      const cwd = mkdtempSync(path.join(tmpdir(), 'ours-'));
      try {
        const elf = path.join(directory, options.elf ?? `${name}.elf`);
        const plugins = ['trace.ts,tb=on', './trace.ts'];
        const run = await runOurs({ ...options, elf, plugins, cwd });
        const want = expected[name];
        const [plain, withBlocks] = run.log.split('\n');
        const counts = `insns=${want.insns} loads=${want.loads} stores=${want.stores} tbs=${want.tbs}`;
        assert.deepEqual(
          { exit: run.exit, output: run.output },
          { exit: want.exit, output: readFileSync(path.join(directory, `${name}.out`), 'latin1') },
        );
        const got = (line: string): string => line.replace(/ events=\d+/, '').replace(/^trace: /, '');
        assert.equal(got(plain), `${counts} execs=0 hash=${want.trace}`);
        assert.equal(got(withBlocks), `${counts} execs=${want.execs} hash=${want.blocks}`);
      } finally {
        rmSync(cwd, { recursive: true, force: true });
      }
    });
  }
});
