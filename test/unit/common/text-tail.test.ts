import assert from 'node:assert/strict';
import { TextTail } from '../../../src/common/text-tail';

describe('TextTail', () => {
  it('keeps everything up to its limit', () => {
    const tail = new TextTail(10);
    for (const text of ['abc', '', 'defg', 'hij']) tail.push(text);
    assert.deepEqual(tail.take(), { text: 'abcdefghij', dropped: 0 });
    assert.deepEqual(tail.take(), { text: '', dropped: 0 });
  });

  it('drops the oldest characters, to the character, and begins with a whole line', () => {
    const tail = new TextTail(10);
    tail.push('one\ntwo\n');
    tail.push('three\nfour\n');
    assert.equal(tail.text, 'hree\nfour\n');
    assert.equal(tail.dropped, 9);
    assert.deepEqual(tail.take(), { text: 'four\n', dropped: 14 });
  });

  it('takes the end of a piece that is larger than the limit', () => {
    const tail = new TextTail(4);
    tail.push('abcdefgh');
    assert.deepEqual([tail.text, tail.length, tail.dropped], ['efgh', 4, 4]);
  });

  it('stays exact over many pieces', () => {
    const tail = new TextTail(5000);
    let all = '';
    for (let i = 0; i < 20_000; i++) {
      tail.push(`${i} `);
      all += `${i} `;
    }
    assert.equal(tail.text, all.slice(-5000));
    assert.equal(tail.dropped, all.length - 5000);
  });
});
