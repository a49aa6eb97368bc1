import assert from 'node:assert/strict';
import { BoundedLog } from '../../../src/extension/log/bounded-log';

/** A log whose clock the test turns. */
function makeLog(limit: number) {
  const shown: string[] = [];
  const timers: (() => void)[] = [];
  const log = new BoundedLog(
    {
      append: (text) => void shown.push(text),
      replace: (text) => void shown.splice(0, shown.length, text),
    },
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

  it('past the limit keeps the latest half, from a whole line, and says how much is missing', () => {
    const { log, shown, tick } = makeLog(20);
    log.write('first line\n');
    tick();
    log.write('second\nthird\n');
    tick();
    assert.equal(shown.length, 1);
    assert.match(shown[0] ?? '', /^\[TCG Scope: 18 characters before this are not shown.*log\.file.*\]\nthird\n$/);
    log.write('fourth\n');
    tick();
    assert.ok(shown.join('').endsWith('third\nfourth\n'));
  });

  it('a flood that comes faster than it is shown takes no more memory, and ends with its end', () => {
    const { log, shown, timers, tick } = makeLog(100_000);
    let all = 0;
    let most = 0;
    for (let i = 0; i < 100_000; i++) {
      const line = `this is line ${i}\n`;
      log.write(line);
      all += line.length;
      if (i % 10_000 === 0) tick();
      most = Math.max(most, shown.join('').length);
    }
    while (timers.length) tick();
    log.close();
    const text = shown.join('');
    assert.ok(Math.max(most, text.length) < 101_000, `${most} characters were shown`);
    assert.ok(text.endsWith('this is line 99998\nthis is line 99999\n'));
    const [, missing] = /^\[TCG Scope: (\d+) characters/.exec(text) ?? [];
    assert.equal(Number(missing) + text.length - text.indexOf('\n') - 1, all);
  });
});
