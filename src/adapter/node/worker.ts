import { parentPort } from 'node:worker_threads';
import type { EngineEvents } from '../engine/api';
import { Engine } from '../engine/engine';
import { sendEvent, serve, type MessageEndpoint } from '../engine/rpc';
import { nodePlatform } from './platform';

const EVENTS = ['stopped', 'exited', 'pluginLog', 'logPoint', 'console', 'statistics', 'guestLog', 'notice'] as const;

if (!parentPort) throw new Error('this file runs as a worker thread of the debug adapter');
const port = parentPort;
const endpoint: MessageEndpoint = {
  post: (message) => port.postMessage(message),
  onMessage: (listener) => void port.on('message', listener),
};
const events = Object.fromEntries(
  EVENTS.map((name) => [name, (...args: unknown[]) => sendEvent(endpoint, name, args)]),
) as unknown as EngineEvents;
serve(
  endpoint,
  new Engine(
    nodePlatform((memory, names) => sendEvent(endpoint, 'memory', [memory, names])),
    events,
  ),
);
