import type { Worker } from 'node:worker_threads';
import type { EngineFactory, EngineHostOptions } from '../engine/api';
import { engineInThread, type EngineThread } from '../engine/client';
import { engineWorker } from './bundle/worker-ahead';

/** Starts engines in worker threads; the worker's bundle lies beside the caller's. */
export const startWorkerEngine: EngineFactory = (events, options) => {
  const { worker, replay } = threadFor(options);
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
  const engine = engineInThread(thread, events, options);
  replay?.();
  return engine;
};

/** A thread of its own, the one that was started ahead if there is one. */
function threadFor({ heapMib }: EngineHostOptions): { readonly worker: Worker; readonly replay?: () => void } {
  const ahead = globalThis.tcgscopeWorkerAhead;
  if (!ahead || heapMib !== undefined) return { worker: engineWorker(heapMib) };
  globalThis.tcgscopeWorkerAhead = undefined;
  return ahead.take();
}
