// Bundles for Node into out/peer/. No names kept: their upkeep costs a tenth.
import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { peerDir, root } from '../build.mjs';

/** The process that runs streams; returns the bundle's path. */
export const buildJob = () => bundle('test/peer/stream/job.ts', 'stream-job.cjs');

/** Bundles a file of the project as `name`; returns the bundle's path. */
export async function bundle(entry, name) {
  mkdirSync(peerDir, { recursive: true });
  const target = join(peerDir, name);
  const aside = `${target}.${process.pid}`;
  await build({
    absWorkingDir: root,
    entryPoints: [entry],
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
  return target;
}
