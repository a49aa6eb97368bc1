import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { AdapterProcess } from './adapter-process';

const FOLDER = path.resolve('samples/rtos');
const OUTPUT = readFileSync('test/programs/rtos.out', 'latin1');

interface Configuration {
  readonly name: string;
  readonly smp?: number;
}

/** The sample's launch configurations, as VS Code hands them over. */
const CONFIGURATIONS = (
  JSON.parse(
    readFileSync(path.join(FOLDER, '.vscode/launch.json'), 'utf8').replaceAll('${workspaceFolder}', FOLDER),
  ) as { readonly configurations: readonly Configuration[] }
).configurations;

const lineOf = (file: string, text: string): number => {
  const index = readFileSync(path.join(FOLDER, file), 'utf8')
    .split('\n')
    .findIndex((line) => line.includes(text));
  assert.ok(index >= 0, text);
  return index + 1;
};

describe('the sample rtos under F5, on the real emulator', function () {
  this.timeout(60_000);

  const launched = async (configuration: Configuration, file?: string, text = ''): Promise<AdapterProcess> => {
    const adapter = new AdapterProcess();
    const { client } = adapter;
    await client.request('initialize', { clientID: 'tcgscope', adapterID: 'tcg' });
    await client.request('launch', configuration);
    await client.event('initialized');
    if (file) await setBreakpoint(adapter, file, text);
    await client.request('configurationDone');
    return adapter;
  };
  const setBreakpoint = async ({ client }: AdapterProcess, file: string, text: string): Promise<void> => {
    const breakpoints = text ? [{ line: lineOf(file, text) }] : [];
    const source = { path: path.join(FOLDER, file) };
    const body = await client.request<DebugProtocol.SetBreakpointsResponse['body']>('setBreakpoints', {
      source,
      breakpoints,
    });
    for (const { verified, message } of body.breakpoints) assert.ok(verified, message);
  };
  const names = async ({ client }: AdapterProcess, threadId: number): Promise<string[]> =>
    (await client.request<DebugProtocol.StackTraceResponse['body']>('stackTrace', { threadId })).stackFrames.map(
      ({ name }) => name,
    );
  const ended = async (adapter: AdapterProcess, output: string): Promise<void> => {
    const { exitCode } = (await adapter.client.event<DebugProtocol.ExitedEvent>('exited')).body;
    assert.equal(exitCode, 0);
    assert.equal(adapter.client.outputOf('stdout'), output);
    await adapter.leave();
  };

  for (const configuration of CONFIGURATIONS) {
    const output = configuration.smp === 2 ? OUTPUT.replace('1 CPU\n', '2 CPUs\n') : OUTPUT;

    it(`${configuration.name}: runs to its end with every check passed`, async () => {
      const adapter = await launched(configuration);
      await ended(adapter, output);
      if (configuration.smp !== 2) return;
      // A row for each core, then their sum.
      const log = adapter.client
        .bodiesOf<{ readonly text?: string; readonly output?: string }>('tcg/pluginLog')
        .map((body) => body.text ?? body.output ?? '')
        .join('');
      assert.match(log, /^0 +\d+ .*\n1 +\d+ .*\nsum +\d+ /m);
    });
  }

  it('a task has its stack, steps over a switch of tasks end in the same task, and the end is the same', async () => {
    const [configuration] = CONFIGURATIONS;
    const adapter = await launched(configuration, 'main.c', 'uint32_t sum = queue_receive');
    const { client } = adapter;
    const { body } = await client.event<DebugProtocol.StoppedEvent>('stopped');
    assert.deepEqual([body.reason, body.threadId], ['breakpoint', 1]);
    assert.deepEqual((await names(adapter, 1)).slice(0, 2), ['check_queues', 'application']);
    assert.ok((await names(adapter, 2)).length > 0);
    // The call waits for tasks of both CPUs.
    await client.request('next', { threadId: 1 });
    const step = (await client.event<DebugProtocol.StoppedEvent>('stopped')).body;
    assert.deepEqual([step.reason, step.threadId], ['step', 1]);
    const { stackFrames } = await client.request<DebugProtocol.StackTraceResponse['body']>('stackTrace', {
      threadId: 1,
    });
    assert.deepEqual(
      [stackFrames[0].name, stackFrames[0].line],
      ['check_queues', lineOf('main.c', 'task_join(from);')],
    );
    await setBreakpoint(adapter, 'main.c', '');
    await setBreakpoint(adapter, 'kernel.c', 'task->report.address = address;');
    const faults: string[] = [];
    for (let i = 0; i < 3; i++) {
      await client.request('continue', { threadId: 1 });
      const { threadId } = (await client.event<DebugProtocol.StoppedEvent>('stopped')).body;
      assert.ok(threadId);
      const [frame] = (
        await client.request<DebugProtocol.StackTraceResponse['body']>('stackTrace', { threadId, levels: 1 })
      ).stackFrames;
      const { result } = await client.request<DebugProtocol.EvaluateResponse['body']>('evaluate', {
        expression: 'task->name',
        frameId: frame.id,
      });
      faults.push(`${threadId} ${result.replace(/^0x\w+ /, '')}`);
    }
    assert.deepEqual(faults, ['2 "null"', '1 "overflow"', '2 "undefined"']);
    await client.request('continue', { threadId: 1 });
    await ended(adapter, OUTPUT.replace('1 CPU\n', '2 CPUs\n'));
  });
});
