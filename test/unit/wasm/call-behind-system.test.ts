import assert from 'node:assert/strict';
import { TIER_POLICIES } from '../../../src/emulator/tier-policy';
import { ArmMachine } from '../arm/arm-machine';

describe('a call behind an instruction that uses all state', () => {
  it('goes where it leads, in compiled code too', () => {
    const run = (arm: ArmMachine): Record<string, number | undefined> => {
      arm
        .words(0x1000, 0xeb000006, 0xe2544001, 0x1afffffc, 0xeafffffe) // bl 1020; subs r4, #1; bne 1000; b .
        .words(0x1020, 0xe92d4010, 0xe10f0000, 0xeb000004, 0xe8bd8010) // push {r4, lr}; mrs r0, cpsr; bl 1040; pop {r4, pc}
        .words(0x1040, 0xe2855001, 0xe12fff1e) // add r5, #1; bx lr
        .set({ pc: 0x1000, sp: 0x8000, r4: 1000, r5: 0 });
      for (let i = 0; i < 200; i++) arm.machine.execs[0].run(100, false);
      return Object.fromEntries(['r4', 'r5', 'sp', 'pc'].map((name) => [name, arm.cpu.readRegister(name)]));
    };
    const expected = { r4: 0, r5: 1000, sp: 0x8000, pc: 0x100c };
    assert.deepEqual(run(new ArmMachine()), expected);
    assert.deepEqual(run(new ArmMachine({}, TIER_POLICIES.wasm)), expected);
  });
});
