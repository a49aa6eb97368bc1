#!/usr/bin/env node
// npm run fidelity: compares our emulator with QEMU; see docs/fidelity.md. Bundles test/fidelity/main.ts and the process
// that runs streams into out/peer/, and runs the first.
import { spawnSync } from 'node:child_process';
import { mkdirSync, renameSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
const { buildJob } = await import('../test/peer/stream/build-job.mjs');
const { peerDir } = await import('../test/peer/build.mjs');

mkdirSync(peerDir, { recursive: true });
const target = path.join(peerDir, 'fidelity.cjs');
const aside = `${target}.${process.pid}`;
await build({
  absWorkingDir: root,
  entryPoints: ['test/fidelity/main.ts'],
  outfile: aside,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  sourcemap: 'inline',
  logLevel: 'warning',
  packages: 'external',
});
renameSync(aside, target);
const run = spawnSync(
  process.execPath,
  ['--enable-source-maps', target, '--job', await buildJob(), ...process.argv.slice(2)],
  { stdio: 'inherit' },
);
process.exitCode = run.status ?? 1;
