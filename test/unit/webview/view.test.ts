/** The cache view's script in a real browser, fed with messages as the extension sends them. */
import assert from 'node:assert/strict';
import { build } from 'esbuild';
import { chromium, type Browser, type Page } from 'playwright-core';
import { webviewHtml } from '../../../src/extension/webview/html';
import { addPoint } from '../../../src/webview/protocol/history';
import type { HostMessage, ViewMessage } from '../../../src/webview/protocol/messages';
import { hotLine, sample } from '../extension/samples';

const ORIGIN = 'http://view.test';

describe('the cache view in a browser', function () {
  this.timeout(60_000);
  let browser: Browser;
  let page: Page;
  let problems: string[];
  const files = new Map<string, { body: string; contentType: string }>();

  before(async () => {
    const bundle = await build({
      entryPoints: ['src/webview/main.ts'],
      bundle: true,
      write: false,
      outdir: 'out',
      platform: 'browser',
      format: 'iife',
      target: 'es2022',
    });
    for (const { path, text } of bundle.outputFiles) {
      const isCss = path.endsWith('.css');
      files.set(isCss ? '/view.css' : '/view.js', { body: text, contentType: isCss ? 'text/css' : 'text/javascript' });
    }
    const html = webviewHtml({
      title: 'Cache Statistics',
      cspSource: ORIGIN,
      scriptUri: '/view.js',
      styleUri: '/view.css',
      nonce: 'abc',
    });
    files.set('/', { body: html, contentType: 'text/html' });
    browser = await chromium.launch({
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      args: ['--no-sandbox'],
    });
  });

  after(async () => browser?.close());

  beforeEach(async () => {
    problems = [];
    page = await browser.newPage();
    page.on('console', (message) => void (message.type() === 'error' && problems.push(message.text())));
    page.on('pageerror', (error) => void problems.push(error.message));
    await page.route(`${ORIGIN}/**`, async (route) => {
      const file = files.get(new URL(route.request().url()).pathname);
      await route.fulfill(file ?? { status: 404 });
    });
    // As text: a function would come with helpers of the bundler that the page does not have.
    await page.addInitScript(
      'window.sent = []; window.acquireVsCodeApi = () => ({ postMessage: (message) => window.sent.push(message) });',
    );
    await page.goto(`${ORIGIN}/`);
  });

  afterEach(async () => {
    await page.close();
    assert.deepEqual(problems, [], 'no error and no violation of the content security policy');
  });

  const post = (message: HostMessage) =>
    page.evaluate((m) => window.dispatchEvent(new MessageEvent('message', { data: m })), message);
  const sent = () => page.evaluate(() => (window as unknown as { sent: ViewMessage[] }).sent);
  const cell = (level: string, kind: string, column: string) =>
    page
      .locator(`#levels tbody[data-level="${level}"] tr[data-kind="${kind}"] td[data-column="${column}"]`)
      .textContent();
  const LINES = [
    hotLine('/w/main.c', 34, { l1dMisses: 500, l2Misses: 1, symbol: 'multiply' }),
    hotLine('/w/list.c', 46, { l1dMisses: 100, l1iMisses: 900 }),
    hotLine(undefined, 7, { l1dMisses: 3, symbol: 'memset' }),
  ];
  const show = async (elapsed = 1) =>
    post({
      type: 'show',
      view: {
        sessionName: 'matmul',
        state: 'running',
        caches: [{ sample: sample(elapsed, LINES), points: addPoint([], sample(elapsed)) }],
      },
    });

  it('says that it is ready, and that there is nothing yet', async () => {
    assert.deepEqual(await sent(), [{ type: 'ready' }]);
    assert.ok(await page.locator('#empty').isVisible());
    await post({ type: 'show', view: undefined });
    assert.ok(await page.locator('#empty').isVisible());
    assert.ok(!(await page.locator('#levels').isVisible()));
  });

  it('shows the numbers it is given, and then the next ones', async () => {
    await show();
    assert.ok(!(await page.locator('#empty').isVisible()));
    assert.equal(await page.locator('h1').textContent(), 'matmul');
    assert.equal(await cell('L1I', 'fetches', 'Accesses'), '4,000,000');
    assert.equal(await cell('L1I', 'fetches', 'Compulsory'), '100');
    assert.equal(await cell('L1D', 'loads', 'Misses'), '20,000');
    assert.equal(await cell('L1D', 'loads', 'Miss rate'), '2.0000 %');
    assert.equal(await cell('L1D', 'stores', 'Hits'), '499,993');
    assert.equal(await cell('L1D', 'total', 'Accesses'), '1,500,000');
    assert.equal(await cell('L1D', 'total', 'Evictions'), '19,907');
    assert.equal(await cell('L2', 'total', 'Misses'), '52');
    await post({ type: 'update', state: 'stopped', samples: [sample(2, LINES)] });
    assert.equal(await cell('L1D', 'loads', 'Misses'), '40,000');
    assert.equal(await page.locator('vscode-badge').textContent(), 'Stopped');
  });

  it('has tables that a screen reader understands', async () => {
    await show();
    assert.equal(await page.getByRole('table', { name: 'Accesses by cache and kind' }).count(), 1);
    assert.equal(await page.getByRole('columnheader', { name: 'Miss rate' }).count(), 1);
    assert.equal(await page.getByRole('rowheader', { name: 'Stores' }).count(), 2);
    const sorted = page.getByRole('table', { name: 'Lines with the most misses' }).locator('[aria-sort]');
    assert.equal(await sorted.getAttribute('aria-sort'), 'descending');
    assert.match((await page.getByRole('status').textContent()) ?? '', /^Running\. L1I miss rate 0\.00 percent/);
    assert.equal(await page.getByRole('figure', { name: 'Miss rate in each interval' }).count(), 1);
  });

  it('does not read every update out', async () => {
    await show();
    const before = await page.getByRole('status').textContent();
    await post({ type: 'update', state: 'running', samples: [sample(500, LINES)] });
    assert.equal(await page.getByRole('status').textContent(), before);
    await post({ type: 'update', state: 'ended', samples: [sample(500, LINES)] });
    assert.match((await page.getByRole('status').textContent()) ?? '', /^Ended\./);
  });

  it('draws the chart, and says it in words', async () => {
    await show(0.25);
    for (const elapsed of [0.5, 0.75, 1])
      await post({ type: 'update', state: 'running', samples: [sample(elapsed, LINES)] });
    await post({ type: 'update', state: 'stopped', samples: [sample(1.25, LINES)] });
    assert.equal(await page.locator('#chart canvas').count(), 1);
    assert.match(
      (await page.locator('#chart-text').textContent()) ?? '',
      /5 values from 0\.25 to 1\.25 seconds\. L1I: latest 0 %/,
    );
    const inked = await page.locator('#chart canvas').evaluate((canvas) => {
      const { width, height } = canvas as HTMLCanvasElement;
      const data = (canvas as HTMLCanvasElement).getContext('2d')?.getImageData(0, 0, width, height).data ?? [];
      return data.filter((value, index) => index % 4 === 3 && value > 0).length;
    });
    assert.ok(inked > 1000, `${inked} pixels drawn`);
  });

  it('draws the chart in the colours of the theme, also of the next one', async () => {
    await show();
    const color = () =>
      page
        .locator('#chart .u-series .u-marker')
        .nth(1)
        .evaluate((marker) => getComputedStyle(marker).borderColor);
    const setTheme = (name: string, blue: string) =>
      page.evaluate(
        ([theme = '', value = '']) => {
          document.documentElement.style.setProperty('--vscode-charts-blue', value);
          document.body.className = theme;
        },
        [name, blue],
      );
    await setTheme('vscode-dark', 'rgb(1, 2, 3)');
    assert.equal(await color(), 'rgb(1, 2, 3)');
    await setTheme('vscode-high-contrast', 'rgb(9, 8, 7)');
    assert.equal(await color(), 'rgb(9, 8, 7)');
  });

  it('lists the lines, most misses first, sorts by another column and opens by mouse and keyboard', async () => {
    await show();
    const places = () => page.locator('#lines tbody th').allTextContents();
    assert.deepEqual(await places(), ['list.c:46', 'main.c:34', '0x0010001c']);
    await page.getByRole('button', { name: 'L1D misses' }).click();
    assert.deepEqual(await places(), ['main.c:34', 'list.c:46', '0x0010001c']);
    await page.getByRole('button', { name: 'list.c:46' }).click();
    await page.getByRole('button', { name: 'main.c:34' }).focus();
    await page.keyboard.press('Enter');
    assert.deepEqual((await sent()).slice(1), [
      { type: 'openSource', path: '/w/list.c', line: 46 },
      { type: 'openSource', path: '/w/main.c', line: 34 },
    ]);
  });

  it('keeps the focus on a line while the order changes around it', async () => {
    await show();
    await page.getByRole('button', { name: 'main.c:34' }).focus();
    const focused = () => page.evaluate(() => document.activeElement?.textContent);
    const lines = [
      hotLine('/w/new.c', 1, { l1dMisses: 9 }),
      hotLine('/w/main.c', 34, { l1dMisses: 5000 }),
      hotLine('/w/list.c', 46, { l1dMisses: 50 }),
      hotLine('/w/other.c', 2, { l1dMisses: 6000 }),
    ];
    await post({ type: 'update', state: 'running', samples: [sample(2, lines)] });
    assert.deepEqual(await page.locator('#lines tbody th').allTextContents(), [
      'other.c:2',
      'main.c:34',
      'list.c:46',
      'new.c:1',
    ]);
    assert.equal(await focused(), 'main.c:34');
    await post({ type: 'update', state: 'running', samples: [sample(3, lines.slice(0, 2))] });
    assert.deepEqual(await page.locator('#lines tbody th').allTextContents(), ['main.c:34', 'new.c:1']);
    assert.equal(await focused(), 'main.c:34');
  });

  it('asks for an export', async () => {
    await show();
    await page.getByRole('button', { name: 'Export CSV' }).click();
    await page.getByRole('button', { name: 'Export JSON' }).focus();
    await page.keyboard.press('Enter');
    assert.deepEqual((await sent()).slice(1), [
      { type: 'export', format: 'csv' },
      { type: 'export', format: 'json' },
    ]);
  });

  it('lets the user choose what the chart shows, and one of several plugins', async () => {
    assert.ok(!(await page.locator('#plugin').isVisible()));
    const caches = [sample(1, LINES, 1), sample(3, [], 2)].map((s) => ({ sample: s, points: [] }));
    await post({ type: 'show', view: { sessionName: 'matmul', state: 'running', caches } });
    await page.locator('#metric').click();
    await page.getByRole('option', { name: 'Misses per second' }).click();
    assert.equal(await page.getByRole('figure', { name: 'Misses per second' }).count(), 1);
    await page.locator('#plugin').click();
    await page.getByRole('option').nth(1).click();
    assert.equal(await cell('L1D', 'loads', 'Misses'), '60,000');
    assert.ok(!(await page.locator('#lines').isVisible()));
  });

  it('ignores what is no message of the extension', async () => {
    for (const rubbish of [null, 3, {}, { type: 'constructor' }, { type: 7 }]) {
      await page.evaluate((data) => window.dispatchEvent(new MessageEvent('message', { data })), rubbish);
    }
    assert.ok(await page.locator('#empty').isVisible());
  });

  it('shows text as text, never as markup', async () => {
    const name = '<img src=x onerror=alert(1)>';
    const lines = [hotLine(`/w/${name}`, 1, { l1dMisses: 1, symbol: name })];
    await post({
      type: 'show',
      view: { sessionName: name, state: 'ended', caches: [{ sample: sample(1, lines), points: [] }] },
    });
    assert.equal(await page.locator('h1').textContent(), name);
    assert.equal(await page.locator('img').count(), 0);
  });
});
