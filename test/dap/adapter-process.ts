import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DapClient } from './client';

const ADAPTER = path.resolve('dist/adapter.js');
const EXIT_PATIENCE_MS = 10_000;

const living = new Set<AdapterProcess>();

/** Ends processes that a failed test has left behind. */
afterEach(() => {
  for (const adapter of living) adapter.kill();
  living.clear();
});

/** The real adapter as VS Code starts it: a process that speaks DAP on its standard streams. */
export class AdapterProcess {
  readonly client: DapClient;
  /** What it wrote to standard error: nothing, unless something is wrong. */
  errors = '';
  private readonly process: ChildProcessWithoutNullStreams;
  private readonly exit: Promise<number | null>;

  constructor() {
    assert.ok(existsSync(ADAPTER), 'dist/adapter.js is missing: npm run build makes it');
    this.process = spawn(process.execPath, [ADAPTER], { stdio: 'pipe' });
    living.add(this);
    this.process.stderr.on('data', (chunk: Buffer) => (this.errors += chunk.toString()));
    this.exit = new Promise((resolve) => this.process.once('exit', resolve));
    this.client = new DapClient(this.process.stdout, this.process.stdin);
  }

  /** Whether what it writes is read. */
  reads(does: boolean): void {
    const { stdout } = this.process;
    if (does) stdout.resume();
    else stdout.pause();
  }

  /** Memory that its process holds, in MiB; undefined where the system does not say. */
  get memory(): number | undefined {
    try {
      const [, kib] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${this.process.pid}/status`, 'utf8')) ?? [];
      return kib === undefined ? undefined : Number(kib) / 1024;
    } catch {
      return undefined;
    }
  }

  /** Disconnects and checks that the process ends by itself, without complaints. */
  async leave(): Promise<void> {
    await this.client.request('disconnect', {});
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<string>((resolve) => (timer = setTimeout(() => resolve('late'), EXIT_PATIENCE_MS)));
    const code = await Promise.race([this.exit, late]);
    clearTimeout(timer);
    assert.notEqual(code, 'late', 'the adapter does not end after disconnect');
    assert.equal(this.errors, '');
    assert.equal(code, 0);
  }

  kill(): void {
    this.process.kill('SIGKILL');
  }
}
