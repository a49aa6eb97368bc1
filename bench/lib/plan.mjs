// What is run, in which order: everything once per round, ours and the peer one after the other.
import { CONFIGURATIONS, pluginFor } from './configurations.mjs';
import { modulePlugin, ours, qemuSystem, qemuUser } from './emulators.mjs';
import { EXTRAS } from './extras.mjs';
import { WARM } from './guests.mjs';
import { measureRate, median, runToEnd } from './measure.mjs';

/** Guests whose reports are compared by a quick run, too. */
const COMPARED = new Set(['sieve', 'sort', 'dhry', 'irq']);

const LAUNCH = { ours, system: qemuSystem, user: qemuUser };

/**
 * Runs the plan. Rows of warm guests: {key, guest, configuration, ratio, cpuRatio, ours, peer (repetitions/s), checksum,
 * memory: {ours, peer} (MiB), compared: how the reports agreed}; of the rest see extras.mjs; a row of what could not be
 * measured has `error` instead of numbers.
 */
export async function runPlan(options, say) {
  const { quick, guests, configurations, rounds } = options;
  const wants = (list, name, full) => (list ? list.includes(name) : !(quick && full));
  const jobs = WARM.filter((guest) => wants(guests, guest.name, guest.full)).flatMap((guest) =>
    CONFIGURATIONS.filter(({ name, full }) => wants(configurations, name, full)).map((configuration) => ({
      guest,
      configuration,
      peers: configuration.peers.filter(
        ({ emulator, full }) => emulator !== 'user' || (!guest.device && !(quick && full)),
      ),
      tier: options.tier,
      samples: [],
      error: undefined,
    })),
  );
  const times = {
    ...(quick
      ? { warmMs: 200, warmMaxMs: 1500, peerWarmMaxMs: 300, measureMs: 200 }
      : { warmMs: 1000, warmMaxMs: 4000, peerWarmMaxMs: 4000, measureMs: 1000 }),
    cpu: options.cpu,
  };
  for (let round = 0; round < rounds; round++) {
    for (const job of jobs) {
      if (job.error !== undefined) continue;
      try {
        job.samples.push(await sample(job, times));
        if (round === 0 && (!quick || COMPARED.has(job.guest.name))) job.compared = await compareReports(job);
      } catch (error) {
        job.error = error.message;
      }
      say(progress(round, rounds, job));
    }
  }
  const rows = jobs.flatMap(rowsOf);
  if (guests && !guests.includes('cold') && !configurations) return rows;
  for (const { name, run } of EXTRAS) {
    if (configurations ? !configurations.includes(name) : guests && name !== 'cold') continue;
    try {
      const found = await run(options);
      rows.push(...found.map(withRatio));
    } catch (error) {
      rows.push({ key: name, guest: '', error: error.message });
    }
    say(`${name} done\n`);
  }
  return rows;
}

/** Rows of ours alone have none. */
function withRatio(row) {
  if (row.peer === undefined) return row;
  return { ...row, ratio: row.more ? row.ours / row.peer : row.peer / row.ours };
}

function progress(round, rounds, { guest, configuration, samples, error }) {
  const place = `${rounds > 1 ? `round ${round + 1}: ` : ''}${guest.name} ${configuration.name}`;
  if (error !== undefined) return `${place}: ${error}\n`;
  const { our, peers } = samples.at(-1);
  return `${place}: ${peers.map((peer) => (our.rate / peer.rate).toFixed(3)).join(', ')}\n`;
}

function launchOf({ guest, configuration, tier }, { emulator, plugin, module }, more = {}) {
  const chosen = module === undefined ? pluginFor(plugin, guest) : modulePlugin(module);
  return LAUNCH[emulator](guest, { mmu: configuration.mmu, plugin: chosen, tier, ...more });
}

async function sample(job, times) {
  const our = await measureRate(launchOf(job, job.configuration.ours), times);
  const peers = [];
  for (const peer of job.peers) {
    // QEMU has translated everything after one repetition.
    const measured = await measureRate(launchOf(job, peer), { ...times, warmMaxMs: times.peerWarmMaxMs });
    if (measured.checksum !== our.checksum) {
      throw new Error(`checksum ${our.checksum}, the peer's ${measured.checksum}`);
    }
    peers.push(measured);
  }
  return { our, peers };
}

/** Runs one repetition to its end on ours and each peer whose report is to be compared: "equal", or throws what differs. */
async function compareReports(job) {
  const peers = job.peers.filter(({ compare }) => compare);
  if (!peers.length) return undefined;
  const run = (what) => runToEnd((log) => launchOf(job, what, { log, count: 1 }));
  const our = await run(job.configuration.ours);
  for (const peer of peers) {
    const other = await run(peer);
    const part = (log) => (peer.compare === 'log' ? log : log.split('\n').slice(0, 2).join('\n'));
    if (our.log === '' || part(our.log) !== part(other.log)) {
      const [a, b] = [part(our.log).split('\n'), part(other.log).split('\n')];
      const at = a.findIndex((line, i) => line !== b[i]);
      throw new Error(`${peer.plugin}: the report differs: "${a[at] ?? ''}", the peer's "${b[at] ?? ''}"`);
    }
  }
  return 'equal';
}

function rowsOf({ guest, configuration, peers, samples, error, compared }) {
  return peers.map((peer, i) => {
    const row = { key: peer.key, guest: guest.name, configuration: configuration.name };
    if (error !== undefined) return { ...row, error };
    const middle = (of) => median(samples.map(of));
    return {
      ...row,
      ratio: middle((s) => s.our.rate / s.peers[i].rate),
      cpuRatio: middle((s) => s.our.cpuRate / s.peers[i].cpuRate),
      unit: 'repetitions/s',
      ours: middle((s) => s.our.rate),
      peer: middle((s) => s.peers[i].rate),
      checksum: samples[0].our.checksum,
      memory: { ours: middle((s) => s.our.memory), peer: middle((s) => s.peers[i].memory) },
      ...(compared === undefined ? {} : { reports: compared }),
    };
  });
}
