/** The main job in VS Code: F5 on the sample, breakpoint, log point, plugin log, cache view, stop and restart. */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import {
  consoleText,
  events,
  launchConfiguration,
  workspaceFile as file,
  workspaceFolder,
  sessionStartedBy,
  startSession,
  stopAll,
  trackSessions,
  waitForEnd,
  waitForStop,
  type TrackedSession,
} from './debug';
import { dismissNotifications, outputText, screenshot, waitFor, webviewFrame, workbench } from './ui';

const CONFIGURATION = 'matmul with the cache plugin';
const LOG_CHANNEL = 'TCG Plugins';

/** Index of the first line of a source that contains `text`. */
async function lineWith(name: string, text: string): Promise<number> {
  const document = await vscode.workspace.openTextDocument(file(name));
  const offset = document.getText().indexOf(text);
  assert.ok(offset >= 0, `${name} contains "${text}"`);
  return document.positionAt(offset).line;
}

async function addBreakpoint(name: string, text: string, logMessage?: string): Promise<vscode.SourceBreakpoint> {
  const position = new vscode.Position(await lineWith(name, text), 0);
  const location = new vscode.Location(file(name), position);
  const breakpoint = new vscode.SourceBreakpoint(location, true, undefined, undefined, logMessage);
  vscode.debug.addBreakpoints([breakpoint]);
  return breakpoint;
}

/** Presses F5 until a session starts: a first press can come before VS Code has the debuggers together. */
async function pressF5(): Promise<TrackedSession> {
  const page = await workbench();
  return sessionStartedBy(async () => {
    await waitFor('the debug toolbar after F5', async () => {
      await page.keyboard.press('F5');
      return page
        .locator('.debug-toolbar')
        .waitFor({ state: 'visible', timeout: 5000 })
        .then(() => true)
        .catch(() => false);
    });
  });
}

/** The last report of the plugin in a text, as names and values. */
function report(log: string): Map<string, string> {
  const start = log.lastIndexOf('insn count:');
  assert.ok(start >= 0, `the log has a report:\n${log.slice(-500)}`);
  const lines = log.slice(start).matchAll(/^(.+?):\s+([\d.]+%?)$/gm);
  return new Map([...lines].map(([, name = '', value = '']) => [name, value]));
}

const finalReport = (previous: string) =>
  waitFor('the report in the plugin log', () => {
    const text = outputText(LOG_CHANNEL).slice(previous.length);
    return /l2cache evictions:\s+\d+\n/.test(text) && text;
  });

/** A cell of the webview's table, without the separators of thousands. */
async function cell(level: string, kind: string, column: string): Promise<string> {
  const selector = `#levels tbody[data-level="${level}"] tr[data-kind="${kind}"] td[data-column="${column}"]`;
  return ((await (await webviewFrame()).locator(selector).textContent()) ?? '').replaceAll(',', '');
}

describe('the main job', () => {
  let tracking: vscode.Disposable;

  before(async () => {
    tracking = trackSessions();
    await vscode.workspace.getConfiguration('debug').update('openDebug', 'openOnDebugBreak', true);
  });

  after(() => tracking.dispose());

  beforeEach(dismissNotifications);

  afterEach(async () => {
    await stopAll();
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('F5: stops at a breakpoint and shows it, prints the log point, then runs to the end', async () => {
    const logBefore = outputText(LOG_CHANNEL);
    await vscode.window.showTextDocument(file('main.c'));
    const line = await lineWith('main.c', 'unsigned by_rows = checksum();');
    await addBreakpoint('main.c', 'unsigned by_rows = checksum();');
    await addBreakpoint('main.c', 'unsigned in_order =', 'by rows: {by_rows}, by columns: {by_columns}');
    const page = await workbench();
    const session = await pressF5();
    const frame = await waitForStop(session);
    assert.equal(frame.session.id, session.session.id);
    assert.equal(vscode.window.activeTextEditor?.document.uri.fsPath, file('main.c').fsPath);
    assert.equal(vscode.window.activeTextEditor.selection.active.line, line);
    await page.locator('.debug-top-stack-frame-line').first().waitFor();
    await page.locator('.debug-call-stack .stack-frame').first().waitFor();
    assert.match((await page.locator('.debug-call-stack .stack-frame').first().textContent()) ?? '', /main/);
    await (await webviewFrame()).locator('#levels').waitFor();
    await screenshot('breakpoint');

    await vscode.commands.executeCommand('workbench.action.debug.continue');
    await waitForEnd(session, 60_000);
    const text = consoleText(session);
    const [, byRows, byColumns] = /by rows: (\d+), by columns: (\d+)\n/.exec(text) ?? [];
    assert.ok(byRows, `the log point's line is in the debug console:\n${text}`);
    assert.equal(byRows, byColumns);
    assert.match(text, /all equal/);
    assert.match(text, new RegExp(`matrix product, i k j: ${byRows}\\r?\\n`));
    await page.getByText(`by rows: ${byRows}, by columns`).first().waitFor();

    const numbers = report(await finalReport(logBefore));
    assert.ok(Number(numbers.get('insn count')) > 1_000_000);
    await waitFor('the final numbers in the view', async () => {
      return (await (await webviewFrame()).locator('vscode-badge').textContent()) === 'Ended';
    });
    const pairs: [logName: string, level: string, kind: string, column: string][] = [
      ['icache load hits', 'L1I', 'fetches', 'Hits'],
      ['icache load misses', 'L1I', 'fetches', 'Misses'],
      ['icache compulsory misses', 'L1I', 'fetches', 'Compulsory'],
      ['icache evictions', 'L1I', 'fetches', 'Evictions'],
      ['dcache load hits', 'L1D', 'loads', 'Hits'],
      ['dcache load misses', 'L1D', 'loads', 'Misses'],
      ['dcache store hits', 'L1D', 'stores', 'Hits'],
      ['dcache store misses', 'L1D', 'stores', 'Misses'],
      ['dcache compulsory misses', 'L1D', 'total', 'Compulsory'],
      ['dcache evictions', 'L1D', 'total', 'Evictions'],
      ['l2cache load hits', 'L2', 'loads', 'Hits'],
      ['l2cache load misses', 'L2', 'loads', 'Misses'],
      ['l2cache store hits', 'L2', 'stores', 'Hits'],
      ['l2cache store misses', 'L2', 'stores', 'Misses'],
      ['l2cache compulsory misses', 'L2', 'total', 'Compulsory'],
      ['l2cache evictions', 'L2', 'total', 'Evictions'],
    ];
    for (const [name, level, kind, column] of pairs) {
      assert.equal(await cell(level, kind, column), numbers.get(name), `${name} in log and view`);
    }
    assert.match(
      (await (await webviewFrame()).locator('#summary').textContent()) ?? '',
      new RegExp(`^${Number(numbers.get('insn count')).toLocaleString('en-US')} instructions`),
    );
    await vscode.commands.executeCommand('tcg.showPluginLog');
    await page.locator('.output-view, .output').getByText('l2cache evictions').first().waitFor();
    await screenshot('ended');
  });

  it('opens the source of a line of the view, and exports what it shows', async () => {
    const session = await startSession(CONFIGURATION);
    await waitForEnd(session, 60_000);
    const frame = await webviewFrame();
    const place = frame.locator('#lines tbody th button').first();
    await place.waitFor();
    const name = (await place.textContent()) ?? '';
    await place.focus();
    await place.press('Enter');
    const [sourceName, sourceLine] = name.split(':');
    await waitFor(`${name} in the editor`, () => {
      const editor = vscode.window.activeTextEditor;
      if (!editor || path.basename(editor.document.uri.fsPath) !== sourceName) return false;
      return editor.selection.active.line === Number(sourceLine) - 1;
    });
    await screenshot('source-of-line');

    const target = file('cache-statistics.json').fsPath;
    rmSync(target, { force: true });
    const exporting = vscode.commands.executeCommand('tcg.exportCacheStatisticsJson');
    const input = (await workbench()).locator('.quick-input-widget input[type="text"]');
    await input.waitFor();
    await waitFor('the suggested file name', async () => (await input.inputValue()).endsWith('cache-statistics.json'));
    await input.press('Enter');
    await exporting;
    await waitFor('the exported file', () => existsSync(target) && readFileSync(target, 'utf8').endsWith('}\n'));
    const exported = JSON.parse(readFileSync(target, 'utf8')) as {
      caches: { levels: { name: string; loads: { hits: number; misses: number } }[]; instructions: number }[];
    };
    const [cache] = exported.caches;
    const l1d = cache?.levels.find((level) => level.name === 'L1D');
    assert.ok(cache && l1d);
    assert.equal(String(l1d.loads.hits), await cell('L1D', 'loads', 'Hits'));
    assert.equal(String(l1d.loads.misses), await cell('L1D', 'loads', 'Misses'));
    assert.equal(String(cache.instructions), report(outputText(LOG_CHANNEL)).get('insn count'));
  });

  it('restarts from the first instruction, with the same numbers, and stops', async () => {
    await addBreakpoint('main.c', 'print("TCG Scope sample');
    const session = await startSession(CONFIGURATION);
    const first = await waitForStop(session);
    assert.ok(first.frameId !== undefined);
    const pcOf = async () => {
      const answer = (await session.session.customRequest('stackTrace', { threadId: first.threadId })) as {
        stackFrames: { line: number; instructionPointerReference: string }[];
      };
      const [top] = answer.stackFrames;
      return { line: top?.line, pc: top?.instructionPointerReference };
    };
    const before = await pcOf();
    await vscode.commands.executeCommand('workbench.action.debug.stepOver');
    await waitForStop(session, 2);
    assert.notDeepEqual(await pcOf(), before);
    await vscode.commands.executeCommand('workbench.action.debug.restart');
    await waitForStop(session, 3);
    assert.deepEqual(await pcOf(), before);
    await vscode.commands.executeCommand('workbench.action.debug.stop');
    await waitForEnd(session);
    assert.equal(vscode.debug.activeDebugSession, undefined);

    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    const reports: Map<string, string>[] = [];
    for (let run = 0; run < 2; run++) {
      const logBefore = outputText(LOG_CHANNEL);
      await waitForEnd(await startSession(CONFIGURATION), 60_000);
      reports.push(report(await finalReport(logBefore)));
    }
    assert.deepEqual(reports[0], reports[1]);
  });

  describe('F5 without a launch.json', () => {
    const launchJson = () => file('.vscode/launch.json').fsPath;
    const other = () => file('other.elf').fsPath;

    before(() => renameSync(launchJson(), `${launchJson()}.away`));

    after(() => {
      renameSync(`${launchJson()}.away`, launchJson());
      rmSync(other(), { force: true });
    });

    it('runs the program of the folder', async () => {
      await vscode.window.showTextDocument(file('main.c'));
      const session = await pressF5();
      assert.equal(session.session.configuration['program'], file('matmul.elf').fsPath);
      await waitForEnd(session, 60_000);
      assert.match(consoleText(session), /all equal/);
    });

    it('asks which program, if there are several', async () => {
      copyFileSync(file('matmul.elf').fsPath, other());
      await vscode.window.showTextDocument(file('main.c'));
      const page = await workbench();
      const session = await sessionStartedBy(async () => {
        await page.keyboard.press('F5');
        const row = page.locator('.quick-input-list .monaco-list-row');
        await row.filter({ hasText: 'matmul.elf' }).waitFor();
        await screenshot('which-program');
        await row.filter({ hasText: 'other.elf' }).click();
      });
      assert.equal(session.session.configuration['program'], other());
      await waitForEnd(session, 60_000);
    });
  });

  it('debugs the ELF file that is open, by the button of its editor', async () => {
    const open = file('open.elf');
    copyFileSync(file('matmul.elf').fsPath, open.fsPath);
    try {
      await vscode.commands.executeCommand('vscode.open', open);
      const button = (await workbench()).getByRole('button', { name: 'Debug with TCG Scope' }).first();
      const session = await sessionStartedBy(() => button.click());
      assert.equal(session.session.configuration['program'], open.fsPath);
      await waitForEnd(session, 60_000);
      await vscode.commands.executeCommand('vscode.open', open);
      const again = await sessionStartedBy(() =>
        vscode.debug.startDebugging(workspaceFolder(), { type: 'tcg', request: 'launch', name: 'the open one' }),
      );
      assert.equal(again.session.configuration['program'], open.fsPath);
      await waitForEnd(again, 60_000);
    } finally {
      rmSync(open.fsPath);
    }
  });

  it('stops and logs at the breakpoints of the view "Plugin Breakpoints"', async () => {
    const page = await workbench();
    const input = page.locator('.quick-input-widget input[type="text"]');
    const pick = async (text: string) => {
      await page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first().click();
    };
    const add = async (kind: string, condition: string, action: string) => {
      const done = vscode.commands.executeCommand('tcg.addPluginBreakpoint');
      await pick(kind);
      await waitFor('the question for the place', async () =>
        /0x100040/.test((await input.getAttribute('placeholder')) ?? ''),
      );
      await input.fill(condition);
      await input.press('Enter');
      await pick(action);
      return done;
    };
    await add('Instruction executed', 'list_sum', 'each time');
    const logging = add('Block executed', 'list_shuffled', 'Log a message');
    await waitFor('the question for the message', async () =>
      /sum is/.test((await input.getAttribute('placeholder')) ?? ''),
    );
    await input.fill('shuffling at {pc}');
    await input.press('Enter');
    await logging;
    try {
      await vscode.commands.executeCommand('workbench.view.debug');
      const session = await startSession(CONFIGURATION);
      await waitForStop(session);
      await page.locator('.debug-call-stack .stack-frame', { hasText: 'list_sum' }).first().waitFor();
      await vscode.commands.executeCommand('tcg.pluginBreakpoints.focus');
      await page.getByText('log: shuffling at {pc}').waitFor();
      await screenshot('plugin-breakpoints-view');
      await (await webviewFrame()).locator('#levels').waitFor(); // not covered by the source that was opened
      await vscode.commands.executeCommand('tcg.removeAllPluginBreakpoints');
      await vscode.commands.executeCommand('workbench.action.debug.continue');
      await waitForEnd(session, 60_000);
      assert.doesNotMatch(consoleText(session), /shuffling/, 'removed in time');
    } finally {
      await vscode.commands.executeCommand('tcg.removeAllPluginBreakpoints');
    }
  });

  it('stops at a plugin breakpoint of the exception filters', async () => {
    const session = await startSession({ ...launchConfiguration(), stopOnEntry: true });
    await waitForStop(session);
    await session.session.customRequest('setExceptionBreakpoints', {
      filters: [],
      filterOptions: [{ filterId: 'insn_exec', condition: 'list_sum' }],
    });
    await vscode.commands.executeCommand('workbench.action.debug.continue');
    await waitForStop(session, 2);
    const [, stop] = events(session, 'stopped');
    assert.ok(stop);
    await (await workbench()).locator('.debug-call-stack .stack-frame', { hasText: 'list_sum' }).first().waitFor();
    await screenshot('plugin-breakpoint');
  });
});
