// Runs one guest on one emulator and measures it from outside, by the lines that the guest prints.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cpuSeconds, memoryMiB } from './process.mjs';

const CHECKSUM = /^[0-9a-f]{8}$/;
/** What QEMU says of `arg=`, which is how the tutorial's plugin takes its arguments. */
const DEPRECATED = /^qemu-[^:]*: .*warning: using '.*' is deprecated|^Please use '.*' directly$/;

/** What went wrong with one run; the benchmark reports it in the run's row and goes on. */
export class RunError extends Error {}

/**
 * Starts the command and calls `onLine(text, at)` for each line that it prints; `at` is in milliseconds since the start.
 * Lines of one chunk come together, so the last one of them has `last` true.
 * Resolves when the process has ended, however it did. `started` gets the new process.
 */
export function runLines(
  { command, args, env, stdin = 'ignore' },
  onLine,
  timeoutMs = 120_000,
  started = () => undefined,
) {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(command, args, { stdio: [stdin, 'pipe', 'pipe'], env: { ...process.env, ...env } });
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    const rest = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr']) {
      child[stream].setEncoding('latin1');
      child[stream].on('data', (text) => {
        const at = performance.now() - began;
        const lines = (rest[stream] + text).split('\n');
        rest[stream] = lines.pop();
        lines.forEach((line, i) => onLine(line, at, i === lines.length - 1, child));
      });
    }
    child.on('error', reject);
    Promise.resolve(started(child)).catch((error) => {
      child.kill('SIGKILL');
      reject(error);
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, rest: rest.stdout + rest.stderr });
    });
  });
}

/** Repetitions are counted this long to see whether they still become faster. */
const WINDOW_MS = 100;
/** So many of them say something in a window that long; fewer do after four times as long. */
const WINDOW_COUNT = 4;
/**
 * A guest is warm when so many windows, one after the other, each brought less than this gain, and none was slower than the
 * fastest yet by as much as this: while code is compiled anew it stands still for a while, and is not at its speed.
 */
const GAIN = 1.05;
const STALL = 1.15;
const STEADY_WINDOWS = 2;

/** Watches the lines of a running guest: a while to get warm, then the time and processor time of some repetitions. */
export class RateMeter {
  #begun = { at: 0, cpu: 0 };
  #count = 0;
  #first;
  #last;
  #checksum;
  #complaints = [];
  #memory = 0;
  #window;
  #rate = 0;
  #fastest = 0;
  #steady = 0;

  /**
   * Measures for `measureMs` or two repetitions, whichever is longer, when the guest is warm: `warmMs` after its first line,
   * or later, up to `warmMaxMs`, if it still becomes faster. `cpu`: these are milliseconds of processor time.
   */
  constructor({ warmMs, warmMaxMs = warmMs, measureMs, cpu = false }) {
    this.warmMs = warmMs;
    this.warmMaxMs = warmMaxMs;
    this.measureMs = measureMs;
    this.cpu = cpu;
  }

  /** A line that came `at` these milliseconds, the `isLast` one of its chunk. Returns true when enough is known. */
  line(text, at, isLast, pid) {
    if (text === 'begin') this.#begun = { at, cpu: cpuSeconds(pid) };
    else if (DEPRECATED.test(text)) return false;
    else if (!CHECKSUM.test(text)) this.#complaints.push(text);
    else {
      this.#count++;
      this.#checksum ??= text;
      if (text !== this.#checksum) this.#complaints.push(`checksum ${text} after ${this.#checksum}`);
    }
    if (this.#complaints.length) return true;
    if (!isLast || this.#last || this.#count === 0) return false;
    const now = { at, count: this.#count, cpu: cpuSeconds(pid) };
    if (!this.#first) {
      if (this.#isWarm(now)) this.#first = now;
    } else if (this.#since(this.#first, now) >= this.measureMs && this.#count >= this.#first.count + 2) {
      this.#last = now;
      this.#memory = memoryMiB(pid).peak;
    }
    return this.#last !== undefined;
  }

  #isWarm(now) {
    const since = this.#since(this.#begun, now);
    if (since >= this.warmMaxMs) return true;
    this.#window ??= now;
    const length = this.#since(this.#window, now);
    const count = now.count - this.#window.count;
    if (length < (count >= WINDOW_COUNT ? 1 : 4) * WINDOW_MS) return false;
    const rate = count / length;
    this.#fastest = Math.max(this.#fastest, rate);
    this.#steady = rate < GAIN * this.#rate && rate * STALL > this.#fastest ? this.#steady + 1 : 0;
    this.#rate = rate;
    this.#window = now;
    return this.#steady >= STEADY_WINDOWS && since >= this.warmMs;
  }

  #since(before, now) {
    return this.cpu ? 1000 * (now.cpu - before.cpu) : now.at - before.at;
  }

  /** {rate, cpuRate (per second of processor time of all threads), checksum, repetitions, memory (MiB, peak)} */
  result(ending) {
    const [first, last] = [this.#first, this.#last];
    if (!last || this.#complaints.length) {
      throw new RunError(this.#complaints.join('; ') || `${ending} after ${this.#count} repetitions`);
    }
    const repetitions = last.count - first.count;
    return {
      rate: (1000 * repetitions) / (last.at - first.at),
      cpuRate: repetitions / (last.cpu - first.cpu),
      checksum: this.#checksum,
      repetitions,
      memory: this.#memory,
    };
  }
}

/** Repetitions per second of a guest, see {@link RateMeter}; the process is killed when that is known. */
export async function measureRate(launch, { timeoutMs = 30_000, ...times }, started = () => undefined) {
  const meter = new RateMeter(times);
  const { code, signal } = await runLines(
    launch,
    (line, at, isLast, child) => {
      if (meter.line(line, at, isLast, child.pid)) child.kill('SIGKILL');
    },
    timeoutMs,
    started,
  );
  return meter.result(`ended with ${signal ?? code}`);
}

/**
 * Milliseconds from the process's start to "begin", and from there to the end of the first repetition; the same of processor
 * time of all threads.
 */
export async function measureFirst(launch, timeoutMs = 60_000) {
  let begun, done, checksum, begunCpu, doneCpu;
  const { code, signal } = await runLines(
    launch,
    (line, at, _isLast, child) => {
      if (line === 'begin') {
        begun = at;
        begunCpu = 1000 * cpuSeconds(child.pid);
      } else if (CHECKSUM.test(line) && done === undefined) {
        checksum = line;
        done = at;
        doneCpu = 1000 * cpuSeconds(child.pid);
        child.kill('SIGKILL');
      }
    },
    timeoutMs,
  );
  if (done === undefined) throw new RunError(`ended with ${signal ?? code} before its first repetition`);
  return { startMs: begun, firstMs: done - begun, startCpuMs: begunCpu, firstCpuMs: doneCpu - begunCpu, checksum };
}

/** Runs the guest to its end, and returns what it printed and the plugin log. `launch` makes the command for a log file. */
export async function runToEnd(makeLaunch, timeoutMs = 60_000) {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
  try {
    const log = path.join(folder, 'log');
    const lines = [];
    const { code, signal } = await runLines(makeLaunch(log), (line) => lines.push(line), timeoutMs);
    if (code !== 0) throw new RunError(`ended with ${signal ?? code}: ${lines.join('; ')}`);
    return { lines, log: readFileSync(log, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function geometricMean(values) {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
