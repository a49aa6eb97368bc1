import assert from 'node:assert/strict';
import type { Device } from '../../../src/emulator/device';
import { EventTimes } from '../../../src/emulator/devices/event-times';
import type { TimedDevice } from '../../../src/emulator/devices/timed';

/** A timer whose register holds when it is due; a read puts that off by 5 ns, a poll ends it. */
class OneShot implements Device, TimedDevice {
  readonly name = 'one-shot';
  readonly size = 4;
  readonly access = { min: 4, max: 4 } as const;
  due = Infinity;
  polls = 0;
  asked = 0;

  read(): number {
    return (this.due += 5);
  }

  write(_offset: number, value: number): void {
    this.due = value;
    if (value === 13) throw new Error('refused, and set all the same');
  }

  reset(): void {
    this.due = Infinity;
  }

  poll(): void {
    this.polls++;
    this.due = Infinity;
  }

  nextEventNs(): number {
    this.asked++;
    return this.due;
  }
}

describe('times of events', () => {
  it('know the first event after accesses, polls and resets, and ask only the devices concerned', () => {
    const times = new EventTimes();
    const [a, b, c] = [new OneShot(), new OneShot(), new OneShot()];
    const onBus = times.watch(a, [a]);
    const banked = times.watch(b, [b, c]);
    assert.deepEqual([onBus.name, onBus.size, onBus.access, onBus.valid], ['one-shot', 4, a.access, undefined]);
    assert.equal(times.next, Infinity);
    onBus.write(0, 100, 4);
    assert.equal(times.next, 100);
    banked.write(0, 40, 4);
    assert.equal(times.next, 40);
    const { asked } = a;
    assert.equal(banked.read(0, 4), 45);
    assert.equal(times.next, 45);
    c.due = 10;
    banked.read(0, 4);
    assert.equal(times.next, 10);
    assert.equal(a.asked, asked);
    times.poll(50);
    assert.deepEqual([a.polls, b.polls, c.polls], [0, 1, 1]);
    assert.equal(times.next, 100);
    assert.throws(() => onBus.write(0, 13, 4), /refused/);
    assert.equal(times.next, 13);
    a.due = 7;
    times.polled(a);
    assert.equal(times.next, 7);
    onBus.reset();
    assert.equal(times.next, Infinity);
    assert.deepEqual(times.all, [a, b, c]);
  });
});
