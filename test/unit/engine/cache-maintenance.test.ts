import assert from 'node:assert/strict';
import { codeConfig, plugin, Session } from './session';
import { EXIT, source } from './plugin-source';

const LISTENER = `
  q.tcg_register_cache_maintenance_cb(id, (_id, vcpu, event) => say('op', vcpu, event.source, event.operation, event.value));`;

const mcr = (crm: number, opc2: number, rt: number): number => 0xee070f10 | (rt << 12) | (opc2 << 5) | crm;
/** r3 = the controller, r1 = an operand; an operation by CP15 in between. */
const OPERATIONS = [
  0xe3020000 | 0x3000, // movw r3, #0x2000
  0xe34f38f0, // movt r3, #0xf8f0
  0xe30f1fff, // movw r1, #0xffff
  mcr(5, 0, 1), // ICIALLU
  mcr(6, 2, 1), // DCISW
  0xe583177c, // str r1, [r3, #0x77c]: InvalidateByWay
  0xe5831770, // str r1, [r3, #0x770]: InvalidateByPA
  0xe5932730, // ldr r2, [r3, #0x730]: CacheSync is done
  0xe5834730, // str r4, [r3, #0x730]
  0xe5935000, // ldr r5, [r3]: cache id
  mcr(14, 1, 3), // DCCIMVAC
];

describe('cache maintenance', () => {
  it('reaches plugins from CP15 and from the L2C-310', async () => {
    const session = await Session.start({
      ...codeConfig([...OPERATIONS, ...EXIT], { plugins: [plugin('listener.js', source(LISTENER))] }),
      l2c: true,
    });
    await session.engine.run({ kind: 'continue' });
    assert.equal((await session.ending()).kind, 'exited');
    assert.deepEqual(
      session.pluginLog
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
      [
        ['op', 0, 'cp15', 'ICIALLU', 0xffff],
        ['op', 0, 'cp15', 'DCISW', 0xffff],
        ['op', 0, 'l2c', 'InvalidateByWay', 0xffff],
        ['op', 0, 'l2c', 'InvalidateByPA', 0xffff],
        ['op', 0, 'l2c', 'CacheSync', 0],
        ['op', 0, 'cp15', 'DCCIMVAC', 0xf8f02000],
      ],
    );
    const registers = new Map((await session.engine.readRegisters(0)).map(({ name, value }) => [name, value]));
    assert.deepEqual([registers.get('r2'), registers.get('r5')], [0, 0x410000c8]);
  });

  it('leaves the board as it is on QEMU where nobody asked for the controller', async () => {
    const session = await Session.start(
      codeConfig([...OPERATIONS, ...EXIT], { plugins: [plugin('listener.js', source(LISTENER))] }),
    );
    await session.engine.run({ kind: 'continue' });
    assert.equal((await session.ending()).kind, 'exited');
    assert.doesNotMatch(session.pluginLog, /l2c/);
    assert.match(session.pluginLog, /DCCIMVAC/);
    const registers = new Map((await session.engine.readRegisters(0)).map(({ name, value }) => [name, value]));
    assert.equal(registers.get('r5'), 0);
  });
});
