/** The latest cache statistics of the latest session that has any. Every view, export and decoration shows these. */
import type { CacheSample, CustomEvents } from '../../adapter/protocol/custom';
import { addPoint, MAX_POINTS, thinOut } from '../../webview/protocol/history';
import type { CacheHistory, CacheViewState, SessionState } from '../../webview/protocol/messages';

/** What has changed: everything, or only that the next samples have come. */
export type StoreChange = 'all' | 'samples';

interface Held {
  readonly sessionId: string;
  readonly sessionName: string;
  state: SessionState;
  /** Of models that have caches: what is shown. */
  caches: CacheHistory[];
  /** Of all, also of those that only count what was executed: what is exported. */
  samples: readonly CacheSample[];
}

export class CacheStore {
  private held: Held | undefined;
  private readonly listeners = new Set<(change: StoreChange) => void>();

  /** Calls `listener` after each change. Returns the function that ends that. */
  onChange(listener: (change: StoreChange) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** What there is to look at; undefined while no model with caches has told anything. */
  get view(): CacheViewState | undefined {
    return this.hasCaches ? this.held : undefined;
  }

  get sessionId(): string | undefined {
    return this.held?.sessionId;
  }

  /** The latest of each model, with caches or without. */
  get samples(): readonly CacheSample[] {
    return this.held?.samples ?? [];
  }

  get hasStatistics(): boolean {
    return this.samples.length > 0;
  }

  get hasCaches(): boolean {
    return (this.held?.caches.length ?? 0) > 0;
  }

  /** Takes the adapter's event. A session other than the one held replaces it as soon as it has statistics. */
  update(session: { readonly id: string; readonly name: string }, event: CustomEvents['tcg/cacheStatistics']): void {
    if (!event.caches.length) return;
    if (this.held?.sessionId !== session.id) {
      this.held = { sessionId: session.id, sessionName: session.name, state: 'running', caches: [], samples: [] };
    }
    const { held } = this;
    const before = held.caches;
    let thinned = false;
    held.state = event.running ? 'running' : 'stopped';
    held.samples = event.caches;
    const withCaches = event.caches.filter(({ statistics }) => statistics.levels.length > 0);
    held.caches = withCaches.map((sample): CacheHistory => {
      const old = before.find((cache) => cache.sample.statistics.pluginId === sample.statistics.pluginId);
      const points = addPoint(old?.points ?? [], sample);
      if (points.length <= MAX_POINTS) return { sample, points };
      thinned = true;
      return { sample, points: thinOut(points) };
    });
    this.notify(before.length === held.caches.length && !thinned ? 'samples' : 'all');
  }

  /** The session is over; its numbers stay until another has some. */
  end(sessionId: string): void {
    if (this.held?.sessionId !== sessionId) return;
    this.held.state = 'ended';
    this.notify('samples');
  }

  private notify(change: StoreChange): void {
    for (const listener of this.listeners) listener(change);
  }
}
