/** The plugins of all sessions as the view shows them. Knows nothing of VS Code. */
import type { ContributedKindInfo, PluginList, PluginReport, PluginSummary } from '../../adapter/protocol/custom';

export interface SessionPlugins {
  readonly sessionId: string;
  readonly sessionName: string;
  readonly plugins: readonly PluginSummary[];
  /** What those plugins say of themselves whose children the user looks at. */
  readonly reports: ReadonlyMap<number, PluginReport>;
}

/** Sessions oldest first, with change notification. */
export class PluginStore {
  private readonly bySession = new Map<string, SessionPlugins>();
  private readonly kindsOf = new Map<string, readonly ContributedKindInfo[]>();

  /** @param changed called after each change */
  constructor(private readonly changed: () => void) {}

  get sessions(): readonly SessionPlugins[] {
    return [...this.bySession.values()];
  }

  /** The kinds of breakpoints that the running sessions' plugins contribute, each once. */
  get breakpointKinds(): readonly ContributedKindInfo[] {
    const all = [...this.kindsOf.values()].flat();
    return all.filter(({ kind }, index) => all.findIndex((other) => other.kind === kind) === index);
  }

  update(sessionId: string, sessionName: string, { plugins, breakpointKinds }: PluginList): void {
    const reports = this.bySession.get(sessionId)?.reports ?? new Map<number, PluginReport>();
    this.bySession.set(sessionId, { sessionId, sessionName, plugins, reports });
    this.kindsOf.set(sessionId, breakpointKinds);
    this.changed();
  }

  /** Replaces what a session's plugins say of themselves; of a session that has ended nothing is kept. */
  report(sessionId: string, reports: readonly PluginReport[]): void {
    const session = this.bySession.get(sessionId);
    if (!session) return;
    this.bySession.set(sessionId, { ...session, reports: new Map(reports.map((report) => [report.pluginId, report])) });
    this.changed();
  }

  end(sessionId: string): void {
    this.kindsOf.delete(sessionId);
    if (this.bySession.delete(sessionId)) this.changed();
  }

  /** The plugins, each with its session, that one of the files belongs to: that are it, or import it. */
  ownersOf(...files: readonly string[]): { sessionId: string; plugin: PluginSummary }[] {
    const isOwner = ({ path, sources = [] }: PluginSummary): boolean =>
      files.some((file) => file === path || sources.includes(file));
    return this.sessions.flatMap(({ sessionId, plugins }) =>
      plugins.filter(isOwner).map((plugin) => ({ sessionId, plugin })),
    );
  }
}
