import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { programConfig, Session } from './session';

const PROGRAM = 'crc-a32-O1';

/** Runs a program with a plugin of that code to its end. */
async function runWith(code: string, root = tmpdir()): Promise<Session> {
  const config = programConfig(PROGRAM);
  const plugins = [{ spec: 'mine.js', code, path: '/mine.js' }];
  const session = await Session.start({ ...config, plugins, semihosting: { ...config.semihosting, root } });
  await session.run();
  return session;
}

const install = (body: string): string => `exports.qemu_plugin_install = (id, info, argv, q) => { ${body} };`;

describe('plugin API: files and the program', () => {
  it('files are written and read', async () => {
    const root = mkdtempSync(path.join(tmpdir(), 'tcgscope-world-'));
    try {
      writeFileSync(path.join(root, 'in.txt'), 'grün');
      const session = await runWith(
        install(`
            const text = String.fromCharCode(...q.tcg_open_file('in.txt', 'r').read());
            const out = q.tcg_open_file('out.txt', 'w');
            out.write('one ');
            out.write(new Uint8Array([0x32, 0x0a]));
            q.tcg_open_file('out.txt', 'a').write(text.length + '\\n');
            try { q.tcg_open_file('no/such', 'r'); } catch (error) { q.qemu_plugin_outs(error.message); }
          `),
        root,
      );
      assert.match(session.pluginLog, /^no\/such: /);
      assert.equal(readFileSync(path.join(root, 'out.txt'), 'utf8'), 'one 2\n5\n');
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  it('a plugin ends the guest', async () => {
    const session = await runWith(
      install(`
          q.qemu_plugin_register_vcpu_tb_trans_cb(id, () => q.tcg_exit(5, 'enough'));
          q.qemu_plugin_register_atexit_cb(id, () => q.qemu_plugin_outs('last words'));
        `),
    );
    assert.deepEqual(session.endings, [{ kind: 'exited', code: 5, reason: 'enough' }]);
    assert.equal(session.pluginLog, 'last words');
  });

  it('names the program and its functions', async () => {
    const session = await runWith(
      install(`
          const { path, ...range } = q.tcg_program();
          const main = q.tcg_functions().find(({ name }) => name === 'main');
          q.qemu_plugin_outs(JSON.stringify([path.includes('${PROGRAM}'), range, main.end > main.start]));
        `),
    );
    const [isPath, range, hasSize] = JSON.parse(session.pluginLog) as [boolean, Record<string, number>, boolean];
    assert.deepEqual([isPath, hasSize], [true, true]);
    assert.equal(range.start, 0x100000);
    assert.ok(range.end > range.start && range.entry >= range.start && range.entry < range.end);
  });

  it('lets time pass', async () => {
    const session = await runWith(
      install(`
          q.qemu_plugin_register_atexit_cb(id, () => {
            const before = Date.now();
            q.tcg_sleep(30);
            q.qemu_plugin_outs(String(Date.now() - before >= 25));
          });
        `),
    );
    assert.equal(session.pluginLog, 'true');
  });
});
