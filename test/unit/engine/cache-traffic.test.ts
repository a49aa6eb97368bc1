import assert from 'node:assert/strict';
import type { EngineConfig } from '../../../src/adapter/engine/api';
import { source } from './plugin-source';
import { plugin, programConfig, Session } from './session';

/*
 * Cache models with programs of many kinds of access: what compiled code checks together, a stretch of code's accesses and
 * the fetches of its lines, the interpreter looks at one by one.
 */

const REST = 'limit=100000,l2=on,l2cachesize=4096,l2assoc=4,icachesize=512,iassoc=2';
const MODELS = [
  // One set; an odd number of sets, where neighbouring lines share one; lines of a few words; no order among the ways.
  `libcache.so,dcachesize=512,dassoc=8,dblksize=64,${REST}`,
  `libcache.so,dcachesize=576,dassoc=3,dblksize=64,${REST}`,
  `libcache.so,dcachesize=256,dassoc=4,dblksize=16,${REST}`,
  `libcache.so,evict=fifo,dcachesize=1024,dassoc=4,dblksize=32,${REST}`,
  // Fetches mostly find lines that are there, and are not their set's last.
  `libcache.so,${REST},iblksize=16,icachesize=1536,iassoc=6`,
  `libcache.so,evict=rand,${REST},icachesize=1024,iassoc=16`,
];

/** Says at the end which line each way has; with an order among the ways that tells it too. */
const CONTENTS = source(`
  const line = (level, n) => q.tcg_cache_line(level, 0, n >> 8, n & 255);
  const all = (level) => Array.from({ length: 1 << 16 }, (_, n) => line(level, n)).filter((line) => line !== null);
  q.qemu_plugin_register_atexit_cb(id, () => say(all('l1i'), all('l1d'), all('l2')));
`);
const PROGRAMS = [
  'ldmstm-a32',
  'unaligned-a32-O2',
  'softfloat-a32-O2',
  'sort-t32-O3',
  'recursion-t32-O0',
  'mmu-a32-O1',
  'selfmod-a32',
];

interface Result {
  readonly pluginLog: string;
  readonly statistics: unknown;
}

async function result(name: string, spec: string, tier: EngineConfig['tier']): Promise<Result> {
  const plugins = [{ spec }, plugin('contents.js', CONTENTS)];
  const session = await Session.start(programConfig(name, { plugins, tier }));
  const ending = await session.run();
  assert.equal(ending.kind, 'exited');
  const statistics = await session.engine.statistics(100_000);
  const { pluginLog } = session;
  await session.engine.dispose();
  return { pluginLog, statistics };
}

describe('engine: cache models and all kinds of traffic', function () {
  this.timeout(120_000);

  for (const name of PROGRAMS) {
    for (const spec of MODELS) {
      it(`${name}, ${spec}: the same on every tier`, async () => {
        const interpreted = await result(name, spec, 'interp');
        assert.match(JSON.stringify(interpreted), /misses/);
        assert.match(interpreted.pluginLog, /^\[(\[(\d+,){3,}\d+\],?){3}\]$/m);
        for (const tier of ['wasm', 'auto'] as const) assert.deepEqual(await result(name, spec, tier), interpreted);
      });
    }
  }
});
