import { SIM_POLICIES } from '../plugin/cachesim/replacement';
import { defaultJobs, takeOptions, wholeNumber } from './own-options';
import { UsageError } from './usage-error';

const CACHES = ['i', 'd', 'id', 'u'];

export interface SweepOptions {
  readonly cache: string;
  /** Bytes, ways, bytes. */
  readonly sizes: readonly number[];
  readonly assocs: readonly number[];
  readonly lines: readonly number[];
  readonly policies: readonly string[];
  readonly jobs: number;
  readonly csv?: string;
  readonly json?: string;
  readonly svg?: string;
}

export const SWEEP_USAGE = [
  'usage: tcgscope sweep [sweep options] [options] program.elf',
  '',
  'Counts the misses of first-level caches of every combination of sizes, ways and line sizes, and shows which are worth',
  'their size (Pareto-optimal: *). With LRU all come from one run of the program, else several runs share the work.',
  '',
  '  --cache i|d|id|u            instruction, data, both (default), or one unified cache',
  '  --sizes 1K,2K,…             bytes; K and M may follow (default 1K to 64K)',
  '  --assocs 1,2,…              ways (default 1,2,4,8)',
  '  --lines 32,…                bytes of a line (default 32)',
  `  --evict ${SIM_POLICIES.join('|')}   one or more, with commas (default lru)`,
  '  --jobs n                    programs that run at a time (default: the number of processors)',
  '  --csv file, --json file     writes the table there',
  '  --svg file                  writes a plot of the miss rates there',
  '',
  "The program's options are those of tcgscope without -plugin.",
  '',
].join('\n');

/** Reads what follows `tcgscope sweep`; `rest` are the options of the program. Throws a {@link UsageError}. */
export function parseSweep(args: readonly string[]): { readonly sweep: SweepOptions; readonly rest: string[] } {
  const found: Record<string, string> = {};
  const numbers = { sizes: [1, 2, 4, 8, 16, 32, 64].map((k) => k * 1024), assocs: [1, 2, 4, 8], lines: [32] };
  let [cache, policies, jobs] = ['id', ['lru'], defaultJobs()];
  const list = (name: keyof typeof numbers) => (text: string) => void (numbers[name] = sizeList(name, text));
  const file = (name: string) => (text: string) => void (found[name] = text);
  const rest = takeOptions('sweep', args, {
    cache: (text) => {
      if (!CACHES.includes(text)) throw new UsageError(`sweep: --cache ${text}: expected ${CACHES.join(', ')}`);
      cache = text;
    },
    sizes: list('sizes'),
    assocs: list('assocs'),
    lines: list('lines'),
    evict: (text) => {
      policies = [...new Set(text.split(','))];
      const wrong = policies.find((policy) => !SIM_POLICIES.some((known) => known === policy));
      if (wrong === undefined) return;
      throw new UsageError(`sweep: --evict ${wrong}: expected ${SIM_POLICIES.join(', ')}`);
    },
    jobs: (text) => void (jobs = wholeNumber('sweep', 'jobs', text, 1)),
    csv: file('csv'),
    json: file('json'),
    svg: file('svg'),
  });
  return { sweep: { cache, ...numbers, policies, jobs, ...found }, rest };
}

function sizeList(name: string, text: string): number[] {
  const values = text.split(',').map((part) => {
    const match = /^([1-9]\d{0,9})([KM]?)$/i.exec(part);
    if (!match) throw new UsageError(`sweep: --${name} ${text}: "${part}" is no size`);
    return Number(match[1]) * { '': 1, K: 1024, M: 1024 * 1024 }[match[2].toUpperCase() as '' | 'K' | 'M'];
  });
  return [...new Set(values)].sort((a, b) => a - b);
}
