import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import path from 'node:path';
import type { Readable } from 'node:stream';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { DapClient } from './client';
import { PROGRAM } from './sample';

type Server = ChildProcessByStdio<null, Readable, Readable>;

/** Starts a server on a free port. */
async function serve(command: string[]): Promise<{ server: Server; port: number }> {
  const server = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [line] = (await once(server.stdout, 'data')) as [Buffer];
  const match = /^listening on 127\.0\.0\.1:(\d+)\n$/.exec(line.toString());
  assert.ok(match, line.toString());
  return { server, port: Number(match[1]) };
}

/** A whole session: the guest runs to its end. */
async function session(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const client = new DapClient(socket, socket);
  await client.request('initialize', { adapterID: 'tcg', clientID: 'some-editor' });
  await client.request('launch', { program: PROGRAM, plugins: ['libinsn.so'] });
  await client.event('initialized');
  await client.request('configurationDone');
  const exited = await client.event<DebugProtocol.ExitedEvent>('exited');
  assert.equal(exited.body.exitCode, 0);
  const closed = once(socket, 'close');
  await client.request('disconnect', {});
  await closed;
  return client.outputOf('stdout') + client.outputOf('console');
}

describe('DAP over TCP', () => {
  let running: Server | undefined;
  afterEach(() => void running?.kill('SIGKILL'));

  for (const [name, command] of [
    ['the adapter', [path.resolve('dist/adapter.js'), '--port', '0']],
    ['tcgscope dap', [path.resolve('dist/cli.js'), 'dap', '--port=0']],
  ] as const) {
    it(`${name} serves one client after the other, and two at once`, async () => {
      const { server, port } = await serve([...command]);
      running = server;
      const output = await session(port);
      assert.match(output, /all equal/);
      // A client that does not know the plugin log's event gets it as output.
      assert.match(output, /insns: \d+/);
      assert.equal(await session(port), output);
      const both = await Promise.all([session(port), session(port)]);
      assert.deepEqual(both, [output, output]);
      const exit = once(server, 'exit');
      server.kill('SIGTERM');
      assert.deepEqual(await exit, [0, null]);
    });
  }

  it('refuses arguments it does not know', async () => {
    for (const [args, message] of [
      [['--prot', '1'], /unknown argument --prot/],
      [['--port', 'x'], /--port x: a number from 0 to 65535 was expected/],
    ] as const) {
      const server = spawn(process.execPath, [path.resolve('dist/adapter.js'), ...args], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let errors = '';
      server.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
      const [code] = await once(server, 'exit');
      assert.equal(code, 1);
      assert.match(errors, message);
    }
  });
});
