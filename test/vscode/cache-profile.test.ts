/** A profile of what a program executed and missed, from the model that counts by instruction. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import * as vscode from 'vscode';
import { launchConfiguration, startSession, stopAll, trackSessions, waitForEnd, workspaceFile } from './debug';
import { screenshot, waitFor, workbench } from './ui';

const SLOW = 120_000;

describe('the cache profile', function () {
  this.timeout(2 * SLOW);
  let tracking: vscode.Disposable;
  before(() => (tracking = trackSessions()));
  after(async () => {
    await stopAll();
    tracking.dispose();
  });

  it('is exported in the format picked, also when the program has ended', async () => {
    const plugins = ['libcachesim.so,preset=zynq'];
    const session = await startSession({ ...launchConfiguration(), name: 'profile', plugins, stopOnEntry: false });
    await waitForEnd(session, SLOW);
    const target = workspaceFile('cache-statistics.callgrind').fsPath;
    rmSync(target, { force: true });
    const exporting = vscode.commands.executeCommand('tcg.exportCacheProfile');
    const page = await workbench();
    const row = page.locator('.quick-input-list .monaco-list-row', { hasText: '.callgrind' });
    await row.first().waitFor();
    await screenshot('cache-profile-formats');
    await row.first().click();
    const input = page.locator('.quick-input-widget input[type="text"]');
    await waitFor('the suggested file name', async () =>
      (await input.inputValue()).endsWith('cache-statistics.callgrind'),
    );
    await input.press('Enter');
    await exporting;
    await waitFor('the exported file', () => existsSync(target) && /^summary: /m.test(readFileSync(target, 'utf8')));
    const text = readFileSync(target, 'utf8');
    assert.match(text, /^# callgrind format\n/);
    assert.match(text, /^fn=multiply_ijk$/m);
  });
});
