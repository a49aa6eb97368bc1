import assert from 'node:assert/strict';
import { PluginControl } from '../../../src/adapter/dap/plugin-commands';
import type { EnginePlugin } from '../../../src/adapter/engine/api';
import { CODE, codeConfig, plugin, programConfig, Session } from './session';
import { EXIT, LOOP, source } from './plugin-source';

/** add r0, r0, #1; b .-4 */
const FOREVER = [0xe2800001, 0xeafffffd];

const COUNTER = `
  const counter = q.tcg_u64_new();
  let translated = 0;
  q.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => eachInsn(tb, (insn) => {
    translated++;
    q.qemu_plugin_register_vcpu_insn_exec_inline(insn, 0, counter, 1);
  }));
  q.tcg_register_statistics_cb(id, () => 'insns ' + counter.get() + ' translated ' + translated);
  q.qemu_plugin_register_atexit_cb(id, () => say('end', translated));`;

function control(session: Session, files: Record<string, string> = {}): PluginControl {
  const resolve = async (spec: string): Promise<EnginePlugin> => {
    if (!(spec in files)) throw new Error(`there is no file ${spec}`);
    return { spec, code: files[spec], path: `/plugins/${spec}`, sources: [`/plugins/${spec}`, '/plugins/new.js'] };
  };
  return new PluginControl(() => session.engine, resolve);
}

async function pauseSoon(session: Session): Promise<void> {
  await session.engine.pause();
  const ending = await session.ending();
  assert.equal(ending.kind, 'stopped');
}

const counted = async (commands: PluginControl): Promise<number> =>
  Number(/insns (\d+)/.exec(await commands.command(['stats', '0']))?.[1]);

describe('plugin control', () => {
  it('lists, switches off and on and asks for statistics while the guest runs; the others do not notice', async () => {
    const session = await Session.start(
      codeConfig(FOREVER, {
        plugins: [plugin('count.js', source(COUNTER), ',x=1'), plugin('other.js', source(COUNTER))],
      }),
    );
    const commands = control(session);
    await session.engine.run({ kind: 'continue' });
    assert.equal(await commands.command([]), '0: count.js,x=1\n1: other.js');
    assert.equal(await commands.command(['off', 'count.js']), '0: count.js,x=1 (off)');
    const first = await counted(commands);
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.equal(await counted(commands), first, 'it does not count while it is off');
    assert.equal(await commands.command(['on', '0']), '0: count.js,x=1');
    await new Promise((resolve) => setTimeout(resolve, 30));
    await pauseSoon(session);
    const after = await counted(commands);
    assert.ok(after > first, `${after} ${first}`);
    assert.match(await commands.command(['stats', '1']), /^1: other\.js\ninsns \d+ translated 2$/);
    assert.match(await commands.command(['stats']), /^0: count\.js\n[^]*\n\n1: other\.js\n/);
    await session.engine.terminate();
    assert.equal(session.pluginLog, '["end",2]\n["end",2]\n');
    assert.deepEqual(session.notices, []);
  });

  it('reloads a plugin after an edit and keeps the session', async () => {
    const session = await Session.start(
      codeConfig(FOREVER, {
        plugins: [
          { ...plugin('count.js', source(COUNTER), ',x=1'), sources: ['/plugins/count.js', '/plugins/old.js'] },
        ],
      }),
    );
    const sources = async () => (await session.engine.plugins())[0].sources;
    assert.deepEqual(await sources(), ['/plugins/count.js', '/plugins/old.js']);
    const edited = source(`say('new', arguments[2]); ${COUNTER.replaceAll("'end'", "'new end'")}`).replace(
      '(id) =>',
      'function (id)',
    );
    const commands = control(session, { 'count.js': edited });
    await session.engine.run({ kind: 'continue' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(await commands.command(['reload', '0']), '0: count.js,x=1');
    assert.deepEqual(await sources(), ['/plugins/count.js', '/plugins/new.js']);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await pauseSoon(session);
    assert.ok((await counted(commands)) > 0);
    await session.engine.terminate();
    const [first, second, third] = session.pluginLog.split('\n');
    assert.deepEqual([first, second], ['["new",["x=1"]]', '["end",2]']);
    assert.match(third, /^\["new end",2\]$/);
  });

  it('a reload that fails leaves the old one', async () => {
    const session = await Session.start(
      codeConfig([...LOOP, ...EXIT], { plugins: [plugin('count.js', source(COUNTER))] }),
    );
    for (const [code, message] of [
      ['let a = ;', /Unexpected token/],
      [
        "exports.qemu_plugin_install = () => { throw new Error('not now'); }",
        /qemu_plugin_install threw Error: not now/,
      ],
      ['exports.qemu_plugin_install = () => -3', /qemu_plugin_install returned error code -3/],
      ['exports.qemu_plugin_version = 9; exports.qemu_plugin_install = () => 0', /requires API version 9/],
    ] as const) {
      await assert.rejects(control(session, { 'count.js': code }).command(['reload', '0']), message);
    }
    await assert.rejects(control(session).command(['reload', '0']), /there is no file count\.js/);
    assert.equal(await control(session).command(['list']), '0: count.js');
    assert.equal(
      (await session.engine.plugins())[0].sources,
      undefined,
      'those of the old one, of which none are known',
    );
    await session.run();
    assert.match(session.pluginLog, /^\["end",\d+\]\n$/);
  });

  it('says what is wrong with a command', async () => {
    const session = await Session.start(codeConfig(EXIT, { plugins: [plugin('a.js', source(''))] }));
    const commands = control(session);
    await assert.rejects(commands.command(['off']), /plugin off: of which plugin\?/);
    await assert.rejects(commands.command(['off', 'b']), /plugin off: there is no plugin b/);
    await assert.rejects(
      commands.command(['of', 'a']),
      /plugin of: not a command; there are list, on, off, reload and stats/,
    );
    await assert.rejects(commands.command(['on', '0', '1']), /one plugin at a time/);
    await assert.rejects(session.engine.setPluginActive(3, true), /no plugin has the id 3/);
    assert.equal(await commands.command(['stats']), '0: a.js\nno statistics before the end');
  });

  it('a plugin that has failed stays off, and is listed so', async () => {
    const body = `q.qemu_plugin_register_vcpu_tb_trans_cb(id, () => { throw new Error('oh'); });`;
    const session = await Session.start(codeConfig([...LOOP, ...EXIT], { plugins: [plugin('bad.js', source(body))] }));
    await session.stop({ kind: 'stepInstruction' });
    assert.match(
      await control(session).command(['list']),
      /^0: bad\.js \(failed: Error: oh \(at .*bad\.js:\d+:\d+\)+$/,
    );
    await assert.rejects(control(session).command(['on', '0']), /bad\.js cannot be switched: it has failed/);
    const good = control(session, { 'bad.js': source(COUNTER) });
    assert.equal(await good.command(['reload', '0']), '0: bad.js', 'an edit makes it good again');
    await session.run();
    assert.match(session.pluginLog, /"end"/);
  });

  it('bundled plugins show what they would print at the end', async () => {
    const session = await Session.start(
      programConfig('crc-a32-O1', { plugins: [{ spec: 'libinsn.so' }, { spec: 'libcache.so' }, { spec: 'libbb.so' }] }),
    );
    const commands = control(session);
    await session.engine.run({ kind: 'continue' });
    const middle = await commands.command(['stats']);
    assert.match(
      middle,
      /^0: libinsn\.so\n(cpu 0 insns: \d+\n)?total insns: \d+\n\n1: libcache\.so\ncore #, [^]*\n2: libbb\.so/,
    );
    assert.equal(session.pluginLog, '', 'nothing of it is in the log');
    await session.ending();
    const end = (await session.engine.pluginStatistics(0)).map(({ text }) => text);
    assert.equal(end.reverse().join(''), session.pluginLog);
  });
});

describe('contributions of plugins', () => {
  const body = `
    const accesses = new Map();
    const overflow = q.tcg_contribute_breakpoint_kind(id, { name: 'big', label: 'Big value', description: 'r0 is big' });
    q.tcg_contribute_view(id, {
      id: 'pcs', title: 'Instructions', columns: ['pc', 'count'],
      rows: (limit) => [...accesses].sort((a, b) => b[1] - a[1]).slice(0, limit).map(([pc, n]) => ['0x' + pc.toString(16), n]),
    });
    q.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => eachInsn(tb, (insn) => {
      const pc = q.qemu_plugin_insn_vaddr(insn);
      q.qemu_plugin_register_vcpu_insn_exec_cb(insn, (vcpu) => {
        accesses.set(pc, (accesses.get(pc) ?? 0) + 1);
        const r0 = q.tcg_read_register(vcpu, 'r0');
        if (r0 >= 5) overflow({ vcpu, pc, address: r0, text: 'r0 is ' + r0 });
      }, 1, 0);
    }));`;

  it('are kinds of breakpoints, with conditions, hit counts and messages', async () => {
    const session = await Session.start(codeConfig([...LOOP, ...EXIT], { plugins: [plugin('big.js', source(body))] }));
    const kind = 'plugin:big.js/big' as const;
    assert.deepEqual(await session.engine.pluginBreakpointKinds(), [
      { kind, label: 'Big value', description: 'r0 is big', pluginId: 0 },
    ]);
    await session.engine.setCallbackBreakpoints([
      { id: 1, kind, ranges: [{ start: 7, end: 8 }], condition: 'pc == 0x100008' },
      { id: 2, kind, ranges: [{ start: 6, end: 7 }], logMessage: 'six at {pc}', hitCondition: '1' },
    ]);
    const stop = await session.stop();
    assert.deepEqual(stop.reason, {
      kind: 'callback',
      ids: [1],
      callback: kind,
      description: 'big.js/big: r0 is 7 at 0x100008',
    });
    assert.equal(stop.pc, CODE + 8);
    assert.equal(session.logPoints.length, 1);
    await session.engine.setCallbackBreakpoints([]);
    assert.equal((await session.run()).kind, 'exited');
  });

  it('are views: tables with rows', async () => {
    const session = await Session.start(codeConfig([...LOOP, ...EXIT], { plugins: [plugin('big.js', source(body))] }));
    await session.run();
    const [report] = await session.engine.pluginStatistics(2);
    assert.deepEqual(report.tables, [
      {
        id: 'pcs',
        title: 'Instructions',
        columns: ['pc', 'count'],
        rows: [
          ['0x100004', 10],
          ['0x100008', 10],
        ],
      },
    ]);
    assert.match(await control(session).command(['stats']), /Instructions\npc {8}count\n0x100004 {2}10\n/);
  });

  it('that are wrong name the plugin and what is wrong', async () => {
    for (const [wrong, message] of [
      [
        "q.tcg_contribute_view(id, { id: 'a b', title: '', columns: [], rows: () => [] })",
        /tcg_contribute_view: a name is/,
      ],
      ["q.tcg_contribute_view(id, { id: 'a' })", /tcg_contribute_view: the callback is not a function/],
      ["q.tcg_contribute_breakpoint_kind(id, { name: '' })", /tcg_contribute_breakpoint_kind: a name is/],
    ] as const) {
      await assert.rejects(Session.start(codeConfig(EXIT, { plugins: [plugin('w.js', source(wrong))] })), message);
    }
    const rows = "q.tcg_contribute_view(id, { id: 'v', title: 't', columns: ['a'], rows: () => 7 })";
    const session = await Session.start(codeConfig(EXIT, { plugins: [plugin('w.js', source(rows))] }));
    assert.deepEqual((await session.engine.pluginStatistics(5))[0].tables, []);
    assert.match(
      session.notices[0],
      /plugin w\.js: its statistics callback threw TypeError: the view 'v' gave no list of rows/,
    );
  });
});

describe('timestamps of the plugin log', () => {
  it('stand before each line, with the count of instructions', async () => {
    const body = `
      q.qemu_plugin_outs('be');
      q.qemu_plugin_outs('gin\\ntwo\\n');
      q.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => eachInsn(tb, (insn, i) =>
        q.qemu_plugin_register_vcpu_insn_exec_cb(insn, () => {
          if (q.tcg_instructions() === 3) q.qemu_plugin_outs('three');
        }, 0, 0)));
      q.qemu_plugin_register_atexit_cb(id, () => q.qemu_plugin_outs('\\nend\\n'));`;
    const session = await Session.start(
      codeConfig(EXIT, { plugins: [plugin('p.js', source(body))], logTimestamps: true }),
    );
    await session.run();
    assert.equal(
      session.pluginLog,
      '[           0] begin\n[           0] two\n[           3] three\n[           4] end\n',
    );
  });
});
