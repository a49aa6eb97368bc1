/** How a tier decides what to compile. */
export interface TierPolicy {
  /** How often a block is executed without being translated. */
  readonly direct: number;
  /** As how often it counts where the translator's functions carried out some of it, which is slower than forms. */
  readonly carriedOut: number;
  /** How often the interpreter enters a block before it is compiled. */
  readonly threshold: number;
  /** Hot blocks that are compiled together; fewer when a run begins and they have waited long enough. */
  readonly batch: number;
  /** Milliseconds for which hot blocks wait for others: each module costs the host something, however small it is. */
  readonly wait: number;
  /** Functions and sites that are kept; beyond, all are dropped and what is hot is compiled anew. */
  readonly maxFunctions: number;
  readonly maxSites: number;
}

export const TIER_POLICIES: Readonly<Record<'auto' | 'wasm', TierPolicy>> = {
  auto: { direct: 30, carriedOut: 8, threshold: 60, batch: 16, wait: 4, maxFunctions: 6_000, maxSites: 1_000_000 },
  wasm: { direct: 0, carriedOut: 1, threshold: 0, batch: 1, wait: 0, maxFunctions: 6_000, maxSites: 1_000_000 },
};

/** What a tier has done since it was made. */
export interface TierStatistics {
  compilations: number;
  functions: number;
  instructions: number;
  bytes: number;
  /** What emitting them and the host's part took. */
  milliseconds: number;
  generations: number;
  invalidated: number;
}

/** The statistics of a tier that has done nothing. */
export function noStatistics(): TierStatistics {
  return {
    compilations: 0,
    functions: 0,
    instructions: 0,
    bytes: 0,
    milliseconds: 0,
    generations: 0,
    invalidated: 0,
  };
}
