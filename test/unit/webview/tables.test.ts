import assert from 'node:assert/strict';
import { build } from 'esbuild';
import { chromium, type Browser, type Page } from 'playwright-core';
import { webviewHtml } from '../../../src/extension/webview/html';
import type { PluginTablesState, TablesViewMessage } from '../../../src/webview/protocol/table-messages';
import { digitsOf, filterRows, formatCell, isNumeric, sortRows } from '../../../src/webview/tables/rows';

const ORIGIN = 'http://tables.test';
const ROWS = [
  ['multiply_ijk', 512_000, '0x100040'],
  ['main', 12, '0x10000c'],
  ['multiply_ikj', 512_000, '0x100200'],
  ['uart2', 3.5, '0x9'],
];

describe('rows of a plugin’s table', () => {
  const names = (rows: readonly (readonly (string | number)[])[]) => rows.map(([name]) => name);

  it('sort by numbers and by names with numbers in them; equal ones stay in order', () => {
    assert.deepEqual(names(sortRows(ROWS, { column: 1, descending: true })), [
      'multiply_ijk',
      'multiply_ikj',
      'main',
      'uart2',
    ]);
    assert.deepEqual(names(sortRows([['x10'], ['x9'], [3], ['a']], { column: 0, descending: false })), [
      3,
      'a',
      'x9',
      'x10',
    ]);
    assert.deepEqual(sortRows(ROWS, undefined), ROWS);
  });

  it('are found by text in any cell, as it is shown or as it is', () => {
    assert.deepEqual(names(filterRows(ROWS, ' MULTIPLY ')), ['multiply_ijk', 'multiply_ikj']);
    assert.deepEqual(names(filterRows(ROWS, '512,000')), ['multiply_ijk', 'multiply_ikj']);
    assert.deepEqual(names(filterRows(ROWS, '0x9')), ['uart2']);
    assert.equal(filterRows(ROWS, '').length, 4);
  });

  it('know columns of numbers', () => {
    assert.deepEqual(
      [0, 1, 2].map((column) => isNumeric(ROWS, column)),
      [false, true, false],
    );
    assert.equal(isNumeric([], 0), false);
    assert.equal(formatCell(1234567.25), '1,234,567.25');
    assert.deepEqual(
      ['1', '2'].map((_, digits) => formatCell(3, digits)),
      ['3', '3.0'],
    );
    assert.deepEqual([digitsOf(ROWS, 1), digitsOf([[0.1 + 0.2]], 0), digitsOf([[7]], 0)], [1, 1, 0]);
  });
});

describe('the view of a plugin’s tables in a browser', function () {
  this.timeout(60_000);
  let browser: Browser;
  let page: Page;
  let problems: string[];
  const files = new Map<string, { body: string; contentType: string }>();

  before(async () => {
    const entryPoints = ['src/webview/tables/main.ts'];
    const options = { platform: 'browser', format: 'iife', target: 'es2022' } as const;
    const bundle = await build({ entryPoints, bundle: true, write: false, outdir: 'out', ...options });
    for (const { path, text } of bundle.outputFiles) {
      const isCss = path.endsWith('.css');
      files.set(isCss ? '/view.css' : '/view.js', { body: text, contentType: isCss ? 'text/css' : 'text/javascript' });
    }
    const uris = { cspSource: ORIGIN, scriptUri: '/view.js', styleUri: '/view.css', nonce: 'abc' };
    files.set('/', { body: webviewHtml({ title: 'Plugin Tables', ...uris }), contentType: 'text/html' });
    const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  });
  after(async () => browser?.close());

  beforeEach(async () => {
    problems = [];
    page = await browser.newPage();
    page.on('console', (message) => void (message.type() === 'error' && problems.push(message.text())));
    page.on('pageerror', (error) => void problems.push(error.message));
    await page.route(`${ORIGIN}/**`, async (route) => {
      await route.fulfill(files.get(new URL(route.request().url()).pathname) ?? { status: 404 });
    });
    await page.addInitScript(
      'window.sent = []; window.acquireVsCodeApi = () => ({ postMessage: (message) => window.sent.push(message) });',
    );
    await page.goto(`${ORIGIN}/`);
  });
  afterEach(async () => {
    await page.close();
    assert.deepEqual(problems, [], 'no error and no violation of the content security policy');
  });

  const state = (rows: (string | number)[][], more: Partial<PluginTablesState> = {}): PluginTablesState => ({
    sessionName: 'matmul',
    state: 'running',
    plugin: { name: 'stores.ts', arguments: ['top=4'], state: 'loaded' },
    report: {
      pluginId: 0,
      pluginName: 'stores.ts',
      text: null,
      tables: [{ id: 'stores', title: 'Stores by Function', columns: ['function', 'stores', 'address'], rows }],
    },
    limit: 1000,
    ...more,
  });
  const show = (view: PluginTablesState) =>
    page.evaluate((data) => window.dispatchEvent(new MessageEvent('message', { data })), { type: 'show', view });
  const column = (index: number) => page.locator(`tbody td:nth-child(${index + 1}) .cell`).allTextContents();
  const header = (text: string) => page.locator('th', { hasText: text });

  it('says that it listens, and shows tables as they come', async () => {
    const sent = await page.evaluate(() => (window as unknown as { sent: TablesViewMessage[] }).sent);
    assert.deepEqual(sent, [{ type: 'ready' }]);
    await show(state(ROWS));
    assert.equal(await page.locator('h1').textContent(), 'stores.ts');
    assert.equal(await page.locator('h2').first().textContent(), 'Stores by Function');
    assert.equal(await page.locator('.count').textContent(), '4 rows');
    assert.deepEqual(await column(1), ['512,000.0', '12.0', '512,000.0', '3.5']);
    await show(state([['main', 13, '0x10000c']], { state: 'stopped' }));
    assert.deepEqual(await column(1), ['13']);
    assert.equal(await page.locator('vscode-badge').textContent(), 'Stopped');
  });

  it('sorts by any column, also while rows change, and back', async () => {
    await show(state(ROWS));
    await header('stores').locator('button').click();
    assert.deepEqual(await column(0), ['multiply_ijk', 'multiply_ikj', 'main', 'uart2']);
    assert.equal(await header('stores').getAttribute('aria-sort'), 'descending');
    await show(state([...ROWS, ['new', 999_999, '']]));
    assert.equal((await column(0))[0], 'new');
    await header('stores').locator('button').click();
    assert.deepEqual(await column(1), ['3.5', '12.0', '512,000.0', '512,000.0', '999,999.0']);
    await header('stores').locator('button').click();
    assert.equal((await column(0))[0], 'multiply_ijk');
    await header('function').locator('button').click();
    assert.deepEqual(await column(0), ['main', 'multiply_ijk', 'multiply_ikj', 'new', 'uart2']);
  });

  it('filters, and says how many rows that are', async () => {
    await show(state(ROWS));
    await page.locator('input.filter').fill('mult');
    assert.deepEqual(await column(0), ['multiply_ijk', 'multiply_ikj']);
    assert.equal(await page.locator('.count').textContent(), '2 of 4 rows');
    await page.locator('input.filter').fill('nothing');
    assert.equal(await page.locator('.hint:visible').textContent(), 'No row has this text.');
    await show(state(ROWS, { limit: 4 }));
    assert.equal(await page.locator('.count').textContent(), '0 of 4 or more rows');
  });

  it('shows statistics in text, and says when there is nothing', async () => {
    const report = { pluginId: 0, pluginName: 'x', text: 'insns: 33\n', tables: [] };
    await show(state([], { report }));
    assert.equal(await page.locator('#text').textContent(), 'insns: 33\n');
    await show(state([], { report: { ...report, text: null } }));
    assert.equal(await page.locator('#nothing').isVisible(), true);
    assert.equal(await page.locator('#text').isVisible(), false);
  });
});
