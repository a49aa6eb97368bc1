// Runs a bare-metal ELF under qemu-system-arm -M xilinx-zynq-a9, the peer that our emulator is compared with.
//
// By hand:  node test/peer/run-qemu.mjs x.elf [-p trace,out=t.txt,tb=on]... [--no-ps-init] [--registers] [--timeout s]
// From a test: runQemu(), registersAtEnd(), withGdb().
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildPeers, peerPath } from './build.mjs';
import { GdbClient } from './gdb-client.mjs';
import { readElf } from './elf.mjs';

export const qemu = process.env.QEMU_SYSTEM_ARM ?? 'qemu-system-arm';

/** What a boot loader's ps7_init does for an application's output: transmitter and receiver of both UARTs on. */
const psInit = [0xe0000000, 0xe0001000];
const UART_CONTROL = 0x17; // both paths reset and enabled

/** "trace,out=x" or a path; a bare name means one of our peer plugins. */
function pluginOption(plugin) {
  const [name, ...args] = plugin.split(',');
  return [name.includes('/') ? name : peerPath(name), ...args].join(',');
}

function commandLine(options, directory) {
  const command = ['-M', 'xilinx-zynq-a9', '-m', '128', '-nographic', '-display', 'none'];
  // UART0 is the first serial port, UART1 the second; a standalone application prints on UART1.
  command.push('-monitor', 'none', '-serial', options.uart0 ? `file:${options.uart0}` : 'null');
  // A file takes every character at once, which keeps a polling guest's trace the same in every run; a pipe does not.
  const uart1 = options.input === undefined ? `file:${join(directory, 'uart1')}` : 'stdio';
  command.push('-serial', uart1);
  const semihosting = (options.args ?? []).map((arg) => `,arg=${arg.replaceAll(',', ',,')}`);
  command.push('-semihosting-config', `enable=on,target=native${semihosting.join('')}`);
  command.push('-device', `loader,file=${resolve(options.elf)},cpu-num=0`);
  if (options.icount) command.push('-icount', options.icount);
  for (const plugin of options.plugins ?? []) command.push('-plugin', pluginOption(plugin));
  command.push('-d', ['plugin', ...(options.debug ?? [])].join(','), '-D', join(directory, 'log'));
  return [...command, ...(options.extra ?? [])];
}

async function withDirectory(use) {
  const directory = mkdtempSync(join(tmpdir(), 'peer-'));
  try {
    return await use(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function start(command, cwd) {
  const child = spawn(qemu, command, { cwd, stdio: ['pipe', 'pipe', 'pipe'] });
  const output = { stdout: [], stderr: [] };
  child.stdout.on('data', (data) => output.stdout.push(data));
  child.stderr.on('data', (data) => output.stderr.push(data));
  child.stdin.on('error', () => {}); // the guest may end before it has read its input
  const ended = new Promise((resolve_, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const text = (parts) => Buffer.concat(parts).toString('latin1');
      resolve_({ code, signal, stdout: text(output.stdout), stderr: text(output.stderr) });
    });
  });
  return { child, ended };
}

/**
 * Starts the machine stopped, with a gdb connection; psInit is done over it. (QEMU's own `-device loader,addr=,data=` comes
 * too early: the UARTs are still without a clock then.)
 */
async function startWithGdb(options, directory) {
  const path = join(directory, 'gdb');
  const command = commandLine(options, directory);
  command.push('-S', '-gdb', `unix:${path},server=on,wait=off`);
  const { child, ended } = start(command, options.cwd);
  try {
    const client = await Promise.race([
      GdbClient.connect({ path }),
      ended.then(({ stderr }) => Promise.reject(new Error(`QEMU ended at once: ${stderr}`))),
    ]);
    if (options.psInit ?? true) {
      await client.physicalMemory(true);
      for (const address of psInit) {
        await client.writeMemory(address, Uint8Array.of(UART_CONTROL, 0, 0, 0));
      }
      await client.physicalMemory(false);
    }
    return { child, ended, client };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

/**
 * Runs an ELF to its semihosting exit.
 *
 * Options: elf; plugins: ["trace,hash=on", "/path/x.so,a=b"]; psInit (true); timeoutMs (60000); args: semihosting command
 * line; input: text for UART1 (which then is a pipe, so the trace of a polling guest may differ from run to run); cwd: where the guest's files are; uart0: file for UART0's output; debug: more -d items;
 * icount: the value of -icount; extra: more options.
 *
 * Returns {stdout (UART1), stderr (the semihosting console, and QEMU's own messages), code, timedOut, log, seconds}.
 */
export function runQemu(options) {
  buildPeers();
  return withDirectory(async (directory) => {
    const began = Date.now();
    let running;
    if (options.psInit ?? true) {
      running = await startWithGdb(options, directory);
      await running.client.detach();
    } else {
      running = start(commandLine(options, directory), options.cwd);
    }
    const { child, ended } = running;
    if (options.input !== undefined) child.stdin.write(options.input);
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGTERM'); // QEMU still calls the plugins' atexit
      setTimeout(() => child.kill('SIGKILL'), 5000).unref();
    }, options.timeoutMs ?? 60_000);
    const result = await ended;
    clearTimeout(timer);
    running.client?.close();
    const text = (name) => {
      const path = join(directory, name);
      return existsSync(path) ? readFileSync(path, 'latin1') : '';
    };
    return {
      ...result,
      stdout: result.stdout + text('uart1'),
      timedOut,
      log: text('log'),
      seconds: (Date.now() - began) / 1000,
    };
  });
}

/** Starts the machine stopped before its first instruction, runs `use(client)` with a GdbClient, and ends the machine. */
export function withGdb(options, use) {
  buildPeers();
  return withDirectory(async (directory) => {
    const { child, ended, client } = await startWithGdb(options, directory);
    const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 60_000);
    try {
      return await use(client);
    } finally {
      clearTimeout(timer);
      client.close();
      child.kill('SIGKILL');
      await ended;
    }
  });
}

/** A program's exit takes few instructions; more steps than these mean that it does not end. */
const MAX_STEPS = 10_000;

/**
 * The registers before the last instruction of a program, the call that ends it. It runs freely until it first reaches
 * `at`, a symbol's name or an address, and from there in single steps.
 */
export function registersAtEnd(options, at) {
  const address = typeof at === 'number' ? at : readElf(options.elf).symbols.get(at);
  if (address === undefined) throw new Error(`${options.elf} has no symbol ${at}`);
  return withGdb({ ...options, plugins: [] }, async (client) => {
    await client.setBreakpoint(address);
    const reply = await client.continue();
    if (!reply.startsWith('T05')) throw new Error(`QEMU stopped with "${reply}" before ${at}`);
    await client.removeBreakpoint(address);
    for (let steps = 0; steps < MAX_STEPS; steps++) {
      const registers = await client.readRegisters();
      const stop = await client.step();
      if (stop.startsWith('W')) return registers;
      if (!stop.startsWith('T05')) throw new Error(`QEMU stopped with "${stop}" behind ${at}`);
    }
    throw new Error(`${options.elf} did not end ${MAX_STEPS} instructions behind ${at}`);
  });
}

async function main(argv) {
  const options = { plugins: [] };
  let registers = false;
  for (let i = 0; i < argv.length; i++) {
    if (argv[i] === '-p') options.plugins.push(argv[++i]);
    else if (argv[i] === '--no-ps-init') options.psInit = false;
    else if (argv[i] === '--registers') registers = true;
    else if (argv[i] === '--timeout') options.timeoutMs = 1000 * Number(argv[++i]);
    else if (argv[i] === '--debug') options.debug = [argv[++i]];
    else if (options.elf === undefined) options.elf = argv[i];
    else throw new Error(`unexpected argument ${argv[i]}`);
  }
  if (options.elf === undefined) throw new Error('usage: run-qemu.mjs x.elf [-p plugin,arg...]...');
  const result = await runQemu(options);
  process.stdout.write(result.stdout);
  process.stderr.write(result.stderr);
  process.stdout.write(result.log);
  console.log(`exit code ${result.code}${result.timedOut ? ' (timed out)' : ''}, ${result.seconds} s`);
  if (registers) console.log(await registersAtEnd(options, 'semihosting_exit'));
}

if (process.argv[1]?.endsWith('run-qemu.mjs')) {
  main(process.argv.slice(2)).catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
