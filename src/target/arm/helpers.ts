import { HelperSet, type HelperDef } from '../../tcg/helpers';
import { NEON_ENTRIES, type NeonName } from './neon/operations';

const set = new HelperSet();
const pure = { output: true, pure: true };
const leaf = { leaf: true };
const confined = { confined: true };

/**
 * Floating point (vfp/helpers.ts). `s` forms take and give single precision encodings. `d` forms name doublewords by
 * number: d0..d31, and 33 for {@link ArmSlot.VfpScratch}; the result's first.
 */
const VFP_HELPERS = {
  vadds: set.define('vfp_adds', 2, { output: true, leaf: true }),
  vsubs: set.define('vfp_subs', 2, { output: true, leaf: true }),
  vmuls: set.define('vfp_muls', 2, { output: true, leaf: true }),
  vdivs: set.define('vfp_divs', 2, { output: true, leaf: true }),
  vsqrts: set.define('vfp_sqrts', 1, { output: true, leaf: true }),
  vaddd: set.define('vfp_addd', 3, leaf),
  vsubd: set.define('vfp_subd', 3, leaf),
  vmuld: set.define('vfp_muld', 3, leaf),
  vdivd: set.define('vfp_divd', 3, leaf),
  vsqrtd: set.define('vfp_sqrtd', 2, leaf),
  /** (addend, n, m, {@link Turn}): the addend and the rounded product, the signs of either turned first. */
  vmlas: set.define('vfp_mlas', 4, { output: true, leaf: true }),
  vmlad: set.define('vfp_mlad', 4, leaf),
  /** (d, m): only the sign changes. */
  vnegd: set.define('vfp_negd', 2, leaf),
  vabsd: set.define('vfp_absd', 2, leaf),
  /** (a, b, 1 where quiet NaNs are invalid too): the flags into FPSCR. */
  vcmps: set.define('vfp_cmps', 3, leaf),
  vcmpd: set.define('vfp_cmpd', 3, leaf),
  /** (d, e): with 0. */
  vcmpzd: set.define('vfp_cmpzd', 2, leaf),
  /** (d, s): single to double. */
  vcvtds: set.define('vfp_fcvtds', 2, leaf),
  /** (d): double to single. */
  vcvtsd: set.define('vfp_fcvtsd', 1, { output: true, leaf: true }),
  /** Half in the low bits to single, and back. */
  vcvtsh: set.define('vfp_fcvt_f16_to_f32', 1, { output: true, leaf: true }),
  vcvths: set.define('vfp_fcvt_f32_to_f16', 1, { output: true, leaf: true }),
  /** (a, 1 for signed, 1 for rounding toward zero): to a 32-bit integer. `d` takes the doubleword's number. */
  vtois: set.define('vfp_tois', 3, { output: true, leaf: true }),
  vtoid: set.define('vfp_toid', 3, { output: true, leaf: true }),
  /** From a 32-bit integer: (integer, 1 for signed), (d, integer, 1 for signed). */
  vitos: set.define('vfp_itos', 2, { output: true, leaf: true }),
  vitod: set.define('vfp_itod', 3, leaf),
  /** (value, fraction bits, type): single to fixed point and back; the type is bit 0 unsigned, bit 1 32 bits wide. */
  vtofixs: set.define('vfp_tofixs', 3, { output: true, leaf: true }),
  vfixtos: set.define('vfp_fixtos', 3, { output: true, leaf: true }),
  /** (d, fraction bits, type): the same in place. */
  vtofixd: set.define('vfp_tofixd', 3, leaf),
  vfixtod: set.define('vfp_fixtod', 3, leaf),
  fpscrWrite: set.define('vfp_set_fpscr', 1, confined),
  fpexcWrite: set.define('vfp_set_fpexc', 1, confined),
};

/** The parallel additions and subtractions, by operation name; S and U forms also set GE. */
const PARALLEL_OPS = ['ADD16', 'ASX', 'SAX', 'SUB16', 'ADD8', 'SUB8'] as const;
const PARALLEL_PREFIXES = ['S', 'Q', 'SH', 'U', 'UQ', 'UH'] as const;
export type ParallelName = `${(typeof PARALLEL_PREFIXES)[number]}${(typeof PARALLEL_OPS)[number]}`;

export const PARALLEL_NAMES: readonly ParallelName[] = PARALLEL_PREFIXES.flatMap((prefix) =>
  PARALLEL_OPS.map((op): ParallelName => `${prefix}${op}`),
);

/** The routines that ARM's IR calls; helper-table.ts makes them for a vCPU, in this order. */
export const HELPERS = {
  ...VFP_HELPERS,
  /** Raise an exception at the current instruction. */
  undefined: set.define('exception_undefined', 0),
  supervisorCall: set.define('exception_svc', 0),
  secureMonitorCall: set.define('exception_smc', 0),
  breakpoint: set.define('exception_bkpt', 0),
  pcAlignment: set.define('exception_pc_alignment', 1),
  semihosting: set.define('semihosting', 0),
  wfi: set.define('wfi', 0, { completes: true }),
  /** On a multiprocessor only: events.ts. */
  wfe: set.define('wfe', 0, { completes: true }),
  sev: set.define('sev', 0),
  yield: set.define('yield', 0),

  cpsrRead: set.define('cpsr_read', 0, { output: true, confined: true }),
  /** (value, mask) */
  cpsrWrite: set.define('cpsr_write', 2, confined),
  /** (value): from an exception return; also aligns the pc for the instruction set returned to. */
  cpsrWriteReturn: set.define('cpsr_write_eret', 1, confined),
  setEnd: set.define('setend', 0, confined),
  /** (register) */
  getUserRegister: set.define('get_user_reg', 1, { output: true, confined: true }),
  /** (register, value) */
  setUserRegister: set.define('set_user_reg', 2, confined),
  /** (mode): the SP of a mode, for SRS; UNDEFINED in System mode. */
  getBankedSp: set.define('get_r13_banked', 1, { output: true }),
  setBankedSp: set.define('set_r13_banked', 2, confined),

  /** (number of the register): CP15 and CP14 registers with behaviour. */
  coprocRead: set.define('get_cp_reg', 1, { output: true }),
  coprocWrite: set.define('set_cp_reg', 2),
  /** (number of the register, operand): a cache operation of CP15. */
  cacheMaintenance: set.define('cache_maintenance', 2),

  rbit: set.define('rbit', 1, pure),
  usad8: set.define('usad8', 2, pure),
  /** (GE, a, b) */
  sel: set.define('sel_flags', 3, pure),
  parallel: Object.fromEntries(
    PARALLEL_NAMES.map((name) => [
      name,
      set.define(name.toLowerCase(), 2, { output: true, leaf: true, pure: !/^[SU](ADD|ASX|SAX|SUB)/.test(name) }),
    ]),
  ) as Readonly<Record<ParallelName, ReturnType<HelperSet['define']>>>,
  /** Advanced SIMD (neon/operations.ts): four arguments, of which the later ones may mean nothing. */
  neon: Object.fromEntries(NEON_ENTRIES.map(([name]) => [name, set.define(`neon_${name}`, 4, leaf)])) as Readonly<
    Record<NeonName, HelperDef>
  >,
};

export const HELPER_DEFS = set.defs;
