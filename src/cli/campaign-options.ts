import { defaultJobs, takeOptions, wholeNumber } from './own-options';
import { UsageError } from './usage-error';

export interface CampaignOptions {
  readonly runs: number;
  /** Of the first run; the next have the numbers that follow. */
  readonly seed: number;
  /** `start-end`: half of the faults go there; else all go to registers. */
  readonly memory?: string;
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
  '  --memory start-end          half of the faults flip a bit there (virtual addresses), the others one of a register',
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
    csv: (text) => void (found.csv = text),
    json: (text) => void (found.json = text),
  });
  return { campaign: { ...numbers, ...found }, rest };
}
