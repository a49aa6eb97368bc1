/** The tables that a plugin contributes, in a view of their own. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { launchConfiguration, startSession, stopAll, trackSessions, waitForStop, workspaceFile } from './debug';
import { dismissNotifications, screenshot, waitFor, webviewFrame } from './ui';

/** Counts the blocks of each function, and stops the machine now and then. */
const PLUGIN = `import * as q from 'qemu-plugin';
const runs = new Map<string, { runs: number; address: number }>();
let all = 0;
export function qemu_plugin_install(id: q.qemu_plugin_id_t): void {
  q.tcg_contribute_view(id, {
    id: 'functions', title: 'Blocks by Function', columns: ['function', 'address', 'blocks', 'share %'],
    rows: () => [...runs].map(([name, { runs, address }]) =>
      [name, '0x' + address.toString(16).padStart(8, '0'), runs, Math.round((1000 * runs) / all) / 10]),
  });
  q.tcg_register_statistics_cb(id, () => 'blocks: ' + all + '\\n');
  q.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
    const name = q.qemu_plugin_insn_symbol(q.qemu_plugin_tb_get_insn(tb, 0)!) ?? '?';
    const entry = runs.get(name) ?? { runs: 0, address: q.qemu_plugin_tb_vaddr(tb) };
    runs.set(name, entry);
    q.qemu_plugin_register_vcpu_tb_exec_cb(tb, () => {
      entry.runs++;
      if (++all % 300000 === 0) q.tcg_request_stop(all + ' blocks have run');
    }, 0, undefined);
  });
}
`;

describe('the tables of a plugin', () => {
  let tracking: vscode.Disposable;
  const file = () => workspaceFile('functions.ts');

  before(async () => {
    tracking = trackSessions();
    await vscode.workspace.fs.writeFile(file(), Buffer.from(PLUGIN));
  });
  after(async () => {
    tracking.dispose();
    await vscode.workspace.fs.delete(file());
  });
  afterEach(async () => {
    await stopAll();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await dismissNotifications();
  });

  it('are shown beside the source, sorted by a click, and follow the guest', async () => {
    await vscode.window.showTextDocument(file());
    const session = await startSession({ ...launchConfiguration(), plugins: ['functions.ts'] });
    await waitForStop(session);
    await vscode.commands.executeCommand('tcg.showPluginTables');
    const frame = await webviewFrame();
    const rows = frame.locator('.plugin-table tbody tr');
    await rows.first().waitFor();
    assert.equal(await frame.locator('h2').first().textContent(), 'Blocks by Function');
    const blocks = async () => {
      const texts = await frame.locator('.plugin-table td:nth-child(3) .cell').allTextContents();
      return texts.map((text) => Number(text.replaceAll(',', '')));
    };
    await frame.locator('th', { hasText: 'blocks' }).locator('button').click();
    const sorted = await blocks();
    assert.ok(sorted.length > 3);
    assert.deepEqual(
      sorted,
      [...sorted].sort((a, b) => b - a),
    );
    assert.equal(
      sorted.reduce((sum, count) => sum + count, 0),
      300_000,
    );
    assert.equal(await frame.locator('#text').textContent(), 'blocks: 300000\n');
    assert.equal(await frame.locator('vscode-badge').textContent(), 'Stopped');
    await screenshot('plugin-tables');
    await session.session.customRequest('continue', { threadId: 1 });
    await waitForStop(session, 2);
    await waitFor('the next count', async () => (await frame.locator('#text').textContent()) === 'blocks: 600000\n');
    assert.equal(await frame.locator('vscode-badge').textContent(), 'Stopped');
    await stopAll();
    await waitFor('the end', async () => (await frame.locator('vscode-badge').textContent()) === 'Ended');
    assert.ok((await blocks()).length > 3, 'what was said last stays');
  });
});
