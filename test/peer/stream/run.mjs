// Runs a random stream on QEMU and on our emulator and shows where they differ:
//   node test/peer/stream/run.mjs a32|t32 COUNT SEED [--class CLASS] [--rows PATTERN] [--fpscr MASK]
//       [--rounds N] [--round N] [--tier TIER]
// in the project's folder; see README.md.
import { spawnSync } from 'node:child_process';
import { buildJob } from './build-job.mjs';

const { status } = spawnSync(process.execPath, [await buildJob(), ...process.argv.slice(2)], { stdio: 'inherit' });
process.exitCode = status ?? 1;
