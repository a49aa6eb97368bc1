import { CLASS_NAMES, fpscrMask, type InstructionClass } from '../peer/stream/classes';
import { ITEMS_PER_BLOCK } from '../peer/stream/image';
import type { StreamSpec } from '../peer/stream/stream';

/*
 * How a class's cases are cut into streams.
 */

export interface Effort {
  /** Executed random instructions for each class. */
  readonly cases: number;
  /** Times that each instruction is executed, with other registers and memory. */
  readonly rounds: number;
  /** Different items of a stream at most. */
  readonly items: number;
}

export const FULL: Effort = { cases: 10_000_000, rounds: 16, items: 32_000 };
export const QUICK: Effort = { cases: 250_000, rounds: 8, items: 8_000 };

/** A seed of 32 bits from a given one and the place of a stream among the others. */
const mixed = (seed: number, place: number): number => (Math.imul(seed, 0x9e3779b1) + place) >>> 0;

/**
 * The streams of a class: by turns of both instruction sets, each with a seed of its own and, where floating point is, the
 * next choice of FPSCR's random bits. At least two for each such choice.
 */
export function streamsOf(name: InstructionClass, effort: Effort, seed: number, tier?: string): StreamSpec[] {
  const { cases, rounds } = effort;
  const wanted = Math.max(1, Math.ceil(cases / rounds));
  const streams = Math.max(name === 'vfp' ? 6 : 4, Math.ceil(wanted / effort.items));
  const items = Math.max(1, Math.ceil(wanted / streams / ITEMS_PER_BLOCK)) * ITEMS_PER_BLOCK;
  return Array.from({ length: streams }, (_, n) => ({
    isa: n % 2 === 0 ? 'a32' : 't32',
    class: name,
    seed: mixed(seed, 1000 * CLASS_NAMES.indexOf(name) + n),
    items,
    rounds,
    fpscr: fpscrMask(name, n >> 1),
    tier,
  }));
}
