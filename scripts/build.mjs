#!/usr/bin/env node
// Bundles the extension, the debug adapter, the emulator's worker, the webview and the command line into dist/.
//   node scripts/build.mjs [--dev] [name …]    --dev: source maps, no minification; names: of the others only these bundles
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Bundles that run with the code that V8 has compiled of them in earlier runs: the file they start from, which becomes
 * name.main.js, and the small one that runs it, which becomes name.js.
 */
const KEPT_ENTRIES = {
  adapter: ['src/adapter/node/start.ts', 'src/adapter/node/bundle/adapter-start.ts'],
  worker: ['src/adapter/node/worker.ts', 'src/adapter/node/bundle/worker-start.ts'],
  cli: ['src/cli/main.ts', 'src/cli/start.ts'],
};
/** Other bundles: the name in dist/ and the file it starts from. */
const NODE_ENTRIES = { extension: 'src/extension/extension.ts' };
const WEB_ENTRIES = { webview: 'src/webview/main.ts', tables: 'src/webview/tables/main.ts' };

/** What the worker would otherwise make at each start: src/target/arm/forms. */
async function preparedForms(shared, outdir) {
  const file = path.join(outdir, 'forms.cjs');
  const entry = { forms: 'src/target/arm/forms/prepare.ts' };
  await build({ ...shared, platform: 'node', format: 'cjs', outExtension: { '.js': '.cjs' }, entryPoints: entry });
  const { preparedForms } = createRequire(import.meta.url)(file);
  rmSync(file);
  return preparedForms((bytes) => Buffer.from(bytes).toString('base64'));
}

const hashOf = (file) => createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 16);

/**
 * Builds dist/, all of it from nothing or only the bundles named. A build that fails leaves dist/ as it was.
 * @throws Error with esbuild's messages
 */
export async function buildAll({ dev = false, only = [] } = {}) {
  const wanted = (entries) =>
    Object.fromEntries(Object.entries(entries).filter(([name]) => !only.length || only.includes(name)));
  mkdirSync(root + 'out', { recursive: true });
  const outdir = mkdtempSync(root + 'out/dist-');
  try {
    const shared = {
      absWorkingDir: root,
      outdir,
      bundle: true,
      sourcemap: dev ? 'linked' : false,
      minifyWhitespace: !dev,
      minifySyntax: !dev,
      // Names stay as they are: keeping them beside short ones costs a call for each function object that is made.
      minifyIdentifiers: false,
      logLevel: 'warning',
    };
    const node = { platform: 'node', format: 'cjs', target: 'node20', external: ['vscode'] };
    await build({ ...shared, ...node, entryPoints: wanted(NODE_ENTRIES) });
    // All of them always: each starter knows the version of its bundle.
    const kept = Object.entries(KEPT_ENTRIES);
    const part = (i, suffix) => Object.fromEntries(kept.map(([name, files]) => [name + suffix, files[i]]));
    const forms = { PREPARED_FORMS: JSON.stringify(await preparedForms(shared, outdir)) };
    await build({ ...shared, ...node, define: forms, entryPoints: part(0, '.main') });
    const versions = Object.fromEntries(kept.map(([name]) => [name, hashOf(path.join(outdir, `${name}.main.js`))]));
    const define = { BUNDLE_VERSIONS: JSON.stringify(versions) };
    await build({ ...shared, ...node, define, entryPoints: part(1, '') });
    const web = { platform: 'browser', format: 'iife', target: 'es2022' };
    await build({ ...shared, ...web, entryPoints: wanted(WEB_ENTRIES) });
    const cli = path.join(outdir, 'cli.js');
    if (existsSync(cli)) chmodSync(cli, 0o755);
    if (!only.length) rmSync(root + 'dist', { recursive: true, force: true });
    mkdirSync(root + 'dist', { recursive: true });
    for (const name of readdirSync(outdir)) renameSync(path.join(outdir, name), path.join(root, 'dist', name));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const args = process.argv.slice(2);
  await buildAll({ dev: args.includes('--dev'), only: args.filter((name) => !name.startsWith('--')) });
}
