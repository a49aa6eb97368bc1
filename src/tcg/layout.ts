/**
 * The shared WebAssembly memory: control block, plugin counters, one environment per vCPU, scoreboards, state of models,
 * guest RAM. State and counters sit at constant low addresses so that translated code reaches them by an immediate. All offsets in bytes.
 */
export const CONTROL_BASE = 0;
/** u64 counters that plugins own; inline operations add to them. */
export const COUNTERS_BASE = 0x1000;
export const COUNTERS_BYTES = 0xf000;
export const ENV_BASE = 0x10000;
/** Distance between the environments of two vCPUs. */
export const ENV_STRIDE = 0x40000;
export const MAX_VCPUS = 4;
/** A byte for each page of RAM: not 0 where compiled code's stores must go the slow way. */
export const STORE_MAP_BASE = ENV_BASE + MAX_VCPUS * ENV_STRIDE;
/** What plugins count in beyond {@link COUNTERS_BYTES}: scoreboards. Pages that nobody touches cost the host nothing. */
export const SCOREBOARD_BASE = 0x200000;
export const STORE_MAP_BYTES = SCOREBOARD_BASE - STORE_MAP_BASE;
export const SCOREBOARD_BYTES = 0x600000;
/** State of models that plugins have: see model-memory.ts. */
export const MODELS_BASE = SCOREBOARD_BASE + SCOREBOARD_BYTES;
/** First byte that a board may give to guest RAM. */
export const GUEST_BASE = 0x2000000;

/** Control block words: index into an Int32Array at {@link CONTROL_BASE}. */
export enum Control {
  /** Non-zero asks the emulator to stop at the next check. Written by other threads. */
  StopRequest = 0,
  /** Non-zero: behind a callback compiled code leaves for its surroundings, which know why. One doubleword with the one before. */
  Attention = 1,
  /** Which plugin's callback runs now (its id + 1), 0 outside of callbacks: a watchdog reads it. */
  PluginInCallback = 2,
  /** Of that callback: see {@link callbackUse}. One doubleword with the one before. */
  CallbackUse = 3,
  /** The value of the access that a plugin_mem_cb is for: four words, the lowest first, zero beyond its size. */
  MemValue = 4,
  /** Grows while the guest makes progress; a watchdog reads it. */
  Heartbeat = 8,
}

/** {@link Control.CallbackUse}: bits 7..0 what the callback does with registers (signed), above the vCPU that it is for. */
export function callbackUse(vcpu: number, registerUse: number): number {
  return (vcpu << 8) | (registerUse & 0xff);
}

/** Words of an environment, as indices into an Int32Array at the environment's base. */
export const ENV_STATE_WORDS = 0x1000;
export const ENV_LOCALS = ENV_STATE_WORDS;
export const ENV_LOCALS_WORDS = 0x400;
export const ENV_TLB = 0x2000;
/** The TLB: per MMU index, 256 entries of {read tag, write tag, addend, code tag}. */
export const TLB_BITS = 8;
export const TLB_ENTRY_WORDS = 4;
export const TLB_WORDS = TLB_ENTRY_WORDS << TLB_BITS;
export const TLB_MMU_INDICES = 4;
export const ENV_CONSTANTS = 0x4000;
export const ENV_WORDS = ENV_STRIDE / 4;

export const PAGE_BITS = 12;
export const PAGE_SIZE = 1 << PAGE_BITS;
export const PAGE_MASK = -PAGE_SIZE;
/**
 * A tag no access can match: bit 11 is never set in a masked address. Bit 3 is for line tables (line-table.ts), whose masks
 * have bit 11 but not that one.
 */
export const TLB_INVALID = 0x808;

/** Words by which compiled code and its surroundings tell each other: see tcg/wasm. */
export enum TierWord {
  /** Instructions that may still run. */
  Left = 0x1400,
  /** Where compiled code was left for the interpreter. */
  Site,
  /** The value of a slow access, low word and high word. */
  Value,
  ValueHigh,
  /** What a callback that looks at registers had to be shown otherwise: the words as they were. */
  SavedPc,
  SavedAux,
}
/** By what of an instruction's word forms are found: the number of the form's function, two bytes each. See forms.ts. */
export const ENV_FORMS = 0x1800;
export const FORM_INDEX_BITS = 12;
/** How compiled code finds the function of a block: entries of {pc, flags, index in the function table, unused}. */
export const ENV_JUMP_CACHE = 0x3000;
export const JUMP_CACHE_BITS = 10;
export const JUMP_CACHE_ENTRY_WORDS = 4;
