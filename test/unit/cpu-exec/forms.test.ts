import assert from 'node:assert/strict';
import { CpuStop } from '../../../src/emulator/cpu-exec';
import { TIER_POLICIES, type TierPolicy } from '../../../src/emulator/tier-policy';
import { nodeWebAssembly } from '../../../src/adapter/node/web-assembly';
import { ArmSlot } from '../../../src/target/arm';
import { buildForms } from '../../../src/target/arm/forms/forms';
import { a32WordOf } from '../../../src/target/arm/decode';
import { FORMS_ENDED, type RunForms } from '../../../src/tcg/forms';
import {
  ENV_BASE,
  ENV_FORMS,
  ENV_STATE_WORDS,
  ENV_TLB,
  FORM_INDEX_BITS,
  GUEST_BASE,
  TLB_ENTRY_WORDS,
  TLB_INVALID,
  TLB_WORDS,
} from '../../../src/tcg/layout';
import { ArmMachine, hex } from '../arm/arm-machine';
import { Random } from '../wasm/random';

/*
 * Instructions with open operands in WebAssembly, alone and beside the interpreter.
 */

const DIRECT: TierPolicy = { ...TIER_POLICIES.auto, direct: 3, carriedOut: 1, threshold: Infinity };
const AT = 0x10000;
const DATA = 0x80000;
const END = 0xff000;
const ENDLESS_LOOP = 0xeafffffe;

/** A module of forms with memory: a page of code at guest address 0x1000, one of data at 0x2000. */
class Forms {
  readonly i32: Int32Array;
  readonly u32: Uint32Array;
  private readonly run: RunForms;

  constructor() {
    const pages = GUEST_BASE / 65536 + 1;
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    const { wasm, table } = buildForms(ENV_BASE);
    new Uint8Array(memory.buffer).set(table, ENV_BASE + 4 * ENV_FORMS);
    this.i32 = new Int32Array(memory.buffer);
    this.u32 = new Uint32Array(memory.buffer);
    const env = ENV_BASE / 4;
    for (let i = 0; i < TLB_WORDS; i += TLB_ENTRY_WORDS)
      this.i32.fill(TLB_INVALID, env + ENV_TLB + i, env + ENV_TLB + i + 2);
    for (const page of [0x1000, 0x2000]) {
      const entry = env + ENV_TLB + (page >>> 12) * TLB_ENTRY_WORDS;
      this.i32.set([page, page, GUEST_BASE], entry);
    }
    this.run = nodeWebAssembly(memory).instantiate(wasm, { env: { memory } })['run'] as RunForms;
  }

  register(n: number): number {
    return this.u32[ENV_BASE / 4 + n];
  }

  /** Executes the words at 0x1000; the registers from r0 on are these. What it returns. */
  execute(words: readonly number[], registers: readonly number[] = [], count = words.length): number {
    const env = ENV_BASE / 4;
    this.i32.set(registers, env);
    this.i32[env + ArmSlot.PC] = 0x1234;
    this.i32.set(words, (GUEST_BASE + 0x1000) / 4);
    return this.run(0x1000, GUEST_BASE + 0x1000, count, 0, GUEST_BASE + 0x1000);
  }
}

describe('forms of A32', function () {
  this.timeout(120_000);

  it('execute what code consists of, and leave the pc alone in a block', () => {
    const forms = new Forms();
    // mov r0, #5; add r1, r0, r0, lsl #3; subs r2, r1, #45; moveq r3, #7; movne r3, #8; str r1, [r4, #8]; ldr r5, [r4, #8]
    const code = [0xe3a00005, 0xe0801180, 0xe251202d, 0x03a03007, 0x13a03008, 0xe5841008, 0xe5945008];
    assert.equal(forms.execute(code, [0, 0, 1, 0, 0x2000]), 7);
    assert.deepEqual(
      [0, 1, 2, 3, 5].map((n) => forms.register(n)),
      [5, 45, 0, 7, 45],
    );
    assert.equal(forms.i32[(GUEST_BASE + 0x2008) / 4], 45);
    assert.equal(forms.register(ArmSlot.PC), 0x1234);
    assert.equal(forms.execute(code, [], 3), 3);
  });

  it('end blocks where translated ones end', () => {
    const forms = new Forms();
    const ends = (words: number[], registers: number[] = []): [number, number] => {
      assert.equal(forms.execute(words, registers), words.length | FORMS_ENDED, hex(words[words.length - 1]));
      return [forms.register(ArmSlot.PC), forms.register(ArmSlot.Thumb)];
    };
    assert.deepEqual(ends([0xe3a00005, 0xeb000002]), [0x1014, 0]); // bl
    assert.equal(forms.register(14), 0x1008);
    assert.deepEqual(ends([0xe3500005, 0x1afffffd], [5]), [0x1008, 0]); // cmp r0, #5; bne
    assert.deepEqual(ends([0xe12fff13], [0, 0, 0, 0x4321]), [0x4320, 1]); // bx r3
    forms.i32.set([1, 2, 0x3001], (GUEST_BASE + 0x2000) / 4);
    assert.deepEqual(ends([0xe8b08006], [0x2000]), [0x3000, 1]); // ldm r0!, {r1, r2, pc}
    assert.deepEqual(
      [0, 1, 2].map((n) => forms.register(n)),
      [0x200c, 1, 2],
    );
    assert.deepEqual(ends([0xe490f004], [0x2008]), [0x3000, 1]); // ldr pc, [r0], #4
  });

  it('decline what they do not serve before anything has changed', () => {
    const forms = new Forms();
    const declined = [
      [0xef000000], // svc
      [0xf57ff05f], // dmb
      [0xe7f000f0], // udf
      [0xe5901000, 0x3000], // ldr r1, [r0] where the TLB has nothing
      [0xe5801000, 0x1010], // str r1, [r0] to the running block's page
      [0xe5901000, 0x2002], // ldr r1, [r0], not aligned
      [0xe8a00006, 0x13f8], // stm r0!, {r1, r2} in the running block's page
      [0xe8b00006, 0x2ffc], // ldm r0!, {r1, r2} across two pages
      [0xe08ff001], // add pc, pc, r1
    ];
    for (const [word, r0 = 0] of declined) {
      const before = [r0, 11, 12, 13];
      assert.equal(forms.execute([0xe3a04001, word, 0xe3a05001], before), 1, hex(word));
      assert.deepEqual(
        [0, 1, 2, 3].map((n) => forms.register(n)),
        before,
        hex(word),
      );
      assert.equal(forms.register(ArmSlot.PC), 0x1234, hex(word));
    }
  });

  it('do what the interpreter does, for any operands', () => {
    const random = new Random(77);
    const make = (policy?: TierPolicy): ArmMachine => new ArmMachine({}, policy).words(END, ENDLESS_LOOP);
    const [translated, direct] = [make(), make(DIRECT)];
    const template = translated.env.slice(0, ENV_STATE_WORDS);
    const ram = ({ machine: { memory } }: ArmMachine): Uint8Array => memory.u8.subarray(GUEST_BASE);
    const { table } = buildForms(ENV_BASE);
    let at = AT;
    let words = 0;
    for (let index = 0; index < 1 << FORM_INDEX_BITS; index++) {
      if (table[2 * index] === 0 && table[2 * index + 1] === 0) continue;
      for (let i = 0; i < 5; i++) {
        const condition = random.below(3) ? 14 : random.below(15);
        // Neither the condition nor what the index has.
        let word = (random.word() & 0x000fff0f) | a32WordOf(index) | (condition << 28);
        // Immediate offsets that stay near, should-be bits as they should be, r15 now and then
        if (random.below(4) === 0) word |= 0xf << random.one([0, 8, 12, 16]);
        if (random.below(3) === 0) word &= ~(0xf << random.one([0, 8, 12, 16]));
        const registers = Array.from({ length: 15 }, () =>
          random.below(3) ? DATA + 4 * random.below(0x2000) : random.word(),
        );
        const flags = Array.from({ length: 4 }, () => random.word());
        flags[2] = random.below(2);
        if (random.below(3) === 0) flags[1] = 0;
        for (const each of [translated, direct]) {
          each.words(at, word, 0xea000000 | (((END - (at + 12)) >> 2) & 0xffffff));
          each.env.set(template);
          each.env.set(registers);
          each.env.set(flags, ArmSlot.NF);
          each.machine.execs[0].restarted();
          each.cpu.setPc(at);
          // What the TLB has, forms find there.
          if (i % 2)
            for (let page = 0; page < 9; page++) each.machine.execs[0].softmmu.store(DATA + 0x1000 * page, i, 2);
        }
        const what = `${hex(word >>> 0)} at ${hex(at)}`;
        const budget = 1 + random.below(2);
        const [expected, stop] = [translated, direct].map(({ machine: { execs } }) => execs[0].run(budget, false));
        assert.equal(CpuStop[stop], CpuStop[expected], what);
        assert.deepEqual(
          [...direct.env.subarray(0, ENV_STATE_WORDS)],
          [...translated.env.subarray(0, ENV_STATE_WORDS)],
          what,
        );
        assert.equal(direct.machine.execs[0].instructions, translated.machine.execs[0].instructions, what);
        words++;
        at = at < AT + 0x60000 ? at + 16 : AT;
      }
      if (index % 64 === 63) assert.ok(Buffer.from(ram(direct)).equals(ram(translated)), `memory after index ${index}`);
    }
    assert.ok(Buffer.from(ram(direct)).equals(ram(translated)), 'memory');
    assert.ok(words > 5000, `${words} words`);
  });
});
