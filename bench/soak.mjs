#!/usr/bin/env node
// Runs code that changes for ever (bench/guests/changing.c) and shows what memory does: `npm run soak`.
//   --minutes n    how long (60)            --points n   points of the curve (60)
//   --csv file     the curve as "minutes,generations,MiB"
//   --tier t       what -tier says; absent: what users get
//   --no-build     dist/ as it is
// A generation is a function that the guest writes over what was there, and calls until it is hot. Fails when a checksum
// is wrong, or when more than a KiB of each generation stays.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { clearInterval, setInterval } from 'node:timers';
import { parseArgs } from 'node:util';
import { buildAll } from '../scripts/build.mjs';
import { ours } from './lib/emulators.mjs';
import { memoryMiB } from './lib/process.mjs';

const GENERATIONS_A_LINE = 1000;
/** What a generation may leave behind: V8 keeps a little of each module outside of its heaps. */
const ALLOWED_BYTES = 1024;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    points: { type: 'string', default: '60' },
    csv: { type: 'string' },
    tier: { type: 'string' },
    'no-build': { type: 'boolean', default: false },
  },
});
const minutes = Number(values.minutes);
const points = Number(values.points);
if (!(minutes > 0) || !(points >= 3)) {
  console.error('--minutes wants a number above 0, --points one of 3 and more');
  process.exit(2);
}
if (!values['no-build']) await buildAll();

const guest = { kernel: 'changing', elf: path.resolve('bench/guests/changing-a32.elf') };
const { command, args } = ours(guest, { tier: values.tier });
const emulator = spawn(command, args, { stdio: ['ignore', 'inherit', 'pipe'] });
const start = Date.now();
const sums = new Set();
let lines = 0;
const curve = [];

// Semihosting writes to standard error, as QEMU's does.
createInterface({ input: emulator.stderr }).on('line', (line) => {
  if (!/^[0-9a-f]{8}$/.test(line)) return;
  // The frame seeds each repetition alike; only where the code lies differs.
  sums.add(line);
  lines++;
});

const timer = setInterval(
  () => {
    const point = {
      minutes: (Date.now() - start) / 60_000,
      generations: lines * GENERATIONS_A_LINE,
      mib: memoryMiB(emulator.pid).now,
    };
    curve.push(point);
    console.log(
      `${point.minutes.toFixed(1).padStart(6)} min ${String(point.generations).padStart(11)} generations ${point.mib.toFixed(0).padStart(5)} MiB`,
    );
    if (curve.length < points) return;
    clearInterval(timer);
    emulator.kill('SIGKILL');
  },
  (minutes * 60_000) / points,
);

emulator.on('exit', (code, signal) => {
  clearInterval(timer);
  if (values.csv !== undefined) {
    const rows = curve.map(({ minutes: m, generations, mib }) => `${m.toFixed(2)},${generations},${mib.toFixed(1)}\n`);
    writeFileSync(values.csv, `minutes,generations,MiB\n${rows.join('')}`);
  }
  const fail = (why) => {
    console.error(why);
    process.exitCode = 1;
  };
  if (signal !== 'SIGKILL') return fail(`the emulator ended by itself: ${signal ?? `status ${code}`}`);
  if (sums.size !== 1) return fail(`checksums: ${[...sums].join(' ') || 'none'}`);
  // Memory goes up and down with what is dropped as a whole: the lowest points tell what stays.
  const third = Math.floor(curve.length / 3);
  const lowest = (part) => part.reduce((low, point) => (point.mib < low.mib ? point : low));
  const before = lowest(curve.slice(third, 2 * third));
  const after = lowest(curve.slice(2 * third));
  const left = ((after.mib - before.mib) * 2 ** 20) / (after.generations - before.generations);
  console.log(
    `lowest in the second third ${before.mib.toFixed(0)} MiB, in the last ${after.mib.toFixed(0)} MiB: ${left.toFixed(0)} bytes a generation`,
  );
  if (!(left < ALLOWED_BYTES)) fail('memory grows');
});
