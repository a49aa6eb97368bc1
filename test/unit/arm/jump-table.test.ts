import assert from 'node:assert/strict';
import { jumpTable } from '../../../src/target/arm/jump-table';

const AT = 0x8010;

/** Memory from `AT - 16` on, of halfwords. */
function find(thumb: boolean, address: number, halfwords: readonly number[]): string | undefined {
  const bytes = new Uint8Array(Uint16Array.from(halfwords).buffer);
  const view = new DataView(bytes.buffer);
  const targets = jumpTable(address, thumb, (from, size) => {
    const offset = from - AT + 16;
    if (offset < 0 || offset + size > bytes.length) return undefined;
    return size === 1
      ? view.getUint8(offset)
      : size === 2
        ? view.getUint16(offset, true)
        : view.getUint32(offset, true);
  });
  return targets?.map((target) => target.toString(16)).join(' ');
}

const halves = (...words: number[]): number[] => words.flatMap((word) => [word & 0xffff, word >>> 16]);
const NOP = 0xe1a00000;
const before = (...words: number[]): number[] => halves(...new Array<number>(4 - words.length).fill(NOP), ...words);

describe('jump tables', () => {
  it('A32: loads the pc from as many words as the comparison says', () => {
    const table = halves(0xea000000, 0x8100, 0x8200, 0x8100, 0x8300);
    assert.equal(find(false, AT, [...before(0xe3520002), ...halves(0x979ff102), ...table]), '8100 8200');
    assert.equal(find(false, AT, [...before(0xe3520003, NOP), ...halves(0x979ff102), ...table]), '8100 8200 8300');
    assert.equal(find(false, AT, [...before(0xe3530002), ...halves(0x979ff103), ...table]), '8100 8200');
  });

  it('A32: without a comparison, as far as the code that it leads to', () => {
    const table = halves(0xea000000, 0x8100, 0x8020, 0x8200, 0x8300);
    assert.equal(find(false, AT, [...before(), ...halves(0xe79ff102), ...table]), '8100 8020');
    assert.equal(find(false, AT, [...before(0xe3530009), ...halves(0xe79ff102), ...table]), '8100 8020', 'of another');
  });

  it('A32: an entry that leads to Thumb code ends it', () => {
    const table = halves(0xea000000, 0x8100, 0x8201, 0x8300);
    assert.equal(find(false, AT, [...before(0xe3520002), ...halves(0x979ff102), ...table]), '8100');
  });

  it('A32: adds to the pc, into a row of branches', () => {
    assert.equal(find(false, AT, [...before(0xe3520002), ...halves(0x908ff102)]), '8018 801c 8020');
    assert.equal(find(false, AT, [...before(), ...halves(0x908ff102)]), undefined);
  });

  it('T32: bytes and halfwords, each twice what it leads on', () => {
    const some = new Array<number>(6).fill(0xbf00);
    assert.equal(find(true, AT, [...some, 0x2a02, 0xd800, 0xe8df, 0xf002, 0x0802, 0x0902]), '8018 8024');
    assert.equal(find(true, AT, [...some, 0x2b01, 0xd800, 0xe8df, 0xf013, 0x0010, 0x0020, 0x0030]), '8034 8054');
    // CMP.W R8, #1
    const wide = [...some.slice(1), 0xf1b8, 0x0f01, 0xd800];
    assert.equal(find(true, AT, [...wide, 0xe8df, 0xf018, 0x0010, 0x0020, 0x0030]), '8034 8054');
    assert.equal(find(true, AT, [...some, 0xbf00, 0xbf00, 0xe8df, 0xf002, 0x0201, 0xffff, 0xffff]), '8016 8018');
  });

  it('nothing for other instructions, or where no memory is', () => {
    assert.equal(find(false, AT, [...before(0xe3520002), ...halves(0xe12fff1e)]), undefined);
    assert.equal(find(false, AT, [...before(0xe3520002), ...halves(0x979ff102)]), undefined);
    assert.equal(find(true, AT, [...before(), 0x4770, 0x4770]), undefined);
    assert.equal(find(true, AT, []), undefined);
  });
});
