import { register, stored, type CpBehaviour } from './register';
import { Cp15Slot } from './state';

/** The debug registers on coprocessor 14 (DDI 0406C C11.11): they hold their values; nothing matches them. */

/** OSLSR: the OS lock exists (bit 3); bit 1 is the lock. */
export const OSLSR_RESET = 0xa;
const OSLSR_UNLOCKED = 0x8;
/** The key that locks. */
const OSLAR_KEY = 0xc5acce55 | 0;

export const oslar = register(undefined, ({ env }, v) => {
  env[Cp15Slot.OSLSR] = v === OSLAR_KEY ? OSLSR_RESET : OSLSR_UNLOCKED;
});
export const oslsr = register(({ env }) => env[Cp15Slot.OSLSR]);

/** A breakpoint control register: its byte address select works in halfwords. */
export function dbgbcr(n: number): CpBehaviour {
  return register(
    ({ env }) => env[Cp15Slot.DBGBCR0 + n],
    ({ env }, v) => {
      env[Cp15Slot.DBGBCR0 + n] = (v & ~0x140) | ((v & 0xa0) << 1);
    },
  );
}

export const dbgbvr = (n: number): CpBehaviour => stored(Cp15Slot.DBGBVR0 + n);
export const dbgwvr = (n: number): CpBehaviour => stored(Cp15Slot.DBGWVR0 + n, ~3);
export const dbgwcr = (n: number): CpBehaviour => stored(Cp15Slot.DBGWCR0 + n);
