import assert from 'node:assert/strict';
import type { EngineBreakpoint, RunMode } from '../../../src/adapter/engine/api';
import { CODE, codeConfig, plugin, programConfig, Session } from './session';

/** f(3) by recursion, then for ever at 0x100010. */
const RECURSION = [
  0xe3a0d602, // 00 mov sp, #0x200000
  0xe3a00003, // 04 mov r0, #3
  0xeb000001, // 08 bl f
  0xe3a01001, // 0c mov r1, #1
  0xeafffffe, // 10 b .
  0xe92d4010, // 14 f: push {r4, lr}
  0xe1a04000, // 18 mov r4, r0
  0xe2500001, // 1c subs r0, r0, #1
  0x1bfffffb, // 20 blne f
  0xe0800004, // 24 add r0, r0, r4
  0xe8bd8010, // 28 pop {r4, pc}
];
const at = (offset: number): number => CODE + offset;
const over = (start: number, end: number): RunMode => ({
  kind: 'step',
  ranges: [{ start, end }],
  calls: 'over',
  granularity: 'instruction',
});
const into = (start: number, end: number): RunMode => ({ ...over(start, end), calls: 'into' }) as RunMode;

async function standing(offset: number, words = RECURSION, hit = 1): Promise<Session> {
  const session = await Session.start(codeConfig(words));
  await session.engine.setBreakpoints([{ id: 99, address: at(offset), hitCondition: `${hit}` }]);
  const { reason, pc } = await session.stop();
  assert.deepEqual([reason, pc], [{ kind: 'breakpoint', ids: [99] }, at(offset)]);
  await session.engine.setBreakpoints([]);
  return session;
}

async function place(session: Session, mode: RunMode): Promise<[string, string]> {
  const { reason, pc } = await session.stop(mode);
  return [reason.kind, pc.toString(16)];
}

describe('engine: steps', () => {
  it('step over a recursive call stops in the same frame', async () => {
    const session = await standing(0x20);
    assert.deepEqual(await place(session, over(at(0x20), at(0x24))), ['step', '100024']);
    assert.equal(await session.register('r4'), 3);
    assert.equal(await session.register('r0'), 3);
    await session.engine.dispose();
  });

  it('step into a call stops at its first instruction; a call not taken is no call', async () => {
    const session = await standing(0x20, RECURSION, 1);
    assert.deepEqual(await place(session, into(at(0x20), at(0x24))), ['step', '100014']);
    const inner = await standing(0x20, RECURSION, 3);
    assert.deepEqual(await place(inner, into(at(0x20), at(0x24))), ['step', '100024']);
    const innermost = await standing(0x20, RECURSION, 3);
    assert.deepEqual(await place(innermost, over(at(0x20), at(0x24))), ['step', '100024']);
    assert.equal(await innermost.register('r4'), 1);
  });

  it('a step ends where its frame returns, though the caller is in the same range', async () => {
    const session = await standing(0x24);
    assert.equal(await session.register('r4'), 1);
    assert.deepEqual(await place(session, over(at(0x14), at(0x2c))), ['step', '100024']);
    assert.equal(await session.register('r4'), 2);
  });

  it('step by instruction goes into calls', async () => {
    const session = await standing(0x8);
    assert.deepEqual(await place(session, { kind: 'stepInstruction' }), ['step', '100014']);
    assert.deepEqual(await place(session, { kind: 'stepInstruction' }), ['step', '100018']);
  });

  it('a breakpoint inside of a function stepped over stops there; a log point does not', async () => {
    const session = await standing(0x8);
    await session.engine.setBreakpoints([
      { id: 1, address: at(0x1c), condition: 'r0 == 2' },
      { id: 2, address: at(0x24), logMessage: 'r4 {r4}' },
    ]);
    const { reason, pc } = await session.stop(over(at(0x8), at(0xc)));
    assert.deepEqual([reason, pc], [{ kind: 'breakpoint', ids: [1] }, at(0x1c)]);
    assert.deepEqual(await place(session, over(at(0x1c), at(0x2c))), ['step', '100024']);
    assert.deepEqual(await place(session, { kind: 'runTo', address: at(0xc), minimumSp: 0x200000 }), [
      'step',
      '10000c',
    ]);
    assert.deepEqual(session.logPoints, ['r4 1', 'r4 2', 'r4 3']);
  });

  it('runTo waits for the frame: the stack pointer must be as high', async () => {
    const session = await standing(0x20, RECURSION, 1);
    const minimumSp = await session.register('sp');
    assert.deepEqual(await place(session, { kind: 'runTo', address: at(0x24), minimumSp }), ['step', '100024']);
    assert.equal(await session.register('r4'), 3);
    const any = await standing(0x20, RECURSION, 1);
    assert.deepEqual(await place(any, { kind: 'runTo', address: at(0x24) }), ['step', '100024']);
    assert.equal(await any.register('r4'), 1);
  });

  it('a step that arrives at a breakpoint reports it; continuing does not report it again', async () => {
    const session = await standing(0x4);
    await session.engine.setBreakpoints([
      { id: 1, address: at(0x8) },
      { id: 2, address: at(0x8), logMessage: 'here' },
      { id: 3, address: at(0x10) },
    ]);
    assert.deepEqual((await session.stop({ kind: 'stepInstruction' })).reason, { kind: 'breakpoint', ids: [1] });
    assert.deepEqual(session.logPoints, ['here']);
    assert.deepEqual((await session.stop()).reason, { kind: 'breakpoint', ids: [3] });
    assert.deepEqual(session.logPoints, ['here']);
  });

  it('steps over a supervisor call as over any call, and into it by instruction', async () => {
    const words = [
      0xea000006, // 00 b start
      0xeafffffe, // 04
      0xea000001, // 08 b handler
      0xeafffffe, // 0c
      0xeafffffe, // 10
      0xe3a05007, // 14 handler: mov r5, #7
      0xe1b0f00e, // 18 movs pc, lr
      0xeafffffe, // 1c
      0xe3a00601, // 20 start: mov r0, #0x100000
      0xee0c0f10, // 24 mcr p15, 0, r0, c12, c0, 0
      0xef000001, // 28 svc #1
      0xe3a01001, // 2c mov r1, #1
    ];
    const session = await standing(0x28, words);
    assert.deepEqual(await place(session, over(at(0x28), at(0x2c))), ['step', '10002c']);
    assert.equal(await session.register('r5'), 7);
    const inside = await standing(0x28, words);
    assert.deepEqual(await place(inside, into(at(0x28), at(0x2c))), ['step', '100008']);
  });
});

describe('engine: breakpoints', () => {
  const LOOP = [
    0xe3a00000, // 00 mov r0, #0
    0xe2800001, // 04 add r0, r0, #1
    0xe3500014, // 08 cmp r0, #20
    0x1afffffc, // 0c bne 04
    0xe3a00018, // 10 mov r0, #0x18
    0xe59f1000, // 14 ldr r1, =0x20026
    0xef123456, // 18 svc 0x123456
    0x00020026, // 1c
  ];
  const stopsOf = async (breakpoints: readonly EngineBreakpoint[]): Promise<[Session, string[]]> => {
    const session = await Session.start(codeConfig(LOOP));
    for (const { error } of await session.engine.setBreakpoints(breakpoints)) assert.equal(error, undefined);
    const stops: string[] = [];
    for (;;) {
      const ending = await session.run();
      if (ending.kind !== 'stopped') break;
      assert.ok(ending.reason.kind === 'breakpoint');
      stops.push(`${ending.reason.ids.join('+')} r0=${await session.register('r0')}`);
    }
    return [session, stops];
  };

  it('several at one address stop together, each by its own condition', async () => {
    const [, stops] = await stopsOf([
      { id: 1, address: at(8), condition: 'r0 % 10 == 0' },
      { id: 2, address: at(8), condition: 'r0 >= 19' },
      { id: 3, address: at(8), logMessage: '{r0}', condition: 'r0 == 7' },
    ]);
    assert.deepEqual(stops, ['1 r0=10', '2 r0=19', '1+2 r0=20']);
  });

  it('counts hits in every form that clients write', async () => {
    const forms: Record<string, number[]> = {
      '5': [5],
      '= 3': [3],
      '== 4': [4],
      '>= 19': [19, 20],
      '> 19': [20],
      '< 3': [1, 2],
      '<= 2': [1, 2],
      '% 8': [8, 16],
      '!= 1': Array.from({ length: 19 }, (_, i) => i + 2),
    };
    for (const [hitCondition, hits] of Object.entries(forms)) {
      const [, stops] = await stopsOf([{ id: 1, address: at(8), hitCondition }]);
      assert.deepEqual(
        stops,
        hits.map((n) => `1 r0=${n}`),
        hitCondition,
      );
    }
  });

  it('counts only hits whose condition holds, and anew after a restart', async () => {
    const [session, stops] = await stopsOf([{ id: 1, address: at(8), condition: 'r0 & 1', hitCondition: '3' }]);
    assert.deepEqual(stops, ['1 r0=5']);
    await session.engine.restart();
    assert.equal((await session.stop()).reason.kind, 'breakpoint');
    assert.equal(await session.register('r0'), 5);
  });

  it('a condition that cannot be evaluated stops and says so once', async () => {
    const [session, stops] = await stopsOf([{ id: 1, address: at(8), condition: 'nothing == 1' }]);
    assert.equal(stops.length, 20);
    assert.equal(session.notices.length, 1);
    assert.match(session.notices[0], /breakpoint at 0x100008: .*nothing/);
  });

  it('names what is wrong in a condition, a hit condition and a message', async () => {
    const session = await Session.start(codeConfig(LOOP));
    const results = await session.engine.setBreakpoints([
      { id: 1, address: at(8), condition: '1 +' },
      { id: 2, address: at(8), hitCondition: 'often' },
      { id: 3, address: at(8), logMessage: '{r0' },
      { id: 4, address: at(8), hitCondition: '% 0' },
    ]);
    assert.match(results[1].error ?? '', /hit condition "often"/);
    assert.match(results[3].error ?? '', /divisor/);
    for (const { error } of results) assert.ok(error);
    assert.equal((await session.run()).kind, 'exited');
  });

  it('stops at the very first instruction, once', async () => {
    const [, stops] = await stopsOf([{ id: 1, address: at(0) }]);
    assert.deepEqual(stops, ['1 r0=0']);
  });

  it('a step from the entry is no hit of a breakpoint there', async () => {
    const session = await Session.start(codeConfig(LOOP));
    await session.engine.setBreakpoints([{ id: 1, address: at(0) }]);
    assert.deepEqual(await place(session, { kind: 'stepInstruction' }), ['step', '100004']);
  });

  it('set while the guest runs, also over code that has been translated', async () => {
    const session = await Session.start(codeConfig(RECURSION));
    await session.engine.run({ kind: 'continue' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    await session.engine.setBreakpoints([{ id: 5, address: at(0x10) }]);
    const ending = await session.ending();
    assert.deepEqual(ending.kind === 'stopped' && ending.reason, { kind: 'breakpoint', ids: [5] });
  });

  it('a pc that the user moves is where execution goes on', async () => {
    const session = await Session.start(codeConfig(LOOP));
    await session.engine.setBreakpoints([{ id: 1, address: at(8), hitCondition: '2' }]);
    await session.stop();
    await session.engine.writeRegister(0, 'pc', at(0x10));
    const ending = await session.run();
    assert.deepEqual([ending.kind, await session.register('r0')], ['exited', 0x18]);
  });
});

describe('engine: stops that no breakpoint asks for', () => {
  const EXIT_PLUGIN = `
    const q = require('qemu-plugin');
    exports.qemu_plugin_install = (id) => {
      q.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
        const insn = q.qemu_plugin_tb_get_insn(tb, 0);
        if (q.qemu_plugin_insn_vaddr(insn) === 0x100014)
          q.qemu_plugin_register_vcpu_insn_exec_cb(insn, () => q.tcg_request_stop('f was called'), 0, undefined);
      });
      return 0;
    };`;

  it('a plugin asks for one: its name and its reason', async () => {
    const session = await Session.start(codeConfig(RECURSION, { plugins: [plugin('stopper.js', EXIT_PLUGIN)] }));
    const { reason, pc } = await session.stop();
    assert.deepEqual([reason, pc], [{ kind: 'plugin', description: 'stopper.js: f was called' }, at(0x14)]);
    assert.equal((await session.stop()).pc, at(0x14));
  });

  it('registers can be read and written in user mode, system registers too', async () => {
    // cps #0x10 (user mode)
    const session = await Session.start(codeConfig([0xf1020010, 0xe1a00000]));
    await session.stop({ kind: 'stepInstruction' });
    assert.equal((await session.register('cpsr')) & 0x1f, 0x10);
    assert.equal(await session.register('midr'), 0x413fc090);
    await session.engine.writeRegister(0, 'r8', 8);
    assert.equal(await session.register('r8'), 8);
  });

  it('the exit breakpoint stops before the end; going on ends without another instruction', async () => {
    const session = await Session.start(programConfig('nothing-a32'));
    await session.engine.setCallbackBreakpoints([{ id: 3, kind: 'exit' }]);
    const { reason, instructions } = await session.stop();
    assert.deepEqual(reason, { kind: 'callback', ids: [3], callback: 'exit', description: 'exit' });
    assert.equal(instructions, 235);
    const pc = await session.register('pc');
    const ending = await session.run({ kind: 'stepInstruction' });
    assert.deepEqual([ending.kind, await session.register('pc')], ['exited', pc]);
    assert.equal(session.endings.length, 2);
  });

  it('terminated at the exit breakpoint: ends once, with the code of the guest', async () => {
    const session = await Session.start(programConfig('nothing-a32'));
    await session.engine.setCallbackBreakpoints([{ id: 3, kind: 'exit' }]);
    await session.stop();
    void session.engine.run({ kind: 'continue' });
    await session.engine.terminate();
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(
      session.endings.map(({ kind }) => kind),
      ['stopped', 'exited'],
    );
  });

  it('a pc outside of memory', async () => {
    const session = await Session.start(codeConfig([0xe3a0e001, 0xe3a0f20a])); // mov lr, #1; mov pc, #0xa0000000
    const { reason, pc } = await session.stop();
    assert.equal(pc, 0xa0000000);
    assert.deepEqual(reason, {
      kind: 'exception',
      description: 'The program counter is at 0xa0000000, where there is no memory (lr: 0x1).',
    });
    assert.equal((await session.stop()).reason.kind, 'exception');
    await session.engine.writeRegister(0, 'pc', CODE);
    assert.deepEqual(await place(session, { kind: 'stepInstruction' }), ['step', '100004']);
  });

  it('an endless chain of exceptions', async () => {
    // VBAR to 0x40000000, where there is nothing; bus errors abort. svc #1
    const words = [0xe3a00101, 0xee0c0f10, 0xef000001];
    const session = await Session.start(codeConfig(words, { busErrors: true }));
    const { reason } = await session.stop();
    assert.equal(reason.kind, 'exception');
    assert.match('description' in reason ? reason.description : '', /one exception after the other at 0x4000000c/);
    assert.equal((await session.run()).kind, 'stopped');
  });

  it('a guest that waits for ever can be paused, continued, inspected and terminated', async () => {
    const session = await Session.start(codeConfig([0xe320f003, 0xeafffffd])); // wfi; b .-4
    await session.engine.run({ kind: 'continue' });
    await new Promise((resolve) => setTimeout(resolve, 30));
    await session.engine.pause();
    const first = await session.ending();
    assert.deepEqual(first.kind === 'stopped' && [first.reason, first.pc, first.instructions], [
      { kind: 'pause' },
      at(4),
      1,
    ]);
    await session.engine.writeRegister(0, 'r3', 5);
    await session.engine.run({ kind: 'continue' });
    await new Promise((resolve) => setTimeout(resolve, 30));
    await session.engine.pause();
    const second = await session.ending();
    assert.deepEqual(second.kind === 'stopped' && second.instructions, 1);
    await session.engine.run({ kind: 'continue' });
    await session.engine.terminate();
    assert.equal((await session.ending()).kind, 'exited');
  });

  it('a semihosting read without input waits without executing; counters do not depend on when it comes', async () => {
    // mov r0, #7 (READC); svc; mov r4, r0; exit
    const words = [0xe3a00007, 0xef123456, 0xe1a04000, 0xe3a00018, 0xe59f1000, 0xef123456, 0x00020026];
    const counts: number[] = [];
    for (const delay of [0, 60]) {
      const session = await Session.start(codeConfig(words));
      await session.engine.setCallbackBreakpoints([{ id: 1, kind: 'exit' }]);
      if (!delay) await session.engine.consoleInput('semihosting', Uint8Array.of(65));
      await session.engine.run({ kind: 'continue' });
      await new Promise((resolve) => setTimeout(resolve, delay));
      if (delay) {
        await session.engine.pause();
        const ending = await session.ending();
        assert.deepEqual(ending.kind === 'stopped' && [ending.pc, ending.instructions], [at(4), 2]);
        await session.engine.run({ kind: 'stepInstruction' });
        await session.engine.consoleInput('semihosting', Uint8Array.of(65));
        const step = await session.ending();
        assert.deepEqual(step.kind === 'stopped' && [step.pc, step.instructions], [at(8), 2]);
        await session.engine.run({ kind: 'continue' });
      }
      const ending = await session.ending();
      assert.ok(ending.kind === 'stopped');
      counts.push(ending.instructions);
      assert.equal(await session.register('r4'), 65);
    }
    assert.deepEqual(counts, [6, 6]);
  });

  it('the end of input is told to the guest', async () => {
    const words = [0xe3a00007, 0xef123456, 0xeafffffe];
    const session = await Session.start(codeConfig(words));
    await session.engine.consoleInput('semihosting', new Uint8Array());
    await session.engine.setBreakpoints([{ id: 1, address: at(8) }]);
    await session.stop();
    assert.equal(await session.register('r0'), 0xffffffff);
  });
});

describe('engine: callback breakpoints', () => {
  it('each kind stops with its description', async () => {
    const descriptions: Record<string, RegExp> = {
      tb_trans: /^block translated at 0x100[0-9a-f]{3}$/,
      tb_exec: /^block executed at 0x100000$/,
      insn_exec: /^instruction executed at 0x100000$/,
      mem_read: /^memory read: 4 bytes at address 0x[0-9a-f]+, by the instruction at 0x100[0-9a-f]+$/,
      mem_write: /^memory written: 4 bytes at address 0x[0-9a-f]+, by the instruction at 0x100[0-9a-f]+$/,
      l1i_miss: /^L1I miss: fetch at address 0x100000, by the instruction at 0x100000$/,
      l1d_miss: /^L1D miss: (load|store) at address 0x[0-9a-f]+, by the instruction at 0x100[0-9a-f]+$/,
      l2_miss: /^L2 miss: (load|store|fetch) at address 0x[0-9a-f]+, by the instruction at 0x100[0-9a-f]+$/,
      syscall: /^system call at 0x100[0-9a-f]{3}$/,
      exit: /^exit$/,
    };
    const programs: Record<string, string> = { syscall: 'exceptions-a32', exit: 'nothing-a32' };
    for (const [kind, expected] of Object.entries(descriptions)) {
      const session = await Session.start(
        programConfig(programs[kind] ?? 'matmul', { plugins: [{ spec: 'libcache.so,arg=0x100000,arg=0x110000' }] }),
      );
      await session.engine.setCallbackBreakpoints([{ id: 7, kind: kind as 'exit' }]);
      const { reason } = await session.stop();
      assert.ok(reason.kind === 'callback', kind);
      assert.deepEqual([reason.ids, reason.callback], [[7], kind]);
      assert.match(reason.description, expected);
      await session.engine.dispose();
    }
  });

  it('ranges, conditions, hit counts and messages', async () => {
    const session = await Session.start(codeConfig(RECURSION));
    await session.engine.setCallbackBreakpoints([
      { id: 1, kind: 'insn_exec', ranges: [{ start: at(0x14), end: at(0x18) }], condition: 'r0 == 2' },
      { id: 2, kind: 'mem_write', logMessage: 'push, sp {sp}', hitCondition: '% 2' },
    ]);
    const { reason, pc } = await session.stop();
    assert.deepEqual([reason.kind === 'callback' && reason.ids, pc], [[1], at(0x14)]);
    assert.equal(session.logPoints.length, 1);
  });
});

describe("the guest's reset of the system", () => {
  /** Unlocks the SLCR and resets: r0 counts in memory that is not loaded, and the third start exits. */
  const RESETS = [
    0xe3a04602, // mov r4, #0x200000
    0xe5945000, // ldr r5, [r4]
    0xe2855001, // add r5, r5, #1
    0xe5845000, // str r5, [r4]
    0xe3550003, // cmp r5, #3
    0x0a000005, // beq exit
    0xe3a004f8, // mov r0, #0xf8000000
    0xe30d1f0d, // movw r1, #0xdf0d
    0xe5801008, // str r1, [r0, #8]
    0xe3a01001, // mov r1, #1
    0xe5801200, // str r1, [r0, #0x200]
    0xeafffffe, // b .
    0xe3a00018,
    0xe3001026,
    0xe3401002,
    0xef123456,
  ];

  it('starts it anew', async () => {
    const session = await Session.start(codeConfig(RESETS));
    await session.engine.run({ kind: 'continue' });
    assert.equal((await session.ending()).kind, 'exited');
    assert.deepEqual([...(await session.engine.readMemory(0x200000, 1))], [3]);
  });

  it('ends it where that is asked for', async () => {
    const session = await Session.start({ ...codeConfig(RESETS), noReboot: true });
    await session.engine.run({ kind: 'continue' });
    assert.equal((await session.ending()).kind, 'exited');
    assert.deepEqual([...(await session.engine.readMemory(0x200000, 1))], [1]);
  });

  it('stops a step at the first instruction', async () => {
    const session = await Session.start(codeConfig(RESETS));
    for (let steps = 0; steps < 10; steps++) {
      await session.engine.run({ kind: 'stepInstruction' });
      await session.ending();
    }
    await session.engine.run({ kind: 'stepInstruction' });
    const ending = await session.ending();
    assert.ok(ending.kind === 'stopped');
    assert.deepEqual([ending.reason.kind, ending.pc], ['entry', 0x100000]);
  });
});
