import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { EngineApi, EngineEvents, EngineFactory } from '../engine/api';
import { engineInThread, type EngineThread } from '../engine/client';
import { Engine } from '../engine/engine';
import { nodePlatform } from './platform';

/** An engine in this thread: for the command line, where nothing else has to go on while the guest runs. */
export function createNodeEngine(events: EngineEvents): EngineApi {
  return new Engine(
    nodePlatform(() => undefined),
    events,
  );
}

/** {@link EngineHostOptions.heapMib} where nobody says; the guest's memory lies elsewhere. */
const HEAP_MIB = 1024;

/** Starts engines in worker threads; the worker's bundle lies beside the caller's. */
export const startWorkerEngine: EngineFactory = (events, options) => {
  const worker = new Worker(path.join(__dirname, 'worker.js'), {
    resourceLimits: { maxOldGenerationSizeMb: options.heapMib ?? HEAP_MIB },
  });
  let killed = false;
  const thread: EngineThread = {
    post: (message) => worker.postMessage(message),
    onMessage: (listener) => void worker.on('message', listener),
    kill: async () => {
      killed = true;
      await worker.terminate();
    },
    onDeath: (listener) => {
      worker.on('error', (error) => listener(`the emulator failed: ${error.message}`));
      worker.on('exit', (code) => {
        if (!killed) listener(`the emulator ended unexpectedly (code ${code})`);
      });
    },
  };
  return engineInThread(thread, events, options);
};
