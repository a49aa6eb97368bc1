import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { CacheSample } from '../../src/adapter/protocol/custom';
import { CACHE_PLUGIN, lineOf, MAIN, PROGRAM } from './sample';
import { Transcript } from './transcript';

const SOURCE = { path: MAIN };

async function top(t: Transcript): Promise<DebugProtocol.StackFrame> {
  const { stackFrames } = await t.request<DebugProtocol.StackTraceResponse['body']>('stackTrace', {
    threadId: 1,
    startFrame: 0,
    levels: 2,
  });
  return stackFrames[0];
}

describe('DAP conversation with the real adapter', () => {
  it('the main job: breakpoints, log point, steps, statistics, exit', async () => {
    const t = new Transcript();
    await t.launch({ program: PROGRAM, plugins: [CACHE_PLUGIN] });
    await t.request('setBreakpoints', {
      source: SOURCE,
      breakpoints: [
        { line: lineOf('fill();') },
        { line: lineOf('unsigned by_columns'), logMessage: 'the first product is done: c[1][2] = {c[1][2]}' },
        { line: lineOf('return sum;') },
        { line: 1000 },
      ],
    });
    await t.request('setFunctionBreakpoints', { breakpoints: [{ name: 'list_sum' }, { name: 'no_such_function' }] });
    await t.request('breakpointLocations', { source: SOURCE, line: lineOf('int main'), endLine: lineOf('fill();') });
    await t.request('configurationDone');

    t.title('the breakpoint in main');
    await t.until('stopped');
    await t.request('threads');
    const frame = await top(t);
    await t.request('scopes', { frameId: frame.id });
    await t.request('evaluate', { expression: 'a[1][2] + N', frameId: frame.id, context: 'watch' });

    t.title('step into fill, over two lines, out');
    await t.request('stepIn', { threadId: 1 });
    await t.until('stopped');
    await top(t);
    await t.request('next', { threadId: 1 });
    await t.until('stopped');
    await t.request('next', { threadId: 1 });
    await t.until('stopped');
    const inner = await top(t);
    const { scopes } = await t.request<DebugProtocol.ScopesResponse['body']>('scopes', { frameId: inner.id });
    const locals = scopes.find(({ name }) => name === 'Locals')!;
    await t.request('variables', { variablesReference: locals.variablesReference });
    await t.request('stepOut', { threadId: 1 });
    await t.until('stopped');
    await top(t);

    t.title('step over a call, by instruction too');
    await t.request('next', { threadId: 1 });
    await t.until('stopped');
    await top(t);
    await t.request('stepIn', { threadId: 1, granularity: 'instruction' });
    await t.until('stopped');
    await top(t);

    t.title('past the log point to the next breakpoint');
    await t.request('continue', { threadId: 1 });
    await t.until('stopped');
    await top(t);
    await t.request('setBreakpoints', { source: SOURCE, breakpoints: [] });
    await t.request('continue', { threadId: 1 });

    t.title('the function breakpoint');
    await t.until('stopped');
    const list = await top(t);
    await t.request('evaluate', { expression: '*head', frameId: list.id, context: 'hover' });
    await t.request('setFunctionBreakpoints', { breakpoints: [] });
    await t.request('continue', { threadId: 1 });

    t.title('to the end');
    await t.until('terminated');
    const { caches } = await t.quietly<{ caches: CacheSample[] }>('tcg/cacheStatistics', {});
    const pushed = t.client.bodiesOf<{ caches: CacheSample[]; running: boolean }>('tcg/cacheStatistics');
    await t.finish('debugging');

    // The log, the request and the pushed statistics are the same counters.
    const log = t.client
      .bodiesOf<{ text: string }>('tcg/pluginLog')
      .map(({ text }) => text)
      .join('');
    const counted = (label: string) => Number(new RegExp(`^${label}:? +(\\d+)`, 'm').exec(log)?.[1]);
    const [{ statistics, lines }] = caches;
    const level = statistics.levels.find(({ name }) => name === 'L1D')!;
    assert.equal(statistics.instructions, counted('insn count'));
    assert.equal(level.loads.misses, counted('dcache load misses'));
    assert.equal(level.stores.hits, counted('dcache store hits'));
    assert.deepEqual(pushed[pushed.length - 1].caches[0].statistics.levels, statistics.levels);
    assert.equal(pushed[pushed.length - 1].running, false);
    assert.deepEqual([lines[0].path, lines[0].line], [MAIN, lineOf('sum += a[i][k] * b[k][j]')]);
  });

  it('memory, disassembly, registers and setting values', async () => {
    const t = new Transcript();
    await t.launch({ program: PROGRAM, stopOnEntry: true });
    await t.request('configurationDone');
    await t.until('stopped');
    await top(t);

    t.title('disassembly');
    const entry = '0x00100000';
    await t.request('disassemble', { memoryReference: entry, instructionCount: 6, resolveSymbols: true });
    await t.request('setFunctionBreakpoints', { breakpoints: [{ name: 'main' }] });
    await t.request('continue', { threadId: 1 });
    await t.until('stopped');
    const frame = await top(t);
    const reference = frame.instructionPointerReference;
    await t.request('disassemble', {
      memoryReference: reference,
      instructionOffset: -6,
      instructionCount: 10,
      resolveSymbols: true,
    });
    const { instructions } = await t.quietly<NonNullable<DebugProtocol.DisassembleResponse['body']>>('disassemble', {
      memoryReference: '0x0',
      instructionOffset: -400,
      instructionCount: 500,
    });
    assert.equal(instructions.length, 500);

    t.title('memory');
    await t.request('readMemory', { memoryReference: entry, offset: 4, count: 8 });
    await t.request('writeMemory', { memoryReference: '0x00200000', data: 'AQIDBA==' });
    await t.until('memory');
    await t.request('readMemory', { memoryReference: '0x00200000', count: 6 });
    await t.request('readMemory', { memoryReference: '0xfffffff0', count: 64 });
    await t.request('readMemory', { memoryReference: '0x40000000', count: 16 });
    await t.refused('writeMemory', { memoryReference: '0x40000000', data: 'AQIDBA==' });

    t.title('registers and flags');
    const { scopes } = await t.request<DebugProtocol.ScopesResponse['body']>('scopes', { frameId: frame.id });
    const registers = scopes.find(({ name }) => name === 'Registers')!;
    const { variables: groups } = await t.request<DebugProtocol.VariablesResponse['body']>('variables', {
      variablesReference: registers.variablesReference,
    });
    const group = (name: string) => groups.find((one) => one.name === name)!.variablesReference;
    await t.request('variables', { variablesReference: group('Core') });
    const { variables: status } = await t.request<DebugProtocol.VariablesResponse['body']>('variables', {
      variablesReference: group('Flags and modes'),
    });
    const cpsr = status.find(({ name }) => name === 'cpsr')!;
    await t.request('variables', { variablesReference: cpsr.variablesReference });
    await t.request('setVariable', { variablesReference: cpsr.variablesReference, name: 'C', value: '1' });
    await t.request('setVariable', { variablesReference: group('Core'), name: 'r4', value: '0x1234 + 1' });
    await t.request('evaluate', { expression: '$r4', frameId: frame.id, format: { hex: true } });
    await t.refused('setVariable', { variablesReference: group('Core'), name: 'r99', value: '1' });

    t.title('vector registers');
    const variables = async (reference: number, args: object = {}) => {
      const body = await t.request<DebugProtocol.VariablesResponse['body']>('variables', {
        variablesReference: reference,
        ...args,
      });
      return new Map(body.variables.map(({ name, variablesReference }) => [name, variablesReference]));
    };
    const quadwords = await variables(group('Advanced SIMD'));
    const views = await variables(quadwords.get('q9')!);
    await t.request('setVariable', { variablesReference: views.get('f32')!, name: '[1]', value: '-1.5' });
    await t.request('setVariable', { variablesReference: views.get('u16')!, name: '[7]', value: '0xbe00 + 0xef' });
    await t.request('setVariable', { variablesReference: views.get('u64')!, name: '[0]', value: '0x3f800000fedcba99' });
    await t.request('setVariable', { variablesReference: views.get('f32')!, name: '[2]', value: '0.1' });
    await t.request('setVariable', { variablesReference: views.get('f32')!, name: '[3]', value: '-inf' });
    await t.refused('setVariable', { variablesReference: views.get('s8')!, name: '[0]', value: '1.5' });
    await t.refused('setVariable', { variablesReference: views.get('f32')!, name: '[4]', value: '1' });
    await variables(views.get('f32')!);
    await variables(quadwords.get('q9')!, { format: { hex: true } });

    t.title('globals and expressions');
    await t.request('setExpression', { expression: 'c[2][3]', value: '-7' });
    await t.request('evaluate', { expression: 'c[2]', frameId: frame.id, context: 'repl' });
    await t.request('evaluate', { expression: 'x/4dw &c[2][2]', context: 'repl' });
    await t.refused('evaluate', { expression: 'no_such_name + 1', context: 'watch' });
    await t.request('completions', { text: 'list_', column: 6, frameId: frame.id });

    t.title('sources, modules, set next statement');
    await t.request('loadedSources');
    await t.request('modules', {});
    const { targets } = await t.request<DebugProtocol.GotoTargetsResponse['body']>('gotoTargets', {
      source: SOURCE,
      line: lineOf('unsigned by_columns'),
    });
    await t.request('goto', { threadId: 1, targetId: targets[0].id });
    await t.until('stopped');
    await top(t);
    await t.request('setInstructionBreakpoints', {
      breakpoints: [
        { instructionReference: reference, offset: 4 },
        { instructionReference: reference, offset: 1 },
      ],
    });
    await t.request('terminate');
    await t.until('terminated');
    await t.finish('inspection');
  });
});
