import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runOurs } from './run-ours';

/*
 * Every program of test/programs against what QEMU was recorded to do with it (test/peer/expect.mjs): exit code, output,
 * counts, the hashes of the whole trace of instructions, accesses, their values, and blocks, and the registers at the end.
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
  readonly registers: string;
}

const directory = 'test/programs';
const json = (file: string): unknown => JSON.parse(readFileSync(path.join(directory, file), 'utf8'));
const programs = json('programs.json') as Record<string, { elf?: string; args?: string[]; psInit?: boolean }>;
const expected = json('expected.json') as Record<string, Expected>;

describe('plugins see of a program what they see in QEMU', function () {
  this.timeout(90_000);
  for (const [name, options] of Object.entries(programs)) {
    it(name, async () => {
      const cwd = mkdtempSync(path.join(tmpdir(), 'ours-'));
      try {
        const elf = path.join(directory, options.elf ?? `${name}.elf`);
        const { exit, insns, loads, stores, tbs, execs, trace, blocks, registers } = expected[name];
        const registersAt = Number(registers.split(' ')[15]);
        const run = await runOurs({ ...options, elf, plugins: ['trace.ts'], cwd, registersAt });
        assert.deepEqual(
          { exit: run.exit, output: run.output, log: run.log, registers: run.registers },
          {
            exit,
            output: readFileSync(path.join(directory, `${name}.out`), 'latin1'),
            log:
              `insns=${insns} loads=${loads} stores=${stores} tbs=${tbs} execs=${execs} ` +
              `trace=${trace} blocks=${blocks}\n`,
            registers,
          },
        );
      } finally {
        rmSync(cwd, { recursive: true, force: true });
      }
    });
  }
});
