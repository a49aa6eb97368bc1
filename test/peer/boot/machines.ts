import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { bootsAsLinux, programImages } from '../../../src/adapter/dap/program-images';
import type { EngineApi, EngineFile, EngineImage } from '../../../src/adapter/engine/api';
import { createNodeEngine } from '../../../src/adapter/node/local-engine';
import { GdbClient } from '../gdb-client.mjs';
import { qemu } from '../run-qemu.mjs';

/** What is booted: paths of files, as on the command line. */
export interface Boot {
  readonly kernel?: string;
  readonly dtb?: string;
  readonly initrd?: string;
  readonly append?: string;
  readonly memoryMib?: number;
  /** Values of `-device`. */
  readonly loader?: string;
}

export interface Span {
  readonly address: number;
  readonly bytes: number;
}

/** What a machine has before its first instruction. */
export interface AtReset {
  readonly pc: number;
  readonly cpsr: number;
  readonly memory: readonly Uint8Array[];
}

function qemuArguments(boot: Boot): string[] {
  const values = { kernel: boot.kernel, dtb: boot.dtb, initrd: boot.initrd, append: boot.append, device: boot.loader };
  const given = Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [`-${name}`, value]));
  const machine = ['-M', 'xilinx-zynq-a9', '-m', String(boot.memoryMib ?? 128), '-display', 'none', '-monitor', 'none'];
  return [...machine, '-semihosting', ...given];
}

/** QEMU's machine before its first instruction. */
export async function qemuAtReset(boot: Boot, spans: readonly Span[], directory: string): Promise<AtReset> {
  const socket = path.join(directory, 'gdb');
  const child = spawn(qemu, [...qemuArguments(boot), '-S', '-gdb', `unix:${socket},server=on,wait=off`], {
    stdio: 'ignore',
  });
  try {
    const client = await GdbClient.connect({ path: socket });
    const { pc, cpsr } = await client.readRegisters();
    const memory: Uint8Array[] = [];
    for (const { address, bytes } of spans) memory.push(await client.readMemory(address, bytes));
    client.close();
    return { pc, cpsr, memory };
  } finally {
    child.kill('SIGKILL');
  }
}

/** What QEMU's second serial line and semihosting print; `input` is typed there once `prompt` has been printed. */
export async function qemuOutput(
  boot: Boot,
  prompt: string,
  input: string,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(qemu, [...qemuArguments(boot), '-serial', 'null', '-serial', 'stdio'], { timeout: 60_000 });
  let output = '';
  child.stdout.on('data', (data: Buffer) => {
    const prompted = output.includes(prompt);
    output += data.toString('latin1');
    // QEMU loses what is typed while the receiver is off.
    if (!prompted && output.includes(prompt)) child.stdin.write(input);
  });
  child.stderr.on('data', (data: Buffer) => (output += data.toString('latin1')));
  child.stdin.on('error', () => {});
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, output };
}

const file = (name: string): EngineFile => ({ name, bytes: new Uint8Array(readFileSync(name)) });

function images(boot: Boot): EngineImage[] {
  if (boot.loader !== undefined) {
    const [, name, address] = /^loader,file=([^,]*)(?:,addr=([^,]*))?/.exec(boot.loader) ?? [];
    const force = boot.loader.includes('force-raw=on');
    return [{ kind: 'raw', ...file(name), address: Number(address ?? 0), cpu: 0, force }];
  }
  const { dtb, initrd, append } = boot;
  const files = { dtb: dtb ? file(dtb) : undefined, initrd: initrd ? file(initrd) : undefined, append };
  return programImages(file(boot.kernel ?? ''), files);
}

/** Our machine with the same; the caller disposes of the engine. */
export async function ourMachine(
  boot: Boot,
  smp = 1,
): Promise<{ engine: EngineApi; ended: Promise<number>; output: () => string }> {
  let output = '';
  let end: (code: number) => void;
  let fail: (error: Error) => void;
  const ended = new Promise<number>((...both) => ([end, fail] = both));
  ended.catch(() => {});
  const engine = createNodeEngine({
    stopped: ({ reason, pc }) => fail(new Error(`stopped at 0x${pc.toString(16)}: ${JSON.stringify(reason)}`)),
    exited: ({ code }) => end(code),
    pluginLog: () => {},
    logPoint: () => {},
    console: ({ channel, bytes }) => {
      if (channel !== 'uart0') output += Buffer.from(bytes).toString('latin1');
    },
    statistics: () => {},
    notice: ({ message }) => (output += message),
    guestLog: () => {},
  });
  const loaded = images(boot);
  await engine.initialize({
    machine: 'xilinx-zynq-a9',
    memoryBytes: (boot.memoryMib ?? 128) << 20,
    smp,
    psInit: boot.kernel !== undefined && !bootsAsLinux(file(boot.kernel).bytes),
    busErrors: false,
    images: loaded,
    symbolFiles: [],
    plugins: [],
    semihosting: { enabled: true, root: process.cwd(), commandLine: '', terminal: false },
    icountShift: 0,
  });
  return { engine, ended, output: () => output };
}

export async function oursAtReset(boot: Boot, spans: readonly Span[]): Promise<AtReset> {
  const { engine } = await ourMachine(boot);
  try {
    const registers = new Map((await engine.readRegisters(0)).map(({ name, value }) => [name, value]));
    const memory: Uint8Array[] = [];
    for (const { address, bytes } of spans) memory.push(await engine.readMemory(address, bytes));
    return { pc: registers.get('pc') ?? NaN, cpsr: registers.get('cpsr') ?? NaN, memory };
  } finally {
    await engine.dispose();
  }
}

export async function ourOutput(boot: Boot, input: string, smp = 1): Promise<{ code: number; output: string }> {
  const { engine, ended, output } = await ourMachine(boot, smp);
  try {
    await engine.consoleInput('uart1', Buffer.from(input));
    await engine.run({ kind: 'continue' });
    return { code: await ended, output: output() };
  } finally {
    await engine.dispose();
  }
}
