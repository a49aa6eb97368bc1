/** The view "TCG Plugins": plugins listed, asked, switched and reloaded while the guest runs. */
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
} from './debug';
import {
  dismissNotifications,
  expandRow,
  onlyPane,
  outputEnd,
  outputShown,
  outputText,
  screenshot,
  waitFor,
  waitForNotification,
  workbench,
} from './ui';

const plugin = (word: string) => `import {
  qemu_plugin_outs, qemu_plugin_register_vcpu_tb_exec_cb, qemu_plugin_register_vcpu_tb_trans_cb, qemu_plugin_tb_vaddr,
  tcg_contribute_breakpoint_kind, tcg_contribute_view, type qemu_plugin_id_t,
} from 'qemu-plugin';
let runs = 0;
export function qemu_plugin_install(id: qemu_plugin_id_t): void {
  qemu_plugin_outs('${word} is here\\n');
  const every = tcg_contribute_breakpoint_kind(id, {
    name: 'every', label: 'Every Millionth Block', description: 'a million blocks have run',
  });
  tcg_contribute_view(id, {
    id: 'blocks', title: 'Blocks by ${word}', columns: ['block', 'runs'], rows: () => [['entry', runs]],
  });
  qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
    const pc = qemu_plugin_tb_vaddr(tb);
    qemu_plugin_register_vcpu_tb_exec_cb(tb, (vcpu) => {
      if (++runs % 1e6 === 0) every({ vcpu, pc, text: '${word}' });
    }, 0, undefined);
  });
}
`;

/** A million lines, a hundred at each block. */
const FLOOD = `import * as q from 'qemu-plugin';
let lines = 0;
export function qemu_plugin_install(id: q.qemu_plugin_id_t): void {
  q.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
    q.qemu_plugin_register_vcpu_tb_exec_cb(tb, () => {
      for (let i = 0; i < 100 && lines < 1e6; i++) q.qemu_plugin_outs('this is line ' + lines++ + ' of the flood\\n');
    }, 0, undefined);
  });
}
`;

describe('the view of the plugins', () => {
  let tracking: vscode.Disposable;
  let reopen: (() => Promise<void>) | undefined;
  const file = () => workspaceFile('blocks.ts');
  const write = (text: string) => vscode.workspace.fs.writeFile(file(), Buffer.from(text));

  before(() => {
    tracking = trackSessions();
  });
  beforeEach(() => write(plugin('first')));
  after(async () => {
    tracking.dispose();
    await vscode.workspace.fs.delete(file());
  });
  afterEach(async () => {
    await reopen?.();
    reopen = undefined;
    await stopAll();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await dismissNotifications();
  });

  it('lists, switches, asks and reloads; their kinds of breakpoints are offered', async () => {
    const program = await endlessProgram();
    const editor = await vscode.window.showTextDocument(file());
    const session = await startSession({
      ...launchConfiguration(),
      program: program.fsPath,
      plugins: ['libinsn.so,inline=on', 'blocks.ts'],
    });
    await vscode.commands.executeCommand('tcg.plugins.focus');
    const page = await workbench();
    const view = page.locator('.pane', { has: page.locator('.pane-header', { hasText: 'TCG Plugins' }) });
    const row = (text: string) => view.locator('.monaco-list-row', { hasText: text });
    await row('libinsn.so').waitFor();
    reopen = await onlyPane('TCG Plugins');
    await expandRow(row('blocks.ts'));
    const table = row('Blocks by first');
    await table.waitFor();
    const runs = async () => Number(((await row('entry').textContent()) ?? '').replace(/\D/g, ''));
    const before = await waitFor('a count', async () => (await runs()) || undefined);
    await waitFor('a larger count', async () => (await runs()) > before);
    await row('blocks.ts').hover();
    await screenshot('plugins-view');

    await row('libinsn.so').hover();
    await row('libinsn.so').getByRole('button', { name: 'Switch Plugin Off' }).click();
    await row('libinsn.so').filter({ hasText: 'off' }).waitFor();

    const document = editor.document;
    const change = new vscode.WorkspaceEdit();
    change.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), plugin('second'));
    await vscode.workspace.applyEdit(change);
    await document.save();
    await row('Blocks by second').waitFor();
    await waitFor('its words', () => outputText('TCG Plugins').includes('second is here'));

    change.set(document.uri, [vscode.TextEdit.insert(new vscode.Position(4, 0), 'export const x: number = ;\n')]);
    await vscode.workspace.applyEdit(change);
    await document.save();
    const [problem] = await waitFor('the problem', () => {
      const found = vscode.languages.getDiagnostics(document.uri).filter(({ source }) => source === 'TCG Scope');
      return found.length > 0 && found;
    });
    assert.match(problem?.message ?? '', /is not valid TypeScript/);
    assert.equal(problem?.range.start.line, 4);
    assert.ok(await row('Blocks by second').count(), 'the old one goes on');
    await screenshot('plugins-problem');

    await vscode.commands.executeCommand('workbench.action.debug.pause');
    await waitForStop(session);
    void vscode.commands.executeCommand('tcg.addPluginBreakpoint');
    const offered = page.locator('.quick-input-list .monaco-list-row', { hasText: 'Every Millionth Block' });
    await offered.waitFor();
    await screenshot('plugins-breakpoint-kinds');
    await vscode.commands.executeCommand('workbench.action.closeQuickOpen');

    void vscode.commands.executeCommand('tcg.showPluginStatistics');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'blocks.ts' }).click();
    await waitFor('the document', () =>
      vscode.workspace.textDocuments.some(({ uri, getText }) => uri.scheme === 'tcg-plugin' && /entry/.test(getText())),
    );
    await screenshot('plugins-statistics');
    await stopAll();
    await vscode.workspace.fs.delete(program);
  });

  it('a file that a plugin imports is reloaded when it is saved; its errors are shown in it', async () => {
    const [main, part, later] = ['importing.ts', 'part.ts', 'later.ts'].map(workspaceFile);
    assert.ok(main && part && later);
    const word = (text: string) => `export const word: string = ${text};\n`;
    const text = `import { word } from './part';\n${plugin('it').replace("by it'", "by ' + word")}`;
    const program = await endlessProgram();
    try {
      await vscode.workspace.fs.writeFile(main, Buffer.from(text));
      await vscode.workspace.fs.writeFile(part, Buffer.from(word("'one'")));
      const { document } = await vscode.window.showTextDocument(part);
      const save = async (value: string) => {
        const change = new vscode.WorkspaceEdit();
        change.replace(part, new vscode.Range(0, 0, document.lineCount, 0), word(value));
        await vscode.workspace.applyEdit(change);
        await document.save();
      };
      await startSession({ ...launchConfiguration(), program: program.fsPath, plugins: ['importing.ts'] });
      await vscode.commands.executeCommand('tcg.plugins.focus');
      const page = await workbench();
      const row = (title: string) => page.locator('.pane .monaco-list-row', { hasText: title });
      await row('importing.ts').first().waitFor();
      reopen = await onlyPane('TCG Plugins');
      await expandRow(row('importing.ts').first());
      await row('Blocks by one').waitFor();
      await save("'two'");
      await row('Blocks by two').waitFor();

      const problems = () => vscode.languages.getDiagnostics(part).filter(({ source }) => source === 'TCG Scope');
      await save('');
      await waitFor('the problem', () => problems().length > 0);
      assert.match(problems()[0]?.message ?? '', /part\.ts is not valid TypeScript/);
      await save("'three'");
      await row('Blocks by three').waitFor();
      await waitFor('no problem', () => problems().length === 0);

      // A file that is not there yet: the plugin is loaded anew when it comes.
      await save("'four'; export { other } from './later'");
      await waitFor('the lack', () => vscode.languages.getDiagnostics(main).length > 0);
      await vscode.workspace.fs.writeFile(later, Buffer.from("export const other = 'five';\n"));
      await row('Blocks by four').waitFor();
    } finally {
      await stopAll();
      for (const uri of [main, part, program]) await vscode.workspace.fs.delete(uri);
      if (await exists(later)) await vscode.workspace.fs.delete(later);
    }
  });

  it('"New Plugin" writes one that runs, with its types, and adds it to launch.json', async () => {
    const page = await workbench();
    const launchJson = workspaceFile('.vscode/launch.json');
    const old = await vscode.workspace.fs.readFile(launchJson);
    const made = ['counts.ts', 'qemu-plugin.d.ts', 'tsconfig.json'].map(workspaceFile);
    try {
      await makePlugin('Count blocks', 'counts');
      for (const uri of made) await waitFor(uri.path, () => exists(uri));
      await waitForNotification(/counts\.ts is a plugin that runs as it is/);
      await screenshot('plugins-new');
      await page.getByRole('button', { name: 'Add to launch.json' }).first().click();
      await waitFor('the entry', async () => {
        const text = Buffer.from(await vscode.workspace.fs.readFile(launchJson)).toString();
        return text.includes('"./counts.ts"');
      });
      const session = await startSession(launchConfiguration());
      await waitForEnd(session, 60_000);
      await waitFor('its report', () => /0x[0-9a-f]+, multiply_ijk, \d+, \d+\n/.test(outputText('TCG Plugins')));
    } finally {
      await vscode.workspace.fs.writeFile(launchJson, old);
      for (const uri of made) if (await exists(uri)) await vscode.workspace.fs.delete(uri);
    }
  });

  it('a flood of a million lines leaves VS Code awake: the channel has the end of it and says so', async () => {
    const flood = workspaceFile('flood.ts');
    await vscode.workspace.fs.writeFile(flood, Buffer.from(FLOOD));
    let longest = 0;
    let last = performance.now();
    const clock = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 20);
    try {
      const session = await startSession({ ...launchConfiguration(), plugins: ['flood.ts'] });
      await vscode.commands.executeCommand('tcg.showPluginLog'); // it stays in sight, whatever VS Code makes of the file
      await waitForEnd(session, 80_000);
      await waitFor('the end of it', () => outputEnd('TCG Plugins', 100).endsWith('line 999999 of the flood\n'));
      console.log(`      the extension host was away for ${Math.round(longest)} ms at most`);
      const text = await waitFor('the end of it in sight', () =>
        outputShown('TCG Plugins').find((all) => all.endsWith('line 999999 of the flood\n')),
      );
      // Who leaves out, the channel or the adapter before it, depends on how fast this host reads.
      assert.match(text, /\[TCG Scope: \d+ characters (before this are not shown|are left out) here/);
      assert.ok(text.length < 17 * 1024 * 1024, `${text.length} characters`);
      const view = (await workbench()).locator('.part.panel .view-lines');
      await waitFor('its last line in the view', async () => (await view.innerText()).includes('999999'), 30_000);
      await screenshot('plugins-flood');
    } finally {
      clearInterval(clock);
      await vscode.workspace.fs.delete(flood);
    }
  });

  it('"New Plugin" in C comes with a task that builds it', async () => {
    const made = ['native.c', 'native.wasm', '.vscode/tasks.json'].map(workspaceFile);
    try {
      await makePlugin('C plugin', 'native');
      const [task] = await waitFor('the task', async () => {
        const tasks = await vscode.tasks.fetchTasks({ type: 'tcgscope' });
        return tasks.length > 0 && tasks;
      });
      assert.ok(task);
      await vscode.tasks.executeTask(task);
      for (const uri of made) await waitFor(uri.path, () => exists(uri), 60_000);
    } finally {
      for (const uri of made) if (await exists(uri)) await vscode.workspace.fs.delete(uri);
    }
  });
});

/** Answers the questions of "TCG: New Plugin". */
async function makePlugin(kind: string, name: string): Promise<void> {
  const page = await workbench();
  const done = vscode.commands.executeCommand('tcg.newPlugin');
  await page.locator('.quick-input-list .monaco-list-row', { hasText: kind }).click();
  const input = page.locator('.quick-input-widget input[type="text"]');
  await waitFor('the question', async () => (await input.inputValue()) === 'my-plugin');
  await input.fill(name);
  await page.keyboard.press('Enter');
  await done;
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
}
