#!/usr/bin/env node
// Bundles the extension, the debug adapter, the emulator's worker, the webview and the command line into dist/.
//   node scripts/build.mjs [--dev] [name …]    --dev: source maps, no minification; names: only these bundles
import { build } from 'esbuild';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Every Node bundle: its name in dist/ and the file it starts from. */
const NODE_ENTRIES = {
  extension: 'src/extension/extension.ts',
  adapter: 'src/adapter/node/start.ts',
  worker: 'src/adapter/node/worker.ts',
  cli: 'src/cli/main.ts',
};
const WEB_ENTRIES = { webview: 'src/webview/main.ts', tables: 'src/webview/tables/main.ts' };

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
