import { defaultJobs, takeOptions, wholeNumber } from './own-options';
import { FAULT_LEVELS } from '../plugin/bundled/fault';
import { UsageError } from './usage-error';

type FaultLevel = (typeof FAULT_LEVELS)[number];

/** The caches of a Cortex-A9 in a Zynq-7000. */
const CACHE_MODEL =
  'libcache.so,icachesize=32768,iassoc=4,iblksize=32,dcachesize=32768,dassoc=4,dblksize=32,evict=rand,' +
  'l2cachesize=524288,l2assoc=8,l2blksize=32';

export interface CampaignOptions {
  readonly runs: number;
  /** Of the first run; the next have the numbers that follow. */
  readonly seed: number;
  /** `start-end`: an equal part of the faults goes there, to each of `caches`, and to registers. */
  readonly memory?: string;
  /** Levels of the cache model: faults go to words that they hold. */
  readonly caches: readonly FaultLevel[];
  /** The `-plugin` value of that model. */
  readonly cacheModel: string;
  /** How many times the golden run's instructions a run may take. */
  readonly budget: number;
  /** Real seconds that a run may take. */
  readonly timeout: number;
  readonly jobs: number;
  readonly csv?: string;
  readonly json?: string;
}

export const CAMPAIGN_USAGE = [
  'usage: tcgscope campaign [campaign options] [options] program.elf',
  '',
  'Injects faults: runs the program once as it is (the golden run), then again and again with one bit flipped at a random',
  'moment, and says of each run whether the fault was masked or led to wrong output, a crash or a hang. The same seeds give',
  'the same table.',
  '',
  '  --runs n                    runs with a fault (default 100)',
  '  --seed n                    seed of the first; the others follow (default 1)',
  '  --memory start-end          faults also flip a bit there (virtual addresses), as often as one of a register',
  `  --cache ${FAULT_LEVELS.join(',')}        and in a word that one of these caches holds then, each as often`,
  '  --cache-model plugin        the -plugin value of the cache model (default: the caches of a Zynq-7000)',
  '  --budget n                  a run is a hang after n times the instructions of the golden run (default 10)',
  '  --timeout s                 or after so many seconds (default 600); reproducible only if that does not happen',
  '  --jobs n                    programs that run at a time (default: the number of processors)',
  '  --csv file, --json file     writes the table there',
  '',
  "The program's options are those of tcgscope without -plugin.",
  '',
].join('\n');

/** Reads what follows `tcgscope campaign`; `rest` are the options of the program. Throws a {@link UsageError}. */
export function parseCampaign(args: readonly string[]): {
  readonly campaign: CampaignOptions;
  readonly rest: string[];
} {
  const numbers = { runs: 100, seed: 1, budget: 10, timeout: 600, jobs: defaultJobs() };
  const found: { memory?: string; csv?: string; json?: string } = {};
  let caches: readonly FaultLevel[] = [];
  let cacheModel = CACHE_MODEL;
  const number =
    (name: keyof typeof numbers, least: number) =>
    (text: string): void =>
      void (numbers[name] = wholeNumber('campaign', name, text, least));
  const rest = takeOptions('campaign', args, {
    runs: number('runs', 1),
    seed: number('seed', 0),
    budget: number('budget', 2),
    timeout: number('timeout', 1),
    jobs: number('jobs', 1),
    memory: (text) => {
      const [start, end] = text.split('-').map((part) => (part === '' ? NaN : Number(part)));
      if (!Number.isInteger(start) || !Number.isInteger(end) || end <= start) {
        throw new UsageError(`campaign: --memory ${text}: expected start-end, such as 0x100000-0x101000`);
      }
      found.memory = text;
    },
    cache: (text) => {
      const names = text.split(',');
      caches = FAULT_LEVELS.filter((level) => names.includes(level));
      const wrong = names.find((name) => !FAULT_LEVELS.some((level) => level === name));
      if (wrong !== undefined) throw new UsageError(`campaign: --cache ${wrong}: expected ${FAULT_LEVELS.join(', ')}`);
    },
    'cache-model': (text) => void (cacheModel = text),
    csv: (text) => void (found.csv = text),
    json: (text) => void (found.json = text),
  });
  return { campaign: { ...numbers, caches, cacheModel, ...found }, rest };
}
