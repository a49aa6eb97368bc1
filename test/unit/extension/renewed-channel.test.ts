import assert from 'node:assert/strict';
import { RenewedChannel } from '../../../src/extension/log/renewed-channel';

/** Channels that know what they were given, and whether they were shown and disposed of. */
function makeChannels(capacity: number) {
  const made: { text: string; shown: boolean; disposed: boolean }[] = [];
  const state = { inSight: false };
  const channel = new RenewedChannel(
    {
      create: () => {
        const one = { text: '', shown: false, disposed: false };
        made.push(one);
        return {
          append: (text) => void (one.text += text),
          show: () => void (one.shown = true),
          dispose: () => void (one.disposed = true),
        };
      },
      inSight: () => state.inSight,
    },
    capacity,
  );
  return { channel, made, state };
}

describe('RenewedChannel', () => {
  it('gives one channel everything that it holds, counted in bytes of UTF-8', () => {
    const { channel, made } = makeChannels(300);
    for (const text of ['a'.repeat(90), 'ü'.repeat(50), '€'.repeat(30), '😀'.repeat(5)]) channel.append(text);
    assert.equal(made.length, 1);
    channel.append('x');
    assert.equal(made.length, 2);
    assert.ok(made[0]?.disposed);
    assert.match(made[1]?.text ?? '', /^\[TCG Scope: what was here before is no longer shown.*log\.file.*\]\nx$/);
  });

  it('replaces in another channel, so that what is replaced takes no room', () => {
    const { channel, made } = makeChannels(100);
    for (let i = 0; i < 10; i++) {
      channel.append('x'.repeat(60));
      channel.replace(`tail ${i}\n`);
    }
    assert.equal(made.length, 11);
    assert.equal(made.filter(({ disposed }) => !disposed).length, 1);
    assert.equal(made.at(-1)?.text, 'tail 9\n');
  });

  it('makes room for a session before it begins, where earlier ones left none', () => {
    const { channel, made } = makeChannels(100);
    channel.reserve(200);
    channel.append('x'.repeat(60));
    channel.reserve(40);
    assert.equal(made.length, 1);
    channel.reserve(41);
    assert.equal(made.length, 2);
    channel.append('y');
    assert.equal(made[1]?.text, 'y');
  });

  it('shows the new one where the old one was in sight, and only there', () => {
    const { channel, made, state } = makeChannels(100);
    channel.replace('one');
    state.inSight = true;
    channel.replace('two');
    assert.deepEqual(
      made.map(({ shown }) => shown),
      [false, false, true],
    );
    channel.dispose();
    assert.ok(made.every(({ disposed }) => disposed));
  });
});
