// What is measured besides the speed of warm code. Each gives rows {key, guest, ours, peer, unit}: less is better, unless
// `more` is set.
import { ours, qemuSystem } from './emulators.mjs';
import { CALLS, COLD, WARM } from './guests.mjs';
import { measureFirst, median, RunError, runLines } from './measure.mjs';
import { millionLogPoints, pauseLatency, rateWithBreakpoint, timeToFirstStop } from './debugger.mjs';

const SORT = WARM.find(({ name }) => name === 'sort');

/** Medians of interleaved samples {ours, peer}. */
async function interleaved(samples, measure) {
  const all = [];
  for (let i = 0; i < samples; i++) all.push(await measure());
  return { ours: median(all.map((sample) => sample.ours)), peer: median(all.map((sample) => sample.peer)) };
}

/** A run to the end that nobody measures: files are in memory, and what is kept of a first start is kept. */
const startOnce = (launch) => runLines(launch, () => undefined);

async function cold({ quick, tier, cpu }) {
  const samples = [];
  await startOnce(ours(COLD, { tier, count: 1 }));
  await startOnce(qemuSystem(COLD, { count: 1 }));
  for (let i = 0; i < (quick ? 3 : 7); i++) {
    const our = await measureFirst(ours(COLD, { tier }));
    const first = await measureFirst({ ...ours(COLD, { tier }), env: { TCGSCOPE_CODE_CACHE: 'off' } });
    const peer = await measureFirst(qemuSystem(COLD, {}));
    for (const { checksum } of [our, first]) {
      if (checksum !== peer.checksum) throw new RunError(`checksum ${checksum}, QEMU's ${peer.checksum}`);
    }
    samples.push({ our, first, peer });
  }
  const row = (key, unit, field, which = 'our') => ({
    key,
    guest: COLD.name,
    unit,
    ours: median(samples.map((sample) => sample[which][field])),
    peer: median(samples.map(({ peer }) => peer[field])),
  });
  return [
    row('cold', 'ms', cpu ? 'firstCpuMs' : 'firstMs'),
    row('first-instruction', 'ms', cpu ? 'startCpuMs' : 'startMs'),
    // As after an installation: nothing is kept of earlier starts.
    row('cold-first-start', 'ms', cpu ? 'firstCpuMs' : 'firstMs', 'first'),
    row('first-instruction-first-start', 'ms', cpu ? 'startCpuMs' : 'startMs', 'first'),
  ];
}

async function firstStop({ quick }) {
  await timeToFirstStop(SORT);
  const times = await interleaved(quick ? 2 : 5, () => timeToFirstStop(SORT));
  return [{ key: 'first-stop', guest: SORT.name, unit: 'ms', ...times }];
}

async function pause({ quick }) {
  const { ours: our, peer } = await pauseLatency(SORT, quick ? 5 : 20);
  return [
    { key: 'pause-median', guest: SORT.name, unit: 'ms', ours: our.median, peer: peer.median },
    { key: 'pause-longest', guest: SORT.name, unit: 'ms', ours: our.longest, peer: peer.longest },
  ];
}

async function breakpoint({ quick }) {
  const times = quick ? { warmMs: 300, measureMs: 300 } : { warmMs: 1000, measureMs: 1000 };
  const rates = await rateWithBreakpoint(SORT, times);
  return [{ key: 'breakpoint-not-hit', guest: SORT.name, unit: 'repetitions/s', more: true, ...rates }];
}

async function logPoints({ quick }) {
  const times = await millionLogPoints(CALLS, quick ? 1500 : 5000);
  return [{ key: 'million-log-points', guest: CALLS.name, unit: 's', ...times }];
}

/** What was compiled for a guest when it has run for a while: the monitor's `info jit`, a row for each of its lines. */
async function compileCounts({ quick, tier }) {
  const rows = [];
  for (const guest of WARM.filter(({ name }) => (quick ? ['sort'] : ['sort', 'dhry', 'print']).includes(name))) {
    const text = await afterRepetitions(
      ours(guest, { mmu: true, tier, extra: ['-monitor', 'stdio'] }),
      50,
      'info jit\nquit\n',
    );
    for (const [, name, value] of text.matchAll(/^(?:\(tcgscope\) )*([a-z][A-Za-z ]+?) {2,}([\d.]+)$/gm)) {
      rows.push({ key: name, guest: guest.name, unit: '', ours: Number(value) });
    }
  }
  if (!rows.length) throw new RunError('info jit says nothing');
  return rows;
}

/** What the command prints on standard output from the moment on when it is typed to, after so many checksums. */
async function afterRepetitions(launch, repetitions, input) {
  let count = 0;
  const lines = [];
  await runLines({ ...launch, stdin: 'pipe' }, (line, _at, _isLast, child) => {
    lines.push(line);
    if (/^[0-9a-f]{8}$/.test(line) && ++count === repetitions) child.stdin.write(input);
  });
  return lines.join('\n');
}

export const EXTRAS = [
  { name: 'cold', run: cold },
  { name: 'first-stop', run: firstStop },
  { name: 'pause', run: pause },
  { name: 'breakpoint', run: breakpoint },
  { name: 'log-points', run: logPoints },
  { name: 'compile-counts', run: compileCounts },
];
