import assert from 'node:assert/strict';
import path from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { RequestFailed } from '../../dap/client';
import { Harness } from './harness';

const PROGRAM = path.resolve('test/programs/symbols/dw5-arm-O0.elf');
const CONFIG = { program: PROGRAM };

const refused = (work: Promise<unknown>, message: RegExp) =>
  assert.rejects(work, (error: unknown) => {
    assert.ok(error instanceof RequestFailed, String(error));
    assert.match(error.message, message);
    return true;
  });

describe('session', () => {
  it('initializes with the capabilities it serves', async () => {
    const harness = new Harness();
    const capabilities = await harness.initialize();
    assert.equal(capabilities.supportsConfigurationDoneRequest, true);
    assert.equal(capabilities.exceptionBreakpointFilters?.length, 10);
    assert.ok(capabilities.exceptionBreakpointFilters!.every((filter) => filter.supportsCondition));
    assert.equal(capabilities.supportsStepBack, undefined);
  });

  it('runs from launch to exit, responses before their events', async () => {
    const harness = new Harness();
    harness.prepare = (engine) => (engine.onRun = () => engine.exit(3));
    await harness.launch(CONFIG);
    await harness.client.request('configurationDone');
    const exited = await harness.client.event<DebugProtocol.ExitedEvent>('exited');
    assert.equal(exited.body.exitCode, 3);
    await harness.client.event('terminated');
    assert.match(harness.client.outputOf('console'), /The guest has ended: semihosting exit \(exit code 3\)/);
    const order = harness.client.messages
      .filter(({ type }) => type !== 'request')
      .map((message) => ('event' in message ? message.event : 'command' in message ? message.command : ''));
    assert.deepEqual(order, [
      'initialize',
      'launch',
      'initialized',
      'configurationDone',
      'output',
      'exited',
      'terminated',
    ]);
  });

  it('stops on entry', async () => {
    const harness = new Harness();
    await harness.launch({ ...CONFIG, stopOnEntry: true });
    await harness.client.request('configurationDone');
    const { body } = await harness.client.event<DebugProtocol.StoppedEvent>('stopped');
    assert.equal(body.reason, 'entry');
    assert.equal(body.threadId, 1);
    assert.deepEqual(harness.engine.runs, []);
    await harness.client.request('continue', { threadId: 1 });
    assert.deepEqual(harness.engine.runs, [{ kind: 'continue' }]);
  });

  it('answers requests while the guest runs, and pauses it', async () => {
    const harness = new Harness();
    await harness.launch(CONFIG);
    await harness.client.request('configurationDone');
    const { threads } = await harness.client.request<DebugProtocol.ThreadsResponse['body']>('threads');
    assert.deepEqual(threads, [{ id: 1, name: 'CPU#0 (cortex-a9)' }]);
    await refused(harness.client.request('next', { threadId: 1 }), /next: the guest is running; pause it first/);
    await refused(harness.client.request('stackTrace', { threadId: 1 }), /stackTrace: the guest is running/);
    const { result } = await harness.client.request<DebugProtocol.EvaluateResponse['body']>('evaluate', {
      expression: 'counter',
    });
    assert.equal(result, '7');
    await harness.client.request('pause', { threadId: 1 });
    const { body } = await harness.client.event<DebugProtocol.StoppedEvent>('stopped');
    assert.equal(body.reason, 'pause');
  });

  it('refuses unknown requests and bad arguments, and lives on', async () => {
    const harness = new Harness();
    await harness.launch({ ...CONFIG, stopOnEntry: true });
    const { client } = harness;
    await refused(client.request('frobnicate'), /unknown request "frobnicate"/);
    await refused(client.request('constructor'), /unknown request "constructor"/);
    await refused(client.request('attach', {}), /must have "request": "launch"/);
    await refused(client.request('readMemory'), /readMemory: an object was expected, not nothing/);
    await refused(client.request('readMemory', { memoryReference: 'x', count: 1 }), /"x" is no memory reference/);
    await refused(client.request('readMemory', { memoryReference: '0', count: 'z' }), /"count" must be a whole number/);
    await refused(client.request('stackTrace', { threadId: 7 }), /"threadId" must be 1, not 7/);
    await refused(client.request('scopes', { frameId: 99 }), /there is no frame 99/);
    await refused(client.request('variables', { variablesReference: 99 }), /there are no variables 99/);
    await refused(client.request('setBreakpoints', { source: {} }), /the source has no path/);
    await refused(client.request('setBreakpoints', { breakpoints: 1 }), /"source" is missing/);
    await refused(client.request('setExceptionBreakpoints', { filters: ['no'] }), /"filters\[0\]" must be tb_trans or/);
    await refused(client.request('launch', CONFIG), /has launched its program already/);
    client.send('{ this is no JSON');
    client.send('[1, 2]');
    assert.equal((await client.request<DebugProtocol.ThreadsResponse['body']>('threads')).threads.length, 1);
  });

  it('refuses requests about a program before there is one', async () => {
    const harness = new Harness();
    await harness.initialize();
    await refused(harness.client.request('threads'), /no program has been launched/);
    await refused(harness.client.request('restart'), /no program has been launched/);
    await refused(harness.client.request('initialize', { pathFormat: 'uri' }), /"pathFormat" must be "path"/);
    const caches = await harness.client.request('tcg/cacheStatistics');
    assert.deepEqual(caches, { caches: [] });
  });

  it('shows why a launch failed, and the next one may succeed', async () => {
    const harness = new Harness();
    await harness.initialize();
    const response = await harness.client.raw({ command: 'launch', arguments: { program: '/nowhere/x.elf' } });
    assert.equal(response.success, false);
    assert.match(response.message!, /"program": there is no file \/nowhere\/x\.elf/);
    assert.equal(response.body.error.showUser, true);
    harness.prepare = (engine) => (engine.initializeError = 'Could not load plugin libcache.so: {wrong} number');
    const second = await harness.client.raw({ command: 'launch', arguments: CONFIG });
    assert.match(second.message!, /Could not load plugin libcache\.so: \{wrong\} number/);
    assert.ok(harness.engine.disposed);
    harness.prepare = () => undefined;
    await harness.client.request('launch', CONFIG);
    await harness.client.event('initialized');
  });

  it('tells of an engine that died and keeps the log', async () => {
    const harness = new Harness();
    harness.prepare = (engine) => {
      engine.onRun = () => {
        engine.events.pluginLog('before\n');
        setImmediate(() =>
          engine.events.failed({ message: 'plugin endless.js: a callback did not return', plugin: 'endless.js' }),
        );
      };
    };
    await harness.launch(CONFIG);
    await harness.client.request('configurationDone');
    await harness.client.event('terminated');
    assert.match(harness.client.outputOf('stderr'), /plugin endless\.js: a callback did not return/);
    assert.deepEqual(harness.client.bodiesOf('tcg/pluginLog'), [{ text: 'before\n' }]);
    const [notice] = harness.client.bodiesOf<{ severity: string }>('tcg/notice');
    assert.equal(notice.severity, 'error');
    await harness.client.request('disconnect');
    assert.ok(harness.engine.disposed && harness.disconnected);
  });

  it('terminates with the plugins’ last words, and disconnects', async () => {
    const harness = new Harness();
    await harness.launch(CONFIG);
    await harness.client.request('configurationDone');
    await harness.client.request('terminate');
    await harness.client.event('terminated');
    await harness.client.request('disconnect');
    assert.ok(harness.engine.disposed);
  });

  it('ends the guest when the client disconnects while it runs', async () => {
    const harness = new Harness();
    await harness.launch(CONFIG);
    await harness.client.request('configurationDone');
    await harness.client.request('disconnect', { terminateDebuggee: true });
    assert.ok(harness.engine.disposed);
    assert.equal(harness.client.bodiesOf('exited').length, 1);
  });

  it('restarts the same engine when nothing has changed, another one when something has', async () => {
    const harness = new Harness();
    await harness.launch({ ...CONFIG, stopOnEntry: true });
    const [{ id }] = await setLine(harness, 'app.c', lineOf('int sum = loop(4)'));
    await harness.client.request('configurationDone');
    await harness.client.event('stopped');
    await harness.client.request('continue', { threadId: 1 });
    await harness.client.request('restart', {});
    await harness.client.event('stopped', (body) => body.reason === 'entry');
    assert.equal(harness.engines.length, 1);
    assert.equal(harness.engine.restarts, 1);
    await harness.client.request('restart', { arguments: { ...CONFIG, memory: 64, stopOnEntry: true } });
    await harness.client.event('stopped', (body) => body.reason === 'entry');
    assert.equal(harness.engines.length, 2);
    assert.ok(harness.engines[0].disposed);
    assert.equal(harness.engine.config?.memoryBytes, 64 * 2 ** 20);
    assert.equal(harness.engine.breakpoints.length, 1);
    const changed = harness.client.bodiesOf<DebugProtocol.BreakpointEvent['body']>('breakpoint');
    assert.deepEqual(
      changed.map(({ breakpoint }) => [breakpoint.id, breakpoint.verified]),
      [[id, true]],
    );
    assert.equal(harness.client.bodiesOf('terminated').length, 0);
  });

  it('batches the guest’s console by lines and keeps UTF-8 whole', async () => {
    const harness = new Harness();
    await harness.launch(CONFIG);
    const bytes = new TextEncoder().encode('Grüße €\nrest');
    for (const byte of bytes) harness.engine.events.console({ channel: 'uart1', bytes: Uint8Array.of(byte) });
    await harness.client.event('output', (body) => body.output === 'rest');
    const texts = harness.client
      .bodiesOf<DebugProtocol.OutputEvent['body']>('output')
      .filter(({ category }) => category === 'stdout')
      .map(({ output }) => output);
    assert.deepEqual(texts, ['Grüße €\n', 'rest']);
    await harness.client.request('evaluate', { expression: '>yes', context: 'repl' });
    await harness.client.request('tcg/consoleInput', { text: 'no' });
    assert.deepEqual(harness.engine.input, [
      { channel: 'uart1', text: 'yes\n' },
      { channel: 'uart1', text: 'no' },
    ]);
  });

  it('sends console bytes unchanged to a terminal', async () => {
    const harness = new Harness();
    await harness.launch({ ...CONFIG, console: 'terminal' });
    harness.engine.events.console({ channel: 'uart0', bytes: Uint8Array.of(0xc3, 0x00, 0x41) });
    const { body } = await harness.client.event('tcg/console');
    assert.deepEqual(body, { channel: 'uart0', text: 'Ã\0A' });
  });

  it('gives a client that does not know our events the plugin log as output', async () => {
    const harness = new Harness();
    await harness.initialize({ clientID: 'other' });
    await harness.client.request('launch', CONFIG);
    harness.engine.events.pluginLog('x\n');
    await harness.client.event('output', (body) => body.output === 'x\n');
    assert.deepEqual(harness.client.bodiesOf('tcg/pluginLog'), []);
  });

  it('counts lines and columns as the client does', async () => {
    const harness = new Harness();
    await harness.initialize({ linesStartAt1: false });
    await harness.client.request('launch', CONFIG);
    const line = lineOf('int sum = loop(4)');
    const { breakpoints } = await harness.client.request<DebugProtocol.SetBreakpointsResponse['body']>(
      'setBreakpoints',
      {
        source: { path: 'app.c' },
        breakpoints: [{ line: line - 1 }],
      },
    );
    assert.equal(breakpoints[0].line, line - 1);
    assert.equal(breakpoints[0].verified, true);
  });
});

import { readFileSync } from 'node:fs';

const APP = readFileSync('test/programs/symbols/app.c', 'utf8').split('\n');

function lineOf(text: string): number {
  return APP.findIndex((line) => line.includes(text)) + 1;
}

async function setLine(harness: Harness, file: string, line: number): Promise<DebugProtocol.Breakpoint[]> {
  const body = await harness.client.request<DebugProtocol.SetBreakpointsResponse['body']>('setBreakpoints', {
    source: { path: file },
    breakpoints: [{ line }],
  });
  return body.breakpoints;
}
