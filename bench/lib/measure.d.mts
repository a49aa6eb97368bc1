export class RunError extends Error {}

export interface Rate {
  readonly rate: number;
  readonly cpuRate: number;
  readonly checksum: string;
  readonly repetitions: number;
  readonly memory: number;
}

export class RateMeter {
  constructor(times: { warmMs: number; warmMaxMs?: number; measureMs: number });
  line(text: string, at: number, isLast: boolean, pid: number): boolean;
  result(ending: string): Rate;
}

export function median(values: readonly number[]): number;
export function geometricMean(values: readonly number[]): number;
