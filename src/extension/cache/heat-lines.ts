/** Which lines of a file cause how many cache misses, and how hot that makes them. */
import type { CacheSample, HotLine } from '../../adapter/protocol/custom';

/** How hot a line is; a `trace` of misses is told on hover only. */
export const HEAT_LEVELS = ['trace', 'low', 'medium', 'high'] as const;
export type HeatLevel = (typeof HEAT_LEVELS)[number];

export interface HeatLine {
  /** From 1. */
  readonly line: number;
  readonly level: HeatLevel;
  readonly l1iMisses: number;
  readonly l1dMisses: number;
  readonly l2Misses: number;
  /** Of all listed lines' misses, 0 to 1. */
  readonly share: number;
}

const HIGH_SHARE = 0.2;
const MEDIUM_SHARE = 0.02;
const LOW_SHARE = 0.001;

const misses = (line: HotLine) => line.l1iMisses + line.l1dMisses + line.l2Misses;

function levelOf(share: number): HeatLevel {
  if (share >= HIGH_SHARE) return 'high';
  if (share >= MEDIUM_SHARE) return 'medium';
  return share >= LOW_SHARE ? 'low' : 'trace';
}

/** The lines with misses, by file. Lines that several samples list are summed. */
export function heatByFile(samples: readonly CacheSample[]): Map<string, HeatLine[]> {
  const lines = samples.flatMap((sample) => sample.lines);
  const total = lines.reduce((sum, line) => sum + misses(line), 0);
  const byFile = new Map<string, Map<number, HotLine[]>>();
  for (const line of lines) {
    if (line.path === undefined || line.line === undefined || misses(line) === 0) continue;
    const ofFile = byFile.get(line.path) ?? new Map<number, HotLine[]>();
    byFile.set(line.path, ofFile);
    ofFile.set(line.line, [...(ofFile.get(line.line) ?? []), line]);
  }
  const heat = (line: number, parts: readonly HotLine[]): HeatLine => {
    const sum = (of: (part: HotLine) => number) => parts.reduce((before, part) => before + of(part), 0);
    const share = sum(misses) / total;
    return {
      line,
      share,
      level: levelOf(share),
      l1iMisses: sum((part) => part.l1iMisses),
      l1dMisses: sum((part) => part.l1dMisses),
      l2Misses: sum((part) => part.l2Misses),
    };
  };
  return new Map([...byFile].map(([path, ofFile]) => [path, [...ofFile].map(([line, parts]) => heat(line, parts))]));
}

const NAMES = [
  ['l1dMisses', 'L1D'],
  ['l1iMisses', 'L1I'],
  ['l2Misses', 'L2'],
] as const;

/** `L1D 12,345 · L2 6`: the kinds of misses that a line has. */
export function describeHeat(line: HeatLine): string {
  const parts = NAMES.filter(([key]) => line[key] > 0);
  return parts.map(([key, name]) => `${name} ${line[key].toLocaleString('en-US')}`).join(' · ');
}
