#!/usr/bin/env node
// Bundles the test files that match the given path prefixes (default: all of test/unit) and runs mocha on them.
//   node scripts/unit.mjs test/unit/tcg [-- mocha options]
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

const root = fileURLToPath(new URL('..', import.meta.url));
const split = process.argv.indexOf('--');
const prefixes = process.argv.slice(2, split < 0 ? undefined : split);
const mochaOptions = split < 0 ? [] : process.argv.slice(split + 1);
if (!prefixes.length) prefixes.push('test/unit');
const walk = (p) => (statSync(p).isDirectory() ? readdirSync(p).flatMap((n) => walk(path.join(p, n))) : [p]);
const files = prefixes.flatMap((p) => walk(path.resolve(root, p))).filter((f) => f.endsWith('.test.ts'));
mkdirSync(root + 'out', { recursive: true });
const outdir = mkdtempSync(root + 'out/unit-');
let status = 1;
try {
  await build({
    absWorkingDir: root, entryPoints: files, outdir, outbase: root + 'test', bundle: true, platform: 'node', format: 'cjs',
    target: 'node20', sourcemap: 'inline', logLevel: 'warning', packages: 'external', keepNames: true,
  });
  const run = spawnSync(process.execPath, ['--enable-source-maps', root + 'node_modules/mocha/bin/mocha.js', '--no-config', '--timeout', '20000', ...mochaOptions, outdir + '/**/*.test.js'], { cwd: root, stdio: 'inherit' });
  status = run.status ?? 1;
} finally {
  rmSync(outdir, { recursive: true, force: true });
}
process.exit(status);
