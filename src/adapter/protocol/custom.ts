import type { ContributedKind, ContributedKindInfo, PluginReport } from '../../plugin/contributions';
import type { CacheStatistics } from '../../plugin/statistics';

export type { ContributedKindInfo, PluginReport };

/**
 * What the extension and the debug adapter say to each other beyond DAP: custom requests (the client asks, see
 * {@link CustomRequests}) and custom events (the adapter tells, see {@link CustomEvents}).
 */
export interface CustomRequests {
  /** Statistics now, running or stopped; after exit the final ones. An empty list without a cache plugin. */
  'tcg/cacheStatistics': {
    /** `executed`: with what every instruction did, of the models that count it. */
    arguments: { hotInstructions?: number; executed?: boolean };
    body: { caches: CacheSample[] };
  };
  /** Replaces the callback breakpoints of the "Plugin Breakpoints" view. */
  'tcg/setCallbackBreakpoints': {
    arguments: { breakpoints: CallbackBreakpointSpec[] };
    body: { breakpoints: { verified: boolean; message?: string }[] };
  };
  /** Sends input to the guest's console (UART and semihosting). */
  'tcg/consoleInput': { arguments: { text: string }; body: Record<string, never> };
  /** The plugins of the session. */
  'tcg/plugins': { arguments: Record<string, never>; body: PluginList };
  /** Switches a plugin's callbacks and counting off or on again, running or stopped. */
  'tcg/pluginSetActive': { arguments: { id: number; active: boolean }; body: PluginList };
  /** Reads a plugin's file anew and puts it in place of the running one, whose atexit callback runs. */
  'tcg/pluginReload': { arguments: { id: number }; body: PluginList };
  /** What plugins say of themselves now: of one, or of all. `rows` bounds each table (default 200). */
  'tcg/pluginStatistics': { arguments: { id?: number; rows?: number }; body: { plugins: PluginReport[] } };
  /** An event with `acknowledge` has arrived; they are answered in their order. */
  'tcg/acknowledge': { arguments: Record<string, never>; body: Record<string, never> };
}

export interface CustomEvents {
  /** What plugins printed, verbatim, in order. With `acknowledge` the client sends `tcg/acknowledge`: more waits for it. */
  'tcg/pluginLog': { text: string; acknowledge?: true };
  /** Four times a second while the guest runs, at each stop and at exit. */
  'tcg/cacheStatistics': { caches: CacheSample[]; running: boolean };
  /** What the guest sent when `console` is `terminal`: bytes as Latin-1 text. */
  'tcg/console': { channel: 'uart0' | 'uart1' | 'semihosting'; text: string };
  /** A plugin was switched on or off, was reloaded or has failed. */
  'tcg/plugins': PluginList;
  /** A warning for the user, shown once: a refused semihosting path, a failed plugin. */
  'tcg/notice': { severity: 'info' | 'warning' | 'error'; message: string };
}

/** One cache plugin's statistics with where its misses lie in the source. */
export interface CacheSample {
  readonly statistics: CacheStatistics;
  /** Seconds of wall-clock time since the launch. */
  readonly elapsed: number;
  /** Misses by source line, most first. Instructions without a line are listed by symbol and address only. */
  readonly lines: readonly HotLine[];
}

export interface HotLine {
  /** Absolute path of the source file, as DAP's Source.path. */
  readonly path?: string;
  readonly line?: number;
  readonly symbol?: string;
  /** Lowest address of the instructions counted here. */
  readonly address: number;
  readonly l1iMisses: number;
  readonly l1dMisses: number;
  readonly l2Misses: number;
}

/** The kinds that are always there. */
export type BuiltinCallbackKind =
  | 'tb_trans'
  | 'tb_exec'
  | 'insn_exec'
  | 'mem_read'
  | 'mem_write'
  | 'l1i_miss'
  | 'l1d_miss'
  | 'l2_miss'
  | 'syscall'
  | 'exit';

/** Also those that plugins contribute, which `tcg/plugins` lists. */
export type CallbackKind = BuiltinCallbackKind | ContributedKind;

/** A callback that stops or logs, as the user writes it. */
export interface CallbackBreakpointSpec {
  readonly kind: CallbackKind;
  /**
   * Where it applies: empty for everywhere, an address (`0x100040`), a range (`0x100000-0x100fff`, `0x100000+0x40`), a
   * symbol (`main`: the whole of it), or `&&` and an expression after any of them (`0x1000 && r0 == 3`).
   */
  readonly condition?: string;
  /** DAP's hit condition: `5`, `>= 5`, `% 10`. */
  readonly hitCondition?: string;
  /** When set, prints this (with `{expressions}`) and goes on instead of stopping. */
  readonly logMessage?: string;
  readonly enabled: boolean;
}

export interface PluginSummary {
  readonly id: number;
  readonly name: string;
  /** As the user spelled it. */
  readonly file: string;
  /** Absolute path of a user's plugin file; absent for a bundled one. */
  readonly path?: string;
  /** The files that the running one was made of, absolute paths: its own and those it imports; absent for a bundled one. */
  readonly sources?: readonly string[];
  readonly arguments: readonly string[];
  /** The version of the plugin API that it declares. */
  readonly version?: number;
  readonly state: 'loaded' | 'off' | 'failed' | 'uninstalled';
  /** Why it failed. */
  readonly message?: string;
}

export interface PluginList {
  plugins: PluginSummary[];
  /** Kinds of breakpoints that plugins contribute: for `tcg/setCallbackBreakpoints`. */
  breakpointKinds: ContributedKindInfo[];
}
