import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Engine } from '../../../src/adapter/engine/engine';
import { nodePlatform } from '../../../src/adapter/node/platform';
import { codeConfig, EVENTS_PLUGIN, plugin, programConfig, Session } from './session';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

async function heapAfterGc(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    gc();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return process.memoryUsage().heapUsed;
}

describe('engine: memory', () => {
  it('restarts use the same memory and leave nothing behind', async function () {
    this.timeout(60_000);
    const buffers = new Set<ArrayBufferLike>();
    const session = new Session(
      (events) =>
        new Engine(
          nodePlatform((buffer) => void buffers.add(buffer)),
          events,
        ),
    );
    await session.engine.initialize(
      programConfig('exceptions-a32', {
        memoryBytes: 16 << 20,
        plugins: [plugin('events.js', EVENTS_PLUGIN), { spec: 'libcache.so' }],
      }),
    );
    const used: number[] = [];
    // V8 compiles more of the engine itself in the first ones.
    for (let i = 0; i < 30; i++) {
      await session.run();
      await session.engine.restart();
      session.history.length = 0;
      if (i === 14 || i === 29) used.push(await heapAfterGc());
    }
    assert.equal(buffers.size, 1);
    assert.ok(used[1] - used[0] < 1.5e6, `15 restarts took ${used[1] - used[0]} bytes`);
    await session.engine.dispose();
  });

  it('code that rewrites itself 100000 times keeps tables bounded', async function () {
    this.timeout(120_000);
    // Loop: r0 counts down from 100000; an instruction "movw r2, #imm" gets the low bits of r0 each time and runs.
    const words = [
      0xe30806a0, // 00 movw r0, #0x86a0
      0xe3400001, // 04 movt r0, #1
      0xe28f1014, // 08 add r1, pc, #20 (-> 24)
      0xe3035fff, // 0c movw r5, #0x3fff; the loop's first instruction is here only for its block
      0xe59f4018, // 10 loop: ldr r4, [pc, #24] (-> 30)
      0xe20030ff, // 14 and r3, r0, #0xff
      0xe1844003, // 18 orr r4, r4, r3
      0xe5814000, // 1c str r4, [r1]
      0xeaffffff, // 20 b 24
      0xe3002000, // 24 movw r2, #imm
      0xe2500001, // 28 subs r0, r0, #1
      0x1afffff7, // 2c bne 10
      0xe3002000, // 30 (the template, then the end's first instruction) movw r2, #0
      0xe3a00018, // 34 mov r0, #0x18
      0xe59f1000, // 38 ldr r1, =0x20026
      0xef123456, // 3c svc 0x123456
      0x00020026, // 40
    ];
    const before = await heapAfterGc();
    const session = await Session.start(codeConfig(words, { plugins: [plugin('events.js', EVENTS_PLUGIN)] }));
    assert.equal((await session.run()).kind, 'exited');
    const events = JSON.parse(session.pluginLog) as { trans: number; insn: number };
    assert.ok(events.trans > 100_000);
    assert.equal(events.insn, 4 + 8 * 100_000 + 4);
    const grown = (await heapAfterGc()) - before;
    assert.ok(grown < 20e6, `grew by ${grown} bytes`);
    await session.engine.dispose();
  });
});
