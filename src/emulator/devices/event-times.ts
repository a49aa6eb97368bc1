import type { Device } from '../device';
import type { TimedDevice } from './timed';

/**
 * When each of a board's devices next has something to do by itself. Only what is done to a device, or what it does when it is
 * polled, changes that: so it is asked then, and not each time somebody wants to know.
 */
export class EventTimes {
  private readonly devices: TimedDevice[] = [];
  private readonly times: number[] = [];
  private earliest = Infinity;

  /** Guest time in ns of the first event; Infinity = never. */
  get next(): number {
    return this.earliest;
  }

  get all(): readonly TimedDevice[] {
    return this.devices;
  }

  /**
   * The device as it is to be put on the bus: accesses to it, and its reset, may change the times of `timed`, which are those
   * behind its registers.
   */
  watch(device: Device, timed: readonly TimedDevice[]): Device {
    const first = this.devices.length;
    for (const one of timed) this.times[this.devices.push(one) - 1] = Infinity;
    const end = this.devices.length;
    const changed = (): void => {
      for (let i = first; i < end; i++) this.update(i);
    };
    const { name, size, access, valid } = device;
    return {
      name,
      size,
      access,
      valid,
      read: (offset, width) => {
        try {
          return device.read(offset, width);
        } finally {
          changed();
        }
      },
      write: (offset, value, width) => {
        try {
          device.write(offset, value, width);
        } finally {
          changed();
        }
      },
      post: (offset) => device.post?.(offset),
      reset: () => {
        device.reset();
        changed();
      },
    };
  }

  /** Lets the devices act whose time has come. */
  poll(nowNs: number): void {
    for (let i = 0; i < this.devices.length; i++) {
      if (this.times[i] > nowNs) continue;
      this.devices[i].poll();
      this.update(i);
    }
  }

  /** The device was polled. */
  polled(device: TimedDevice): void {
    this.update(this.devices.indexOf(device));
  }

  private update(index: number): void {
    const time = this.devices[index].nextEventNs();
    if (time === this.times[index]) return;
    this.times[index] = time;
    this.earliest = Math.min(...this.times);
  }
}
