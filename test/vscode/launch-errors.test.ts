/** Configurations that cannot work: each is refused with a clear message, and VS Code goes on. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { workspaceFolder } from './debug';
import { dismissNotifications, screenshot, waitForNotification } from './ui';

const GOOD = { type: 'tcg', request: 'launch', name: 'test', program: '${workspaceFolder}/matmul.elf' };

/** Starts a session that must be refused before any adapter runs. */
async function refused(configuration: vscode.DebugConfiguration, pattern: RegExp): Promise<string> {
  let sessions = 0;
  const subscription = vscode.debug.onDidStartDebugSession(() => void sessions++);
  try {
    const [started, message] = await Promise.all([
      vscode.debug.startDebugging(workspaceFolder(), configuration),
      waitForNotification(pattern),
    ]);
    assert.equal(started, false, 'startDebugging says that nothing was started');
    assert.equal(sessions, 0);
    return message;
  } finally {
    subscription.dispose();
  }
}

describe('a configuration that is wrong', () => {
  beforeEach(dismissNotifications);
  after(dismissNotifications);

  it('is refused where the program does not exist', async () => {
    await refused(
      { ...GOOD, program: '${workspaceFolder}/absent.elf' },
      /program of "test" does not exist: .*absent\.elf/,
    );
    await screenshot('refused-missing-program');
  });

  it('is refused where fields have a wrong type, all of them named', async () => {
    const message = await refused({ ...GOOD, plugins: 'libcache.so', smp: 'two' }, /"test" is wrong/);
    assert.match(message, /"plugins" must be a list, not "libcache\.so"/);
    assert.match(message, /"smp" must be a whole number, not "two"/);
  });

  it('is refused where the request is unknown', async () => {
    await refused({ ...GOOD, request: 'attach' }, /attach/);
  });

  it('is refused where launch.json itself is no JSON', async () => {
    const file = path.join(workspaceFolder().uri.fsPath, '.vscode', 'launch.json');
    const document = await vscode.workspace.openTextDocument(file);
    const original = document.getText();
    try {
      writeFileSync(file, '{ "version": "0.2.0", "configurations": [ { "type": "tcg", ');
      const started = await vscode.debug.startDebugging(workspaceFolder(), 'matmul with the cache plugin').then(
        (result) => result,
        () => false,
      );
      assert.equal(started, false);
      assert.equal(vscode.debug.activeDebugSession, undefined);
    } finally {
      writeFileSync(file, original);
    }
  });
});
