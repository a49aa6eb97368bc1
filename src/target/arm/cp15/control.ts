import { ArmSlot } from '../cpu-state';
import { updateFlags } from '../psr';
import { register, type CpAccess, type CpBehaviour } from './register';
import { Cp15Slot } from './state';

/** System control and memory system registers with behaviour (DDI 0406C B4.1). */

export const sctlr = register(
  ({ env }) => env[Cp15Slot.SCTLR],
  (a, v) => {
    a.env[Cp15Slot.SCTLR] = v;
    a.flushTlb();
    updateFlags(a.env);
  },
);

/** CPACR: coprocessors 10 and 11, D32DIS and ASEDIS exist. */
export const cpacr = register(
  ({ env }) => env[Cp15Slot.CPACR],
  ({ env }, v) => {
    env[Cp15Slot.CPACR] = v & 0xc0f00000;
    updateFlags(env);
  },
);

/** A register whose change makes the TLB stale. */
export function storedFlushing(slot: number, mask = -1): CpBehaviour {
  return register(
    ({ env }) => env[slot],
    (a, v) => {
      a.env[slot] = v & mask;
      a.flushTlb();
    },
  );
}

export const tlbInvalidate = register(undefined, (a) => a.flushTlb());
/** For the inner shareable domain: every vCPU's. */
export const tlbInvalidateShared = register(undefined, (a) => a.flushTlb(true));

/** A write that does nothing but end the block (the barriers and hints that the architecture asks this of). */
export const writeIgnored = register(
  () => 0,
  () => undefined,
);

export const ccsidr = register(({ env, model }) => model.ccsidr[env[Cp15Slot.CSSELR]] ?? 0);

const ISR_I = 0x80;
const ISR_F = 0x40;
export const isr = register(
  ({ env }) => (env[ArmSlot.InterruptLines] & 1 ? ISR_I : 0) | (env[ArmSlot.InterruptLines] & 2 ? ISR_F : 0),
);

/** ATS1Cxx: the translation of an address, into PAR. */
export const addressTranslation = (write: boolean, user: boolean): CpBehaviour =>
  register(undefined, (a: CpAccess, v) => {
    a.env[Cp15Slot.PAR] = a.translate(v >>> 0, write, user);
  });
