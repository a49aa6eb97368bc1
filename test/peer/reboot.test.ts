import assert from 'node:assert/strict';
import { runOurs } from './run-ours';
import { runQemu } from './run-qemu.mjs';

/*
 * Not one of the programs whose traces are compared: QEMU's vCPU goes on for a few instructions until its main loop resets
 * the machine.
 */
describe("the guest's reset of the system, on QEMU and here", function () {
  this.timeout(60_000);

  it('starts loaded memory, devices and vCPU anew and leaves the rest of memory', async () => {
    const program = { elf: 'test/programs/reboot-a32-O1.elf', plugins: [], psInit: false };
    const [qemu, ours] = await Promise.all([runQemu(program), runOurs(program)]);
    assert.equal(ours.output, qemu.stdout + qemu.stderr);
    assert.match(ours.output, /^start: 00000003$/m);
    assert.deepEqual([ours.exit, qemu.code], [7, 7]);
    assert.deepEqual(ours.notices, []);
  });
});
