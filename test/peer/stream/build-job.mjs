// Bundles job.ts for Node into out/peer/ and returns the bundle's path. No names kept: their upkeep costs a tenth.
import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { peerDir, root } from '../build.mjs';

export async function buildJob() {
  mkdirSync(peerDir, { recursive: true });
  const target = join(peerDir, 'stream-job.cjs');
  const aside = `${target}.${process.pid}`;
  await build({
    absWorkingDir: root,
    entryPoints: ['test/peer/stream/job.ts'],
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
