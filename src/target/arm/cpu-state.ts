import type { FlagWord } from '../../tcg/guest-cpu';
import type { GlobalDef } from '../../tcg/ir';

/**
 * Where the CPU's state lies: word indices in the vCPU's environment. All of it is there, so that a debugger in another
 * thread and translated code see the same.
 */
export enum ArmSlot {
  R0 = 0,
  R8 = 8,
  SP = 13,
  LR = 14,
  /** Address of the next instruction. */
  PC = 15,
  /** N is the sign bit of this word. */
  NF = 16,
  /** Z is set when this word is 0. */
  ZF = 17,
  /** C: 0 or 1. */
  CF = 18,
  /** V is the sign bit of this word. */
  VF = 19,
  /** Q: 0 or 1. */
  QF = 20,
  /** GE[3:0] */
  GE = 21,
  /** CPSR.T: 0 or 1. */
  Thumb = 22,
  /** ITSTATE[7:0]; while a block runs it is known to the translator, not kept here. */
  CondExec = 23,
  /** The CPSR's other bits: J, IL, E, A, I, F, M. */
  PsrRest = 24,
  /** Translation flags that change rarely, kept by updateFlags in psr.ts. */
  HFlags = 25,
  /** The SPSR of the current mode. */
  Spsr = 26,
  /** Address that the local monitor has tagged, all ones for none. */
  ExclusiveAddress = 27,
  ExclusiveValueLow = 28,
  ExclusiveValueHigh = 29,
  /** Asserted interrupt inputs: bit 0 IRQ, bit 1 FIQ. */
  InterruptLines = 30,
  /** The Event Register that SEV sets and WFE takes: 0 or 1. Used by multiprocessors only, as is the next. */
  EventRegister = 31,
  /** SP, LR and SPSR of each bank of {@link Bank}, not current while their mode is. */
  BankedSp = 32,
  BankedLr = 40,
  BankedSpsr = 48,
  /** {@link EventWait} */
  EventWait = 54,
  /** r8..r12 of all modes but FIQ while in FIQ mode, and of FIQ mode otherwise. */
  UserR8 = 56,
  FiqR8 = 61,
  /** CP15 registers: cp15/state.ts numbers them from here. */
  Cp15 = 128,
  /** d0..d31, two words each, the lower first; then FPSCR and FPEXC. */
  D0 = 256,
  Fpscr = 320,
  Fpexc = 321,
  /** A doubleword that an instruction may use for itself: as it were d33. */
  VfpScratch = 322,
}

/** Banks of SP, LR and SPSR. */
export enum Bank {
  User,
  Supervisor,
  Abort,
  Undefined,
  Irq,
  Fiq,
}

/** CPSR.M (DDI 0406C B1.3.1). */
export enum Mode {
  User = 0x10,
  Fiq = 0x11,
  Irq = 0x12,
  Supervisor = 0x13,
  Monitor = 0x16,
  Abort = 0x17,
  Hyp = 0x1a,
  Undefined = 0x1b,
  System = 0x1f,
}

/** The bank of a mode's SP, LR and SPSR, or undefined for a mode this CPU does not have. */
export function bankOf(mode: number): Bank | undefined {
  switch (mode) {
    case Mode.User:
    case Mode.System:
      return Bank.User;
    case Mode.Supervisor:
      return Bank.Supervisor;
    case Mode.Abort:
      return Bank.Abort;
    case Mode.Undefined:
      return Bank.Undefined;
    case Mode.Irq:
      return Bank.Irq;
    case Mode.Fiq:
      return Bank.Fiq;
    default:
      return undefined;
  }
}

/** The program status registers' fields (DDI 0406C B1.3.3). */
export const Psr = {
  N: 0x80000000 | 0,
  Z: 0x40000000,
  C: 0x20000000,
  V: 0x10000000,
  NZCV: 0xf0000000 | 0,
  Q: 0x08000000,
  IT_LOW: 0x06000000,
  J: 0x01000000,
  /** Illegal execution state: an exception return set a reserved bit; every instruction is then undefined. */
  IL: 0x00100000,
  GE: 0x000f0000,
  IT_HIGH: 0x0000fc00,
  E: 0x200,
  A: 0x100,
  I: 0x80,
  F: 0x40,
  T: 0x20,
  M: 0x1f,
} as const;

/** Bits of the CPSR that live in {@link ArmSlot.PsrRest}. */
export const PSR_REST = Psr.J | Psr.IL | Psr.E | Psr.A | Psr.I | Psr.F | Psr.M;

/** MMU indices: one TLB part each. */
export enum ArmMmuIndex {
  Privileged = 0,
  User = 1,
}

/** The translation flags: with the pc they name a block. */
export const TbFlag = {
  THUMB: 1,
  CONDEXEC_SHIFT: 1,
  CONDEXEC: 0xff << 1,
  /** From here on kept in {@link ArmSlot.HFlags}. */
  MMU_INDEX_SHIFT: 9,
  MMU_INDEX: 3 << 9,
  /** Data accesses are big-endian (CPSR.E). */
  BIG_ENDIAN: 1 << 11,
  /** Every access must be aligned (SCTLR.A). */
  ALIGN: 1 << 12,
  /** FPEXC.EN: VFP and Advanced SIMD are switched on. */
  VFP_ENABLED: 1 << 13,
  /** FPSCR's vector stride and length. */
  VFP_STRIDE_SHIFT: 14,
  VFP_LENGTH_SHIFT: 16,
  /** CPSR.IL */
  ILLEGAL: 1 << 19,
  /** The CPACR keeps coprocessors 10 and 11 from the current mode. */
  VFP_DENIED: 1 << 20,
} as const;

/** What makes the translation flags. */
export const ARM_FLAG_WORDS: readonly FlagWord[] = [
  { slot: ArmSlot.HFlags, shift: 0, mask: 0x1ffe00, changes: false },
  { slot: ArmSlot.Thumb, shift: 0, mask: 1, changes: true },
  { slot: ArmSlot.CondExec, shift: TbFlag.CONDEXEC_SHIFT, mask: 0xff, changes: true },
];

/** The floating-point status and control register's fields (DDI 0406C B4.1.58). */
export const Fpscr = {
  NZCV: 0xf0000000 | 0,
  /** Alternative half precision. */
  AHP: 1 << 26,
  DN: 1 << 25,
  FZ: 1 << 24,
  RMODE_SHIFT: 22,
  STRIDE_SHIFT: 20,
  LENGTH_SHIFT: 16,
  /** The bits that exist; traps are not supported. */
  WRITABLE: 0xfff7009f | 0,
} as const;

/** FPEXC.EN, its only bit here. */
export const FPEXC_EN = 1 << 30;

/** Numbers of the globals in IR, in the order of {@link ARM_GLOBALS}; r0..r14 are 0..14. */
export enum ArmGlobal {
  PC = 15,
  NF,
  ZF,
  CF,
  VF,
  QF,
  GE,
  Thumb,
  CondExec,
  Spsr,
  ExclusiveAddress,
  ExclusiveValueLow,
  ExclusiveValueHigh,
  Fpscr,
  Fpexc,
  /** The words of d0..d31, the lower ones first: s0..s31 are the first 32. */
  S0,
  VfpLow = S0 + 64,
  VfpHigh,
}

export const ARM_GLOBALS: readonly GlobalDef[] = [
  ...Array.from({ length: 15 }, (_, n) => ({ name: `r${n}`, slot: n })),
  { name: 'pc', slot: ArmSlot.PC },
  { name: 'NF', slot: ArmSlot.NF },
  { name: 'ZF', slot: ArmSlot.ZF },
  { name: 'CF', slot: ArmSlot.CF },
  { name: 'VF', slot: ArmSlot.VF },
  { name: 'QF', slot: ArmSlot.QF },
  { name: 'GE', slot: ArmSlot.GE },
  { name: 'thumb', slot: ArmSlot.Thumb },
  { name: 'condexec', slot: ArmSlot.CondExec },
  { name: 'spsr', slot: ArmSlot.Spsr },
  { name: 'exclusive_addr', slot: ArmSlot.ExclusiveAddress },
  { name: 'exclusive_val', slot: ArmSlot.ExclusiveValueLow },
  { name: 'exclusive_high', slot: ArmSlot.ExclusiveValueHigh },
  { name: 'fpscr', slot: ArmSlot.Fpscr },
  { name: 'fpexc', slot: ArmSlot.Fpexc },
  ...Array.from({ length: 32 }, (_, n) => ({ name: `s${n}`, slot: ArmSlot.D0 + n })),
  ...Array.from({ length: 16 }, (_, n) => [
    { name: `d${n + 16}l`, slot: ArmSlot.D0 + 32 + 2 * n },
    { name: `d${n + 16}h`, slot: ArmSlot.D0 + 33 + 2 * n },
  ]).flat(),
  { name: 'vfp_low', slot: ArmSlot.VfpScratch },
  { name: 'vfp_high', slot: ArmSlot.VfpScratch + 1 },
];
