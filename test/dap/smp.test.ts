import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { AdapterProcess } from './adapter-process';

const PROGRAM = path.resolve('test/unit/smp/programs/smp.elf');
const SOURCE = path.resolve('test/unit/smp/programs/smp.c');
const TEXT = readFileSync(SOURCE, 'utf8').split('\n');

const lineOf = (text: string): number => {
  const index = TEXT.findIndex((line) => line.includes(text));
  assert.ok(index >= 0, text);
  return index + 1;
};

describe('two CPUs as two threads, on the real emulator', () => {
  const launched = async (lines: readonly string[]): Promise<AdapterProcess> => {
    const adapter = new AdapterProcess();
    const { client } = adapter;
    await client.request('initialize', { clientID: 'tcgscope', adapterID: 'tcg' });
    await client.request('launch', { program: PROGRAM, smp: 2 });
    await client.event('initialized');
    const breakpoints = lines.map((text) => ({ line: lineOf(text) }));
    await client.request('setBreakpoints', { source: { path: SOURCE }, breakpoints });
    await client.request('configurationDone');
    return adapter;
  };
  const stopped = async ({ client }: AdapterProcess): Promise<DebugProtocol.StoppedEvent['body']> =>
    (await client.event<DebugProtocol.StoppedEvent>('stopped')).body;
  const stack = async ({ client }: AdapterProcess, threadId: number): Promise<DebugProtocol.StackFrame[]> =>
    (await client.request<DebugProtocol.StackTraceResponse['body']>('stackTrace', { threadId })).stackFrames;
  const evaluate = async ({ client }: AdapterProcess, expression: string, frameId: number): Promise<string> =>
    (await client.request<DebugProtocol.EvaluateResponse['body']>('evaluate', { expression, frameId })).result;

  it('each has its stack and registers; a breakpoint names the one that stopped, and all stop', async () => {
    const adapter = await launched(['result = cpu() | ']);
    const { client } = adapter;
    const stop = await stopped(adapter);
    assert.deepEqual([stop.reason, stop.threadId, stop.allThreadsStopped], ['breakpoint', 2, true]);
    const { threads } = await client.request<DebugProtocol.ThreadsResponse['body']>('threads');
    assert.deepEqual(
      threads.map(({ id, name }) => `${id} ${name}`),
      ['1 CPU#0 (cortex-a9)', '2 CPU#1 (cortex-a9)'],
    );
    const [first, second] = [await stack(adapter, 1), await stack(adapter, 2)];
    assert.deepEqual(
      second.map(({ name }) => name),
      ['cpu [inlined]', 'identify', 'cpu1_main'],
    );
    assert.ok(first.map(({ name }) => name).includes('main'));
    const own = { mpidr: await evaluate(adapter, '$mpidr & 3', second[0].id), sp: '' };
    own.sp = await evaluate(adapter, '$sp', second[0].id);
    assert.equal(own.mpidr, '1');
    assert.notEqual(own.sp, await evaluate(adapter, '$sp', first[0].id));
    await adapter.leave();
  });

  it('a step steps its thread, and the other goes on with its turns; pause stops both', async () => {
    const adapter = await launched(['flag = *at;']);
    const { client } = adapter;
    assert.equal((await stopped(adapter)).threadId, 2);
    await client.request('next', { threadId: 2 });
    const step = await stopped(adapter);
    assert.deepEqual([step.reason, step.threadId], ['step', 2]);
    assert.equal((await stack(adapter, 2))[0].line, lineOf('while (*at != 0x4444)'));
    // The page is still the old one for this CPU.
    const [{ id }] = await stack(adapter, 2);
    assert.equal(await evaluate(adapter, '*(unsigned *)0x40000000 == 0x3333', id), '1');
    await client.request('next', { threadId: 1, granularity: 'instruction' });
    const other = await stopped(adapter);
    assert.deepEqual([other.reason, other.threadId], ['step', 1]);
    await client.request('setBreakpoints', { source: { path: SOURCE }, breakpoints: [] });
    await client.request('continue', { threadId: 1 });
    assert.equal((await client.event<DebugProtocol.ExitedEvent>('exited')).body.exitCode, 0);
    await adapter.leave();
  });

  it('a stop can be asked for while both run, and a thread that does not exist is refused', async () => {
    const adapter = await launched([]);
    const { client } = adapter;
    await client.request('pause', { threadId: 2 });
    assert.equal((await stopped(adapter)).reason, 'pause');
    await assert.rejects(
      client.request('stackTrace', { threadId: 3 }),
      /"threadId" must be a whole number from 1 to 2/,
    );
    await adapter.leave();
  });
});
