import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import {
  A32_ROWS,
  T16_ROWS,
  T32_ROWS,
  decodeA32,
  decodeT16,
  decodeT32,
  extractFields,
  parsePattern,
  randomWord,
  type DecodeRow,
} from '../../../src/target/arm/decode';

/** A small deterministic generator of unsigned 32-bit numbers (xorshift). */
function generator(seed: number): () => number {
  let x = seed;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return x >>> 0;
  };
}

const SETS: [string, readonly DecodeRow[], (word: number) => DecodeRow | undefined][] = [
  ['A32', A32_ROWS, decodeA32],
  ['T16', T16_ROWS, decodeT16],
  ['T32', T32_ROWS, decodeT32],
];

describe('decode patterns', () => {
  it('reads fixed bits, should-be bits and split fields', () => {
    const p = parsePattern('1111 a:1 (01) 0 b:4 a:3 1');
    assert.equal(p.bits, 16);
    assert.equal(p.mask >>> 0, 0xf101);
    assert.equal(p.value >>> 0, 0xf001);
    assert.equal(p.shouldMask >>> 0, 0x0600);
    assert.equal(p.shouldValue >>> 0, 0x0200);
    const row = { ...p, set: 'T16', number: 0, name: 'X', mnemonic: 'X', section: '', pattern: '' } as const;
    assert.deepEqual(extractFields(0b1111_1010_1100_1011, row), { a: 0b1101, b: 0b1100 });
  });

  it('refuses what it cannot read', () => {
    assert.throws(() => parsePattern('0101 rd'), /cannot read 'rd'/);
    assert.throws(() => parsePattern('0101 rd:5'), /pattern of 9 bits/);
  });
});

for (const [set, rows, decode] of SETS) {
  describe(`${set} decode table`, () => {
    const random = generator(0x2545f491);
    const always = (row: DecodeRow): boolean => /^(NOP_hint|LEAVEX|ENTERX)/.test(row.name);
    for (const row of rows) {
      it(`${row.name} decodes to itself`, () => {
        const word = always(row) ? (row.value | row.shouldValue) >>> 0 : randomWord(row, decode, random);
        assert.equal((word & row.mask) >>> 0, row.value >>> 0);
        if (!always(row)) assert.equal(decode(word)?.name, row.name);
      });
    }
  });
}

describe('assembled instructions', () => {
  it('decode to their rows', () => {
    const lines = readFileSync('test/unit/arm/encodings.txt', 'utf8').split('\n');
    for (const line of lines.filter((l) => l && !l.startsWith(';'))) {
      const [set, word, row] = line.split(/\s+/);
      const decode = set === 'a32' ? decodeA32 : word.length === 4 ? decodeT16 : decodeT32;
      assert.equal(decode(parseInt(word, 16))?.name, row, line);
    }
  });
});
