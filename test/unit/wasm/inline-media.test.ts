import assert from 'node:assert/strict';
import { TIER_POLICIES } from '../../../src/emulator/tier-policy';
import { ArmMachine } from '../arm/arm-machine';

/* Each instruction in a loop over pairs of words, on the interpreter, which calls its helper, and compiled. */

const CODE = 0x1000;
const DATA = 0x8000;
const RESULTS = 0x10000;
const INSTRUCTIONS = {
  UADD8: 0xe6554f96, // uadd8 r4, r5, r6
  USUB8: 0xe6554ff6,
  SEL: 0xe6854fb6,
  RBIT: 0xe6ff4f35,
  /** The destination is an operand, too. */
  'UADD8 r5, r5, r6': 0xe6555f96,
  'USUB8 r6, r5, r6': 0xe6556ff6,
};
const EDGES = [0, 1, 0x7f, 0x80, 0x81, 0xff];

/** Every pair of edge bytes in each lane, and pseudo-random words. */
function words(): number[] {
  const pairs = EDGES.flatMap((x) => EDGES.map((y) => [x, y]));
  const edges = [0, 8, 16, 24].flatMap((lsb) => pairs.flatMap(([x, y]) => [x << lsb, y << lsb]));
  let seed = 1;
  const next = (): number => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) ^ (seed >>> 15);
  return [...edges, ...Array.from({ length: 1000 }, next)];
}

function run(instruction: number, tier?: (typeof TIER_POLICIES)['auto']): string {
  const operands = words();
  const program = [
    0xe8b00060, // loop: ldm r0!, {r5, r6}
    instruction,
    0xe10f7000, // mrs r7, cpsr: with GE
    0xe8a100f0, // stm r1!, {r4-r7}
    0xe2522001, // subs r2, r2, #1
    0x1afffff9, // bne loop
    0xeafffffe,
  ];
  const machine = new ArmMachine({}, tier).words(CODE, ...program).words(DATA, ...operands);
  machine.cpu.reset(CODE);
  const count = operands.length / 2;
  machine.set({ r0: DATA, r1: RESULTS, r2: count }).run(6 * count);
  if (tier) assert.ok((machine.machine.execs[0].tier?.statistics.functions ?? 0) > 0);
  return Buffer.from(machine.machine.readPhysical(RESULTS, 16 * count)).toString('hex');
}

describe('media instructions in compiled code', () => {
  for (const [name, instruction] of Object.entries(INSTRUCTIONS)) {
    it(`${name} does what its helper does`, () => {
      const wanted = run(instruction);
      assert.notEqual(wanted.replaceAll('0', ''), '');
      assert.equal(run(instruction, TIER_POLICIES.wasm), wanted);
    });
  }
});
