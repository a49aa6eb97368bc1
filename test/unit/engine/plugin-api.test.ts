import assert from 'node:assert/strict';
import type { EngineConfig } from '../../../src/adapter/engine/api';
import { EXIT, finish, LOOP, run, source } from './plugin-source';
import { CODE, codeConfig, plugin, programConfig, Session } from './session';

describe('plugin API: lifecycle', () => {
  const counting = `
    let calls = 0;
    const onTrans = (_id, tb) => {
      say('translated', q.qemu_plugin_tb_n_insns(tb));
      q.qemu_plugin_register_vcpu_tb_exec_cb(tb, () => {
        if (++calls === 4) leave();
        say('tb', calls);
      }, 0, undefined);
    };
    q.qemu_plugin_register_vcpu_tb_trans_cb(id, onTrans);
    q.qemu_plugin_register_atexit_cb(id, () => say('end'));`;

  it('uninstall and reset wait for the next chance', async () => {
    const gone = await run(LOOP, `${counting} const leave = () => q.qemu_plugin_uninstall(id, () => say('gone'));`);
    const before = ['translated', 'tb', 'translated', 'tb', 'tb', 'tb'];
    assert.deepEqual(
      gone.map((line) => (Array.isArray(line) ? (line as unknown[])[0] : line)),
      [...before, 'gone'],
    );
    const again = await run(
      LOOP,
      `${counting} const leave = () => q.qemu_plugin_reset(id, () => {
        say('reset');
        q.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => say('again', q.qemu_plugin_tb_n_insns(tb)));
      });`,
    );
    assert.deepEqual(again.slice(6), ['reset', ['again', 3], ['again', 4]]);
  });

  it('a flush comes before a reset', async () => {
    const said = await run(
      LOOP,
      `${counting}
       q.qemu_plugin_register_flush_cb(id, () => say('flushed'));
       const leave = () => q.qemu_plugin_reset(id, () => q.qemu_plugin_register_flush_cb(id, () => say('flush')));`,
    );
    assert.deepEqual(said.slice(6), ['flushed']);
  });

  it('vcpu_exit is accepted and not called', async () => {
    const said = await run(
      LOOP,
      `q.qemu_plugin_register_vcpu_exit_cb(id, () => say('exit'));
       q.qemu_plugin_register_vcpu_init_cb(id, (own, vcpu) => say('init', own, vcpu));
       q.qemu_plugin_register_atexit_cb(id, () => say('never'));
       q.qemu_plugin_register_atexit_cb(id, null);`,
    );
    assert.deepEqual(said, [['init', 0, 0]]);
  });

  it('idle and resume come in turns', async () => {
    const body = `
      q.qemu_plugin_register_vcpu_idle_cb(id, (_id, vcpu) => say('idle' + vcpu));
      q.qemu_plugin_register_vcpu_resume_cb(id, (_id, vcpu) => say('resume' + vcpu));`;
    const { said } = await finish(programConfig('idle-a32-O1', { plugins: [plugin('p.js', source(body))] }));
    // Five times WFI until the interrupt and once until a masked one; a seventh, with it pending, and WFE do not wait.
    const turns = Array.from({ length: 6 }, () => ['idle0', 'resume0']);
    assert.deepEqual(said, turns.flat());
  });
});

describe('plugin API: versions', () => {
  const calls = (names: readonly string[]): string =>
    `for (const name of ${JSON.stringify(names)}) {
       try { q[name](); say(name); } catch (error) { say(error.message); }
     }`;

  it('a plugin has the calls of the version that it declares, and all of them without one', async () => {
    const names = ['qemu_plugin_n_vcpus', 'qemu_plugin_num_vcpus', 'qemu_plugin_get_registers'];
    assert.deepEqual(await run([], calls(names), 1), [
      'qemu_plugin_n_vcpus',
      'qemu_plugin_num_vcpus: not in version 1 of the plugin API, but from 2 on',
      'qemu_plugin_get_registers: not in version 1 of the plugin API, but from 2 on',
    ]);
    assert.deepEqual(await run([], calls(names), 2), [
      'qemu_plugin_n_vcpus: not in version 2 of the plugin API, but up to 1',
      'qemu_plugin_num_vcpus',
      'qemu_plugin_get_registers',
    ]);
    assert.deepEqual(await run([], calls(names)), names);
  });

  it('insn_data has the form of the version', async () => {
    const body = (call: string): string => `
      let done = false;
      q.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
        const insn = q.qemu_plugin_tb_get_insn(tb, 0);
        const dest = new Uint8Array(3);
        if (!done) say(${call}, [...dest]);
        done = true;
      });`;
    const copy = '[...q.qemu_plugin_insn_data(insn)]';
    const into = 'q.qemu_plugin_insn_data(insn, dest, 2)';
    for (const version of [0, 2, undefined]) {
      assert.deepEqual(await run([], body(copy), version), [
        [
          [0x18, 0, 0xa0, 0xe3],
          [0, 0, 0],
        ],
      ]);
    }
    for (const version of [3, 6, undefined]) {
      assert.deepEqual(await run([], body(into), version), [[2, [0x18, 0, 0]]]);
    }
    const session = await Session.start(codeConfig(EXIT, { plugins: [plugin('p.js', source(body(copy), 3))] }));
    await session.run();
    assert.match(session.notices.join(), /qemu_plugin_insn_data: dest is not a Uint8Array/);
  });

  it('a version that is not known is refused as QEMU does', async () => {
    const config = (version: number): EngineConfig =>
      codeConfig(EXIT, { plugins: [plugin('p.js', source('', version))] });
    await assert.rejects(
      Session.start(config(7)),
      /Could not load plugin p\.js: plugin requires API version 7, but this QEMU supports only up to version 6$/,
    );
    await Session.start(config(6));
  });
});

describe('plugin API: conditional callbacks', () => {
  it('compare unsigned', async () => {
    const said = await run(
      LOOP,
      `const count = q.qemu_plugin_scoreboard_u64(q.qemu_plugin_scoreboard_new(8));
       const conditions = { NEVER: 0, ALWAYS: 1, EQ: 2, NE: 3, LT: 4, LE: 5, GT: 6, GE: 7 };
       const calls = {};
       q.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => eachInsn(tb, (insn) => {
         if (q.qemu_plugin_insn_vaddr(insn) !== ${CODE + 4}) return;
         for (const [name, cond] of Object.entries(conditions)) {
           calls[name] ??= 0;
           q.qemu_plugin_register_vcpu_insn_exec_cond_cb(insn, (_v, u) => calls[u]++, 0, cond, count, 3, name);
         }
         q.qemu_plugin_register_vcpu_insn_exec_cond_cb(insn, () => say('big'), 0, 7, count, 2n ** 63n, 0);
         q.qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(insn, 0, count, 1);
       }));
       q.qemu_plugin_register_atexit_cb(id, () => say(calls));`,
      6,
    );
    // The counter is 0 to 9 when the instruction comes.
    assert.deepEqual(said, [{ NEVER: 0, ALWAYS: 10, EQ: 1, NE: 9, LT: 3, LE: 4, GT: 6, GE: 7 }]);
  });

  it('on blocks, and with a stored value', async () => {
    const said = await run(
      LOOP,
      `const flag = q.qemu_plugin_scoreboard_u64(q.qemu_plugin_scoreboard_new(8));
       let calls = 0;
       q.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
         q.qemu_plugin_register_vcpu_tb_exec_cond_cb(tb, () => calls++, 0, q.QEMU_PLUGIN_COND_LT, flag, -1n, 0);
         const first = q.qemu_plugin_tb_get_insn(tb, 0);
         if (q.qemu_plugin_tb_vaddr(tb) === ${CODE + 4})
           q.qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(first, q.QEMU_PLUGIN_INLINE_STORE_U64, flag, -1);
       });
       q.qemu_plugin_register_atexit_cb(id, () => say(calls, q.qemu_plugin_u64_get(flag, 0)));`,
      3,
    );
    assert.deepEqual(said, [[2, 2 ** 64]]);
  });
});

describe('plugin API: scoreboards', () => {
  it('an element for each vCPU', async () => {
    const said = await run(
      [],
      `const score = q.qemu_plugin_scoreboard_new(20);
       const first = q.qemu_plugin_scoreboard_u64(score);
       const second = q.qemu_plugin_scoreboard_u64_in_struct(score, 8);
       q.qemu_plugin_u64_set(second, 0, 2 ** 40);
       q.qemu_plugin_u64_add(second, 0, -1);
       q.qemu_plugin_u64_add(first, 0, 5n);
       const view = q.qemu_plugin_scoreboard_find(score, 0);
       view.setUint32(16, 7, true);
       say(view.byteLength, view.getUint32(0, true), view.getBigUint64(8, true).toString(), view.getUint32(16, true));
       say(q.qemu_plugin_u64_get(second, 0), q.qemu_plugin_u64_sum(second), first.get());
       for (const wrong of [() => q.qemu_plugin_u64_get(first, 1), () => q.qemu_plugin_scoreboard_new(0),
         () => q.qemu_plugin_scoreboard_u64_in_struct(score, 16), () => q.qemu_plugin_u64_get({ score: {}, offset: 0 }, 0)]) {
         try { say(wrong()); } catch (error) { say(error.message); }
       }`,
      2,
    );
    assert.deepEqual(said, [
      [20, 5, String(2 ** 40 - 1), 7],
      [2 ** 40 - 1, 2 ** 40 - 1, 5],
      'qemu_plugin_u64_get: there is no vCPU 1',
      'qemu_plugin_scoreboard_new: an element has 1 to 16777216 bytes, not 0',
      'qemu_plugin_scoreboard_u64_in_struct: offset 16 is no u64 of an element of 20 bytes',
      'qemu_plugin_u64_get: not a scoreboard that qemu_plugin_scoreboard_new() made',
    ]);
  });

  it('inline operations', async () => {
    const said = await run(
      LOOP,
      `const score = q.qemu_plugin_scoreboard_new(24);
       const entries = [0, 8, 16].map((offset) => q.qemu_plugin_scoreboard_u64_in_struct(score, offset));
       q.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
         q.qemu_plugin_register_vcpu_tb_exec_inline_per_vcpu(tb, 0, entries[0], 2n ** 33n);
         eachInsn(tb, (insn) => {
           q.qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(insn, 0, entries[1], 1);
           q.qemu_plugin_register_vcpu_mem_inline_per_vcpu(insn, 3, 1, entries[2], 77);
         });
       });
       q.qemu_plugin_register_atexit_cb(id, () => say(entries.map((entry) => q.qemu_plugin_u64_sum(entry))));`,
      6,
    );
    assert.deepEqual(said, [[11 * 2 ** 33, 1 + 30 + 4, 0]]);
  });

  it('freed ones are void', async () => {
    const said = await run(
      LOOP,
      `const score = q.qemu_plugin_scoreboard_new(8);
       const entry = q.qemu_plugin_scoreboard_u64(score);
       let other, calls = 0;
       q.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => eachInsn(tb, (insn) => {
         if (!other) q.qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(insn, 0, entry, 1);
         q.qemu_plugin_register_vcpu_insn_exec_cb(insn, () => {
           if (++calls !== 6) return;
           say(entry.get());
           q.qemu_plugin_scoreboard_free(score);
           try { q.qemu_plugin_u64_get(entry, 0); } catch (error) { say(error.message); }
           other = q.qemu_plugin_scoreboard_u64(q.qemu_plugin_scoreboard_new(8));
         }, 0, 0);
       }));
       q.qemu_plugin_register_atexit_cb(id, () => say(other.get()));`,
    );
    assert.deepEqual(said, [5, 'qemu_plugin_u64_get: the scoreboard was freed', 0]);
  });

  it('thousands of blocks have one each, in memory that translated code reaches', async () => {
    const said = await run(
      [],
      `const scores = Array.from({ length: 20000 }, () => q.qemu_plugin_scoreboard_new(16));
       const entries = scores.map((score) => q.qemu_plugin_scoreboard_u64_in_struct(score, 8));
       q.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
         for (const entry of entries) q.qemu_plugin_register_vcpu_tb_exec_inline_per_vcpu(tb, 0, entry, 3);
       });
       q.qemu_plugin_register_atexit_cb(id, () =>
         say([scores[0], scores[19999]].map((score) => score.isShared), entries.every((entry) => entry.get() === 3)));`,
    );
    assert.deepEqual(said, [[[true, true], true]]);
  });
});

describe('plugin API: memory values', () => {
  it('are those of the access', async () => {
    // mov r0, #0x200000; mvn r1, #0xed; movw r2, #0x5678; movt r2, #0x1234
    const setUp = [0xe3a00602, 0xe3e010ed, 0xe3052678, 0xe3412234];
    const accesses = [
      0xe5c01000, // strb r1, [r0]
      0xe1c010b2, // strh r1, [r0, #2]
      0xe5802004, // str r2, [r0, #4]
      0xe1d030d0, // ldrsb r3, [r0]
      0xe1d030f2, // ldrsh r3, [r0, #2]
      0xe5903004, // ldr r3, [r0, #4]
      0xe5900004, // ldr r0, [r0, #4]
    ];
    const said = await run(
      [...setUp, ...accesses],
      `q.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => eachInsn(tb, (insn) =>
         q.qemu_plugin_register_vcpu_mem_cb(insn, (_v, info, vaddr) => say(q.qemu_plugin_mem_get_value(info)), 0, 3, 0)));`,
      4,
    );
    assert.deepEqual(said.slice(0, 7), [
      { type: 0, data: { u8: 0x12 } },
      { type: 1, data: { u16: 0xff12 } },
      { type: 2, data: { u32: 0x12345678 } },
      { type: 0, data: { u8: 0x12 } },
      { type: 1, data: { u16: 0xff12 } },
      { type: 2, data: { u32: 0x12345678 } },
      { type: 2, data: { u32: 0x12345678 } },
    ]);
  });

  it('of doublewords are bigint; big-endian ones are values, not bytes', async () => {
    // setend be; mov r0, #0x200000; ldrexd r2, r3, [r0]; setend le; ldrexd r4, r5, [r0]; str r2, [r0]
    const said = await run(
      [
        0xe3a00602,
        0xe3002102,
        0xe5802000,
        0xe3a03007,
        0xe5803004,
        0xf1010200,
        0xe1b04f9f & 0,
        0xe5906000,
        0xf1010000,
      ].filter(Boolean),
      `q.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => eachInsn(tb, (insn) =>
         q.qemu_plugin_register_vcpu_mem_cb(insn, (_v, info) =>
           say(q.qemu_plugin_mem_is_big_endian(info), q.qemu_plugin_mem_get_value(info).data), 0, 3, 0)));`,
    );
    assert.deepEqual(said, [
      [false, { u32: 0x102 }],
      [false, { u32: 7 }],
      [true, { u32: 0x02010000 }],
    ]);
    const wide = await run(
      [0xe3a00602, 0xe3002102, 0xe5802000, 0xe3a03007, 0xe5803004, 0xe1b06f9f & 0xfff0ffff],
      `q.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => eachInsn(tb, (insn) =>
         q.qemu_plugin_register_vcpu_mem_cb(insn, (_v, info) => {
           const { type, data } = q.qemu_plugin_mem_get_value(info);
           if (type === 3) say(typeof data.u64, data.u64.toString(16));
         }, 0, 3, 0)));`,
    );
    assert.deepEqual(wide, [['bigint', '700000102']]);
  });
});
