import assert from 'node:assert/strict';
import { CpuStop } from '../../../src/emulator/cpu-exec';
import { ArmMachine } from '../arm/arm-machine';

const RAM = 0x100000;

describe('more translated code than is kept', () => {
  it('is told, and execution goes on as before when it has been dropped', function () {
    this.timeout(120_000);
    const arm = new ArmMachine();
    const [exec] = arm.machine.execs;
    // `b` to the next instruction everywhere: a block each.
    const words = new Uint32Array(RAM / 4).fill(0xeaffffff);
    words[words.length - 1] = 0xea000000 | ((-RAM / 4 - 1) & 0xffffff); // round again
    arm.machine.writePhysical(0, new Uint8Array(words.buffer));
    arm.set({ pc: 0 });
    assert.equal(exec.run(words.length, false), CpuStop.Budget);
    assert.ok(arm.fullnesses > 0, `${arm.blocks.length} blocks`);
    const before = arm.blocks.length;
    arm.machine.flush();
    assert.equal(exec.run(10, false), CpuStop.Budget);
    assert.equal(arm.cpu.readRegister('pc'), 40);
    assert.equal(arm.blocks.length, before + 10, 'translated anew');
  });
});
