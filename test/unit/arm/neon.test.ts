import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import {
  NEON_INTEGER_PATTERNS,
  NEON_LOAD_STORE_PATTERNS,
  NEON_PERMUTE_PATTERNS,
} from '../../../src/target/arm/decode/neon-table';
import { decodeA32, decodeT32 } from '../../../src/target/arm/decode';
import { ArmSlot } from '../../../src/target/arm/cpu-state';
import { ArmMachine } from './arm-machine';

const CODE = 0x1000;
const MEMORY = 0x2000;
const BYTES = 64;
const UNDEFINED_VECTOR = 4;
const DATA_ABORT_VECTOR = 16;
const QC = 0x08000000;

/** The T32 encoding: data-processing has A32's bit 24 in bit 28, loads and stores another first byte. */
const inThumb = (word: number): number =>
  (word >>> 24 === 0xf4
    ? (word & 0xffffff) | 0xf9000000
    : (word & 0x00ffffff) | 0xef000000 | ((word & 0x01000000) << 4)) >>> 0;

/** A machine about to execute `words`, with Advanced SIMD on; `m` again where it is given. */
function machine(
  words: readonly number[],
  registers: Record<string, number> = {},
  thumb = false,
  m = new ArmMachine(),
): ArmMachine {
  if (thumb) m.halfwords(CODE, ...words.map(inThumb).flatMap((word) => [word >>> 16, word & 0xffff]));
  else m.words(CODE, ...words);
  const cpsr = thumb ? 0x1ff : 0x1df;
  return m.set({ cpsr, cpacr: 0xf00000, fpexc: 0x40000000, pc: CODE, ...registers });
}

const doublewords = (m: ArmMachine): BigUint64Array =>
  new BigUint64Array(m.env.buffer, m.env.byteOffset + 4 * ArmSlot.D0, 32);

const hex64 = (value: bigint): string => value.toString(16).padStart(16, '0');

interface Fact {
  readonly text: string;
  readonly word: number;
  readonly inputs: ReadonlyMap<string, string>;
  readonly changes: ReadonlyMap<string, string>;
}

const pairs = (text: string): Map<string, string> =>
  new Map(
    text
      .split(' ')
      .filter(Boolean)
      .map((item): [string, string] => {
        const [name, value = ''] = item.split('=');
        return [name, value];
      }),
  );

const FACTS = readFileSync('test/unit/arm/neon/facts.txt', 'utf8')
  .split('\n')
  .filter((line) => line && !line.startsWith(';'))
  .map((line): Fact => {
    const [text, word, inputs, changes] = line.split('; ');
    return { text, word: parseInt(word, 16), inputs: pairs(inputs), changes: pairs(changes) };
  });

/** What the instruction changes, as facts.txt tells it. */
function observe({ word, inputs }: Fact, thumb: boolean, again: ArmMachine): Map<string, string> {
  const m = machine([word], { r0: MEMORY, r1: 12, fpscr: 0 }, thumb, again);
  const initial = Uint8Array.from({ length: BYTES }, (_, i) => 11 + 37 * i);
  m.machine.writePhysical(MEMORY, initial);
  const d = doublewords(m);
  d.fill(0n);
  for (const [name, value] of inputs) d[Number(name.slice(1))] = BigInt(`0x${value}`);
  const before = d.slice();
  m.run(1).expect({ pc: CODE + 4, r1: 12 });
  const changes = new Map<string, string>();
  d.forEach((value, n) => {
    if (value !== before[n]) changes.set(`d${n}`, hex64(value));
  });
  if (m.get('r0') !== MEMORY) changes.set('r0+', String(m.get('r0') - MEMORY));
  const fpscr = m.get('fpscr');
  assert.equal(fpscr & ~QC, 0);
  if (fpscr) changes.set('qc', '');
  const words = Uint32Array.from({ length: BYTES / 4 }, (_, i) => m.word(MEMORY + 4 * i));
  const bytes = Buffer.from(words.buffer);
  if (!bytes.equals(initial)) changes.set('memory', bytes.toString('hex'));
  return changes;
}

describe('Advanced SIMD, integers, permutations and structures, as QEMU executes them', () => {
  const shared = new ArmMachine();
  const byRow = new Map<string, Fact[]>();
  for (const fact of FACTS) {
    const row = decodeA32(fact.word)?.name ?? 'none';
    byRow.set(row, [...(byRow.get(row) ?? []), fact]);
  }

  const rows = { ...NEON_INTEGER_PATTERNS, ...NEON_PERMUTE_PATTERNS, ...NEON_LOAD_STORE_PATTERNS };
  for (const row of Object.keys(rows)) {
    it(row, () => {
      const facts = byRow.get(row) ?? [];
      assert.ok(facts.length > 0, `no instruction of ${row} was recorded`);
      for (const fact of facts) {
        assert.equal(decodeT32(inThumb(fact.word))?.name, row);
        for (const thumb of [false, true]) {
          assert.deepEqual(observe(fact, thumb, shared), fact.changes, `${fact.text}, ${thumb ? 'T32' : 'A32'}`);
        }
      }
    });
  }

  it('are all of rows that exist', () => {
    assert.deepEqual(
      [...byRow.keys()].filter((row) => !(row in rows)),
      [],
    );
  });
});

describe('Advanced SIMD, UNDEFINED encodings', () => {
  const CASES: Record<string, readonly number[]> = {
    'quadwords with odd numbers': [
      0xf2021044, // vhadd.s8 q, Vd d1
      0xf2030044, // Vn d3
      0xf2020045, // Vm d5
      0xf2011150, // vand q, Vd d1
      0xf2801050, // vmov.i32 q, d1
      0xf2891050, // vshr.s8 q, d1
      0xf3b01040, // vrev64.8 q, d1
      0xf2b21044, // vext q, d1
      0xf3b11c40, // vdup.8 q, d1
      0xf2911142, // vmla.i16 q by scalar, d1
    ],
    'quadwords with odd numbers where lengths differ': [
      0xf2811002, // vaddl.s8, Vd d1
      0xf2810102, // vaddw.s8, Vn d1
      0xf2800401, // vaddhn, Vm d1
      0xf2888811, // vshrn.i16, Vm d1
      0xf2881a11, // vmovl.s8, Vd d1
      0xf3b20201, // vmovn.i16, Vm d1
      0xf2911242, // vmlal.s16 by scalar, Vd d1
    ],
    'lanes of 64 bits': [
      0xf2310002, // vhadd
      0xf2310302, // vcgt
      0xf2310602, // vmax
      0xf2310702, // vabd
      0xf2310902, // vmla
      0xf2310912, // vmul
      0xf2310812, // vtst
      0xf2310a02, // vpmax
      0xf3bc0001, // vrev64
      0xf3bc0201, // vpaddl
      0xf3be0082, // vtrn
      0xf3be0202, // vmovn
    ],
    'other sizes without a meaning': [
      0xf3110912, // vmul.p16
      0xf2010b02, // vqdmulh.s8
      0xf3310b02, // vqrdmulh.s64
      0xf3b80081, // vrev32.32
      0xf3b40101, // vrev16.16
      0xf3b40501, // vcnt.16
      0xf3b40581, // vmvn of size 1
      0xf3b60001, // vswp of size 1
      0xf3ba0101, // vuzp.32 of doublewords
      0xf3ba0181, // vzip.32 of doublewords
      0xf2810d02, // vqdmull.s8
      0xf2910e02, // vmull.p16
      0xf2a10e02, // vmull.p64
      0xf2810042, // vmla by scalar, 8 bits
      0xf2810242, // vmlal by scalar, 8 bits
      0xf2010a42, // vpmax of quadwords
      0xf3b00c01, // vdup of no size
      0xf2b10802, // vext.8 d, byte 8
      0xf3bf0980, // vtbl of d31 and the one after it
    ],
    'loads and stores of structures': [
      0xf420077d, // vld1 of one register, align 3
      0xf420066d, // vld1 of three, align 2
      0xf4200a7d, // vld1 of two, align 3
      0xf42008cd, // vld2.64
      0xf42004cd, // vld3.64
      0xf42000cd, // vld4.64
      0xf420046d, // vld3, align 2
      0xf420087d, // vld2, align 3
      0xf4a0001d, // vld1.8 one lane, aligned
      0xf4a0042d, // vld1.16 one lane, two apart
      0xf4a0081d, // vld1.32 one lane, align 1
      0xf4a0092d, // vld2.32 one lane, align 2
      0xf4a0021d, // vld3.8 one lane, aligned
      0xf4a00b3d, // vld4.32 one lane, align 3
      0xf4a00c1d, // vld1.8 all lanes, aligned
      0xf4a00e1d, // vld3.8 all lanes, aligned
      0xf4a00fcd, // vld4 all lanes of size 3, not aligned
      0xf4a00ccd, // vld1 all lanes of size 3
      0xf4800c0d, // vst1 to all lanes
      0xf4e0f10d, // vld2.8 one lane, past d31: UNPREDICTABLE
    ],
  };
  for (const [title, words] of Object.entries(CASES)) {
    it(title, () => {
      for (const word of words) {
        for (const thumb of [false, true]) {
          const m = machine([word], { r0: MEMORY }, thumb).run(1);
          assert.equal(m.get('pc'), UNDEFINED_VECTOR, `${word.toString(16)}, ${thumb ? 'T32' : 'A32'}`);
        }
      }
    });
  }

  const VAND = 0xf2010112;
  const VLD1 = 0xf420070f;
  const VHADD = 0xf2010002;

  it('are all while FPEXC.EN is clear or the CPACR keeps the mode out', () => {
    for (const word of [VAND, VLD1, VHADD]) {
      machine([word], { fpexc: 0 }).run(1).expect({ pc: UNDEFINED_VECTOR });
      machine([word], { cpacr: 0 }).run(1).expect({ pc: UNDEFINED_VECTOR });
      machine([word], { cpacr: 0x500000, cpsr: 0x1d0 }).run(1).expect({ pc: UNDEFINED_VECTOR });
      machine([word], { cpacr: 0x500000 })
        .run(1)
        .expect({ pc: CODE + 4 });
    }
  });

  it('do not come from CPACR.ASEDIS and D32DIS, which the peer keeps without effect', () => {
    machine([VAND, 0xf260f1b0], { cpacr: 0xc0f00000 })
      .run(2)
      .expect({ pc: CODE + 8, cpacr: 0xc0f00000 });
  });
});

describe('Advanced SIMD, accesses to memory', () => {
  const VLD4_8 = 0xf420000d; // vld4.8 {d0-d3}, [r0]!
  const BIG_ENDIAN = 0x3df;

  it('swap elements of big-endian data, but not bytes', () => {
    const load = (word: number): string => {
      const m = machine([word], { r0: MEMORY, cpsr: BIG_ENDIAN }).words(MEMORY, 0x03020100, 0x07060504);
      m.run(1).expect({ pc: CODE + 4 });
      return hex64(doublewords(m)[0]);
    };
    assert.equal(load(0xf420070f), '0706050403020100'); // vld1.8 {d0}, [r0]
    assert.equal(load(0xf420074f), '0607040502030001'); // vld1.16
    assert.equal(load(0xf420078f), '0405060700010203'); // vld1.32
    assert.equal(load(0xf42007cf), '0001020304050607'); // vld1.64
    assert.equal(load(0xf4a00c4f), '0001000100010001'); // vld1.16 {d0[]}
    assert.equal(load(0xf4a0048f), '0000000100000000'); // vld1.16 {d0[2]}
    const m = machine([0xf400074f], { r0: MEMORY, cpsr: BIG_ENDIAN }); // vst1.16 {d0}, [r0]
    doublewords(m)[0] = 0x0706050403020100n;
    m.run(1);
    assert.deepEqual([m.word(MEMORY), m.word(MEMORY + 4)], [0x02030001, 0x06070405]);
  });

  const abort = (word: number, registers: Record<string, number>): void => {
    machine([word], registers).run(1).expect({ pc: DATA_ABORT_VECTOR, dfar: registers.r0, dfsr: 1 });
  };

  it('fault where an alignment is given and not kept', () => {
    const vld1 = (align: number): number => 0xf420020d | (align << 4); // {d0-d3}
    for (const [align, at] of [
      [1, 4],
      [2, 8],
      [3, 8],
    ]) {
      abort(vld1(align), { r0: MEMORY + at });
    }
    // 32 bytes are as 16 to the peer.
    machine([vld1(3)], { r0: MEMORY + 16 })
      .run(1)
      .expect({ pc: CODE + 4, r0: MEMORY + 48 });
    abort(0xf4a0045f, { r0: MEMORY + 1 }); // vld1.16 {d0[1]}, [r0:16]
    abort(0xf4a0011f, { r0: MEMORY + 1 }); // vld2.8 {d0[0], d1[0]}, [r0:16]
    abort(0xf4a00baf, { r0: MEMORY + 8 }); // vld4.32 {d0[1]...}, [r0:128]
    abort(0xf4a00fdf, { r0: MEMORY + 8 }); // vld4.32 {d0[]...}, [r0:128]
    machine([0xf420070d], { r0: MEMORY + 3 })
      .run(1)
      .expect({ pc: CODE + 4, r0: MEMORY + 11 });
  });

  it('fault with SCTLR.A where the first element is not aligned to its size', () => {
    const sctlr = 0x00c5007a;
    abort(0xf420078f, { r0: MEMORY + 2, sctlr }); // vld1.32 {d0}, [r0]
    abort(0xf420084f, { r0: MEMORY + 1, sctlr }); // vld2.16
    machine([0xf420078f], { r0: MEMORY + 4, sctlr })
      .run(1)
      .expect({ pc: CODE + 4 });
    machine([0xf420070f], { r0: MEMORY + 1, sctlr })
      .run(1)
      .expect({ pc: CODE + 4 });
  });

  it('store no part of a doubleword that crosses into a page that faults', () => {
    const end = 0x100000;
    for (const at of [end - 4, end - 3, end - 7]) {
      const m = machine([0xf400070f], { r0: at }).words(end - 8, 0x03020100, 0x07060504); // vst1.8 {d0}, [r0]
      doublewords(m)[0] = 0x5555555555555555n;
      m.run(1).expect({ pc: DATA_ABORT_VECTOR, dfar: end, dfsr: 0x808 });
      assert.deepEqual([m.word(end - 8), m.word(end - 4)], [0x03020100, 0x07060504]);
    }
  });

  it('cross pages at any address', () => {
    for (let at = 0x3ff8; at <= 0x4000; at++) {
      const m = machine([0xf421070f, 0xf400070f], { r0: at, r1: 0x2ff9 }); // vld1.8 {d0}, [r1]; vst1.8 {d0}, [r0]
      m.machine.writePhysical(0x2ff9, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
      m.run(2).expect({ pc: CODE + 8 });
      assert.equal(hex64(doublewords(m)[0]), '0807060504030201');
      const words = Uint32Array.from([0x3ff8, 0x3ffc, 0x4000, 0x4004], (address) => m.word(address));
      const expected = new Uint8Array(16);
      expected.set([1, 2, 3, 4, 5, 6, 7, 8], at - 0x3ff8);
      assert.deepEqual(new Uint8Array(words.buffer), expected);
    }
  });

  it('keep what was loaded before an abort, and the base', () => {
    const end = 0x100000;
    const m = machine([VLD4_8], { r0: end - 6 }).words(end - 8, 0x03020100, 0x07060504);
    m.run(1).expect({ pc: DATA_ABORT_VECTOR, dfar: end, r0: end - 6 });
    assert.deepEqual(Array.from(doublewords(m).subarray(0, 4), hex64), [
      '0000000000000602',
      '0000000000000703',
      '0000000000000004',
      '0000000000000005',
    ]);
  });
});
