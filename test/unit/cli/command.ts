import { build } from 'esbuild';
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const bundle = path.join(__dirname, 'bundle');
let built: Promise<unknown> | undefined;

/** Bundles the command and the worker that lies beside it, as scripts/build.mjs does. */
export function buildCommand(): Promise<unknown> {
  return (built ??= build({
    entryPoints: { cli: path.resolve('src/cli/main.ts'), worker: path.resolve('src/adapter/node/worker.ts') },
    outdir: bundle,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'warning',
  }));
}

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The command as a process, its output gathered. */
export class Command {
  stdout = '';
  stderr = '';
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Outcome>;
  private waiting: { text: string; resolve: () => void } | undefined;

  constructor(args: readonly string[], options: { cwd?: string; timeoutMs?: number } = {}) {
    this.child = spawn(process.execPath, [path.join(bundle, 'cli.js'), ...args], { cwd: options.cwd });
    const { stdin, stdout, stderr } = this.child;
    stdin.on('error', () => undefined);
    stdout.setEncoding('latin1').on('data', (text: string) => {
      this.stdout += text;
      this.look();
    });
    stderr.setEncoding('latin1').on('data', (text: string) => {
      this.stderr += text;
      this.look();
    });
    const timer = setTimeout(() => this.child.kill('SIGKILL'), options.timeoutMs ?? 15_000);
    this.ended = new Promise((resolve, reject) => {
      this.child.once('error', reject).once('close', (status, signal) => {
        clearTimeout(timer);
        resolve({ stdout: this.stdout, stderr: this.stderr, status, signal });
      });
    });
  }

  private look(): void {
    const { waiting } = this;
    if (waiting && (this.stdout + this.stderr).includes(waiting.text)) waiting.resolve();
  }

  /** Resolves when the text has been printed. */
  printed(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting = { text, resolve };
      void this.ended.then(() => reject(new Error(`ended without "${text}": ${this.stdout}${this.stderr}`)));
      this.look();
    });
  }
}

/** Runs the command to its end with the given standard input. */
export async function run(args: readonly string[], input = '', cwd?: string): Promise<Outcome> {
  const command = new Command(args, { cwd });
  command.child.stdin.end(input);
  return command.ended;
}

/** A folder that {@link withFolder} removes. */
export async function withFolder<T>(action: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tcgscope-cli-'));
  try {
    return await action(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Options that run A32 instruction words at 0x100000, from a raw image in the folder. */
export function rawProgram(folder: string, words: readonly number[]): string[] {
  const file = path.join(folder, 'code.bin');
  writeFileSync(file, new Uint8Array(Uint32Array.from(words).buffer));
  return ['-device', `loader,file=${file},addr=0x100000`, '-device', 'loader,addr=0x100000,cpu-num=0'];
}

export const programFile = (name: string): string =>
  name === 'matmul' ? path.resolve('samples/matmul/matmul.elf') : path.resolve(`test/programs/${name}.elf`);
