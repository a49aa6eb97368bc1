import assert from 'node:assert/strict';
import { HandOverSites } from '../../../src/emulator/hand-over-sites';
import type { HandOver } from '../../../src/tcg/wasm/linkage';
import type { TranslationBlock } from '../../../src/tcg/tb';

const place = (at: number): HandOver => ({ tb: {} as TranslationBlock, at, refund: 0, ahead: [] });

describe('numbers of places where compiled code hands over', () => {
  it('are given away anew when the code is gone and none runs', () => {
    const sites = new HandOverSites();
    const numbers = [1, 2, 3].map((at) => sites.add(place(at)));
    assert.deepEqual(numbers, [0, 1, 2]);
    sites.retire([0, 2]);
    assert.equal(sites.list[2].at, 3, 'it may still be running');
    assert.equal(sites.add(place(4)), 3);
    sites.takeBack();
    assert.equal(sites.size, 2);
    assert.deepEqual([sites.add(place(5)), sites.add(place(6))].sort(), [0, 2]);
    assert.equal(sites.add(place(7)), 4);
    assert.equal(sites.list[3].at, 4);
  });

  it('a place of code that is gone is none', () => {
    const sites = new HandOverSites();
    sites.retire([sites.add(place(1))]);
    sites.takeBack();
    assert.throws(() => sites.list[0].tb, /gone/);
  });

  it('begin anew when everything is dropped', () => {
    const sites = new HandOverSites();
    sites.retire([sites.add(place(1))]);
    sites.add(place(2));
    sites.clear();
    sites.takeBack();
    assert.equal(sites.size, 0);
    assert.equal(sites.add(place(3)), 0);
  });
});
