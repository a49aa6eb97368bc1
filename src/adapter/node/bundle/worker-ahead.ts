import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { setV8Flags } from '../v8-flags';

/** MiB of JavaScript objects that an engine's thread may have; the guest's memory lies elsewhere. */
export const HEAP_MIB = 1024;

/** The thread of an engine; its bundle lies beside this one. */
export function engineWorker(heapMib = HEAP_MIB): Worker {
  setV8Flags();
  return new Worker(path.join(__dirname, 'worker.js'), { resourceLimits: { maxOldGenerationSizeMb: heapMib } });
}

const TOLD = ['message', 'error', 'exit'] as const;

/**
 * An engine's thread that starts before anybody knows what it is to run, beside the rest of the program. It does not keep
 * the process alive. What it tells meanwhile is kept for whoever takes it.
 */
export class WorkerAhead {
  private readonly worker = engineWorker();
  private readonly told: { readonly event: string; readonly value: unknown }[] = [];
  private readonly listeners = TOLD.map((event) => {
    const listener = (value: unknown): void => void this.told.push({ event, value });
    this.worker.on(event, listener);
    return { event, listener };
  });

  constructor() {
    this.worker.unref();
  }

  /** The thread, and `replay` to be called when its new owner listens. */
  take(): { readonly worker: Worker; readonly replay: () => void } {
    const { worker, told, listeners } = this;
    worker.ref();
    const replay = (): void => {
      for (const { event, listener } of listeners) worker.off(event, listener);
      for (const { event, value } of told) worker.emit(event, value);
    };
    return { worker, replay };
  }
}

declare global {
  /** The thread for the first engine, if it was started ahead. */
  var tcgscopeWorkerAhead: WorkerAhead | undefined;
}
