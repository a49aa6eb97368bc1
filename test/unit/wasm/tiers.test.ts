import assert from 'node:assert/strict';
import { TIER_POLICIES, type TierPolicy } from '../../../src/emulator/tier-policy';
import { CpuStop } from '../../../src/emulator/cpu-exec';
import type { ArmMachine } from '../arm/arm-machine';
import { Random } from './random';
import { machine, program, state } from './random-program';

/*
 * Random programs on the interpreter and on compiled code side by side: after every one of many runs of random length, all
 * registers, memory and counts are the same.
 */

const STOPS = 150;

/** Runs both in steps of random length. */
function compare(seed: number, policy: TierPolicy, now?: () => number): ArmMachine {
  const r = new Random(seed);
  const words = program(r);
  const [interpreted, compiled] = [machine(words), machine(words, policy, now)];
  for (let stop = 0; stop < STOPS; stop++) {
    const budget = r.one([1, 2, 7, 50, 400, 3000]) + r.below(20);
    for (const each of [interpreted, compiled]) assert.equal(each.machine.execs[0].run(budget, false), CpuStop.Budget);
    assert.deepEqual(state(compiled), state(interpreted), `seed ${seed}, stop ${stop}`);
  }
  assert.deepEqual(compiled.blocks, interpreted.blocks);
  return compiled;
}

describe('tiers', function () {
  this.timeout(300_000);

  it('random programs: the same state at every stop when everything is compiled', () => {
    for (let seed = 1; seed <= 12; seed++) {
      const { machine: compiled } = compare(seed, TIER_POLICIES.wasm);
      const { statistics } = compiled.execs[0].tier ?? assert.fail();
      assert.ok(statistics.functions > 5, JSON.stringify({ seed, ...statistics }));
    }
  });

  it('random programs: the same when only hot code is compiled, and all of it dropped from time to time', () => {
    for (let seed = 101; seed <= 112; seed++) {
      const policy = { ...TIER_POLICIES.auto, direct: 0, threshold: 10, batch: 3, wait: 0, maxFunctions: 6 };
      const { machine: compiled } = compare(seed, policy);
      assert.ok((compiled.execs[0].tier?.statistics.functions ?? 0) > 2, `seed ${seed}`);
    }
  });

  it('random programs: the same whenever the functions come', () => {
    let different = 0;
    for (let seed = 201; seed <= 206; seed++) {
      const policy = { ...TIER_POLICIES.auto, direct: 0, threshold: 10, batch: 6, wait: 10, maxFunctions: 12 };
      const functions = new Set<number>();
      for (const clock of [1, 2, 3]) {
        const r = new Random(seed + 1000 * clock);
        let now = 0;
        const { machine: compiled } = compare(seed, policy, () => (now += r.below(4) ? 0 : r.below(12)));
        functions.add(compiled.execs[0].tier?.statistics.compilations ?? 0);
      }
      if (functions.size > 1) different++;
    }
    assert.ok(different >= 4, `by different clocks ${different} of 6 programs were compiled at different times`);
  });
});
