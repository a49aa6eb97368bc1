#!/usr/bin/env node
// Runs test/vscode/**/*.test.ts with mocha inside the extension host of a real VS Code.
//   node scripts/test-vscode.mjs [--vsix] [--no-build] [--grep=text] [--keep]
//     --vsix   packages the extension, installs the package and tests that instead of the sources
//     --keep   leaves the temporary profile and workspace behind, and says where
// Which VS Code: $VSCODE_EXECUTABLE (the program of a desktop installation), or $VSCODE_VERSION (for instance "stable":
// @vscode/test-electron downloads it), or else code-server, installed from npm when it is not there yet.
// The last line is a JSON object with the numbers of tests; screenshots go to out/screenshots/.
import { downloadAndUnzipVSCode, resolveCliArgsFromVSCodeExecutablePath, runTests } from '@vscode/test-electron';
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildAll } from './build.mjs';
import { codeServer, setupVsCode } from './setup-vscode.mjs';
import { freePort, installVsix } from './lib/code-server.mjs';
import { packageVsix } from './package.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const flags = new Set(process.argv.slice(2));
const grep = process.argv.find((argument) => argument.startsWith('--grep='))?.slice('--grep='.length);

/** Bundles the runner and each test file into out/vscode; returns the runner's path. */
async function bundleTests() {
  const folder = root + 'test/vscode';
  const tests = readdirSync(folder, { recursive: true }).filter((file) => String(file).endsWith('.test.ts'));
  const outdir = root + 'out/vscode';
  rmSync(outdir, { recursive: true, force: true });
  await build({
    absWorkingDir: root,
    entryPoints: ['index.ts', ...tests].map((file) => path.join(folder, String(file))),
    outdir,
    outbase: folder,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    sourcemap: 'inline',
    packages: 'external',
    external: ['vscode'],
    logLevel: 'warning',
    keepNames: true,
  });
  return path.join(outdir, 'index.js');
}

/** The program to start, and how it takes a .vsix. */
async function findVsCode() {
  const desktop =
    process.env.VSCODE_EXECUTABLE ??
    (process.env.VSCODE_VERSION ? await downloadAndUnzipVSCode(process.env.VSCODE_VERSION) : undefined);
  if (desktop) {
    return {
      executable: desktop,
      install(vsix, { userData, extensions }) {
        const [cli, ...args] = resolveCliArgsFromVSCodeExecutablePath(desktop, { reuseMachineInstall: true });
        const folders = [`--user-data-dir=${userData}`, `--extensions-dir=${extensions}`];
        const run = spawnSync(cli, [...args, '--install-extension', vsix, '--force', ...folders], { stdio: 'inherit' });
        if (run.status !== 0) throw new Error(`installing ${vsix} failed`);
      },
    };
  }
  await setupVsCode();
  return {
    executable: root + 'scripts/code-launcher.mjs',
    install: (vsix, folders) => installVsix(codeServer, vsix, folders),
  };
}

/** A do-nothing extension: VS Code wants one under development even when an installed one is tested. */
function dummyExtension(folder) {
  mkdirSync(folder, { recursive: true });
  const manifest = { name: 'nothing', publisher: 'tcgscope-test', version: '0.0.1', engines: { vscode: '*' } };
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
  return folder;
}

async function main() {
  const useVsix = flags.has('--vsix');
  if (!flags.has('--no-build')) await buildAll();
  const vscode = await findVsCode();
  const extensionTestsPath = await bundleTests();
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'tcgscope-vscode-'));
  const userData = path.join(scratch, 'user-data');
  const extensions = path.join(scratch, 'extensions');
  const workspace = path.join(scratch, 'matmul');
  const screenshots = root + 'out/screenshots';
  const statsFile = path.join(scratch, 'stats.json');
  const result = { suite: useVsix ? 'vscode (installed .vsix)' : 'vscode', passed: 0, failed: 0, pending: 0 };
  try {
    cpSync(root + 'samples/matmul', workspace, { recursive: true });
    mkdirSync(screenshots, { recursive: true });
    let extensionDevelopmentPath = root;
    if (useVsix) {
      const { vsix, size } = await packageVsix({ build: false });
      console.log(`Testing ${path.basename(vsix)}, ${(size / 1000).toFixed(0)} kB`);
      vscode.install(vsix, { userData, extensions });
      extensionDevelopmentPath = dummyExtension(path.join(scratch, 'nothing'));
    }
    const cdpPort = await freePort();
    let code;
    try {
      code = await runTests({
        vscodeExecutablePath: vscode.executable,
        extensionDevelopmentPath,
        extensionTestsPath,
        extensionTestsEnv: {
          TCGSCOPE_ROOT: root,
          TCGSCOPE_CDP: `http://127.0.0.1:${cdpPort}`,
          TCGSCOPE_USER_DATA: userData,
          TCGSCOPE_STATS_FILE: statsFile,
          TCGSCOPE_SCREENSHOTS: screenshots,
          TCGSCOPE_GREP: grep,
        },
        launchArgs: [
          workspace,
          `--user-data-dir=${userData}`,
          `--extensions-dir=${extensions}`,
          `--remote-debugging-port=${cdpPort}`,
        ],
      });
    } catch (error) {
      console.error(error instanceof Error ? error.message : error);
      code = 1;
    }
    if (existsSync(statsFile)) Object.assign(result, JSON.parse(readFileSync(statsFile, 'utf8')));
    else result.failures = ['the test run inside VS Code ended without a result'];
    if (!existsSync(statsFile) || (code !== 0 && result.failed === 0)) result.failed++;
  } finally {
    if (flags.has('--keep')) console.log(`Left behind: ${scratch}`);
    else rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
  if (process.env.TCGSCOPE_STATS_FILE) writeFileSync(process.env.TCGSCOPE_STATS_FILE, JSON.stringify(result));
  console.log(JSON.stringify(result));
  process.exit(result.failed === 0 && result.passed > 0 ? 0 : 1);
}

await main();
