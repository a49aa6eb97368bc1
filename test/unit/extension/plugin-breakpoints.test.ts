import assert from 'node:assert/strict';
import { CALLBACK_KINDS } from '../../../src/adapter/dap/callback-kinds';
import { describe as describeSpec, KINDS, kindInfo, PluginBreakpoints } from '../../../src/extension/breakpoints/model';

describe('PluginBreakpoints', () => {
  it('knows the kinds of callbacks that the adapter knows', () => {
    assert.deepEqual(KINDS.map(({ kind }) => kind).sort(), Object.keys(CALLBACK_KINDS).sort());
    for (const { kind, label } of KINDS) assert.equal(kindInfo(kind).label, label);
  });

  it('keeps the order, and tells of each change', () => {
    const changes: string[] = [];
    const list = new PluginBreakpoints((what) => void changes.push(what));
    list.add({ kind: 'mem_write', condition: 'matrix', enabled: true });
    list.add({ kind: 'exit', enabled: true });
    const [first, second] = list.all;
    assert.ok(first && second && first.id !== second.id);
    list.update(first.id, { enabled: false });
    assert.deepEqual(list.specs, [
      { kind: 'mem_write', condition: 'matrix', enabled: false },
      { kind: 'exit', enabled: true },
    ]);
    list.remove(first.id);
    assert.deepEqual(list.specs, [{ kind: 'exit', enabled: true }]);
    list.clear();
    assert.deepEqual(list.specs, []);
    assert.deepEqual(changes, ['specs', 'specs', 'specs', 'specs', 'specs']);
  });

  it('keeps the answers of the adapter with their breakpoints until those change', () => {
    const list = new PluginBreakpoints(() => undefined);
    list.add({ kind: 'l2_miss', enabled: true });
    list.add({ kind: 'exit', enabled: true });
    list.verify([{ verified: false, message: 'no cache plugin' }, { verified: true }]);
    assert.deepEqual(
      list.all.map(({ verification }) => verification?.verified),
      [false, true],
    );
    const [first] = list.all;
    assert.ok(first);
    list.update(first.id, { condition: 'main' });
    assert.equal(list.all[0]?.verification, undefined);
    assert.equal(list.all[1]?.verification?.verified, true);
  });

  it('restores what was stored, and drops what is no breakpoint', () => {
    const list = new PluginBreakpoints(() => undefined);
    const good = { kind: 'tb_exec', condition: '0x100', enabled: false };
    list.restore([
      good,
      null,
      3,
      { kind: 'nonsense', enabled: true },
      { kind: 'exit' },
      { kind: 'exit', enabled: true, condition: 4 },
    ]);
    assert.deepEqual(list.specs, [good]);
    list.restore('rubbish');
    assert.deepEqual(list.specs, []);
  });

  it('says in a line what a breakpoint does', () => {
    assert.equal(describeSpec({ kind: 'exit', enabled: true }), '');
    assert.equal(
      describeSpec({ kind: 'mem_read', condition: '0x1000', hitCondition: '>= 5', enabled: true }),
      '0x1000 · hits: >= 5',
    );
    assert.equal(describeSpec({ kind: 'mem_read', logMessage: 'r0={r0}', enabled: true }), 'log: r0={r0}');
  });
});
