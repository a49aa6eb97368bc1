import { geometryError } from '../plugin/cache/set-associative';
import { SIM_POLICIES } from '../plugin/cachesim/replacement';
import { defaultJobs, takeOptions, wholeNumber } from './own-options';
import { UsageError } from './usage-error';

const CACHES = ['i', 'd', 'id', 'u', 'l2'];
/** Sizes and ways of a second-level cache where nobody says. */
const SECOND = { sizes: [64, 128, 256, 512, 1024].map((k) => k * 1024), assocs: [4, 8, 16], lines: [32] };
const FIRST = '32K:4:32';

export interface SweepOptions {
  readonly cache: string;
  /** Bytes, ways, bytes. */
  readonly sizes: readonly number[];
  readonly assocs: readonly number[];
  readonly lines: readonly number[];
  readonly policies: readonly string[];
  /** Of an L2: what stands before it, `size:ways:line` in bytes, each with runs of its own; and its policy. */
  readonly l1: readonly string[];
  readonly l1policy: string;
  readonly jobs: number;
  readonly csv?: string;
  readonly json?: string;
  readonly svg?: string;
}

export const SWEEP_USAGE = [
  'usage: tcgscope sweep [sweep options] [options] program.elf',
  '',
  'Counts the misses of caches of every combination of sizes, ways and line sizes, and shows which are worth their size',
  '(Pareto-optimal: *). With LRU all come from one run of the program, else several runs share the work.',
  '',
  '  --cache i|d|id|u|l2         instruction, data, both (default), one unified cache, or a unified L2 behind both',
  '  --sizes 1K,2K,…             bytes; K and M may follow (default 1K to 64K; L2: 64K to 1M)',
  '  --assocs 1,2,…              ways (default 1,2,4,8; L2: 4,8,16)',
  '  --lines 32,…                bytes of a line (default 32)',
  `  --evict ${SIM_POLICIES.join('|')}   one or more, with commas (default lru)`,
  `  --l1 size:ways:line,…       the L1s before the L2, instruction and data alike (default ${FIRST}); a run for each`,
  `  --l1-evict policy           their policy (default lru)`,
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
  const first = { sizes: [1, 2, 4, 8, 16, 32, 64].map((k) => k * 1024), assocs: [1, 2, 4, 8], lines: [32] };
  const numbers: { [K in keyof typeof first]?: number[] } = {};
  let [l1, l1policy] = [[FIRST], 'lru'];
  let [cache, policies, jobs] = ['id', ['lru'], defaultJobs()];
  const list = (name: keyof typeof first) => (text: string) => void (numbers[name] = sizeList(name, text));
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
      policies.forEach((policy) => checkPolicy('evict', policy));
    },
    l1: (text) => void (l1 = [...new Set(text.split(','))]),
    'l1-evict': (text) => {
      checkPolicy('l1-evict', text);
      l1policy = text;
    },
    jobs: (text) => void (jobs = wholeNumber('sweep', 'jobs', text, 1)),
    csv: file('csv'),
    json: file('json'),
    svg: file('svg'),
  });
  const l1s = l1.map((text) => {
    const parts = text.split(':');
    const geometry = parts.map((part) => sizeList('l1', part)[0]);
    const [size, associativity, lineSize] = geometry;
    const wrong = parts.length === 3 ? geometryError({ size, associativity, lineSize }) : 'expected size:ways:line';
    if (wrong !== undefined) throw new UsageError(`sweep: --l1 ${text}: ${wrong}`);
    return geometry.join(':');
  });
  const defaults = cache === 'l2' ? SECOND : first;
  return { sweep: { cache, ...defaults, ...numbers, policies, l1: l1s, l1policy, jobs, ...found }, rest };
}

function checkPolicy(option: string, policy: string): void {
  if (SIM_POLICIES.some((known) => known === policy)) return;
  throw new UsageError(`sweep: --${option} ${policy}: expected ${SIM_POLICIES.join(', ')}`);
}

function sizeList(name: string, text: string): number[] {
  const values = text.split(',').map((part) => {
    const match = /^([1-9]\d{0,9})([KM]?)$/i.exec(part);
    if (!match) throw new UsageError(`sweep: --${name} ${text}: "${part}" is no size`);
    return Number(match[1]) * { '': 1, K: 1024, M: 1024 * 1024 }[match[2].toUpperCase() as '' | 'K' | 'M'];
  });
  return [...new Set(values)].sort((a, b) => a - b);
}
