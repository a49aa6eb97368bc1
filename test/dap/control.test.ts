import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { CACHE_PLUGIN, lineOf, MAIN, PROGRAM } from './sample';
import { Transcript } from './transcript';

const PAUSE_LIMIT_MS = 2000;

describe('DAP conversation: control', () => {
  let folder = '';
  before(() => (folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'tcgscope-dap-')))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('pauses a running guest, goes on, restarts it, terminates it', async function () {
    this.retries(2); // measures: another process may hold the processor just then
    const t = new Transcript();
    await t.launch({ program: PROGRAM, plugins: [CACHE_PLUGIN] });
    // A condition that never holds keeps the guest busy for long enough.
    const breakpoints = [{ line: lineOf('sum += a[i][k] * b[k][j]'), condition: 'sum == 123456789' }];
    await t.request('setBreakpoints', { source: { path: MAIN }, breakpoints });
    await t.request('configurationDone');
    t.title('pause');
    const before = Date.now();
    await t.request('pause', { threadId: 1 });
    await t.only('stopped');
    assert.ok(Date.now() - before < PAUSE_LIMIT_MS);
    // How deep it stands is by chance: one frame takes one number.
    const { stackFrames } = await t.quietly<DebugProtocol.StackTraceResponse['body']>('stackTrace', {
      threadId: 1,
      levels: 1,
    });
    assert.ok(stackFrames.length >= 1);
    t.title('restart, stopped at a breakpoint after it');
    await t.request('setBreakpoints', { source: { path: MAIN }, breakpoints: [{ line: lineOf('fill();') }] });
    await t.request('restart', {});
    await t.only('stopped');
    await t.request('stackTrace', { threadId: 1, levels: 1 });
    t.title('restart of a running guest');
    await t.request('continue', { threadId: 1 });
    await t.request('restart', {});
    await t.only('stopped');
    await t.request('stackTrace', { threadId: 1, levels: 1 });
    t.title('terminate');
    await t.request('terminate');
    await t.until('terminated');
    t.title('restart after the end');
    await t.request('restart', {});
    await t.until('stopped');
    await t.request('stackTrace', { threadId: 1, levels: 1 });
    await t.finish('control');
  });

  it('keeps the plugin log in its file, whatever way the guest ends', async () => {
    const t = new Transcript({ [folder]: '<tmp>' });
    const file = path.join(folder, 'plugin.log');
    await t.launch({ program: PROGRAM, plugins: [CACHE_PLUGIN], log: { file }, stopOnEntry: true });
    await t.request('configurationDone');
    await t.until('stopped');
    await t.finish('log-file');
    const [shown] = t.client.bodiesOf<{ text: string }>('tcg/pluginLog');
    assert.match(shown.text, /^insn count: +0$/m);
    assert.equal(readFileSync(file, 'utf8'), shown.text);
  });

  it('runs without debugging', async () => {
    const t = new Transcript();
    await t.launch({ program: PROGRAM, noDebug: true, stopOnEntry: true });
    await t.request('setBreakpoints', { source: { path: MAIN }, breakpoints: [{ line: lineOf('fill();') }] });
    await t.request('configurationDone');
    await t.until('terminated');
    await t.finish('no-debug');
  });
});
