import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { CallbackBreakpointSpec, CallbackKind } from '../../src/adapter/protocol/custom';
import { CACHE_PLUGIN, lineOf, MAIN, PROGRAM } from './sample';
import { Transcript } from './transcript';

/** For each kind, a condition that the sample meets: in the order in which it does. */
const CONDITIONS: Readonly<Record<CallbackKind, string>> = {
  tb_trans: 'fill',
  tb_exec: '0x100140 && $r2 > 3',
  insn_exec: '0x100324',
  l1i_miss: 'multiply_ijk',
  l1d_miss: 'b',
  l2_miss: '0x100000-0x1fffff',
  mem_read: 'c',
  mem_write: 'a && $lr != 0',
  syscall: '',
  exit: '',
};

describe('DAP conversation: callback breakpoints', () => {
  it('stops at each kind of callback, by the exception filters', async () => {
    const t = new Transcript();
    await t.launch({ program: PROGRAM, plugins: [CACHE_PLUGIN], stopOnEntry: true });
    await t.request('configurationDone');
    await t.until('stopped');
    for (const [filterId, condition] of Object.entries(CONDITIONS)) {
      t.title(filterId);
      await t.request('setExceptionBreakpoints', {
        filters: [],
        filterOptions: [{ filterId, ...(condition && { condition }) }],
      });
      await t.request('continue', { threadId: 1 });
      const { body } = await t.until<DebugProtocol.StoppedEvent>('stopped');
      assert.equal(body.reason, 'exception');
      await t.request('exceptionInfo', { threadId: 1 });
      await t.request('stackTrace', { threadId: 1, levels: 1 });
    }
    t.title('after the exit breakpoint the guest ends');
    await t.request('continue', { threadId: 1 });
    await t.until('terminated');
    await t.finish('callbacks');
  });

  it('logs, counts hits and refuses what is wrong, from the view', async () => {
    const t = new Transcript();
    await t.launch({ program: PROGRAM });
    const breakpoints: CallbackBreakpointSpec[] = [
      { kind: 'mem_write', condition: 'c+4 && c[0][1] != 0', enabled: true },
      // The 20th and the 40th instruction of main, which has no branches of its own: at 0x10035c and 0x1003ac.
      { kind: 'insn_exec', condition: 'main', hitCondition: '% 20', logMessage: 'in main at {$pc}', enabled: true },
      { kind: 'insn_exec', condition: 'main', enabled: false },
      { kind: 'insn_exec', condition: '0x20-0x10', enabled: true },
      { kind: 'insn_exec', condition: 'main && r0 ==', enabled: true },
      { kind: 'insn_exec', condition: 'main', hitCondition: 'often', enabled: true },
      { kind: 'insn_exec', condition: 'main', logMessage: '{r0', enabled: true },
      { kind: 'l1d_miss', condition: '', enabled: false },
    ];
    await t.request('tcg/setCallbackBreakpoints', { breakpoints: breakpoints.slice(1) });
    await t.refused('tcg/setCallbackBreakpoints', { breakpoints: [{ kind: 'no_such_kind' }] });
    await t.request('configurationDone');
    await t.until('terminated');
    await t.finish('callbacks-view');
  });

  it('watches variables: data breakpoints for reading and writing', async () => {
    const t = new Transcript();
    await t.launch({ program: PROGRAM, stopOnEntry: true });
    await t.request('configurationDone');
    await t.until('stopped');
    const info = await t.request<DebugProtocol.DataBreakpointInfoResponse['body']>('dataBreakpointInfo', {
      name: 'c[1][2]',
    });
    await t.request('dataBreakpointInfo', { name: '0x100000', asAddress: true, bytes: 16 });
    await t.request('dataBreakpointInfo', { name: '1 + 1' });
    await t.refused('setDataBreakpoints', { breakpoints: [{ dataId: 'x' }] });
    await t.request('setDataBreakpoints', { breakpoints: [{ dataId: info.dataId, accessType: 'write' }] });
    for (const place of ['when .bss is cleared', 'in fill']) {
      t.title(`written ${place}`);
      await t.request('continue', { threadId: 1 });
      const { body } = await t.until<DebugProtocol.StoppedEvent>('stopped');
      assert.equal(body.reason, 'data breakpoint');
      await t.request('stackTrace', { threadId: 1, levels: 1 });
    }
    t.title('read in checksum');
    await t.request('setDataBreakpoints', {
      breakpoints: [{ dataId: info.dataId, accessType: 'read', condition: 'c[1][2] != 0' }],
    });
    await t.request('setBreakpoints', { source: { path: MAIN }, breakpoints: [{ line: lineOf('unsigned by_rows') }] });
    await t.request('continue', { threadId: 1 });
    await t.until('stopped');
    await t.request('stackTrace', { threadId: 1, levels: 1 });
    await t.request('terminate');
    await t.until('terminated');
    await t.finish('data-breakpoints');
  });
});
