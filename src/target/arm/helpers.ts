import { HelperSet } from '../../tcg/helpers';

const set = new HelperSet();
const pure = { output: true, pure: true };

/** The parallel additions and subtractions, by operation name; S and U forms also set GE. */
const PARALLEL_OPS = ['ADD16', 'ASX', 'SAX', 'SUB16', 'ADD8', 'SUB8'] as const;
const PARALLEL_PREFIXES = ['S', 'Q', 'SH', 'U', 'UQ', 'UH'] as const;
export type ParallelName = `${(typeof PARALLEL_PREFIXES)[number]}${(typeof PARALLEL_OPS)[number]}`;

export const PARALLEL_NAMES: readonly ParallelName[] = PARALLEL_PREFIXES.flatMap((prefix) =>
  PARALLEL_OPS.map((op): ParallelName => `${prefix}${op}`),
);

/** The routines that ARM's IR calls; helper-table.ts makes them for a vCPU, in this order. */
export const HELPERS = {
  /** Raise an exception at the current instruction. */
  undefined: set.define('exception_undefined', 0),
  supervisorCall: set.define('exception_svc', 0),
  secureMonitorCall: set.define('exception_smc', 0),
  breakpoint: set.define('exception_bkpt', 0),
  pcAlignment: set.define('exception_pc_alignment', 1),
  semihosting: set.define('semihosting', 0),
  wfi: set.define('wfi', 0),

  cpsrRead: set.define('cpsr_read', 0, { output: true }),
  /** (value, mask) */
  cpsrWrite: set.define('cpsr_write', 2),
  /** (value): from an exception return; also aligns the pc for the instruction set returned to. */
  cpsrWriteReturn: set.define('cpsr_write_eret', 1),
  setEnd: set.define('setend', 0),
  /** (register) */
  getUserRegister: set.define('get_user_reg', 1, { output: true }),
  /** (register, value) */
  setUserRegister: set.define('set_user_reg', 2),
  /** (mode): the SP of a mode, for SRS; UNDEFINED in System mode. */
  getBankedSp: set.define('get_r13_banked', 1, { output: true }),
  setBankedSp: set.define('set_r13_banked', 2),

  /** (number of the register): CP15 and CP14 registers with behaviour. */
  coprocRead: set.define('get_cp_reg', 1, { output: true }),
  coprocWrite: set.define('set_cp_reg', 2),

  rbit: set.define('rbit', 1, pure),
  usad8: set.define('usad8', 2, pure),
  /** (GE, a, b) */
  sel: set.define('sel_flags', 3, pure),
  parallel: Object.fromEntries(
    PARALLEL_NAMES.map((name) => [
      name,
      set.define(name.toLowerCase(), 2, { output: true, pure: !/^[SU](ADD|ASX|SAX|SUB)/.test(name) }),
    ]),
  ) as Readonly<Record<ParallelName, ReturnType<HelperSet['define']>>>,
};

export const HELPER_DEFS = set.defs;
