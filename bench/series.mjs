#!/usr/bin/env node
// How the benchmark's guests get warm on ours: repetitions in each stretch of time since the first line, in percent of the
// final speed (that of the last third), and the time lost until half a second, one and one and a half against that speed.
//   --guest a,b --config a,b    as of bench.mjs; absent: those of a quick run, and the four configurations below
//   --cpu                       by processor time of the guest's thread: for a machine that does other work
//   --seconds n --step ms       how long each runs (3), and the stretches (50)
//   --cli file                  another build's dist/cli.js, to compare with
//   --node "--flag …"           flags of Node and V8
import { readFileSync, readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { CONFIGURATIONS, pluginFor } from './lib/configurations.mjs';
import { modulePlugin, ours } from './lib/emulators.mjs';
import { WARM } from './lib/guests.mjs';
import { runLines } from './lib/measure.mjs';

const { values } = parseArgs({
  options: {
    guest: { type: 'string' },
    config: { type: 'string', default: 'plain-mmu,insn-count,insn-callback,cache-l2' },
    cpu: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '3' },
    step: { type: 'string', default: '50' },
    cli: { type: 'string' },
    node: { type: 'string', default: '' },
  },
});
const step = Number(values.step);
const until = 1000 * Number(values.seconds);
const count = Math.floor(until / step);

/** Milliseconds of processor time of the process's busiest thread. */
function guestThreadMs(pid) {
  let most = 0;
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    try {
      most = Math.max(most, Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'latin1').split(' ')[0]));
    } catch {
      // the thread has ended in between
    }
  }
  return most / 1e6;
}

/** Repetitions by stretch of time. */
async function series(launch) {
  const counts = new Array(count).fill(0);
  let begun;
  await runLines(launch, (text, at, _isLast, child) => {
    const now = values.cpu ? guestThreadMs(child.pid) : at;
    if (text === 'begin') begun = now;
    else if (!/^[0-9a-f]{8}$/.test(text)) process.stderr.write(`${text}\n`);
    else if (now - begun < until) counts[Math.floor((now - begun) / step)]++;
    if (now - begun >= until) child.kill('SIGKILL');
  });
  return counts;
}

const sum = (counts) => counts.reduce((a, b) => a + b, 0);

for (const guest of WARM.filter(({ name, full }) => (values.guest ? values.guest.split(',').includes(name) : !full))) {
  for (const { name, mmu, ours: our } of CONFIGURATIONS.filter(({ name }) => values.config.split(',').includes(name))) {
    const plugin = our.module === undefined ? pluginFor(our.plugin, guest) : modulePlugin(our.module);
    const { command, args } = ours(guest, { mmu, plugin });
    if (values.cli) args[0] = values.cli;
    const counts = await series({ command, args: [...values.node.split(' ').filter(Boolean), ...args] });
    const last = counts.slice(Math.floor((2 * count) / 3));
    const final = sum(last) / last.length;
    const lost = [500, 1000, 1500].map((ms) => Math.round(ms - (step * sum(counts.slice(0, ms / step))) / final));
    console.log(`${guest.name} ${name}: ${((1000 * final) / step).toFixed(0)}/s, lost ${lost.join(', ')} ms`);
    console.log(`  ${counts.map((each) => Math.round((100 * each) / final)).join(' ')}`);
  }
}
