import assert from 'node:assert/strict';
import type { EngineConfig } from '../../../src/adapter/engine/api';
import { CODE, codeConfig, plugin, Session } from './session';
import { buildWorker, workerSession } from './worker';

const LIMIT_MS = 100;
const PAUSES = 8;

/** add r0, r0, #1; str r0, [r1, #0x1000]; b .-8 */
const LOOP = [0xe2800001, 0xe3a01602, 0xe5810000, 0xeafffffb];

/** A callback for each instruction that takes about `microseconds`. */
const busy = (microseconds: number): EngineConfig['plugins'][number] =>
  plugin(
    'busy.js',
    `const q = require('qemu-plugin');
    exports.qemu_plugin_install = (id) => {
      q.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
        for (let i = 0; i < q.qemu_plugin_tb_n_insns(tb); i++)
          q.qemu_plugin_register_vcpu_insn_exec_cb(q.qemu_plugin_tb_get_insn(tb, i), () => {
            const end = performance.now() + ${microseconds} / 1000;
            while (performance.now() < end);
          }, 0, undefined);
      });
      return 0;
    };`,
  );

/** How long a pause takes, in milliseconds: the median of several, since the machine may be busy with others. */
async function pauseTime(session: Session): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < PAUSES; i++) {
    await session.engine.run({ kind: 'continue' });
    await new Promise((resolve) => setTimeout(resolve, 15 + 7 * i));
    const began = performance.now();
    void session.engine.pause();
    const ending = await session.ending();
    times.push(performance.now() - began);
    assert.ok(ending.kind === 'stopped');
    assert.ok(['pause', 'breakpoint'].includes(ending.reason.kind));
  }
  await session.engine.dispose();
  return times.sort((a, b) => a - b)[PAUSES / 2];
}

describe('engine: a pause takes effect within 100 ms', function () {
  // A measurement: another process may hold the processor just then.
  this.retries(2);
  before(buildWorker);
  const loads: Record<string, (session: Session) => Promise<unknown>> = {
    'plain code': (session) => session.engine.initialize(codeConfig(LOOP)),
    'a callback for each instruction': (session) => session.engine.initialize(codeConfig(LOOP, { plugins: [busy(2)] })),
    'a slow callback for each instruction': (session) =>
      session.engine.initialize(codeConfig(LOOP, { plugins: [busy(300)] })),
    'a log point hit all the time': async (session) => {
      await session.engine.initialize(codeConfig(LOOP));
      await session.engine.setBreakpoints([{ id: 1, address: CODE + 8, logMessage: 'r0 = {r0}' }]);
    },
    'a condition evaluated all the time': async (session) => {
      await session.engine.initialize(codeConfig(LOOP));
      await session.engine.setBreakpoints([{ id: 1, address: CODE + 8, condition: 'r0 == -1 && *(int*)0x100000 > 2' }]);
    },
  };
  for (const [name, start] of Object.entries(loads)) {
    for (const [place, create] of Object.entries({
      'in this thread': () => new Session(),
      'in a worker': () => workerSession(),
    })) {
      it(`${name}, ${place}`, async () => {
        const session = create();
        await start(session);
        const ms = await pauseTime(session);
        assert.ok(ms < LIMIT_MS, `${ms} ms`);
      });
    }
  }
});
