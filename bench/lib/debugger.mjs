// Measurements with a debugger attached: ours through the debug adapter, QEMU's through its gdb stub.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DapClient } from '../../scripts/lib/dap-client.mjs';
import { readElf } from '../../test/peer/elf.mjs';
import { GdbClient } from '../../test/peer/gdb-client.mjs';
import { qemuSystem } from './emulators.mjs';
import { measureRate, median, RateMeter, RunError, runLines } from './measure.mjs';

const adapter = path.resolve('dist/adapter.js');
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function within(ms, what, promise) {
  let timer;
  const late = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new RunError(`no ${what} within ${ms} ms`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** A debug session of ours: launched, configured by `configure(client)`, then used by `use(client)`. */
async function session(guest, { mmu, stopOnEntry = false }, configure, use) {
  const client = new DapClient(adapter);
  try {
    await client.request('initialize', { adapterID: 'tcg', linesStartAt1: true, columnsStartAt1: true });
    const initialized = client.event('initialized');
    const launched = client.request('launch', {
      program: guest.elf,
      args: [`run=${guest.kernel}`, ...(mmu ? ['mmu=1'] : [])],
      semihosting: true,
      stopOnEntry,
      console: 'debugConsole',
    });
    await within(10_000, 'initialized event', Promise.race([initialized, launched.then(() => initialized)]));
    await configure(client);
    await client.request('configurationDone');
    await launched;
    return await use(client);
  } finally {
    client.close();
  }
}

/** QEMU stopped before the first instruction, with a gdb connection for `use(client, child)`; ends it when that is done. */
async function gdbSession(guest, run, onLine, use) {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
  const socket = path.join(folder, 'gdb');
  try {
    const launch = qemuSystem(guest, { ...run, extra: ['-S', '-gdb', `unix:${socket},server=on,wait=off`] });
    let result;
    await runLines(launch, onLine, 60_000, async (child) => {
      const client = await GdbClient.connect({ path: socket });
      try {
        result = await use(client, child);
      } finally {
        client.close();
        child.kill('SIGKILL');
      }
    });
    return result;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Milliseconds from the adapter's start to the first stop, with its registers read; and the same for QEMU with gdb. */
export async function timeToFirstStop(guest) {
  let began = performance.now();
  const configure = () => undefined;
  const ours = await session(guest, { stopOnEntry: true }, configure, async (client) => {
    const { stackFrames } = await firstStop(client);
    if (!stackFrames.length) throw new RunError('no stack at the first stop');
    return performance.now() - began;
  });
  began = performance.now();
  const peer = await gdbSession(
    guest,
    {},
    () => undefined,
    async (client) => {
      await client.readRegisters();
      return performance.now() - began;
    },
  );
  return { ours, peer };
}

async function firstStop(client) {
  // The stop may have come before its launch request was answered.
  for (let tries = 0; ; tries++) {
    try {
      return await client.request('stackTrace', { threadId: 1, levels: 1 });
    } catch (error) {
      if (tries === 200) throw error;
      await sleep(5);
    }
  }
}

/** Milliseconds from the request to the stop, for pauses of a running guest: the median and the longest. */
export async function pauseLatency(guest, pauses) {
  const configure = () => undefined;
  const ours = await session(guest, { mmu: true }, configure, async (client) => {
    await sleep(300);
    const times = [];
    for (let i = 0; i < pauses; i++) {
      const began = performance.now();
      const stopped = client.event('stopped');
      await client.request('pause', { threadId: 1 });
      await within(10_000, 'stop', stopped);
      times.push(performance.now() - began);
      await client.request('continue', { threadId: 1 });
      await sleep(30);
    }
    return times;
  });
  const peer = await gdbSession(
    guest,
    { mmu: true },
    () => undefined,
    async (client) => {
      const times = [];
      for (let i = 0; i < pauses; i++) {
        const stopped = client.continue();
        await sleep(i ? 30 : 300);
        const began = performance.now();
        client.interrupt();
        await within(10_000, 'stop of QEMU', stopped);
        times.push(performance.now() - began);
      }
      return times;
    },
  );
  const summary = (times) => ({ median: median(times), longest: Math.max(...times) });
  return { ours: summary(ours), peer: summary(peer) };
}

/** Repetitions per second with a breakpoint set in a function that is never called. */
export async function rateWithBreakpoint(guest, times) {
  const meter = new RateMeter(times);
  const never = readElf(guest.elf).symbols.get('never_called');
  const ours = await session(
    guest,
    { mmu: true },
    (client) => setBreakpoint(client, 'never_called'),
    (client) => guestLines(client, meter),
  );
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
  try {
    const socket = path.join(folder, 'gdb');
    const extra = ['-S', '-gdb', `unix:${socket},server=on,wait=off`];
    const peer = await measureRate(qemuSystem(guest, { mmu: true, extra }), times, async () => {
      const client = await GdbClient.connect({ path: socket });
      await client.setBreakpoint(never & ~1);
      client.continue().catch(() => undefined);
    });
    return { ours: ours.rate, peer: peer.rate };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function setBreakpoint(client, name, more = {}) {
  const { breakpoints } = await client.request('setFunctionBreakpoints', { breakpoints: [{ name, ...more }] });
  if (!breakpoints[0]?.verified) throw new RunError(`no breakpoint on ${name}: ${breakpoints[0]?.message}`);
}

/** Feeds the guest's lines to the meter until it has enough. */
function guestLines(client, meter) {
  const began = performance.now();
  let rest = '';
  const done = new Promise((resolve) => {
    client.onEvent((name, body) => {
      if (name === 'terminated') resolve('the session ended');
      if (name !== 'output' || body.category !== 'stdout') return;
      const lines = (rest + body.output).split('\n');
      rest = lines.pop();
      lines.forEach((line, i) => {
        const isLast = i === lines.length - 1;
        if (meter.line(line, performance.now() - began, isLast, client.pid)) resolve('done');
      });
    });
  });
  return within(30_000, 'repetitions', done).then((ending) => meter.result(ending));
}

/**
 * Seconds that a million hits of a log point take: ours one of DAP with an expression in its text, all of them received;
 * for QEMU what a debugger does at a breakpoint that prints: stop, read registers, step over it, go on. Each is measured
 * for about `ms` and calculated for the million.
 */
export async function millionLogPoints(guest, ms) {
  const ours = await session(
    guest,
    {},
    (client) => setBreakpoint(client, 'called', { logMessage: 'x = {x}' }),
    async (client) => {
      let first, last;
      let hits = 0;
      let firstHits = 0;
      client.onEvent((name, body) => {
        if (name !== 'output') return;
        const found = body.output.match(/x = /g)?.length ?? 0;
        if (!found) return;
        hits += found;
        last = performance.now();
        if (first === undefined) [first, firstHits] = [last, hits];
      });
      await sleep(ms);
      if (hits === firstHits) throw new RunError(`${hits} hits of a log point in ${ms} ms`);
      return (1000 * (last - first)) / (hits - firstHits);
    },
  );
  const address = readElf(guest.elf).symbols.get('called') & ~1;
  const peer = await gdbSession(
    guest,
    {},
    () => undefined,
    async (client) => {
      await client.setBreakpoint(address);
      await client.continue();
      const began = performance.now();
      let hits = 0;
      while (performance.now() - began < ms) {
        await client.readRegisters();
        await client.removeBreakpoint(address);
        await client.step();
        await client.setBreakpoint(address);
        await client.continue();
        hits++;
      }
      return (1000 * (performance.now() - began)) / hits;
    },
  );
  return { ours, peer };
}
