import assert from 'node:assert/strict';
import { parseCallbackCondition } from '../../../src/adapter/dap/callback-condition';

const parse = (text: string | undefined) =>
  parseCallbackCondition(text, (name) => (name === 'main' ? { address: 0x100100, size: 0x40 } : undefined));

describe('callback breakpoint condition', () => {
  const CASES: [text: string | undefined, ranges: [number, number] | undefined, expression: string | undefined][] = [
    [undefined, undefined, undefined],
    ['  ', undefined, undefined],
    ['0x100040', [0x100040, 0x100041], undefined],
    ['64', [64, 65], undefined],
    ['0x100000-0x100fff', [0x100000, 0x101000], undefined],
    ['0x100000 - 0x100FFF', [0x100000, 0x101000], undefined],
    ['0x100000+0x40', [0x100000, 0x100040], undefined],
    ['0xffffff00+0x1000', [0xffffff00, 2 ** 32], undefined],
    ['0-0xffffffff', [0, 2 ** 32], undefined],
    ['main', [0x100100, 0x100140], undefined],
    ['main && r0 == 3', [0x100100, 0x100140], 'r0 == 3'],
    ['0x1000 && r0 == 3 && r1', [0x1000, 0x1001], 'r0 == 3 && r1'],
    ['r0 == 3 && r1 > 2', undefined, 'r0 == 3 && r1 > 2'],
    ['(a && b) && c', undefined, '(a && b) && c'],
    ["c == '&&' && d", undefined, "c == '&&' && d"],
    ['other', undefined, 'other'],
  ];
  for (const [text, range, expression] of CASES) {
    it(`reads ${text === undefined ? 'nothing' : `"${text}"`}`, () => {
      const result = parse(text);
      assert.deepEqual(result.ranges, range && [{ start: range[0], end: range[1] }]);
      assert.equal(result.expression, expression);
    });
  }

  it('says what is wrong', () => {
    assert.throws(() => parse('0x20-0x10'), /the range 0x20-0x10 ends before it starts/);
    assert.throws(() => parse('0x20+0'), /the range 0x20\+0 is empty/);
    assert.throws(() => parse('0x100000000'), /0x100000000 is no 32-bit address/);
    assert.throws(() => parse('main &&'), /after "&&" in "main &&" an expression was expected/);
  });
});
