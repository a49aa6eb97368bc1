import assert from 'node:assert/strict';
import { CpuStop } from '../../../src/emulator/cpu-exec';
import { TIER_POLICIES } from '../../../src/emulator/tier-policy';
import { ArmMachine } from '../arm/arm-machine';

const CODE = 0x1000;
const ROUNDS = 40;

const movwR1 = (value: number): number => 0xe3001000 | ((value & 0xf000) << 4) | (value & 0xfff);
const SUBS_R1_1 = 0xe2511001;
const BNE_BACK_1 = 0x1afffffd;
const ADD_R0_1 = 0xe2800001;

/** What the tier has compiled when the program has gone {@link ROUNDS} times round its outer loop of so many instructions. */
function compiled(program: readonly number[], round: number): { functions: number; instructions: number } {
  const arm = new ArmMachine({}, { ...TIER_POLICIES.auto, direct: 0, threshold: 5, batch: 1, wait: 0 });
  arm.words(CODE, ...program).set({ pc: CODE, r0: 0 });
  const [exec] = arm.machine.execs;
  assert.equal(exec.run(round * ROUNDS, false), CpuStop.Budget);
  assert.equal(arm.cpu.readRegister('r0'), ROUNDS);
  const { functions, instructions } = exec.tier?.statistics ?? assert.fail('nothing is compiled');
  return { functions, instructions };
}

describe('blocks that are entered seldom', () => {
  /** A loop of two instructions, which a block of three leads to and one of two leaves. */
  const around = (inner: number): { functions: number; instructions: number } =>
    compiled([movwR1(inner), SUBS_R1_1, BNE_BACK_1, ADD_R0_1, 0xeafffffa /* b -4 */], 3 + 2 * inner);

  it('do not take in what has a function of its own', () => {
    assert.deepEqual(around(50_000), { functions: 2, instructions: 2 + 5 });
  });

  it('do when they are entered often', () => {
    assert.deepEqual(around(10), { functions: 2, instructions: 2 + 7 });
  });

  /** The same loop, which a block of three instructions follows and leads back to. */
  const behind = (inner: number): { functions: number; instructions: number } =>
    compiled([movwR1(inner), SUBS_R1_1, BNE_BACK_1, ADD_R0_1, movwR1(inner), 0xeafffffa /* b -4 */], 3 + 2 * inner);

  it('do not have the function compiled anew that leads to them', () => {
    assert.deepEqual(behind(50_000), { functions: 1, instructions: 2 });
  });

  it('have when they are entered often', () => {
    const { functions, instructions } = behind(10);
    assert.ok(functions > 1 && instructions > 2 * 2, JSON.stringify({ functions, instructions }));
  });
});
