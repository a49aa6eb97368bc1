/** What VS Code has made of the manifest. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { screenshot, waitFor, workbench } from './ui';

const EXTENSION_ID = 'tcgscope.tcgscope';

describe('the extension in VS Code', () => {
  it('is there and activates', async () => {
    const extension = vscode.extensions.getExtension(EXTENSION_ID);
    assert.ok(extension);
    await extension.activate();
    assert.ok(extension.isActive);
  });

  it('registers every command it declares', async () => {
    const { contributes } = vscode.extensions.getExtension(EXTENSION_ID)?.packageJSON as {
      contributes: { commands: { command: string }[] };
    };
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.ok(contributes.commands.length > 0);
    for (const { command } of contributes.commands) assert.ok(registered.has(command), command);
  });

  it('knows the languages of the log and of assembly sources', async () => {
    const languages = await vscode.languages.getLanguages();
    assert.ok(languages.includes('tcg-plugin-log'));
    assert.ok(languages.includes('tcg-arm-assembly'));
  });

  it('shows the view of the plugin breakpoints', async () => {
    await vscode.commands.executeCommand('workbench.view.debug');
    await vscode.commands.executeCommand('tcg.pluginBreakpoints.focus');
    const page = await workbench();
    await waitFor('the view', async () => (await page.getByText('Add Plugin Breakpoint').count()) > 0);
    await screenshot('plugin-breakpoints-empty');
  });
});
