import assert from 'node:assert/strict';
import type { PluginList, PluginReport } from '../../../src/adapter/protocol/custom';
import { contributedInfo, kindInfo, PluginBreakpoints } from '../../../src/extension/breakpoints/model';
import { locateError } from '../../../src/extension/plugins/locate';
import { isMeant, missingImport } from '../../../src/extension/plugins/missing-import';
import { detailsOf, rootNodes, TREE_ROWS, type PluginNode } from '../../../src/extension/plugins/nodes';
import { PluginStore } from '../../../src/extension/plugins/store';

const KIND = { kind: 'plugin:x.ts/deep', label: 'Deep Stack', description: 'sp is low', pluginId: 0 } as const;
const LIST: PluginList = {
  plugins: [
    { id: 0, name: 'x.ts', file: './x.ts', path: '/w/x.ts', arguments: ['limit=3', 'on'], state: 'loaded' },
    { id: 1, name: 'bad.js', file: 'bad.js', path: '/w/bad.js', arguments: [], state: 'failed', message: 'Error: oh' },
  ],
  breakpointKinds: [KIND],
};
const REPORT: PluginReport = {
  pluginId: 0,
  pluginName: 'x.ts',
  text: 'insns: 33\nplain line, with comma\n',
  tables: [{ id: 't', title: 'Calls', columns: ['function', 'calls'], rows: [['main', 1234567]] }],
};

function node(store: PluginStore, index: number): PluginNode {
  const found = rootNodes(store.sessions)[index];
  assert.ok(found);
  return found;
}

describe('the plugins view', () => {
  it('lists plugins with arguments, statistics and tables below them', () => {
    let changes = 0;
    const store = new PluginStore(() => void changes++);
    store.update('s1', 'first', LIST);
    const x = node(store, 0);
    assert.equal(x.sessionName, undefined);
    const labels = (report?: PluginReport) => detailsOf(x, report).map(({ label, icon }) => `${icon} ${label}`);
    assert.deepEqual(labels(), ['symbol-parameter limit=3', 'symbol-parameter on']);
    store.report('s1', [REPORT]);
    const reported = store.sessions[0]?.reports.get(0);
    assert.deepEqual(labels(reported).slice(2), ['graph Statistics', 'table Calls']);
    const [, , text, table] = detailsOf(x, reported);
    assert.deepEqual(
      text?.children.map(({ label, description }) => [label, description]),
      [
        ['insns', '33'],
        ['plain line, with comma', undefined],
      ],
    );
    assert.deepEqual(
      table?.children.map(({ label, description, tooltip }) => [label, description, tooltip]),
      [['main', '1,234,567', 'function: main\ncalls: 1,234,567']],
    );
    assert.equal(changes, 2);
  });

  it('shows why one failed, and says when one has nothing to say yet', () => {
    const store = new PluginStore(() => undefined);
    store.update('s1', 'first', LIST);
    assert.deepEqual(
      detailsOf(node(store, 1), undefined).map(({ label }) => label),
      ['Error: oh'],
    );
    const silent = { ...REPORT, text: null, tables: [] };
    assert.equal(detailsOf(node(store, 0), silent).at(-1)?.label, 'No statistics before the end');
  });

  it('bounds long tables and says so', () => {
    const rows = Array.from({ length: TREE_ROWS + 7 }, (_, i) => [`r${i}`]);
    const store = new PluginStore(() => undefined);
    store.update('s1', 'first', LIST);
    const tables = [{ id: 't', title: 'T', columns: ['r'], rows }];
    const table = detailsOf(node(store, 0), { ...REPORT, text: null, tables }).at(-1);
    assert.equal(table?.children.length, TREE_ROWS + 1);
    assert.match(table?.children.at(-1)?.label ?? '', /^7 more/);
  });

  it('names sessions when there are several, and forgets one that ends', () => {
    const store = new PluginStore(() => undefined);
    store.update('s1', 'first', LIST);
    store.update('s2', 'second', LIST);
    assert.deepEqual(
      rootNodes(store.sessions).map(({ sessionName }) => sessionName),
      ['first', 'first', 'second', 'second'],
    );
    assert.equal(new Set(rootNodes(store.sessions).map(({ id }) => id)).size, 4);
    assert.deepEqual(store.breakpointKinds, [KIND]);
    assert.equal(store.ownersOf('/w/x.ts').length, 2);
    store.end('s1');
    store.report('s1', [REPORT]);
    assert.deepEqual(
      store.sessions.map(({ sessionId }) => sessionId),
      ['s2'],
    );
    store.end('s2');
    assert.deepEqual(store.breakpointKinds, []);
  });

  it('finds plugins by any of their files, as the last list has them', () => {
    const store = new PluginStore(() => undefined);
    const [x, bad] = LIST.plugins;
    assert.ok(x && bad);
    const update = (...sources: string[]) =>
      store.update('s1', 'first', { ...LIST, plugins: [{ ...x, sources: ['/w/x.ts', ...sources] }, bad] });
    const owners = (...files: string[]) => store.ownersOf(...files).map(({ plugin }) => plugin.id);
    update('/w/lib/part.ts', '/w/data.json');
    assert.deepEqual(owners('/w/lib/part.ts'), [0]);
    assert.deepEqual(owners('/w/data.json', '/w/x.ts'), [0]);
    assert.deepEqual(owners('/w/new.ts', '/w/bad.js'), [1]);
    assert.deepEqual(owners('/w/new.ts'), []);
    update('/w/new.ts');
    assert.deepEqual(owners('/w/new.ts'), [0]);
    assert.deepEqual(owners('/w/lib/part.ts'), []);
  });

  it("plugins' kinds of breakpoints have their labels, and are kept without a session", () => {
    assert.equal(kindInfo(KIND.kind, [KIND]).label, 'Deep Stack');
    assert.equal(kindInfo(KIND.kind).label, 'x.ts/deep');
    assert.equal(contributedInfo(KIND).detail, 'x.ts: sp is low');
    const list = new PluginBreakpoints(() => undefined);
    list.restore([{ kind: KIND.kind, enabled: true }]);
    assert.deepEqual(list.specs, [{ kind: KIND.kind, enabled: true }]);
  });
});

describe('where a plugin’s error is', () => {
  it('a stack trace names file and line, percent signs undone', () => {
    assert.deepEqual(locateError('TypeError: no (at Object.eval [as callback] (/w/a%20b.ts:8:13))', '/w/x.ts'), {
      line: 8,
      column: 13,
      path: '/w/a b.ts',
      message: 'TypeError: no',
    });
    const bare = locateError('Error: oh (at /w/x.ts:5:7)', '/w/x.ts');
    assert.deepEqual([bare.path, bare.line, bare.column, bare.message], ['/w/x.ts', 5, 7, 'Error: oh']);
  });

  it('a parser names the line in the message, also of an imported file', () => {
    const own = locateError('/w/x.ts is not valid TypeScript: Unexpected token (3:25)', '/w/x.ts');
    assert.deepEqual([own.path, own.line, own.column], ['/w/x.ts', 3, 25]);
    assert.equal(own.message, '/w/x.ts is not valid TypeScript: Unexpected token');
    assert.equal(locateError('/w/part.ts is not valid TypeScript: Unexpected (9:1)', '/w/x.ts').path, '/w/part.ts');
  });

  it('without a place it is the first line', () => {
    assert.deepEqual(locateError('install returned error code 3', '/w/x.ts'), {
      line: 1,
      column: 1,
      path: '/w/x.ts',
      message: 'install returned error code 3',
    });
  });
});

describe('what a plugin imports and lacks', () => {
  it('is told from the message, and found when it comes', () => {
    const failed = 'Could not load plugin /w/p.ts: qemu_plugin_install threw Error: ';
    const wanted = missingImport(
      `${failed}/w/lib/a b.ts imports "../gone", but there is no such file (at /w/p.ts:3:1)`,
    );
    assert.equal(wanted, '/w/gone');
    assert.equal(missingImport('C:\\w\\p.ts imports "./x.js", but there is no such file'), 'C:\\w\\x.js');
    assert.equal(missingImport('Error: /w/p.ts imports "left-pad": a plugin can import its own files only'), undefined);
    for (const file of ['/w/gone', '/w/gone.ts', '/w/gone.mjs', '/w/gone.json', '/w/gone/index.js'])
      assert.ok(isMeant(file, '/w/gone'), file);
    for (const file of ['/w/gone2.ts', '/w/gone.css', '/w/gone/other.ts', '/v/gone.ts'])
      assert.ok(!isMeant(file, '/w/gone'), file);
    assert.ok(isMeant('/w/x.ts', '/w/x.js'));
  });
});
