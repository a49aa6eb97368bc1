import type { CpuExec } from '../../emulator/cpu-exec';

/** What the execution engine has translated and compiled, of all vCPUs together. */
export interface TranslationStatistics {
  /** Translation blocks that are there now. */
  readonly blocks: number;
  /** What was compiled to WebAssembly since the start; absent where everything is interpreted. */
  readonly compiled?: {
    readonly modules: number;
    readonly functions: number;
    /** Guest instructions in them; one that is in several functions counts for each. */
    readonly instructions: number;
    readonly bytes: number;
    readonly milliseconds: number;
    /** Functions that became stale, and how often everything was dropped. */
    readonly dropped: number;
    readonly generations: number;
  };
}

/** Of the vCPUs whose execution loops these are. */
export function translationOf(execs: readonly CpuExec[]): TranslationStatistics {
  const blocks = execs.reduce((sum, exec) => sum + exec.blocks.blocks.length, 0);
  const tiers = execs.flatMap(({ tier }) => (tier ? [tier.statistics] : []));
  if (!tiers.length) return { blocks };
  const sum = (of: (tier: (typeof tiers)[number]) => number): number => tiers.reduce((all, tier) => all + of(tier), 0);
  return {
    blocks,
    compiled: {
      modules: sum(({ compilations }) => compilations),
      functions: sum(({ functions }) => functions),
      instructions: sum(({ instructions }) => instructions),
      bytes: sum(({ bytes }) => bytes),
      milliseconds: sum(({ milliseconds }) => milliseconds),
      dropped: sum(({ invalidated }) => invalidated),
      generations: sum(({ generations }) => generations),
    },
  };
}

/** As `info jit` shows it. */
export function translationText({ blocks, compiled }: TranslationStatistics): string {
  const rows: [string, string | number][] = [['translation blocks', blocks]];
  if (compiled) {
    rows.push(
      ['modules compiled', compiled.modules],
      ['functions', compiled.functions],
      ['guest instructions', compiled.instructions],
      ['bytes of WebAssembly', compiled.bytes],
      ['milliseconds', compiled.milliseconds.toFixed(1)],
      ['functions dropped', compiled.dropped],
      ['everything dropped', compiled.generations],
    );
  } else {
    rows.push(['compiled', 'nothing: the interpreter runs everything']);
  }
  return rows.map(([name, value]) => `${name.padEnd(22)}${value}\n`).join('');
}
