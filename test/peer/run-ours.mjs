// Runs an ELF on our emulator through its command line (dist/cli.js, so `npm run build` first), as run-qemu.mjs runs it on
// QEMU, and compares the two.
//
// By hand:  node test/peer/run-ours.mjs [name...]     compares the test programs with test/programs/expected.json, and their
//                                                     cache statistics with QEMU's, and says where a trace first differs
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './build.mjs';
import { readElf } from './elf.mjs';
import { parseTrace, programs } from './expect.mjs';
import { runQemu } from './run-qemu.mjs';

const cli = join(root, 'dist', 'cli.js');
export const traceTwin = join(root, 'test', 'peer', 'trace.mjs');

/** Options and result as runQemu's: elf, plugins, psInit, timeoutMs, args, cwd, icount; {stdout, stderr, code, timedOut, log}. */
export function runOurs(options) {
  const directory = mkdtempSync(join(tmpdir(), 'ours-'));
  const log = join(directory, 'log');
  const semihosting = (options.args ?? []).map((arg) => `,arg=${arg.replaceAll(',', ',,')}`);
  const machine = `xilinx-zynq-a9${(options.psInit ?? true) ? '' : ',ps-init=off'}`;
  const command = ['-M', machine, '-m', '128', '-nographic', '-display', 'none'];
  command.push('-semihosting-config', `enable=on,target=native${semihosting.join('')}`);
  command.push('-device', `loader,file=${options.elf},cpu-num=0`);
  if (options.icount) command.push('-icount', options.icount);
  for (const plugin of options.plugins ?? []) command.push('-plugin', plugin);
  command.push('-d', 'plugin', '-D', log);
  const began = Date.now();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cli, ...command], {
      cwd: options.cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('latin1').on('data', (text) => (output.stdout += text));
    child.stderr.setEncoding('latin1').on('data', (text) => (output.stderr += text));
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, options.timeoutMs ?? 120_000);
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      let text = '';
      try {
        text = readFileSync(log, 'latin1');
      } catch {
        // it ended before it made a log
      }
      rmSync(directory, { recursive: true, force: true });
      resolve({ ...output, code, timedOut, log: text, seconds: (Date.now() - began) / 1000 });
    });
  });
}

/** For stream.mjs: our emulator as the machine under test. */
export async function oursMachine(elf, cwd) {
  const result = await runOurs({ elf, cwd, timeoutMs: 600_000 });
  if (result.code !== 0 || result.timedOut) throw new Error(`ours ended with ${result.code}: ${result.stderr}`);
}

/** The first events in which the two traces differ, a few before them for orientation; undefined if they are equal. */
export async function firstDifference(program, { context = 5, window = 200_000, options = 'values=on' } = {}) {
  const cwd = mkdtempSync(join(tmpdir(), 'peer-'));
  try {
    for (let from = 0; ; from += window) {
      const range = `${options},from=${from},limit=${from + window}`;
      const file = join(cwd, 'trace');
      await runQemu({ ...program, cwd, plugins: [`trace,${range},out=${file}`] });
      const ours = await runOurs({ ...program, cwd, plugins: [`${traceTwin},${range},text=on`] });
      const wanted = readFileSync(file, 'latin1').split('\n').slice(0, -1);
      const got = ours.log.split('\n').filter((line) => /^[TXILS] /.test(line));
      const at = wanted.findIndex((line, i) => line !== got[i]);
      if (at >= 0 || got.length !== wanted.length) {
        const i = at >= 0 ? at : wanted.length;
        const show = (lines) => lines.slice(Math.max(0, i - context), i + 3);
        return { event: from + i, qemu: show(wanted), ours: show(got) };
      }
      if (wanted.length < window) return undefined;
    }
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

// QEMU gives a T32 function's first instruction to the symbol before it: it keeps the Thumb bit in the symbol's address.
const withoutSymbols = (log) => log.replaceAll(/^(0x[0-9a-f]+) \([^)]*\)/gm, '$1');

/** Compares one program's run with what expected.json and QEMU say; returns a list of differences in words. */
export async function compareProgram(program, expected, { cache = true } = {}) {
  const differences = [];
  const cwd = mkdtempSync(join(tmpdir(), 'peer-'));
  const same = (what, wanted, got) => {
    if (wanted !== got) differences.push(`${what}: ${wanted} expected, ${got} found`);
  };
  try {
    const ours = await runOurs({ ...program, cwd, plugins: [`${traceTwin},hash=on,values=on`] });
    if (ours.timedOut) return ['did not end'];
    same('exit code', expected.exit, ours.code);
    const output = readFileSync(join(root, 'test', 'programs', `${program.name}.out`), 'latin1');
    same('output', JSON.stringify(output), JSON.stringify(ours.stdout + ours.stderr));
    const trace = parseTrace(ours.log);
    for (const key of ['insns', 'loads', 'stores']) same(key, expected[key], trace[key]);
    // With -icount QEMU runs each access to a device in a block of its own and loses the device's name there.
    if (!program.icount) same('trace', expected.trace, trace.hash);
    if (cache) {
      const text = readElf(program.elf).section('.text');
      const bounds = `arg=0x${text.address.toString(16)},arg=0x${(text.address + text.size).toString(16)}`;
      const wanted = await runQemu({ ...program, cwd, plugins: [`cache-tutorial,${bounds}`] });
      const got = await runOurs({ ...program, cwd, plugins: [`libcache.so,${bounds}`] });
      same('cache statistics', wanted.log, got.log);
      const qemuModel = await runQemu({ ...program, cwd, plugins: ['cache-qemu,l2=on,limit=10000'] });
      const ourModel = await runOurs({ ...program, cwd, plugins: ['libcache.so,l2=on,limit=10000'] });
      same('cache-qemu', withoutSymbols(qemuModel.log), withoutSymbols(ourModel.log));
    }
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
  return differences;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const wanted = process.argv.slice(2);
  const expected = JSON.parse(readFileSync(join(root, 'test', 'programs', 'expected.json'), 'utf8'));
  let failed = 0;
  for (const program of programs()) {
    if (wanted.length && !wanted.includes(program.name)) continue;
    const differences = await compareProgram(program, expected[program.name]);
    console.log(`${differences.length ? 'DIFFERS' : 'same   '} ${program.name}`);
    for (const text of differences) console.log(`    ${text.slice(0, 400)}`);
    if (differences.some((text) => /^(trace|insns)/.test(text))) {
      console.log(JSON.stringify(await firstDifference(program), undefined, 2));
    }
    failed += differences.length ? 1 : 0;
  }
  process.exitCode = failed ? 1 : 0;
}
