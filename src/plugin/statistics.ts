/**
 * What a cache plugin has counted so far: plain data, safe to send to another thread or to write as JSON. Made from the
 * very counters that the plugin's text output is printed from. Counts are exact up to 2^53.
 */
export interface CacheStatistics {
  /** The plugin's id in this session. */
  readonly pluginId: number;
  /** The plugin's name as the user gave it, e.g. `libcache.so`. */
  readonly pluginName: string;
  /** Which model: `cortex-a9` (the tutorial's) or `qemu` (QEMU's cache plugin), or a user plugin's own name. */
  readonly model: string;
  /** Number of cores that have caches of their own. */
  readonly cores: number;
  /** Core by core: L1I, L1D, then L2 where there is one. */
  readonly levels: readonly CacheLevelStatistics[];
  /** Instructions whose fetch the model counted. */
  readonly instructions: number;
  /** Cache maintenance operations that the model counted (`cp count` of the tutorial's model). */
  readonly maintenance: number;
  /** The instructions with the most misses, most first, at most as many as were asked for. */
  readonly hottest: readonly InstructionMisses[];
  /** What every executed instruction did, if it was asked for and the model counts that. */
  readonly executed?: readonly InstructionCounts[];
  /** With `executed`: who called whom, where the model knows; parents before their children. */
  readonly calls?: readonly CallPath[];
  /** With `executed`: what code the program has, executed or not. */
  readonly code?: ProgramCode;
}

export type CacheLevelName = 'L1I' | 'L1D' | 'L2';

export interface CacheLevelStatistics {
  readonly name: CacheLevelName;
  /** The core it belongs to, from 0. */
  readonly core: number;
  /** Bytes. */
  readonly size: number;
  /** Ways. */
  readonly associativity: number;
  /** Bytes. */
  readonly lineSize: number;
  readonly sets: number;
  readonly policy: string;
  readonly loads: AccessCounts;
  readonly stores: AccessCounts;
  /** Of instructions. In the tutorial's model the L2 counts fetches as loads, as its output does. */
  readonly fetches: AccessCounts;
  /** Misses that filled an empty way. */
  readonly compulsory: number;
  /** Misses that replaced a valid line. */
  readonly evictions: number;
  /** Lines that maintenance operations made invalid. */
  readonly invalidations: number;
}

export interface AccessCounts {
  readonly accesses: number;
  readonly hits: number;
  readonly misses: number;
}

/** The misses of one instruction of the guest. */
export interface InstructionMisses {
  /** Virtual address, unsigned. */
  readonly address: number;
  /** The symbol it lies in, if known. */
  readonly symbol: string | null;
  readonly disassembly: string;
  readonly l1iMisses: number;
  readonly l1dMisses: number;
  readonly l2Misses: number;
}

export interface SourceLine {
  readonly file: string;
  readonly line: number;
}

/** What was done by an instruction, or by several together. */
export interface Costs {
  readonly executions: number;
  readonly loads: number;
  readonly stores: number;
  readonly l1Misses: MissCounts;
  readonly l2Misses: MissCounts;
  /** Estimated. */
  readonly cycles: number;
}

/** What one instruction of the guest did. */
export interface InstructionCounts extends Costs {
  /** Virtual address, unsigned. */
  readonly address: number;
  readonly symbol: string | null;
  readonly source: SourceLine | null;
}

/** A function as it was called along one path from the program's start. */
export interface CallPath {
  /** Index of the caller's path; -1: nobody called it. */
  readonly parent: number;
  readonly name: string;
  /** The lines of its begin and of the call. */
  readonly source: SourceLine | null;
  readonly site: SourceLine | null;
  readonly calls: number;
  /** Of these calls, with all that was called from there. */
  readonly inclusive: Costs;
}

export interface ProgramCode {
  /** Lines that have code. */
  readonly lines: readonly SourceLine[];
  readonly functions: readonly {
    readonly name: string;
    readonly address: number;
    readonly source: SourceLine | null;
  }[];
}

export interface MissCounts {
  readonly loads: number;
  readonly stores: number;
  readonly fetches: number;
}

/** Sum of a level's accesses, hits and misses over loads, stores and fetches. */
export function totalAccesses(level: CacheLevelStatistics): AccessCounts {
  const kinds = [level.loads, level.stores, level.fetches];
  const sum = (of: (counts: AccessCounts) => number) => kinds.reduce((total, counts) => total + of(counts), 0);
  return { accesses: sum((c) => c.accesses), hits: sum((c) => c.hits), misses: sum((c) => c.misses) };
}

/** Misses in percent of accesses; 0 where there were none. */
export function missRate(counts: AccessCounts): number {
  return counts.accesses === 0 ? 0 : (counts.misses / counts.accesses) * 100;
}
