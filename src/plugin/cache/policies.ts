/** Which way of a full set a miss replaces, and what a set must remember for that. */
export type Policy =
  /** Least recently used. Each way has the time of its last use. */
  | 'lru'
  /** First in, first out: ways are filled, and then replaced, in turn. */
  | 'fifo'
  /** Pseudo-random by a xorshift generator with a fixed seed, so that runs can be repeated. */
  | 'random'
  /**
   * The tutorial's "random": a multiplicative generator (docs/tutorial-cache.md, Victims). From its seed of 0 it never moves,
   * so the victim is always way 0; that is part of the tutorial's figures.
   */
  | 'multiplicative'
  /** Per set a counter that names the next victim; filling an empty way does not move it. */
  | 'round-robin';

/** As reports name them. */
export const POLICY_NAMES: Readonly<Record<Policy, string>> = {
  lru: 'LRU',
  fifo: 'FIFO',
  random: 'random',
  multiplicative: 'random (multiplicative, seed 0)',
  'round-robin': 'round-robin',
};

/** What the policy's generator starts from. */
export const SEEDS: Readonly<Partial<Record<Policy, number>>> = { random: 0x2545f491, multiplicative: 0 };

/** The next state of {@link Policy} random's generator; the victim is its unsigned value modulo the ways. */
export function nextRandom(state: number): number {
  let x = state;
  x ^= x << 13;
  x ^= x >>> 17;
  return x ^ (x << 5);
}

/** The same for multiplicative. */
export function nextMultiplicative(state: number): number {
  return Math.imul(state, 48271);
}
