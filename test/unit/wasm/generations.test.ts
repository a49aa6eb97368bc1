import assert from 'node:assert/strict';
import v8 from 'node:v8';
import vm from 'node:vm';
import { CpuStop } from '../../../src/emulator/cpu-exec';
import { TIER_POLICIES } from '../../../src/emulator/tier-policy';
import { ArmMachine } from '../arm/arm-machine';

const CODE = 0x1000;
const PLACES = 1000;
const BYTES = 64;
const GENERATIONS = 5_000;
/**
 * What may stay from the first three fifths of the generations, when memory has settled, to the last one, in MiB: of V8's heap
 * after it was collected, and of the process, which gives back late what it has had (`npm run soak` looks closer).
 */
const ALLOWED_MIB = { heap: 16, process: 128 };

const MIB = 2 ** 20;

/** What runs V8's garbage collector. */
function collector(): () => void {
  v8.setFlagsFromString('--expose-gc');
  return vm.runInNewContext('gc') as () => void;
}

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
    const collect = collector();
    const curve: { heap: number; process: number }[] = [];
    for (let generation = 0; generation < GENERATIONS; generation++) {
      const place = CODE + (generation % PLACES) * BYTES;
      arm.words(place, ...loop(generation)).set({ pc: place, r0: 0 });
      // Ten times round the loop and once more at its start: 32 instructions a round.
      assert.equal(exec.run(320, false), CpuStop.Budget);
      assert.equal(arm.cpu.readRegister('r0'), 100 * (generation & 0xff), `generation ${generation}`);
      if (generation % 250 !== 249) continue;
      collect();
      const { rss, heapUsed, external } = process.memoryUsage();
      curve.push({ heap: Math.round((heapUsed + external) / MIB), process: Math.round(rss / MIB) });
    }
    const { statistics } = exec.tier ?? assert.fail('nothing is compiled');
    assert.ok(statistics.functions >= GENERATIONS, JSON.stringify(statistics));
    assert.ok(statistics.generations >= 20, JSON.stringify(statistics));
    const fifth = curve.length / 5;
    for (const part of ['heap', 'process'] as const) {
      const values = curve.map((point) => point[part]);
      const shown = `MiB of the ${part} every 250 generations: ${values.join(' ')}`;
      console.log(`        ${shown}`);
      const growth = Math.min(...values.slice(-fifth)) - Math.max(...values.slice(0, 3 * fifth));
      assert.ok(growth < ALLOWED_MIB[part], shown);
    }
  });

  it('code that changes in one place does not make everything else go', () => {
    const arm = new ArmMachine({}, { ...TIER_POLICIES.wasm, maxFunctions: 50, maxSites: 500 });
    const [exec] = arm.machine.execs;
    for (let generation = 0; generation < 1000; generation++) {
      arm.words(CODE, ...loop(generation)).set({ pc: CODE, r0: 0 });
      assert.equal(exec.run(320, false), CpuStop.Budget);
      assert.equal(arm.cpu.readRegister('r0'), 100 * (generation & 0xff), `generation ${generation}`);
    }
    const { statistics } = exec.tier ?? assert.fail('nothing is compiled');
    assert.ok(statistics.functions >= 1000, JSON.stringify(statistics));
    assert.equal(statistics.generations, 0);
  });
});
