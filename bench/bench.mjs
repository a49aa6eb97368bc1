#!/usr/bin/env node
// Measures the emulator beside Debian's QEMU 7.2 in one run, on the same ELF files: `npm run bench`. docs/performance.md says
// what and how.
//   --quick              within three minutes
//   --json               one object on standard output instead of tables
//   --guest a,b          only these guests          --config a,b   only these configurations
//   --rounds n           interleaved repetitions of everything (3; with --quick 1)
//   --cpu                ratios of processor time instead of elapsed time: for a machine that does other work
//   --tier interp|wasm|auto   what -tier says of ours; absent: what users get
//   --no-build           dist/ as it is
import { parseArgs } from 'node:util';
import { spawnSync } from 'node:child_process';
import { buildPeers } from '../test/peer/build.mjs';
import { buildAll } from '../scripts/build.mjs';
import { CONFIGURATIONS } from './lib/configurations.mjs';
import { runPlan } from './lib/plan.mjs';
import { asJson, asTables } from './lib/report.mjs';
import { COLD, WARM } from './lib/guests.mjs';
import { EXTRAS } from './lib/extras.mjs';

const USAGE =
  'usage: npm run bench -- [--quick] [--json] [--guest a,b] [--config a,b] [--rounds n] [--cpu] [--tier t] [--no-build]';

function options() {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      cpu: { type: 'boolean', default: false },
      'no-build': { type: 'boolean', default: false },
      guest: { type: 'string' },
      config: { type: 'string' },
      rounds: { type: 'string' },
      tier: { type: 'string' },
    },
  });
  const choose = (option, value, known) => {
    const chosen = value?.split(',');
    const wrong = chosen?.find((name) => !known.includes(name));
    if (wrong !== undefined) throw new Error(`--${option} ${wrong}: there are ${known.join(', ')}`);
    return chosen;
  };
  const rounds = Number(values.rounds ?? (values.quick ? 1 : 3));
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds ${values.rounds}: not a number above 0`);
  const guests = [...WARM, COLD].map(({ name }) => name);
  const configurations = [...CONFIGURATIONS.map(({ name }) => name), ...EXTRAS.map(({ name }) => name)];
  return {
    ...values,
    rounds,
    guests: choose('guest', values.guest, guests),
    configurations: choose('config', values.config, configurations),
  };
}

function checkPeers() {
  for (const program of ['qemu-system-arm', 'qemu-arm']) {
    const { error, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
    if (error) throw new Error(`${program} is missing: ${error.message}; npm run setup installs it`);
    process.stderr.write(`${stdout.split('\n')[0]}\n`);
  }
}

let chosen;
try {
  chosen = options();
  checkPeers();
} catch (error) {
  console.error(error.message);
  if (!chosen) console.error(USAGE);
  process.exit(2);
}
if (!chosen['no-build']) await buildAll();
buildPeers();
const rows = await runPlan(chosen, (text) => process.stderr.write(text));
process.stdout.write(chosen.json ? `${JSON.stringify(asJson(rows, chosen))}\n` : asTables(rows, chosen));
process.exitCode = rows.some(({ error }) => error !== undefined) ? 1 : 0;
