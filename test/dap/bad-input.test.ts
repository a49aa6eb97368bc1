import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { CACHE_PLUGIN, PROGRAM } from './sample';
import { bundledPluginNames } from '../../src/plugin';
import { Transcript } from './transcript';

/** An x86-64 executable's header, and nothing else. */
function foreignElf(): Uint8Array {
  const bytes = new Uint8Array(64);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  bytes.set([2, 0, 62, 0, 1], 16);
  return bytes;
}

/** An ELF whose only instruction jumps to 0xe0000000-odd: `ldr pc, [pc, #-4]; .word 0x90000000`. */
function jumpToNowhere(): Uint8Array {
  const bytes = new Uint8Array(52 + 32 + 8);
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  const half = (at: number, value: number) => view.setUint16(at, value, true);
  const word = (at: number, value: number) => view.setUint32(at, value, true);
  half(16, 2);
  half(18, 40);
  word(20, 1);
  word(24, 0x100000); // e_entry
  word(28, 52); // e_phoff
  word(36, 0x05000200); // EABI 5, soft float
  half(40, 52);
  half(42, 32);
  half(44, 1);
  half(46, 40); // e_shentsize
  const segment = [1, 84, 0x100000, 0x100000, 8, 8, 5, 4];
  segment.forEach((value, index) => word(52 + 4 * index, value));
  word(84, 0xe51ff004);
  word(88, 0x90000000);
  return bytes;
}

const PLUGINS: Readonly<Record<string, string>> = {
  'throws-install.js': `exports.qemu_plugin_install = () => { throw new Error('no luck at install'); };`,
  'throws-later.js': `
    const { qemu_plugin_register_vcpu_tb_trans_cb } = require('qemu-plugin');
    exports.qemu_plugin_install = (id) => {
      qemu_plugin_register_vcpu_tb_trans_cb(id, () => { throw new Error('no luck at translation'); });
      return 0;
    };`,
  'endless.ts': `
    import { qemu_plugin_outs, qemu_plugin_register_vcpu_tb_trans_cb } from 'qemu-plugin';
    export function qemu_plugin_install(id: number): number {
      qemu_plugin_outs('endless: installed\\n');
      qemu_plugin_register_vcpu_tb_trans_cb(id, () => { for (;;); });
      return 0;
    }`,
  'endless-batch.js': `
    const q = require('qemu-plugin');
    exports.qemu_plugin_install = (id) => {
      q.tcg_register_batch_cb(id, () => { for (;;); });
      q.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
        q.tcg_register_vcpu_insn_exec_batch(q.qemu_plugin_tb_get_insn(tb, 0), 0);
      });
    };`,
  'refuses.mjs': `export const qemu_plugin_install = () => 3;`,
  'no-install.js': `exports.other = 1;`,
  'syntax.ts': 'export const x: number = ;',
};

describe('DAP conversation: bad input', () => {
  let folder = '';
  const file = (name: string) => path.join(folder, name);

  before(() => {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'tcgscope-bad-')));
    writeFileSync(file('truncated.elf'), readFileSync(PROGRAM).subarray(0, 0x100));
    writeFileSync(file('foreign.elf'), foreignElf());
    writeFileSync(file('nowhere.elf'), jumpToNowhere());
    writeFileSync(file('text.elf'), 'This is no program.\n');
    mkdirSync(file('folder.elf'));
    for (const [name, text] of Object.entries(PLUGINS)) writeFileSync(file(name), text);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('refuses launches with a message, one after the other in one session, then a good one runs', async () => {
    const t = new Transcript({ [folder]: '<tmp>', [bundledPluginNames.join(', ')]: '<the bundled plugins>' });
    await t.initialize();
    const launches: Record<string, unknown>[] = [
      { program: file('truncated.elf') },
      { program: file('foreign.elf') },
      { program: file('text.elf') },
      { program: file('missing.elf') },
      { program: file('folder.elf') },
      {},
      { program: 12 },
      { program: PROGRAM, machine: 'no-such-board' },
      { program: PROGRAM, cpu: 'no-such-cpu' },
      { program: PROGRAM, memory: 'much' },
      { program: PROGRAM, memory: '1K' },
      { program: PROGRAM, smp: 'two' },
      { program: PROGRAM, plugins: 'libcache.so' },
      { program: PROGRAM, plugins: ['libcache.so,arg=0x100000'] },
      { program: PROGRAM, plugins: ['libcache.so,arg=0x100000,arg=0x100600,arg=3'] },
      { program: PROGRAM, plugins: ['libcache.so,evict=sometimes'] },
      { program: PROGRAM, plugins: ['libcache.so,no_such_option=1'] },
      { program: PROGRAM, plugins: ['libmissing.so'] },
      { program: PROGRAM, plugins: [file('missing.js')] },
      { program: PROGRAM, plugins: [file('syntax.ts')] },
      { program: PROGRAM, plugins: [file('no-install.js')] },
      { program: PROGRAM, plugins: [file('refuses.mjs')] },
      { program: PROGRAM, plugins: [file('throws-install.js')] },
      { program: PROGRAM, log: { file: path.join(folder, 'no', 'such', 'folder.log') } },
      { program: PROGRAM, loaders: ['loader,addr=0x0'] },
      { program: PROGRAM, cwd: file('nowhere') },
    ];
    for (const config of launches) await t.refused('launch', config);
    await t.refused('attach', { program: PROGRAM });
    await t.refused('no_such_request', {});
    t.title('and after all that');
    await t.request('launch', { program: PROGRAM, memmory: '1G' });
    await t.until('initialized');
    await t.request('configurationDone');
    await t.until('terminated');
    await t.finish('bad-launches');
  });

  it('names a plugin that throws and goes on without it', async () => {
    const t = new Transcript({ [folder]: '<tmp>' });
    await t.launch({ program: PROGRAM, plugins: [file('throws-later.js'), CACHE_PLUGIN] });
    await t.request('configurationDone');
    await t.until('terminated');
    await t.finish('throwing-plugin');
    const notices = t.client.bodiesOf<{ message: string }>('tcg/notice').map(({ message }) => message);
    assert.ok(notices.some((message) => /throws-later\.js/.test(message) && /no luck at translation/.test(message)));
  });

  it('ends a guest whose plugin does not return, names the plugin, keeps the log', async () => {
    const t = new Transcript({ [folder]: '<tmp>' });
    await t.launch({ program: PROGRAM, plugins: [file('endless.ts')], pluginTimeout: 0.5 });
    await t.request('configurationDone');
    await t.until('terminated');
    t.title('the session lives');
    await t.request('threads');
    await t.request('tcg/cacheStatistics', {});
    await t.request('restart', { arguments: { program: PROGRAM } });
    await t.until('terminated');
    await t.finish('endless-plugin');
  });

  it('also one whose callback for a batch of events does not', async () => {
    const t = new Transcript({ [folder]: '<tmp>' });
    await t.launch({ program: PROGRAM, plugins: [file('endless-batch.js')], pluginTimeout: 0.5 });
    await t.request('configurationDone');
    await t.until('terminated');
    const notices = t.client.bodiesOf<{ message: string }>('tcg/notice').map(({ message }) => message);
    assert.ok(notices.some((message) => /endless-batch\.js: a callback did not return within 0\.5 s/.test(message)));
    await t.adapter.leave();
  });

  it('answers while a plugin hangs', async function () {
    this.retries(2); // measures: another process may hold the processor just then
    const t = new Transcript({ [folder]: '<tmp>' });
    await t.launch({ program: PROGRAM, plugins: [file('endless.ts')], pluginTimeout: 1 });
    await t.request('configurationDone');
    const started = Date.now();
    await t.quietly('threads');
    await t.quietly('loadedSources');
    assert.ok(Date.now() - started < 500);
    await t.quietly('terminate');
    await t.client.event('terminated');
    await t.adapter.leave();
  });

  it('stops a guest that has jumped to nowhere and says where it is', async () => {
    const t = new Transcript({ [folder]: '<tmp>' });
    await t.launch({ program: file('nowhere.elf') });
    await t.request('configurationDone');
    const { body } = await t.until<DebugProtocol.StoppedEvent>('stopped');
    assert.equal(body.reason, 'exception');
    await t.request('exceptionInfo', { threadId: 1 });
    await t.request('stackTrace', { threadId: 1 });
    await t.request('disassemble', { memoryReference: '0x90000000', instructionOffset: -2, instructionCount: 4 });
    await t.request('next', { threadId: 1 });
    await t.until('stopped');
    await t.finish('nowhere');
  });

  it('refuses malformed arguments of every request it serves, and malformed messages', async () => {
    const t = new Transcript();
    await t.launch({ program: PROGRAM, stopOnEntry: true });
    await t.request('configurationDone');
    await t.until('stopped');
    const { client } = t;
    const bad: [command: string, args: unknown][] = [
      ['setBreakpoints', undefined],
      ['setBreakpoints', { source: { path: 'main.c' }, breakpoints: [{ line: 'one' }] }],
      ['setFunctionBreakpoints', { breakpoints: [{}] }],
      ['setInstructionBreakpoints', { breakpoints: [{ instructionReference: 'here' }] }],
      ['setExceptionBreakpoints', { filters: 'all' }],
      ['setDataBreakpoints', { breakpoints: [{ dataId: null }] }],
      ['dataBreakpointInfo', {}],
      ['breakpointLocations', { source: { path: 'main.c' } }],
      ['continue', {}],
      ['next', { threadId: 2 }],
      ['stepIn', { threadId: 1, granularity: 'page' }],
      ['stepOut', { threadId: 1 }],
      ['pause', { threadId: 'x' }],
      ['goto', { threadId: 1, targetId: 77 }],
      ['gotoTargets', { source: {}, line: 1 }],
      ['stackTrace', { threadId: 1, startFrame: -1 }],
      ['scopes', {}],
      ['variables', { variablesReference: 0 }],
      ['setVariable', { variablesReference: 1, name: 'x', value: '1' }],
      ['setExpression', { expression: '1', value: '2' }],
      ['evaluate', { expression: '(((' }],
      ['evaluate', { expression: '1 / 0' }],
      ['completions', { text: 'a' }],
      ['readMemory', { memoryReference: '0x0', count: -1 }],
      ['readMemory', { memoryReference: '0x0', count: 1e12 }],
      ['writeMemory', { memoryReference: '0x0', data: '***' }],
      ['disassemble', { memoryReference: '0x0' }],
      ['disassemble', { memoryReference: '0x0', instructionCount: 1e9 }],
      ['exceptionInfo', { threadId: 1 }],
      ['tcg/setCallbackBreakpoints', { breakpoints: {} }],
      ['tcg/consoleInput', { text: 5 }],
      ['tcg/cacheStatistics', { hotInstructions: 'all' }],
    ];
    for (const [command, args] of bad) await t.refused(command, args);
    t.title('malformed messages');
    client.send('{"seq": 1, "type": "request", ');
    client.send('17');
    client.send('null');
    await t.request('threads');
    await t.request('terminate');
    await t.until('terminated');
    await t.finish('bad-requests');
  });
});
