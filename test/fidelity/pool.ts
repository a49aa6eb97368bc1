import { fork, type ChildProcess } from 'node:child_process';
import type { JobReply } from '../peer/stream/job';
import type { StreamResult, StreamSpec } from '../peer/stream/stream';

/*
 * Streams on some processes at a time: in each of them our emulator, warm after the first, and QEMU beside it.
 */

/** What came of a stream: its result, or what went wrong. */
export type Outcome = { readonly result: StreamResult } | { readonly error: string };

function start(script: string): ChildProcess {
  return fork(script, [], { serialization: 'advanced', execArgv: [], stdio: ['ignore', 2, 2, 'ipc'] });
}

function runIn(worker: ChildProcess, spec: StreamSpec): Promise<Outcome> {
  return new Promise((resolve) => {
    const done = (outcome: Outcome): void => {
      worker.removeAllListeners();
      resolve(outcome);
    };
    worker.once('message', (reply) => done(reply as JobReply));
    worker.once('exit', (code, signal) => done({ error: `the process ended with ${code ?? signal}` }));
    worker.send(spec);
  });
}

/** Runs all streams, `parallel` at a time, and tells of each as it ends. */
export async function runStreams(
  script: string,
  specs: readonly StreamSpec[],
  parallel: number,
  ended: (spec: StreamSpec, outcome: Outcome) => void,
): Promise<void> {
  const waiting = [...specs];
  const work = async (): Promise<void> => {
    let worker = start(script);
    for (let spec = waiting.shift(); spec; spec = waiting.shift()) {
      if (worker.exitCode !== null || worker.signalCode !== null) worker = start(script);
      ended(spec, await runIn(worker, spec));
    }
    if (worker.connected) worker.disconnect();
  };
  await Promise.all(Array.from({ length: Math.min(parallel, specs.length) }, work));
}
