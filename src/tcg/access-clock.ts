/*
 * A clock by which a model knows which of two accesses was the later one: a doubleword of the shared memory that grows with each.
 * Translated code, the interpreter and the model itself advance it. A time has four bits left below it, and is ordered as a
 * floating-point number as well: so code can look for the oldest of several ways and its number at once.
 */

/** What an access adds. */
export const CLOCK_TICK = 16;
/** The high word of a clock's start; the number is a normal one. */
const CLOCK_START_HIGH = 1 << 24;

/** Starts the clock at the index. */
export function startClock(words: Int32Array, clock: number): void {
  words[clock] = 0;
  words[clock + 1] = CLOCK_START_HIGH;
}

/** Advances the clock, and writes the new time to `to`: both indices of a doubleword's low word. */
export function tick(words: Int32Array, clock: number, to: number): void {
  const low = (words[clock] + CLOCK_TICK) | 0;
  words[clock] = low;
  if (low === 0) words[clock + 1]++;
  words[to] = low;
  words[to + 1] = words[clock + 1];
}

/** Whether the time at the index `a` is earlier than that at `b`. */
export function isBefore(words: Int32Array, a: number, b: number): boolean {
  const [highA, highB] = [words[a + 1], words[b + 1]];
  return highA === highB ? words[a] >>> 0 < words[b] >>> 0 : highA < highB;
}
