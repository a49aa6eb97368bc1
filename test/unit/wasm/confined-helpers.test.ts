import assert from 'node:assert/strict';
import { TIER_POLICIES } from '../../../src/emulator/tier-policy';
import { ArmMachine } from '../arm/arm-machine';

const CODE = 0x1000;
const ROUNDS = 300;

/** Everything that calls helpers which use the vCPU's state and nothing else. */
const LOOP = [
  0xe10f0000, // mrs r0, cpsr
  0xe0811000, // add r1, r1, r0
  0xe128f001, // msr cpsr_f, r1
  0xf1020012, // cps #0x12
  0xe28ee001, // add lr, lr, #1
  0x208dd000, // addcs sp, sp, r0
  0xf1020011, // cps #0x11
  0xe2888003, // add r8, r8, #3
  0xf1020013, // cps #0x13
  0xe8c96102, // stmia r9, {r1, r8, sp, lr}^
  0xe8d96108, // ldmia r9, {r3, r8, sp, lr}^
  0xeee11a10, // vmsr fpscr, r1
  0xf1010200, // setend be
  0xe5995000, // ldr r5, [r9]
  0xf1010000, // setend le
  0xe28fe00c, // add lr, pc, #12
  0xe10f0000, // mrs r0, cpsr
  0xe16ff000, // msr spsr_fsxc, r0
  0xf96d0513, // srsdb sp!, #0x13
  0xf8bd0a00, // rfeia sp!
  0xe10f6000, // mrs r6, cpsr
  0xe2544001, // subs r4, r4, #1
  0x1affffe8, // bne, back to the start
  0xeafffffe, // b .
];

describe('helpers that use all state and nothing else', () => {
  it('do in compiled code what they do when interpreted, at every stop', () => {
    const make = (compiled: boolean): ArmMachine =>
      new ArmMachine({}, compiled ? TIER_POLICIES.wasm : undefined)
        .words(CODE, ...LOOP)
        .set({ cpsr: 0xd3, cpacr: 0xf00000, fpexc: 0x40000000, pc: CODE, sp: 0x8000, r4: ROUNDS, r9: 0x9000 });
    const [one, other] = [make(false), make(true)];
    let stops = 0;
    while (one.cpu.readRegister('r4') !== 0 && stops++ < 2000) {
      for (const { machine } of [one, other]) machine.execs[0].run(3 + (stops % 23), false);
      assert.deepEqual(other.cpu.registers(), one.cpu.registers(), `stop ${stops}`);
    }
    assert.equal(one.cpu.readRegister('r4'), 0);
    assert.equal(other.machine.execs[0].instructions, one.machine.execs[0].instructions);
    const functions = other.machine.execs[0].tier?.statistics.functions ?? 0;
    assert.ok(functions > 0, `${functions} functions`);
  });
});
