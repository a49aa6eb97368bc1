/** Programs and plugins that go wrong: each gives a clear message, the log is kept, and VS Code goes on. */
import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import {
  consoleText,
  launchConfiguration,
  launchFailure,
  startSession,
  stopAll,
  trackSessions,
  waitForEnd,
  workspaceFile,
} from './debug';
import { dismissNotifications, outputText, waitFor, waitForNotification } from './ui';

describe('bad input', () => {
  let tracking: vscode.Disposable;
  const written = new Set<string>();

  before(() => {
    tracking = trackSessions();
  });

  after(() => {
    tracking.dispose();
    for (const path of written) rmSync(path);
  });
  beforeEach(dismissNotifications);

  afterEach(async () => {
    await stopAll();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  /** Writes a file into the workspace and returns its path. */
  function write(name: string, content: string | Uint8Array): string {
    const path = workspaceFile(name).fsPath;
    writeFileSync(path, content);
    written.add(path);
    return path;
  }

  const plugin = (name: string, body: string) =>
    write(name, `module.exports = { qemu_plugin_install(id, info, argv, api) { ${body} return 0; } };\n`);

  const elf = () => new Uint8Array(readFileSync(workspaceFile('matmul.elf').fsPath));

  it('a truncated ELF is named, with what is missing', async () => {
    const program = write('truncated.elf', elf().slice(0, 2000));
    await launchFailure({ ...launchConfiguration(), program }, /truncated\.elf/);
  });

  it('an ELF for another machine is named, with its machine', async () => {
    const foreign = elf();
    foreign[18] = 0xf3; // EM_RISCV
    const program = write('foreign.elf', foreign);
    await launchFailure({ ...launchConfiguration(), program }, /foreign\.elf.*RISC-V/s);
  });

  it('a plugin that does not exist is named', async () => {
    await launchFailure({ ...launchConfiguration(), plugins: ['libnothing.so'] }, /libnothing\.so/);
  });

  it("a plugin's refusal of its arguments is shown", async () => {
    const before = outputText('TCG Plugins').length;
    await launchFailure({ ...launchConfiguration(), plugins: ['libcache.so,arg=0x100000'] }, /libcache\.so/);
    await waitFor("the plugin's own words", () =>
      /Wrong number of arguments/.test(outputText('TCG Plugins').slice(before)),
    );
  });

  it('a plugin that throws is named with its error, and what it printed is kept', async () => {
    const file = plugin(
      'throws.js',
      "api.qemu_plugin_outs('printed before the end\\n'); let n = 0; api.qemu_plugin_register_vcpu_tb_trans_cb(id, () => { if (++n === 10) throw new Error('tenth block'); });",
    );
    const session = await startSession({ ...launchConfiguration(), plugins: [file] });
    await waitForNotification(/throws\.js.*tenth block/s);
    await waitFor('the log', () => outputText('TCG Plugins').includes('printed before the end\n'));
    await stopAll();
    await waitForEnd(session);
  });

  it('a plugin that loops for ever is stopped and named', async () => {
    const file = plugin('loops.js', 'api.qemu_plugin_register_vcpu_tb_trans_cb(id, () => { for (;;); });');
    const session = await startSession({ ...launchConfiguration(), plugins: [file], pluginTimeout: 0.5 });
    await waitForNotification(/loops\.js/);
    await waitForEnd(session);
  });

  it('a guest that jumps to nowhere stops there and says so', async () => {
    const lost = elf();
    const view = new DataView(lost.buffer);
    view.setUint32(24, 0x90000000, true); // the entry point
    const program = write('lost.elf', lost);
    const session = await startSession({ ...launchConfiguration(), program });
    const heard = await waitFor('a word about it', () => {
      const text = consoleText(session);
      const stops = session.messages.flatMap((message) =>
        'event' in message && message.event === 'stopped' && 'body' in message ? [JSON.stringify(message.body)] : [],
      );
      return stops.length ? text + stops.join() : undefined;
    });
    assert.match(heard, /0x90000000|vector|abort|exception/i);
  });

  it('after all of this a good session runs to its end', async () => {
    const session = await startSession(launchConfiguration());
    await waitForEnd(session, 60_000);
    assert.match(consoleText(session), /all equal/);
  });
});
