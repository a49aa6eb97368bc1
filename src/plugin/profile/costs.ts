import type { TcgCosts } from 'qemu-plugin';

/** The costs as an array, for adding up: the order of {@link costsFrom}. */
export function costArray({ executions, loads, stores, l1Misses, l2Misses, cycles }: TcgCosts): number[] {
  return [
    ...[executions, loads, stores, l1Misses.fetches, l1Misses.loads, l1Misses.stores],
    ...[l2Misses.fetches, l2Misses.loads, l2Misses.stores, cycles],
  ];
}

/** How many kinds of costs there are. */
export const COST_KINDS = 10;

export function costsFrom(values: ArrayLike<number>): TcgCosts {
  const misses = (at: number) => ({ fetches: values[at], loads: values[at + 1], stores: values[at + 2] });
  return {
    executions: values[0],
    loads: values[1],
    stores: values[2],
    l1Misses: misses(3),
    l2Misses: misses(6),
    cycles: values[9],
  };
}
