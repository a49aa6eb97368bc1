import { build } from 'esbuild';
import path from 'node:path';
import { startWorkerEngine } from '../../../src/adapter/node/engine';
import { Session } from './session';

let built: Promise<unknown> | undefined;

/** The worker's bundle, where {@link startWorkerEngine} looks for it: beside the bundle that this file is part of. */
export function buildWorker(): Promise<unknown> {
  return (built ??= build({
    entryPoints: [path.resolve('src/adapter/node/worker.ts')],
    outfile: path.join(__dirname, 'worker.js'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'warning',
  }));
}

/** A session whose engine runs in a worker thread. */
export function workerSession(pluginTimeoutMs = 10_000, heapMib?: number): Session {
  return new Session((events) => startWorkerEngine(events, { pluginTimeoutMs, ...(heapMib && { heapMib }) }));
}
