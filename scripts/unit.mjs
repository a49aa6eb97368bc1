#!/usr/bin/env node
// Bundles the test files under the given paths (default: all of test/unit) and runs mocha on them.
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

const walk = (p) => (statSync(p).isDirectory() ? readdirSync(p).flatMap((name) => walk(path.join(p, name))) : [p]);
const missing = prefixes.filter((prefix) => !statSync(path.resolve(root, prefix), { throwIfNoEntry: false }));
if (missing.length) {
  console.error(`No such test folder or file: ${missing.join(', ')}`);
  process.exit(1);
}
const files = prefixes
  .flatMap((prefix) => walk(path.resolve(root, prefix)))
  .filter((file) => file.endsWith('.test.ts'));
if (!files.length) {
  console.error(`No *.test.ts in ${prefixes.join(', ')}`);
  process.exit(1);
}
mkdirSync(root + 'out', { recursive: true });
const outdir = mkdtempSync(root + 'out/unit-');
const cleanUp = () => rmSync(outdir, { recursive: true, force: true });
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => (cleanUp(), process.exit(1)));
let status;
try {
  await build({
    absWorkingDir: root,
    entryPoints: files,
    outdir,
    outbase: root + 'test',
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    sourcemap: 'inline',
    logLevel: 'warning',
    packages: 'external',
    keepNames: true,
  });
  const mocha = [
    root + 'node_modules/mocha/bin/mocha.js',
    '--no-config',
    '--forbid-only',
    '--exit',
    '--timeout',
    '20000',
  ];
  const reporter = ['--reporter', root + 'scripts/lib/stats-reporter.cjs'];
  const run = spawnSync(
    process.execPath,
    ['--enable-source-maps', ...mocha, ...reporter, ...mochaOptions, outdir + '/**/*.test.js'],
    { cwd: root, stdio: 'inherit' },
  );
  status = run.status ?? 1;
} finally {
  cleanUp();
}
process.exit(status);
