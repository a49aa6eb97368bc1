import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { runQemu } from './run-qemu.mjs';

const ELF = path.resolve('test/programs/echo-t32-O2.elf');
const INPUT = 'the quick brown fox\njumps over\n' + `${'the lazy dog '.repeat(12)}\n\n`;

/** When input comes is not guest time: output and exit code are compared, not what executed. */
describe('input by interrupt, on QEMU and here', function () {
  this.timeout(120_000);

  it('what is typed comes back in capitals, with the same exit code', async () => {
    const qemu = await runQemu({ elf: ELF, input: INPUT });
    const args = ['dist/cli.js', '-M', 'xilinx-zynq-a9', '-nographic', '-serial', 'null', '-serial', 'stdio'];
    const ours = spawnSync(process.execPath, [...args, '-semihosting', '-device', `loader,file=${ELF},cpu-num=0`], {
      input: INPUT,
      encoding: 'latin1',
      timeout: 60_000,
    });
    assert.equal(qemu.stdout, INPUT.toUpperCase());
    assert.equal(qemu.code, 3);
    assert.deepEqual([ours.stdout, ours.status], [qemu.stdout, qemu.code]);
  });
});
