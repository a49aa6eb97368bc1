import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { PluginList, PluginReport } from '../../src/adapter/protocol/custom';
import { AdapterProcess } from './adapter-process';

/** It waits for a line on UART 1: a guest that runs as long as it takes. */
const PROGRAM = path.resolve('test/dap/programs/echo.elf');

const plugin = (word: string): string => `
import {
  qemu_plugin_outs, qemu_plugin_register_atexit_cb, qemu_plugin_register_vcpu_insn_exec_cb,
  qemu_plugin_register_vcpu_tb_trans_cb, qemu_plugin_tb_get_insn, tcg_contribute_breakpoint_kind, tcg_contribute_view,
  type qemu_plugin_id_t,
} from 'qemu-plugin';
let blocks: number = 0;
export function qemu_plugin_install(id: qemu_plugin_id_t): void {
  const hit = tcg_contribute_breakpoint_kind(id, { name: 'block', label: 'Block', description: 'a block begins' });
  tcg_contribute_view(id, { id: 'blocks', title: 'Blocks', columns: ['what', 'count'], rows: () => [['blocks', blocks]] });
  qemu_plugin_register_vcpu_tb_trans_cb(id, (_id, tb) => {
    qemu_plugin_register_vcpu_insn_exec_cb(qemu_plugin_tb_get_insn(tb, 0)!, (vcpu) => {
      blocks++;
      hit({ vcpu, pc: 0x100000, text: '${word}' });
    }, 0, undefined);
  });
  qemu_plugin_register_atexit_cb(id, () => qemu_plugin_outs('${word} ends\\n'));
}
`;

describe('plugins while the guest runs, on the real emulator', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(path.join(tmpdir(), 'tcgscope-plugins-'))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  const start = async (plugins: readonly string[]): Promise<AdapterProcess> => {
    const adapter = new AdapterProcess();
    await adapter.client.request('initialize', { clientID: 'tcgscope', adapterID: 'tcg' });
    await adapter.client.request('launch', { program: PROGRAM, plugins });
    await adapter.client.event('initialized');
    await adapter.client.request('configurationDone');
    await adapter.client.event<DebugProtocol.OutputEvent>('output', ({ output }) => output === '?\n');
    return adapter;
  };

  it('are listed, switched, asked, and reloaded after an edit; a break on their own kind stops', async () => {
    const file = path.join(folder, 'blocks.ts');
    writeFileSync(file, plugin('first'));
    const adapter = await start([file, 'libinsn.so']);
    const { client } = adapter;
    const kind = 'plugin:blocks.ts/block';
    const listed = await client.request<PluginList>('tcg/plugins');
    assert.deepEqual(
      listed.plugins.map(({ name, state }) => [name, state]),
      [
        ['blocks.ts', 'loaded'],
        ['libinsn.so', 'loaded'],
      ],
    );
    assert.deepEqual(listed.breakpointKinds, [{ kind, label: 'Block', description: 'a block begins', pluginId: 0 }]);

    const off = await client.request<PluginList>('tcg/pluginSetActive', { id: 1, active: false });
    assert.equal(off.plugins[1].state, 'off');
    await client.event<DebugProtocol.Event>(
      'tcg/plugins',
      ({ plugins }) => (plugins as PluginList['plugins'])[1].state === 'off',
    );
    const { plugins } = await client.request<{ plugins: PluginReport[] }>('tcg/pluginStatistics', { id: 0, rows: 1 });
    assert.equal(plugins[0].tables[0].rows[0][0], 'blocks');

    writeFileSync(file, plugin('second'));
    await client.request('tcg/pluginReload', { id: 0 });
    await client.event('tcg/pluginLog', ({ text }) => text === 'first ends\n');

    const set = await client.request<{ breakpoints: { verified: boolean }[] }>('tcg/setCallbackBreakpoints', {
      breakpoints: [{ kind, enabled: true }],
    });
    assert.deepEqual(set.breakpoints, [{ verified: true }]);
    const stop = await client.event<DebugProtocol.StoppedEvent>('stopped');
    assert.equal(stop.body.reason, 'exception');
    assert.equal(stop.body.description, 'Paused: blocks.ts/block');
    assert.match(stop.body.text ?? '', /^blocks\.ts\/block: second at 0x100000/);
    const console_ = await client.request<{ result: string }>('evaluate', {
      expression: 'plugin stats 0',
      context: 'repl',
    });
    assert.match(console_.result, /^0: blocks\.ts\nBlocks\nwhat {4}count\nblocks {2}\d+$/);
    await adapter.leave();
  });

  it('a plugin is reloaded with what it imports; its files are listed as they are now', async () => {
    const [file, word, other] = ['main.ts', 'word.ts', 'other.ts'].map((name) => path.join(folder, name));
    const importing = (from: string): string =>
      `import { word } from '${from}';\n${plugin('first').replaceAll("'first", "word + '")}`;
    writeFileSync(file, importing('./word'));
    writeFileSync(word, "export const word: string = 'one';\n");
    const adapter = await start([file, 'libinsn.so']);
    const { client } = adapter;
    const list = await client.request<PluginList>('tcg/plugins');
    assert.deepEqual(
      list.plugins.map(({ sources }) => sources),
      [[file, word], undefined],
    );

    writeFileSync(word, "export const word: string = 'two';\n");
    await client.request('tcg/pluginReload', { id: 0 });
    await client.event('tcg/pluginLog', ({ text }) => text === 'one ends\n');

    writeFileSync(word, 'export const word: string = ;\n');
    await assert.rejects(
      client.request('tcg/pluginReload', { id: 0 }),
      /word\.ts is not valid TypeScript: .*\(1:\d+\)/,
    );

    writeFileSync(file, importing('./other'));
    writeFileSync(other, "export { word } from './gone';\n");
    await assert.rejects(client.request('tcg/pluginReload', { id: 0 }), /other\.ts imports "\.\/gone"/);
    const kept = await client.request<PluginList>('tcg/plugins');
    assert.deepEqual(kept.plugins[0].sources, [file, word], 'the old one goes on');

    writeFileSync(other, "export const word = 'three';\n");
    const changed = await client.request<PluginList>('tcg/pluginReload', { id: 0 });
    assert.deepEqual(changed.plugins[0].sources, [file, other]);
    await client.event('tcg/pluginLog', ({ text }) => text === 'two ends\n');
    await adapter.leave();
  });

  it('an error in a TypeScript plugin names its file and line', async () => {
    const file = path.join(folder, 'throws.ts');
    const lines = [
      "import * as q from 'qemu-plugin';",
      "import { later } from './part';",
      'interface Unused {',
      '  readonly a: string;',
      '}',
      'export function qemu_plugin_install(id: q.qemu_plugin_id_t): void {',
      '  q.qemu_plugin_register_vcpu_tb_trans_cb(id, (_id: number, tb: q.qemu_plugin_tb): void => {',
      '    later(tb as unknown as Unused);',
      '  });',
      '}',
    ];
    writeFileSync(file, lines.join('\n'));
    writeFileSync(
      path.join(folder, 'part.ts'),
      'type Any = object;\n\nexport function later(it: Any): void {\n  const x: { y?: { z: number } } = {};\n  x.y!.z++;\n}\n',
    );
    const adapter = await start([file, 'libinsn.so']);
    const { client } = adapter;
    const notice = await client.event('tcg/notice');
    assert.match(
      String(notice.body.message),
      /plugin throws\.ts: its tb_trans callback threw TypeError: .*part\.ts:5:\d+/,
    );
    const { plugins } = await client.request<PluginList>('tcg/plugins');
    assert.deepEqual(
      plugins.map(({ state }) => state),
      ['failed', 'loaded'],
    );
    await adapter.leave();
  });
});
