import assert from 'node:assert/strict';
import { ArmMachine } from './arm-machine';

const CODE = 0x1000;
const SYS = 0x1df;
const SVC = 0x1d3;

const arm = (...words: number[]): ArmMachine => new ArmMachine().words(CODE, ...words).set({ cpsr: SYS, pc: CODE });
const thumb = (...halfwords: number[]): ArmMachine =>
  new ArmMachine().halfwords(CODE, ...halfwords).set({ cpsr: SYS | 0x20, pc: CODE });

const flags = (m: ArmMachine): string =>
  'nzcv'
    .split('')
    .map((c, i) => (m.get('cpsr') & (0x80000000 >>> i) ? c.toUpperCase() : c))
    .join('');

describe('ARM flags and shifter', () => {
  const cases: [text: string, word: number, a: number, b: number, result: number, nzcv: string][] = [
    ['adds r2, r0, r1', 0xe0902001, 0x7fffffff, 1, 0x80000000, 'NzcV'],
    ['adds r2, r0, r1', 0xe0902001, 0xffffffff, 1, 0, 'nZCv'],
    ['subs r2, r0, r1', 0xe0502001, 0x80000000, 1, 0x7fffffff, 'nzCV'],
    ['subs r2, r0, r1', 0xe0502001, 0, 1, 0xffffffff, 'Nzcv'],
    ['rsbs r2, r0, r1', 0xe0702001, 5, 5, 0, 'nZCv'],
    ['movs r2, r1, lsl #32-bit register', 0xe1b02011, 32, 0xffffffff, 0, 'nZCv'],
    ['movs r2, r1, lsr r0', 0xe1b02031, 33, 0xffffffff, 0, 'nZcv'],
    ['movs r2, r1, asr r0', 0xe1b02051, 255, 0x80000000, 0xffffffff, 'NzCv'],
    ['movs r2, r1, ror r0', 0xe1b02071, 64, 0x80000001, 0x80000001, 'NzCv'],
    ['movs r2, r1, lsr #32', 0xe1b02021, 0, 0x80000000, 0, 'nZCv'],
    ['movs r2, #0xff000000', 0xe3b024ff, 0, 0, 0xff000000, 'NzCv'],
  ];
  for (const [text, word, r0, r1, result, nzcv] of cases) {
    it(`${text} of ${r0.toString(16)}, ${r1.toString(16)}`, () => {
      const m = arm(word).set({ r0, r1 }).run(1).expect({ r2: result });
      assert.equal(flags(m), nzcv);
    });
  }

  it('a shift by 0 in a register leaves C', () => {
    const m = arm(0xe1b02011).set({ cpsr: SYS | 0x20000000, r0: 0x100, r1: 1 }); // movs r2, r1, lsl r0
    assert.equal(flags(m.run(1).expect({ r2: 1 })), 'nzCv');
  });

  it('RRX takes C in and gives bit 0 out', () => {
    const m = arm(0xe1b02061).set({ cpsr: SYS | 0x20000000, r1: 2 }); // movs r2, r1, rrx
    assert.equal(flags(m.run(1).expect({ r2: 0x80000001 })), 'Nzcv');
  });

  it('ADC and SBC take C in', () => {
    arm(0xe0a02001)
      .set({ cpsr: SYS | 0x20000000, r0: 1, r1: 2 })
      .run(1)
      .expect({ r2: 4 });
    arm(0xe0c02001).set({ r0: 5, r1: 2 }).run(1).expect({ r2: 2 });
  });
});

describe('ARM saturation and media', () => {
  it('QADD, SSAT and USAT saturate and set Q', () => {
    const m = arm(0xe1012050).set({ r0: 0x7fffffff, r1: 1 }).run(1).expect({ r2: 0x7fffffff });
    assert.equal(m.get('cpsr') & 0x08000000, 0x08000000);
    arm(0xe6a72010).set({ r0: 1000 }).run(1).expect({ r2: 127 }); // ssat r2, #8, r0
    arm(0xe6e82010).set({ r0: 0xfffffff0 }).run(1).expect({ r2: 0 }); // usat r2, #8, r0
  });

  it('UADD8 sets GE and SEL chooses by it', () => {
    arm(0xe6502f91, 0xe6803fb1) // uadd8 r2, r0, r1; sel r3, r0, r1
      .set({ r0: 0xff01ff01, r1: 0x01010101 })
      .run(2)
      .expect({ r2: 0x00020002, r3: (0xff01ff01 & 0xff00ff00) | 0x00010001, cpsr: SYS | 0xa0000 });
  });

  it('SMLAD sets Q only when the whole sum overflows', () => {
    const m = arm(0xe7032110).set({ r0: 0x80008000, r1: 0x80008000, r2: 0xffffffff, r3: 0 });
    m.run(1).expect({ r3: 0x7fffffff, cpsr: SYS }); // smlad r3, r0, r1, r2
  });

  it('UMAAL adds both halves', () => {
    arm(0xe0432190).set({ r0: 0xffffffff, r1: 0xffffffff, r2: 0xffffffff, r3: 0xffffffff }).run(1);
    arm(0xe0432190)
      .set({ r0: 0xffffffff, r1: 0xffffffff, r2: 0xffffffff, r3: 0xffffffff })
      .run(1)
      .expect({ r2: 0xffffffff, r3: 0xffffffff });
  });

  it('SDIV is undefined on a Cortex-A9', () => {
    arm(0xe712f110)
      .run(1)
      .expect({ pc: 4, lr: CODE + 4, cpsr: 0x1db, spsr: SYS });
  });
});

describe('ARM loads and stores', () => {
  it('an index register may be the destination', () => {
    arm(0xe6921001).words(0x2000, 0x1234).set({ r1: 8, r2: 0x2000 }).run(1).expect({ r1: 0x1234, r2: 0x2008 });
  });

  it('unaligned words are loaded, unaligned LDM is an alignment fault', () => {
    arm(0xe5901000).words(0x2000, 0x33221100, 0x77665544).set({ r0: 0x2003 }).run(1).expect({ r1: 0x66554433 });
    const m = arm(0xe8900006).set({ r0: 0x2002 }).run(1);
    m.expect({ pc: 0x10, cpsr: 0x1d7, lr: CODE + 8, dfsr: 1, dfar: 0x2002, spsr: SYS });
  });

  it('an access to nothing is an external abort on a machine with bus errors', () => {
    arm(0xe5801000).set({ r0: 0x40000000 }).run(1).expect({ pc: 0x10, dfsr: 0x808, dfar: 0x40000000 });
  });

  it('big-endian data', () => {
    const m = arm(0xf1010200, 0xe5801000, 0xe1d020b0); // setend be; str r1, [r0]; ldrh r2, [r0]
    m.set({ r0: 0x2000, r1: 0x11223344 }).run(3).expect({ r2: 0x1122 });
    assert.equal(m.word(0x2000), 0x44332211);
  });

  it('LDM with the base in the list keeps the loaded value; LDM ^ reaches User mode', () => {
    arm(0xe8910006).words(0x2000, 7, 9).set({ r1: 0x2000 }).run(1).expect({ r1: 7, r2: 9 });
    const m = arm(0xe8d06000).words(0x2000, 0x111, 0x222); // ldm r0, {sp, lr}^
    m.set({ cpsr: SVC, sp: 0x5000, r0: 0x2000 }).run(1).expect({ sp: 0x5000, sp_usr: 0x111, lr_usr: 0x222 });
  });

  it('LDREX and STREX: the value must still be there', () => {
    const code = [0xe1901f9f, 0xe1802f93]; // ldrex r1, [r0]; strex r2, r3, [r0]
    const m = arm(...code)
      .words(0x2000, 5)
      .set({ r0: 0x2000, r3: 6 })
      .run(2)
      .expect({ r1: 5, r2: 0 });
    assert.equal(m.word(0x2000), 6);
    const other = arm(...code)
      .words(0x2000, 5)
      .set({ r0: 0x2000, r3: 6 })
      .run(1)
      .words(0x2000, 8)
      .run(1);
    assert.equal(other.expect({ r2: 1 }).word(0x2000), 8);
    arm(code[1]).words(0x2000, 5).set({ r0: 0x2000 }).run(1).expect({ r2: 1 });
  });

  it('LDREXD and STREXD', () => {
    const m = arm(0xe1b02f9f, 0xe1a04f96); // ldrexd r2, r3, [r0]; strexd r4, r6, r7, [r0]
    m.words(0x2000, 1, 2).set({ r0: 0x2000, r6: 3, r7: 4 }).run(2).expect({ r2: 1, r3: 2, r4: 0 });
    assert.deepEqual([m.word(0x2000), m.word(0x2004)], [3, 4]);
    arm(0xe1b02f9f).set({ r0: 0x2004 }).run(1).expect({ pc: 0x10, dfsr: 1, dfar: 0x2004 });
  });
});

describe('ARM exceptions', () => {
  it('SVC: mode, return address, saved and new CPSR', () => {
    arm(0xef000001)
      .set({ cpsr: 0x80000010 })
      .run(1)
      .expect({ pc: 8, lr: CODE + 4, spsr: 0x80000010, cpsr: 0x80000093 });
  });

  it('SVC in Thumb within an IT block saves the state after it', () => {
    const m = thumb(0xbf04, 0xdf01, 0x2001).set({ cpsr: 0x40000030 }); // itt eq; svc 1; moveq r0, #1
    m.run(2).expect({ pc: 8, lr: CODE + 4, spsr: 0x40000830, cpsr: 0x40000093 });
  });

  it('BKPT is a prefetch abort with the debug event status', () => {
    arm(0xe1200070)
      .run(1)
      .expect({ pc: 0xc, lr: CODE + 4, ifsr: 2, cpsr: 0x1d7 });
  });

  it('VBAR and SCTLR choose vectors, instruction set and byte order of handlers', () => {
    arm(0xe7f000f0).set({ vbar: 0x8000 }).run(1).expect({ pc: 0x8004 });
    arm(0xe7f000f0).set({ sctlr: 0x00c52078 }).run(1).expect({ pc: 0xffff0004 });
    arm(0xe7f000f0)
      .set({ sctlr: 0x42c50078 })
      .run(1)
      .expect({ cpsr: 0x1db | 0x200 | 0x20 });
  });

  it('MOVS pc, lr and RFE return to the mode and instruction set saved', () => {
    const m = arm(0xe1b0f00e).set({ cpsr: SVC, spsr: 0x60000030, lr: 0x2003 }).run(1);
    m.expect({ pc: 0x2002, cpsr: 0x60000030 });
    arm(0xf8bd0a00).words(0x2000, 0x3000, 0x1d1).set({ cpsr: SVC, sp: 0x2000 }).run(1).expect({
      pc: 0x3000,
      cpsr: 0x1d1,
      sp_svc: 0x2008,
    });
  });

  it('User mode changes neither its mode nor its masks', () => {
    arm(0xe129f000)
      .set({ cpsr: 0x10, r0: 0xf80003df })
      .run(1)
      .expect({ cpsr: 0xf8000210 & ~0x200 });
    arm(0xe10f0000).set({ cpsr: 0x10 }).run(1).expect({ r0: 0x10 });
    arm(0xe14f0000).set({ cpsr: 0x10 }).run(1).expect({ pc: 4 });
  });

  it('a mode that does not exist is not entered', () => {
    arm(0xe121f000).set({ cpsr: SVC, r0: 0x1d6 }).run(1).expect({ cpsr: SVC });
  });

  it('FIQ mode has its own r8 to r14', () => {
    const m = arm(0xf1020011).set({ r8: 1, r12: 2, sp: 3, r8_fiq: 0x81, lr_fiq: 0x82 }); // cps #fiq
    m.run(1).expect({ r8: 0x81, lr: 0x82, r8_usr: 1, r12_usr: 2, sp_usr: 3, cpsr: 0x1d1 });
  });

  it('interrupts are taken FIQ first, as far as the CPSR lets them', () => {
    const m = arm(0xe1a00000).set({ cpsr: 0x1f });
    m.env[30] = 3;
    assert.equal(m.cpu.interruptPending(), true);
    m.cpu.takeInterrupt();
    m.expect({ pc: 0x1c, cpsr: 0x1d1, lr: CODE + 4 });
    assert.equal(m.cpu.interruptPending(), false);
  });

  it('WFI halts until an interrupt is pending', () => {
    const m = arm(0xe320f003, 0xe3a00001).run(10);
    m.expect({ pc: CODE + 4, r0: 0 });
    m.env[30] = 1;
    m.run(1).expect({ r0: 1 });
  });

  it('semihosting: a request, or waiting for its input', () => {
    const answers: ('wait' | 'done')[] = ['wait', 'done'];
    const m = new ArmMachine({ semihosting: () => answers.shift() ?? 'done' });
    m.words(CODE, 0xef123456).set({ cpsr: SVC, pc: CODE });
    m.run(1)
      .expect({ pc: CODE })
      .run(1)
      .expect({ pc: CODE + 4 });
  });
});

describe('Thumb', () => {
  it('IT blocks, also when the machine stops in the middle of one', () => {
    for (const slice of [1, 2, 3, 8]) {
      // cmp r0, #0; itete eq; moveq r1, #1; movne r1, #2; moveq r2, #3; movne r2, #4; movs r3, #5; bx lr
      const m = thumb(0x2800, 0xbf0b, 0x2101, 0x2102, 0x2203, 0x2204, 0x2505, 0x4770).set({ lr: 0x3001 });
      m.halfwords(0x3000, 0x2607).run(9, slice);
      m.expect({ r1: 1, r2: 3, r5: 5, r6: 7, pc: 0x3002, cpsr: SYS | 0x20000020 });
    }
  });

  it('16-bit instructions set no flags in an IT block', () => {
    thumb(0xbf48, 0x2000).set({ cpsr: 0x800001ff, r0: 5 }).run(2).expect({ r0: 0, cpsr: 0x800001ff });
  });

  it('CBZ, TBB and BL with its return address', () => {
    thumb(0xb108)
      .set({ r0: 0 })
      .run(1)
      .expect({ pc: CODE + 6 });
    thumb(0xe8df, 0xf000)
      .halfwords(CODE + 4, 0x0403)
      .set({ r0: 1 })
      .run(1)
      .expect({ pc: CODE + 12 });
    thumb(0xf000, 0xf802)
      .run(1)
      .expect({ pc: CODE + 8, lr: CODE + 5 });
    thumb(0xf000, 0xe802)
      .run(1)
      .expect({ pc: CODE + 8, lr: CODE + 5, cpsr: SYS });
  });

  it('a block ends before a 32-bit instruction that crosses into the next page', () => {
    const m = new ArmMachine().halfwords(0x1ffc, 0x2001, 0xf240, 0x0105, 0xe7fe); // movs; movw r1, #5; b .
    m.set({ cpsr: SYS | 0x20, pc: 0x1ffc })
      .run(3)
      .expect({ r0: 1, r1: 5, pc: 0x2002 });
    assert.deepEqual(m.blocks.slice(0, 2), ['1ffc:1', '1ffe:1']);
  });
});

describe('ARM registers by name', () => {
  it('spells the CPSR out', () => {
    const m = new ArmMachine().set({ cpsr: 0xa00001d3 });
    const cpsr = m.cpu.registers().find((r) => r.name === 'cpsr');
    assert.equal(cpsr?.description, 'NzCv q ge=0000 IT=00 A I F ARM svc');
  });

  it('writes what it reads, for every register that can be written', () => {
    const m = new ArmMachine().set({ cpsr: SVC });
    for (const { name, group } of m.cpu.registers().filter((r) => r.writable && r.group !== 'system')) {
      const special: Readonly<Record<string, number>> = { fpscr: 0x63c7009f, fpexc: 0x40000000 };
      const value = special[name] ?? (group === 'status' || name.startsWith('spsr') ? 0x600001d3 : 0x12345678);
      m.cpu.writeRegister(name, value);
      assert.equal(m.get(name), value, name);
    }
  });

  it('says which register does not exist or cannot be written', () => {
    const { cpu } = new ArmMachine();
    assert.equal(cpu.readRegister('r16'), undefined);
    assert.throws(() => cpu.writeRegister('r16', 0), /there is no register 'r16'/);
    assert.throws(() => cpu.writeRegister('midr', 0), /'midr' cannot be written/);
  });
});
