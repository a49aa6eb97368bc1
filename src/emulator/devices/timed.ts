/** A device that does something by itself as guest time passes. */
export interface TimedDevice {
  /** Acts on what has fallen due by now. */
  poll(): void;
  /** Guest time in ns at which {@link poll} next has something to do; Infinity = never. */
  nextEventNs(): number;
}
