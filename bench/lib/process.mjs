// What Linux knows of a process and its threads.
import { readFileSync, readdirSync } from 'node:fs';

/** Processor time of all threads so far, in seconds, exact to nanoseconds; 0 when the process has ended. */
export function cpuSeconds(pid) {
  let sum = 0;
  try {
    for (const task of readdirSync(`/proc/${pid}/task`)) {
      try {
        sum += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'latin1').split(' ')[0]);
      } catch {
        // the thread has ended in between
      }
    }
  } catch {
    return 0;
  }
  return sum / 1e9;
}

/** Resident memory in MiB, now and at its highest. */
export function memoryMiB(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  const value = (name) => Number(new RegExp(`^${name}:\\s*(\\d+) kB`, 'm').exec(status)?.[1]) / 1024;
  return { now: value('VmRSS'), peak: value('VmHWM') };
}
