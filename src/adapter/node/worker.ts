import { parentPort } from 'node:worker_threads';
import type { EngineEvents } from '../engine/api';
import { Engine } from '../engine/engine';
import { Journal } from '../engine/journal';
import { sendEvent, serve, type MessageEndpoint } from '../engine/rpc';
import { nodePlatform } from './platform';

const EVENTS = [
  'stopped',
  'exited',
  'pluginLog',
  'pluginOutput',
  'logPoint',
  'console',
  'statistics',
  'guestLog',
  'pluginsChanged',
  'notice',
] as const;

if (!parentPort) throw new Error('this file runs as a worker thread of the debug adapter');
/** A run as long as this has used most of what any run does. */
const KEEP_CODE_MS = 4000;

const port = parentPort;
const endpoint: MessageEndpoint = {
  post: (message) => port.postMessage(message),
  onMessage: (listener) => void port.on('message', listener),
};
const journal = new Journal();
const send = (name: string, args: readonly unknown[]): void => {
  if (name === 'exited') globalThis.tcgscopeBundle?.keepCode();
  journal.willPost();
  sendEvent(endpoint, name, args);
};
send('journal', [journal.buffer]);
const events = Object.fromEntries(
  EVENTS.map((name) => [name, (...args: unknown[]) => send(name, args)]),
) as unknown as EngineEvents;
const platform = nodePlatform(
  (memory, names) => send('memory', [memory, names]),
  (stream) => journal.tail(stream),
);
serve(endpoint, new Engine(platform, events));
setTimeout(() => globalThis.tcgscopeBundle?.keepCode(), KEEP_CODE_MS).unref();
