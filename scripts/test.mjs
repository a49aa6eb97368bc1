#!/usr/bin/env node
// npm test: everything, or the stages named (npm test -- unit dap). Each stage shows its own output; the table at the
// end has its result and time, and the last line is "N passed, N failed" over all. Set-up, lint, format, type checks,
// build and package count as one test each. A pending test is a failure, and so is a suite without tests.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (name) => [path.join(root, 'node_modules', ...name)];
const ESLINT = bin(['eslint', 'bin', 'eslint.js']);
const PRETTIER = bin(['prettier', 'bin', 'prettier.cjs']);
const TSC = bin(['typescript', 'bin', 'tsc']);
const PEER_TIMEOUT_MS = '180000';

const FIDELITY_CLASSES = ['integer', 'media', 'load-store', 'vfp', 'neon-data', 'neon-load-store', 'system'].flatMap(
  (name) => ['--class', name],
);

/** `node <args>` that counts as one test: passed if it exits with 0. */
const check = (name, ...args) => ({ name, args, suite: false });
/** `node <args>` that runs mocha with our reporter and leaves its numbers behind. */
const suite = (name, ...args) => ({ name, args, suite: true });

const STAGES = {
  setup: [check('Debian packages', 'scripts/setup-system.mjs'), check('code-server', 'scripts/setup-vscode.mjs')],
  lint: [check('eslint', ...ESLINT, '.', '--max-warnings=0'), check('prettier', ...PRETTIER, '--check', '.')],
  typecheck: [check('tsc', ...TSC, '-p', 'tsconfig.json'), check('tsc core', ...TSC, '-p', 'tsconfig.core.json')],
  build: [check('build', 'scripts/build.mjs'), check('package', 'scripts/package.mjs', '--no-build')],
  unit: [suite('unit', 'scripts/unit.mjs', 'test/unit')],
  peer: [suite('peer', 'scripts/unit.mjs', 'test/peer', '--', '--timeout', PEER_TIMEOUT_MS)],
  // The eighth class, whole programs, is test/peer/programs.test.ts.
  fidelity: [check('random instructions', 'scripts/fidelity.mjs', '--quick', ...FIDELITY_CLASSES)],
  dap: [suite('dap', 'scripts/unit.mjs', 'test/dap')],
  vscode: [
    suite('vscode', 'scripts/test-vscode.mjs', '--no-build'),
    suite('vscode, installed', 'scripts/test-vscode.mjs', '--no-build', '--vsix'),
  ],
};

/** Runs one step and says what it brought: { passed, failed, ms, notes }. */
function runStep(step, scratch) {
  console.log(`\n=== ${step.name}`);
  const statsFile = path.join(scratch, 'stats.json');
  rmSync(statsFile, { force: true });
  const started = performance.now();
  const run = spawnSync(process.execPath, step.args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, TCGSCOPE_STATS_FILE: statsFile },
  });
  const ms = performance.now() - started;
  const ok = run.status === 0;
  if (!step.suite) return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, ms, notes: ok ? [] : [`${step.name} failed`] };
  if (!existsSync(statsFile)) return { passed: 0, failed: 1, ms, notes: ['ended without a result'] };
  const stats = JSON.parse(readFileSync(statsFile, 'utf8'));
  const notes = [...(stats.failures ?? []), ...(stats.pendings ?? []).map((title) => `pending: ${title}`)];
  let failed = stats.failed + stats.pending;
  if (stats.passed + failed === 0) {
    failed = 1;
    notes.push('no tests ran');
  } else if (!ok && failed === 0) {
    failed = 1;
    notes.push(`exit status ${run.status ?? run.signal} without a failed test`);
  }
  return { passed: stats.passed, failed, ms, notes };
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !STAGES[name]);
if (unknown.length) {
  console.error(`Unknown stage ${unknown.join(', ')}; there are: ${Object.keys(STAGES).join(', ')}`);
  process.exit(2);
}
const scratch = mkdtempSync(path.join(os.tmpdir(), 'tcgscope-test-'));
mkdirSync(root + 'out', { recursive: true });
const table = [];
let passed = 0;
let failed = 0;
try {
  for (const [stage, steps] of Object.entries(STAGES)) {
    if (wanted.length && !wanted.includes(stage)) continue;
    for (const step of steps) {
      const result = runStep(step, scratch);
      passed += result.passed;
      failed += result.failed;
      table.push({ ...result, stage, name: step.name });
    }
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
console.log('\n=== Results');
for (const { stage, name, passed: good, failed: bad, ms, notes } of table) {
  const counts = `${String(good).padStart(6)} passed ${String(bad).padStart(4)} failed`;
  console.log(`${stage.padEnd(10)} ${name.padEnd(18)} ${counts} ${(ms / 1000).toFixed(1).padStart(8)} s`);
  for (const note of notes) console.log(`             ! ${note.split('\n')[0]}`);
}
const total = table.reduce((sum, { ms }) => sum + ms, 0);
console.log(`total ${(total / 1000).toFixed(1)} s`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
