import type { Arrivals } from './arrivals';
import type { GuestSymbols } from './guest-symbols';
import type { System } from './system';

/** One session's pieces, made anew at each restart. */
export interface Session {
  readonly system: System;
  readonly symbols: GuestSymbols;
  /** The words at the start of the shared memory. */
  readonly control: Int32Array;
  /** By vCPU. */
  readonly arrivals: readonly Arrivals[];
}
