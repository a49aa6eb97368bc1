import { register, stored, type CpAccess, type CpBehaviour } from './register';
import { Cp15Slot, PMU_COUNTERS } from './state';

/**
 * The performance monitor (DDI 0406C C12.8): its registers, and a cycle counter. Events do not occur. User mode may use
 * all but the interrupt enables when PMUSERENR.EN is set.
 */
const PMCR_WRITABLE = 0xf9;
const PMCR_E = 1;
const PMCR_P = 2;
const PMCR_C = 4;
const CYCLE_COUNTER = 0x80000000 | 0;
const ALL_COUNTERS = CYCLE_COUNTER | ((1 << PMU_COUNTERS) - 1);
const EVENT_TYPE = 0xfe00ffff | 0;
const CYCLE_FILTER = 0xf8000000 | 0;
/** PMSELR's number for the cycle counter's filter. */
const SELECT_CYCLES = 31;

function userMayUse(a: CpAccess): void {
  if (a.isUser && !(a.env[Cp15Slot.PMUSERENR] & 1)) a.undefinedInstruction();
}

/** A register that User mode needs PMUSERENR.EN for. */
function guarded(behaviour: CpBehaviour): CpBehaviour {
  return register(
    (a) => {
      userMayUse(a);
      return behaviour.read?.(a) ?? 0;
    },
    (a, v) => {
      userMayUse(a);
      behaviour.write?.(a, v);
    },
  );
}

const counting = ({ env }: CpAccess): boolean =>
  (env[Cp15Slot.PMCR] & PMCR_E) !== 0 && (env[Cp15Slot.PMCNTEN] & CYCLE_COUNTER) !== 0;

const clock = (a: CpAccess): number => (counting(a) ? a.cycles() | 0 : 0);

/** Runs `change` with the cycle counter's value put away, so that it goes on from there. */
function keepingCycles(a: CpAccess, change: () => void): void {
  const now = a.env[Cp15Slot.PMCCNTR] + clock(a);
  change();
  a.env[Cp15Slot.PMCCNTR] = now - clock(a);
}

const setBits = (slot: number): CpBehaviour =>
  register(
    ({ env }) => env[slot],
    (a, v) => keepingCycles(a, () => (a.env[slot] |= v & ALL_COUNTERS)),
  );
const clearBits = (slot: number): CpBehaviour =>
  register(
    ({ env }) => env[slot],
    (a, v) => keepingCycles(a, () => (a.env[slot] &= ~v)),
  );

export const pmcr = guarded(
  register(
    ({ env, model }) => model.pmcr | env[Cp15Slot.PMCR],
    (a, v) => {
      keepingCycles(a, () => (a.env[Cp15Slot.PMCR] = v & PMCR_WRITABLE));
      if (v & PMCR_C) a.env[Cp15Slot.PMCCNTR] = -clock(a);
      if (v & PMCR_P) a.env.fill(0, Cp15Slot.PMEVCNTR0, Cp15Slot.PMEVCNTR0 + PMU_COUNTERS);
    },
  ),
);
export const pmcntenset = guarded(setBits(Cp15Slot.PMCNTEN));
export const pmcntenclr = guarded(clearBits(Cp15Slot.PMCNTEN));
export const pmintenset = setBits(Cp15Slot.PMINTEN);
export const pmintenclr = clearBits(Cp15Slot.PMINTEN);
export const pmovsr = guarded(
  register(
    ({ env }) => env[Cp15Slot.PMOVSR],
    ({ env }, v) => (env[Cp15Slot.PMOVSR] &= ~v),
  ),
);
export const pmselr = guarded(stored(Cp15Slot.PMSELR, 31));
export const pmuserenr = register(
  ({ env }) => env[Cp15Slot.PMUSERENR],
  ({ env }, v) => (env[Cp15Slot.PMUSERENR] = v & 1),
);
/** Software increment: no counter counts it. */
export const pmswinc = guarded(register(() => 0));
export const pmccntr = guarded(
  register(
    (a) => a.env[Cp15Slot.PMCCNTR] + clock(a),
    (a, v) => (a.env[Cp15Slot.PMCCNTR] = v - clock(a)),
  ),
);
export const pmccfiltr = guarded(stored(Cp15Slot.PMCCFILTR, CYCLE_FILTER));

export const pmevtyper = (n: number): CpBehaviour => guarded(stored(Cp15Slot.PMEVTYPER0 + n, EVENT_TYPE));
export const pmevcntr = (n: number): CpBehaviour => guarded(stored(Cp15Slot.PMEVCNTR0 + n));

/** The register of the counter that PMSELR selects; nothing for a counter that is not there. */
function selected(at: (n: number) => CpBehaviour | undefined): CpBehaviour {
  const behaviours = Array.from({ length: 32 }, (_, n) => at(n));
  const current = (a: CpAccess) => behaviours[a.env[Cp15Slot.PMSELR] & 31];
  return guarded(
    register(
      (a) => current(a)?.read?.(a) ?? 0,
      (a, v) => current(a)?.write?.(a, v),
    ),
  );
}

export const pmxevtyper = selected((n) =>
  n === SELECT_CYCLES ? pmccfiltr : n < PMU_COUNTERS ? pmevtyper(n) : undefined,
);
export const pmxevcntr = selected((n) => (n < PMU_COUNTERS ? pmevcntr(n) : undefined));
