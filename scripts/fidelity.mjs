#!/usr/bin/env node
// npm run fidelity: compares our emulator with QEMU; see docs/fidelity.md. Bundles test/fidelity/main.ts and the process
// that runs streams into out/peer/, and runs the first.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
const { buildJob, bundle } = await import('../test/peer/stream/build-job.mjs');

const target = await bundle('test/fidelity/main.ts', 'fidelity.cjs');
const run = spawnSync(
  process.execPath,
  ['--enable-source-maps', target, '--job', await buildJob(), ...process.argv.slice(2)],
  { stdio: 'inherit' },
);
process.exitCode = run.status ?? 1;
