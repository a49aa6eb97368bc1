import { ArmSlot } from './cpu-state';

/**
 * Wait for Event and Send Event (DDI 0406C B1.8.13) on a multiprocessor. With one vCPU both are hints that do nothing, as on
 * QEMU: its blocks end at a WFE, and nothing waits.
 */
export enum EventWait {
  No,
  /** Halted by a WFE. */
  Waiting,
  /** An event has ended the wait. */
  Woken,
}

/** An event for the vCPU: ends its wait, or is kept for its next WFE. */
export function signalEvent(env: Int32Array): void {
  if (env[ArmSlot.EventWait] === EventWait.Waiting) env[ArmSlot.EventWait] = EventWait.Woken;
  else env[ArmSlot.EventRegister] = 1;
}

/** WFE: takes the event that is there, or begins to wait. Whether there was one. */
export function takeEvent(env: Int32Array): boolean {
  const there = env[ArmSlot.EventRegister] === 1;
  env[ArmSlot.EventRegister] = 0;
  env[ArmSlot.EventWait] = there ? EventWait.No : EventWait.Waiting;
  return there;
}
