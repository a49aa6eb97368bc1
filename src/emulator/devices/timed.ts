/** A device that does something by itself as guest time passes. */
export interface TimedDevice {
  /** Acts on what has fallen due by now. */
  poll(): void;
  /** Guest time in ns at which {@link poll} next has something to do; Infinity = never. */
  nextEventNs(): number;
  /** Guest time in ns at which its timer next runs out, also when nothing comes of that; default {@link nextEventNs}. */
  timerNs?(): number;
  /**
   * Of a timer that starts anew, on QEMU before it raises its interrupt: when it runs out once more after the event that is
   * next. Infinity for none.
   */
  restartNs?(): number;
}

/**
 * QEMU's `-icount` lets guest time jump when every vCPU waits, to the timer that runs out first, and whenever a timer that
 * is set becomes the first while they wait. A timer that starts anew before it raises its interrupt so makes time jump
 * once more, and its next event comes together with the one that ended the wait. This is when, if that is so.
 */
export function secondJumpNs(devices: readonly TimedDevice[]): number | undefined {
  const next = Math.min(...devices.map((device) => device.nextEventNs()));
  const [first, ...rest] = devices.filter((device) => device.nextEventNs() === next);
  if (!first?.restartNs || rest.length > 0) return undefined;
  const again = first.restartNs();
  const isFirst = devices.every((device) => device === first || again < (device.timerNs?.() ?? device.nextEventNs()));
  return isFirst && again < Infinity ? again : undefined;
}
