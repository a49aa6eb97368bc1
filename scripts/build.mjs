#!/usr/bin/env node
// Bundles the extension, the debug adapter, the emulator's worker, the webview and the command line into dist/.
//   node scripts/build.mjs [--dev]     --dev: source maps, no minification
import { build } from 'esbuild';
import { chmodSync, existsSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Every Node bundle: its name in dist/ and the file it starts from. */
const NODE_ENTRIES = {
  extension: 'src/extension/extension.ts',
  adapter: 'src/adapter/node/main.ts',
  worker: 'src/adapter/node/worker.ts',
  cli: 'src/cli/main.ts',
};
const WEB_ENTRIES = { webview: 'src/webview/main.ts' };

const present = (entries) => Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(root + file)));

/** Builds all of dist/ from nothing. */
export async function buildAll({ dev = false } = {}) {
  rmSync(root + 'dist', { recursive: true, force: true });
  const shared = {
    absWorkingDir: root,
    outdir: 'dist',
    bundle: true,
    sourcemap: dev ? 'linked' : false,
    minify: !dev,
    keepNames: true,
    logLevel: 'warning',
  };
  await build({
    ...shared,
    entryPoints: present(NODE_ENTRIES),
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode', 'esbuild'],
  });
  const web = present(WEB_ENTRIES);
  if (Object.keys(web).length) {
    await build({ ...shared, entryPoints: web, platform: 'browser', format: 'iife', target: 'es2022' });
  }
  if (existsSync(root + 'dist/cli.js')) chmodSync(root + 'dist/cli.js', 0o755);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAll({ dev: process.argv.includes('--dev') });
