import assert from 'node:assert/strict';
import { CpuStop } from '../../../src/emulator/cpu-exec';
import { TIER_POLICIES, type TierPolicy } from '../../../src/emulator/tier-policy';
import { ArmSlot } from '../../../src/target/arm';
import {
  A32_ROWS,
  T16_ROWS,
  T32_ROWS,
  decodeA32,
  decodeT16,
  decodeT32,
  randomWord,
  type DecodeRow,
} from '../../../src/target/arm/decode';
import { ENV_STATE_WORDS, GUEST_BASE } from '../../../src/tcg/layout';
import { ArmMachine, hex } from '../arm/arm-machine';
import { Random } from '../wasm/random';
import { CODE, machine, program, state } from '../wasm/random-program';

/*
 * Cold code that runs without being translated, beside the interpreter: all state is the same wherever it stops.
 */

/** Blocks run directly this often, and are never compiled. */
const DIRECT: TierPolicy = { ...TIER_POLICIES.auto, direct: 3, carriedOut: 1, threshold: Infinity };

const AT = 0x10000;
const DATA = 0x80000;
const END = 0xff000;

/** A machine with floating point on, and endless loops for A32 and T32 code at END. */
function bare(policy?: TierPolicy): ArmMachine {
  const made = new ArmMachine({}, policy).words(END, 0xeafffffe).halfwords(END + 4, 0xe7fe);
  made.set({ cpacr: 0xf00000, fpexc: 0x40000000 });
  return made;
}

const ram = ({ machine: { memory } }: ArmMachine): Uint8Array => memory.u8.subarray(GUEST_BASE);

/** What must be the same, but for memory. */
function words({ env, machine: { execs } }: ArmMachine): unknown {
  return [...env.subarray(0, ENV_STATE_WORDS), execs[0].instructions];
}

/** Both machines, and runs of the same budget on them. */
class Pair {
  readonly translated: ArmMachine;
  readonly direct: ArmMachine;

  constructor(make: (policy?: TierPolicy) => ArmMachine, policy = DIRECT) {
    this.translated = make();
    this.direct = make(policy);
  }

  each(act: (each: ArmMachine) => void): void {
    act(this.translated);
    act(this.direct);
  }

  run(budget: number, what: string, passBreak = false): CpuStop {
    const [expected, stop] = [this.translated, this.direct].map((each) => each.machine.execs[0].run(budget, passBreak));
    assert.equal(CpuStop[stop], CpuStop[expected], what);
    assert.deepEqual(words(this.direct), words(this.translated), what);
    return stop;
  }

  sameMemory(what: string): void {
    assert.ok(Buffer.from(ram(this.direct)).equals(ram(this.translated)), `memory after ${what}`);
  }
}

/** Each row's words: one instruction, in Thumb perhaps in an IT block, and a branch to END. */
function rows(all: readonly DecodeRow[], decode: (word: number) => DecodeRow | undefined, count: number): void {
  const random = new Random(all.length);
  const pair = new Pair(bare);
  const template = pair.translated.env.slice(0, ENV_STATE_WORDS);
  const thumb = all !== A32_ROWS;
  let at = AT;
  for (const row of all) {
    for (let i = 0; i < count; i++) {
      let word: number;
      try {
        word = randomWord(row, decode, () => random.word());
      } catch {
        break; // all of its encodings are UNPREDICTABLE
      }
      const code = thumb ? [...(random.below(3) ? [] : [0xbf08 | (random.below(14) << 4)])] : [word];
      if (thumb) code.push(...(row.bits === 32 ? [word >>> 16, word & 0xffff] : [word]));
      const instructions = thumb && code[0] >>> 8 === 0xbf && code.length > 1 ? 2 : 1;
      const next = at + (thumb ? 2 : 4) * code.length;
      if (thumb) {
        const distance = END + 4 - (next + 4);
        // B.W, encoding T4, forward
        const [j1, j2] = [(~(distance >>> 23) & 1) as number, (~(distance >>> 22) & 1) as number];
        code.push(0xf000 | ((distance >>> 12) & 0x3ff), 0x9000 | (j1 << 13) | (j2 << 11) | ((distance >>> 1) & 0x7ff));
      } else {
        code.push(0xea000000 | ((END - (next + 8)) >> 2));
      }
      const state = template.slice();
      for (let n = 0; n < 15; n++) state[n] = random.below(3) ? DATA + random.below(0x8000) : random.word();
      for (let n = ArmSlot.NF; n <= ArmSlot.VF; n++) state[n] = random.word();
      state[ArmSlot.CF] = random.below(2);
      for (let n = 0; n < 64; n++) state[ArmSlot.D0 + n] = random.word();
      pair.each((each) => {
        if (thumb) each.halfwords(at, ...code);
        else each.words(at, ...code);
        each.env.set(state);
        each.machine.execs[0].restarted();
        each.cpu.setPc(at | (thumb ? 1 : 0));
      });
      const what = `${row.set} ${row.name} ${hex(word)}`;
      pair.run(random.below(4) ? instructions + 1 : 1 + random.below(2), what);
      at += 16;
    }
    pair.sameMemory(row.name);
    if (at > AT + 0x60000) at = AT;
  }
  const { instructions } = pair.direct.machine.execs[0];
  assert.ok(pair.direct.blocks.length < instructions / 3, `${pair.direct.blocks.length} blocks were translated`);
}

describe('direct execution', function () {
  this.timeout(120_000);

  it('executes every row of A32 as the interpreter does', () => rows(A32_ROWS, decodeA32, 8));
  it('executes every row of T16 as the interpreter does', () => rows(T16_ROWS, decodeT16, 20));
  it('executes every row of T32 as the interpreter does', () => rows(T32_ROWS, decodeT32, 8));

  it('stops in random programs where the interpreter does, in the same state', () => {
    for (let seed = 201; seed <= 216; seed++) {
      const random = new Random(seed);
      const code = program(random);
      const policy = { ...DIRECT, direct: 1 + random.below(200), threshold: seed % 2 ? Infinity : 20 };
      const pair = new Pair((tier) => machine(code, tier), policy);
      for (let stop = 0; stop < 100; stop++) {
        pair.run(1 + random.below(random.one([3, 20, 100, 1000])), `seed ${seed}, stop ${stop}`);
        assert.deepEqual(state(pair.direct), state(pair.translated), `seed ${seed}, stop ${stop}`);
      }
    }
  });

  it('takes interrupts between the same instructions', () => {
    for (let seed = 301; seed <= 308; seed++) {
      const random = new Random(seed);
      const code = program(random);
      const pair = new Pair(
        // subs pc, lr, #4 at the vector of IRQ
        (tier) => machine(code, tier).words(0x18, 0xe25ef004).set({ cpsr: 0x13 }),
        { ...DIRECT, direct: 200 },
      );
      for (let stop = 0; stop < 100; stop++) {
        const level = random.below(2) === 1;
        pair.each(({ cpu }) => cpu.setIrq(level));
        pair.run(1 + random.below(30), `seed ${seed}, stop ${stop}`);
      }
      assert.ok(pair.direct.machine.execs[0].interrupts > 10);
      assert.equal(pair.direct.machine.execs[0].interrupts, pair.translated.machine.execs[0].interrupts);
    }
  });

  it('stops at breakpoints in the middle of blocks', () => {
    for (let seed = 401; seed <= 406; seed++) {
      const random = new Random(seed);
      const code = program(random);
      const pair = new Pair((tier) => machine(code, tier), { ...DIRECT, direct: 200 });
      let hits = 0;
      for (let stop = 0; stop < 60; stop++) {
        const at = Array.from({ length: 4 }, () => CODE + 4 * random.below(code.length));
        pair.each(({ machine: { execs } }) => execs[0].breakpoints.set(at));
        if (pair.run(200, `seed ${seed}, stop ${stop}`, true) === CpuStop.Breakpoint) hits++;
      }
      assert.ok(hits > 10, `${hits} hits`);
    }
  });

  it('ends a run that may end with a block there, translates nothing for it, and has counted what it executed', () => {
    for (let seed = 501; seed <= 508; seed++) {
      const random = new Random(seed);
      const code = program(random);
      const pair = new Pair((tier) => machine(code, tier), { ...DIRECT, direct: 255 });
      const { execs } = pair.direct.machine;
      let longer = 0;
      for (let stop = 0; stop < 60; stop++) {
        const what = `seed ${seed}, stop ${stop}`;
        const before = execs[0].instructions;
        const budget = 1 + random.below(30);
        assert.equal(CpuStop[execs[0].run(budget, false, true)], 'Budget', what);
        const executed = execs[0].instructions - before;
        assert.ok(executed >= budget && executed < budget + 512, `${what}: ${executed} instructions for ${budget}`);
        if (executed > budget) longer++;
        pair.translated.machine.execs[0].run(executed, false);
        assert.deepEqual(words(pair.direct), words(pair.translated), what);
        assert.deepEqual(state(pair.direct), state(pair.translated), what);
      }
      assert.ok(longer > 20, `${longer} runs were prolonged`);
      assert.equal(execs[0].blocks.blocks.length, 0, `seed ${seed}`);
    }
  });

  it('lets events happen where they are due, also behind the end of a budget', () => {
    for (let seed = 601; seed <= 608; seed++) {
      const random = new Random(seed);
      const code = program(random);
      const gaps = Array.from({ length: 2000 }, () => 1 + random.below(40));
      const logs: number[][] = [];
      /** A machine in which something is due after each of the gaps: it changes r11. */
      const make = (tier?: TierPolicy): ArmMachine => {
        const log: number[] = [];
        let due = gaps[0];
        const now = (): number => made.machine.execs[0].instructionsNow;
        const made: ArmMachine = new ArmMachine({}, tier, undefined, {
          exact: seed % 2 === 0,
          nextEventNs: () => due,
          instructionsToEvent: () => Math.max(0, due - now()),
          runEvents: () => {
            log.push(now());
            due += gaps[log.length];
            made.cpu.setIrq(log.length % 3 === 0);
          },
        });
        logs.push(log);
        made.words(CODE, ...code).words(0x18, 0xe25ef004);
        made.cpu.reset(CODE);
        return made.set({ cpsr: 0x13 });
      };
      const pair = new Pair(make, { ...DIRECT, direct: 255 });
      const [translated, direct] = [pair.translated, pair.direct].map(({ machine: { execs } }) => execs[0]);
      for (let stop = 0; stop < 100; stop++) {
        const before = direct.instructions;
        direct.run(1 + random.below(30), false, true);
        for (const until = direct.instructions; translated.instructions < until;)
          translated.run(until - translated.instructions, false);
        const what = `seed ${seed}, stop ${stop}, instructions ${before} to ${direct.instructions}`;
        assert.deepEqual(words(pair.direct), words(pair.translated), what);
        assert.deepEqual(logs[1], logs[0], what);
      }
      assert.ok(logs[0].length > 50 && direct.interrupts > 10, `${logs[0].length} events`);
    }
  });

  /** ldr r0, [pc, #24]; str r0, [pc, #n]; three moves, one of which that overwrites; b . */
  const overwriting = (target: number): number[] => [
    0xe59f0018,
    0xe58f0000 | (target - 12),
    ...[1, 2, 3].map((n) => 0xe3a01000 | (n << 12) | n),
    0xe3a05005,
    0xea000000,
    0,
    0xe3a06066,
    0xe3a07007,
    0xeafffffe,
  ];

  for (const first of ['a slow store', 'a quick store']) {
    it(`executes what a block was when it began: ${first} into it`, () => {
      for (let target = 12; target <= 20; target += 4) {
        for (let budget = 1; budget <= 9; budget++) {
          const code = overwriting(target);
          const pair = new Pair((tier) => {
            const made = new ArmMachine({}, tier).words(CODE, ...code).words(AT, 0xe58f0ff8, 0xe51ff004, CODE);
            made.cpu.reset(CODE);
            if (first === 'a slow store') return made;
            // str r0, [r8]; bx r9: the page's entry in the TLB is there when the block runs
            made.words(0x20000, 0xe5880000, 0xe12fff19).cpu.reset(0x20000);
            return made.set({ r8: CODE + 0x800, r9: CODE }).run(2);
          });
          for (let stop = 0; stop < 4; stop++) pair.run(budget, `target ${target}, budget ${budget}, stop ${stop}`);
          pair.sameMemory('all');
          pair.each((each) => void each.set({ pc: CODE }));
          pair.run(20, 'what was written is executed the next time');
        }
      }
    });
  }

  it('is told of what a guest does once and no more', () => {
    const made = bare(DIRECT).words(AT, 0xe2800001, 0xe2800001, 0xeafffffc);
    made.cpu.reset(AT);
    made.run(9);
    assert.deepEqual(made.blocks, []);
    made.run(3).expect({ r0: 8 });
    assert.deepEqual(made.blocks, ['10000:3']);
  });

  it('translates earlier what forms do not carry out', () => {
    const policy = { ...DIRECT, direct: 6, carriedOut: 3 };
    // adds r0, #1; adds r0, #1; b
    const thumb = bare(policy).halfwords(AT, 0x3001, 0x3001, 0xe7fc);
    thumb.cpu.reset(AT | 1);
    thumb.run(6);
    assert.deepEqual(thumb.blocks, []);
    thumb.run(3).expect({ r0: 6 });
    assert.deepEqual(thumb.blocks, ['10000:3']);
    // add r0, r0, #1; mrs r1, cpsr; b: one of them has no form
    const made = bare(policy).words(AT, 0xe2800001, 0xe10f1000, 0xeafffffc);
    made.cpu.reset(AT);
    made.run(6);
    assert.deepEqual(made.blocks, []);
    made.run(3);
    assert.deepEqual(made.blocks, ['10000:3']);
  });
});
