#!/usr/bin/env node
// Makes media/screenshot.png: the packaged extension in a real VS Code, stopped at a breakpoint of the sample.
//   node scripts/screenshot.mjs [file.png]
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { installVsix, startBrowser, startServer } from './lib/code-server.mjs';
import { packageVsix } from './package.mjs';
import { codeServer, setupVsCode } from './setup-vscode.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = path.resolve(process.argv[2] ?? root + 'media/screenshot.png');
const MAX_BYTES = 300_000;
const SOURCE = 'main.c';
const STOP_AT = 'report("list shuffled';
const LOG_AT = 'unsigned in_order';
const LOG_MESSAGE = 'products: {by_columns} and {by_rows}';

const SETTINGS = {
  'workbench.colorTheme': 'Default Dark Modern',
  'window.autoDetectColorScheme': false,
  'editor.minimap.enabled': false,
  'editor.fontSize': 13,
  'debug.openDebug': 'openOnSessionStart',
  'debug.toolBarLocation': 'docked',
  'workbench.layoutControl.enabled': false,
};

const scratch = mkdtempSync(path.join(os.tmpdir(), 'tcgscope-screenshot-'));
const workspace = path.join(scratch, 'matmul');
cpSync(root + 'samples/matmul', workspace, { recursive: true });
const lines = readFileSync(path.join(workspace, SOURCE), 'utf8').split('\n');
const lineOf = (text) => lines.findIndex((line) => line.includes(text)) + 1;

await setupVsCode();
const { vsix } = await packageVsix();
const extensions = path.join(scratch, 'extensions');
const userData = path.join(scratch, 'user-data');
let server;
let browser;
try {
  server = await startServer(codeServer, { userData, extensions, settings: SETTINGS });
  installVsix(codeServer, vsix, { userData, extensions });
  browser = await startBrowser();
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(`http://${server.address}/?folder=${encodeURIComponent(workspace)}`);
  await page.getByRole('treeitem', { name: SOURCE }).dblclick();
  await page.locator('.monaco-editor .view-line').first().waitFor();

  const quickInput = page.locator('.quick-input-widget input[type="text"]');
  const command = async (text) => {
    await page.keyboard.press('F1');
    await quickInput.fill(`>${text}`);
    await page.locator('.quick-input-list .monaco-list-row').first().waitFor();
    await page.keyboard.press('Enter');
  };
  const goToLine = async (line) => {
    await page.keyboard.press('Control+g');
    await quickInput.fill(`:${line}`);
    await page.keyboard.press('Enter');
  };
  await goToLine(lineOf(LOG_AT));
  await command('Debug: Add Logpoint');
  await page.keyboard.type(LOG_MESSAGE);
  await page.keyboard.press('Enter');
  await goToLine(lineOf(STOP_AT));
  await page.keyboard.press('F9');
  for (let tries = 0; tries < 10; tries++) {
    await page.keyboard.press('F5');
    const shown = await page
      .locator('.debug-toolbar, .debug-toolbar-container, [aria-label*="Step Over"]')
      .first()
      .waitFor({ timeout: 5000 })
      .then(
        () => true,
        () => false,
      );
    if (shown) break;
  }
  await page.locator('.debug-top-stack-frame-line').first().waitFor({ timeout: 60_000 });
  const view = page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
  await view.locator('#levels').waitFor();
  await page.waitForTimeout(1500); // animations, the last statistics, hovers that go away
  await page.screenshot({ path: target });
  const { size } = statSync(target);
  if (size > MAX_BYTES) throw new Error(`${target} is ${size} bytes, more than ${MAX_BYTES}`);
  console.log(`${target}: ${(size / 1000).toFixed(0)} kB`);
} finally {
  await browser?.close();
  await server?.stop();
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
}
