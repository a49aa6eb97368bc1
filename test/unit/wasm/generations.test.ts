import assert from 'node:assert/strict';
import { CpuStop } from '../../../src/emulator/cpu-exec';
import { TIER_POLICIES } from '../../../src/emulator/tier-policy';
import { ArmMachine } from '../arm/arm-machine';

const CODE = 0x1000;
const PLACES = 1000;
const BYTES = 64;
const GENERATIONS = 5_000;
/** What the process may grow by from the first three fifths of the generations, when it has settled, to the last one, in MiB. */
const ALLOWED_MIB = 48;

const MIB = 2 ** 20;

/** A loop that adds `n` to r0 ten times, then jumps to the same place again. */
function loop(n: number): number[] {
  return [
    0xe3a0100a, // mov r1, #10
    0xe2800000 | (n & 0xff), // add r0, r0, #n
    0xe2511001, // subs r1, r1, #1
    0x1afffffc, // bne -2
    0xeafffffa, // b -4
  ];
}

describe('generations of compiled code', function () {
  this.timeout(300_000);

  it(`code that changes ${GENERATIONS} times leaves no memory behind`, () => {
    const policy = { ...TIER_POLICIES.wasm, maxFunctions: 200 };
    const arm = new ArmMachine({}, policy);
    const [exec] = arm.machine.execs;
    const curve: number[] = [];
    for (let generation = 0; generation < GENERATIONS; generation++) {
      const place = CODE + (generation % PLACES) * BYTES;
      arm.words(place, ...loop(generation)).set({ pc: place, r0: 0 });
      // Ten times round the loop and once more at its start: 32 instructions a round.
      assert.equal(exec.run(320, false), CpuStop.Budget);
      assert.equal(arm.cpu.readRegister('r0'), 100 * (generation & 0xff), `generation ${generation}`);
      if (generation % 250 === 249) curve.push(Math.round(process.memoryUsage.rss() / MIB));
    }
    const { statistics } = exec.tier ?? assert.fail('nothing is compiled');
    assert.ok(statistics.functions >= GENERATIONS, JSON.stringify(statistics));
    assert.ok(statistics.generations >= 20, JSON.stringify(statistics));
    const fifth = curve.length / 5;
    const growth = Math.min(...curve.slice(-fifth)) - Math.max(...curve.slice(0, 3 * fifth));
    assert.ok(growth < ALLOWED_MIB, `MiB every 250 generations: ${curve.join(' ')}`);
    console.log(`        MiB every 250 generations: ${curve.join(' ')}`);
  });
});
