import assert from 'node:assert/strict';
import { obeyL2c } from '../../../../src/plugin/cache/l2c';
import { Access, SetAssociativeCache } from '../../../../src/plugin/cache/set-associative';

/** Two ways of 16 sets of 32 bytes; the lines of 0x100 and 0x1100 are in one set. */
function cache(): SetAssociativeCache {
  const made = new SetAssociativeCache({ size: 1024, associativity: 2, lineSize: 32 }, 'round-robin');
  for (const address of [0x100, 0x1100, 0x40]) made.lookUp(address, Access.Load);
  return made;
}

describe('a level 2 cache that obeys the L2C-310', () => {
  const hits = (operation: string, value: number): boolean[] => {
    const made = cache();
    obeyL2c(made, { source: 'l2c', operation, value });
    return [0x100, 0x1100, 0x40].map((address) => made.lookUp(address, Access.Load));
  };

  it('loses lines, ways or all', () => {
    assert.deepEqual(hits('InvalidateByPA', 0x11c), [false, true, true]);
    assert.deepEqual(hits('CleanInvalidateByPA', 0x2100), [true, true, true]);
    assert.deepEqual(hits('InvalidateByWay', 2), [true, false, true]);
    assert.deepEqual(hits('CleanInvalidateByWay', 0xffff), [false, false, false]);
    assert.deepEqual(hits('CleanInvalidateByIndexWay', 0x10000100), [true, false, true]);
  });

  it('keeps everything when it is cleaned or synchronised', () => {
    for (const operation of ['CleanByPA', 'CleanByWay', 'CleanByIndexWay', 'CacheSync']) {
      assert.deepEqual(hits(operation, 0xffff), [true, true, true]);
    }
  });
});
