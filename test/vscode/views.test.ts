/** What the user sees beside the main job: themes, marks in the editor, disassembly, terminal, running statistics. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import {
  endlessProgram,
  launchConfiguration,
  startSession,
  stopAll,
  trackSessions,
  waitForEnd,
  waitForStop,
  workspaceFile,
  workspaceFolder,
} from './debug';
import { dismissNotifications, screenshot, waitFor, webviewFrame, workbench } from './ui';

describe('views', () => {
  let tracking: vscode.Disposable;

  before(() => {
    tracking = trackSessions();
  });

  after(() => tracking.dispose());
  beforeEach(dismissNotifications);

  afterEach(async () => {
    await stopAll();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('the cache view follows the theme, live', async () => {
    await vscode.window.showTextDocument(workspaceFile('main.c'));
    await waitForEnd(await startSession(launchConfiguration()), 60_000);
    const frame = await webviewFrame();
    const colors = async () => ({
      text: await frame.locator('h1').evaluate((h1) => getComputedStyle(h1).color),
      chart: await frame
        .locator('.u-marker')
        .nth(1)
        .evaluate((marker) => getComputedStyle(marker).borderColor),
    });
    const themes = [
      ['Default Light Modern', 'vscode-light'],
      ['Default Dark Modern', 'vscode-dark'],
      ['Default High Contrast', 'vscode-high-contrast'],
      ['Default High Contrast Light', 'vscode-high-contrast-light'],
    ] as const;
    const seen = new Set<string>();
    const configuration = vscode.workspace.getConfiguration('workbench');
    try {
      for (const [theme, name] of themes) {
        await configuration.update('colorTheme', theme, vscode.ConfigurationTarget.Global);
        await waitFor(theme, async () => (await frame.locator(`body.${name}`).count()) > 0);
        await waitFor('its colours', async () => {
          const now = await colors();
          return !seen.has(now.text) && now.chart !== '';
        });
        seen.add((await colors()).text);
        await screenshot(`theme-${name}`);
      }
    } finally {
      await configuration.update('colorTheme', undefined, vscode.ConfigurationTarget.Global);
    }
    assert.equal(seen.size, themes.length);
  });

  it('lines with misses are marked in the editor until that is switched off', async () => {
    const main = workspaceFile('main.c');
    const editor = await vscode.window.showTextDocument(main);
    const line = editor.document
      .getText()
      .split('\n')
      .findIndex((text) => text.includes('sum += a[i][k] * b[k][j]'));
    editor.revealRange(new vscode.Range(line, 0, line, 0), vscode.TextEditorRevealType.InCenter);
    await waitForEnd(await startSession(launchConfiguration()), 60_000);
    const page = await workbench();
    const marks = () =>
      page
        .locator('.view-lines')
        .evaluateAll((editors) =>
          editors
            .flatMap((lines) =>
              [...lines.querySelectorAll('span')].map((span) => getComputedStyle(span, '::after').content),
            )
            .filter((content) => content.includes('L1D')),
        );
    const [hottest] = await waitFor('the marks', async () => {
      const found = await marks();
      return found.length > 0 && found;
    });
    assert.match(hottest ?? '', /L1D\s\d/);
    await vscode.commands.executeCommand('tcg.toggleCacheHeat');
    await waitFor('no marks', async () => (await marks()).length === 0);
    await vscode.commands.executeCommand('tcg.toggleCacheHeat');
    await waitFor('the marks again', async () => (await marks()).length > 0);
  });

  it('the disassembly view shows the code with its symbols', async () => {
    await vscode.window.showTextDocument(workspaceFile('main.c'));
    const session = await startSession({ ...launchConfiguration(), stopOnEntry: true });
    await waitForStop(session);
    await vscode.commands.executeCommand('debug.action.openDisassemblyView');
    const view = (await workbench()).locator('.disassembly-view');
    await view.getByText('0x00100000').first().waitFor();
    await view
      .getByText(/\b(ldr|mov|mcr|mrc|b)\b/)
      .first()
      .waitFor();
    await screenshot('disassembly');
  });

  it('the statistics are updated while the guest runs, and it can be paused', async () => {
    await vscode.window.showTextDocument(workspaceFile('main.c'));
    const program = await endlessProgram();
    try {
      const session = await startSession({ ...launchConfiguration(), program: program.fsPath });
      const frame = await webviewFrame();
      const fetches = async () => {
        const cell = frame.locator('#levels tbody[data-level="L1I"] td[data-column="Accesses"]').first();
        return Number(((await cell.textContent()) ?? '').replaceAll(',', ''));
      };
      await frame.locator('#levels').waitFor();
      assert.equal(await frame.locator('vscode-badge').textContent(), 'Running');
      const first = await fetches();
      await waitFor('more fetches', async () => (await fetches()) > first);
      await vscode.commands.executeCommand('workbench.action.debug.pause');
      await waitForStop(session);
      await waitFor('the state', async () => (await frame.locator('vscode-badge').textContent()) === 'Stopped');
    } finally {
      await stopAll();
      await vscode.workspace.fs.delete(program);
    }
  });

  it('with "console": "terminal" the serial port is a terminal', async () => {
    const session = await startSession({ ...launchConfiguration(), console: 'terminal' });
    const terminal = await waitFor('the terminal', () =>
      vscode.window.terminals.find(({ name }) => /^UART \d/.test(name)),
    );
    assert.ok(terminal.name.endsWith(session.session.name));
    await waitForEnd(session, 60_000);
    terminal.show();
    await waitFor('its text', async () => {
      await vscode.commands.executeCommand('workbench.action.terminal.selectAll');
      await vscode.commands.executeCommand('workbench.action.terminal.copySelection');
      return (await vscode.env.clipboard.readText()).includes('all equal');
    });
    await screenshot('terminal');
    terminal.dispose();
  });

  it('a new launch.json begins with the programs of the folder', async () => {
    const found = await vscode.commands.executeCommand<string>('tcg.pickProgram');
    assert.equal(found, workspaceFile('matmul.elf').fsPath);
    assert.ok(found.startsWith(workspaceFolder().uri.fsPath));
  });
});
