import assert from 'node:assert/strict';
import path from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { AdapterProcess } from './adapter-process';

const PROGRAM = path.resolve('test/dap/programs/echo.elf');

/** Launches the echoing program; it waits for a line on UART 1. */
async function start(config: Record<string, unknown> = {}): Promise<AdapterProcess> {
  const adapter = new AdapterProcess();
  await adapter.client.request('initialize', { clientID: 'tcgscope', adapterID: 'tcg' });
  await adapter.client.request('launch', { program: PROGRAM, ...config });
  await adapter.client.event('initialized');
  await adapter.client.request('configurationDone');
  return adapter;
}

describe('guest console, on the real emulator', () => {
  it('takes input in the debug console, for the channel that printed last', async () => {
    const adapter = await start();
    const { client } = adapter;
    const output = (text: string) =>
      client.event<DebugProtocol.OutputEvent>(
        'output',
        ({ output, category }) => category === 'stdout' && output === text,
      );
    await output('?\n');
    await client.request('evaluate', { expression: '>Grüße', context: 'repl' });
    await output('Grüße\n');
    await output('letter: \n');
    await client.request('tcg/consoleInput', { text: 'x' });
    await output('x');
    await client.event('terminated');
    await adapter.leave();
  });

  it('sends and takes bytes of a terminal unchanged', async () => {
    const adapter = await start({ console: 'terminal' });
    const { client } = adapter;
    const shown = () => {
      const parts = client.bodiesOf<{ channel: string; text: string }>('tcg/console');
      return ['uart1', 'semihosting'].map((wanted) =>
        parts
          .filter(({ channel }) => channel === wanted)
          .map(({ text }) => text)
          .join(''),
      );
    };
    await client.event('tcg/console');
    await client.request('tcg/consoleInput', { text: 'ü\n' });
    await client.event('tcg/console', ({ channel }) => channel === 'semihosting');
    await client.request('tcg/consoleInput', { text: 'y' });
    await client.event('terminated');
    // The bytes of UTF-8, each as one character.
    assert.deepEqual(shown(), ['?\nÃ¼\n', 'letter: \ny']);
    assert.equal(client.outputOf('stdout'), '');
    await adapter.leave();
  });

  it('pauses a guest that waits for input', async () => {
    const adapter = await start();
    const { client } = adapter;
    await client.event('output', ({ output }) => output === '?\n');
    await client.request('pause', { threadId: 1 });
    const { body } = await client.event<DebugProtocol.StoppedEvent>('stopped');
    assert.equal(body.reason, 'pause');
    const { stackFrames } = await client.request<DebugProtocol.StackTraceResponse['body']>('stackTrace', {
      threadId: 1,
    });
    assert.match(stackFrames[0].name, /^_start/);
    await adapter.leave();
  });
});
