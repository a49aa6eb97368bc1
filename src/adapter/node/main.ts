import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { inflateSync } from 'node:zlib';
import { bundledPluginNames } from '../../plugin/bundled/names';
import { composeWith } from '../dap/compose';
import { RequestError } from '../dap/errors';
import type { LifecycleServices } from '../dap/lifecycle';
import { TcgDebugSession } from '../dap/session';
import { startWorkerEngine } from './engine';
import { NodeFiles } from './files';
import { NodePluginLoader } from './plugin-loader';

const HOST = '127.0.0.1';
/** Milliseconds after which the process ends though something still holds it. */
const EXIT_PATIENCE_MS = 1000;
/** A session as long as this has used most of what any does. Its end may be sudden. */
const KEEP_CODE_MS = 4000;

export const ADAPTER_USAGE = `Serves the Debug Adapter Protocol, on standard input and output or on a TCP port.
  --port N    listen on ${HOST}:N, for any number of clients; 0 takes a free port
`;

/** What the arguments ask for: the port to listen on, or standard input and output. */
interface AdapterOptions {
  readonly port?: number;
}

/**
 * Runs the debug adapter; resolves when its client has gone, for a TCP port never.
 * @throws RequestError that names an argument it does not know
 */
export async function runAdapter(args: readonly string[]): Promise<void> {
  const { port } = parseArguments(args);
  process.on('unhandledRejection', (reason) => void process.stderr.write(`adapter: ${String(reason)}\n`));
  const services = nodeServices();
  if (port === undefined) await serveStdio(services);
  else await serveTcp(port, services);
}

/** The adapter's services on Node: real files, engines in worker threads. */
export function nodeServices(): LifecycleServices {
  const files = new NodeFiles();
  return {
    files,
    plugins: new NodePluginLoader(files),
    bundledPlugins: bundledPluginNames,
    createEngine: startWorkerEngine,
    inflate: (data, size) => new Uint8Array(inflateSync(data, { maxOutputLength: Math.max(size, 1) })),
  };
}

function parseArguments(args: readonly string[]): AdapterOptions {
  let port: number | undefined;
  for (let i = 0; i < args.length; i++) {
    const match = /^--port(?:=(.*))?$/.exec(args[i]);
    if (!match) throw new RequestError(`unknown argument ${args[i]}\n${ADAPTER_USAGE}`);
    const text = match[1] ?? args[++i];
    port = text !== undefined && /^\d+$/.test(text) ? Number(text) : NaN;
    if (!(port <= 65535)) throw new RequestError(`--port ${text ?? ''}: a number from 0 to 65535 was expected`);
  }
  return { port };
}

/** One session over the process's own streams; afterwards the process may end. */
async function serveStdio(services: LifecycleServices): Promise<void> {
  await new Promise<void>((resolve) => {
    const session = new TcgDebugSession(composeWith(services), resolve);
    const leave = () => void session.close().then(resolve);
    process.stdin.once('end', leave).once('close', leave);
    process.stdout.once('error', leave);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, leave);
    session.start(process.stdin, process.stdout);
    setTimeout(() => globalThis.tcgscopeBundle?.keepCode(), KEEP_CODE_MS).unref();
  });
  globalThis.tcgscopeBundle?.keepCode();
  process.stdin.destroy();
  setTimeout(() => process.exit(), EXIT_PATIENCE_MS).unref();
}

/** A session for each connection, until the process is asked to end. */
async function serveTcp(port: number, services: LifecycleServices): Promise<void> {
  const sessions = new Set<TcgDebugSession>();
  const server = createServer((socket: Socket) => {
    socket.setNoDelay(true);
    const session = new TcgDebugSession(composeWith(services), () => socket.end());
    sessions.add(session);
    socket.once('close', () => sessions.delete(session));
    session.start(socket, socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, resolve);
  });
  const { port: actual } = server.address() as AddressInfo;
  process.stdout.write(`listening on ${HOST}:${actual}\n`);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
  });
  server.close();
  await Promise.all([...sessions].map((session) => session.close()));
  setTimeout(() => process.exit(), EXIT_PATIENCE_MS).unref();
}
