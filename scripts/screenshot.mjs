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
/** In the second matrix product, with the lines of the first, which miss most, in sight. */
const STOP_AT = 'int factor = a[i][k]';
const LOG_AT = 'report("matrix product, i j k';
const LOG_MESSAGE = 'by columns: {by_columns}';
const VIEWPORT = { width: 1500, height: 1040 };
const PANEL_LOWER_BY = 210;

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
let shownPage;
try {
  server = await startServer(codeServer, { userData, extensions, settings: SETTINGS });
  installVsix(codeServer, vsix, { userData, extensions });
  browser = await startBrowser();
  const page = await browser.newPage({ viewport: VIEWPORT });
  shownPage = page;
  await page.goto(`http://${server.address}/?folder=${encodeURIComponent(workspace)}`);
  await page.getByRole('treeitem', { name: SOURCE }).dblclick();
  await page.locator('.monaco-editor .view-line').first().waitFor();

  const quickInput = page.locator('.quick-input-widget input[type="text"]');
  /** Runs a command of the palette; tries again while the extension that it needs is still being loaded. */
  const command = async (text) => {
    for (let tries = 0; ; tries++) {
      await page.keyboard.press('F1');
      await quickInput.fill(`>${text}`);
      const row = page.locator('.quick-input-list .monaco-list-row').filter({ hasText: text }).first();
      try {
        await row.click({ timeout: 2000 });
        return;
      } catch (error) {
        if (tries === 10) throw error;
        await page.keyboard.press('Escape');
      }
    }
  };
  const goToLine = async (line) => {
    await page.keyboard.press('Control+g');
    await quickInput.fill(`:${line}`);
    await page.keyboard.press('Enter');
    await page.getByText(`Ln ${line}, Col`).waitFor();
  };
  await goToLine(lineOf(LOG_AT));
  await command('Debug: Add Logpoint');
  await page.locator('.breakpoint-widget .view-line').waitFor();
  await page.waitForTimeout(500); // it takes the focus a moment after it is shown
  await page.keyboard.type(LOG_MESSAGE);
  await page.keyboard.press('Enter');
  await page.locator('.breakpoint-widget').waitFor({ state: 'detached' });
  await goToLine(lineOf(STOP_AT));
  await page.keyboard.press('F9');
  await page.locator('.codicon-debug-breakpoint').first().waitFor();
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
  const panelTop = (await page.locator('.part.panel').boundingBox())?.y ?? 0;
  for (const sash of await page.locator('.monaco-sash.horizontal').all()) {
    const box = await sash.boundingBox();
    if (!box || Math.abs(box.y - panelTop) > 12) continue;
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x, y + PANEL_LOWER_BY, { steps: 5 });
    await page.mouse.up();
    await page.mouse.move(x, y + PANEL_LOWER_BY + 60);
    break;
  }
  await page.waitForTimeout(1500); // animations, the last statistics, hovers that go away
  await page.screenshot({ path: target });
  const { size } = statSync(target);
  if (size > MAX_BYTES) throw new Error(`${target} is ${size} bytes, more than ${MAX_BYTES}`);
  console.log(`${target}: ${(size / 1000).toFixed(0)} kB`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  await shownPage?.screenshot({ path: root + 'out/screenshot-failed.png' });
  console.error('What it looked like: out/screenshot-failed.png');
  process.exitCode = 1;
} finally {
  await browser?.close();
  await server?.stop();
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
}
