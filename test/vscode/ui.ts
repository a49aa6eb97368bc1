/** Looks at VS Code's own window through the DevTools protocol: its DOM, webviews and screenshots. */
import assert from 'node:assert/strict';
import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import path from 'node:path';
import { chromium, type Browser, type FrameLocator, type Locator, type Page } from 'playwright-core';
import * as vscode from 'vscode';

let browser: Browser | undefined;

function environment(name: string): string {
  const value = process.env[name];
  assert.ok(value, `${name} is not set: start these tests with scripts/test-vscode.mjs`);
  return value;
}

/** The page that shows the workbench. */
export async function workbench(): Promise<Page> {
  browser ??= await chromium.connectOverCDP(environment('TCGSCOPE_CDP'));
  for (const page of browser.contexts().flatMap((context) => context.pages())) {
    if ((await page.locator('.monaco-workbench').count()) > 0) return page;
  }
  throw new Error('No page shows the workbench.');
}

/** Lets go of the window; it stays open. */
export async function closeUi(): Promise<void> {
  await browser?.close();
  browser = undefined;
}

/** Saves out/screenshots/<name>.png. */
export async function screenshot(name: string): Promise<void> {
  const page = await workbench();
  await page.screenshot({ path: path.join(environment('TCGSCOPE_SCREENSHOTS'), `${name}.png`) });
}

/**
 * Closes every pane of the side bar but the one called `title`: a list's rows are in the DOM only as far as they are in
 * sight, and the debug view leaves the last pane a few lines. Returns what opens them again.
 */
export async function onlyPane(title: string): Promise<() => Promise<void>> {
  const headers = (await workbench()).locator('.part.sidebar .pane-header');
  const closed: string[] = [];
  for (const name of await headers.evaluateAll((all) => all.map((header) => header.getAttribute('aria-label') ?? ''))) {
    const header = headers.and((await workbench()).getByLabel(name, { exact: true }));
    const isOpen = async () => (await header.getAttribute('aria-expanded')) === 'true';
    if (name.startsWith(title) || !(await isOpen())) continue;
    closed.push(name);
    await header.click();
    await waitFor(`${name} closed`, async () => !(await isOpen()));
  }
  return async () => {
    for (const name of closed) {
      const header = headers.and((await workbench()).getByLabel(name, { exact: true }));
      if ((await header.getAttribute('aria-expanded')) !== 'true') await header.click();
    }
  };
}

/** Opens a row of a tree: a click that comes while the tree is drawn anew is lost. */
export async function expandRow(row: Locator): Promise<void> {
  await waitFor('an open row', async () => {
    if ((await row.getAttribute('aria-expanded')) === 'true') return true;
    await row.click();
    await sleep(300);
    return false;
  });
}

/** The document inside the webview panel that is shown. */
export async function webviewFrame(): Promise<FrameLocator> {
  const page = await workbench();
  return page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
}

/**
 * Waits until `probe` gives something else than undefined and false.
 * @param what named in the error after `timeoutMs`
 */
export async function waitFor<T>(
  what: string,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  timeoutMs = 20_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > deadline) throw new Error(`Waited ${timeoutMs} ms in vain for ${what}`);
    await sleep(50);
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits for a notification that fits `pattern` and returns its text. A window without the focus hides them in its list. */
export async function waitForNotification(pattern: RegExp): Promise<string> {
  const messages = (await workbench()).locator('.notification-list-item-message');
  return waitFor(`a notification like ${String(pattern)}`, async () => {
    await vscode.commands.executeCommand('notifications.showList');
    return (await messages.allTextContents()).find((message) => pattern.test(message));
  });
}

/** Puts away the notifications that there are. */
export async function dismissNotifications(): Promise<void> {
  await vscode.commands.executeCommand('notifications.clearAll');
  await vscode.commands.executeCommand('notifications.hideList');
}

/** What was ever written to an output channel, '' if nothing was. The view itself only holds the lines on the screen. */
export function outputText(channel: string): string {
  const file = outputFile(channel);
  return file ? readFileSync(file, 'utf8') : '';
}

/** The last `length` bytes of that. */
export function outputEnd(channel: string, length: number): string {
  const file = outputFile(channel);
  if (!file) return '';
  const handle = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(length);
    const read = readSync(handle, buffer, 0, length, Math.max(0, fstatSync(handle).size - length));
    return buffer.toString('utf8', 0, read);
  } finally {
    closeSync(handle);
  }
}

/** What output channels of that name show, those that are in sight or were a moment ago. */
export function outputShown(channel: string): string[] {
  return vscode.workspace.textDocuments
    .filter(({ uri }) => uri.scheme === 'output' && uri.path.includes(channel))
    .map((document) => document.getText());
}

/** Without the channel's name, numbers as long as each other: 2 comes before 10. */
function folderAndNumber(file: string): string {
  return file.replace(/[/\\](\d+)-[^/\\]*$/, (_, number: string) => `/${number.padStart(6, '0')}`);
}

/** The file in which VS Code keeps a channel: that of the latest of its name. */
function outputFile(channel: string): string | undefined {
  const logs = path.join(environment('TCGSCOPE_USER_DATA'), 'logs');
  const files = readdirSync(logs, { recursive: true, encoding: 'utf8' })
    .filter((file) => /output_logging_[^/\\]*[/\\]\d+-/.test(file) && file.endsWith(`-${channel}.log`))
    .sort((a, b) => folderAndNumber(a).localeCompare(folderAndNumber(b)));
  const last = files.at(-1);
  return last && path.join(logs, last);
}
