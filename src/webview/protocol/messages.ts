/** What the extension and the cache view say to each other. One typed handler on each side takes them, see {@link receive}. */
import type { CacheSample } from '../../adapter/protocol/custom';

export type SessionState = 'running' | 'stopped' | 'ended';

/** Cumulative counts of one moment: a chart of any rate can be drawn from these, and every second one left out. */
export interface HistoryPoint {
  /** Seconds since the launch. */
  readonly elapsed: number;
  /** Per level, in the order of the statistics. */
  readonly accesses: readonly number[];
  readonly misses: readonly number[];
}

/** One cache plugin: its statistics now, and what they were. */
export interface CacheHistory {
  readonly sample: CacheSample;
  readonly points: readonly HistoryPoint[];
}

export interface CacheViewState {
  readonly sessionName: string;
  readonly state: SessionState;
  /** By plugin; empty while there are no statistics. */
  readonly caches: readonly CacheHistory[];
}

export type HostMessage =
  /** Everything, at first and whenever the history has been thinned out; without a session undefined. */
  | { readonly type: 'show'; readonly view: CacheViewState | undefined }
  /** The next statistics: each sample is the next point of its history, too, unless the time has not gone on. */
  | { readonly type: 'update'; readonly state: SessionState; readonly samples: readonly CacheSample[] };

export type ViewMessage =
  /** The view can take messages now. */
  | { readonly type: 'ready' }
  | { readonly type: 'openSource'; readonly path: string; readonly line: number }
  | { readonly type: 'export'; readonly format: 'csv' | 'json' };

/** A function for each type of message. */
export type Handlers<M extends { readonly type: string }> = {
  readonly [K in M['type']]: (message: Extract<M, { readonly type: K }>) => void;
};

/** Gives a message that came from the other side to its handler; what is none of `M` is ignored. */
export function receive<M extends { readonly type: string }>(handlers: Handlers<M>, message: unknown): void {
  if (typeof message !== 'object' || message === null || !('type' in message)) return;
  const { type } = message;
  if (typeof type !== 'string' || !Object.hasOwn(handlers, type)) return;
  (handlers as Record<string, (message: unknown) => void>)[type]?.(message);
}
