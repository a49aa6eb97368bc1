import assert from 'node:assert/strict';
import { samePosition } from '../../../src/emulator/same-position';
import { TbCache } from '../../../src/emulator/tb-cache';
import { Bytecode } from '../../../src/tcg/bytecode';
import { TranslationBlock } from '../../../src/tcg/tb';

function block(pc: number, size: number, flags = 0): TranslationBlock {
  const fake = { pc, flags, size, insns: [], ir: undefined as never };
  const tb = new TranslationBlock(fake, { code: new Int32Array(), insnStarts: [] });
  tb.physical = pc;
  const [first, last] = [pc >>> 12, (pc + size - 1) >>> 12];
  tb.pages = first === last ? [first] : [first, last];
  return tb;
}

const any = (): boolean => true;

describe('translation block cache', () => {
  it('finds blocks by pc and flags', () => {
    const cache = new TbCache();
    const blocks = [block(0x1000, 8), block(0x1000, 8, 1), block(0xfffffff0, 8)];
    for (const tb of blocks) cache.add(tb);
    for (const tb of blocks) assert.equal(cache.find(tb.pc, tb.flags, any), tb);
    assert.equal(cache.find(0x1000, 2, any), null);
  });

  it('keeps blocks of one address from several physical ones apart', () => {
    const cache = new TbCache();
    const [here, there] = [block(0x1000, 8), Object.assign(block(0x1000, 8), { physical: 0x7000, pages: [7] })];
    cache.add(here);
    cache.add(there);
    const at = (physical: number) => cache.find(0x1000, 0, (tb) => tb.physical === physical);
    assert.equal(at(0x7000), there);
    assert.equal(cache.quick(0x1000, 0), there);
    cache.mappingChanged();
    assert.equal(cache.quick(0x1000, 0), null);
    assert.equal(at(0x1000), here);
    cache.invalidate(0x1000, 4);
    assert.deepEqual([at(0x1000), at(0x7000)], [null, there]);
  });

  it('is full with too many blocks, and is not when they are gone', () => {
    const cache = new TbCache();
    let count = 0;
    while (!cache.isFull && count < 1e6) cache.add(block(0x1000 + 16 * count++, 8));
    assert.ok(count > 50_000 && count < 250_000, `full with ${count}`);
    cache.invalidate(0x1000, 4);
    assert.equal(cache.isFull, false);
    cache.add(block(0x1000, 8));
    assert.equal(cache.isFull, true);
    cache.clear();
    assert.equal(cache.isFull, false);
  });

  it('drops a block in two pages by what is written to either, wherever they lie', () => {
    for (const [address, met] of [
      [0x1ffe, true],
      [0x7000, true],
      [0x7001, true],
      [0x7002, false],
      [0x2000, false],
    ] as const) {
      const cache = new TbCache();
      const tb = Object.assign(block(0x1ffe, 4), { pages: [1, 7] });
      cache.add(tb);
      cache.invalidate(address, 1);
      assert.equal(tb.valid, !met, address.toString(16));
    }
  });

  it('drops exactly the blocks that a store meets, at every offset', () => {
    for (let address = 0xff0; address < 0x1030; address++) {
      for (const size of [1, 2, 4]) {
        const cache = new TbCache();
        // The last crosses the page.
        const blocks = [block(0x1000, 6), block(0x1008, 4), block(0x1008, 20), block(0xffa, 8)];
        blocks.forEach((tb, i) => cache.add(Object.assign(tb, { flags: i })));
        cache.invalidate(address, size);
        for (const tb of blocks) {
          const met = tb.pc < address + size && address < tb.pc + tb.size;
          assert.equal(tb.valid, !met, `${address.toString(16)}+${size} ${tb.pc.toString(16)}`);
          assert.equal(cache.find(tb.pc, tb.flags, any), met ? null : tb);
        }
      }
    }
  });

  it('a page without blocks is no code page any more; dropped blocks are handed out once', () => {
    const cache = new TbCache();
    const crossing = block(0x1ffe, 4);
    cache.add(crossing);
    assert.deepEqual([cache.hasCode(1), cache.hasCode(2)], [true, true]);
    cache.invalidate(0x2000, 1);
    assert.deepEqual([cache.hasCode(1), cache.hasCode(2), cache.blocks.length], [false, false, 0]);
    assert.deepEqual(cache.takeDropped(), [crossing]);
    assert.deepEqual(cache.takeDropped(), []);
  });

  it('rewriting a block for ever keeps it small', () => {
    const cache = new TbCache();
    for (let i = 0; i < 10_000; i++) {
      cache.add(block(0x1000, 8));
      cache.invalidate(0x1004, 4);
      cache.takeDropped();
    }
    assert.deepEqual([cache.blocks.length, cache.hasCode(1)], [0, false]);
  });
});

describe('the place in re-instrumented code', () => {
  const START = [Bytecode.insn_start, 0x1000, 0];
  const exec = (n: number): number[] => [Bytecode.plugin_exec_cb, n, 0];
  const add = (n: number): number[] => [Bytecode.plugin_inline_add_u64, n, 0, 1, 0];
  const code = (...operations: number[][]) => {
    const words = [...START, ...operations.flat(), Bytecode.mov, 1, 2];
    const second = words.length;
    return { code: Int32Array.from([...words, ...START, Bytecode.exit_tb]), insnStarts: [0, second] };
  };

  it('an instruction starts where it starts', () => {
    assert.equal(samePosition(code(exec(1)), 0, code()), 0);
    const [before, after] = [code(exec(1)), code(exec(1), add(3))];
    assert.equal(samePosition(before, before.insnStarts[1], after), after.insnStarts[1]);
  });

  it('what has run does not run again, what has not runs', () => {
    // Stopped in callback 9 of the debugger, before the plugin's 1 and 2.
    const before = code(exec(9), exec(1), add(8), exec(2));
    assert.equal(samePosition(before, 6, code(exec(1), add(8), exec(2))), 3);
    assert.equal(samePosition(before, 6, before), 6);
    assert.equal(samePosition(before, 6, code(exec(7), exec(9), exec(1), exec(2))), 9);
    // Stopped in the plugin's 1: 9 and 1 are done.
    assert.equal(samePosition(before, 9, code(exec(1), exec(2))), 6);
    assert.equal(samePosition(before, 9, code(exec(5), exec(1), add(8), exec(2))), 9);
    // Stopped behind everything; the last is gone.
    assert.equal(samePosition(before, 17, code(exec(9), exec(1), add(8))), 14);
    // All is gone.
    assert.equal(samePosition(before, 17, code()), 3);
  });

  it('tells equal operations apart by their number', () => {
    const before = code(add(8), exec(1), add(8), exec(2));
    assert.equal(samePosition(before, 11, before), 11);
    assert.equal(samePosition(before, 19, before), 19);
  });
});
