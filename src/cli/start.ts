#!/usr/bin/env node
import { WorkerAhead } from '../adapter/node/bundle/worker-ahead';

/** First arguments with which no single guest runs. */
const OTHERS = /^(?:plugin|sweep|campaign|--?(?:h|help|v|version))$/;

/** Whether the arguments run one guest, as far as can be seen at a glance. */
function runsGuest(args: readonly string[]): boolean {
  return args[0] === 'dap' ? args.length === 1 : args.length > 0 && !OTHERS.test(args[0]);
}

if (runsGuest(process.argv.slice(2))) globalThis.tcgscopeWorkerAhead = new WorkerAhead();
// All else while the thread starts.
void import('../adapter/node/bundle/start-bundle').then(({ startBundle }) => startBundle('cli'));
