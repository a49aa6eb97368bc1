import assert from 'node:assert/strict';
import type { EngineConfig } from '../../../src/adapter/engine/api';
import { EVENTS_PLUGIN, plugin, programConfig, Session } from './session';

/*
 * Programs that access devices all the time: in compiled code such an access, and what a cache model does for it, is a call,
 * and where it raises an interrupt a function goes on with the rest of the block; the interpreter does one after the other.
 */

const MODELS = [
  './libcache.so,l2=on,limit=100000,dcachesize=1024,dassoc=2,dblksize=32,icachesize=1024,iassoc=1,l2cachesize=4096,l2assoc=4',
  // The tutorial's counts devices' accesses as well; the text ends in the middle of the program.
  'libcache.so,arg=0x100000,arg=0x100400',
];
const PROGRAMS = ['uart-t32-O2', 'sgi-t32-O1', 'sgi-a32-O2', 'timers-a32-O1', 'timers-t32-O2', 'dma-a32-O1'];

interface Result {
  readonly log: string;
  readonly console: string;
  readonly statistics: unknown;
  readonly misses: number;
}

async function result(
  name: string,
  one: EngineConfig['plugins'][number],
  tier: EngineConfig['tier'],
  listens = false,
): Promise<Result> {
  const session = await Session.start(programConfig(name, { plugins: [one], tier }));
  if (listens) {
    await session.engine.setCallbackBreakpoints([{ id: 1, kind: 'l1d_miss' }]);
  }
  let misses = 0;
  for (;;) {
    const ending = await session.run();
    if (ending.kind === 'exited') break;
    assert.equal(ending.kind, 'stopped');
    misses++;
  }
  const statistics = await session.engine.statistics(100_000);
  const { pluginLog: log, console } = session;
  await session.engine.dispose();
  return { log, console, statistics, misses };
}

describe('engine: compiled accesses to devices', function () {
  this.timeout(120_000);

  for (const name of PROGRAMS) {
    for (const spec of MODELS) {
      it(`${name}, ${spec}: the same on every tier`, async () => {
        const interpreted = await result(name, { spec }, 'interp');
        assert.match(interpreted.log, /\d/);
        for (const tier of ['wasm', 'auto'] as const) assert.deepEqual(await result(name, { spec }, tier), interpreted);
      });
    }

    it(`${name}: every callback in the same order, behind accesses that raise an interrupt too`, async () => {
      const events = plugin('events.js', EVENTS_PLUGIN);
      const interpreted = await result(name, events, 'interp');
      assert.match(interpreted.log, /"hash":-?\d/);
      for (const tier of ['wasm', 'auto'] as const) assert.deepEqual(await result(name, events, tier), interpreted);
    });

    it(`${name}: the same stops at misses, of which the model then tells`, async () => {
      const interpreted = await result(name, { spec: MODELS[0] }, 'interp', true);
      assert.ok(interpreted.misses > 2, String(interpreted.misses));
      assert.deepEqual(await result(name, { spec: MODELS[0] }, 'wasm', true), interpreted);
    });
  }
});
