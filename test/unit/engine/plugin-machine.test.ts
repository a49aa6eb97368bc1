import assert from 'node:assert/strict';
import { CODE, codeConfig, plugin, programConfig, Session } from './session';
import { EXIT, finish, LOOP, run, source } from './plugin-source';

describe('plugin API: registers', () => {
  it('are listed as gdb has them', async () => {
    const said = await run(
      [],
      `say(q.qemu_plugin_get_registers().length);
       q.qemu_plugin_register_vcpu_init_cb(id, () => {
         const all = q.qemu_plugin_get_registers();
         say(all.slice(0, 17).map(({ name }) => name).join(' '));
         say(['cpsr', 'd31', 'q15', 'fpscr', 'fpexc', 'SCTLR'].map((n) => all.find(({ name }) => name === n).feature));
         say(all.length, new Set(all.map(({ name }) => name)).size);
       });`,
      2,
    );
    assert.equal(said[0], 0);
    assert.equal(said[1], 'r0 r1 r2 r3 r4 r5 r6 r7 r8 r9 r10 r11 r12 sp lr pc cpsr');
    assert.deepEqual(said[2], [
      'org.gnu.gdb.arm.core',
      'org.gnu.gdb.arm.vfp',
      'org.gnu.gdb.arm.vfp',
      'org.gnu.gdb.arm.vfp',
      'org.qemu.gdb.arm.vfp-sysregs',
      'org.qemu.gdb.arm.sys.regs',
    ]);
    const [count, different] = said[3] as number[];
    assert.ok(count > 100);
    assert.equal(different, count);
  });

  const REGISTER = `
    const handle = (name) => q.qemu_plugin_get_registers().find((r) => r.name === name).handle;
    const read = (name) => {
      const buf = q.g_byte_array_new();
      const size = q.qemu_plugin_read_register(handle(name), buf);
      return size < 0 ? size : [size, ...buf.data].map((b) => b.toString(16)).join(' ');
    };
    const write = (name, ...bytes) => q.qemu_plugin_write_register(handle(name), q.g_byte_array_new(bytes));`;

  it('are read and written as the flags allow', async () => {
    const body = (flags: number): string => `${REGISTER}
      q.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => eachInsn(tb, (insn, i) => {
        if (q.qemu_plugin_insn_vaddr(insn) !== ${CODE + 8}) return;
        q.qemu_plugin_register_vcpu_insn_exec_cb(insn, () => {
          say(read('r0'), read('pc'), read('d1'));
          say(write('r0', 9, 0, 0, 0), write('d1', 1, 2, 3, 4, 5, 6, 7, 8), write('SCTLR', 0, 0, 0, 0), write('pc', 0, 0, 0, 0));
          say(read('r0'), read('d1'), q.tcg_read_register(0, 'r0'));
        }, ${flags}, 0);
      }));
      q.qemu_plugin_register_atexit_cb(id, () => say(q.tcg_read_register(0, 'r1'), read));`;
    // mov r0, #5; nop; mov r1, r0; then the exit
    const code = [0xe3a00005, 0xe320f000, 0xe1a02000];
    const values = (flags: number) => run(code, body(flags).replace(', read));', '));').replace("'r1')", "'r2')"), 6);
    const five = '4 5 0 0 0';
    const pc = '4 8 0 10 0';
    const zero = '8 0 0 0 0 0 0 0 0';
    assert.deepEqual(await values(0), [[-1, -1, -1], [-1, -1, -1, -1], [-1, -1, null], 5]);
    assert.deepEqual(await values(1), [[five, pc, zero], [-1, -1, -1, -1], [five, zero, 5], 5]);
    for (const flags of [2, 3]) {
      assert.deepEqual(await values(flags), [
        [five, pc, zero],
        [4, 8, -1, -1],
        ['4 9 0 0 0', '8 1 2 3 4 5 6 7 8', 9],
        9,
      ]);
    }
  });

  it('have the pc of the current instruction, in accesses too, and ITSTATE in the cpsr', async () => {
    // mov r0, sp is 16 bits; an IT block: cmp r0, r0; it eq; moveq r1, #1; then a load, and b .
    const code = [0x46684280, 0x2101bf08, 0xe7fe6800];
    const body = `${REGISTER}
      q.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => eachInsn(tb, (insn, i) => {
        q.qemu_plugin_register_vcpu_insn_exec_cb(insn, () => say(read('pc'), read('cpsr').split(' ').slice(2).join(' ')), 1, 0);
        q.qemu_plugin_register_vcpu_mem_cb(insn, () => say('mem', read('pc')), 1, 3, 0);
      }));`;
    const session = await Session.start({
      ...codeConfig(code, { plugins: [plugin('p.js', source(body))] }),
      images: [
        { kind: 'raw', name: 'code', bytes: new Uint8Array(Uint32Array.from(code).buffer), address: CODE },
        { kind: 'pc', address: CODE + 1, cpu: 0 },
      ],
    });
    for (let i = 0; i < 6; i++) await session.run({ kind: 'stepInstruction' });
    const said = session.pluginLog
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as string[]);
    assert.deepEqual(
      said.map(([first, second]) => (first === 'mem' ? `mem ${second}` : first)),
      ['4 0 0 10 0', '4 2 0 10 0', '4 4 0 10 0', '4 6 0 10 0', '4 8 0 10 0', 'mem 4 8 0 10 0', '4 a 0 10 0'],
    );
    // IT[7:2] are bits 15 to 10.
    assert.equal(parseInt(said[3][1].split(' ')[0], 16) & 0xfc, 0x08);
  });

  it('set_pc goes on elsewhere', async () => {
    const body = (where: string): string => `
      let calls = 0;
      q.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => eachInsn(tb, (insn, i) => {
        const at = q.qemu_plugin_insn_vaddr(insn);
        if (at !== ${CODE + 8}) return;
        const leave = () => {
          if (++calls > 1) throw new Error('twice');
          q.qemu_plugin_set_pc(${CODE + 16});
          say('not reached');
        };
        ${where}
      }));
      q.qemu_plugin_register_atexit_cb(id, () => say(calls, q.tcg_read_register(0, 'r2'), q.tcg_read_register(0, 'r3')));`;
    // mov r0, #0x200000; mov r2, #1; ldr r3, [r0]; mov r2, #2 (not executed); the exit
    const code = [0xe3a00602, 0xe3a02001, 0xe5903000, 0xe3a02002];
    const exec = 'q.qemu_plugin_register_vcpu_insn_exec_cb(insn, leave, 3, 0);';
    const access = 'q.qemu_plugin_register_vcpu_mem_cb(insn, leave, 3, 3, 0);';
    const after = 'q.tcg_register_vcpu_insn_after_cb(insn, leave, 3, 0);';
    const swallowed = `q.qemu_plugin_register_vcpu_insn_exec_cb(insn, () => { try { leave(); } catch {} }, 3, 0);`;
    for (const where of [exec, access, after, swallowed])
      assert.deepEqual(await run(code, body(where), 6), [[1, 1, 0]]);
    const without = exec.replace('3, 0', '2, 0');
    assert.deepEqual(await run(code, body(without), 6), ['not reached', [1, 2, 0]]);
  });
});

describe('plugin API: memory', () => {
  it('by virtual and by physical address', async () => {
    const said = await run(
      [0xe3a00005],
      `const data = q.g_byte_array_new();
       say(q.qemu_plugin_read_memory_vaddr(${CODE}, data, 4), data.len, q.qemu_plugin_translate_vaddr(0x1000));
       q.qemu_plugin_register_vcpu_init_cb(id, () => {
         say(q.qemu_plugin_read_memory_vaddr(${CODE}, data, 4), [...data.data], q.qemu_plugin_translate_vaddr(0x1000));
         say(q.qemu_plugin_read_memory_vaddr(0x7ffffff0, data, 32), q.qemu_plugin_read_memory_vaddr(${CODE}, data, 0));
         say(q.qemu_plugin_write_memory_vaddr(0x3000, q.g_byte_array_new([1, 2, 3])));
         say(q.qemu_plugin_write_memory_hwaddr(0x3003, q.g_byte_array_new([4, 5])));
         say(q.qemu_plugin_read_memory_hwaddr(0x2fff, data, 7), [...data.data]);
         say(q.qemu_plugin_read_memory_hwaddr(0xf8000100, data, 4), [...data.data]);
         say(q.qemu_plugin_read_memory_hwaddr(0x90000000, data, 4), q.qemu_plugin_read_memory_hwaddr(0, data, 0));
         say(q.qemu_plugin_write_memory_hwaddr(0x90000000, q.g_byte_array_new([1])));
       });`,
      6,
    );
    assert.deepEqual(said, [
      [false, 0, null],
      [true, [5, 0, 0xa0, 0xe3], 0x1000],
      [false, false],
      true,
      0,
      [0, [0, 1, 2, 3, 4, 5, 0]],
      // ARM_PLL_CTRL
      [0, [0x08, 0x80, 0x02, 0x00]],
      [4, 1],
      4,
    ]);
  });

  it('code that is written is translated anew', async () => {
    const said = await run(
      LOOP,
      `let patched = false;
       q.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => eachInsn(tb, (insn) => {
         if (q.qemu_plugin_insn_vaddr(insn) !== ${CODE + 12}) return;
         say(q.qemu_plugin_insn_disas(insn).trim());
         q.qemu_plugin_register_vcpu_insn_exec_cb(insn, () => {
           if (patched) return;
           patched = true;
           q.qemu_plugin_write_memory_vaddr(${CODE + 12}, q.g_byte_array_new([0x00, 0xf0, 0x20, 0xe3]));
         }, 0, 0);
       }));
       q.qemu_plugin_register_atexit_cb(id, () => say(q.tcg_read_register(0, 'r0')));`,
    );
    assert.match(String(said[0]), /^bne/);
    assert.match(String(said.at(-2)), /^nop/);
  });
});

describe('plugin API: discontinuities', () => {
  const DISCON = `
    q.qemu_plugin_register_vcpu_discon_cb(id, q.QEMU_PLUGIN_DISCON_ALL, (own, vcpu, type, from, to) =>
      say(type, from.toString(16), to.toString(16)));`;

  it('exceptions, interrupts and host calls', async () => {
    // svc 0; at the vector of SVC (address 8) a return: movs pc, lr. Memory from 0 on is RAM.
    const images = (base: readonly number[]) => [
      { kind: 'raw' as const, name: 'code', bytes: new Uint8Array(Uint32Array.from(base).buffer), address: CODE },
      { kind: 'raw' as const, name: 'vector', bytes: new Uint8Array(Uint32Array.of(0xe1b0f00e).buffer), address: 8 },
      { kind: 'pc' as const, address: CODE, cpu: 0 },
    ];
    const config = codeConfig([], { plugins: [plugin('p.js', source(DISCON, 6))] });
    const { said } = await finish({ ...config, images: images([0xef000000, ...EXIT]) });
    assert.deepEqual(said, [
      [2, '100000', '8'],
      [4, '100010', '100014'],
    ]);
    const timers = await finish(programConfig('timers-a32-O1', { plugins: [plugin('p.js', source(DISCON, 6))] }));
    const interrupts = timers.said.filter((line) => (line as unknown[])[0] === 1) as [number, string, string][];
    assert.ok(interrupts.length > 10, String(interrupts.length));
    // IRQ and FIQ
    for (const [, , to] of interrupts) assert.ok([0x18, 0x1c].includes(parseInt(to, 16) & 0x1f), to);
  });

  it('only the types asked for, and none after it was taken back', async () => {
    const said = await run(
      [],
      `q.qemu_plugin_register_vcpu_discon_cb(id, q.QEMU_PLUGIN_DISCON_EXCEPTION, () => say('exception'));`,
    );
    assert.deepEqual(said, []);
    const back = await run([], `${DISCON} q.qemu_plugin_register_vcpu_discon_cb(id, -1, null);`);
    assert.deepEqual(back, []);
  });
});

describe('plugin API: time', () => {
  it('one plugin controls it', async () => {
    // The global timer's counter, low word, read twice with a plugin's update between; it has a cycle of 3 ns or so.
    const body = `
      const time = q.qemu_plugin_request_time_control();
      say(time.opaque, q.qemu_plugin_request_time_control());
      try { q.qemu_plugin_update_ns({}, 1); } catch (error) { say(error.message); }
      q.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => eachInsn(tb, (insn, i) => {
        if (q.qemu_plugin_insn_vaddr(insn) === ${CODE + 20})
          q.qemu_plugin_register_vcpu_insn_exec_cb(insn, () => q.qemu_plugin_update_ns(time, 1e9), 0, 0);
      }));
      q.qemu_plugin_register_atexit_cb(id, () => say(['r4', 'r5', 'r6'].map((n) => q.tcg_read_register(0, n))));`;
    // movw r0, #0x0208; movt r0, #0xf8f0; mov r1, #1; str r1, [r0]; ldr r4, [r0, #-8]; nop; ldr r5, [r0, #-8]; ldr r6, ...
    const said = await run(
      [0xe3000208, 0xe34f08f0, 0xe3a01001, 0xe5801000, 0xe5104008, 0xe320f000, 0xe5105008, 0xe5106008],
      body,
      3,
    );
    assert.deepEqual(said.slice(0, 2), [
      ['qemu_plugin_time_control', null],
      'qemu_plugin_update_ns: not what qemu_plugin_request_time_control() gave',
    ]);
    const [before, first, second] = said[2] as number[];
    assert.ok(first - before > 1e7, `${before} ${first}`);
    assert.equal(second, first, 'time stands still');
  });
});

describe('plugin API: system calls', () => {
  it('are accepted and not called', async () => {
    const said = await run(
      [],
      `q.qemu_plugin_register_vcpu_syscall_cb(id, () => say('call'));
       q.qemu_plugin_register_vcpu_syscall_ret_cb(id, () => say('return'));
       q.qemu_plugin_register_vcpu_syscall_filter_cb(id, () => say('filter'));`,
      6,
    );
    assert.deepEqual(said, []);
  });
});

describe('plugin API: after an instruction', () => {
  it('once it has completed', async () => {
    const body = `
      q.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => eachInsn(tb, (insn) => {
        const at = (q.qemu_plugin_insn_vaddr(insn) - ${CODE}) / 4;
        q.tcg_register_vcpu_insn_after_cb(insn, (vcpu, where) =>
          say(where, (q.tcg_read_register(vcpu, 'pc') - ${CODE}) / 4, q.tcg_read_register(vcpu, 'r0')), 1, at);
      }));`;
    // mov r0, #1; moveq r0, #7 (not executed: Z is set at reset, so movne); b +1; mov r0, #9; add r0, r0, #1; exit
    const said = await run([0xe3a00001, 0x13a00007, 0xea000000, 0xe3a00009, 0xe2800001], body);
    assert.deepEqual(said, [
      [0, 1, 1],
      [1, 2, 1],
      [2, 4, 1],
      [4, 5, 2],
      [5, 6, 0x18],
      [6, 7, 0x18],
      [7, 8, 0x18],
    ]);
  });

  it('not after a fault, and once for a wait', async () => {
    const counts = `
      const counts = {};
      q.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => eachInsn(tb, (insn) => {
        const at = q.qemu_plugin_insn_disas(insn).trim().split(/\\s/)[0];
        q.qemu_plugin_register_vcpu_insn_exec_cb(insn, () => { (counts[at] ??= [0, 0])[0]++; }, 0, 0);
        q.tcg_register_vcpu_insn_after_cb(insn, () => { (counts[at] ??= [0, 0])[1]++; }, 0, 0);
      }));
      q.qemu_plugin_register_atexit_cb(id, () => say(counts));`;
    const { said } = await finish(programConfig('timers-a32-O1', { plugins: [plugin('p.js', source(counts))] }));
    const result = said[0] as Record<string, [number, number]>;
    assert.ok(result.wfi[0] > 0);
    for (const [name, [before, after]] of Object.entries(result)) {
      if (name === 'svc') assert.equal(after, 0);
      else assert.equal(after, before, name);
    }
  });

  it('stops after the instruction when it asks for a stop', async () => {
    const body = `
      q.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => eachInsn(tb, (insn) => {
        if (q.qemu_plugin_insn_vaddr(insn) === ${CODE + 12})
          q.tcg_register_vcpu_insn_after_cb(insn, () => q.tcg_request_stop('branched'), 0, 0);
      }));`;
    const session = await Session.start(codeConfig([...LOOP, ...EXIT], { plugins: [plugin('p.js', source(body))] }));
    for (let i = 0; i < 9; i++) {
      const stop = await session.stop();
      assert.deepEqual(stop.reason, { kind: 'plugin', description: 'p.js: branched' });
      assert.equal(stop.pc, CODE + 4);
    }
    assert.equal((await session.stop()).pc, CODE + 16);
  });
});
