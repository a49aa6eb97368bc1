import assert from 'node:assert/strict';
import type { EngineConfig } from '../../../src/adapter/engine/api';
import { CODE, codeConfig, EVENTS_PLUGIN, plugin, programConfig, Session } from './session';
import { buildWorker, workerSession } from './worker';

/** A plugin with a body for each of its callbacks; `log` prints. */
function misbehaving(where: string, what: string): string {
  const body = (name: string): string => (name === where ? what : '');
  return `
    const q = require('qemu-plugin');
    const log = (text) => q.qemu_plugin_outs(text);
    ${body('load')}
    exports.qemu_plugin_install = (id) => {
      log('installed\\n');
      ${body('install')}
      q.tcg_register_batch_cb(id, () => { ${body('batch')} });
      q.qemu_plugin_register_vcpu_init_cb(id, () => { ${body('vcpu_init')} });
      q.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
        ${body('tb_trans')}
        q.qemu_plugin_register_vcpu_tb_exec_cb(tb, () => { ${body('tb_exec')} }, 0, undefined);
        for (let i = 0; i < q.qemu_plugin_tb_n_insns(tb); i++) {
          const insn = q.qemu_plugin_tb_get_insn(tb, i);
          ${body('inline')}
          q.qemu_plugin_register_vcpu_insn_exec_cb(insn, () => { ${body('insn_exec')} }, 0, undefined);
          q.qemu_plugin_register_vcpu_mem_cb(insn, () => { ${body('mem')} }, 0, 3, undefined);
          q.tcg_register_vcpu_insn_exec_batch(insn, 0);
        }
      });
      q.qemu_plugin_register_atexit_cb(id, () => { ${body('atexit')} log('end\\n'); });
      return 0;
    };`;
}

const config = (where: string, what: string): EngineConfig =>
  programConfig('nothing-a32', {
    plugins: [plugin('bad.js', misbehaving(where, what)), plugin('good.js', EVENTS_PLUGIN)],
  });

describe('engine: plugins that throw', () => {
  for (const where of ['vcpu_init', 'tb_trans', 'tb_exec', 'insn_exec', 'mem', 'batch', 'atexit', 'inline']) {
    it(`in ${where}: named and switched off; the session and the other plugin go on, the log is kept`, async () => {
      const what =
        where === 'inline'
          ? "q.qemu_plugin_register_vcpu_insn_exec_inline(insn, 0, 'no counter', 1);"
          : "log('about to\\n'); throw new Error('so what');";
      const session = await Session.start(config(where, what));
      const ending = await session.run();
      assert.equal(ending.kind, 'exited');
      assert.equal(session.notices.length, 1, session.notices.join('\n'));
      const callback = where === 'inline' ? 'tb_trans' : where;
      assert.match(session.notices[0], new RegExp(`^plugin bad\\.js: its ${callback} callback threw .*Error: `));
      if (where !== 'inline') assert.match(session.notices[0], /so what/);
      assert.match(session.pluginLog, where === 'inline' ? /^installed\n\{/ : /^installed\n[^]*about to\n/);
      assert.ok(!session.pluginLog.includes('end\n'));
      const events = JSON.parse(/\{.*\}/.exec(session.pluginLog)?.[0] ?? '{}') as { insn: number };
      assert.equal(events.insn, 235);
    });
  }

  it('in install: refused with the reason, what it printed comes first, nothing is left', async () => {
    const session = new Session();
    await assert.rejects(
      session.engine.initialize(config('install', "throw new Error('not today')")),
      /^PluginLoadError: Could not load plugin bad\.js: qemu_plugin_install threw Error: not today/,
    );
    assert.deepEqual(session.history, ['log installed\n']);
    await assert.rejects(session.engine.readRegisters(0), /not initialized/);
    await assert.rejects(session.engine.run({ kind: 'continue' }));
    await session.engine.initialize(codeConfig([0xeafffffe]));
    assert.equal((await session.stop({ kind: 'stepInstruction' })).pc, CODE);
  });

  it('install refuses: its output comes before the error', async () => {
    const session = new Session();
    await assert.rejects(
      session.engine.initialize(programConfig('nothing-a32', { plugins: [{ spec: 'libcache.so,arg=1' }] })),
      /Could not load plugin libcache\.so: qemu_plugin_install returned error code/,
    );
    assert.match(session.pluginLog, /^Wrong number of arguments to plugin!/);
  });

  it('a plugin switched off stops counting at once, inline too', async () => {
    const code = `
      const q = require('qemu-plugin');
      exports.qemu_plugin_install = (id) => {
        const counter = q.tcg_u64_new();
        let calls = 0;
        q.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
          for (let i = 0; i < q.qemu_plugin_tb_n_insns(tb); i++) {
            const insn = q.qemu_plugin_tb_get_insn(tb, i);
            q.qemu_plugin_register_vcpu_insn_exec_inline(insn, 0, counter, 1);
            q.qemu_plugin_register_vcpu_insn_exec_cb(insn, () => {
              if (++calls === 1000) throw new Error('at ' + counter.get());
              globalThis.lastCounter = counter;
            }, 0, undefined);
          }
        });
        return 0;
      };`;
    // add r0, r0, #1; b .-4
    const session = await Session.start(codeConfig([0xe2800001, 0xeafffffd], { plugins: [plugin('off.js', code)] }));
    await session.engine.run({ kind: 'continue' });
    while (!session.notices.length) await new Promise((resolve) => setTimeout(resolve, 10));
    await session.engine.pause();
    await session.ending();
    assert.match(session.notices[0], /Error: at 999/);
    const { lastCounter } = globalThis as unknown as { lastCounter: { get(): number } };
    assert.equal(lastCounter.get(), 1000);
  });
});

describe('engine in a worker: plugins that loop for ever', function () {
  before(buildWorker);

  for (const where of ['load', 'install', 'vcpu_init', 'tb_trans', 'tb_exec', 'insn_exec', 'mem', 'batch', 'atexit']) {
    it(`in ${where}: named in time, what was printed before is there`, async () => {
      const session = workerSession(300);
      const began = Date.now();
      const calls = session.engine
        .initialize(config(where, "log('before '); log('the loop\\n'); for (;;);"))
        .then(() => session.engine.run({ kind: 'continue' }));
      const ending = await session.ending();
      assert.deepEqual(ending, {
        kind: 'failed',
        plugin: 'bad.js',
        message: 'plugin bad.js: a callback did not return within 0.3 s; the guest was ended',
      });
      assert.ok(Date.now() - began < 5000);
      assert.ok(session.pluginLog.endsWith('before the loop\n'), session.pluginLog);
      assert.equal(session.history.at(-1), 'failed');
      await calls.catch(() => undefined);
      await assert.rejects(session.engine.readRegisters(0), /did not return/);
      await session.engine.dispose();
    });
  }

  it('what the guest printed before is there as well', async () => {
    const code = misbehaving('insn_exec', 'if (++globalThis.calls === 6600) for (;;);').replace(
      'const q',
      'globalThis.calls = 0; const q',
    );
    const session = workerSession(300);
    await session.engine.initialize(programConfig('uart-t32-O2', { plugins: [plugin('bad.js', code)] }));
    await session.engine.run({ kind: 'continue' });
    assert.equal((await session.ending()).kind, 'failed');
    assert.ok(session.console.length > 10, session.console);
    await session.engine.dispose();
  });

  it('printing for ever is found out too; all that was printed before the end is there, in order', async () => {
    const session = workerSession(300);
    await session.engine.initialize(config('insn_exec', "for (let n = 0; ; n++) log(n + '\\n');"));
    await session.engine.run({ kind: 'continue' });
    assert.equal((await session.ending()).kind, 'failed');
    const lines = session.pluginLog.split('\n').slice(1, -1);
    assert.ok(lines.length > 1000);
    lines.forEach((line, i) => assert.equal(line, String(i)));
    await session.engine.dispose();
  });

  it('many slow callbacks are not taken for one that never returns', async () => {
    const slow = 'const end = Date.now() + 30; while (Date.now() < end);';
    const session = workerSession(2000);
    await session.engine.initialize(
      codeConfig([0xe2800001, 0xeafffffd], { plugins: [plugin('slow.js', misbehaving('insn_exec', slow))] }),
    );
    await session.engine.run({ kind: 'continue' });
    await new Promise((resolve) => setTimeout(resolve, 3000));
    assert.deepEqual(session.endings, []);
    await session.engine.pause();
    assert.equal((await session.ending()).kind, 'stopped');
    await session.engine.dispose();
  });

  it('a failed initialization says why and another thread is not harmed', async () => {
    const session = workerSession();
    await assert.rejects(
      session.engine.initialize(programConfig('nothing-a32', { plugins: [{ spec: 'libcache.so,arg=1' }] })),
      /Could not load plugin libcache\.so/,
    );
    assert.match(session.pluginLog, /^Wrong number of arguments to plugin!/);
    await session.engine.dispose();
    const other = workerSession();
    await other.engine.initialize(programConfig('nothing-a32'));
    assert.equal((await other.run()).kind, 'exited');
    await other.engine.dispose();
  });
});

describe('engine in a worker: a plugin that takes all memory', () => {
  before(buildWorker);

  it('is named, what it printed is there, and another engine is not harmed', async function () {
    this.timeout(60_000);
    const session = workerSession(50_000, 64);
    const grow = "log('hungry\\n'); for (const kept = []; ; ) kept.push(new Array(10000).fill({ a: kept.length }));";
    await session.engine.initialize(config('insn_exec', grow));
    const ending = await session.run();
    assert.equal(ending.kind, 'failed');
    assert.match(ending.message, /^plugin bad\.js: the emulator failed: .*memory limit/);
    assert.equal(ending.plugin, 'bad.js');
    assert.match(session.pluginLog, /hungry\n/);
    const other = workerSession();
    await other.engine.initialize(programConfig('nothing-a32'));
    assert.equal((await other.run()).kind, 'exited');
    await Promise.all([session, other].map(({ engine }) => engine.dispose()));
  });
});
