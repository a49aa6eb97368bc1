/** See elf.mjs. */
export interface Segment {
  readonly address: number;
  readonly bytes: Buffer;
  readonly memorySize?: number;
}

export interface Section {
  readonly address: number;
  readonly offset: number;
  readonly size: number;
}

export interface Elf {
  readonly entry: number;
  readonly segments: readonly Segment[];
  readonly symbols: ReadonlyMap<string, number>;
  section(name: string): Section | undefined;
}

export function readElf(path: string): Elf;
export function writeElf(entry: number, segments: readonly Segment[]): Buffer;
