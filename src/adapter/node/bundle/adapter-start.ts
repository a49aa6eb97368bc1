import { WorkerAhead } from './worker-ahead';

// Standard input and output carry one session, which launches a program soon.
if (process.argv.length === 2) globalThis.tcgscopeWorkerAhead = new WorkerAhead();
// All else while the thread starts.
void import('./start-bundle').then(({ startBundle }) => startBundle('adapter'));
