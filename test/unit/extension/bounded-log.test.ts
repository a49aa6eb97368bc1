import assert from 'node:assert/strict';
import { BoundedLog } from '../../../src/extension/log/bounded-log';

/** A log whose clock the test turns. */
function makeLog(limit: number) {
  const shown: string[] = [];
  const timers: (() => void)[] = [];
  const log = new BoundedLog(
    { append: (text) => void shown.push(text) },
    { limit, schedule: (f) => void timers.push(f) },
  );
  const tick = () => timers.splice(0).forEach((flush) => flush());
  return { log, shown, timers, tick };
}

describe('BoundedLog', () => {
  it('gives out the text unchanged and in order, small pieces together', () => {
    const { log, shown, tick } = makeLog(1000);
    for (const text of ['a\n', '', ' b', '\r\n', 'ü']) log.write(text);
    assert.deepEqual(shown, []);
    tick();
    assert.deepEqual(shown, ['a\n b\r\nü']);
    log.write('next');
    tick();
    assert.deepEqual(shown, ['a\n b\r\nü', 'next']);
  });

  it('gives out a flood in portions, each in a turn of its own', () => {
    const { log, shown, timers, tick } = makeLog(10 * 1024 * 1024);
    const piece = 'x'.repeat(100 * 1024);
    for (let i = 0; i < 30; i++) log.write(piece);
    tick();
    assert.equal(shown.length, 1);
    assert.ok((shown[0]?.length ?? 0) <= 400 * 1024);
    while (timers.length) tick();
    assert.ok(shown.length > 5);
    assert.equal(shown.join(''), piece.repeat(30));
  });

  it('gives out what still waits when it is closed', () => {
    const { log, shown, tick } = makeLog(1000);
    log.write('one ');
    log.write('two');
    log.close();
    assert.equal(shown.join(''), 'one two');
    tick();
    assert.equal(shown.join(''), 'one two');
  });

  it('stops at the limit, to the character, and says how much is missing', () => {
    const { log, shown, tick } = makeLog(10);
    log.write('1234567');
    log.write('89abcdef');
    log.write('more');
    tick();
    assert.equal(shown.join(''), '123456789a');
    log.close();
    assert.match(shown.at(-1) ?? '', /9 more characters are not shown here.*log\.file/s);
  });
});
