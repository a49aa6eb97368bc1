import type { CacheStatistics } from '../../plugin/statistics';
import type { CallbackKind, ContributedKindInfo, PluginList, PluginReport, PluginSummary } from '../protocol/custom';
import type { ConsoleChannel } from './consoles';
import type { TranslationStatistics } from './translation';

/** Everything the engine needs to start, with files already read: the engine itself touches no file. */
export interface EngineConfig {
  readonly machine: string;
  readonly cpu?: string;
  readonly memoryBytes: number;
  readonly smp: number;
  readonly psInit: boolean;
  /** Whether an access to nothing is an external abort, as on hardware; else as on QEMU: reads 0, stores are dropped. */
  readonly busErrors: boolean;
  /** Whether the board has its level 2 cache controller; QEMU's has none. Default false. */
  readonly l2c?: boolean;
  /** The guest's reset of the system ends the program, as QEMU's `-no-reboot`; else it starts anew. Default false. */
  readonly noReboot?: boolean;
  /** What is loaded into memory, in order. */
  readonly images: readonly EngineImage[];
  /** ELF files for symbols; the first is the program. */
  readonly symbolFiles: readonly EngineFile[];
  readonly plugins: readonly EnginePlugin[];
  /** The only folder, an absolute path, that plugins in C may open files in; absent: none. */
  readonly pluginFiles?: string;
  readonly semihosting: {
    readonly enabled: boolean;
    readonly root: string;
    readonly commandLine: string;
    /** Whether the program is told that its console is a terminal (SYS_ISTTY); default true. */
    readonly terminal?: boolean;
    /**
     * What the guest writes to files stays in memory: {@link EngineApi.guestFiles} has it. `seconds` is what time it always
     * is for the guest, since 1970-01-01 UTC.
     */
    readonly isolated?: { readonly seconds: number };
  };
  /** Virtual time by instruction count: nanoseconds per instruction is 2^icountShift. */
  readonly icountShift: number;
  /** The count of instructions stands before each line of the plugin log. */
  readonly logTimestamps?: boolean;
  /** `-icount` was asked for: an interrupt comes between any two instructions; else at the end of a block. */
  readonly icountExact?: boolean;
  /** Default: {@link DEFAULT_TIER}. */
  readonly tier?: Tier;
  /** Consoles whose output nobody wants. */
  readonly silent?: readonly ConsoleChannel[];
}

/** A file that an isolated guest wrote, by its absolute path; null: it removed it. */
export interface GuestFile {
  readonly path: string;
  readonly bytes: Uint8Array | null;
}

/** A file that was read. */
export interface EngineFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** How guest code is executed: interpreted; compiled to WebAssembly as soon as possible; compiled where it is hot. */
export const TIERS = ['auto', 'interp', 'wasm'] as const;
export type Tier = (typeof TIERS)[number];
export const isTier = (value: unknown): value is Tier => TIERS.some((tier) => tier === value);
export const DEFAULT_TIER: Tier = 'auto';

export type EngineImage =
  /**
   * `cpu` names the vCPU whose pc is set to the entry. `exactNames`: plugins see the symbol names of QEMU's
   * `-device loader`, where Thumb functions start one byte late; else those of its `-kernel`.
   */
  | {
      readonly kind: 'elf';
      readonly name: string;
      readonly bytes: Uint8Array;
      readonly cpu?: number;
      readonly exactNames?: boolean;
    }
  | {
      readonly kind: 'raw';
      readonly name: string;
      readonly bytes: Uint8Array;
      readonly address: number;
      readonly cpu?: number;
      /** `force-raw`: loaded as it is, though it looks like a U-Boot image or an Intel HEX file. */
      readonly force?: boolean;
    }
  /** `-kernel` with a file that is no ELF file: a U-Boot image or a Linux kernel. */
  | {
      readonly kind: 'kernel';
      readonly name: string;
      readonly bytes: Uint8Array;
      readonly initrd?: EngineFile;
      readonly dtb?: EngineFile;
      readonly append?: string;
    }
  /** `-dtb` with a program that is an ELF file. */
  | { readonly kind: 'dtb'; readonly name: string; readonly bytes: Uint8Array; readonly append?: string }
  /** `-device loader,addr=,data=,data-len=`: a store on the bus after reset. */
  | {
      readonly kind: 'data';
      readonly address: number;
      readonly value: bigint;
      readonly length: number;
      readonly bigEndian: boolean;
    }
  /** `-device loader,addr=,cpu-num=`: only a pc. */
  | { readonly kind: 'pc'; readonly address: number; readonly cpu: number };

export interface EnginePlugin {
  /** The `-plugin` value: path or bundled name with arguments, as QEMU's command line has it. */
  readonly spec: string;
  /** JavaScript (CommonJS) source of a user's plugin; absent for a bundled one. */
  readonly code?: string;
  /** The WebAssembly module of a user's plugin in C. */
  readonly wasm?: Uint8Array;
  /** Absolute path of the user's plugin file, for messages and stack traces. */
  readonly path?: string;
  /** The files of the user's that it was made of, absolute paths: its own first, then those it imports. */
  readonly sources?: readonly string[];
}

export interface EngineBreakpoint {
  readonly id: number;
  readonly address: number;
  /** C-like expression; stops when it is not 0. */
  readonly condition?: string;
  readonly hitCondition?: string;
  /** Logs this text with its `{expressions}` instead of stopping. */
  readonly logMessage?: string;
}

export interface EngineCallbackBreakpoint {
  readonly id: number;
  readonly kind: CallbackKind;
  /** Unsigned, end exclusive; absent for everywhere. */
  readonly ranges?: readonly { readonly start: number; readonly end: number }[];
  readonly condition?: string;
  readonly hitCondition?: string;
  readonly logMessage?: string;
}

export type RunMode =
  | { readonly kind: 'continue' }
  /** Exactly one instruction of the vCPU. */
  | { readonly kind: 'stepInstruction' }
  /**
   * Runs until the pc leaves every range at a stack depth not deeper than now: calls are run through (`over`) or
   * stopped in where `stepInto(address)` code has source (`into`).
   */
  | {
      readonly kind: 'step';
      readonly ranges: readonly { readonly start: number; readonly end: number }[];
      readonly calls: 'over' | 'into';
      /** Addresses (unsigned) of function entries' first lines to stop at when stepping in; absent: any function with lines. */
      readonly granularity: 'line' | 'instruction';
    }
  /** Runs until pc == address with sp >= minimumSp (step out, run to cursor). Breakpoints still stop. */
  | { readonly kind: 'runTo'; readonly address: number; readonly minimumSp?: number };

export type StopReason =
  | { readonly kind: 'entry' }
  | { readonly kind: 'pause' }
  | { readonly kind: 'step' }
  | { readonly kind: 'breakpoint'; readonly ids: readonly number[] }
  | {
      readonly kind: 'callback';
      readonly ids: readonly number[];
      readonly callback: CallbackKind;
      readonly description: string;
    }
  /** A plugin asked for the stop. */
  | { readonly kind: 'plugin'; readonly description: string }
  /** The guest can make no progress: it faults in its own vector for ever, or waits with nothing to wake it. */
  | { readonly kind: 'exception'; readonly description: string };

export interface StoppedEvent {
  readonly reason: StopReason;
  readonly vcpu: number;
  readonly pc: number;
  /** Executed instructions since reset. */
  readonly instructions: number;
}

/** What the engine tells without being asked. */
export interface EngineEvents {
  stopped(event: StoppedEvent): void;
  /** The guest ended (semihosting exit, reset, or {@link EngineApi.terminate}); plugins' atexit output came before. */
  exited(event: { readonly code: number; readonly reason: string }): void;
  pluginLog(text: string): void;
  /** What plugins in C print to stdout: QEMU's own, for whoever ported them. */
  pluginOutput?(text: string): void;
  /** Output of a log point or a logging callback breakpoint, with where it was. */
  logPoint(event: { readonly text: string; readonly address: number }): void;
  console(event: { readonly channel: 'uart0' | 'uart1' | 'semihosting'; readonly bytes: Uint8Array }): void;
  statistics(event: { readonly caches: readonly CacheStatistics[]; readonly running: boolean }): void;
  /** What `-d guest_errors` and `-d unimp` show, once for each different message. */
  guestLog(event: { readonly item: 'guest_errors' | 'unimp'; readonly text: string }): void;
  /** A plugin has failed: the plugins as they are now. */
  pluginsChanged?(list: PluginList): void;
  notice(event: { readonly severity: 'info' | 'warning' | 'error'; readonly message: string }): void;
}

/**
 * The emulator with its plugins, as the adapter and the command line drive it. In the adapter it lives in a worker and
 * every call crosses to it; the promises settle also while the guest runs (between slices of a few milliseconds).
 * Addresses are unsigned and virtual unless said otherwise.
 */
export interface EngineApi {
  /** Builds the machine, loads images and plugins. Rejects with a message that names what and where. */
  initialize(
    config: EngineConfig,
  ): Promise<{ readonly plugins: readonly PluginSummary[]; readonly cpu: string; readonly ramBytes: number }>;
  /**
   * Goes on; resolves at once. The `stopped` or `exited` event tells how it ended. A step is one of `vcpu` (default: the
   * vCPU of the last stop); the others run meanwhile in the turns that they would have without it.
   */
  run(mode: RunMode, vcpu?: number): Promise<void>;
  /** Asks a running guest to stop: `stopped` follows within 100 ms. */
  pause(): Promise<void>;
  /** Ends the guest as QEMU's quit does: atexit callbacks run, `exited` follows. */
  terminate(): Promise<void>;
  /** Puts machine and plugins to their state before the first instruction, keeping breakpoints. */
  restart(): Promise<void>;
  setBreakpoints(
    breakpoints: readonly EngineBreakpoint[],
  ): Promise<readonly { readonly id: number; readonly error?: string }[]>;
  setCallbackBreakpoints(
    breakpoints: readonly EngineCallbackBreakpoint[],
  ): Promise<readonly { readonly id: number; readonly error?: string }[]>;
  /**
   * The bytes at `address` up to the first that nothing answers for (devices are not read). Addresses are those of `vcpu`,
   * default that of the last stop.
   */
  readMemory(address: number, count: number, vcpu?: number): Promise<Uint8Array>;
  /** Returns how many bytes were written; translated code that they touch is dropped. */
  writeMemory(address: number, data: Uint8Array, vcpu?: number): Promise<number>;
  /** By the target's names (`r0`, `sp`, `cpsr`, `lr_svc`, `sctlr`). Values unsigned. */
  readRegisters(vcpu: number): Promise<readonly RegisterValue[]>;
  writeRegister(vcpu: number, name: string, value: number): Promise<void>;
  disassemble(address: number, count: number, thumb: boolean | undefined): Promise<readonly DisassembledInstruction[]>;
  /** With `executed` also what every instruction did, of the models that count it. */
  statistics(hotInstructions: number, executed?: boolean): Promise<readonly CacheStatistics[]>;
  /** What was translated and compiled so far. */
  translation(): Promise<TranslationStatistics>;
  /** The plugins with their state. */
  plugins(): Promise<readonly PluginSummary[]>;
  /** Kinds of breakpoints that plugins contribute. */
  pluginBreakpointKinds(): Promise<readonly ContributedKindInfo[]>;
  /** Switches a plugin's callbacks and counting on or off; one that has failed stays off, which is an error. */
  setPluginActive(id: number, active: boolean): Promise<void>;
  /** Puts the plugin's file as it is now in place of the running one. Rejects when it is refused; the old one goes on. */
  reloadPlugin(id: number, plugin: EnginePlugin): Promise<void>;
  /** What plugins say of themselves now; tables with at most `limit` rows. */
  pluginStatistics(limit: number, id?: number): Promise<readonly PluginReport[]>;
  /**
   * Gives input to the guest; no bytes: its input has ended. Resolves when the channel has room for more, which may be
   * never before the guest ends.
   */
  consoleInput(channel: 'uart0' | 'uart1' | 'semihosting', bytes: Uint8Array): Promise<void>;
  /** The files that an isolated guest has changed, by path; also after its end. */
  guestFiles(): Promise<readonly GuestFile[]>;
  dispose(): Promise<void>;
}

export interface RegisterValue {
  readonly name: string;
  /** `core`, `status`, `banked`, `system`, `vfp`. */
  readonly group: string;
  /** Unsigned; of 64-bit registers the lower half. */
  readonly value: number;
  /** The upper half of a 64-bit register, unsigned. */
  readonly high?: number;
  /** A spelled-out form, e.g. `NzCv … svc A32` for the cpsr. */
  readonly description?: string;
  readonly writable: boolean;
}

export interface DisassembledInstruction {
  readonly address: number;
  readonly size: number;
  readonly bytes: Uint8Array;
  readonly text: string;
  readonly valid: boolean;
}

/** What the client of an engine that lives in another thread tells beyond the engine's own events. */
export interface EngineHostEvents extends EngineEvents {
  /**
   * The engine is gone for good (its thread died, or was ended because a plugin's callback did not return in time): every
   * pending and later call rejects with the same message.
   */
  failed(event: { readonly message: string; readonly plugin?: string }): void;
}

export interface EngineHostOptions {
  /** Milliseconds that one plugin callback may take before the engine is ended and the plugin named. */
  readonly pluginTimeoutMs: number;
  /** JavaScript memory that the engine and its plugins may take, in MiB: a plugin that wants more ends it. Default 1024. */
  readonly heapMib?: number;
}

/** Starts an engine: in a worker thread in the adapter, a fake in tests. */
export type EngineFactory = (events: EngineHostEvents, options: EngineHostOptions) => EngineApi;
