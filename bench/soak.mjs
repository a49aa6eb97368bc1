#!/usr/bin/env node
// Runs code that changes for ever (bench/guests/changing.c) and shows what memory does: `npm run soak`.
//   --minutes n    how long (60)            --points n   points of the curve (60)
//   --csv file     the curve as "minutes,generations,MiB"
//   --tier t       what -tier says; absent: what users get
//   --no-build     dist/ as it is
// A generation is a function that the guest writes over what was there, and calls until it is hot. Fails when a checksum
// is wrong, or when memory in the last third of the time is more than a tenth above what it was in the second.
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
const ALLOWED = 1.1;

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
  const third = Math.floor(curve.length / 3);
  const highest = (part) => Math.max(...part.map(({ mib }) => mib));
  const before = highest(curve.slice(third, 2 * third));
  const after = highest(curve.slice(2 * third));
  console.log(`highest in the second third ${before.toFixed(0)} MiB, in the last ${after.toFixed(0)} MiB`);
  if (after > before * ALLOWED) fail('memory has grown');
});
